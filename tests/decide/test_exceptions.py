"""What the list of controls says of LVS, GBS and STA, and how little an order is asked for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from licet import check
from licet.decide.exceptions import list_based
from licet.decide.known import Child
from licet.order import EndUse, Line, Order, Party, Shipment

NS = Child({"reason": "NS"})
MT_PERHAPS = Child({"reason": "MT"}, exists=None)

ORDER = Order(
    date=dt.date(2026, 7, 23),
    activity="export",
    from_="US",
    to="BR",
    us_person=True,
    parties_complete=True,
    conditions_met=(),
    parties=(
        Party(
            role="ultimate_consignee", name="Lagoa Serena Bombas Ltda", country="BR",
            address="Rua das Garças 14, Niterói", kind="commercial", headquarters="BR", owners=(),
        ),
    ),
    lines=(Line(eccn="3A001.a.7", kind="commodity", quantity=1, value_usd=500, made_in="US"),),
    end_use=EndUse(purposes=("civil",), goes_into_products_of=()),
    shipment=Shipment(en_route=False, via=()),
    red_flags=(),
)  # fmt: skip


def facts(
    lvs: str, gbs: str, sta: str, paragraph: str, *reasons: Child, places: tuple[str, ...] = ()
) -> dict[str, object]:
    row = {"lvs_usd": lvs, "gbs": gbs, "sta": sta}
    return list_based(row, paragraph, reasons, lambda name: name in places)


@pytest.mark.parametrize(
    ("code", "paragraph", "limit"),
    [
        ("1500", "a", 1500),
        ("N/A", "a", 0),
        ("*=5000|z=N/A", "z.1", 0),
        ("*=5000|z=N/A", "b.2", 5000),
        ("a=5000|MT=N/A", "b", 0),  # only .a has a limit
        ("a b c=3000|d=6000", "d.1", 6000),
        ("MT=N/A|c=1500|b.2&? b.3=3000|a=5000", "b.3", 3000),
        ("MT=N/A|c=1500|b.2&? b.3=3000|a=5000", "b.4", 0),
    ],
)
def test_the_lvs_limit_is_that_of_the_paragraph(code: str, paragraph: str, limit: int) -> None:
    assert facts(code, "no", "", paragraph, NS)["line.lvs_usd"] == limit


def test_an_item_that_may_be_controlled_for_missiles_has_no_sure_limit() -> None:
    assert facts("*=3000|MT=N/A", "no", "", "a", MT_PERHAPS)["line.lvs_usd"] is None


def test_a_paragraph_that_is_not_given_is_asked_for() -> None:
    assert facts("*=5000|z=N/A", "yes:b", "no-c1:a no-c2", "", NS) == {
        "line.lvs_known": False, "line.gbs_known": False, "line.lvs_usd": None, "line.gbs": None,
        "line.sta_c1": None, "line.sta_c2": False,
    }  # fmt: skip


def test_what_the_table_cannot_say_is_neither_yes_nor_no() -> None:
    found = facts("see-entry", "unknown", "see-entry", "a", NS)
    assert (found["line.lvs_known"], found["line.gbs_known"]) == (False, False)
    assert found["line.lvs_usd"] == 6000  # no entry has more


def test_gbs_may_leave_out_what_is_controlled_for_missiles() -> None:
    assert facts("N/A", "yes-not:MT", "", "a", NS)["line.gbs"] is True
    assert facts("N/A", "yes-not:MT", "", "a", MT_PERHAPS)["line.gbs"] is None
    assert facts("N/A", "no", "", "a", NS)["line.gbs"] is False


def test_two_lines_of_one_entry_are_one_value_for_lvs() -> None:
    # 0B602: 3000 dollars an order. Split in two lines, it is still the same order.
    one = Line(eccn="0B602.a", kind="commodity", quantity=1, value_usd=2000, made_in="US")
    assert check(replace(ORDER, lines=(one,))).outcome == "license_exception"
    assert check(replace(ORDER, lines=(one, one))).outcome == "license_required"


def test_a_line_that_is_not_classified_never_lets_lvs_through() -> None:
    """It is left out of the sum of the entry, and leaves the order open; once classified it counts."""
    one = Line(eccn="0B602.a", kind="commodity", quantity=1, value_usd=2000, made_in="US")
    other = replace(one, eccn=None)
    decision = check(replace(ORDER, lines=(one, other)))
    assert not decision.may_go_ahead
    assert "line[1].eccn" in _missing(replace(ORDER, lines=(one, other)))
    assert check(replace(ORDER, lines=(one, replace(one, eccn="EAR99")))).may_go_ahead
    assert not check(replace(ORDER, lines=(one, replace(one, eccn="0B602.b")))).may_go_ahead


def _missing(order: Order) -> set[str]:
    return {missing.fact for missing in check(order).missing}


def test_an_order_to_china_is_not_asked_for_exceptions_that_do_not_reach_it() -> None:
    china = replace(ORDER, to="CN", date=dt.date(2024, 3, 1))
    assert check(china).outcome == "license_required"
    assert not _missing(china)


def test_the_statement_of_the_consignee_is_asked_for_where_sta_fits() -> None:
    germany = replace(
        ORDER,
        to="DE",
        lines=(Line(eccn="9A610.g", kind="commodity", quantity=1, value_usd=9e4, made_in="US"),),
    )
    assert "conditions_met[STA]" in _missing(germany)
    assert check(replace(germany, conditions_met=("STA",))).outcome == "license_exception"
    # The aircraft itself needs a ruling of BIS first (740.20(g)).
    aircraft = replace(germany, lines=(replace((germany.lines or ())[0], eccn="9A610.a"),))
    assert check(replace(aircraft, conditions_met=("STA",))).outcome == "license_required"


def test_civ_ended_with_28_june_2020() -> None:
    last = replace(ORDER, to="CN", date=dt.date(2020, 6, 28), conditions_met=("CIV",))
    assert check(last).outcome == "license_exception"
    assert check(replace(last, date=dt.date(2020, 6, 29))).outcome == "license_required"


def test_an_exception_that_nobody_claims_is_not_spoken_of() -> None:
    cuba = replace(
        ORDER,
        to="CU",
        lines=(Line(eccn="EAR99", kind="commodity", quantity=1, value_usd=90, made_in="US"),),
    )
    assert check(cuba).outcome == "license_required"
    assert not _missing(cuba)
    assert check(replace(cuba, conditions_met=("GFT",))).outcome == "license_exception"


def test_a_value_that_is_not_stated_is_asked_for() -> None:
    unsaid = replace(
        ORDER, lines=(replace((ORDER.lines or ())[0], eccn="0B602.a", value_usd=None),)
    )
    decision = check(unsaid)
    assert decision.outcome == "needs_information"
    assert "line[0].value_usd" in _missing(unsaid)


def test_a_condition_that_only_the_entry_tells_bounds_the_claim_and_leaves_it_open() -> None:
    # 3A001.b.2: 3000 dollars, if exported for use in civil telecommunications applications.
    found = facts("b.2&?=3000|a=5000", "yes:b.2&? g", "none:b.2&?,z", "b.2", NS)
    assert (found["line.lvs_usd"], found["line.lvs_known"]) == (3000, False)
    assert (found["line.gbs"], found["line.gbs_known"]) == (True, False)
    assert found["line.sta_c1"] is True  # the symbol STA, always asked for, holds the condition
    elsewhere = facts("b.2&?=3000|a=5000", "yes:b.2&? g", "none:b.2&?,z", "z.1", NS)
    assert (elsewhere["line.lvs_usd"], elsewhere["line.gbs"]) == (0, False)
    assert elsewhere["line.sta_c1"] is False


def test_a_limit_may_hang_on_the_destination() -> None:
    # 2B350: Country Group B, without what is in D:3 as well. 0A501.e: Canada only.
    code = "in-B&not-D:3=2000"
    assert facts(code, "no", "", "a", places=("B",))["line.lvs_usd"] == 2000
    assert facts(code, "no", "", "a", places=("B", "D:3"))["line.lvs_usd"] == 0
    firearms = "c d x=500|e&in-CA=500"
    assert facts(firearms, "no", "", "e", places=("CA",))["line.lvs_usd"] == 500
    assert facts(firearms, "no", "", "e")["line.lvs_usd"] == 0


def test_a_paragraph_may_be_taken_out_of_another() -> None:
    # 6A001.a.2 (except .a.2.a.4) may not go to A:6 under STA.
    code = "not-A:6:a.1.b,a.2&!a.2.a.4"
    assert facts("N/A", "no", code, "a.2.a.4")["line.sta_c2"] is True
    assert facts("N/A", "no", code, "a.2.a.5")["line.sta_c2"] is False
    assert facts("N/A", "no", code, "a.2.a")["line.sta_c2"] is None
    assert facts("N/A", "no", code, "a.2.a.5")["line.sta_c1"] is True


def _2025(eccn: str, to: str, value: float | None, *met: str) -> Order:
    line = Line(eccn=eccn, kind="commodity", quantity=1, value_usd=value, made_in="US",
                controlled_for=("NS", "AT") if eccn[0] == "3" else ("CB", "AT"))  # fmt: skip
    party = replace(ORDER.parties[0], country=to, headquarters=to) if ORDER.parties else Party()
    others = tuple({"LVS", "GBS", "STA", "TMP", "RPL", "GOV", "TSU", "BAG", "AVS", "APR"} - {*met})
    return replace(
        ORDER, date=dt.date(2025, 4, 8), to=to, parties=(party,), lines=(line,),
        conditions_met=met, conditions_not_met=others,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("eccn", "to", "value", "outcome"),
    [
        ("3A002.a", "TH", 3000, "license_exception"),
        ("3A002.a", "TH", 3001, "license_required"),
        ("2B350.a", "KE", 2000, "license_exception"),
        ("2B350.a", "KE", 2001, "license_required"),
        ("2B350.a", "EG", 500, "license_required"),  # Egypt is in D:3
        ("3A002.a", "TH", None, "needs_information"),
    ],
)
def test_before_the_text_at_hand_its_limit_bounds_the_word_of_the_user(
    eccn: str, to: str, value: float | None, outcome: str
) -> None:
    assert check(_2025(eccn, to, value, "LVS")).outcome == outcome


def test_before_the_text_at_hand_its_limit_permits_nothing_alone() -> None:
    assert check(_2025("3A002.a", "TH", 3000)).outcome == "license_required"
    asked = replace(_2025("3A002.a", "TH", 3000), conditions_not_met=())
    assert "conditions_met[LVS]" in _missing(asked)


def test_gbs_claimed_for_a_paragraph_that_the_entry_leaves_out_lifts_nothing() -> None:
    assert check(_2025("3A001.b.9", "MY", 9e4, "GBS")).outcome == "license_exception"
    assert check(_2025("3A001.b.4", "MY", 9e4, "GBS")).outcome == "license_required"


def test_sta_claimed_where_the_entry_shuts_it_lifts_nothing() -> None:
    assert check(_2025("3A002.g.1", "IL", 2e4, "STA")).outcome == "license_required"
