"""Rows that are alike made one, part by part: each worker reads its rows as an order book of its own.

The code that tells which rows are alike is that of the embedded replay, so that a row has the same key on a
laptop and on every machine of a cluster. Orders stay whole, since rows of one id come to one worker.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from licet.law.rulebook import Rulebook
from licet.on_spark.screening import CLEAR
from licet.on_spark.shared import Question
from licet.order_book import BadRow, OrderBook, columns_of_kinds, make_alike, open_book
from licet.order_columns import NUMBER

if TYPE_CHECKING:
    from licet.on_spark.reading import Book

ROW = "row_"
"""Where a row stands in the book, from 1."""
PREPARED = pa.schema([
    ("row", pa.int64()), ("id", pa.string()), ("line", pa.int64()), ("kind", pa.binary()),
    ("place", pa.int32()), ("cells", pa.list_(pa.string())), ("bad", pa.string()),
])  # fmt: skip
"""A row of the book: the kind of its order, the place of its line in it; the cells that rules read, once for
each kind in a part; or why the row cannot be decided."""


def _rows(table: pa.Table) -> pa.Table:
    return table.rename_columns([one.replace("__", ".") for one in table.column_names])


def columns_read(book: Book, rulebook: Rulebook, days: Sequence[dt.date]) -> tuple[str, ...]:
    """The columns of a book that rules read, in the order in which cells come."""
    first = open_book(_rows(book.frame.drop(ROW).limit(1).toArrow()))
    try:
        _take(first, CLEAR.empty_table())
        make_alike(first, rulebook, [rulebook.law(day) for day in days])
        return columns_of_kinds(first)
    finally:
        first.close()


def prepared(
    question: Question, batches: Iterator[pa.RecordBatch], *, clear: Any, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Rows with the keys of their kinds. ``clear`` is a broadcast of those who are on no list."""
    some = list(batches)
    if not sum(one.num_rows for one in some):
        return
    rows = pa.Table.from_batches(some).sort_by(ROW)
    numbers = rows[ROW].to_pylist()
    book = open_book(_rows(rows.drop_columns([ROW])))
    try:
        book.connection.execute("SET threads = 1")  # the others have theirs
        known = pa.ipc.open_stream(clear.value).read_all()
        _take(book, known)
        make_alike(book, question.asked.rulebook, [one.law for one in question.under])
        found = columns_of_kinds(book)
        if tuple(found) != tuple(columns):
            raise AssertionError(f"a part has the columns {found}, the book {columns}")
        yield from _keyed(book, numbers, columns)
        bad = [_refused(one, numbers) for one in book.unread()]
        yield pa.RecordBatch.from_pylist(bad, schema=PREPARED)
    finally:
        book.close()


def _refused(one: BadRow, numbers: Sequence[int]) -> dict[str, Any]:
    """A row that its part of the book refuses, its places told as those in the whole."""
    reason = one.reason.removeprefix(f"{one.file}:{one.row}: ")

    def placed(found: re.Match[str]) -> str:
        places = (str(numbers[int(place) - 1]) for place in found[2].split(", "))
        return f"{found[1]} {', '.join(places)} of"

    reason = re.sub(r"\b(rows) (\d+(?:, \d+)*) of", placed, reason)
    reason = re.sub(r"\b(row) (\d+) is of", lambda m: f"row {numbers[int(m[2]) - 1]} is of", reason)
    return {"row": numbers[one.row - 1], "id": one.id, "line": one.line, "bad": reason}


def _take(book: OrderBook, known: pa.Table) -> None:
    """The tables that ``screen_parties`` makes, from what was screened before."""
    book.connection.register("screened", known)
    for table, test in (("clear", "NOT maker"), ("clear_makers", "maker")):
        book.connection.execute(
            f"CREATE TABLE {table} AS SELECT * EXCLUDE (maker) FROM screened WHERE {test}"
        )
    book.connection.unregister("screened")


def _keyed(
    book: OrderBook, numbers: Sequence[int], columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    connection = book.connection
    connection.register("numbers", pa.table({"row_": pa.array(numbers, pa.int64())}))
    connection.execute(
        "CREATE TABLE numbered AS SELECT row_number() OVER () AS n, row_ FROM numbers"
    )
    number = f', TRY_CAST(b."{NUMBER}" AS BIGINT)' if NUMBER in book.columns else ""
    cells = ", ".join(f'f."{one}"' for one in columns)
    id_ = "b.id" if "id" in book.columns else "NULL"
    reader = connection.sql(
        f"SELECT m.row_ AS row, CAST({id_} AS VARCHAR) AS id, COALESCE(l.line{number}, 1) AS line, "
        "unhex(md5(CAST(k.key AS VARCHAR))) AS kind, "
        f"k.place AS place, CASE WHEN f.n = COALESCE(l.order_n, b.n) THEN [{cells}] END AS cells, "
        "CAST(NULL AS VARCHAR) AS bad FROM book b JOIN numbered m ON m.n = b.n JOIN keyed k ON k.n = b.n "
        "JOIN kinds f ON f.key = k.key AND f.place = k.place LEFT JOIN lines_of_orders l ON l.n = b.n "
        "ORDER BY b.n"
    ).to_arrow_reader(100_000)
    for batch in reader:
        yield pa.RecordBatch.from_arrays(
            [batch[name].cast(PREPARED.field(name).type) for name in PREPARED.names], schema=PREPARED
        )  # fmt: skip
