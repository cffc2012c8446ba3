"""Ownership through the front door: orders whose owners a table gives, and the commands of licet owners."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import licet
from licet.cli import app
from licet.order import Order, Owner, Party
from licet.parties import ownership_orders
from licet.parties.ownership_study import study

ROOT = Path(__file__).parents[1]
ORDER = licet.read_order(ROOT / "examples" / "owned.toml")
TABLE = str(ROOT / "examples" / "ownership.csv")
HUAWEI = '"Huawei Technologies Co., Ltd."'
OCTOBER = dt.date(2025, 10, 15)


def run(*arguments: str, stdin: str = "") -> Result:
    result = CliRunner().invoke(app, arguments, input=stdin, env={"COLUMNS": "100"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def table(*rows: str) -> licet.OwnershipTable:
    text = "\n".join(["owner,owned,share,since,until", *rows, ""])
    return licet.read_ownership(text.encode(), name="t.csv")


def to(name: str, owners: tuple[Owner, ...] | None = None) -> Order:
    """The example order with another buyer, of whom nothing is said of owners."""
    (party,) = ORDER.parties or ()
    return replace(ORDER, parties=(replace(party, name=name, owners=owners),))


def outcome(order: Order, owners: licet.OwnershipTable | None, day: dt.date = OCTOBER) -> str:
    return licet.check(order, on=day, owners=owners).outcome


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-09-28", "hold"),  # a listed owner is a red flag; the company is not reached
        ("2025-09-29", "license_required"),
        ("2025-11-09", "license_required"),
        ("2025-11-10", "hold"),
        ("2026-11-09", "hold"),
        ("2026-11-10", "license_required"),
    ],
)
def test_half_by_a_listed_owner_on_each_side_of_every_date(day: str, expected: str) -> None:
    owners = table(f"{HUAWEI},Harbour Lane,50,,")
    assert outcome(to("Harbour Lane"), owners, dt.date.fromisoformat(day)) == expected


def test_the_tables_dates_are_half_open_for_an_order() -> None:
    owners = table(f"{HUAWEI},Harbour Lane,50,2025-10-15,2025-10-16", "(none),Harbour Lane,,,")
    assert outcome(to("Harbour Lane"), owners, OCTOBER) == "license_required"
    for day in (OCTOBER - dt.timedelta(1), OCTOBER + dt.timedelta(1)):
        assert outcome(to("Harbour Lane"), owners, day) == "no_license_required"


def test_a_table_says_what_an_order_with_the_same_owners_says() -> None:
    listed = "Huawei Technologies Co., Ltd."
    chain = Owner(name="Upper", share=50.0, owners=(Owner(name=listed, share=50.0, owners=()),))
    stated = to("Harbour Lane", owners=(chain,))
    left_out = to("Harbour Lane")
    owners = table(f"{HUAWEI},Upper,50,,", "Upper,Harbour Lane,50,,")
    for day in (dt.date(2019, 6, 20), OCTOBER, dt.date(2026, 1, 1)):
        first, second = licet.check(stated, on=day), licet.check(left_out, on=day, owners=owners)
        assert (first.outcome, first.best, first.worst) == (
            second.outcome,
            second.best,
            second.worst,
        )
        assert first.listings == second.listings


def test_what_the_order_states_stands() -> None:
    owners = table(f"{HUAWEI},Harbour Lane,100,,")
    stated = to("Harbour Lane", owners=())
    assert licet.check(stated, owners=owners) == replace(
        licet.check(stated), proof=licet.check(stated, owners=owners).proof
    )
    assert outcome(stated, owners) == "no_license_required"


def test_a_company_that_the_table_does_not_have_stays_unknown_and_the_decision_says_so() -> None:
    owners = table(f"{HUAWEI},Somebody else,100,,")
    with_table, without = licet.check(to("Absent"), owners=owners), licet.check(to("Absent"))
    assert with_table.outcome == without.outcome == "needs_information"
    (told,) = with_table.ownership
    assert told.table == "t.csv" and "no row for the owners of Absent" in told.says[0]


def test_less_than_half_is_a_red_flag_with_its_own_law_since_september_2025() -> None:
    owners = table(f"{HUAWEI},Quay Street,49.99,,", "(none),Quay Street,,,")
    decision = licet.check(to("Quay Street"), on=OCTOBER, owners=owners)
    assert decision.outcome == "hold"
    rules = {flag.authority.rule for flag in decision.red_flags}
    assert {"listed_owner", "listed_minority_owner"} <= rules
    before = licet.check(to("Quay Street"), on=dt.date(2025, 9, 28), owners=owners)
    assert "listed_minority_owner" not in {flag.authority.rule for flag in before.red_flags}


def test_a_share_that_is_not_known_asks_for_that_share() -> None:
    owners = table(f"{HUAWEI},Upper,50,,", "Upper,Low Tide,,,", "(none),Low Tide,,,")
    decision = licet.check(to("Low Tide"), on=OCTOBER, owners=owners)
    assert decision.outcome == "needs_information" and decision.worst == "license_required"
    assert "party[0].owners[0].share" in [missing.fact for missing in decision.missing]


def test_a_chain_that_ends_at_nobody_listed_is_asked_for_until_the_table_closes_it() -> None:
    """Unset is unknown: that a table stops at a company does not say that nobody owns it."""
    open_ended = table("Good Holding,Harbour Lane,100,,")
    closed = table("Good Holding,Harbour Lane,100,,", "(none),Good Holding,,,")
    assert outcome(to("Harbour Lane"), open_ended) == "needs_information"
    assert outcome(to("Harbour Lane"), closed) == "no_license_required"
    # A holder of less than half decides nothing, whoever owns him.
    small = table("Good Holding,Harbour Lane,40,,")
    assert outcome(to("Harbour Lane"), small) == "no_license_required"


def test_above_an_owner_on_a_list_that_does_not_flow_down_the_table_must_go_on() -> None:
    """The Unverified List reaches nobody's companies: who owns such an owner is as open as with any other."""
    unverified = next(
        row.values["name"]
        for row in licet.rulebook().tables["unverified_list"].every()
        if row.holds(OCTOBER, None)
    )
    open_ended = table(f'"{unverified}",Harbour Lane,100,,')
    closed = table(f'"{unverified}",Harbour Lane,100,,', f'(none),"{unverified}",,,')
    assert outcome(to("Harbour Lane"), open_ended) == "needs_information"
    assert outcome(to("Harbour Lane"), closed) == "no_license_required"


