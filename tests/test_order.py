"""What an order may say, and what is answered to one that says it wrongly."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet import vocabulary as v
from licet.countries import countries
from licet.order import (
    EndUse,
    License,
    Line,
    Order,
    OrderError,
    Owner,
    Party,
    RedFlag,
    Shipment,
    order_from,
    order_to,
)

CASES = Path(__file__).parents[2] / "shared" / "cases" / "determination.jsonl"


def problems(data: dict[str, Any]) -> dict[str, str]:
    """Field -> message of everything that is wrong."""
    with pytest.raises(OrderError) as caught:
        order_from(data, source="order.toml")
    assert all(problem.file == "order.toml" for problem in caught.value.problems)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_what_is_left_out_is_unknown_and_an_empty_list_means_none() -> None:
    order = order_from({"party": [{"name": "Huawei Technologies Co., Ltd."}], "red_flag": []})
    assert order.red_flags == ()
    assert order.lines is None
    assert order.parties is not None
    assert order.parties[0].owners is None
    assert order.license is None


def test_from_and_the_repeated_tables_have_python_names() -> None:
    order = order_from({"from": "US", "party": [{}] * 0, "line": [{"eccn": "EAR99"}]})
    assert (order.from_, order.parties, order.lines) == ("US", (), (Line(eccn="EAR99"),))


def test_null_in_json_is_unknown_too() -> None:
    assert order_from({"to": None, "line": None}) == Order()


def test_a_license_may_be_revoked_on_a_day_or_not_or_on_a_day_not_known() -> None:
    spelled: list[tuple[object, dt.date | bool]] = [
        (False, False),
        (True, True),
        ("2024-05-07", dt.date(2024, 5, 7)),
    ]
    for said, meant in spelled:
        order = order_from({"license": {"number": "D000000", "revoked": said}})
        assert order.license == License(number="D000000", revoked=meant)


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        # fields that do not exist
        ({"activty": "export"}, "activty", 'Did you mean "activity"?'),
        ({"destination": "CN"}, "destination", 'write "to"'),
        ({"consignee": "Huawei"}, "consignee", 'role = "ultimate_consignee"'),
        ({"licence": {}}, "licence", 'write "license"'),
        ({"To": "CN"}, "To", 'write "to"'),
        ({"eccn": "EAR99"}, "eccn", "belongs in [line]"),
        ({"party": [{"us_person": True}]}, "party[0].us_person", "above the first [table]"),
        ({"party": [{"ownership": []}]}, "party[0].ownership", 'write "owners"'),
        ({"line": [{"eccm": "EAR99"}]}, "line[0].eccm", 'Did you mean "eccn"?'),
        ({"line": [{"qty": 1}]}, "line[0].qty", 'write "quantity"'),
        ({"shipment": {"zzz": 1}}, "shipment.zzz", "Known fields: en_route"),
        # types
        ({"us_person": "yes"}, "us_person", "true or false"),
        ({"us_person": 1}, "us_person", "true or false"),
        ({"id": 1001}, "id", "quotes"),
        ({"party": {"role": "buyer"}}, "party", "a list is asked"),
        ({"party": ["Huawei"]}, "party[0]", "a table that describes the party"),
        ({"end_use": "civil"}, "end_use", "a table"),
        ({"end_use": {"purposes": "civil"}}, "end_use.purposes", 'write ["civil"]'),
        ({"shipment": {"via": "SG"}}, "shipment.via", 'write ["SG"]'),
        ({"line": [{"quantity": "1,000"}]}, "line[0].quantity", "without quotes"),
        ({"line": [{"quantity": True}]}, "line[0].quantity", "a number"),
        ({"line": [{"schedule_b": 8542.31}]}, "line[0].schedule_b", "Put it in quotes"),
        ({"end_use": {"purposes": [None]}}, "end_use.purposes[0]", "not a known purpose"),
        # days
        ({"date": "2019-02-30"}, "date", "February 2019 has 28 days"),
        ({"date": "2019-13-01"}, "date", "months go from 01 to 12"),
        ({"date": "0000-01-01"}, "date", "not a day"),
        ({"date": "30 June 2019"}, "date", "YYYY-MM-DD"),
        ({"date": "20190630"}, "date", "YYYY-MM-DD"),
        ({"date": 20190630}, "date", "YYYY-MM-DD"),
        ({"date": dt.datetime(2019, 6, 30, 10)}, "date", "Write 2019-06-30"),
        ({"date": "2019-06-30T10:00:00Z"}, "date", "a moment"),
        ({"license": {"revoked": "no"}}, "license.revoked", "a day is asked"),
        (
            {"shipment": {"known_reexport_on": ["2019-06-31"]}},
            "shipment.known_reexport_on[0]",
            "June 2019 has 30 days",
        ),
        # countries
        ({"to": "UK"}, "to", '"GB"'),
        ({"to": "Iran"}, "to", '"IR"'),
        ({"to": "cn"}, "to", '"CN"'),
        ({"to": "Germny"}, "to", '"DE"'),
        ({"to": "ZZ"}, "to", "ISO 3166-1"),
        ({"to": 86}, "to", "in quotes"),
        ({"party": [{"headquarters": "PRC"}]}, "party[0].headquarters", '"CN"'),
        ({"shipment": {"via": ["SG", "XX"]}}, "shipment.via[1]", "not a country code"),
        # classification (15 CFR 738.2)
        ({"line": [{"eccn": "ear99"}]}, "line[0].eccn", '"EAR99"'),
        ({"line": [{"eccn": "3a991.A.1"}]}, "line[0].eccn", '"3A991.a.1"'),
        ({"line": [{"eccn": "3A991a1"}]}, "line[0].eccn", '"3A991.a.1"'),
        ({"line": [{"eccn": "3A991(a)(1)"}]}, "line[0].eccn", '"3A991.a.1"'),
        ({"line": [{"eccn": "3A"}]}, "line[0].eccn", "a group of entries"),
        ({"line": [{"eccn": "3F991"}]}, "line[0].eccn", "A to E"),
        ({"line": [{"eccn": "XI(a)"}]}, "line[0].eccn", "US Munitions List"),
        ({"line": [{"eccn": "chips"}]}, "line[0].eccn", "738.2"),
        ({"line": [{"plant_uses": ["3B"]}]}, "line[0].plant_uses[0]", "a group"),
        ({"line": [{"us_content_eccns": "3A991"}]}, "line[0].us_content_eccns", '["3A991"]'),
        ({"license": {"lines": ["3A991", 3]}}, "license.lines[1]", "an ECCN in quotes"),
        ({"line": [{"controlled_for": ["national"]}]}, "line[0].controlled_for[0]", "NS"),
        # numbers
        ({"line": [{"value_usd": -1}]}, "line[0].value_usd", "negative"),
        ({"line": [{"quantity": float("nan")}]}, "line[0].quantity", "not a number"),
        ({"line": [{"quantity": float("inf")}]}, "line[0].quantity", "not a number"),
        ({"line": [{"quantity": 10**400}]}, "line[0].quantity", "10^15"),
        (
            {"line": [{"controlled_us_content_pct": 100.1}]},
            "line[0].controlled_us_content_pct",
            "from 0 to 100",
        ),
        ({"party": [{"owners": [{"share": 101}]}]}, "party[0].owners[0].share", "above 100"),
        # words
        ({"activity": "exprot"}, "activity", '"export"'),
        ({"activity": "re-export"}, "activity", '"reexport"'),
        ({"party": [{"role": "ultimate consignee"}]}, "party[0].role", '"ultimate_consignee"'),
        ({"party": [{"role": "customer"}]}, "party[0].role", '"purchaser"'),
        ({"party": [{"kind": "milit"}]}, "party[0].kind", '"military"'),
        ({"party": [{"disposition": "maybe"}]}, "party[0].disposition", "not_listed, listed"),
        ({"line": [{"kind": "hardware"}]}, "line[0].kind", '"commodity"'),
        ({"line": [{"speed_class": "5G"}]}, "line[0].speed_class", '"5g"'),
        ({"line": [{"telecom_role": "backhual"}]}, "line[0].telecom_role", '"backhaul"'),
        ({"end_use": {"purposes": ["civilian"]}}, "end_use.purposes[0]", '"civil"'),
        ({"conditions_met": ["tgl"]}, "conditions_met[0]", 'write "TGL"'),
        ({"conditions_met": ["15 CFR 742.15(b)"]}, "conditions_met[0]", 'write "742.15(b)"'),
        ({"conditions_met": ["all of them"]}, "conditions_met[0]", "a symbol is asked"),
        # what says nothing
        ({"party": [{"name": ""}]}, "party[0].name", "empty"),
        ({"party": [{"name": "  "}]}, "party[0].name", "empty"),
        ({"line": [{}]}, "line[0]", "says nothing"),
        ({"red_flag": [{}]}, "red_flag[0]", "says nothing"),
        # what contradicts itself
        ({"to": "RU", "region": "crimea"}, "region", 'Write to = "UA"'),
        ({"to": "UA", "region": "kherson"}, "region", "not a known region of Ukraine"),
        (
            {"conditions_met": ["TGL"], "conditions_not_met": ["TGL"]},
            "conditions_not_met",
            "conditions_met too",
        ),
        (
            {
                "end_use": {"purposes": ["foreign_vessel_or_aircraft"]},
                "shipment": {"carrier_countries": []},
            },
            "shipment.carrier_countries",
            "has a registry",
        ),
        (
            {"party": [{"owners": [{"share": 60}, {"share": 50.5}]}]},
            "party[0].owners",
            "110.5 percent",
        ),
        (
            {"license": {"issued": "2020-01-02", "expires": "2020-01-01"}},
            "license.expires",
            "before the day of issue",
        ),
        (
            {"party": [{"role": "purchaser"}, {"role": "end_user"}, {"role": "purchaser"}]},
            "party[2].role",
            "party[0] is the first",
        ),
    ],
)
def test_a_wrong_order_is_told_where_and_what_is_meant(
    data: dict[str, Any], field: str, says: str
) -> None:
    found = problems(data)
    assert list(found) == [field]
    assert says in found[field]


def test_roles_of_which_an_order_may_have_several() -> None:
    for role in v.ROLES:
        two = {"party": [{"role": role, "name": "A"}, {"role": role, "name": "B"}]}
        if role in v.SINGLE_ROLES:
            assert list(problems(two)) == ["party[1].role"]
        else:
            assert len(order_from(two).parties or ()) == 2


def test_thirds_of_a_company_sum_to_no_more_than_the_whole() -> None:
    order_from({"party": [{"owners": [{"share": s} for s in (33.4, 33.3, 33.3)]}]})


def test_all_problems_come_at_once() -> None:
    found = problems(
        {
            "to": "UK",
            "party": [{"role": "buyer"}, {"role": "buyer", "owners": [{"share": -1}]}],
            "line": [{"eccn": "3A"}],
        }
    )
    assert list(found) == ["to", "party[1].owners[0].share", "line[0].eccn", "party[1].role"]


def test_an_error_is_one_line_a_problem_and_survives_pickling() -> None:
    with pytest.raises(OrderError) as caught:
        order_from({"to": "UK", "date": "2019-02-30"}, source="po.toml", line_of=lambda _: 7)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith('po.toml:7: to: "UK" is not a country code')
    assert len(lines) == 2
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_messages_stay_short_whatever_was_given() -> None:
    long = "x" * 1_000_000
    found = problems({"to": long, long: 1, "line": [{"eccn": long}], "end_use": [long] * 9999})
    assert all(len(field) < 80 and len(message) < 700 for field, message in found.items())
    assert len(problems({f"field {n}": n for n in range(10_000)})) <= 101


def test_owners_nested_without_end_are_refused() -> None:
    owners: list[Any] = []
    for _ in range(2000):
        owners = [{"name": "Holding", "owners": owners}]
    (message,) = problems({"party": [{"owners": owners}]}).values()
    assert "too deep" in message


def test_every_country_has_a_code_and_the_names_of_the_regulations() -> None:
    known = countries()
    assert len(known.names) == 250
    assert known.codes["burma"] == "MM"
    assert known.names["XK"] == "Kosovo"


texts = st.text(min_size=1, max_size=8).filter(lambda s: s.strip() != "")
days = st.dates()
nations = st.sampled_from(sorted(countries().names))
numbers = st.integers(0, 10**9) | st.floats(0, 1e9)
percents = st.floats(0, 100) | st.integers(0, 100)
eccns = st.sampled_from(["EAR99", "3A991", "3A991.a.1", "5D002.c.1", "9A610.x", "0A501.a"])
symbols = st.sampled_from(["TGL", "ENC", "742.15(b)", "740.9(a)(1)"])


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=2).map(tuple)


def facts(kind: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: st.none() | of for name, of in fields.items()})


def owners(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    share = st.floats(0, 50)
    return facts(Owner, name=texts, country=nations, share=share, control=st.booleans(), owners=of)


said = lambda thing: thing != type(thing)()  # noqa: E731
chains = st.recursive(st.just(()), lambda inner: tuples(owners(inner).filter(said)), max_leaves=3)
orders = facts(
    Order,
    id=texts,
    date=days,
    activity=st.sampled_from(v.ACTIVITIES),
    from_=nations,
    to=nations,
    us_person=st.booleans(),
    conditions_met=tuples(symbols),
    ofac_authorized=st.booleans(),
    parties=tuples(
        facts(
            Party,
            role=st.sampled_from(["end_user", "intermediate_consignee"]),
            name=texts,
            owners=chains,
            uses_equipment_of=tuples(texts),
        ).filter(said)
    ),
    lines=tuples(
        facts(
            Line,
            eccn=eccns,
            quantity=numbers,
            controlled_us_content_pct=percents,
            us_content_eccns=tuples(eccns),
            controlled_for=tuples(st.sampled_from(v.REASONS)),
            production_started=days,
        ).filter(said)
    ),
    end_use=facts(EndUse, purposes=tuples(st.sampled_from(v.PURPOSES)), contract_date=days),
    shipment=facts(Shipment, via=tuples(nations), known_reexport_on=tuples(days)),
    license=facts(License, number=texts, issued=days, revoked=st.booleans() | days),
    red_flags=tuples(facts(RedFlag, text=texts, resolved=st.booleans()).filter(said)),
)


@given(orders)
def test_an_order_comes_back_from_its_file_form(order: Order) -> None:
    assert order_from(json.loads(json.dumps(order_to(order)))) == order


keys = st.sampled_from(
    ["id", "date", "to", "party", "line", "role", "owners", "share", "eccn", "license", "via", "?"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, json_values))
def test_nothing_but_an_order_or_an_order_error_comes_out(data: dict[str, Any]) -> None:
    try:
        assert isinstance(order_from(data), Order)
    except OrderError as error:
        assert error.problems


def test_the_published_cases_are_read_whole() -> None:
    if not CASES.exists():
        pytest.skip("the determination cases are not beside this checkout")
    for line in CASES.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)["order"]
        order = order_from(data)
        assert order_from(order_to(order)) == order
        assert order_to(order) == data
