"""Review policies as SQL: the strictest that a standing requirement has, for which its witnesses are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from licet.decide.sql import dialect as d
from licet.decide.sql.band import Column
from licet.decide.sql.conditions import Compiler
from licet.decide.sql.in_force import Span
from licet.law.condition import (
    AllOf,
    AnyOf,
    Condition,
    Every,
    If,
    Not,
    RuleReference,
    walk,
)  # fmt: skip
from licet.law.rule import POLICIES, ChildField, Policy, PolicyIf
from licet.law.rulebook import Rulebook


def key_of(policy: str) -> str:
    """A policy as a text of which the greatest is the strictest.

    >>> key_of("case_by_case"), key_of("see:744.2(d)")
    ('1case_by_case', '4see:744.2(d)')
    """
    return f"{POLICIES.index(policy) if policy in POLICIES else len(POLICIES)}{policy}"


@dataclass(slots=True)
class Policies:
    """Columns that tell the policy of each rule that has one, by ``key_of``; '' where it has none."""

    compiler: Compiler
    rulebook: Rulebook
    rules: Mapping[str, Sequence[Span]]
    _witness: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def has(self, rule: str) -> bool:
        """Whether a rule ever has a review policy."""
        return any(span.version.review_policy is not None for span in self.rules[rule])

    def columns(self, rule: str) -> Iterator[tuple[int, Column]]:
        """The column of a rule's policy, and the level at which it can be told."""
        if not self.has(rule) or self.rulebook.rules[rule].kind == "prohibition":
            return
        level, whens = self.compiler.levels[rule], []
        for span in self.rules[rule]:
            assert span.version.when is not None
            said, above = self._policy(span.version.review_policy, span.version.when)
            level = max(level, above)
            whens.append(f"WHEN {d.holds_on('l.day', [span.days])} THEN {said}")
        sql = f"CASE {' '.join(whens)} ELSE '' END"
        yield level + 1, Column(d.name("p", rule), sql, f"the review policy of {rule}")

    def _policy(self, policy: Policy | None, when: Condition) -> tuple[str, int]:
        match policy:
            case None:
                return "''", 0
            case str():
                return d.literal(key_of(policy)), 0
            case PolicyIf(test, then, otherwise):
                asked = self.compiler.condition(test)
                one, low = self._policy(then, when)
                other, high = self._policy(otherwise, when)
                sql = (
                    f"(CASE WHEN {asked.sql} THEN {one} WHEN NOT {asked.sql} THEN {other} "
                    f"ELSE GREATEST({one}, {other}) END)"
                )
                return sql, max(asked.level, low, high)
            case ChildField(collection, name):
                found = self._witnesses(when, collection, name)
                return found or "''", self._level(when)

    def _level(self, when: Condition) -> int:
        return self.compiler.condition(when).level

    def _witnesses(self, when: Condition, collection: str, name: str) -> str | None:
        """The strictest policy among the children that make a condition true, or could; None: it asks none.

        Read only where the condition is not false. It follows ``licet.decide.proof.witnesses``: the true parts
        of an ``or`` that is true, all parts of an ``and``, the branch that is taken.
        """

        def inner(part: Condition) -> str | None:
            return self._witnesses(part, collection, name)

        def said(part: Condition) -> str:
            return self.compiler.condition(part).sql

        match when:
            case Every() if when.collection == collection:
                _no_deeper(when, collection)
                return self._of_children(when, name)
            case Every():
                _no_deeper(when, collection)
                return None
            case RuleReference(rule):
                parts = []
                for span in self.rules.get(rule, ()):
                    assert span.version.when is not None
                    found = inner(span.version.when)
                    if found is not None:
                        parts.append(f"WHEN {d.holds_on('l.day', [span.days])} THEN {found}")
                return f"(CASE {' '.join(parts)} ELSE '' END)" if parts else None
            case AllOf(items):
                return _strictest([found for item in items if (found := inner(item))])
            case AnyOf(items):
                whole = d.sure(said(when))
                parts = []
                for item in items:
                    own = inner(item)
                    if own is not None:
                        sure, possible = d.sure(said(item)), d.possible(said(item))
                        counts = f"CASE WHEN {whole} THEN {sure} ELSE {possible} END"
                        parts.append(f"(CASE WHEN {counts} THEN {own} ELSE '' END)")
                return _strictest(parts)
            case Not(item):
                own = inner(item)
                return f"(CASE WHEN {said(item)} IS NULL THEN {own} ELSE '' END)" if own else None
            case If(test, then, otherwise):
                asked = said(test)
                parts = []
                for part, open_ in (
                    (test, "TRUE"),
                    (then, d.possible(asked)),
                    (otherwise, d.possible(d.negated(asked))),
                ):
                    own = inner(part)
                    if own is not None:
                        counts = f"{open_} AND {d.possible(said(part))}"
                        parts.append(f"(CASE WHEN {counts} THEN {own} ELSE '' END)")
                return _strictest(parts)
            case _:
                return None

    def _of_children(self, every: Every, name: str) -> str:
        """The strictest among the children that decide a question, true ones or those that leave it open."""
        compiler = self.compiler
        question = compiler.question(every)
        _, group, each = compiler.told[question]
        compiler.children[every.collection][name] = None
        value = f"c1.{d.name('v', name)}"
        ranks = " ".join(f"WHEN {value} = '{one}' THEN '{key_of(one)}'" for one in POLICIES)
        # '' and NULL are no policy; a policy in other words counts as the strictest.
        none = f"WHEN {value} IS NULL OR {value} = '' THEN ''"
        key = f"(CASE {none} {ranks} ELSE concat('{len(POLICIES)}', {value}) END)"
        columns = {}
        for number in (1, 2):
            asked = (question, name, str(number))
            column = self._witness.setdefault(asked, f"w{len(self._witness) + 1}")
            compiler.groups[group].columns[column] = (
                f"MAX(CASE WHEN {each} = {number} THEN {key} END)"
            )
            columns[number] = f"COALESCE(l.{column}, '')"
        open_ = f"GREATEST({columns[1]}, {columns[2]})" if every.op == "all" else columns[1]
        return f"(CASE WHEN l.{question} THEN {columns[2]} ELSE {open_} END)"


def _no_deeper(every: Every, collection: str) -> None:
    if any(isinstance(part, Every) and part.collection == collection for part in walk(every.body)):
        raise NotImplementedError(
            f"a review policy is read from {collection}, but a question about {every.collection} asks for "
            f"{collection} inside; put that question into a rule of its own"
        )


def _strictest(found: Sequence[str]) -> str | None:
    if not found:
        return None
    return found[0] if len(found) == 1 else f"GREATEST({', '.join(found)})"
