"""Random conditions and partly known facts over a small vocabulary, and classical logic to hold them against.

The vocabulary: ``us_person`` and ``published`` (true or false), ``pct`` and ``limit`` (0, 1, 2),
``kind`` (commodity, software), ``to`` (CN, DE), the list ``purposes`` (civil, military), the children
``listings`` with ``is_party`` and ``list`` (EL, UVL), the rules ``first`` and ``second``, and the table
``groups``, which does not say whether a country belongs to the group ``open``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from licet.decide.known import Child, Facts
from licet.decide.truth import Proof, Setting, evaluate
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
    walk,
)
from licet.law.rulebook import Law, default_rulebook
from licet.law.table import Schema, read_table

ON = dt.date(2019, 6, 30)
DOMAINS: Mapping[str, tuple[object, ...]] = {
    "us_person": (True, False),
    "published": (True, False),
    "pct": (0, 1, 2),
    "limit": (0, 1, 2),
    "kind": ("commodity", "software"),
    "to": ("CN", "DE"),
    "purposes": ((), ("civil",), ("military",), ("civil", "military")),
}
FIELDS: Mapping[str, tuple[object, ...]] = {"is_party": (True, False), "list": ("EL", "UVL")}
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_GROUPS = read_table(
    Schema(
        "groups", "groups.csv", ("country", "group"), frozenset(), dt.date(2017, 1, 1),
        False, True, True, "", "",
    ),
    "country,group,valid_from\nCN,D:1,2017-01-01\nCN,?,2017-01-01\nDE,?,2017-01-01\n"
    "DE,A:1,2017-01-01\n",
)  # fmt: skip
LAW = Law(ON, None, (), {}, (), replace(default_rulebook(), tables={"groups": _GROUPS}))


@dataclass(frozen=True)
class World:
    """Everything known: facts, listings, and what the law says where the table is silent."""

    facts: Mapping[str, object]
    listings: tuple[Mapping[str, object], ...]
    silent: Mapping[tuple[object, ...], bool]


# --- strategies ---------------------------------------------------------------------------------


def _leaves(rules: tuple[str, ...], variable: str | None) -> st.SearchStrategy[Condition]:
    number = st.sampled_from([Fact("pct"), Fact("limit"), Literal(1), Literal(2)])
    found: list[st.SearchStrategy[Any]] = [
        st.sampled_from([Fact("us_person"), Fact("published"), Literal(True), Literal(False)]),
        st.builds(Compare, st.sampled_from(sorted(OPERATORS)), st.just(Fact("pct")), number),
        st.sampled_from(
            [
                Compare("==", Fact("kind"), Literal("software")),
                Compare("!=", Fact("to"), Literal("CN")),
                OneOf(Fact("kind"), ("software", "commodity")),
                OneOf(Fact("to"), ("CN",)),
                OneOf(Fact("to"), ()),
                Contains(Literal("civil"), Fact("purposes")),
                Contains(Literal("missile"), Fact("purposes")),
                Every("any", "e", "purposes", Compare("==", Field("e", None), Literal("civil"))),
                Every("all", "e", "purposes", Compare("==", Field("e", None), Literal("civil"))),
            ]
        ),
        st.builds(
            lambda group: InTable((Fact("to"), Literal(group)), "groups"),
            st.sampled_from(["D:1", "A:1", "open"]),
        ),
    ]
    if rules:
        found.append(st.builds(RuleReference, st.sampled_from(rules)))
    if variable is not None:
        child = st.sampled_from(
            [
                Field(variable, "is_party"),
                Compare("==", Field(variable, "list"), Literal("EL")),
                OneOf(Field(variable, "list"), ("EL", "UVL")),
            ]
        )
        found += [child, child, child]
    return st.one_of(found)


def conditions(
    rules: tuple[str, ...] = ("first", "second"), variable: str | None = None
) -> st.SearchStrategy[Condition]:
    """Conditions of the small vocabulary; inside a comprehension also on its ``variable``."""
    leaves = _leaves(rules, variable)
    if variable is None:
        inner = conditions(rules, "l")
        leaves |= st.builds(
            lambda op, body: Every(op, "l", "listings", body),
            st.sampled_from(["any", "all"]),
            inner,
        )
    return st.recursive(
        leaves,
        lambda part: st.one_of(
            st.builds(Not, part),
            st.builds(lambda *items: AllOf(items), part, part),
            st.builds(lambda *items: AnyOf(items), part, part),
            st.builds(lambda *items: AllOf(items), part, part, part),
            st.builds(If, part, part, part),
        ),
        max_leaves=5,
    )


@st.composite
def children(draw: st.DrawFn) -> Child:
    """A listing of which something may be unknown, also whether there is one."""
    fields = {
        name: value
        for name, domain in FIELDS.items()
        if (value := draw(st.sampled_from([None, *domain]))) is not None
    }
    exists = draw(st.sampled_from([True, None]))
    return Child(fields, "party[0]", exists=exists, because=("party[0].disposition",))


# A list of which nothing is known is one child of which nothing is known (or any number of them).
UNKNOWN_LIST = (Child({}, exists=None, because=("party",)),)


@st.composite
def partly_known(draw: st.DrawFn) -> Facts:
    """Facts of which some are unknown."""
    values: dict[str, object] = {}
    for name, domain in DOMAINS.items():
        value = draw(st.sampled_from([None, *domain]))
        if value is not None:
            values[name] = value
    listings = draw(st.one_of(st.just(UNKNOWN_LIST), st.lists(children(), max_size=2).map(tuple)))
    return Facts(values, {"listings": listings})


def rules() -> st.SearchStrategy[Mapping[str, Condition]]:
    """Two rules; the second may rest on the first."""
    return st.fixed_dictionaries({"first": conditions(()), "second": conditions(("first",))})


# --- three-valued and classical -------------------------------------------------------------------


def kleene(condition: Condition, facts: Facts, named: Mapping[str, Condition]) -> Proof:
    """The proof of a condition under partly known facts."""
    proofs: dict[str, Proof] = {}
    setting = Setting(facts, LAW, proofs.__getitem__)
    for name, rule in sorted(named.items()):  # "second" may rest on "first"
        proofs[name] = evaluate(rule, setting)
    return evaluate(condition, setting)


def classical(
    condition: Condition,
    world: World,
    named: Mapping[str, Condition],
    bound: Mapping[str, object] | None = None,
) -> bool:
    """What the condition says of a world in which everything is known; written apart from the engine."""
    seen = bound or {}

    def value(of: Value) -> object:
        match of:
            case Literal(constant):
                return constant
            case Fact(path):
                return world.facts[path]
            case Field(variable, name):
                child = seen[variable]
                return child[name] if isinstance(child, Mapping) else child

    def holds(part: Condition, also: Mapping[str, object] | None = None) -> bool:
        return classical(part, world, named, {**seen, **(also or {})})

    match condition:
        case Literal() | Fact() | Field():
            return bool(value(condition))
        case Not(item):
            return not holds(item)
        case AllOf(items):
            return all(holds(item) for item in items)
        case AnyOf(items):
            return any(holds(item) for item in items)
        case If(test, then, otherwise):
            return holds(then) if holds(test) else holds(otherwise)
        case Compare(op, left, right):
            return OPERATORS[op](value(left), value(right))
        case OneOf(item, choices):
            return value(item) in choices
        case Contains(item, Fact(path)):
            list_of = world.facts[path]
            assert isinstance(list_of, tuple)
            return value(item) in list_of
        case InTable(keys, _):
            row = tuple(value(key) for key in keys)
            return row in {("CN", "D:1"), ("DE", "A:1")} or world.silent[row]
        case RuleReference(rule):
            return classical(named[rule], world, named)
        case Every(op, variable, collection, body):
            elements = world.listings if collection == "listings" else world.facts[collection]
            assert isinstance(elements, tuple)
            found = [holds(body, {variable: element}) for element in elements]
            return any(found) if op == "any" else all(found)
    raise AssertionError(condition)


def looked_at(condition: Condition, named: Mapping[str, Condition]) -> set[str]:
    """Facts, ``listings`` and ``groups`` on which a condition rests, also through rules."""
    found: set[str] = set()
    for part in walk(condition):
        match part:
            case Fact(path):
                found.add(path)
            case Every(_, _, collection, _):
                found.add(collection)
            case InTable():
                found.add("groups")
            case RuleReference(rule):
                found |= looked_at(named[rule], named)
    return found


def how_many(facts: Facts, needed: set[str]) -> int:
    """How many completions there are."""
    count = 16 if "groups" in needed else 1
    for name in needed & (set(DOMAINS) - set(facts.values)):
        count *= len(DOMAINS[name])
    if "listings" in needed:
        count *= sum(1 for _ in _elements(facts.children["listings"]))
    return count


def completions(facts: Facts, needed: set[str]) -> Iterator[World]:
    """Every world that the known facts allow, in what is needed."""
    open_facts = [n for n in DOMAINS if n in needed and n not in facts.values]
    listings = facts.children["listings"] if "listings" in needed else ()
    silent = [
        (country, group)
        for country in ("CN", "DE")
        for group in ("D:1", "A:1", "open")
        if (country, group) not in {("CN", "D:1"), ("DE", "A:1")} and "groups" in needed
    ]
    for answers in itertools.product(*(DOMAINS[name] for name in open_facts)):
        values = {**facts.values, **dict(zip(open_facts, answers, strict=True))}
        for elements in _elements(listings):
            for bits in itertools.product((True, False), repeat=len(silent)):
                yield World(values, elements, dict(zip(silent, bits, strict=True)))


def _elements(listings: tuple[Child, ...]) -> Iterator[tuple[Mapping[str, object], ...]]:
    if listings == UNKNOWN_LIST:  # nobody, somebody, or two
        every = list(_one(Child({})))
        yield ()
        yield from ((one,) for one in every)
        yield from ((one, two) for one in every for two in every)
        return
    options: list[list[Mapping[str, object] | None]] = [
        [*_one(child), *([None] if child.exists is None else [])] for child in listings
    ]
    for chosen in itertools.product(*options):
        yield tuple(child for child in chosen if child is not None)


def _one(child: Child) -> Iterator[Mapping[str, object]]:
    names = [name for name in FIELDS if name not in child.fields]
    for answers in itertools.product(*(FIELDS[name] for name in names)):
        yield {**child.fields, **dict(zip(names, answers, strict=True))}
