"""Decision diagrams: which facts an outcome depends on (Bryant 1986, with more than two branches).

A tree asks facts and ends in outcomes. Reduced with one order of facts throughout, equal functions have equal
diagrams: a fact that is still in it changes the outcome under some answers to the others, a fact that has gone
cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A decision that depends on a fact: one branch for each class of its values."""

    fact: str
    branches: tuple[Tree, ...]
    support: frozenset[str] = field(init=False, repr=False, compare=False)
    """The facts that the node and all below it ask for."""
    terminals: frozenset[str] = field(init=False, repr=False, compare=False)
    """The outcomes at the ends below it."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Counted once, when the node is made: trees share nodes, and each is looked up many times.
        put = object.__setattr__
        put(self, "support", frozenset({self.fact}).union(*map(support, self.branches)))
        put(self, "terminals", frozenset().union(*map(terminals, self.branches)))
        put(self, "_hash", hash((self.fact, self.branches)))

    def __hash__(self) -> int:
        return self._hash


Tree = Node | str
_NOTHING: frozenset[str] = frozenset()


def support(tree: Tree) -> frozenset[str]:
    """The facts that a tree asks for."""
    return _NOTHING if isinstance(tree, str) else tree.support


def terminals(tree: Tree) -> frozenset[str]:
    """The outcomes at the ends of a tree."""
    return frozenset({tree}) if isinstance(tree, str) else tree.terminals


def node(fact: str, branches: tuple[Tree, ...]) -> Tree:
    """A node; its only branch where all are the same."""
    first = branches[0]
    return first if all(b is first or b == first for b in branches) else Node(fact, branches)


def restrict(tree: Tree, fact: str, at: int) -> Tree:
    """The tree with one fact answered; a reduced tree stays reduced."""
    done: dict[Node, Tree] = {}

    def answered(part: Tree) -> Tree:
        if isinstance(part, str) or fact not in part.support:
            return part
        if part.fact == fact:
            return answered(part.branches[at])
        if part not in done:
            done[part] = node(part.fact, tuple(map(answered, part.branches)))
        return done[part]

    return answered(tree)


def relabel(tree: Tree, outcome: Callable[[str], str]) -> Tree:
    """The tree with other words for its outcomes; what they no longer tell apart is joined."""
    done: dict[Node, Tree] = {}

    def relabelled(part: Tree) -> Tree:
        if isinstance(part, str):
            return outcome(part)
        if part not in done:
            done[part] = node(part.fact, tuple(map(relabelled, part.branches)))
        return done[part]

    return relabelled(tree)


def reduce_tree(tree: Tree, facts: Iterable[str]) -> Tree:
    """The reduced ordered decision diagram of a tree: equal functions have equal diagrams."""
    place = {fact: at for at, fact in enumerate(facts)}
    reduced: dict[Node, Tree] = {}
    joined: dict[tuple[str, tuple[Tree, ...]], Tree] = {}

    def build(part: Tree) -> Tree:
        if isinstance(part, str):
            return part
        if part not in reduced:
            reduced[part] = join(part.fact, tuple(map(build, part.branches)))
        return reduced[part]

    def join(fact: str, branches: tuple[Tree, ...]) -> Tree:
        """The diagram that asks a fact and goes on with one of several diagrams."""
        first = min((part.fact for part in branches if isinstance(part, Node)), key=place.__getitem__,
                    default=fact)  # fmt: skip
        if place[fact] < place[first]:
            return node(fact, branches)
        key = (fact, branches)
        if key not in joined:
            if first == fact:
                # The fact is asked again below: there, its answer is known already.
                known = (_at(part, fact, at) for at, part in enumerate(branches))
                joined[key] = node(fact, tuple(known))
            else:
                width = next(
                    len(b.branches) for b in branches if isinstance(b, Node) and b.fact == first
                )
                joined[key] = node(first, tuple(
                    join(fact, tuple(_at(part, first, at) for part in branches)) for at in range(width)
                ))  # fmt: skip
        return joined[key]

    return build(tree)


def _at(tree: Tree, fact: str, at: int) -> Tree:
    """A diagram with its first fact answered, where that is the fact."""
    return tree.branches[at] if isinstance(tree, Node) and tree.fact == fact else tree
