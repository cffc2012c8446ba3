"""Cases: possible matches that wait for a person, and how one is settled.

A case is about one party and one listing, however many orders wait with it: whoever settles it has settled all
of them. Where an organization asks for four eyes, one person proposes and another approves.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet import dispositions
from licet.desk import audit, matches, tables, webhooks
from licet.desk.matches import Match
from licet.desk.record import new_id
from licet.desk.store import all_rows, hold, now, one_row
from licet.dispositions import DispositionError
from licet.dispositions.record import facts_of
from licet.lists.record import from_bytes, to_bytes
from licet.parties.listing import Identifier, Listing
from licet.parties.screening import Query
from licet.sources.lists_ftm import to_ftm

OPEN, PROPOSED, CLOSED = "open", "proposed", "closed"
STATES = (OPEN, PROPOSED, CLOSED)


class CaseError(ValueError):
    """A case that cannot be settled so; says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a person says of a case; ``by`` is the person, ``expires`` the first day on which it ends."""

    decision: str
    by: str
    reason: str
    expires: dt.date | None = None


def open_for(
    connection: Connection,
    organization: str,
    found: Collection[Match],
    decision: str,
    *,
    actor: str,
) -> list[str]:
    """The cases of an order's possible matches, opened where there is none open; their ids."""
    ids = []
    for one in found:
        subject = _subject(one.query, one.listing)
        table = tables.case
        there = connection.execute(
            sa.select(table.c.id).where(
                table.c.organization == organization, table.c.subject == subject,
                table.c.state != CLOSED,
            )
        ).scalar()  # fmt: skip
        if there is None:
            there = new_id()
            connection.execute(
                table.insert().values(
                    id=there, organization=organization, subject=subject, opened=now(), state=OPEN,
                    reason=one.says, query=audit.canonical(_plain(one.query)), listing=to_bytes(one.listing),
                )
            )  # fmt: skip
            audit.append(
                connection, organization, actor=actor, action="case opened", subject=there,
                details={"party": one.query.name, "entry": one.listing.key, "reason": one.says},
            )  # fmt: skip
            said = {"case": there, "state": OPEN, "entry": one.listing.key, "decision_id": decision}
            webhooks.tell(connection, organization, "case", said)
        if there not in ids:
            ids.append(there)
            connection.execute(
                tables.case_decision.insert().values(case_id=there, decision=decision)
            )
    return ids


def listed(
    connection: Connection, organization: str, *, state: str = "", limit: int = 100, after: str = ""
) -> list[dict[str, Any]]:
    """The cases of an organization, the oldest first, from the one after ``after`` on."""
    table = tables.case
    wanted = sa.select(table).where(table.c.organization == organization, table.c.id > after)
    if state:
        wanted = wanted.where(table.c.state == state)
    rows = all_rows(connection, wanted.order_by(table.c.id).limit(limit))
    return [_as_dict(row) for row in rows]


def show(connection: Connection, organization: str, number: str) -> dict[str, Any] | None:
    """A case with the decisions that wait with it; None where the organization has none of this id."""
    row = _find(connection, organization, number)
    if row is None:
        return None
    linked = sa.select(tables.case_decision.c.decision).where(
        tables.case_decision.c.case_id == number
    )
    waiting = connection.execute(linked.order_by(tables.case_decision.c.decision)).scalars()
    return {**_as_dict(row), "decisions": list(waiting)}


def of_decision(connection: Connection, organization: str, decision: str) -> list[dict[str, Any]]:
    """The cases that a decision waits with, or waited with, the oldest first."""
    table, linked = tables.case, tables.case_decision
    wanted = (
        sa.select(table)
        .join(linked, linked.c.case_id == table.c.id)
        .where(table.c.organization == organization, linked.c.decision == decision)
    )
    return [_as_dict(row) for row in all_rows(connection, wanted.order_by(table.c.id))]


def both(connection: Connection, organization: str, number: str) -> tuple[Query, Listing] | None:
    """The party and the listing of a case, to be compared; None where the organization has none of this id."""
    row = _find(connection, organization, number)
    if row is None:
        return None
    return Query(**json.loads(row["query"])), from_bytes(bytes(row["listing"]))


def alike(connection: Connection, organization: str, number: str) -> list[dict[str, Any]]:
    """Other cases that wait and are about the same party or the same listing: often one false positive."""
    found = both(connection, organization, number)
    if found is None:
        return []
    name, key = found[0].name.casefold().split(), found[1].key
    waiting = listed(connection, organization, state=OPEN, limit=1000)
    return [
        one
        for one in waiting
        if one["id"] != number
        and (one["party"]["name"].casefold().split() == name or one["entry"] == key)
    ]


def settle_all(
    connection: Connection,
    organization: str,
    numbers: Collection[str],
    said: Settlement,
    *,
    actor: str,
) -> int:
    """Settle several cases alike, all of them or none; how many. Raises as ``settle`` does."""
    for number in dict.fromkeys(numbers):
        settle(connection, organization, number, said, actor=actor)
    return len(set(numbers))


