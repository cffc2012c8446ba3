"""The language of conditions: what a rule may say, and where it is refused beyond that."""

from __future__ import annotations

import datetime as dt

import pytest

from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    If,
    InTable,
    Literal,
    Not,
    OneOf,
    RuleReference,
    walk,
)
from licet.law.errors import Place, RulebookError
from licet.law.parsing import Names, parse

NAMES = Names(
    rules=frozenset({"subject_to_ear", "item_in_us"}),
    facts=frozenset(
        {
            "to",
            "from_",
            "activity",
            "date",
            "conditions_met",
            "line.eccn",
            "line.value_usd",
            "line.published",
            "line.design_uses",
            "license.expires",
        }
    ),
    tables={"country_groups": 2, "series_600": 1},
    children={
        "listings": frozenset({"list", "role", "is_party", "since"}),
        "parties": frozenset({"name", "country"}),
        "line.design_uses": frozenset(),
        "conditions_met": frozenset(),
    },
)
FILE = "rules/us/15cfr/744/11.toml"


def read(text: str, *, line: int = 1, column: int = 1) -> Condition:
    return parse(text, names=NAMES, place=Place(FILE, line, column))


def refused(text: str, *, line: int = 1, column: int = 1) -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        read(text, line=line, column=column)
    error = caught.value
    assert str(error).startswith(f"{FILE}:{error.place.line}:{error.place.column}: ")
    return error


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("line.published", Fact("line.published")),
        ("subject_to_ear", RuleReference("subject_to_ear")),
        ("True", Literal(True)),
        ("not line.published", Not(Fact("line.published"))),
        ("to == 'CN'", Compare("==", Fact("to"), Literal("CN"))),
        ("to != from_", Compare("!=", Fact("to"), Fact("from_"))),
        ("line.value_usd <= 5000", Compare("<=", Fact("line.value_usd"), Literal(5000))),
        ("line.value_usd > 0.5", Compare(">", Fact("line.value_usd"), Literal(0.5))),
        ("line.value_usd >= -1", Compare(">=", Fact("line.value_usd"), Literal(-1))),
        ("date < '2019-05-16'", Compare("<", Fact("date"), Literal(dt.date(2019, 5, 16)))),
        ("'2019-05-16' <= date", Compare("<=", Literal(dt.date(2019, 5, 16)), Fact("date"))),
        ("activity in ('export', 'reexport')", OneOf(Fact("activity"), ("export", "reexport"))),
        ("activity not in ('import',)", Not(OneOf(Fact("activity"), ("import",)))),
        ("'TGL' in conditions_met", Contains(Literal("TGL"), Fact("conditions_met"))),
        ("'TGL' not in conditions_met", Not(Contains(Literal("TGL"), Fact("conditions_met")))),
        ("(to, 'E:1') in country_groups", InTable((Fact("to"), Literal("E:1")), "country_groups")),
        ("line.eccn in series_600", InTable((Fact("line.eccn"),), "series_600")),
        (
            "subject_to_ear and item_in_us",
            AllOf((RuleReference("subject_to_ear"), RuleReference("item_in_us"))),
        ),
        (
            "subject_to_ear or item_in_us",
            AnyOf((RuleReference("subject_to_ear"), RuleReference("item_in_us"))),
        ),
        (
            "line.published if item_in_us else subject_to_ear",
            If(
                RuleReference("item_in_us"),
                Fact("line.published"),
                RuleReference("subject_to_ear"),
            ),
        ),
        (
            "any(l.list == 'EL' for l in listings)",
            Every("any", "l", "listings", Compare("==", Field("l", "list"), Literal("EL"))),
        ),
        (
            "all(p.country == 'US' for p in parties)",
            Every("all", "p", "parties", Compare("==", Field("p", "country"), Literal("US"))),
        ),
        (
            "any(e in series_600 for e in line.design_uses)",
            Every("any", "e", "line.design_uses", InTable((Field("e", None),), "series_600")),
        ),
        (
            "any(l.is_party for l in listings)",
            Every("any", "l", "listings", Field("l", "is_party")),
        ),
    ],
)
def test_what_a_rule_may_say(text: str, meaning: Condition) -> None:
    assert read(text) == meaning


