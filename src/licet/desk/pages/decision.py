"""The page *Decision*: what was recorded, its proof, and what would be on another day or with other answers.

A recorded decision never changes. What the slider, the switches and the questions show is decided anew beside
it, and becomes a decision of its own when somebody records it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from licet.check import OutsideCoverage, check, remedies
from licet.decision import REFUSALS, Decision
from licet.desk import cases, export, record
from licet.desk.answering import actor_of, counter_of
from licet.desk.pages import answer, form, form_view
from licet.desk.pages import check as checking
from licet.desk.pages.fields import field_of
from licet.desk.pages.rendering import PageRoute, day_of, form_of, go, page, text_of
from licet.desk.problems import Problem
from licet.desk.record import Terms
from licet.law.rulebook import Rulebook
from licet.order import Order, OrderError, order_from, order_to
from licet.order_screening import Aids

router = APIRouter(route_class=PageRoute)
Fields = Annotated[FormData, Depends(form_of)]
Assumed = Annotated[Sequence[str], Query(max_length=20)]
_PER_PAGE = 50


@router.get("/desk/decisions")
def decisions(
    request: Request,
    order_id: Annotated[str, Query(max_length=200)] = "",
    outcome: Annotated[str, Query(max_length=40)] = "",
    before: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The newest decisions first."""
    with counter_of(request).store.read() as db:
        found = export.newest(
            db, actor_of(request).organization, before=before, limit=_PER_PAGE, order_id=order_id.strip(),
            outcome=outcome,
        )  # fmt: skip
    return page(
        request, "decisions.html", found=found, order_id=order_id, outcome=outcome,
        more=found[-1]["decision_id"] if len(found) == _PER_PAGE else "",
    )  # fmt: skip


@router.get("/desk/decisions/{decision_id}")
def show(decision_id: str, request: Request) -> Response:
    """A decision on record with its proof, as it was decided."""
    row = _row(request, decision_id)
    terms, order = record.terms_of(row), _order(row, "decided")
    given = _given(request, decision_id)
    book = given["rulebook"]
    decision = check(order, **given)
    kept = record.plain(row)
    days = answer.days_of_law(book, order)
    with counter_of(request).store.read() as db:
        waits = cases.of_decision(db, actor_of(request).organization, decision_id)
    return page(
        request, "decision.html", kept=kept, days=days, waits=waits,
        told=form_view.told(form.of_data(kept["decided"])),
        settled=kept["given"] != kept["decided"],
        announcements=answer.assumable(book),
        other_law=book.id != counter_of(request).loaded.book.id,
        same=record.without_proof(decision)["outcome"] == row["outcome"],
        **_panel(row, order, terms, decision, given, sheet=form.of_data(order_to(order))),
    )  # fmt: skip


@router.post("/desk/decisions/{decision_id}/look")
def look(decision_id: str, request: Request, fields: Fields) -> Response:
    """The decision as it would be on another day, as known on a day, with an announcement or other answers."""
    row = _row(request, decision_id)
    order, terms, sheet, answered = _changed(row, fields)
    given = _given(request, decision_id) | _under(terms)
    _announced(terms, given["rulebook"])
    try:
        decision = check(order, **given)
    except OutsideCoverage as error:
        raise Problem(422, str(error)) from None
    return page(
        request, "part_decision.html",
        **_panel(row, order, terms, decision, given, sheet=sheet, answered=answered),
    )  # fmt: skip


@router.get("/desk/decisions/{decision_id}/days")
def strip(decision_id: str, request: Request, assume: Assumed = ()) -> Response:
    """What the order comes to over the days of the law."""
    row = _row(request, decision_id)
    order, given = _order(row, "decided"), _given(request, decision_id)
    book = given["rulebook"]
    _announced(Terms(assume=tuple(assume)), book)
    aids = Aids(given["lists"], given["dispositions"])
    found = answer.spans(
        order, book, answer.days_of_law(book, order), assume=tuple(assume), aids=aids
    )
    return page(request, "part_days.html", spans=found)


@router.post("/desk/decisions/{decision_id}/record")
def keep(decision_id: str, request: Request, fields: Fields) -> Response:
    """Decide the changed order, or the same order anew, and put that on record as a decision of its own."""
    order, terms, _, _ = _changed(_row(request, decision_id), fields, given=True)
    _announced(terms, counter_of(request).loaded.book)
    return go(f"/desk/decisions/{checking.kept(request, order, terms)}")


