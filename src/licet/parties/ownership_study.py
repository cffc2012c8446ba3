"""What an ownership table says on a day: who is restricted under which test, and the chain that shows why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from licet.law.rulebook import Law
from licet.parties.ownership import Truth
from licet.parties.ownership_format import NOT_KNOWN, percent
from licet.parties.ownership_graph import (
    NEVER,
    Graph,
    above,
    alone,
    inherited,
    reach,
    reach_alone,
)  # fmt: skip
from licet.parties.ownership_lists import Listed, OwnListing, counts, listed_nodes, seeds
from licet.parties.ownership_rules import OwnershipTest, ownership_tests
from licet.parties.ownership_table import OwnershipTable

Ranks = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Result:
    """One test over a whole table: the rank of each node, certainly and possibly (``NEVER``: not at all)."""

    test: OwnershipTest
    certain: Ranks
    possible: Ranks
    listed: NDArray[np.bool_]
    """Certainly listed."""
    maybe_listed: NDArray[np.bool_]

    def state(self, node: int) -> Truth:
        """Whether a node is restricted; None where that hangs on what is not known."""
        if self.certain[node] != NEVER:
            return True
        return None if self.possible[node] != NEVER else False


@dataclass(frozen=True, eq=False)
class Study:
    """An ownership table under the law of a day: who is listed, and each test's result."""

    table: OwnershipTable
    law: Law
    graph: Graph
    listed: Listed
    results: tuple[Result, ...]

    def result(self, test: str) -> Result | None:
        """The result of a test; None where the law of the day does not have it."""
        return next((found for found in self.results if found.test.name == test), None)


@dataclass(frozen=True, slots=True)
class Holding:
    """A direct holding in a chain: ``share`` in percent, None where it is not known; ``place`` in the table.

    ``state`` says whether the owner is restricted; None: possibly.
    """

    owner: str
    share: float | None
    place: str
    state: Truth


@dataclass(frozen=True, slots=True)
class Step:
    """Why one company of a chain is restricted: its own listings, or what restricted owners hold of it."""

    name: str
    state: Truth
    listings: tuple[OwnListing, ...]
    holdings: tuple[Holding, ...]
    total: float
    """What the holdings that are known sum to, in percent."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A shortest explanation under one test: the company asked for first, then those above it.

    Each step rests on later ones only, down to listings.
    """

    test: OwnershipTest
    state: Truth
    steps: tuple[Step, ...]


def study(
    table: OwnershipTable,
    law: Law,
    *,
    only: Sequence[str] | None = None,
    more: Listed | None = None,
) -> Study:
    """Work out every test of ownership that is in force, or those of the names in ``only``.

    Names of the whole table are compared with listed names that are equal; ``more`` has listings of nodes that
    were looked into further (``ownership_near.listed_among``).
    """
    graph = table.as_of(law.on)
    listed = {**listed_nodes(table, law), **(more or {})}
    wanted = [test for test in ownership_tests(law) if only is None or test.name in only]
    return Study(
        table, law, graph, listed, tuple(_result(t, table, graph, listed, law) for t in wanted)
    )


def _result(
    test: OwnershipTest, table: OwnershipTable, graph: Graph, listed: Listed, law: Law
) -> Result:
    certain, possible = seeds(table, listed, test, law)
    spread = reach if test.together else alone
    return Result(
        test,
        spread(graph, certain, test.need),
        spread(graph, possible, test.need, possible=True),
        certain,
        possible,
    )


def held(result: Result, graph: Graph) -> tuple[NDArray[Any], NDArray[Any]]:
    """What restricted owners hold of each node, certainly and at most: billionths of a percent.

    Where owners are not added together, this is still their sum; the result says who is restricted.
    """
    share = np.maximum(graph.share, 0)

    def total(ranks: Ranks) -> NDArray[Any]:
        weights = np.where(ranks[graph.owner] != NEVER, share, 0)
        return np.bincount(graph.owned, weights=weights, minlength=graph.size).astype(np.int64)

    most = total(result.possible)
    unsaid = graph.owned[(graph.share < 0) & (result.possible[graph.owner] != NEVER)]
    most[unsaid] = total(result.possible)[unsaid] + graph.rooms[unsaid]
    return total(result.certain), most


