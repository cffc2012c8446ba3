"""The 50 percent rule over whole tables: columns and the plain rule agree, and the laws of logic hold."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.order import Owner
from licet.parties.ownership import HALF, PERCENT, held, room
from licet.parties.ownership_graph import NEVER, Graph, above, alone, inherited, reach

Truth = bool | None
SIZE = 7


@dataclass(frozen=True)
class Edge:
    """One direct holding; a share of None is not known."""

    owner: int
    owned: int
    share: float | None


edges = st.lists(
    st.builds(
        Edge,
        st.integers(0, SIZE - 1),
        st.integers(0, SIZE - 1),
        st.sampled_from([None, 0.05, 10.0, 17.9, 25.0, 32.05, 33.34, 49.99, 50.0, 51.0, 100.0]),
    ).filter(lambda edge: edge.owner != edge.owned),
    max_size=14,
)
states = st.lists(st.sampled_from([True, None, False]), min_size=SIZE, max_size=SIZE)


def graph(holdings: list[Edge]) -> Graph:
    def column(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array(values, np.int32)

    shares = [-1 if e.share is None else round(e.share * PERCENT) for e in holdings]
    return Graph(
        SIZE,
        column([e.owner for e in holdings]),
        column([e.owned for e in holdings]),
        np.array(shares, np.int64),
        column(list(range(len(holdings)))),
    )


def by_columns(holdings: list[Edge], listed: list[Truth], need: int = HALF) -> list[Truth]:
    found = graph(holdings)
    certain = reach(found, np.array([s is True for s in listed]), need)
    possible = reach(found, np.array([s is not False for s in listed]), need, possible=True)
    return [
        True if certain[n] != NEVER else None if possible[n] != NEVER else False
        for n in range(SIZE)
    ]


def in_rounds(holdings: list[Edge], listed: list[Truth], need: int = HALF) -> list[Truth]:
    """The rule as a person would work it out: look at every company again until nothing changes."""

    def closed(start: set[int], *, possible: bool) -> set[int]:
        found, before = set(start), set[int]()
        while found != before:
            before = set(found)
            for node in range(SIZE):
                mine = [e for e in holdings if e.owned == node]
                known = sum(round(e.share * PERCENT) for e in mine if e.share is not None)
                total = sum(
                    round(e.share * PERCENT)
                    for e in mine
                    if e.share is not None and e.owner in before
                )
                if possible and any(e.share is None and e.owner in before for e in mine):
                    total += room(known)
                if total >= need and any(e.owner in before for e in mine):
                    found.add(node)
        return found

    certain = closed({n for n, s in enumerate(listed) if s is True}, possible=False)
    possible = closed({n for n, s in enumerate(listed) if s is not False}, possible=True)
    return [True if n in certain else None if n in possible else False for n in range(SIZE)]


@settings(max_examples=400, deadline=None)
@given(edges, states)
def test_the_columns_say_what_looking_again_and_again_says(
    holdings: list[Edge], listed: list[Truth]
) -> None:
    assert by_columns(holdings, listed) == in_rounds(holdings, listed)


@settings(max_examples=200, deadline=None)
@given(edges, states)
def test_the_columns_say_what_the_owners_of_an_order_say(
    holdings: list[Edge], listed: list[Truth]
) -> None:
    """Written out as the owners of an order, with a circle cut where it closes, the answer is the same."""

    def owners(node: int, path: tuple[int, ...]) -> tuple[Owner, ...]:
        return tuple(
            Owner(
                name=str(e.owner),
                share=e.share,
                owners=() if e.owner in path else owners(e.owner, (*path, e.owner)),
            )
            for e in holdings
            if e.owned == node
        )

    found = by_columns(holdings, listed)
    for node in range(SIZE):
        above_it = held(owners(node, (node,)), lambda owner: listed[int(owner.name or 0)])
        own = listed[node]
        either = True if own or above_it else None if None in (own, above_it) else False
        assert found[node] is either, node


@given(edges, states, st.integers(0, SIZE - 1))
def test_one_more_listed_owner_never_frees_anybody(
    holdings: list[Edge], listed: list[Truth], node: int
) -> None:
    order = {False: 0, None: 1, True: 2}
    before = by_columns(holdings, listed)
    after = by_columns(holdings, [True if n == node else s for n, s in enumerate(listed)])
    assert all(order[a] >= order[b] for b, a in zip(before, after, strict=True))


@given(edges, states, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    holdings: list[Edge], listed: list[Truth], r: random.Random
) -> None:
    turned = list(holdings)
    r.shuffle(turned)
    assert by_columns(turned, listed) == by_columns(holdings, listed)


@given(edges, states, st.data())
def test_a_share_that_is_not_known_lies_between_all_that_it_may_be(
    holdings: list[Edge], listed: list[Truth], data: st.DataObject
) -> None:
    """Where the known shares of a company sum to no more than the whole, no completion leaves the band."""
    whole = [sum(e.share or 0 for e in holdings if e.owned == node) <= 100 for node in range(SIZE)]
    if not all(whole):
        return
    told = by_columns(holdings, listed)
    left = [100 - sum(e.share or 0 for e in holdings if e.owned == n) for n in range(SIZE)]
    filled = []
    for edge in holdings:
        share = edge.share
        if share is None:
            share = data.draw(st.sampled_from([0.0, left[edge.owned] / 2, left[edge.owned]]))
            left[edge.owned] -= share
        filled.append(Edge(edge.owner, edge.owned, round(share, 6)))
    settled: list[Truth] = [data.draw(st.booleans()) if s is None else s for s in listed]
    for before, after in zip(told, by_columns(filled, settled), strict=True):
        assert before is None or before is after


# --- the rule itself, by hand ------------------------------------------------------------------------

A, B, C, D, E, F, G = range(SIZE)
NOBODY: list[Truth] = [False] * SIZE


def listed(*nodes: int) -> list[Truth]:
    return [n in nodes for n in range(SIZE)]


def test_half_of_a_half_is_restricted_though_it_is_a_quarter_when_multiplied() -> None:
    """15 CFR 744.11(a)(1): entities that are restricted by ownership are owners like listed ones."""
    chain = [Edge(A, B, 50), Edge(B, C, 50), Edge(C, D, 50)]
    assert by_columns(chain, listed(A))[:4] == [True] * 4
    assert by_columns([Edge(A, B, 49.99), Edge(B, C, 100)], listed(A))[:3] == [True, False, False]


def test_shares_of_several_listed_owners_are_added() -> None:
    assert by_columns([Edge(A, C, 25), Edge(B, C, 25)], listed(A, B))[C] is True
    assert by_columns([Edge(A, C, 25), Edge(B, C, 24.99)], listed(A, B))[C] is False


def test_shares_that_sum_to_half_in_decimal_sum_to_half() -> None:
    """0.05 + 32.05 + 17.9 is less than 50 in binary fractions."""
    parts = [Edge(A, D, 0.05), Edge(B, D, 32.05), Edge(C, D, 17.9)]
    assert by_columns(parts, listed(A, B, C))[D] is True


def test_a_circle_without_a_listed_owner_restricts_nobody() -> None:
    circle = [Edge(A, B, 100), Edge(B, C, 100), Edge(C, A, 100)]
    assert by_columns(circle, NOBODY) == [False] * SIZE
    assert by_columns([*circle, Edge(D, B, 50)], listed(D))[:4] == [True] * 4


def test_a_share_that_is_not_known_is_bounded_by_what_others_are_known_to_hold() -> None:
    assert by_columns([Edge(A, B, None)], listed(A))[B] is None
    assert by_columns([Edge(A, B, None), Edge(C, B, 50)], listed(A))[B] is None
    assert by_columns([Edge(A, B, None), Edge(C, B, 50.01)], listed(A))[B] is False
    # Shares that contradict each other bound nothing.
    assert by_columns([Edge(A, B, None), Edge(C, B, 70), Edge(D, B, 70)], listed(A))[B] is None


def test_each_owner_alone_is_another_test() -> None:
    """OFAC before 13 August 2014, and the United Kingdom: two owners of 30 percent do not add up."""
    seeds = np.array(listed(A, B))
    two = graph([Edge(A, C, 30), Edge(B, C, 30), Edge(C, D, 100)])
    assert alone(two, seeds, HALF)[[C, D]].tolist() == [NEVER, NEVER]
    # One owner, through two holdings: both are his.
    split = graph([Edge(A, C, 60), Edge(A, D, 30), Edge(C, D, 30)])
    assert alone(split, seeds, HALF)[[C, D]].tolist() == [1, 2]


def test_more_than_half_is_not_half() -> None:
    assert by_columns([Edge(A, B, 50)], listed(A), need=HALF + 1)[B] is False
    assert by_columns([Edge(A, B, 50.01)], listed(A), need=HALF + 1)[B] is True


def test_every_list_that_contributes_is_kept() -> None:
    """The most restrictive owner governs (744.11(a)(1)), so that none may be lost on the way."""
    found = graph([Edge(A, C, 25), Edge(B, C, 25), Edge(C, D, 50), Edge(D, C, 50)])
    rank = reach(found, np.array(listed(A, B)), HALF)
    own = np.zeros(SIZE, np.int64)
    own[A], own[B] = 1, 2
    assert inherited(found, rank, own)[[A, B, C, D]].tolist() == [1, 2, 3, 3]


def test_ranks_are_the_rounds_in_which_companies_fall() -> None:
    found = graph([Edge(A, B, 50), Edge(B, C, 50), Edge(A, C, 10)])
    assert reach(found, np.array(listed(A)), HALF)[[A, B, C, D]].tolist() == [0, 1, 2, NEVER]


def test_everybody_above_a_company_is_found_once_also_in_a_circle() -> None:
    found = graph([Edge(A, B, 50), Edge(B, C, 50), Edge(C, A, 50), Edge(D, E, 1)])
    assert sorted(above(found, C).tolist()) == [A, B, C]
    assert above(found, D).tolist() == [D]


def test_a_chain_of_a_hundred_thousand_companies_is_no_matter() -> None:
    size = 100_000
    nodes = np.arange(size - 1, dtype=np.int32)
    chain = Graph(size, nodes, nodes + 1, np.full(size - 1, HALF, np.int64), nodes)
    seeds = np.zeros(size, np.bool_)
    seeds[0] = True
    assert reach(chain, seeds, HALF)[-1] == size - 1


def test_an_empty_table_restricts_nobody() -> None:
    assert by_columns([], NOBODY) == [False] * SIZE
