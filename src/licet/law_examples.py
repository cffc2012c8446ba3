"""The examples that rules carry, judged for a reader: which fail, and which rule lacks some."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from licet.decide.examples import judge_example, missing_examples
from licet.decide.explain import shown
from licet.law.rulebook import Rulebook
from licet.report import print_indented
from licet.report_words import day


def print_examples(book: Rulebook, console: Console) -> bool:
    """Judge the examples of private rules, or of all where there are none; whether all hold."""
    rules = [rule for rule in book.rules.values() if rule.private] or list(book.rules.values())
    good = True
    for rule in rules:
        wrong = [
            (example, found)
            for example in rule.examples
            if (found := judge_example(rule, example, book)) is not example.expected
        ]
        for example, found in wrong:
            says = f"on {day(example.on)} it is {shown(found)}, not {shown(example.expected)}"
            print_indented(
                console, Text(f"{rule.file}:{example.line}: {rule.id}: {says}", "red"), 0
            )
        for lack in missing_examples(rule):
            print_indented(
                console, Text(f"{rule.file}:{rule.line}: {rule.id}: lacks {lack}", "red"), 0
            )
            good = False
        good = good and not wrong
    count = sum(len(rule.examples) for rule in rules)
    if good:
        print_indented(console, Text(f"{len(rules)} rules, {count} examples: all hold."), 0)
    return good
