"""What an order leaves unsaid: asked for where it decides, told where it does not, never read as "none"."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from rich.console import Console

from licet import as_dict, check
from licet.decision import GO_AHEAD, NEEDS_INFORMATION, Decision
from licet.order import EndUse, License, Line, Order, Owner, Party, Shipment
from licet.report import print_memo

JUNE_2019 = dt.date(2019, 6, 30)
BLOCKED = "CARGO FREIGHT INTERNATIONAL"  # on the SDN List in 2019 and 2025
HUAWEI = "Huawei Technologies Co., Ltd."


def party(role: str = "ultimate_consignee", **known: object) -> Party:
    given = {
        "role": role, "name": "Blumenau Ofenbau GmbH", "country": "DE", "kind": "commercial",
        "headquarters": "DE", "address": "Blumenau 3, Kiel", "owners": (), "uses_equipment_of": (),
    }  # fmt: skip
    return Party(**{**given, **known})  # type: ignore[arg-type]


def order(*parties: Party, **known: object) -> Order:
    """An oven of EAR99 from the United States to Germany, with everything said."""
    given = {
        "date": JUNE_2019, "activity": "export", "from_": "US", "to": "DE", "us_person": True,
        "parties_complete": True, "conditions_met": (), "red_flags": (),
        "parties": parties or (party(),),
        "lines": (Line(eccn="EAR99", kind="commodity", made_in="US", published=False, quantity=1,
                       value_usd=900, schedule_b="8514.10.0000"),),
        "end_use": EndUse(purposes=("civil",), goes_into_products_of=()),
        "shipment": Shipment(en_route=False, via=()),
    }  # fmt: skip
    return Order(**{**given, **known})  # type: ignore[arg-type]


def asked(decision: Decision) -> list[str]:
    return [missing.fact for missing in decision.missing]


def told(decision: Decision) -> list[str]:
    return [item.fact for item in decision.not_looked_at]


# --- owners -----------------------------------------------------------------------------------------


def test_owners_that_nobody_looked_at_are_asked_for_before_a_yes() -> None:
    """OFAC's 50 percent rule asks for no knowledge: who owns the buyer decides (FAQ 398 to 402)."""
    decision = check(order(party(owners=None)))
    assert (decision.outcome, decision.worst) == (NEEDS_INFORMATION, "prohibited")
    assert asked(decision) == ["party[0].owners"]
    (missing,) = decision.missing
    by_outcome = {answer.outcome: answer for answer in missing.answers}
    assert by_outcome["no_license_required"].value == []
    assert "blocked person" in by_outcome["prohibited"].says


def test_owners_that_were_looked_at_and_are_of_no_concern_permit() -> None:
    decision = check(order(party(owners=())))
    assert (decision.outcome, told(decision)) == ("no_license_required", [])


@pytest.mark.parametrize(
    ("share", "outcome"), [(50.0, "prohibited"), (49.0, "hold"), (None, NEEDS_INFORMATION)]
)
def test_a_blocked_owner_counts_by_his_share(share: float | None, outcome: str) -> None:
    owner = Owner(name=BLOCKED, share=share, list="SDN", owners=())
    assert check(order(party(owners=(owner,)))).outcome == outcome


def test_who_stands_behind_an_owner_is_asked_for() -> None:
    holding = Owner(name="Kieler Beteiligungen GmbH", share=60.0, country="DE")
    decision = check(order(party(owners=(holding,))))
    assert asked(decision) == ["party[0].owners[0].owners"]


def test_a_small_owner_of_unknown_owners_changes_nothing() -> None:
    """Whoever stands behind 40 percent does not hold half of the party; that it was not looked at is told."""
    holding = Owner(name="Kieler Beteiligungen GmbH", share=40.0, country="DE")
    decision = check(order(party(owners=(holding,))))
    assert decision.outcome == "no_license_required"
    assert told(decision) == ["party[0].owners[0].owners"]


def test_an_order_that_is_refused_whoever_owns_the_party_is_refused() -> None:
    """A listed buyer needs a license; blocked owners would forbid it outright, and the decision says so."""
    decision = check(
        order(party(name=HUAWEI, country="CN", headquarters="CN", owners=None), to="CN")
    )
    assert (decision.outcome, decision.best) == ("license_required", "license_required")
    assert (decision.worst, decision.missing) == ("prohibited", ())
    assert told(decision) == ["party[0].owners"]
    assert "31 CFR 500-599" in decision.not_looked_at[0].says


