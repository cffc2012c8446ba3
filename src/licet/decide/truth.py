"""Three-valued logic with proof: a condition and the facts give true, false or unknown, and why.

Kleene's strong logic: unknown is a value of its own (``None``). ``and`` is false as soon as one part is
false, ``or`` is true as soon as one part is true, whatever the unknown parts turn out to be; a comparison
with an unknown fact is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.known import Between, Child, Facts, OpenList, Truth, negate
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


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a condition is true, false or unknown.

    ``parts`` are those that decide: the false part of an ``and`` that is false, the true parts of an ``or``
    that is true, all parts otherwise. ``unknown`` names the facts whose absence leaves a leaf open;
    ``found`` is what a leaf looked at.
    """

    condition: Condition
    value: Truth
    parts: tuple[Proof, ...] = ()
    unknown: tuple[str, ...] = ()
    found: tuple[tuple[str, object], ...] = ()
    child: Child | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a condition is judged against: facts, law, the proofs of other rules, bound children."""

    facts: Facts
    law: Law
    rules: Callable[[str], Proof]
    variables: Mapping[str, Child] = field(default_factory=dict)


COMPARE: Mapping[str, Callable[..., Truth]] = {
    "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def evaluate(condition: Condition, setting: Setting) -> Proof:
    """The truth of a condition, with its proof."""
    return _EVALUATE[type(condition)](condition, setting)


def all_of(condition: Condition, parts: tuple[Proof, ...]) -> Proof:
    """Kleene's ``and`` of proofs."""
    false = tuple(part for part in parts if part.value is False)
    if false:
        return Proof(condition, False, false[:1])
    return Proof(condition, None if any(p.value is None for p in parts) else True, parts)


def any_of(condition: Condition, parts: tuple[Proof, ...]) -> Proof:
    """Kleene's ``or`` of proofs; keeps every true part, for each may matter by itself."""
    true = tuple(part for part in parts if part.value is True)
    if true:
        return Proof(condition, True, true)
    return Proof(condition, None if any(p.value is None for p in parts) else False, parts)


def _value(
    value: Value, facts: Facts, variables: Mapping[str, Child]
) -> tuple[object, tuple[str, ...], str]:
    """What a value is (None: unknown), what to ask for then, and what it is called."""
    match value:
        case Literal(constant):
            return constant, (), ""
        case Fact(path):
            found = facts.values.get(path)
            return found, () if found is not None else facts.unknown(path), path
        case Field(variable, name):
            child = variables[variable]
            found = child.fields.get(name or "")
            if found is None:
                return None, child.unknown(name or ""), f"{variable}.{name}"
            return found, (), f"{variable}.{name}" if name else variable


def _leaf(
    condition: Condition,
    setting: Setting,
    values: tuple[Value, ...],
    decide: Callable[..., Truth],
) -> Proof:
    looked: list[object] = []
    found: list[tuple[str, object]] = []
    unknown: tuple[str, ...] = ()
    open_ = False
    for value in values:
        what, asked, name = _value(value, setting.facts, setting.variables)
        looked.append(what)
        if name:
            found.append((name, what))
        if what is None:
            open_, unknown = True, unknown + asked
    said = None if open_ else decide(*looked)
    if said is None and not open_:
        unknown = bounded(values, looked, setting.facts)
    return Proof(condition, said, (), unknown, tuple(found))


def bounded(values: Sequence[Value], looked: Sequence[object], facts: Facts) -> tuple[str, ...]:
    """What to ask for where the bounds of a number do not answer a comparison."""
    return tuple(
        asked
        for value, what in zip(values, looked, strict=True)
        if isinstance(what, Between) and isinstance(value, Fact)
        for asked in facts.unknown(value.path)
    )


def _literal(condition: Literal, setting: Setting) -> Proof:
    return Proof(condition, bool(condition.value))


def _truth(condition: Fact | Field, setting: Setting) -> Proof:
    return _leaf(condition, setting, (condition,), bool)


def _rule(condition: RuleReference, setting: Setting) -> Proof:
    proof = setting.rules(condition.rule)
    return Proof(condition, proof.value, (proof,))


def _compare(condition: Compare, setting: Setting) -> Proof:
    return _leaf(condition, setting, (condition.left, condition.right), COMPARE[condition.op])


def _one_of(condition: OneOf, setting: Setting) -> Proof:
    return _leaf(condition, setting, (condition.item,), lambda item: item in condition.choices)


