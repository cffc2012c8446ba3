"""The tables that the SQL text reads, from the facts of lines: lines, sets of children, dated tables.

Children are kept in sets, each set once: the reasons of one entry, the listings of one buyer, serve all lines
that have them. Texts and days are as the rules compare them; NULL is unknown.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from licet.decide.known import Between, Child, Facts, OpenList
from licet.decide.sql.conditions import BOUNDED, OPEN, Lookup
from licet.decide.sql.dialect import name
from licet.decide.sql.statement import Statement
from licet.decide.standing import is_settled
from licet.decide.truth import children_of
from licet.law.condition import Fact, Field, Literal, Value

ALWAYS = dt.date(9999, 12, 31)  # the end of what has no end
_KINDS = {"boolean": pa.bool_(), "number": pa.float64(), "date": pa.date32(), "dates": pa.date32()}

Fields = tuple[object, ...]
ChildSet = tuple[Fields, ...]
"""Children as rows: whether each exists for sure, then the fields that are read."""


@dataclass(slots=True)
class FactTables:
    """Lines and the sets of their children, as they come."""

    statement: Statement
    lines: dict[str, list[Any]] = field(init=False)
    sets: dict[str, dict[ChildSet, int]] = field(init=False)

    def __post_init__(self) -> None:
        of = self.statement
        self.lines = {column: [] for column in lines_schema(of).names}
        self.sets = {collection: {} for collection in of.children}

    def add(self, id: int, order_id: int, at: int, facts: Facts, day: dt.date) -> None:
        """One line of an order on a day: ``at`` counts the lines of the order from 0."""
        row: list[Any] = [id, order_id, at, day]
        row.append(settled_flags(self.statement, facts.children.get("red_flags", ())))
        row += values_of(self.statement, facts)
        for collection, fields in self.statement.children.items():
            rows = child_rows(children_of(collection, facts), fields)
            known = self.sets[collection]
            row.append(known.setdefault(rows, len(known)))
        for values, value in zip(self.lines.values(), row, strict=True):
            values.append(value)

    def arrow(self) -> dict[str, pa.Table]:
        """All tables by name."""
        schema = lines_schema(self.statement)
        found = {"lines": pa.table([self.lines[one] for one in schema.names], schema=schema)}
        for collection, sets in self.sets.items():
            found[name("c", collection)] = children_table(self.statement, collection, sets)
        return found | dict(law_tables(self.statement, self._domain))

    def _domain(self, lookup: Lookup, key: Value) -> Iterable[object]:
        match key:
            case Fact(path):
                return set(self.lines[name("f", path)])
            case Field(at, part):
                collection = lookup.collections[int(at)]
                where = 1 + self.statement.children[collection].index(part or "")
                return {row[where] for rows in self.sets[collection] for row in rows}
        raise AssertionError(key)


def values_of(statement: Statement, facts: Facts) -> list[Any]:
    """The facts and lists of a line, in the order of the columns of ``lines``."""
    values = facts.values
    row: list[Any] = []
    for path in statement.facts:
        value = values.get(path)
        if path in BOUNDED:
            value = [value.least, value.most] if isinstance(value, Between) else [value, value]
            row += value
        else:
            row.append(value)
    for path in statement.lists:
        value = values.get(path)
        beside = None
        if isinstance(value, OpenList):
            beside, value = sorted(value.not_met), sorted(value.met)
        row.append(value)
        if path in OPEN:
            row.append(beside)
    return row


def child_rows(children: Iterable[Child], fields: Sequence[str]) -> ChildSet:
    """Children as rows, each once: a second one that is equal says nothing more."""
    rows: dict[Fields, None] = {}
    for child in children:
        get = child.fields.get
        rows[(child.exists, *[get(part) for part in fields])] = None
    return tuple(rows)


def settled_flags(statement: Statement, red_flags: Sequence[Child]) -> list[str]:
    """The red flags of rules that a resolved red flag of the order settles."""
    if not any(child.fields.get("resolved") is True for child in red_flags):
        return []
    rules = statement.rulebook.rules
    return [flag for flag in statement.flags if is_settled(rules[flag], red_flags)]


def lines_schema(statement: Statement) -> pa.Schema:
    """The columns of the table ``lines``."""
    facts = statement.rulebook.vocabulary.facts
    kinds: list[tuple[str, pa.DataType]] = [
        ("id", pa.int64()), ("order_id", pa.int64()), ("line_no", pa.int32()), ("day", pa.date32()),
        ("settles", pa.list_(pa.string())),
    ]  # fmt: skip
    for path in statement.facts:
        kind = _KINDS.get(facts[path].type, pa.string())
        kinds.append((name("f", path), kind))
        if path in BOUNDED:
            kinds.append((name("m", path), kind))
    for path in statement.lists:
        of = pa.list_(_KINDS.get(facts[path].type, pa.string()))
        kinds.append((name("a", path), of))
        if path in OPEN:
            kinds.append((name("x", path), of))
    kinds += [(name("s", collection), pa.int32()) for collection in statement.children]
    return pa.schema(kinds)


def children_table(statement: Statement, collection: str, sets: Mapping[ChildSet, int]) -> pa.Table:
    """The children of a collection: a row for each, with its set and its number in it."""
    words = statement.rulebook.vocabulary
    fields = statement.children[collection]
    if collection in words.children:
        kinds = [words.children[collection].fields[part] for part in fields]
    else:
        kinds = [words.facts[collection].type for _ in fields]
    schema = pa.schema([
        ("set_id", pa.int32()), ("n", pa.int32()), ("exists_", pa.bool_()),
        *((name("v", part), _KINDS.get(kind, pa.string())) for part, kind in zip(fields, kinds, strict=True)),
    ])  # fmt: skip
    rows = [(set_id, n, *row) for row_set, set_id in sets.items() for n, row in enumerate(row_set)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([list(column) for column in columns], schema=schema)


def law_tables(statement: Statement, domain: Any) -> Iterator[tuple[str, pa.Table]]:
    """The dated tables for the keys that lines have: for each key and span of days true, false or unknown.

    ``domain`` gives the values that a fact or field has in the lines. What a table answers on a day is what
    ``Table.contains`` says; a key that is not among these joins nothing, and nothing is unknown.
    """
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for lookup in statement.lookups:
        keys: list[list[str]] = []
        for key in lookup.keys:
            values = [key.value] if isinstance(key, Literal) else domain(lookup, key)
            keys.append([str(value) for value in values if value is not None])
        wanted.setdefault(lookup.table, set()).update(itertools.product(*keys))
    for table, asked in wanted.items():
        rows = [row for keys in sorted(asked) for row in spans(statement, table, keys)]
        width = len(statement.rulebook.tables[table].schema.keys)
        schema = pa.schema([
            *((f"k{at}", pa.string()) for at in range(1, width + 1)),
            ("from_day", pa.date32()), ("until_day", pa.date32()), ("truth", pa.bool_()),
        ])  # fmt: skip
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
        yield name("law", table), pa.table([list(column) for column in columns], schema=schema)


def spans(statement: Statement, table: str, keys: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """What a table says of some keys, span by span over all days."""
    dated = statement.rulebook.tables[table]
    if statement.on:  # a span of one day for each day that is asked for
        for day in statement.on:
            said = dated.contains(keys, day, statement.known)
            yield (*keys, day, day + dt.timedelta(days=1), said)
        return
    days = [*sorted({dt.date.min} | dated.turns(keys)), ALWAYS]
    start, said = days[0], dated.contains(keys, days[0], statement.known)
    for day in days[1:]:
        now = dated.contains(keys, day, statement.known) if day != ALWAYS else None
        if day == ALWAYS or now is not said:
            yield (*keys, start, day, said)
            start, said = day, now
