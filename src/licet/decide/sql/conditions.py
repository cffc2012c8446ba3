"""Conditions as SQL expressions, and the joins and gatherings of children that these need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from licet.decide.sql import dialect as d
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
from licet.law.vocabulary import Vocabulary

# Numbers that may be known within bounds only: two columns, least and most.
BOUNDED = frozenset({"line.schedule_b_value_usd"})
# Lists that leave the rest open: a second column names what is not in them.
OPEN = frozenset({"conditions_met"})
_SQL = {"==": "=", "!=": "<>"}


@dataclass(frozen=True, slots=True)
class Said:
    """An expression, the highest level of the rules in it (0: none), and what it is read from."""

    sql: str
    level: int = 0
    lookups: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    of_line: bool = False
    """Whether it reads the line, and not its child alone."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to a dated table, joined as ``name``; ``on`` are its keys as SQL."""

    name: str
    table: str
    keys: tuple[Value, ...]
    collections: tuple[str, ...]
    on: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """What the children of a line, or of a set of children, say together: one query for many questions.

    ``collections`` is the grain, outermost first: a question about children inside another about children has
    two. ``by_set``: the children are asked without their line, once for each set of them.
    """

    name: str
    collections: tuple[str, ...]
    level: int
    by_set: bool
    columns: dict[str, str] = field(default_factory=dict)
    lookups: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Compiler:
    """Makes expressions, and remembers what they are read from: facts, lists, children, tables."""

    vocabulary: Vocabulary
    levels: dict[str, int] = field(default_factory=dict)
    """Rules that have a column, with the level at which they have it; any other is not law."""
    facts: dict[str, None] = field(default_factory=dict)
    lists: dict[str, None] = field(default_factory=dict)
    """Lists of which it is asked whether they hold a value."""
    children: dict[str, dict[str, None]] = field(default_factory=dict)
    """By collection, the fields that are read; "" is the element of a list itself."""
    lookups: dict[str, Lookup] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    told: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By question about children: ``any`` or ``all``, its group, and what each child says."""
    _asked: dict[object, str] = field(default_factory=dict)

    def condition(
        self,
        condition: Condition,
        bound: Mapping[str, int] | None = None,
        grain: tuple[str, ...] = (),
    ) -> Said:
        """A condition as SQL. ``bound`` tells which child a variable is, ``grain`` of which collections."""
        bound = bound or {}

        def inner(part: Condition) -> Said:
            return self.condition(part, bound, grain)

        match condition:
            case Literal(value):
                return Said(d.literal(bool(value)))
            case Fact() | Field():
                return self.value(condition, bound, grain)
            case RuleReference(rule):
                if rule not in self.levels:
                    return Said("FALSE")  # a rule that is not in force on any of the days
                return Said(f"l.{d.name('r', rule)}", self.levels[rule], of_line=True)
            case Compare(op, left, right):
                return self._compare(op, left, right, bound, grain)
            case OneOf(item, choices):
                said = self.value(item, bound, grain)
                return _joined((said,), lambda x: d.one_of(x[0], choices))
            case Contains(item, Fact(path)):
                self.lists[path] = None
                said = self.value(item, bound, grain)
                beside = f"l.{d.name('x', path)}" if path in OPEN else None
                sql = d.contains(f"l.{d.name('a', path)}", beside, said.sql)
                return Said(sql, 0, said.lookups, said.groups, True)
            case InTable(keys, table):
                return self._lookup(table, keys, bound, grain)
            case Not(item):
                return _joined((inner(item),), lambda x: d.negated(x[0]))
            case AllOf(items):
                return _joined(map(inner, items), d.both)
            case AnyOf(items):
                return _joined(map(inner, items), d.either)
            case If(test, then, otherwise):
                return _joined(map(inner, (test, then, otherwise)), lambda x: d.choice(*x))
            case Every():
                return self._every(condition, bound, grain)
        raise AssertionError(condition)

    def value(self, value: Value, bound: Mapping[str, int], grain: tuple[str, ...]) -> Said:
        """A value as SQL; NULL where it is not known."""
        match value:
            case Literal(constant):
                return Said(d.literal(constant))
            case Fact("date"):
                return Said("l.day", of_line=True)
            case Fact(path):
                self.facts[path] = None
                return Said(f"l.{d.name('f', path)}", of_line=True)
            case Field(variable, name):
                at = bound[variable]
                self.children.setdefault(grain[at], {})[name or ""] = None
                return Said(f"c{at + 1}.{d.name('v', name or '')}")

    def _compare(
        self, op: str, left: Value, right: Value, bound: Mapping[str, int], grain: tuple[str, ...]
    ) -> Said:
        sides = self.value(left, bound, grain), self.value(right, bound, grain)
        if isinstance(left, Fact) and left.path in BOUNDED:
            most = f"l.{d.name('m', left.path)}"
            return _joined(sides, lambda x: d.bounded(op, x[0], most, x[1]))
        if isinstance(right, Fact) and right.path in BOUNDED:
            return self._compare(_TURNED.get(op, op), right, left, bound, grain)
        return _joined(sides, lambda x: f"({x[0]} {_SQL.get(op, op)} {x[1]})")

    def _lookup(
        self,
        table: str,
        keys: tuple[Value, ...],
        bound: Mapping[str, int],
        grain: tuple[str, ...],
    ) -> Said:
        said = tuple(self.value(key, bound, grain) for key in keys)
        on = tuple(one.sql for one in said)
        asked = (table, on, grain)
        if asked not in self._asked:
            name = self._asked[asked] = f"t{len(self.lookups) + 1}"
            self.lookups[name] = Lookup(name, table, _by_depth(keys, bound), grain, on)
        name = self._asked[asked]
        # At the grain of lines the answer is a column of the line, else of the joined table itself.
        sql = f"{name}.truth" if grain else f"l.{name}"
        return Said(sql, 0, frozenset({name}), frozenset(), True)

    def _every(self, every: Every, bound: Mapping[str, int], grain: tuple[str, ...]) -> Said:
        name = self.question(every, bound, grain)
        op, group, _ = self.told[name]
        sql = f"l.{name}" if not grain else d.told(op, f"{group}.{name}")
        return Said(sql, self.groups[group].level, frozenset(), frozenset({group}), True)

    def question(
        self, every: Every, bound: Mapping[str, int] | None = None, grain: tuple[str, ...] = ()
    ) -> str:
        """A question about the children of a line: the name of the column that answers it."""
        bound = bound or {}
        asked = (every, tuple(sorted(bound.items())), grain)
        if asked in self._asked:
            return self._asked[asked]
        deeper = (*grain, every.collection)
        self.children.setdefault(every.collection, {})
        body = self.condition(every.body, {**bound, every.variable: len(grain)}, deeper)
        by_set = not grain and not body.of_line
        group = self._group(deeper, body.level, by_set)
        name = self._asked[asked] = f"e{len(self.told) + 1}"
        each = d.witnessed(every.op, body.sql, f"c{len(deeper)}.exists_")
        group.columns[name] = d.gathered(every.op, each)
        group.lookups |= dict.fromkeys(sorted(body.lookups))
        group.groups |= dict.fromkeys(sorted(body.groups))
        self.told[name] = (every.op, group.name, each)
        return name

    def _group(self, collections: tuple[str, ...], level: int, by_set: bool) -> Group:
        for group in self.groups.values():
            if (group.collections, group.level, group.by_set) == (collections, level, by_set):
                return group
        name = f"g{len(self.groups) + 1}_{d.name('of', collections[-1])}"
        self.groups[name] = Group(name, collections, level, by_set)
        return self.groups[name]


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _joined(parts: Iterable[Said], write: Callable[[list[str]], str]) -> Said:
    said = list(parts)
    return Said(
        write([part.sql for part in said]),
        max((part.level for part in said), default=0),
        frozenset().union(*(part.lookups for part in said)),
        frozenset().union(*(part.groups for part in said)),
        any(part.of_line for part in said),
    )


def _by_depth(keys: tuple[Value, ...], bound: Mapping[str, int]) -> tuple[Value, ...]:
    """Keys with their variables named by the place of their collection in the grain."""
    return tuple(
        Field(str(bound[key.variable]), key.name) if isinstance(key, Field) else key for key in keys
    )
