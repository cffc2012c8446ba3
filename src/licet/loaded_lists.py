"""Copies of lists that the user loaded (``licet lists load``), as a check looks through them on a day.

What a list's entries mean is law and stands in rules; a copy only says who is on it. So a copy of a list that
rules read adds its entries to those of the rulebook's table. It speaks instead of the table where it is newer,
no smaller by more than a tenth, and nothing but names, programs and days is read (OFAC's lists). Lists that no
rule reads are looked through apart.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from licet.decision import Looked
from licet.law.rulebook import Rulebook
from licet.lists.copies import ORIGINS, Copy
from licet.lists.loaded import digest_of, listings_of, speaking_copies
from licet.lists.packaged import table_days
from licet.parties.asked import Asked, Named
from licet.parties.evidence import AGREES, CONTRADICTS
from licet.parties.explain import sentence
from licet.parties.index_cache import kept_index
from licet.parties.listing import Listing
from licet.parties.loaded_rows import BIS, RULE_LISTS, is_name, row_of
from licet.parties.screen import MOST_ALIKE, SHARE_NAMES, Hit
from licet.parties.screening import MATCH, Candidate, Query, Screener
from licet.parties.similar_names import query, told_apart

_REMEMBERED = 50_000
_ENOUGH = 0.9
"""A copy with fewer entries than this part of the rulebook's is looked through beside it, not instead."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedLists:
    """The copies that speak on a day, ready to be looked through.

    ``instead`` are the lists of which the rulebook's own table is not looked through.
    """

    day: dt.date
    copies: Mapping[str, tuple[Copy, ...]]
    looked: tuple[Looked, ...]
    instead: frozenset[str]
    _screener: Screener | None
    _known: dict[Asked, tuple[tuple[Candidate, ...], tuple[Candidate, ...]]] = field(
        default_factory=dict, repr=False
    )

    def hits(self, everybody: Sequence[Named]) -> Iterator[Hit]:
        """Every entry of the copies that somebody whom an order names is, or may be, on any list."""
        if self._screener is None:
            return
        everybody = [_without_owners_address(one) for one in everybody]
        self._ask([one.asked for one in everybody])
        for one in everybody:
            yield from self._of(one)

    def entry(self, key: str) -> Listing | None:
        """The entry of a key ("SDN:6908") that is on its list on the day."""
        if self._screener is None:
            return None
        place = _places(self._screener).get(key)
        found = None if place is None else self._screener.index.listing(place)
        return found if found is not None and _listed(found, self.day) else None

    def hit(self, one: Named, listing: Listing, kind: str, says: str = "") -> Hit:
        """An entry of the copies found for somebody."""
        copy = max(copy.as_of for copy in self.copies[listing.list])
        return Hit(
            row_of(listing),
            kind,
            one.role,
            one.asked.name,
            one.path,
            says,
            one.asked,
            listing,
            copy,
        )

    def _ask(self, asked: Iterable[Asked]) -> None:
        """Screen each with all that is known of him, and by the name alone: what tells two apart is told."""
        assert self._screener is not None
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        missing = [one for one in dict.fromkeys(asked) if one not in self._known]
        if not missing:
            return
        whole = [replace(query(one), on=self.day) for one in missing]
        bare = [Query(name=one.name, on=self.day) for one in missing]
        answers = self._screener.screen([*whole, *bare])
        for at, one in enumerate(missing):
            self._known[one] = answers[at].candidates, answers[at + len(missing)].candidates

    def _of(self, one: Named) -> Iterator[Hit]:
        whole, bare = self._known[one.asked]
        found = {candidate.listing.key for candidate in whole}
        same = [each for each in whole if is_name(one.asked.name, each.listing)]
        lists = {each.listing.list for each in same}
        for each in same:
            yield self.hit(one, each.listing, *_judged(each))
        most: Counter[str] = Counter()
        for each in bare:
            # Found by the name alone: something else that is known made it too little to be told.
            if each.listing.key in found:
                continue
            code, why = each.listing.list, told_apart(one.asked, each.listing)
            if is_name(one.asked.name, each.listing):
                lists.add(code)
                yield self.hit(one, each.listing, *_doubted(each, why))
            elif why and most[code] < MOST_ALIKE:
                most[code] += 1
                yield self.hit(one, each.listing, "apart", why)
        most.clear()
        for each in whole:
            code = each.listing.list
            address = each.alignment is None
            # Where a name is on a list already, what it resembles on that list adds nothing.
            if each in same or (code in lists and not address) or most[code] >= MOST_ALIKE:
                continue
            most[code] += 1
            certain = address and each.verdict == MATCH
            yield self.hit(one, each.listing, "exact" if certain else "possible", sentence(each))


