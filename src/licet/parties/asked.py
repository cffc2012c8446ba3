"""Whom an order names, and what it says of each: what screening is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from licet.order import Order, Owner, Party
from licet.parties.ownership import walk

KINDS = (
    "imo", "mmsi", "lei", "passport", "national_id", "registration", "tax_id", "swift", "other",
)  # fmt: skip
"""Words that may stand before a number and say what it is, as in "passport K1234567"."""
_SHIP_NUMBER = re.compile(r"(?i:imo)[ :.]*(\d{7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody to look for, as ``screening.Query`` describes him; "" and () where not known.

    ``id`` is the user's own number of the party, ``numbers`` are kinds and values.
    Plain text only, so that naming somebody loads no numerical library.
    """

    name: str
    id: str = ""
    kind: str = ""
    country: str = ""
    born: str = ""
    address: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom an order names: in which role, and where it does."""

    asked: Asked
    role: str | None
    path: str


def named(order: Order) -> Iterator[Named]:
    """Everybody whom an order names, in the order written."""
    for at, party in enumerate(order.parties or ()):
        path = f"party[{at}]"
        if party.name is not None:
            # What the order says of its kind is of an organization; a person's is not said.
            kind = "organization" if party.kind is not None else ""
            yield Named(_of(party, kind, party.id or ""), party.role, path)
        for place, owner in walk(party.owners, path):
            if owner.name is not None:
                yield Named(_of(owner, ""), "owner", place)
        for maker in party.uses_equipment_of or ():
            yield _company(maker, "uses_equipment_of", f"{path}.uses_equipment_of")
    for at, line in enumerate(order.lines or ()):
        for role in ("designed_by", "made_by"):
            name = getattr(line, role)
            if name is not None:
                yield _company(name, role, f"line[{at}].{role}")
        for name in line.modules_by or ():
            yield _company(name, "modules_by", f"line[{at}].modules_by")
    if order.end_use is not None:
        role = "goes_into_products_of"
        for name in order.end_use.goes_into_products_of or ():
            yield _company(name, role, f"end_use.{role}")


def _of(one: Party | Owner, kind: str, id: str = "") -> Asked:
    return Asked(
        name=one.name or "", id=id, kind=kind, country=one.country or "", born=one.born or "",
        address=one.address or "", numbers=tuple(number(text) for text in one.identifiers or ()),
    )  # fmt: skip


def _company(name: str, role: str, path: str) -> Named:
    return Named(Asked(name=name, kind="organization"), role, path)


def number(text: str) -> tuple[str, str]:
    """Kind and value of a number that an order gives; "other" where it does not say of what it is.

    >>> number("IMO9187655"), number("passport: K 123"), number("C0048 123")
    (('imo', '9187655'), ('passport', 'K 123'), ('other', 'C0048 123'))
    """
    if ship := _SHIP_NUMBER.fullmatch(text.strip()):
        return "imo", ship[1]
    first, _, rest = text.strip().replace(":", " ", 1).partition(" ")
    kind = first.lower()
    return (kind, rest.strip()) if kind in KINDS and rest.strip() else ("other", text.strip())
