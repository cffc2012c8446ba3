"""Who in an order is on which list on a day: exact names and aliases, and addresses of address-only entries.

Exact means equal after normalisation; a name that is equal but for its legal form is a possible match, and so
is a person's or ship's name in another country than the entry's: somebody settles it. No match is a statement
about the lists of one day only, and the decision names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from licet.law.rulebook import Law
from licet.order import Order, Party
from licet.parties.addresses import address, same
from licet.parties.listed_rows import ListedRow, index
from licet.parties.names import core, normalise
from licet.parties.ownership import walk


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


def screen(order: Order, law: Law) -> Iterator[Hit]:
    """Every listing in force on the law's day that a party, maker or designer of the order may be."""
    for at, party in enumerate(order.parties or ()):
        path = f"party[{at}]"
        yield from _party(party, path, law)
        for place, owner in walk(party.owners, path):
            if owner.name is not None:
                yield from _name(owner.name, "owner", place, law, owner.country)
        for maker in party.uses_equipment_of or ():
            yield from _name(maker, "uses_equipment_of", f"{path}.uses_equipment_of", law)
    for at, line in enumerate(order.lines or ()):
        for role in ("designed_by", "made_by"):
            name = getattr(line, role)
            if name is not None:
                yield from _name(name, role, f"line[{at}].{role}", law)
        for name in line.modules_by or ():
            yield from _name(name, "modules_by", f"line[{at}].modules_by", law)
    if order.end_use is not None:
        role = "goes_into_products_of"
        for name in order.end_use.goes_into_products_of or ():
            yield from _name(name, role, f"end_use.{role}", law)


def _party(party: Party, path: str, law: Law) -> Iterator[Hit]:
    role = party.role
    seen = set()
    if party.name is not None:
        for hit in _name(party.name, role, path, law, party.country):
            seen.add(hit.listing.id)
            yield hit
    if party.address is not None:
        here = address(party.address)
        for there, listing in index(law.rulebook).by_address:
            kind = same(here, there)
            if kind and listing.id not in seen and listing.row.holds(law.on, law.known):
                yield Hit(listing, kind, role, party.name or party.address, path)


# Many people, ships and aircraft share a name: a name alone does not say that they are the listed one.
_SHARE_NAMES = frozenset({"individual", "vessel", "aircraft"})


def _settled(listing: ListedRow, country: str | None, law: Law) -> bool:
    """Whether a name that is equal settles who it is: not of a person in another country than the entry's,
    nor on a day for which no copy of the list is at hand."""
    if not listing.certain(law.on):
        return False
    places = listing.row.values.get("country", "").split("|")
    return listing.row.values.get("kind") not in _SHARE_NAMES or country in places


def _name(
    name: str, role: str | None, path: str, law: Law, country: str | None = None
) -> Iterator[Hit]:
    found = index(law.rulebook)
    spelling = normalise(name)
    exact = {
        (listing.list, listing.id): listing
        for listing in (
            *found.by_name.get(spelling, ()),
            *found.by_brand.get(spelling.partition(" ")[0], ()),
        )
        if listing.row.holds(law.on, law.known)
    }
    for listing in exact.values():
        kind = "exact" if _settled(listing, country, law) else "possible"
        yield Hit(listing, kind, role, name, path)
    for listing in found.by_core.get(core(name), ()):
        key = (listing.list, listing.id)
        if key not in exact and listing.row.holds(law.on, law.known):
            yield Hit(listing, "possible", role, name, path)
