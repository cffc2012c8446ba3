"""Parties on the Entity List and the SDN List at once, and what entries leave open (15 CFR 744.8, 744.16)."""

from __future__ import annotations

import datetime as dt

import pytest

import licet
from licet.decision import Decision
from licet.order import Line, Party
from tests.test_part_744 import order, party

GOODS = Line(
    eccn="EAR99", kind="commodity", made_in="US", published=False, value_usd=900,
    schedule_b="8471.30.0100", named_in_746=(),
)  # fmt: skip
DAY = dt.date(2025, 9, 20)
OPEN = ("GOV", "744.16(b)")


def foreign_seller(*parties: Party, to: str, on: dt.date = DAY, **changes: object) -> Decision:
    """A reexport by somebody who is no US person, so that OFAC's own ban does not decide."""
    given: dict[str, object] = {
        "date": on, "to": to, "from_": "DE", "activity": "reexport", "us_person": False,
        "lines": (GOODS,), **changes,
    }  # fmt: skip
    return licet.check(order(*parties, **given))  # type: ignore[arg-type]


def policies(decision: Decision) -> dict[str, str | None]:
    return {need.authority.rule: need.policy for need in decision.requirements}


def makeyev() -> Party:
    """Blocked under RUSSIA-EO14024; its entry on the Entity List leaves GOV open since February 2023."""
    return party("RU", name="Makeyev State Missile Center")


# --- review: the entry takes precedence (744.8(d), Note 2) ---------------------------------------------------


def test_the_entry_on_the_entity_list_says_how_a_blocked_party_is_judged() -> None:
    both = foreign_seller(party("CN", name="Spacety Co., Ltd."), to="CN")
    assert policies(both) == {
        "entity_list": "policy_of_denial", "blocked_party": "policy_of_denial",
    }  # fmt: skip


def test_a_blocked_party_on_no_other_list_meets_a_presumption_of_denial() -> None:
    only = foreign_seller(party("AE", name="Shining Path"), to="AE")
    assert policies(only) == {"blocked_party": "presumption_of_denial"}


def test_one_blocked_party_without_an_entry_keeps_the_presumption_beside_the_others() -> None:
    iran_air = party("TR", name="Iran Air")  # case by case for the safety of aviation
    listed = foreign_seller(iran_air, to="TR", on=dt.date(2026, 8, 1))
    assert policies(listed)["blocked_party"] == policies(listed)["entity_list"]
    two = foreign_seller(party("CN", name="Spacety Co., Ltd."), party("AE", name="Shining Path"),
                         to="CN")  # fmt: skip
    assert policies(two)["blocked_party"] == "presumption_of_denial"
    assert two.review_policy == "policy_of_denial"  # 744.1(a)(2): all policies apply


def test_an_authorization_of_ofac_lifts_what_744_8_asks_and_not_the_entity_list() -> None:
    found = foreign_seller(party("CN", name="Spacety Co., Ltd."), to="CN", ofac_authorized=True)
    assert (found.outcome, [*policies(found)]) == ("license_required", ["entity_list"])
    only = foreign_seller(party("AE", name="Shining Path"), to="AE", ofac_authorized=True)
    assert only.outcome == "no_license_required"


# --- what entries leave open (744.8(c), 744.16(b)) -----------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "terms", "outcome"),
    [
        (DAY, OPEN, "license_exception"),
        (DAY, ("GOV",), "needs_information"),
        (DAY, (), "license_required"),
        (DAY, ("TMP", "744.16(b)"), "license_required"),
        (dt.date(2023, 2, 26), OPEN, "no_license_required"),  # listed on the next day
        (dt.date(2024, 3, 20), OPEN, "license_exception"),
        (dt.date(2024, 3, 21), OPEN, "license_exception"),
    ],
)
def test_gov_overcomes_the_entry_that_leaves_it_open_and_744_8_with_it(
    on: dt.date, terms: tuple[str, ...], outcome: str
) -> None:
    assert foreign_seller(makeyev(), to="RU", on=on, conditions_met=terms).outcome == outcome


def test_gov_overcomes_nothing_for_an_entry_that_is_silent_or_for_a_second_blocked_party() -> None:
    silent = foreign_seller(
        party("RU", name="Joint Stock Company VNIIR-Progress"), to="RU", conditions_met=OPEN
    )
    assert silent.outcome == "license_required"
    two = foreign_seller(
        makeyev(), party("RU", "purchaser", name="Shining Path"), to="RU", conditions_met=OPEN
    )
    assert two.outcome == "license_required"


def test_the_exception_of_bis_does_not_lift_the_ban_of_ofac() -> None:
    found = licet.check(
        order(makeyev(), date=DAY, to="RU", lines=(GOODS,), conditions_met=OPEN, us_person=True)
    )
    assert found.outcome == "prohibited"


# --- the safety of civil aviation in India and Pakistan ------------------------------------------------------

UNIT = Line(
    eccn="7A103.a", kind="commodity", made_in="US", published=False, value_usd=900,
    controlled_for=("MT",),
)  # fmt: skip
PAKISTAN = "Abdul Qader Khan Research Laboratories (AQKRL)"
SAFETY = ("740.2(a)(5)", "744.16(b)")


@pytest.mark.parametrize(
    ("name", "country", "line", "terms", "outcome"),
    [
        (PAKISTAN, "PK", UNIT, ("AVS", *SAFETY), "license_exception"),
        (PAKISTAN, "PK", UNIT, ("RPL", *SAFETY), "license_exception"),
        (PAKISTAN, "PK", UNIT, ("AVS", "740.2(a)(5)"), "needs_information"),
        (PAKISTAN, "PK", UNIT, ("GOV", *SAFETY), "license_required"),
        (PAKISTAN, "PK", UNIT, (), "license_required"),
        (PAKISTAN, "PK", GOODS, ("AVS", *SAFETY), "license_required"),  # no item of 740.2(a)(5)
        ("Huawei Technologies Co., Ltd.", "CN", UNIT, ("AVS", *SAFETY), "license_required"),
    ],
)
def test_listed_parties_in_india_and_pakistan_may_have_what_keeps_airliners_safe(
    name: str, country: str, line: Line, terms: tuple[str, ...], outcome: str
) -> None:
    sold = order(
        party(country, name=name), date=DAY, to=country, lines=(line,), conditions_met=terms
    )
    assert licet.check(sold).outcome == outcome
