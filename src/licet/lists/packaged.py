"""The lists that come with Licet: tables of the rulebook as listings of a day.

The tables are compiled from many copies and carry their days, so they speak of the past too. They hold what
rules need: of the SDN List names and programs, not addresses or numbers.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from licet.freshness import LAW, Age, Limits
from licet.law.rulebook import Rulebook, default_rulebook
from licet.law.table import Row
from licet.parties.listing import ListedName, Listing

TABLES = {
    "EL": "entity_list", "UVL": "unverified_list", "MEU": "military_end_user_list", "DPL": "denied_persons",
    "SDN": "sdn",
}  # fmt: skip
NARROW = "ofac_narrow"
_KINDS = {"individual": "person"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Packaged:
    """A packaged list: the day up to which it was compiled, and its entries on that day."""

    list: str
    as_of: dt.date
    entries: int


def packaged_listings(
    code: str, on: dt.date, *, known: dt.date | None = None, rulebook: Rulebook | None = None
) -> Iterator[Listing]:
    """The entries of a packaged list that hold on a day, as published by another."""
    book = rulebook or default_rulebook()
    for row in _rows(book, code):
        if row.holds(on, known):
            yield listing_of(code, row)


def packaged_history(
    code: str, number: str, *, known: dt.date | None = None, rulebook: Rulebook | None = None
) -> Iterator[tuple[dt.date, str, Listing]]:
    """The days on which an entry of a packaged list was added, changed or removed; "" for any list."""
    book = rulebook or default_rulebook()
    for each in TABLES if not code else {code} & TABLES.keys():
        rows = [
            row
            for row in _rows(book, each)
            if row.values["id"] in (number, f"sdn-{number}")
            and (not known or row.published <= known)
        ]
        before: Row | None = None
        for row in sorted(rows, key=lambda row: row.valid_from):
            goes_on = (
                before is not None and before.valid_until and before.valid_until >= row.valid_from
            )
            if before is not None and before.valid_until and not goes_on:
                yield before.valid_until, "removed", listing_of(each, before)
            yield row.valid_from, "changed" if goes_on else "added", listing_of(each, row)
            before = row
        if before is not None and before.valid_until:
            yield before.valid_until, "removed", listing_of(each, before)


def listing_of(code: str, row: Row) -> Listing:
    """A row of a packaged list (``TABLES``) as a listing."""
    from licet.sources.lists_bis import from_row

    return _sdn(row) if code == "SDN" else from_row(code, _with_days(row))


@functools.lru_cache(maxsize=4)
def packaged_lists(rulebook: Rulebook | None = None) -> tuple[Packaged, ...]:
    """The packaged lists with their days."""
    book = rulebook or default_rulebook()
    found = []
    for code in TABLES:
        rows = list(_rows(book, code))
        day = max(_days(rows), default=dt.date.min)
        found.append(Packaged(code, day, sum(row.holds(day, None) for row in rows)))
    return tuple(found)


def _rows(book: Rulebook, code: str) -> Iterable[Row]:
    return book.tables[TABLES[code]].every()


@functools.lru_cache(maxsize=4)
def table_days(rulebook: Rulebook) -> Mapping[str, Packaged]:
    """By list, the day of the last copy that its table was compiled from, and its entries on that day.

    OFAC's narrower lists too.
    """
    rows = {code: tuple(_rows(rulebook, code)) for code in TABLES}
    days = {code: max(_days(rows[code]), default=dt.date.min) for code in TABLES}
    if NARROW in rulebook.tables:
        every = tuple(rulebook.tables[NARROW].every())
        for row in every:
            rows[row.values["list"]] = (*rows.get(row.values["list"], ()), row)
        # The table is made of whole copies, whichever lists its rows stand on.
        last = max(_days(every), default=dt.date.min)
        days |= dict.fromkeys((row.values["list"] for row in every), last)
    return {
        code: Packaged(code, day, sum(row.holds(day, None) for row in rows[code]))
        for code, day in days.items()
    }


def rulebook_ages(rulebook: Rulebook, on: dt.date, limits: Limits) -> tuple[Age, ...]:
    """How old the law of a rulebook and its lists are on a day."""
    law = Age(LAW, rulebook.as_of, None, on, limits.law)
    lists = (
        Age(code, table.as_of, None, on, limits.of(code))
        for code, table in table_days(rulebook).items()
    )
    return law, *lists


def _days(rows: Iterable[Row]) -> Iterator[dt.date]:
    """The days of the copies that rows were compiled from: by their sources, of SDN rows the day first seen."""
    for said in {row.values.get("certain_from") or row.source for row in rows}:
        yield from map(dt.date.fromisoformat, _DAY.findall(said))


def _with_days(row: Row) -> dict[str, str]:
    until = row.valid_until.isoformat() if row.valid_until else ""
    days = {"valid_from": row.valid_from.isoformat(), "valid_until": until}
    return dict(row.values) | days | {"published": row.published.isoformat(), "source": row.source}


def _sdn(row: Row) -> Listing:
    values = row.values
    others = (ListedName(key, "alias") for key in values["keys"].split("|") if key)
    kind = values["kind"]
    return Listing(
        list="SDN", id=values["id"].removeprefix("sdn-"), kind=_KINDS.get(kind, kind),
        names=(ListedName(values["name"]), *others),
        countries=tuple(filter(None, values["country"].split("|"))),
        programs=tuple(filter(None, values["programs"].split("|"))),
        source="OFAC, Specially Designated Nationals List, packaged",
    )  # fmt: skip
