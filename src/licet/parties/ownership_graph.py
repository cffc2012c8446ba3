"""The fixed point of ownership over a whole table of one day: who is restricted, certainly or possibly.

A node is restricted when it is listed, or when restricted owners hold enough of it by direct shares. The least
set that is closed under this is found in rounds: each round adds the shares of the owners that the last one
restricted, so that every holding is added once and a circle without a listed owner restricts nobody. With
unknown shares, and owners of whom it is unknown whether they are listed, there are two such sets: the certain
one counts nothing unknown, the possible one everything.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from licet.parties.ownership import WHOLE, room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

NEVER = -1  # as a rank: not restricted
_ROUNDING = 1000


@dataclass(frozen=True, eq=False)
class Graph:
    """The holdings of one day: ``owner`` and ``owned`` number nodes from 0 to ``size`` - 1.

    ``share`` is in billionths of a percent, negative where it is not known; ``row`` is the holding's row in
    its table.
    """

    size: int
    owner: NDArray[np.int32]
    owned: NDArray[np.int32]
    share: NDArray[np.int64]
    row: NDArray[np.int32]

    @functools.cached_property
    def down(self) -> Adjacent:
        """The holdings by owner."""
        return adjacent(self.owner, self.size)

    @functools.cached_property
    def up(self) -> Adjacent:
        """The holdings by company."""
        return adjacent(self.owned, self.size)

    @functools.cached_property
    def named(self) -> NDArray[np.float64]:
        """The sum of all known shares in each node; exact, since the sums stay far below 2**53."""
        shares = np.maximum(self.share, 0).astype(np.float64)
        return np.bincount(self.owned, weights=shares, minlength=self.size).astype(np.float64)

    @functools.cached_property
    def rooms(self) -> NDArray[np.int64]:
        """What holders of unknown share may hold of each node at most (``ownership.room``)."""
        named = self.named.astype(np.int64)
        return np.where(named > WHOLE + _ROUNDING, WHOLE, np.maximum(WHOLE - named, 0))

    def owners(self, node: int) -> Ints:
        """The holdings in a node, as positions."""
        return self.up.of(np.array([node]))

    def holdings(self, node: int) -> Ints:
        """What a node holds, as positions."""
        return self.down.of(np.array([node]))


@dataclass(frozen=True, eq=False)
class Adjacent:
    """Positions grouped by node: those of node n are ``order[start[n]:start[n + 1]]``."""

    order: Ints
    start: Ints

    def of(self, nodes: Ints) -> Ints:
        """The positions of several nodes, one after the other."""
        begin = self.start[nodes]
        count = self.start[nodes + 1] - begin
        shift = np.repeat(begin - (np.cumsum(count) - count), count)
        return self.order[shift + np.arange(len(shift))]


def adjacent(nodes: NDArray[np.int32], size: int) -> Adjacent:
    """Group positions by the node that stands there."""
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(nodes, minlength=size), out=start[1:])
    return Adjacent(np.argsort(nodes, kind="stable"), start)


def reach(graph: Graph, seeds: Flags, need: int, *, possible: bool = False) -> NDArray[np.int32]:
    """The rank of each node: 0 for a seed, k for one that the k-th round restricted, ``NEVER`` for the rest.

    ``need`` is the sum of direct shares that restricts, in billionths of a percent. With ``possible``, owners
    of unknown share count for all that nobody else is known to hold.
    """
    rank = np.full(graph.size, NEVER, np.int32)
    rank[seeds] = 0
    held = np.zeros(graph.size, np.int64)
    unsaid = np.zeros(graph.size, np.bool_)
    front = np.flatnonzero(seeds)
    number = 0
    while len(front):
        number += 1
        at = graph.down.of(front)
        company, share = graph.owned[at], graph.share[at]
        np.add.at(held, company, np.maximum(share, 0))
        if possible:
            unsaid[company[share < 0]] = True
        touched = _each(company, graph.size)
        total = held[touched]
        if possible:
            total = total + np.where(unsaid[touched], graph.rooms[touched], 0)
        front = touched[(total >= need) & (rank[touched] == NEVER)].astype(np.int64)
        rank[front] = number
    return rank


def _each(nodes: NDArray[np.int32], size: int) -> Ints:
    """The different nodes: by sorting where they are few, by marking where they are many."""
    if len(nodes) * 20 < size:
        return np.unique(nodes).astype(np.int64)
    marked = np.zeros(size, np.bool_)
    marked[nodes] = True
    return np.flatnonzero(marked)


def reach_alone(
    graph: Graph, roots: Iterable[int], need: int, *, possible: bool = False
) -> Iterator[tuple[int, dict[int, int]]]:
    """For each root the nodes that it restricts by itself, with their ranks.

    For tests in which owners are not added together: a chain is followed for one listed owner at a time.
    """
    for root in roots:
        rank, held, unsaid = {root: 0}, dict[int, int](), set[int]()
        front, number = [root], 0
        while front:
            number += 1
            touched: dict[int, None] = {}
            for at in graph.down.of(np.array(front)).tolist():
                company, share = int(graph.owned[at]), int(graph.share[at])
                touched[company] = None
                if share >= 0:
                    held[company] = held.get(company, 0) + share
                elif possible:
                    unsaid.add(company)
            front = [
                company
                for company in touched
                if company not in rank
                and held.get(company, 0)
                + (room(int(graph.named[company])) if company in unsaid else 0)
                >= need
            ]
            rank.update(dict.fromkeys(front, number))
        yield root, rank


def alone(graph: Graph, seeds: Flags, need: int, *, possible: bool = False) -> NDArray[np.int32]:
    """As ``reach``, where each seed counts alone: the least rank that any of them gives a node."""
    rank = np.full(graph.size, NEVER, np.int32)
    for _, found in reach_alone(graph, np.flatnonzero(seeds).tolist(), need, possible=possible):
        for node, number in found.items():
            if rank[node] == NEVER or number < rank[node]:
                rank[node] = number
    return rank


def inherited(graph: Graph, rank: NDArray[np.int32], own: NDArray[np.int64]) -> NDArray[np.int64]:
    """The marks of every restricted node: its own and those of its restricted owners, however far up.

    ``own`` holds marks as bits; the most restrictive owner governs (15 CFR 744.11(a)(1)), so that all that
    contribute are kept.
    """
    marks = np.where(rank != NEVER, own, 0)
    front = np.flatnonzero(marks)
    while len(front):
        at = graph.down.of(front)
        at = at[rank[graph.owned[at]] != NEVER]
        company = graph.owned[at]
        touched = _each(company, graph.size)
        before = marks[touched]
        np.bitwise_or.at(marks, company, marks[graph.owner[at]])
        front = touched[marks[touched] != before].astype(np.int64)
    return marks


def above(graph: Graph, node: int) -> Ints:
    """A node and everybody above it, however far, in the order of distance."""
    seen = np.zeros(graph.size, np.bool_)
    seen[node] = True
    front = np.array([node])
    found = [front]
    while len(front):
        owners = np.unique(graph.owner[graph.up.of(front)])
        front = owners[~seen[owners]].astype(np.int64)
        seen[front] = True
        found.append(front)
    return np.concatenate(found)


__all__ = ["NEVER", "Graph", "above", "alone", "inherited", "reach", "reach_alone"]
