"""The examples that rules carry: each is judged, and no rule goes without."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from licet.decide.examples import judge_example, missing_examples
from licet.law.rule import Example, Rule, Stay
from licet.law.rulebook import default_rulebook

BOOK = default_rulebook()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{example.on}-line{example.line}")
    for rule in BOOK.rules.values()
    for example in rule.examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_rule_says_of_its_example_what_it_should(rule: Rule, example: Example) -> None:
    found = judge_example(rule, example, BOOK)
    assert found is example.expected, (
        f"{rule.file}:{example.line}: rule {rule.id} on {example.on} gives {found}, "
        f"the example says {example.expected}: {dict(example.given)}"
    )


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=list(BOOK.rules))
def test_a_rule_has_an_example_that_holds_one_that_does_not_and_one_on_each_side_of_its_dates(
    rule: Rule,
) -> None:
    lacks = missing_examples(rule)
    assert not lacks, f"{rule.file}:{rule.line}: rule {rule.id} lacks {'; '.join(lacks)}"


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=list(BOOK.rules))
def test_the_facts_of_an_example_are_facts_of_the_vocabulary(rule: Rule) -> None:
    """A misspelled fact in an example would be unknown, and the example might pass for that reason."""
    words = BOOK.vocabulary
    known = {*words.facts, *words.children, *BOOK.rules, "conditions_not_met"}
    for example in rule.examples:
        for name, value in example.given.items():
            paths = [f"{name}.{part}" for part in value] if isinstance(value, dict) else [name]
            assert set(paths) <= known, f"{rule.file}:{example.line}: {set(paths) - known}"
            for child in value if isinstance(value, list) and name in words.children else ():
                strange = set(child) - set(words.children[name].fields) - {"exists"}
                assert not strange, f"{rule.file}:{example.line}: {name}: {strange}"


def test_each_example_stands_on_the_line_that_it_names() -> None:
    """So that a failing example is found at once."""
    rule = BOOK.rules["entity_list"]
    assert [e.line for e in rule.examples] == sorted({e.line for e in rule.examples})
    assert rule.examples[0].line > rule.line


# --- what is reported of a rule without --------------------------------------------------------------

LISTED = dt.date(2019, 5, 16)
RULE = replace(BOOK.rules["entity_list_savings"], examples=())  # one version, of 16 May 2019


def example(on: dt.date, expected: bool | None) -> Example:
    return Example(on, {}, expected, 1)


def test_a_rule_without_examples_is_reported() -> None:
    assert missing_examples(RULE) == [
        "an example that holds",
        "an example that does not hold",
        f"an example on or after effective {LISTED}",
        f"an example before effective {LISTED}",
    ]


def test_an_unknown_result_is_neither_an_example_that_holds_nor_one_that_does_not() -> None:
    unknown = replace(RULE, examples=(example(LISTED, None), example(dt.date(2019, 5, 15), None)))
    assert missing_examples(unknown) == ["an example that holds", "an example that does not hold"]


def test_two_examples_on_both_sides_of_the_only_date_are_enough() -> None:
    day_before = dt.date(2019, 5, 15)
    good = replace(RULE, examples=(example(LISTED, True), example(day_before, False)))
    assert missing_examples(good) == []


def test_each_date_of_each_version_and_stay_needs_both_sides() -> None:
    (first,) = RULE.versions
    second = replace(first, effective=dt.date(2020, 8, 17), until=dt.date(2021, 1, 1))
    stay = Stay(dt.date(2020, 9, 1), dt.date(2020, 10, 1), dt.date(2020, 9, 1), "")
    examples = (example(LISTED, True), example(dt.date(2019, 5, 15), False))
    rule = replace(RULE, versions=(first, second), stays=(stay,), examples=examples)
    assert missing_examples(rule) == [
        "an example on or after effective 2020-08-17",
        "an example on or after until 2021-01-01",
        "an example on or after stay from 2020-09-01",
        "an example on or after stay until 2020-10-01",
    ]


def test_an_example_of_a_day_on_which_the_rule_is_stayed_or_not_in_force_is_false() -> None:
    assert judge_example(RULE, example(dt.date(2019, 5, 15), False), BOOK) is False
