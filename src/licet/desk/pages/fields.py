"""The facts of an order as a form asks for them: label, kind of control, and what may be chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from licet import vocabulary as v

TEXT, LONG, COUNTRY, DAY, NUMBER, FLAG = "text", "long", "country", "day", "number", "flag"
WORD, WORDS, TEXTS, ROWS = "word", "words", "texts", "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """A fact: its label, the kind of its control, the words that may be chosen, a hint below it.

    ``words`` and ``texts`` are lists, which may be said to be empty; ``rows`` are tables inside (owners).
    """

    label: str
    kind: str
    choices: tuple[str, ...] = ()
    hint: str = ""


_ECCN = Field("ECCN", TEXT, hint="With its paragraph, such as 3A991.a.1, or EAR99")
_ORDER = {
    "id": Field("Order number", TEXT),
    "date": Field("Day", DAY, hint="Of export, reexport, transfer, import or award"),
    "activity": Field("Activity", WORD, v.ACTIVITIES),
    "from": Field("From", COUNTRY, hint="Where the item is now"),
    "to": Field("To", COUNTRY, hint="The country of ultimate destination"),
    "region": Field("Part of Ukraine", WORD, v.REGIONS),
    "us_person": Field("US person", FLAG, hint="Is the actor a US person (15 CFR 772.1)?"),
    "parties_complete": Field("All parties are named", FLAG),
    "conditions_met": Field(
        "Terms met of", TEXTS, hint="License exceptions or sections, such as TGL"
    ),
    "conditions_not_met": Field("Terms not met of", TEXTS),
    "ofac_authorized": Field("OFAC license or exemption", FLAG),
    "red_flag": Field("Red flags", ROWS, ("text", "resolved", "how")),
}
_PERSON = {
    "name": Field("Name", TEXT),
    "country": Field("Country", COUNTRY),
    "address": Field("Address", TEXT),
    "born": Field("Born", TEXT, hint="1965, 1965-03 or 1965-03-17"),
    "identifiers": Field("Numbers", TEXTS, hint="IMO 9187655; passport K1234567"),
    "owners": Field("Owners", ROWS, ("name", "country", "share", "list")),
}
_PARTY = {
    "role": Field("Role", WORD, v.ROLES),
    **_PERSON,
    "id": Field("Your number", TEXT),
    "kind": Field("Kind", WORD, v.PARTY_KINDS),
    "headquarters": Field("Headquarters", COUNTRY),
    "disposition": Field("Possible matches", WORD, v.DISPOSITIONS),
    "state_sanction": Field("Sanction of 744.19", WORD, v.STATE_SANCTIONS),
    "uses_equipment_of": Field(
        "Uses equipment of", TEXTS, hint="Makers of telecommunications equipment"
    ),
}
_OWNER = {
    **_PERSON,
    "share": Field("Share", NUMBER, hint="Percent of the equity"),
    "list": Field("List", TEXT, hint="EL, SDN"),
    "control": Field("Controls", FLAG),
}
_LINE = {
    "description": Field("Description", TEXT),
    "eccn": _ECCN,
    "kind": Field("Kind", WORD, v.LINE_KINDS),
    "quantity": Field("Quantity", NUMBER),
    "value_usd": Field("Value", NUMBER, hint="US dollars, of the line"),
    "made_in": Field("Made in", COUNTRY, hint="Country of origin"),
    "made_by": Field("Made by", TEXT),
    "controlled_us_content_pct": Field("Controlled US content", NUMBER, hint="Percent"),
    "us_content_eccns": Field("ECCNs of the US content", TEXTS),
    "schedule_b": Field("Schedule B", TEXT),
    "named_in_746": Field("Named in part 746", WORDS, v.LISTS_OF_746),
    "published": Field("Published", FLAG, hint="Open to the public (15 CFR 734.7)"),
    "controlled_for": Field("Controlled for", WORDS, v.REASONS),
    "plant_uses": Field("Plant uses ECCNs", TEXTS),
    "plant_technology": Field("Plant is a product of ECCNs", TEXTS),
    "design_uses": Field("Item is a product of ECCNs", TEXTS),
    "designed_by": Field("Designed by", TEXT),
    "production_started": Field("Production started", DAY),
    "speed_class": Field("Speed class", WORD, v.SPEED_CLASSES),
    "telecom_role": Field("Telecom role", WORD, v.TELECOM_ROLES),
    "modules_by": Field("Modules by", TEXTS),
    "fcc_authorized_on": Field("FCC authorized on", DAY),
    "fcc_authorization_limited": Field("FCC authorization limited", FLAG),
}
_END_USE = {
    "statement": Field("Statement", LONG),
    "purposes": Field("Purposes", WORDS, v.PURPOSES, "A purpose that is not chosen is none"),
    "contract_date": Field("Contract of", DAY),
    "fully_operational": Field("Network fully operational", FLAG),
    "device_released_on": Field("Device released on", DAY),
    "goes_into_products_of": Field("Goes into products of", TEXTS),
}
_SHIPMENT = {
    "en_route": Field("Already en route", FLAG),
    "aboard_carrier_on": Field("Aboard the carrier on", DAY),
    "ordered_on": Field("Ordered on", DAY),
    "exported_on": Field("Exported on", DAY),
    "via": Field("Via", TEXTS, hint="Countries passed through, such as SG; none: direct"),
    "known_reexport_on": Field("Known reexports on", TEXTS, hint="Days, such as 2020-07-15"),
    "ended_on": Field("Transaction ended on", DAY),
    "carrier_countries": Field("Countries of the carrier", TEXTS),
}
_LICENSE = {
    "number": Field("Number", TEXT),
    "issued": Field("Issued", DAY),
    "expires": Field("Expires", DAY),
    "revoked": Field("Revoked", TEXT, hint="no, yes or the day"),
    "parties": Field("Parties", TEXTS),
    "lines": Field("ECCNs", TEXTS),
    "value_left_usd": Field("Value left", NUMBER, hint="US dollars"),
    "quantity_left": Field("Quantity left", NUMBER),
    "covers_end_use": Field("Covers the end use", FLAG),
}
_RED_FLAG = {
    "text": Field("What was seen", TEXT),
    "resolved": Field("Resolved", FLAG),
    "how": Field("How", TEXT),
}
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "": _ORDER, "party": _PARTY, "owners": _OWNER, "line": _LINE, "end_use": _END_USE,
    "shipment": _SHIPMENT, "license": _LICENSE, "red_flag": _RED_FLAG,
}  # fmt: skip
"""Every fact of an order, by the table that it stands in."""
SECTIONS = {
    "": "Order", "party": "Parties", "line": "Items", "end_use": "End use", "shipment": "Shipment",
    "license": "License",
}  # fmt: skip
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "": ("id", "date", "activity", "from", "to"),
    "party": ("role", "name", "country"),
    "line": ("description", "eccn", "value_usd"),
}
"""What a form asks for in any case."""
_TERM = re.compile(r"conditions_met\[([\w().-]+)\]")
_PATH = re.compile(r"\w+(?:\[\d{1,3}\])?(?:\.\w+(?:\[\d{1,3}\])?)*")


def field_of(path: str) -> Field | None:
    """The fact at a path of an order; None for a path that no form can fill.

    >>> field_of("party[0].owners[1].share").label, field_of("conditions_met[TGL]").kind
    ('Share', 'flag')
    >>> field_of("law.country_chart") is None
    True
    """
    if term := _TERM.fullmatch(path):
        return Field(f"Terms of {term[1]} are met", FLAG)
    if not _PATH.fullmatch(path):
        return None
    *above, name = path.split(".")
    table = re.sub(r"\[\d+\]", "", above[-1]) if above else ""
    if table and not _within(above):
        return None
    return FIELDS.get(table, {}).get(name)


def _within(above: list[str]) -> bool:
    """Whether tables stand in one another as in an order, lists with their places."""
    names = [re.sub(r"\[\d+\]", "", one) for one in above]
    lists = all(("[" in one) == (name in _MANY) for one, name in zip(above, names, strict=True))
    first, *rest = names
    nested = not rest or (first == "party" and all(name == "owners" for name in rest))
    return (
        lists
        and nested
        and first in ("party", "line", "end_use", "shipment", "license", "red_flag")
    )


_MANY = frozenset({"party", "line", "owners", "red_flag"})
