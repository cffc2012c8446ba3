"""Possible matches in an order, and what people of an organization decided about them.

The record and its logic are those of ``licet.dispositions``; here they are kept in the desk's database, for
each organization, and what they say is put into the order before it is decided (``party.disposition``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.store import hold
from licet.dispositions import LISTED, NOT_LISTED, SETTLED, Book, Disposition
from licet.law.rulebook import Law
from licet.lists.packaged import TABLES, listing_of
from licet.lists.record import from_bytes, to_bytes
from licet.order import Order, Party
from licet.parties.listed_rows import ListedRow
from licet.parties.listing import ListedName, Listing
from licet.parties.screen import Hit, screen
from licet.parties.screening import Query


@dataclass(frozen=True, slots=True)
class Match:
    """A party of an order (its place among them) that may be a listed one, and why."""

    place: int
    query: Query
    listing: Listing
    role: str
    says: str


def possible(order: Order, law: Law) -> tuple[Match, ...]:
    """The possible matches of an order's parties that the order itself leaves open."""
    found = []
    for hit in screen(order, law):
        place = _place(hit)
        if hit.kind == "exact" or place is None:
            continue
        party = (order.parties or ())[place]
        if party.disposition is None:
            says = hit.says or "the names are equal but for a legal form, or a country"
            found.append(
                Match(place, query_of(party), listing_from(hit.listing), hit.role or "", says)
            )
    return tuple(found)


def settled(
    order: Order, matches: Collection[Match], book: Book, today: dt.date
) -> tuple[Order, tuple[Match, ...]]:
    """The order with what people decided, and the matches about which nobody has decided.

    A party is ``listed`` where one of its matches is true, ``not_listed`` where none is; where one is still
    open and none is true, the party stays open.
    """
    said: dict[int, list[str | None]] = {}
    still = []
    for one in matches:
        applied = book.applied(one.query, one.listing, on=today)
        state = applied.disposition.decision if applied and applied.state == SETTLED else None
        said.setdefault(one.place, []).append(state)
        if state is None:
            still.append(one)
    parties = list(order.parties or ())
    for place, states in said.items():
        if LISTED in states:
            parties[place] = replace(parties[place], disposition=LISTED)
        elif all(state == NOT_LISTED for state in states):
            parties[place] = replace(parties[place], disposition=NOT_LISTED)
    waiting = tuple(one for one in still if parties[one.place].disposition is None)
    return (replace(order, parties=tuple(parties)) if said else order), waiting


def query_of(party: Party) -> Query:
    """A party of an order as screening asks about it."""
    return Query(
        name=party.name or party.address or "",
        kind="organization" if party.kind is not None else "",
        country=party.country or "",
        address=party.address or "",
    )


def listing_from(listed: ListedRow) -> Listing:
    """A row of a table of the law as a listing, such as a disposition keeps."""
    if listed.list in TABLES:
        return listing_of(listed.list, listed.row)
    values = listed.row.values
    return Listing(
        list=listed.list, id=listed.id, kind=values.get("kind", ""),
        names=(ListedName(values["name"]), *(ListedName(n, "alias") for n in _parts(values, "aliases"))),
        countries=tuple(_parts(values, "country")), addresses=tuple(_parts(values, "addresses")),
        valid_from=listed.row.valid_from, valid_until=listed.row.valid_until, source=listed.row.source,
    )  # fmt: skip


def book(connection: Connection, organization: str, entries: Collection[str] | None = None) -> Book:
    """The dispositions of an organization, of some entries (``SDN:6908``) or of all."""
    table = tables.disposition
    wanted = sa.select(table).where(table.c.organization == organization)
    if entries is not None:
        wanted = wanted.where(table.c.entry.in_(sorted(entries)))
    rows = connection.execute(wanted.order_by(table.c.number)).mappings()
    return Book(tuple(_disposition(row) for row in rows))


def record(connection: Connection, organization: str, new: Disposition, *, actor: str) -> int:
    """Write a disposition and seal it in the log, within a transaction that writes; its number."""
    table = tables.disposition
    hold(connection, organization)
    last = connection.execute(
        sa.select(sa.func.max(table.c.number)).where(table.c.organization == organization)
    ).scalar()
    number = (last or 0) + 1
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


def _place(hit: Hit) -> int | None:
    """Which party a hit is about; None for owners, makers and others whom an order cannot settle."""
    inside = hit.path.removeprefix("party[").removesuffix("]")
    return int(inside) if hit.path == f"party[{inside}]" and inside.isdigit() else None


def _parts(values: Any, name: str) -> Iterator[str]:
    yield from filter(None, values.get(name, "").split("|"))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
