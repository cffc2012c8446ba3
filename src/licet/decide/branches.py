"""An order with some of its unknown facts answered, judged anew only as far as the answers reach.

To learn a fact never flips what is decided, so an answer reaches the open rules that rest on its fact, and
those that take a silence for a "no". What a rule comes to depends on nothing but the answers to the facts it
rests on: it is kept under them, so that branches share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.answers import with_answer
from licet.decide.facts import facts_of, red_flags_of
from licet.decide.functions import Ground, Ruling
from licet.decide.known import Facts
from licet.decide.listings import ListedFact, who
from licet.decide.reach import reach
from licet.decide.rulings import ruling, tests
from licet.decide.standing import Standing, flag_stands, hold, weighing
from licet.decide.verdict import Band, Screen, Weighed, whole
from licet.order import Order


@dataclass(slots=True, eq=False)
class Part:
    """One line of a branch: what all rules come to, what that makes together, the rules still open."""

    found: dict[str, Ruling]
    standing: Standing
    open: frozenset[str]
    band: Band
    reached: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By fact, the open rules that an answer to it may change, each after those that it names."""


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
        self.flags = frozenset(live.rule.id for live in self.asked.flags)
        self.bits: dict[tuple[str, int], int] = {}
        # By line and rule: the bits of answers on which the rule rests, and what it came to under each.
        self.rests: list[dict[str, int]] = []
        self.kept: list[dict[str, dict[object, Ruling]]] = []
        self.same: dict[tuple[str, ...], Ruling] = {}
        # By fact and line: the names that an answer touches, the rules that read these, and all rules that
        # may change with them, each after those that it names.
        self.reached: dict[
            tuple[str, int], tuple[frozenset[str], frozenset[str], tuple[str, ...]]
        ] = {}
        # By line: the bits of answers about red flags, which may settle flags that rules raise.
        self.flagged: list[int] = []
        self.screened: dict[object, Sequence[ListedFact]] = {}
        # The branches of one answer: asked for again when the answers are told one by one.
        self.first: dict[tuple[str, int], Branch] = {}
        parts = []
        for line in weighed.lines:
            found = {name: self._one(ruling) for name, ruling in line.rulings.items()}
            self.rests.append(dict.fromkeys(found, 0))
            self.kept.append(
                {name: {_key(0, self.reach.named[name], found): one} for name, one in found.items()}
            )
            standing = self.asked.standing(self.asked.truths(found))
            self.flagged.append(0)
            parts.append(Part(found, standing, self._open(found, found, standing), line.band))
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
            touched: set[str] = set()
            above = branch
            while at not in above._facts:
                assert above.above is not None
                touched |= self.reached[above.fact, at][0]
                above = above.above
            listed = self.listed(branch) if "listings" in touched else ()
            branch._facts[at] = facts_of(
                self.order(branch), at, self.law, listed, above=above._facts[at], touched=touched
            )
        return branch._facts[at]

    def answered(self, branch: Branch, fact: str, at: int, value: object) -> Branch:
        """The branch with one more answer: the ``at``-th of the classes of values of a fact."""
        if branch is self.root and (fact, at) in self.first:
            return self.first[fact, at]
        answers = branch.answers | self._bit(fact, at)
        child = Branch(branch, fact, value, answers, [], branch.band)
        for number, part in enumerate(branch.parts):
            child.parts.append(self._judged(child, number, part))
        child.band = whole([part.band for part in child.parts])
        if branch is self.root:
            self.first[fact, at] = child
        return child

    def _judged(self, child: Branch, number: int, part: Part) -> Part:
        touched, readers, through = self.reached[child.fact, number]
        rests, kept, named = self.rests[number], self.kept[number], self.reach.named
        found, still = part.found, part.open
        changed: set[str] = set()
        turned = False
        answers = child.answers
        ground: Ground | None = None
        reached = part.reached.get(child.fact)
        if reached is None:
            reached = part.reached[child.fact] = tuple([one for one in through if one in still])
        for name in reached:
            others = named[name]
            if name not in readers and changed.isdisjoint(others):
                continue
            key: object = answers & rests[name]
            if others:
                key = (key, *[found[other] for other in others])
            now = kept[name].get(key)
            if now is None:
                if ground is None:
                    ground = Ground(self.facts(child, number), self.law, found)
                ground.rulings = found
                now = kept[name][key] = self._one(ruling(self.tests[name], ground))
            was = part.found[name]
            if now is not was:
                if found is part.found:
                    found = dict(found)
                found[name] = now
                changed.add(name)
                turned = turned or now.value is not was.value
        flags = "red_flags" in touched
        if not turned and not flags:
            return part if found is part.found else Part(found, part.standing, part.open, part.band)
        standing = self.asked.standing(self.asked.truths(found)) if turned else part.standing
        held = part.band.hold
        if flags or not self.flags.isdisjoint(changed):
            held = hold(found, red_flags_of(self.order(child)), self.asked)
        if turned:
            still = self._open(still, found, standing)
        return Part(found, standing, still, Band(standing.best, standing.worst, held))

    def _one(self, ruling: Ruling) -> Ruling:
        """One ruling for all that are equal, so that they can be told apart by identity."""
        return ruling if ruling.value is not None else self.same.setdefault(ruling.waits, ruling)

    def _open(
        self, of: Iterable[str], found: Mapping[str, Ruling], standing: Standing
    ) -> frozenset[str]:
        """The rules that an answer may still change, and that may change the outcome."""
        silent, counts = self.reach.silent, standing.open
        return frozenset([
            name for name in of if name in counts and (found[name].value is None or name in silent)
        ])  # fmt: skip

    def _bit(self, fact: str, at: int) -> int:
        """The bit of an answer; with a fact's first answer, the rules that rest on the fact."""
        if (fact, at) not in self.bits:
            bit = self.bits[fact, at] = 1 << len(self.bits)
            for number, rests in enumerate(self.rests):
                if (fact, number) not in self.reached:
                    self.reached[fact, number] = self._reached(fact, number)
                names, rules, _ = self.reached[fact, number]
                for name in rules:
                    rests[name] |= bit
                if "red_flags" in names:
                    self.flagged[number] |= bit
        return self.bits[fact, at]

    def _reached(
        self, fact: str, number: int
    ) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
        names, readers = self.reach.of(fact, number)
        return names, readers, self.reach.changing(readers)

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
        for name in part.standing.waiting:
            yield part.found[name]
        for live in part.standing.flags:
            if flag_stands(live, None, red_flags_of(self.order(branch))) is None:
                yield part.found[live.rule.id]

    def state(self, branch: Branch) -> object:
        """All on which the decisions below a branch depend: equal for branches that go on alike."""
        rest = 0
        same: list[object] = []
        for number, part in enumerate(branch.parts):
            rests, found = self.rests[number], part.found
            rest |= self.flagged[number]
            for name in part.open:
                rest |= rests[name]
            values = tuple([found[name].value for name in part.standing.named])
            same.append((part.standing, part.band.hold, values))
        return branch.answers & rest, *same


def _key(answers: int, others: Sequence[str], found: Mapping[str, Ruling]) -> object:
    """All on which a rule depends: the answers to what it reads, and what the rules it names come to."""
    return (answers, *[found[other] for other in others]) if others else answers
