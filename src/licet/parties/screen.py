"""Who in an order is on which list on a day: exact names and aliases, and addresses of address-only entries.

Exact means equal after normalisation. A name that is equal but for its legal form, one that resembles a listed
name (``similar_names``), and a person's or ship's name in another country than the entry's are possible
matches: somebody settles them. No match is a statement about the lists of one day only, and the decision names
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.law.rulebook import Law
from licet.order import Order, Party
from licet.parties.addresses import address, same
from licet.parties.listed_rows import ListedRow, index
from licet.parties.names import core, normalise
from licet.parties.ownership import walk

if TYPE_CHECKING:
    from licet.parties.similar_names import Resembling

MOST_ALIKE = 5
"""Of each list, so many entries that a name resembles are handed on, the most alike; one is enough to ask."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing found for somebody in an order.

    ``kind`` is exact or possible; ``path`` says where the order names them, ``role`` in which role.
    """

    listing: ListedRow
    kind: str
    role: str | None
    name: str
    path: str
    says: str = ""
    """Why it may be the listed one, where the name is not the same."""


def screen(order: Order, law: Law) -> Iterator[Hit]:
    """Every listing in force on the law's day that a party, maker or designer of the order may be."""
    # Only here: importing Licet, and reading its law, takes no numerical library.
    from licet.parties.similar_names import resembling

    named = list(_named(order))
    alike = resembling([one.asked for one in named], law.rulebook)
    for one in named:
        yield from _name(one, alike.get(one.asked, ()), law)
    for at, party in enumerate(order.parties or ()):
        yield from _address(party, f"party[{at}]", law)


@dataclass(frozen=True, slots=True)
class _Named:
    """Somebody whom an order names."""

    name: str
    role: str | None
    path: str
    kind: str = ""
    country: str | None = None

    @property
    def asked(self) -> tuple[str, str, str]:
        return self.name, self.kind, self.country or ""


def _named(order: Order) -> Iterator[_Named]:
    for at, party in enumerate(order.parties or ()):
        path = f"party[{at}]"
        if party.name is not None:
            # What the order says of its kind is of an organization; a person's is not said.
            kind = "organization" if party.kind is not None else ""
            yield _Named(party.name, party.role, path, kind, party.country)
        for place, owner in walk(party.owners, path):
            if owner.name is not None:
                yield _Named(owner.name, "owner", place, "", owner.country)
        for maker in party.uses_equipment_of or ():
            yield _Named(maker, "uses_equipment_of", f"{path}.uses_equipment_of", "organization")
    for at, line in enumerate(order.lines or ()):
        for role in ("designed_by", "made_by"):
            name = getattr(line, role)
            if name is not None:
                yield _Named(name, role, f"line[{at}].{role}", "organization")
        for name in line.modules_by or ():
            yield _Named(name, "modules_by", f"line[{at}].modules_by", "organization")
    if order.end_use is not None:
        role = "goes_into_products_of"
        for name in order.end_use.goes_into_products_of or ():
            yield _Named(name, role, f"end_use.{role}", "organization")


def _address(party: Party, path: str, law: Law) -> Iterator[Hit]:
    """Entries that name nobody, at the party's address (15 CFR 744.16(f))."""
    if party.address is None:
        return
    here = address(party.address)
    for there, listing in index(law.rulebook).by_address:
        kind = same(here, there)
        if kind and listing.row.holds(law.on, law.known):
            yield Hit(listing, kind, party.role, party.name or party.address, path)


# Many people, ships and aircraft share a name: a name alone does not say that they are the listed one.
_SHARE_NAMES = frozenset({"individual", "vessel", "aircraft"})


def _settled(listing: ListedRow, country: str | None, law: Law) -> bool:
    """Whether a name that is equal settles who it is: not of a person in another country than the entry's,
    nor on a day for which no copy of the list is at hand."""
    if not listing.certain(law.on):
        return False
    places = listing.row.values.get("country", "").split("|")
    return listing.row.values.get("kind") not in _SHARE_NAMES or country in places


def _name(one: _Named, alike: Sequence[Resembling], law: Law) -> Iterator[Hit]:
    found = index(law.rulebook)
    spelling = normalise(one.name)
    exact = {
        (listing.list, listing.id): listing
        for listing in (
            *found.by_name.get(spelling, ()),
            *found.by_brand.get(spelling.partition(" ")[0], ()),
        )
        if listing.row.holds(law.on, law.known)
    }
    for listing in exact.values():
        kind = "exact" if _settled(listing, one.country, law) else "possible"
        yield Hit(listing, kind, one.role, one.name, one.path)
    seen = set(exact)
    for listing in found.by_core.get(core(one.name), ()):
        if (listing.list, listing.id) not in seen and listing.row.holds(law.on, law.known):
            seen.add((listing.list, listing.id))
            yield Hit(listing, "possible", one.role, one.name, one.path)
    # Where a name is on a list already, what it resembles on that list adds nothing.
    lists = {code for code, _ in seen}
    most: Counter[str] = Counter()
    for other in alike:
        listing = other.row
        key = (listing.list, listing.id)
        if listing.list in lists or key in seen or not listing.row.holds(law.on, law.known):
            continue
        if most[listing.list] < MOST_ALIKE:
            most[listing.list] += 1
            seen.add(key)
            yield Hit(listing, "possible", one.role, one.name, one.path, other.says)
