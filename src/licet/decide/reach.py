"""Which rules an answer reaches: what each rule in force rests on, itself or through rules that it names."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from licet.decide.answers import touched
from licet.law.condition import (
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    Literal,
    RuleReference,
    walk,
)  # fmt: skip
from licet.law.rulebook import Law, Rulebook

# A settled "no" while the order is silent, that may become a "yes" when it speaks: what nobody claims is not
# there, and an owner of whom nothing is said is none of whom the order speaks.
_SILENT = frozenset({
    "conditions_claimed", "line.stated_food_or_medicine", "listings.stated", "parties.stated_kind",
    "end_use.stated_purposes", "end_use.stated_contract_date",
})  # fmt: skip
# Facts that add up the lines of an order: an answer about one line reaches the others through them alone.
_ADDED_UP = frozenset({"line.entry_value_usd", "line.entry_quantity", "line.schedule_b_value_usd"})
# Lists of terms: a rule that looks for one term does not rest on the others.
_TERMS = ("conditions_met", "conditions_claimed")
_ANY = "[any]"


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the rules of a law rest on: by fact or collection, the rules that read it themselves."""

    law: Law
    readers: Mapping[str, frozenset[str]]
    named: Mapping[str, tuple[str, ...]]
    """By rule, the rules in force that it names itself."""
    through: Mapping[str, frozenset[str]]
    """Each rule with those that it names, itself or through others."""
    silent: frozenset[str]
    """Rules that read a silence as a "no", themselves or through others."""
    _changing: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict)

    def of(self, fact: str, line: int) -> tuple[frozenset[str], frozenset[str]]:
        """The facts and collections of a line that an answer touches, and the rules that read them."""
        names = touched(fact, self.law.rulebook.vocabulary)
        if fact.startswith("line[") and not fact.startswith(f"line[{line}]"):
            names &= _ADDED_UP
        if fact.startswith("conditions_met["):
            term = fact.removeprefix("conditions_met")
            names = frozenset(f"{name}{which}" for name in _TERMS for which in (term, _ANY))
        rules = (self.readers[name] for name in names if name in self.readers)
        return names, frozenset().union(*rules)

    def changing(self, rules: frozenset[str]) -> tuple[str, ...]:
        """The rules that may change when some do, each after those that it names."""
        if rules not in self._changing:
            self._changing[rules] = tuple(
                name for name, others in self.through.items() if not rules.isdisjoint(others)
            )
        return self._changing[rules]


# Days on which the same versions of rules are in force share what follows from these; by rulebook and
# versions, which live as long as the rulebook does.
_ALIKE: dict[tuple[Rulebook, tuple[int, ...]], Law] = {}


@functools.lru_cache(maxsize=4096)
def alike(law: Law) -> Law:
    """One law for all days with the same rules in force: it stands for them where tables do not matter."""
    if len(_ALIKE) > 4096:
        _ALIKE.clear()
    versions = tuple([id(live.version) for live in law.rules.values()])
    return _ALIKE.setdefault((law.rulebook, versions), law)


def reach(law: Law) -> Reach:
    """What each rule of a law rests on."""
    return _reach(alike(law))


@functools.lru_cache(maxsize=512)
def _reach(law: Law) -> Reach:
    readers: dict[str, set[str]] = {}
    named: dict[str, tuple[str, ...]] = {}
    through: dict[str, frozenset[str]] = {}
    silent = set()
    for rule, live in law.rules.items():
        others, names = read_by(live.version.when)
        named[rule] = tuple(other for other in others if other in law.rules)
        through[rule] = frozenset({rule}).union(*(through[other] for other in named[rule]))
        for name in names:
            term = name.partition("[")[0]
            for read in {name, term} if term in _TERMS else {name}:
                readers.setdefault(read, set()).add(rule)
            if term in _SILENT:
                silent.add(rule)
        if not silent.isdisjoint(named[rule]):
            silent.add(rule)
    found = {name: frozenset(rules) for name, rules in readers.items()}
    return Reach(law, found, named, through, frozenset(silent))


# By identity, for conditions live as long as their rulebook; with the condition itself, so that its identity
# is not used again.
_KEPT: dict[int, tuple[Condition, tuple[str, ...], tuple[str, ...]]] = {}


def read_by(condition: Condition | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules that a condition names, and the facts and collections that it reads itself."""
    if condition is None:
        return (), ()
    kept = _KEPT.get(id(condition))
    if kept is None:
        if len(_KEPT) > 20_000:
            _KEPT.clear()
        parts = tuple(walk(condition))
        others = dict.fromkeys(part.rule for part in parts if isinstance(part, RuleReference))
        names = dict.fromkeys(_names(parts))
        kept = _KEPT[id(condition)] = (condition, tuple(others), tuple(names))
    return kept[1:]


def _names(parts: Iterable[Condition]) -> Iterator[str]:
    """The facts and collections that a condition reads itself, from its parts."""
    for part in parts:
        match part:
            case Contains(Literal(term), Fact(path)) if path in _TERMS:
                yield f"{path}[{term}]"
            case Contains(_, Fact(path)) if path in _TERMS:
                yield f"{path}{_ANY}"
            case Fact(path) if path not in _TERMS:
                yield path
            case Every(_, variable, collection, body):
                yield collection
                yield from (f"{collection}.{n}" for n in _fields(body, variable))


def _fields(condition: Condition, variable: str) -> Iterator[str]:
    for part in walk(condition):
        if isinstance(part, Field) and part.variable == variable and part.name is not None:
            yield part.name
