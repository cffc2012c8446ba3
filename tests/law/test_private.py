"""Private rules: letters of BIS bind their addressee beside the public law, and can only add to it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.decide.examples import judge_example, missing_examples
from licet.decision import position
from licet.law.errors import RulebookError
from licet.law.rule import Rule
from licet.order import Order, order_from

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "private"
BOOK = licet.rulebook()
PRIVATE = licet.with_private_rules(BOOK, EXAMPLE)
INFORMED = licet.read_order(ROOT / "examples" / "informed.toml")
ORDERS = [
    order_from(json.loads(line)["order"])
    for line in (ROOT / "tests" / "second_reading" / "orders.jsonl").read_text("utf-8").splitlines()
]


def folder(at: Path, rules: str, *, about: str = "", letters: str | None = None) -> Path:
    """A folder with these private rules, and the letter of the example."""
    at.mkdir(exist_ok=True)
    (at / "private.toml").write_text(about or 'prefix = "acme"\naddressee = "Acme"\n', "utf-8")
    shutil.copy(EXAMPLE / "letters.toml", at / "letters.toml")
    if letters is not None:
        (at / "letters.toml").write_text(letters, "utf-8")
    (at / "rules.toml").write_text(rules, "utf-8")
    return at


def rule(kind: str, when: str = "subject_to_ear", *, id: str = "acme_rule", more: str = "") -> str:
    return f"""
[[rule]]
id = "{id}"
cite = "15 CFR 744.21(b)"
kind = "{kind}"
says = "A letter."
{more}

