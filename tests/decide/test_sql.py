"""The packaged law as one SQL text: the same truths, bands and policies as the scalar judge's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from bench.orders import rows

import licet
from licet.decide.sql.statement import Statement, statement
from licet.decide.verdict import weigh
from licet.order import Order
from licet.order_columns import order_of
from licet.order_screening import Screening
from tests.decide.equivalence import SideBySide

ROOT = Path(__file__).parents[2]
CASES = ROOT.parent / "shared" / "cases" / "determination.jsonl"
# Two days between which the Entity List changed, one of the direct product rule, one of chips, one of late.
DAYS = tuple(
    map(
        dt.date.fromisoformat,
        ("2019-05-15", "2019-05-16", "2020-09-15", "2023-11-17", "2025-10-01"),
    )
)


@pytest.fixture(scope="module")
def whole() -> Statement:
    return statement(licet.rulebook())


def differences(text: Statement, orders: Iterator[tuple[Order, dt.date]]) -> list[str]:
    book = licet.rulebook()
    both = SideBySide(text)
    for order, day in orders:
        law = book.law(day)
        both.add(weigh(order, law, Screening(law)))
    assert both.weighed
    return both.differences()


def test_the_cases_of_determination(whole: Statement) -> None:
    """One text for orders of all days, each under the law of its own."""
    if not CASES.is_file():
        pytest.skip("the shared cases are not beside the checkout")

    def orders() -> Iterator[tuple[Order, dt.date]]:
        for line in CASES.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            order = licet.order_from(case["order"] | {"id": case["id"]})
            assert order.date is not None
            yield order, order.date

    assert not differences(whole, orders())


def test_the_example_orders(whole: Statement) -> None:
    def orders() -> Iterator[tuple[Order, dt.date]]:
        for file in (*sorted((ROOT / "examples").glob("*.toml")), ROOT / "examples" / "many.jsonl"):
            for order in licet.read_orders(file):
                if isinstance(order, Order) and order.date is not None:
                    yield order, order.date

    assert not differences(whole, orders())


def test_a_generated_order_book_under_several_laws() -> None:
    """Real items and destinations, listed and resembling buyers, facts left out."""
    orders = [order_of(row) for row in rows(250, seed=11)]
    text = statement(licet.rulebook(), on=DAYS)
    assert not differences(text, ((order, day) for day in DAYS for order in orders))


def test_the_law_as_known_before_publication() -> None:
    """Huawei was listed on 16 May 2019 by an instrument that was published on the 21st."""
    book, day, before = licet.rulebook(), dt.date(2019, 5, 17), dt.date(2019, 5, 18)
    order = licet.read_order(ROOT / "examples" / "osaka.toml")
    law = book.law(day, known=before)
    both = SideBySide(statement(book, known=before, on=[day]))
    both.add(weigh(order, law, Screening(law)))
    assert not both.differences()


def test_an_announcement_taken_as_law() -> None:
    book, day = licet.rulebook(), dt.date(2019, 6, 30)
    order = licet.read_order(ROOT / "examples" / "osaka.toml")
    for assume in book.announcements:
        law = book.law(day, assume=[assume])
        both = SideBySide(statement(book, assume=[assume], on=[day]))
        both.add(weigh(order, law, Screening(law)))
        assert not both.differences(), assume


def test_an_announcement_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no announcement 'tokyo'"):
        statement(licet.rulebook(), assume=["tokyo"])


def test_every_rule_in_force_has_its_comment_and_its_column(whole: Statement) -> None:
    law = licet.rulebook().law(dt.date(2019, 5, 16))
    for name in law.rules:
        assert f" AS r_{name}" in whole.text
    assert "15 CFR 744.11(a)" in whole.text


def test_the_text_keeps_to_what_both_engines_read(whole: Statement) -> None:
    """No quoted names, no backslashes, nothing that skips NULL: ``bool_or``, ``bool_and``, ``count``."""
    code = "\n".join(line for line in whole.text.splitlines() if not line.strip().startswith("--"))
    for word in (
        '"',
        "`",
        "\\",
        "bool_or",
        "bool_and",
        "count(",
        "::",
        "USING",
        "LATERAL",
        "UNNEST",
    ):
        assert word not in code, word
    assert duckdb.extract_statements(whole.text)[0].type == duckdb.StatementType.SELECT
