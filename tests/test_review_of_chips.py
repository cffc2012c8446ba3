"""How applications for chips to China are judged since January 2026 (15 CFR 742.6(b)(10), 744.23(d))."""

from __future__ import annotations

import datetime as dt

import pytest

import licet
from licet.order import Line
from tests.test_part_744 import for_use, order, party

H200 = Line(
    eccn="3A090.a", kind="commodity", made_in="US", published=False, value_usd=900,
    controlled_for=("RS", "AT"),
)  # fmt: skip
TERMS = ("742.6(b)(10)(iii)(A)",)
BEFORE, AFTER = dt.date(2026, 1, 14), dt.date(2026, 1, 15)


@pytest.mark.parametrize(
    ("on", "to", "terms", "policy"),
    [
        (BEFORE, "CN", TERMS, "presumption_of_denial"),
        (AFTER, "CN", TERMS, "case_by_case"),
        (AFTER, "HK", TERMS, "case_by_case"),
        (AFTER, "MO", TERMS, "case_by_case"),
        (AFTER, "CN", (), "presumption_of_denial"),
        (AFTER, "BY", TERMS, "presumption_of_denial"),
    ],
)
def test_chips_that_meet_the_terms_of_2026_are_reviewed_case_by_case(
    on: dt.date, to: str, terms: tuple[str, ...], policy: str
) -> None:
    sold = order(to=to, date=on, lines=(H200,), conditions_met=terms)
    found = licet.check(sold)
    assert found.outcome == "license_required"
    assert {n.policy for n in found.requirements if n.authority.rule == "rs_controls"} == {policy}


def test_the_license_stays_necessary_and_reexports_gain_nothing() -> None:
    sent_on = order(
        to="CN", date=AFTER, from_="SG", activity="reexport", lines=(H200,), conditions_met=TERMS
    )
    found = licet.check(sent_on)
    assert (found.outcome, found.review_policy) == ("license_required", "presumption_of_denial")


def test_use_in_a_fabrication_plant_is_still_judged_by_its_own_section() -> None:
    found = licet.check(
        order(to="CN", date=AFTER, lines=(H200,), conditions_met=TERMS,
              end_use=for_use("advanced_node_ic"))
    )  # fmt: skip
    assert found.review_policy == "presumption_of_denial"


@pytest.mark.parametrize(
    ("on", "policy"), [(BEFORE, "presumption_of_denial"), (AFTER, "case_by_case")]
)
def test_a_chinese_company_in_singapore_is_judged_by_the_same_terms(
    on: dt.date, policy: str
) -> None:
    sold = order(
        party("SG", headquarters="CN"), to="SG", date=on, lines=(H200,), conditions_met=TERMS
    )
    policies = {n.authority.rule: n.policy for n in licet.check(sold).requirements}
    assert policies["advanced_computing_headquarters"] == policy
