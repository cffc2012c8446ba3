"""The command line as its users meet it: the memo, exit statuses, JSON lines, errors and the law pages."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import licet
from licet.cli import app
from licet.law.rulebook import packaged

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
OSAKA = str(EXAMPLES / "osaka.toml")


def run(*arguments: str, stdin: str | bytes = b"", columns: int = 100) -> Result:
    """The command in this process; it must end with an exit status and without a traceback."""
    result = CliRunner().invoke(app, arguments, input=stdin, env={"COLUMNS": str(columns)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def process(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")
    }
    return subprocess.run(
        [sys.executable, "-m", "licet", *arguments],
        input=stdin, capture_output=True, timeout=60, env=kept | env, check=False,
    )  # fmt: skip


def flat(text: str) -> str:
    """A text without its line breaks, as wide terminals and narrow ones share it."""
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    """The lines of a memo under a heading, as one text."""
    found = re.search(rf"^{re.escape(title)}\n((?:  .*\n)+)", text, re.MULTILINE)
    return flat(found[1]) if found else ""


def headings(text: str) -> list[str]:
    return re.findall(r"\n\n(\w.*)\n  ", text)


def osaka(**changes: object) -> dict[str, Any]:
    """The order of Osaka as a program would send it, with other facts."""
    order = tomllib.loads(Path(OSAKA).read_text())
    order["date"] = str(order["date"])
    return order | changes


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


# The memo


def test_the_day_after_osaka_the_memo_says_license_required_and_why() -> None:
    result = run("check", OSAKA)
    first, second = result.stdout.splitlines()[:2]
    assert first.startswith("LICENSE REQUIRED") and first.endswith("osaka, 30 June 2019")
    assert second == "A license application is judged under a presumption of denial."
    why = section(result.stdout, "Why")
    assert "15 CFR 734.3(a)(1), since 25 March 1996 (61 FR 12714)" in why
    assert "15 CFR 744.11(a), since 21 August 2008 (73 FR 49311)" in why
    listed = (
        "Huawei Technologies Co., Ltd. (ultimate consignee) has been on the Entity List since "
        "16 May 2019 (84 FR 22963, 21 May 2019)."
    )
    assert why.count(listed) == 1
    assert "Review policy: a presumption of denial." in why
    assert result.exit_code == 1


def test_the_speech_is_named_as_what_did_not_change_the_answer() -> None:
    text = section(run("check", OSAKA).stdout, "What did not change the answer")
    assert (
        "29 June 2019: President of the United States, G20 Osaka Announced, without legal effect: "
        "US companies would be allowed to go on selling to Huawei." in text
    )


def test_a_refusal_says_what_would_make_it_lawful_and_names_no_duties() -> None:
    text = run("check", OSAKA).stdout
    ways = section(text, "What would make it lawful")
    assert "if the ultimate consignee were somebody who is on no list" in ways
    assert "Covered by a license, if BIS granted a license" in ways
    assert "Duties" not in headings(text)


def test_procurement_law_does_not_crowd_the_memo_of_an_export() -> None:
    recent = section(run("check", OSAKA).stdout, "Recent changes of the law")
    assert "16 May 2019: 84 FR 22961" in recent and "20 May 2019: 84 FR 23468" in recent
    assert "section 889" not in recent


def test_the_day_before_the_listing_no_license_is_required() -> None:
    result = run("check", OSAKA, "--on", "2019-05-15")
    assert result.stdout.startswith("NO LICENSE REQUIRED")
    assert "Nobody in the order is on the Entity List, the Unverified List" in flat(result.stdout)
    assert "as of 15 May 2019, by name or alias" in flat(result.stdout)
    assert "under a name like theirs" in flat(result.stdout)
    assert result.exit_code == 0
    assert run("check", OSAKA, "--on", "2019-05-16").stdout.startswith("LICENSE REQUIRED")


def test_a_rule_that_was_in_force_and_not_yet_published() -> None:
    """84 FR 22961 bound from 16 May and was printed on 21 May 2019."""
    seen = run("check", OSAKA, "--on", "2019-05-17", "--known", "2019-05-17")
    assert seen.stdout.startswith("NO LICENSE REQUIRED") and seen.exit_code == 0
    assert "as known on 17 May 2019" in flat(seen.stdout)
    assert run("check", OSAKA, "--on", "2019-05-17").stdout.startswith("LICENSE REQUIRED")
    assert run("check", OSAKA, "--on", "2019-05-17", "--known", "2019-05-21").exit_code == 1


def test_an_assumed_announcement_is_never_shown_as_law() -> None:
    result = run("check", OSAKA, "--assume", "osaka_2019")
    assert result.stdout.splitlines()[0].startswith("COVERED BY A GENERAL LICENSE")
    assert result.stdout.splitlines()[1] == "As if it were law, which it is not: osaka_2019"
    assert "Lifted by an announcement that is not law" in flat(result.stdout)
    assert "(no legal effect)" in result.stdout


def test_an_order_that_is_not_subject_says_why_the_list_does_not_reach_it() -> None:
    result = run("check", str(EXAMPLES / "not_subject.toml"))
    assert result.stdout.startswith("NOT SUBJECT TO THE EAR")
    assert "The Entity List reaches only items that are subject to the EAR." in flat(result.stdout)
    assert result.exit_code == 0


def test_the_temporary_general_license_stands_under_what_it_lifts() -> None:
    why = section(run("check", str(EXAMPLES / "maintenance.toml")).stdout, "Why")
    assert why.index("15 CFR 744.11(a)") < why.index("Lifted by the Temporary General License")
    assert "15 CFR 744 Supp. No. 7, since 20 May 2019 (84 FR 23468)" in why


def test_where_things_are_missing_the_questions_come_first_with_what_each_answer_gives() -> None:
    result = run("check", str(EXAMPLES / "missing.toml"))
    assert result.stdout.startswith("MORE INFORMATION NEEDED")
    assert "At best not subject to the EAR, at worst license required" in flat(result.stdout)
    assert headings(result.stdout)[0] == "What to find out"
    asked = section(result.stdout, "What to find out")
    assert "1. What percentage of the item's value is controlled US content" in asked
    assert "line[0].controlled_us_content_pct" in asked
    assert "- more than 25: license required" in asked
    assert result.exit_code == 1


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 250])
def test_lines_fit_the_terminal_and_stay_short_enough_to_read(columns: int) -> None:
    for arguments in (
        ("check", OSAKA),
        ("check", str(EXAMPLES / "missing.toml")),
        ("law", "timeline", "Huawei"),
        ("law", "show", "744.11"),
        ("law", "changes", "2020-08-13", "2020-08-17"),
        ("law", "coverage"),
    ):
        for line in run(*arguments, columns=columns).stdout.splitlines():
            assert len(line) <= min(columns, 100), (arguments, line)
            assert line == line.rstrip(), "no blanks at the end of a line"


# Escape codes


def test_no_escape_codes_where_nobody_looks_at_a_terminal() -> None:
    assert b"\x1b" not in process("check", OSAKA).stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal")
@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_has_color_unless_no_color_is_set(no_color: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    env = (
        kept | {"TERM": "xterm-256color", "COLUMNS": "80"} | ({"NO_COLOR": "1"} if no_color else {})
    )
    command = [sys.executable, "-m", "licet", "check", OSAKA]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=env) as child:
        os.close(theirs)
        text = b"".join(_terminal(ours))
        assert child.wait() == 1
    os.close(ours)
    assert b"LICENSE REQUIRED" in text
    assert (b"\x1b[" in text) is not no_color


def _terminal(fd: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(fd, 4096)
        except OSError:  # Linux ends a terminal so
            return
        if not part:
            return
        yield part


# Formats


FIELDS = {
    "id", "outcome", "best", "worst", "subject_to_ear", "review_policy", "requirements",
    "authorizations", "missing", "duties", "red_flags", "listings", "law", "proof",
}  # fmt: skip


def test_a_line_of_json_has_every_field_that_programs_read() -> None:
    (answer,) = answers(run("check", "--format", "jsonl", OSAKA))
    assert answer.keys() >= FIELDS
    assert answer["id"] == "osaka"
    assert answer["outcome"] == answer["best"] == answer["worst"] == "license_required"
    assert answer["subject_to_ear"] is True
    assert answer["review_policy"] == "presumption_of_denial"
    (requirement,) = answer["requirements"]
    assert {k: requirement[k] for k in ("rule", "cite", "policy", "lifted_by")} == {
        "rule": "entity_list", "cite": "15 CFR 744.11(a)", "policy": "presumption_of_denial",
        "lifted_by": [],
    }  # fmt: skip
    assert answer["law"].keys() >= {"on", "known", "id"}
    assert answer["law"]["on"] == "2019-06-30" and answer["law"]["known"] is None
    assert answer["law"]["id"] == licet.rulebook().id
    assert ("EL", "Huawei Technologies Co., Ltd.") in {
        (listing["list"], listing["name"]) for listing in answer["listings"]
    }
    held = {part["rule"] for part in answer["proof"] if part["value"] is True}
    assert {"entity_list", "subject_to_ear"} <= held


def test_an_authorization_names_rule_symbol_and_citation() -> None:
    (answer,) = answers(run("check", "--format", "jsonl", str(EXAMPLES / "maintenance.toml")))
    (permit,) = answer["authorizations"]
    assert (permit["rule"], permit["symbol"], permit["cite"]) == (
        "temporary_general_license", "TGL", "15 CFR 744 Supp. No. 7",
    )  # fmt: skip
    assert answer["requirements"][0]["lifted_by"] == ["temporary_general_license"]


def test_a_missing_fact_has_a_question_and_the_outcome_of_each_answer() -> None:
    (answer,) = answers(run("check", "--format", "jsonl", str(EXAMPLES / "missing.toml")))
    assert answer["outcome"] == "needs_information"
    assert (answer["best"], answer["worst"]) == ("not_subject", "license_required")
    asked = {item["fact"]: item for item in answer["missing"]}
    content = asked["line[0].controlled_us_content_pct"]
    assert content["question"].endswith("?")
    assert "license_required" in {one["outcome"] for one in content["outcomes"]}


def test_one_document_for_one_order_and_a_list_for_several() -> None:
    one = json.loads(run("check", "--format", "json", OSAKA).stdout)
    assert one["id"] == "osaka"
    two = json.loads(run("check", "--format", "json", OSAKA, OSAKA).stdout)
    assert [answer["id"] for answer in two] == ["osaka", "osaka"]


def test_a_bad_order_among_many_gets_its_error_in_its_place() -> None:
    result = run("check", "--format", "jsonl", str(EXAMPLES / "many.jsonl"))
    found = answers(result)
    assert [answer["id"] for answer in found] == ["PO-1", "PO-2", "PO-3", "PO-4", "PO-5"]
    assert [answer.get("outcome") for answer in found] == [
        "no_license_required", "license_required", "not_subject", None, "general_license",
    ]  # fmt: skip
    assert found[3].keys() == {"id", "error"}
    assert "many.jsonl:4: destination: is not a field" in found[3]["error"]
    assert result.exit_code == 2


def test_a_bad_order_among_memos_goes_to_standard_error() -> None:
    result = run("check", str(EXAMPLES / "many.jsonl"))
    assert flat(result.stdout).count("Not legal advice.") == 4
    assert "many.jsonl:4: destination" in result.stderr
    assert "destination: is not a field" not in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        Path(OSAKA).read_text(),
        json.dumps(osaka(), indent=2),
        json.dumps([osaka()]),
        json.dumps(osaka()) + "\n",
    ],
    ids=["TOML", "JSON", "JSON array", "JSON lines"],
)
def test_standard_input_in_every_shape(text: str) -> None:
    (answer,) = answers(run("check", "--format", "jsonl", "-", stdin=text))
    assert (answer["id"], answer["outcome"]) == ("osaka", "license_required")


def test_several_files_are_answered_in_their_order() -> None:
    files = [str(EXAMPLES / f"{name}.toml") for name in ("osaka", "maintenance", "en_route")]
    result = run("check", "--format", "jsonl", *files)
    assert [answer["outcome"] for answer in answers(result)] == [
        "license_required", "general_license", "no_license_required",
    ]  # fmt: skip
    assert result.exit_code == 1
    assert run("check", *files[1:]).exit_code == 0


def test_names_in_every_script_come_back_as_they_were() -> None:
    order = osaka(id="订单 № 7 ключ")
    order["party"][0]["name"] = "华为技术有限公司"
    done = process(
        "check",
        "--format",
        "jsonl",
        "-",
        stdin=json.dumps(order).encode(),
        PYTHONIOENCODING="ascii",
    )
    assert done.stderr == b""
    assert json.loads(done.stdout.decode("utf-8"))["id"] == "订单 № 7 ключ"


# Exit statuses


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("check", str(EXAMPLES / "maintenance.toml")), 0),
        (("check", OSAKA), 1),
        (("check", str(EXAMPLES / "missing.toml")), 1),
        (("check", "no-such-file.toml"), 2),
        (("check",), 2),
        (("check", OSAKA, "--on", "2019-02-30"), 2),
        (("check", OSAKA, "--on", "2017-12-31"), 2),
        (("check", OSAKA, "--assume", "geneva_2019"), 2),
        (("law", "show", "no_such_rule"), 2),
        (("law", "timeline", "no such subject"), 2),
        (("law", "changes", "2019-05-16", "2019-05-15"), 2),
        (("law", "coverage"), 0),
    ],
)
def test_exit_status_of_the_real_command(arguments: tuple[str, ...], status: int) -> None:
    done = process(*arguments)
    assert done.returncode == status, done.stderr.decode()
    assert (status == 2) == bool(done.stderr)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("format", ["jsonl", "text"])
def test_a_closed_pipe_is_quiet(tmp_path: Path, format: str) -> None:
    """As in ``licet check orders.jsonl --format jsonl | head -1``."""
    file = tmp_path / "orders.jsonl"
    file.write_text((json.dumps(osaka()) + "\n") * 100)
    command = [sys.executable, "-m", "licet", "check", "--format", format, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout and child.stderr
        assert child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""


# Bad input: the message names the file, the line and the field


ORDER = """\
id = "PO-1"
date = 2019-06-30
activity = "export"
from = "US"
to = "CN"

