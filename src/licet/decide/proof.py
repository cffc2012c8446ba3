"""The proofs of the rules in force, and what one says: what it waits for, the children that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licet.decide.known import Child, Facts, Truth
from licet.decide.truth import Proof, Setting, evaluate
from licet.law.condition import Every, Literal
from licet.law.rulebook import Law

# A rule that is not in force on the day is not law: naming it is naming something that does not hold.
NOT_IN_FORCE = Proof(Literal(False), False)


class Proofs(Mapping[str, Proof]):
    """The proof of every rule in force, each made when it is first looked at."""

    def __init__(self, facts: Facts, law: Law) -> None:
        self._setting = Setting(facts, law, lambda name: self.get(name, NOT_IN_FORCE))
        self._made: dict[str, Proof] = {}

    def __getitem__(self, name: str) -> Proof:
        if name not in self._made:
            when = self._setting.law.rules[name].version.when
            if when is None:
                raise KeyError(name)
            self._made[name] = evaluate(when, self._setting)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        rules = self._setting.law.rules
        return (name for name, live in rules.items() if live.version.when is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def unknown_facts(proof: Proof) -> dict[str, None]:
    """The facts whose absence leaves a proof open, in the order in which the condition names them."""
    found: dict[str, None] = {}
    _collect(proof, found, set())
    return found


def _collect(proof: Proof, found: dict[str, None], seen: set[int]) -> None:
    if proof.value is not None or id(proof) in seen:
        return
    seen.add(id(proof))
    for path in proof.unknown:
        found[path] = None
    for part in proof.parts:
        _collect(part, found, seen)


def witnesses(proof: Proof, collection: str) -> dict[int, tuple[Child, Truth]]:
    """The children of a collection that make a proof true, or could; by identity, with how far."""
    found: dict[int, tuple[Child, Truth]] = {}

    def visit(part: Proof, inside: bool) -> None:
        if part.value is False:
            return
        every = isinstance(part.condition, Every) and part.condition.collection == collection
        if part.child is not None and inside:
            found[id(part.child)] = (part.child, part.value)
        for inner in part.parts:
            visit(inner, every)

    visit(proof, False)
    return found
