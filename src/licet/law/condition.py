"""The language of conditions: a few Python expressions, as what they say.

A condition is text such as ``subject_to_ear and (to, 'E:1') in country_groups``. It may name facts,
other rules, literals and dated tables, compare them, and join them with ``and``, ``or``, ``not``,
``a if c else b``, ``any(... for x in parties)`` and ``all(...)``. Nothing else is in the language:
``parsing`` reads the text and refuses what leaves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | dt.date


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the condition; text such as '2019-05-16' is a date."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the order or line, by its path: ``to``, ``line.eccn``."""

    path: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the child that a comprehension looks at: ``l.role``; no name: the child itself."""

    variable: str
    name: str | None


@dataclass(frozen=True, slots=True)
class RuleReference:
    """The truth of another rule in force on the same day."""

    rule: str


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared; ``op`` is one of == != < <= > >=."""

    op: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value is one of the literals written in the condition."""

    item: Value
    choices: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """A list that the order gives holds a value: ``'TGL' in conditions_met``."""

    item: Value
    collection: Fact


@dataclass(frozen=True, slots=True)
class InTable:
    """A dated table has a row with these keys."""

    keys: tuple[Value, ...]
    table: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds (``and``)."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds (``or``)."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class If:
    """``then`` where the test holds, else ``otherwise``; both where the test is unknown and they agree."""

    test: Condition
    then: Condition
    otherwise: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """``any`` or ``all`` (``op``) of a body over the children of a collection."""

    op: str
    variable: str
    collection: str
    body: Condition


Value: TypeAlias = Literal | Fact | Field
Condition: TypeAlias = (
    Literal | Fact | Field | RuleReference | Compare | OneOf | Contains | InTable
    | Not | AllOf | AnyOf | If | Every
)  # fmt: skip


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it, outermost first."""
    yield condition
    match condition:
        case Not(item):
            yield from walk(item)
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from walk(item)
        case If(test, then, otherwise):
            for item in (test, then, otherwise):
                yield from walk(item)
        case Every():
            yield from walk(condition.body)
        case Compare(_, left, right):
            yield left
            yield right
        case OneOf(item, _):
            yield item
        case Contains(item, collection):
            yield item
            yield collection
        case InTable(keys, _):
            yield from keys
        case _:
            pass
