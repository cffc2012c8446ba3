"""A fact answered: the order as it would be if the answer were given, and what that touches."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

from licet.law.vocabulary import Vocabulary
from licet.order import EndUse, License, Line, Order, Party, RedFlag, Shipment

_Part = TypeVar("_Part", Order, Line, Party, RedFlag, EndUse, Shipment, License)
_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<index>[^\]]*)\])?")
_PARTS = {"end_use": EndUse, "shipment": Shipment, "license": License}
_LISTS = {"line": ("lines", Line), "party": ("parties", Party), "red_flag": ("red_flags", RedFlag)}


def with_answer(order: Order, path: str, value: object) -> Order:
    """The order with one fact set, by its path: ``to``, ``line[0].made_in``, ``conditions_met[TGL]``.

    A section that the order leaves out is added. Raises ``ValueError`` for a path that no order has.
    """
    head, _, rest = path.partition(".")
    step = _STEP.fullmatch(head)
    if step is None:
        raise ValueError(f"not a fact of an order: {path!r}")
    name, index = step["name"], step["index"]
    if name == "conditions_met" and index:
        return _with_term(order, index, bool(value))
    if name in _LISTS:
        attribute, kind = _LISTS[name]
        if index is None:
            return _set(order, attribute, value)
        items = list(getattr(order, attribute) or (kind(),))
        items[int(index)] = _set(items[int(index)], rest, value)
        return _set(order, attribute, tuple(items))
    if name in _PARTS and rest:
        return _set(order, name, _set(getattr(order, name) or _PARTS[name](), rest, value))
    return _set(order, "from_" if name == "from" else name, value)


def _with_term(order: Order, symbol: str, met: bool) -> Order:
    yes, no = set(order.conditions_met or ()), set(order.conditions_not_met or ())
    (yes if met else no).add(symbol)
    (no if met else yes).discard(symbol)
    return replace(
        order, conditions_met=tuple(sorted(yes)), conditions_not_met=tuple(sorted(no)) or None
    )


def _set(part: _Part, name: str, value: object) -> _Part:
    changes: dict[str, Any] = {name: value}
    return replace(part, **changes)


def plain_path(path: str) -> str:
    """The fact that a path asks for, without the place in the order.

    >>> plain_path("line[0].made_in"), plain_path("party[1].name"), plain_path("from")
    ('line.made_in', 'parties.name', 'from_')
    """
    plain = re.sub(r"\[[^\]]*\]", "", path)
    if plain.startswith("party."):
        return f"parties.{plain.removeprefix('party.')}"
    return "from_" if plain == "from" else plain


def touched(path: str, words: Vocabulary) -> frozenset[str]:
    """The facts and collections that a change of this path of an order touches."""
    plain = plain_path(path)
    head = re.split(r"[.\[]", path)[0]
    names = {plain, head}
    found = {plain}
    for fact in words.facts.values():
        if names & set(fact.derived_from) or (
            plain == "license" and fact.path.startswith("license.")
        ):
            found.add(fact.path)
    for children in words.children.values():
        if names & set(children.derived_from):
            found.add(children.name)
    return frozenset(found)
