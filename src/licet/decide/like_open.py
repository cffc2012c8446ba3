"""Open orders whose analysis goes the same way: they differ only in what no open rule can tell apart.

The analysis of missing facts (``missing``) tries answers, and judges anew the rules that are still open. Of two
orders whose rules have come to the same, it goes the same way if whatever the open rules ask of what no answer
touches is answered alike, and what an answer may touch is equal. Such orders lack the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.answers import plain_path
from licet.decide.functions import Ground, Test, function_of
from licet.decide.known import Child, Facts
from licet.decide.listings import ListedFact, who
from licet.decide.marks import marks_of
from licet.decide.reach import reach
from licet.decide.standing import weighing
from licet.decide.truth import children_of
from licet.decide.values import compared_values
from licet.law.condition import (
    AllOf,
    AnyOf,
    Condition,
    Every,
    Fact,
    Field,
    If,
    Literal,
    Not,
    RuleReference,
    walk,
)  # fmt: skip
from licet.law.rulebook import Law
from licet.order import Line, Order

Probe = Callable[[Order, Ground], object]
"""What an order, or a child bound in the ground, says to one part of a condition."""
_TERMS = frozenset({"conditions_met", "conditions_claimed"})
_WHO = ("party", "parties", "owners", "end_use.goes_into_products_of")
_COUNTRIES = frozenset({"to", "from_", "made_in", "country", "headquarters", "via"})
_MAKERS = frozenset({"line.designed_by", "line.made_by", "line.modules_by"})


@dataclass(slots=True)
class Likeness:
    """Tells under one law which open orders of one line are alike to the analysis of missing facts."""

    law: Law
    names: tuple[str, ...] = field(init=False)
    """The rules that count, and those that they name: their truths are asked for."""
    _probes: dict[tuple[frozenset[str], frozenset[str]], tuple[Probe, ...]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        of = reach(self.law)
        self.names = tuple(
            dict.fromkeys([
                *weighing(self.law).names,
                *sorted(frozenset().union(*(of.through[one] for one in weighing(self.law).names))),
            ])
        )  # fmt: skip

    def open(self, truths: Mapping[str, bool | None]) -> frozenset[str]:
        """The rules that an answer may still change, as ``branches`` counts them."""
        asked, silent = weighing(self.law), reach(self.law).silent
        standing = asked.standing(tuple([truths[name] for name in asked.names]))
        return frozenset([n for n in standing.open if truths[n] is None or n in silent])

    def signature(
        self,
        order: Order,
        facts: Facts,
        listed: Sequence[ListedFact],
        still: frozenset[str],
        asked: frozenset[str],
    ) -> object:
        """All that an analysis rests on that asks for these facts, beside the truths of rules."""
        touched = self._touched(order, listed, asked)
        key = still, touched
        if key not in self._probes:
            if len(self._probes) > 2_000:
                self._probes.clear()
            self._probes[key] = self._made(still, touched)
        ground = Ground(facts, self.law, {})
        said = tuple([probe(order, ground) for probe in self._probes[key]])
        return said, order.red_flags, tuple(self._own(order, listed, touched, asked))

    def _touched(
        self, order: Order, listed: Sequence[ListedFact], asked: Iterable[str]
    ) -> frozenset[str]:
        found: set[str] = set()
        paths = {plain_path(fact) for fact in asked}
        for fact in asked:
            found |= (
                _TERMS if fact.startswith("conditions_met[") else reach(self.law).of(fact, 0)[0]
            )
        # Where nobody is listed and no answer says who somebody is, there is no entry to look at the item.
        somebody = any(path.startswith(_WHO) or path in _MAKERS for path in paths)
        nowhere = any(party.address is None for party in order.parties or ())
        if not listed and not somebody and not nowhere and order.parties is not None:
            found.discard("listings")
        return frozenset(found)

    def _own(
        self,
        order: Order,
        listed: Sequence[ListedFact],
        touched: frozenset[str],
        asked: frozenset[str],
    ) -> Iterable[object]:
        """What the classes of answers hang on: the values asked for, and those they are compared with."""
        marks = marks_of(self.law.rulebook)
        for path in sorted({plain_path(fact) for fact in asked}):
            yield _of_order(order, path)
            if path.rpartition(".")[2] in _COUNTRIES:
                # A country that the order names is a class of its own.
                yield order.to, order.from_, tuple(line.made_in for line in order.lines or ())
            if path in marks:
                yield tuple(compared_values(marks[path], order))
                if "listings.since" in marks[path].facts:
                    yield tuple(fact.since for fact in listed)
        if "listings" in touched:
            yield who(order)

    def _made(self, still: frozenset[str], touched: frozenset[str]) -> tuple[Probe, ...]:
        found: dict[Condition, Probe] = {}
        for name in sorted(still):
            when = self.law.rules[name].version.when
            if when is not None and when not in found:
                found[when] = self._probe(when, touched)
        return tuple(found.values())

    def _probe(self, part: Condition, touched: frozenset[str]) -> Probe:
        """What a condition says, part by part; of what no answer touches, only what it comes to."""
        if _constant(part, touched):
            return _NOTHING if isinstance(part, Literal) else _leaf(function_of(part))
        match part:
            case RuleReference():
                return _NOTHING  # what other rules come to is known, or they are open themselves
            case Not(item):
                return self._probe(item, touched)
            case AllOf(items):
                return self._joined(items, False, touched)
            case AnyOf(items):
                return self._joined(items, True, touched)
            case If(test, then, otherwise):
                return _together([self._probe(one, touched) for one in (test, then, otherwise)])
            case Every(_, variable, collection, body) if collection not in touched:
                return _children(collection, variable, self._probe(body, touched))
            case Every(_, variable, collection, body):
                facts = [one.path for one in walk(body) if isinstance(one, Fact)]
                inside = [one for one in walk(body) if isinstance(one, Every)]
                paths = dict.fromkeys([collection, *(one.collection for one in inside), *facts])
                # What is asked of a child further out, inside of which this question stands.
                bound = {variable, *(one.variable for one in inside)}
                outer = [
                    _field(one.variable, one.name or "")
                    for one in walk(body)
                    if isinstance(one, Field) and one.variable not in bound
                ]
                return _together([*(self._value(path, touched) for path in paths), *outer])
        found: list[Probe] = []
        for one in walk(part):
            match one:
                case Fact(path):
                    found.append(self._value(path, touched))
                case Field(variable, name):
                    found.append(_field(variable, name or ""))
        return _together(found)

    def _joined(self, items: Sequence[Condition], decisive: bool, touched: frozenset[str]) -> Probe:
        """Parts of an ``and`` or ``or``: where what no answer touches decides, nothing else is looked at."""
        still = [item for item in items if _constant(item, touched)]
        tests = [function_of(item) for item in still if not isinstance(item, Literal)]
        moving = _together([self._probe(item, touched) for item in items if item not in still])

        def joined(order: Order, ground: Ground) -> object:
            found: list[object] = []
            for test in tests:
                waits: list[str] = []
                value = test(ground, waits)
                if value is decisive:
                    return decisive
                found.append(tuple(waits) if value is None else value)
            return tuple(found), moving(order, ground)

        return joined

    def _value(self, path: str, touched: frozenset[str]) -> Probe:
        """A fact as it is, or all that it is made of where an answer touches it."""
        if path in touched:
            return self._given(path)
        if path in self.law.rulebook.vocabulary.children:
            return lambda order, ground: ground.facts.children.get(path)
        return lambda order, ground: ground.facts.values.get(path)

    def _given(self, path: str) -> Probe:
        words = self.law.rulebook.vocabulary
        if path in words.children:
            of: tuple[str, ...] = tuple(words.children[path].derived_from)
        else:
            of = (path, *words.facts[path].derived_from)
        return lambda order, ground: tuple([_of_order(order, one) for one in of])


def _nothing(order: Order, ground: Ground) -> object:
    return None


_NOTHING: Probe = _nothing


def _together(probes: Sequence[Probe]) -> Probe:
    return lambda order, ground: tuple([probe(order, ground) for probe in probes])


def _constant(part: Condition, touched: frozenset[str]) -> bool:
    """Whether no answer can change what a condition comes to."""
    for one in walk(part):
        match one:
            case RuleReference():
                return False
            case Fact(path) if path in touched:
                return False
            case Every(_, _, collection, _) if collection in touched:
                return False
    return True


def _leaf(test: Test) -> Probe:
    def leaf(order: Order, ground: Ground) -> object:
        waits: list[str] = []
        value = test(ground, waits)
        return value if value is not None else tuple(waits)

    return leaf


def _field(variable: str, name: str) -> Probe:
    def of_child(order: Order, ground: Ground) -> object:
        child = ground.variables[variable]
        value = child.fields.get(name)
        return child.unknown(name) if value is None else ("is", value)

    return of_child


def _children(collection: str, variable: str, inner: Probe) -> Probe:
    def children(order: Order, ground: Ground) -> object:
        found: list[object] = []
        for child in children_of(collection, ground.facts):
            ground.variables[variable] = child
            found.append((_doubt(child), inner(order, ground)))
        return tuple(found)

    return children


def _doubt(child: Child) -> object:
    return child.because if child.exists is None else child.exists


def _of_order(order: Order, name: str) -> object:
    """What an order of one line gives at a path of the vocabulary; the whole order where it has no such."""
    head, _, rest = name.partition(".")
    try:
        match head:
            case "party" | "parties" | "listings" | "owners":
                return order.parties
            case "red_flag" | "red_flags":
                return order.red_flags
            case "conditions_met" | "conditions_claimed":
                return order.conditions_met, order.conditions_not_met
            case "license":
                return order.license
            case "from":
                return order.from_
            case "law":
                return None
            case "line":
                line = (order.lines or (Line(),))[0]
                return getattr(line, rest) if rest in line.__dataclass_fields__ else None
            case "end_use" | "shipment":
                part = getattr(order, head)
                return (
                    part
                    if part is None or rest not in part.__dataclass_fields__
                    else getattr(part, rest)
                )
        return getattr(order, name)
    except AttributeError:
        return order