def _contains(condition: Contains, setting: Setting) -> Proof:
    collection = setting.facts.values.get(condition.collection.path)
    if isinstance(collection, OpenList):
        item, unknown, _ = _value(condition.item, setting.facts, setting.variables)
        known = item in collection.met or (None if item not in collection.not_met else False)
        if item is not None and known is None:
            unknown = tuple(
                f"{p}[{item}]" for p in setting.facts.unknown(condition.collection.path)
            )
        value = None if item is None else known
        return Proof(condition, value, (), unknown if value is None else ())
    return _leaf(
        condition, setting, (condition.item, condition.collection), lambda item, of: item in of
    )


def _in_table(condition: InTable, setting: Setting) -> Proof:
    proof = _leaf(
        condition,
        setting,
        condition.keys,
        lambda *keys: setting.law.contains(condition.table, keys),
    )
    if proof.value is None and not proof.unknown:
        # All keys are known and the table cannot say: an ECCN is too short to tell which paragraph it is,
        # or the law at hand is silent.
        deeper = too_short(condition, setting.facts, setting.variables, setting.law)
        return Proof(condition, None, (), deeper or (f"law.{condition.table}",), proof.found)
    return proof


def too_short(
    condition: InTable, facts: Facts, variables: Mapping[str, Child], law: Law
) -> tuple[str, ...]:
    """What to ask for where a table has rows for paragraphs of the entry that a key names."""
    table = law.rulebook.tables[condition.table]
    keys = [str(_value(key, facts, variables)[0]) for key in condition.keys]
    if not table.wants_paragraph(keys, law.on, law.known):
        return ()
    asked: list[str] = []
    for name, key in zip(table.schema.keys, condition.keys, strict=True):
        if name in table.schema.eccn_keys and isinstance(key, Fact):
            asked += facts.unknown(key.path)
        elif name in table.schema.eccn_keys and isinstance(key, Field):
            asked += variables[key.variable].unknown(key.name or "")
    return tuple(asked)


def _not(condition: Not, setting: Setting) -> Proof:
    proof = evaluate(condition.item, setting)
    return Proof(condition, negate(proof.value), (proof,))


def _all(condition: AllOf, setting: Setting) -> Proof:
    parts = []
    for item in condition.items:
        proof = evaluate(item, setting)
        if proof.value is False:
            return Proof(condition, False, (proof,))
        parts.append(proof)
    return all_of(condition, tuple(parts))


def _any(condition: AnyOf, setting: Setting) -> Proof:
    return any_of(condition, tuple(evaluate(item, setting) for item in condition.items))


def _if(condition: If, setting: Setting) -> Proof:
    test = evaluate(condition.test, setting)
    if test.value is not None:
        branch = evaluate(condition.then if test.value else condition.otherwise, setting)
        return Proof(condition, branch.value, (test, branch))
    # The test is unknown: the answer is known only where both branches agree on it. A CASE that sent
    # the unknown to its ELSE would be wrong here.
    then, otherwise = evaluate(condition.then, setting), evaluate(condition.otherwise, setting)
    value = then.value if then.value is otherwise.value else None
    return Proof(condition, value, (test, then, otherwise))


def _every(condition: Every, setting: Setting) -> Proof:
    """``any`` and ``all`` over children; a child that may not exist counts with that doubt."""
    some = condition.op == "any"
    parts = []
    for child in children_of(condition.collection, setting.facts):
        variables = {**setting.variables, condition.variable: child}
        inner = Setting(setting.facts, setting.law, setting.rules, variables)
        proof = evaluate(condition.body, inner)
        value = proof.value
        if child.exists is None and value is some:
            value = None
        unknown = child.because if child.exists is None and value is None else ()
        parts.append(Proof(condition.body, value, (proof,), unknown, (), child))
    return any_of(condition, tuple(parts)) if some else all_of(condition, tuple(parts))


def children_of(collection: str, facts: Facts) -> tuple[Child, ...]:
    """The elements of a collection, or of a list that the order gives."""
    children = facts.children.get(collection)
    if children is not None:
        return children
    values = facts.values.get(collection)
    if values is None:  # the list is unknown: one element of which nothing is known
        return (Child({}, exists=None, because=facts.unknown(collection)),)
    assert isinstance(values, tuple | list | frozenset)
    because = facts.unknown(collection)
    return tuple(Child({"": value}, because=because) for value in values)


_EVALUATE: Mapping[type, Callable[..., Proof]] = {
    Literal: _literal, Fact: _truth, Field: _truth, RuleReference: _rule, Compare: _compare,
    OneOf: _one_of, Contains: _contains, InTable: _in_table, Not: _not, AllOf: _all, AnyOf: _any,
    If: _if, Every: _every,
}  # fmt: skip