def test_a_prohibition_that_is_certain_leaves_no_doubt() -> None:
    decision = check(order(party(name=BLOCKED, owners=None)))
    assert (decision.outcome, decision.worst) == ("prohibited", "prohibited")
    assert told(decision) == []


def from_abroad(**known: object) -> Order:
    """A German oven from Germany to Poland, sold by a German company: no business of US law."""
    made = Line(eccn="EAR99", kind="commodity", made_in="DE", published=False, quantity=1, value_usd=900,
                schedule_b="8514.10.0000", controlled_us_content_pct=0, us_content_eccns=(),
                plant_technology=(), design_uses=(), plant_uses=())  # fmt: skip
    given = {
        "activity": "reexport",
        "from_": "DE",
        "to": "PL",
        "us_person": False,
        "lines": (made,),
    }
    return order(party(owners=None), **{**given, **known})


def test_owners_that_no_rule_asks_for_are_told_with_a_yes() -> None:
    decision = check(from_abroad())
    assert decision.outcome == "not_subject"
    assert told(decision) == ["party[0].owners"]
    wire = as_dict(decision)["not_looked_at"]
    assert wire == [{"fact": "party[0].owners", "says": decision.not_looked_at[0].says}]


def memo(decision: Decision) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    print_memo(decision, console)
    return console.export_text()


def test_the_memo_says_what_was_not_looked_at() -> None:
    """Under a yes as under a refusal, in a sentence and with the field to fill in."""
    free = memo(check(from_abroad()))
    assert "Not looked at" in free
    assert "Who owns the party" in free
    assert "party[0].owners" in free
    buyer = party(name=HUAWEI, country="CN", headquarters="CN", owners=None)
    refused = memo(check(order(buyer, to="CN")))
    assert "LICENSE REQUIRED" in refused
    assert "Whether it is prohibited outright is open" in refused
    assert "Not looked at" not in memo(check(order()))


def test_what_needs_information_asks_and_tells_nothing_beside() -> None:
    assert check(order(party(owners=None))).not_looked_at == ()


def test_a_license_of_bis_frees_nobody_from_asking_for_blocked_owners() -> None:
    """A BIS license does not lift what OFAC forbids."""
    license = License(
        issued=dt.date(2019, 6, 1), expires=dt.date(2023, 5, 31), revoked=False, parties=(HUAWEI,),
        lines=("EAR99",), value_left_usd=5000, quantity_left=5, covers_end_use=True,
    )  # fmt: skip
    buyer = party(name=HUAWEI, country="CN", headquarters="CN", owners=None)
    decision = check(order(buyer, to="CN", license=license))
    assert (decision.outcome, asked(decision)) == (NEEDS_INFORMATION, ["party[0].owners"])
    whole = check(order(replace(buyer, owners=()), to="CN", license=license))
    assert whole.outcome == "licensed"


@pytest.mark.parametrize("day", [dt.date(2019, 6, 30), dt.date(2025, 10, 15), dt.date(2026, 3, 2)])
def test_no_order_of_a_us_seller_goes_ahead_while_owners_are_unsaid(day: dt.date) -> None:
    for buyer in (party(owners=None), party("end_user", owners=None, country="SG")):
        assert check(order(buyer, date=day)).outcome not in GO_AHEAD
        assert check(order(replace(buyer, owners=()), date=day)).outcome in GO_AHEAD


# --- section 889: modules inside ------------------------------------------------------------------------


def purchase(buyer: str = "federal_agency", **line: object) -> Order:
    """An agency buys a gateway for its network."""
    given = {
        "eccn": "5A991", "kind": "commodity", "made_in": "US", "published": False, "quantity": 1,
        "value_usd": 400, "made_by": "Knollivard Networks Inc.",
        "telecom_role": "substantial_component",
    }  # fmt: skip
    return order(
        party("buyer", kind=buyer, country="US", headquarters="US", name="Office of Lake Surveys"),
        party("seller", country="US", headquarters="US", name="Gressomile Weather Instruments Inc."),
        activity="procurement", to="US", date=dt.date(2021, 2, 9),
        lines=(Line(**{**given, **line}),),  # type: ignore[arg-type]
    )  # fmt: skip


def test_modules_that_nobody_named_do_not_hold_up_a_purchase_and_are_told() -> None:
    """A reasonable inquiry is into what one has in hand: the box need not be opened (52.204-25(a))."""
    decision = check(purchase())
    assert decision.outcome == "permitted"
    assert told(decision) == ["line[0].modules_by"]


