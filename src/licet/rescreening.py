"""Rescreening: which known parties a change of the lists touches, without screening all of them again.

Two steps. The parties are held against an index of the changed entries alone, as they were and as they are; few
have a name, a number or an address in common with one. Only these are screened against the whole lists of both
days, because what a match is worth depends on all names of a list, and the answers are compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from licet import lists as list_store
from licet.dispositions import Applied, Book
from licet.lists.differences import FieldChange, field_changes
from licet.parties.analysis import INITIAL
from licet.parties.candidates import Asked, Finder, Matrices, by_keys, candidates
from licet.parties.compare import readings
from licet.parties.index import Index, build
from licet.parties.listing import Listing
from licet.parties.score import align
from licet.parties.screening import CLEAR, MATCH, THRESHOLD, Candidate, Query, Screener
from licet.parties.spelling import LONGEST, visible
from licet.screen_lists import Lists, of_files, of_listings, of_store
from licet.screen_rows import AT_ONCE, BadRow, batched, queries_of, said_at

NEWLY_MATCH, NEWLY_POSSIBLE, NO_LONGER, CHANGED, WEIGHED = (
    "newly_match", "newly_possible", "no_longer", "changed", "weighed_otherwise",
)  # fmt: skip
_MARGIN = 0.1
"""How far below the threshold the names alone may lie: more than other evidence ever makes up for."""

Version = dt.date | Path | str
"""A day of the lists in use, or official files: a path."""


@dataclass(frozen=True, slots=True)
class Side:
    """The lists of one version: what it is called, its listings, and the lists as they are screened against."""

    said: str
    listings: tuple[Listing, ...]
    lists: Callable[[], Lists]


@dataclass(frozen=True, slots=True)
class Changed:
    """Entries that differ between two versions, by key: as they were, and as they are; () where not listed."""

    entries: Mapping[str, tuple[tuple[Listing, ...], tuple[Listing, ...]]]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    def count(self, what: str) -> int:
        """How many were added, removed or changed."""
        kinds = [
            "added" if not was else "removed" if not now else "changed"
            for was, now in self.entries.values()
        ]
        return kinds.count(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a change of one entry means for one party.

    ``what`` is newly_match, newly_possible, no_longer, or changed: the party was and is a possible match, and
    the entry says something else (``fields``); or weighed_otherwise: the entry is as it was, and its words have
    become more or less common among all names, so that the verdict is another. ``was`` and ``now`` are None
    where screening finds nothing. ``decided`` is what people decided about the two, as it stands after the
    change.
    """

    listing: Listing
    what: str
    was: Candidate | None
    now: Candidate | None
    fields: tuple[FieldChange, ...] = ()
    decided: Applied | None = None


