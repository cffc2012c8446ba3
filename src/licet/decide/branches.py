"""An order with some of its unknown facts answered, judged anew only as far as the answers reach.

To learn a fact never flips what is decided, so an answer reaches the open rules that rest on its fact, and
those that take a silence for a "no". What a rule comes to depends on nothing but the answers to the facts it
rests on: it is kept under them, so that branches share it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.answers import with_answer
from licet.decide.facts import facts_of, red_flags_of
from licet.decide.listings import ListedFact, who
from licet.decide.reach import reach
from licet.decide.rulings import Ground, Ruling, ruling, tests
from licet.decide.truth import Facts, Truth
from licet.decide.verdict import (
    SUBJECT,
    TRANSACTION,
    Band,
    Screen,
    Weighed,
    flag_stands,
    hold,
    joined,
    weigh_one,
    weighing,
    whole,
)  # fmt: skip
from licet.law.rulebook import Law
from licet.order import Order


@dataclass(slots=True, eq=False)
class Part:
    """One line of a branch: what all rules come to, those still open, and each requirement's ends."""

    found: dict[str, Ruling]
    open: tuple[str, ...]
    ends: list[tuple[int, int]]
    hold: Truth
    band: Band


@dataclass(slots=True, eq=False)
class Branch:
    """The order after one more answer; ``answers`` has a bit for each answer given on the way."""

    above: Branch | None
    fact: str
    value: object
    answers: int
    parts: list[Part]
    band: Band
    _order: Order | None = None
    _facts: dict[int, Facts] = field(default_factory=dict)
    _listed: Sequence[ListedFact] | None = None