@router.post("/desk/decisions/{decision_id}/again")
def again(decision_id: str, request: Request, _: Fields) -> Response:
    """Decide the recorded order again under the law that decided it: is the answer the same?"""
    counter = counter_of(request)
    _row(request, decision_id)
    found = record.again(
        counter.store, actor_of(request).organization, decision_id, counter.loaded.book
    )
    return page(request, "part_again.html", found=found)


def _panel(
    row: Mapping[str, Any],
    order: Order,
    terms: Terms,
    decision: Decision,
    given: Mapping[str, Any],
    *,
    sheet: form.Sheet,
    answered: Sequence[str] = (),
) -> dict[str, Any]:
    """What the part of the page that is decided anew shows."""
    book = given["rulebook"]
    questions = [one for one in decision.missing if field_of(one.fact) is not None]
    return {
        "decision": decision, "id": row["id"], "terms": terms, "book": book, "sheet": sheet,
        "field_of": field_of,
        "standing": answer.standing(decision), "summary": answer.summary(decision),
        "proof": answer.proof(decision, book), "questions": questions,
        "answered": [one for one in answered if one not in {question.fact for question in questions}],
        "changed": order_to(order) != json.loads(row["decided"]) or terms != record.terms_of(row),
        "remedies": remedies(order, **given) if decision.outcome in REFUSALS else (),
    }  # fmt: skip


def _changed(
    row: Mapping[str, Any], fields: FormData, *, given: bool = False
) -> tuple[Order, Terms, form.Sheet, list[str]]:
    """The order of a decision with the answers of a form, the terms that it names, and what was answered."""
    was = record.terms_of(row)
    base = _order(row, "given" if given else "decided")
    answers = form.read(
        [(n, v) for n, v in checking.pairs(fields) if field_of(n.removesuffix("!"))]
    )
    if answers.errors:
        # Answers alone may be in the wrong, such as an owner without a name: tell which.
        field, says = next(iter(answers.errors.items()))
        raise Problem(422, f"{field}: {says}")
    sheet = form.of_data(order_to(base))
    sheet.texts |= {path: typed for path, typed in answers.texts.items() if any(typed)}
    for path in answers.rows:
        sheet.rows[path] = max(sheet.rows.get(path, 0), answers.rows[path])
    try:
        order = order_from(form.data_of(sheet), source="the answers")
    except OrderError as error:
        raise Problem(422, str(error.problems[0])) from None
    on = day_of(text_of(fields, "on", most=10), "on") if "on" in fields else was.on
    known = day_of(text_of(fields, "known", most=10), "known") if "known" in fields else was.known
    if on is not None and on == base.date:
        on = was.on if was.on == on else None
    assume = (
        tuple(str(one) for one in fields.getlist("assume")) if "terms" in fields else was.assume
    )
    said = dict.fromkeys(
        path.removesuffix("!") for path, typed in answers.texts.items() if any(typed)
    )
    return order, Terms(on, known, assume), sheet, list(said)


def _announced(terms: Terms, book: Rulebook) -> None:
    for name in terms.assume:
        if name not in book.announcements:
            raise Problem(422, f"assume: no announcement {name[:40]!r}.")


def _given(request: Request, decision_id: str) -> dict[str, Any]:
    """The arguments of ``check`` that decided: the law of then, from the archive where another is in use, with
    the lists and dispositions of then."""
    counter = counter_of(request)
    organization = actor_of(request).organization
    return {**record.asked(counter.store, organization, decision_id, counter.loaded.book).given}


def _under(terms: Terms) -> dict[str, Any]:
    return {"on": terms.on, "known": terms.known, "assume": terms.assume}


def _order(row: Mapping[str, Any], which: str) -> Order:
    return order_from(json.loads(row[which]), source="the record")


def _row(request: Request, decision_id: str) -> Mapping[str, Any]:
    with counter_of(request).store.read() as db:
        row = record.find(db, actor_of(request).organization, decision_id)
    if row is None:
        raise Problem(404, f"decision {decision_id[:40]}: there is none of this id.")
    return row