def test_a_filter_narrows_any_and_frees_all() -> None:
    """'all listings that are parties since 2019' holds where nobody listed is a party."""
    body = Compare("<=", Field("l", "since"), Literal(dt.date(2019, 5, 16)))
    some = read("any(l.since <= '2019-05-16' for l in listings if l.is_party)")
    every = read("all(l.since <= '2019-05-16' for l in listings if l.is_party)")
    assert some == Every("any", "l", "listings", AllOf((Field("l", "is_party"), body)))
    assert every == Every("all", "l", "listings", AnyOf((Not(Field("l", "is_party")), body)))


def test_a_child_may_be_compared_with_another_and_with_the_order() -> None:
    condition = read(
        "any(any(l.since < date and p.name == l.list for p in parties) for l in listings)"
    )
    assert isinstance(condition, Every)
    assert Field("p", "name") in walk(condition)
    assert Fact("date") in walk(condition)


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("__import__('os').system('rm')", 1, "a rule cannot call __import__('os').system"),
        ("to == 'CN' and len(to)", 16, "a rule cannot call len"),
        ("any(to)", 1, "any needs one 'for'"),
        ("any()", 1, "only any(...) and all(...) exist"),
        ("any([l.list == 'EL' for l in listings])", 1, "any needs one 'for'"),
        ("sum(l.is_party for l in listings)", 1, "a rule cannot call sum"),
        ("any(l.is_party async for l in listings)", 1, "any needs one 'for'"),
        ("any(l.is_party for l in listings for p in parties)", 1, "any needs one 'for'"),
        ("any(l.is_party for l in lists)", 25, "unknown children 'lists'; did you mean listings?"),
        ("any(l.is_party for l in (1, 2))", 25, "unknown children"),
        ("any(l.since for l, p in listings)", 17, "'for' needs one new name"),
        ("any(any(l.list == 'EL' for l in listings) for l in listings)", 28, "one new name"),
        ("any(l.lists == 'EL' for l in listings)", 5, "unknown field of listings 'lists'; did you"),
        ("any(l == 'EL' for l in listings)", 5, "unknown field of listings 'l'"),
        ("any(e.entry == 'x' for e in line.design_uses)", 5, "unknown field of line.design_uses"),
        ("'EL'.lower == 'el'", 1, "is not in the language"),
        ("lambda: to", 1, "lambda: to is not in the language"),
        ("to[0] == 'C'", 1, "to[0] is not a value"),
        ("to == f'{from_}'", 7, "is not a value"),
        ("(to := 'CN') == 'CN'", 2, "is not a value"),
        ("'A' < to < 'C'", 1, "chained comparisons are not in the language"),
        ("to is 'CN'", 1, "'is' is not in the language"),
        ("to is not None", 1, "'is' is not in the language"),
        ("to == None", 7, "None is not a value"),
        ("to == b'CN'", 7, "is not a value"),
        ("line.value_usd == 1j", 19, "is not a value"),
        ("line.value_usd + 1 > 2", 1, "line.value_usd + 1 is not a value"),
        ("line.value_usd == -to", 19, "-to is not a value"),
        ("line.value_usd == -True", 19, "-True is not a value"),
        ("~line.published", 1, "~line.published is not in the language"),
        ("'CN'", 1, "'CN' is not in the language"),
        ("1", 1, "1 is not in the language"),
        ("(to, from_)", 1, "(to, from_) is not in the language"),
        ("{to}", 1, "is not in the language"),
        ("...", 1, "is not in the language"),
        ("to not in ('CN', from_)", 18, "only literals may stand in a tuple after 'in'"),
        ("to in ('CN', line.eccn)", 14, "only literals may stand in a tuple after 'in'"),
        ("to in ('CN', nowhere)", 14, "only literals may stand in a tuple after 'in'"),
        ("to in 'CN'", 7, "'in' 'CN' is not in the language"),
        ("to in {'CN'}", 7, "is not in the language"),
        ("to in country_group", 7, "unknown table or fact 'country_group'; did you mean country_g"),
        ("to in country_groups", 1, "table country_groups has 2 keys, 1 given"),
        ("(to, 'E:1', 'x') in country_groups", 1, "table country_groups has 2 keys, 3 given"),
        ("(to, 'E:1') in series_600", 1, "table series_600 has 1 keys, 2 given"),
        ("'C' in to", 8, "to is one value, not a list"),
        ("line.ecn == '3A991'", 1, "unknown fact 'line.ecn'; did you mean line.eccn?"),
        ("subject_to_eer", 1, "unknown fact 'subject_to_eer'; did you mean subject_to_ear?"),
        ("subject_to_ear == True", 1, "rule 'subject_to_ear' is true or false"),
        ("date > '2019-02-30'", 8, "2019-02-30 is not a day of the calendar"),
        ("date > '2019-13-01'", 8, "2019-13-01 is not a day of the calendar"),
    ],
)
def test_what_leaves_the_language_is_refused_at_its_place(
    text: str, column: int, reason: str
) -> None:
    error = refused(text)
    assert (error.place.line, error.place.column) == (1, column), error
    assert reason in error.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "to ==",
        "to == 'CN",
        "to = 'CN'",
        "import os",
        "to == 'CN'; to",
        "and to",
        "if to:",
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    assert "not a condition" in refused(text).reason


