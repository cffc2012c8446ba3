"""Where the law of a later day cannot decide an order otherwise than that of an earlier one.

Between two days the lists change, and a rule or two; most orders meet neither. Such an order is decided once,
and the answer stands for both days.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from licet.decide.answers import plain_path
from licet.decide.functions import Ground, Ruling
from licet.decide.known import Facts
from licet.decide.listings import ListedFact
from licet.decide.marks import marks_of
from licet.decide.reach import reach
from licet.decide.rulings import ruling, tests
from licet.decide.scope import address_scopes
from licet.decide.values import addresses
from licet.decide.verdict import Screen
from licet.law.rulebook import Law, Rulebook
from licet.order import Order

# More rules that differ than these, and asking for each costs as much as deciding anew.
_FEW = 12
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Between:
    """What may tell two laws apart, where it is little enough to be asked of each order.

    ``differing`` has for each of the laws the rules that only it has in this version, and ``through`` these
    with the rules that they name, each after those that it names.
    """

    earlier: Law
    later: Law
    differing: tuple[tuple[Law, tuple[str, ...], tuple[str, ...]], ...]
    with_date: frozenset[str]
    """The facts with which a rule compares the day of the order."""
    addresses: bool
    """Whether the entries that name an address only are the same."""

    def same(self, facts: Facts) -> bool:
        """Whether a line of these facts, the same on both days but for the day, meets no difference.

        A rule that is false, and that no answer can make true, is as good as none (``NO_LAW``).
        """
        if any(facts.values.get(path) is not None for path in self.with_date):
            return False
        for law, names, through in self.differing:
            found: dict[str, Ruling] = {}
            ground = Ground(facts, law, found)
            for name in through:
                found[name] = ruling(tests(law)[name], ground)
            silent = reach(law).silent
            if any(found[name].value is not False or name in silent for name in names):
                return False
        return True


def between(earlier: Law, later: Law, lists: frozenset[str]) -> Between | None:
    """What tells two laws apart; None where so much that each order has to be decided under both.

    ``lists`` are the tables that only screening reads: whom they name is asked of each order.
    """
    if earlier.rulebook is not later.rulebook:
        return None
    if (earlier.known, earlier.assume) != (later.known, later.assume):
        return None
    rulebook, first, last = earlier.rulebook, *sorted((earlier.on, later.on))
    if not _tables_alike(rulebook, first, last, earlier.known, lists):
        return None
    marks = marks_of(rulebook)
    days = marks.get("date")
    paths = {path for path, one in marks.items() if "date" in one.facts}
    if days is not None:
        paths |= days.facts
        if days.tables or any(
            first <= day <= last for day in days.literals if isinstance(day, dt.date)
        ):
            return None
    if not paths <= rulebook.vocabulary.facts.keys():
        return None  # a child's day
    if address_scopes(earlier) != address_scopes(later):
        return None
    differing = []
    for law, other in ((earlier, later), (later, earlier)):
        names = tuple(
            name
            for name, live in law.rules.items()
            if name not in other.rules or other.rules[name].version is not live.version
        )
        wanted = frozenset().union(*(reach(law).through[name] for name in names))
        if names:
            differing.append((law, names, tuple(name for name in law.rules if name in wanted)))
    if sum(len(names) for _, names, _ in differing) > _FEW:
        return None
    if any(law.rules[name].version.when is None for law, names, _ in differing for name in names):
        return None
    same = list(addresses(earlier)) == list(addresses(later))
    return Between(earlier, later, tuple(differing), frozenset(paths), same)


@functools.lru_cache(maxsize=256)
def _tables_alike(
    rulebook: Rulebook, first: dt.date, last: dt.date, known: dt.date | None, lists: frozenset[str]
) -> bool:
    """Whether every table says the same on two days, the lists apart; of these, only what is dated inside."""
    read = {table for one in marks_of(rulebook).values() for table, _ in one.tables}
    for name, table in rulebook.tables.items():
        if first < table.schema.known_from <= last:
            return False
        if name in lists and name not in read:
            # A footnote has a day of its own, which no screening looks at.
            if any(
                first.isoformat() < day <= last.isoformat()
                for row in table.every()
                for day in _DAY.findall(row.values.get("footnotes", ""))
            ):
                return False
        elif any(row.holds(first, known) != row.holds(last, known) for row in table.every()):
            return False
    return True


@dataclass(slots=True)
class Trace:
    """A screening and names under one law, which remember what the analysis of an order asked of them."""

    screen: Screen
    listed_names: Sequence[tuple[str, str]]
    screened: list[tuple[Order, Sequence[ListedFact]]] = field(default_factory=list)
    named: bool = False

    def __call__(self, order: Order) -> Sequence[ListedFact]:
        """The listings of an order, as the screening gives them."""
        found = self.screen(order)
        self.screened.append((order, found))
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The names that stand for the kinds of listings."""
        self.named = True
        return iter(self.listed_names)

    def same(
        self,
        asked: frozenset[str],
        two: Between,
        screen: Screen,
        names: Sequence[tuple[str, str]],
    ) -> bool:
        """Whether the analysis under the other law would go the same way, having asked for these facts."""
        paths = {plain_path(fact) for fact in asked}
        if not two.with_date.isdisjoint(paths):
            return False
        if "parties.address" in paths and not two.addresses:
            return False
        if self.named and list(names) != list(self.listed_names):
            return False
        return all(same_listed(screen(order), found) for order, found in self.screened)


def same_listed(one: Sequence[ListedFact], other: Sequence[ListedFact]) -> bool:
    """Whether two screenings found the same; ``record`` is a command for people and names the day."""
    if len(one) != len(other):
        return False
    return all(a == b or replace(a, record=b.record) == b for a, b in zip(one, other, strict=True))
