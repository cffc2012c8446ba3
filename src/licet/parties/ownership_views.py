"""A study of ownership as rows and pages: every restricted company with its reasons, or all about one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from licet.parties.ownership import Truth
from licet.parties.ownership_format import NOT_KNOWN, percent
from licet.parties.ownership_graph import NEVER
from licet.parties.ownership_lists import OwnListing, counts
from licet.parties.ownership_names import NOBODY, SOMEBODY
from licet.parties.ownership_study import (
    Chain,
    Holding,
    Result,
    Study,
    chain,
    held,
    lists_above,
    part_owned,
)  # fmt: skip

COLUMNS = (
    "company", "test", "state", "held_percent", "held_percent_at_most", "lists", "owners", "cite",
    "table", "on",
)  # fmt: skip
STATES = ("listed", "restricted", "possibly_listed", "possibly_restricted", "part_owned")


@dataclass(frozen=True, slots=True)
class Tested:
    """What one test says of a company.

    ``state`` is one of ``STATES`` or "not_restricted"; ``held`` and ``at_most`` are what restricted owners
    hold of it, in percent, certainly and at most.
    """

    test: str
    cite: str
    state: str
    held: float
    at_most: float
    lists: tuple[str, ...]
    chain: Chain | None


@dataclass(frozen=True, slots=True)
class View:
    """A company of a table on a day: its listings, its direct owners, and what each test says."""

    name: str
    listings: tuple[OwnListing, ...]
    owners: tuple[Holding, ...]
    """Every direct owner; ``state`` is that of the strictest test."""
    named: float | None
    """What the known shares of its owners sum to, in percent; None where the table has no owner of it."""
    closed: bool
    """Whether the table says that nobody else is of concern."""
    tests: tuple[Tested, ...]
    table: str
    table_id: str

    @property
    def concern(self) -> bool:
        """Whether any test says more than "not restricted"."""
        return any(one.state != "not_restricted" for one in self.tests)


def view(study: Study, node: int) -> View:
    """All about one company of a study."""
    graph, table = study.graph, study.table
    positions = graph.owners(node).tolist()
    owners = []
    for at in positions:
        owner = int(graph.owner[at])
        if table.name_of(owner).lower() != NOBODY:
            share = int(graph.share[at])
            owners.append(
                Holding(
                    table.name_of(owner),
                    None if share == NOT_KNOWN else percent(share),
                    table.place(int(graph.row[at])),
                    _strictest(study, owner),
                )
            )
    tested = []
    for result in study.results:
        sums = held(result, graph)
        state = _state(result, part_owned(result, graph), node)
        maybe = result.certain[node] == NEVER
        lists = dict(lists_above(study, result, possible=maybe)).get(node, ())
        tested.append(
            Tested(
                result.test.name, result.test.cites, state, percent(int(sums[0][node])),
                percent(int(sums[1][node])), lists, chain(study, result, node),
            )
        )  # fmt: skip
    return View(
        table.name_of(node), tuple(study.listed.get(node, ())), tuple(owners),
        percent(int(graph.named[node])) if owners else None, len(owners) < len(positions),
        tuple(tested), table.name, table.id,
    )  # fmt: skip


def rows(study: Study) -> Iterator[Mapping[str, object]]:
    """A row with ``COLUMNS`` for each company and test that says more than "not restricted".

    ``owners`` has the holdings of a shortest reason; shares are in percent. Ordered by test, state and name.
    """
    table, graph = study.table, study.graph
    names = table.names.to_pylist()
    for result in study.results:
        certain, most = held(result, graph)
        partly = part_owned(result, graph)
        lists = dict(lists_above(study, result))
        perhaps = dict(lists_above(study, result, possible=True))
        nodes = np.flatnonzero((result.possible != NEVER) | partly).tolist()
        found = [
            (STATES.index(_state(result, partly, node)), names[node], node)
            for node in nodes
            if names[node].lower() != SOMEBODY
        ]
        for at, name, node in sorted(found):
            yield {
                "company": name,
                "test": result.test.name,
                "state": STATES[at],
                "held_percent": percent(int(certain[node])),
                "held_percent_at_most": percent(int(most[node])),
                "lists": list(lists.get(node) or perhaps.get(node, ())),
                "owners": list(_reasons(study, result, node, STATES[at])),
                "cite": result.test.cites,
                "table": table.name,
                "on": study.law.on.isoformat(),
            }


def _state(result: Result, partly: np.ndarray[tuple[int], np.dtype[np.bool_]], node: int) -> str:
    if result.listed[node]:
        return "listed"
    if result.certain[node] != NEVER:
        return "restricted"
    if result.maybe_listed[node]:
        return "possibly_listed"
    if result.possible[node] != NEVER:
        return "possibly_restricted"
    return "part_owned" if partly[node] else "not_restricted"


def _strictest(study: Study, node: int) -> Truth:
    states = [result.state(node) for result in study.results]
    return True if True in states else (None if None in states else False)


def _reasons(study: Study, result: Result, node: int, state: str) -> Iterator[str]:
    """The owners that make it so, each with share and place in the table."""
    if state in ("listed", "possibly_listed"):
        for listing in study.listed.get(node, ()):
            if counts(listing, result.test, study.law) is not False:
                yield f"{listing.name} ({listing.list}:{listing.entry})"
        return
    graph, table = study.graph, study.table
    if state == "part_owned":
        at = [
            x for x in graph.owners(node).tolist() if result.certain[int(graph.owner[x])] != NEVER
        ]
        for x in at:
            share = int(graph.share[x])
            holds = "?" if share == NOT_KNOWN else f"{percent(share):g}"
            yield f"{table.name_of(int(graph.owner[x]))} {holds} ({table.place(int(graph.row[x]))})"
        return
    found = chain(study, result, node, levels=1)
    for holding in found.steps[0].holdings if found else ():
        holds = "?" if holding.share is None else f"{holding.share:g}"
        yield f"{holding.owner} {holds} ({holding.place})"
