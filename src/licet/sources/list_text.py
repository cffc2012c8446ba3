"""What the readers of lists share: places as codes, dates of birth as ISO 8601, kinds of identifiers."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
from collections.abc import Iterable
from importlib.resources import files

from licet.countries import countries, plain
from licet.parties.listing import Identifier

_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_BORN = re.compile(
    r"(?P<circa>circa|approximately|approx\.?|about|c\.|ca\.)?\s*"
    r"(?:(?P<day>\d{1,2})\s+)?(?:(?P<month>[A-Za-z]{3})[a-z]*\.?,?\s+)?(?P<year>[12]\d{3})s?$",
    re.IGNORECASE,
)
_ISO = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/((?:19|20)?\d\d)$")
_RANGE = re.compile(r"\b[12]\d{3}\s?[-–]\s?[12]\d{3}$")
_WIDEST = 30  # years; a wider range says too little to tell one person from another


@functools.cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Country codes by spelling: those of the regulations, and those of the publishers of lists."""
    found: dict[str, tuple[str, ...]] = {}
    for name, code in countries().codes.items():
        found[name] = (code,)
    text = files("licet.sources").joinpath("place_names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[plain(row["spelling"])] = tuple(filter(None, row["codes"].split("|")))
    return found


@functools.lru_cache(maxsize=4096)
def place_codes(text: str) -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes of a country as a list prints it; () for one that is not known.

    What is not known stays out of a listing's countries; it is still in the address as printed.

    >>> place_codes("Korea, North"), place_codes("Tunisian"), place_codes("cn"), place_codes("Atlantis")
    (('KP',), ('TN',), ('CN',), ())
    """
    known = _spellings()
    name = " ".join(text.split()).strip(" .,;:")
    if len(name) == 2 and name.upper() in countries().names:
        return (name.upper(),)
    if found := known.get(plain(name)):
        return found
    # "possibly Palestinian", "Tunisian passport", "Libya (in custody)"
    short = re.sub(r"^(?:possibly|probably)\s+|\s*\([^()]*\)|\s+passport$", "", name, flags=re.I)
    return known.get(plain(short), ()) if short else ()


def place_codes_of(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The codes of several places, each once, in the order printed."""
    return tuple(dict.fromkeys(code for text in texts if text for code in place_codes(text)))


@functools.lru_cache(maxsize=65536)
def born(text: str) -> tuple[str, ...]:
    """Dates of birth as ISO 8601, in part where the list has them in part; () where it cannot be read.

    A range of years becomes its years, so that each of them agrees. An approximate date keeps its year only,
    since more would claim what the list does not.

    >>> born("10 Dec 1948"), born("Dec 1948"), born("circa 12 Mar 1970"), born("1962 to 1964")
    (('1948-12-10',), ('1948-12',), ('1970',), ('1962', '1963', '1964'))
    """
    text = " ".join(text.split()).strip(" .,;")
    if _ISO.match(text):
        return (text,)
    if " to " in text or text.lower().startswith("between ") or _RANGE.search(text):
        ends = re.findall(r"\b[12]\d{3}\b", text)
        return years(ends[0], ends[-1]) if len(ends) == 2 else ()
    if " or " in text:
        return tuple(dict.fromkeys(day for part in text.split(" or ") for day in born(part)))
    if american := _AMERICAN.match(text):
        found = day_of(text)
        return (found.isoformat(),) if found and len(american[3]) == 4 else ()
    match = _BORN.match(text)
    if match is None:
        return ()
    year, month = match["year"], _MONTHS.get((match["month"] or "").lower())
    if match["circa"] or month is None:
        return years(year, str(int(year) + 9)) if text.endswith("s") else (year,)
    iso = f"{year}-{month}" + (f"-{int(match['day']):02}" if match["day"] else "")
    return (iso,) if _ISO.match(iso) else (year,)


def years(first: str, last: str) -> tuple[str, ...]:
    """The years from first to last, both included; () when they are in no order or too far apart.

    >>> years("1962", "1964")
    ('1962', '1963', '1964')
    """
    start, end = int(first), int(last)
    return tuple(map(str, range(start, end + 1))) if 0 <= end - start <= _WIDEST else ()


def day_of(text: str | None) -> dt.date | None:
    """A day as lists print it (2019-05-16, 5/16/2019, 16 May 2019), or None.

    >>> day_of("5/16/2019"), day_of("16 May 2019"), day_of("soon")
    (datetime.date(2019, 5, 16), datetime.date(2019, 5, 16), None)
    """
    text = (text or "").strip()
    try:
        if american := _AMERICAN.match(text):
            year = int(american[3])
            year += 0 if year > 99 else 2000 if year < 50 else 1900
            return dt.date(year, int(american[1]), int(american[2]))
        if _ISO.match(text[:10]) and len(text) >= 10:
            return dt.date.fromisoformat(text[:10])
        if spelled := re.fullmatch(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})", text):
            month = _MONTHS.get(spelled[2].lower())
            return dt.date(int(spelled[3]), int(month), int(spelled[1])) if month else None
    except ValueError:
        pass
    return None


