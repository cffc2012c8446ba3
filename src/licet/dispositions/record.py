"""A disposition: what a person decided about a possible match, of whom, why, and until when.

It keeps the party and the listing as they were when the person looked: a decision about these, and no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from licet.lists.differences import field_changes
from licet.parties.evidence import plain
from licet.parties.listing import Listing
from licet.parties.screening import Query
from licet.parties.spelling import visible

LISTED, NOT_LISTED = "listed", "not_listed"
DECISIONS = (LISTED, NOT_LISTED)
"""As in orders (``party.disposition``): the party is the listed one (a true match), or is another."""

Facts = tuple[tuple[str, str], ...]
"""What is known of a party, by name: what a decision about it rests on."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A disposition taken back: since which day, by whom, why, and when that was recorded (UTC)."""

    day: dt.date
    by: str
    reason: str
    recorded: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """A decision about one party and one listing.

    ``party`` is the number by which the user's own books know the party, "" where they have none; ``facts`` is
    what was known of it, ``listing`` the entry as the person saw it, on the list ``as_of`` a day. ``decided``
    is the first day on which it holds, ``expires`` the first on which it no longer does. ``recorded`` is UTC.
    """

    number: int
    decision: str
    party: str
    facts: Facts
    listing: Listing
    as_of: dt.date | None
    by: str
    reason: str
    decided: dt.date
    expires: dt.date | None
    recorded: dt.datetime
    withdrawn: Withdrawal | None = None

    @property
    def name(self) -> str:
        """The party's name as it was."""
        return dict(self.facts)["name"]


def party_of(query: Query) -> str:
    """The user's own number of a party; a name in its place, as on the command line, is none."""
    return "" if query.id == query.name else query.id.strip()


def facts_of(query: Query) -> Facts:
    """What is known of a party, in one spelling for each fact; what is not known is not there.

    Case and spacing are no facts; a date of birth that became known is one.

    >>> facts_of(Query(name="Jane  Doe", country="GB")) == facts_of(Query(name="JANE DOE", country="GB"))
    True
    """
    numbers = sorted(f"{one.kind} {plain(one.value)}" for one in query.identifiers)
    said = {
        "name": _spelled(query.name), "kind": query.kind, "country": query.country, "born": query.born,
        "address": _spelled(query.address), "numbers": ", ".join(numbers),
    }  # fmt: skip
    return tuple((name, value) for name, value in said.items() if value or name == "name")


def _spelled(text: str) -> str:
    return " ".join(visible(text).split()).casefold()


def party_changes(then: Facts, now: Facts) -> Iterable[str]:
    """In words, which facts of a party are other ones."""
    was, has = dict(then), dict(now)
    for name in dict.fromkeys([*was, *has]):
        if was.get(name) != has.get(name):
            yield f"{name} {was.get(name) or 'not known'} then, {has.get(name) or 'not known'} now"


def listing_changes(then: Listing, now: Listing) -> Iterable[str]:
    """In words, which fields of a listing say something else; how a file is called or ordered is none."""
    for change in field_changes(then, now):
        gone = "".join(f" - {_short(value)}" for value in change.was)
        come = "".join(f" + {_short(value)}" for value in change.now)
        yield f"{change.field.replace('_', ' ')}{gone}{come}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."
