"""The UN Security Council Consolidated List: official XML (``CONSOLIDATED_LIST``) -> listings.

A person's name stands in up to four parts, with the original script apart. Aliases of low quality are weak; an
empty element means nothing. The id is the permanent reference number such as ``QDi.001``.
"""

from __future__ import annotations

import re

from lxml import etree

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile
from licet.sources.list_text import (
    born,
    day_of,
    identifier_kind,
    place_codes,
    place_codes_of,
    years,
)
from licet.sources.list_xml import elements, fields, first, line_of, value

_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_PLACE = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
SOURCE = "UN Security Council Consolidated List"
_LISTED = re.compile(r";|(?<=\s)[a-z]\)\s")
_SEVERAL = re.compile(r"[;()]|(?<=\s)[a-z]\)\s")
_NOTED_YEAR = re.compile(r"(?:([A-Za-z]{3})[a-z]*\.? )?([12]\d{3})\s*$")


def read(file: ListFile) -> list[Listing]:
    """The persons and entities of the list. Raises ``SourceError`` for one without number or name."""
    found: dict[str, Listing] = {}
    for element in elements(file, "INDIVIDUAL", "ENTITY"):
        listing = _listing(file, element)
        if listing.id in found:
            raise SourceError(file.path, line_of(element), f"has entry {listing.id} twice; {AGAIN}")
        found[listing.id] = listing
    return list(found.values())


def _listing(file: ListFile, element: etree._Element) -> Listing:
    parts = fields(element)
    number, data_id = first(parts, "REFERENCE_NUMBER"), first(parts, "DATAID")
    name = " ".join(filter(None, (first(parts, part) for part in _PARTS)))
    if not number or not name:
        missing = "REFERENCE_NUMBER" if not number else "FIRST_NAME"
        raise SourceError(
            file.path, line_of(element), f"an entry without {missing} (DATAID {data_id}); {AGAIN}"
        )
    person = "INDIVIDUALS" in str(getattr(element.getparent(), "tag", "")) or (
        element.tag == "INDIVIDUAL"
    )
    prefix = "INDIVIDUAL" if person else "ENTITY"
    names = [ListedName(name)]
    if ";" in name:
        names += [ListedName(text, "alias") for text in _names(name)]  # two companies in one entry
    if script := first(parts, "NAME_ORIGINAL_SCRIPT"):
        names.append(ListedName(script, "alias"))
    births: list[str] = []
    for alias in parts.get(f"{prefix}_ALIAS", ()):
        own = fields(alias)
        kind = "weak" if first(own, "QUALITY").casefold() == "low" else "alias"
        names += [ListedName(text, kind) for text in _names(first(own, "ALIAS_NAME"))]
    for date in parts.get(f"{prefix}_DATE_OF_BIRTH", ()):
        births += _born(date)
    addresses, countries = [], []
    for address in parts.get(f"{prefix}_ADDRESS", ()):
        own = fields(address)
        line = ", ".join(filter(None, (first(own, part) for part in _PLACE)))
        country = first(own, "COUNTRY")
        countries.append(country)
        if line and line != country:
            addresses.append(line)
    nationalities = [value(each) for node in parts.get("NATIONALITY", ()) for each in node]
    documents = [_document(fields(node)) for node in parts.get(f"{prefix}_DOCUMENT", ())]
    remarks = [value(each) for node in parts.get("TITLE", ()) for each in node]
    remarks += [value(each) for node in parts.get("DESIGNATION", ()) for each in node]
    remarks.append(first(parts, "COMMENTS1"))
    listed = day_of(first(parts, "LISTED_ON"))
    return Listing(
        list="UN", id=number, kind="person" if person else "organization",
        names=tuple(dict.fromkeys(names)), countries=place_codes_of([*nationalities, *countries]),
        addresses=tuple(dict.fromkeys(addresses)),
        identifiers=(*(each for each in documents if each), Identifier("un_data_id", data_id)),
        born=tuple(dict.fromkeys(births)), programs=tuple(filter(None, [first(parts, "UN_LIST_TYPE")])),
        remarks="; ".join(filter(None, remarks)), valid_from=listed, published=listed, source=SOURCE,
    )  # fmt: skip


def _names(text: str) -> list[str]:
    """The names of one alias element: some hold several, parted by semicolons, numbered, or in parentheses.

    >>> _names("Victory Front (Jabhat al-Nusrah; Al-Nusrah Front)")
    ['Victory Front', 'Jabhat al-Nusrah', 'Al-Nusrah Front']
    >>> _names("Mohammad Sabet b) M. Javad Sabet"), _names("Al Itihad (AIAI)")
    (['Mohammad Sabet', 'M. Javad Sabet'], ['Al Itihad (AIAI)'])
    """
    parts = _SEVERAL.split(text) if ";" in text and "(" in text else _LISTED.split(text)
    return [
        part.strip() for part in parts if part.strip(" .,") and part.strip() != "original script"
    ]


def _born(date: etree._Element) -> tuple[str, ...]:
    """A date of birth: exact, approximate (its year), or between two years (each of them)."""
    own = fields(date)
    start, end = first(own, "FROM_YEAR"), first(own, "TO_YEAR")
    if start.isdigit() and end.isdigit():
        return years(start, end)
    kind, day, year = first(own, "TYPE_OF_DATE"), first(own, "DATE")[:10], first(own, "YEAR")
    if kind == "APPROXIMATELY" and (day or year):
        return born((day or year)[:4])
    if day or year:
        return born(day or year)
    # "Nov. 1973" stands in a note.
    note = _NOTED_YEAR.search(first(own, "NOTE"))
    return born(" ".join(filter(None, note.groups()))) if note else ()


def _document(own: dict[str, list[etree._Element]]) -> Identifier | None:
    number = first(own, "NUMBER")
    if not number:
        return None
    name = first(own, "TYPE_OF_DOCUMENT2") or first(own, "TYPE_OF_DOCUMENT")
    kind = identifier_kind(name)
    if kind == "other":
        kind = identifier_kind(first(own, "TYPE_OF_DOCUMENT"))
    codes = place_codes(first(own, "ISSUING_COUNTRY") or first(own, "COUNTRY_OF_ISSUE"))
    return Identifier(kind, number, codes[0] if len(codes) == 1 else "")
