"""Screening in rows: a row of a table or a JSON line as a query, an answer as JSON, many rows at once."""

from __future__ import annotations

import datetime as dt
import gc
import multiprocessing
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from licet.parties import index
from licet.parties.asked import number
from licet.parties.explain import sentence
from licet.parties.listing import Identifier
from licet.parties.screening import Answer, Candidate, Query, Screener
from licet.parties.spelling import visible

KINDS = ("person", "organization", "vessel", "aircraft")
COLUMNS = ("id", "name", "kind", "country", "dob", "address", "imo", "number", "as_of")
"""What a row may say; only the name must be there.

``dob`` is a date of birth (1965, 1965-03, 1965-03-17), ``imo`` a ship's number, ``number`` any number that
tells a party from its namesakes (a passport, a registration), ``as_of`` the day on which somebody was listed.
"""
PLACE = ""
"""Under this key a row says where it stands (``parties.csv: line 7``); no column is called so."""
MOST = 10
"""Candidates that an answer in JSON holds."""
AT_ONCE = 1000
ALONE = 4000
"""Up to so many rows one process is faster than starting more."""

T = TypeVar("T")

_BORN = re.compile(r"\d{4}(-\d{1,2}(-\d{1,2})?)?")


class BadRow(ValueError):  # noqa: N818 -- it says what is the matter
    """A row that is no query; says which field, what was found and what is allowed. ``id`` where it has one."""

    def __init__(self, says: str, *, id: str = "") -> None:
        super().__init__(says)
        self.id = id


def query_of(row: Mapping[str, Any]) -> Query:
    """The query of a row; empty fields are not known.

    Raises ``BadRow`` for a value that is not allowed.
    """
    got = {column: _text(row, column) for column in COLUMNS}
    kind, country = got["kind"].lower(), got["country"].upper()
    if kind and kind not in KINDS:
        raise BadRow(f"kind: {kind!r}; one of {', '.join(KINDS)}, or nothing.")
    if country:
        country = _country(country)
    if got["dob"] and not _BORN.fullmatch(got["dob"]):
        raise BadRow(f"dob: {got['dob']!r}; write 1965, 1965-03 or 1965-03-17.")
    on = None
    if got["as_of"]:
        try:
            on = dt.date.fromisoformat(got["as_of"])
        except ValueError:
            raise BadRow(f"as_of: {got['as_of']!r}; write a day as 2019-05-16.") from None
    numbers: tuple[Identifier, ...] = (Identifier("imo", got["imo"]),) if got["imo"] else ()
    if got["number"]:
        numbers += (identifier(got["number"]),)
    return Query(
        name=got["name"], id=got["id"], kind=kind, country=country, born=got["dob"], address=got["address"],
        identifiers=numbers, on=on,
    )  # fmt: skip


def identifier(text: str) -> Identifier:
    """A number, with what it is before it where that is known; seven digits after IMO are a ship's.

    >>> identifier("IMO 9187655").kind, identifier("passport K123").kind, identifier("C0048 123").kind
    ('imo', 'passport', 'other')
    """
    return Identifier(*number(text))


def _country(text: str) -> str:
    """The code of a country given by code or name. A code that is none would contradict every listing."""
    from licet.countries import countries, plain

    known = countries()
    if text in known.names or text in _FORMER:
        return text
    if code := known.codes.get(plain(text)) or _CALLED.get(text):
        return code
    near = get_close_matches(plain(text), known.codes, 1)
    hint = f" Did you mean {known.codes[near[0]]}?" if near else ""
    raise BadRow(
        f"country: {text!r}; a country's two letters (ISO 3166-1 alpha-2), such as CN.{hint}"
    )


_CALLED = {"UK": "GB", "EL": "GR"}
_FORMER = frozenset({"AN", "BU", "CS", "DD", "SU", "TP", "YU", "ZR"})
"""Codes of states that are no more; lists name them as places of birth and of nationality."""


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None and column == "dob":
        value = row.get("born")
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        # A spreadsheet keeps every number so: 17.0 is the customer 17.
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        raise BadRow(f"{column}: {type(value).__name__}; write text.")
    text = str(value)
    if not text.isascii():
        # Half of a surrogate pair is no text, and could be written nowhere.
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.strip() if column != "name" else text


def answer_row(answer: Answer, *, most: int = MOST) -> dict[str, Any]:
    """An answer as JSON: id, verdict, candidates; or id and error."""
    if answer.error:
        return {"id": answer.query.id, "error": answer.error}
    return {
        "id": answer.query.id,
        "verdict": answer.verdict,
        "candidates": [candidate_row(one) for one in answer.candidates[:most]],
    }


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """A candidate as JSON: which listing, how sure, and why, in pieces and in a sentence."""
    listing, alignment = candidate.listing, candidate.alignment
    return {
        "listing_id": listing.key,
        "list": listing.list,
        "name": visible(listing.name),
        "score": candidate.score,
        "verdict": candidate.verdict,
        "matched_name": visible(candidate.matched),
        "kind": listing.kind,
        "countries": listing.countries,
        "programs": listing.programs,
        "since": listing.valid_from,
        "source": listing.source,
        "words": [
            {
                "asked": pair.left,
                "listed": pair.right,
                "kind": pair.kind,
                "similarity": pair.similarity,
            }
            for pair in (alignment.pairs if alignment else ())
        ],
        "asked_only": alignment.left_only if alignment else (),
        "listed_only": alignment.right_only if alignment else (),
        "costs": dict(alignment.costs) if alignment else {},
        "evidence": [
            {"kind": e.kind, "effect": e.effect, "says": e.says} for e in candidate.evidence
        ],
        "says": sentence(candidate),
    }


