"""One file or frame read into a table of texts: which reader, and which columns there may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from licet.order_book.cells import Fault, Row, fill
from licet.order_book.csv_file import csv_head, read_at_once, read_by_lines
from licet.order_book.excel_file import excel_head, read_excel
from licet.order_book.frames import arrow_of, as_text
from licet.order_book.nested import is_nested, read_json_lines, rows_of
from licet.order_columns import BadBook

READ = (".parquet", ".csv", ".xlsx", ".jsonl", ".ndjson")


def read_into(
    connection: duckdb.DuckDBPyConnection, table: str, source: Any, known: Collection[str]
) -> list[str]:
    """Make a table of a file or frame: ``n``, ``row``, ``grp`` and its columns as texts; gives the columns.

    Rows that cannot be read go into the table ``faults``. Raises ``BadBook`` for a column that is not known.
    """
    if not isinstance(source, str | Path):
        frame = arrow_of(source)
        connection.register("given", frame)
        try:
            return _relation(connection, table, "given", known, "the table", frame)
        finally:
            connection.unregister("given")
    path = Path(source)
    if not path.is_file():
        raise BadBook(f"{path}: there is no such file. Check the path.")
    try:
        return _of_file(connection, table, path, known)
    except OSError as error:
        if isinstance(error, duckdb.Error):
            raise
        raise BadBook(
            f"{path}: {error.strerror or error}. Check that you may read the file."
        ) from None


def _of_file(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, known: Collection[str]
) -> list[str]:
    match path.suffix.lower():
        case ".parquet":
            quoted = str(path).replace("'", "''")
            try:
                connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{quoted}')")
            except duckdb.Error as error:
                reason = str(error).partition("\n")[0]
                raise BadBook(
                    f"{path}: cannot be read: {reason} Save it again as Parquet, or as CSV in UTF-8."
                ) from None
            return _relation(connection, table, f"read_parquet('{quoted}')", known, str(path), path)
        case ".csv":
            file = csv_head(path, frozenset(known).__contains__)
            check_columns(file.columns, str(path), known)
            if not read_at_once(connection, table, file):
                _filled(connection, table, read_by_lines(file), file.columns)
            return list(file.columns)
        case ".xlsx":
            names = excel_head(path)
            check_columns(names, str(path), known)
            _filled(connection, table, read_excel(path, names), names)
            return names
        case ".jsonl" | ".ndjson":
            if path.stat().st_size == 0:
                raise BadBook(f"{path}: is empty; each line holds an order.")
            return fill(connection, table, read_json_lines(path, known))
        case ending:
            raise BadBook(
                f"{path}: the ending {ending or '(none)'} says no format; allowed: {' '.join(READ)}."
            )


def _filled(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterator[Row | Fault],
    names: Collection[str],
) -> None:
    found = fill(connection, table, rows)
    for name in names:
        if name not in found:
            connection.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" VARCHAR')


def _relation(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    reading: str,
    known: Collection[str],
    name: str,
    whole: pa.Table | pa.RecordBatchReader | Path,
) -> list[str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {reading}").fetchall()
    kinds = {str(one[0]): str(one[1]) for one in described}
    if is_nested(kinds, kinds.__getitem__):
        return fill(connection, table, _objects(whole, known))
    check_columns([str(one[0]) for one in described], name, known)
    cells = ", ".join(as_text(column, kind) for column, kind in kinds.items())
    connection.execute(
        f"CREATE TABLE {table} AS SELECT row_number() OVER () AS n, row_number() OVER () AS row, "
        f"CAST(NULL AS VARCHAR) AS grp, {cells} FROM {reading}"
    )
    return list(kinds)


def _objects(
    whole: pa.Table | pa.RecordBatchReader | Path, known: Collection[str]
) -> Iterator[Row | Fault]:
    """The rows of orders with lists of lines and parties, as frames and Parquet files hold them."""
    if isinstance(whole, Path):
        batches = pq.ParquetFile(whole).iter_batches(batch_size=1_000)
    else:
        batches = iter(whole.to_batches() if isinstance(whole, pa.Table) else whole)
    objects = chain.from_iterable(batch.to_pylist() for batch in batches)
    for at, values in enumerate(objects, 1):
        yield from rows_of(_plain(values), at, known)


def _plain(value: Any) -> Any:
    """A value of a nested column without the fields that it leaves unset."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def check_columns(names: Collection[str], source: str, known: Collection[str]) -> None:
    """Refuse a column that no order has: a misspelled one would be unknown in every row, silently.

    Raises ``BadBook`` with the nearest name that there is.
    """
    found = list(names)
    twice = sorted({one for one in found if found.count(one) > 1})
    if twice:
        raise BadBook(
            f"{source}: column {', '.join(twice)} stands twice; which is meant? Rename the other."
        )
    for one in found:
        if one not in known:
            near = get_close_matches(one, known, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else "see licet replay --template."
            raise BadBook(
                f"{source}: column {one!r} is none of an order; {hint} Rename or remove it."
            )
