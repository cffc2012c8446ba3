"""Authorization Validated End-User in whole orders (15 CFR 748.15)."""

from __future__ import annotations

import datetime as dt

import pytest

import licet
from licet.decision import Decision
from licet.order import EndUse, Line, Party
from tests.test_part_744 import order, party

GAUGE = Line(
    eccn="2B006.b.1.a", kind="commodity", made_in="US", published=False, value_usd=900_000,
    controlled_for=("NS", "NP", "AT"),
)  # fmt: skip
SAMSUNG = "Samsung China Semiconductor Co. Ltd."
TERMS = ("VEU", "748.15(d)(1)")
LAST = dt.date(2025, 12, 30)


def sold(
    *, on: dt.date = LAST, terms: tuple[str, ...] = ("VEU",), line: Line = GAUGE, to: str = "CN",
    purposes: tuple[str, ...] = ("civil",), buyer: Party | None = None,
) -> Decision:  # fmt: skip
    fab = buyer or party(to, name=SAMSUNG, headquarters="KR")
    return licet.check(
        order(fab, to=to, date=on, lines=(line,), conditions_met=terms,
              end_use=EndUse(purposes=purposes))
    )  # fmt: skip


def test_a_validated_end_user_has_what_else_needs_a_license_until_it_is_taken_off() -> None:
    assert sold().outcome == "general_license"
    assert sold(terms=()).outcome == "license_required"
    assert sold(on=dt.date(2025, 12, 31)).outcome == "license_required"
    assert sold(on=dt.date(2025, 12, 31), terms=("VEU", "748.15(a)")).outcome == "license_required"


def test_that_the_supplement_names_somebody_else_is_confirmed() -> None:
    other = party("CN", name="Tamarisk Foundry")
    open_ = sold(buyer=other)
    assert open_.outcome == "needs_information"
    assert "conditions_met[748.15(a)]" in [missing.fact for missing in open_.missing]
    assert sold(buyer=other, terms=("VEU", "748.15(a)")).outcome == "general_license"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(eccn="1B117", kind="commodity", made_in="US", published=False, value_usd=900), "MT"),
        (Line(eccn="3A981", kind="commodity", made_in="US", published=False, value_usd=900), "CC"),
    ],
)
def test_nothing_for_missiles_or_crime_control(line: Line, reason: str) -> None:
    assert sold(line=line).outcome == "license_required", reason


def test_it_lifts_nothing_of_part_744() -> None:
    assert sold(purposes=("military",)).outcome == "license_required"
    assert sold(purposes=("missile",)).outcome == "license_required"
    listed = party("CN", name="Huawei Technologies Co., Ltd.")
    assert sold(buyer=listed, terms=("VEU", "748.15(a)")).outcome == "license_required"


def test_a_fabrication_plant_is_open_where_the_entry_says_so() -> None:
    fab = ("civil", "advanced_node_ic")
    assert sold(purposes=fab).outcome == "license_required"
    assert sold(purposes=fab, terms=TERMS).outcome == "general_license"
    assert sold(purposes=fab, terms=TERMS, on=dt.date(2025, 12, 31)).outcome == "license_required"


def test_military_end_uses_are_open_in_india_and_not_in_china() -> None:
    amplifier = Line(
        eccn="3A001.b.2", kind="commodity", made_in="US", published=False, value_usd=900,
        controlled_for=("NS", "RS", "AT"),
    )  # fmt: skip
    for to, outcome in (("IN", "general_license"), ("CN", "license_required")):
        found = licet.check(
            order(
                party(to, name="Tamarisk Avionics"), to=to, date=LAST, lines=(amplifier,),
                conditions_met=("VEU", "748.15(a)"), conditions_not_met=("STA", "LVS"),
                end_use=EndUse(purposes=("military",)),
            )
        )  # fmt: skip
        assert found.outcome == outcome
