"""The Consolidated Screening List of the International Trade Administration: CSV (29 columns) and JSON.

The agency puts thirteen lists into one file and names the list in ``source``. Several values in one cell are
parted by "; ". Format: the column names of the file, as of https://www.trade.gov/consolidated-screening-list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ESCAPED_CONTROL, ListFile, csv_rows, text_of
from licet.sources.list_text import born, day_of, is_number, number_of, place_codes

CSL_COLUMNS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses",
    "federal_register_notice", "start_date", "end_date", "standard_order", "license_requirement",
    "license_policy", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks", "source_list_url", "alt_names", "citizenships",
    "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
# What ``source`` says in parentheses -> our code.
CODES = {
    "SDN": "SDN", "EL": "EL", "DPL": "DPL", "DTC": "DTC", "SSI": "SSI", "UVL": "UVL", "ISN": "ISN",
    "PLC": "PLC", "MEU": "MEU", "CMIC": "CMIC", "NS-MBS List": "MBS", "MBS": "MBS", "CAP": "CAPTA",
    "FSE": "FSE",
}  # fmt: skip
_SHORT = re.compile(r"\(([^()]+)\)(?: List)? - ")
KINDS = {
    "Entity": "organization", "Individual": "person", "Vessel": "vessel", "Aircraft": "aircraft", "": "",
}  # fmt: skip
# Names such as "Sinobright ...; and any successor, sub-unit, or subsidiary thereof".
_SUCCESSORS = re.compile(
    r"[;,]?\s*\(?\b(?:and|or)?\s*any (?:successor|subunit|sub-unit)\b.*\Z", re.IGNORECASE
)
_COUNTRY_AT_END = re.compile(r"(?:^|, )([A-Z]{2})\Z")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}\Z|\d{4}-\d\d-\d\d\Z")
Cells = tuple[str, ...]


def code_of(source: str) -> str | None:
    """Our code of a list as the agency names it, None for one never seen.

    >>> code_of("Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department")
    'MBS'
    """
    match = _SHORT.search(source)
    return CODES.get(match[1]) if match else None


def read_csv(file: ListFile) -> list[Listing]:
    """The rows of the official CSV; ``SourceError`` for a list never seen, a missing column, a short row."""
    head = file.data[:4096].split(b"\n", 1)[0]
    rows = csv_rows(file, delimiter="\t" if b"\t" in head else ",")  # it comes as TSV too
    line, header = next(rows)
    columns = [name.strip() for name in header]
    if missing := [name for name in CSL_COLUMNS if name not in columns]:
        raise SourceError(
            file.path,
            line,
            f"has no column {', '.join(missing)}; the file has {len(CSL_COLUMNS)}: {AGAIN}",
        )
    order = [columns.index(name) for name in CSL_COLUMNS]
    straight = order == list(range(len(columns)))
    codes: dict[str, str] = {}
    lines: dict[str, int] = {}
    found = []
    for line, row in rows:
        if len(row) != len(columns):
            raise SourceError(
                file.path,
                line,
                f"has {len(row)} of {len(columns)} cells; it was cut short: {AGAIN}",
            )
        if row == header:
            raise SourceError(
                file.path,
                line,
                f"is the header again: files were joined or lines shuffled; {AGAIN}",
            )
        cells = row if straight else [row[at] for at in order]
        source = cells[1]
        code = codes.get(source) or codes.setdefault(source, _code(file, line, source))
        number = (cells[2] or cells[0]).strip()
        key = f"{code}:{number}"
        if key in lines or not number:
            raise SourceError(
                file.path, line, f"has entry {key} again, as on line {lines.get(key)}; {AGAIN}"
                if number else f"has no number in entity_number or _id; {AGAIN}"
            )  # fmt: skip
        lines[key] = line
        found.append(_from_cells(file, line, code, number, cells))
    return found


def _code(file: ListFile, line: int, source: str) -> str:
    code = code_of(source)
    if code is None:
        known = ", ".join(CODES)
        raise SourceError(
            file.path, line, f"source is a list never seen: {source!r}; known are {known}"
        )
    return code


def _from_cells(file: ListFile, line: int, code: str, number: str, cells: list[str]) -> Listing:
    (_, source, _, kind, programs, name, title, addresses, notice, start, end, order, requirement, policy,
     call_sign, vessel_type, tonnage, gross, flag, owner, remarks, _, others, citizenships, births,
     nationalities, birth_places, url, ids) = cells  # fmt: skip
    if kind not in KINDS:
        raise SourceError(file.path, line, f"type is {kind!r}; known are {', '.join(KINDS)}")
    name = name.strip()
    if not name:
        raise SourceError(file.path, line, f"entry {number} has no name; {AGAIN}")
    places, countries = _places(addresses) if addresses else ((), ())
    nations = [
        each for cell in (nationalities, citizenships) if cell for each in cell.split("; ")
    ]  # codes already
    return Listing(
        list=code, id=number, kind=KINDS[kind], names=names_of(name, others.split("; ") if others else ()),
        countries=tuple(dict.fromkeys(
            part for text in (*nations, flag) if text for part in place_codes(text)
        )) + tuple(each for each in countries if each not in nations),
        addresses=places, identifiers=_identifiers(ids, call_sign),
        born=tuple(dict.fromkeys(d for text in births.split("; ") for d in born(text))) if births else (),
        programs=tuple(programs.split("; ")) if programs else (),
        scope=requirement.strip(), review_policy=policy.strip(),
        remarks=_remarks(
            (("", successors(name)), ("Title", title), ("Vessel type", vessel_type), ("Tonnage", tonnage),
             ("Gross registered tonnage", gross), ("Vessel flag", flag), ("Vessel owner", owner),
             ("POB", birth_places), ("Standard order", order), ("Notice", notice), ("", remarks))
        ),
        valid_from=day_of(start) if start else None, valid_until=day_of(end) if end else None,
        published=day_of(start) if start else None, source=source, url=url,
    )  # fmt: skip


def names_of(name: str, others: Iterable[str]) -> tuple[ListedName, ...]:
    """Primary name and aliases; words on successors and sub-units are no part of a name."""
    short = _SUCCESSORS.sub("", name).strip(" ,;") if " any " in name else name
    found = {text.strip(): "alias" for text in others if text.strip()}
    found.pop(short or name, None)
    return (ListedName(short or name), *(ListedName(text, kind) for text, kind in found.items()))


def successors(name: str) -> str:
    """The words after a name that reach further than it, "" for none."""
    match = _SUCCESSORS.search(name) if " any " in name else None
    return match[0].strip(" ,;") if match else ""


def _places(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses and country codes of a cell: an address ends with its code, and may be the code alone."""
    places: list[str] = []
    codes: dict[str, None] = {}
    for part in cell.split("; "):
        text = part.strip()
        if match := _COUNTRY_AT_END.search(text):
            codes.update(dict.fromkeys(place_codes(match[1])))
        if len(text) > 2:
            places.append(text)
    return tuple(dict.fromkeys(places)), tuple(codes)


