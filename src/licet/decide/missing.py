"""Which unknown facts matter, and how each answer would change the outcome.

The order is decided again with each class of values of each unknown fact, branch by branch, until every
branch is settled; facts that matter only together come to light on the way. The tree of decisions is then
reduced with one order of facts throughout (an ordered decision diagram, Bryant 1986): a fact that is still
in it changes the outcome under some answers to the others, a fact that has gone cannot and is not asked for.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from licet.decide.answers import plain_path, touched, with_answer
from licet.decide.truth import unknown_facts
from licet.decide.values import Cell, cells, exhaustive
from licet.decide.verdict import (
    SUBJECT,
    TRANSACTION,
    Screen,
    Weighed,
    flag_stands,
    lifting,
    weigh,
)  # fmt: skip
from licet.decision import HOLD, NEEDS_INFORMATION, Answer, Missing
from licet.law.rulebook import Law

# Decisions that one analysis may take; beyond it, facts are named without a full account of answers.
_BUDGET = 800


@dataclass(frozen=True, slots=True)
class Node:
    """A decision that depends on a fact: one branch for each class of its values."""

    fact: str
    branches: tuple[Tree, ...]


Tree = Node | str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is missing, and the outcome: ``hold`` where only possible matches are open."""

    outcome: str
    missing: tuple[Missing, ...]


class _Explorer:
    """Explores the answers to an order's unknown facts within a budget."""

    def __init__(self, screen: Screen, names: Sequence[tuple[str, str]]) -> None:
        self.screen, self.names = screen, names
        self.budget = _BUDGET
        self.order: dict[str, int] = {}
        self.cells: dict[str, list[Cell]] = {}
        self.unasked: dict[str, None] = {}

    def explore(self, weighed: Weighed, asked: frozenset[str] = frozenset()) -> Tree:
        """The tree of decisions below an order; ``asked`` are the facts answered on the way to it.

        A fact whose cells need not be all its values gets one branch more, for any other value: what is decided
        without an answer to it. So such a fact is left out only where no answer to it is needed.
        """
        if weighed.band.settled:
            return weighed.band.outcome
        fact = self.choose(weighed, asked)
        if fact is None:
            return NEEDS_INFORMATION
        branches: tuple[Tree, ...] = tuple(
            self.explore(self.answered(weighed, fact, cell), asked | {fact})
            for cell in self.cells[fact]
        )
        if not exhaustive(fact, weighed.law):
            branches += (self.explore(weighed, asked | {fact}),)
        same = all(branch == branches[0] for branch in branches)
        return branches[0] if same else Node(fact, branches)

    def choose(self, weighed: Weighed, asked: frozenset[str]) -> str | None:
        """The next fact to branch on: the first in the order of all that can be asked for."""
        names = open_facts(weighed)
        askable = []
        for name in names:
            self.order.setdefault(name, len(self.order))
            if len(self.cells.get(name, ())) < 2:
                # A day may have to be compared with a listing that an answer brought in.
                since = [f.since for f in weighed.listed if isinstance(f.since, dt.date)]
                self.cells[name] = cells(name, weighed.order, weighed.law, self.names, since=since)
            if len(self.cells[name]) > 1 and name not in asked:
                askable.append(name)
        if not askable or self.budget <= 0:
            self.unasked |= names
            return None
        return min(askable, key=self.order.__getitem__)

    def answered(self, weighed: Weighed, fact: str, cell: Cell) -> Weighed:
        self.budget -= 1
        order = with_answer(weighed.order, fact, cell.value)
        changed = touched(fact, weighed.law.rulebook.vocabulary)
        return weigh(order, weighed.law, self.screen, previous=weighed, changed=changed)


