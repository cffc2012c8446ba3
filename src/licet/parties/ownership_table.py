"""Ownership tables: who owns how much of whom, and when, from CSV or Parquet.

One row is one direct holding: ``owner``, ``owned``, ``share`` in percent of the equity (empty: not known),
``since`` (first day) and ``until`` (first day no longer), and perhaps a ``source``. A table of ten million rows
is held in columns; every look into it is as of a day.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.order_errors import MOST_PROBLEMS, Problem
from licet.parties.ownership_format import OwnershipTableError, days, line_of
from licet.parties.ownership_names import key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from licet.parties.ownership_graph import Graph

_SMALL = 1_000_000  # nodes; above, a dictionary of names would take more memory than the table


@dataclass(frozen=True, eq=False)
class OwnershipTable:
    """Direct holdings in columns, all of the same length; nodes are numbered from 0.

    ``share`` is in billionths of a percent, ``NOT_KNOWN`` where it is not known; ``since`` and ``until`` are
    days since 1970, half-open. ``id`` is a hash of the file, ``warnings`` what is odd in it and was read
    nevertheless. ``lines`` is None where row 0 stands on line 2 and each row on a line of its own.
    """

    name: str
    id: str
    names: Any
    """Node to its name as first written: an Arrow array of text."""
    keys: Any
    """Node to its key (``ownership_names.key``): an Arrow array of text."""
    owner: NDArray[np.int32]
    owned: NDArray[np.int32]
    share: NDArray[np.int64]
    since: NDArray[np.int32]
    until: NDArray[np.int32]
    sources: Any = None
    lines: Sequence[int] | None = None
    by_line: bool = True
    """False for Parquet, which has rows and no lines."""
    warnings: tuple[Problem, ...] = ()
    _graphs: dict[dt.date, Graph] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.owner)

    @functools.cached_property
    def nodes(self) -> Mapping[str, int]:
        """Key to node."""
        return {name: node for node, name in enumerate(self.keys.to_pylist())}

    def node(self, name: str) -> int | None:
        """The node of a name or id; None where the table does not have it."""
        if len(self.keys) <= _SMALL:
            return self.nodes.get(key(name))
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.index(self.keys, pa.scalar(key(name))).as_py()
        return None if found < 0 else int(found)

    def name_of(self, node: int) -> str:
        """A node's name as first written in the table."""
        return str(self.names[node].as_py())

    def place(self, row: int) -> str:
        """Where a row stands: file and line, or file and row of a Parquet file (from 1).

        >>> table = read_ownership(b"owner,owned,share\\nA Ltd.,B Ltd.,50\\n", name="mine.csv")
        >>> table.place(0)
        'mine.csv:2'
        """
        return (
            f"{self.name}:{line_of(row, self.lines)}"
            if self.by_line
            else f"{self.name}, row {row + 1}"
        )

    def as_of(self, day: dt.date) -> Graph:
        """The holdings of a day, [since, until): what the fixed point is computed on."""
        import numpy as np

        from licet.parties.ownership_graph import Graph

        found = self._graphs.get(day)
        if found is None:
            at = days(day)
            rows = np.flatnonzero((self.since <= at) & (at < self.until)).astype(np.int32)
            found = Graph(
                len(self.keys), self.owner[rows], self.owned[rows], self.share[rows], rows
            )
            if len(self._graphs) >= 4:  # each may hold hundreds of megabytes
                self._graphs.clear()
            self._graphs[day] = found
        return found


def read_ownership(source: str | Path | bytes, *, name: str | None = None) -> OwnershipTable:
    """Read an ownership table: a CSV file, a Parquet file (by its ending), or the bytes of a CSV file.

    ``name`` is what errors and proofs call it. Raises ``OwnershipTableError`` with every problem, each with
    line and field; nothing is half-read. Mirrors ``licet owners`` and ``licet check --owners``.

    >>> table = read_ownership(b"owner,owned,share,since\\nA Ltd.,B Ltd.,50,2019-05-16\\n", name="mine")
    >>> len(table), len(table.as_of(dt.date(2019, 5, 15)).owner)
    (1, 0)
    """
    from licet.parties.ownership_columns import columns

    called = name or ("ownership table" if isinstance(source, bytes) else str(source))
    try:
        data = source if isinstance(source, bytes) else None
        digest = hashlib.sha256(data) if data is not None else _hash(Path(str(source)))
    except OSError as error:
        raise OwnershipTableError([Problem(
            file=called, line=None, field="",
            message=f"cannot be read: {error.strerror}. Give a CSV or Parquet file; licet owners "
            "--template writes an example.",
        )]) from None  # fmt: skip
    table = columns(source, called)
    return OwnershipTable(called, digest.hexdigest()[:16], **table)


def _hash(path: Path) -> Any:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


__all__ = ["MOST_PROBLEMS", "OwnershipTable", "OwnershipTableError", "read_ownership"]