def _judged(candidate: Candidate) -> tuple[str, str]:
    """Of an entry of the same name: exact, where its name is enough or more agrees and nothing contradicts."""
    if row_of(candidate.listing).row.values["kind"] not in SHARE_NAMES:
        return "exact", ""
    other = [one for one in candidate.evidence if one.kind in ("country", "born", "identifier")]
    agrees = any(one.effect == AGREES for one in other)
    differs = [one for one in candidate.evidence if one.effect == CONTRADICTS]
    return ("exact", "") if agrees and not differs else ("possible", sentence(candidate))


def _doubted(candidate: Candidate, why: str) -> tuple[str, str]:
    """Of an entry of the same name that more than the name made unlikely; ``why`` is what tells them apart."""
    if row_of(candidate.listing).row.values["kind"] not in SHARE_NAMES:
        return "exact", ""
    return ("apart", why) if why else ("possible", sentence(candidate))


def _without_owners_address(one: Named) -> Named:
    """From an entry that is an address and names nobody, nothing flows down (15 CFR 744.11(a)(1))."""
    if one.role != "owner":
        return one
    return replace(one, asked=replace(one.asked, address=""))


def _listed(listing: Listing, day: dt.date) -> bool:
    return (listing.valid_from is None or listing.valid_from <= day) and (
        listing.valid_until is None or day < listing.valid_until
    )


def loaded_lists(
    folder: Path,
    on: dt.date,
    rulebook: Rulebook,
    *,
    known: dt.date | None = None,
    first: int | None = None,
) -> LoadedLists:
    """The copies of a store that a check on a day looks through, as known here on another.

    ``first``: of all copies only so many (``Store.first``). Raises ``ListsError`` for a file that is no store.
    """
    tables = table_days(rulebook)
    chosen: dict[str, tuple[Copy, ...]] = {}
    instead: set[str] = set()
    short: set[str] = set()
    for code, copies in speaking_copies(folder, on, known=known, first=first).items():
        table = tables.get(code)
        newer = table is None or max(copy.as_of for copy in copies) > table.as_of
        if table is not None and not newer and (code in BIS or table.as_of <= on):
            continue  # the rulebook's table is newer, or law of each day up to its own
        chosen[code] = copies
        if newer and code in RULE_LISTS and code not in BIS:
            # A part of a list, or an old one under a new day, takes nobody off it.
            entries = sum(copy.entries for copy in copies)
            enough = table is None or entries >= _ENOUGH * table.entries
            (instead if enough else short).add(code)
    every = tuple(copy for copies in chosen.values() for copy in copies)
    looked = tuple(
        Looked(
            copy.list, ORIGINS.get(copy.origin, copy.origin), copy.as_of, copy.entries,
            copy.list in RULE_LISTS, copy.list in instead, copy.list in short,
        )
        for copy in every
    )  # fmt: skip
    screener = _screener_of(folder, every) if every else None
    return LoadedLists(on, chosen, looked, frozenset(instead), screener)


@functools.lru_cache(maxsize=4)
def _screener_of(folder: Path, copies: tuple[Copy, ...]) -> Screener:
    key = digest_of(folder, copies)
    return Screener(kept_index(f"loaded-{key}", lambda: listings_of(folder, copies)))


_by_screener: dict[int, tuple[Screener, dict[str, int]]] = {}


def _places(screener: Screener) -> dict[str, int]:
    """Where each entry stands in an index. Few ask; it goes through all entries once."""
    if id(screener) not in _by_screener:
        _by_screener.clear()
        index = screener.index
        places = {index.listing(at).key: at for at in range(len(index))}
        _by_screener[id(screener)] = screener, places
    return _by_screener[id(screener)][1]
