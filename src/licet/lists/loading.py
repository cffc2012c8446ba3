"""A load: official files into new versions, all of them or none.

What the files hold is compared with the copy before it. A list that lost more than a tenth of its entries is
refused, because half a download looks just so; the lists in use stay then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from licet.lists import database
from licet.lists.copies import ORIGINS, Copy, copies, members, packed
from licet.lists.errors import ListsError
from licet.lists.record import digest, to_bytes
from licet.parties.listing import Listing
from licet.sources.listings import Reading, readings

_SHRINKS = 0.9  # a list that keeps less of its entries is refused
# One file or set of files with several lists: one that is missing from a later copy has lost all entries.
_TOGETHER = frozenset({"csl", "ecfr", "ofac_consolidated"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did to one list.

    ``new`` is False where the copy holds what the one before it holds; ``day_from`` says whence ``as_of`` is:
    ``option``, ``file``, or ``modified`` (the day on which the file was last written, where nothing says more).
    ``version`` is the number that the store gives to what the list holds.
    """

    list: str
    origin: str
    as_of: dt.date
    day_from: str
    entries: int
    new: bool
    added: int
    removed: int
    changed: int
    before: Copy | None
    version: int


@dataclass(slots=True)
class _Batch:
    """Contents of one list while they are written."""

    reading: Reading
    as_of: dt.date
    day_from: str
    ids: array[int] = field(default_factory=lambda: array("q"))
    digests: list[bytes] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)


def load(
    folder: Path,
    path: Path,
    *,
    list: str | None = None,
    as_of: dt.date | None = None,
    allow_shrink: bool = False,
    refuse_older: bool = False,
) -> tuple[Loaded, ...]:
    """Load a file or a folder of files into the store of a folder; what it did to each list.

    With ``refuse_older``, as an update wants it, a list is refused that is of a day before the copy in use, or
    holds just what it held before that copy: a server that gives an old file gives just that.

    Raises ``SourceError`` for a file that is damaged and ``ListsError`` for a list that shrinks abnormally
    (unless ``allow_shrink``), is of a day to come or older than it should be. In either case nothing is kept.
    """
    if as_of is not None and as_of > _today():
        raise ListsError([f"--as-of {as_of} is a day to come; give the day of the list"])
    found = tuple(readings(path, list=list))
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with database.writing(folder) as db:
        batches: dict[tuple[str, str], _Batch] = {}
        for reading in found:
            _write(db, reading, as_of, batches)
        earlier = copies(db)
        done = []
        shrunk = []
        for (code, origin), batch in sorted(batches.items()):
            before = _before(earlier, code, origin, batch.as_of)
            if before and len(batch.ids) < before.entries * _SHRINKS:
                shrunk.append(_shrink_of(batch, code, before))
            done.append(_keep(db, code, origin, batch, before, now))
        if list is None:
            done += _missing(db, earlier, batches, shrunk, now)
        refused = [] if allow_shrink else shrunk
        if refuse_older:
            refused += [line for each in done for line in _older(earlier, each, found)]
        if refused:
            raise ListsError(refused)
    return tuple(done)


def _today() -> dt.date:
    # A list of today in Auckland is of tomorrow in Honolulu.
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=14)).date()


def _day(reading: Reading, as_of: dt.date | None) -> tuple[dt.date, str]:
    if as_of is not None:
        return as_of, "option"
    if reading.as_of is not None:
        if reading.as_of > _today():
            raise ListsError(
                [f"{reading.paths[0]}: is as of {reading.as_of}, a day to come; use --as-of DAY"]
            )
        return reading.as_of, "file"
    written = max(path.stat().st_mtime for path in reading.paths)
    return dt.datetime.fromtimestamp(written, dt.UTC).date(), "modified"


def _write(
    db: sqlite3.Connection,
    reading: Reading,
    as_of: dt.date | None,
    batches: dict[tuple[str, str], _Batch],
) -> None:
    """Put the contents of a reading into the database; one that is there already is not written again."""
    day, day_from = _day(reading, as_of)
    again = {key for key, batch in batches.items() if batch.reading is not reading}
    for listing in reading.listings:
        key = (listing.list, reading.origin)
        batch = batches.get(key)
        if batch is None:
            batch = batches[key] = _Batch(reading, day, day_from)
        if not batch.files or batch.reading is not reading:
            batch.reading = reading
            batch.files += [path.name for path in reading.paths if path.name not in batch.files]
        if key in again and listing.id in batch.entries:
            raise ListsError(
                [f"{reading.paths[0]}: has entry {listing.key}, as another of the files has"]
            )
        batch.entries.add(listing.id)
        _one(db, listing, batch)


def _one(db: sqlite3.Connection, listing: Listing, batch: _Batch) -> None:
    data = to_bytes(listing)
    mark = digest(data)
    at = db.execute(
        "INSERT OR IGNORE INTO content (list, entry, digest, listing) VALUES (?, ?, ?, ?)",
        (listing.list, listing.id, mark, data),
    )
    if at.rowcount == 1:
        number = at.lastrowid
    else:
        number = db.execute(
            "SELECT id FROM content WHERE list = ? AND digest = ?", (listing.list, mark)
        ).fetchone()[0]
    batch.ids.append(number or 0)
    batch.digests.append(mark)


