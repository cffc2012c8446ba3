"""The pages of one item (an ECCN) and of one country: what the law of a day asks, over all of the other."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from licet.countries import countries
from licet.desk.answering import counter_of
from licet.desk.pages.rendering import PageRoute, day_of, page
from licet.desk.problems import Problem
from licet.law.rulebook import Rulebook
from licet.law_lookup import NotFound, explain, groups, plain_eccn
from licet.law_lookup_report import reached
from licet.law_where import STATUSES, Destination, World, items, where
from licet.map_svg import world_map

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Query(max_length=40)]


@router.get("/desk/law/items/{eccn}")
def item(eccn: str, request: Request, on: Text = "") -> Response:
    """An item on a day: its reasons for control, and a map of where a license is needed."""
    book = counter_of(request).loaded.book
    day = day_of(on, "on") or book.as_of
    eccn = plain_eccn(eccn[:40])
    says, found, world = "", None, None
    try:
        world = _world(book, eccn, day)
        found = explain(eccn, on=day, rulebook=book) if eccn != "EAR99" else None
    except NotFound as error:
        says = str(error)
    counts = Counter(place.status for place in world.destinations) if world else Counter()
    return page(
        request, "law_item.html", status=200 if world or found else 404, book=book, eccn=eccn, day=day,
        item=found, world=world, says=says, counts=counts, statuses=STATUSES, reached=reached,
        drawn=Markup(world_map(world)) if world else "",
    )  # fmt: skip


@router.get("/desk/law/countries/{country}")
def country(country: str, request: Request, on: Text = "", category: Text = "") -> Response:
    """A country on a day: its groups, its row of the Country Chart, and its table of licenses."""
    book = counter_of(request).loaded.book
    names = countries().names
    code = country.upper()
    if code not in names:
        raise Problem(
            404, f"{country[:20]!r} is no country's code (ISO 3166-1 alpha-2), such as CN."
        )
    day = day_of(on, "on") or book.as_of
    if day < book.covers_from:
        raise Problem(422, f"{day} is before {book.covers_from}, where this rulebook begins.")
    law = book.law(day)
    chart = book.tables["country_chart"]
    columns = sorted({row.values["column"] for row in chart.every()})
    marked = [(column, law.contains("country_chart", (code, column))) for column in columns]
    licenses = [] if code == "US" else list(_licenses(book, code, day))
    counts = Counter(found.status for _, found in licenses)
    shown = [one for one in licenses if not category or one[0].startswith(category)]
    return page(
        request, "law_country.html", book=book, code=code, name=names[code], day=day, marked=marked,
        groups=[name for name, members in groups(law).items() if code in members], shown=shown, counts=counts,
        statuses=STATUSES, category=category, categories=sorted({eccn[0] for eccn, _ in licenses}),
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def _world(book: Rulebook, eccn: str, day: dt.date) -> World:
    return where(eccn, on=day, rulebook=book)


@functools.lru_cache(maxsize=32)
def _licenses(book: Rulebook, code: str, day: dt.date) -> tuple[tuple[str, Destination], ...]:
    """Every entry of the Commerce Control List that is subject to the EAR on a day, at one destination."""
    law = book.law(day)
    among = {
        row.values["eccn"]: row.values["kind"]
        for row in book.tables["ccl_entries"].every()
        if row.holds(day, None) and row.values["jurisdiction"] == "EAR"
    }
    return tuple(items(code, law=law, among={"EAR99": "commodity", **dict(sorted(among.items()))}))
