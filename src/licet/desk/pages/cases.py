"""The pages of *Cases*: the queue, and a possible match with both sides word by word."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from licet import report_words
from licet.desk import cases, record
from licet.desk.answering import actor_of, counter_of
from licet.desk.cases import CLOSED, OPEN, PROPOSED, Settlement
from licet.desk.pages.rendering import PageRoute, day_of, form_of, go, page, text_of
from licet.desk.problems import Problem
from licet.dispositions import LISTED, NOT_LISTED
from licet.parties.asking import Query as Party
from licet.parties.listing import Listing
from licet.parties.screening import Candidate
from licet.screen_lists import of_listings
from licet.screen_rows import candidate_row

router = APIRouter(route_class=PageRoute)
Fields = Annotated[FormData, Depends(form_of)]
_PER_PAGE = 100


@router.get("/desk/cases")
def queue(
    request: Request,
    state: Annotated[str, Query(pattern=f"^({OPEN}|{PROPOSED}|{CLOSED})$")] = OPEN,
    after: Annotated[str, Query(max_length=64)] = "",
    done: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """The cases that wait, the oldest first."""
    with counter_of(request).store.read() as db:
        organization = actor_of(request).organization
        found = cases.listed(db, organization, state=state, limit=_PER_PAGE, after=after)
    parties = [" ".join(one["party"]["name"].casefold().split()) for one in found]
    entries = [one["entry"] for one in found]
    rows = [
        {
            **one,
            "name": _name(one["listing"]),
            "same": max(parties.count(party), entries.count(one["entry"])) - 1,
        }
        for one, party in zip(found, parties, strict=True)
    ]  # fmt: skip
    return page(
        request, "cases.html", found=rows, state=state, done=done, states=(OPEN, PROPOSED, CLOSED),
        more=found[-1]["id"] if len(found) == _PER_PAGE else "",
    )  # fmt: skip


@router.get("/desk/cases/{case_id}")
def show(case_id: str, request: Request) -> Response:
    """One case: the party beside the listing, word by word, and the decisions that wait with it."""
    organization = actor_of(request).organization
    with counter_of(request).store.read() as db:
        found = cases.show(db, organization, case_id)
        both = cases.both(db, organization, case_id)
        if found is None or both is None:
            raise Problem(404, f"case {case_id[:40]}: there is none of this id.")
        waiting = [record.find(db, organization, one) for one in found["decisions"][-20:]]
        alike = cases.alike(db, organization, case_id) if found["state"] == OPEN else []
    party, listing = both
    return page(
        request, "case.html", case=found, party=party, listing=listing, compared=compared(party, listing),
        waiting=[one for one in waiting if one], alike=alike, name_of=_name,
        list=report_words.list_name(listing.list),
    )  # fmt: skip


@router.post("/desk/cases/{case_id}/settle")
def settle(case_id: str, request: Request, fields: Fields) -> Response:
    """Say whether the party is the listed one, of this case and of those that were chosen beside it."""
    actor = actor_of(request)
    said = _settlement(request, fields, text_of(fields, "decision", most=20))
    numbers = [case_id, *map(str, fields.getlist("also"))]
    counter_of(request).store.write(
        lambda db: cases.settle_all(db, actor.organization, numbers, said, actor=actor.name)
    )
    return go(f"/desk/cases/{case_id}")


@router.post("/desk/cases/{case_id}/approve")
def approve(case_id: str, request: Request, fields: Fields) -> Response:
    """Agree to what another person proposed."""
    actor, by = actor_of(request), text_of(fields, "by", most=200)
    counter_of(request).store.write(
        lambda db: cases.approve(db, actor.organization, case_id, actor=actor.name, by=by)
    )
    return go(f"/desk/cases/{case_id}")


@router.post("/desk/cases/clear")
def clear(request: Request, fields: Fields) -> Response:
    """Clear several cases of one false positive, with one reason; all of them or none."""
    actor = actor_of(request)
    numbers = [str(one) for one in fields.getlist("case")]
    if not numbers:
        raise Problem(422, "no case is chosen; choose those that are the same false positive.")
    said = _settlement(request, fields, NOT_LISTED)
    done = counter_of(request).store.write(
        lambda db: cases.settle_all(db, actor.organization, numbers, said, actor=actor.name)
    )
    return go(f"/desk/cases?done={done}")


def compared(party: Party, listing: Listing) -> dict[str, Any] | None:
    """Party and listing side by side; None where no name was alike (an address or a number was found)."""
    screener = of_listings([listing]).screener
    found = screener.screen([party], threshold=0.5)[0].candidates
    best: Candidate | None = found[0] if found else None
    return candidate_row(best) if best is not None and best.alignment is not None else None


def _settlement(request: Request, fields: FormData, decision: str) -> Settlement:
    reason = text_of(fields, "reason")
    if decision not in (LISTED, NOT_LISTED):
        raise Problem(422, "decision: say whether the party is the listed one.")
    if not reason:
        raise Problem(422, "reason: say what tells the two apart, or what makes them one.")
    expires = day_of(text_of(fields, "expires", most=10), "expires")
    by = text_of(fields, "by", most=200) or actor_of(request).name
    return Settlement(decision=decision, by=by, reason=reason, expires=expires)


def _name(listing: dict[str, Any]) -> str:
    """The name of a listing as FollowTheMoney has it."""
    return str(
        listing.get("caption") or next(iter(listing["properties"].get("name", [])), listing["id"])
    )