def open_facts(weighed: Weighed) -> dict[str, None]:
    """The unknown facts on which the band of an order rests, the most basic first."""
    found: dict[str, None] = {}
    law = weighed.law
    for line in weighed.lines:
        if line.band.settled:
            continue
        for name in (TRANSACTION, SUBJECT):
            found |= unknown_facts(line.proofs[name])
        lifting_any: dict[str, None] = {}
        for name, live in law.rules.items():
            if live.rule.kind in ("requirement", "prohibition"):
                found |= unknown_facts(line.proofs[name])
                if line.proofs[name].value is not False:
                    lifting_any |= dict.fromkeys(other.rule.id for other in lifting(live, law))
        for name in lifting_any:
            found |= unknown_facts(line.proofs[name])
        for name, live in law.rules.items():
            flag = live.rule.kind == "red_flag"
            if flag and flag_stands(live, line.proofs[name], line.facts) is None:
                found |= unknown_facts(line.proofs[name])
    return found


def analyse(weighed: Weighed, screen: Screen, names: Sequence[tuple[str, str]]) -> Analysis:
    """What is missing for a settled answer.

    ``names`` are (name, how to say it) of listed parties that stand for the kinds of listings.
    """
    if weighed.band.settled:
        return Analysis(weighed.band.outcome, ())
    explorer = _Explorer(screen, names)
    tree = explorer.explore(weighed)
    facts = sorted(explorer.order, key=explorer.order.__getitem__)
    reduced = reduce_tree(tree, facts)
    if isinstance(reduced, str) and reduced != NEEDS_INFORMATION:
        return Analysis(reduced, ())
    found = []
    for fact in (f for f in facts if f in support(reduced)):
        branches = [restrict(reduced, fact, at) for at in range(len(explorer.cells[fact]))]
        found.append(_missing(fact, explorer.cells[fact], branches, facts, weighed.law))
    if NEEDS_INFORMATION in terminals(reduced):
        # Some branch stays open whatever is answered: name what the law or the order cannot say.
        # A fact that was tried, and whose every answer left the decision as it was, is not asked for.
        asked = {missing.fact for missing in found}
        tried = {fact for fact, options in explorer.cells.items() if len(options) > 1}
        idle = tried if found and explorer.budget > 0 else set()
        for fact in explorer.unasked:
            if fact not in asked and fact not in idle:
                found.append(Missing(fact, question(fact, weighed.law), ()))
    return Analysis(_classify(reduced), tuple(found))


def _classify(tree: Tree) -> str:
    """The outcome of a tree: settled, on hold for possible matches alone, or in need of information."""
    if isinstance(tree, str):
        return tree
    matches = all(plain_path(fact) == "parties.disposition" for fact in support(tree))
    return HOLD if matches and NEEDS_INFORMATION not in terminals(tree) else NEEDS_INFORMATION


def _missing(
    fact: str, options: Sequence[Cell], branches: Sequence[Tree], facts: Sequence[str], law: Law
) -> Missing:
    """The question for a fact, with the answers that lead to the same decision joined."""
    reduced = [reduce_tree(branch, facts) for branch in branches]
    groups: dict[Tree, list[Cell]] = {}
    for cell, branch in zip(options, reduced, strict=True):
        groups.setdefault(branch, []).append(cell)
    answers = tuple(
        Answer(plain_value(members[0].value), describe(members), _classify(branch))
        for branch, members in groups.items()
    )
    return Missing(fact, question(fact, law), answers)