def test_a_circle_of_owners_ends() -> None:
    circle = ["Left,Right,100,,", "Right,Left,100,,", "Left,Harbour Lane,60,,"]
    assert outcome(to("Harbour Lane"), table(*circle)) == "no_license_required"
    listed = [*circle[:1], "Right,Left,50,,", f"{HUAWEI},Left,50,,", circle[2]]
    assert outcome(to("Harbour Lane"), table(*listed)) == "license_required"


def layers(*top: str) -> list[str]:
    """Twenty layers of three companies that own each other: written out as chains, billions of them."""
    three = range(3)
    rows = [
        f"L{layer + 1}-{a},L{layer}-{b},33,," for layer in range(20) for a in three for b in three
    ]
    return [*rows, *(f"L0-{a},Harbour Lane,33,," for a in three), *top]


def test_a_web_of_cross_holdings_is_worked_out_whole() -> None:
    web = table(*layers(*(f"{HUAWEI},L20-{a},100,," for a in range(3))))
    decision = licet.check(to("Harbour Lane"), on=OCTOBER, owners=web)
    assert decision.outcome == "license_required"
    assert [(one.list, one.role, one.match) for one in decision.listings] == [
        ("EL", "owner", "exact")
    ]
    says = decision.ownership[0].says[-1]
    assert "a web of 186 holdings, which was worked out whole" in says
    assert "Huawei Technologies Co., Ltd. (EL)" in says
    node = web.node("Harbour Lane")
    bis = study(web, licet.rulebook().law(OCTOBER)).result("bis")
    assert node is not None and bis is not None and bis.state(node) is True
    # The day after, the rule is stayed: a red flag remains.
    assert licet.check(to("Harbour Lane"), on=dt.date(2025, 11, 10), owners=web).outcome == "hold"


def test_a_web_that_is_closed_and_holds_nobody_listed_is_free_and_an_open_one_is_asked_for() -> (
    None
):
    closed = table(*layers(*(f"(none),L20-{a},,," for a in range(3))))
    assert outcome(to("Harbour Lane"), closed) == "no_license_required"
    open_ = licet.check(to("Harbour Lane"), on=OCTOBER, owners=table(*layers()))
    assert open_.outcome == "needs_information"
    assert "party[0].owners[0].owners" in [item.fact for item in open_.missing]


def test_a_web_with_a_misspelled_listed_owner_is_asked_for() -> None:
    web = table(*layers(*(f'"Huawai Technologies Co., Ltd.",L20-{a},100,,' for a in range(3))))
    decision = licet.check(to("Harbour Lane"), on=OCTOBER, owners=web)
    assert decision.outcome == "needs_information"
    assert "Huawei Technologies Co., Ltd. (perhaps EL)" in decision.ownership[0].says[-1]


