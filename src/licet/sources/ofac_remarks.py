"""What OFAC's remarks say of a party: dates of birth, nationality, numbers, weak aliases, links to others.

Remarks are phrases parted by "; ", each begun by a fixed word ("DOB", "Passport", "Linked To:"), with "alt."
before a second one. Format: OFAC, "Specifications for the legacy data files", and the files themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from licet.parties.listing import Identifier, ListedName
from licet.sources.list_text import born, number_of, place_codes

# What precedes a number. Longest first, because "Identification Number" ends others.
_NUMBERED = (
    "Vessel Registration Identification IMO",
    "Aircraft Construction Number (also called L/N or S/N or F/N)",
    "Aircraft Manufacturer's Serial Number (MSN)", "Aircraft Tail Number",
    "Aircraft Mode S Transponder Code", "Identification Number IMO", "Company Number IMO",
    "Identification Number", "MMSI", "Passport", "Diplomatic Passport", "Stateless Person Passport",
    "Tax ID No.", "Registration Number", "Registration ID", "National ID No.",
    "National Foreign ID Number", "Government Gazette Number", "Cedula No.", "Cedula de Residencia",
    "Cedula de Ciudadania", "C.U.R.P.", "C.U.I.P.", "R.F.C.", "RFC", "NIT #", "RUC #", "RIF #", "RTN",
    "R.T.N.", "RNC", "C.U.I.T.", "C.U.I.", "V.A.T. Number", "D.N.I.", "D.U.I.", "I.F.E.",
    "Business Registration Number", "Business Registration Document #", "Commercial Registry Number",
    "Company Number", "C.R. No.", "Unified Social Credit Code (USCC)", "Folio Mercantil No.",
    "Matricula Mercantil No", "Legal Entity Number", "Trade License No.",
    "Istanbul Chamber of Comm. No.", "Central Registration System Number",
    "Chamber of Commerce Number", "Public Registration Number", "Enterprise Number",
    "Business Number", "Economic Register Number (CBLS)", "D-U-N-S Number", "SWIFT/BIC", "BIK (RU)",
    "ISIN", "License", "Driver's License No.", "Birth Certificate Number", "Electoral Registry No.",
    "Personal ID Card", "Numero de Identidad", "National Tax No.", "Tax ID", "SSN", "US FEIN",
    "Credencial electoral", "Residency Number", "Serial No.", "Fiscal Code", "Italian Fiscal Code",
    "Refugee ID Card", "Photo ID No.", "Identity Card", "Travel Document Number",
    "Seafarer's Identification Document", "Cartilla de Servicio Militar Nacional",
    "British National Overseas Passport", "UAE Identification", "Tarjeta Profesional",
    "Romanian C.R.", "Romanian Tax Registration",
)  # fmt: skip
_PHRASE = re.compile(
    r"(?:(?:alt|Alt)\. )?(?:"
    r"DOB (?P<born>.+)"
    r"|[afn]\.k\.a\. (?P<alias>['\"].+)"
    r"|(?:nationality|citizen|Nationality of Registration|(?:Former )?Vessel Flag) (?P<place>.+)"
    r"|Linked To: (?P<linked>.+)"
    r"|Digital Currency Address - (?P<coin>\w+) (?P<wallet>\w+)"
    r"|(?P<type>"
    + "|".join(re.escape(name) for name in sorted(_NUMBERED, key=len, reverse=True))
    + r"|[A-Z][\w.' ]{2,50}(?:No\.|Number|ID|#)) (?P<rest>.+)"
    r")\Z",
    re.DOTALL,
)
# A number, the country in parentheses, then issue and expiry.
_NUMBER = re.compile(
    r"(?P<number>.+?)(?: \((?P<place>[^()]*)\))?(?:,? (?:issued|expires|Issued|exp\.?) .*)?\Z"
)
_TWO_LETTERS = re.compile(r"[A-Z]{2}\Z")


@dataclass(slots=True)
class Remarks:
    """What was found, in the order printed."""

    born: list[str] = field(default_factory=list)
    names: list[ListedName] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    linked_to: list[str] = field(default_factory=list)


def read_remarks(text: str) -> Remarks:
    """The parts of a remark that tell a party from others.

    >>> found = read_remarks("DOB 10 Dec 1948; Passport 19820215 (Egypt); a.k.a. 'BNC'; Linked To: HAMAS.")
    >>> found.born, found.identifiers[0].country, found.names[0].text, found.linked_to
    (['1948-12-10'], 'EG', 'BNC', ['HAMAS'])
    """
    found = Remarks()
    text = text.strip().removeprefix("(").removesuffix(")")
    for phrase in text.removesuffix(".").split("; "):
        match = _PHRASE.match(phrase)
        if match is None:
            continue
        what = match.lastgroup
        if what == "rest":
            found.identifiers.append(identifier(match["type"], match["rest"]))
        elif what == "born":
            found.born += born(match["born"])
        elif what == "alias":
            name = match["alias"].rstrip(".")[1:]
            found.names.append(ListedName(name[:-1] if name[-1:] in "'\"" else name, "weak"))
        elif what == "place":
            found.countries += place_codes(match["place"])
        elif what == "linked":
            found.linked_to.append(match["linked"])
        else:
            found.identifiers.append(Identifier("wallet", match["wallet"]))
    return found


def identifier(name: str, rest: str) -> Identifier:
    """A number with its country, from what a list calls it and what stands behind.

    >>> identifier("Passport", "L550681 (Syria) issued 23 Sep 1997")
    Identifier(kind='passport', value='L550681', country='SY')
    """
    match = _NUMBER.match(rest)
    number, place = (match["number"], match["place"]) if match else (rest, None)
    return number_of(name, number.rstrip(".,"), place or "")