def settle(
    connection: Connection, organization: str, number: str, said: Settlement, *, actor: str
) -> dict[str, Any]:
    """Settle a case, or propose to where four eyes are asked for. One that is closed may be settled anew.

    Raises ``CaseError`` for what is not allowed, ``LookupError`` for a case that is none.
    """
    row = _must_find(connection, organization, number)
    _disposition(row, said)  # refused before anything is written
    four_eyes = connection.execute(
        sa.select(tables.organization.c.four_eyes).where(tables.organization.c.id == organization)
    ).scalar_one()
    if four_eyes:
        proposal = {
            "decision": said.decision, "by": said.by, "reason": said.reason, "actor": actor,
            "expires": said.expires and said.expires.isoformat(),
        }  # fmt: skip
        _update(connection, number, state=PROPOSED, proposal=audit.canonical(proposal))
        audit.append(
            connection,
            organization,
            actor=actor,
            action="case proposed",
            subject=number,
            details=proposal,
        )
    else:
        _close(connection, organization, row, said, actor=actor)
    return _shown(connection, organization, number)


def approve(
    connection: Connection, organization: str, number: str, *, actor: str, by: str = ""
) -> dict[str, Any]:
    """Agree to what another person proposed. Raises ``CaseError`` for one's own proposal, or for none."""
    row = _must_find(connection, organization, number)
    if row["state"] != PROPOSED:
        raise CaseError(f"case {number}: nothing is proposed; it is {row['state']}.")
    proposal = json.loads(row["proposal"])
    if actor == proposal["actor"] or (by and by.casefold() == proposal["by"].casefold()):
        raise CaseError(
            f"case {number}: {proposal['by']} proposed it; another person has to approve."
        )
    expires = proposal["expires"] and dt.date.fromisoformat(proposal["expires"])
    reason = f"{proposal['reason']} (approved by {by or actor})"
    said = Settlement(
        decision=proposal["decision"], by=proposal["by"], reason=reason, expires=expires
    )
    _close(connection, organization, row, said, actor=actor)
    return _shown(connection, organization, number)


def _close(
    connection: Connection,
    organization: str,
    row: Mapping[str, Any],
    said: Settlement,
    *,
    actor: str,
) -> None:
    number = matches.record(connection, organization, _disposition(row, said), actor=actor)
    _update(connection, row["id"], state=CLOSED, closed=now(), disposition=number, proposal=None)
    audit.append(
        connection, organization, actor=actor, action="case closed", subject=row["id"],
        details={"disposition": number, "decision": said.decision, "by": said.by},
    )  # fmt: skip
    told = {"case": row["id"], "state": CLOSED, "decision": said.decision, "disposition": number}
    webhooks.tell(connection, organization, "case", told)


def _disposition(row: Mapping[str, Any], said: Settlement) -> dispositions.Disposition:
    try:
        return dispositions.made(
            asked(row), from_bytes(bytes(row["listing"])), said.decision, by=said.by, reason=said.reason,
            expires=said.expires,
        )  # fmt: skip
    except DispositionError as error:
        raise CaseError(str(error)) from None


def _as_dict(row: Mapping[str, Any]) -> dict[str, Any]:
    listing = from_bytes(bytes(row["listing"]))
    opened = dt.datetime.fromisoformat(row["opened"])
    proposal = json.loads(row["proposal"]) if row["proposal"] else None
    return {
        "id": row["id"], "state": row["state"], "opened": row["opened"],
        "age_days": (dt.datetime.now(dt.UTC) - opened).days, "reason": row["reason"],
        "party": json.loads(row["query"]), "entry": listing.key,
        "listing": json.loads(to_ftm(listing)), "proposal": proposal,
        "closed": row["closed"], "disposition": row["disposition"],
    }  # fmt: skip


def _subject(query: Query, listing: Listing) -> str:
    return audit.digest(audit.canonical([[*map(list, facts_of(query))], listing.key]))


def _plain(query: Query) -> dict[str, object]:
    texts: Sequence[str] = ("name", "id", "kind", "country", "born", "address")
    said: dict[str, object] = {name: getattr(query, name) for name in texts}
    if query.identifiers:
        said["identifiers"] = [[one.kind, one.value] for one in query.identifiers]
    return said


def asked(row: Mapping[str, Any]) -> Query:
    """Whom a case is about, as screening asks about him."""
    said = json.loads(row["query"])
    numbers = tuple(Identifier(*one) for one in said.pop("identifiers", ()))
    return Query(**said, identifiers=numbers)


def _find(connection: Connection, organization: str, number: str) -> Mapping[str, Any] | None:
    table = tables.case
    return one_row(
        connection,
        sa.select(table).where(table.c.organization == organization, table.c.id == number),
    )


def _must_find(connection: Connection, organization: str, number: str) -> Mapping[str, Any]:
    # Two who settle one case come one after the other.
    hold(connection, organization)
    row = _find(connection, organization, number)
    if row is None:
        raise LookupError(f"case {number}: there is none of this id.")
    return row


def _shown(connection: Connection, organization: str, number: str) -> dict[str, Any]:
    found = show(connection, organization, number)
    assert found is not None  # it was found before, and cases are never erased
    return found


def _update(connection: Connection, number: str, **values: object) -> None:
    connection.execute(tables.case.update().where(tables.case.c.id == number).values(**values))
