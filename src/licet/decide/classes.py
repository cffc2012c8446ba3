"""Classes of countries, ECCNs and members of lists between which the law of a day sees no difference."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from licet.decide.marks import Marks, marks_of
from licet.law.rulebook import Law
from licet.law.table import eccn_prefixes
from licet.order import Order

Bound = int | float | dt.date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A class of values: one that stands for all, how to say it, and its bounds where it is a range."""

    value: object
    says: str
    low: Bound = None
    high: Bound = None


def countries_told_apart(plain: str, order: Order, law: Law, marks: Marks) -> Iterator[Cell]:
    """Countries between which the tables and rules that look at them see no difference."""
    rows: defaultdict[str, set[object]] = defaultdict(set)
    for name, at in marks.tables:
        table = law.rulebook.tables[name]
        for keys, entries in table.index.items():
            if any(row.holds(law.on, law.known) for row in entries):
                rows[keys[at]].add((name, *keys[:at], *keys[at + 1 :]))
    named = {order.to, order.from_, *(line.made_in for line in order.lines or ())}
    classes: dict[object, list[str]] = {}
    for row in law.rulebook.tables["countries"].every():
        code = row.values["code"]
        alone = code if code in marks.literals or code in named else None
        classes.setdefault((frozenset(rows[code]), alone), []).append(code)
    for members in sorted(classes.values(), key=len):
        more = f" and {len(members) - 3} more" if len(members) > 3 else ""
        yield Cell(members[0], ", ".join(members[:3]) + more)


def eccns_told_apart(path: str, order: Order, law: Law) -> Iterator[Cell]:
    """Classifications with different controls: paragraphs of the ECCN given, or one entry of each kind."""
    at = int(path.partition("[")[2].partition("]")[0])
    line = (order.lines or (None,))[at]
    table = law.rulebook.tables["ccl_controls"]
    given = line.eccn if line is not None else None
    if given is not None and given != "EAR99":
        entry, _, own = given.partition(".")
        prefixes = {
            p
            for row in table.rows((entry,), law.on, law.known)
            for p in (*row.values["applies"].split(), *row.values["except"].split())
            if not own or p.startswith(f"{own}.")
        }
        yield from _paragraphs(entry, own, prefixes)
        return
    yield Cell("EAR99", "EAR99")
    named = marks_of(law.rulebook).get("line.entry", Marks()).literals - {"EAR99"}
    for entry in sorted(str(entry) for entry in named):
        if law.contains("ccl_entries", (entry,)):
            yield Cell(entry, entry)
    kinds: dict[frozenset[tuple[str, str]], list[str]] = {}
    for keys in law.rulebook.tables["ccl_entries"].index:
        rows = list(table.rows(keys, law.on, law.known))
        if rows and not any(r.values["question"] or r.values["applies"] for r in rows):
            controls = frozenset((row.values["reason"], row.values["column"]) for row in rows)
            kinds.setdefault(controls, []).append(keys[0])
    for controls, members in sorted(kinds.items(), key=lambda item: item[1]):
        what = ", ".join(sorted({reason for reason, _ in controls}))
        yield Cell(members[0], f"{members[0]} (controlled for {what})")


def _paragraphs(entry: str, own: str, prefixes: set[str]) -> Iterator[Cell]:
    """The paragraphs that controls tell apart, and one that none of them names beside each."""
    steps = {tuple(prefix.split(".")) for prefix in prefixes}
    root = tuple(own.split(".")) if own else ()
    nodes = {step[:n] for step in steps for n in range(len(root), len(step) + 1)} | {root}
    for node in sorted(nodes):
        below = {other[len(node)] for other in nodes if other[: len(node)] == node != other}
        if not below and node:
            paragraph = ".".join((entry, *node))
            yield Cell(paragraph, paragraph)
            continue
        names = "abcdefghijklmnopqrstuvwxyz" if len(node) % 2 == 0 else map(str, range(1, 100))
        free = next((name for name in names if name not in below), None)
        if free is not None:
            paragraph = ".".join((entry, *node, free))
            yield Cell(paragraph, f"another paragraph, such as {paragraph}")


def members_told_apart(marks: Marks, law: Law, *, countries: bool) -> Iterator[str]:
    """One member of each class that the tables, in which the elements of a list are looked up, tell apart."""
    rows: defaultdict[str, set[object]] = defaultdict(set)
    for name, at in marks.tables:
        for keys, entries in law.rulebook.tables[name].index.items():
            if any(row.holds(law.on, law.known) for row in entries):
                rows[keys[at]].add((name, *keys[:at], *keys[at + 1 :]))
    classes: dict[object, str] = {}
    named = {str(literal) for literal in marks.literals}
    for key in sorted(rows):
        if key[0] in "*!?" or (countries and key not in named):
            continue  # a mark of the table; or a country through which no rule asks
        # A row for 3A001 covers 3A001.b, too.
        classes.setdefault(
            frozenset().union(*(rows[k] for k in eccn_prefixes(key) if k in rows)), key
        )
    yield from classes.values()
