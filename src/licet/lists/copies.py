"""Which copies of a list speak on a day: as of the day, as known here on another."""

from __future__ import annotations

import datetime as dt
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from licet.lists.record import from_bytes
from licet.parties.listing import Listing

PACKAGED = "packaged"
# Copies of lists that others publish; the publisher's own goes before one of the same day.
SECOND_HAND = frozenset({"csl", "agency_table", "ftm"})
ORIGINS = {
    "ofac_sdn": "OFAC", "ofac_consolidated": "OFAC non-SDN",
    "csl": "CSL", "ecfr": "eCFR 744", "dpl": "BIS",
    "agency_table": "BIS table", "ddtc_statutory": "DDTC statutory",
    "ddtc_administrative": "DDTC administrative", "isn": "State Department", "un": "UN",
    "eu": "EU", "uk": "UK", "canada": "Canada", "ftm": "FollowTheMoney",
    PACKAGED: "packaged",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of one list that was loaded.

    ``as_of`` is the day of the list, ``known`` when it was loaded here (UTC); copies with one ``version`` hold
    the same entries. ``origin`` says how it came.
    """

    list: str
    origin: str
    as_of: dt.date
    known: dt.datetime
    version: int
    entries: int
    files: tuple[str, ...]


_SELECT = (
    "SELECT copy.list, copy.origin, as_of, known, version, entries, files "
    "FROM copy JOIN version ON version.id = copy.version"
)


def copies(
    db: sqlite3.Connection,
    *,
    list: str | None = None,
    known: dt.date | None = None,
    first: int | None = None,
) -> Sequence[Copy]:
    """All copies by list and day; of two copies of one day and origin only the one known last.

    ``first``: of all copies, in the order in which they were loaded, only so many.
    """
    found: dict[tuple[str, str, str], Copy] = {}
    for code, origin, as_of, at, version, entries, files in db.execute(
        f"{_SELECT} WHERE (?1 IS NULL OR copy.list = ?1) AND (?2 IS NULL OR substr(known, 1, 10) <= ?2) "
        "AND (?3 IS NULL OR copy.id <= ?3) ORDER BY copy.list, as_of, copy.id",
        (list, known.isoformat() if known else None, first),
    ):
        found[code, origin, as_of] = Copy(
            code, origin, dt.date.fromisoformat(as_of), dt.datetime.fromisoformat(at), version, entries,
            tuple(files.split("\n")),
        )  # fmt: skip
    return tuple(found.values())


def speaking(found: Iterable[Copy], on: dt.date) -> dict[str, tuple[Copy, ...]]:
    """For each list the copies that speak on a day, from copies in order of their day.

    The newest copy of each origin as of the day or before. The publisher's own copies (a list may come in
    two files) stand together; a second-hand one speaks alone, and only where it is newer than they are.
    """
    newest: dict[str, dict[str, Copy]] = {}
    for copy in found:
        if copy.as_of <= on:
            newest.setdefault(copy.list, {})[copy.origin] = copy
    chosen = {}
    for code, by_origin in newest.items():
        own = [copy for copy in by_origin.values() if copy.origin not in SECOND_HAND]
        others = [copy for copy in by_origin.values() if copy.origin in SECOND_HAND]
        latest = max(others, key=lambda copy: copy.as_of, default=None)
        if latest and all(copy.as_of < latest.as_of for copy in own):
            own = [latest]
        chosen[code] = tuple(own)
    return chosen


def members(db: sqlite3.Connection, version: int) -> array[int]:
    """The ids of the contents of a version, in the order printed."""
    row = db.execute("SELECT members FROM version WHERE id = ?", (version,)).fetchone()
    return unpacked(row[0])


def packed(ids: array[int]) -> bytes:
    """Ids as bytes, the same on every machine."""
    return _little(ids).tobytes()


def unpacked(data: bytes) -> array[int]:
    """The inverse of ``packed``.

    >>> unpacked(packed(array("q", [3, 1, 2]))).tolist()
    [3, 1, 2]
    """
    ids = array("q")
    ids.frombytes(data)
    return _little(ids)


def _little(ids: array[int]) -> array[int]:
    import sys

    if sys.byteorder == "big":
        ids = ids[:]
        ids.byteswap()
    return ids


def contents(db: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Listing]:
    """The listings of these ids, in their order."""
    for start in range(0, len(ids), 10_000):
        part = ids[start : start + 10_000]
        rows = db.execute(
            "SELECT content.listing FROM json_each(?) AS wanted JOIN content ON content.id = wanted.value "
            "ORDER BY wanted.key",
            (f"[{','.join(map(str, part))}]",),
        )
        for (data,) in rows:
            yield from_bytes(data)
