"""Which rules an answer reaches: what each rule in force rests on, itself or through rules that it names."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from licet.decide.answers import touched
from licet.law.condition import (
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    Literal,
    RuleReference,
    walk,
)  # fmt: skip
from licet.law.rulebook import Law

# A settled "no" while the order is silent, that may become a "yes" when it speaks: what nobody claims is not
# there, and an owner of whom nothing is said is none of whom the order speaks.
_SILENT = frozenset({"conditions_claimed", "line.stated_food_or_medicine", "listings.stated"})
# Facts that add up the lines of an order: an answer about one line reaches the others through them alone.
_ADDED_UP = frozenset({"line.entry_value_usd", "line.schedule_b_value_usd"})
# Lists of terms: a rule that looks for one term does not rest on the others.
_TERMS = ("conditions_met", "conditions_claimed")
_ANY = "[any]"


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the rules of a law rest on: ``by_name`` has the rules that rest on a fact or collection."""

    law: Law
    by_name: Mapping[str, frozenset[str]]
    silent: frozenset[str]

    def of(self, fact: str, line: int) -> tuple[frozenset[str], frozenset[str]]:
        """The facts and collections of a line that an answer touches, and the rules that rest on them."""
        names = touched(fact, self.law.rulebook.vocabulary)
        if fact.startswith("line[") and not fact.startswith(f"line[{line}]"):
            names &= _ADDED_UP
        if fact.startswith("conditions_met["):
            term = fact.removeprefix("conditions_met")
            names = frozenset(f"{name}{which}" for name in _TERMS for which in (term, _ANY))
        rules = (self.by_name[name] for name in names if name in self.by_name)
        return names, frozenset().union(*rules)


@functools.lru_cache(maxsize=512)
def reach(law: Law) -> Reach:
    """What each rule of a law rests on."""
    rests: dict[str, frozenset[str]] = {}
    for name, live in law.rules.items():
        when = live.version.when
        rests[name] = frozenset(_names(when, {}, rests)) if when is not None else frozenset()
    by_name: dict[str, set[str]] = {}
    for name, names in rests.items():
        for other in names:
            by_name.setdefault(other, set()).add(name)
            if other.startswith(_TERMS):
                by_name.setdefault(other.partition("[")[0], set()).add(name)
    silent = {
        name for name, names in rests.items() if {n.partition("[")[0] for n in names} & _SILENT
    }
    return Reach(
        law, {name: frozenset(rules) for name, rules in by_name.items()}, frozenset(silent)
    )


def _names(
    condition: Condition, variables: Mapping[str, str], rests: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for part in walk(condition):
        match part:
            case Contains(Literal(term), Fact(path)) if path in _TERMS:
                yield f"{path}[{term}]"
            case Contains(_, Fact(path)) if path in _TERMS:
                yield f"{path}{_ANY}"
            case Fact(path) if path not in _TERMS:
                yield path
            case Every(_, variable, collection, body):
                yield collection
                yield from (f"{collection}.{n}" for n in _fields(body, variable))
            case RuleReference(rule):
                yield from rests.get(rule, ())


def _fields(condition: Condition, variable: str) -> Iterator[str]:
    for part in walk(condition):
        if isinstance(part, Field) and part.variable == variable and part.name is not None:
            yield part.name
