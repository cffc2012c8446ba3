"""Listings: entries on lists, with the names and addresses under which they answer, and their dates."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from licet.law.rulebook import Law, Rulebook
from licet.law.table import Row
from licet.parties.names import core, normalise, written

# The lists that screening looks through: code and table.
LISTS = {
    "EL": "entity_list",
    "S889": "covered_equipment_makers",
    "FCC": "covered_list",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry on one list; ``row`` has the columns and dates of its table."""

    list: str
    row: Row

    @property
    def id(self) -> str:
        """The entry's id in its table."""
        return self.row.values["id"]

    @property
    def name(self) -> str:
        """The primary name; for an address-only entry the heading of the entry."""
        return self.row.values["name"]


@dataclass(frozen=True, slots=True)
class Index:
    """All listings of a rulebook, of all days, by what a party can be found under."""

    by_name: Mapping[str, tuple[Listing, ...]]
    by_core: Mapping[str, tuple[Listing, ...]]
    by_address: Mapping[str, tuple[Listing, ...]]
    by_brand: Mapping[str, tuple[Listing, ...]]
    """Lists that reach subsidiaries and affiliates by name: the first word of a name is the brand."""


@functools.lru_cache(maxsize=8)
def index(rulebook: Rulebook) -> Index:
    """The index over the lists of a rulebook; built once for each rulebook."""
    names: defaultdict[str, list[Listing]] = defaultdict(list)
    cores: defaultdict[str, list[Listing]] = defaultdict(list)
    addresses: defaultdict[str, list[Listing]] = defaultdict(list)
    brands: defaultdict[str, list[Listing]] = defaultdict(list)
    for listing in listings(rulebook):
        if listing.row.values.get("brand"):
            brands[listing.row.values["brand"]].append(listing)
        values = listing.row.values
        if values.get("kind") == "address":
            # Only an entry that names nobody answers to its address under any name (744.16(f)).
            for address in values["addresses"].split("|"):
                addresses[plain_address(address)].append(listing)
            continue
        given = [values["name"], *filter(None, values.get("aliases", "").split("|"))]
        for spelling in sorted({s for name in given for s in written(name)}):
            names[spelling].append(listing)
        for short in sorted({core(name) for name in given}):
            cores[short].append(listing)
    return Index(
        {key: tuple(found) for key, found in names.items()},
        {key: tuple(found) for key, found in cores.items()},
        {key: tuple(found) for key, found in addresses.items()},
        {key: tuple(found) for key, found in brands.items()},
    )


def listings(rulebook: Rulebook) -> Iterator[Listing]:
    """Every listing of every day."""
    for code, table in LISTS.items():
        for row in rulebook.tables[table].every():
            yield Listing(code, row)


def plain_address(address: str) -> str:
    """An address in one spelling: words in order, without a country at its end.

    >>> plain_address("Unit D, 16/F One Capital Place, 18 Luard Rd, Wan Chai, Hong Kong.")
    'unit d 16 f one capital place 18 luard rd wan chai hong kong'
    """
    words = normalise(address).replace(" road", " rd").replace(" street", " st").split()
    return " ".join(words)


@functools.lru_cache(maxsize=8)
def _kinds(rulebook: Rulebook) -> Mapping[tuple[str, ...], tuple[Listing, ...]]:
    """Listings between which rules see no difference: list, scope, footnotes, maker on a list of makers, and,
    for Huawei's group (footnote 2), day of listing."""
    found: defaultdict[tuple[str, ...], list[Listing]] = defaultdict(list)
    for listing in listings(rulebook):
        values = listing.row.values
        if values.get("kind") != "address":
            footnotes = values.get("footnotes", "")
            since = listing.row.valid_from.isoformat() if "2:" in footnotes else ""
            scope, brand = values.get("scope", ""), values.get("brand", "")
            found[listing.list, scope, footnotes, brand, since].append(listing)
    return {key: tuple(found[key]) for key in sorted(found)}


@functools.lru_cache(maxsize=256)
def representatives(law: Law) -> list[tuple[str, str]]:
    """Listed names of the day that stand for all that rules can tell apart, with how to say each.

    One for each kind of listing, the first in the table that holds on the day.
    """
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for key, kind in _kinds(law.rulebook).items():
        listing = next((x for x in kind if x.row.holds(law.on, law.known)), None)
        if listing is None:
            continue
        code, scope, footnotes, brand, since = key
        on_the_day = [
            part.partition(":")[0]
            for part in footnotes.split("|")
            if part.partition(":")[2] <= law.on.isoformat()
        ]
        seen = (code, scope, ",".join(on_the_day), brand, since)
        if seen not in found:
            list_name = law.rulebook.tables[LISTS[code]].schema.says.rstrip(".")
            found[seen] = (listing.name, f"somebody like {listing.name} ({list_name})")
    return list(found.values())
