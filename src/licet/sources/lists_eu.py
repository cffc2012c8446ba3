"""The EU's consolidated financial sanctions list: official XML 1.1 (``export`` of FSF) -> listings.

Every name, birth date, address and document is an element with the regulation that brought it. The id is the EU
reference number such as ``EU.27.28``, or the logical id where there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lxml import etree

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import ListFile
from licet.sources.list_merge import together
from licet.sources.list_text import born, day_of, identifier_kind, place_codes, years
from licet.sources.list_xml import elements, fields, first, line_of

SOURCE = "EU consolidated financial sanctions list"
_KINDS = {"P": "person", "E": "organization"}
_IDENTIFIERS = {
    "passport": "passport", "id": "national_id", "ssn": "national_id", "regnumber": "registration",
    "fiscalcode": "tax_id", "imo": "imo", "swiftbic": "swift", "diplpassport": "passport",
    "travel": "passport", "electionid": "national_id", "drivinglicence": "drivers_license",
    "travelcardid": "passport", "birthcert": "national_id",
    "nationcert": "national_id", "tradelic": "license",
}  # fmt: skip
_PLACE = ("street", "poBox", "place", "zipCode", "city", "region")


def read(file: ListFile) -> list[Listing]:
    """The entities of the list. Raises ``SourceError`` for one without id, name or a known kind."""
    found: dict[str, Listing] = {}
    for element in elements(file, "sanctionEntity"):
        listing = _listing(file, element)
        # One entity under two programmes is printed twice.
        found[listing.id] = together(found[listing.id], listing) if listing.id in found else listing
    return list(found.values())


def _listing(file: ListFile, element: etree._Element) -> Listing:
    parts = fields(element)
    number = element.get("euReferenceNumber") or element.get("logicalId") or ""
    subject = parts.get("subjectType", ())
    code = subject[0].get("classificationCode", "") if subject else ""
    names = _names(parts.get("nameAlias", ()))
    if not number or code not in _KINDS or not names:
        raise SourceError(
            file.path, line_of(element), f"entity {number!r} has no euReferenceNumber, no name, or the "
            f"classificationCode {code!r}; known are P and E"
        )  # fmt: skip
    countries = [node.get("countryIso2Code", "") for node in parts.get("citizenship", ())]
    addresses = []
    for node in parts.get("address", ()):
        country = node.get("countryIso2Code", "")
        countries.append(country)
        line = ", ".join(filter(None, (" ".join(node.get(part, "").split()) for part in _PLACE)))
        if line:
            named = node.get("countryDescription", "") if country != "00" else ""
            addresses.append(", ".join(filter(None, (line, named))))
    births = [day for node in parts.get("birthdate", ()) for day in _born(node)]
    identifiers = [_identifier(node) for node in parts.get("identification", ())]
    regulations = parts.get("regulation", ())
    started = _started(element, parts)
    url = first(fields(regulations[0]), "publicationUrl") if regulations else ""
    notes = [node.get("function", "") for node in parts.get("nameAlias", ())]
    notes += [" ".join((node.text or "").split()) for node in parts.get("remark", ())]
    united = element.get("unitedNationId", "")
    if united:
        identifiers.append(Identifier("un_reference", united))
    return Listing(
        list="EU", id=number, kind=_KINDS[code], names=names,
        countries=tuple(dict.fromkeys(c for text in countries if text for c in place_codes(text))),
        addresses=tuple(dict.fromkeys(addresses)),
        identifiers=tuple(dict.fromkeys(each for each in identifiers if each.value)),
        born=tuple(dict.fromkeys(births)),
        programs=tuple(dict.fromkeys(node.get("programme", "") for node in regulations)),
        remarks="; ".join(dict.fromkeys(filter(None, notes))),
        valid_from=started, published=started, source=SOURCE, url=url,
    )  # fmt: skip


def _names(nodes: Sequence[etree._Element]) -> tuple[ListedName, ...]:
    """Names as printed; the first strong one is primary, those that are not strong are weak."""
    found: dict[str, str] = {}
    for node in nodes:
        name = " ".join(node.get("wholeName", "").split())
        if name and name not in found:
            found[name] = "alias" if node.get("strong", "true") == "true" else "weak"
    lead = next((name for name, kind in found.items() if kind == "alias"), next(iter(found), ""))
    return tuple(
        ListedName(name, kind)
        for name, kind in sorted(
            {**found, lead: "primary"}.items(), key=lambda each: each[0] != lead
        )
        if name
    )


def _born(node: etree._Element) -> tuple[str, ...]:
    start, end = node.get("yearRangeFrom", ""), node.get("yearRangeTo", "")
    if start.isdigit() and end.isdigit():
        return years(start, end)
    year, month, day = node.get("year", ""), node.get("monthOfYear", ""), node.get("dayOfMonth", "")
    if node.get("calendarType", "GREGORIAN") != "GREGORIAN":
        return ()
    if node.get("circa") == "true":
        return born(year or node.get("birthdate", "")[:4])
    if whole := node.get("birthdate", ""):
        return born(whole)
    if not year.isdigit():
        return ()
    pieces = [year, *(part.zfill(2) for part in (month, day) if part)]
    return born("-".join(pieces if month else pieces[:1]))


def _identifier(node: etree._Element) -> Identifier:
    code = node.get("identificationTypeCode", "")
    kind = _IDENTIFIERS.get(code) or identifier_kind(node.get("identificationTypeDescription", ""))
    number = " ".join((node.get("number") or node.get("latinNumber") or "").split())
    codes = place_codes(node.get("countryIso2Code", ""))
    return Identifier(kind, number, codes[0] if len(codes) == 1 else "")


def _started(element: etree._Element, parts: dict[str, list[etree._Element]]) -> dt.date | None:
    """The first day that the file proves: of a regulation that names the entity, or of its names."""
    days = [day_of(node.get("entryIntoForceDate")) for node in parts.get("regulation", ())]
    days += [
        day_of(summary.get("publicationDate"))
        for node in parts.get("nameAlias", ())
        for summary in node
        if isinstance(summary.tag, str) and summary.tag.endswith("regulationSummary")
    ]
    days.append(day_of(element.get("designationDate")))
    return min((day for day in days if day), default=None)
