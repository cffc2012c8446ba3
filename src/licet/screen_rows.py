"""Screening in rows: a row of a table or a JSON line as a query, an answer as JSON, many rows at once."""

from __future__ import annotations

import datetime as dt
import gc
import multiprocessing
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from licet.parties import index
from licet.parties.explain import sentence
from licet.parties.listing import Identifier
from licet.parties.screening import Answer, Candidate, Query, Screener
from licet.parties.spelling import visible

KINDS = ("person", "organization", "vessel", "aircraft")
COLUMNS = ("id", "name", "kind", "country", "dob", "address", "imo", "as_of")
"""What a row may say; only the name must be there. ``dob`` is a date of birth (1965, 1965-03, 1965-03-17)."""
MOST = 10
"""Candidates that an answer in JSON holds."""
AT_ONCE = 1000
ALONE = 4000
"""Up to so many rows one process is faster than starting more."""

T = TypeVar("T")

_BORN = re.compile(r"\d{4}(-\d{1,2}(-\d{1,2})?)?")


class BadRow(ValueError):  # noqa: N818 -- it says what is the matter
    """A row that is no query; says which field, what was found and what is allowed."""


def query_of(row: Mapping[str, Any]) -> Query:
    """The query of a row; empty fields are not known.

    Raises ``BadRow`` for a value that is not allowed.
    """
    got = {column: _text(row, column) for column in COLUMNS}
    kind, country = got["kind"].lower(), got["country"].upper()
    if kind and kind not in KINDS:
        raise BadRow(f"kind: {kind!r}; one of {', '.join(KINDS)}, or nothing.")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise BadRow(f"country: {country!r}; two letters (ISO 3166-1 alpha-2), such as CN.")
    if got["dob"] and not _BORN.fullmatch(got["dob"]):
        raise BadRow(f"dob: {got['dob']!r}; write 1965, 1965-03 or 1965-03-17.")
    on = None
    if got["as_of"]:
        try:
            on = dt.date.fromisoformat(got["as_of"])
        except ValueError:
            raise BadRow(f"as_of: {got['as_of']!r}; write a day as 2019-05-16.") from None
    numbers = (Identifier("imo", got["imo"]),) if got["imo"] else ()
    return Query(
        name=got["name"], id=got["id"], kind=kind, country=country, born=got["dob"], address=got["address"],
        identifiers=numbers, on=on,
    )  # fmt: skip


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        raise BadRow(f"{column}: {type(value).__name__}; write text.")
    return str(value).strip() if column != "name" else str(value)


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


def answers(
    rows: Iterable[Mapping[str, Any] | BadRow], screener: Screener, *, threshold: float
) -> Iterator[Answer]:
    """An answer for each row, in order; a row that is none is answered with its error."""
    for part in batched(rows, AT_ONCE):
        yield from _answered(part, screener, threshold)


def _answered(
    rows: Sequence[Mapping[str, Any] | BadRow], screener: Screener, threshold: float
) -> list[Answer]:
    out: list[Answer | None] = []
    queries: list[Query] = []
    for row in rows:
        if isinstance(row, BadRow):
            out.append(Answer(Query(name=""), "", (), str(row)))
            continue
        try:
            queries.append(query_of(row))
            out.append(None)
        except BadRow as error:
            name, number = row.get("name"), row.get("id")
            bad = Query(name=name if isinstance(name, str) else "", id=str(number or ""))
            out.append(Answer(bad, "", (), str(error)))
    found = iter(screener.screen(queries, threshold=threshold))
    return [next(found) if one is None else one for one in out]


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
    lines: Iterable[bytes], screener: Screener, folder: Path | None, *, threshold: float
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
            yield _lines(part, screener, threshold)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with multiprocessing.get_context(method).Pool(cores, _begin, (folder, threshold)) as pool:
        yield from pool.imap(_work, every)


def _lines(lines: Sequence[bytes], screener: Screener, threshold: float) -> bytes:
    found = _answered([parse(line) for line in lines], screener, threshold)
    return b"".join(orjson.dumps(answer_row(one)) + b"\n" for one in found)


_worker: tuple[Screener, float] | None = None


def _begin(folder: Path, threshold: float) -> None:
    global _worker  # noqa: PLW0603 -- what a worker process was started with
    # What a worker remembers has no cycles, and looking for them again and again takes a sixth of its time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    _worker = Screener(index.load(folder)), threshold


def _work(lines: Sequence[bytes]) -> bytes:
    assert _worker is not None
    return _lines(lines, *_worker)
