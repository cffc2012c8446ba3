"""What is answered: an outcome, the rules that lead there, and what is still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from licet.freshness import Age

# Outcomes from best to worst; "permitted" stands in place of "no_license_required" for activities
# outside the EAR. "hold" and "needs_information" are not on the scale.
SCALE = (
    "not_subject", "no_license_required", "license_exception", "general_license", "licensed",
    "license_required", "prohibited",
)  # fmt: skip
HOLD, NEEDS_INFORMATION, PERMITTED = "hold", "needs_information", "permitted"
GO_AHEAD = frozenset({*SCALE[:5], PERMITTED})
REFUSALS = frozenset(SCALE[5:])


def worse(left: str, right: str) -> str:
    """The worse of two outcomes on the scale.

    >>> worse("license_exception", "license_required")
    'license_required'
    """
    return max(left, right, key=position)


def position(outcome: str) -> int:
    """The place of an outcome on the scale, 0 the best."""
    return SCALE.index("no_license_required" if outcome == PERMITTED else outcome)


@dataclass(frozen=True, slots=True)
class Authority:
    """A rule that an answer rests on: its citation, the instrument that made it, and since when."""

    rule: str
    cite: str
    says: str
    instrument: str
    since: dt.date
    verified: bool
    assumed: str | None
    """The announcement under which it was assumed; None for law."""
    private: str | None = None
    """Whom it binds, where it is a private rule; None for the public law."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A license requirement or prohibition that an order meets, or may meet.

    ``applies`` is "yes" or "unknown"; ``lifted_by`` names the authorizations that lift it, ``policy`` the
    review policy of an application, ``because`` the listings and reasons for control behind it.
    """

    authority: Authority
    applies: str
    prohibition: bool
    policy: str | None
    lifted_by: tuple[str, ...]
    because: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Authorization:
    """A license exception, general license, license or exclusion that lifts a requirement."""

    authority: Authority
    symbol: str
    grants: str
    lifts: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer to a question: what it would be, and the outcome that it would give."""

    value: object
    says: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that matters and is not known, the question for it, and what each answer would give."""

    fact: str
    question: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """How long one regime asks for a duty: records under the EAR, under OFAC, under the FTR."""

    required: bool | None
    authority: Authority
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """A fact that the order leaves unsaid and the outcome does not wait for, and what to make of that.

    Of an order that may go ahead: it was not read as "none", and the answer holds only as far as it is. Of one
    that is refused: what decides whether it is prohibited outright, so that no license helps.
    """

    fact: str
    says: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do or keep with an order that goes ahead; ``required`` None: not yet known.

    Where several regimes ask for it, ``until`` and ``authority`` are those of the longest that is certain, and
    ``periods`` has each regime. ``asks`` names the facts on which it hangs while that is not known.
    """

    duty: str
    required: bool | None
    authority: Authority
    until: dt.date | None
    periods: tuple[Period, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A circumstance that must be settled before the order goes ahead; ``resolved`` None: unknown."""

    authority: Authority
    resolved: bool | None
    asks: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know that does not change the outcome."""

    authority: Authority


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person decided about a party and a listing (``licet.dispositions``), as it stands on the day.

    ``decision`` is listed or not_listed; ``state`` settled, or open where it does not hold for this order:
    expired, withdrawn, or party or entry are no longer as they were; ``says`` tells which.
    """

    number: int
    decision: str
    state: str
    by: str
    reason: str
    decided: dt.date
    expires: dt.date | None
    says: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing that a party, maker or designer is, or may be.

    ``match``: exact; possible; or apart, where the names are alike and a date of birth or a number tells the
    two apart.
    """

    list: str
    entry: str
    name: str
    party: str
    role: str
    since: dt.date | None
    """None where the order itself says that somebody is listed and the rulebook has no entry."""
    cite: str
    match: str
    settled: str | None
    says: str = ""
    """Of a match that is not exact: why it may be the listed one, word by word, or what tells them apart."""
    disposition: Settled | None = None
    """What a person decided about the two; None where nobody did, or nobody was asked for it."""
    copy: dt.date | None = None
    """Of an entry from a copy of the list that was loaded: the day of the copy; None: from the rulebook."""
    record: str = ""
    """Of a match that nobody has settled: the command that records what a person finds."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked through: the day of the copy, and where it is from.

    ``source`` is rulebook, or how a loaded copy came; ``entries`` is counted for loaded copies. ``read`` says
    whether a modelled rule reads the list. ``instead``: the copy speaks alone, the rulebook's is older;
    ``short``: it is newer and far shorter, so that the rulebook's is looked through beside it.
    """

    list: str
    source: str
    as_of: dt.date
    entries: int | None
    read: bool
    instead: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """A smallest set of changes under which the order could go ahead, and the outcome then."""

    changes: tuple[tuple[str, str], ...]
    outcome: str
    says: str


@dataclass(frozen=True, slots=True)
class Because:
    """A node of a proof: a condition in words, its truth, what was found, and the parts that decide."""

    says: str
    value: bool | None
    found: tuple[tuple[str, str], ...]
    parts: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was looked at, whether it held, and why.

    The proof is put into words when it is read: most rules of a decision are never looked into.
    """

    rule: str
    cite: str
    value: bool | None
    line: int
    explained: Callable[[], Because] = field(repr=False, compare=False)
    private: str | None = None
    """Whom the rule binds, where it is a private one."""

    @property
    def because(self) -> Because:
        """The proof as a tree of words."""
        return self.explained()


@dataclass(frozen=True, slots=True)
class Applied:
    """The law that was applied: in force on a day, as known on a day, and the rulebook's identity."""

    on: dt.date
    known: dt.date | None
    assume: tuple[str, ...]
    id: str
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class Event:
    """An instrument or announcement that bears on an order; ``effect`` is False for announcements."""

    date: dt.date
    citation: str
    says: str
    effect: bool


@dataclass(frozen=True, slots=True)
class Ownership:
    """What a table of ownership said of a party's owners on a day: the table, a hash of it, and its rows."""

    party: str
    table: str
    id: str
    on: dt.date
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one order.

    ``outcome`` is on the scale, or ``hold`` or ``needs_information``; ``best`` and ``worst`` are the band
    when every unknown fact is taken in the order's favor or against it. An order that is refused at best is
    refused with the mildest refusal; ``worst`` then tells that it may be prohibited.
    """

    id: str | None
    outcome: str
    best: str
    worst: str
    subject_to_ear: bool | None
    review_policy: str | None
    requirements: tuple[Requirement, ...]
    authorizations: tuple[Authorization, ...]
    missing: tuple[Missing, ...]
    not_looked_at: tuple[NotLookedAt, ...]
    duties: tuple[Duty, ...]
    red_flags: tuple[RedFlag, ...]
    notices: tuple[Notice, ...]
    listings: tuple[Listed, ...]
    scope: tuple[Authority, ...]
    changed: tuple[Event, ...]
    unchanged: tuple[Event, ...]
    not_modelled: tuple[str, ...]
    law: Applied
    proof: tuple[Considered, ...]
    ownership: tuple[Ownership, ...] = ()
    """Owners that the order left unset and a table gave; empty where no table was asked."""
    lists: tuple[Looked, ...] = ()
    """The lists that were looked through, and their days."""
    freshness: tuple[Age, ...] = ()
    """How old the law and each list looked through are on the day, and how old they may be."""
    elsewhere: tuple[Listed, ...] = ()
    """Matches on lists that no modelled rule reads (UN, EU, other countries): outside what was decided."""

    @property
    def stale(self) -> tuple[Age, ...]:
        """What of the law and the lists is older than its limit on the day."""
        return tuple(one for one in self.freshness if one.stale)

    @property
    def may_go_ahead(self) -> bool:
        """Whether the order may go ahead as it stands."""
        return self.outcome in GO_AHEAD
