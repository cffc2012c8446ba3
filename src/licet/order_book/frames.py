"""Frames of any kind as what DuckDB reads, and their columns as texts: unset, NaN and NaT are unknown."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from licet.order_book.cells import text_of, trimmed
from licet.order_columns import BadBook

_KINDS = "an Arrow table, a pandas or polars frame, or a DuckDB relation"


def arrow_of(frame: Any) -> Any:
    """An Arrow table, or a reader of its batches, of a frame. Raises ``BadBook`` for anything else."""
    module = type(frame).__module__.partition(".")[0]
    if module == "pandas":
        found = _of_pandas(frame)
    elif module == "polars":
        found = frame.collect() if hasattr(frame, "collect") else frame
        found = found.to_arrow() if hasattr(found, "to_arrow") else found
    elif hasattr(frame, "to_arrow_table"):  # a DuckDB relation
        found = frame.to_arrow_table()
    elif isinstance(frame, pa.RecordBatch):
        found = pa.Table.from_batches([frame])
    elif hasattr(frame, "__arrow_c_stream__") and not isinstance(frame, pa.Table):
        found = pa.RecordBatchReader.from_stream(frame)
    else:
        found = frame
    if not isinstance(found, pa.Table | pa.RecordBatchReader):
        raise BadBook(f"found {type(frame).__name__}; give {_KINDS}, or a path.")
    return _in_own_zone(found) if isinstance(found, pa.Table) else found


def _of_pandas(frame: Any) -> Any:
    if not hasattr(frame, "columns"):
        return frame
    # An index with a name is a column that somebody set aside; one without is a count of rows.
    named = [name for name in frame.index.names if name is not None]
    if named:
        frame = frame.reset_index(level=named)
    texts = [str(name) for name in frame.columns]
    columns = []
    for at in range(len(texts)):
        series = frame.iloc[:, at]
        try:
            columns.append(pa.Array.from_pandas(series))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            # A column of several kinds, as a sheet gives it: each cell as its text.
            cells = [None if _unset(one) else text_of(one) for one in series]
            columns.append(pa.array(cells, pa.string()))
    whole = [one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in columns]
    return pa.Table.from_arrays(whole, names=texts)


def _unset(cell: Any) -> bool:
    """Whether a cell of pandas is none: None, NaN, NaT or NA, which is not equal to anything, nor true."""
    return type(cell).__name__ in ("NAType", "NaTType")


def _in_own_zone(table: pa.Table) -> pa.Table:
    """Moments with a time zone as the day and hour there: the day that people of the order speak of."""
    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            there = pc.local_timestamp(table.column(at))
            table = table.set_column(at, field.name, there)
    return table


def as_text(column: str, kind: str) -> str:
    """A column of a DuckDB type as SQL that gives its text; NULL where a cell holds nothing.

    A number that is none is unknown. A day is written as one, also where it comes as midnight or later of it;
    a moment of a file that keeps its hours in UTC stays a moment, unless it is midnight.
    """
    name = f'"{column}"'
    if kind.endswith("[]"):
        listed = f"[CAST(x AS VARCHAR) FOR x IN {name}]"
        # What the short form cannot say, such as a name with a bar in it, is JSON.
        plain = "x IS NOT NULL AND x <> '' AND NOT contains(x, '|') AND NOT starts_with(x, '[')"
        odd = f"len([x FOR x IN {listed} IF {plain}]) < len({name})"
        said = (
            f"CASE WHEN {name} IS NULL THEN NULL WHEN len({name}) = 0 THEN '[]' "
            f"WHEN {odd} THEN CAST(to_json({listed}) AS VARCHAR) ELSE array_to_string({listed}, '|') END"
        )
    elif kind in ("DOUBLE", "FLOAT"):
        whole = f"{name} = trunc({name}) AND abs({name}) < 9007199254740992"
        said = (
            f"CASE WHEN isnan({name}) THEN NULL WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({name} AS VARCHAR) END"
        )
    elif kind == "TIMESTAMP WITH TIME ZONE":
        at = f"CAST(epoch_us({name}) AS BIGINT)"
        day = f"CAST(CAST(make_timestamp({at}) AS DATE) AS VARCHAR)"
        said = (
            f"CASE WHEN {at} % 86400000000 = 0 THEN {day} ELSE concat({day}, 'T', "
            f"strftime(make_timestamp({at}), '%H:%M:%S'), 'Z') END"
        )
    elif kind.startswith("TIMESTAMP"):
        said = f"CAST(CAST({name} AS DATE) AS VARCHAR)"
    elif kind == "BLOB":
        said = f"CAST({name} AS VARCHAR)"
    else:
        said = f"CAST({name} AS VARCHAR)"
    # Cells that hold nothing are unknown.
    return f"{trimmed(column, said)} AS {name}"
