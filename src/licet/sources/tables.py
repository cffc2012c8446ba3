"""Canonical CSV: the one way in which compiled tables are written, so that a diff shows facts only.

UTF-8, ``\\n`` line ends, minimal quoting, columns as given, rows in the order given by the caller.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path


def to_csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> bytes:
    r"""Rows as canonical CSV bytes.

    >>> to_csv(("a", "b"), [{"a": "1", "b": "x, y"}])
    b'a,b\n1,"x, y"\n'
    """
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def read_csv(path: Path) -> list[dict[str, str]]:
    """All rows of a table as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
