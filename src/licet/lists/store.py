"""The list store: every copy that was loaded, and what was in force on a day as known on another."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from licet.lists import database
from licet.lists.copies import PACKAGED, Copy, contents, copies, members, speaking
from licet.lists.differences import Difference, FieldChange, compare, field_changes
from licet.lists.packaged import (
    Packaged,
    packaged_history,
    packaged_listings,
    packaged_lists,
)
from licet.lists.record import from_bytes
from licet.parties.listing import Listing

if TYPE_CHECKING:
    from licet.lists.loading import Loaded


@dataclass(frozen=True, slots=True)
class Status:
    """A list that can be screened against on a day: which copy speaks, and since when it reads so.

    ``unchanged_since`` is the day of the first copy of the run that holds the same entries; ``copies`` and
    ``versions`` count what is kept. ``known`` is None for a packaged list.
    """

    list: str
    origin: str
    as_of: dt.date
    known: dt.datetime | None
    entries: int
    unchanged_since: dt.date
    copies: int
    versions: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two days; ``not_compared`` says of which lists nothing can be said, and why."""

    start: dt.date
    end: dt.date
    differences: tuple[Difference, ...]
    not_compared: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One day in the history of an entry.

    ``what`` is ``present`` (in the first copy at hand, so listed on that day or before), ``added``, ``changed``
    or ``removed``; between two copies the day of a change is not known more closely. ``known`` is None for a
    packaged list.
    """

    list: str
    id: str
    origin: str
    as_of: dt.date
    known: dt.datetime | None
    what: str
    listing: Listing
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """The lists kept in a folder, with those that come with Licet; nothing is read before it is asked for.

    ``first``: of all copies, in the order in which they were loaded, only so many (``loaded``), so that an
    answer can be given again whatever was loaded since.
    """

    folder: Path
    first: int | None = None

    def load(
        self,
        path: Path,
        *,
        list: str | None = None,
        as_of: dt.date | None = None,
        allow_shrink: bool = False,
        refuse_older: bool = False,
    ) -> tuple[Loaded, ...]:
        """Load official files, all of them or none; see ``licet.lists.loading.load``."""
        from licet.lists.loading import load

        return load(
            self.folder,
            path,
            list=list,
            as_of=as_of,
            allow_shrink=allow_shrink,
            refuse_older=refuse_older,
        )

    def loaded(self) -> int:
        """How many copies were ever loaded; each gets the next number, and none is ever taken out."""
        with database.reading(self.folder) as db:
            found = db.execute("SELECT coalesce(max(id), 0) FROM copy").fetchone() if db else (0,)
        return int(found[0])

    def copies(self, *, known: dt.date | None = None) -> Sequence[Copy]:
        """All copies that were loaded, by list and day, as known on a day."""
        with database.reading(self.folder) as db:
            return copies(db, known=known, first=self.first) if db else ()

    def listings(
        self,
        *,
        on: dt.date | None = None,
        known: dt.date | None = None,
        lists: Collection[str] | None = None,
    ) -> tuple[Listing, ...]:
        """The listings in force on a day (today unless given), as known on another.

        Of each list the newest copy as of the day, and of it the entries whose own days hold. A packaged list
        speaks where no copy is at hand, or where it is newer. ``lists`` names the lists that are wanted; one
        that nothing is known of for the day gives nothing, which is not "nobody": see ``status``.
        """
        day = on or dt.date.today()
        from licet.sources.list_memory import collection_paused

        found: list[Listing] = []
        with database.reading(self.folder) as db, collection_paused():
            chosen, own = self._chosen(db, day, known)
            for code in sorted({*chosen, *own}):
                if lists is not None and code not in lists:
                    continue
                if code in own:
                    found += packaged_listings(code, day, known=known)
                elif db is not None:
                    found += _of_copies(db, chosen[code], day)
        return tuple(found)

    def status(
        self, *, on: dt.date | None = None, known: dt.date | None = None
    ) -> tuple[Status, ...]:
        """The lists that speak on a day (today unless given), each with the copy that does."""
        day = on or dt.date.today()
        with database.reading(self.folder) as db:
            chosen, own = self._chosen(db, day, known)
            every = copies(db, known=known, first=self.first) if db else ()
        found = [_packaged_status(each) for each in own.values()]
        for copy in (copy for group in chosen.values() for copy in group if copy.list not in own):
            run = [each for each in every if (each.list, each.origin) == (copy.list, copy.origin)]
            since = copy.as_of
            for each in reversed([each for each in run if each.as_of <= copy.as_of]):
                if each.version != copy.version:
                    break
                since = each.as_of
            versions = len({each.version for each in run})
            found.append(
                Status(copy.list, copy.origin, copy.as_of, copy.known, copy.entries, since, len(run),
                       versions, copy.files)
            )  # fmt: skip
        return tuple(sorted(found, key=lambda each: (each.list, each.origin)))

    def changes(
        self,
        start: dt.date,
        end: dt.date,
        *,
        known: dt.date | None = None,
        lists: Collection[str] | None = None,
    ) -> Changes:
        """What was added, removed and changed between two days, entry by entry with its fields."""
        found: list[Difference] = []
        not_compared: dict[str, str] = {}
        with database.reading(self.folder) as db:
            (then, then_own), (now, now_own) = (
                self._chosen(db, day, known) for day in (start, end)
            )
            for code in sorted({*now, *now_own}):
                if lists is not None and code not in lists:
                    continue
                if code in then_own and code in now_own:
                    both = (packaged_listings(code, day, known=known) for day in (start, end))
                    found += compare(*both)
                elif code in then_own or code in now_own:
                    not_compared[code] = "the packaged list speaks for one of the days"
                elif code not in then:
                    not_compared[code] = f"no copy as of {start} or before"
                elif _origins(then[code]) != _origins(now[code]):
                    not_compared[code] = "the copies are of two publishers"
                elif db is not None and _versions(then[code]) != _versions(now[code]):
                    found += compare(
                        _of_copies(db, then[code], start), _of_copies(db, now[code], end)
                    )
        return Changes(start, end, tuple(found), not_compared)

    def history(self, entry: str, *, known: dt.date | None = None) -> tuple[Event, ...]:
        """All versions of an entry, named by its number or as "SDN:6908", in order of time."""
        code, _, number = entry.rpartition(":")
        found: list[Event] = []
        with database.reading(self.folder) as db:
            if db is not None:
                wanted: dict[str, dict[int, Listing]] = {}
                for at, name, data in db.execute(
                    "SELECT id, list, listing FROM content WHERE entry IN (?, ?)", (entry, number)
                ):
                    listing = from_bytes(data)
                    if listing.id == entry or (name, listing.id) == (code, number):
                        wanted.setdefault(name, {})[at] = listing
                for name, versions in wanted.items():
                    found += _events(
                        db, copies(db, list=name, known=known, first=self.first), versions
                    )
        loaded = {event.list for event in found}
        for day, what, listing in packaged_history(code, number if code else entry, known=known):
            if listing.list not in loaded:
                found.append(Event(listing.list, listing.id, PACKAGED, day, None, what, listing))
        return tuple(sorted(found, key=lambda event: (event.list, event.as_of, event.origin)))

    def named(self, text: str, *, limit: int = 5) -> tuple[Listing, ...]:
        """Entries that hold a text in any version, to help somebody who knows a name and no number."""
        with database.reading(self.folder) as db:
            if db is None:
                return ()
            rows = db.execute(
                "SELECT max(id), listing FROM content WHERE instr(lower(CAST(listing AS TEXT)), lower(?)) "
                "GROUP BY list, entry LIMIT ?",
                (text, limit),
            )
            return tuple(from_bytes(data) for _, data in rows)

    def export(
        self,
        stream: BinaryIO,
        *,
        on: dt.date | None = None,
        known: dt.date | None = None,
        lists: Collection[str] | None = None,
    ) -> int:
        """Write the listings in force as FollowTheMoney JSON lines; how many there were."""
        from licet.sources.lists_ftm import write_ftm

        return write_ftm(self.listings(on=on, known=known, lists=lists), stream)

    def _chosen(
        self, db: sqlite3.Connection | None, day: dt.date, known: dt.date | None
    ) -> tuple[dict[str, tuple[Copy, ...]], dict[str, Packaged]]:
        """The copies that speak on a day, and the packaged lists that speak instead of any."""
        chosen = speaking(copies(db, known=known, first=self.first), day) if db else {}
        own = {}
        for each in packaged_lists():
            loaded = chosen.get(each.list)
            newest = max((copy.as_of for copy in loaded or ()), default=None)
            if newest is None or newest < each.as_of <= day:
                own[each.list] = each
        return chosen, own


def _origins(group: Sequence[Copy]) -> set[str]:
    return {copy.origin for copy in group}


def _versions(group: Sequence[Copy]) -> set[int]:
    return {copy.version for copy in group}


def _of_copies(db: sqlite3.Connection, group: Sequence[Copy], day: dt.date) -> Iterator[Listing]:
    """The entries of the copies that are in force on a day by the days they carry themselves."""
    for copy in group:
        for listing in contents(db, members(db, copy.version)):
            if (listing.valid_from is None or listing.valid_from <= day) and (
                listing.valid_until is None or day < listing.valid_until
            ):
                yield listing


def _packaged_status(each: Packaged) -> Status:
    return Status(each.list, PACKAGED, each.as_of, None, each.entries, each.as_of, 1, 1, ())


def _events(
    db: sqlite3.Connection, every: Sequence[Copy], versions: dict[int, Listing]
) -> Iterator[Event]:
    """The history of one entry through the copies of one list, each origin apart."""
    seen: dict[str, Listing | None] = {}
    held: dict[int, Listing | None] = {}
    for copy in every:
        if copy.version not in held:
            ids = members(db, copy.version)
            held[copy.version] = next((versions[at] for at in versions if at in ids), None)
        listing = held[copy.version]
        first = copy.origin not in seen
        before = seen.get(copy.origin)
        seen[copy.origin] = listing
        if listing is before:
            continue
        what = (
            "removed"
            if listing is None
            else "present"
            if first
            else "added"
            if before is None
            else "changed"
        )
        said = listing or before
        if said is not None:
            changed = field_changes(before, listing) if before and listing else ()
            yield Event(
                said.list, said.id, copy.origin, copy.as_of, copy.known, what, said, changed
            )
