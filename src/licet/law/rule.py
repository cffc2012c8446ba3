"""A rule of law: what it says, in which versions, with its stays and its own examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from licet.law.condition import Condition, Value

Kind = Literal[
    "scope", "requirement", "prohibition", "authorization", "duty", "red_flag", "notice", "review",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "scope", "requirement", "prohibition", "authorization", "duty", "red_flag", "notice", "review",
)  # fmt: skip

# License review policies, mildest first (15 CFR 744.16(c), Supp. No. 4 to part 744).
POLICIES = ("presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")

# What an authorization gives; an exclusion or a savings clause takes the requirement away.
GRANTS = ("no_license_required", "license_exception", "general_license", "licensed")


@dataclass(frozen=True, slots=True)
class ChildField:
    """A policy that is read from the child that met the rule, such as ``listing.review_policy``."""

    collection: str
    name: str


@dataclass(frozen=True, slots=True)
class PolicyIf:
    """A review policy that depends on a condition: ``'a' if c else b``."""

    test: Condition
    then: Policy
    otherwise: Policy


Policy = str | ChildField | PolicyIf


@dataclass(frozen=True, slots=True)
class Until:
    """How long a duty lasts: ``years`` after the latest of the dates that the facts give."""

    years: int
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule, in force from ``effective`` until the day before ``until``.

    ``published`` may be later than ``effective``: the version is part of the law *as known on* a day
    only from that day. A version that ``ends`` the rule has no condition. ``cite``, ``says``,
    ``review_policy``, ``lifts`` and ``exceptions`` are those of the rule unless the version has its own.
    """

    effective: dt.date
    until: dt.date | None
    published: dt.date
    instrument: str
    ends: bool
    when: Condition | None
    text: str
    cite: str
    says: str
    review_policy: Policy | None
    lifts: tuple[str, ...]
    exceptions: tuple[str, ...] | None
    """Authorizations that may lift a requirement; None: any that names it."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An interval in which a rule stays printed but has no effect, [``start``, ``until``)."""

    start: dt.date
    until: dt.date | None
    published: dt.date
    instrument: str


@dataclass(frozen=True, slots=True)
class Example:
    """A test that the rule carries: with the ``given`` facts, on this day, is it so?"""

    on: dt.date
    given: Mapping[str, object]
    expected: bool | None
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule under one identity; a section that is reused for something else is another rule."""

    id: str
    kind: Kind
    versions: tuple[Version, ...]
    stays: tuple[Stay, ...]
    examples: tuple[Example, ...]
    symbol: str | None
    grants: str | None
    duty: str | None
    lasts: Until | None
    settled_by: tuple[str, ...]
    for_application: bool
    """Of a duty: whether it belongs to the application for a license, and so to an order that is refused."""
    must_look: bool
    """Of a red flag: whether it is asked for while unknown. A flag is what one sees: without one there is no
    duty to go behind what the customer says (Supp. No. 3 to part 732), so most are not."""
    asks: str | None
    """What a red flag or authorization asks to be settled, in plain words."""
    verified: bool
    file: str
    line: int
    assumed: str | None
    """The announcement whose overlay the rule is; None for law."""
    private: str | None = None
    """Whom a private rule binds; None for the public law."""

    def version(self, on: dt.date, known: dt.date | None) -> Version | None:
        """The version in force on a day as known on a day; None before, after and where it has ended.

        A stayed rule still has its version: ask ``stayed``.
        """
        newest = None
        for version in self.versions:  # sorted by effective date, then publication
            if version.effective > on:
                break
            if known is None or version.published <= known:
                newest = version
        if newest is None or newest.ends or (newest.until is not None and newest.until <= on):
            return None
        return newest

    def stayed(self, on: dt.date, known: dt.date | None) -> Stay | None:
        """The stay that holds on a day as known on a day."""
        for stay in self.stays:
            inside = stay.start <= on and (stay.until is None or on < stay.until)
            if inside and (known is None or stay.published <= known):
                return stay
        return None


def rank(policy: str) -> int:
    """How strict a review policy is; a policy that is not one of the four words counts as the strictest."""
    return POLICIES.index(policy) if policy in POLICIES else len(POLICIES)


def strictness(policy: str) -> tuple[int, str]:
    """What review policies are ordered by: of two that are as strict, the same one always comes first.

    >>> max(["see:744.2(d)", "policy_of_denial", "see:744.3(d)"], key=strictness)
    'see:744.3(d)'
    """
    return rank(policy), policy


__all__ = [
    "GRANTS", "KINDS", "POLICIES", "ChildField", "Example", "Kind", "Policy", "PolicyIf", "Rule",
    "Stay", "Until", "Value", "Version", "rank", "strictness",
]  # fmt: skip
