"""A company and everybody above it in a table: a graph of its own, who in it is listed, and what that comes to.

Whole tables are compared by names as screening compares equal ones. Above one company there are few enough to
ask also whom a name resembles, so that a listed owner who is misspelled is found as a possible one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from licet.law.rulebook import Law
from licet.parties.ownership import HALF, Truth
from licet.parties.ownership_graph import NEVER, Graph, above, alone, reach
from licet.parties.ownership_lists import Listed, OwnListing, counts, listed_nodes
from licet.parties.ownership_names import NOBODY, SOMEBODY
from licet.parties.ownership_rules import DOES_NOT_FLOW, OwnershipTest, every, ownership_tests
from licet.parties.ownership_table import OwnershipTable

ALIKE_MOST = 20_000
"""Above one company, so many owners are asked whom their names resemble; of more only equal names are found."""

Find = Callable[[Sequence[str]], Mapping[str, Sequence[OwnListing]]]
"""Gives for names of owners the listings that they are, or may be, beyond equal names of the rulebook."""


@dataclass(frozen=True, eq=False)
class Near:
    """A company and everybody above it; ``at`` is the company's place in ``graph``, ``nodes`` their table's."""

    nodes: list[int]
    graph: Graph
    at: int
    listed: Listed
    matters: frozenset[int]
    """Those that are listed, or may be, or have such an owner above them: their chains are written out."""
    open: frozenset[int]
    """Those that owners whom the table does not name could hold to half."""
    _loose: NDArray[np.bool_]
    """Places of owners of whom nobody knows who they are, or who owns them."""

    @property
    def loose(self) -> bool:
        """Whether the table leaves anybody above the company unnamed."""
        return bool(self._loose.any())

    def state(self, test: OwnershipTest, law: Law) -> Truth:
        """Whether restricted owners hold enough of the company under a test; None where it hangs on doubt."""
        certain = np.zeros(len(self.nodes), np.bool_)
        possible = self._loose.copy()
        for place, node in enumerate(self.nodes):
            states = [counts(listing, test, law) for listing in self.listed.get(node, ())]
            certain[place] |= True in states
            possible[place] |= True in states or None in states
        # A listed company may be owned by whomever: the question here is what its owners make of it.
        certain[self.at] = possible[self.at] = False
        spread = reach if test.together else alone
        if spread(self.graph, certain, test.need)[self.at] != NEVER:
            return True
        unsure = spread(self.graph, possible, test.need, possible=True)
        return None if unsure[self.at] != NEVER else False


def near(table: OwnershipTable, law: Law, graph: Graph, node: int, find: Find | None) -> Near:
    """Everybody above a company on the law's day, with their listings."""
    nodes = np.sort(above(graph, node))
    at = graph.up.of(nodes)
    small = Graph(
        len(nodes),
        np.searchsorted(nodes, graph.owner[at]).astype(np.int32),
        np.searchsorted(nodes, graph.owned[at]).astype(np.int32),
        graph.share[at],
        graph.row[at],
    )
    listed = listed_among(table, law, nodes.tolist(), find)
    somebody, nobody = table.node(SOMEBODY), table.node(NOBODY)
    unnamed = np.array([n == somebody for n in nodes.tolist()])
    roots = np.array([n in listed for n in nodes.tolist()]) | unnamed
    ends = np.bincount(small.owned, minlength=small.size) == 0
    # Also while their rule is stayed: a red flag then, and no reason to ask further up.
    flowing = frozenset(f.list for f in every(law.rulebook) if f.test != DOES_NOT_FLOW)
    stated = np.array(
        [n in (somebody, nobody) or _certain(listed, n, flowing) for n in nodes.tolist()]
    )
    matters = reach(small, roots, 0, possible=True) != NEVER
    need = min((test.need for test in ownership_tests(law)), default=HALF)
    open_ended = reach(small, ends & ~stated, need, possible=True) != NEVER
    return Near(
        nodes.tolist(), small, int(np.searchsorted(nodes, node)), listed,
        frozenset(nodes[matters].tolist()), frozenset(nodes[open_ended].tolist()),
        (ends & ~stated) | unnamed,
    )  # fmt: skip


def listed_among(
    table: OwnershipTable, law: Law, nodes: Sequence[int], find: Find | None
) -> Listed:
    """The listings of some nodes: by equal names and numbers, and what ``find`` gives for their names."""
    found = dict(listed_nodes(table, law, among=nodes))
    if find is None or len(nodes) > ALIKE_MOST:
        return found
    names = {node: table.name_of(node) for node in nodes}
    alike = find([name for name in names.values() if ":" not in name and not name.startswith("(")])
    for node, name in names.items():
        there = {(one.list, one.entry) for one in found.get(node, ())}
        more = [one for one in alike.get(name, ()) if (one.list, one.entry) not in there]
        if more:
            found[node] = (*found.get(node, ()), *more)
    return found


def _certain(listed: Listed, node: int, flowing: frozenset[str]) -> bool:
    """Whether a node is for certain on a list that flows down: on another, who owns it is still asked."""
    return any(x.certain and x.list in flowing for x in listed.get(node, ()))
