"""Requirements minus authorizations, as a band from best to worst.

``best`` takes every unknown fact in the order's favor, ``worst`` against it. A requirement that no live
authorization lifts stands; several authorizations may lift one requirement, and the mildest that holds
counts. A requirement and the authorizations for it are weighed apart from all others: exceptions do not
cross over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.decide.facts import ListedFact, facts_of
from licet.decide.truth import Facts, Proof, Setting, Truth, evaluate
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, PERMITTED, position, worse
from licet.law.checks import EVERY_REQUIREMENT
from licet.law.condition import Literal
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
    """One line of an order: its facts, and the proof of every rule in force."""

    facts: Facts
    proofs: Mapping[str, Proof]
    band: Band


@dataclass(frozen=True, slots=True)
class Weighed:
    """A whole order: as restricted as its most restricted line (compare 15 CFR 770.2)."""

    order: Order
    law: Law
    listed: Sequence[ListedFact]
    lines: tuple[Judged, ...]
    band: Band


def weigh(
    order: Order,
    law: Law,
    screen: Screen,
    *,
    previous: Weighed | None = None,
    changed: frozenset[str] = frozenset(),
) -> Weighed:
    """Judge every line of an order.

    With ``previous``, the proofs of rules that do not rest on the ``changed`` facts are taken from there;
    the law must be the same.
    """
    listed = screen(order)
    lines = []
    for at in range(max(len(order.lines or ()), 1)):
        facts = facts_of(order, at, law, listed)
        kept: dict[str, Proof] = {}
        if previous is not None:
            rests = law.rulebook.dependencies
            old = previous.lines[at].proofs
            kept = {name: proof for name, proof in old.items() if not (rests[name] & changed)}
        proofs = prove(facts, law, kept)
        lines.append(Judged(facts, proofs, band(proofs, facts, law)))
    total = Band(
        _worst(line.band.best for line in lines),
        _worst(line.band.worst for line in lines),
        _or(line.band.hold for line in lines),
    )
    return Weighed(order, law, listed, tuple(lines), total)


def prove(facts: Facts, law: Law, kept: Mapping[str, Proof] | None = None) -> dict[str, Proof]:
    """The proof of every rule in force, each after those that it names."""
    proofs: dict[str, Proof] = dict(kept or {})
    setting = Setting(facts, law, lambda name: proofs.get(name, NOT_IN_FORCE))
    for name, live in law.rules.items():
        if name not in proofs and live.version.when is not None:
            proofs[name] = evaluate(live.version.when, setting)
    return proofs


def band(proofs: Mapping[str, Proof], facts: Facts, law: Law) -> Band:
    """The band of one line."""
    best, worst = base(proofs)
    for live in law.rules.values():
        if live.rule.kind in ("requirement", "prohibition"):
            low, high = _weigh_one(live, proofs, law)
            best = worse(best, low) if low else best
            worst = worse(worst, high) if high else worst
    if proofs[TRANSACTION].value is False:
        best, worst = (PERMITTED if o in _FREE else o for o in (best, worst))
    flags = (
        flag_stands(live, proofs[name], facts)
        for name, live in law.rules.items()
        if live.rule.kind == "red_flag"
    )
    return Band(best, worst, _or(flags))


_FREE = frozenset({"not_subject", "no_license_required"})


def base(proofs: Mapping[str, Proof]) -> tuple[str, str]:
    """The outcome before any requirement: default is permission (15 CFR 736.1)."""
    act, subject = proofs[TRANSACTION].value, proofs[SUBJECT].value
    if act is False:
        return "no_license_required", "no_license_required"
    return (
        "no_license_required" if act is True and subject is True else "not_subject",
        # An act that is not known may be none under the EAR, such as an import: not 'not subject'.
        "not_subject" if subject is False and act is True else "no_license_required",
    )


def lifting(live: InForce, law: Law) -> Iterator[InForce]:
    """The authorizations in force that may lift a requirement."""
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


# A rule that is not in force on the day is not law: naming it is naming something that does not hold.
NOT_IN_FORCE = Proof(Literal(False), False)


def _weigh_one(live: InForce, proofs: Mapping[str, Proof], law: Law) -> tuple[str, str]:
    """What one requirement or prohibition makes of the outcome at best and at worst ('': nothing)."""
    value = proofs[live.rule.id].value
    if value is False:
        return "", ""
    stands = "prohibited" if live.rule.kind == "prohibition" else "license_required"
    certain, possible = [], []
    for other in lifting(live, law):
        holds = proofs[other.rule.id].value
        grant = other.rule.grants or stands
        if holds is not False:
            possible.append(grant)
        if holds is True:
            certain.append(grant)
    high = min(certain, key=position, default=stands)
    low = min(possible, key=position, default=stands) if value is True else ""
    return low, high


def flag_stands(live: InForce, proof: Proof, facts: Facts) -> Truth:
    """Whether a red flag is up and nobody has settled it (Supp. No. 3 to part 732).

    A resolved red flag of the order settles a flag that a rule raises where its text speaks of the same
    matter: it holds one of the rule's ``settled_by`` words. A flag that is unknown is not up, unless the rule
    says that one must look for it.
    """
    if proof.value is False or (proof.value is None and not live.rule.must_look):
        return False
    for flag in facts.children["red_flags"]:
        text = str(flag.fields.get("text") or "").casefold()
        if flag.fields.get("resolved") is True and any(w in text for w in live.rule.settled_by):
            return False
    return proof.value


def _or(values: Iterator[Truth]) -> Truth:
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if any(value is None for value in found) else False


def _worst(outcomes: Iterator[str]) -> str:
    return max(outcomes, key=position)
