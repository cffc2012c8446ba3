"""Possible matches that wait for a person: ``/cases``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.engine import Connection

from licet.desk import cases
from licet.desk.answering import (
    OBJECT,
    Again,
    Body,
    actor_of,
    counter_of,
    documented,
    list_of,
    object_of,
    reply,
    written,
)
from licet.desk.cases import CLOSED, OPEN, PROPOSED, Settlement
from licet.desk.problems import Problem
from licet.dispositions import LISTED, NOT_LISTED

router = APIRouter(tags=["cases"])
_CASE = object_of(id="string", state="string", opened="string", party=OBJECT, listing=OBJECT)


class Said(BaseModel):
    """What a person says of a case."""

    decision: Annotated[str, Field(pattern=f"^({LISTED}|{NOT_LISTED})$")]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    by: Annotated[
        str, Field(max_length=200, description="The person; else the name of the key.")
    ] = ""
    expires: Annotated[dt.date | None, Field(description="The first day on which it ends.")] = None


class Agreed(BaseModel):
    """Who approves."""

    by: Annotated[str, Field(max_length=200)] = ""


@router.get("/cases", responses=documented(object_of(cases=list_of(_CASE))))
def listed(
    request: Request,
    state: Annotated[str, Query(pattern=f"^({OPEN}|{PROPOSED}|{CLOSED}|)$")] = "",
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Cases, the oldest first; `next` goes on where there are more."""
    with counter_of(request).store.read() as db:
        found = cases.listed(
            db, actor_of(request).organization, state=state, limit=limit, after=after
        )
    more = {"next": found[-1]["id"]} if len(found) == limit else {}
    return reply({"cases": found, **more})


@router.get("/cases/{case_id}", responses=documented(_CASE))
def show(case_id: str, request: Request) -> Response:
    """A case: the party, the listing, why it may be the one, and the decisions that wait with it."""
    with counter_of(request).store.read() as db:
        found = cases.show(db, actor_of(request).organization, case_id)
    if found is None:
        raise Problem(404, f"case {case_id}: there is none of this id.")
    return reply(found)


@router.post("/cases/{case_id}/settle", responses=documented(_CASE))
def settle(case_id: str, said: Said, request: Request, body: Body, again: Again = None) -> Response:
    """Say whether the party is the listed one. Orders are decided again by `POST /decisions/{id}/check`.

    Where the organization asks for four eyes, this proposes, and another person approves. A closed case may be
    settled anew: the last word holds, and all stay on record.
    """
    actor = actor_of(request)
    settlement = Settlement(
        decision=said.decision,
        by=said.by.strip() or actor.name,
        reason=said.reason,
        expires=said.expires,
    )

    def keep(db: Connection) -> Any:
        return cases.settle(db, actor.organization, case_id, settlement, actor=actor.name)

    return written(request, body, again, lambda: keep)


@router.post("/cases/{case_id}/approve", responses=documented(_CASE))
def approve(
    case_id: str, request: Request, body: Body, agreed: Agreed | None = None, again: Again = None
) -> Response:
    """Agree to what another person proposed."""
    actor = actor_of(request)
    by = agreed.by.strip() if agreed else ""

    def keep(db: Connection) -> Any:
        return cases.approve(db, actor.organization, case_id, actor=actor.name, by=by)

    return written(request, body, again, lambda: keep)
