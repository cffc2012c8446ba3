"""Who may be on a list: names asked about against an index of listings, with what speaks for and against each.

Stage one (``candidates``) finds the listed names that could be meant, stage two (``score``) aligns each, and
other evidence (``evidence``) is weighed in. A name that nothing could be told from is an error, never "clear".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from licet.parties.addresses import Address, address, same
from licet.parties.analysis import PLACE, analyse
from licet.parties.asking import NotScreenable, Query, ways
from licet.parties.candidates import Asked, Finder, Matrices, by_keys, candidates
from licet.parties.evidence import (
    AGREES,
    CONTRADICTS,
    WEAKENS,
    Evidence,
    of_birth,
    of_country,
    of_kind,
    of_numbers,
    of_places,
    plain,
)  # fmt: skip
from licet.parties.index import Index
from licet.parties.listing import KINDS, NAME_KINDS, Listing
from licet.parties.rarity import SLIGHT, Rarity
from licet.parties.score import Alignment, align

MATCH, POSSIBLE, CLEAR = "match", "possible", "clear"
THRESHOLD = 0.7
"""From this score on somebody must look."""
SURE = 0.83
"""From this score on a name is taken for the listed one, where nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing that the party may be: under which of its names, how sure, and why.

    ``alignment`` is None where an address or a number was found, not a name.
    """

    listing: Listing
    matched: str
    score: float
    verdict: str
    alignment: Alignment | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What screening says of one query: the verdict of the best candidate, and all of them, best first."""

    query: Query
    verdict: str
    candidates: tuple[Candidate, ...] = ()
    error: str = ""


