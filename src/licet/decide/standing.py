"""What requirements, authorizations and red flags make together of one line of an order.

``best`` takes every unknown fact in the order's favor, ``worst`` against it. A requirement that no live
authorization lifts stands; several authorizations may lift one requirement, and the mildest that holds
counts. A requirement and the authorizations for it are weighed apart from all others: exceptions do not
cross over.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.functions import Ruling
from licet.decide.known import Child, Truth
from licet.decide.reach import alike, reach
from licet.decision import PERMITTED, SCALE, position
from licet.law.checks import EVERY_REQUIREMENT
from licet.law.rule import Rule
from licet.law.rulebook import InForce, Law

# The two rules that the scale itself rests on: is this an act that the EAR know (15 CFR 734.13, 734.14,
# 734.16), and is the item subject to them (734.3)?
TRANSACTION, SUBJECT = "ear_transaction", "subject_to_ear"

# What every rule of a ``Weighing`` comes to, in the order of its names.
Truths = tuple[Truth, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What the rules of a law come to together: the outcome at best and at worst, and what is still open."""

    best: str
    worst: str
    waiting: tuple[str, ...]
    """The open rules on which best and worst rest, the most basic first; red flags apart."""
    flags: tuple[InForce, ...]
    """The red flags that one must look for and that are unknown."""
    open: frozenset[str]
    """The rules that may still change this, and those that they name."""
    named: tuple[str, ...]
    """Of these, the rules that are only named by others."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A requirement or prohibition, and the authorizations in force that may lift it.

    ``at`` is its place among the names of the weighing, ``stands`` its place on the scale while nothing lifts
    it; ``grants`` has for each authorization its place among the names, and on the scale what it gives.
    """

    at: int
    stands: int
    grants: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """What of a law makes the band: the same for every order of the day."""

    names: tuple[str, ...]
    """The rules that count: the two of the scale, requirements, what may lift them, red flags."""
    requirements: tuple[Needed, ...]
    flags: tuple[InForce, ...]
    lifting: Mapping[str, tuple[InForce, ...]]
    place: Mapping[str, int]
    law: Law
    _kept: dict[Truths, Standing] = field(default_factory=dict)

    def truths(self, found: Mapping[str, Ruling]) -> Truths:
        """What each rule that counts comes to."""
        return tuple([found[name].value for name in self.names])

    def standing(self, truths: Truths) -> Standing:
        """What the rules come to together; kept, for orders of a day are much alike."""
        known = self._kept.get(truths)
        if known is None:
            if len(self._kept) > 20_000:
                self._kept.clear()
            known = self._kept[truths] = _standing(self, truths)
        return known


def weighing(law: Law) -> Weighing:
    """The requirements of a law with what may lift each, and its red flags."""
    return _weighing(alike(law))


@functools.lru_cache(maxsize=512)
def _weighing(law: Law) -> Weighing:
    asked = [
        live for live in law.rules.values() if live.rule.kind in ("requirement", "prohibition")
    ]
    flags = tuple(live for live in law.rules.values() if live.rule.kind == "red_flag")
    lifting = {live.rule.id: tuple(_lifting(live, law)) for live in asked}
    lifters = (other.rule.id for others in lifting.values() for other in others)
    rules = (live.rule.id for live in (*asked, *flags))
    names = tuple(dict.fromkeys((TRANSACTION, SUBJECT, *rules, *lifters)))
    place = {name: at for at, name in enumerate(names)}
    needed = []
    for live in asked:
        stands = "prohibited" if live.rule.kind == "prohibition" else "license_required"
        grants = tuple(
            (place[other.rule.id], position(other.rule.grants or stands))
            for other in lifting[live.rule.id]
        )
        needed.append(Needed(place[live.rule.id], position(stands), grants))
    return Weighing(names, tuple(needed), flags, lifting, place, law)


def lifting(live: InForce, law: Law) -> tuple[InForce, ...]:
    """The authorizations in force that may lift a requirement."""
    return weighing(law).lifting[live.rule.id]


def _lifting(live: InForce, law: Law) -> Iterator[InForce]:
    for other in law.rules.values():
        if other.rule.kind == "authorization" and may_lift(live, other):
            yield other


def may_lift(live: InForce, other: InForce) -> bool:
    """Whether an authorization names a requirement and may lift it."""
    lifts, allowed = other.version.lifts, live.version.exceptions
    named = live.rule.id in lifts or (
        EVERY_REQUIREMENT in lifts and live.rule.kind == "requirement"
    )
    barred = (
        other.rule.grants == "license_exception"
        and allowed is not None
        and other.rule.id not in allowed
    )
    return named and not barred