def part_owned(result: Result, graph: Graph) -> NDArray[np.bool_]:
    """Companies that are not restricted for certain, and of which a restricted owner holds a part.

    Such a share is a red flag (Supplement No. 3 to part 732; Supplement No. 8 to part 744, paragraph (c)).
    """
    found = np.zeros(graph.size, np.bool_)
    found[graph.owned[result.certain[graph.owner] != NEVER]] = True
    found &= result.certain == NEVER
    return found


def lists_above(
    study: Study, result: Result, *, possible: bool = False
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each restricted node, and the lists of all restricted owners from which that comes.

    With ``possible``, also each that may be, and the lists from which it may come.
    """
    ranks = result.possible if possible else result.certain
    codes = result.test.lists
    own = np.zeros(study.graph.size, np.int64)
    for node, listings in study.listed.items():
        for listing in listings:
            state = counts(listing, result.test, study.law)
            if state is True or (possible and state is None):
                own[node] |= 1 << codes.index(listing.list)
    marks = inherited(study.graph, ranks, own)
    names = {
        mark: tuple(code for at, code in enumerate(codes) if mark >> at & 1)
        for mark in np.unique(marks).tolist()
    }
    for node in np.flatnonzero(ranks != NEVER).tolist():
        yield node, names[int(marks[node])]


def chain(study: Study, result: Result, node: int, *, levels: int | None = None) -> Chain | None:
    """The shortest explanation of why a node is restricted, or may be; None where it is not.

    Shortest: no explanation needs fewer levels, and each step names as few owners as reach the share.
    ``levels`` bounds how many levels are told, 1 for the company's own step.
    """
    state = result.state(node)
    if state is False:
        return None
    ranks = _ranks(study, result, node, possible=state is None)
    steps: dict[int, Step] = {}
    todo, level = [node], 0
    while todo and (levels is None or level < levels):
        level += 1
        after = []
        for here in todo:
            if here not in steps:
                steps[here], owners = _step(study, result, here, ranks)
                after += owners
        todo = after
    return Chain(result.test, state, tuple(steps.values()))


def _ranks(study: Study, result: Result, node: int, *, possible: bool) -> Callable[[int], int]:
    """Ranks by which to explain a node: of the whole, or of the one owner that counts alone."""
    ranks = result.possible if possible else result.certain
    if result.test.together:
        return lambda one: int(ranks[one])
    roots = result.maybe_listed if possible else result.listed
    upwards = above(study.graph, node)
    candidates = upwards[roots[upwards]].tolist()
    each = reach_alone(study.graph, candidates, result.test.need, possible=possible)
    best = min((rank for _, rank in each if node in rank), key=lambda rank: rank[node])
    return lambda one: best.get(one, NEVER)


def _step(
    study: Study, result: Result, node: int, rank_of: Callable[[int], int]
) -> tuple[Step, list[int]]:
    """One node's reason, and the owners on which it rests."""
    graph, table = study.graph, study.table
    rank = rank_of(node)
    own = tuple(
        listing
        for listing in study.listed.get(node, ())
        if counts(listing, result.test, study.law) is not False
    )
    picked: list[int] = []
    if rank > 0:
        owners = graph.owners(node).tolist()
        picked = _fewest(graph, owners, rank_of, rank, result.test.need)
    holdings = tuple(
        Holding(
            table.name_of(int(graph.owner[at])),
            None if graph.share[at] == NOT_KNOWN else percent(int(graph.share[at])),
            table.place(int(graph.row[at])),
            result.state(int(graph.owner[at])),
        )
        for at in picked
    )
    total = percent(sum(max(int(graph.share[at]), 0) for at in picked))
    step = Step(table.name_of(node), result.state(node), own if rank == 0 else (), holdings, total)
    return step, [int(graph.owner[at]) for at in picked]


def _fewest(
    graph: Graph, owners: Sequence[int], rank: Callable[[int], int], below: int, need: int
) -> list[int]:
    """The fewest holdings of owners of lower rank that reach the share: the largest first."""
    usable = [at for at in owners if 0 <= rank(int(graph.owner[at])) < below]
    usable.sort(key=lambda at: (-int(graph.share[at]), at))
    said = [at for at in usable if graph.share[at] >= 0]
    total, picked = 0, list[int]()
    for at in said:
        if total >= need:
            return picked
        picked.append(at)
        total += int(graph.share[at])
    # Below the share only with what holders of unknown share may hold.
    return picked if total >= need else usable


__all__ = [
    "Chain", "Holding", "Result", "Step", "Study", "chain", "held", "lists_above", "part_owned", "study",
]  # fmt: skip
