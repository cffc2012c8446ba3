"""CSV order books: read at once where each line is a row, else line by line, so that no row is lost.

A quote that is never closed, bytes that are not UTF-8, or line ends of two kinds make fast readers give up or
swallow the rows that follow. Here such a row is told with its line, and the next line is read again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import duckdb

from licet.order_book.cells import BLANK, Fault, Row, trimmed
from licet.order_columns import BadBook

_DELIMITERS = ",;\t|"
_MOST_LINES = 1_000  # that one row may take: a cell that is longer was never closed
_CHUNK = 1 << 22
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Csv:
    """A CSV file whose first line was read: its columns and what parts them."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str


def csv_head(path: Path, known: Callable[[str], bool]) -> Csv:
    """Read the first line of a file. ``known`` tells which columns there are.

    Raises ``BadBook`` for a file that is empty or no text in UTF-8.
    """
    with path.open("rb") as stream:
        line = stream.readline(1 << 20)
        start = line + stream.read(1 << 10)
    if not start.strip():
        raise BadBook(f"{path}: is empty; the first line names the columns.")
    _is_text(path, start)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBook(
            f"{path}:1: byte {error.start + 1} of the line of columns is not UTF-8. Save the file as CSV UTF-8."
        ) from None
    found = [next(csv.reader([text], delimiter=one), []) for one in _DELIMITERS]
    # What parts the cells is what makes known columns of the first line: nothing of the rows is guessed.
    known_in = [sum(known(name.strip()) for name in names) for names in found]
    best = max(range(len(found)), key=lambda at: (known_in[at], -at))
    return Csv(path, tuple(name.strip() for name in found[best]), _DELIMITERS[best])


def _is_text(path: Path, start: bytes) -> None:
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            raise BadBook(
                f"{path}: is {name} text. Save it again as UTF-8 (in Excel: CSV UTF-8), or as .xlsx or Parquet."
            )
    if b"\0" in start:
        raise BadBook(
            f"{path}: holds zero bytes at its start; it is UTF-16 without a mark, or no text. Save it as UTF-8."
        )


def read_at_once(connection: duckdb.DuckDBPyConnection, table: str, file: Csv) -> bool:
    """Make the table of a file in which every line is a good row; False, and no table, where it is not so."""
    quoted = str(file.path).replace("'", "''")
    kinds = ", ".join(f"'{name}': 'VARCHAR'" for name in file.columns)
    form = (
        f"auto_detect = false, header = true, delim = '{file.delimiter}', quote = '\"', escape = '\"', "
        f"columns = {{{kinds}}}, store_rejects = true, max_line_size = 2000000"
    )
    texts = ", ".join(f'{trimmed(name)} AS "{name}"' for name in file.columns)
    try:
        connection.execute(
            f"CREATE TABLE {table} AS SELECT row_number() OVER () AS n, row_number() OVER () + 1 AS row, "
            f"CAST(NULL AS VARCHAR) AS grp, {texts} FROM read_csv('{quoted}', {form})"
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    (wrong,) = connection.execute("SELECT count(*) FROM reject_errors").fetchall()[0]
    if wrong == 0 and count + 1 == _lines_of_text(file.path):
        return True
    connection.execute(f"DROP TABLE {table}; DROP TABLE reject_errors; DROP TABLE reject_scans")
    return False


def _lines_of_text(path: Path) -> int | None:
    """How many lines a file has; None where it holds bytes that no text has."""
    count, last = 0, b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                return None
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")


def read_by_lines(file: Csv) -> Iterator[Row | Fault]:
    """The rows of a file, each with its line; what cannot be read comes as a fault in its place."""
    with file.path.open("rb") as stream:
        _skip_head(stream, file)
        pending: list[bytes] = []
        at = 1
        while True:
            line = pending.pop() if pending else stream.readline()
            if not line:
                return
            at += 1
            if not line.strip():
                continue
            taken = [line]
            # An odd number of quotes: a cell goes on in the next line.
            while sum(one.count(b'"') for one in taken) % 2 and len(taken) < _MOST_LINES:
                more = pending.pop() if pending else stream.readline()
                if not more:
                    break
                taken.append(more)
            found = _row(file, at, taken)
            if len(taken) > 1 and isinstance(found, Fault):
                # Only the first line is lost; the lines behind it are rows of their own.
                alone = _row(file, at, taken[:1])
                found = alone if isinstance(alone, Row) else found
                pending += reversed(taken[1:])
                taken = taken[:1]
            yield found
            at += len(taken) - 1


def _skip_head(stream: BinaryIO, file: Csv) -> None:
    head = stream.readline()
    if head.count(b'"') % 2:
        raise BadBook(f"{file.path}:1: a quote is opened in the line of columns and never closed.")


def _row(file: Csv, at: int, lines: Sequence[bytes]) -> Row | Fault:
    raw = b"".join(lines)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(file, at, raw, error)
    if "\0" in text:
        reason = "holds a zero byte; the file is damaged here. Write the row anew."
        return Fault(at, reason, _id(file, _lenient(raw, file.delimiter)))
    try:
        (cells,) = csv.reader(io.StringIO(text, newline=""), delimiter=file.delimiter, strict=True)
    except (csv.Error, ValueError):
        return Fault(
            at,
            'a quote is opened and never closed, or stands inside a quoted cell. Write " as "" there.',
            _id(file, _lenient(raw, file.delimiter)),
        )
    if len(cells) != len(file.columns):
        many = "more" if len(cells) > len(file.columns) else "fewer"
        return Fault(
            at,
            f"{len(cells)} cells, {many} than the {len(file.columns)} columns. "
            f"Put cells that hold {file.delimiter!r} into quotes.",
            _id(file, cells),
        )
    pairs = zip(file.columns, cells, strict=True)
    return Row(at, {name: text for name, cell in pairs if (text := cell.strip(BLANK))})


def _not_utf8(file: Csv, at: int, raw: bytes, error: UnicodeDecodeError) -> Fault:
    cells = _lenient(raw, file.delimiter)
    # In Latin-1 each byte is a letter: the cell is found, and its letters are not believed.
    for name, cell in zip(file.columns, cells, strict=False):
        try:
            cell.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            column = name
            break
    else:
        column = "a cell beyond the columns"
    byte = raw[error.start]
    return Fault(
        at,
        f"{column}: byte 0x{byte:02x} is not UTF-8; another encoding, such as Latin-1. Save the file as UTF-8.",
        _id(file, cells),
    )


def _lenient(raw: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([raw.decode("latin-1")], delimiter=delimiter), [])
    except csv.Error:
        return raw.decode("latin-1").split(delimiter)


def _id(file: Csv, cells: Iterable[str]) -> str | None:
    for name, cell in zip(file.columns, chain(cells), strict=False):
        if name in ("id", "order") and cell.strip() and cell.isascii():
            return cell.strip()
    return None