Settle = Callable[[Answer, Screener], Answer]
"""What people decided, applied to an answer (``licet.dispositions.Settling``)."""


def answers(
    rows: Iterable[Mapping[str, Any] | BadRow],
    screener: Screener,
    *,
    threshold: float,
    settle: Settle | None = None,
    numbers: tuple[Identifier, ...] = (),
) -> Iterator[Answer]:
    """An answer for each row, in order; a row that is none is answered with its error.

    ``numbers`` are those of every party that has none of its own.
    """
    for part in batched(rows, AT_ONCE):
        yield from _answered(part, screener, threshold, settle, numbers)


def queries_of(
    rows: Iterable[Mapping[str, Any] | BadRow],
) -> list[tuple[Query, str, str]]:
    """Of each row its query, what is wrong with it ("" where nothing is), and where it stands."""
    found = []
    for row in rows:
        if isinstance(row, BadRow):
            found.append((Query(name="", id=row.id), str(row), ""))
            continue
        place = str(row.get(PLACE) or "")
        try:
            found.append((query_of(row), "", place))
        except BadRow as error:
            name, number = row.get("name"), row.get("id")
            bad = Query(name=name if isinstance(name, str) else "", id=str(number or ""))
            found.append((bad, said_at(place, str(error)), place))
    return found


def said_at(place: str, error: str) -> str:
    """An error with the place of its row before it."""
    return f"{place}: {error}" if place and error else error


def _answered(
    rows: Sequence[Mapping[str, Any] | BadRow],
    screener: Screener,
    threshold: float,
    settle: Settle | None,
    numbers: tuple[Identifier, ...] = (),
) -> list[Answer]:
    asked = queries_of(rows)
    if numbers:
        asked = [
            (replace(query, identifiers=query.identifiers or numbers), bad, place)
            for query, bad, place in asked
        ]
    found = iter(
        screener.screen([query for query, bad, _ in asked if not bad], threshold=threshold)
    )
    out = []
    for query, bad, place in asked:
        answer = Answer(query, "", (), bad) if bad else next(found)
        if answer.error and not bad and place:
            answer = replace(answer, error=said_at(place, answer.error))
        out.append(settle(answer, screener) if settle and not answer.error else answer)
    return out


def batched(rows: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Rows in parts of a size; ``itertools.batched`` is of Python 3.12."""
    iterator = iter(rows)
    while part := tuple(islice(iterator, size)):
        yield part


def parse(line: bytes) -> Mapping[str, Any] | BadRow:
    """A JSON line as a row."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return BadRow(f"not a JSON line: {error}.")
    return (
        row
        if isinstance(row, dict)
        else BadRow(f"a JSON {type(row).__name__}; write one object a line.")
    )


def screen_lines(
    lines: Iterable[bytes],
    screener: Screener,
    folder: Path | None,
    *,
    threshold: float,
    settle: Settle | None = None,
) -> Iterator[bytes]:
    """JSON lines in, JSON lines out, in order; many of them by as many processes as there are cores."""
    parts = batched((line for line in lines if line.strip()), AT_ONCE)
    head = list(chain.from_iterable(islice(parts, ALONE // AT_ONCE)))
    more = next(parts, None)
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    every = chain(batched(head, AT_ONCE), [more] if more else [], parts)
    if more is None or cores < 2 or folder is None:
        for part in every:
            yield _lines(part, screener, threshold, settle)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with multiprocessing.get_context(method).Pool(
        cores, _begin, (folder, threshold, settle)
    ) as pool:
        yield from pool.imap(_work, every)


def _lines(
    lines: Sequence[bytes], screener: Screener, threshold: float, settle: Settle | None
) -> bytes:
    found = _answered([parse(line) for line in lines], screener, threshold, settle)
    return b"".join(orjson.dumps(answer_row(one)) + b"\n" for one in found)


_worker: tuple[Screener, float, Settle | None] | None = None


def _begin(folder: Path, threshold: float, settle: Settle | None) -> None:
    global _worker  # noqa: PLW0603 -- what a worker process was started with
    # What a worker remembers has no cycles, and looking for them again and again takes a sixth of its time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    _worker = Screener(index.load(folder)), threshold, settle


def _work(lines: Sequence[bytes]) -> bytes:
    assert _worker is not None
    return _lines(lines, *_worker)
