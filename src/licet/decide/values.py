"""The values of a fact that can make a difference, found in the law that looks at it.

A number or a date matters by the marks that rules compare it with, a country by the tables that hold it, an
ECCN by its controls. Each cell is one class of values between which no rule can tell a difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

from licet.decide.answers import plain_path
from licet.decide.classes import (
    Cell,
    countries_told_apart,
    eccns_told_apart,
    members_told_apart,
)
from licet.decide.facts import of_entry
from licet.decide.marks import Marks, marks_of
from licet.law.rulebook import Law
from licet.law.vocabulary import LISTS
from licet.order import Line, Order, Owner, Party, RedFlag


def cells(
    path: str,
    order: Order,
    law: Law,
    listed_names: Iterable[tuple[str, str]],
    *,
    since: Iterable[dt.date] = (),
) -> list[Cell]:
    """The classes of values of an unknown fact, by its path in the order; empty: it cannot be asked for.

    ``listed_names`` gives (name, how to say it) of parties that stand for the kinds of listings,
    ``since`` the first days of listings with which a date of the order may have to be compared.
    """
    plain = plain_path(path)
    if path.startswith("conditions_met["):
        return [Cell(True, "met"), Cell(False, "not met")]
    if plain == "parties.address":
        return [Cell("(an address on no list)", "an address on no list"), *addresses(law)]
    special = plain if plain in _SPECIAL else f"*.{plain.rpartition('.')[2]}"
    if special in _SPECIAL:
        return list(_SPECIAL[special](listed_names))
    words = law.rulebook.vocabulary
    if plain in words.facts:
        kind, choices = words.facts[plain].type, words.facts[plain].choices
    else:
        collection, _, name = plain.partition(".")
        if collection not in words.children or name not in words.children[collection].fields:
            return []
        kind, choices = words.children[collection].fields[name], ()
        if kind in words.facts:
            choices = words.facts[kind].choices
    marks = marks_of(law.rulebook).get(plain, Marks())
    match kind:
        case "boolean":
            return [Cell(True, "yes"), Cell(False, "no")]
        case "number":
            return list(_ranges(_numbers(marks, order)))
        case "date":
            return list(_days(_dates(marks, order, law, since)))
        case "country":
            return list(countries_told_apart(plain, order, law, marks))
        case "eccn":
            return list(eccns_told_apart(path, order, law))
        case "name":
            return [*_names(listed_names)]
        case "names":
            one = [Cell((cell.value,), cell.says) for cell in _names(listed_names)][1:]
            return [Cell((), "nobody on a list"), *one]
    if kind in LISTS:
        countries = kind == "countries"
        members = list(members_told_apart(marks, law, countries=countries))
        values = sorted({*members, *(() if countries else map(str, marks.literals))})
        every = [Cell(tuple(values), "all of these")] if len(values) > 1 else []
        return [Cell((), "none of these"), *(Cell((value,), value) for value in values), *every]
    used = sorted(str(v) for v in marks.literals)
    values = [c for c in choices if c in used] if choices else used
    rest = [c for c in choices if c not in used]
    return [
        *(Cell(value, value) for value in values),
        *([Cell(rest[0], " or ".join(rest))] if rest else ()),
    ]


def _party(names: Iterable[tuple[str, str]]) -> Iterator[Cell]:
    for cell in _names(names):
        yield Cell((Party(role="ultimate_consignee", name=str(cell.value)),), cell.says)


_CLOSED_PATHS = frozenset({
    "parties_complete", "red_flag", "parties.disposition", "parties.uses_equipment_of", "parties.name",
    "parties.address",
})  # fmt: skip
_CLOSED = ("boolean", "choice", "country", "date", "number", "name", "names")


def exhaustive(path: str, law: Law) -> bool:
    """Whether the cells of a fact stand for all its values.

    Names do: a listed name stands for every kind of listing that rules can tell apart. Not so ECCNs and lists
    of them: their cells are chosen by what rules look at, and a value that nobody thought of may still differ.
    What depends on such a fact is never taken as settled by its cells alone.
    """
    plain = plain_path(path)
    if path.startswith("conditions_met[") or plain in _CLOSED_PATHS or plain.endswith(".share"):
        return True
    words = law.rulebook.vocabulary
    if plain in words.facts:
        return words.facts[plain].type in _CLOSED
    collection, _, name = plain.partition(".")
    kind = words.children[collection].fields.get(name) if collection in words.children else None
    return kind in (*_CLOSED, "kind", "role")


def addresses(law: Law) -> Iterator[Cell]:
    """The classes of addresses: one that an entry of the Entity List names alone, if there is any."""
    for row in law.rulebook.tables["entity_list"].every():
        if row.values.get("kind") == "address" and row.holds(law.on, law.known):
            text = row.values["addresses"].partition("|")[0]
            yield Cell(text, f"an address that the Entity List names, such as {text}")
            return


def _owners(names: Iterable[tuple[str, str]]) -> Iterator[Cell]:
    yield Cell((), "nobody of concern")
    for code, title, called in _FLOWING_DOWN:
        for listed in (name for name, says in names if title in says):
            owner = Owner(name=listed, share=100, list=code, owners=())
            yield Cell((owner,), f"{called} with 50 percent or more, such as {listed}")
            if (
                code != "SDN"
            ):  # blocked persons are of two kinds: with a program that 744.8 names, and without
                break


# The lists that flow down to what their entries own: as lists are called, and as their entries are.
_FLOWING_DOWN = (
    ("EL", "Entity List", "a company on the Entity List"),
    ("MEU", "Military End-User List", "a military end user on the list"),
    ("SDN", "Specially Designated Nationals", "a blocked person"),
)


_SPECIAL: Mapping[str, Callable[[Iterable[tuple[str, str]]], Iterable[Cell]]] = {
    "parties_complete": lambda _: [
        Cell(True, "yes, every party is named"),
        Cell(False, "no, there is another party"),
    ],
    "parties.disposition": lambda _: [
        Cell("not_listed", "not the listed party"), Cell("listed", "the listed party"),
    ],
    "parties.uses_equipment_of": lambda names: [
        Cell((), "nobody on a list"),
        *(Cell((cell.value,), cell.says) for cell in list(_names(names))[1:]),
    ],
    "party": _party,
    "*.owners": _owners,
    "*.share": lambda _: [
        Cell(49.0, "less than 50 percent", None, 49.0), Cell(50.0, "50 percent or more", 50.0, None),
    ],
    "red_flag": lambda _: [
        Cell((), "none, looked at"),
        Cell((RedFlag(text="a red flag", resolved=False),), "one that is not resolved"),
    ],
    "line.controlled_for": lambda _: [
        Cell((), "none of them"),
        *(
            Cell((reason,), reason)
            for reason in ("NS", "MT", "NP", "CB", "RS", "CC", "FC", "AT", "EI", "SS", "UN", "SI")
        ),
        Cell(("NS", "MT", "NP", "CB", "RS", "CC", "AT", "EI"), "all of them"),
    ],
}  # fmt: skip


def _names(listed_names: Iterable[tuple[str, str]]) -> Iterator[Cell]:
    yield Cell("(a party on no list)", "a party on no list")
    for name, says in listed_names:
        yield Cell(name, says)


def _ranges(marks: set[float]) -> Iterator[Cell]:
    """A number line cut at its marks: below, at and above each."""
    previous: float | None = None
    for mark in sorted(marks):
        if previous is None and mark > 0:
            yield Cell(mark / 2, f"less than {mark:g}", None, mark)
        elif previous is not None:
            middle = (previous + mark) / 2
            yield Cell(middle, f"more than {previous:g} and less than {mark:g}", previous, mark)
        yield Cell(mark, f"{mark:g}", mark, mark)
        previous = mark
    if previous is None:
        yield Cell(0.0, "any number")
    else:
        yield Cell(previous + 1, f"more than {previous:g}", previous, None)


def _dates(marks: Marks, order: Order, law: Law, since: Iterable[dt.date]) -> set[dt.date]:
    """The days with which rules compare a date: written ones, other dates of the order, its own day."""
    days = {
        day for day in (*marks.literals, *compared_values(marks, order)) if isinstance(day, dt.date)
    }
    if "date" in marks.facts:
        days.add(law.on)
    if "listings.since" in marks.facts:
        days.update(since)
    return days


def _numbers(marks: Marks, order: Order) -> set[float]:
    """The numbers with which rules compare a number: written ones and other numbers of the order."""
    found = (*marks.literals, *compared_values(marks, order))
    return {float(n) for n in found if isinstance(n, int | float) and not isinstance(n, bool)}


def compared_values(marks: Marks, order: Order) -> Iterator[object]:
    """The values in the order of the facts with which rules compare a fact, of any line."""
    for path in marks.facts:
        head, _, name = path.partition(".")
        parts = (order.lines or ()) if head == "line" else (getattr(order, head, None),)
        of = _TOGETHER.get(path)
        for part in parts:
            if of is not None and isinstance(part, Line):
                numbers = [getattr(line, of) for line in of_entry(order, part)]
                yield None if None in numbers else sum(numbers)
            else:
                yield getattr(part, name, None) if name else part


# Facts that are sums over the lines of one entry, and what they sum.
_TOGETHER = {"line.entry_value_usd": "value_usd", "line.entry_quantity": "quantity"}


def _days(marks: set[dt.date]) -> Iterator[Cell]:
    previous: dt.date | None = None
    day = dt.timedelta(days=1)
    for mark in sorted(marks):
        if previous is None or mark - previous > day:
            if previous is None:
                yield Cell(mark - day, f"before {mark}", None, mark - day)
            else:
                says = f"after {previous} and before {mark}"
                yield Cell(previous + day, says, previous + day, mark - day)
        yield Cell(mark, f"{mark}", mark, mark)
        previous = mark
    if previous is not None:
        yield Cell(previous + day, f"after {previous}", previous + day, None)