def _identifiers(cell: str, call_sign: str) -> tuple[Identifier, ...]:
    found = [Identifier("call_sign", call_sign.strip())] if call_sign.strip() else []
    for part in cell.split("; ") if cell else ():
        name, _, rest = part.partition(", ")
        if not rest or not is_number(name):
            continue
        pieces = rest.split(", ")
        while len(pieces) > 1 and _DAY.match(pieces[-1]):
            pieces.pop()
        country = pieces.pop() if len(pieces) > 1 and re.fullmatch("[A-Z]{2}", pieces[-1]) else ""
        found.append(number_of(name, ", ".join(pieces), country))
    return tuple(found)


def _remarks(parts: Iterable[tuple[str, str]]) -> str:
    return "; ".join(
        f"{what} {text}".strip() for what, text in parts if text and not text.isspace()
    )


def read_json(file: ListFile) -> list[Listing]:
    """The entries of an answer of the agency's interface (``{"results": [...]}``), or of a bare array."""
    content = text_of(file).encode()
    if control := ESCAPED_CONTROL.search(content):
        line = content.count(b"\n", 0, control.start()) + 1
        escape = control[0].decode()
        raise SourceError(file.path, line, f"holds the control character {escape}; {AGAIN}")
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise SourceError(
            file.path, error.lineno, f"is not whole JSON in UTF-8 ({error}); {AGAIN}"
        ) from None
    entries = data.get("results") if isinstance(data, dict) else data
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise SourceError(
            file.path,
            1,
            'has no array "results" of entries; expected the Consolidated Screening List',
        )
    found: dict[str, Listing] = {}
    for at, entry in enumerate(entries):
        listing = _from_json(file, at, entry)
        if listing.key in found:
            raise SourceError(file.path, None, f"results[{at}] is {listing.key} again; {AGAIN}")
        found[listing.key] = listing
    return list(found.values())


