"""FollowTheMoney entities as JSON lines, read as a stream and written.

Format: https://followthemoney.tech, one entity a line with ``schema`` and ``properties``. What its properties
cannot say (scope, dates on the list, an identifier's country) is written beside them under ``licet``, which
other programs pass over.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from licet.parties.listing import KINDS, Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ESCAPED_CONTROL
from licet.sources.list_text import place_codes

SCHEMAS = {
    "Person": "person", "Company": "organization", "Organization": "organization",
    "PublicBody": "organization", "LegalEntity": "", "Vessel": "vessel", "Airplane": "aircraft",
    "Address": "address",
}  # fmt: skip
_WRITTEN = {
    "person": "Person", "organization": "Organization", "vessel": "Vessel", "aircraft": "Airplane",
    "address": "Address", "": "LegalEntity",
}  # fmt: skip
_NAMES = (("name", "primary"), ("alias", "alias"), ("previousName", "alias"), ("abbreviation", "alias"),
          ("weakAlias", "weak"))  # fmt: skip
_COUNTRIES = ("nationality", "citizenship", "jurisdiction", "flag", "mainCountry", "country")
NUMBERS = {
    "passportNumber": "passport", "idNumber": "national_id", "registrationNumber": "registration",
    "imoNumber": "imo", "leiCode": "lei", "swiftBic": "swift", "taxNumber": "tax_id", "mmsi": "mmsi",
    "callSign": "call_sign", "innCode": "tax_id", "ogrnCode": "registration", "vatCode": "tax_id",
    "socialSecurityNumber": "national_id", "dunsCode": "duns", "serialNumber": "serial_number",
    "uniqueEntityId": "registration", "uscCode": "registration", "publicKey": "wallet",
}  # fmt: skip
_NUMBER_OF = {kind: name for name, kind in reversed(NUMBERS.items())}
# Numbers without a property of their own; what is left (a reference to another list) stands under licet only.
_OTHER_NUMBERS = frozenset({"other", "license", "drivers_license"})
_NUMBER_NAMES = frozenset(NUMBERS)
# OpenSanctions' names of the lists that we have codes for.
DATASETS = {
    "us_ofac_sdn": "SDN", "us_bis_denied": "DPL", "un_sc_sanctions": "UN", "eu_fsf": "EU",
    "gb_fcdo_sanctions": "UK", "gb_hmt_sanctions": "UK", "ca_dfatd_sema_sanctions": "CA",
    "us_ddtc_debarred": "DTC",
}  # fmt: skip
_DAYS = ("valid_from", "valid_until", "published")


def iter_ftm(path: Path, *, list: str | None = None) -> Iterator[Listing]:
    """The listings of a file of any size, plain or .gz, one after the other.

    Entities of other schemata (links, documents) and addresses that nobody is listed by are passed over.
    Raises ``SourceError`` with the line for a line that is no JSON, an entity without id or name, and an id
    that comes twice; at the end for a file without a listing.
    """
    seen: set[str] = set()
    codes: dict[str, str] = {}
    line = 0
    try:
        with _open(path) as stream:
            for line, raw in enumerate(stream, 1):
                try:
                    entity = orjson.loads(raw)
                except orjson.JSONDecodeError as error:
                    if not raw.strip():
                        continue
                    if line == 1 and raw.startswith(b"\xef\xbb\xbf"):
                        entity = orjson.loads(raw[3:])
                    else:
                        raise SourceError(
                            path,
                            line,
                            f"is not JSON in UTF-8 ({error}); expected one entity a line; {AGAIN}",
                        ) from None
                if b"\\u00" in raw and ESCAPED_CONTROL.search(raw):
                    raise SourceError(path, line, f"holds an escaped control character; {AGAIN}")
                try:
                    listing = _listing(entity, list, codes)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    raise SourceError(path, line, _reason(entity, error)) from None
                if listing is None:
                    continue
                if (key := listing.key) in seen:
                    raise SourceError(path, line, f"has entity {key} a second time; {AGAIN}")
                seen.add(key)
                yield listing
    except (EOFError, OSError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(path, line, f"breaks off ({error}); {AGAIN}") from None
    except orjson.JSONDecodeError as error:
        raise SourceError(path, line, f"is not JSON in UTF-8 ({error}); {AGAIN}") from None
    if not seen:
        raise SourceError(path, None, f"holds no listing; known schemata are {', '.join(SCHEMAS)}")


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb", buffering=2**20)


def _reason(entity: object, error: Exception) -> str:
    if not isinstance(entity, dict):
        return f"is {type(entity).__name__}, expected an object with id, schema and properties"
    missing = [name for name in ("id", "schema", "properties") if name not in entity]
    if missing:
        return f"has no {', '.join(missing)}; expected id, schema and properties"
    return f"entity {entity.get('id')!r} cannot be read ({error}); expected properties as lists of text"


_list = list  # ``list`` is a list's code here
_TAKEN = frozenset(
    {*_NUMBER_NAMES, *_COUNTRIES, *(name for name, _ in _NAMES), "address", "full", "addressEntity"}
    | {"birthDate", "notes", "programId", "program", "sourceUrl"}
)


def _listing(entity: Mapping[str, Any], code: str | None, codes: dict[str, str]) -> Listing | None:
    kind = SCHEMAS.get(entity["schema"])
    if kind is None:
        return None
    said = entity["properties"]
    number = entity["id"]
    more = entity.get("licet")
    if kind == "address" and not (more or entity.get("target")):
        return None
    if code is None:
        datasets = entity.get("datasets") or ("FTM",)
        code = codes.get(datasets[0]) or codes.setdefault(
            datasets[0], DATASETS.get(datasets[0]) or str(datasets[0])
        )
    names: list[ListedName] = []
    identifiers: list[Identifier] = []
    countries: dict[str, None] = {}
    addresses: tuple[str, ...] = ()
    for name, given in said.items():
        if name not in _TAKEN:
            continue
        "".join(given if name != "addressEntity" else ())  # a TypeError where one is no text
        if type(given) is not _list:
            raise TypeError(f"{name} is no list")
        values = [each for each in given if each] if "" in given else given
        if name == "name":
            # The first name leads, whatever the order of the properties.
            names = [
                *(ListedName(text, "alias" if at else "primary") for at, text in enumerate(values)),
                *names,
            ]
        elif name == "alias":
            names += [ListedName(text, "alias") for text in values]
        elif name in _COUNTRIES:
            for text in values:
                for each in place_codes(text[:2] if text[2:3] == "-" else text):
                    countries[each] = None
        elif name in _NUMBER_NAMES:
            which = NUMBERS[name]
            identifiers += [
                Identifier(
                    which, text.upper().removeprefix("IMO").strip() if which == "imo" else text
                )
                for text in values
            ]
        elif name == "weakAlias":
            names += [ListedName(text, "weak") for text in values]
        elif name in ("previousName", "abbreviation"):
            names += [ListedName(text, "alias") for text in values]
        elif name == "address" or (name == "full" and kind == "address"):
            addresses += tuple(values)
        elif name == "addressEntity":
            addresses += tuple(
                text
                for each in values
                if isinstance(each, dict)
                for text in each["properties"].get("full", ())
            )
    if not names and kind != "address":
        caption = entity.get("caption")
        if not caption:
            raise ValueError("it has no name")
        names = [ListedName(caption)]
    notes = said.get("notes")
    days = said.get("birthDate")
    programs = said.get("programId") or said.get("program")
    url = said.get("sourceUrl")
    listing = Listing(
        list=code,
        id=number.removeprefix(f"{code}:"),
        kind=kind,
        names=tuple(names),
        countries=tuple(countries),
        addresses=addresses,
        identifiers=tuple(identifiers),
        born=tuple(days) if days else (),
        programs=tuple(programs) if programs else (),
        remarks="; ".join(notes) if notes else "",
        source=code,
        url=url[0] if url else "",
    )
    return _completed(listing, more) if more else listing


def _completed(listing: Listing, more: Mapping[str, Any]) -> Listing:
    """The listing with what stands beside the properties."""
    given: dict[str, Any] = {
        name: more[name] for name in ("scope", "review_policy", "source", "kind") if name in more
    }
    given |= {name: dt.date.fromisoformat(more[name]) for name in _DAYS if more.get(name)}
    if given.get("kind", "") not in KINDS:
        raise ValueError(f"licet.kind is {given['kind']!r}")
    given |= {name: tuple(more[name]) for name in ("footnotes", "linked_to") if name in more}
    if "names" in more:
        given["names"] = tuple(ListedName(text, kind) for text, kind in more["names"])
    if "identifiers" in more:
        given["identifiers"] = tuple(Identifier(*each) for each in more["identifiers"])
    return replace(listing, **given)


def to_ftm(listing: Listing) -> bytes:
    r"""A listing as one line of FollowTheMoney JSON, with the line's end.

    >>> line = to_ftm(Listing(list="SDN", id="306", kind="organization", names=(ListedName("BNC"),)))
    >>> orjson.loads(line)["id"], line[-1:]
    ('SDN:306', b'\n')
    """
    said: dict[str, list[str]] = {}
    for property_, kind in (("name", "primary"), ("alias", "alias"), ("weakAlias", "weak")):
        if texts := [name.text for name in listing.names if name.kind == kind]:
            said[property_] = texts
    if "name" not in said and listing.names:
        said["name"] = [listing.names[0].text]
    countries = [code.lower() for code in listing.countries]
    for property_, values in (
        ("country", countries), ("birthDate", listing.born), ("programId", listing.programs),
        ("full" if listing.kind == "address" else "address", listing.addresses),
        ("notes", (listing.remarks,) if listing.remarks else ()),
        ("sourceUrl", (listing.url,) if listing.url else ()), ("topics", ("sanction",)),
    ):  # fmt: skip
        if values:
            said[property_] = [*values]
    for each in listing.identifiers:
        if property_ := _NUMBER_OF.get(each.kind, ""):
            said.setdefault(property_, []).append(each.value)
        elif each.kind in _OTHER_NUMBERS:
            said.setdefault("idNumber", []).append(each.value)
    more: dict[str, object] = {
        "names": [[name.text, name.kind] for name in listing.names],
        "identifiers": [[each.kind, each.value, each.country] for each in listing.identifiers],
        "source": listing.source,
    }
    for name in ("scope", "review_policy", "footnotes", "linked_to", *_DAYS):
        if found := getattr(listing, name):
            more[name] = found
    entity = {
        "id": listing.key,
        "caption": listing.name,
        "schema": _WRITTEN[listing.kind],
        "properties": said,
        "datasets": [listing.list],
        "target": True,
        "licet": more,
    }
    return orjson.dumps(entity, option=orjson.OPT_APPEND_NEWLINE)


def write_ftm(listings: Iterable[Listing], stream: BinaryIO) -> int:
    """Write listings as JSON lines; how many there were."""
    count = 0
    for listing in listings:
        stream.write(to_ftm(listing))
        count += 1
    return count
