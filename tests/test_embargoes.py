"""Embargoes: what an order leaves out about region and lists stays open, and no answer to it is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet import check
from licet.decision import NEEDS_INFORMATION, position
from licet.order import EndUse, License, Line, Order, Party, Shipment

REGIONS = ("crimea", "donetsk", "luhansk", "elsewhere")
NOBODY = Party(
    role="ultimate_consignee", name="Quillamber Machine Works", address="Main Road 1, Midtown",
    kind="commercial", headquarters="UA", owners=(),
)  # fmt: skip
CHAIRS = Line(
    eccn="EAR99", kind="commodity", quantity=1, value_usd=900, made_in="US", published=False
)


def order(to: str, on: dt.date, line: Line, *, region: str | None = None) -> Order:
    """An export of a US-made item to a civil company on no list."""
    return Order(
        date=on, activity="export", from_="US", to=to, region=region, us_person=True,
        parties_complete=True, conditions_met=(), ofac_authorized=False,
        parties=(replace(NOBODY, country=to, headquarters=to),), lines=(line,),
        end_use=EndUse(purposes=("civil",), goes_into_products_of=()),
        shipment=Shipment(en_route=False, via=()), red_flags=(),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    on=st.dates(dt.date(2018, 1, 1), dt.date(2026, 7, 1)),
    eccn=st.sampled_from(["EAR99", "5A992.c", "4A994", "5D992.c"]),
    schedule_b=st.sampled_from([None, "1006.30", "8471.30"]),
)
def test_an_order_that_names_no_region_is_open_between_all_of_them(
    on: dt.date, eccn: str, schedule_b: str | None
) -> None:
    kind = "software" if eccn[1] == "D" else "commodity"
    line = replace(CHAIRS, eccn=eccn, kind=kind, schedule_b=schedule_b)
    open_ = check(order("UA", on, line))
    for region in REGIONS:
        decided = check(order("UA", on, line, region=region))
        assert decided.outcome != NEEDS_INFORMATION, region
        assert position(open_.best) <= position(decided.outcome) <= position(open_.worst), region


def test_the_region_is_asked_for_where_it_decides() -> None:
    decision = check(order("UA", dt.date(2024, 3, 12), CHAIRS))
    assert [missing.fact for missing in decision.missing] == ["region"]
    answers = {str(a.value): a.outcome for m in decision.missing for a in m.answers}
    assert answers["crimea"] == "license_required"
    assert answers["elsewhere"] == "no_license_required"


@pytest.mark.parametrize("named", [("supp4",), ("supp5",), ("supp6",)])
def test_what_a_list_for_russia_names_is_asked_and_refused(named: tuple[str, ...]) -> None:
    on, chairs = dt.date(2024, 7, 9), replace(CHAIRS, schedule_b="9403.20")
    assert [m.fact for m in check(order("RU", on, chairs)).missing] == ["line[0].named_in_746"]
    listed = check(order("RU", on, replace(chairs, named_in_746=named)))
    assert (listed.outcome, listed.review_policy) == ("license_required", "policy_of_denial")
    free = check(order("RU", on, replace(chairs, named_in_746=())))
    assert free.outcome == "no_license_required"


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [(1, "licensed"), (2, "license_required")],
    ids=["within what is left", "two lines are more than is left"],
)
def test_what_is_left_on_a_license_is_compared_with_all_lines_of_the_item(
    lines: int, outcome: str
) -> None:
    item = replace(CHAIRS, value_usd=900)
    license_ = License(
        number="D1300001", issued=dt.date(2024, 1, 10), expires=dt.date(2028, 1, 31), revoked=False,
        parties=(NOBODY.name or "",), lines=("EAR99",), value_left_usd=1500, quantity_left=5,
        covers_end_use=True,
    )  # fmt: skip
    asked = replace(
        order("UA", dt.date(2024, 3, 12), item, region="crimea"),
        lines=(item,) * lines,
        license=license_,
    )
    assert check(asked).outcome == outcome


@pytest.mark.parametrize(
    ("schedule_b", "outcome"),
    [
        ("1006.30", "no_license_required"),  # rice
        ("2202.10", "no_license_required"),  # lemonade
        ("2204.21", "license_required"),  # wine: food does not include alcoholic drinks (772.1)
        ("1207.30", "license_required"),  # castor beans
        ("3004.90", "no_license_required"),  # medicine
        ("3005.90", "license_required"),  # bandages are devices
        (None, "license_required"),  # not shown to be food
    ],
)
def test_food_and_medicine_to_north_korea_are_what_section_772_1_says(
    schedule_b: str | None, outcome: str
) -> None:
    asked = order("KP", dt.date(2024, 3, 12), replace(CHAIRS, schedule_b=schedule_b))
    assert check(asked).outcome == outcome
