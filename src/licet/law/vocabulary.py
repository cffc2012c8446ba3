"""The facts that a condition may name, and the question that asks for each in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from licet.law.errors import Place, RulebookError
from licet.law.parsing import Names
from licet.law.rule_files import only_keys

TYPES = (
    "boolean", "choice", "country", "date", "eccn", "eccns", "number", "countries", "dates",
    "symbols", "choices", "name", "names", "text",
)  # fmt: skip
_FACT_KEYS = frozenset(
    {"type", "question", "choices", "derived_from", "controlled", "called", "so", "not_so"}
)
_CHILDREN_KEYS = frozenset({"derived_from", "fields"})
LISTS = frozenset({"eccns", "countries", "dates", "symbols", "choices", "names"})


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact: its path, its type, the values it may have, and the question that asks for it.

    ``derived_from`` names the facts that settle it where it is looked up or computed.
    """

    path: str
    type: str
    question: str
    choices: tuple[str, ...]
    derived_from: tuple[str, ...]
    called: str
    so: str
    not_so: str
    """How the fact, and yes and no to it, are said after "if"."""
    controlled: bool
    """Whether the user can change it to make an order lawful (buyer, date, content, end use)."""


@dataclass(frozen=True, slots=True)
class Children:
    """A collection that a condition may go through: its fields, and the facts that settle it."""

    name: str
    fields: Mapping[str, str]
    derived_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts and collections."""

    facts: Mapping[str, FactType]
    children: Mapping[str, Children]

    def names(self, rules: frozenset[str], tables: Mapping[str, int]) -> Names:
        """What a condition may name, given the rules and tables of a rulebook."""
        children = {name: frozenset(entry.fields) for name, entry in self.children.items()}
        lists = {path: frozenset[str]() for path, fact in self.facts.items() if fact.type in LISTS}
        return Names(rules, frozenset(self.facts), tables, children | lists)


def read_vocabulary(
    data: Mapping[str, Mapping[str, Mapping[str, object]]], file: str
) -> Vocabulary:
    """The vocabulary from ``facts.toml``; raises ``RulebookError`` on a type that does not exist."""
    facts = {}
    for path, entry in data.get("facts", {}).items():
        only_keys(entry, _FACT_KEYS, f"fact {path}: ", "a fact", Place(file))
        kind = str(entry.get("type"))
        if kind not in TYPES:
            raise RulebookError(
                Place(file), f"fact {path}: type {kind!r}; allowed: {', '.join(TYPES)}"
            )
        facts[path] = FactType(
            path,
            kind,
            str(entry.get("question", "")),
            _words(entry.get("choices")),
            _words(entry.get("derived_from")),
            str(entry.get("called", f"the {path.rpartition('.')[2].replace('_', ' ')}")),
            str(entry.get("so", "")),
            str(entry.get("not_so", "")),
            bool(entry.get("controlled", False)),
        )
    children = {}
    for name, entry in data.get("children", {}).items():
        only_keys(entry, _CHILDREN_KEYS, f"children {name}: ", "children", Place(file))
        fields = entry.get("fields")
        children[name] = Children(
            name,
            {str(key): str(value) for key, value in fields.items()}
            if isinstance(fields, Mapping)
            else {},
            _words(entry.get("derived_from")),
        )
    return Vocabulary(facts, children)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()
