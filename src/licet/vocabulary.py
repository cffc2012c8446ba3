"""The closed word lists of an order, and the near misses that people write instead."""

from __future__ import annotations

import re
from typing import Final

ACTIVITIES: Final = (
    "export",
    "reexport",
    "transfer",
    "deemed_export",
    "import",
    "procurement",
    "equipment_authorization",
    "service",
    "payment",
    "dealing",
)

# 15 CFR 748.5 names the first four and the seller; the rest are asked for by single rules.
ROLES: Final = (
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "seller",
    "buyer",
    "exporter",
    "forwarder",
    "recipient",
    "developer",
    "account_administrator",
    "employer",
)
# 15 CFR 748.5 knows one purchaser and one ultimate consignee, several of the others.
SINGLE_ROLES: Final = frozenset(
    {"purchaser", "ultimate_consignee", "seller", "buyer", "exporter", "employer"}
)

PARTY_KINDS: Final = (
    "commercial",
    "government",
    "military",
    "military_intelligence",
    "intelligence",
    "police",
    "federal_agency",
    "federal_contractor",
)
LINE_KINDS: Final = ("commodity", "software", "technology", "service")
DISPOSITIONS: Final = ("not_listed", "listed")
# The statutes of 15 CFR 744.19, whose sanctions end in the denial of licenses: the Iran-Iraq Arms
# Nonproliferation Act, the Iran, North Korea, and Syria Nonproliferation Act, the missile sanctions of
# section 11B of the Export Administration Act (all items, or MTCR items only), the Iran Sanctions Act.
STATE_SANCTIONS: Final = (
    "iran_iraq_arms",
    "inksna",
    "missile_all_items",
    "missile_mtcr_items",
    "iran_sanctions_act",
    "none",
)
PURPOSES: Final = (
    "existing_network_support",
    "existing_device_support",
    "network_expansion",
    "cybersecurity_research",
    "standards_development",
    "return_after_repair",
    "new_product",
    "resale",
    "civil",
    "military",
    "military_commodity",
    "military_intelligence",
    "missile",
    "missile_short_range",
    "nuclear",
    "nuclear_fuel_cycle",
    "nuclear_safeguarded",
    "chemical_biological",
    "chemical_precursor_plant",
    "maritime_nuclear",
    "advanced_node_ic",
    "advanced_node_design",
    "ic_unknown_node",
    "ic_back_end",
    "russian_oil_gas",
    "supercomputer",
    "supercomputer_component",
    "semiconductor_equipment",
    "foreign_vessel_or_aircraft",
)
# 15 CFR 746.6: the regions of Ukraine under an embargo, and all the rest of the country.
REGIONS: Final = ("crimea", "donetsk", "luhansk", "elsewhere")
# 15 CFR part 746 names goods by code in its supplements, and software in 746.8(a)(8)(ii).
LISTS_OF_746: Final = ("supp2", "supp4", "supp5", "supp6", "supp7", "software")
TELECOM_ROLES: Final = ("substantial_component", "backhaul", "no_user_data", "none")
SPEED_CLASSES: Final = ("2g", "3g", "4g", "5g", "6g", "below_5g", "wifi", "none")

# 15 CFR 738.2(d)(2)(i)(A): the reasons for control.
REASONS: Final = (
    *("AT", "CB", "CC", "CW", "EI", "FC", "MT", "NS", "NP", "RS", "SI", "SL", "SS", "UN"),
)

# License exceptions of 15 CFR part 740 now or formerly, and general licenses. Not closed: new law
# brings new symbols, so the list serves only to mend the spelling of those that are known.
SYMBOLS: Final = frozenset(
    re.findall(
        "[A-Z]+",
        """
        ACA ACE ACM AGR APP APR AVS BAG CCD CIV CTP ENC GBS GFT GOV HBM IEC LPP LVS NAC NAP RPL
        SCP SPP STA TGL TMP TSR TSU TUS WRC
        """,
    )
)

# ECCN: 15 CFR 738.2(c) and (d): category 0-9, product group A-E, three digits; then paragraphs.
ECCN: Final = re.compile(r"EAR99|[0-9][A-E][0-9]{3}(?:\.(?:[a-z]{1,2}|[0-9]{1,3}))*")
SECTION: Final = re.compile(r"[0-9]{3}\.[0-9]+(?:\([A-Za-z0-9]+\))*")

# Fields that were replaced by something of another form: what to write now.
MOVED_FIELDS: Final[dict[tuple[str, str], str]] = {
    ("end_use", "russian_oil_project"): (
        'it is a purpose now: write "russian_oil_gas" among the purposes if the item is for such a project '
        "(15 CFR 746.8(a)(4)), and purposes without it if not."
    ),
}

