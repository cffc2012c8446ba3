"""What a rule compares with another fact of the order is never made alike; nor a name that law calls by name.

Each made-up rule asks something of which tables and literals know nothing. Two rows on either side of it must
not be taken for one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

import licet
from licet.law.rulebook import Rulebook
from licet.order_book.compared import compared
from licet.order_columns import order_of
from tests.decide.books import book, requirement
from tests.order_book.books import LISTED, SHOP, outcomes, replayed
from tests.test_replay import table

# Thailand and the Philippines are alike to every table and rule of the packaged law on the day of these tests.
SAME = SHOP | {
    "to": "TH", "line.made_in": "TH", "party1.country": "TH", "party1.headquarters": "TH",
    "party1.name": "Siam Example Ltd", "line.made_by": "Siam Example Ltd",
    "line.designed_by": "Siam Example Ltd",
}  # fmt: skip
RULES: Mapping[str, tuple[str, dict[str, str]]] = {
    "made where it goes": ("line.made_in == to", {"line.made_in": "PH"}),
    "back to where it is": ("to == from_", {"from": "TH"}),
    "a buyer at the destination": ("any(p.country == to for p in parties)", {"party1.country": "PH"}),
    "a buyer abroad": ("any(p.country != p.headquarters for p in parties)", {"party1.headquarters": "PH"}),
    "designed by its maker": ("line.made_by == line.designed_by", {"line.designed_by": "Manila Example"}),
    "made by the buyer": ("any(p.name == line.made_by for p in parties)", {"line.made_by": "Manila Example"}),
    "a maker by name": ("line.made_by == 'Siam Example Ltd'", {"line.made_by": "Manila Example"}),
    "a buyer by name": (
        "any(p.name == 'Siam Example Ltd' for p in parties)", {"party1.name": "Manila Example"},
    ),
    "worth more than pieces": ("line.value_usd > line.quantity", {"line.value_usd": "900"}),
    "more than one may own": ("line.quantity > line.controlled_us_content_pct", {"line.quantity": "20"}),
}  # fmt: skip


def of_rule(when: str) -> Rulebook:
    return book(requirement("made_up", when))


def same_as_alone(rules: Rulebook, rows: Sequence[Mapping[str, str]]) -> set[str]:
    """The outcomes of rows, which must be those of each alone."""
    with replayed(table(rows), rulebook=rules) as found:
        assert not found.bad
        said = outcomes(found)
        for row in rows:
            alone = licet.check(order_of(row), on=LISTED, rulebook=rules)
            assert said[row["id"], 1] == alone.outcome, row["id"]
        return set(said.values())


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_compares_is_not_made_alike(name: str) -> None:
    when, other = RULES[name]
    start = SAME | {
        "line.quantity": "1000",
        "line.controlled_us_content_pct": "50",
        "line.value_usd": "2000",
    }
    if name == "back to where it is":
        start |= {"from": "PH"}
    rows = [start | {"id": "one"}, start | other | {"id": "other"}]
    # Both rows are seen in either order, since the first stands for those that are like it.
    for some in (rows, rows[::-1]):
        assert same_as_alone(of_rule(when), some) == {"license_required", "no_license_required"}


def test_what_nothing_compares_is_one() -> None:
    """The other side of it: where no rule asks, countries and makers of one kind are decided once."""
    rows = [
        SAME | {"id": "one"},
        SAME | {"id": "other", "line.made_in": "PH", "line.made_by": "Manila Example"},
    ]
    with replayed(table(rows), rulebook=of_rule("line.published")) as found:
        assert found.distinct == 1


def test_the_packaged_law_compares_where_goods_go_with_where_they_pass() -> None:
    """15 CFR 734.14(c): passing through Ukraine on the way to it is no passing through."""
    assert compared(licet.rulebook(), "to") == {"shipment.via"}
    assert not compared(licet.rulebook(), "line.made_in")
    assert compared(licet.rulebook(), "party1.name") == {"parties.name"}


def test_a_validated_end_user_is_not_one_of_those_on_no_list() -> None:
    """It stands on no list, and the law calls it by name (15 CFR 748.15)."""
    day = dt.date(2023, 11, 1)
    veu = SHOP | {
        "id": "veu", "party1.name": "SK hynix Semiconductor (China) Ltd", "conditions_met": "VEU",
        "line.eccn": "3A001.a.5.a.1", "line.controlled_for": "NS|AT",
    }  # fmt: skip
    rows = [veu | {"id": "shop", "party1.name": "Wuxi Example Retail Ltd"}, veu]
    with replayed(table(rows), on=[day]) as found:
        said = {one["id"]: one["outcome"] for one in found.arrow().to_pylist()}
    assert said["veu"] == licet.check(order_of(veu), on=day).outcome == "general_license"
    assert said["shop"] == licet.check(order_of(rows[0]), on=day).outcome != "general_license"


def test_a_party_with_a_number_is_not_made_nobody() -> None:
    """A number or a birth may say who somebody is where the name does not."""
    rows = [
        SHOP | {"id": "a", "party1.identifiers": '["registration 91"]'},
        SHOP
        | {
            "id": "b",
            "party1.identifiers": '["registration 91"]',
            "party1.name": "Another Example",
        },
    ]
    with replayed(table(rows)) as found:
        assert found.distinct == 2
