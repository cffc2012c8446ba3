"""The band in SQL: requirements minus authorizations, at best and at worst; hold, outcome, policy.

It is ``licet.decide.standing`` and ``licet.decide.verdict`` as expressions; orders are as restricted as
their most restricted line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.decide.sql import dialect as d
from licet.decide.sql.in_force import Lift, Span, lifts_of
from licet.decide.standing import SUBJECT, TRANSACTION
from licet.decision import GO_AHEAD, HOLD, NEEDS_INFORMATION, PERMITTED, SCALE, position
from licet.law.rulebook import Rulebook

if TYPE_CHECKING:
    from licet.decide.sql.policies import Policies

_FREE, _OUTSIDE = position("no_license_required"), position("not_subject")


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its expression, and a comment that says what it is."""

    name: str
    sql: str
    about: str = ""

    def written(self) -> str:
        """The column as text, its comment above it."""
        lines = textwrap.wrap(self.about, 96) if self.about else []
        return (
            "".join(f"    -- {line}\n" for line in lines)
            + f"    {d.wrapped(self.sql)} AS {self.name}"
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A requirement or prohibition as the SQL weighs it."""

    id: str
    stands: int
    requirement: bool
    lifts: tuple[Lift, ...]

    @property
    def held(self) -> str:
        return f"l.{d.name('r', self.id)}"

    def by_grant(self) -> dict[int, str]:
        """By place on the scale, whether an authorization that gives it may lift this."""
        found: dict[int, list[str]] = {}
        for lift in self.lifts:
            grant = position(lift.rule.grants) if lift.rule.grants else self.stands
            found.setdefault(grant, []).append(_live(lift))
        return {grant: d.either(parts) for grant, parts in sorted(found.items())}


def _live(lift: Lift) -> str:
    held = f"l.{d.name('r', lift.rule.id)}"
    return held if lift.days is None else f"({d.holds_on('l.day', lift.days)} AND {held})"


def _asked(rulebook: Rulebook, rules: Mapping[str, Sequence[Span]]) -> Iterator[_Asked]:
    in_force = {name: tuple(spans) for name, spans in rules.items()}
    for name in rules:
        rule = rulebook.rules[name]
        if rule.kind in ("requirement", "prohibition"):
            required = rule.kind == "requirement"
            stands = position("license_required" if required else "prohibited")
            yield _Asked(name, stands, required, tuple(lifts_of(rule, in_force, rulebook)))


def band_stages(
    rulebook: Rulebook, rules: Mapping[str, Sequence[Span]], policies: Policies, below: str
) -> list[str]:
    """The stages that make the band of the truths of rules; the last is ``banded``."""
    asked = list(_asked(rulebook, rules))
    return [
        _stage("weighed", below, list(_weighed(asked, policies))),
        _stage("summed", "weighed", list(_summed(asked, rulebook, rules, policies))),
        _stage("worded", "summed", list(_worded(asked))),
        _stage("ordered", "worded", list(_ordered())),
        _stage("banded", "ordered", list(_finished())),
    ]


def band_columns(rules: Mapping[str, Sequence[Span]]) -> list[str]:
    """What the whole text selects, in this order."""
    own = (
        "id", "order_id", "line_no", "day", "best", "worst", "hold", "settled", "outcome", "policy", "deciding",
        "waiting", "order_best", "order_worst", "order_hold", "order_settled", "order_outcome", "order_policy",
    )  # fmt: skip
    return [*(f"l.{name}" for name in own), *(f"l.{d.name('r', name)}" for name in rules)]


def _stage(name: str, below: str, columns: Sequence[Column]) -> str:
    written = ",\n".join(column.written() for column in columns)
    return f"{name} AS (\n  SELECT l.*,\n{written}\n  FROM {below} l\n)"


def _weighed(asked: Sequence[_Asked], policies: Policies) -> Iterator[Column]:
    """For each requirement its place on the scale at best and at worst (-1: not at all), and if it stands."""
    for one in asked:
        held, stands, grants = one.held, one.stands, one.by_grant()
        low = [
            f"CASE WHEN {d.possible(live)} THEN {at} ELSE {stands} END"
            for at, live in grants.items()
        ]
        high = [
            f"CASE WHEN {d.sure(live)} THEN {at} ELSE {stands} END" for at, live in grants.items()
        ]
        yield Column(
            d.name("b", one.id),
            f"CASE WHEN {held} THEN {_least(stands, low)} ELSE -1 END",
            f"{one.id}: at best, at worst",
        )
        yield Column(
            d.name("w", one.id),
            f"CASE WHEN {d.possible(held)} THEN {_least(stands, high)} ELSE -1 END",
        )
        if one.requirement:
            lifted = d.sure(d.either(list(grants.values()))) if grants else "FALSE"
            standing = (
                f"CASE WHEN {lifted} THEN 0 WHEN {held} THEN 2 WHEN NOT {held} THEN 0 ELSE 1 END"
            )
            yield Column(d.name("k", one.id), standing)


def _least(stands: int, found: Sequence[str]) -> str:
    return f"LEAST({stands}, {', '.join(found)})" if found else str(stands)


def _summed(
    asked: Sequence[_Asked],
    rulebook: Rulebook,
    rules: Mapping[str, Sequence[Span]],
    policies: Policies,
) -> Iterator[Column]:
    act, subject = f"l.{d.name('r', TRANSACTION)}", f"l.{d.name('r', SUBJECT)}"
    low = f"CASE WHEN NOT {act} THEN {_FREE} WHEN {act} AND {subject} THEN {_FREE} ELSE {_OUTSIDE} END"
    high = f"CASE WHEN NOT {act} THEN {_FREE} WHEN {act} AND NOT {subject} THEN {_OUTSIDE} ELSE {_FREE} END"
    yield Column("best_at", _greatest([low, *(f"l.{d.name('b', one.id)}" for one in asked)]))
    yield Column("worst_at", _greatest([high, *(f"l.{d.name('w', one.id)}" for one in asked)]))
    yield Column(
        "other_act", d.sure(f"(NOT {act})"), "no act under the EAR: free is called permitted"
    )
    flags = [rulebook.rules[name] for name in rules if rulebook.rules[name].kind == "red_flag"]
    up = []
    for flag in flags:
        held = f"l.{d.name('r', flag.id)}"
        settled = f"array_contains(l.settles, {d.literal(flag.id)})"
        up.append(
            f"(CASE WHEN {settled} THEN FALSE ELSE {held if flag.must_look else d.sure(held)} END)"
        )
    yield Column("hold", d.either(up) if up else "FALSE", "a red flag that nobody has settled")
    standing = [f"l.{d.name('k', one.id)}" for one in asked if one.requirement]
    yield Column("standing", _greatest(standing or ["0"]), "2: a requirement stands; 1: one may")
    own = [one.id for one in asked if one.requirement and policies.has(one.id)]
    for name, least in (("p_sure", 2), ("p_open", 1)):
        said = [
            f"CASE WHEN l.{d.name('k', one)} >= {least} THEN l.{d.name('p', one)} ELSE '' END"
            for one in own
        ]
        yield Column(name, _greatest(said or ["''"]))
    reviews = [
        f"CASE WHEN l.{d.name('r', name)} THEN l.{d.name('p', name)} ELSE '' END"
        for name in rules
        if rulebook.rules[name].kind == "review" and policies.has(name)
    ]
    yield Column("p_review", _greatest(reviews or ["''"]))


def _greatest(parts: Sequence[str]) -> str:
    return f"GREATEST({', '.join(parts)})" if len(parts) > 1 else parts[0]


def _worded(asked: Sequence[_Asked]) -> Iterator[Column]:
    for name in ("best", "worst"):
        whens = " ".join(f"WHEN {at} THEN '{word}'" for at, word in enumerate(SCALE))
        free = f"l.other_act AND l.{name}_at <= {_FREE}"
        yield Column(
            name, f"CASE WHEN {free} THEN '{PERMITTED}' ELSE CASE l.{name}_at {whens} END END"
        )
    act = d.literal(TRANSACTION)
    none = f"CASE WHEN l.other_act THEN {act} ELSE {d.literal(SUBJECT)} END"
    decisive = [
        f"CASE WHEN {one.held} AND l.{d.name('b', one.id)} = l.best_at THEN {d.literal(one.id)} END"
        for one in asked
    ]
    lifting: dict[str, list[str]] = {}
    open_: dict[str, list[str]] = {}
    for one in asked:
        for lift in one.lifts:
            grant = position(lift.rule.grants) if lift.rule.grants else one.stands
            live = _live(lift)
            lifting.setdefault(lift.rule.id, []).append(
                f"({one.held} AND {live} AND l.{d.name('b', one.id)} = l.best_at AND l.best_at = {grant})"
            )
            days = "TRUE" if lift.days is None else d.holds_on("l.day", lift.days)
            open_.setdefault(lift.rule.id, []).append(f"({d.possible(one.held)} AND {days})")
    decisive += [
        f"CASE WHEN {d.either(parts)} THEN {d.literal(a)} END" for a, parts in lifting.items()
    ]
    yield Column(
        "deciding",
        f"COALESCE(NULLIF(concat_ws(' ', {', '.join(decisive or ['NULL'])}), ''), {none})",
        "the rules that make the outcome at best, and what lifts them to it",
    )
    waiting = [
        f"CASE WHEN l.{d.name('r', name)} IS NULL THEN {d.literal(name)} END"
        for name in (TRANSACTION, SUBJECT, *(one.id for one in asked))
    ]
    waiting += [
        f"CASE WHEN l.{d.name('r', a)} IS NULL AND {d.either(parts)} THEN {d.literal(a)} END"
        for a, parts in open_.items()
    ]
    yield Column(
        "waiting", f"concat_ws(' ', {', '.join(waiting)})", "the open rules on which the band rests"
    )


def _ordered() -> Iterator[Column]:
    """What the lines of an order are together; of lines alike, the first gives the word."""
    over = "OVER (PARTITION BY l.order_id, l.day)"
    for name in ("best", "worst"):
        first = "lpad(CAST(99999 - l.line_no AS STRING), 5, '0')"
        key = f"concat(CAST(l.{name}_at AS STRING), {first}, l.{name})"
        yield Column(f"order_{name}", f"SUBSTR(MAX({key}) {over}, 7)")
    said = "CASE WHEN l.hold THEN 2 WHEN NOT l.hold THEN 0 ELSE 1 END"
    whole = f"MAX({said}) {over}"
    yield Column("order_hold", f"CASE {whole} WHEN 2 THEN TRUE WHEN 0 THEN FALSE ELSE NULL END")
    yield Column("order_standing", f"MAX(l.standing) {over}")
    for name in ("p_sure", "p_open", "p_review"):
        yield Column(f"order_{name}", f"MAX(l.{name}) {over}")


def _finished() -> Iterator[Column]:
    go_ahead = ", ".join(f"'{word}'" for word in sorted(GO_AHEAD))
    for prefix in ("", "order_"):
        best, worst, hold = (f"l.{prefix}{name}" for name in ("best", "worst", "hold"))
        settled = f"({best} NOT IN ({go_ahead}) OR ({best} = {worst} AND {hold} IS NOT NULL))"
        yield Column(f"{prefix}settled", settled)
        held = f"{d.sure(hold)} AND {best} IN ({go_ahead})"
        yield Column(
            f"{prefix}outcome",
            f"CASE WHEN NOT {settled} THEN '{NEEDS_INFORMATION}' WHEN {held} THEN '{HOLD}' ELSE {best} END",
        )
        standing, sure_, open_, review = (
            f"l.{prefix}{name}" for name in ("standing", "p_sure", "p_open", "p_review")
        )
        strictest = (
            f"CASE {standing} WHEN 2 THEN GREATEST({sure_}, {review}) "
            f"WHEN 1 THEN GREATEST({open_}, {review}) ELSE '' END"
        )
        yield Column(
            f"{prefix}policy",
            f"NULLIF(SUBSTR({strictest}, 2), '')",
            "the strictest review policy of the requirements that stand",
        )
