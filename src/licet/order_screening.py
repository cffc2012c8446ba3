"""The screening of an order: the rulebook's lists, loaded copies and people's decisions brought together.

Matches on lists that no modelled rule reads are kept apart and decide nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from licet.decide.assemble import listed
from licet.decide.listings import ListedFact
from licet.decision import Listed, Looked
from licet.freshness import LAW, Age, Limits
from licet.law.rulebook import Law
from licet.listed_facts import fact_of, facts_of
from licet.lists import Store
from licet.lists.confirmed import confirmed
from licet.lists.database import FILE
from licet.lists.packaged import TABLES, table_days
from licet.order import EndUse, Line, Order, Owner, Party
from licet.parties.asked import named
from licet.parties.listed_rows import ListedRow, representatives, representatives_among
from licet.parties.loaded_rows import BIS, RULE_LISTS
from licet.parties.names import normalise
from licet.parties.screen import Hit, screen

if TYPE_CHECKING:
    from licet.dispositions import Book
    from licet.loaded_lists import LoadedLists
    from licet.parties.ownership_lists import OwnListing
    from licet.parties.ownership_orders import Web


@dataclass(frozen=True, slots=True)
class Aids:
    """What is at hand beside the rulebook: a list store, people's decisions, webs of owners."""

    lists: Store | None = None
    dispositions: Book | None = None
    webs: Mapping[int, Web] = field(default_factory=dict)
    """By the place of the party that they own."""


@dataclass(frozen=True, slots=True, eq=False)
class Screening:
    """The screening of orders under one law: called with an order, it gives the facts for the rules."""

    law: Law
    aids: Aids = field(default_factory=Aids)
    _seen: dict[Order, tuple[Hit, ...]] = field(default_factory=dict)

    def __call__(self, order: Order) -> list[ListedFact]:
        """The listings of lists that rules read, and what the order itself says of listed owners."""
        hits = [hit for hit in self.hits(order) if not unread(hit)]
        return [*facts_of(order, hits, self.law, self.aids.webs)]

    def elsewhere(self, order: Order) -> tuple[Listed, ...]:
        """Matches on lists that no modelled rule reads."""
        return tuple(listed(fact_of(hit, order)) for hit in self.hits(order) if unread(hit))

    @property
    def loaded(self) -> LoadedLists | None:
        """The loaded copies that speak on the day; None without a store."""
        return _loaded(self.aids.lists, self.law) if self.aids.lists else None

    @property
    def looked(self) -> tuple[Looked, ...]:
        """The lists that are looked through, and their days."""
        loaded = self.loaded
        instead = loaded.instead if loaded else frozenset()
        own = (
            Looked(code, RULEBOOK, table.as_of, None, True)
            for code, table in table_days(self.law.rulebook).items()
            if code not in instead
        )
        return (*own, *(loaded.looked if loaded else ()))

    def ages(self, limits: Limits) -> tuple[Age, ...]:
        """How old the law and each list are on the day of the law.

        Of a list that was loaded in two files the older one counts, and the rulebook's table where it is newer.
        A copy that is far too short makes nothing fresh.
        """
        law = self.law
        seen = confirmed(self.aids.lists.folder, known=law.known) if self.aids.lists else {}
        own: dict[str, Age] = {}
        loaded: dict[str, Age] = {}
        for one in self.looked:
            known = seen.get((one.list, one.as_of)) if one.source != RULEBOOK else None
            age = Age(one.list, one.as_of, known, law.on, limits.of(one.list))
            if one.source == RULEBOOK:
                own[one.list] = age
            elif not one.short:
                loaded[one.list] = max(loaded.get(one.list, age), age, key=_days)
        lists = (
            min((side[code] for side in (loaded, own) if code in side), key=_days)
            for code in {**own, **loaded}
        )
        return (Age(LAW, law.rulebook.as_of, None, law.on, limits.law), *lists)

    def names(self) -> Sequence[tuple[str, str]]:
        """Listed names that stand for the kinds of listings (``representatives``), on the lists in use."""
        loaded = self.loaded
        if loaded is None or not loaded.instead:
            return representatives(self.law)

        def stands(row: ListedRow) -> bool:
            return row.list not in loaded.instead or loaded.entry(_key(row)) is not None

        return representatives_among(self.law, stands)

    def owners(self, names: Sequence[str]) -> dict[str, tuple[OwnListing, ...]]:
        """The listings that owners of these names are or may be, as people settled them."""
        from licet.parties.ownership_lists import OwnListing

        owners = tuple(Owner(name=name) for name in dict.fromkeys(names))
        found: dict[str, tuple[OwnListing, ...]] = {}
        for hit in self._found(Order(parties=(Party(owners=owners),))):
            fact = fact_of(hit, Order())
            if fact.exists is not False:
                row, certain = hit.listing.row, fact.exists is True
                one = OwnListing(
                    hit.listing.list, hit.listing.id, hit.listing.name, row.valid_from, certain, row
                )
                found[hit.name] = (*found.get(hit.name, ()), one)
        return found

    def hits(self, order: Order) -> list[Hit]:
        """Every entry that somebody whom the order names is or may be, with what people decided of the two."""
        hits: list[Hit] = []
        for part in named_parts(order):
            if part not in self._seen:
                self._seen[part] = tuple(self._found(part))
            hits += self._seen[part]
        return hits

    def _found(self, part: Order) -> Iterator[Hit]:
        loaded = self.loaded
        if loaded is None:
            hits = list(screen(part, self.law))
        else:
            own = list(screen(part, self.law, without=loaded.instead))
            hits = [*merged(own, list(loaded.hits(list(named(part)))), loaded)]
        hits = [replace(hit, record=record_command(hit, self.law.on)) for hit in hits]
        if not self.aids.dispositions:
            yield from hits
            return
        from licet.dispositions.in_orders import settled, true_matches

        for hit in hits:
            yield replace(hit, disposition=settled(hit, self.aids.dispositions, self.law.on))
        yield from true_matches(part, hits, self.aids.dispositions, self.law, loaded)