# The first that fits decides: "Passport" before "ID", "tax" before "registration".
_ID_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("passport", r"passport|pasaporte"),
        ("imo", r"\bIMO\b|vessel registration identification"),
        ("mmsi", r"\bMMSI\b|maritime mobile"),
        ("call_sign", r"call ?sign"),
        ("tail_number", r"tail number"),
        ("serial_number", r"serial number|\bMSN\b|construction number|aircraft mode s"),
        ("lei", r"legal entity (?:number|identifier)|\bLEI\b|^leicode"),
        ("swift", r"swift"),
        ("wallet", r"digital currency|crypto"),
        ("isin", r"\bISIN\b"),
        ("duns", r"d-?u-?n-?s"),
        ("drivers_license", r"driver'?s"),
        ("tax_id", r"\btax|FEIN|\bR\.?F\.?C\b|\bNIT\b|\bRUC\b|\bV\.?A\.?T\b|\bRIF\b|fiscal|\bC\.?U\.?I\.?T\b|"
                   r"\bR\.?T\.?N\b|\bRNC\b|\bC\.?N\.?P\.?J\b|\bINN\b|\bP\.?I\.?B\b"),
        ("national_id", r"national id|national identi|cedula|c\.?u\.?r\.?p|d\.?n\.?i\b|identity card|"
                        r"personal id|citizen'?s? card|social security|\bSSN\b|\bssn\b|birth cert|"
                        r"^id card|^identification number|electoral|credencial|tazkira|stateless|"
                        r"numero de identidad|\bI\.?F\.?E\b|\bC\.?U\.?I\b|nationalidno|^id$"),
        ("registration", r"regist|company (?:number|id)|\bC\.?R\. No|commerc|unified social|folio|matricula|"
                         r"gazette|enterprise|business number|trade licen|economic register|\bOGRN"),
        ("license", r"licen[cs]e"),
    )
)  # fmt: skip


# What OFAC and the Consolidated Screening List keep among the identifiers though it is no number of a party.
_NO_NUMBERS = (
    "Website", "Email", "Phone", "Secondary", "Executive Order", "Gender", "Additional", "Transactions",
    "Listing", "Effective", "Purchase", "CAATSA", "Organization", "Target", "Issuer", "Equity",
)  # fmt: skip


def is_number(name: str) -> bool:
    """Whether what a list calls by this name is a number that tells a party from others.

    >>> is_number("Tax ID No."), is_number("Website"), is_number("PEESA Information:")
    (True, False, False)
    """
    return not name.startswith(_NO_NUMBERS) and not name.endswith((":", "-"))


def number_of(name: str, number: str, country: str) -> Identifier:
    """An identifier from what a list calls it, its number, and the country as printed ("" where none).

    >>> number_of("Identification Number", "IMO 6188586", "Russia")
    Identifier(kind='imo', value='6188586', country='RU')
    """
    kind, codes = identifier_kind(name), place_codes(country) if country else ()
    if kind == "imo" or number.startswith("IMO "):
        kind, number = "imo", number.upper().removeprefix("IMO").strip(" :.")
    return Identifier(kind, number.strip(), codes[0] if len(codes) == 1 else "")


@functools.lru_cache(maxsize=4096)
def identifier_kind(name: str) -> str:
    """The kind of an identifier from what a list calls it; ``other`` for what is none of the kinds.

    >>> identifier_kind("Tax ID No."), identifier_kind("Company Number"), identifier_kind("National ID No.")
    ('tax_id', 'registration', 'national_id')
    """
    return next((kind for kind, pattern in _ID_KINDS if pattern.search(name)), "other")
