"""What must be true of rules before any order is decided under them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

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
    Literal,
    Not,
    OneOf,
    RuleReference,
    Value,
    walk,
)  # fmt: skip
from licet.law.errors import Place, RulebookError
from licet.law.rule import Policy, PolicyIf, Rule
from licet.law.vocabulary import LISTS, FactType, Vocabulary

EVERY_REQUIREMENT = "*"  # in ``lifts``: a license may lift any requirement, never a prohibition

_PYTHON: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,), "number": (int, float), "date": (dt.date,),
}  # fmt: skip


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Every condition in a rule: of its versions, and inside its review policies."""
    for version in rule.versions:
        if version.when is not None:
            yield version.when
        yield from policy_tests(version.review_policy)


def policy_tests(policy: Policy | None) -> Iterator[Condition]:
    """The conditions that a review policy looks at."""
    if isinstance(policy, PolicyIf):
        yield policy.test
        yield from policy_tests(policy.then)
        yield from policy_tests(policy.otherwise)


def check_rules(
    rules: Mapping[str, Rule],
    vocabulary: Vocabulary,
    citations: set[str],
    *,
    among: Mapping[str, Rule] | None = None,
) -> None:
    """Refuse rules that name what does not exist or compare what cannot be equal.

    ``among`` are all rules that there are, where these are only some of them.

    A misspelled choice in a comparison would make a rule silently false; it is an error here instead.
    """
    for rule in rules.values():
        place = Place(rule.file, rule.line)
        for version in rule.versions:
            for name in (*version.lifts, *(version.exceptions or ())):
                if name not in (among or rules) and name != EVERY_REQUIREMENT:
                    raise RulebookError(place, f"rule {rule.id}: names no rule: {name!r}")
            if version.instrument not in citations:
                raise RulebookError(
                    place,
                    f"rule {rule.id}: instrument {version.instrument!r} is not in instruments.toml",
                )
            if rule.kind == "authorization" and not version.ends and not version.lifts:
                raise RulebookError(place, f"rule {rule.id}: an authorization needs lifts = [...]")
        for condition in conditions_of(rule):
            for variables, node in _with_variables(condition, {}):
                _check_types(node, variables, vocabulary, rule, place)


def _with_variables(
    condition: Condition, variables: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, str], Condition]]:
    """Every leaf of a condition with the comprehension variables that it sees."""
    match condition:
        case Every(_, variable, collection, body):
            yield from _with_variables(body, {**variables, variable: collection})
        case Not(item):
            yield from _with_variables(item, variables)
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from _with_variables(item, variables)
        case If(test, then, otherwise):
            for item in (test, then, otherwise):
                yield from _with_variables(item, variables)
        case _:
            yield variables, condition


def _check_types(
    node: Condition, variables: Mapping[str, str], words: Vocabulary, rule: Rule, place: Place
) -> None:
    match node:
        case Compare(_, left, right):
            pairs = [(left, right), (right, left)]
            _check_pair(left, right, variables, words, rule, place)
        case OneOf(item, choices):
            pairs = [(item, Literal(choice)) for choice in choices]
        case Contains(item, Fact(path)):
            pairs = [(Fact(path), item)]
        case Fact() | Field():
            known = _type(node, variables, words)
            if known is not None and known.type != "boolean":
                raise RulebookError(
                    place,
                    f"rule {rule.id}: {known.path} is a {known.type}, not true or false; compare it",
                )
            return
        case _:
            return
    for value, other in pairs:
        known = _type(value, variables, words)
        if known is None or not isinstance(other, Literal):
            continue
        wanted = _PYTHON.get(known.type, (str,))
        fits = isinstance(other.value, wanted) and (
            not isinstance(other.value, bool) or known.type == "boolean"
        )
        if not fits or (known.choices and other.value not in known.choices):
            allowed = ", ".join(known.choices) or known.type
            raise RulebookError(
                place, f"rule {rule.id}: {known.path} is never {other.value!r}; allowed: {allowed}"
            )


def _check_pair(
    left: Value,
    right: Value,
    variables: Mapping[str, str],
    words: Vocabulary,
    rule: Rule,
    place: Place,
) -> None:
    """Two facts may be compared where Python values of both can be."""
    first, second = _type(left, variables, words), _type(right, variables, words)
    if first is None or second is None:
        return
    if _PYTHON.get(first.type, (str,)) != _PYTHON.get(second.type, (str,)):
        raise RulebookError(
            place, f"rule {rule.id}: {first.path} and {second.path} cannot be compared: "
            f"one is a {first.type}, the other a {second.type}",
        )  # fmt: skip


def _type(value: Value, variables: Mapping[str, str], words: Vocabulary) -> FactType | None:
    if isinstance(value, Fact):
        fact = words.facts[value.path]
        return replace(fact, type="text") if fact.type in LISTS else fact
    if isinstance(value, Field) and value.name is not None and value.variable in variables:
        kind = words.children[variables[value.variable]].fields[value.name]
        shared = words.facts.get(kind)  # a field may have the type of a fact, such as its choices
        choices = shared.choices if shared else ROLES if kind == "role" else ()
        return FactType(f"{value.variable}.{value.name}", kind, "", choices, (), "", "", "", False)
    return None


# Roles of the parties (15 CFR 748.5 first), and the other ways in which a listed name touches an order.
ROLES = (
    "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user",
    "seller", "buyer", "exporter", "forwarder", "recipient", "developer", "account_administrator",
    "employer",
    "designed_by", "made_by", "modules_by", "goes_into_products_of", "owner", "uses_equipment_of",
)  # fmt: skip


def _references(rule: Rule) -> Iterator[str]:
    for condition in conditions_of(rule):
        for part in walk(condition):
            if isinstance(part, RuleReference):
                yield part.rule


def evaluation_order(rules: Mapping[str, Rule]) -> list[str]:
    """Rule ids so that each comes after those it names; raises ``RulebookError`` for a circle."""
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            rule = rules[name]
            raise RulebookError(Place(rule.file, rule.line), f"rules go in a circle: {circle}")
        if name not in done:
            for other in _references(rules[name]):
                visit(other, (*path, name))
            done[name] = None

    for name in rules:
        visit(name, ())
    return list(done)


def dependencies(rules: Mapping[str, Rule]) -> dict[str, frozenset[str]]:
    """For each rule the facts and collections on which it rests, also through the rules it names.

    ``rules`` must be in evaluation order.
    """
    found: dict[str, frozenset[str]] = {}
    for name, rule in rules.items():
        own: set[str] = set()
        for condition in conditions_of(rule):
            for part in walk(condition):
                if isinstance(part, Fact):
                    own.add(part.path)
                elif isinstance(part, Every):
                    own.add(part.collection)
                elif isinstance(part, RuleReference):
                    own |= found[part.rule]
        found[name] = frozenset(own)
    return found
