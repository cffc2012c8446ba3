"""Lists of restricted parties, kept in versions; each function here is a command of ``licet lists``.

``load`` takes official files, ``status`` says which copies are in use, ``changes`` and ``show`` what changed,
``export`` writes FollowTheMoney. ``data`` is the folder of the store; without it that of
``licet.law.versions.home``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from licet.freshness import Age, limits
from licet.law.versions import home
from licet.lists.confirmed import confirmed
from licet.lists.errors import ListsError
from licet.lists.store import Changes, Event, Status, Store

if TYPE_CHECKING:
    from licet.lists.loading import Loaded

__all__ = [
    "Age", "Changes", "Event", "ListsError", "Status", "Store", "ages", "changes", "export", "load", "show",
    "status", "store",
]  # fmt: skip


def store(data: Path | None = None) -> Store:
    """The store of a folder, by default that of the user's data (``LICET_DATA``)."""
    return Store(data or home())


def load(
    path: Path | str,
    *,
    list: str | None = None,
    as_of: dt.date | None = None,
    allow_shrink: bool = False,
    data: Path | None = None,
) -> tuple[Loaded, ...]:
    """Load an official file or a folder of them, as ``licet lists load`` does.

    Raises ``SourceError`` for a damaged file and ``ListsError`` for a refused load; the lists in use stay.
    """
    return store(data).load(Path(path), list=list, as_of=as_of, allow_shrink=allow_shrink)


def status(
    *, on: dt.date | None = None, known: dt.date | None = None, data: Path | None = None
) -> tuple[Status, ...]:
    """Which copy of each list speaks on a day, as ``licet lists status`` shows."""
    return store(data).status(on=on, known=known)


def ages(
    found: Iterable[Status], on: dt.date, *, known: dt.date | None = None, data: Path | None = None
) -> tuple[Age, ...]:
    """How old each list that speaks on a day is, and how old it may be."""
    folder = data or home()
    seen, allowed = confirmed(folder, known=known), limits(folder)
    return tuple(
        Age(one.list, one.as_of, seen.get((one.list, one.as_of)), on, allowed.of(one.list))
        for one in found
    )


def changes(
    start: dt.date,
    end: dt.date,
    *,
    known: dt.date | None = None,
    lists: Collection[str] | None = None,
    data: Path | None = None,
) -> Changes:
    """What differs between the lists of two days, as ``licet lists changes`` shows."""
    return store(data).changes(start, end, known=known, lists=lists)


def show(
    entry: str, *, known: dt.date | None = None, data: Path | None = None
) -> tuple[Event, ...]:
    """All versions of one entry, as ``licet lists show`` shows."""
    return store(data).history(entry, known=known)


def export(
    stream: BinaryIO,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    lists: Collection[str] | None = None,
    data: Path | None = None,
) -> int:
    """Write the listings in force as FollowTheMoney JSON lines, as ``licet lists export`` does."""
    return store(data).export(stream, on=on, known=known, lists=lists)