RULEBOOK = "rulebook"
"""The source of lists that are tables of the rulebook."""


def _days(age: Age) -> int:
    return age.days or 0  # of every copy here the day is known


@functools.lru_cache(maxsize=32)
def _of_day(store: Store, law: Law, stamp: object) -> LoadedLists:
    from licet.loaded_lists import loaded_lists

    return loaded_lists(store.folder, law.on, law.rulebook, known=law.known, first=store.first)


def _loaded(store: Store, law: Law) -> LoadedLists | None:
    if store.first is not None:  # whatever is loaded since, these copies stay the same
        return _of_day(store, law, None) if store.first else None
    file = store.folder / FILE
    if not file.is_file():
        return None
    # A long-lived process sees what another one has loaded.
    state = file.stat()
    return _of_day(store, law, (state.st_mtime_ns, state.st_size))


def unread(hit: Hit) -> bool:
    """Whether a hit is on a list that no modelled rule reads: it is told, and decides nothing."""
    return hit.copy is not None and hit.listing.list not in RULE_LISTS


def _key(row: ListedRow) -> str:
    return f"{row.list}:{row.id.removeprefix('sdn-').removeprefix('cons-')}"


def record_command(hit: Hit, on: dt.date) -> str:
    """``licet dispositions add`` for a possible match, with the facts it rests on; "" where none.

    A decision is about a party of whom just this is known, so the facts have to be those of the order.
    """
    asked = hit.asked
    known = hit.listing.list in TABLES or hit.whole is not None
    if hit.kind != "possible" or asked is None or not known or len(asked.numbers) > 1:
        return ""
    facts = {
        "party": asked.id, "kind": asked.kind, "country": asked.country, "born": asked.born,
        "address": asked.address, "id": " ".join(" ".join(one) for one in asked.numbers), "on": on.isoformat(),
    }  # fmt: skip
    key = hit.whole.key if hit.whole is not None else _key(hit.listing)
    said = [part for name, value in facts.items() if value for part in (f"--{name}", value)]
    return shlex.join(["licet", "dispositions", "add", asked.name, key, *said])


def merged(own: Sequence[Hit], loaded: Sequence[Hit], lists: LoadedLists) -> Iterator[Hit]:
    """Hits of the rulebook's tables and of loaded copies, each entry once; nothing that either has is lost.

    The copy says more of a party, so that its word goes before a doubt of the table, which between two copies
    does not know the day, and has no dates of birth.
    """
    from licet.parties.similar_names import told_apart

    def entry(hit: Hit) -> tuple[str, str, str]:
        return hit.path, hit.listing.list, hit.listing.id

    def name(hit: Hit) -> tuple[str, str, str]:
        return hit.path, hit.listing.list, normalise(hit.listing.name)

    certain = {(hit.path, hit.listing.list) for hit in (*own, *loaded) if hit.kind == "exact"}
    # Of lists of BIS the rulebook knows what an entry asks for; a copy that prints it in words does not.
    known = {
        (hit.path, hit.listing.list)
        for hit in own
        if hit.kind == "exact" and hit.listing.list in BIS
    }
    by_entry = {entry(hit): hit for hit in loaded}
    told: set[tuple[str, str, str]] = set()
    for hit in own:
        other = by_entry.get(entry(hit))
        if (other is not None and hit.kind != "exact") or (
            other is not None and other.kind == "apart"
        ):
            continue
        if hit.kind != "exact" and (hit.path, hit.listing.list) in certain:
            continue
        if hit.kind != "exact" and hit.asked is not None and (hit.asked.born or hit.asked.numbers):
            there = lists.entry(_key(hit.listing))
            if there is not None and told_apart(hit.asked, there):
                continue
        told |= {entry(hit), name(hit)}
        yield hit
    for hit in loaded:
        place = hit.path, hit.listing.list
        beside = place in known or (hit.kind == "possible" and place in certain)
        if not beside and entry(hit) not in told and name(hit) not in told:
            yield hit


def named_parts(order: Order) -> Iterator[Order]:
    """The order in parts that name somebody, each in its place.

    The analysis of missing facts asks again and again of orders in which one part has changed; each part is
    looked up once.
    """
    for at, party in enumerate(order.parties or ()):
        yield Order(parties=(*(Party(),) * at, party))
    for at, line in enumerate(order.lines or ()):
        makers = Line(
            designed_by=line.designed_by, made_by=line.made_by, modules_by=line.modules_by
        )
        yield Order(lines=(*(Line(),) * at, makers))
    if order.end_use is not None:
        goes_into = order.end_use.goes_into_products_of
        yield Order(end_use=EndUse(goes_into_products_of=goes_into))
