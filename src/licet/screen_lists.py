"""The lists that a screening looks through, and the index over them, kept for the next time.

An index is made once for what the lists hold and for the code that reads names, and found again by a checksum
of both; a changed file or a newer Licet makes a new one. A folder of an index is written aside and moved into
place, so that nobody ever opens half of one.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import orjson

from licet import lists as list_store
from licet.freshness import Age, Limits, limits
from licet.law.versions import home
from licet.lists.confirmed import confirmed
from licet.parties import index
from licet.parties.index_cache import cache_folder, code_mark, make
from licet.parties.listing import Listing
from licet.parties.screening import Screener


@dataclass(frozen=True, slots=True)
class ListDay:
    """A list that was looked through: as of which day, where that is known, and how many entries it had.

    ``confirmed`` is the last day on which its publisher was seen to have no newer copy.
    """

    list: str
    as_of: dt.date | None
    entries: int
    confirmed: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists ready to be screened against; ``on`` is the day that is asked about where a party says none."""

    screener: Screener
    days: tuple[ListDay, ...]
    folder: Path | None
    limits: Limits
    on: dt.date | None = None

    def ages(self, on: dt.date | None = None) -> tuple[Age, ...]:
        """How old each list is on a day: today, where none is given here or to the lists."""
        day = on or self.on or dt.date.today()
        return tuple(
            Age(one.list, one.as_of, one.confirmed, day, self.limits.of(one.list))
            for one in self.days
        )

    def said(self, on: dt.date | None = None) -> str:
        """The lists with their days, and which of them is older than its limit."""
        return ", ".join(
            f"{one.list} as of {one.as_of or 'no day given, so not fresh'} ({one.entries:,} entries{_old(age)})"
            for one, age in zip(self.days, self.ages(on), strict=True)
        )

    def __str__(self) -> str:
        return self.said()


def _old(age: Age) -> str:
    known = age.days is not None  # where it is not, that no day is given says so
    return f"; older than its limit of {age.limit} days" if known and age.stale else ""


Source = Callable[[], tuple[Iterable[Listing], dict[str, dt.date]]]


def of_files(path: Path, *, on: dt.date | None = None, cache: bool = True) -> Lists:
    """Official files, one or a folder of them (``licet.sources.listings``).

    Raises ``SourceError`` for a file that is damaged or no list.
    """
    from licet.sources.listings import SUFFIXES, dated_listings

    files = (
        sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
        if path.is_dir()
        else [path]
    )
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    found = _opened(digest.hexdigest(), lambda: dated_listings(path), cache)
    return replace(found, on=on)


def of_store(
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    only: frozenset[str] | None = None,
    data: Path | None = None,
    cache: bool = True,
) -> Lists:
    """The lists of the user's store in force on a day, with those that come with Licet (``licet.lists``)."""
    day = on or dt.date.today()
    store = list_store.store(data or home())
    status = [one for one in store.status(on=day, known=known) if only is None or one.list in only]
    days: dict[str, dt.date] = {}
    for one in status:
        days[one.list] = max(one.as_of, days.get(one.list, one.as_of))
    key = hashlib.blake2b(repr((day, known, sorted(only or ()), status)).encode(), digest_size=16)
    key.update(_rulebook_mark())
    found = _opened(
        key.hexdigest(), lambda: (store.listings(on=day, known=known, lists=only), days), cache
    )
    seen = confirmed(store.folder, known=known)
    dated = tuple(
        replace(one, confirmed=seen.get((one.list, one.as_of)) if one.as_of else None)
        for one in found.days
    )
    return replace(found, days=dated, limits=limits(store.folder), on=on)


def of_listings(listings: Iterable[Listing]) -> Lists:
    """Listings at hand, in memory alone."""
    counted = _Counted(listings)
    made = index.build(counted)
    return Lists(Screener(made), counted.days({}), None, limits(home()))


def _opened(key: str, source: Source, cache: bool) -> Lists:
    if not cache:
        listings, days = source()
        counted = _Counted(listings)
        return Lists(Screener(index.build(counted)), counted.days(days), None, limits(home()))
    folder = cache_folder() / f"{key}-{code_mark()}"
    if not (folder / "lists.json").is_file():
        listings, days = source()
        counted = _Counted(listings)

        def say(aside: Path) -> None:
            rows = [(one.list, one.as_of, one.entries) for one in counted.days(days)]
            (aside / "lists.json").write_bytes(orjson.dumps(rows))

        make(folder, lambda: counted, say)
    folder.touch()
    raw = orjson.loads((folder / "lists.json").read_bytes())
    loaded = tuple(
        ListDay(code, day and dt.date.fromisoformat(day), count) for code, day, count in raw
    )
    return Lists(Screener(index.load(folder)), loaded, folder, limits(home()))


class _Counted:
    """Listings on their way into an index, counted by list."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.listings, self.count = listings, Counter[str]()

    def __iter__(self) -> Iterator[Listing]:
        for listing in self.listings:
            self.count[listing.list] += 1
            yield listing

    def days(self, days: dict[str, dt.date]) -> tuple[ListDay, ...]:
        return tuple(
            ListDay(code, days.get(code, days.get("")), self.count[code])
            for code in sorted(self.count)
        )


@functools.cache
def _rulebook_mark() -> bytes:
    """A checksum of the packaged lists."""
    digest = hashlib.blake2b(digest_size=8)
    tables = resources.files("licet").joinpath("rulebook", "tables")
    for name in (
        "entity_list",
        "unverified_list",
        "military_end_user_list",
        "denied_persons",
        "sdn",
    ):
        digest.update(tables.joinpath(f"{name}.csv").read_bytes())
    return digest.digest()
