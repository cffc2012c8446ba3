"""Who in an order is on which list on a day: exact names and aliases, and addresses of address-only entries.

Exact means equal after normalisation. A name that is equal but for its legal form, one that resembles a listed
name (``similar_names``), and a person's or ship's name in another country than the entry's are possible
matches: somebody settles them. No match is a statement about the lists of one day only, and the decision names
them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.decision import Settled
from licet.law.rulebook import Law
from licet.order import Order, Party
from licet.parties.addresses import address, same
from licet.parties.asked import Asked, Named, named
from licet.parties.listed_rows import ListedRow, index
from licet.parties.listing import Listing
from licet.parties.names import core, normalise

if TYPE_CHECKING:
    from licet.parties.similar_names import Resembling

MOST_ALIKE = 5
"""Of each list, so many entries that a name resembles are handed on, the most alike; one is enough to ask."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing found for somebody in an order.

    ``kind`` is exact, possible, or apart: alike by name, told apart by other evidence. ``path`` says where the
    order names them, ``role`` in which role.
    """

    listing: ListedRow
    kind: str
    role: str | None
    name: str
    path: str
    says: str = ""
    """Why it may be the listed one, where the name is not the same."""
    asked: Asked | None = None
    """Whom the order names; None where an address was found and nobody is named."""
    whole: Listing | None = None
    """The entry as its list has it, where it is not from the rulebook."""
    copy: dt.date | None = None
    """The day of the loaded copy that it is from."""
    disposition: Settled | None = None
    """What a person decided about the two."""
    record: str = ""
    """The command that records what a person finds about the two, where there is one."""


def screen(order: Order, law: Law, *, without: Collection[str] = ()) -> Iterator[Hit]:
    """Every listing in force on the law's day that a party, maker or designer of the order may be.

    ``without`` names lists whose tables are not looked through, because somebody has a newer copy.
    """
    # Only here: importing Licet, and reading its law, takes no numerical library.
    from licet.parties.similar_names import resembling

    everybody = list(named(order))
    alike = resembling([one.asked for one in everybody], law.rulebook)
    for one in everybody:
        for hit in _name(one, alike.get(one.asked, ()), law):
            if hit.listing.list not in without:
                yield hit
    for at, party in enumerate(order.parties or ()):
        if "EL" not in without:
            yield from _address(party, f"party[{at}]", law)


def _address(party: Party, path: str, law: Law) -> Iterator[Hit]:
    """Entries that name nobody, at the party's address (15 CFR 744.16(f))."""
    if party.address is None:
        return
    here = address(party.address)
    for there, listing in index(law.rulebook).by_address:
        kind = same(here, there)
        if kind and listing.row.holds(law.on, law.known):
            yield Hit(listing, kind, party.role, party.name or party.address, path)


SHARE_NAMES = frozenset({"individual", "vessel", "aircraft"})
"""Many people, ships and aircraft share a name: a name alone does not say that they are the listed one."""


def _settled(listing: ListedRow, country: str | None, law: Law) -> bool:
    """Whether a name that is equal settles who it is: not of a person in another country than the entry's,
    nor on a day for which no copy of the list is at hand."""
    if not listing.certain(law.on):
        return False
    places = listing.row.values.get("country", "").split("|")
    return listing.row.values.get("kind") not in SHARE_NAMES or country in places


def _name(one: Named, alike: Sequence[Resembling], law: Law) -> Iterator[Hit]:
    found = index(law.rulebook)
    asked, name = one.asked, one.asked.name
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
        kind = "exact" if _settled(listing, asked.country or None, law) else "possible"
        yield Hit(listing, kind, one.role, name, one.path, asked=asked)
    seen = set(exact)
    for listing in found.by_core.get(core(name), ()):
        if (listing.list, listing.id) not in seen and listing.row.holds(law.on, law.known):
            seen.add((listing.list, listing.id))
            yield Hit(listing, "possible", one.role, name, one.path, asked=asked)
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
            yield Hit(listing, "possible", one.role, name, one.path, other.says, asked)
