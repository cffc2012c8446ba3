"""Orders that differ in the worth of their line alone, where the law does not look at it.

A rule that is decided while the worth is unknown is decided so for every worth (Kleene's logic: to learn a fact
never flips what is decided). So such orders are decided together, without it; and one by one where a rule that
still counts waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from licet.decide.reach import reach, read_by
from licet.decide.standing import weighing
from licet.law.checks import policy_tests
from licet.law.rulebook import Law
from licet.order import Order

WORTH = "line[0].value_usd"


@dataclass(frozen=True, slots=True)
class Alike:
    """Orders that differ in the worth of their line alone: their places, and the order without it."""

    order: Order
    members: tuple[int, ...]


def alike_but_worth(orders: Sequence[Order]) -> list[Alike]:
    """Orders in groups that are alike but for the worth of their one line, in the order of their first.

    An order that is alone in its group stays as it is, and so does one of several lines.

    >>> from licet.order import Line
    >>> one, other = (Order(to="CN", lines=(Line(value_usd=usd),)) for usd in (100, 200))
    >>> alike_but_worth([one, other])[0].members
    (0, 1)
    """
    found: dict[Order, list[int]] = {}
    for at, order in enumerate(orders):
        found.setdefault(without_worth(order), []).append(at)
    return [
        Alike(order if len(members) > 1 else orders[members[0]], tuple(members))
        for order, members in found.items()
    ]


def without_worth(order: Order) -> Order:
    """An order of one line without its worth."""
    if order.lines is None or len(order.lines) != 1 or order.lines[0].value_usd is None:
        return order
    return replace(order, lines=(replace(order.lines[0], value_usd=None),))


@dataclass(frozen=True, slots=True)
class WorthCounts:
    """Tells from what the rules of a law come to, the worth left out, whether the worth could change more."""

    law: Law
    rules: frozenset[str]
    """The rules that rest on the worth, themselves or through others."""
    always: bool
    """Whether a review policy looks at it: then nothing is decided without it."""

    def __call__(self, truths: Mapping[str, bool | None], *, settled: bool) -> bool:
        """Whether a rule that still counts waits for the worth; of an open order, also one that may yet."""
        if self.always:
            return True
        asked, of = weighing(self.law), reach(self.law)
        still = asked.standing(tuple([truths[name] for name in asked.names])).open & self.rules
        return any(truths[name] is None or (not settled and name in of.silent) for name in still)


def worth_counts(law: Law) -> WorthCounts:
    """Where the worth of a line counts under a law."""
    of = reach(law)
    names, readers = of.of(WORTH, 0)
    tests = (
        test for live in law.rules.values() for test in policy_tests(live.version.review_policy)
    )
    rules = frozenset(of.changing(readers))
    always = any(
        not names.isdisjoint(read) or not rules.isdisjoint(others)
        for others, read in map(read_by, tests)
    )
    return WorthCounts(law, rules, always)
