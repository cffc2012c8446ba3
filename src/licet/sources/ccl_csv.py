"""Compiled tables: written the same way every time, and the intervals that their rows carry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
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
    """One CSV table: UTF-8 text, line feed endings, rows in ascending order, duplicates once.

    A row whose days are none, because two instruments met on one day, says nothing and is left out.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    first, last = (header.index(name) if name in header else -1 for name in DATED[:2])
    lasting = (row for row in rows if first < 0 or not row[last] or row[first] < row[last])
    writer.writerows(sorted({tuple(row) for row in lasting}))
    return out.getvalue()


def write(path: Path, content: str) -> None:
    """Write a table so that it is whole or not there: beside its place first, then renamed."""
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(content.encode("utf-8"))
    beside.replace(path)
