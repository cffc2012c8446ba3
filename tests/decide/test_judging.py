"""What is decided once for many orders, or for many days, is what each would come to alone."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping

import pytest
from bench.orders import rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.decide.like_open import Likeness
from licet.decide.missing import analyse
from licet.decide.replay import Judging, Under
from licet.decide.same_days import between
from licet.decide.sql.statement import statement
from licet.decide.verdict import weigh
from licet.decide.worth import alike_but_worth, worth_counts
from licet.law.rulebook import default_rulebook
from licet.order import Line, Order
from licet.order_columns import order_of
from licet.order_screening import Screening
from licet.replay_parts import SCREENED

Row = Mapping[str, object]
_WORDS = (
    """2019-05-14 2019-05-15 2019-05-16 2019-05-20 2020-08-17 2020-08-18 2023-11-17 2025-09-29"""
)
DAYS = tuple(map(dt.date.fromisoformat, _WORDS.split()))
TOGETHER = (DAYS[1:3], DAYS[2:5], (*DAYS[4:6], DAYS[7]))
BASE = next(rows(1, seed=3))
# What one order has and another like it has not: facts of every kind that rules read, and their absence.
VALUES: Mapping[str, list[object]] = {
    "to": ["CN", "RU", "MX", "DE", "AM", "IQ", "UA", None],
    "line.eccn": ["EAR99", "3A991", "3A001", "5A002.a", "9A610", "6A003.b", "1C350", None],
    "line.value_usd": [100.0, 500.0, 1500.0, 4000.0, 7000.0, None],
    "line.kind": ["commodity", "technology", None],
    "line.made_in": ["US", "DE", None],
    "line.controlled_for": ["NS|AT", "[]", None],
    "conditions_met": ["[]", "LVS", "STA|TSR", "CIV", None],
    "end_use.purposes": ["civil", "military", None],
    "shipment.en_route": ["true", "false", None],
    "shipment.aboard_carrier_on": ["2019-05-16", None],
    "license.number": ["D1", None],
    "license.expires": ["2019-05-15", "2021-01-01", None],
    "party1.name": ["Nobody Ltd", "Huawei Technologies Co., Ltd.", "Huawei Technologes", "Rosneft"],
    "party1.address": ["1 Main Street", None],
    "party1.kind": ["commercial", "military", None],
    "party1.owners": ["[]", None],
    "party2.role": ["ultimate_consignee", "forwarder", None],
    "party2.name": ["Nobody Ltd", "Somebody Else Ltd"],
    "parties_complete": ["true", None],
}  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> list[Order]:
    """A few orders in families: those of one family differ in one or two facts."""
    found = []
    for _ in range(draw(st.integers(1, 2))):
        paths = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=2, max_size=6, unique=True))
        family = {**BASE, **{path: draw(st.sampled_from(VALUES[path])) for path in paths}}
        own = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True))
        for _ in range(draw(st.integers(2, 5))):
            row = {**family, **{path: draw(st.sampled_from(VALUES[path])) for path in own}}
            if row.get("license.number") is None:
                row["license.expires"] = None
            found.append(order_of(row))
    return found


def under(day: dt.date) -> Under:
    screening = Screening(default_rulebook().law(day))
    return Under(screening.law, screening, screening.names)


def one_by_one(order: Order, day: dt.date) -> tuple[str, str, str, tuple[str, ...]]:
    one = under(day)
    weighed = weigh(order, one.law, one.screen)
    said = analyse(weighed, one.screen, one.names())
    return said.outcome, weighed.band.best, weighed.band.worst, tuple(m.fact for m in said.missing)


@functools.cache
def judging(days: tuple[dt.date, ...]) -> Judging:
    text = statement(default_rulebook(), on=days)
    return Judging(tuple(map(under, days)), text, True, SCREENED)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), st.sampled_from(TOGETHER))
def test_orders_that_are_decided_together_come_to_what_each_comes_to(
    orders: list[Order], days: tuple[dt.date, ...]
) -> None:
    """What was learned of one batch serves the next, as in a replay: so one judging serves all examples."""
    said = judging(days).judge(orders).to_pylist()
    assert len(said) == len(orders) * len(days)
    for row in said:
        order = orders[row["order_id"]]
        found = row["verdict"], row["order_best"], row["order_worst"], tuple(row["missing"])
        assert found == one_by_one(order, row["day"]), (order, row["day"])


def test_of_a_day_on_which_only_a_list_changed_most_orders_are_not_decided_anew() -> None:
    book = default_rulebook()
    two = between(book.law(DAYS[1]), book.law(DAYS[2]), SCREENED)
    assert two is not None, "between these days Huawei was listed, and a savings clause began"
    assert [names for _, names, _ in two.differing] == [("entity_list_savings",)]
    # With the list among the tables that rules read, its new rows are a difference for everybody.
    assert between(book.law(DAYS[1]), book.law(DAYS[2]), frozenset()) is None


def test_between_days_on_which_tables_or_many_rules_changed_everything_is_decided_anew() -> None:
    book = default_rulebook()
    assert between(book.law(DAYS[2]), book.law(DAYS[6]), SCREENED) is None


def test_a_worth_counts_only_where_lvs_or_a_license_may_lift_something() -> None:
    law = default_rulebook().law(DAYS[2])
    counts = worth_counts(law)
    assert {"lvs", "covering_license"} <= counts.rules
    one = under(DAYS[2])

    def said(**line: object) -> bool:
        order = order_of({**BASE, "line.value_usd": None, **line})
        (judged,) = weigh(order, one.law, one.screen).lines
        truths = {name: ruling.value for name, ruling in judged.rulings.items()}
        return counts(truths, settled=judged.band.settled)

    assert not said(**{"line.eccn": "EAR99", "to": "DE"})
    assert said(**{"line.eccn": "3A001.b.4", "to": "BR"})


@pytest.mark.parametrize("lines", [None, (), (Line(value_usd=1), Line(value_usd=2))])
def test_orders_without_one_line_are_in_no_group(lines: tuple[Line, ...] | None) -> None:
    groups = alike_but_worth([Order(to="CN", lines=lines), Order(to="DE", lines=lines)])
    assert [group.members for group in groups] == [(0,), (1,)]


def test_what_no_open_rule_reads_makes_no_two_open_orders_differ() -> None:
    """What is missing of goods without a stated end use is the same for two ways of saying their worth."""
    one = under(DAYS[2])
    likeness = Likeness(one.law)

    def signature(**values: object) -> object:
        order = order_of(
            {**BASE, "line.eccn": "EAR99", "end_use.purposes": None, "to": "VE", **values}
        )
        weighed = weigh(order, one.law, one.screen)
        truths = {name: ruling.value for name, ruling in weighed.lines[0].rulings.items()}
        asked = analyse(weighed, one.screen, one.names()).asked
        still = likeness.open(truths)
        return likeness.signature(order, weighed.lines[0].facts, weighed.listed, still, asked)

    assert signature() == signature(**{"line.quantity": 7.0})
    assert signature() != signature(**{"party1.kind": None})
