"""Possible matches in an order, and what people of an organization decided about them.

The record and its logic are those of ``licet.dispositions``; here they are kept in the desk's database, for
each organization.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.store import hold
from licet.dispositions import LISTED, NOT_LISTED, SETTLED, Book, Disposition
from licet.dispositions.in_orders import listing
from licet.lists.record import from_bytes, to_bytes
from licet.order import Order, Party
from licet.order_screening import Screening, unread
from licet.parties.listing import Listing
from licet.parties.screening import Query
from licet.parties.similar_names import query


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody in an order who may be a listed party, and why.

    ``path`` says where the order names him; ``address``: only his address is that of an entry that names
    nobody, so that what people decide is put into the order (``party.disposition``).
    """

    path: str
    query: Query
    listing: Listing
    role: str
    says: str
    address: bool = False


def unsettled(order: Order, screening: Screening) -> tuple[Match, ...]:
    """The possible matches of an order that neither the order itself nor a disposition settles."""
    found = []
    for hit in screening.hits(order):
        stands = hit.disposition
        if hit.kind != "possible" or unread(hit) or (stands and stands.state == SETTLED):
            continue
        place = _place(hit.path)
        party = (order.parties or ())[place] if place is not None else None
        if (party is None and hit.asked is None) or (party is not None and party.disposition):
            continue
        says = hit.says or "the names are equal but for a legal form, or a country"
        if stands is not None:
            says = f"{says}; {stands.says}"
        asked = query(hit.asked) if hit.asked else _by_address(party)
        found.append(Match(hit.path, asked, listing(hit), hit.role or "", says, hit.asked is None))
    return tuple(found)


def settled(
    order: Order, matches: Collection[Match], book: Book
) -> tuple[Order, tuple[Match, ...]]:
    """The order with what people decided about addresses, and the matches about which nobody has decided.

    A party is ``listed`` where one of its addresses is, ``not_listed`` where none is and no name of his is
    open; else it stays open.
    """
    said: dict[str, list[str | None]] = {}
    still = []
    for one in matches:
        applied = book.applied(one.query, one.listing) if one.address else None
        state = applied.disposition.decision if applied and applied.state == SETTLED else None
        said.setdefault(one.path, []).append(state)
        if state is None:
            still.append(one)
    parties = list(order.parties or ())
    for path, states in said.items():
        place = _place(path)
        if place is None:
            continue
        if LISTED in states:
            parties[place] = replace(parties[place], disposition=LISTED)
        elif all(state == NOT_LISTED for state in states):
            parties[place] = replace(parties[place], disposition=NOT_LISTED)
    if tuple(parties) == (order.parties or ()):
        return order, tuple(still)
    waiting = (
        one for one in still if (at := _place(one.path)) is None or not parties[at].disposition
    )
    return replace(order, parties=tuple(parties)), tuple(waiting)


def _by_address(party: Party | None) -> Query:
    address = (party.address if party else "") or ""
    name = (party.name if party else "") or address
    return Query(name=name, country=(party.country if party else "") or "", address=address)


def last(connection: Connection, organization: str) -> int:
    """The number of the last disposition of an organization; 0 where there is none."""
    return connection.execute(_LAST, {"organization": organization}).scalar() or 0


_LAST = sa.select(sa.func.max(tables.disposition.c.number)).where(
    tables.disposition.c.organization == sa.bindparam("organization")
)


def book(
    connection: Connection,
    organization: str,
    *,
    first: int | None = None,
    at: dt.date | None = None,
) -> Book:
    """The dispositions of an organization, all or the ``first`` so many; ``at``: as they stand on that day."""
    table = tables.disposition
    wanted = sa.select(table).where(table.c.organization == organization)
    if first is not None:
        wanted = wanted.where(table.c.number <= first)
    rows = connection.execute(wanted.order_by(table.c.number)).mappings()
    return Book(tuple(_disposition(row) for row in rows), at=at)


def record(connection: Connection, organization: str, new: Disposition, *, actor: str) -> int:
    """Write a disposition and seal it in the log, within a transaction that writes; its number."""
    table = tables.disposition
    hold(connection, organization)
    number = last(connection, organization) + 1
    row = {
        "organization": organization, "number": number, "recorded": new.recorded.isoformat(),
        "decision": new.decision, "party": new.party, "facts": json.dumps(new.facts, ensure_ascii=False),
        "entry": new.listing.key, "listing": to_bytes(new.listing),
        "as_of": new.as_of and new.as_of.isoformat(), "by": new.by, "reason": new.reason,
        "decided": new.decided.isoformat(), "expires": new.expires and new.expires.isoformat(),
    }  # fmt: skip
    connection.execute(table.insert().values(**row))
    audit.append(
        connection, organization, actor=actor, action=audit.SETTLED, subject=str(number),
        details={"decision": new.decision, "party": new.name, "entry": new.listing.key, "by": new.by,
                 "reason": new.reason, "expires": row["expires"]},
        content=audit.sealed(row),
    )  # fmt: skip
    return number


def _disposition(row: Any) -> Disposition:
    return Disposition(
        number=row["number"], decision=row["decision"], party=row["party"],
        facts=tuple((name, value) for name, value in json.loads(row["facts"])),
        listing=from_bytes(bytes(row["listing"])), as_of=_day(row["as_of"]), by=row["by"],
        reason=row["reason"], decided=dt.date.fromisoformat(row["decided"]), expires=_day(row["expires"]),
        recorded=dt.datetime.fromisoformat(row["recorded"]),
    )  # fmt: skip


def _place(path: str) -> int | None:
    """Which party a path is about; None for owners, makers and others whom an order cannot settle."""
    inside = path.removeprefix("party[").removesuffix("]")
    return int(inside) if path == f"party[{inside}]" and inside.isdigit() else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