@dataclass(frozen=True, slots=True)
class Rescreened:
    """A party and what touches it; ``error`` for one that could not be screened. Nothing: it is untouched."""

    query: Query
    touched: tuple[Touched, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Rescreening:
    """Two versions of the lists, and what differs between them, ready for parties."""

    before: Side
    after: Side
    changed: Changed


def side(
    version: Version,
    *,
    lists: Iterable[str] | None = None,
    known: dt.date | None = None,
    data: Path | None = None,
) -> Side:
    """The lists of a day, or of official files.

    Raises ``ValueError`` for a day of which nothing is known and a path that is none, ``SourceError`` for a
    damaged file.
    """
    only = frozenset(one.upper() for one in lists) if lists else None
    try:
        day = version if isinstance(version, dt.date) else dt.date.fromisoformat(str(version))
    except ValueError:
        return _of_files(Path(str(version)), only)
    store = list_store.store(data)
    there = {one.list for one in store.status(on=day, known=known)}
    missing = sorted(only - there) if only else [] if there else ["list"]
    if missing:
        raise ValueError(
            f"{day}: no {', '.join(missing)} is at hand for this day "
            f"(there: {', '.join(sorted(there)) or 'none'}); "
            "licet lists load PATH takes older copies."
        )
    found = store.listings(on=day, known=known, lists=only)
    return Side(str(day), found, cache(lambda: of_store(on=day, known=known, only=only, data=data)))


def nothing(said: str) -> Side:
    """A version in which no list is at hand."""
    return Side(said, (), lambda: of_listings(()))


def _of_files(path: Path, only: frozenset[str] | None) -> Side:
    from licet.sources.listings import read_listings

    if not path.exists():
        raise ValueError(
            f"{path}: no such file, and no day; write a day as 2024-01-31, or name official files."
        )
    if only:
        raise ValueError(f"{path}: lists are chosen by code only where both versions are days.")
    listings = read_listings(path)
    return Side(str(path), listings, cache(lambda: of_files(path)))


def between(before: Side, after: Side) -> Rescreening:
    """What differs between two versions, entry by entry."""
    was, now = _by_key(before.listings), _by_key(after.listings)
    entries = {
        key: (was.get(key, ()), now.get(key, ()))
        for key in sorted(was.keys() | now.keys())
        if _told(was.get(key, ())) != _told(now.get(key, ()))
    }
    then, today = ({one.list for one in one_side.listings} for one_side in (before, after))
    changed = Changed(entries, tuple(sorted(then - today)), tuple(sorted(today - then)))
    return Rescreening(before, after, changed)


def _by_key(listings: Iterable[Listing]) -> dict[str, tuple[Listing, ...]]:
    found: dict[str, tuple[Listing, ...]] = {}
    for one in listings:
        found[one.key] = (*found.get(one.key, ()), one)
    return found


def _told(listings: Sequence[Listing]) -> list[Listing]:
    """What entries say; how their file is called is no change."""
    return [replace(one, source="", url="") for one in listings]


def rescreen(
    names: Iterable[str | Mapping[str, Any] | BadRow],
    before: Version,
    after: Version,
    *,
    lists: Iterable[str] | None = None,
    threshold: float = THRESHOLD,
    known: dt.date | None = None,
    everybody: bool = False,
    data: Path | None = None,
) -> Iterator[Rescreened]:
    """Which parties a change of the lists touches, and how, as ``licet rescreen`` does.

    ``names`` are names or rows, as for ``licet.screen``; ``before`` and ``after`` are days or paths of official
    files. ``everybody`` screens also those that no changed entry could be, whom an entry that has not changed
    may match by a hair now. Every party is answered, in order; those that nothing touches with nothing. Raises
    as ``side``.

    >>> import licet, datetime
    >>> days = datetime.date(2019, 5, 15), datetime.date(2019, 5, 16)
    >>> found = list(licet.rescreen(["Huawei Technologies Co., Ltd.", "Lindgren Bakery"], *days, lists=["EL"]))
    >>> found[0].touched[0].what, found[0].touched[0].listing.key, found[1].touched
    ('newly_match', 'EL:huawei-technologies-co-ltd.cn', ())
    """
    from licet import dispositions

    first, last = (side(one, lists=lists, known=known, data=data) for one in (before, after))
    rows = ({"name": one} if isinstance(one, str) else one for one in names)
    book = dispositions.book(known=known, data=data)
    return touched(rows, between(first, last), threshold=threshold, book=book, everybody=everybody)


def touched(
    rows: Iterable[Mapping[str, Any] | BadRow],
    versions: Rescreening,
    *,
    threshold: float = THRESHOLD,
    book: Book | None = None,
    on: dt.date | None = None,
    everybody: bool = False,
) -> Iterator[Rescreened]:
    """For each row what touches it, in order. ``book``: decisions, as they stand on a day (else today).

    ``everybody`` as for ``rescreen``.
    """
    near = _Near.of(versions.changed, threshold)
    for part in batched(rows, AT_ONCE):
        asked = queries_of(part)
        # A row may name the day on which somebody was listed; here the versions are the days.
        queries = [replace(query, on=None) for query, _, _ in asked]
        good = [at for at, (_, bad, _) in enumerate(asked) if not bad]
        wanted = good if everybody else [
            good[at] for at in near.touched([queries[at] for at in good])
        ]  # fmt: skip
        found = dict(zip(wanted, _compared([queries[at] for at in wanted], versions, threshold, book, on),
                         strict=True))  # fmt: skip
        for at, (_, bad, place) in enumerate(asked):
            answer = found.get(at) or Rescreened(queries[at], (), bad)
            if answer.error and not bad:
                answer = replace(answer, error=said_at(place, answer.error))
            yield answer


def _compared(
    queries: Sequence[Query],
    versions: Rescreening,
    threshold: float,
    book: Book | None,
    on: dt.date | None,
) -> Iterator[Rescreened]:
    """The answers of both versions side by side: the entries that differ, and those that weigh otherwise."""
    if not queries:
        return
    before, after = (
        one.lists().screener.screen(queries, threshold=threshold)
        for one in (versions.before, versions.after)
    )
    entries = versions.changed.entries
    for query, left, right in zip(queries, before, after, strict=True):
        was, has = ({one.listing.key: one for one in side.candidates} for side in (left, right))
        found = []
        for key in dict.fromkeys([*has, *was]):
            then, now = was.get(key), has.get(key)
            if key in entries:
                one = _meaning(then, now, entries[key])
            elif _verdict(then) != _verdict(now):
                shown = now or then
                assert shown is not None
                one = Touched(listing=shown.listing, what=WEIGHED, was=then, now=now)
            else:
                continue
            decided = book.applied(query, one.listing, on=on) if book else None
            found.append(replace(one, decided=decided))
        yield Rescreened(query, tuple(found), left.error or right.error)


def _verdict(candidate: Candidate | None) -> str:
    return candidate.verdict if candidate else CLEAR


def _meaning(
    was: Candidate | None,
    now: Candidate | None,
    entry: tuple[tuple[Listing, ...], tuple[Listing, ...]],
) -> Touched:
    shown = now or was
    assert shown is not None
    verdict_then, verdict_now = _verdict(was), _verdict(now)
    what = (
        NO_LONGER if verdict_now == CLEAR
        else NEWLY_MATCH if verdict_now == MATCH != verdict_then
        else NEWLY_POSSIBLE if verdict_then == CLEAR
        else CHANGED
    )  # fmt: skip
    before, after = entry
    fields = field_changes(before[0], after[0]) if len(before) == len(after) == 1 else ()
    return Touched(listing=shown.listing, what=what, was=was, now=now, fields=fields)


@dataclass(frozen=True, slots=True)
class _Near:
    """An index of the entries that differ, as they were and as they are; loses no party that one may touch."""

    index: Index
    matrices: Matrices
    finder: Finder
    screener: Screener
    threshold: float

    @classmethod
    def of(cls, changed: Changed, threshold: float) -> _Near:
        entries = (
            one for was, now in changed.entries.values() for one in dict.fromkeys((*was, *now))
        )
        made = build(entries)
        return cls(made, Matrices(made), by_keys(made), Screener(made), threshold)

    def touched(self, queries: Sequence[Query]) -> list[int]:
        """Places of the queries that an entry may touch, and of those that cannot be screened."""
        if not len(self.index):
            return [at for at, query in enumerate(queries) if not _screenable(query)]
        found = {at for at, query in enumerate(queries) if not _screenable(query)}
        asked: list[Asked] = []
        whose: list[int] = []
        for at, query in enumerate(queries):
            if at not in found:
                ways = _ways(query)
                asked += ways
                whose += [at] * len(ways)
        least = self.threshold - _MARGIN
        pairs = candidates(asked, self.index, self.matrices, least=least, finder=self.finder)
        arrays = self.index.arrays
        order = np.argsort(-pairs.most, kind="stable")
        for which, name in zip(
            pairs.asked[order].tolist(), pairs.name[order].tolist(), strict=True
        ):
            at = whose[which]
            if at in found:
                continue
            listing = self.index.listing(int(arrays["name_listing"][name]))
            text = listing.names[int(arrays["name_text"][name])].text
            person = listing.kind == "person" or (not listing.kind and queries[at].kind == "person")
            listed = self.index.name(name, text)
            if align(asked[which].name, listed, person=person).score >= least:
                found.add(at)
        # Numbers and addresses are found under any name, and their worth hangs on nothing else.
        more = [at for at, query in enumerate(queries)
                if at not in found and (query.identifiers or query.address)]  # fmt: skip
        answers = self.screener.screen([queries[at] for at in more], threshold=self.threshold)
        found.update(at for at, answer in zip(more, answers, strict=True) if answer.candidates)
        return sorted(found)


def _ways(query: Query) -> list[Asked]:
    """Every way in which screening may read a name, and some more: who is touched here is screened yet."""
    text = visible(query.name)
    ways: list[tuple[str, bool | None]] = [("person", True), ("organization", None)]
    if query.kind:
        ways = [(query.kind, None)]
    elif text.lstrip()[:1] in "mMsS":
        ways.append(("vessel", None))  # M/V and S/S make a name a ship's
    return [
        Asked(name, person)
        for kind, person in ways
        for name in readings(text, kind)
        if any(which < INITIAL for which in name.kinds)
    ]


def _screenable(query: Query) -> bool:
    """Whether something can be told from a name however it is read; if not, the screening itself decides."""
    if len(query.name) > LONGEST or not query.name.strip():
        return False
    kinds = (query.kind,) if query.kind else ("person", "organization")
    read = (readings(visible(query.name), kind) for kind in kinds)
    return all(any(min(name.kinds, default=INITIAL) < INITIAL for name in names) for names in read)
