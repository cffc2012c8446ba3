"""Copies that were loaded, without the lists that come with Licet: which speak on a day, what they hold."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from licet.lists import database
from licet.lists.copies import Copy, contents, copies, members, speaking
from licet.parties.listing import Listing


def speaking_copies(
    folder: Path, on: dt.date, *, known: dt.date | None = None, first: int | None = None
) -> dict[str, tuple[Copy, ...]]:
    """For each list the loaded copies that speak on a day, as known here on another; see ``speaking``.

    ``first``: only so many of all copies (``Store.first``).

    Raises ``ListsError`` for a file that is no store.
    """
    with database.reading(folder) as db:
        return speaking(copies(db, known=known, first=first), on) if db else {}


def digest_of(folder: Path, chosen: Sequence[Copy]) -> str:
    """What stands for the contents of some copies: equal where they hold the same, in whatever store."""
    total = hashlib.blake2b(digest_size=16)
    with database.reading(folder) as db:
        for copy in chosen if db else ():
            assert db is not None
            row = db.execute("SELECT digest FROM version WHERE id = ?", (copy.version,)).fetchone()
            total.update(f"{copy.list} {copy.origin} ".encode() + row[0])
    return total.hexdigest()


def listings_of(folder: Path, chosen: Sequence[Copy]) -> Iterator[Listing]:
    """The entries of some copies, of whatever days they carry themselves."""
    with database.reading(folder) as db:
        for copy in chosen if db else ():
            assert db is not None
            yield from contents(db, members(db, copy.version))


def digests(folder: Path, *, first: int | None = None) -> dict[tuple[str, str, dt.date], str]:
    """Of each copy, by list, origin and day, what stands for its contents (hexadecimal)."""
    with database.reading(folder) as db:
        if db is None:
            return {}
        known = {row[0]: row[1].hex() for row in db.execute("SELECT id, digest FROM version")}
        return {
            (copy.list, copy.origin, copy.as_of): known[copy.version]
            for copy in copies(db, first=first)
        }
