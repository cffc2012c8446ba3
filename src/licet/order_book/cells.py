"""Cells of any program as the texts that an order book is kept in, and rows filled into a table some at
once."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

BLANK = " \t\n\v\f\r"
"""What is cut off at both ends of a cell."""
_AT_ONCE = 10_000  # rows that are held before they go into the table


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file or frame: where it stands, its cells by column, and the order that it is of where no id
    says.

    ``row`` is the line of a text file, the row of a sheet, else the place from 1.
    """

    row: int
    cells: Mapping[str, str]
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read, with the reason; ``id`` where it can be told."""

    row: int
    reason: str
    id: str | None = None


def text_of(value: Any) -> str | None:
    """A value of a sheet, of JSON or of a frame as an order book writes it; None where it says nothing.

    A number that is none (NaN) and a day that is none (NaT) are unknown. A moment without a time zone is its
    day, since law takes effect by the day; one with a time zone stays a moment, of which no day can be told.

    >>> text_of(float("nan")), text_of(1000.0), text_of(True), text_of(dt.datetime(2019, 5, 16, 9))
    (None, '1000', 'true', '2019-05-16')
    >>> text_of(["CN", "HK"]), text_of([]), text_of(["a|b"])
    ('CN|HK', '[]', '["a|b"]')
    """
    if value is None or _is_none(value):
        return None
    match value:
        case str():
            return value.strip(BLANK) or None
        case bool():
            return "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < 2**53
            return str(int(value)) if whole else repr(value)
        case dt.datetime():
            return value.isoformat() if value.tzinfo else value.date().isoformat()
        case dt.date():
            return value.isoformat()
        case Mapping():
            return json.dumps(value, ensure_ascii=False, default=str)
        case list() | tuple():
            return _list(list(value))
    return str(value)


def trimmed(column: str, sql: str = "") -> str:
    """A column, or what is said of it, as SQL without blanks at its ends; NULL where nothing is left."""
    signs = " || ".join(f"chr({ord(one)})" for one in BLANK)
    return f"NULLIF(trim({sql or f'{chr(34)}{column}{chr(34)}'}, {signs}), '')"


def _is_none(value: Any) -> bool:
    """Whether a value is not even equal to itself, as NaN and NaT are."""
    return isinstance(value, float | dt.date) and bool(value != value)  # noqa: PLR0124


def _list(value: list[Any]) -> str:
    plain = value and all(
        isinstance(one, str)
        and one
        and one == one.strip()
        and "|" not in one
        and one[0] not in '["'
        for one in value
    )
    days = [one.isoformat() if isinstance(one, dt.date) else one for one in value]
    return "|".join(value) if plain else json.dumps(days, ensure_ascii=False, default=str)


def fill(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row | Fault]
) -> list[str]:
    """Make a table of rows: ``n`` from 1, ``row``, ``grp`` and a text column for each that comes up.

    Faults go into the table ``faults``. Gives the columns, in the order in which they came up.
    """
    connection.execute(f"CREATE TABLE {table} (n BIGINT, row BIGINT, grp VARCHAR)")
    columns: dict[str, None] = {}
    count = 0
    for some in _batches(rows):
        good = [one for one in some if isinstance(one, Row)]
        bad = [one for one in some if isinstance(one, Fault)]
        if bad:
            add_faults(connection, table, bad)
        for one in good:
            for column in one.cells:
                if column not in columns:
                    columns[column] = None
                    connection.execute(f'ALTER TABLE {table} ADD COLUMN "{column}" VARCHAR')
        if not good:
            continue
        texts = {c: pa.array([one.cells.get(c) for one in good], pa.string()) for c in columns}
        places = {
            "n": pa.array(range(count + 1, count + len(good) + 1), pa.int64()),
            "row": pa.array([one.row for one in good], pa.int64()),
            "grp": pa.array([one.order for one in good], pa.string()),
        }
        count += len(good)
        connection.register("batch", pa.table(places | texts))
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM batch")
        connection.unregister("batch")
    return list(columns)


def _batches(rows: Iterable[Row | Fault]) -> Iterator[list[Row | Fault]]:
    rest = iter(rows)
    while some := list(itertools.islice(rest, _AT_ONCE)):
        yield some


def add_faults(connection: duckdb.DuckDBPyConnection, table: str, faults: Iterable[Fault]) -> None:
    """Write faults of rows of a table down."""
    some = list(faults)
    batch = pa.table(
        {
            "of": pa.array([table] * len(some), pa.string()),
            "row": pa.array([one.row for one in some], pa.int64()),
            "id": pa.array([one.id for one in some], pa.string()),
            "reason": pa.array([one.reason for one in some], pa.string()),
        }
    )
    connection.register("wrong", batch)
    connection.execute("INSERT INTO faults BY NAME SELECT * FROM wrong")
    connection.unregister("wrong")
