"""The columns of an ownership table, read fast; a file with anything odd is read again row by row.

Arrow reads a good file in seconds. It cannot say what is wrong on which line, so that a file it refuses, or
whose values break a rule, goes to ``ownership_rows``, which teaches.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.order_errors import Problem
from licet.parties.ownership import PERCENT
from licet.parties.ownership_format import (
    FIRST,
    LAST,
    NOT_KNOWN,
    OwnershipTableError,
    header_problems,
)  # fmt: skip
from licet.parties.ownership_names import NOBODY, SOMEBODY, keys

if TYPE_CHECKING:
    from numpy.typing import NDArray


def columns(source: str | Path | bytes, called: str) -> dict[str, Any]:
    """The fields of ``OwnershipTable`` from a file; raises ``OwnershipTableError``."""
    from licet.parties.ownership_warnings import warnings

    if not isinstance(source, bytes) and str(source).lower().endswith((".parquet", ".pq")):
        table, lines, by_line = _parquet(Path(source), called), None, False
    else:
        table, lines = _csv(source, called)
        by_line = True
    found = _coded(table)
    if not _sound(found):
        _refuse(source, table, called, by_line=by_line)
    found.pop("blank")
    found |= {"lines": lines, "by_line": by_line}
    found["warnings"] = tuple(warnings(found, called))
    return found


def _csv(source: str | Path | bytes, called: str) -> tuple[Any, Any]:
    """An Arrow table from CSV text and the lines of its rows (None: each row on its own line from 2)."""
    import pyarrow as pa
    from pyarrow import csv

    from licet.parties.ownership_rows import read_rows

    kinds = {
        "owner": pa.string(), "owned": pa.string(), "share": pa.float64(), "since": pa.date32(),
        "until": pa.date32(), "source": pa.dictionary(pa.int32(), pa.string()),
    }  # fmt: skip
    data = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        table = csv.read_csv(
            data,
            parse_options=csv.ParseOptions(ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=kinds, null_values=[""], strings_can_be_null=False
            ),
        )
        names = table.column_names
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError):
        # The slow reader says what is wrong, and where; a head that is no UTF-8 shows when it is asked for.
        return read_rows(source, called)
    if header_problems(names, called) or _newlines(source) != table.num_rows + 1:
        return read_rows(source, called)
    return table, None


def _newlines(source: str | Path | bytes) -> int:
    """Lines of a file, so that a row's line is known without reading it again."""
    if isinstance(source, bytes):
        return source.count(b"\n") + (not source.endswith(b"\n"))
    lines, last = 0, b"\n"
    with Path(source).open("rb") as file:
        while block := file.read(1 << 22):
            lines += block.count(b"\n")
            last = block
    return lines + (not last.endswith(b"\n"))


