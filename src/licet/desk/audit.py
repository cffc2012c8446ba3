"""The log of the desk: only ever added to, each entry sealed with the hash of all before it.

An entry is one line of JSON; its hash is SHA-256 over the hash of the entry before and that line. So an entry
that was changed, taken out or put elsewhere breaks the chain at its place. What an entry tells of (a decision,
a disposition) is sealed in it by a hash of the whole row. No chain can prove that its end was not cut off: note
the head (``head``) elsewhere, and give it to ``verify``.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import tables
from licet.desk.store import HEADS, hold, now, one_row

START = "0" * 64
"""What stands for the hash before the first entry."""
DECIDED, SETTLED = "decided", "settled"
"""Actions whose subject is a row of the record, sealed in ``content``."""
_ROWS = {DECIDED: tables.decision, SETTLED: tables.disposition}
_AT_ONCE = 1000
# Made once: a statement that is put together anew costs as much as running it.
_ADD = tables.audit.insert()
_LAST = (
    sa.select(tables.audit.c.number, tables.audit.c.hash)
    .where(tables.audit.c.organization == sa.bindparam("organization"))
    .order_by(tables.audit.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number from 1, when (UTC), who did what with what, the line of JSON, and its hash."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    entry: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the log: at which number, and what, in words."""

    number: int
    says: str


def canonical(value: object) -> str:
    """A value as the one JSON text that hashes are taken of: keys in order, no blanks, bytes as base64.

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """

    def plain(value: object) -> object:
        if isinstance(value, bytes | memoryview):
            return base64.b64encode(bytes(value)).decode()
        raise TypeError(f"{type(value).__name__} is no part of a record")

    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain
    )


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sealed(row: Mapping[str, Any]) -> str:
    """The hash by which an entry seals a row of the record."""
    return digest(canonical(dict(row)))


def append(
    connection: Connection,
    organization: str,
    *,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, object] | None = None,
    content: str = "",
) -> int:
    """Add an entry within a transaction that writes; its number. ``content`` is ``sealed(row)`` of a row."""
    # What waits together is committed together: only the first entry has to look where the log ends.
    heads: dict[str, tuple[int, str]] = connection.info.get(HEADS, {})
    if organization not in heads:
        if not hold(connection, organization):
            raise ValueError(f"organization {organization!r}: there is none of this name.")
        heads[organization] = head(connection, organization)
    number, before = heads[organization][0] + 1, heads[organization][1]
    at = now()
    entry = canonical(
        {
            "organization": organization, "number": number, "at": at, "actor": actor, "action": action,
            "subject": subject, "details": dict(details or {}), "content": content,
        }
    )  # fmt: skip
    link = digest(before + entry)
    connection.execute(
        _ADD,
        {
            "organization": organization, "number": number, "at": at, "actor": actor, "action": action,
            "subject": subject, "entry": entry, "hash": link,
        },
    )  # fmt: skip
    heads[organization] = number, link
    return number


def entries(
    connection: Connection,
    organization: str,
    *,
    after: int = 0,
    limit: int | None = None,
    subject: str = "",
    action: str = "",
) -> Iterator[Entry]:
    """The entries of an organization, in order, from the one after ``after`` on."""
    log = tables.audit.c
    wanted = sa.select(
        log.number, log.at, log.actor, log.action, log.subject, log.entry, log.hash
    ).where(log.organization == organization, log.number > after)
    if subject:
        wanted = wanted.where(log.subject == subject)
    if action:
        wanted = wanted.where(log.action == action)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        wanted.order_by(log.number).limit(limit)
    )
    for row in rows:
        yield Entry(*row)


def newest(
    connection: Connection,
    organization: str,
    *,
    before: int = 0,
    limit: int = 100,
    subject: str = "",
    action: str = "",
    actor: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[Entry]:
    """Entries of an organization, the newest first, from the one before ``before`` back, until a last day."""
    log = tables.audit.c
    wanted = sa.select(
        log.number, log.at, log.actor, log.action, log.subject, log.entry, log.hash
    ).where(log.organization == organization)
    if before:
        wanted = wanted.where(log.number < before)
    for column, value in ((log.subject, subject), (log.action, action), (log.actor, actor)):
        if value:
            wanted = wanted.where(column == value)
    if since is not None:
        wanted = wanted.where(log.at >= since.isoformat())
    if until is not None and until < dt.date.max:
        wanted = wanted.where(log.at < (until + dt.timedelta(days=1)).isoformat())
    rows = connection.execute(wanted.order_by(log.number.desc()).limit(limit))
    return [Entry(*row) for row in rows]


def head(connection: Connection, organization: str) -> tuple[int, str]:
    """The number and hash of the last entry: note it elsewhere, and a log that was cut shows."""
    last = connection.execute(_LAST, {"organization": organization}).first()
    return (last[0], last[1]) if last else (0, START)


def verify(
    connection: Connection, organization: str, *, noted: tuple[int, str] | None = None
) -> Iterator[Fault]:
    """What is wrong with a log, in its order; nothing where the chain and all that it seals are whole.

    ``noted`` is a number and hash that ``head`` once gave.
    """
    number, before, told = 0, START, dict.fromkeys(_ROWS, 0)
    seen_noted = noted is None or noted == (0, START)
    for one in entries(connection, organization):
        if one.number != number + 1:
            gap = (
                f"{number + 1}" if one.number == number + 2 else f"{number + 1} to {one.number - 1}"
            )
            yield Fault(one.number, f"entry {gap} is missing before it")
        number = one.number
        if digest(before + one.entry) != one.hash:
            yield Fault(
                number, "its hash does not follow from it and the entry before: changed, or moved"
            )
        before = one.hash
        seen_noted = seen_noted or (number, one.hash) == noted
        try:
            said = json.loads(one.entry)
            columns = (organization, one.number, one.at, one.actor, one.action, one.subject)
            keys = ("organization", "number", "at", "actor", "action", "subject")
            if tuple(said[key] for key in keys) != columns:
                yield Fault(number, "its columns say something else than its entry")
            content = said["content"]
        except (ValueError, KeyError, TypeError):
            yield Fault(number, "its entry cannot be read")
            continue
        if one.action in _ROWS:
            told[one.action] += 1
            yield from _row(connection, organization, one, content)
    if not seen_noted and noted is not None:
        yield Fault(
            noted[0],
            f"the head that was noted, {noted[1][:16]}..., is not in the log: cut or replaced",
        )
    for action, table in _ROWS.items():
        there = connection.execute(
            sa.select(sa.func.count()).where(table.c.organization == organization)
        ).scalar_one()
        if there > told[action]:
            yield Fault(
                number, f"{there - told[action]} rows of {table.name} are in no entry of the log"
            )


def _row(connection: Connection, organization: str, one: Entry, content: str) -> Iterator[Fault]:
    """Whether what an entry tells of is there and as it was."""
    table = _ROWS[one.action]
    key = table.c.id == one.subject if one.action == DECIDED else table.c.number == int(one.subject)
    row = one_row(connection, sa.select(table).where(table.c.organization == organization, key))
    if row is None:
        yield Fault(one.number, f"{table.name} {one.subject} is missing")
    elif sealed(row) != content:
        yield Fault(one.number, f"{table.name} {one.subject} is not what was recorded")
