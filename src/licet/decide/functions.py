"""Conditions as functions of the facts, without proof: many times as fast.

Each condition is made once into a function of the facts. It is the logic of ``licet.decide.truth``, which keeps
a proof of every step; the tests hold the two together. A function gives true, false or unknown (None), and adds
the facts that it waits for to a list; one that is decided leaves the list as it was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from licet.decide.known import Child, Facts, OpenList, Truth
from licet.decide.truth import COMPARE, bounded, children_of, too_short
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    If,
    InTable,
    Literal,
    Not,
    OneOf,
    RuleReference,
    Value,
)  # fmt: skip
from licet.law.rulebook import Law


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """What a rule comes to, and the facts that it waits for while that is unknown; compared by identity."""

    value: Truth
    waits: tuple[str, ...] = ()


# A rule that is not in force on the day is not law: naming it is naming something that does not hold.
NO_LAW = Ruling(False)
HOLDS = Ruling(True)


@dataclass(slots=True)
class Ground:
    """What a condition is judged on: facts, law, what other rules came to, bound children."""

    facts: Facts
    law: Law
    rulings: Mapping[str, Ruling]
    variables: dict[str, Child] = field(default_factory=dict)


Waits = list[str]
Test = Callable[[Ground, Waits], Truth]
Get = Callable[[Ground, Waits], object]


# By identity, for conditions live as long as their rulebook and comparing them would take long; with the
# condition itself, so that its identity is not used again.
_MADE: dict[int, tuple[Condition, Test]] = {}


def function_of(condition: Condition) -> Test:
    """A condition as a function, made once."""
    made = _MADE.get(id(condition))
    if made is None:
        if len(_MADE) > 20_000:
            _MADE.clear()
        made = _MADE[id(condition)] = (condition, test(condition))
    return made[1]


def test(condition: Condition) -> Test:
    """A condition as a function."""
    match condition:
        case Literal(value):
            said = bool(value)
            return lambda ground, waits: said
        case RuleReference(rule):
            return _rule(rule)
        case Fact() | Field():
            return _leaf((condition,), bool)
        case Compare(op, left, right):
            return _leaf((left, right), COMPARE[op])
        case OneOf(item, choices):
            return _leaf((item,), frozenset(choices).__contains__)
        case Contains():
            return _contains(condition)
        case InTable():
            return _in_table(condition)
        case Not(item):
            return _not(test(item))
        case AllOf(items):
            return _decided_by(False, tuple(map(test, items)))
        case AnyOf(items):
            return _decided_by(True, tuple(map(test, items)))
        case If(asked, then, otherwise):
            return _if(test(asked), test(then), test(otherwise))
        case Every():
            return _every(condition, test(condition.body))


def _get(value: Value) -> Get:
    match value:
        case Literal(constant):
            return lambda ground, waits: constant
        case Fact(path):

            def fact(ground: Ground, waits: Waits) -> object:
                found = ground.facts.values.get(path)
                if found is None:
                    waits += ground.facts.unknown(path)
                return found

            return fact
        case Field(variable, name):
            part = name or ""

            def of_child(ground: Ground, waits: Waits) -> object:
                child = ground.variables[variable]
                found = child.fields.get(part)
                if found is None:
                    waits += child.unknown(part)
                return found

            return of_child


def _leaf(values: tuple[Value, ...], decide: Callable[..., Truth]) -> Test:
    match values:
        case (one,):
            get = _get(one)

            def of_one(ground: Ground, waits: Waits) -> Truth:
                found = get(ground, waits)
                return None if found is None else decide(found)

            return of_one
        case (one, Literal(constant)):
            get = _get(one)

            def with_literal(ground: Ground, waits: Waits) -> Truth:
                found = get(ground, waits)
                if found is None:
                    return None
                said = decide(found, constant)
                if said is None:
                    waits += bounded(values, (found, constant), ground.facts)
                return said

            return with_literal
    gets = tuple(map(_get, values))

    def of_several(ground: Ground, waits: Waits) -> Truth:
        found = [get(ground, waits) for get in gets]
        if None in found:
            return None
        said = decide(*found)
        if said is None:
            waits += bounded(values, found, ground.facts)
        return said

    return of_several


def _rule(name: str) -> Test:
    def rule(ground: Ground, waits: Waits) -> Truth:
        found = ground.rulings.get(name, NO_LAW)
        if found.value is None:
            waits += found.waits
        return found.value

    return rule


def _contains(condition: Contains) -> Test:
    path, item = condition.collection.path, _get(condition.item)
    plain = _leaf((condition.item, condition.collection), lambda item, of: item in of)

    def contains(ground: Ground, waits: Waits) -> Truth:
        collection = ground.facts.values.get(path)
        if not isinstance(collection, OpenList):
            return plain(ground, waits)
        what = item(ground, waits)
        if what is None:
            return None
        if what in collection.met:
            return True
        if what in collection.not_met:
            return False
        waits += [f"{asked}[{what}]" for asked in ground.facts.unknown(path)]
        return None

    return contains


def _in_table(condition: InTable) -> Test:
    table, gets = condition.table, tuple(map(_get, condition.keys))

    def in_table(ground: Ground, waits: Waits) -> Truth:
        before = len(waits)
        keys = tuple([get(ground, waits) for get in gets])
        if None in keys:
            return None
        found = _looked_up(ground.law, table, keys)
        if found is None and len(waits) == before:
            deeper = too_short(condition, ground.facts, ground.variables, ground.law)
            waits += deeper or (f"law.{table}",)
        return found

    return in_table


@functools.lru_cache(maxsize=1 << 16)
def _looked_up(law: Law, table: str, keys: tuple[str, ...]) -> Truth:
    return law.contains(table, keys)


def _not(inner: Test) -> Test:
    def not_(ground: Ground, waits: Waits) -> Truth:
        value = inner(ground, waits)
        return None if value is None else not value

    return not_


def _decided_by(decisive: bool, items: tuple[Test, ...]) -> Test:
    """``and``, that one false part decides, or ``or``, that one true part decides."""

    def joined(ground: Ground, waits: Waits) -> Truth:
        before, unknown = len(waits), False
        for item in items:
            value = item(ground, waits)
            if value is decisive:
                del waits[before:]
                return decisive
            if value is None:
                unknown = True
        return None if unknown else not decisive

    return joined


def _if(asked: Test, then: Test, otherwise: Test) -> Test:
    def if_(ground: Ground, waits: Waits) -> Truth:
        before = len(waits)
        value = asked(ground, waits)
        if value is not None:
            return then(ground, waits) if value else otherwise(ground, waits)
        one, other = then(ground, waits), otherwise(ground, waits)
        if one is not other or one is None:
            return None
        del waits[before:]
        return one

    return if_


def _every(condition: Every, body: Test) -> Test:
    some, variable, collection = condition.op == "any", condition.variable, condition.collection

    def every(ground: Ground, waits: Waits) -> Truth:
        before, unknown = len(waits), False
        for child in children_of(collection, ground.facts):
            ground.variables[variable] = child
            here, doubt = len(waits), child.exists is None
            if doubt:
                waits += child.because
            value = body(ground, waits)
            if value is None or (doubt and value is some):
                unknown = True
            elif value is some:
                del waits[before:]
                return some
            else:
                del waits[here:]
        return None if unknown else not some

    return every
