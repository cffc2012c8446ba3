"""Which unknown facts matter, and how each answer would change the outcome.

The order is decided again with each class of values of each unknown fact, branch by branch, until every
branch is settled; facts that matter only together come to light on the way. The tree of decisions is then
reduced to a decision diagram: a fact that is still in it changes the outcome under some answers to the others,
a fact that has gone cannot and is not asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from licet.decide.answers import plain_path
from licet.decide.branches import Branch, Branches
from licet.decide.classes import Cell
from licet.decide.diagram import Tree, node, reduce_tree, relabel, restrict, support, terminals
from licet.decide.questions import describe, plain_value, question
from licet.decide.values import cells, exhaustive
from licet.decide.verdict import Screen, Weighed
from licet.decision import HOLD, NEEDS_INFORMATION, REFUSALS, Answer, Missing, position
from licet.law.rulebook import Law

# Branches that one analysis may decide; beyond it, facts are named without a full account of answers.
_BUDGET = 400


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is missing, and the outcome: ``hold`` where only possible matches are open."""

    outcome: str
    missing: tuple[Missing, ...]
    asked: frozenset[str] = frozenset()
    """The facts of which answers were looked for."""


class _Explorer:
    """Explores the answers to an order's unknown facts within a budget."""

    def __init__(self, weighed: Weighed, screen: Screen, names: Iterable[tuple[str, str]]) -> None:
        self.law, self.names = weighed.law, names
        self.branches = Branches(weighed, screen)
        self.budget = _BUDGET
        self.order: dict[str, int] = {}
        self.cells: dict[str, list[Cell]] = {}
        self.unasked: dict[str, None] = {}
        self.known: dict[object, Tree] = {}

    def explore(
        self,
        branch: Branch,
        asked: frozenset[str] = frozenset(),
        unanswered: frozenset[str] = frozenset(),
    ) -> Tree:
        """The tree of decisions below a branch.

        ``asked`` are the facts asked on the way to it, ``unanswered`` those of them that were left open. A
        fact whose cells need not be all its values gets one branch more, for any other value: what is decided
        without an answer to it. So such a fact is left out only where no answer to it is needed.
        """
        if branch.band.settled:
            return branch.band.outcome
        state = unanswered, self.branches.state(branch)
        if state not in self.known:
            tree = self._explored(branch, asked, unanswered)
            if self.budget <= 0:
                return tree  # it may be cut short
            self.known[state] = tree
        return self.known[state]

    def _explored(self, branch: Branch, asked: frozenset[str], unanswered: frozenset[str]) -> Tree:
        fact = self.choose(branch, asked)
        if fact is None:
            return NEEDS_INFORMATION
        below = []
        for at, cell in enumerate(self.cells[fact]):
            self.budget -= 1
            answered = self.branches.answered(branch, fact, at, cell.value)
            below.append(self.explore(answered, asked | {fact}, unanswered))
        if not exhaustive(fact, self.law):
            below.append(self.explore(branch, asked | {fact}, unanswered | {fact}))
        return node(fact, tuple(below))

    def choose(self, branch: Branch, asked: frozenset[str]) -> str | None:
        """The next fact to branch on: the first in the order of all that can be asked for."""
        names = self.branches.open_facts(branch)
        askable = []
        for name in names:
            self.order.setdefault(name, len(self.order))
            if len(self.cells.get(name, ())) < 2:
                # A day may have to be compared with a listing that an answer brought in.
                order, listed = self.branches.order(branch), self.branches.listed(branch)
                since = [f.since for f in listed if isinstance(f.since, dt.date)]
                self.cells[name] = cells(name, order, self.law, self.names, since=since)
            if len(self.cells[name]) > 1 and name not in asked:
                askable.append(name)
        if not askable or self.budget <= 0:
            self.unasked |= names
            return None
        return min(askable, key=self.order.__getitem__)

    def outcome(self, fact: str, at: int, below: Tree, merged: Tree) -> str:
        """The outcome of the order with one answer, from the tree below the answer."""
        outcome = _classify(below, merged)
        if isinstance(below, str) and outcome not in REFUSALS:
            return outcome
        # On the way to an end some other answer may have refused the order before this one could say more.
        root, value = self.branches.root, self.cells[fact][at].value
        band = self.branches.answered(root, fact, at, value).band
        return band.outcome if band.settled else outcome


def analyse(weighed: Weighed, screen: Screen, names: Iterable[tuple[str, str]]) -> Analysis:
    """What is missing for a settled answer.

    ``names`` are (name, how to say it) of listed parties that stand for the kinds of listings.
    """
    if weighed.band.settled:
        return Analysis(weighed.band.outcome, ())
    explorer = _Explorer(weighed, screen, names)
    tree = explorer.explore(explorer.branches.root)
    facts = sorted(explorer.order, key=explorer.order.__getitem__)
    reduced = reduce_tree(tree, facts)
    merged = relabel(reduced, lambda end: _REFUSED if end in REFUSALS else end)
    outcome = _classify(reduced, merged)
    if isinstance(merged, str) and outcome != NEEDS_INFORMATION:
        return Analysis(outcome, (), frozenset(explorer.cells))
    found = []
    for fact in (f for f in facts if f in support(merged)):
        branches = [
            (restrict(reduced, fact, at), restrict(merged, fact, at))
            for at in range(len(explorer.cells[fact]))
        ]
        outcomes = [explorer.outcome(fact, at, *branch) for at, branch in enumerate(branches)]
        found.append(_missing(fact, explorer.cells[fact], branches, outcomes, weighed.law))
    if NEEDS_INFORMATION in terminals(reduced):
        # Some branch stays open whatever is answered: name what the law or the order cannot say.
        # A fact that was tried, and whose every answer left the decision as it was, is not asked for.
        asked = {missing.fact for missing in found}
        tried = {fact for fact, options in explorer.cells.items() if len(options) > 1}
        idle = tried if found and explorer.budget > 0 else set()
        for fact in explorer.unasked:
            if fact not in asked and fact not in idle:
                found.append(Missing(fact, question(fact, weighed.law), ()))
    return Analysis(outcome, tuple(found), frozenset(explorer.cells))


# One word for every refusal: a fact that only tells one refusal from another is not asked for.
_REFUSED = "refused"


def _classify(tree: Tree, merged: Tree) -> str:
    """The outcome of a tree: settled, on hold for possible matches alone, or in need of information.

    ``merged`` is the tree with one word for every refusal. Where every end is a refusal, the mildest.
    """
    ends = terminals(tree)
    if ends <= REFUSALS:
        return min(ends, key=position)
    if isinstance(tree, str):
        return tree
    matches = all(plain_path(fact) == "parties.disposition" for fact in support(merged))
    return HOLD if matches and NEEDS_INFORMATION not in ends else NEEDS_INFORMATION


def _missing(
    fact: str,
    options: Sequence[Cell],
    branches: Sequence[tuple[Tree, Tree]],
    outcomes: Sequence[str],
    law: Law,
) -> Missing:
    """The question for a fact, with the answers that lead to the same decision joined."""
    groups: dict[tuple[str, Tree], list[Cell]] = {}
    for cell, (_, merged), outcome in zip(options, branches, outcomes, strict=True):
        groups.setdefault((outcome, merged), []).append(cell)
    answers = tuple(
        Answer(plain_value(members[0].value), describe(members), outcome)
        for (outcome, _), members in groups.items()
    )
    return Missing(fact, question(fact, law), answers)
