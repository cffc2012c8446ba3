"""What dispositions say of a match on a day: settled, or open again and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from licet.dispositions.record import (
    LISTED,
    Disposition,
    Facts,
    facts_of,
    listing_changes,
    party_changes,
    party_of,
)
from licet.parties.evidence import AGREES, CONTRADICTS, Evidence
from licet.parties.listing import Listing
from licet.parties.screening import CLEAR, MATCH, POSSIBLE, Answer, Candidate, Query, Screener

SETTLED, OPEN = "settled", "open"
KIND = "disposition"
"""What such evidence is called; its effect is agrees, contradicts, or open."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A disposition and what it comes to: ``state`` is settled or open (again); ``says`` why, in words."""

    disposition: Disposition
    state: str
    says: str

    @property
    def verdict(self) -> str | None:
        """The verdict that it gives a match; None where the screening's own stands."""
        if self.state == OPEN:
            return None
        return MATCH if self.disposition.decision == LISTED else CLEAR

    @property
    def evidence(self) -> Evidence:
        """As a piece of evidence; it changes no score."""
        effect = OPEN if self.state == OPEN else AGREES if self.verdict == MATCH else CONTRADICTS
        return Evidence(KIND, effect, self.says, 0.0)


@dataclass(frozen=True)
class Book:
    """Dispositions at hand, to be asked many times; ``known``: only what was recorded by that day (UTC).

    ``at`` is the day on which decisions must hold, whatever day is asked about: who decides today about an
    order of last week uses what people found out since.
    """

    every: tuple[Disposition, ...]
    known: dt.date | None = None
    at: dt.date | None = None
    _by_entry: dict[str, list[Disposition]] = field(init=False, repr=False, compare=False)
    _by_name: dict[str, list[Disposition]] = field(init=False, repr=False, compare=False)
    _by_party: dict[str, list[Disposition]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_entry: dict[str, list[Disposition]] = {}
        by_name: dict[str, list[Disposition]] = {}
        by_party: dict[str, list[Disposition]] = {}
        for one in self.every:
            if self.known is not None and one.recorded.date() > self.known:
                continue
            by_entry.setdefault(one.listing.key, []).append(one)
            if one.decision == LISTED:
                (by_party if one.party else by_name).setdefault(one.party or one.name, []).append(
                    one
                )
        object.__setattr__(self, "_by_entry", by_entry)
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_party", by_party)

    def __len__(self) -> int:
        return len(self.every)

    def applied(
        self, query: Query, listing: Listing, *, on: dt.date | None = None
    ) -> Applied | None:
        """What was decided about a party and a listing, as it stands on a day (today unless given).

        None where nobody decided anything. Of several decisions the last that holds for the party speaks.
        """
        there = self._by_entry.get(listing.key)
        if not there:
            return None
        day = self.at or on or dt.date.today()
        party, facts = party_of(query), facts_of(query)
        mine = [one for one in there if one.party and one.party == party]
        if not mine:
            # A decision without a number was about everybody of whom just this is known.
            mine = [one for one in there if not one.party and one.name == dict(facts)["name"]]
            mine = [one for one in mine if one.facts == facts] or mine
        if not mine and not party:
            # Perhaps about this party: a decision about a numbered one, where no number is told.
            mine = [one for one in there if one.facts == facts]
        if not mine:
            return None
        made = [one for one in mine if one.decided <= day] or mine
        last = max(made, key=lambda one: (one.decided, one.number))
        return self._stands(last, party, facts, listing, day)

    def _stands(
        self, one: Disposition, party: str, facts: Facts, listing: Listing, day: dt.date
    ) -> Applied:
        what = "the listed party" if one.decision == LISTED else "another"
        settled = f"settled as {what} by {one.by} on {one.decided} (no. {one.number}) because {one.reason}"
        taken = one.withdrawn
        if taken and self.known is not None and taken.recorded.date() > self.known:
            taken = None
        why = ""
        if one.decided > day:
            why = f"that was after {day}"
        elif taken and taken.day <= day:
            why = f"{taken.by} withdrew that on {taken.day}: {taken.reason}"
        elif one.expires and one.expires <= day:
            why = f"that held until {one.expires} only"
        elif one.party != party and one.party:
            why = f"that was about party {one.party}, and this one has no number"
        elif changes := list(party_changes(one.facts, facts)):
            why = f"the party is described differently: {'; '.join(changes)}"
        elif changes := list(listing_changes(one.listing, listing)):
            why = f"the listing has changed: {'; '.join(changes[:3])}"
            if len(changes) > 3:
                why += f" and {len(changes) - 3} more fields"
        if why:
            return Applied(one, OPEN, f"{settled}; open again: {why}")
        until = f"; open again from {one.expires}" if one.expires else ""
        return Applied(one, SETTLED, settled + until)

    def true_matches(self, query: Query, *, on: dt.date | None = None) -> Iterable[Applied]:
        """Decisions that a party is a listed one, whatever screening finds; see ``settle``."""
        party, facts = party_of(query), facts_of(query)
        mine = self._by_party.get(party, []) if party else []
        for one in [*mine, *self._by_name.get(dict(facts)["name"], [])]:
            stands = self.applied(query, one.listing, on=on)
            if stands and stands.state == SETTLED and stands.disposition is one:
                yield stands


def with_disposition(candidate: Candidate, applied: Applied | None) -> Candidate:
    """A candidate with what was decided among its evidence, and the verdict that follows."""
    if applied is None:
        return candidate
    return replace(
        candidate,
        verdict=applied.verdict or candidate.verdict,
        evidence=(*candidate.evidence, applied.evidence),
    )


def settle(
    answer: Answer,
    book: Book,
    *,
    on: dt.date | None = None,
    find: Callable[[str], Listing | None] = lambda key: None,
) -> Answer:
    """An answer with what was decided about its candidates.

    The day is the query's own, else ``on``, else today. A settled candidate stays in the answer, so that a
    reader sees what was decided. ``find`` gives an entry by its key: a party that was settled as a listed one
    is a match while the entry is on the list, also where its name alone would not be found.
    """
    if not len(book) or answer.error:
        return answer
    query = answer.query
    day = query.on or on
    decided = [book.applied(query, one.listing, on=day) for one in answer.candidates]
    candidates = [with_disposition(*both) for both in zip(answer.candidates, decided, strict=True)]
    found = {one.listing.key for one in answer.candidates}
    missing = [one for one in book.true_matches(query, on=day)
               if one.disposition.listing.key not in found]  # fmt: skip
    for one in missing:
        listing = find(one.disposition.listing.key)
        if listing is None or (query.on is not None and not _listed(listing, query.on)):
            continue  # it is no longer listed
        stands = book.applied(query, listing, on=day) or one
        bare = Candidate(listing, listing.name, 0.0, POSSIBLE, None, ())
        candidates.append(with_disposition(bare, stands))
    if not missing and not any(decided):
        return answer
    verdicts = {one.verdict for one in candidates}
    verdict = MATCH if MATCH in verdicts else POSSIBLE if POSSIBLE in verdicts else CLEAR
    return replace(answer, verdict=verdict, candidates=tuple(candidates))


@dataclass(slots=True)
class Settling:
    """Settles the answers of a screening; may be sent to other processes, each with its own index.

    ``on`` is the day on which decisions must hold where a query names none.
    """

    book: Book
    on: dt.date | None = None
    _places: dict[str, int] | None = None

    def __call__(self, answer: Answer, screener: Screener) -> Answer:
        """The answer of a screener, settled."""
        return settle(answer, self.book, on=self.on, find=lambda key: self._find(key, screener))

    def _find(self, key: str, screener: Screener) -> Listing | None:
        entries = screener.index
        if self._places is None:
            # The index is by names. Few need this; it goes through all entries once.
            self._places = {entries.listing(at).key: at for at in range(len(entries))}
        place = self._places.get(key)
        return None if place is None else entries.listing(place)


def _listed(listing: Listing, on: dt.date) -> bool:
    return (listing.valid_from is None or listing.valid_from <= on) and (
        listing.valid_until is None or on < listing.valid_until
    )
