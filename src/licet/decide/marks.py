"""What a rulebook compares each fact with: literals, tables and other facts, over all its rules."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from licet.law.checks import conditions_of
from licet.law.condition import (
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    InTable,
    Literal,
    OneOf,
    Value,
    walk,
)  # fmt: skip
from licet.law.rulebook import Rulebook


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