def test_a_covered_module_inside_forbids_the_purchase() -> None:
    decision = check(purchase(modules_by=("Huawei Technologies Co., Ltd.",)))
    assert decision.outcome == "prohibited"


def test_modules_of_others_permit_and_leave_nothing_to_tell() -> None:
    decision = check(purchase(modules_by=("Knollivard Networks Inc.",)))
    assert (decision.outcome, told(decision)) == ("permitted", [])
    assert told(check(purchase(modules_by=()))) == []


def test_a_private_purchase_and_equipment_without_user_data_are_told_nothing() -> None:
    assert told(check(purchase("commercial"))) == []
    assert told(check(purchase(telecom_role="no_user_data"))) == []


# --- Electronic Export Information: 2,500 dollars for each Schedule B number ----------------------------


def eei(*lines: tuple[str | None, float | None]) -> tuple[bool | None, list[str]]:
    """Whether EEI is due for an export of lines of (Schedule B number, dollars), and what it asks for."""
    made = tuple(
        Line(eccn="EAR99", kind="commodity", made_in="US", published=False, quantity=1,
             schedule_b=number, value_usd=value)
        for number, value in lines
    )  # fmt: skip
    decision = check(order(lines=made))
    assert decision.outcome == "no_license_required"
    (duty,) = (duty for duty in decision.duties if duty.duty == "eei")
    wire = as_dict(decision)["duties"]
    assert isinstance(wire, list)
    assert {"duty": "eei", "asks": list(duty.asks)}.items() <= next(
        row for row in wire if row["duty"] == "eei"
    ).items()
    return duty.required, list(duty.asks)


OVEN, CHAIR = "8514.10.0000", "9401.31.0000"


@pytest.mark.parametrize(
    ("lines", "required"),
    [
        ([(OVEN, 2500.0)], False),
        ([(OVEN, 2500.01)], True),
        ([(OVEN, 2000.0), (OVEN, 2000.0)], True),
        ([(OVEN, 2000.0), ("8514100000", 2000.0)], True),  # the same number, written without points
        ([(OVEN, 2000.0), (CHAIR, 2000.0)], False),
        # Numbers that are not given: the lines may be of one number or of two.
        ([(None, 2000.0), (None, 2000.0)], None),
        ([(None, 1250.0), (None, 1250.0)], False),
        ([(None, 1250.0), (None, 1250.01)], None),
        ([(None, 2501.0)], True),
        ([(OVEN, 2000.0), (None, 500.0)], False),
        ([(OVEN, 2000.0), (None, 501.0)], None),
        ([(OVEN, 2501.0), (None, 1.0)], True),
        # The last line can share its number with one of the others, not with both.
        ([(OVEN, 1500.0), (CHAIR, 1500.0), (None, 1000.0)], False),
        ([(OVEN, 1500.0), (CHAIR, 1600.0), (None, 1000.0)], None),
        # A number of six digits may be any that begins so.
        ([("8514.10", 2000.0), (OVEN, 2000.0)], None),
        ([("8514.10", 2000.0), (CHAIR, 2000.0)], False),
        # Values that are not given.
        ([(OVEN, None)], None),
        ([(OVEN, 2600.0), (OVEN, None)], True),
    ],
)
def test_goods_of_one_schedule_b_number_are_added_up_as_far_as_numbers_are_known(
    lines: list[tuple[str | None, float | None]], required: bool | None
) -> None:
    """15 CFR 30.37(a): up to 2,500 dollars for each number; what is not known is neither yes nor no."""
    found, asks = eei(*lines)
    assert found is required
    assert bool(asks) is (required is None)


def test_an_open_duty_asks_for_the_numbers_and_values_that_decide_it() -> None:
    assert eei((None, 2000.0), (None, 2000.0))[1] == ["line[0].schedule_b", "line[1].schedule_b"]
    assert eei((OVEN, 2000.0), (None, 600.0))[1] == ["line[1].schedule_b"]
    assert eei((OVEN, None))[1] == ["line[0].value_usd"]


@pytest.mark.parametrize("number", [OVEN, CHAIR])
def test_an_answer_settles_the_duty_within_its_bounds(number: str) -> None:
    assert eei((OVEN, 2000.0), (number, 2000.0))[0] is (number == OVEN)
