"""Which owners of a table are on which lists: by name as screening compares names, or by number.

A name alone never settles that somebody is a listed person or ship, which share names; a cell that names the
listing by list and number (``SDN:6908``) does.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.law.rulebook import Law, Rulebook
from licet.law.table import Row
from licet.parties.listed_rows import LISTS, ListedRow, index
from licet.parties.names import bare
from licet.parties.ownership import Truth
from licet.parties.ownership_names import SOMEBODY, in_slices, key, listing_id
from licet.parties.ownership_rules import OwnershipTest
from licet.parties.ownership_table import OwnershipTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHARE_NAMES = frozenset({"individual", "vessel", "aircraft"})


@dataclass(frozen=True, slots=True)
class OwnListing:
    """A listing that a node of the table is, or may be (``certain`` false).

    ``row`` is None where the table names a list that the rulebook does not carry: then the table's word is
    all there is.
    """

    list: str
    entry: str
    name: str
    since: dt.date | None
    certain: bool
    row: Row | None


Listed = Mapping[int, tuple[OwnListing, ...]]
Names = Mapping[str, list[ListedRow]]


def listed_nodes(table: OwnershipTable, law: Law, *, among: Sequence[int] | None = None) -> Listed:
    """The listings in force on the law's day of every node that has any, or of every node ``among``."""
    import pyarrow as pa

    names, cores = _by_key(law.rulebook)
    keys, nodes = _worth_a_look(table, names, cores) if among is None else (
        table.keys.take(pa.array(among, pa.int64())), among,
    )  # fmt: skip
    answer: dict[int, tuple[OwnListing, ...]] = {}
    for node, spelling in zip(nodes, keys.to_pylist(), strict=True):
        if ":" in spelling:
            numbered = listing_id(table.name_of(node))
            listed = list(_by_number(*numbered, law)) if numbered else []
        else:
            listed = list(_by_name(spelling, names, cores, law))
        if listed:
            answer[node] = tuple(listed)
    return answer


def _worth_a_look(
    table: OwnershipTable, names: Names, cores: Mapping[str, tuple[ListedRow, ...]]
) -> tuple[Any, Sequence[int]]:
    """The keys that are a listed name, aside from legal forms at the end, and ids, with their nodes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    last = in_slices(lambda keys: pc.replace_substring_regex(keys, "^.* ", ""), table.keys)
    legal = [word for word in pc.unique(last).to_pylist() if bare(f"x {word}") == "x"]
    ends = f"(.)(?: (?:{'|'.join(map(re.escape, sorted(legal)))}))+$"
    listed = pa.array([*names, *cores], pa.string())

    def look(keys: Any) -> Any:
        short = pc.replace_substring_regex(keys, ends, r"\1") if legal else keys
        found = pc.or_(pc.is_in(keys, value_set=listed), pc.is_in(short, value_set=listed))
        return pc.or_(found, pc.match_substring(keys, ":"))

    worth = in_slices(look, table.keys)
    return table.keys.filter(worth), pc.indices_nonzero(worth).to_pylist()


@functools.lru_cache(maxsize=4)
def _by_key(rulebook: Rulebook) -> tuple[Names, Mapping[str, tuple[ListedRow, ...]]]:
    """Listings by key and by core."""
    found = index(rulebook)
    names: dict[str, list[ListedRow]] = {}
    for spelling, rows in found.by_name.items():
        names.setdefault(key(spelling), []).extend(rows)
    return names, found.by_core


def _by_name(
    spelling: str,
    names: Names,
    cores: Mapping[str, tuple[ListedRow, ...]],
    law: Law,
) -> Iterator[OwnListing]:
    exact = {
        (listing.list, listing.id): listing
        for listing in names.get(spelling, ())
        if listing.row.holds(law.on, law.known)
    }
    for listing in exact.values():
        shared = listing.row.values.get("kind") in _SHARE_NAMES
        yield _listing(listing, certain=listing.certain(law.on) and not shared)
    for listing in cores.get(bare(spelling), ()):
        if (listing.list, listing.id) not in exact and listing.row.holds(law.on, law.known):
            yield _listing(listing, certain=False)


def _by_number(code: str, entry: str, law: Law) -> Iterator[OwnListing]:
    """The entry of a list by its number; a list that the rulebook lacks is taken at the table's word."""
    carried = law.rulebook.tables.get(LISTS.get(code, ""))
    if carried is None:
        yield OwnListing(code, entry, f"{code}:{entry}", None, True, None)
        return
    entries = carried.index
    rows = entries.get((entry,)) or entries.get((f"{code.lower()}-{entry}",), ())
    for row in rows:
        # From an entry that is an address and names nobody, nothing flows down (744.11(a)(1)).
        if row.holds(law.on, law.known) and row.values.get("kind") != "address":
            listing = ListedRow(code, row)
            yield _listing(listing, certain=listing.certain(law.on))
    if not rows:
        # No entry of that number is known: it may be one that the rulebook does not have yet.
        yield OwnListing(code, entry, f"{code}:{entry}", None, False, None)


def _listing(listing: ListedRow, *, certain: bool) -> OwnListing:
    row = listing.row
    return OwnListing(listing.list, listing.id, listing.name, row.valid_from, certain, row)


def counts(listing: OwnListing, test: OwnershipTest, law: Law) -> Truth:
    """Whether a listing counts in a test of ownership; None where it is a possible one."""
    inside = test.counts(listing.list, {} if listing.row is None else listing.row.values, law)
    return inside if inside is False or listing.certain else None


def seeds(
    table: OwnershipTable, listed: Listed, test: OwnershipTest, law: Law
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Who is listed in a test, certainly and possibly: two arrays of flags over the nodes."""
    import numpy as np

    certain = np.zeros(len(table.keys), np.bool_)
    possible = np.zeros(len(table.keys), np.bool_)
    for node, listings in listed.items():
        for listing in listings:
            state = counts(listing, test, law)
            certain[node] |= state is True
            possible[node] |= state is not False
    somebody = table.node(SOMEBODY)
    if somebody is not None:
        possible[somebody] = True  # nobody knows who it is
    return certain, possible
