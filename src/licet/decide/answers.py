"""A fact answered: the order as it would be if the answer were given, and what that touches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from licet.law.vocabulary import Vocabulary
from licet.order import EndUse, License, Line, Order, Owner, Party, RedFlag, Shipment

_Part = TypeVar("_Part", Order, Line, Party, Owner, RedFlag, EndUse, Shipment, License)
_TERM = re.compile(r"conditions_met\[(.+)\]")  # a symbol may hold points: 742.15(b)
_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<index>[^\]]*)\])?")
# Names in a path: the attribute of the order, and what is made where it is not there yet.
_PARTS: Mapping[str, tuple[str, type]] = {
    "from": ("from_", str), "end_use": ("end_use", EndUse), "shipment": ("shipment", Shipment),
    "license": ("license", License), "line": ("lines", Line), "party": ("parties", Party),
    "red_flag": ("red_flags", RedFlag), "owners": ("owners", Owner),
}  # fmt: skip


def with_answer(order: Order, path: str, value: object) -> Order:
    """The order with one fact set, by its path: ``to``, ``line[0].made_in``, ``conditions_met[TGL]``.

    A section that the order leaves out is added. Raises ``ValueError`` for a path that no order has.
    """
    term = _TERM.fullmatch(path)
    if term is not None:
        return _with_term(order, term[1], bool(value))
    return _set(order, path, value)


def _with_term(order: Order, symbol: str, met: bool) -> Order:
    yes, no = set(order.conditions_met or ()), set(order.conditions_not_met or ())
    (yes if met else no).add(symbol)
    (no if met else yes).discard(symbol)
    return replace(
        order, conditions_met=tuple(sorted(yes)), conditions_not_met=tuple(sorted(no)) or None
    )


def _set(part: _Part, path: str, value: object) -> _Part:
    """A part of an order with the fact at a path below it set; parts on the way are added."""
    head, _, rest = path.partition(".")
    step = _STEP.fullmatch(head)
    if step is None:
        raise ValueError(f"not a fact of an order: {path!r}")
    name, index = step["name"], step["index"]
    attribute, kind = _PARTS.get(name, (name, None))
    if index is not None and kind is not None:
        items = list(getattr(part, attribute) or (kind(),))
        items[int(index)] = _set(items[int(index)], rest, value) if rest else value
        value = tuple(items)
    elif rest and kind is not None:
        value = _set(getattr(part, attribute) or kind(), rest, value)
    if attribute not in part.__dataclass_fields__:
        raise ValueError(f"not a fact of an order: {path!r}")
    changes: dict[str, Any] = {attribute: value}
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