@dataclass(slots=True)
class Screener:
    """An index ready to be asked."""

    index: Index
    matrices: Matrices = field(init=False)
    _rarity: Rarity = field(init=False)
    _finder: Finder = field(init=False)
    _addresses: list[tuple[Address, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.matrices = Matrices(self.index)
        self._finder = by_keys(self.index)
        self._rarity = Rarity(self.index)
        self._addresses = [
            (address(text), number)
            for number in self.index.arrays["address_only"].tolist()
            for text in self.index.listing(number).addresses
        ]

    def screen(self, queries: Sequence[Query], *, threshold: float = THRESHOLD) -> list[Answer]:
        """An answer for each query, in their order."""
        asked: list[Asked] = []
        whose: list[int] = []
        errors: dict[int, str] = {}
        least = threshold
        for at, query in enumerate(queries):
            try:
                read = ways(query)
            except NotScreenable as error:
                errors[at] = str(error)
                continue
            asked += read
            whose += [at] * len(read)
            if query.country or query.born:
                least = threshold - 0.04
        found: list[dict[int, Candidate]] = [{} for _ in queries]
        result = candidates(asked, self.index, self.matrices, least=least, finder=self._finder)
        listing_of = self.index.arrays["name_listing"]
        kept: dict[int, Listing] = {}
        order = np.argsort(-result.most, kind="stable")
        for which, name in zip(
            result.asked[order].tolist(), result.name[order].tolist(), strict=True
        ):
            at, number = whose[which], int(listing_of[name])
            listing = kept.get(number) or kept.setdefault(number, self.index.listing(number))
            candidate = self._weigh(queries[at], asked[which], name, listing, threshold)
            best = found[at].get(number)
            if candidate is not None and (best is None or candidate.score > best.score):
                found[at][number] = candidate
        answers = []
        for at, query in enumerate(queries):
            if at in errors:
                answers.append(Answer(query, "", (), errors[at]))
                continue
            for number, candidate in self._elsewhere(query):
                best = found[at].get(number)
                if best is None or candidate.score > best.score:
                    found[at][number] = candidate
            ranked = tuple(sorted(found[at].values(), key=lambda c: (-c.score, c.listing.key)))
            verdicts = {candidate.verdict for candidate in ranked}
            verdict = MATCH if MATCH in verdicts else POSSIBLE if POSSIBLE in verdicts else CLEAR
            answers.append(Answer(query, verdict, ranked))
        return answers

    def _weigh(
        self, query: Query, asked: Asked, name: int, listing: Listing, threshold: float
    ) -> Candidate | None:
        """The candidate that a listed name makes, or None where it falls short."""
        if query.on is not None and not _listed(listing, query.on):
            return None
        arrays = self.index.arrays
        number = int(arrays["name_listing"][name])
        text = listing.names[int(arrays["name_text"][name])]
        person = listing.kind == "person" or (not listing.kind and query.kind == "person")
        listed = self.index.name(name, text.text)
        alignment = align(asked.name, listed, person=person, least=threshold - 0.04)
        if not alignment.score or alignment.score < threshold - 0.04:
            return None
        bits = self._rarity.bits(name)
        # A place in the name may say why the country is another.
        differs = not SLIGHT.issuperset({what for what, _ in alignment.costs} - {"extra_place"})
        evidence = [
            one
            for one in (
                of_kind(query.kind, listing.kind),
                of_country(query.country, listing.countries, person=person, differs=differs),
                of_birth(query.born, listing.born),
                of_numbers(query.identifiers, listing.identifiers) if query.identifiers else None,
                self._rarity.common(alignment, listed, bits, person),
                self._rarity.another(asked.name, alignment, number, bits, person),
                Evidence("acronym", WEAKENS, "few letters stand for many names", 0.3)
                if any(len(p.left) < 4 or len(p.right) < 4 for p in alignment.pairs if p.kind == "acronym")
                else None,
                Evidence("alias", WEAKENS, "the list marks this alias as weak", 0.06)
                if text.kind == "weak" else None,
            )
            if one is not None
        ]  # fmt: skip
        places = alignment.words_only(asked.name, PLACE)
        cost = -math.log(alignment.score)
        if places and (there := of_places(places, listing.countries, listing.addresses)):
            evidence.append(there)
            cost -= dict(alignment.costs).get("extra_place", 0.0)
        cost += sum(one.cost for one in evidence if one.cost > 0)
        for one in evidence:
            if one.cost < 0:
                cost *= 1 + one.cost
        score = round(math.exp(-cost), 6)
        if score < threshold:
            return None
        return Candidate(
            listing, text.text, score, _verdict(score, evidence), alignment, tuple(evidence)
        )

    def _elsewhere(self, query: Query) -> Iterator[tuple[int, Candidate]]:
        """Listings found by address (15 CFR 744.16(f)) or by number, under whatever name."""
        if query.address and self._addresses:
            here = address(query.address)
            for there, number in self._addresses:
                kind = same(here, there)
                listing = self.index.listing(number)
                if kind and (query.on is None or _listed(listing, query.on)):
                    says = "the listing is of this address, under any name"
                    score, verdict = (0.95, MATCH) if kind == "exact" else (0.8, POSSIBLE)
                    found = Evidence("address", AGREES, says, 0.0)
                    yield number, Candidate(listing, listing.name, score, verdict, None, (found,))
        for identifier in query.identifiers:
            for number in self.index.with_number(plain(identifier.value)):
                listing = self.index.listing(number)
                agrees = of_numbers((identifier,), listing.identifiers)
                if (
                    agrees
                    and agrees.effect == AGREES
                    and (query.on is None or _listed(listing, query.on))
                ):
                    yield number, Candidate(listing, listing.name, 0.85, POSSIBLE, None, (agrees,))


def _listed(listing: Listing, on: dt.date) -> bool:
    """Whether the entry was on the list that day, as far as the list says."""
    return (listing.valid_from is None or listing.valid_from <= on) and (
        listing.valid_until is None or on < listing.valid_until
    )


def _verdict(score: float, evidence: Iterable[Evidence]) -> str:
    contradicted = any(
        one.effect == CONTRADICTS
        or one.kind == "alias"
        or (one.kind == "common" and (one.cost > 0.07 or not one.cost))
        for one in evidence
    )
    settled = any(one.kind in ("identifier",) and one.effect == AGREES for one in evidence)
    return MATCH if score >= SURE and (settled or not contradicted) else POSSIBLE


__all__ = [
    "CLEAR",
    "KINDS",
    "MATCH",
    "NAME_KINDS",
    "POSSIBLE",
    "Answer",
    "Candidate",
    "NotScreenable",
    "Query",
    "Screener",
    "analyse",
]
