"""What an order says against itself: each function notes the contradictions inside one table.

`values` are the attributes of the table, checked one by one already; what failed is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.order_errors import Findings, Where, shown
from licet.vocabulary import SINGLE_ROLES

_ROUNDING = 1e-6  # percent: thirds and sevenths of a company are written rounded


def in_owners(found: Findings, values: Mapping[str, Any], where: Where) -> None:
    """Direct shares in one company sum to no more than 100 percent."""
    shares = [owner.share for owner in values.get("owners") or () if owner]
    total = sum(share for share in shares if share is not None)
    if total > 100 + _ROUNDING:
        found.note(
            (*where, "owners"),
            f"the direct shares sum to {total:g} percent; at most 100 exist. Give each owner's "
            "direct share of this party only, and its own owners inside it.",
        )


def in_license(found: Findings, values: Mapping[str, Any], where: Where) -> None:
    """A license expires no earlier than it is issued."""
    issued, expires = values.get("issued"), values.get("expires")
    if issued and expires and expires < issued:
        found.note(
            (*where, "expires"),
            f"{expires} is before the day of issue, {issued}. Check both against the license.",
        )


def in_order(found: Findings, values: Mapping[str, Any], where: Where) -> None:
    """A region is one of Ukraine; a ship has a flag; terms are met or not met; of some roles there is one."""
    region, to = values.get("region"), values.get("to")
    if region not in (None, "elsewhere") and to not in (None, "UA"):
        found.note(
            (*where, "region"),
            f'{shown(region)} is a region of Ukraine, and the goods go to {shown(to)}. Write to = "UA", '
            "or leave region out (15 CFR 746.6).",
        )
    end_use, shipment = values.get("end_use"), values.get("shipment")
    aboard = end_use and "foreign_vessel_or_aircraft" in (end_use.purposes or ())
    if aboard and shipment and shipment.carrier_countries == ():
        found.note(
            (*where, "shipment", "carrier_countries"),
            "is [], none, and the end use is a foreign vessel or aircraft, which has a registry. Name the "
            "country of its registry, and of who controls, leases or charters it; leave it out if not known.",
        )
    not_met = values.get("conditions_not_met") or ()
    for both in dict.fromkeys(values.get("conditions_met") or ()):
        if both is not None and both in not_met:
            found.note(
                (*where, "conditions_not_met"),
                f"{shown(both)} is in conditions_met too; terms are met or not. Keep one, or "
                "leave it out of both if it is not known.",
            )
    first: dict[str, int] = {}
    for at, party in enumerate(values.get("parties") or ()):
        role = party.role if party else None
        if role not in SINGLE_ROLES:
            continue
        if role in first:
            found.note(
                (*where, "party", at, "role"),
                f'a second "{role}"; party[{first[role]}] is the first and an order has one. Split '
                "the order, or give this party the role that it has (15 CFR 748.5).",
            )
        else:
            first[role] = at
