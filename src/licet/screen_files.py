"""Names from files and answers to files: CSV, JSON lines, Parquet, Excel. No row is lost."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from rich.progress import Progress

from licet.parties.screening import Answer
from licet.parties.spelling import visible
from licet.screen_lists import Lists
from licet.screen_rows import BadRow, answer_row, answers, candidate_row, parse, screen_lines

READ = frozenset({".csv", ".jsonl", ".ndjson", ".parquet", ".xlsx"})
HEAD = (
    "row", "id", "name", "verdict", "listing_id", "list", "listed_name", "matched_name", "score",
    "candidate_verdict", "countries", "programs", "since", "says", "error",
)  # fmt: skip
"""The columns of answers in tables: a row for each candidate, one for each name without any."""


class BadFile(ValueError):  # noqa: N818 -- it says what is the matter
    """A file of names that cannot be read, or a file of answers that cannot be written."""


def lines_through(source: BinaryIO, target: BinaryIO, lists: Lists, *, threshold: float) -> None:
    """JSON lines from a stream, answers as JSON lines to another."""
    for part in screen_lines(source, lists.screener, lists.folder, threshold=threshold):
        target.write(part)
    target.flush()


def read_rows(path: Path | None) -> Iterator[dict[str, Any] | BadRow]:
    """The rows of a file of names, by its ending; None reads JSON lines from standard input.

    Raises ``BadFile`` for a file that is not there or has no column ``name``.
    """
    if path is None:
        return (_checked(parse(line)) for line in sys.stdin.buffer if line.strip())
    if not path.is_file():
        raise BadFile(f"{path}: no such file.")
    ending = path.suffix.lower()
    if ending in (".jsonl", ".ndjson"):
        return _json_lines(path)
    rows = {".csv": _csv, ".parquet": _parquet, ".xlsx": _excel}[ending](path)
    first = next(rows, None)
    if first is None:
        raise BadFile(f"{path}: holds no row.")
    if "name" not in first:
        found = ", ".join(map(str, first)) or "none"
        raise BadFile(
            f"{path}: line 1: no column name; found {found}. Name the column of the parties' names so."
        )
    return chain([first], rows)


def _checked(row: Any) -> dict[str, Any] | BadRow:
    return row if isinstance(row, dict | BadRow) else BadRow("not an object")


def _json_lines(path: Path) -> Iterator[dict[str, Any] | BadRow]:
    with path.open("rb") as stream:
        for line in stream:
            if line.strip():
                yield _checked(parse(line))


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{path}: byte {error.start}: not UTF-8; save the file as CSV UTF-8."
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield {str(key).strip().lower(): value for key, value in row.items() if key}
    except csv.Error as error:
        raise BadFile(f"{path}: line {reader.line_num}: {error}.") from None


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    try:
        for part in pq.ParquetFile(path).iter_batches():
            yield from part.to_pylist()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: not a Parquet file: {error}") from None


def _excel(path: Path) -> Iterator[dict[str, Any]]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise BadFile(f"{path}: Excel files need openpyxl: pip install 'licet[excel]'.") from None
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).active
    except Exception as error:
        raise BadFile(f"{path}: not an Excel file: {error}") from None
    rows = sheet.iter_rows(values_only=True) if sheet is not None else iter(())
    head = [str(cell or "").strip().lower() for cell in next(rows, ())]
    for row in rows:
        if any(cell is not None for cell in row):
            yield {key: cell for key, cell in zip(head, row, strict=False) if key}


def file_through(
    rows: Iterable[dict[str, Any] | BadRow],
    lists: Lists,
    form: str,
    out: Path | None,
    *,
    threshold: float,
) -> None:
    """Screen rows and write the answers, with a progress bar where somebody watches."""
    with Progress(disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("Screening", total=None)

        def counted() -> Iterator[Answer]:
            for answer in answers(rows, lists.screener, threshold=threshold):
                progress.advance(task)
                yield answer

        write_answers(counted(), lists, form, out)


def write_answers(found: Iterable[Answer], lists: Lists, form: str, out: Path | None) -> None:
    """Answers as JSON lines, CSV, Excel or Parquet."""
    if form == "jsonl":
        stream = out.open("wb") if out else sys.stdout.buffer
        for answer in found:
            stream.write(orjson.dumps(answer_row(answer) | {"lists": str(lists)}) + b"\n")
        if out:
            stream.close()
    elif form == "csv":
        text = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
        writer = csv.writer(text)
        writer.writerow(HEAD)
        for row in _table(found):
            writer.writerow([_cell(value) for value in row])
        if out:
            text.close()
    elif out is None:
        raise BadFile(f"--format {form} needs --out FILE.")
    elif form == "parquet":
        _write_parquet(out, _table(found))
    elif form == "xlsx":
        _write_excel(out, _table(found), lists)
    else:
        raise BadFile(
            f"--format {form}: names on the command line only; for files jsonl, csv, xlsx or parquet."
        )


def _table(found: Iterable[Answer]) -> Iterator[Sequence[Any]]:
    for at, answer in enumerate(found, 1):
        query = answer.query
        head = (at, query.id, visible(query.name), answer.verdict)
        if not answer.candidates:
            yield (*head, "", "", "", "", None, "", "", "", "", "", answer.error)
        for one in map(candidate_row, answer.candidates):
            yield (
                *head, one["listing_id"], one["list"], one["name"], one["matched_name"], one["score"],
                one["verdict"], " ".join(one["countries"]), " ".join(one["programs"]),
                one["since"].isoformat() if one["since"] else "", one["says"], "",
            )  # fmt: skip


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _write_parquet(out: Path, rows: Iterable[Sequence[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = list(zip(*rows, strict=True)) or [()] * len(HEAD)
    pq.write_table(pa.table(dict(zip(HEAD, map(list, columns), strict=True))), out)


def _write_excel(out: Path, rows: Iterable[Sequence[Any]], lists: Lists) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise BadFile("--format xlsx needs openpyxl: pip install 'licet[excel]'.") from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("screening")
    sheet.append(list(HEAD))
    for row in rows:
        sheet.append([_cell(value) for value in row])
    about = book.create_sheet("lists")
    about.append(["list", "as of", "entries"])
    for one in lists.days:
        about.append([one.list, str(one.as_of or ""), one.entries])
    book.save(out)