[[rule.version]]
effective = 2024-09-11
instrument = "acme_letter_2024_09"
when = "{when}"
"""


# --- what a letter does -------------------------------------------------------------------------------


def test_the_addressee_of_a_letter_needs_a_license_that_nobody_else_needs() -> None:
    assert licet.check(INFORMED).outcome == "no_license_required"
    decision = licet.check(INFORMED, rulebook=PRIVATE)
    assert decision.outcome == "license_required"
    assert decision.review_policy == "presumption_of_denial"


def test_a_letter_binds_from_its_day(tmp_path: Path) -> None:
    before = licet.check(INFORMED, on=dt.date(2024, 9, 10), rulebook=PRIVATE)
    assert before.outcome == "no_license_required"
    assert licet.check(INFORMED, on=dt.date(2024, 9, 11), rulebook=PRIVATE).outcome == (
        "license_required"
    )


def test_the_answer_shows_a_private_rule_apart_from_the_public_law() -> None:
    decision = licet.check(INFORMED, rulebook=PRIVATE)
    (letter,) = decision.requirements
    assert letter.authority.private == "Acme Instruments, Inc."
    whose = {item.rule: item.private for item in decision.proof}
    assert whose["acme_informed_tools"] == "Acme Instruments, Inc."
    assert whose["entity_list"] is None
    wire = json.loads(licet.to_json(decision))["requirements"]
    assert [item["private"] for item in wire] == ["Acme Instruments, Inc."]


def test_a_decision_tells_under_which_letters_it_was_made() -> None:
    own, public = licet.check(INFORMED, rulebook=PRIVATE), licet.check(INFORMED)
    assert public.law.id == BOOK.id
    assert own.law.id.startswith(f"{BOOK.id}+")


def test_a_party_that_a_letter_names_is_found_as_on_any_list_and_a_similar_name_is_asked_for() -> (
    None
):
    party = replace(INFORMED.parties[0], name="Lanxi Kilnworks Microfabrication")  # type: ignore[index]
    asked = licet.check(replace(INFORMED, parties=(party,)), rulebook=PRIVATE)
    assert asked.outcome == "hold"
    other = replace(party, disposition="not_listed")
    assert licet.check(replace(INFORMED, parties=(other,)), rulebook=PRIVATE).outcome == (
        "no_license_required"
    )


@pytest.mark.parametrize(
    "rule", [r for r in PRIVATE.rules.values() if r.private], ids=lambda r: r.id
)
def test_the_rules_of_the_example_carry_examples_that_hold(rule: Rule) -> None:
    assert missing_examples(rule) == []
    for example in rule.examples:
        assert judge_example(rule, example, PRIVATE) is example.expected


# --- private rules only add -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    order=st.sampled_from(ORDERS),
    kinds=st.lists(
        st.sampled_from(["requirement", "prohibition", "red_flag", "notice", "scope"]),
        min_size=1,
        max_size=3,
    ),
    conditions=st.lists(
        st.sampled_from([
            "subject_to_ear",
            "not subject_to_ear",
            "us_person and to in ('CN', 'RU')",
            "line.entry == 'EAR99' or 'military' in end_use.purposes",
            "any(p.kind == 'commercial' for p in parties)",
            "entity_list and not entity_list",
        ]),
        min_size=3,
        max_size=3,
    ),
)  # fmt: skip
def test_no_private_rule_makes_an_outcome_better(
    tmp_path_factory: pytest.TempPathFactory,
    order: Order,
    kinds: list[str],
    conditions: list[str],
) -> None:
    text = "".join(
        rule(kind, when, id=f"acme_{at}")
        for at, (kind, when) in enumerate(zip(kinds, conditions, strict=False))
    )
    own = licet.with_private_rules(BOOK, folder(tmp_path_factory.mktemp("private"), text))
    public, private = licet.check(order), licet.check(order, rulebook=own)
    assert position(private.best) >= position(public.best)
    assert position(private.worst) >= position(public.worst)
    assert private.may_go_ahead <= public.may_go_ahead


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (rule("authorization", more='grants = "licensed"\nlifts = ["*"]'), "never lift"),
        (rule("requirement", more='lifts = ["entity_list"]'), "never lift"),
        (rule("notice", more='grants = "license_exception"'), "never lift"),
        (rule("review", more='review_policy = "presumption_of_approval"'), "a private rule may be"),
        (rule("requirement", id="entity_list"), "does not begin with acme_"),
        (rule("requirement", id="acmex"), "does not begin with acme_"),
        (rule("requirement") + rule("notice"), "used twice; first in rules.toml:3"),
        (rule("requirement", "subject_to_eat"), "subject_to_ear"),
        (rule("requirement", "line.kind == 'gadget'"), "never 'gadget'"),
        (
            rule("requirement").replace("acme_letter_2024_09", "acme_letter_2025"),
            "acme_letter_2025",
        ),
    ],
)
def test_what_would_loosen_the_law_or_is_no_rule_is_refused_with_its_place(
    tmp_path: Path, rules: str, says: str
) -> None:
    with pytest.raises(RulebookError) as refused:
        licet.with_private_rules(BOOK, folder(tmp_path / "rules", rules))
    assert says in str(refused.value)
    assert str(refused.value).startswith("rules.toml:")


def test_a_version_may_not_lift_either(tmp_path: Path) -> None:
    rules = rule("requirement") + 'lifts = ["entity_list"]\n'
    with pytest.raises(RulebookError, match="never lift"):
        licet.with_private_rules(BOOK, folder(tmp_path / "rules", rules))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ('addressee = "Acme"', "prefix is None"),
        ('prefix = "A c"\naddressee = "Acme"', "small letters"),
        ('prefix = "acme"', "addressee is missing"),
        ('prefix = "acme"\nadressee = "Acme"', "did you mean addressee"),
    ],
)
def test_a_folder_says_whom_it_binds(tmp_path: Path, about: str, says: str) -> None:
    with pytest.raises(RulebookError, match=says):
        licet.with_private_rules(BOOK, folder(tmp_path / "rules", "", about=about))


def test_a_letter_has_the_prefix_too(tmp_path: Path) -> None:
    letters = (EXAMPLE / "letters.toml").read_text("utf-8").replace('"acme_letter', '"letter')
    with pytest.raises(RulebookError, match="write acme_letter_2024_09"):
        licet.with_private_rules(BOOK, folder(tmp_path / "rules", "", letters=letters))


def test_a_table_that_nobody_would_read_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path / "rules", rule("requirement"))
    (place / "companies.csv").write_text("id,name\n", "utf-8")
    with pytest.raises(RulebookError, match=r"parties\.csv"):
        licet.with_private_rules(BOOK, place)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="is no folder of private rules"):
        licet.with_private_rules(BOOK, tmp_path / "nowhere")


def test_two_letters_to_two_houses_stand_side_by_side(tmp_path: Path) -> None:
    other = folder(
        tmp_path / "other",
        rule("notice", id="zenith_note").replace("acme_letter", "zenith_letter"),
        about='prefix = "zenith"\naddressee = "Zenith"\n',
        letters=(EXAMPLE / "letters.toml")
        .read_text("utf-8")
        .replace('"acme_letter', '"zenith_letter'),
    )
    both = licet.with_private_rules(PRIVATE, other)
    assert [p.addressee for p in both.private] == ["Acme Instruments, Inc.", "Zenith"]
    decision = licet.check(INFORMED, rulebook=both)
    assert decision.outcome == "license_required"
    assert "Zenith" in [notice.authority.private for notice in decision.notices]


# --- the command line -----------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100"})
    return found.exit_code, found.stdout, found.stderr


def test_the_commands_take_private_rules() -> None:
    rules, order = str(EXAMPLE), str(ROOT / "examples" / "informed.toml")
    status, out, _ = run("check", "--rules", rules, order)
    assert status == 1
    assert "LICENSE REQUIRED" in out
    assert "private rule of Acme Instruments, Inc." in " ".join(out.split())
    status, out, _ = run("law", "show", "acme_informed_tools", "--rules", rules)
    assert status == 0
    assert "A private rule of Acme Instruments, Inc." in out
    status, out, _ = run("law", "coverage", "--rules", rules)
    assert "Private rules of Acme Instruments, Inc." in " ".join(out.split())
    status, out, _ = run("law", "examples", "--rules", rules)
    assert (status, out.strip()) == (0, "2 rules, 6 examples: all hold.")


def test_an_example_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    rules = (
        rule("notice")
        + "\n[[rule.example]]\non = 2024-09-11\ngiven = { subject_to_ear = true }\nis = false\n"
    )
    status, out, _ = run("law", "examples", "--rules", str(folder(tmp_path / "rules", rules)))
    assert status == 1
    assert "rules.toml:14: acme_rule: on 11 September 2024 it is yes, not no" in " ".join(
        out.split()
    )


def test_a_folder_that_loosens_ends_the_command_with_its_place(tmp_path: Path) -> None:
    place = folder(
        tmp_path / "rules", rule("authorization", more='grants = "licensed"\nlifts = ["*"]')
    )
    status, _, err = run("check", "--rules", str(place), str(ROOT / "examples" / "informed.toml"))
    assert status == 2
    assert "rules.toml:3" in err
    assert "only add" in err
