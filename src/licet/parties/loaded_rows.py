"""Entries of loaded copies as rows of the rulebook's tables, which is how rules read a list."""

from __future__ import annotations

import datetime as dt
import re

from licet.law.table import Row
from licet.parties.listed_rows import ListedRow
from licet.parties.listing import Listing
from licet.parties.names import normalise, written

BIS = frozenset({"EL", "UVL", "MEU", "DPL"})
"""Lists whose rows in the rulebook are law of each day: what their entries ask for is read from the text."""
NARROW = frozenset({"CMIC", "SSI", "MBS", "CAPTA", "FSE", "PLC"})
"""OFAC's lists with narrower effects than blocking."""
RULE_LISTS = BIS | NARROW | {"SDN"}
"""Lists that a modelled rule reads and that are loaded; on any other a match is told and decides nothing."""

_KINDS = {"person": "individual"}
_PREFIX = {"SDN": "sdn-", **dict.fromkeys(NARROW, "cons-")}
_OF_THE_LAW = "15 CFR 744 Supp."
_NOTICE = re.compile(r"Notice (\d+ F\.?R\.? \d+[^,;|]*)")


def row_of(listing: Listing) -> ListedRow:
    """An entry of a loaded copy with the columns that rules read, numbered as the rulebook's table would.

    A copy that prints an Entity List requirement in words is read as if it covered every item that is subject
    to the EAR, under a presumption of denial: nearly all do, and no entry gets milder by being read here.
    """
    values = {
        "id": _PREFIX.get(listing.list, "")
        + listing.id.removeprefix(_PREFIX.get(listing.list, "")),
        "name": listing.name,
        "country": "|".join(listing.countries),
        "kind": "address" if listing.kind == "address" else _KINDS.get(listing.kind, listing.kind),
    }
    if listing.list in NARROW:
        values["list"] = listing.list
    if listing.programs:
        # Without its tags it is not known under which programs somebody is blocked.
        values["programs"] = "|".join(listing.programs)
    if listing.list == "EL" and listing.source.startswith(_OF_THE_LAW):
        values |= {
            "scope": listing.scope, "review_policy": listing.review_policy,
            "footnotes": "|".join(listing.footnotes),
        }  # fmt: skip
    if notice := _NOTICE.search(listing.remarks):
        values["citations"] = notice[1].strip()
    start = listing.valid_from or dt.date.min
    return ListedRow(listing.list, Row(values, start, listing.valid_until, start, listing.source))


def is_name(text: str, listing: Listing) -> bool:
    """Whether a name is one of an entry's in every letter, but for case, accents, points and legal forms' ways.

    Of a person the order of words is no difference: lists print SURNAME, Given. A weak alias is no name.

    >>> from licet.parties.listing import ListedName
    >>> someone = Listing(list="SDN", id="1", kind="person", names=(ListedName("KADYROV, Ramzan"),))
    >>> is_name("Ramzan Kadyrov", someone), is_name("Ramzan Kadirov", someone)
    (True, False)
    """
    asked = _spelling(normalise(text), listing)
    return any(
        _spelling(spelling, listing) == asked
        for name in listing.names
        if name.kind != "weak"
        for spelling in written(name.text)
    )


def _spelling(text: str, listing: Listing) -> str:
    return " ".join(sorted(text.split())) if listing.kind == "person" else text
