"""On which days each version of a rule is in force, so that one text serves orders of any day."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.decide.standing import may_lift
from licet.law.rule import Rule, Version
from licet.law.rulebook import InForce, Rulebook

Days = tuple[dt.date, dt.date | None]
"""From a day until before another; None: no end."""


@dataclass(frozen=True, slots=True)
class Span:
    """A version of a rule, and the days on which it is in force and not stayed."""

    days: Days
    version: Version


def spans_of(
    rule: Rule, known: dt.date | None, assume: Sequence[str], on: Collection[dt.date]
) -> tuple[Span, ...]:
    """When a rule is in force, as known on a day; with ``on``, only what touches one of these days.

    It is what ``Rulebook.law`` says of each day, asked at every day on which the answer may change.
    """
    if rule.assumed is not None and rule.assumed not in assume:
        return ()
    turns = {dt.date.min}
    for version in rule.versions:
        turns |= {version.effective, version.until or dt.date.min}
    for stay in rule.stays:
        turns |= {stay.start, stay.until or dt.date.min}
    ends: list[dt.date | None] = [*sorted(turns), None]
    found: list[Span] = []
    for start, until in itertools.pairwise(ends):
        assert start is not None
        live = rule.version(start, known)
        if live is None or live.when is None or rule.stayed(start, known) is not None:
            continue
        if found and found[-1].days[1] == start and found[-1].version is live:
            found[-1] = Span((found[-1].days[0], until), live)
        else:
            found.append(Span((start, until), live))
    return tuple(span for span in found if not on or any(within(span.days, day) for day in on))


def within(days: Days, day: dt.date) -> bool:
    """Whether a day is one of these days."""
    return days[0] <= day and (days[1] is None or day < days[1])


def rules_in_force(
    rulebook: Rulebook, known: dt.date | None, assume: Sequence[str], on: Collection[dt.date]
) -> dict[str, tuple[Span, ...]]:
    """The spans of every rule that is ever in force, each after the rules that it names.

    Raises ``ValueError`` for an announcement that does not exist.
    """
    for name in assume:
        if name not in rulebook.announcements:
            there = ", ".join(rulebook.announcements)
            raise ValueError(f"no announcement {name!r}; there are: {there}")
    found = {rule.id: spans_of(rule, known, assume, on) for rule in rulebook.rules.values()}
    return {name: spans for name, spans in found.items() if spans}


@dataclass(frozen=True, slots=True)
class Lift:
    """An authorization that may lift a requirement; ``days`` None: whenever both are in force."""

    rule: Rule
    days: tuple[Days, ...] | None


def lifts_of(
    asked: Rule, rules: Mapping[str, tuple[Span, ...]], rulebook: Rulebook
) -> Iterator[Lift]:
    """The authorizations that may lift a requirement on some days."""
    for name, spans in rules.items():
        other = rulebook.rules[name]
        if other.kind != "authorization":
            continue
        yes: list[Days] = []
        always = True
        for own in rules[asked.id]:
            for span in spans:
                days = _overlap(own.days, span.days)
                if days is None:
                    continue
                if may_lift(InForce(asked, own.version), InForce(other, span.version)):
                    yes.append(days)
                else:
                    always = False
        if yes:
            yield Lift(other, None if always else tuple(yes))


def _overlap(one: Days, other: Days) -> Days | None:
    start = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    until = min(ends, default=None)
    return None if until is not None and until <= start else (start, until)
