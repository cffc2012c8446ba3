"""The page *Check*: a form that asks only what can still change the answer, and decides as one types."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from licet.countries import countries
from licet.decision import Decision, Missing
from licet.desk import record
from licet.desk.answering import actor_of, counter_of, desk_of
from licet.desk.pages import answer, form, form_view
from licet.desk.pages.fields import field_of
from licet.desk.pages.form import Sheet
from licet.desk.pages.rendering import PageRoute, form_of, go, page
from licet.desk.problems import Problem
from licet.desk.record import Terms
from licet.order import Order

router = APIRouter(route_class=PageRoute)
AT_ONCE = 5
"""Questions that are put at the same time; an answer often makes others needless."""
Fields = Annotated[FormData, Depends(form_of)]


@router.get("/desk/check")
def blank(request: Request, of: str = "") -> Response:
    """An empty form, or the order of a recorded decision to begin with."""
    if of:
        with counter_of(request).store.read() as db:
            row = record.find(db, actor_of(request).organization, of)
        if row is None:
            raise Problem(404, f"decision {of[:40]}: there is none of this id.")
        sheet = form.of_data(record.plain(row)["given"])
    else:
        sheet = form.of_data({"date": dt.date.today().isoformat()})
    return page(request, "check.html", countries=countries().names, **looked(request, sheet))


@router.post("/desk/check")
def answered(request: Request, fields: Fields) -> Response:
    """The form and its answer anew, for what is typed by now; nothing is recorded."""
    sheet = form.read(pairs(fields))
    return page(request, "part_check.html", **looked(request, sheet))


@router.post("/desk/check/record")
def recorded(request: Request, fields: Fields) -> Response:
    """Decide the order of the form, put the decision on record, and show it."""
    sheet = form.read(pairs(fields))
    if sheet.order is None:
        values = looked(request, sheet)
        return page(request, "check.html", status=422, countries=countries().names, **values)
    return go(f"/desk/decisions/{kept(request, sheet.order, Terms())}")


def kept(request: Request, order: Order, terms: Terms) -> str:
    """Decide an order and put the decision on record; its id."""
    counter = counter_of(request)
    made = counter.decide(actor_of(request).asker, order, terms)
    found = counter.store.write(made.keep)
    desk_of(request).metrics.decided(made.decision.outcome)
    return str(found["decision_id"])


def looked(request: Request, sheet: Sheet) -> dict[str, Any]:
    """What the form shows: its sections, the questions that are open, and the answer by now."""
    counter = counter_of(request)
    decision: Decision | None = None
    says = ""
    if sheet.order is not None and sheet.order.date is not None:
        decision = counter.decide(actor_of(request).asker, sheet.order, Terms()).decision
    elif sheet.order is not None:
        says = "Which day? The law depends on it."
    else:
        says = "Not decided: a field cannot be read yet."
    open_now = {one.fact: one for one in decision.missing} if decision else {}
    if decision is not None or sheet.order is not None:
        # A question that can no longer change the answer goes away, unless it was answered.
        sheet.asked = [p for p in dict.fromkeys(sheet.asked) if p in open_now or sheet.said(p)]
    in_form = {path for _, _, some in form_view.shown(sheet) for path, _ in some}
    for fact in open_now:
        waiting = sum(not sheet.said(path) for path in sheet.asked)
        if waiting >= AT_ONCE:
            break
        if fact not in sheet.asked and fact not in in_form and field_of(fact) is not None:
            sheet.asked.append(fact)
    return {
        "sheet": sheet, "sections": form_view.shown(sheet), "addable": form_view.addable(sheet),
        "decision": decision,
        "says": says, "open_now": open_now, "field_of": field_of, "elsewhere": _elsewhere(sheet, open_now),
        "standing": answer.standing(decision) if decision else [],
        "summary": answer.summary(decision) if decision else "",
    }  # fmt: skip


def _elsewhere(sheet: Sheet, open_now: dict[str, Missing]) -> list[Missing]:
    """Questions that no field of the form can answer, such as a table of the law that is silent."""
    there = {"party", "line"}  # the form always has a party and an item to fill in
    return [one for fact, one in open_now.items() if field_of(fact) is None and fact not in there]


def pairs(fields: FormData) -> list[tuple[str, str]]:
    """The texts of a form in their order; files are passed over."""
    return [(name, value) for name, value in fields.multi_items() if isinstance(value, str)]
