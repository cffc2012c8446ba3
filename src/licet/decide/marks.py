"""What a rulebook compares each fact with: literals, tables and other facts, over all its rules."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from licet.decide.reach import reach
from licet.decide.standing import weighing
from licet.law.checks import conditions_of, policy_tests
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    InTable,
    Literal,
    Not,
    OneOf,
    Value,
    walk,
)  # fmt: skip
from licet.law.rulebook import Law, Rulebook


@dataclass(slots=True)
class Marks:
    """What a rulebook compares one fact with."""

    literals: set[object] = field(default_factory=set)
    tables: set[tuple[str, int]] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    """Other facts, and fields of children: ``listings.since``."""


@functools.lru_cache(maxsize=8)
def marks_of(rulebook: Rulebook) -> Mapping[str, Marks]:
    """What each fact or field of a collection is compared with, by its path."""
    found: defaultdict[str, Marks] = defaultdict(Marks)
    for rule in rulebook.rules.values():
        for condition in conditions_of(rule):
            _mark(condition, {}, found)
    return found


def marks_that_count(laws: Iterable[Law]) -> Mapping[str, Marks]:
    """``marks_of`` the conditions alone that the outcome of an order hangs on under one of some laws.

    A number that is on this side of one limit *or* of another is on this side of the wider one: of limits that
    are joined so, the narrower is no mark.
    """
    found: defaultdict[str, Marks] = defaultdict(Marks)
    for law in laws:
        for condition in conditions_that_count(law):
            _mark(_widest(condition), {}, found)
    return found


def conditions_that_count(law: Law) -> Iterator[Condition]:
    """The conditions in force on which outcome and review policy hang; those of duties and notices do not."""
    of = reach(law)
    count = [
        *weighing(law).names,
        *(n for n, live in law.rules.items() if live.rule.kind == "review"),
    ]
    for name in frozenset().union(*(of.through[name] for name in count)):
        version = law.rules[name].version
        if version.when is not None:
            yield version.when
        yield from policy_tests(version.review_policy)


def roles_of_compared_names(laws: Iterable[Law]) -> frozenset[str] | None:
    """The roles without which no rule that counts compares the names of two parties; None: any role will do.

    ``any(f.role == 'forwarder' and f.name == p.name for f in parties)`` compares nothing where nobody is a
    forwarder.
    """
    found: set[str] = set()
    for law in laws:
        for condition in conditions_that_count(law):
            compared = [part for part in walk(condition) if _compares_names(part)]
            guarded: set[int] = set()
            for part in walk(condition):
                if isinstance(part, AllOf):
                    for one in filter(_compares_names, part.items):
                        roles = _roles_asked(part, one)
                        if roles:
                            found |= roles
                            guarded.add(id(one))
            if any(id(part) not in guarded for part in compared):
                return None
    return frozenset(found)


def _compares_names(part: Condition) -> bool:
    match part:
        case Compare(_, Field(_, "name"), Field(_, "name")):
            return True
    return False


def _roles_asked(both: AllOf, compared: Condition) -> set[str]:
    """The roles that one of the two parties has to have beside the comparison."""
    assert isinstance(compared, Compare)
    sides = (compared.left, compared.right)
    for part in both.items:
        match part:
            case Compare("==", Field(variable, "role"), Literal(str() as role)):
                choices: tuple[object, ...] = (role,)
            case OneOf(Field(variable, "role"), choices):
                pass
            case _:
                continue
        if any(isinstance(side, Field) and side.variable == variable for side in sides):
            return set(map(str, choices))
    return set()


def _widest(condition: Condition) -> Condition:
    match condition:
        case AnyOf(items):
            return AnyOf(
                tuple(_joined(map(_widest, items), {"<=": max, "<": max, ">": min, ">=": min}))
            )
        case AllOf(items):
            return AllOf(
                tuple(_joined(map(_widest, items), {"<=": min, "<": min, ">": max, ">=": max}))
            )
        case Not(item):
            return Not(_widest(item))
    return condition


def _joined(
    items: Iterable[Condition], widest: Mapping[str, Callable[[float, float], float]]
) -> Iterator[Condition]:
    limits: dict[tuple[str, Fact], float] = {}
    for item in items:
        match item:
            case Compare(op, Fact() as fact, Literal(int() | float() as limit)) if op in widest:
                here = op, fact
                limits[here] = widest[op](limit, limits.get(here, limit))
            case _:
                yield item
    for (op, fact), limit in limits.items():
        yield Compare(op, fact, Literal(limit))


def _mark(condition: Condition, variables: Mapping[str, str], found: dict[str, Marks]) -> None:
    def name(value: Value) -> str | None:
        match value:
            case Fact(path):
                return path
            case Field(variable, part) if variable in variables:
                return f"{variables[variable]}.{part}" if part else variables[variable]
        return None

    def pair(left: Value, right: Value) -> None:
        path = name(left)
        if path is not None:
            match right:
                case Literal(value):
                    found[path].literals.add(value)
                case Fact() | Field():
                    other = name(right)
                    if other is not None:
                        found[path].facts.add(other)

    for part in walk(condition):
        match part:
            case Every() if part is not condition:
                continue
            case Compare(_, left, right):
                pair(left, right)
                pair(right, left)
            case OneOf(item, choices):
                for choice in choices:
                    pair(item, Literal(choice))
            case Contains(item, collection):
                pair(collection, item)
            case InTable(keys, table):
                for at, key in enumerate(keys):
                    path = name(key)
                    if path is not None:
                        found[path].tables.add((table, at))
    for part in walk(condition):
        if isinstance(part, Every) and part.variable not in variables:
            _mark(part.body, {**variables, part.variable: part.collection}, found)