TIMES = st.lists(
    st.tuples(
        st.sampled_from([HUAWEI, "(unknown)", "(none)", *"ABCDE"]),
        st.sampled_from([*"ABCDE", "Harbour Lane"]),
        st.sampled_from(["", "10", "25", "30", "50", "60", "100"]),
    ).filter(lambda row: row[0] != row[1] and (row[0] != "(none)" or row[2] == "")),
    min_size=1,
    max_size=10,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=60, deadline=None)
@given(TIMES)
def test_a_web_worked_out_whole_says_what_its_chains_say(rows: list[tuple[str, str, str]]) -> None:
    owned = table(*(f"{owner},{company},{share},," for owner, company, share in rows))
    chains = licet.check(to("Harbour Lane"), on=OCTOBER, owners=owned)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ownership_orders, "MOST", 0)  # every web is too large to be written out
        whole = licet.check(to("Harbour Lane"), on=OCTOBER, owners=owned)
    assert (whole.best, whole.worst, whole.outcome) == (chains.best, chains.worst, chains.outcome)


def test_a_listed_owner_who_is_misspelled_is_found_however_far_up() -> None:
    wrong = '"Huawai Technologies Co., Ltd."'
    owned = table(
        f"{wrong},Upper Reach,60,,", "Upper Reach,Harbour Lane,60,,", f"(none),{wrong},,,"
    )
    decision = licet.check(to("Harbour Lane"), on=OCTOBER, owners=owned)
    assert decision.outcome == "needs_information"
    found = [one for one in decision.listings if one.list == "EL"]
    assert [(one.match, one.role) for one in found] == [("possible", "owner")] * len(found) != []
    less = table(f"{wrong},Upper Reach,40,,", "Upper Reach,Harbour Lane,60,,", f"(none),{wrong},,,")
    assert licet.check(to("Harbour Lane"), on=OCTOBER, owners=less).outcome == "no_license_required"


def test_show_names_owners_that_are_perhaps_listed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = ['"Huawai Technologies Co., Ltd.",Harbour Lane,60,,', ""]
    path.write_text("\n".join(["owner,owned,share,since,until", *rows]), encoding="utf-8")
    result = run("owners", "show", "Harbour Lane", "--table", str(path), "--on", "2025-10-15")
    assert result.exit_code == 1
    assert "perhaps restricted" in result.stdout


def test_a_blocked_owner_named_by_number_blocks_what_he_owns() -> None:
    book = licet.rulebook()
    row = next(
        r for r in book.tables["sdn"].every()
        if r.values["kind"] == "organization" and r.valid_until is None
        and not r.values["certain_until"] and r.values["certain_from"] <= "2024-01-01"
    )  # fmt: skip
    owners = table(f"SDN:{row.values['id'].removeprefix('sdn-')},Harbour Lane,50,,")
    decision = licet.check(to("Harbour Lane"), on=dt.date(2025, 1, 15), owners=owners)
    assert decision.outcome == "prohibited"
    assert "blocked_by_ownership" in {r.authority.rule for r in decision.requirements}


def test_the_decision_names_the_table_its_hash_and_its_rows() -> None:
    decision = licet.check(ORDER, owners=licet.read_ownership(TABLE))
    (told,) = decision.ownership
    assert told.party == "Harbour Lane Holding Ltd." and told.table == TABLE and len(told.id) == 16
    assert f"50 percent of Harbour Lane Holding Ltd. ({TABLE}:2)" in told.says[0]
    wire = licet.as_dict(decision)["ownership"]
    assert isinstance(wire, list) and wire[0]["on"] == "2025-10-15"
    assert licet.check(ORDER).ownership == ()


def test_what_would_make_it_lawful_is_another_owner() -> None:
    found = licet.remedies(ORDER, owners=licet.read_ownership(TABLE))
    assert any("whom no listed party owns" in one.says for one in found)


# --- the command line --------------------------------------------------------------------------------


def test_check_takes_a_table_and_its_memo_names_it() -> None:
    result = run("check", str(ROOT / "examples" / "owned.toml"), "--owners", TABLE)
    assert result.stdout.startswith("LICENSE REQUIRED") and result.exit_code == 1
    assert "Owners, from the table of ownership" in result.stdout
    assert "ownership.csv:2" in " ".join(result.stdout.split())