[[party]]
role = "ultimate_consignee"
name = "Huawei Technologies Co., Ltd."
country = "CN"

[[line]]
eccn = "3A991.a.1"
value_usd = 50000
"""


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("activity", "activty", '3: activty: is not a field of an order. Did you mean "activity"?'),
        ("50000", '"much"', "14: line[0].value_usd: "),
        ("2019-06-30", "2019-06-31", "2: date: 2019-06-31 is not a day"),
        ('to = "CN"', 'to = "ZZ"', '5: to: "ZZ" is not a country code'),
        ("3A991.a.1", "A3991", "13: line[0].eccn: "),
        ("50000", "-1", "14: line[0].value_usd: -1 is a negative number"),
        (
            "[[line]]",
            '[[party]]\nrole = "ultimate_consignee"\nname = "B"\n\n[[line]]',
            '13: party[1].role: a second "ultimate_consignee"',
        ),
        ('"export"', '"exprt"', '3: activity: '),
        ("[[line]]", "[[line]", "12: "),
    ],
    ids=[
        "unknown field", "wrong type", "impossible date", "unknown country", "ECCN shape",
        "negative value", "two ultimate consignees", "unknown word", "not TOML",
    ],
)  # fmt: skip
def test_a_wrong_order_is_refused_with_file_line_and_field(
    tmp_path: Path, good: str, bad: str, message: str
) -> None:
    assert run("check", "-", stdin=ORDER).exit_code == 1
    file = tmp_path / "order.toml"
    file.write_text(ORDER.replace(good, bad))
    result = run("check", str(file))
    assert result.stdout == "" and result.exit_code == 2
    assert result.stderr.startswith(f"{file}:{message}")
    (answer,) = answers(run("check", "--format", "jsonl", str(file)))
    assert answer["error"].startswith(f"{file}:{message}")


def test_an_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "order.toml"
    file.touch()
    result = run("check", str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}: holds no order; it is empty.")


@pytest.mark.parametrize("name", ["-", "order.toml", "order.json", "orders.jsonl", "order"])
def test_ten_megabytes_of_garbage(tmp_path: Path, name: str) -> None:
    garbage = random.Random(1).randbytes(10_000_000)
    if name == "-":
        result = run("check", "-", stdin=garbage)
    else:
        file = tmp_path / name
        file.write_bytes(garbage)
        result = run("check", str(file))
    assert result.exit_code == 2 and result.stdout == ""
    assert 0 < len(result.stderr) < 20_000, "the message does not repeat the garbage"


def test_an_order_without_a_day_or_before_the_rulebook_begins() -> None:
    undated = run("check", "-", stdin='id = "PO-1"\n')
    assert undated.exit_code == 2 and "standard input: date: not given" in undated.stderr
    early = run("check", OSAKA, "--on", "2017-12-31")
    assert early.exit_code == 2 and "before 2018-01-01" in early.stderr


def test_a_file_that_does_not_exist_offers_the_nearest_name() -> None:
    result = run("check", str(EXAMPLES / "osaka.tml"))
    assert "there is no such file" in result.stderr and "osaka.toml" in result.stderr


def test_a_rule_that_calls_a_function_is_refused_with_file_line_and_column(tmp_path: Path) -> None:
    folder = tmp_path / "rulebook"
    _copy(packaged(), folder)
    rule = folder / "rules/us/15cfr/744/11.toml"
    text = rule.read_text()
    at = text.index('when = """\n') + len('when = """\n')
    rule.write_text(text[:at] + "__import__('os').system('true') and " + text[at:])
    line = text.count("\n", 0, at) + 1
    result = run("check", OSAKA, "--rulebook", str(folder))
    assert result.exit_code == 2 and result.stdout == ""
    assert f"rules/us/15cfr/744/11.toml:{line}:" in result.stderr


def test_another_rulebook_decides_as_the_packaged_one_that_it_is_a_copy_of(tmp_path: Path) -> None:
    _copy(packaged(), tmp_path / "rulebook")
    (ours,) = answers(run("check", "--format", "jsonl", OSAKA))
    (theirs,) = answers(
        run("check", "--format", "jsonl", OSAKA, "--rulebook", str(tmp_path / "rulebook"))
    )
    assert ours == theirs


def _copy(folder: Any, to: Path) -> None:
    to.mkdir()
    for item in folder.iterdir():
        if item.is_dir():
            _copy(item, to / item.name)
        else:
            (to / item.name).write_bytes(item.read_bytes())


@pytest.mark.parametrize("target", ["no-such-folder", "pyproject.toml"])
def test_a_rulebook_that_is_not_there(target: str) -> None:
    result = run("check", OSAKA, "--rulebook", target)
    assert result.exit_code == 2 and target in result.stderr


# The law


def test_a_rule_is_shown_with_its_versions_and_examples() -> None:
    text = run("law", "show", "temporary_general_license").stdout
    assert text.startswith("temporary_general_license  authorization")
    assert "From 20 May 2019 through 19 August 2019, published 22 May 2019" in text
    assert "15 CFR 744 Supp. No. 7, by 84 FR 23468" in text
    assert "Ended on 17 August 2020" in text
    assert re.search(r"Examples: \d+ hold, \d+ do not", text)


def test_a_section_shows_all_its_rules() -> None:
    for name in ("744.11", "15 CFR 744.11", "15 cfr 744.11(a)"):
        assert "\nentity_list  requirement" in run("law", "show", name).stdout
    assert "744.11" not in run("law", "show", "744.1").stdout, "744.1 is another section"


def test_a_rule_that_does_not_exist_offers_the_nearest() -> None:
    assert "Did you mean entity_list" in run("law", "show", "enity_list").stderr
    assert "15 CFR 744.11" in run("law", "show", "744.99").stderr


def test_instruments_and_announcements_differ_at_a_glance_without_color() -> None:
    lines = run("law", "timeline", "Huawei").stdout.splitlines()
    law = next(line for line in lines if "84 FR 22961" in line and "LAW" in line)
    said = next(line for line in lines if "G20 Osaka" in line)
    advice = next(line for line in lines if "BIS FAQs of 9 September 2019" in line)
    assert law.startswith("┃ 2019-05-16  LAW ")
    assert said.startswith("┊ 2019-06-29  NOT LAW ")
    assert advice.startswith("│ 2019-09-09  guidance")


def test_the_timeline_is_in_order_of_time_and_can_be_narrowed() -> None:
    def dates(*subject: str) -> list[str]:
        text = run("law", "timeline", *subject).stdout
        return re.findall(r"^[┃│┊] (\d{4}-\d\d-\d\d)  ", text, re.MULTILINE)

    everything, huawei = dates(), dates("Huawei")
    assert everything == sorted(everything)
    assert len(everything) == len(licet.rulebook().instruments) + len(
        licet.rulebook().announcements
    )
    assert 0 < len(huawei) < len(everything)
    assert dates("huawei") == huawei


def test_what_changed_when_huawei_was_listed() -> None:
    text = flat(run("law", "changes", "2019-05-15", "2019-05-16").stdout)
    assert text.startswith("The law of 16 May 2019 against that of 15 May 2019 16 May 2019")
    assert "begins: entity_list_savings" in text
    assert re.search(r"begins: \d+ rows of entity_list", text)
    assert "84 FR 22963, 21 May 2019" in text
    assert "No difference." in run("law", "changes", "2019-06-28", "2019-06-30").stdout


def test_coverage_counts_sections_rules_and_examples() -> None:
    text = flat(run("law", "coverage").stdout)
    assert re.search(r"\d+ sections: \d+ modelled, \d+ partly, \d+ not\. \d+ rules", text)
    assert licet.rulebook().id in text


# The command line and the library are the same


def test_the_library_mirrors_the_command() -> None:
    for arguments, terms in (
        ((), {}),
        (("--on", "2019-05-15"), {"on": "2019-05-15"}),
        (
            ("--on", "2019-05-17", "--known", "2019-05-17"),
            {"on": "2019-05-17", "known": "2019-05-17"},
        ),
    ):
        import datetime as dt

        days = {name: dt.date.fromisoformat(day) for name, day in terms.items()}
        (answer,) = answers(run("check", "--format", "jsonl", OSAKA, *arguments))
        decision = licet.check(licet.read_order(OSAKA), **days)  # type: ignore[arg-type]
        assert json.loads(licet.to_json(decision)) == answer


def test_importing_the_library_loads_no_command_line_and_no_xml() -> None:
    code = "import sys, licet; print([m for m in ('typer', 'rich', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
