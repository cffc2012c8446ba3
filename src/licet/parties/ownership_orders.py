"""Owners from a table, put into an order where it left them unset.

The table's rows of a company are its owners of concern, as ``owners`` of an order is. A chain ends at
a listing, at ``(none)``, or where the table has no row for an owner: then who owns that owner stays unset,
which is unknown. Above an owner who is listed for certain the table need not go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from licet.decision import Ownership
from licet.law.rulebook import Law
from licet.order import Order, Owner, Party
from licet.parties.ownership import HALF
from licet.parties.ownership_format import NOT_KNOWN, percent
from licet.parties.ownership_graph import NEVER, Graph, above, reach
from licet.parties.ownership_lists import Listed, listed_nodes
from licet.parties.ownership_names import NOBODY, SOMEBODY, listing_id
from licet.parties.ownership_rules import DOES_NOT_FLOW, every, ownership_tests
from licet.parties.ownership_table import OwnershipTable

DEEPEST, MOST = 30, 60
"""Levels and owners that are written into an order. Of a web of more only the direct owners are, and who owns
these stays unset, which is unknown: written out as chains, cross-holdings have no end."""


def with_owners(
    order: Order, table: OwnershipTable, law: Law
) -> tuple[Order, tuple[Ownership, ...]]:
    """The order with owners from the table of the law's day, and what was taken from it for whom.

    Parties whose owners the order states, or that have no name, are left alone.
    """
    parties, told = [], []
    for party in order.parties or ():
        if party.owners is None and party.name is not None:
            owners, said = _of(party, table, law)
            told.append(said)
            party = replace(party, owners=owners)  # noqa: PLW2901 -- the same party, filled in
        parties.append(party)
    if not told:
        return order, ()
    return replace(order, parties=tuple(parties)), tuple(told)


def _of(
    party: Party, table: OwnershipTable, law: Law
) -> tuple[tuple[Owner, ...] | None, Ownership]:
    name = party.name or ""
    node = table.node(name)
    graph = table.as_of(law.on)
    if node is None or not len(graph.owners(node)):
        why = f"{table.name} has no row for the owners of {name} on {law.on}; they stay unknown."
        return None, Ownership(name, table.name, table.id, law.on, (why,))
    near = _near(table, law, graph, node)
    try:
        tree = _Tree(table, graph, near, DEEPEST)
        owners = tree.owners(node, (node,))
    except _TooMany:
        tree = _Tree(table, graph, near, 1)
        owners = tree.owners(node, (node,))
        tree.told[-1] = (
            f"Above these, {table.name} has a web of more than {MOST} holdings: who owns these owners is "
            f"left unset here. licet owners show works it out."
        )
    return owners, Ownership(name, table.name, table.id, law.on, tuple(tree.told.values()))


@dataclass(frozen=True, eq=False)
class _Near:
    """A company and everybody above it, as a graph of its own."""

    nodes: list[int]
    listed: Listed
    matters: frozenset[int]
    """Those that are listed, or may be, or have such an owner above them: their chains are written out."""
    open: frozenset[int]
    """Those that owners whom the table does not name could hold to half."""


def _near(table: OwnershipTable, law: Law, graph: Graph, node: int) -> _Near:
    nodes = np.sort(above(graph, node))
    at = graph.up.of(nodes)
    small = Graph(
        len(nodes),
        np.searchsorted(nodes, graph.owner[at]).astype(np.int32),
        np.searchsorted(nodes, graph.owned[at]).astype(np.int32),
        graph.share[at],
        graph.row[at],
    )
    listed = listed_nodes(table, law, among=nodes.tolist())
    somebody, nobody = table.node(SOMEBODY), table.node(NOBODY)
    roots = np.array([n in listed or n == somebody for n in nodes.tolist()])
    ends = np.bincount(small.owned, minlength=small.size) == 0
    # Also while their rule is stayed: a red flag then, and no reason to ask further up.
    flowing = frozenset(f.list for f in every(law.rulebook) if f.test != DOES_NOT_FLOW)
    stated = np.array(
        [n in (somebody, nobody) or _certain(listed, n, flowing) for n in nodes.tolist()]
    )
    matters = reach(small, roots, 0, possible=True) != NEVER
    need = min((test.need for test in ownership_tests(law)), default=HALF)
    open_ended = reach(small, ends & ~stated, need, possible=True) != NEVER
    return _Near(
        nodes.tolist(), listed,
        frozenset(nodes[matters].tolist()), frozenset(nodes[open_ended].tolist()),
    )  # fmt: skip


def _certain(listed: Listed, node: int, flowing: frozenset[str]) -> bool:
    """Whether a node is for certain on a list that flows down: on another, who owns it is still asked."""
    return any(x.certain and x.list in flowing for x in listed.get(node, ()))


class _TooMany(Exception):  # noqa: N818 -- a turn in the road, told to nobody
    """More owners than an order should hold."""


class _Tree:
    """The owners of one company written out as an order has them, to a number of levels."""

    def __init__(self, table: OwnershipTable, graph: Graph, near: _Near, levels: int) -> None:
        self.table, self.graph, self.near, self.levels = table, graph, near, levels
        self.nobody, self.somebody = table.node(NOBODY), table.node(SOMEBODY)
        self.count = 0
        self.told: dict[int, str] = {}

    def owners(self, node: int, path: tuple[int, ...]) -> tuple[Owner, ...] | None:
        """The owners of a node; None where they are not known, () where none is of concern."""
        rows = [
            at for at in self.graph.owners(node).tolist() if self.graph.owner[at] != self.nobody
        ]
        if node == self.somebody:
            return None
        if len(path) > self.levels:
            return None
        self.count += len(rows)
        if self.count > MOST and self.levels > 1:
            raise _TooMany
        found = []
        for at in rows:
            owner = int(self.graph.owner[at])
            self.told.setdefault(at, self._says(at))
            found.append(self._owner(at, owner, path))
        return tuple(found)

    def _owner(self, at: int, owner: int, path: tuple[int, ...]) -> Owner:
        share = int(self.graph.share[at])
        name = None if owner == self.somebody else self.table.name_of(owner)
        on_list = None
        numbered = listing_id(name or "")
        if numbered is not None:
            # A number names the listing itself: the order states the list, and its name where it is known.
            listings = self.near.listed.get(owner, ())
            on_list = next((x.list for x in listings if x.certain), None)
            name = next((x.name for x in listings), name)
        return Owner(
            name=name,
            share=None if share == NOT_KNOWN else percent(share),
            list=on_list,
            owners=self._above(owner, path),
        )

    def _above(self, owner: int, path: tuple[int, ...]) -> tuple[Owner, ...] | None:
        if owner in path:
            return ()  # a circle: it restricts nobody by itself
        has_rows = len(self.graph.owners(owner)) > 0
        if owner in self.near.matters and has_rows:
            return self.owners(owner, (*path, owner))
        return None if owner in self.near.open or owner == self.somebody else ()

    def _says(self, at: int) -> str:
        graph, table = self.graph, self.table
        owner, owned = (table.name_of(int(x[at])) for x in (graph.owner, graph.owned))
        share = int(graph.share[at])
        holds = "a share that is not known" if share == NOT_KNOWN else f"{percent(share):g} percent"
        return f"{owner} holds {holds} of {owned} ({table.place(int(graph.row[at]))})."


__all__ = ["with_owners"]
