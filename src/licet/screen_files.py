"""Names from files: CSV, JSON lines, Parquet, Excel. No row is lost: one that cannot be read is its error."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from licet.parties.screening import Answer
from licet.screen_lists import Lists
from licet.screen_out import write_answers
from licet.screen_rows import COLUMNS, PLACE, BadRow, Settle, answers, parse, screen_lines

READ = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx"})
"""Endings of files of names."""
OTHERS = frozenset(
    {".xls", ".xlsm", ".ods", ".json", ".xml", ".txt", ".toml", ".gz", ".zip", ".pdf", ".docx"}
)
"""Endings that no name has, of files that are not read."""

T = TypeVar("T")
Row = dict[str, Any] | BadRow
_BLANK = (None, "")


class BadFile(ValueError):  # noqa: N818 -- it says what is the matter
    """A file of names that cannot be read."""


def lines_through(
    source: BinaryIO,
    target: BinaryIO,
    lists: Lists,
    *,
    threshold: float,
    settle: Settle | None = None,
) -> None:
    """JSON lines from a stream, answers as JSON lines to another."""
    found = screen_lines(source, lists.screener, lists.folder, threshold=threshold, settle=settle)
    for part in found:
        target.write(part)
    target.flush()


def is_file(name: str) -> bool:
    """Whether an argument is a file and not somebody's name.

    Raises ``BadFile`` for a file that is not read: its name would be screened, and be on no list.
    """
    path = Path(name)
    ending = path.suffix.lower()
    if ending in READ:
        return True
    try:
        there = path.is_file()
    except (OSError, ValueError):  # a long name, or one with a NUL, is no file
        there = False
    if there or (ending in OTHERS and " " not in name):
        raise BadFile(
            f"{name}: files that end in {ending or 'nothing'} are not read; allowed: {' '.join(sorted(READ))}. "
            "Save it as CSV UTF-8, or pass names."
        )
    return False


def read_rows(path: Path | None) -> Iterator[Row]:
    """The rows of a file of names, by its ending; None reads JSON lines from standard input.

    A row says where it stands under ``PLACE``. Raises ``BadFile`` for a file that is not there, that is no such
    file, or that has no column ``name``.
    """
    if path is None:
        return _json_lines(sys.stdin.buffer, "standard input")
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise BadFile(f"{path}: {what}; name a file that ends in {' '.join(sorted(READ))}.")
    ending = path.suffix.lower()
    if ending in (".jsonl", ".ndjson"):
        rows = _json_file(path)
        first = next(rows, None)
        if first is None:
            raise BadFile(f'{path}: holds no line; write one object a line: {{"name": "..."}}.')
        return chain([first], rows)
    if ending == ".parquet":
        return _parquet(path)
    return _table(path, _excel(path) if ending == ".xlsx" else _csv(path))


def _json_file(path: Path) -> Iterator[Row]:
    with path.open("rb") as stream:
        yield from _json_lines(stream, str(path))


def _json_lines(stream: Iterable[bytes], file: str) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if not text.strip():
            continue
        row, place = parse(text), f"{file}: line {number}"
        if isinstance(row, BadRow):
            yield BadRow(f"{place}: {row}", id=row.id)
        else:
            yield {**row, PLACE: place}


Line = tuple[int, Sequence[Any] | str]
"""A line of a table by its number: its cells, or what is wrong with it."""


def _table(path: Path, lines: Iterator[Line]) -> Iterator[Row]:
    """The rows of a table with a head."""
    number, head = next(lines, (1, ()))
    if isinstance(head, str):
        raise BadFile(f"{path}: line {number}: {head}")
    names = _heads(path, number, head)
    rows = _under(path, names, lines)
    first = next(rows, None)
    if first is None:
        raise BadFile(
            f"{path}: line {number}: a head and no row below it; nobody would be screened."
        )
    return chain([first], rows)


def _heads(path: Path, number: int, head: Sequence[Any]) -> list[str]:
    names = [str(one or "").strip().lower() for one in head]
    known = [one for one in names if one]
    if not known:
        raise BadFile(f"{path}: is empty; the first line names the columns: {', '.join(COLUMNS)}.")
    if "name" not in known:
        near = get_close_matches("name", known, 1, 0.5)
        which = (
            f"call {near[0]!r} so, if it is that"
            if near
            else "give that of the parties' names this name"
        )
        raise BadFile(
            f"{path}: line {number}: no column name; found {', '.join(known)}; allowed: {', '.join(COLUMNS)}. "
            f"Rename a column: {which}."
        )
    twice = sorted({one for one in known if known.count(one) > 1 and one in COLUMNS})
    if twice:
        raise BadFile(
            f"{path}: line {number}: column {', '.join(twice)} stands twice; which is meant? Rename the other."
        )
    return names


def not_used(names: Iterable[str]) -> str:
    """A remark on columns that are not known, since one of them may be a slip; "" where there is none."""
    over = [one for one in names if one and one not in (*COLUMNS, "born")]
    if not over:
        return ""
    slips = [f"{one} (did you mean {near[0]}?)" for one in over
             if (near := get_close_matches(one, COLUMNS, 1, 0.75))]  # fmt: skip
    told = ", ".join(slips or over)
    return f"columns that are not used: {told}. Used are: {', '.join(COLUMNS)}."


def _under(path: Path, names: Sequence[str], lines: Iterator[Line]) -> Iterator[Row]:
    if remark := not_used(names):
        print(f"licet: {path}: {remark}", file=sys.stderr)
    for number, cells in lines:
        place = f"{path}: line {number}"
        if isinstance(cells, str):
            yield BadRow(f"{place}: {cells}")
            continue
        if all(one in _BLANK for one in cells):
            continue
        row = {key: value for key, value in zip(names, cells, strict=False) if key}
        if any(one not in _BLANK for one in cells[len(names) :]):
            yield BadRow(
                f"{place}: {len(cells)} cells, the head has {len(names)}; a value with a separator in it must "
                "stand in double quotes.",
                id=str(row.get("id") or ""),
            )
            continue
        yield {**row, PLACE: place}


_SEPARATORS = (",", ";", "\t", "|")


def _csv(path: Path) -> Iterator[Line]:
    """Lines of a CSV file in UTF-8, or in UTF-16 with its mark; what separates the cells the head shows."""
    data = path.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(
            f"{path}: line {line}: byte {error.start} is not {error.encoding.upper()}; found "
            f"{data[error.start : error.start + 1]!r}. Save the file as CSV UTF-8: read in another encoding, "
            "names would be other names."
        ) from None
    if text[:4].lower() == "sep=":  # a line for Excel alone
        text = "\n" + text.partition("\n")[2]
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=head.count)
    lines = list(io.StringIO(text, newline=""))
    done = 0  # lines that were read
    while done < len(lines):
        reader = csv.reader(lines[done:], delimiter=separator, strict=True)
        at = done + 1
        try:
            for cells in reader:
                if cells:
                    yield at, cells
                at = done + reader.line_num + 1
            return
        except csv.Error as error:
            # A quote that is never closed takes all lines after it along: they are read again, without it.
            yield at, f"not CSV: {error}. A double quote within quotes is written twice."
            done = at


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise BadFile(
            f"{path}: not a Parquet file: {error}. Save it again as Parquet or CSV."
        ) from None
    names = _heads(path, 1, file.schema_arrow.names)
    if not file.metadata.num_rows:
        raise BadFile(f"{path}: holds no row; nobody would be screened.")

    def lines() -> Iterator[Line]:
        number = 1  # as in a table with a head
        try:
            for part in file.iter_batches():
                for row in part.to_pylist():
                    number += 1
                    yield number, list(row.values())
        except (OSError, ValueError) as error:
            raise BadFile(f"{path}: row {number}: cannot be read: {error}") from None

    return _under(path, names, lines())


def _excel(path: Path) -> Iterator[Line]:
    """Lines of the sheet that was open when the file was saved."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise BadFile(f"{path}: Excel files need openpyxl: pip install 'licet[excel]'.") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise BadFile(
            f"{path}: not an Excel file: {error}. Save it again as .xlsx or CSV."
        ) from None
    sheet = book.active
    if sheet is None or not hasattr(sheet, "iter_rows"):
        raise BadFile(f"{path}: the open sheet holds no cells; open the sheet of names and save.")
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if all(one in _BLANK for one in cells):
            continue
        broken = next((one for one in cells if isinstance(one, str) and one in _ERRORS), None)
        yield number, f"a cell says {broken}, a formula that failed." if broken else cells


_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})


def watched(found: Iterable[T], what: str = "Screening") -> Iterator[T]:
    """Answers as they come, with a bar on standard error where somebody watches."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("", total=None)
        for answer in found:
            progress.advance(task)
            yield answer


def file_through(
    rows: Iterable[Row],
    lists: Lists,
    form: str,
    out: Path | None,
    *,
    threshold: float,
    settle: Settle | None = None,
) -> tuple[int, int]:
    """Screen rows and write the answers; how many parties may be listed, and how many rows are errors."""
    listed = errors = 0

    def counted() -> Iterator[Answer]:
        nonlocal listed, errors
        found = answers(rows, lists.screener, threshold=threshold, settle=settle)
        for answer in watched(found):
            errors += bool(answer.error)
            listed += answer.verdict not in ("", "clear")
            yield answer

    write_answers(counted(), lists, form, out)
    return listed, errors
