"""A form says what an order says: nothing more, nothing less, and never "no" for what is not known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import licet
from licet.desk.pages import form
from licet.desk.pages.fields import FIELDS, FLAG, NUMBER, TEXTS, WORD, WORDS, field_of
from licet.desk.problems import Problem
from licet.order import Order, order_from, order_to
from licet.order_columns import COLUMNS

EXAMPLES = Path(__file__).parents[2] / "examples"
ORDERS = [
    order
    for file in (*sorted(EXAMPLES.glob("*.toml")), EXAMPLES / "many.jsonl")
    for order in licet.read_orders(file)
    if isinstance(order, Order)
]


def posted(sheet: form.Sheet) -> list[tuple[str, str]]:
    """What a browser sends of a form."""
    return [(path, one) for path, typed in sheet.texts.items() for one in typed]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: str(order.id))
def test_an_order_comes_back_from_its_form_as_it_was(order: Order) -> None:
    sheet = form.of_data(order_to(order))
    assert sheet.errors == {} and sheet.order == order
    again = form.read(posted(sheet))
    assert again.order == order


def test_the_form_has_every_fact_of_an_order_and_no_other() -> None:
    paths = {re.sub(r"^party\d", "party[0]", re.sub(r"^line", "line[0]", one)) for one in COLUMNS}
    assert [one for one in sorted(paths) if field_of(one) is None] == []
    known = {
        f"{table}.{name}" if table else name
        for table, fields in FIELDS.items()
        if table not in ("owners", "red_flag")
        for name in fields
    }
    assert known == {re.sub(r"\[0\]", "", one) for one in paths}


def test_what_is_left_empty_is_not_known_and_none_is_something_else() -> None:
    empty = form.read(
        [("date", "2019-06-30"), ("us_person", ""), ("shipment.via", ""), ("red_flag!", "")]
    )
    assert empty.order is not None
    assert (
        empty.order.us_person is None
        and empty.order.shipment is None
        and empty.order.red_flags is None
    )
    none = form.read(
        [
            ("date", "2019-06-30"),
            ("us_person", "no"),
            ("shipment.via!", "none"),
            ("red_flag!", "none"),
        ]
    )
    assert none.order is not None and none.order.shipment is not None
    assert (
        none.order.us_person is False
        and none.order.shipment.via == ()
        and none.order.red_flags == ()
    )


def test_what_is_told_of_a_list_outweighs_that_it_is_empty() -> None:
    sheet = form.read([("shipment.via", "SG; MY"), ("shipment.via!", "none")])
    assert sheet.order is not None and sheet.order.shipment is not None
    assert sheet.order.shipment.via == ("SG", "MY")


def test_a_field_that_cannot_be_read_is_told_and_nothing_is_decided() -> None:
    sheet = form.read([("date", "2019-06-30"), ("to", "Atlantis"), ("line[0].value_usd", "much")])
    assert sheet.order is None and set(sheet.errors) == {"to", "line[0].value_usd"}


def test_terms_are_met_not_met_or_not_known() -> None:
    sheet = form.read(
        [("conditions_met[TGL]", "yes"), ("conditions_met[LVS]", "no"), ("conditions_met[TMP]", "")]
    )
    assert sheet.order is not None
    assert (sheet.order.conditions_met, sheet.order.conditions_not_met) == (("TGL",), ("LVS",))


def test_a_party_that_is_removed_takes_its_facts_along() -> None:
    pairs = [
        ("party[0].name", "A"), ("party[1].name", "B"), ("party[1].owners[0].name", "O"),
        ("party[2].name", "C"), ("asked", "party[2].kind"), ("do", "drop:party[1]"),
    ]  # fmt: skip
    sheet = form.read(pairs)
    assert sheet.order is not None and sheet.order.parties is not None
    assert [one.name for one in sheet.order.parties] == ["A", "C"]
    assert sheet.asked == ["party[1].kind"] and sheet.rows["party"] == 2
    assert not [path for path in sheet.texts if "owners" in path]


def test_an_empty_row_between_others_does_not_move_the_answers_of_a_party() -> None:
    sheet = form.read([("party[0].name", ""), ("party[1].name", "B"), ("party[1].country", "DE")])
    assert sheet.text("party[0].name") == "B" and sheet.rows["party"] == 2
    assert sheet.order is not None and sheet.order.parties is not None
    assert sheet.order.parties[0].country == "DE"


def test_a_form_of_a_thousand_rows_is_refused() -> None:
    with pytest.raises(Problem, match="more than 50 rows"):
        form.read([("party[999].name", "x")])
    with pytest.raises(Problem, match="longer than"):
        form.read([("id", "x" * 5000)])


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=10))
def test_no_form_breaks_the_desk(pairs: list[tuple[str, str]]) -> None:
    form.read(pairs)


PATHS = st.sampled_from([
    re.sub(r"^party1", "party[0]", re.sub(r"^line", "line[0]", one))
    for one in COLUMNS
    if not re.match(r"party[2-9]", one)
])  # fmt: skip


@given(PATHS, st.text(max_size=20))
def test_whatever_is_typed_is_an_order_or_an_error_at_a_field(path: str, text: str) -> None:
    sheet = form.read([(path, text)] if path == "date" else [(path, text), ("date", "2019-06-30")])
    assert (sheet.order is None) == bool(sheet.errors)
    if sheet.order is not None and not text.strip() and path != "date":
        assert sheet.order == order_from({"date": "2019-06-30"})


def test_the_words_of_the_form_are_those_of_the_order() -> None:
    """A word that the form offers and the order refuses would be a dead end."""
    for table, fields in FIELDS.items():
        place = {"": "", "party": "party[0].", "line": "line[0].", "owners": "party[0].owners[0].",
                 "red_flag": "red_flag[0]."}.get(table, f"{table}.")  # fmt: skip
        for name, one in fields.items():
            if one.kind in (WORD, WORDS):
                for word in one.choices:
                    refused = form.read([(f"{place}{name}", word)]).errors.get(f"{place}{name}", "")
                    assert "not a" not in refused and "is no" not in refused, (name, word, refused)
            value: Any = {FLAG: "yes", NUMBER: "1", TEXTS: "US"}.get(one.kind)
            if value and name not in (
                "share",
                "known_reexport_on",
                "us_content_eccns",
                "plant_uses",
            ):
                sheet = form.read([(f"{place}{name}", value), (f"{place}name", "x")])
                assert f"{place}{name}" not in sheet.errors or one.kind == TEXTS
