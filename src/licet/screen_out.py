"""Answers to files: CSV, JSON lines, Parquet, Excel. No cell is a formula, and nobody sees half a file."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from licet.parties.screening import Answer
from licet.parties.spelling import visible
from licet.screen_rows import answer_row, candidate_row

FORMS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
"""How answers are written into a file that ends so, where nobody says otherwise."""
HEAD = (
    "row", "id", "name", "verdict", "listing_id", "list", "listed_name", "matched_name", "score",
    "candidate_verdict", "countries", "programs", "since", "says", "error",
)  # fmt: skip
"""The columns of answers in tables: a row for each candidate, one for each name without any."""
NUMBERS = frozenset({"row", "score", "was_score", "now_score"})
"""Columns of numbers; all others are text."""
SHEET_ROWS = 1_048_575
"""Rows that a sheet of Excel holds below its head."""

# Control characters, which Excel files may not hold.
_NOT_IN_EXCEL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CannotWrite(ValueError):  # noqa: N818 -- it says what is the matter
    """Answers that cannot be written so; says what to do instead."""


def form_for(form: str | None, out: Path | None, default: str) -> str:
    """How to write: as said, else by the ending of the file.

    Raises ``CannotWrite`` for an ending that says nothing, and for files without a name.
    """
    if form is None and out is not None:
        form = FORMS.get(out.suffix.lower())
        if form is None:
            raise CannotWrite(
                f"--out {out}: the ending {out.suffix or '(none)'} says no format; allowed: {' '.join(FORMS)}. "
                "End it so, or say --format."
            )
    chosen = form or default
    if chosen in ("xlsx", "parquet") and out is None:
        raise CannotWrite(
            f"--format {chosen} is no text for a terminal; name a file with --out FILE."
        )
    return chosen


def write_answers(
    found: Iterable[Answer], lists: object, days: Iterable[Any], form: str, out: Path | None
) -> None:
    """Answers to names, each with the lists that were looked through."""
    if form == "jsonl":
        write_lines((answer_row(answer) | {"lists": str(lists)} for answer in found), out)
    else:
        about = [(one.list, str(one.as_of or ""), one.entries) for one in days]
        write_table(HEAD, _rows(found), form, out, about=about)


def write_lines(rows: Iterable[Mapping[str, Any]], out: Path | None) -> None:
    """Objects as JSON lines."""
    if out is None:
        for row in rows:
            sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
        sys.stdout.buffer.flush()
        return
    with beside(out) as path, path.open("wb") as stream:
        for row in rows:
            stream.write(orjson.dumps(row) + b"\n")


def write_table(
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    form: str,
    out: Path | None,
    *,
    about: Sequence[Sequence[Any]] = (),
    sheet: str = "screening",
) -> None:
    """Rows as CSV, Excel or Parquet. ``about``: list, day and entries, on a sheet of its own in Excel.

    ``sheet``: how the sheet of rows is called there.

    Raises ``CannotWrite``.
    """
    if form == "csv" and out is None:
        _write_csv(sys.stdout, head, rows)
        return
    if out is None:
        raise CannotWrite(
            f"--format {form} is no text for a terminal; name a file with --out FILE."
        )
    with beside(out) as path:
        if form == "csv":
            # With the mark of UTF-8, without which Excel takes names for another encoding.
            with path.open("w", encoding="utf-8-sig", newline="") as stream:
                _write_csv(stream, head, rows)
        elif form == "parquet":
            _write_parquet(path, head, rows)
        elif form == "xlsx":
            _write_excel(path, head, rows, about, sheet)
        else:
            raise CannotWrite(f"--format {form}: for files jsonl, csv, xlsx or parquet.")


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A file beside the one that is written, which takes its place when it is whole."""
    path = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        yield path
        path.replace(out)
    except OSError as error:
        raise CannotWrite(
            f"--out {out}: {error.strerror or error}; name a file in a folder that is there and open to you."
        ) from None
    finally:
        with suppress(OSError):  # a disk that takes nothing may not even give up what is not there
            path.unlink(missing_ok=True)


def may_write(out: Path) -> None:
    """Whether a file can be written, before the work that fills it. Raises ``CannotWrite``."""
    if out.is_dir():
        raise CannotWrite(f"--out {out}: is a folder; name a file in it.")
    path = out.with_name(f".{out.name}.{os.getpid()}.try")
    try:
        path.touch()
        path.unlink()
    except OSError as error:
        raise CannotWrite(
            f"--out {out}: {error.strerror or error}; name a file in a folder that is there and open to you."
        ) from None


def _rows(found: Iterable[Answer]) -> Iterator[Sequence[Any]]:
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


def cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    >>> cell("=HYPERLINK(1)"), cell("Acme"), cell(-1.5)
    ("'=HYPERLINK(1)", 'Acme', -1.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write_csv(stream: Any, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(stream)
    writer.writerow(head)
    for row in rows:
        writer.writerow([cell(value) for value in row])


def _write_parquet(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from licet.screen_rows import batched

    counts = {"row": pa.int64(), "line": pa.int64()}
    kinds = counts | {name: pa.float64() for name in NUMBERS - {"row"}}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in head])
    with pq.ParquetWriter(path, schema) as writer:
        for part in batched(rows, 10_000):
            columns = [list(column) for column in zip(*part, strict=True)]
            writer.write_table(pa.table(columns, schema=schema))


def _write_excel(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    about: Sequence[Sequence[Any]],
    name: str,
) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise CannotWrite("--format xlsx needs openpyxl: pip install 'licet[excel]'.") from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.append(list(head))
    for at, row in enumerate(rows):
        if at == SHEET_ROWS:
            raise CannotWrite(
                f"--format xlsx: more than {SHEET_ROWS:,} rows, and a sheet holds no more; use csv or parquet."
            )
        sheet.append([_in_excel(value) for value in row])
    if about:
        lists = book.create_sheet("lists")
        lists.append(["list", "as of", "entries"])
        for line in about:
            lists.append([_in_excel(value) for value in line])
    # Made whole before it is written: on a full disk the packer would try again while it is thrown away.
    packed = io.BytesIO()
    book.save(packed)
    path.write_bytes(packed.getbuffer())


def _in_excel(value: Any) -> Any:
    return cell(_NOT_IN_EXCEL.sub("", value))[:32_767] if isinstance(value, str) else value
