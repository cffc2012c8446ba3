"""Sessions: who has come in through the login page, kept by the server; the browser holds a random text.

A session that a key opened has the key's organization, role and scopes, and ends when the key does. Of the
text in the browser's cookie the database holds a hash only, as of keys.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.access import Actor
from licet.desk.store import one_row

COOKIE = "licet_session"
LASTS = dt.timedelta(hours=12)
_LOCAL = secrets.token_hex(32)
"""Stands for a session where nobody has to log in: on this machine alone, for as long as the program runs."""


def open_session(connection: Connection, actor: Actor) -> str:
    """Let an actor in, within a transaction that writes; the text for the cookie, which is never shown again.

    Sessions that are over are erased on the way.
    """
    text = secrets.token_urlsafe(32)
    now = dt.datetime.now(dt.UTC)
    table = tables.session
    connection.execute(table.delete().where(table.c.ends <= _iso(now)))
    connection.execute(
        table.insert().values(
            hash=_hash(text), organization=actor.organization, name=actor.name, role=actor.role,
            scopes=" ".join(actor.scopes), key=actor.key or None, opened=_iso(now), ends=_iso(now + LASTS),
        )
    )  # fmt: skip
    audit.append(
        connection, actor.organization, actor=actor.name, action="logged in", subject=actor.key
    )
    return text


def close_session(connection: Connection, text: str) -> None:
    """Let somebody out, within a transaction that writes; nothing where there is no such session."""
    found = _find(connection, text)
    if found is None:
        return
    table = tables.session
    connection.execute(table.delete().where(table.c.hash == found["hash"]))
    audit.append(
        connection, found["organization"], actor=found["name"], action="logged out",
        subject=found["key"] or "",
    )  # fmt: skip


def visitor(connection: Connection, text: str) -> Actor | None:
    """Who holds a cookie's text; None where the session is over, or its key was revoked or has expired."""
    found = _find(connection, text)
    if found is None or found["ends"] <= _iso(dt.datetime.now(dt.UTC)):
        return None
    if found["key"]:
        keys = tables.api_key
        key = one_row(
            connection,
            sa.select(keys.c.revoked, keys.c.expires).where(keys.c.id == found["key"]),
        )
        today = dt.datetime.now(dt.UTC).date().isoformat()
        if key is None or key["revoked"] is not None:
            return None
        if key["expires"] is not None and key["expires"] <= today:
            return None
    return Actor(
        found["organization"], found["name"], found["role"], tuple(found["scopes"].split()),
        found["key"] or "",
    )  # fmt: skip


def token(text: str) -> str:
    """What forms carry along with a session (``""``: without login), so that no other site can send them.

    >>> len(token("a")), token("a") == token("b"), same_token(token("a"), "a")
    (64, False, True)
    """
    return hmac.new((text or _LOCAL).encode(), b"licet form", hashlib.sha256).hexdigest()


def same_token(given: str, text: str) -> bool:
    """Whether a form carries the token of a session."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token(text).encode())


def _find(connection: Connection, text: str) -> dict[str, Any] | None:
    if not text or len(text) > 100:
        return None
    wanted = sa.select(tables.session).where(tables.session.c.hash == _hash(text))
    return one_row(connection, wanted)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="microseconds")
