"""Many orders, each decided once for each law: by the SQL text, and by analysis where facts are missing.

Truths of rules, band, outcome of what is settled, review policy and deciding rules come from the SQL text.
Which missing facts matter is found by ``licet.decide.missing``, which tries answers; SQL does not. It is asked
once for each distinct order whose band is open, and may settle it: an open fact that changes nothing is no
question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from licet.decide.facts import facts_of
from licet.decide.missing import analyse
from licet.decide.sql.duck import run
from licet.decide.sql.statement import Statement
from licet.decide.sql.tables import FactTables
from licet.decide.verdict import Screen, weigh
from licet.law.rulebook import Law
from licet.order import Order

Names = Callable[[], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Under:
    """A law, with the screening and the names that stand for kinds of listings under it."""

    law: Law
    screen: Screen
    names: Names


MISSING, VERDICT = "missing", "verdict"
"""Columns beside those of the SQL text: names of missing facts, and the outcome of the order when they were
looked for."""


def judge(
    orders: Sequence[Order],
    under: Sequence[Under],
    statement: Statement,
    *,
    missing: bool = True,
    progress: Callable[[int], None] | None = None,
) -> pa.Table:
    """The verdicts on orders under some laws: a row for each line of each order and law.

    ``order_id`` is the place in ``orders``. ``statement`` must be of the same rulebook, announcements and day
    of knowledge as the laws. Beside the columns of the SQL text: ``verdict``, the outcome of the order as
    ``licet.check`` gives it, and ``missing``, the names of the facts that it needs (none without ``missing``;
    an open order then needs information). ``progress`` is told of each order and law that is done.
    """
    tables = FactTables(statement)
    places: list[tuple[int, int]] = []
    for which, one in enumerate(under):
        for number, order in enumerate(orders):
            listed = one.screen(order)
            for at in range(max(len(order.lines or ()), 1)):
                facts = facts_of(order, at, one.law, listed)
                tables.add(len(places), number, at, facts, one.law.on)
                places.append((number, which))
            if progress is not None:
                progress(1)
    found = run(statement, tables.arrow())
    return _with_missing(found, orders, under, places, missing)


def _with_missing(
    found: pa.Table,
    orders: Sequence[Order],
    under: Sequence[Under],
    places: Sequence[tuple[int, int]],
    missing: bool,
) -> pa.Table:
    open_ = {
        places[id]
        for id, settled in zip(
            found["id"].to_pylist(), found["order_settled"].to_pylist(), strict=True
        )
        if not settled
    }
    known = dict(_analysed(sorted(open_), orders, under)) if missing else {}
    verdicts, asked = [], []
    for id, outcome in zip(
        found["id"].to_pylist(), found["order_outcome"].to_pylist(), strict=True
    ):
        said, facts = known.get(places[id], (outcome, ()))
        verdicts.append(said)
        asked.append(list(facts))
    return found.append_column(VERDICT, pa.array(verdicts, pa.string())).append_column(
        MISSING, pa.array(asked, pa.list_(pa.string()))
    )


def _analysed(
    open_: Sequence[tuple[int, int]], orders: Sequence[Order], under: Sequence[Under]
) -> Iterator[tuple[tuple[int, int], tuple[str, tuple[str, ...]]]]:
    for number, which in open_:
        one = under[which]
        weighed = weigh(orders[number], one.law, one.screen)
        said = analyse(weighed, one.screen, one.names())
        yield (number, which), (said.outcome, tuple(one.fact for one in said.missing))
