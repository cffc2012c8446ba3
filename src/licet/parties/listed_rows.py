"""Listings: entries on lists, with the names and addresses under which they answer, and their dates."""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from licet.law.rulebook import Law, Rulebook
from licet.law.table import Row
from licet.parties.addresses import Address, address
from licet.parties.names import bare, core, written

# The lists that screening looks through: code and table.
LISTS = {
    "EL": "entity_list",
    "UVL": "unverified_list",
    "MEU": "military_end_user_list",
    "SDN": "sdn",
    "DPL": "denied_persons",
    "NSDN": "ofac_narrow",
    "S889": "covered_equipment_makers",
    "FCC": "covered_list",
    "PRIVATE": "private_parties",  # only beside private rules that name parties
}


@dataclass(frozen=True, slots=True)
class ListedRow:
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

    def certain(self, on: dt.date) -> bool:
        """Whether the entry was on the list that day; between two copies of a list only possibly."""
        start, until = (self.row.values.get(f"certain_{end}") for end in ("from", "until"))
        return (not start or start <= on.isoformat()) and (not until or on.isoformat() < until)


@dataclass(frozen=True, slots=True)
class Index:
    """All listings of a rulebook, of all days, by what a party can be found under."""

    by_name: Mapping[str, tuple[ListedRow, ...]]
    by_core: Mapping[str, tuple[ListedRow, ...]]
    by_address: tuple[tuple[Address, ListedRow], ...]
    by_brand: Mapping[str, tuple[ListedRow, ...]]
    """Lists that reach subsidiaries and affiliates by name: the first word of a name is the brand."""


@functools.lru_cache(maxsize=8)
def index(rulebook: Rulebook) -> Index:
    """The index over the lists of a rulebook; built once for each rulebook."""
    names: defaultdict[str, list[ListedRow]] = defaultdict(list)
    cores: defaultdict[str, list[ListedRow]] = defaultdict(list)
    addresses: list[tuple[Address, ListedRow]] = []
    brands: defaultdict[str, list[ListedRow]] = defaultdict(list)
    for listing in listings(rulebook):
        if listing.row.values.get("brand"):
            brands[listing.row.values["brand"]].append(listing)
        values = listing.row.values
        if values.get("kind") == "address":
            # Only an entry that names nobody answers to its address under any name (744.16(f)).
            for text in values["addresses"].split("|"):
                addresses.append((address(text), listing))
            continue
        if "keys" in values:
            # A long list comes with its spellings normalised, since that takes most of the time.
            keys = values["keys"].split("|")
            for spelling in keys:
                names[spelling].append(listing)
            for short in {bare(spelling) for spelling in keys}:
                cores[short].append(listing)
            continue
        given = [values["name"], *filter(None, values.get("aliases", "").split("|"))]
        for spelling in sorted({s for name in given for s in written(name)}):
            names[spelling].append(listing)
        for short in sorted({core(name) for name in given}):
            cores[short].append(listing)
    return Index(
        {key: tuple(found) for key, found in names.items()},
        {key: tuple(found) for key, found in cores.items()},
        tuple(addresses),
        {key: tuple(found) for key, found in brands.items()},
    )


def listings(rulebook: Rulebook) -> Iterator[ListedRow]:
    """Every listing of every day; OFAC's narrower lists are one table whose rows say on which they stand."""
    for code, table in LISTS.items():
        if table in rulebook.tables:
            for row in rulebook.tables[table].every():
                yield ListedRow(row.values.get("list", code), row)


@functools.lru_cache(maxsize=8)
def _kinds(rulebook: Rulebook) -> Mapping[tuple[str, ...], tuple[ListedRow, ...]]:
    """Listings between which rules see no difference: list, scope, footnotes, maker on a list of makers,
    programs of 744.8 on the SDN List, and, for Huawei's group (footnote 2), day of listing."""
    named = rulebook.tables["programs_744_8"].index
    found: defaultdict[tuple[str, ...], list[ListedRow]] = defaultdict(list)
    for listing in listings(rulebook):
        values = listing.row.values
        # What stands on OFAC's narrower lists only is told, and changes no outcome.
        if values.get("kind") != "address" and "list" not in values:
            footnotes = values.get("footnotes", "")
            since = listing.row.valid_from.isoformat() if "2:" in footnotes else ""
            scope, brand = values.get("scope", ""), values.get("brand", "")
            if "programs" in values:
                if values["kind"] != "organization":
                    continue  # a name alone does not say who a person or a ship is
                tags = values["programs"].split("|")
                scope = "744.8" if any((tag,) in named for tag in tags) else ""
            found[listing.list, scope, footnotes, brand, since].append(listing)
    return {key: tuple(found[key]) for key in sorted(found)}


@functools.lru_cache(maxsize=256)
def representatives(law: Law) -> list[tuple[str, str]]:
    """Listed names of the day that stand for all that rules can tell apart, with how to say each.

    One for each kind of listing, the first in the table that holds on the day.
    """
    return representatives_among(law, lambda listing: True)


def representatives_among(law: Law, listed: Callable[[ListedRow], bool]) -> list[tuple[str, str]]:
    """``representatives`` among rows of which ``listed`` says that they stand on the lists in use."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for key, kind in _kinds(law.rulebook).items():
        holding = (x for x in kind if x.row.holds(law.on, law.known) and x.certain(law.on))
        listing = next(filter(listed, holding), None)
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
            # A list of makers reaches every affiliate by the brand; the maker's own name could also resemble
            # an entry of another list, and the answer would then hang on that.
            name = f"{brand} (another affiliate)" if brand else listing.name
            found[seen] = (name, f"somebody like {listing.name} ({list_name})")
    return list(found.values())
