"""The chain that shows why a company is restricted, from the company down to the listings."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.law.rulebook import default_rulebook
from licet.parties.ownership_study import Chain, Study, chain, lists_above, study
from licet.parties.ownership_table import read_ownership
from licet.parties.ownership_views import COLUMNS, View, rows, view

BOOK = default_rulebook()
OCTOBER_2025 = dt.date(2025, 10, 15)
HUAWEI = '"Huawei Technologies Co., Ltd."'
HIKVISION = '"Hangzhou Hikvision Digital Technology Co., Ltd."'


def of(text: str, day: dt.date = OCTOBER_2025) -> Study:
    table = read_ownership(f"owner,owned,share,since,until\n{text}".encode(), name="t.csv")
    return study(table, BOOK.law(day))


def shown(found: Study, name: str, test: str = "bis") -> Chain | None:
    result, node = found.result(test), found.table.node(name)
    assert result is not None and node is not None
    return chain(found, result, node)


def state(found: Study, name: str, test: str = "bis") -> str:
    node = found.table.node(name)
    assert node is not None
    seen: View = view(found, node)
    return next(one.state for one in seen.tests if one.test == test)


def test_a_chain_goes_from_the_company_down_to_the_listing() -> None:
    found = shown(of(f"{HUAWEI},Upper,50,,\nUpper,Middle,50,,\nMiddle,Lower,60,,\n"), "Lower")
    assert found is not None and found.state is True
    assert [step.name for step in found.steps] == [
        "Lower", "Middle", "Upper", "Huawei Technologies Co., Ltd.",
    ]  # fmt: skip
    (holding,) = found.steps[0].holdings
    assert (holding.owner, holding.share, holding.place) == ("Middle", 60.0, "t.csv:4")
    listing = found.steps[-1].listings[0]
    assert (listing.list, listing.since) == ("EL", dt.date(2019, 5, 16))


def test_the_shortest_chain_is_shown_and_the_fewest_owners() -> None:
    text = f"{HUAWEI},Upper,100,,\nUpper,Company,60,,\n{HUAWEI},Company,10,,\n{HIKVISION},Company,40,,\n"
    # Directly: 10 and 40. Over Upper it would take one more level.
    found = shown(of(text), "Company")
    assert found is not None
    assert [h.owner for h in found.steps[0].holdings] == [
        "Hangzhou Hikvision Digital Technology Co., Ltd.", "Huawei Technologies Co., Ltd.",
    ]  # fmt: skip
    assert found.steps[0].total == 50


def test_an_owner_that_two_companies_share_is_explained_once() -> None:
    text = f"{HUAWEI},Root,50,,\nRoot,Left,50,,\nRoot,Right,50,,\nLeft,Company,25,,\nRight,Company,25,,\n"
    found = shown(of(text), "Company")
    assert found is not None
    names = [step.name for step in found.steps]
    assert len(names) == len(set(names)) == 5


def test_what_is_certain_is_explained_by_what_is_certain() -> None:
    """Somebody unknown with half would be a shorter reason, and no certain one."""
    text = f"{HUAWEI},Upper,50,,\nUpper,Company,50,,\n(unknown),Company,50,,\n"
    found = shown(of(text), "Company")
    assert found is not None and found.state is True
    assert [holding.owner for holding in found.steps[0].holdings] == ["Upper"]
    assert all(step.state is True for step in found.steps)


def test_a_share_that_is_not_known_is_named_in_the_chain() -> None:
    found = shown(of(f"{HUAWEI},Company,,,\nSomebody else,Company,30,,\n"), "Company")
    assert found is not None and found.state is None
    assert [h.share for h in found.steps[0].holdings] == [None]


def test_somebody_of_whom_nobody_knows_who_it_is_may_be_listed() -> None:
    found = of("(unknown),Company,50,,\n(unknown),Other,49,,\n")
    assert state(found, "Company") == "possibly_restricted"
    assert state(found, "Other") == "not_restricted"


def test_a_name_alone_does_not_say_that_a_person_is_the_listed_one() -> None:
    """People share names: a name on the SDN List is a possible match; its number settles it."""
    row = next(
        r
        for r in BOOK.tables["sdn"].every()
        if r.values["kind"] == "individual"
        and r.valid_until is None
        and not r.values["certain_until"]
        and len(r.values["name"].split()) == 3
    )
    number = row.values["id"].removeprefix("sdn-")
    named = of(f'"{row.values["name"]}",Company,50,,\nSDN:{number},Other,50,,\n')
    assert state(named, "Company", "ofac") == "possibly_restricted"
    assert state(named, "Other", "ofac") == "restricted"


def test_a_list_that_the_rulebook_does_not_carry_is_taken_at_the_tables_word() -> None:
    """United Kingdom: more than half, each owner alone. European Union: half, since July 2024."""
    text = "UK:RUS0001,Company,50,,\nUK:RUS0002,Company,50,,\nUK:RUS0001,Other,50.01,,\n"
    text += "EU:13,Third,25,,\nEU:14,Third,25,,\n"
    found = of(text)
    assert state(found, "Company", "uk") == "part_owned"
    assert state(found, "Other", "uk") == "restricted"
    assert state(found, "Third", "eu") == "restricted"
    shown_alone = shown(found, "Other", "uk")
    assert shown_alone is not None and [s.name for s in shown_alone.steps] == [
        "Other",
        "UK:RUS0001",
    ]


def test_an_entry_of_a_number_that_is_not_known_is_possible_only() -> None:
    assert state(of("EL:no-such-entry,Company,60,,\n"), "Company") == "possibly_restricted"


def test_a_smaller_share_is_a_red_flag_and_nothing_is_none() -> None:
    found = of(f"{HUAWEI},Company,49.99,,\nOther Ltd.,Free Ltd.,100,,\n")
    assert state(found, "Company") == "part_owned"
    assert state(found, "Free Ltd.") == "not_restricted"


@pytest.mark.parametrize(
    ("day", "restricted"),
    [("2025-09-28", False), ("2025-09-29", True), ("2025-11-10", False), ("2026-11-10", True)],
)
def test_the_same_table_on_other_days(day: str, restricted: bool) -> None:
    found = of(f"{HUAWEI},Company,50,,\n", dt.date.fromisoformat(day))
    assert (found.result("bis") is not None) is restricted


def test_every_list_of_every_owner_is_kept() -> None:
    meu = next(
        r.values["name"]
        for r in BOOK.tables["military_end_user_list"].every()
        if r.valid_until is None
    )
    found = of(f'{HUAWEI},Company,25,,\n"{meu}",Company,25,,\nCompany,Below,50,,\n')
    result = found.result("bis")
    assert result is not None
    lists = dict(lists_above(found, result))
    node = found.table.node("Below")
    assert node is not None and lists[node] == ("EL", "MEU")


def test_a_row_for_each_company_that_is_restricted_or_may_be() -> None:
    text = f"{HUAWEI},Company,50,,\n{HUAWEI},Part,10,,\nCompany,Perhaps,,,\n(none),Part,,,\n"
    told = list(rows(of(text)))
    assert all(tuple(row) == COLUMNS for row in told)
    assert [(row["company"], row["state"]) for row in told if row["test"] == "bis"] == [
        ("Huawei Technologies Co., Ltd.", "listed"),
        ("Company", "restricted"),
        ("Perhaps", "possibly_restricted"),
        ("Part", "part_owned"),
    ]
    perhaps = next(row for row in told if row["company"] == "Perhaps")
    assert (perhaps["held_percent"], perhaps["held_percent_at_most"]) == (0.0, 100.0)
    assert perhaps["owners"] == ["Company ? (t.csv:4)"] and perhaps["lists"] == ["EL"]


def test_nothing_flows_down_from_an_entry_that_is_an_address() -> None:
    """15 CFR 744.11(a)(1): not from entities that only operate at a listed address."""
    assert state(of("EL:address-01.cn,Company,100,,\n"), "Company") == "not_restricted"


def test_a_circle_with_a_listed_owner_is_explained_without_going_round() -> None:
    text = f"{HUAWEI},Left,50,,\nLeft,Right,50,,\nRight,Left,50,,\n"
    found = shown(of(text), "Right")
    assert found is not None
    assert [step.name for step in found.steps] == ["Right", "Left", "Huawei Technologies Co., Ltd."]


LISTED = ["EU:1", "EU:2", "UK:1", "UK:2", "(unknown)"]
COMPANIES = [f"Company {letter}" for letter in "ABCDE"]
holdings = st.lists(
    st.tuples(
        st.sampled_from([*LISTED, *COMPANIES]),
        st.sampled_from(COMPANIES),
        st.sampled_from(["", "10", "25", "30", "50", "50.01", "60", "100"]),
    ).filter(lambda row: row[0] != row[1]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(holdings, st.sampled_from(["eu", "uk"]))
def test_a_chain_is_a_proof(table: list[tuple[str, str, str]], test: str) -> None:
    """Each step rests on later ones, and each company's holdings reach the share: with what is not known, where
    it is only perhaps restricted; in the United Kingdom over one listed owner alone."""
    found = of("".join(f"{owner},{owned},{share},,\n" for owner, owned, share in table))
    result = found.result(test)
    assert result is not None
    for node in range(len(found.table.keys)):
        proof = chain(found, result, node)
        assert (proof is None) == (result.state(node) is False)
        if proof is None:
            continue
        steps = {step.name: at for at, step in enumerate(proof.steps)}
        assert len(steps) == len(proof.steps)
        for step in proof.steps:
            assert proof.state is None or step.state is True
            if not step.holdings:
                assert step.listings or step.name == "(unknown)"
                continue
            unsaid = any(holding.share is None for holding in step.holdings)
            enough = step.total >= 50 if test == "eu" else step.total > 50
            assert enough or (unsaid and proof.state is None)
            assert all(holding.owner in steps for holding in step.holdings)
        ends = [step for step in proof.steps if not step.holdings]
        assert ends
        if test == "uk":
            assert len(ends) == 1  # each owner alone


def test_a_step_never_rests_on_itself() -> None:
    text = "EU:1,Company A,50,,\nCompany A,Company B,50,,\nCompany B,Company A,50,,\nEU:2,Company B,25,,\n"
    for name in ("Company A", "Company B"):
        found = shown(of(text), name, "eu")
        assert found is not None
        order = {step.name: at for at, step in enumerate(found.steps)}
        for step in found.steps:
            assert all(order[h.owner] > order[step.name] for h in step.holdings)
