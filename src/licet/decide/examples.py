"""The examples that rules carry, judged: with the given facts, on that day, does the rule hold?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from licet.decide.known import Child, Facts, OpenList, Truth
from licet.decide.proof import NOT_IN_FORCE
from licet.decide.truth import Proof, Setting, evaluate
from licet.law.condition import Literal
from licet.law.rule import Example, Rule
from licet.law.rulebook import Law, Rulebook

_UNKNOWN = Proof(Literal(False), None)


def judge_example(rule: Rule, example: Example, rulebook: Rulebook) -> Truth:
    """What the rule says of its example; false where it is not in force on the day, or stayed.

    ``given`` holds facts (nested tables stand for dotted paths), the children of collections as lists of
    tables, and the truth of other rules by id: ``true``, ``false``; a rule left out is unknown, as a fact is.
    """
    assume = (rule.assumed,) if rule.assumed else ()
    law = rulebook.law(example.on, assume=assume)
    live = law.rules.get(rule.id)
    if live is None or live.version.when is None:
        return False
    setting = Setting(facts_given(example.given, law), law, _rules(example.given, law))
    return evaluate(live.version.when, setting).value


def _rules(given: Mapping[str, object], law: Law) -> Callable[[str], Proof]:
    def proof(name: str) -> Proof:
        if name in given:
            value = given[name]
            return Proof(Literal(bool(value)), value if isinstance(value, bool) else None)
        return _UNKNOWN if name in law.rules else NOT_IN_FORCE

    return proof


def facts_given(given: Mapping[str, object], law: Law) -> Facts:
    """Facts as an example gives them."""
    words = law.rulebook.vocabulary
    children = {
        name: tuple(_child(entry) for entry in value)
        for name, value in given.items()
        if name in words.children and isinstance(value, list)
    }
    for name in words.children:
        children.setdefault(name, (Child({}, exists=None, because=(name,)),))
    values = dict(_flat(given, ""))
    for path, value in list(values.items()):
        if path == "conditions_met" and isinstance(value, tuple):
            not_met = values.get("conditions_not_met", ())
            assert isinstance(not_met, tuple)
            values[path] = OpenList(frozenset(value), frozenset(not_met))
    values.setdefault("date", law.on)
    return Facts(values, children)


def _child(entry: Mapping[str, object]) -> Child:
    fields = {name: value for name, value in entry.items() if name != "exists"}
    exists = None if entry.get("exists") == "unknown" else True
    return Child(fields, exists=exists, because=("exists",))


def _flat(given: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", tuple(value)
        elif not isinstance(value, dt.datetime):
            yield f"{prefix}{name}", value


def missing_examples(rule: Rule) -> list[str]:
    """What a rule still lacks: an example that holds, one that does not, one on each side of each date."""
    found = []
    days = [example.on for example in rule.examples]
    if not any(example.expected is True for example in rule.examples):
        found.append("an example that holds")
    if not any(example.expected is False for example in rule.examples):
        found.append("an example that does not hold")
    edges: list[tuple[dt.date, dt.date | None, str]] = []
    for at, version in enumerate(rule.versions):
        later = [v.effective for v in rule.versions[at + 1 :] if v.effective > version.effective]
        ends = [day for day in (version.until, *later[:1]) if day is not None]
        end = min(ends) if ends else None
        edges.append((version.effective, end, "effective"))
        if version.until is not None and (not later or version.until < later[0]):
            edges.append((version.until, later[0] if later else None, "until"))
    for stay in rule.stays:
        edges.append((stay.start, stay.until, "stay from"))
        if stay.until is not None:
            edges.append((stay.until, None, "stay until"))
    for start, end, what in edges:
        if not any(start <= day and (end is None or day < end) for day in days):
            found.append(f"an example on or after {what} {start}")
        if not any(day < start for day in days):
            found.append(f"an example before {what} {start}")
    return found


def failing_examples(rulebook: Rulebook) -> list[str]:
    """The examples that a rulebook does not meet, each in a line; [] when its rules are as they say."""
    found = []
    for rule in rulebook.rules.values():
        for example in rule.examples:
            truth = judge_example(rule, example, rulebook)
            if truth is not example.expected:
                words = {True: "true", False: "false", None: "unknown"}
                found.append(
                    f"{rule.file}:{example.line}: rule {rule.id} on {example.on} is {words[truth]}, "
                    f"its example says {words[example.expected]}"
                )
    return found
