"""An ownership table read row by row, to say of each wrong cell where it stands and what to do."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from licet.order_errors import MOST_PROBLEMS, Problem, shown
from licet.parties.ownership_format import COLUMNS, OwnershipTableError, header_problems
from licet.parties.ownership_names import NOBODY, SOMEBODY, key

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def read_rows(source: str | Path | bytes, called: str) -> tuple[Any, list[int]]:
    """The rows of a CSV file as an Arrow table, and the line on which each ends.

    For files with empty lines or with line breaks inside a cell, and to name every problem: raises
    ``OwnershipTableError`` with up to 100 of them.
    """
    import pyarrow as pa

    reader = csv.reader(io.StringIO(_text(source, called), newline=""))
    header = [name.strip() for name in next(reader, [])]
    problems = header_problems(header, called)
    if problems:
        raise OwnershipTableError(problems)
    columns: dict[str, list[str]] = {name: [] for name in header}
    lines: list[int] = []
    try:
        for cells in reader:
            if not cells:
                continue  # an empty line says nothing
            line = reader.line_num
            if len(cells) != len(header):
                _note(problems, called, line, "", f"{len(cells)} cells, the header has {len(header)}. "
                      "A comma inside a name needs quotes around the name.")  # fmt: skip
                continue
            row_problems(dict(zip(header, cells, strict=True)), called, line, problems)
            for name, cell in zip(header, cells, strict=True):
                columns[name].append(cell)
            lines.append(line)
    except csv.Error as error:
        _note(problems, called, reader.line_num, "", f"is no CSV: {error}.")
    if problems:
        raise OwnershipTableError(problems)
    made = {}
    for name, cells in columns.items():
        if name in ("owner", "owned", "source"):
            made[name] = pa.array(cells, pa.string())
        elif name == "share":
            made[name] = pa.array([float(c) if c.strip() else None for c in cells], pa.float64())
        else:
            found = [dt.date.fromisoformat(c.strip()) if c.strip() else None for c in cells]
            made[name] = pa.array(found, pa.date32())
    return pa.table({name: pa.chunked_array([column]) for name, column in made.items()}), lines


def _text(source: str | Path | bytes, called: str) -> str:
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8; save the file as UTF-8 (CSV UTF-8 in a spreadsheet)."
        raise OwnershipTableError(
            [Problem(file=called, line=line, field="", message=message)]
        ) from None


def row_problems(
    cells: Mapping[str, str],
    called: str,
    line: int | None,
    found: list[Problem],
    *,
    row: int | None = None,
) -> None:
    """Note what is wrong with one row; ``row`` counts from 0 where a file has no lines."""
    at = "" if row is None else f"row {row + 1}: "

    def note(name: str, message: str) -> None:
        _note(found, called, line, name, at + message)

    owner, owned = cells.get("owner", "").strip(), cells.get("owned", "").strip()
    if not owner:
        note("owner", f"is empty; name the owner, or write {SOMEBODY} for somebody of whom nobody knows who "
             f"it is, or {NOBODY} where owners were looked at and nobody else is of concern.")  # fmt: skip
    if not owned:
        note("owned", "is empty; name the company that is owned.")
    elif key(owned) in (NOBODY, SOMEBODY):
        note("owned", f"{owned} can only own; name the company that is owned.")
    elif owner and key(owner) == key(owned):
        note("owner", f"{shown(owner)} owns itself. A company's own shares have no owner of concern; "
             "remove the row.")  # fmt: skip
    for name, text in (("owner", owner), ("owned", owned)):
        if text and not key(text):
            note(
                name,
                f"{shown(text)} holds no letter and no digit, so it names nobody; write the name.",
            )
    share = cells.get("share", "").strip()
    if share:
        _share(share, note)
        if key(owner) == NOBODY:
            note("share", f"{NOBODY} holds nothing; leave the share empty.")
    ends = {}
    for name in ("since", "until"):
        text = cells.get(name, "").strip()
        if text:
            try:
                if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                    raise ValueError
                ends[name] = dt.date.fromisoformat(text)
            except ValueError:
                note(name, f"{shown(text)} is no day; write YYYY-MM-DD, or leave it empty.")
    if len(ends) == 2 and ends["since"] >= ends["until"]:
        note("until", f"{ends['until']} is not after since, {ends['since']}; until is the first day on "
             "which the share was no longer held.")  # fmt: skip


def _share(text: str, note: Any) -> None:
    if not _NUMBER.fullmatch(text):
        plain = text.rstrip("%").strip().replace(",", ".")
        hint = f"write {plain}" if _NUMBER.fullmatch(plain) else "write a number such as 49.5"
        note("share", f"{shown(text)} is no number from 0 to 100; {hint}, or leave it empty if the share "
             "is not known.")  # fmt: skip
    elif not (math.isfinite(float(text)) and 0 <= float(text) <= 100):
        note("share", f"{shown(text)} is not from 0 to 100; percent of the equity is asked, or nothing if "
             "the share is not known.")  # fmt: skip


def _note(found: list[Problem], called: str, line: int | None, name: str, message: str) -> None:
    found.append(Problem(file=called, line=line, field=name, message=message))
    if len(found) >= MOST_PROBLEMS:
        more = f"{MOST_PROBLEMS} problems and perhaps more; mend these, then read it again."
        found.append(Problem(file=called, line=None, field="", message=more))
        raise OwnershipTableError(found)


__all__ = ["COLUMNS", "read_rows", "row_problems"]
