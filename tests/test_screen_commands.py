"""``licet screen`` and ``licet compare``, and the functions that mirror them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import licet
from licet.cli import app
from licet.parties.listing import Identifier
from licet.parties.screening import THRESHOLD
from licet.screen_commands import DOUBT
from licet.screen_lists import of_listings

from . import screen_lists_made_up as made_up

DAY = dt.timedelta(days=1)
LISTED = dt.date(2019, 5, 16)


@pytest.fixture
def lists(tmp_path: Path) -> str:
    return str(made_up.write(tmp_path / "own.ftm.json"))


def run(*arguments: str, status: int, **more: Any) -> Result:
    result = CliRunner().invoke(app, [*arguments], **more)
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_a_listed_name_is_a_match_with_its_reasons(lists: str) -> None:
    text = run(
        "screen", "Ingmar Halvorsen", "--born", "1961-04-02", "--lists", lists, status=1
    ).stdout
    assert "MATCH" in text
    assert "(OWN:1)" in text
    assert "born 1961-04-02" in text


def test_nobody_found_says_on_which_lists_of_which_day(lists: str) -> None:
    text = run("screen", "Lindgren Bakery", "--lists", lists, status=0).stdout
    assert "CLEAR: no listing found. Looked through: OWN as of" in text
    assert "(3 entries)" in text


def test_a_name_that_tells_nobody_apart_is_an_error(lists: str) -> None:
    result = run("screen", "Co., Ltd.", "--lists", lists, status=2)
    assert "NOT SCREENED" in result.stdout
    assert "give the whole name" in result.stderr


@pytest.mark.parametrize("number", ["IMO 9187655", "9187655"])
def test_a_ship_is_found_by_its_number_under_another_name(number: str, lists: str) -> None:
    text = run("screen", "Lady Rosamund", "--id", number, "--lists", lists, status=1).stdout
    assert "(OWN:3)" in text
    assert "Imo 9187655." in text


def test_days_of_the_past_are_answered_by_the_packaged_lists() -> None:
    """Huawei was put on the Entity List on 16 May 2019 (84 FR 22961)."""
    name = "Huawei Technologies Co., Ltd."
    run("screen", name, "--lists", "EL", "--on", str(LISTED - DAY), status=0)
    assert (
        "listed since 2019-05-16"
        in run("screen", name, "--lists", "EL", "--on", str(LISTED), status=1).stdout
    )
    assert licet.screen(name, lists="EL", on=LISTED - DAY).verdict == "clear"
    assert licet.screen(name, lists=["EL"], on=LISTED).verdict == "match"


def test_days_of_the_past_are_answered_by_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICET_DATA", str(tmp_path / "data"))
    one, two = tmp_path / "one.ftm.json", tmp_path / "two.ftm.json"
    licet.lists.load(made_up.write(one, made_up.EVERYONE[:2]), as_of=LISTED)
    licet.lists.load(made_up.write(two), as_of=LISTED + DAY)
    run("screen", "Ocean Tern", "--lists", "OWN", "--on", str(LISTED), status=0)
    run("screen", "Ocean Tern", "--lists", "OWN", "--on", str(LISTED + DAY), status=1)


def test_lists_that_are_not_there_are_named_with_those_that_are(tmp_path: Path) -> None:
    result = run("screen", "Lindgren", "--lists", "EL,NOPE", status=2)
    assert "--lists: no NOPE for today" in result.stderr
    assert "EL" in result.stderr.partition("there:")[2]
    with pytest.raises(ValueError, match="lists: no NOPE"):
        licet.screen("Lindgren", lists="NOPE")
    with pytest.raises(ValueError, match="no such file or folder"):
        licet.screen("Lindgren", lists=tmp_path / "nope.xml")
    damaged = tmp_path / "sdn.xml"
    damaged.write_text("<html>404</html>")
    assert str(damaged) in run("screen", "Lindgren", "--lists", str(damaged), status=2).stderr


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--kind", "planet", "one of person"),
        ("--country", "XQ", "two letters"),
        ("--born", "spring", "write 1965"),
    ],
)
def test_options_are_checked(option: str, value: str, says: str, lists: str) -> None:
    assert says in run("screen", "Lindgren", option, value, "--lists", lists, status=2).stderr


def test_json_lines_through_a_pipe_end_with_0_and_each_line_has_its_answer(lists: str) -> None:
    lines = ['{"id": "a", "name": "Ingmar Halvorsen"}', "", "{", "[1]", '{"id": "b", "name": ""}']
    result = run(
        "screen", "--lists", lists, "--format", "jsonl", "-", status=0, input="\n".join(lines)
    )
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("verdict") for one in found] == ["match", None, None, None]
    assert "not a JSON line" in found[1]["error"]
    assert "write one object a line" in found[2]["error"]
    assert found[3] == {"id": "b", "error": found[3]["error"]}


def test_options_hold_for_every_line_that_says_nothing_itself(lists: str) -> None:
    lines = '{"name": "Ingmar Halvorsen", "country": "SE"}\n{"name": "Ingmar Halvorsen"}\n'
    result = run("screen", "--lists", lists, "--country", "NO", "-", status=1, input=lines)
    first, second = (json.loads(line)["candidates"][0] for line in result.stdout.splitlines())
    assert "SE, where the listing names NO" in first["says"]
    assert "the listing names NO" in second["says"]
    assert second["score"] > first["score"]


def test_many_lines_by_several_processes_keep_their_order(lists: str) -> None:
    names = ["Ingmar Halvorsen", "Lindgren Bakery", "Brannoch Aero"]
    count = 5001
    lines = "".join(
        json.dumps({"id": str(at), "name": names[at % 3]}) + "\n" for at in range(count)
    )
    result = run("screen", "--lists", lists, "-", status=0, input=lines)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in found] == [str(at) for at in range(count)]
    assert all((one["verdict"] == "clear") == (at % 3 == 1) for at, one in enumerate(found))


# --- the same from Python -------------------------------------------------------------------------

EVERYONE = of_listings(made_up.EVERYONE)


def test_one_name_gives_one_answer_and_many_a_list() -> None:
    assert licet.screen("Ingmar Halvorsen", lists=EVERYONE).candidates[0].listing is not None
    found = licet.screen(["Ingmar Halvorsen", {"name": "Lindgren", "id": "9"}], lists=EVERYONE)
    assert [(one.query.id, one.verdict) for one in found] == [("", "match"), ("9", "clear")]


def test_facts_are_weighed_as_on_the_command_line(lists: str) -> None:
    facts = {"kind": "person", "country": "NO", "born": "1961"}
    (row,) = (
        json.loads(line)
        for line in run(
            "screen", "Ingmar Halvorson", "--kind", "person", "--country", "NO", "--born", "1961",
            "--format", "jsonl", "--lists", lists, status=1,
        ).stdout.splitlines()
    )  # fmt: skip
    answer = licet.screen("Ingmar Halvorson", lists=EVERYONE, **facts)  # type: ignore[call-overload]
    assert answer.verdict == row["verdict"]
    assert answer.candidates[0].score == row["candidates"][0]["score"]


def test_numbers_may_be_text_or_told_by_kind() -> None:
    for number in ("IMO 9187655", Identifier("imo", "9187655")):
        answer = licet.screen("Lady Rosamund", lists=EVERYONE, identifiers=[number])
        assert answer.candidates[0].listing.key == "OWN:3"


def test_a_bad_row_is_an_error_in_its_place() -> None:
    bad, good = licet.screen([{"name": "X", "country": "??"}, "Lindgren"], lists=EVERYONE)
    assert bad.error.startswith("names[0]: country: '??'")
    assert not bad.verdict
    assert good.verdict == "clear"
    with pytest.raises(ValueError, match=r"threshold: 0.1; allowed: 0.5 to 1"):
        licet.screen("Lindgren", lists=EVERYONE, threshold=0.1)


def test_importing_licet_loads_nothing_of_screening() -> None:
    heavy = "'numpy', 'scipy', 'pyarrow', 'rapidfuzz', 'licet.dispositions'"
    code = (
        "import licet, sys; licet.screen; licet.compare; "
        f"print([m for m in ({heavy}) if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert callable(licet.rescreen)
    assert callable(licet.dispositions.applied)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        licet.nope  # noqa: B018


def test_the_command_line_loads_screening_for_the_commands_that_screen_alone() -> None:
    heavy = "'numpy', 'scipy', 'pyarrow', 'rapidfuzz'"
    code = f"import licet.cli, sys; print([m for m in ({heavy}) if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert DOUBT == THRESHOLD


# --- compare --------------------------------------------------------------------------------------


def test_two_names_are_compared_word_by_word() -> None:
    text = run("compare", "Huawai Technologies", "Huawei Technologies Co., Ltd.", status=0).stdout
    assert "huawai = huawei  (spelling" in text
    pair = licet.compare("Huawai Technologies", "Huawei Technologies Co., Ltd.")
    assert f"score {pair.score:.3f}" in text


def test_pairs_come_in_lines_and_go_out_in_lines() -> None:
    lines = '{"id": "1", "left": "Acme Rotor", "right": "Acme Rotor"}\n{"left": "Acme"}\nno\n'
    found = [
        json.loads(line) for line in run("compare", "-", status=0, input=lines).stdout.splitlines()
    ]
    assert found[0]["verdict"] == "match"
    assert "left, right" in found[1]["error"]
    assert "not a JSON line" in found[2]["error"]


def test_compare_refuses_what_is_no_pair() -> None:
    assert "1 names; give two" in run("compare", "Acme", status=2).stderr
    assert "allowed: person" in run("compare", "A B", "A C", "--kind", "planet", status=2).stderr
    with pytest.raises(ValueError, match="allowed: person"):
        licet.compare("A B", "A C", kind="planet")
