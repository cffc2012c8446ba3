"""An answer says how old what it rests on is; beyond the limit it says so, or is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.freshness import FILE, LAW, Age, Limits, LimitsError, limits
from licet.lists.confirmed import CHECKED, confirmed, remember
from licet.sources.download import Marks
from tests.lists.test_updating import sdn

ROOT = Path(__file__).parents[1]
ORDER = licet.read_order(ROOT / "examples" / "osaka.toml")
BOOK = licet.rulebook()
DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2030, 1, 1))


def ages(decision: licet.Decision) -> dict[str, Age]:
    return {one.what: one for one in decision.freshness}


def run(*words: str, data: Path | None = None) -> tuple[int, str]:
    env = {"LICET_DATA": str(data)} if data else None
    done = CliRunner().invoke(app, [str(word) for word in words], env=env)
    return done.exit_code, done.output


@given(as_of=DAYS, seen=st.none() | DAYS, on=DAYS, limit=st.integers(0, 400))
def test_a_copy_is_stale_just_when_its_last_sure_day_is_more_than_the_limit_before_the_question(
    as_of: dt.date, seen: dt.date | None, on: dt.date, limit: int
) -> None:
    age = Age("SDN", as_of, seen, on, limit)
    last = max(as_of, seen) if seen else as_of
    assert age.stale == (last + dt.timedelta(limit) < on)
    later = Age("SDN", as_of, seen, on + dt.timedelta(1), limit)
    assert later.stale or not age.stale, "nothing grows younger"


def test_the_day_on_which_a_list_is_as_old_as_it_may_be_and_the_day_after() -> None:
    table = ages(licet.check(ORDER))["SDN"]
    assert table.as_of is not None and table.days == 0 and not table.stale
    last = table.as_of + dt.timedelta(table.limit)
    for day, stale in ((last, False), (last + dt.timedelta(1), True)):
        assert ages(licet.check(ORDER, on=day))["SDN"].stale is stale


def test_the_law_has_a_limit_too() -> None:
    last = BOOK.as_of + dt.timedelta(limits().law)
    assert not ages(licet.check(ORDER, on=last))[LAW].stale
    assert ages(licet.check(ORDER, on=last + dt.timedelta(1)))[LAW].stale


def test_a_memo_and_json_say_what_is_older_than_its_limit() -> None:
    order = str(ROOT / "examples" / "osaka.toml")
    _, then = run("check", order, "--lists", "none")
    assert "lder than" not in then
    _, late = run("check", order, "--lists", "none", "--on", "2030-12-24")
    assert "Rests on law and" in late and "Older than its limit on 24 December 2030" in late
    _, text = run("check", order, "--lists", "none", "--on", "2030-12-24", "--format", "jsonl")
    rows = {row["what"]: row for row in json.loads(text)["freshness"]}
    assert (
        rows["law"]["stale"] is True
        and rows["law"]["days"] == (dt.date(2030, 12, 24) - BOOK.as_of).days
    )
    assert {"EL", "SDN", "DPL", "UVL", "MEU"} <= rows.keys()


def test_by_policy_there_is_no_answer_and_the_error_says_what_to_renew(tmp_path: Path) -> None:
    order = str(ROOT / "examples" / "osaka.toml")
    late = ("check", order, "--on", "2030-12-24")
    status, said = run(*late, "--refuse-stale", data=tmp_path)
    assert status == 2
    assert "SDN as of" in said and "licet lists update" in said and "licet law update" in said
    (tmp_path / FILE).write_text("refuse = true\n", encoding="utf-8")
    assert run(*late, data=tmp_path)[0] == 2, "the setting refuses as the option does"
    assert run("check", order, data=tmp_path)[0] == 1, "a day that the copies reach is answered"
    wide = "refuse = true\nlaw = 3650\nother = 3650\n[lists]\n"
    codes = ("SDN", "EL", "UVL", "MEU", "DPL", "SSI", "CMIC", "FSE", "PLC", "MBS", "CAPTA")
    wide += "".join(f"{code} = 3650\n" for code in codes)
    (tmp_path / FILE).write_text(wide, encoding="utf-8")
    assert run(*late, data=tmp_path)[0] == 1


def test_what_may_not_be_answered_is_not_answered_from_python_either() -> None:
    with pytest.raises(licet.TooOld, match=r"law as of .* limit 30 days"):
        licet.check(ORDER, on=dt.date(2030, 1, 1), refuse_stale=True)
    assert licet.check(ORDER, refuse_stale=True).outcome == "license_required"
    with pytest.raises(licet.TooOld, match="EL as of"):
        licet.screen("Huawei", lists="EL", on=dt.date(2030, 1, 1), refuse_stale=True)


def test_a_loaded_copy_makes_its_list_fresh_and_a_far_too_short_one_does_not(
    tmp_path: Path,
) -> None:
    day = dt.date(2026, 10, 1)
    path = tmp_path / "sdn.xml"
    path.write_bytes(sdn(day.isoformat(), *range(40)))
    store = licet.lists.store(tmp_path / "data")
    store.load(path)
    found = ages(licet.check(ORDER, on=day, lists=store))["SDN"]
    assert found.stale, "forty entries are no SDN List"
    path.write_bytes(sdn(day.isoformat(), *range(20_000)))
    store.load(path)
    found = ages(licet.check(ORDER, on=day, lists=store))["SDN"]
    assert (found.as_of, found.stale) == (day, False)


def test_an_unchanged_list_stays_fresh_while_its_publisher_is_asked(tmp_path: Path) -> None:
    today = dt.datetime.now(dt.UTC).date()
    day = today - dt.timedelta(60)
    path = tmp_path / "own.json"
    own = {"id": "a", "schema": "Company", "properties": {"name": ["Acme Rotor Works"]}}
    path.write_text(json.dumps(own) + "\n", encoding="utf-8")
    store = licet.lists.store(tmp_path)
    store.load(path, list="OWN", as_of=day)
    assert ages(licet.check(ORDER, on=today, lists=store))["OWN"].stale
    remember(tmp_path, "own", "https://example.org", Marks(), "0", {"OWN": day.isoformat()})
    found = ages(licet.check(ORDER, on=today, lists=store))["OWN"]
    assert (found.as_of, found.confirmed, found.stale) == (day, today, False)
    before = today - dt.timedelta(1)
    then = ages(licet.check(ORDER, on=today, known=before, lists=store))
    assert then.get("OWN", Age("OWN", None, None, today, 0)).confirmed is None, "not known then"


def test_what_cannot_be_read_confirms_nothing(tmp_path: Path) -> None:
    for text in ("", "[]", "{", '{"un": {"url": 1}}', '{"un": null}'):
        (tmp_path / CHECKED).write_text(text, encoding="utf-8")
        assert confirmed(tmp_path) == {}
    row: dict[str, object] = {
        "url": "",
        "etag": None,
        "modified": None,
        "sha256": "",
        "at": "never",
        "lists": {},
    }
    (tmp_path / CHECKED).write_text(json.dumps({"un": row}), encoding="utf-8")
    assert confirmed(tmp_path) == {}


def test_screening_says_so_in_every_form(tmp_path: Path) -> None:
    words = ("screen", "Lindgren Bakery", "--lists", "EL", "--on", "2030-01-01")
    _, text = run(*words, data=tmp_path)
    assert "older than its limit of 14 days" in text
    _, lines = run(*words, "--format", "jsonl", data=tmp_path)
    row = json.loads(next(line for line in lines.splitlines() if line.startswith("{")))
    assert row["stale"] == ["EL"] and "older than its limit" in row["lists"]
    status, said = run(*words, "--refuse-stale", data=tmp_path)
    assert status == 2 and "EL as of" in said
    _, then = run(*words[:-1], "2019-06-30", data=tmp_path)
    assert "older" not in then


def test_a_file_that_says_no_day_is_not_fresh(tmp_path: Path) -> None:
    own = {"id": "a", "schema": "Company", "properties": {"name": ["Acme Rotor Works"]}}
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own) + "\n", encoding="utf-8")
    found = licet.screen_names.open_lists(path)
    assert found.days[0].as_of is None
    assert found.ages()[0].stale
    assert "no day given, so not fresh" in str(found)
    assert Age("OWN", None, dt.date(2026, 1, 1), dt.date(2026, 1, 1), 30).stale


def test_a_replay_tells_its_copies_and_refuses_by_policy(tmp_path: Path) -> None:
    book = tmp_path / "orders.csv"
    book.write_text("id,to,line.eccn\n1,DE,EAR99\n", encoding="utf-8")
    days = ("--on", "2019-05-15", "--on", "2030-12-24")
    status, said = run("replay", str(book), *days, data=tmp_path)
    assert status == 0
    table = BOOK.as_of
    assert f"Lists of the rulebook: EL, UVL, MEU to {table}" in " ".join(said.split())
    assert "Older than its limit: law as of" in " ".join(said.split())
    status, said = run("replay", str(book), *days, "--refuse-stale", data=tmp_path)
    assert status == 2 and "licet law update" in said
    _, said = run("replay", str(book), *days[:2], "--refuse-stale", data=tmp_path)
    assert "lder than" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1", "no key 'x'; allowed: refuse, law, other, lists"),
        ("law = -1", "law: -1; allowed"),
        ("law = true", "law: True; allowed"),
        ("other = '7'", "other: '7'; allowed"),
        ("lists = 7", "lists: no table"),
        ("[lists]\nSDN = 7.5", "SDN: 7.5; allowed"),
        ("refuse = 'yes'", "refuse: 'yes'; allowed: true or false"),
        ("law =", "is not TOML"),
    ],
)
def test_limits_are_read_whole_or_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(LimitsError, match=says):
        limits(tmp_path)
    order = str(ROOT / "examples" / "osaka.toml")
    status, said = run("check", order, data=tmp_path)
    assert status == 2 and FILE in said


def test_own_limits_change_what_they_name_and_no_more(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[lists]\nsdn = 1\n", encoding="utf-8")
    own, packaged = limits(tmp_path), limits()
    assert own.of("SDN") == 1
    assert (own.law, own.other, own.of("UN")) == (packaged.law, packaged.other, packaged.of("UN"))
    assert isinstance(own, Limits) and not own.refuse
