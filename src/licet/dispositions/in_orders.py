"""What people decided about possible matches, applied to those whom an order names.

As in screening, with one difference: an order's exact match is the listed party, whatever a person decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from licet.decision import Settled
from licet.dispositions.applying import OPEN, Applied, Book
from licet.dispositions.record import LISTED
from licet.law.rulebook import Law
from licet.lists.packaged import TABLES, listing_of
from licet.order import Order
from licet.parties.asked import Named, named
from licet.parties.listed_rows import ListedRow
from licet.parties.listing import ListedName, Listing
from licet.parties.screen import Hit
from licet.parties.similar_names import query

if TYPE_CHECKING:
    from licet.loaded_lists import LoadedLists

_KINDS = {
    "individual": "person",
    "organization": "organization",
    "vessel": "vessel",
    "aircraft": "aircraft",
}


def settled(hit: Hit, book: Book, on: dt.date) -> Settled | None:
    """What was decided about a hit, as it stands on a day; None where nobody decided anything."""
    if hit.asked is None:
        return None  # an address, and nobody named
    found = book.applied(query(hit.asked), listing(hit), on=on)
    if found is None:
        return None
    if hit.kind == "exact" and found.verdict is not None and found.disposition.decision != LISTED:
        says = (
            f"{found.says}; not applied: the name is the listed one in every letter, and an order's exact "
            "match is not settled away"
        )
        found = Applied(found.disposition, OPEN, says)
    return _told(found)


def true_matches(
    part: Order, hits: Iterable[Hit], book: Book, law: Law, loaded: LoadedLists | None
) -> Iterator[Hit]:
    """Entries that somebody was settled to be and that his name does not show, while they are listed."""
    there = {(hit.path, listing(hit).key) for hit in hits}
    for one in named(part):
        for found in book.true_matches(query(one.asked), on=law.on):
            key = found.disposition.listing.key
            if (one.path, key) in there:
                continue
            hit = _entry(one, key, law, loaded)
            # The entry may read otherwise now: then the decision is open again, and the entry still told.
            if hit is not None and (stands := settled(hit, book, law.on)) is not None:
                yield replace(hit, disposition=stands)


def listing(hit: Hit) -> Listing:
    """The entry of a hit as screening has it: what a decision was about."""
    if hit.whole is not None:
        return hit.whole
    code, row = hit.listing.list, hit.listing.row
    if code in TABLES:
        return listing_of(code, row)
    values = row.values
    names = (values["name"], *(values.get("keys") or values.get("aliases", "")).split("|"))
    return Listing(
        list=code, id=values["id"].removeprefix("cons-"), kind=_KINDS.get(values.get("kind", ""), ""),
        names=tuple(ListedName(name, "alias" if at else "primary") for at, name in enumerate(names) if name),
        countries=tuple(filter(None, values.get("country", "").split("|"))), source=row.source,
    )  # fmt: skip


def _entry(one: Named, key: str, law: Law, loaded: LoadedLists | None) -> Hit | None:
    code, _, number = key.partition(":")
    if loaded is not None and (there := loaded.entry(key)) is not None:
        return loaded.hit(one, there, "possible")
    if code not in TABLES or (loaded is not None and code in loaded.instead):
        return None
    rows = law.rulebook.tables[TABLES[code]].index
    for row in rows.get((f"sdn-{number}" if code == "SDN" else number,), ()):
        if row.holds(law.on, law.known):
            return Hit(
                ListedRow(code, row),
                "possible",
                one.role,
                one.asked.name,
                one.path,
                asked=one.asked,
            )
    return None


def _told(found: Applied) -> Settled:
    one = found.disposition
    return Settled(
        one.number,
        one.decision,
        found.state,
        one.by,
        one.reason,
        one.decided,
        one.expires,
        found.says,
    )