def _from_json(file: ListFile, at: int, entry: Mapping[str, Any]) -> Listing:
    source, name = _text(entry, "source"), _text(entry, "name")
    number = _text(entry, "entity_number") or _text(entry, "id") or _text(entry, "_id")
    code, kind = code_of(source), _text(entry, "type")
    for field, value, fine in (
        ("source", source, code), ("name", name, name), ("id", number, number), ("type", kind, kind in KINDS),
    ):  # fmt: skip
        if not fine:
            raise SourceError(
                file.path, None, f"results[{at}].{field} is {value!r}; it is missing or never seen"
            )
    places, countries = [], []
    for address in _list(entry, "addresses"):
        keys = ("address", "city", "state", "postal_code", "country")
        pieces = [_text(address, key) for key in keys if isinstance(address, dict)]
        countries += [pieces[-1]] if pieces else []
        line = ", ".join(filter(None, pieces))
        if any(pieces[:-1]):
            places.append(line)
    nations = [str(each) for key in ("nationalities", "citizenships") for each in _list(entry, key)]
    ids = [
        number_of(_text(each, "type"), _text(each, "number"), _text(each, "country"))
        for each in _list(entry, "ids")
        if isinstance(each, dict) and _text(each, "number") and is_number(_text(each, "type"))
    ]
    if call_sign := _text(entry, "call_sign"):
        ids.insert(0, Identifier("call_sign", call_sign))
    labels = (("Title", "title"), ("Vessel type", "vessel_type"), ("Tonnage", "gross_tonnage"),
              ("Gross registered tonnage", "gross_registered_tonnage"), ("Vessel flag", "vessel_flag"),
              ("Vessel owner", "vessel_owner"), ("Standard order", "standard_order"),
              ("Notice", "federal_register_notice"), ("", "remarks"))  # fmt: skip
    texts = [*nations, _text(entry, "country"), _text(entry, "vessel_flag"), *countries]
    start = day_of(_text(entry, "start_date"))
    return Listing(
        list=code or "", id=number, kind=KINDS[kind],
        names=names_of(name, map(str, _list(entry, "alt_names"))),
        countries=tuple(dict.fromkeys(part for text in texts if text for part in place_codes(text))),
        addresses=tuple(dict.fromkeys(places)), identifiers=tuple(ids),
        born=tuple(dict.fromkeys(d for text in _list(entry, "dates_of_birth") for d in born(str(text)))),
        programs=tuple(map(str, _list(entry, "programs"))), scope=_text(entry, "license_requirement"),
        review_policy=_text(entry, "license_policy"),
        remarks=_remarks(
            [("", successors(name)), *((what, _text(entry, key)) for what, key in labels)]
        ),
        valid_from=start, valid_until=day_of(_text(entry, "end_date")), published=start, source=source,
        url=_text(entry, "source_information_url"),
    )  # fmt: skip


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return "" if value is None else " ".join(str(value).split())


def _list(entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry.get(key)
    return value if isinstance(value, list) else []
