"""``POST /check`` and ``POST /screen``: orders decided and recorded, names screened and logged."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from licet.check import OutsideCoverage
from licet.desk import audit, record
from licet.desk.answering import (
    Again,
    Body,
    actor_of,
    counter_of,
    desk_of,
    documented,
    list_of,
    object_of,
    soon,
    written,
)
from licet.desk.counter import Made
from licet.desk.problems import Problem, of_order, order_errors
from licet.desk.record import Terms
from licet.order import order_from
from licet.order_files import BadOrder, read_stream
from licet.parties.screening import THRESHOLD as LEAST
from licet.parties.screening import Answer
from licet.screen_rows import answer_row
from licet.wire import as_dict

router = APIRouter(tags=["check"])
MOST_ORDERS, MOST_NAMES = 1000, 1000

_DECISION = object_of(
    decision_id="string", recorded="string", outcome="string", best="string", worst="string",
    requirements=list_of({"type": "object"}), missing=list_of({"type": "object"}), law={"type": "object"},
    cases=list_of({"type": "string"}),
)  # fmt: skip
_MANY = object_of(answers=list_of({"type": "object"}))
_ORDER = {
    "type": "object",
    "description": "An order as docs/reference/order.md has it; what is left out is not known.",
    "example": {
        "id": "PO-1001", "date": "2019-06-30", "activity": "export", "from": "US", "to": "CN",
        "party": [{"role": "ultimate_consignee", "name": "Huawei Technologies Co., Ltd.", "country": "CN"}],
        "line": [{"eccn": "3A991.a.1", "kind": "commodity", "made_in": "US"}],
    },
}  # fmt: skip
_ORDERS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [_ORDER, {"type": "array", "items": _ORDER, "minItems": 1}]}
            }
        },
    }
}

On = Annotated[dt.date | None, Query(description="Another day than the order's own.")]
Known = Annotated[dt.date | None, Query(description="The law as it was known on this day.")]
Assume = Annotated[list[str] | None, Query(description="Announcements taken as if they were law.")]


@router.post("/check", responses=documented({"anyOf": [_DECISION, _MANY]}), openapi_extra=_ORDERS)
async def check(
    request: Request,
    body: Body,
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    proof: Annotated[bool, Query(description="With the proof of every rule.")] = False,
    again: Again = None,
) -> Response:
    """Decide an order, or many in an array: may each go ahead, under which rule, what would change it?

    One order gets its decision. Many get `{"answers": [...]}` in their order, each a decision or, for an order
    that is refused, `{"id", "error", "errors"}`. Every decision is on record when its answer comes.
    """
    terms = Terms(on, known, tuple(assume or ()))

    def make() -> Callable[[Connection], object]:
        alone, made = _decide(request, body, terms)

        def keep(db: Connection) -> object:
            answers = [_kept(one, db, proof=proof) for one in made]
            return answers[0] if alone else {"answers": answers}

        for one in made:
            if isinstance(one, Made):
                desk_of(request).metrics.decided(one.decision.outcome)
        return keep

    return await soon(request, body, again, make)


@router.post("/decisions/{decision_id}/check", responses=documented(_DECISION))
def decide_again(decision_id: str, request: Request, again: Again = None) -> Response:
    """Decide the order of a recorded decision anew: under today's law book, with what was settled since."""
    counter, actor = counter_of(request), actor_of(request)
    with counter.store.read() as db:
        row = record.find(db, actor.organization, decision_id)
    if row is None:
        raise Problem(404, f"decision {decision_id}: there is none of this id.")
    order = order_from(orjson.loads(row["given"]), source=f"decision {decision_id}")

    def make() -> Callable[[Connection], object]:
        made = counter.decide(actor.asker, order, record.terms_of(row))
        return lambda db: _kept(made, db, proof=False)

    return written(request, b"", again, make)


def _decide(
    request: Request, body: bytes, terms: Terms
) -> tuple[bool, list[Made | dict[str, Any]]]:
    counter, asker = counter_of(request), actor_of(request).asker
    unknown = [name for name in terms.assume if name not in counter.loaded.book.announcements]
    if unknown:
        there = ", ".join(counter.loaded.book.announcements)
        raise Problem(422, f"assume: no announcement {unknown[0]!r}; there are: {there}")
    alone = body.lstrip()[:1] != b"["
    made: list[Made | dict[str, Any]] = []
    for order in read_stream(io.BytesIO(body), source="the body", suffix=".json"):
        if len(made) == MOST_ORDERS:
            raise Problem(413, f"more than {MOST_ORDERS} orders; send them in several requests.")
        if isinstance(order, BadOrder):
            # What is wrong with the body as a whole has no field and no order before it.
            whole = not made and all(not one.field for one in order.error.problems)
            if alone or whole:
                raise of_order(order.error)
            made.append(
                {
                    "id": order.id,
                    "error": str(order.error.problems[0]),
                    "errors": order_errors(order.error),
                }
            )
            continue
        try:
            made.append(counter.decide(asker, order, terms))
        except OutsideCoverage as error:
            if alone:
                raise
            made.append({"id": order.id, "error": str(error), "errors": []})
    return alone, made