def test_a_table_that_is_wrong_ends_check_with_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("owner,owned,share\nA,B,50%\n", encoding="utf-8")
    for command in (
        ["check", str(ROOT / "examples" / "owned.toml"), "--owners", str(path)],
        ["owners", "show", "A", "--table", str(path)],
        ["owners", "restricted", "--table", str(path)],
    ):
        result = run(*command)
        assert result.exit_code == 2 and f"{path}:2: share: " in result.stderr, command


def test_show_prints_the_chain_and_its_exit_status_says_whether_there_is_concern() -> None:
    result = run("owners", "show", "rotunda services OY", "--table", TABLE, "--on", "2025-10-15")
    assert result.exit_code == 1
    flat = " ".join(result.stdout.split())
    assert "bis: restricted by its owners" in flat
    assert "Rotunda Networks GmbH: restricted, 50 percent (50 percent or more)" in flat
    assert "on the Entity List as Huawei Technologies Co., Ltd. since 16 May 2019" in flat
    free = run(
        "owners", "show", "Lindgren Family Foundation", "--table", TABLE, "--on", "2025-10-15"
    )
    assert free.exit_code == 0 and "has no owner of concern" in free.stdout


def test_show_as_json_has_the_steps() -> None:
    result = run(
        "owners", "show", "Rotunda Services Oy", "--table", TABLE, "--on", "2025-10-15",
        "--format", "json",
    )  # fmt: skip
    found = json.loads(result.stdout)
    bis = next(one for one in found["tests"] if one["test"] == "bis")
    assert bis["state"] == "restricted" and bis["lists"] == ["EL"]
    assert bis["chain"]["steps"][0]["name"] == "Rotunda Services Oy"
    assert bis["chain"]["steps"][-1]["listings"][0]["since"] == "2019-05-16"


def test_a_name_that_the_table_does_not_have_gets_the_nearest() -> None:
    result = run("owners", "show", "Rotunda Service", "--table", TABLE)
    assert result.exit_code == 2 and "Rotunda Services Oy" in result.stderr


def test_restricted_writes_rows_as_csv_and_as_json_lines() -> None:
    options = ["owners", "restricted", "--table", TABLE, "--on", "2025-10-15", "--test", "bis"]
    rows = list(csv.DictReader(io.StringIO(run(*options).stdout)))
    states = {row["company"]: row["state"] for row in rows}
    assert states == {
        "Huawei Technologies Co., Ltd.": "listed",
        "Hangzhou Hikvision Digital Technology Co., Ltd.": "listed",
        "Harbour Lane Holding Ltd.": "restricted",
        "Rotunda Networks GmbH": "restricted",
        "Rotunda Services Oy": "restricted",
        "Low Tide Devices Ltd.": "possibly_restricted",
        "Quay Street Telecom Ltd.": "part_owned",
    }
    lines = [json.loads(line) for line in run(*options, "--format", "jsonl").stdout.splitlines()]
    assert [line["company"] for line in lines] == [row["company"] for row in rows]
    assert lines[-1]["held_percent"] == 35.0 and isinstance(lines[-1]["owners"], list)


def test_restricted_while_the_rule_is_stayed_has_no_rows_of_bis() -> None:
    options = ["owners", "restricted", "--table", TABLE, "--on", "2025-11-10"]
    assert run(*options).stdout.splitlines()[1:] == []
    result = run(*options, "--test", "bis")
    assert result.exit_code == 2 and "not in force on 2025-11-10" in result.stderr


def test_lists_says_which_flow_down_and_why_others_do_not() -> None:
    stayed = " ".join(run("owners", "lists", "--on", "2026-01-15").stdout.split())
    assert "the Entity List: stayed from 10 November 2025 until 10 November 2026" in stayed
    live = " ".join(run("owners", "lists", "--on", "2025-10-15").stdout.split())
    assert "bis: 50 percent or more, owners counted together" in live
    assert "CMIC" in live and "OFAC FAQ 857" in live


def test_the_template_is_a_table_that_the_command_reads(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(run("owners", "--template").stdout, encoding="utf-8")
    result = run("owners", "restricted", "--table", str(path), "--on", "2025-10-15")
    assert result.exit_code == 0 and "Example Holding Ltd.,bis,restricted" in result.stdout


def test_warnings_of_a_table_go_to_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "over.csv"
    path.write_text("owner,owned,share\nA,X,60\nB,X,60\n", encoding="utf-8")
    result = run("owners", "restricted", "--table", str(path))
    assert result.exit_code == 0 and "warning: " in result.stderr and "120 percent" in result.stderr


def test_a_party_without_a_name_is_left_alone() -> None:
    order = replace(ORDER, parties=(Party(role="end_user"),))
    assert licet.check(order, owners=table(f"{HUAWEI},X,50,,")).ownership == ()
