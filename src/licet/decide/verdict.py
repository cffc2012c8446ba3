"""Requirements minus authorizations, as a band from best to worst.

``best`` takes every unknown fact in the order's favor, ``worst`` against it. A requirement that no live
authorization lifts stands; several authorizations may lift one requirement, and the mildest that holds
counts. A requirement and the authorizations for it are weighed apart from all others: exceptions do not
cross over.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.decide.facts import facts_of
from licet.decide.listings import ListedFact
from licet.decide.proof import Proofs
from licet.decide.rulings import Ruling, rulings
from licet.decide.truth import Child, Facts, Proof, Truth
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, PERMITTED, SCALE, position
from licet.law.checks import EVERY_REQUIREMENT
from licet.law.rulebook import InForce, Law
from licet.order import Order

# The two rules that the scale itself rests on: is this an act that the EAR know (15 CFR 734.13, 734.14,
# 734.16), and is the item subject to them (734.3)?
TRANSACTION, SUBJECT = "ear_transaction", "subject_to_ear"

Screen = Callable[[Order], Sequence[ListedFact]]


@dataclass(frozen=True, slots=True)
class Band:
    """The outcome at best and at worst, and whether an open red flag holds it up."""

    best: str
    worst: str
    hold: Truth

    @property
    def settled(self) -> bool:
        """Whether nothing unknown can change the outcome."""
        stopped = self.best not in GO_AHEAD
        return self.best == self.worst and (stopped or self.hold is not None)

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
        _or(band.hold for band in bands),
    )


def band(found: Mapping[str, Ruling], red_flags: Sequence[Child], law: Law) -> Band:
    """The band of one line."""
    asked = weighing(law)
    ends = [weigh_one(one, found) for one in asked.requirements]
    return joined(found, ends, hold(found, red_flags, asked))


def joined(found: Mapping[str, Ruling], ends: Iterable[tuple[int, int]], hold: Truth) -> Band:
    """The band from the ends of each requirement (see ``weigh_one``) and the base."""
    low, high = base(found)
    best = max((end[0] for end in ends), default=NOTHING)
    worst = max((end[1] for end in ends), default=NOTHING)
    outcomes = SCALE[max(best, position(low))], SCALE[max(worst, position(high))]
    if found[TRANSACTION].value is False:
        outcomes = tuple(PERMITTED if o in _FREE else o for o in outcomes)  # type: ignore[assignment]
    return Band(*outcomes, hold)


_FREE = frozenset({"not_subject", "no_license_required"})


def base(found: Mapping[str, Ruling]) -> tuple[str, str]:
    """The outcome before any requirement: default is permission (15 CFR 736.1)."""
    act, subject = found[TRANSACTION].value, found[SUBJECT].value
    if act is False:
        return "no_license_required", "no_license_required"
    return (
        "no_license_required" if act is True and subject is True else "not_subject",
        # An act that is not known may be none under the EAR, such as an import: not 'not subject'.
        "not_subject" if subject is False and act is True else "no_license_required",
    )


@dataclass(frozen=True, slots=True)
class Needed:
    """A requirement or prohibition, and the authorizations in force that may lift it.

    ``stands``: the place on the scale while nothing lifts it; ``grants``: of each authorization its id and
    the place on the scale of what it gives.
    """

    live: InForce
    lifting: tuple[InForce, ...]
    stands: int
    grants: tuple[tuple[str, int], ...]
    lifters: Mapping[str, None]
    """The ids of ``lifting``, in order."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What of a law makes the band: the same for every order of the day."""

    requirements: tuple[Needed, ...]
    flags: tuple[InForce, ...]
    lifting: Mapping[str, tuple[InForce, ...]]


@functools.lru_cache(maxsize=512)
def weighing(law: Law) -> Weighing:
    """The requirements of a law with what may lift each, and its red flags."""
    found = []
    for live in law.rules.values():
        if live.rule.kind in ("requirement", "prohibition"):
            stands = "prohibited" if live.rule.kind == "prohibition" else "license_required"
            others = tuple(_lifting(live, law))
            grants = tuple((o.rule.id, position(o.rule.grants or stands)) for o in others)
            ids = dict.fromkeys(other.rule.id for other in others)
            found.append(Needed(live, others, position(stands), grants, ids))
    flags = tuple(live for live in law.rules.values() if live.rule.kind == "red_flag")
    return Weighing(tuple(found), flags, {one.live.rule.id: one.lifting for one in found})


def lifting(live: InForce, law: Law) -> tuple[InForce, ...]:
    """The authorizations in force that may lift a requirement."""
    return weighing(law).lifting[live.rule.id]


def _lifting(live: InForce, law: Law) -> Iterator[InForce]:
    allowed = live.version.exceptions
    for other in law.rules.values():
        if other.rule.kind != "authorization":
            continue
        lifts = other.version.lifts
        named = live.rule.id in lifts or (
            EVERY_REQUIREMENT in lifts and live.rule.kind == "requirement"
        )
        barred = (
            other.rule.grants == "license_exception"
            and allowed is not None
            and other.rule.id not in allowed
        )
        if named and not barred:
            yield other


# Where a requirement leaves the outcome as it is: below every place of the scale.
NOTHING = -1


def weigh_one(needed: Needed, found: Mapping[str, Ruling]) -> tuple[int, int]:
    """What one requirement makes of the outcome at best and at worst, as places on the scale."""
    value = found[needed.live.rule.id].value
    if value is False:
        return NOTHING, NOTHING
    high = low = len(SCALE)
    for name, grant in needed.grants:
        holds = found[name].value
        if holds is not False:
            low = min(low, grant)
            if holds:
                high = min(high, grant)
    high = needed.stands if high == len(SCALE) else high
    low = needed.stands if low == len(SCALE) else low
    return low if value else NOTHING, high


def hold(found: Mapping[str, Ruling], red_flags: Sequence[Child], asked: Weighing) -> Truth:
    """Whether an open red flag holds the line up."""
    return _or(flag_stands(live, found[live.rule.id].value, red_flags) for live in asked.flags)


def flag_stands(live: InForce, value: Truth, red_flags: Sequence[Child]) -> Truth:
    """Whether a red flag is up and nobody has settled it (Supp. No. 3 to part 732).

    A resolved red flag of the order (``red_flags``) settles a flag that a rule raises where its text speaks of
    the same matter: it holds one of the rule's ``settled_by`` words. A flag that is unknown is not up, unless
    the rule says that one must look for it.
    """
    if value is False or (value is None and not live.rule.must_look):
        return False
    for flag in red_flags:
        text = str(flag.fields.get("text") or "").casefold()
        if flag.fields.get("resolved") is True and any(w in text for w in live.rule.settled_by):
            return False
    return value


def _or(values: Iterable[Truth]) -> Truth:
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if any(value is None for value in found) else False
