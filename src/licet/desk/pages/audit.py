"""The page *Audit*: the log of the organization, searched, verified, exported."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from licet.desk import audit, routes_record
from licet.desk.answering import actor_of, counter_of
from licet.desk.pages.rendering import PageRoute, day_of, page

router = APIRouter(route_class=PageRoute)
ACTIONS = (
    "decided", "settled", "screened", "case opened", "case proposed", "case closed", "key made", "key revoked",
    "logged in", "logged out",
)  # fmt: skip
_PER_PAGE = 100


@router.get("/desk/audit")
def log(
    request: Request,
    subject: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    actor: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Response:
    """Entries of the log, the newest first; ``until`` is the last day."""
    first, last = day_of(since, "since"), day_of(until, "until")
    with counter_of(request).store.read() as db:
        organization = actor_of(request).organization
        some = audit.newest(
            db, organization, before=before, limit=_PER_PAGE, subject=subject.strip(), action=action,
            actor=actor.strip(), since=first, until=last,
        )  # fmt: skip
        number, head = audit.head(db, organization)
    entries: list[dict[str, Any]] = [
        {**orjson.loads(one.entry), "number": one.number, "hash": one.hash} for one in some
    ]
    asked = {"subject": subject, "action": action, "actor": actor, "since": since, "until": until}
    return page(
        request, "audit.html", entries=entries, asked=asked, actions=ACTIONS, head=(number, head),
        more=entries[-1]["number"] if len(entries) == _PER_PAGE else 0,
    )  # fmt: skip


@router.get("/desk/audit/verify")
def verify(request: Request) -> Response:
    """Whether the log is whole, and its head, to be noted elsewhere."""
    with counter_of(request).store.read() as db:
        organization = actor_of(request).organization
        faults = list(audit.verify(db, organization))
        number, head = audit.head(db, organization)
    return page(request, "part_verify.html", faults=faults, head=(number, head))


@router.get("/desk/audit/export")
def export(request: Request) -> Response:
    """The whole log as JSON lines, each entry with what it seals."""
    answer = routes_record.export_log(request)
    answer.headers["Content-Disposition"] = 'attachment; filename="licet-log.jsonl"'
    return answer
