"""Ways to make a condition come out as wanted by changing facts that the user controls."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from licet.decide.answers import with_answer
from licet.decide.known import Child, Facts
from licet.decide.proof import NOT_IN_FORCE
from licet.decide.truth import Proof, Setting, evaluate
from licet.decide.values import cells
from licet.decide.verdict import Judged
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    InTable,
    Literal,
    Not,
    OneOf,
    RuleReference,
)  # fmt: skip
from licet.law.rulebook import Law
from licet.law.vocabulary import FactType
from licet.order import Order

NOBODY_LISTED = "(a party on no list)"
_MOST = 6  # ways kept for one part of a condition, the smallest
_LONGEST = 5  # changes in one way
_PARTY = re.compile(
    r"(party\[(\d+)\])(\.owners.*)?"
)  # where an order names a party, or an owner of one


@dataclass(frozen=True, slots=True)
class Change:
    """One fact set, or one word added to or taken out of a list; ``says`` completes "if ..."."""

    path: str
    kind: str
    value: object
    says: str

    def apply(self, order: Order) -> Order:
        """The order with the change made."""
        if self.kind == "set":
            return with_answer(order, self.path, self.value)
        old: object = order
        for step in self.path.split("."):
            old = getattr(old, step, None)
        words = tuple(old) if isinstance(old, tuple) else ()
        if self.kind == "add":
            return with_answer(order, self.path, (*words, self.value))
        return with_answer(order, self.path, tuple(word for word in words if word != self.value))


Way = frozenset[Change]


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for ways in one line of an order under a law."""

    order: Order
    line: int
    judged: Judged
    law: Law

    def ways(self, condition: Condition, want: bool) -> list[Way]:
        """Ways in which the condition would be ``want``; the empty way where it is so already."""
        return self._ways(condition, want, self._setting())

    def _setting(self, facts: Facts | None = None) -> Setting:
        proofs = self.judged.proofs
        return Setting(
            facts or self.judged.facts, self.law, lambda name: proofs.get(name, NOT_IN_FORCE)
        )

    def _ways(self, condition: Condition, want: bool, setting: Setting) -> list[Way]:
        if evaluate(condition, setting).value is want:
            return [frozenset()]
        match condition:
            case Not(item):
                return self._ways(item, not want, setting)
            case AllOf(items) | AnyOf(items):
                every = isinstance(condition, AllOf) is want
                found = [self._ways(item, want, setting) for item in items]
                return _together(found) if every else _smallest(w for ways in found for w in ways)
            case RuleReference(rule):
                live = self.law.rules.get(rule)
                if live is None or live.version.when is None:
                    return []
                return self._ways(live.version.when, want, setting)
            case Every():
                return self._every(condition, want, setting)
            case Contains(Literal(value), Fact(path)):
                return self._word(str(value), path, want)
            case Compare() | OneOf() | InTable() | Fact():
                return self._leaf(condition, want, setting)
        return []

    def _every(self, condition: Every, want: bool, setting: Setting) -> list[Way]:
        collection = condition.collection
        if collection == "listings":
            # Every child that stands in the way must be somebody else: only a party can be.
            changes = set()
            proof = evaluate(condition, setting)
            for child in _in_the_way(proof, want):
                named = _PARTY.fullmatch(child.path)
                if named is None:
                    return []
                party = (self.order.parties or ())[int(named[2])]
                role = (party.role or "party").replace("_", " ")
                if named[3]:
                    says = f"the {role} were somebody whom no listed party owns"
                    changes.add(Change(f"{named[1]}.owners", "set", (), says))
                else:
                    says = f"the {role} were somebody who is on no list"
                    changes.add(Change(f"{child.path}.name", "set", NOBODY_LISTED, says))
            return [frozenset(changes)] if changes else []
        if condition.op == "any" and not want and self._controlled(collection):
            says = f"{self._fact(collection).called} held none of what the rule names"
            return [frozenset({Change(self._path(collection), "set", (), says)})]
        return []

    def _word(self, value: str, path: str, want: bool) -> list[Way]:
        if not self._controlled(path):
            return []
        if path == "conditions_met":
            says = f"all terms of {value} were met" if want else f"{value} were not relied on"
            return [frozenset({Change(f"conditions_met[{value}]", "set", want, says)})]
        said = value.replace("_", " ")
        says = f"the end use were {said}" if want else f"the end use were not {said}"
        return [frozenset({Change(path, "add" if want else "remove", value, says)})]

    def _leaf(self, condition: Condition, want: bool, setting: Setting) -> list[Way]:
        for path in _facts(condition):
            if not self._controlled(path) or path in ("date", "to"):
                continue
            asked = self._path(path)
            for cell in cells(asked, self.order, self.law, ()):
                values = {**setting.facts.values, path: cell.value}
                facts = replace(setting.facts, values=values)
                inner = Setting(facts, setting.law, setting.rules, setting.variables)
                if evaluate(condition, inner).value is want:
                    says = _said(condition, self._fact(path), want, cell.says)
                    return [frozenset({Change(asked, "set", cell.value, says)})]
        return []

    def _controlled(self, path: str) -> bool:
        facts = self.law.rulebook.vocabulary.facts
        return path in facts and facts[path].controlled

    def _fact(self, path: str) -> FactType:
        return self.law.rulebook.vocabulary.facts[path]

    def _path(self, path: str) -> str:
        if path.startswith("line."):
            return f"line[{self.line}].{path.removeprefix('line.')}"
        return path


