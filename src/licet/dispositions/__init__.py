"""Dispositions: what people decided about possible matches; each function mirrors ``licet dispositions``.

``add`` records a decision, ``withdraw`` takes one back, ``recorded`` gives all of them, ``applied`` says what
was decided about a match, and ``settle`` applies that to an answer. ``data`` is the folder of the file; without
it that of ``licet.law.versions.home``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from licet.dispositions import store
from licet.dispositions.applying import (
    OPEN,
    SETTLED,
    Applied,
    Book,
    Settling,
    settle,
    with_disposition,
)
from licet.dispositions.errors import DispositionError
from licet.dispositions.record import (
    DECISIONS,
    LISTED,
    NOT_LISTED,
    Disposition,
    Withdrawal,
    facts_of,
    party_of,
)
from licet.law.versions import home
from licet.parties.listing import Listing
from licet.parties.screening import Candidate, Query

__all__ = [
    "LISTED", "NOT_LISTED", "OPEN", "SETTLED", "Applied", "Book", "Disposition", "DispositionError", "Settling",
    "Withdrawal", "add", "applied", "book", "made", "recorded", "settle", "with_disposition", "withdraw",
]  # fmt: skip


def add(
    query: Query,
    match: Candidate | Listing,
    decision: str,
    *,
    by: str,
    reason: str,
    decided: dt.date | None = None,
    expires: dt.date | None = None,
    as_of: dt.date | None = None,
    data: Path | None = None,
) -> Disposition:
    """Record what a person decided about a party and a listing, as ``licet dispositions add`` does.

    ``decision`` is ``listed`` or ``not_listed``; ``decided`` is today unless given, ``expires`` the first
    day on which it no longer holds, ``as_of`` the day of the list. Raises ``DispositionError`` for what is not
    allowed.
    """
    new = made(
        query, match, decision, by=by, reason=reason, decided=decided, expires=expires, as_of=as_of
    )
    return store.append(data or home(), new)


def made(
    query: Query,
    match: Candidate | Listing,
    decision: str,
    *,
    by: str,
    reason: str,
    decided: dt.date | None = None,
    expires: dt.date | None = None,
    as_of: dt.date | None = None,
) -> Disposition:
    """A disposition that is allowed and not recorded yet, numbered 0; arguments and errors as for ``add``."""
    today = dt.date.today()
    day = decided or today
    if decision not in DECISIONS:
        raise DispositionError(f"decision: {decision!r}; allowed: {', '.join(DECISIONS)}.")
    for what, text in (("by", by), ("reason", reason)):
        if not text.strip():
            raise DispositionError(
                f"{what}: empty; a decision that nobody answers for settles nothing."
            )
    if not query.name.strip():
        raise DispositionError("name: empty; say whom the decision is about.")
    if day > today:
        raise DispositionError(
            f"decided: {day} is to come; a decision holds from the day it is made."
        )
    if expires is not None and expires <= day:
        raise DispositionError(f"expires: {expires} is not after {day}, the day of the decision.")
    return Disposition(
        number=0, decision=decision, party=party_of(query), facts=facts_of(query),
        listing=match if isinstance(match, Listing) else match.listing, as_of=as_of,
        by=" ".join(by.split()), reason=" ".join(reason.split()).rstrip("."), decided=day, expires=expires,
        recorded=dt.datetime.now(dt.UTC),
    )  # fmt: skip


def withdraw(
    number: int, *, by: str, reason: str, day: dt.date | None = None, data: Path | None = None
) -> Disposition:
    """Take a disposition back from a day on (today unless given); it stays in the history.

    Raises ``DispositionError`` for a number that is none, or one that is withdrawn already.
    """
    folder, today = data or home(), dt.date.today()
    found = next((one for one in store.read(folder) if one.number == number), None)
    if found is None:
        raise DispositionError(
            f"disposition {number}: there is none; licet dispositions list shows their numbers."
        )
    for what, text in (("by", by), ("reason", reason)):
        if not text.strip():
            raise DispositionError(f"{what}: empty; a withdrawal needs a person and a reason.")
    since = day or today
    if not found.decided <= since <= today:
        raise DispositionError(
            f"day: {since}; allowed: from {found.decided}, when it was decided, to {today}."
        )
    taken = Withdrawal(
        since, " ".join(by.split()), " ".join(reason.split()), dt.datetime.now(dt.UTC)
    )
    store.withdraw(folder, number, taken)
    return next(one for one in store.read(folder) if one.number == number)


def recorded(*, known: dt.date | None = None, data: Path | None = None) -> tuple[Disposition, ...]:
    """All dispositions in the order recorded, as ``licet dispositions list`` shows; ``known``: by that day."""
    every = store.read(data or home())
    return tuple(one for one in every if known is None or one.recorded.date() <= known)


def book(*, known: dt.date | None = None, data: Path | None = None) -> Book:
    """The dispositions at hand, read once to be applied many times."""
    return Book(store.read(data or home()), known)


def applied(
    query: Query,
    candidate: Candidate | Listing,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    among: Book | None = None,
    data: Path | None = None,
) -> Applied | None:
    """What was decided about a party and a listing, as it stands on a day; None where nothing was.

    ``on`` is today unless given; ``known`` leaves out what was recorded after that day, so that an old answer
    can be given again. ``among`` is a ``book`` read before, for those who ask many times.
    """
    listing = candidate if isinstance(candidate, Listing) else candidate.listing
    dispositions = among if among is not None else book(known=known, data=data)
    return dispositions.applied(query, listing, on=on)
