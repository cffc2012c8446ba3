"""Listings and queries in the shapes of the field's matching API: FollowTheMoney entities in and out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from licet.desk.problems import Problem
from licet.parties.explain import sentence
from licet.parties.listing import Identifier, Listing
from licet.parties.screening import CLEAR, Answer, Candidate, Query, Screener
from licet.screen_lists import Lists
from licet.sources.list_text import place_codes
from licet.sources.lists_ftm import DATASETS, NUMBERS, SCHEMAS, to_ftm

DEFAULT = "default"
"""The dataset of all lists in use."""
TOPICS = {
    "EL": "export.control", "UVL": "export.control", "MEU": "export.control", "DPL": "export.control",
    "ISN": "export.control", "DTC": "debarment", "CMIC": "sanction.control", "SSI": "sanction.control",
    "CAPTA": "sanction.control", "MBS": "sanction.control", "NSDN": "sanction.control",
}  # fmt: skip
"""What being on a list means, in the words of that API; on any other list a "sanction"."""
_NAMES = ("name", "alias", "previousName", "weakAlias", "abbreviation")
_PLACES = ("nationality", "citizenship", "country", "jurisdiction", "flag", "mainCountry")
_ASIDE = {"Thing": "", "LegalEntity": "", "Asset": ""}
_MOST_READINGS = 12
"""Of an example with many names and countries, so many pairs are asked about."""


def lists_of(lists: Lists, name: str) -> frozenset[str] | None:
    """The lists of a dataset; None for all. Raises ``Problem`` (404) for a name that no list in use has."""
    if name.lower() == DEFAULT:
        return None
    code = DATASETS.get(name.lower(), name.upper())
    there = {one.list for one in lists.days}
    if code not in there:
        raise Problem(
            404, f"no dataset {name[:60]!r}; there are: {DEFAULT}, {', '.join(sorted(there))}"
        )
    return frozenset({code})


def queries(example: Mapping[str, Any]) -> tuple[str, list[Query]]:
    """The kind of an example entity, and the queries that it comes to: a name and a country each.

    Raises ``Problem`` (400) for a schema that is none, or properties that are no lists of texts.
    """
    schema = example.get("schema")
    if schema not in SCHEMAS and schema not in _ASIDE:
        allowed = ", ".join([*SCHEMAS, *_ASIDE])
        raise Problem(400, f"schema: found {str(schema)[:40]!r}; allowed: {allowed}")
    kind = SCHEMAS.get(str(schema), "")
    said = example.get("properties")
    if not isinstance(said, Mapping):
        raise Problem(400, 'properties: an object is asked, as in {"name": ["..."]}')
    given = {name: _texts(name, value) for name, value in said.items()}
    names = list(dict.fromkeys(text for key in _NAMES for text in given.get(key, ())))
    places = [
        code for key in _PLACES for text in given.get(key, ()) for code in place_codes(text[:200])
    ]
    numbers = tuple(
        Identifier(NUMBERS[key], text)
        for key, texts in given.items()
        if key in NUMBERS
        for text in texts
    )
    addresses = given.get("address", ()) or given.get("full", ())
    known = Query(
        name="", id=str(example.get("id") or ""), kind="" if kind == "address" else kind,
        born=_born(given.get("birthDate", ())), address=next(iter(addresses), ""), identifiers=numbers,
    )  # fmt: skip
    pairs = itertools.product(names, dict.fromkeys(places) or [""])
    asked = [replace(known, name=name, country=place) for name, place in pairs]
    return str(schema), asked[:_MOST_READINGS]


def matched(answers: Iterable[Answer]) -> tuple[list[Candidate], str]:
    """Of several readings of one example the best candidates, best first; and what could not be screened."""
    best: dict[str, Candidate] = {}
    errors = []
    for one in answers:
        if one.error:
            errors.append(one.error)
        for candidate in one.candidates:
            there = best.get(candidate.listing.key)
            if there is None or candidate.score > there.score:
                best[candidate.listing.key] = candidate
    ranked = sorted(best.values(), key=lambda c: (-c.score, c.listing.key))
    return ranked, errors[0] if errors and not ranked else ""


def entity(listing: Listing, *, seen: dt.date | None = None) -> dict[str, Any]:
    """A listing as an entity of that API; ``seen`` is the day of the copy."""
    said: dict[str, Any] = orjson.loads(to_ftm(listing))
    said.pop("licet")
    said["properties"]["topics"] = [TOPICS.get(listing.list, "sanction")]
    first = listing.valid_from and listing.valid_from.isoformat()
    day = seen and seen.isoformat()
    return {**said, "referents": [], "first_seen": first, "last_seen": day, "last_change": first}


def result(candidate: Candidate, *, threshold: float, seen: dt.date | None) -> dict[str, Any]:
    """A candidate as a scored entity, with what speaks for and against it."""
    explained = {
        "name": {
            "score": candidate.score, "detail": sentence(candidate),
            "query": " ".join(p.left for p in candidate.alignment.pairs) if candidate.alignment else None,
            "candidate": candidate.matched,
        }
    }  # fmt: skip
    for one in candidate.evidence:
        explained[one.kind] = {
            "score": -one.cost, "detail": f"{one.effect}: {one.says}", "query": None, "candidate": None,
        }  # fmt: skip
    match = candidate.score >= threshold and candidate.verdict != CLEAR
    return {
        **entity(candidate.listing, seen=seen), "score": candidate.score, "match": match,
        "explanations": explained,
    }  # fmt: skip


def every(screener: Screener) -> Iterator[Listing]:
    """All listings of an index."""
    for at in range(len(screener.index)):
        yield screener.index.listing(at)


def _texts(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(one for one in value if one.strip())
    raise Problem(400, f"properties.{name[:40]}: a list of texts is asked")


def _born(days: Iterable[str]) -> str:
    """The first date of birth that can be read; another is not known."""
    for day in days:
        parts = day.strip()[:10].split("-")
        if all(part.isascii() and part.isdigit() for part in parts) and len(parts[0]) == 4:
            return "-".join(parts)
    return ""