def _facts(condition: Condition) -> Iterable[str]:
    match condition:
        case Compare(_, left, right):
            values: Sequence[object] = (left, right)
        case OneOf(item, _):
            values = (item,)
        case InTable(keys, _):
            values = keys
        case _:
            values = (condition,)
    return (value.path for value in values if isinstance(value, Fact))


_MORE_OR_LESS = {
    ("<=", True): "at most", (">", False): "at most", ("<", True): "below", (">=", False): "below",
    (">", True): "more than", ("<=", False): "more than", (">=", True): "at least",
    ("<", False): "at least", ("==", True): "", ("!=", False): "", ("==", False): "not",
    ("!=", True): "not",
}  # fmt: skip
_EARLY_OR_LATE = {
    "at most": "on or before", "below": "before", "more than": "after", "at least": "on or after",
}  # fmt: skip


def _said(condition: Condition, fact: FactType, want: bool, otherwise: str) -> str:
    """A leaf in words: "the day of the contract were on or before 2019-05-16"."""
    if isinstance(condition, Compare) and isinstance(condition.right, Literal):
        value = condition.right.value
        how = _MORE_OR_LESS[condition.op, want]
        if isinstance(value, dt.date):
            how = _EARLY_OR_LATE.get(how, how)
        said = f"{value:g}" if isinstance(value, float | int) else str(value).replace("_", " ")
        return f"{fact.called} were {how} {said}".replace("  ", " ")
    if isinstance(condition, Fact):
        return (
            fact.so if want else fact.not_so
        ) or f"{fact.called} were {'so' if want else 'not so'}"
    return f"{fact.called} were {otherwise}"


def _in_the_way(proof: Proof, want: bool) -> list[Child]:
    """The children whose parts of an any() or all() are not as wanted."""
    return [p.child for p in proof.parts if p.child is not None and p.value is not want]


def _smallest(ways: Iterable[Way]) -> list[Way]:
    unique = sorted(set(ways), key=lambda way: (len(way), sorted(c.says for c in way)))
    return [way for way in unique if len(way) <= _LONGEST][:_MOST]


def _together(parts: Sequence[Sequence[Way]]) -> list[Way]:
    """Ways that satisfy every part; two that set one fact to different values do not go together."""
    found = []
    for combination in product(*(part[:3] for part in parts)):
        joined = frozenset().union(*combination)
        settings = [change.path for change in joined if change.kind == "set"]
        if len(settings) == len(set(settings)):
            found.append(joined)
        if len(found) > 60:
            break
    return _smallest(found)