def plain_value(value: object) -> object:
    """A value as an order file has it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item if isinstance(item, str) else repr(item) for item in value]
    return value


def describe(members: Sequence[Cell]) -> str:
    """Cells in words; neighbours on a line of numbers or days are joined to a range."""
    ranges = all(cell.low is not None or cell.high is not None for cell in members)
    if not ranges or len(members) == 1:
        says = [cell.says for cell in members]
        return ", ".join(says[:4]) + (f" and {len(says) - 4} more" if len(says) > 4 else "")
    first, last = members[0], members[-1]
    day = isinstance(first.value, dt.date)
    parts = []
    if first.low is not None:
        closed = first.low == first.high or day
        word = ("on or after" if day else "at least") if closed else "more than"
        parts.append(f"{word} {_number(first.value if day else first.low)}")
    if last.high is not None:
        closed = last.low == last.high or day
        word = ("on or before" if day else "at most") if closed else "less than"
        parts.append(f"{word} {_number(last.high)}")
    return " and ".join(parts) or "any value"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def question(fact: str, law: Law) -> str:
    """The question for a fact in plain words."""
    if fact.startswith("law."):
        table = law.rulebook.tables[fact.removeprefix("law.")].schema
        return (
            f"The rulebook's table '{table.name}' ({table.cite}) does not settle this for {law.on}; "
            "look it up in the official text."
        )
    plain = plain_path(fact)
    head, _, inside = fact.partition("[")
    if plain.endswith(".owners.owners"):
        return f"Who owns the owner at {fact.rpartition('.')[0]}, and is any of them on a list?"
    if plain.endswith(".share"):
        return f"Which percentage do listed owners hold (the share of {fact.rpartition('.')[0]})?"
    if plain in _QUESTIONS:
        return _QUESTIONS[plain]
    known = law.rulebook.vocabulary.facts.get(plain)
    if known is not None and known.question:
        return known.question.replace("{value}", inside.rstrip("]"))
    name = plain.rpartition(".")[2].replace("_", " ")
    return f"What is the {name} of {fact.rpartition('.')[0] or head}?"


_QUESTIONS = {
    "parties.owners": "Who owns the party, with which shares, and is any owner on a list?",
    "party": "Who are the parties: purchaser, intermediate consignees, ultimate consignee, end users?",
    "parties.name": "What is the party's full legal name?",
    "parties.address": "What is the party's full address?",
    "parties.disposition": "Is the party the listed one, or only similar in name or address?",
    "parties.country": "In which country is the party?",
    "parties.kind": "Is the party military, government, a federal agency or contractor, or commercial?",
    "parties.headquarters": "In which country is the party (or its ultimate parent) headquartered?",
    "parties.role": "Which role does the party have (15 CFR 748.5)?",
    "parties.uses_equipment_of": "Whose telecommunications equipment does the party itself use?",
    "red_flag": "Were there any red flags (Supplement No. 3 to part 732), and how was each resolved?",
    "red_flag.resolved": "Has the red flag been resolved?",
    "line.controlled_for": "For which reasons is this very item controlled, by its own parameters?",
    "license.lines": "Which ECCNs does the license name?",
    "license.parties": "Which parties does the license name?",
}


def support(tree: Tree) -> frozenset[str]:
    """The facts that a tree asks for."""
    if isinstance(tree, str):
        return frozenset()
    return frozenset({tree.fact}).union(*(support(branch) for branch in tree.branches))


def terminals(tree: Tree) -> frozenset[str]:
    """The outcomes at the ends of a tree."""
    if isinstance(tree, str):
        return frozenset({tree})
    return frozenset().union(*(terminals(branch) for branch in tree.branches))


@functools.lru_cache(maxsize=4096)
def restrict(tree: Tree, fact: str, at: int) -> Tree:
    """The tree with one fact answered."""
    if isinstance(tree, str):
        return tree
    if tree.fact == fact:
        return restrict(tree.branches[at], fact, at)
    return Node(tree.fact, tuple(restrict(branch, fact, at) for branch in tree.branches))


def reduce_tree(tree: Tree, facts: Iterable[str]) -> Tree:
    """The reduced ordered decision diagram of a tree: equal functions have equal diagrams."""
    width: dict[str, int] = {}

    def measure(part: Tree) -> None:
        if isinstance(part, Node):
            width[part.fact] = len(part.branches)
            for branch in part.branches:
                measure(branch)

    measure(tree)
    order = [fact for fact in facts if fact in width]

    @functools.cache
    def build(part: Tree, at: int) -> Tree:
        inside = support(part)
        while at < len(order) and order[at] not in inside:
            at += 1
        if at == len(order):
            return part
        fact = order[at]
        branches = tuple(build(restrict(part, fact, n), at + 1) for n in range(width[fact]))
        return branches[0] if all(b == branches[0] for b in branches) else Node(fact, branches)

    return build(tree, 0)
