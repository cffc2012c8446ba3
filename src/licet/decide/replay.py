"""Many orders, each decided once for each law: by the SQL text, and by analysis where facts are missing.

Truths of rules, band, outcome of what is settled, review policy and deciding rules come from the SQL text.
Which missing facts matter is found by ``licet.decide.missing``, which tries answers; SQL does not. It is asked
once for each distinct order whose band is open, and may settle it: an open fact that changes nothing is no
question. What a law does not tell apart is decided once: orders that differ in a worth that nobody looks at
(``worth``), days between which an order meets no change (``same_days``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from licet.decide.facts import facts_of
from licet.decide.known import Facts
from licet.decide.like_open import Likeness
from licet.decide.listings import ListedFact
from licet.decide.missing import Analysis, analyse
from licet.decide.same_days import Between, Trace, between, same_listed
from licet.decide.sql.dialect import name
from licet.decide.sql.duck import run
from licet.decide.sql.statement import Statement
from licet.decide.sql.tables import FactTables
from licet.decide.verdict import Screen, weigh
from licet.decide.worth import WorthCounts, alike_but_worth, worth_counts
from licet.law.rulebook import Law
from licet.order import Order

_REMEMBERED = (
    20_000  # ways in which rules come out, of which it is remembered what open orders lack
)
Names = Callable[[], Sequence[tuple[str, str]]]
MISSING, VERDICT = "missing", "verdict"
"""Columns beside those of the SQL text: names of missing facts, and the outcome of the order when they were
looked for."""
COLUMNS = (
    "order_id", "line_no", "day", "best", "worst", "outcome", "policy", "deciding", "waiting", "order_best",
    "order_worst", "order_settled", "order_outcome", "order_policy",
)  # fmt: skip
"""Columns of the SQL text that the answer has."""


@dataclass(frozen=True, slots=True)
class Under:
    """A law, with the screening and the names that stand for kinds of listings under it."""

    law: Law
    screen: Screen
    names: Names


def judge(
    orders: Sequence[Order],
    under: Sequence[Under],
    statement: Statement,
    *,
    missing: bool = True,
    lists: frozenset[str] = frozenset(),
) -> pa.Table:
    """The verdicts on orders under some laws: a row for each line of each order and law.

    ``order_id`` is the place in ``orders``. ``statement`` must be of the same rulebook, announcements and day
    of knowledge as the laws. Beside ``COLUMNS``: ``verdict``, the outcome of the order as ``licet.check`` gives
    it, and ``missing``, the names of the facts that it needs (none without ``missing``; an open order then
    needs information). ``lists`` are the tables of the rulebook that only ``screen`` reads.
    """
    judging = Judging(tuple(under), statement, missing, lists)
    return judging.judge(orders)


@dataclass(slots=True)
class Judging:
    """Judges orders under some laws, and keeps what it knows of the laws from one batch to the next."""

    under: tuple[Under, ...]
    statement: Statement
    missing: bool
    lists: frozenset[str]
    _between: list[Between | None] = field(init=False)
    _worth: list[WorthCounts] = field(init=False)
    _likeness: list[Likeness] = field(init=False)
    _known: dict[object, dict[frozenset[str], dict[object, Analysis]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        laws = [one.law for one in self.under]
        self._between = [None]
        for earlier, later in itertools.pairwise(laws):
            self._between.append(between(earlier, later, self.lists))
        self._worth = [worth_counts(law) for law in laws]
        self._likeness = [Likeness(law) for law in laws]

    def judge(self, orders: Sequence[Order]) -> pa.Table:
        """The verdicts on orders; see ``licet.decide.replay.judge``."""
        groups = alike_but_worth(orders)
        whole = _Batch(self, [group.order for group in groups], [g.members[0] for g in groups])
        together: list[tuple[int, tuple[int, ...]]] = []
        alone: list[int] = []
        for at, group in enumerate(groups):
            if len(group.members) > 1 and whole.worth_counts(at):
                alone += group.members
            else:
                together.append((at, group.members))
        # Whoever stands for others is analysed as he is, with his worth.
        parts = [whole.verdicts(together, orders)]
        if alone:
            each = _Batch(self, [orders[at] for at in alone], alone)
            parts.append(each.verdicts([(n, (at,)) for n, at in enumerate(alone)], orders))
        return pa.concat_tables(parts)


class _Batch:
    """Some orders under all laws: the answer of the SQL text, where each finds its own."""

    def __init__(self, judging: Judging, orders: Sequence[Order], places: Sequence[int]) -> None:
        self.of, self.orders, self.places = judging, orders, places
        self.rows: list[list[range]] = []
        """For each order and law, the rows of its lines in the tables."""
        self.facts: list[list[Facts]] = []
        """For each row of the tables, by the first of its rows, the facts of the lines of an order."""
        self.first: list[list[int]] = []
        """For each order and law, the first of the laws under which it is decided the same."""
        tables = FactTables(judging.statement)
        count = 0
        for number, order in enumerate(orders):
            own: list[range] = []
            first: list[int] = []
            listed: Sequence[ListedFact] = ()
            facts: list[Facts] = []
            for which, one in enumerate(judging.under):
                before, listed = listed, one.screen(order)
                two = judging._between[which]
                same = two is not None and same_listed(before, listed)
                if same and two is not None and all(map(two.same, facts)):
                    own.append(own[-1])
                    first.append(first[-1])
                    continue
                if same:
                    facts = [_on(that, one.law) for that in facts]
                else:
                    lines = range(max(len(order.lines or ()), 1))
                    facts = [facts_of(order, at, one.law, listed) for at in lines]
                for at, that in enumerate(facts):
                    tables.add(count + at, number, at, that, one.law.on)
                own.append(range(count, count + len(facts)))
                first.append(which)
                self.facts += [facts] * len(facts)
                count += len(facts)
            self.rows.append(own)
            self.first.append(first)
        found = run(judging.statement, tables.arrow()).sort_by("id")
        self.found = found
        self.settled = found["order_settled"].to_pylist()
        self.outcomes = found["order_outcome"].to_pylist()
        self._truths: dict[int, list[dict[str, bool | None]]] = {}

    def worth_counts(self, number: int) -> bool:
        """Whether the worth that was left out of an order of one line may count under one of the laws."""
        for which, rows in enumerate(self.rows[number]):
            if self.first[number][which] == which:
                settled = self.settled[rows[0]] or not self.of.missing
                if self.of._worth[which](self.truths(rows[0], which), settled=settled):
                    return True
        return False

    def truths(self, row: int, which: int) -> dict[str, bool | None]:
        """What the rules that count come to, in one row."""
        if which not in self._truths:
            law = self.of.under[which].law
            own = [one for one in self.of._worth[which].rules if one in law.rules]
            wanted = dict.fromkeys([*self.of._likeness[which].names, *own])
            columns = [self.found[name("r", one)].to_pylist() for one in wanted]
            self._truths[which] = [
                dict(zip(wanted, values, strict=True)) for values in zip(*columns, strict=True)
            ]
        return self._truths[which][row]

    def verdicts(
        self, some: Sequence[tuple[int, tuple[int, ...]]], orders: Sequence[Order]
    ) -> pa.Table:
        """The answer for some of the orders, each for all the places that it stands for."""
        take: list[int] = []
        places: list[int] = []
        days, said, asked = [], [], []
        for number, members in some:
            for which, (outcome, facts) in enumerate(self._said(number, orders[members[0]])):
                rows = self.rows[number][which]
                for place in members:
                    take += rows
                    places += [place] * len(rows)
                    days += [self.of.under[which].law.on] * len(rows)
                    said += [outcome] * len(rows)
                    asked += [facts] * len(rows)
        found = self.found.select(COLUMNS).take(pa.array(take, pa.int64()))
        for column, values in (
            ("order_id", pa.array(places, pa.int64())),
            ("day", pa.array(days, pa.date32())),
        ):
            found = found.set_column(found.column_names.index(column), column, values)
        return found.append_column(VERDICT, pa.array(said, pa.string())).append_column(
            MISSING, pa.array(asked, pa.list_(pa.string()))
        )

    def _said(self, number: int, order: Order) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The outcome of an order under each law, and what is missing."""
        looked = _Looked(self, number, order)
        for which in range(len(self.of.under)):
            row = self.rows[number][which][0]
            if self.settled[row] or not self.of.missing:
                yield self.outcomes[row], ()
                continue
            said = looked.analysis(which)
            yield said.outcome, tuple(missing.fact for missing in said.missing)