@pytest.mark.parametrize(
    "text",
    ["to == 'CN') or (to == 'US'", "item_in_us) and (subject_to_ear", "any) (x for x in listings"],
)
def test_parentheses_must_match_within_the_condition(text: str) -> None:
    assert "not a condition" in refused(text).reason


def test_a_condition_of_several_lines_is_refused_on_the_line_that_errs() -> None:
    text = "subject_to_ear\nand item_in_us\nand any(l.list == 'EL' and l.is_partie\n"
    text += "        for l in listings)\n"
    error = refused(text, line=40)
    assert (error.place.line, error.place.column) == (42, 28)
    assert "did you mean is_party?" in error.reason


def test_a_condition_within_a_line_is_refused_at_its_column_of_the_file() -> None:
    """``when = "tu == 'CN'"``: the text begins at column 9."""
    assert refused("tu == 'CN'", line=7, column=9).place == Place(FILE, 7, 9)
    assert refused("to == 'CN' or tu == 'CN'", line=7, column=9).place == Place(FILE, 7, 23)


def test_leading_empty_lines_and_spaces_are_counted() -> None:
    assert refused("\n\n  tu == 'CN'", line=10).place == Place(FILE, 12, 3)


def test_columns_count_characters_not_bytes() -> None:
    assert refused("to == 'Türkiye' or tu == 'CN'").place.column == 20


@pytest.mark.parametrize(
    "text",
    [
        "not " * 5000 + "item_in_us",
        "(" * 5000 + "item_in_us" + ")" * 5000,
        "not (" * 90 + "item_in_us" + ")" * 90,
        "line" + ".a" * 5000 + " == 1",
        "item_in_us if item_in_us else " * 2000 + "item_in_us",
        " + ".join(["to"] * 5000),
        "to == " + "-" * 5000 + "1",
        "to == '" + "x" * 200_000 + "'",
        "item_in_us and " * 100_000 + "item_in_us",
        "line.value_usd > " + "9" * 10_000,
    ],
    ids=lambda text: text[:20],
)
def test_huge_and_deep_conditions_are_refused_and_do_not_exhaust_the_reader(text: str) -> None:
    assert len(refused(text).reason) < 600


def test_a_long_flat_condition_is_fine() -> None:
    condition = read(" or ".join(f"to == '{n}'" for n in range(500)))
    assert isinstance(condition, AnyOf)
    assert len(condition.items) == 500


def test_a_comment_may_stand_in_a_condition() -> None:
    assert read("item_in_us  # wherever it was made") == RuleReference("item_in_us")
