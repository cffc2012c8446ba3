"""An order weighed under a law: every line judged, the whole as restricted as its most restricted line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from licet.decide.facts import facts_of
from licet.decide.functions import Ruling
from licet.decide.known import Child, Facts, Truth
from licet.decide.listings import ListedFact
from licet.decide.proof import Proofs
from licet.decide.rulings import rulings
from licet.decide.standing import any_true, hold, weighing
from licet.decide.truth import Proof
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, position
from licet.law.rulebook import Law
from licet.order import Order

Screen = Callable[[Order], Sequence[ListedFact]]


@dataclass(frozen=True, slots=True)
class Band:
    """The outcome at best and at worst, and whether an open red flag holds it up."""

    best: str
    worst: str
    hold: Truth

    @property
    def settled(self) -> bool:
        """Whether nothing unknown can change the outcome.

        An order that is refused at best is refused: whether a license is required or nothing may lift the
        refusal may stay open.
        """
        return self.best not in GO_AHEAD or (self.best == self.worst and self.hold is not None)

    @property
    def outcome(self) -> str:
        """The outcome; ``needs_information`` where it is not settled."""
        if not self.settled:
            return NEEDS_INFORMATION
        return HOLD if self.hold and self.best in GO_AHEAD else self.best


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of an order: its facts, and what every rule in force comes to."""

    facts: Facts
    rulings: Mapping[str, Ruling]
    band: Band
    proofs: Mapping[str, Proof]
    """The proof of each rule, made when it is looked at: most are never looked into."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A whole order: as restricted as its most restricted line (compare 15 CFR 770.2)."""

    order: Order
    law: Law
    listed: Sequence[ListedFact]
    lines: tuple[Judged, ...]
    band: Band


def weigh(order: Order, law: Law, screen: Screen) -> Weighed:
    """Judge every line of an order."""
    listed = screen(order)
    lines = []
    for at in range(max(len(order.lines or ()), 1)):
        facts = facts_of(order, at, law, listed)
        found = rulings(facts, law)
        ends = band(found, facts.children["red_flags"], law)
        lines.append(Judged(facts, found, ends, Proofs(facts, law)))
    return Weighed(order, law, listed, tuple(lines), whole([line.band for line in lines]))


def whole(bands: Sequence[Band]) -> Band:
    """The band of an order from those of its lines."""
    if len(bands) == 1:
        return bands[0]
    return Band(
        max((band.best for band in bands), key=position),
        max((band.worst for band in bands), key=position),
        any_true(band.hold for band in bands),
    )


def band(found: Mapping[str, Ruling], red_flags: Sequence[Child], law: Law) -> Band:
    """The band of one line."""
    asked = weighing(law)
    standing = asked.standing(asked.truths(found))
    return Band(standing.best, standing.worst, hold(found, red_flags, asked))