def _parquet(path: Path, called: str) -> Any:
    """An Arrow table from a Parquet file, its columns cast to the types of an ownership table."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        header = parquet.read_schema(path).names
        problems = header_problems(header, called)
        if problems:
            raise OwnershipTableError(problems)
        table = parquet.read_table(path)
    except pa.ArrowInvalid as error:
        why = str(error).splitlines()[0]
        message = f"is no Parquet file that can be read: {why}"
        raise OwnershipTableError(
            [Problem(file=called, line=None, field="", message=message)]
        ) from None
    wanted = {"share": pa.float64(), "since": pa.date32(), "until": pa.date32()}
    for at, name in enumerate(table.column_names):
        kind = wanted.get(name)
        try:
            if kind is None:
                column = table.column(at)
                if not pa.types.is_dictionary(column.type):
                    table = table.set_column(at, name, column.cast(pa.string()))
            else:
                table = table.set_column(at, name, table.column(at).cast(kind))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            found = table.column(at).type
            message = f"is of type {found}; {kind or 'text'} is asked. Convert it and write again."
            raise OwnershipTableError(
                [Problem(file=called, line=None, field=name, message=message)]
            ) from None
    return table


def _coded(table: Any) -> dict[str, Any]:
    """Names as numbered nodes, shares as whole billionths of a percent, days as numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = [
        chunk.dictionary_decode() if pa.types.is_dictionary(chunk.type) else chunk
        for name in ("owner", "owned")
        for chunk in table.column(name).chunks
    ]
    rows = table.num_rows
    both = pa.chunked_array(
        chunks, pa.string()
    ).dictionary_encode()  # one dictionary for all chunks
    spelled = both.chunk(0).dictionary if both.num_chunks else pa.array([], pa.string())
    # Two spellings of one name are one node.
    made = keys(spelled).dictionary_encode()
    node = made.indices.to_numpy()
    first = np.zeros(len(made.dictionary), np.int64)
    first[node[::-1]] = np.arange(len(node) - 1, -1, -1)
    blank = both.null_count > 0 or pc.index(made.dictionary, pa.scalar("")).as_py() >= 0
    codes = [chunk.indices.fill_null(0).to_numpy() for chunk in both.chunks]
    flat = node[np.concatenate(codes)] if len(node) else np.zeros(2 * rows, np.int32)
    return {
        "names": spelled.take(pa.array(first)),
        "keys": made.dictionary,
        "owner": flat[:rows], "owned": flat[rows:],
        "share": _units(table.column("share")),
        "since": _numbers(table, "since", FIRST), "until": _numbers(table, "until", LAST),
        "sources": table.column("source") if "source" in table.column_names else None,
        "blank": blank,
    }  # fmt: skip


def _units(shares: Any) -> NDArray[Any]:
    """Percent as whole billionths; nothing stays not known, and what is no share becomes -2."""
    import numpy as np

    empty = shares.is_null().to_numpy()
    values = shares.fill_null(0.0).to_numpy()
    good = (values >= 0) & (values <= 100)  # false for NaN
    found = np.where(good, np.rint(np.where(good, values, 0) * PERCENT), -2).astype(np.int64)
    found[empty] = NOT_KNOWN
    return found


def _numbers(table: Any, name: str, open_end: int) -> NDArray[Any]:
    import numpy as np
    import pyarrow as pa

    if name not in table.column_names:
        return np.full(table.num_rows, open_end, np.int32)
    return table.column(name).cast(pa.int32()).fill_null(open_end).to_numpy()  # type: ignore[no-any-return]


def _sound(found: dict[str, Any]) -> bool:
    """Whether every row keeps the rules that ``ownership_rows`` states one by one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    nobody = pc.index(found["keys"], pa.scalar(NOBODY)).as_py()
    marks = [pc.index(found["keys"], pa.scalar(mark)).as_py() for mark in (NOBODY, SOMEBODY)]
    owned_mark = any(mark >= 0 and bool(np.any(found["owned"] == mark)) for mark in marks)
    with_share = nobody >= 0 and bool(
        np.any((found["owner"] == nobody) & (found["share"] != NOT_KNOWN))
    )
    return not (
        found["blank"]
        or owned_mark
        or with_share
        or bool(np.any(found["share"] == -2))
        or bool(np.any(found["since"] >= found["until"]))
        or bool(np.any(found["owner"] == found["owned"]))
    )


def _refuse(source: str | Path | bytes, table: Any, called: str, *, by_line: bool) -> None:
    """Say what is wrong, row by row."""
    from licet.parties.ownership_rows import read_rows, row_problems

    if by_line:
        read_rows(source, called)
    found: list[Problem] = []
    done = 0
    for batch in table.to_batches(max_chunksize=65536):
        for at, cells in enumerate(batch.to_pylist(), done):
            texts = {name: "" if cell is None else str(cell) for name, cell in cells.items()}
            row_problems(texts, called, None, found, row=at)
        done += batch.num_rows
    raise OwnershipTableError(found)
