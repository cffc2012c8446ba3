"""OFAC's XML: the legacy format (``sdnList``) and the enhanced one (``sanctionsData``) -> listings.

The legacy format marks aliases as strong or weak; the enhanced one names every list of an entry, and holds
names in several scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile
from licet.sources.list_text import (
    born,
    day_of,
    identifier_kind,
    is_number,
    number_of,
    place_codes_of,
)
from licet.sources.list_xml import elements, fields, first, line_of, value
from licet.sources.lists_ofac_csv import PAGE, SOURCES, lists_of, on_list
from licet.sources.ofac_remarks import read_remarks

_KINDS = {
    "Entity": "organization",
    "Individual": "person",
    "Vessel": "vessel",
    "Aircraft": "aircraft",
}
_LISTS = {
    "SDN List": "SDN", "Sectoral Sanctions Identifications List": "SSI",
    "Non-SDN Palestinian Legislative Council List": "PLC", "Non-SDN CMIC List": "CMIC",
    "Non-SDN Menu-Based Sanctions List": "MBS", "CAPTA List": "CAPTA", "FSE List": "FSE",
}  # fmt: skip
_UMBRELLA = "Consolidated List"
_CONSOLIDATED = re.compile(rb"<filters>.*<sanctionsList[^>]*>Consolidated List<", re.DOTALL)
Fields = dict[str, list[etree._Element]]


def read_legacy(file: ListFile) -> list[Listing]:
    """The entries of ``sdn.xml`` or ``consolidated.xml``; one that stands on two lists gives two listings."""
    found: list[Listing] = []
    lines: dict[str, int | None] = {}
    for element in elements(file, "sdnEntry"):
        listing = _legacy(file, element)
        _once(file, lines, listing.id, line_of(element))
        found.append(listing)
    own = sum(lists_of(each.programs, "") != ["MBS"] for each in found)
    if own * 2 <= len(found):
        return found
    return [on_list(each, code) for each in found for code in lists_of(each.programs, each.remarks)]


def _legacy(file: ListFile, element: etree._Element) -> Listing:
    parts = fields(element)
    number, kind = first(parts, "uid"), first(parts, "sdnType") or first(parts, "nspType")
    name = _printed(first(parts, "lastName"), first(parts, "firstName"))
    if not number or not name or kind not in _KINDS:
        _unread(file, element, number, kind)
    names = [ListedName(name)]
    for aka in _below(parts, "akaList"):
        own = fields(aka)
        weak = first(own, "category") == "weak"
        text = _printed(first(own, "lastName"), first(own, "firstName"))
        names.append(ListedName(text, "weak" if weak else "alias"))
    addresses, countries = [], []
    for address in _below(parts, "addressList"):
        own = fields(address)
        country = first(own, "country")
        countries.append(country)
        lines = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode")
        street = ", ".join(filter(None, (first(own, line) for line in lines)))
        if street:
            addresses.append(", ".join(filter(None, (street, country))))
    identifiers = []
    for item in _below(parts, "idList"):
        own = fields(item)
        text, number_text = first(own, "idType"), first(own, "idNumber")
        if number_text and is_number(text):
            identifiers.append(number_of(text, number_text, first(own, "idCountry")))
    births = [
        day
        for item in _below(parts, "dateOfBirthList")
        for day in born(first(fields(item), "dateOfBirth"))
    ]
    nations = [
        first(fields(item), "country")
        for group in ("nationalityList", "citizenshipList")
        for item in _below(parts, group)
    ]
    vessel = fields(parts["vesselInfo"][0]) if "vesselInfo" in parts else {}
    if call_sign := first(vessel, "callSign"):
        identifiers.append(Identifier("call_sign", call_sign))
    notes = [
        f"{what} {text}"
        for what, text in (
            ("Title", first(parts, "title")), ("Vessel type", first(vessel, "vesselType")),
            ("Tonnage", first(vessel, "tonnage")),
            ("Gross registered tonnage", first(vessel, "grossRegisteredTonnage")),
            ("Vessel flag", first(vessel, "vesselFlag")), ("Vessel owner", first(vessel, "vesselOwner")),
        )
        if text
    ]  # fmt: skip
    remarks = first(parts, "remarks")
    said = read_remarks(remarks)
    return Listing(
        list="SDN", id=number, kind=_KINDS[kind], names=tuple(dict.fromkeys(names)),
        countries=place_codes_of([*nations, first(vessel, "vesselFlag"), *countries]),
        addresses=tuple(dict.fromkeys(addresses)), identifiers=tuple(dict.fromkeys(identifiers)),
        born=tuple(dict.fromkeys(births)),
        programs=tuple(dict.fromkeys(value(item) for item in _below(parts, "programList"))),
        remarks="; ".join(filter(None, [*notes, remarks])), linked_to=tuple(said.linked_to),
        source=SOURCES["SDN"], url=PAGE + number,
    )  # fmt: skip


def read_enhanced(file: ListFile) -> list[Listing]:
    """The entries of the enhanced XML, one listing for every list that an entry stands on.

    The consolidated file names the SDN List for those of its entries that are on both; since it is not the SDN
    List, that stays a remark. Raises ``SourceError`` for a list never seen.
    """
    partial = _CONSOLIDATED.search(file.data[:4096]) is not None
    found: list[Listing] = []
    lines: dict[str, int | None] = {}
    for element in elements(file, "entity"):
        number = element.get("id", "")
        _once(file, lines, number, line_of(element))
        listing, dates = _enhanced(file, element, number)
        if partial and "SDN List" in dates:
            also = "; ".join(filter(None, (listing.remarks, "Also on the SDN List")))
            listing = replace(listing, remarks=also)
        for name, day in dates.items():
            if name == _UMBRELLA or (partial and name == "SDN List"):
                continue
            if name not in _LISTS:
                known = ", ".join(_LISTS)
                raise SourceError(
                    file.path, line_of(element), f"entry {number} is on a list never seen: {name!r}; "
                    f"known are {known}"
                )  # fmt: skip
            since = day_of(day)
            found.append(replace(on_list(listing, _LISTS[name]), valid_from=since, published=since))
    return found


def _enhanced(
    file: ListFile, element: etree._Element, number: str
) -> tuple[Listing, dict[str, str]]:
    parts = fields(element)
    info = fields(parts["generalInfo"][0]) if "generalInfo" in parts else {}
    kind = first(info, "entityType")
    names: list[ListedName] = []
    for name in _below(parts, "names"):
        own = fields(name)
        primary, weak = first(own, "isPrimary") == "true", first(own, "isLowQuality") == "true"
        for form in _below(own, "translations"):
            text = first(fields(form), "formattedFullName")
            leads = primary and first(fields(form), "isPrimary") == "true"
            if text:
                names.append(ListedName(text, "primary" if leads else "weak" if weak else "alias"))
    names.sort(key=lambda each: each.kind != "primary")
    if not number or not names or kind not in _KINDS:
        _unread(file, element, number, kind)
    addresses, countries = [], []
    for address in _below(parts, "addresses"):
        own = fields(address)
        country = first(own, "country")
        countries.append(country)
        for form in _below(own, "translations"):
            pieces = [
                first(fields(piece), "value") for piece in _below(fields(form), "addressParts")
            ]
            if pieces:
                addresses.append(", ".join(filter(None, [*pieces, country])))
    births: list[str] = []
    nations: list[str] = []
    notes: list[str] = []
    identifiers: list[Identifier] = []
    for feature in _below(parts, "features"):
        own = fields(feature)
        what, text = first(own, "type"), first(own, "value")
        if what == "Birthdate":
            births += born(text)
        elif what.startswith(("Nationality", "Citizenship", "Vessel Flag")):
            nations.append(text)
        elif identifier_kind(what) != "other" and is_number(what):
            identifiers.append(number_of(what, text, ""))
        elif text:
            notes.append(f"{what} {text}")
    for document in _below(parts, "identityDocuments"):
        own = fields(document)
        if text := first(own, "documentNumber"):
            identifiers.append(number_of(first(own, "type"), text, first(own, "issuingCountry")))
    linked = [
        first(fields(item), "relatedEntity")
        for item in _below(parts, "relationships")
        if not first(fields(item), "type").startswith("Also")
    ]
    listing = Listing(
        list="SDN", id=number, kind=_KINDS[kind], names=tuple(dict.fromkeys(names)),
        countries=place_codes_of([*nations, *countries]), addresses=tuple(dict.fromkeys(addresses)),
        identifiers=tuple(dict.fromkeys(identifiers)), born=tuple(dict.fromkeys(births)),
        programs=tuple(dict.fromkeys(value(item) for item in _below(parts, "sanctionsPrograms"))),
        remarks="; ".join(filter(None, [*notes, first(info, "remarks")])),
        linked_to=tuple(dict.fromkeys(filter(None, linked))), url=PAGE + number,
    )  # fmt: skip
    dates = {value(item): item.get("datePublished", "") for item in _below(parts, "sanctionsLists")}
    return listing, dates


def _below(parts: Fields, name: str) -> Sequence[etree._Element]:
    return [child for group in parts.get(name, ()) for child in group]


def _printed(last: str, given: str) -> str:
    return f"{last}, {given}" if last and given else last or given


def _once(file: ListFile, lines: dict[str, int | None], number: str, line: int | None) -> None:
    if number in lines:
        raise SourceError(
            file.path, line, f"has entry {number} twice (first on line {lines[number]}); {AGAIN}"
        )
    lines[number] = line


def _unread(file: ListFile, element: etree._Element, number: str, kind: str) -> None:
    raise SourceError(
        file.path, line_of(element), f"entry {number!r} of kind {kind!r} lacks its number or "
        f"name, or is of a kind never seen; known are {', '.join(_KINDS)}"
    )  # fmt: skip