# What people write for a field, by table: the key that is meant.
FIELD_ALIASES: Final[dict[str, dict[str, str]]] = {
    "": {
        "destination": "to",
        "ultimate_destination": "to",
        "country": "to",
        "ship_to": "to",
        "origin": "from",
        "ship_from": "from",
        "export_date": "date",
        "ship_date": "date",
        "day": "date",
        "order_id": "id",
        "number": "id",
        "reference": "id",
        "type": "activity",
        "transaction": "activity",
        "parties": "party",
        "lines": "line",
        "item": "line",
        "items": "line",
        "product": "line",
        "products": "line",
        "red_flags": "red_flag",
        "redflags": "red_flag",
        "licence": "license",
        "enduse": "end_use",
        "shipping": "shipment",
        "conditions": "conditions_met",
        "us_persons": "us_person",
    },
    "party": {
        "type": "role",
        "owner": "owners",
        "ownership": "owners",
        "shareholders": "owners",
        "hq": "headquarters",
        "nation": "country",
        "company": "name",
        "dob": "born",
        "date_of_birth": "born",
        "birth_date": "born",
        "ids": "identifiers",
        "identifier": "identifiers",
        "imo": "identifiers",
        "passport": "identifiers",
        "lei": "identifiers",
    },
    "owners": {
        "percent": "share",
        "percentage": "share",
        "pct": "share",
        "stake": "share",
        "controls": "control",
        "owner": "owners",
        "dob": "born",
        "date_of_birth": "born",
        "identifier": "identifiers",
    },
    "line": {
        "classification": "eccn",
        "eccns": "eccn",
        "value": "value_usd",
        "price": "value_usd",
        "amount": "value_usd",
        "qty": "quantity",
        "units": "quantity",
        "origin": "made_in",
        "country_of_origin": "made_in",
        "manufacturer": "made_by",
        "producer": "made_by",
        "designer": "designed_by",
        "hs": "schedule_b",
        "hts": "schedule_b",
        "hs_code": "schedule_b",
        "us_content": "controlled_us_content_pct",
        "us_content_pct": "controlled_us_content_pct",
        "type": "kind",
        "name": "description",
        "item": "description",
    },
    "end_use": {
        "purpose": "purposes",
        "use": "statement",
        "text": "statement",
        "contract": "contract_date",
    },
    "shipment": {
        "route": "via",
        "transit": "via",
        "aboard_on": "aboard_carrier_on",
        "order_date": "ordered_on",
        "export_date": "exported_on",
    },
    "license": {
        "id": "number",
        "expiry": "expires",
        "expires_on": "expires",
        "issued_on": "issued",
        "revoked_on": "revoked",
        "value_left": "value_left_usd",
        "items": "lines",
        "eccns": "lines",
    },
    "red_flag": {
        "description": "text",
        "flag": "text",
        "resolution": "how",
        "solved": "resolved",
    },
}

# Roles that people write as a field: `consignee = "..."`.
ROLE_ALIASES: Final[dict[str, str]] = {
    "consignee": "ultimate_consignee",
    "customer": "purchaser",
    "client": "purchaser",
    "vendor": "seller",
    "supplier": "seller",
    "shipper": "exporter",
    "enduser": "end_user",
    "user": "end_user",
    "freight_forwarder": "forwarder",
    "agent": "forwarder",
    "distributor": "intermediate_consignee",
    "intermediary": "intermediate_consignee",
    "consignor": "exporter",
    **{role: role for role in ROLES},
}

# Values that people write for the listed words.
WORD_ALIASES: Final[dict[str, dict[str, str]]] = {
    "activity": {
        "sale": "export",
        "sell": "export",
        "re-export": "reexport",
        "in-country transfer": "transfer",
        "deemed": "deemed_export",
        "purchase": "procurement",
    },
    "role": ROLE_ALIASES,
    "kind of item": {
        "hardware": "commodity",
        "goods": "commodity",
        "equipment": "commodity",
        "data": "technology",
        "technical data": "technology",
    },
    "kind of party": {
        "company": "commercial",
        "private": "commercial",
        "army": "military",
        "national_guard": "police",
        "gendarmerie": "police",
    },
    "purpose": {"commercial": "civil", "civilian": "civil", "patch": "existing_network_support"},
    "speed class": {"lte": "4g", "nr": "5g", "umts": "3g", "gsm": "2g"},
    "disposition": {"cleared": "not_listed", "false_positive": "not_listed", "match": "listed"},
}
