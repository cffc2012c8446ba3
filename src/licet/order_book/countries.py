"""Countries between which no rule that counts and no table of some laws sees a difference, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from licet.decide.marks import Marks, conditions_that_count, marks_that_count
from licet.law.condition import Fact, Field, InTable, Literal, walk
from licet.law.rulebook import Law, Rulebook

_PLACES: Mapping[str, tuple[str, ...]] = {"from": ("from_",), "line.made_in": ("line.made_in",)}
"""Columns of countries that are facts as they are."""
# What the exceptions of an entry on the Commerce Control List ask of the destination.
_ASKED_OF_DESTINATION = ("country_chart", "country_groups")


def told_apart(rulebook: Rulebook, laws: Sequence[Law], column: str) -> dict[str, str]:
    """For each country one between which and it the laws see no difference in a column of order books.

    ``column``: ``to``, ``from``, ``line.made_in``, or ``party.country`` for the countries of parties.

    >>> from datetime import date
    >>> from licet.law.rulebook import default_rulebook
    >>> book = default_rulebook()
    >>> alike = told_apart(book, [book.law(date(2019, 5, 16))], "to")
    >>> alike["TH"] == alike["PH"], alike["TH"] == alike["CN"]
    (True, False)
    """
    marks = marks_that_count(laws)
    every = dict(_country_paths(rulebook, marks))
    own = {path: one for path, one in every.items() if path in _paths(column, every)}
    # A country that is compared with another is told apart wherever either is.
    if any(other != "shipment.via" for one in own.values() for other in one.facts):
        own = every
    alone = {str(code) for one in own.values() for code in one.literals}
    tables = {pair for one in own.values() for pair in one.tables}
    if "to" in own:
        # Conditions of list-based exceptions name countries and groups too.
        alone |= set(_named_in_entries(rulebook))
        tables |= {(name, 0) for name in _ASKED_OF_DESTINATION}
    said: dict[str, set[object]] = {}
    for table, at in tables:
        wanted = None if "to" in own else _other_keys(laws, table, at)
        for keys, rows in rulebook.tables[table].index.items():
            code = keys[at].removeprefix("!")
            others = (*keys[:at], *keys[at + 1 :])
            if wanted is not None and others not in wanted and "*" not in others:
                continue
            rest = (*keys[:at], keys[at].startswith("!"), *keys[at + 1 :])
            days = tuple(any(row.holds(law.on, law.known) for row in rows) for law in laws)
            # That a table speaks of a country at all is a difference as well.
            said.setdefault(code, set()).update(
                {(table,), (table, rest, days)} if any(days) else {(table,)}
            )
    first: dict[object, str] = {}
    found = {}
    for row in rulebook.tables["countries"].every():
        code = row.values["code"]
        key = code if code in alone else frozenset(said.get(code, ()))
        found[code] = first.setdefault(key, code)
    return found


def _country_paths(rulebook: Rulebook, marks: Mapping[str, Marks]) -> Iterator[tuple[str, Marks]]:
    words = rulebook.vocabulary
    for path, fact in words.facts.items():
        if fact.type in ("country", "countries") and path in marks:
            yield path, marks[path]
    for name, children in words.children.items():
        for part, kind in children.fields.items():
            if kind == "country" and f"{name}.{part}" in marks:
                yield f"{name}.{part}", marks[f"{name}.{part}"]


def _paths(column: str, every: Iterable[str]) -> set[str]:
    """The facts that a column of countries is, or may become."""
    if column in _PLACES:
        return set(_PLACES[column])
    other = {path for paths in _PLACES.values() for path in paths}
    of_parties = {
        path for path in every if path.partition(".")[0] in ("parties", "listings", "owners")
    }
    return of_parties if column != "to" else set(every) - other - of_parties


def _other_keys(laws: Iterable[Law], table: str, at: int) -> set[tuple[str, ...]] | None:
    """The keys beside a country with which the laws ask a table; None: keys that no rule writes out."""
    found: set[tuple[str, ...]] = set()
    for law in laws:
        for condition in conditions_that_count(law):
            for part in walk(condition):
                if isinstance(part, InTable) and part.table == table:
                    others = (*part.keys[:at], *part.keys[at + 1 :])
                    if any(isinstance(one, Fact | Field) for one in others):
                        return None
                    found.add(tuple(str(one.value) for one in others if isinstance(one, Literal)))
    return found


def _named_in_entries(rulebook: Rulebook) -> Iterator[str]:
    for row in rulebook.tables["ccl_entries"].every():
        for column in ("lvs_usd", "gbs", "sta"):
            yield from re.findall(r"(?<![A-Z0-9])[A-Z]{2}(?![A-Z0-9:])", row.values[column])
