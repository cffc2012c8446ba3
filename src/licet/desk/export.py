"""The log and the decisions of an organization on their way out: JSON lines, each with what it seals."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.store import all_rows, one_row


def lines(connection: Connection, organization: str) -> Iterator[str]:
    """Each entry of the log in order, as one line of JSON; ``record`` is the row that it seals, where it does.

    Whoever has the lines can verify them without the database: ``hash`` is SHA-256 over the hash of the line
    before (64 zeros before the first) and ``entry``.
    """
    for one in audit.entries(connection, organization):
        line: dict[str, object] = {"number": one.number, "hash": one.hash, "entry": one.entry}
        if one.action in (audit.DECIDED, audit.SETTLED):
            line["record"] = _row(connection, organization, one)
        yield json.dumps(line, ensure_ascii=False)


def decisions(
    connection: Connection,
    organization: str,
    *,
    after: str = "",
    limit: int = 100,
    order_id: str = "",
    outcome: str = "",
) -> list[dict[str, Any]]:
    """Decisions of an organization in order of time, in short, from the one after ``after`` on."""
    column = tables.decision.c
    wanted = _short(organization, order_id, outcome).where(column.id > after)
    return _in_short(connection, wanted.order_by(column.id).limit(limit))


def newest(
    connection: Connection,
    organization: str,
    *,
    before: str = "",
    limit: int = 100,
    order_id: str = "",
    outcome: str = "",
) -> list[dict[str, Any]]:
    """As ``decisions``, the newest first, from the one before ``before`` back."""
    column = tables.decision.c
    wanted = _short(organization, order_id, outcome)
    if before:
        wanted = wanted.where(column.id < before)
    return _in_short(connection, wanted.order_by(column.id.desc()).limit(limit))


def _short(organization: str, order_id: str, outcome: str) -> sa.Select[Any]:
    column = tables.decision.c
    wanted = sa.select(
        column.id, column.at, column.actor, column.order_id, column.outcome, column.law, column.engine,
        column.keep_until,
    ).where(column.organization == organization)  # fmt: skip
    if order_id:
        wanted = wanted.where(column.order_id == order_id)
    if outcome:
        wanted = wanted.where(column.outcome == outcome)
    return wanted


def _in_short(connection: Connection, wanted: sa.Select[Any]) -> list[dict[str, Any]]:
    return [
        {"decision_id": row["id"], "recorded": row["at"], **{k: row[k] for k in row if k not in ("id", "at")}}
        for row in all_rows(connection, wanted)
    ]  # fmt: skip


def _row(connection: Connection, organization: str, one: audit.Entry) -> dict[str, object] | None:
    decided = one.action == audit.DECIDED
    table = tables.decision if decided else tables.disposition
    key = table.c.id == one.subject if decided else table.c.number == int(one.subject)
    found = one_row(connection, sa.select(table).where(table.c.organization == organization, key))
    return None if found is None else _plain(found)


def _plain(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: base64.b64encode(bytes(value)).decode()
        if isinstance(value, bytes | memoryview)
        else value
        for name, value in row.items()
    }
