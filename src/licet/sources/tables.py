"""Compiled tables: the one way in which they are written and read, and the days their rows carry.

UTF-8, ``\\n`` line ends, minimal quoting, rows in ascending order: a diff shows facts only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# Before this day no compiled country or CCL table speaks: silence means unknown, not "no".
KNOWN_FROM = "2017-01-01"
DATED = ("valid_from", "valid_until", "published", "source")


class Span(NamedTuple):
    """Half-open ISO days [valid_from, valid_until); ``until`` empty is open, with their source."""

    valid_from: str
    valid_until: str
    published: str
    source: str


def render(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""One CSV table: rows in ascending order, duplicates once.

    A row whose days are none, because two instruments met on one day, says nothing and is left out.

    >>> render(("b", "c"), [("2", "x, y"), ("1", ""), ("1", "")])
    'b,c\n1,\n2,"x, y"\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    first, last = (header.index(name) if name in header else -1 for name in DATED[:2])
    lasting = (row for row in rows if first < 0 or not row[last] or row[first] < row[last])
    writer.writerows(sorted({tuple(row) for row in lasting}))
    return out.getvalue()


def render_rows(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """``render`` for rows with named cells; each must have exactly the columns of the header."""
    cells = []
    for row in rows:
        if set(row) != set(header):
            raise ValueError(f"a row with columns {sorted(row)}; expected {sorted(header)}")
        cells.append(tuple(row[name] for name in header))
    return render(header, cells)


def parse(content: str) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Header and rows of a table's text, the inverse of ``render_rows``."""
    reader = csv.DictReader(io.StringIO(content, newline=""))
    rows = list(reader)
    return tuple(reader.fieldnames or ()), rows


def read_csv(path: Path) -> list[dict[str, str]]:
    """All rows of a table as dictionaries of text."""
    return parse(path.read_text(encoding="utf-8"))[1]


def write(path: Path, content: str) -> None:
    """Write a table so that it is whole or not there: beside its place first, then renamed."""
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(content.encode("utf-8"))
    beside.replace(path)
