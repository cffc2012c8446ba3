"""Distinct orders made into facts on the workers, and the tables of these facts that the SQL text reads.

Lines and sets of children are known by checksums of what they hold, so that workers need not agree on numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from licet.decide.facts import facts_of
from licet.decide.sql.conditions import Lookup
from licet.decide.sql.dialect import name
from licet.decide.sql.statement import Statement
from licet.decide.sql.tables import (
    ChildSet,
    child_rows,
    children_table,
    law_tables,
    lines_schema,
    settled_flags,
    values_of,
)  # fmt: skip
from licet.decide.truth import children_of
from licet.law.condition import Fact, Field, Value
from licet.on_spark.shared import Question
from licet.order import Order, OrderError
from licet.order_columns import RowReader

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_AT_ONCE = 2_000  # lines that become one batch
BAD = "bad"
"""Beside the columns of ``lines``: why an order of this kind cannot be decided."""


def facts_schema(statement: Statement) -> pa.Schema:
    """The columns of ``lines``, with checksums for numbers; the children of a set where it comes first."""
    fields = []
    for field in lines_schema(statement):
        sets = field.name.startswith("s_")
        of = pa.binary() if sets or field.name in ("id", "order_id") else field.type
        fields.append(pa.field(field.name, of))
    fields += [pa.field(_rows(one), _of_children(statement, one)) for one in statement.children]
    return pa.schema([*fields, pa.field(BAD, pa.string())])


def _rows(collection: str) -> str:
    return f"rows_{name('c', collection)}"


def _of_children(statement: Statement, collection: str) -> pa.DataType:
    fields = list(children_table(statement, collection, {}).schema)[2:]
    return pa.list_(pa.struct(fields))


def facts(question: Question, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The facts of each kind of order, on each day: a row for each line.

    A batch has ``kind`` and ``lines``, the cells of each line.
    """
    made = _Facts(question)
    reader = RowReader(question.asked.columns, question.asked.source)
    for batch in batches:
        kinds, lines = (batch[one].to_pylist() for one in ("kind", "lines"))
        for kind, cells in zip(kinds, lines, strict=True):
            try:
                order = reader.read_lines(cells, line=0)
            except OrderError as error:
                made.refuse(kind, "; ".join(f"{x.field}: {x.message}" for x in error.problems))
                continue
            made.add(kind, order)
            if len(made) >= _AT_ONCE:
                yield made.taken()
    if len(made):
        yield made.taken()


class _Facts:
    """Rows of facts as they come; a set of children is told once in a part of the book."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.schema = facts_schema(question.text)
        self._columns: list[list[Any]] = [[] for _ in self.schema]
        self._told: set[tuple[str, bytes]] = set()

    def __len__(self) -> int:
        return len(self._columns[0])

    def refuse(self, kind: bytes, reason: str) -> None:
        self._append([kind, kind, *[None] * (len(self.schema) - 3), reason])

    def add(self, kind: bytes, order: Order) -> None:
        text = self.question.text
        for number, one in enumerate(self.question.under):
            listed = one.screen(order)
            for at in range(max(len(order.lines or ()), 1)):
                found = facts_of(order, at, one.law, listed)
                row: list[Any] = [kind + bytes((number, *at.to_bytes(4))), kind, at, one.law.on]
                row.append(settled_flags(text, found.children.get("red_flags", ())))
                row += values_of(text, found)
                told = []
                for collection, fields in text.children.items():
                    rows = child_rows(children_of(collection, found), fields)
                    key = _checksum(rows)
                    row.append(key)
                    told.append(self._rows_of(collection, key, rows, fields))
                self._append([*row, *told, None])

    def _rows_of(
        self, collection: str, key: bytes, rows: ChildSet, fields: Sequence[str]
    ) -> list[dict[str, object]] | None:
        if (collection, key) in self._told:
            return None
        self._told.add((collection, key))
        names = ["exists_", *(name("v", one) for one in fields)]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _append(self, row: Sequence[Any]) -> None:
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)

    def taken(self) -> pa.RecordBatch:
        """What has come, as a batch; it begins anew."""
        arrays = [pa.array(c, f.type) for c, f in zip(self._columns, self.schema, strict=True)]
        for column in self._columns:
            column.clear()
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _checksum(rows: ChildSet) -> bytes:
    # Texts, numbers, days and truths only: what they print as tells them apart.
    return hashlib.blake2b(repr(rows).encode(), digest_size=16).digest()


def register_tables(statement: Statement, found: DataFrame) -> list[DataFrame]:
    """The views that the text reads, made of facts; what is kept in memory for them."""
    from pyspark.sql import functions as f

    session = found.sparkSession
    rows = [_rows(one) for one in statement.children]
    found.where(f"{BAD} IS NULL").drop(*rows, BAD).createOrReplaceTempView("lines")
    kept = []
    children: dict[str, DataFrame] = {}
    for collection in statement.children:
        key, told = name("s", collection), _rows(collection)
        one = found.where(f.col(told).isNotNull()).groupBy(key).agg(f.first(told).alias(told))
        one = one.select(f.col(key).alias("set_id"), f.posexplode(told).alias("n", "child"))
        one = one.select("set_id", "n", "child.*").persist()
        one.count()  # so that it is known to be small, and sent to where the lines are
        one.createOrReplaceTempView(name("c", collection))
        children[collection] = one
        kept.append(one)
    for table, held in law_tables(statement, _Domain(statement, found, children)):
        session.createDataFrame(held).createOrReplaceTempView(table)
    return kept


class _Domain:
    """The values that a fact or field has: each table is asked once for all of its columns."""

    def __init__(
        self, statement: Statement, found: DataFrame, children: dict[str, DataFrame]
    ) -> None:
        self.statement = statement
        self._tables = {"": found, **children}
        self._known: dict[str, dict[str, list[object]]] = {}

    def __call__(self, lookup: Lookup, key: Value) -> list[object]:
        match key:
            case Fact(path):
                return self._of("", name("f", path))
            case Field(at, part):
                return self._of(lookup.collections[int(at)], name("v", part or ""))
        raise AssertionError(key)

    def _of(self, table: str, column: str) -> list[object]:
        from pyspark.sql import functions as f

        if table not in self._known:
            wanted = {
                one
                for lookup in self.statement.lookups
                for key in lookup.keys
                for one in [self._named(table, lookup, key)]
                if one
            }
            sets = [f.collect_set(one).alias(one) for one in sorted(wanted)]
            (row,) = self._tables[table].agg(*sets).collect()
            self._known[table] = row.asDict()
        return self._known[table][column]

    def _named(self, table: str, lookup: Lookup, key: Value) -> str | None:
        match key:
            case Fact(path) if table == "":
                return name("f", path)
            case Field(at, part) if table == lookup.collections[int(at)]:
                return name("v", part or "")
        return None
