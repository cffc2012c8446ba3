"""Listings found by name, alias, id or part of a name, with their dated history: ``licet law entry``."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from licet import law_words as words
from licet.law.rulebook import Rulebook, packaged
from licet.law.table import Row
from licet.law_lookup import table
from licet.parties.names import core, normalise

# The lists that are looked through: table, the list in words, where it stands, and since when it is known.
LISTS: tuple[tuple[str, str, str, dt.date], ...] = (
    ("entity_list", "Entity List", "15 CFR 744 Supp. No. 4", dt.date(1997, 2, 3)),
    ("unverified_list", "Unverified List", "15 CFR 744 Supp. No. 6", dt.date(2002, 6, 14)),
    (
        "military_end_user_list", "Military End-User List", "15 CFR 744 Supp. No. 7",
        dt.date(2020, 12, 23),
    ),
)  # fmt: skip
# Lists whose entries have no columns for what they mean: the section says it.
_MEANS = {
    "unverified_list": (
        "no license exceptions; a UVL statement before anything that needs no license (744.15)",
        "as the license requirement of the item has it",
    ),
    "military_end_user_list": (
        "items of Supplement No. 2 to part 744 (744.21)",
        "presumption of denial (744.21(e))",
    ),
}


@dataclass(frozen=True, slots=True)
class Act:
    """A citation of a listing: the instrument, the day it was published and the day from which it binds.

    ``effective`` is None where it is not known; most rules bind on the day of their publication.
    """

    citation: str
    published: dt.date | None
    effective: dt.date | None
    says: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote that stands at a listing since a day."""

    number: str
    since: dt.date
    says: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of one list in words; ``held`` says whether it was in force on the day asked for.

    ``matched`` is name, alias, id or part.
    """

    list: str
    cite: str
    id: str
    name: str
    kind: str
    matched: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    country: str
    country_name: str
    scope: str
    review_policy: tuple[str, ...]
    exceptions: str
    footnotes: tuple[Footnote, ...]
    see: tuple[str, ...]
    history: tuple[Act, ...]
    parent: tuple[str, str] | None
    affiliates: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    since: dt.date
    until: dt.date | None
    held: bool
    source: str


@dataclass(frozen=True, slots=True)
class Searched:
    """A list that was looked through: how many entries were in force on the day, and its text's date."""

    list: str
    cite: str
    entries: int
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found, best match first, and the lists that were looked through."""

    text: str
    on: dt.date
    known: dt.date | None
    listings: tuple[Listing, ...]
    searched: tuple[Searched, ...]
    rulebook: str


def find(text: str, *, on: dt.date, known: dt.date | None = None, rulebook: Rulebook) -> Found:
    """Entries of the Entity List, Unverified List and Military End-User List that answer to a text.

    An id, a name or alias in any spelling or legal form counts before a part of a name. This looks text up; it
    is not screening. Entries of all days are found, each with whether it held ``on`` the day.
    """
    listings = []
    searched = []
    for name, says, cite, since in LISTS:
        rows = list(table(rulebook, name, since).every())
        searched.append(Searched(says, cite, sum(r.holds(on, known) for r in rows), rulebook.as_of))
        for row in rows:
            how = _matches(text, row)
            if how:
                listings.append((how, row, name, says, cite, rows))
    order = ("id", "name", "alias", "part")
    best = {how for how, *_ in listings}
    if "id" in best:
        listings = [found for found in listings if found[0] == "id"]
    listings.sort(key=lambda found: (order.index(found[0]), found[1].values["name"].casefold()))
    return Found(
        text,
        on,
        known,
        tuple(
            _listing(how, row, name, says, cite, rows, on, known, rulebook)
            for how, row, name, says, cite, rows in listings
        ),
        tuple(searched),
        rulebook.id,
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("|") if part)


def _matches(text: str, row: Row) -> str:
    wanted = normalise(text)
    if text.strip().casefold() == row.values["id"]:
        return "id"
    if not wanted:
        return ""
    names = (row.values["name"], *_split(row.values["aliases"]))
    for at, name in enumerate(names):
        if normalise(name) == wanted or core(name) == core(text) != "":
            return "alias" if at else "name"
    if row.values["kind"] == "address":
        names = (*names, row.values["addresses"])
    pattern = re.compile(rf"\b{re.escape(wanted)}")
    return "part" if any(pattern.search(normalise(name)) for name in names) else ""


def _listing(
    how: str, row: Row, name: str, says: str, cite: str, rows: Sequence[Row], on: dt.date,
    known: dt.date | None, book: Rulebook,
) -> Listing:  # fmt: skip
    values = row.values
    means = _MEANS.get(name)
    parent = values.get("parent", "")
    countries = book.tables["countries"]
    country = next(countries.rows((values["country"],), on), None)
    return Listing(
        list=says,
        cite=cite,
        id=values["id"],
        name=values["name"],
        kind=values["kind"],
        matched=how,
        aliases=_split(values["aliases"]),
        addresses=_split(values["addresses"]),
        country=values["country"],
        country_name=country.values["name"] if country else values["country"],
        scope=means[0] if means else words.scope(values["scope"]),
        review_policy=(means[1],) if means else words.policy(values["review_policy"]),
        exceptions=_exceptions(values.get("exceptions", ""), name),
        footnotes=tuple(_footnotes(values.get("footnotes", ""))),
        see=tuple(values.get("see", "").split()),
        history=tuple(_history(row, book)),
        parent=next(
            ((r.values["id"], r.values["name"]) for r in rows if r.values["id"] == parent), None
        ),
        affiliates=tuple(
            dict.fromkeys(
                (r.values["id"], r.values["name"])
                for r in rows
                if r.values.get("parent") == values["id"]
            )
        ),
        notes=tuple(words.note(part) for part in _split(values.get("notes"))),
        since=row.valid_from,
        until=row.valid_until,
        held=row.holds(on, known),
        source=row.source,
    )


def _exceptions(code: str, name: str) -> str:
    if code:
        return code.replace(" @ question:", ", when ").replace("-", " ")
    return "none (744.11(a))" if name == "entity_list" else ""


def _footnotes(code: str) -> Iterator[Footnote]:
    for part in _split(code):
        number, _, since = part.partition(":")
        yield Footnote(number, dt.date.fromisoformat(since), words.FOOTNOTES.get(number, ""))


def _history(row: Row, book: Rulebook) -> Iterator[Act]:
    """The Federal Register citations of a listing, in order; the first dates the listing."""
    for at, part in enumerate(_split(row.values.get("citations"))):
        citation, _, day = part.rpartition(" ")
        spans = [span for span in _instruments() if _within(citation, span)]
        effective = spans[0].effective if spans else None
        # A listing cites the page of its entry, an instrument begins some pages before.
        instrument = book.instrument(citation) or next(
            (i for i in book.instruments.values() for s in spans if _within(i.citation, s)), None
        )
        if effective is None and instrument is not None:
            effective = instrument.effective
        if effective is None and at == 0 and "assumed" not in row.source:
            effective = row.valid_from
        says = instrument.says if instrument else ""
        yield Act(citation, dt.date.fromisoformat(day), effective, says)


@dataclass(frozen=True, slots=True)
class _Span:
    """Pages of the Federal Register that one instrument takes, and the day from which it binds."""

    volume: int
    first: int
    last: int
    effective: dt.date


def _within(citation: str, span: _Span) -> bool:
    match = re.fullmatch(r"(\d+) FR (\d+)", citation)
    return (
        match is not None
        and int(match[1]) == span.volume
        and span.first <= int(match[2]) <= span.last
    )


@functools.cache
def _instruments() -> tuple[_Span, ...]:
    """The instruments whose day of effect is on record."""
    text = (packaged() / "tables" / "effective_dates.csv").read_text(encoding="utf-8")
    return tuple(
        _Span(
            int(row["volume"]), int(row["first_page"]), int(row["last_page"]),
            dt.date.fromisoformat(row["effective"]),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip
