"""A decision made ready for its page: what stands, what lifts it, the proof as a tree, the law's days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from licet import report_words
from licet.decide.verdict import weigh
from licet.decision import (
    GO_AHEAD,
    HOLD,
    NEEDS_INFORMATION,
    REFUSALS,
    Because,
    Considered,
    Decision,
    Requirement,
)
from licet.law.instrument import Announcement
from licet.law.rulebook import Rulebook
from licet.order import Order
from licet.order_screening import Aids, Screening

_DEEPEST = 8
_TRUTHS = {True: "holds", False: "does not hold", None: "not known"}


@dataclass(frozen=True, slots=True)
class Node:
    """A step of a proof: what is asked, whether it holds, on which facts, and whether it is shown open."""

    says: str
    truth: str
    found: tuple[tuple[str, str], ...]
    cite: str
    rule: str
    opened: bool
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A requirement with the lines that it meets, and the words of what lifts it."""

    item: Requirement
    lines: tuple[int, ...]
    lifted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Days between which the answer to an order stays the same: from a day, until the day before another."""

    since: dt.date
    until: dt.date | None
    outcome: str
    days: int


def standing(decision: Decision) -> list[Standing]:
    """The requirements of a decision, each told once; what stands comes before what is lifted."""
    groups: dict[tuple[object, ...], list[Requirement]] = {}
    doubted = decision.outcome in (NEEDS_INFORMATION, HOLD)
    for item in decision.requirements:
        if item.applies == "unknown" and not doubted:
            continue
        key = (item.authority, item.applies, item.policy, item.lifted_by, item.because)
        groups.setdefault(key, []).append(item)
    symbols = {one.authority.rule: one for one in decision.authorizations}
    found = []
    for group in groups.values():
        lifted = []
        for name in group[0].lifted_by:
            permit = symbols.get(name)
            lifted.append(permit.authority.says if permit else report_words.words(name))
        found.append(Standing(group[0], tuple(item.line + 1 for item in group), tuple(lifted)))
    return sorted(found, key=lambda one: (one.item.applies != "yes", bool(one.lifted)))


def summary(decision: Decision) -> str:
    """One sentence below the outcome: the band, the review policy, or what the answer rests on."""
    said = report_words.OUTCOMES
    if decision.outcome == NEEDS_INFORMATION:
        return f"At best {said[decision.best]}, at worst {said[decision.worst]}."
    if decision.outcome == HOLD:
        return "It may go ahead only when a possible match or a red flag is settled."
    if decision.outcome in REFUSALS and decision.review_policy:
        return (
            f"A license application is judged under {report_words.policy(decision.review_policy)}."
        )
    if decision.outcome in GO_AHEAD and not decision.requirements:
        return "No rule that the rulebook models requires a license or forbids this on this day."
    return ""


def proof(decision: Decision, book: Rulebook) -> list[tuple[int, list[Node], list[Considered]]]:
    """For each line of an order: the trees of the rules that decide, and all rules that were looked at."""
    found = []
    lifting = {one.authority.rule for one in decision.authorizations}
    for line, some in groupby(decision.proof, key=lambda one: one.line):
        rules = {one.rule: one for one in some}
        deciding = []
        for name, one in rules.items():
            kind = book.rules[name].kind if name in book.rules else "requirement"
            decides = kind in ("requirement", "prohibition") and one.value is not False
            if decides or (name in lifting and one.value is not False):
                deciding.append(_rule(one, rules, (), opened=True))
        if not deciding:
            names = ("subject_to_ear", "ear_transaction")
            deciding = [_rule(rules[n], rules, (), opened=True) for n in names if n in rules][:1]
        deciding.sort(key=lambda node: node.truth != _TRUTHS[True])
        found.append((line, deciding, list(rules.values())))
    return found


def _rule(
    one: Considered, rules: Mapping[str, Considered], above: tuple[str, ...], *, opened: bool
) -> Node:
    node = _node(one.because, rules, (*above, one.rule), one.value, opened=opened)
    says = node.says if node.says != one.rule else ""
    return replace(node, says=says, cite=one.cite, rule=one.rule)


def _node(
    because: Because,
    rules: Mapping[str, Considered],
    above: tuple[str, ...],
    wanted: bool | None,
    *,
    opened: bool,
) -> Node:
    """A step; a step that names a rule has that rule's own proof inside it."""
    decides = because.value is wanted or because.value is None
    named = rules.get(because.says)
    if (
        named is not None
        and not because.parts
        and named.rule not in above
        and len(above) < _DEEPEST
    ):
        return _rule(named, rules, above, opened=opened and decides)
    parts = tuple(
        _node(part, rules, above, because.value, opened=opened and decides)
        for part in because.parts
    )
    # An element of a plain list has no field of its own: the variable alone names it.
    found = tuple((name.removesuffix(".None"), value) for name, value in because.found)
    return Node(because.says, _TRUTHS[because.value], found, "", "", opened and decides, parts)


def assumable(book: Rulebook) -> list[Announcement]:
    """The announcements that can be taken as if they were law: those whose words can be read as a rule."""
    named = {rule.assumed for rule in book.rules.values()}
    return [one for one in book.announcements.values() if one.id in named]


def days_of_law(book: Rulebook, order: Order) -> list[dt.date]:
    """The days on which the law changed, or something was announced about it, and the order's own day."""
    days: set[dt.date | None] = {order.date, book.as_of}
    for rule in book.rules.values():
        for version in rule.versions:
            days |= {version.effective, version.until}
        for stay in rule.stays:
            days |= {stay.start, stay.until}
    for one in book.instruments.values():
        days |= {one.effective, one.until}
    days |= {one.date for one in book.announcements.values()}
    return sorted(day for day in days if day is not None and day >= book.covers_from)


def spans(
    order: Order,
    book: Rulebook,
    days: Sequence[dt.date],
    *,
    assume: Sequence[str] = (),
    aids: Aids | None = None,
) -> list[Span]:
    """What the order comes to on each of the law's days, days of one answer together.

    Open facts are not looked into: what is not settled needs information.
    """

    def judged() -> Iterator[tuple[dt.date, str]]:
        for day in days:
            law = book.law(day, assume=assume)
            screening = Screening(law, aids or Aids(None, None))
            yield day, weigh(order, law, screening).band.outcome

    found: list[Span] = []
    for day, outcome in judged():
        if found and found[-1].outcome == outcome:
            found[-1] = replace(found[-1], days=found[-1].days + 1)
        else:
            if found:
                found[-1] = replace(found[-1], until=day)
            found.append(Span(day, None, outcome, 1))
    return found
