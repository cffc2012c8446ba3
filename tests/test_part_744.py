"""End uses and end users (15 CFR part 744), and how long records are kept, in whole orders."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

import licet
from licet.order import EndUse, Line, Order, Owner, Party, Shipment

SOLD = dt.date(2024, 3, 1)


def order(*parties: Party, to: str = "CN", **changes: object) -> Order:
    """EAR99 goods from the United States, looked at from every side."""
    plain = Order(
        id="part-744", date=SOLD, activity="export", from_="US", to=to, us_person=True,
        parties_complete=True, conditions_met=(), parties=parties or (party(to),), red_flags=(),
        lines=(Line(eccn="EAR99", kind="commodity", made_in="US", published=False, value_usd=900),),
        end_use=EndUse(purposes=("civil",)), shipment=Shipment(en_route=False, via=()),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def party(country: str, role: str = "end_user", **changes: object) -> Party:
    known: dict[str, object] = {
        "role": role, "name": f"Sallowfield Orchard Tools ({role})", "country": country,
        "address": "3 Chapel Street", "kind": "commercial", "headquarters": country, "owners": (),
    }  # fmt: skip
    return Party(**{**known, **changes})  # type: ignore[arg-type]


def for_use(*purposes: str) -> EndUse:
    return EndUse(purposes=purposes)


# --- who is a military end user ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("military", "license_required"),
        ("police", "license_required"),
        ("intelligence", "license_required"),
        ("government", "no_license_required"),
        ("commercial", "no_license_required"),
        (None, "needs_information"),
    ],
)
def test_armed_services_police_and_intelligence_of_belarus_get_nothing(
    kind: str | None, outcome: str
) -> None:
    books = Line(eccn="EAR99", kind="technology", made_in="US", published=False, named_in_746=())
    found = licet.check(order(party("BY", kind=kind), to="BY", lines=(books,)))
    assert found.outcome == outcome
    if kind is None:
        assert [m.fact for m in found.missing] == ["party[0].kind"]


# --- employers of US persons (744.6(d)(4)) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owners", "outcome"),
    [
        ((), "permitted"),
        ((Owner(name="Kestrane", country="CN", share=50, owners=()),), "permitted"),
        ((Owner(name="Kestrane", country="CN", share=50.1, owners=()),), "license_required"),
        ((Owner(name="Kestrane", country="JP", share=80, owners=()),), "permitted"),
        ((Owner(name="Kestrane", country="CN", owners=()),), "needs_information"),
        (None, "needs_information"),
    ],
)
def test_a_dutch_employer_helps_unless_a_chinese_company_holds_its_majority(
    owners: tuple[Owner, ...] | None, outcome: str
) -> None:
    service = order(
        party("CN"), party("NL", "employer", owners=owners),
        activity="service", end_use=for_use("advanced_node_ic"),
    )  # fmt: skip
    assert licet.check(service).outcome == outcome


@pytest.mark.parametrize(
    ("users", "outcome"),
    [
        ((party("CN", "recipient"),), "license_required"),
        ((party("CN", "recipient", headquarters="KR"),), "permitted"),
        ((party("CN", "recipient", headquarters=None),), "needs_information"),
        ((party("CN", "seller"),), "license_required"),  # nobody says whose facility it is
    ],
)
def test_a_chip_facility_in_china_counts_by_the_headquarters_of_its_company(
    users: tuple[Party, ...], outcome: str
) -> None:
    service = order(
        *users, party("CN", "employer"), activity="service", end_use=for_use("advanced_node_ic")
    )
    assert licet.check(service).outcome == outcome


# --- review (744.19, 744.21(e)(3)) --------------------------------------------------------------------------


def test_a_sanction_of_the_state_department_asks_for_no_license_and_has_every_one_denied() -> None:
    sanctioned = party("PK", state_sanction="inksna")
    free = licet.check(order(sanctioned, to="PK"))
    assert (free.outcome, free.review_policy, free.notices) == ("no_license_required", None, ())
    needed = licet.check(order(sanctioned, to="PK", end_use=for_use("nuclear")))
    assert (needed.outcome, needed.review_policy) == ("license_required", "policy_of_denial")
    assert [notice.authority.cite for notice in needed.notices] == ["15 CFR 744.19"]


# --- vessels and aircraft (744.7) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("countries", "outcome"),
    [
        (("PA", "GR"), "no_license_required"),
        (("PA", "IR"), "license_required"),
        (("CU",), "license_required"),
        (None, "needs_information"),
    ],
)
def test_a_ship_in_rotterdam_is_also_where_its_flag_and_its_charterer_are(
    countries: tuple[str, ...] | None, outcome: str
) -> None:
    ship = order(
        to="NL",
        end_use=for_use("foreign_vessel_or_aircraft"),
        shipment=Shipment(en_route=False, via=(), carrier_countries=countries),
    )
    assert licet.check(ship).outcome == outcome


# --- records ------------------------------------------------------------------------------------------------


def records(asked: Order) -> dict[str, object]:
    duties = json.loads(licet.to_json(licet.check(asked)))["duties"]
    (found,) = [duty for duty in duties if duty["duty"] == "records"]
    assert isinstance(found, dict)
    return found


def test_each_regime_counts_from_its_own_event_and_the_longest_is_shown() -> None:
    found = records(
        order(
            to="DE",
            shipment=Shipment(
                en_route=False, via=(), exported_on=SOLD, known_reexport_on=(dt.date(2025, 6, 2),)
            ),
        )
    )
    assert (found["until"], found["cite"]) == ("2030-06-02", "15 CFR 762.6")
    assert found["periods"] == [
        {"required": True, "cite": "15 CFR 762.6", "until": "2030-06-02"},
        {"required": True, "cite": "15 CFR 30.10(a)", "until": "2029-03-01"},
    ]


@pytest.mark.parametrize(
    ("day", "until", "cite"),
    [
        (dt.date(2025, 3, 11), "2030-03-11", "15 CFR 762.6"),
        (dt.date(2025, 3, 12), "2035-03-12", "31 CFR 501.601"),
    ],
)
def test_ofac_wants_ten_years_since_march_2025_for_what_its_regulations_reach(
    day: dt.date, until: str, cite: str
) -> None:
    found = records(order(to="IR", date=day, ofac_authorized=True))
    assert (found["until"], found["cite"]) == (until, cite)


def test_an_ordinary_sale_is_none_of_ofac_and_keeps_five_years() -> None:
    found = records(order(to="DE", date=dt.date(2025, 6, 2)))
    assert found["until"] == "2030-06-02"
    assert "OFAC" not in str(found)
    assert [p["cite"] for p in found["periods"]] == ["15 CFR 762.6", "15 CFR 30.10(a)"]  # type: ignore[attr-defined]


def test_the_29th_of_february_ends_with_its_month() -> None:
    assert records(order(to="DE", date=dt.date(2024, 2, 29)))["until"] == "2029-02-28"


# --- what the forwarder tells (Supplement No. 3 to part 732) --------------------------------------------------


def test_a_forwarder_as_the_last_stop_holds_the_order_until_somebody_asked() -> None:
    last = party("IT", "ultimate_consignee", name="Umberley Freight")
    forwarder = party("IT", "forwarder", name="Umberley Freight")
    asked = order(last, forwarder, to="IT")
    assert licet.check(asked).outcome == "hold"
    settled = licet.order_from({
        **licet.order_to(asked),
        "red_flag": [{"text": "the forwarder is the consignee", "resolved": True, "how": "it stores spares"}],
    })  # fmt: skip
    assert licet.check(settled).outcome == "no_license_required"


# --- the parties of 748.5, by whatever word ---------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["2019-06-30", "2020-09-01", "2021-06-30", "2023-06-30", "2026-01-30"]
)
@pytest.mark.parametrize(
    "role",
    ["purchaser", "buyer", "intermediate_consignee", "ultimate_consignee", "recipient", "end_user"],
)
def test_a_listed_party_is_refused_in_every_role_of_the_transaction(day: str, role: str) -> None:
    huawei = party("CN", role=role, name="Huawei Technologies Co., Ltd.")
    found = licet.check(order(huawei, date=dt.date.fromisoformat(day)))
    assert found.outcome == "license_required"
    assert "entity_list" in {r.authority.rule for r in found.requirements if r.applies == "yes"}


@pytest.mark.parametrize("role", ["seller", "forwarder"])
def test_who_sells_or_forwards_is_no_party_that_the_entity_list_speaks_of(role: str) -> None:
    huawei = party("CN", role=role, name="Huawei Technologies Co., Ltd.")
    found = licet.check(order(huawei, party("CN")))
    assert "entity_list" not in {r.authority.rule for r in found.requirements if r.applies == "yes"}