class _Looked:
    """An open order, looked at under one law after the other for what is missing."""

    def __init__(self, batch: _Batch, number: int, order: Order) -> None:
        self.of, self.batch, self.number, self.order = batch.of, batch, number, order
        self.trace: Trace | None = None
        self.said: Analysis | None = None
        self.last = -1

    def analysis(self, which: int) -> Analysis:
        """What is missing under one of the laws: as of an order that is like it, or found out."""
        if len(self.order.lines or ()) != 1:
            return self._made(which)
        batch, first = self.batch, self.batch.first[self.number][which]
        likeness = self.of._likeness[first]
        row = batch.rows[self.number][which][0]
        truths = batch.truths(row, first)
        listed = self.of.under[first].screen(self.order)
        (facts,) = batch.facts[row]
        still = likeness.open(truths)
        if len(self.of._known) > _REMEMBERED:
            self.of._known.clear()
        known = self.of._known.setdefault((which, first, tuple(truths.values())), {})
        for asked, found in known.items():
            said = found.get(likeness.signature(self.order, facts, listed, still, asked))
            if said is not None:
                return said
        said = self._made(which)
        own = likeness.signature(self.order, facts, listed, still, said.asked)
        known.setdefault(said.asked, {})[own] = said
        return said

    def _made(self, which: int) -> Analysis:
        one, two = self.of.under[which], self.of._between[which]
        names = one.names()
        if (
            self.said is None
            or self.trace is None
            or two is None
            or self.last != which - 1
            or self.batch.first[self.number][which] == which
            or not self.trace.same(self.said.asked, two, one.screen, names)
        ):
            self.trace = Trace(one.screen, names)
            self.said = analyse(weigh(self.order, one.law, self.trace), self.trace, self.trace)
        self.last = which
        return self.said


def _on(facts: Facts, law: Law) -> Facts:
    """Facts of another day between which and the law's no table differs."""
    return replace(facts, values={**facts.values, "date": law.on})
