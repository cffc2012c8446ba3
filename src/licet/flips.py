"""What flips between two days of law, and which instrument did it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from licet.decide.listings import ListedFact
from licet.decide.replay import Under
from licet.law.condition import InTable, walk
from licet.law.rulebook import Law
from licet.law.table import Row
from licet.order import Order


@dataclass(frozen=True, slots=True)
class Flip:
    """Lines whose outcome is another one on a day than on the day before it in the replay.

    ``instruments`` are those that changed, between the two days, the rules that decide, the entries of the
    parties, or the tables that these rules read; empty where none of these changed.
    """

    since: dt.date
    day: dt.date
    before: str
    after: str
    instruments: tuple[str, ...]
    lines: int = 0

    def times(self, lines: int) -> Flip:
        """The same flip with the number of its lines."""
        return replace(self, lines=lines)


def flips_of(
    judged: pa.Table, orders: Sequence[Order], under: Sequence[Under]
) -> Iterator[tuple[Flip, int]]:
    """The flips of judged orders, each with the place of its order."""
    columns = ("order_id", "line_no", "day", "verdict", "deciding", "waiting")
    rows = zip(*(judged[name].to_pylist() for name in columns), strict=True)
    said: dict[tuple[int, dt.date], tuple[str, set[str]]] = {}
    for order, _, day, verdict, deciding, waiting in rows:
        names = {*deciding.split(), *waiting.split()}
        before = said.get((order, day))
        said[order, day] = (verdict, names | (before[1] if before else set()))
    for earlier, later in itertools.pairwise(under):
        one, other = earlier.law.on, later.law.on
        for number, order in enumerate(orders):
            was, now = said[number, one], said[number, other]
            if was[0] != now[0]:
                found = _instruments(order, earlier, later, was[1] | now[1])
                yield Flip(one, other, was[0], now[0], tuple(found)), number


def _instruments(order: Order, one: Under, other: Under, names: set[str]) -> list[str]:
    """What changed between two laws of what an order rests on."""
    before, after = one.law, other.law
    found: dict[str, None] = {}
    for name in sorted(names):
        old, new = before.rules.get(name), after.rules.get(name)
        if old is not None and new is not None and old.version is new.version:
            continue
        for live in (new, old):
            if live is not None:
                found[_ended(live.rule.id, before, after) or live.version.instrument] = None
                break
    listed = {_entry(fact): fact for side in (one, other) for fact in side.screen(order)}
    for side, rest in ((one, other), (other, one)):
        there = {_entry(fact) for fact in rest.screen(order)}
        for entry in {_entry(fact) for fact in side.screen(order)} - there:
            found[_cited(listed[entry])] = None
    if not found:
        found |= dict.fromkeys(_of_tables(names, before, after))
    return list(found)


def _ended(name: str, before: Law, after: Law) -> str | None:
    """The instrument that ended or stayed a rule between two days."""
    if name in after.rules or name not in before.rules:
        return None
    rule = before.rules[name].rule
    stay = rule.stayed(after.on, after.known)
    if stay is not None:
        return stay.instrument
    ends = [v for v in rule.versions if v.ends and before.on < v.effective <= after.on]
    return ends[-1].instrument if ends else None


def _entry(fact: ListedFact) -> tuple[str, str]:
    return fact.list, fact.row.get("id") or fact.by


def _cited(fact: ListedFact) -> str:
    """The instrument of an entry: its first citation, else its list and id."""
    return (
        fact.row.get("citations", "").partition("|")[0]
        or f"{fact.list}: {fact.row.get('name', '')}"
    )


def _of_tables(names: set[str], before: Law, after: Law) -> Iterator[str]:
    """The sources of rows that began or ended between the two days in tables that rules read themselves."""
    tables = {
        part.table
        for law in (before, after)
        for name in names
        if name in law.rules and law.rules[name].version.when is not None
        for part in walk(law.rules[name].version.when)  # type: ignore[arg-type]
        if isinstance(part, InTable)
    }
    for table in sorted(tables):
        changed = [
            row for row in after.rulebook.tables[table].every() if _changed(row, before, after)
        ]
        yield from sorted({row.source for row in changed if row.source})


def _changed(row: Row, before: Law, after: Law) -> bool:
    return row.holds(before.on, before.known) != row.holds(after.on, after.known)
