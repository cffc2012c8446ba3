"""Decisions on record, decided again, and the log: ``/decisions`` and ``/audit``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from rich.console import Console

from licet.check import check, remedies
from licet.desk import audit, export, paper_html, paper_pdf, record
from licet.desk.answering import OBJECT, actor_of, counter_of, documented, list_of, object_of, reply
from licet.desk.paper import Paper, paper
from licet.desk.problems import PROBLEMS, Problem
from licet.report import print_memo

router = APIRouter(tags=["record"])
After = Annotated[str, Query(description="The id after which to go on.", max_length=64)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/decisions", responses=documented(object_of(decisions=list_of(OBJECT))))
def decisions(
    request: Request,
    after: After = "",
    limit: Limit = 100,
    order_id: Annotated[str, Query(max_length=200)] = "",
    outcome: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Decisions on record in short, in order of time; `next` goes on where there are more."""
    with counter_of(request).store.read() as db:
        found = export.decisions(
            db, actor_of(request).organization, after=after, limit=limit, order_id=order_id, outcome=outcome
        )  # fmt: skip
    more = {"next": found[-1]["decision_id"]} if len(found) == limit else {}
    return reply({"decisions": found, **more})


@router.get("/decisions/{decision_id}", responses=documented(object_of(decision_id="string")))
def decision(decision_id: str, request: Request) -> Response:
    """A decision with all that went into it: order, settled matches, terms, law, lists, engine, answer."""
    return reply(record.plain(_row(request, decision_id)))


@router.post(
    "/decisions/{decision_id}/replay",
    responses=documented(object_of(same="boolean", differs=list_of({"type": "string"}))),
)
def replay(decision_id: str, request: Request) -> Response:
    """Decide a decision again under the law that decided it: is the answer the same, or what differs?"""
    counter = counter_of(request)
    _row(request, decision_id)
    found = record.again(
        counter.store, actor_of(request).organization, decision_id, counter.loaded.book
    )
    return reply(
        {"decision_id": found.id, "same": found.same, "differs": found.differs, "law": found.law,
         "says": found.says}
    )  # fmt: skip


@router.get(
    "/decisions/{decision_id}/memo",
    response_class=PlainTextResponse,
    responses={
        200: {"description": "The memo.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    },
)
def memo(decision_id: str, request: Request) -> Response:
    """The decision as a memo, as `licet check` prints it, decided again under the law that decided it."""
    return PlainTextResponse(memo_of(request, _row(request, decision_id)))


@router.get(
    "/decisions/{decision_id}/record.html",
    responses={
        200: {"description": "One page.", "content": {"text/html": {"schema": {"type": "string"}}}}
    },
)
def record_html(decision_id: str, request: Request) -> Response:
    """The record of a decision as one page to print: inputs, law, lists, rules, place in the log."""
    headers = {"Content-Security-Policy": paper_html.POLICY}
    return Response(
        paper_html.html_of(_paper(request, decision_id)), headers=headers, media_type="text/html"
    )


@router.get(
    "/decisions/{decision_id}/record.pdf",
    responses={
        200: {
            "description": "A PDF.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        },
        501: {"description": "This desk makes no PDFs; ask for HTML.", "content": PROBLEMS[404]["content"]},
    },
)  # fmt: skip
def record_pdf(decision_id: str, request: Request) -> Response:
    """The record of a decision as a PDF; the same record gives the same bytes while the log does not grow."""
    try:
        made = paper_pdf.pdf_of(_paper(request, decision_id))
    except paper_pdf.NoPdf as error:
        raise Problem(501, str(error)) from None
    return Response(made, media_type="application/pdf")


def _paper(request: Request, decision_id: str) -> Paper:
    with counter_of(request).store.read() as db:
        return paper(db, actor_of(request).organization, decision_id)


def memo_of(request: Request, row: Any) -> str:
    """The memo of a decision on record, in lines of up to 100 characters."""
    counter, organization = counter_of(request), actor_of(request).organization
    found = record.asked(counter.store, organization, row["id"], counter.loaded.book)
    if found.gone:
        raise Problem(404, f"{found.gone[0]}; the answer itself is in the record.")
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=False, highlight=False)
    book, remedy = found.given["rulebook"], remedies(found.order, **found.given)
    print_memo(check(found.order, **found.given), console, remedies=remedy, rulebook=book)
    return out.getvalue()


@router.get("/audit", responses=documented(object_of(entries=list_of(OBJECT))))
def log(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Limit = 100,
    subject: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Entries of the log, in order."""
    with counter_of(request).store.read() as db:
        found = [
            {"number": one.number, "hash": one.hash, **orjson.loads(one.entry)}
            for one in audit.entries(
                db, actor_of(request).organization, after=after, limit=limit, subject=subject, action=action
            )
        ]  # fmt: skip
    return reply({"entries": found})


@router.get(
    "/audit/verify",
    responses=documented(object_of(whole="boolean", faults=list_of(OBJECT), head=OBJECT)),
)
def verify(request: Request) -> Response:
    """Whether the log is whole; `head` is to be noted elsewhere."""
    with counter_of(request).store.read() as db:
        organization = actor_of(request).organization
        faults = [{"number": f.number, "says": f.says} for f in audit.verify(db, organization)]
        number, last = audit.head(db, organization)
    return reply({"whole": not faults, "faults": faults, "head": {"number": number, "hash": last}})


@router.get(
    "/audit/export",
    responses={
        200: {
            "description": "JSON lines.",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
def export_log(request: Request) -> Response:
    """The whole log as JSON lines, each entry with what it seals."""
    store, organization = counter_of(request).store, actor_of(request).organization

    def lines() -> Iterator[str]:
        with store.read() as db:
            for line in export.lines(db, organization):
                yield f"{line}\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def _row(request: Request, decision_id: str) -> dict[str, Any]:
    with counter_of(request).store.read() as db:
        row = record.find(db, actor_of(request).organization, decision_id)
    if row is None:
        raise Problem(404, f"decision {decision_id}: there is none of this id.")
    return dict(row)