def _standing(asked: Weighing, truths: Truths) -> Standing:
    best, worst = base(truths[0], truths[1])
    names, silent = asked.names, reach(asked.law).silent
    waiting = [at for at in (0, 1) if truths[at] is None]
    may_lift: dict[int, None] = {}
    counts: set[int] = {0, 1}
    for needed in asked.requirements:
        value = truths[needed.at]
        if value is not False or names[needed.at] in silent:
            counts.add(needed.at)
            counts.update(other for other, _ in needed.grants)
        if value is False:
            continue
        low, high = _weigh(needed, truths)
        best, worst = max(best, low) if value else best, max(worst, high)
        if value is None:
            waiting.append(needed.at)
        may_lift |= dict.fromkeys(other for other, _ in needed.grants)
    waiting += [at for at in may_lift if truths[at] is None]
    flags = [live for live in asked.flags if live.rule.must_look]
    counts.update(asked.place[live.rule.id] for live in asked.flags)
    tops = [names[at] for at in sorted(counts) if truths[at] is None or names[at] in silent]
    still = frozenset().union(*(reach(asked.law).through[name] for name in tops))
    low_word, high_word = SCALE[best], SCALE[worst]
    if truths[0] is False:
        low_word, high_word = (PERMITTED if w in _FREE else w for w in (low_word, high_word))
    return Standing(
        low_word,
        high_word,
        tuple(names[at] for at in waiting),
        tuple(live for live in flags if truths[asked.place[live.rule.id]] is None),
        still,
        tuple(sorted(still - asked.place.keys())),
    )


_FREE = frozenset({"not_subject", "no_license_required"})


def base(act: Truth, subject: Truth) -> tuple[int, int]:
    """The outcome before any requirement, at best and at worst: default is permission (15 CFR 736.1)."""
    free, outside = position("no_license_required"), position("not_subject")
    if act is False:
        return free, free
    # An act that is not known may be none under the EAR, such as an import: not 'not subject'.
    return (
        free if act is True and subject is True else outside,
        outside if subject is False and act is True else free,
    )


def _weigh(needed: Needed, truths: Truths) -> tuple[int, int]:
    """What a requirement that holds, or may, makes of the outcome at best and at worst."""
    low = high = None
    for at, grant in needed.grants:
        holds = truths[at]
        if holds is not False:
            low = grant if low is None or grant < low else low
            if holds:
                high = grant if high is None or grant < high else high
    stands = needed.stands
    return stands if low is None else low, stands if high is None else high


def deciding(asked: Weighing, truths: Truths) -> tuple[str, ...]:
    """The rules that make the outcome at best, and the authorizations that lift them to it.

    Where no requirement is met these are none of them, and the scale itself decides: whether there is an act
    under the EAR, and whether the item is subject to them.
    """
    best = position(asked.standing(truths).best)
    found: dict[str, None] = {}
    for needed in asked.requirements:
        if truths[needed.at] is True and _weigh(needed, truths)[0] == best:
            found[asked.names[needed.at]] = None
            for at, grant in needed.grants:
                if truths[at] is True and grant == best:
                    found[asked.names[at]] = None
    return tuple(found) or ((TRANSACTION,) if truths[0] is False else (SUBJECT,))


def hold(found: Mapping[str, Ruling], red_flags: Sequence[Child], asked: Weighing) -> Truth:
    """Whether an open red flag holds the line up."""
    return any_true(flag_stands(live, found[live.rule.id].value, red_flags) for live in asked.flags)


def flag_stands(live: InForce, value: Truth, red_flags: Sequence[Child]) -> Truth:
    """Whether a red flag is up and nobody has settled it (Supp. No. 3 to part 732).

    A resolved red flag of the order (``red_flags``) settles a flag that a rule raises where its text speaks of
    the same matter: it holds one of the rule's ``settled_by`` words. A flag that is unknown is not up, unless
    the rule says that one must look for it.
    """
    if value is False or (value is None and not live.rule.must_look):
        return False
    return False if is_settled(live.rule, red_flags) else value


def is_settled(flag: Rule, red_flags: Sequence[Child]) -> bool:
    """Whether a resolved red flag of the order speaks of the matter of a rule's flag."""
    for child in red_flags:
        text = str(child.fields.get("text") or "").casefold()
        if child.fields.get("resolved") is True and any(w in text for w in flag.settled_by):
            return True
    return False


def any_true(values: Iterable[Truth]) -> Truth:
    """Kleene's ``or``."""
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if any(value is None for value in found) else False