def _kept(one: Made | dict[str, Any], db: Connection, *, proof: bool) -> dict[str, Any]:
    if isinstance(one, dict):
        return one
    answer = one.keep(db)
    return {**answer, "proof": as_dict(one.decision)["proof"]} if proof else answer


_ROW = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"}, "id": {"type": "string"}, "country": {"type": "string"},
                "kind": {"enum": ["person", "organization", "vessel", "aircraft", ""]},
                "dob": {"type": "string"}, "address": {"type": "string"}, "imo": {"type": "string"},
                "number": {"type": "string"}, "as_of": {"type": "string"},
            },
        },
    ]
}  # fmt: skip
_NAMES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["names"],
                    "properties": {
                        "names": {"type": "array", "items": _ROW, "minItems": 1, "maxItems": MOST_NAMES},
                        "threshold": {"type": "number", "minimum": 0.5, "maximum": 1, "default": LEAST},
                    },
                }
            }
        },
    }
}  # fmt: skip


@router.post(
    "/screen",
    responses=documented(object_of(answers=list_of({"type": "object"}), lists=list_of({"type": "object"}))),
    openapi_extra=_NAMES,
)  # fmt: skip
async def screen(request: Request, body: Body, again: Again = None) -> Response:
    """Who on the lists each name may be, how sure, and why; with the lists that were looked through.

    `names` are texts or rows (`name`, `id`, `kind`, `country`, `dob`, `address`, `imo`, `number`, `as_of`). An
    answer is `{"id", "verdict", "candidates"}`, or `{"id", "error"}` for a name that cannot be screened, which
    is never "clear".
    """
    rows, threshold = _names(body)
    counter, actor = counter_of(request), actor_of(request)

    def make() -> Callable[[Connection], object]:
        lists = counter.loaded.lists
        found = counter.screen(actor.asker, rows, threshold=threshold)
        days = [
            {"list": one.list, "as_of": one.as_of and one.as_of.isoformat(), "entries": one.entries}
            for one in lists.days
        ]

        def keep(db: Connection) -> object:
            entry = log_screening(
                db, actor.organization, actor.name, rows, found, days, threshold=threshold
            )
            return {"entry": entry, "answers": [answer_row(one) for one in found], "lists": days}

        return keep

    return await soon(request, body, again, make)


def log_screening(
    db: Connection,
    organization: str,
    actor: str,
    rows: list[dict[str, Any]],
    found: list[Answer],
    lists: list[dict[str, Any]],
    *,
    threshold: float,
) -> int:
    """Put a screening into the log: who was asked about, in which lists, and what was found."""
    said = [
        {
            "asked": row, "verdict": one.verdict or "error",
            "found": [[each.listing.key, each.score, each.verdict] for each in one.candidates[:10]],
        }
        for row, one in zip(rows, found, strict=True)
    ]  # fmt: skip
    details: Mapping[str, object] = {"threshold": threshold, "lists": lists, "answers": said}
    return audit.append(
        db,
        organization,
        actor=actor,
        action="screened",
        subject=f"{len(rows)} names",
        details=details,
    )


def _names(body: bytes) -> tuple[list[dict[str, Any]], float]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}.") from None
    names = said.get("names") if isinstance(said, dict) else None
    if not isinstance(names, list) or not 1 <= len(names) <= MOST_NAMES:
        raise Problem(
            422, f'names: a list of 1 to {MOST_NAMES} is asked, as in {{"names": ["..."]}}.'
        )
    threshold = said.get("threshold", LEAST)
    if (
        isinstance(threshold, bool)
        or not isinstance(threshold, int | float)
        or not 0.5 <= threshold <= 1
    ):
        raise Problem(422, f"threshold: found {str(threshold)[:40]}; allowed: 0.5 to 1.")
    rows: list[dict[str, Any]] = []
    for at, one in enumerate(names):
        if isinstance(one, str):
            rows.append({"name": one})
        elif isinstance(one, dict):
            rows.append({key: value for key, value in one.items() if key})
        else:
            raise Problem(
                422, f"names[{at}]: found {type(one).__name__}; a text or an object is asked."
            )
    return rows, float(threshold)
