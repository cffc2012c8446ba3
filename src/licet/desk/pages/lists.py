"""The page *Lists*: which copies are in use, how old they are, and what changed between two days."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from licet import lists as list_store
from licet.desk.answering import counter_of
from licet.desk.pages.rendering import PageRoute, day_of, page
from licet.desk.problems import Problem
from licet.lists.errors import ListsError

router = APIRouter(route_class=PageRoute)
FRESH = 7
"""Days after which a copy is called old."""
_MOST = 500
Text = Annotated[str, Query(max_length=20)]


@router.get("/desk/lists")
def lists(request: Request) -> Response:
    """The lists in use with the days of their copies, and those that an order's parties are looked up in."""
    loaded, today = counter_of(request).loaded, dt.date.today()
    try:
        copies = list_store.store().copies()
    except ListsError as error:
        raise Problem(503, str(error)) from None
    return page(
        request, "lists.html", status_of=loaded.status, looked_in=loaded.looked_in, today=today, fresh=FRESH,
        copies=sorted(copies, key=lambda one: (one.list, one.as_of), reverse=True)[:100],
        age=lambda day: (today - day).days, day=dt.date.fromisoformat,
    )  # fmt: skip


@router.get("/desk/lists/changes")
def changes(request: Request, start: Text = "", end: Text = "", list: Text = "") -> Response:
    """What differs between the lists of two days, entry by entry."""
    loaded = counter_of(request).loaded
    first, last = day_of(start, "start"), day_of(end, "end")
    codes = sorted({one.list for one in loaded.status})
    found = None
    if first and last:
        if last < first:
            raise Problem(422, f"{last} is before {first}; give the earlier day first.")
        if list and list not in codes:
            raise Problem(422, f"list: no {list!r}; there are: {', '.join(codes)}.")
        try:
            found = list_store.changes(first, last, lists=[list] if list else None)
        except ListsError as error:
            raise Problem(503, str(error)) from None
    return page(
        request, "lists_changes.html", start=start, end=end, list=list, codes=codes, found=found, most=_MOST
    )  # fmt: skip
