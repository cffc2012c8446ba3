"""Owners from a table, put into an order where it left them unset.

The table's rows of a company are its owners of concern, as ``owners`` of an order is. A chain ends at
a listing, at ``(none)``, or where the table has no row for an owner: then who owns that owner stays unset,
which is unknown. Above an owner who is listed for certain the table need not go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from licet.decision import Ownership
from licet.law.rulebook import Law
from licet.order import Order, Owner, Party
from licet.parties.ownership import Truth
from licet.parties.ownership_format import NOT_KNOWN, percent
from licet.parties.ownership_graph import Graph
from licet.parties.ownership_lists import OwnListing
from licet.parties.ownership_names import NOBODY, SOMEBODY, listing_id
from licet.parties.ownership_near import ALIKE_MOST, Find, Near, near
from licet.parties.ownership_rules import OwnershipTest
from licet.parties.ownership_table import OwnershipTable

DEEPEST, MOST = 30, 60
"""Levels and owners that are written into an order. A web of more, in which cross-holdings written out as
chains would have no end, is worked out whole instead: the order gets the direct owners, and what they come to
stands beside it."""


@dataclass(frozen=True, eq=False)
class Web:
    """What owns a company by a web of holdings that is too large to be written into an order.

    ``owners`` are the direct owners as they were written into it: while the party has these, the web speaks.
    """

    owners: tuple[Owner, ...] | None
    _table: OwnershipTable
    _graph: Graph
    _node: int
    _find: Callable[[Law], Find] | None
    _seen: dict[Law, Near] = field(default_factory=dict)

    def state(self, test: OwnershipTest, law: Law) -> Truth:
        """Whether restricted owners hold enough of the company, under a test and a law."""
        return self._near(law).state(test, law)

    def loose(self, law: Law) -> bool:
        """Whether the table leaves anybody above the company unnamed."""
        return self._near(law).loose

    def listings(self, law: Law) -> Iterator[OwnListing]:
        """The listings of everybody in the web above the company, each entry once."""
        found = self._near(law)
        every = (
            (listing.list, listing.entry, listing)
            for node, listings in found.listed.items()
            if node != self._node
            for listing in listings
        )
        yield from {(code, entry): listing for code, entry, listing in every}.values()

    def _near(self, law: Law) -> Near:
        if law not in self._seen:
            find = self._find(law) if self._find else None
            self._seen[law] = near(self._table, law, self._graph, self._node, find)
        return self._seen[law]


@dataclass(frozen=True, slots=True)
class Filled:
    """An order with owners from a table: what was taken from it for whom, and webs by the party's place."""

    order: Order
    told: tuple[Ownership, ...]
    webs: Mapping[int, Web]


def with_owners(
    order: Order, table: OwnershipTable, law: Law, *, find: Callable[[Law], Find] | None = None
) -> Filled:
    """The order with owners from the table of the law's day.

    Parties whose owners the order states, or that have no name, are left alone. ``find`` gives, under a law,
    whom names of owners may be beside listed names that are equal.
    """
    parties, told, webs = [], [], dict[int, Web]()
    for at, party in enumerate(order.parties or ()):
        if party.owners is None and party.name is not None:
            owners, said, web = _of(party, table, law, find)
            told.append(said)
            party = replace(party, owners=owners)  # noqa: PLW2901 -- the same party, filled in
            if web is not None:
                webs[at] = web
        parties.append(party)
    if not told:
        return Filled(order, (), {})
    return Filled(replace(order, parties=tuple(parties)), tuple(told), webs)


def _of(
    party: Party, table: OwnershipTable, law: Law, find: Callable[[Law], Find] | None
) -> tuple[tuple[Owner, ...] | None, Ownership, Web | None]:
    name = party.name or ""
    node = table.node(name)
    graph = table.as_of(law.on)
    if node is None or not len(graph.owners(node)):
        why = f"{table.name} has no row for the owners of {name} on {law.on}; they stay unknown."
        return None, Ownership(name, table.name, table.id, law.on, (why,)), None
    found = near(table, law, graph, node, find(law) if find else None)
    web = None
    try:
        tree = _Tree(table, graph, found, DEEPEST)
        owners = tree.owners(node, (node,))
    except _TooMany:
        tree = _Tree(table, graph, found, 1)
        owners = tree.owners(node, (node,))
        web = Web(owners, table, graph, node, find, {law: found})
        tree.told[-1] = _told(web, found, table, law)
    if len(found.nodes) > ALIKE_MOST:
        tree.told[-2] = (
            f"{table.name} has {len(found.nodes):,} owners above {name}: of so many only equal names are "
            f"found on lists, of up to {ALIKE_MOST:,} also names that are alike."
        )
    said = Ownership(name, table.name, table.id, law.on, tuple(tree.told.values()))
    return owners, said, web


def _told(web: Web, found: Near, table: OwnershipTable, law: Law) -> str:
    listed = [
        f"{one.name} ({'' if one.certain else 'perhaps '}{one.list})" for one in web.listings(law)
    ]
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return (
        f"Above these, {table.name} has a web of {len(found.graph.share):,} holdings, which was worked out "
        f"whole. On a list in it: {', '.join(listed[:_NAMED]) or 'nobody'}{more}. licet owners show has the "
        "chain."
    )


_NAMED = 10


class _TooMany(Exception):  # noqa: N818 -- a turn in the road, told to nobody
    """More owners than an order should hold."""


class _Tree:
    """The owners of one company written out as an order has them, to a number of levels."""

    def __init__(self, table: OwnershipTable, graph: Graph, near: Near, levels: int) -> None:
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


__all__ = ["Filled", "Web", "with_owners"]