def _before(earlier: Iterable[Copy], code: str, origin: str, as_of: dt.date) -> Copy | None:
    """The copy before a day, of the same list that came the same way."""
    found = [
        copy
        for copy in earlier
        if (copy.list, copy.origin) == (code, origin) and copy.as_of <= as_of
    ]
    return max(found, key=lambda copy: copy.as_of, default=None)


def _shrink_of(batch: _Batch, code: str, before: Copy) -> str:
    lost = 100 - 100 * len(batch.ids) // before.entries
    return (
        f"{batch.reading.paths[0]}: {code} would have {len(batch.ids)} entries; the copy of {before.as_of} has "
        f"{before.entries} ({lost} percent fewer; up to 10 are taken). If that is right, add --allow-shrink"
    )


def _keep(
    db: sqlite3.Connection, code: str, origin: str, batch: _Batch, before: Copy | None, now: str
) -> Loaded:
    """Write a copy down, unless the copy of the same day holds the same."""
    whole = hashlib.blake2b(b"".join(sorted(batch.digests)), digest_size=16).digest()
    row = db.execute(
        "SELECT id FROM version WHERE list = ? AND origin = ? AND digest = ?", (code, origin, whole)
    ).fetchone()
    if row is None:
        cursor = db.execute(
            "INSERT INTO version (list, origin, digest, entries, members) VALUES (?, ?, ?, ?, ?)",
            (code, origin, whole, len(batch.ids), packed(batch.ids)),
        )
        version = cursor.lastrowid or 0
    else:
        version = row[0]
    same_day = before is not None and before.as_of == batch.as_of
    if not (before and same_day and before.version == version):
        db.execute(
            "INSERT INTO copy (list, origin, as_of, known, version, files) VALUES (?, ?, ?, ?, ?, ?)",
            (code, origin, batch.as_of.isoformat(), now, version, "\n".join(batch.files)),
        )
    new = before is None or before.version != version
    added, removed, changed = _counted(db, before, batch.ids) if new else (0, 0, 0)
    return Loaded(
        code,
        origin,
        batch.as_of,
        batch.day_from,
        len(batch.ids),
        new,
        added,
        removed,
        changed,
        before,
        version,
    )


def _counted(db: sqlite3.Connection, before: Copy | None, now: array[int]) -> tuple[int, int, int]:
    """How many entries were added, removed and changed."""
    if before is None:
        return len(now), 0, 0
    was = members(db, before.version)
    gone, come = (_entries(db, ids) for ids in (set(was) - set(now), set(now) - set(was)))
    changed = len(gone & come)
    return len(come) - changed, len(gone) - changed, changed


def _older(earlier: Iterable[Copy], loaded: Loaded, found: Iterable[Reading]) -> Iterator[str]:
    """Why a list is older than the copy in use; nothing where it is not."""
    run = sorted(
        (copy for copy in earlier if (copy.list, copy.origin) == (loaded.list, loaded.origin)),
        key=lambda copy: copy.as_of,
    )
    if not run:
        return
    path = next(reading.paths[0] for reading in found if reading.origin == loaded.origin)
    newest = run[-1]
    if loaded.as_of < newest.as_of:
        yield (
            f"{path}: gives {loaded.list} as of {loaded.as_of}; the copy in use is as of {newest.as_of}. "
            "An older copy is loaded with licet lists load"
        )
        return
    same = [copy for copy in run if copy.version == loaded.version]
    if same and newest.version != loaded.version:
        yield (
            f"{path}: holds just what {loaded.list} held on {same[-1].as_of}, before the copy in use as of "
            f"{newest.as_of}. If that is right, load it with licet lists load"
        )


def _entries(db: sqlite3.Connection, ids: Iterable[int]) -> set[str]:
    query = "SELECT entry FROM content WHERE id = ?"
    return {db.execute(query, (number,)).fetchone()[0] for number in ids}


def _missing(
    db: sqlite3.Connection,
    earlier: Iterable[Copy],
    batches: dict[tuple[str, str], _Batch],
    shrunk: list[str],
    now: str,
) -> list[Loaded]:
    """Lists that an earlier copy of the same kind of file had and this one has not: they lost all entries."""
    done = []
    for origin in sorted({origin for _, origin in batches} & _TOGETHER):
        batch = next(each for (_, came), each in batches.items() if came == origin)
        had = {copy.list for copy in earlier if copy.origin == origin}
        for code in sorted(had - {code for code, came in batches if came == origin}):
            before = _before(earlier, code, origin, batch.as_of)
            if before is None or not before.entries:
                continue
            empty = _Batch(batch.reading, batch.as_of, batch.day_from, files=batch.files)
            shrunk.append(
                f"{batch.reading.paths[0]}: has no entry of {code}; the copy of {before.as_of} has "
                f"{before.entries} ({ORIGINS[origin]}). If that is right, add --allow-shrink"
            )
            done.append(_keep(db, code, origin, empty, before, now))
    return done
