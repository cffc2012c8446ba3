"""Whole orders of the Huawei case with facts left out: the band holds every way to complete them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from licet import check
from licet.decide.verdict import Band, weigh
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, position
from licet.law.rulebook import default_rulebook
from licet.listed_facts import fact_of
from licet.order import EndUse, Line, Order, Party, RedFlag, Shipment
from licet.parties.screen import screen

HUAWEI = "Huawei Technologies Co., Ltd."
NOBODY = "A party on no list"
DAYS = [
    dt.date(2019, 5, 15),  # the day before the listing
    dt.date(2019, 5, 16),
    dt.date(2019, 5, 20),  # the first Temporary General License
    dt.date(2019, 6, 30),  # after Osaka
    dt.date(2019, 8, 19),  # the second; 46 more affiliates
    dt.date(2020, 5, 15),  # the direct product rule for footnote 1
    dt.date(2020, 8, 14),  # the hole
    dt.date(2020, 8, 17),
    dt.date(2020, 9, 15),
]
# Small realistic domains, by path; every value of a path is one that an order may have.
DOMAIN: Mapping[str, list[Any]] = {
    "activity": ["export", "reexport", "transfer", "import"],
    "from_": ["US", "TW", "CN"],
    "to": ["CN", "HK", "DE", "IR"],
    "us_person": [True, False],
    "parties_complete": [True],
    "conditions_met": [(), ("TGL",), ("742.15(b)",)],
    "red_flags": [(), (RedFlag(text="an odd route", resolved=False),)],
    "parties": [
        (Party(role="ultimate_consignee", name=NOBODY),),
        (Party(role="end_user", name=HUAWEI),),
    ],
    "line.eccn": ["3A991.a.1", "3A001.a.7", "EAR99", "5A002.a", "5D002.a", "3E991"],
    "line.kind": ["commodity", "software", "technology"],
    "line.made_in": ["US", "TW", "CN"],
    "line.controlled_us_content_pct": [0, 12, 30],
    "line.us_content_eccns": [(), ("9A610.x",)],
    "line.published": [True, False],
    "line.controlled_for": [(), ("NS",), ("NS", "AT", "EI")],
    "line.design_uses": [(), ("3E991",), ("3E001",)],
    "line.plant_technology": [(), ("3E991",)],
    "line.designed_by": [NOBODY, "HiSilicon Technologies Co., Ltd"],
    "line.made_by": [NOBODY, HUAWEI],
    "line.production_started": [dt.date(2020, 5, 14), dt.date(2020, 5, 15)],
    "line.speed_class": ["4g", "5g", "none"],
    "end_use.purposes": [
        (),
        ("civil",),
        ("existing_network_support",),
        ("cybersecurity_research",),
        ("standards_development",),
    ],
    "end_use.contract_date": [dt.date(2019, 5, 16), dt.date(2019, 5, 17)],
    "end_use.fully_operational": [True, False],
    "end_use.device_released_on": [dt.date(2019, 5, 16), dt.date(2019, 5, 17)],
    "end_use.goes_into_products_of": [(), (HUAWEI,)],
    "shipment.en_route": [True, False],
    "shipment.aboard_carrier_on": [dt.date(2019, 5, 14), dt.date(2019, 5, 17)],
    "shipment.ordered_on": [dt.date(2019, 5, 1), dt.date(2019, 5, 17)],
    "party.name": [NOBODY, HUAWEI, "Huawei Technologies", "Huawei Cloud France"],
    "party.role": ["purchaser", "end_user", "forwarder"],
    "party.kind": ["commercial", "military"],
    "party.country": ["CN"],
    "party.headquarters": ["CN", "DE"],
    "party.uses_equipment_of": [()],
    "party.owners": [()],
    "party.disposition": ["not_listed", "listed"],
}


def build(values: Mapping[str, Any], day: dt.date) -> Order:
    """An order from values by path; a path that is missing is left out of the order."""

    def part(kind: type, head: str) -> Any:
        names = {field.name for field in fields(kind)}
        return kind(
            **{
                path.partition(".")[2]: value
                for path, value in values.items()
                if path.startswith(f"{head}.") and path.partition(".")[2] in names
            }
        )

    top = {path: value for path, value in values.items() if "." not in path}
    if "parties" not in top and any(path.startswith("party.") for path in values):
        top["parties"] = (part(Party, "party"),)
    return Order(
        date=day,
        lines=(part(Line, "line"),),
        end_use=part(EndUse, "end_use"),
        shipment=part(Shipment, "shipment"),
        **top,
    )


def band(order: Order) -> Band:
    assert order.date is not None
    law = default_rulebook().law(order.date)
    return weigh(order, law, lambda o: [fact_of(hit, o) for hit in screen(o, law)]).band


PARTY = sorted(path for path in DOMAIN if path.startswith("party."))
REST = sorted(path for path in DOMAIN if path not in PARTY and path != "parties")


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[dict[str, Any], dt.date]:
    """Values of an order of which some are left out; who the party is, in part or not at all."""
    left_out = draw(st.sets(st.sampled_from(REST), max_size=8))
    values = {path: draw(st.sampled_from(DOMAIN[path])) for path in REST if path not in left_out}
    # A role that is not stated is taken as that of a party to the transaction: against the order.
    may_miss = [path for path in PARTY if path != "party.role"]
    unnamed = draw(st.sets(st.sampled_from(may_miss), max_size=3))
    values |= {path: draw(st.sampled_from(DOMAIN[path])) for path in PARTY if path not in unnamed}
    return values, draw(st.sampled_from(DAYS))


def complete(values: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """The order with every fact that was left out filled in."""
    whole = dict(values)
    for path in (*REST, *PARTY):
        if path not in whole:
            whole[path] = chance.choice(DOMAIN[path])
    return whole


def same(settled: str, completed: str) -> bool:
    """Whether a completed order has the settled outcome, but for a red flag that came up with it.

    A red flag is what one sees: one that hangs on an unknown fact is not up, and the order not held.
    """
    return completed == settled or (completed == HOLD and settled in GO_AHEAD)


def inside(outcome: str, best: str, worst: str) -> bool:
    if outcome == HOLD:  # would go ahead but for a red flag
        return best in GO_AHEAD
    return position(best) <= position(outcome) <= position(worst)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(partly_known(), st.integers(0, 2**32))
def test_every_completion_lies_inside_the_band(
    partial: tuple[dict[str, Any], dt.date], seed: int
) -> None:
    """Never 'no license required' where some completion needs one."""
    values, day = partial
    whole_band = band(build(values, day))
    event(whole_band.outcome)
    chance = random.Random(seed)
    for _ in range(6):
        whole = complete(values, chance)
        completed = band(build(whole, day))
        where = {path: whole[path] for path in whole if path not in values}
        for end in (completed.best, completed.worst):
            assert inside(end, whole_band.best, whole_band.worst), where
        if whole_band.settled:
            assert same(whole_band.outcome, completed.outcome), where


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partly_known(), st.integers(0, 2**32))
def test_a_settled_answer_is_the_answer_of_every_completion(
    partial: tuple[dict[str, Any], dt.date], seed: int
) -> None:
    """Also where the answer was found by trying what is missing, through the front door."""
    values, day = partial
    values = {**values, "shipment.en_route": False}
    decision = check(build(values, day))
    if decision.outcome in (NEEDS_INFORMATION, HOLD):
        return
    chance = random.Random(seed)
    for _ in range(5):
        completed = band(build(complete(values, chance), day)).outcome
        assert completed == NEEDS_INFORMATION or same(decision.outcome, completed)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partly_known(), st.data())
def test_to_leave_out_a_fact_never_narrows_the_band(
    partial: tuple[dict[str, Any], dt.date], data: st.DataObject
) -> None:
    values, day = partial
    known = band(build(values, day))
    gone = data.draw(st.sampled_from(sorted(set(values) - {"party.role"})))
    less = band(build({path: v for path, v in values.items() if path != gone}, day))
    assert position(less.best) <= position(known.best), gone
    assert position(known.worst) <= position(less.worst), gone


def test_what_is_known_of_nothing_spans_everything() -> None:
    """An order of which only the day is given may be anything from outside the law to forbidden."""
    found = band(Order(date=dt.date(2019, 6, 30)))
    assert (found.best, found.worst) == ("not_subject", "prohibited")


@pytest.mark.parametrize("day", DAYS[::4])
def test_an_order_to_a_listed_buyer_of_which_the_rest_is_unknown_is_never_free(
    day: dt.date,
) -> None:
    listed = replace(
        Order(date=day, activity="export", from_="US", to="CN"),
        parties=(Party(role="end_user", name=HUAWEI),),
    )
    assert check(listed).outcome != "no_license_required"


def test_a_role_that_is_not_stated_is_asked_for() -> None:
    """A listed purchaser is a party to the transaction, a listed maker is none (15 CFR 748.5)."""
    listed = Order(
        date=dt.date(2019, 5, 18),
        activity="export",
        from_="US",
        to="CN",
        shipment=Shipment(en_route=False),
        lines=(Line(eccn="EAR99", kind="commodity"),),
        end_use=EndUse(purposes=()),
        parties_complete=True,
        red_flags=(),
        parties=(Party(name=HUAWEI, owners=()),),
    )
    decision = check(listed)
    assert decision.outcome == "needs_information"
    assert "party[0].role" in [missing.fact for missing in decision.missing]


CHIPS: Mapping[str, Any] = {
    **{path: domain[0] for path, domain in DOMAIN.items() if path != "parties"},
    "shipment.en_route": False,
    "line.published": False,
    "line.design_uses": (),
    "line.plant_technology": (),
    "end_use.purposes": ("civil",),
    "party.name": HUAWEI,
    "party.role": "end_user",
}
FOREIGN = {**CHIPS, "from_": "TW", "line.made_in": "TW", "line.us_content_eccns": ()}
BASES: Mapping[str, tuple[Mapping[str, Any], dt.date]] = {
    "US chips to Huawei, June 2019": (CHIPS, dt.date(2019, 6, 30)),
    "US chips to nobody listed": ({**CHIPS, "party.name": NOBODY}, dt.date(2019, 6, 30)),
    "foreign chips to Huawei, June 2019": (FOREIGN, dt.date(2019, 6, 30)),
    "foreign chips to Huawei, June 2020": (
        {**FOREIGN, "line.designed_by": "HiSilicon Technologies Co., Ltd"},
        dt.date(2020, 6, 30),
    ),
    "foreign chips to Huawei, September 2020": (FOREIGN, dt.date(2020, 9, 20)),
    "network support, June 2019": (
        {**CHIPS, "end_use.purposes": ("existing_network_support",), "conditions_met": ("TGL",)},
        dt.date(2019, 6, 30),
    ),
    "published software to Huawei": (
        {**CHIPS, "line.kind": "software", "line.eccn": "5D002.a", "line.published": True},
        dt.date(2019, 6, 30),
    ),
}


@pytest.mark.parametrize("name", list(BASES))
def test_one_fact_left_out_is_asked_for_or_changes_nothing(name: str) -> None:
    """A settled answer is that of every value that the fact may have."""
    values, day = BASES[name]
    for path in sorted(set(values) - {"party.role", "parties_complete"}):
        decision = check(build({p: v for p, v in values.items() if p != path}, day))
        outcomes = {band(build({**values, path: v}, day)).outcome for v in DOMAIN[path]}
        if decision.outcome not in (NEEDS_INFORMATION, HOLD):
            assert all(same(decision.outcome, outcome) for outcome in outcomes), path