class Branches:
    """All branches of one order under one law."""

    def __init__(self, weighed: Weighed, screen: Screen) -> None:
        self.law, self.screen = weighed.law, screen
        self.asked = weighing(weighed.law)
        self.reach = reach(weighed.law)
        self.tests = tests(weighed.law)
        self.units = requirements_of(weighed.law)
        self.flags = frozenset(live.rule.id for live in self.asked.flags)
        self.bits: dict[tuple[str, int], int] = {}
        # By line and rule: the bits of answers on which the rule rests, and what it gave under each.
        self.rests: list[dict[str, int]] = []
        self.kept: list[dict[str, dict[int, Ruling]]] = []
        self.reached: dict[tuple[str, int], tuple[frozenset[str], frozenset[str]]] = {}
        self.screened: dict[object, Sequence[ListedFact]] = {}
        parts = []
        for line in weighed.lines:
            found = dict(line.rulings)
            self.rests.append(dict.fromkeys(found, 0))
            self.kept.append({name: {0: ruling} for name, ruling in found.items()})
            ends = [weigh_one(one, found) for one in self.asked.requirements]
            parts.append(Part(found, self._open(found), ends, line.band.hold, line.band))
        self.root = Branch(None, "", None, 0, parts, weighed.band, weighed.order)
        self.root._facts = {at: line.facts for at, line in enumerate(weighed.lines)}
        self.root._listed = weighed.listed

    def order(self, branch: Branch) -> Order:
        """The order with all answers of a branch in it."""
        if branch._order is None:
            assert branch.above is not None
            branch._order = with_answer(self.order(branch.above), branch.fact, branch.value)
        return branch._order

    def listed(self, branch: Branch) -> Sequence[ListedFact]:
        """What screening finds in a branch; looked up anew only where somebody else is named."""
        if branch._listed is None:
            order = self.order(branch)
            above = branch.above
            if above is not None and who(self.order(above)) == who(order):
                branch._listed = self.listed(above)
            else:
                key = who(order)
                if key not in self.screened:
                    self.screened[key] = self.screen(order)
                branch._listed = self.screened[key]
        return branch._listed

    def facts(self, branch: Branch, at: int) -> Facts:
        """The facts of a line in a branch."""
        if at not in branch._facts:
            listed = self.listed(branch)
            branch._facts[at] = facts_of(self.order(branch), at, self.law, listed)
        return branch._facts[at]

    def answered(self, branch: Branch, fact: str, at: int, value: object) -> Branch:
        """The branch with one more answer: the ``at``-th of the classes of values of a fact."""
        answers = branch.answers | self._bit(fact, at)
        child = Branch(branch, fact, value, answers, [], branch.band)
        for number, part in enumerate(branch.parts):
            child.parts.append(self._judged(child, number, part))
        child.band = whole([part.band for part in child.parts])
        return child

    def _judged(self, child: Branch, number: int, part: Part) -> Part:
        touched, reached = self.reached[child.fact, number]
        rests, kept = self.rests[number], self.kept[number]
        found = part.found
        turned: list[str] = []
        for name in part.open:
            if name not in reached:
                continue
            key = child.answers & rests[name]
            now = kept[name].get(key)
            if now is None:
                ground = Ground(self.facts(child, number), self.law, found)
                now = kept[name][key] = ruling(self.tests[name], ground)
            was = part.found[name]
            if now is not was:
                if found is part.found:
                    found = dict(found)
                found[name] = now
                if now.value is not was.value:
                    turned.append(name)
        flags = any(name in self.flags for name in turned) or "red_flags" in touched
        if not turned and not flags:
            return part if found is part.found else Part(
                found, part.open, part.ends, part.hold, part.band
            )  # fmt: skip
        held, ends = part.hold, part.ends
        if flags:
            held = hold(found, red_flags_of(self.order(child)), self.asked)
        again = {at for name in turned for at in self.units.get(name, ())}
        if again:
            ends = ends.copy()
            for at in again:
                ends[at] = weigh_one(self.asked.requirements[at], found)
        return Part(found, self._open(found, part.open), ends, held, joined(found, ends, held))

    def _open(
        self, found: Mapping[str, Ruling], of: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """The rules that an answer may still change."""
        silent = self.reach.silent
        return tuple(
            name
            for name in (found if of is None else of)
            if found[name].value is None or name in silent
        )

    def _bit(self, fact: str, at: int) -> int:
        """The bit of an answer; with a fact's first answer, the rules that rest on the fact."""
        if (fact, at) not in self.bits:
            bit = self.bits[fact, at] = 1 << len(self.bits)
            for number, rests in enumerate(self.rests):
                if (fact, number) not in self.reached:
                    self.reached[fact, number] = self.reach.of(fact, number)
                for name in self.reached[fact, number][1]:
                    if name in rests:
                        rests[name] |= bit
        return self.bits[fact, at]

    # --- what is still open ---------------------------------------------------------------------

    def open_facts(self, branch: Branch) -> dict[str, None]:
        """The unknown facts on which the band of a branch rests, the most basic first."""
        found: dict[str, None] = {}
        for part in branch.parts:
            if not part.band.settled:
                for ruling in self._waiting(branch, part):
                    found |= dict.fromkeys(ruling.waits)
        return found

    def _waiting(self, branch: Branch, part: Part) -> Iterator[Ruling]:
        """The open rules on which the band of a line rests."""
        found = part.found
        for name in (TRANSACTION, SUBJECT):
            yield found[name]
        may_lift: dict[str, None] = {}
        for one in self.asked.requirements:
            ruling = found[one.live.rule.id]
            if ruling.value is not False:
                if ruling.value is None:
                    yield ruling
                may_lift |= one.lifters
        for name in may_lift:
            if found[name].value is None:
                yield found[name]
        for live in self.asked.flags:
            ruling = found[live.rule.id]
            looked = ruling.value is not None or not live.rule.must_look
            if not looked and flag_stands(live, None, red_flags_of(self.order(branch))) is None:
                yield ruling


@functools.lru_cache(maxsize=512)
def requirements_of(law: Law) -> Mapping[str, tuple[int, ...]]:
    """The places, among the requirements of a law, of those that a rule is, or may lift."""
    found: dict[str, list[int]] = {}
    for at, one in enumerate(weighing(law).requirements):
        for name in (one.live.rule.id, *one.lifters):
            found.setdefault(name, []).append(at)
    return {name: tuple(places) for name, places in found.items()}
