"""Who may do what: keys, roles and scopes, and one table that says it for every route.

A key is shown once, when it is made; of it the database holds a hash only. It belongs to one organization, and
everything that is asked with it is asked of that organization's record alone. Who works on the machine itself
(``licet serve`` on loopback) needs no key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.counter import Asker
from licet.desk.record import new_id
from licet.desk.store import LOCAL, all_rows, make_organization, now, one_row

ROLES = ("viewer", "analyst", "approver", "admin")
"""Each may do what those before it may, and more."""
SCOPES = ("check", "screen", "law", "cases", "record")
"""What a key may be narrowed to; a key without scopes has all that its role has."""
PREFIX = "licet"


@dataclass(frozen=True, slots=True)
class Need:
    """What a route asks for: the least role, and the scope that it belongs to; "" for an open route."""

    role: str
    scope: str


OPEN = Need("", "")
NEEDS = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): Need("viewer", "record"),
    ("POST", "/check"): Need("analyst", "check"),
    ("GET", "/decisions"): Need("viewer", "record"),
    ("GET", "/decisions/{decision_id}"): Need("viewer", "record"),
    ("GET", "/decisions/{decision_id}/memo"): Need("viewer", "record"),
    ("GET", "/decisions/{decision_id}/record.html"): Need("viewer", "record"),
    ("GET", "/decisions/{decision_id}/record.pdf"): Need("viewer", "record"),
    ("POST", "/decisions/{decision_id}/check"): Need("analyst", "check"),
    ("POST", "/decisions/{decision_id}/replay"): Need("viewer", "record"),
    ("POST", "/screen"): Need("analyst", "screen"),
    ("POST", "/replay"): Need("analyst", "check"),
    ("GET", "/replays"): Need("viewer", "record"),
    ("GET", "/replays/{replay_id}"): Need("viewer", "record"),
    ("GET", "/replays/{replay_id}/verdicts"): Need("viewer", "record"),
    ("GET", "/law"): Need("viewer", "law"),
    ("GET", "/law/rules"): Need("viewer", "law"),
    ("GET", "/law/rules/{rule_id}"): Need("viewer", "law"),
    ("GET", "/law/timeline"): Need("viewer", "law"),
    ("GET", "/law/changes"): Need("viewer", "law"),
    ("GET", "/law/tables"): Need("viewer", "law"),
    ("GET", "/law/tables/{table}"): Need("viewer", "law"),
    ("GET", "/lists"): Need("viewer", "screen"),
    ("GET", "/cases"): Need("viewer", "cases"),
    ("GET", "/cases/{case_id}"): Need("viewer", "cases"),
    ("POST", "/cases/{case_id}/settle"): Need("analyst", "cases"),
    ("POST", "/cases/{case_id}/approve"): Need("approver", "cases"),
    ("GET", "/audit"): Need("approver", "record"),
    ("GET", "/audit/verify"): Need("approver", "record"),
    ("GET", "/audit/export"): Need("admin", "record"),
    ("GET", "/webhooks"): Need("admin", ""),
    ("POST", "/webhooks"): Need("admin", ""),
    ("POST", "/webhooks/{webhook_id}/end"): Need("admin", ""),
    ("GET", "/deliveries"): Need("admin", ""),
    ("POST", "/deliveries/{delivery_id}/again"): Need("admin", ""),
    ("GET", "/organization"): Need("viewer", "cases"),
    ("POST", "/organization"): Need("admin", ""),
    ("GET", "/keys"): Need("admin", ""),
    ("POST", "/keys"): Need("admin", ""),
    ("POST", "/keys/{key_id}/revoke"): Need("admin", ""),
    ("POST", "/match/{dataset}"): Need("analyst", "screen"),
    ("GET", "/search/{dataset}"): Need("viewer", "screen"),
    ("GET", "/entities/{entity_id}"): Need("viewer", "screen"),
    ("GET", "/entities/{entity_id}/adjacent"): Need("viewer", "screen"),
    ("GET", "/entities/{entity_id}/adjacent/{property_name}"): Need("viewer", "screen"),
    ("GET", "/catalog"): Need("viewer", "screen"),
    ("GET", "/algorithms"): Need("viewer", "screen"),
}
"""Of every route what it needs. A route that is not here is refused to everybody."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: which organization, under which name in the record, with which role and scopes."""

    organization: str
    name: str
    role: str
    scopes: tuple[str, ...] = ()
    key: str = ""

    def may(self, need: Need) -> bool:
        """Whether this role and these scopes are enough. A narrowed key never does what has no scope."""
        if not need.role:
            return True
        enough = ROLES.index(self.role) >= ROLES.index(need.role)
        return enough and (not self.scopes or need.scope in self.scopes)

    @property
    def asker(self) -> Asker:
        """As the record needs to know it."""
        return Asker(self.organization, self.name)


def local_actor() -> Actor:
    """Whoever works on the machine itself."""
    return Actor(LOCAL, "local", "admin")


class KeyRefused(ValueError):  # noqa: N818 -- it says what is the matter
    """A key that cannot be made so, or that does not hold."""


class ProviderError(ValueError):
    """A login provider whose file is wrong, or that does not answer as it should (``oidc``); says what."""


def make_key(
    connection: Connection,
    organization: str,
    name: str,
    role: str,
    *,
    actor: str,
    scopes: tuple[str, ...] = (),
    expires: dt.date | None = None,
) -> str:
    """Make a key, and the organization where it is new; the key itself, which is never shown again.

    Raises ``KeyRefused`` for a role, scope or day that is not allowed.
    """
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise KeyRefused("name: give whose key it is, in up to 100 characters.")
    if not organization.strip() or len(organization) > 100 or not organization.isprintable():
        raise KeyRefused("organization: a name of up to 100 characters.")
    if role not in ROLES:
        raise KeyRefused(f"role: {role!r}; allowed: {', '.join(ROLES)}.")
    for scope in scopes:
        if scope not in SCOPES:
            raise KeyRefused(f"scope: {scope!r}; allowed: {', '.join(SCOPES)}.")
    if expires is not None and expires <= dt.date.today():
        raise KeyRefused(f"expires: {expires} is not to come.")
    make_organization(connection, organization)
    number, secret = new_id(), secrets.token_urlsafe(32)
    connection.execute(
        tables.api_key.insert().values(
            id=number, organization=organization, name=name, role=role, scopes=" ".join(scopes),
            hash=_hash(secret), created=now(), expires=expires and expires.isoformat(), revoked=None,
        )
    )  # fmt: skip
    audit.append(
        connection, organization, actor=actor, action="key made", subject=number,
        details={"name": name, "role": role, "scopes": list(scopes), "expires": str(expires or "")},
    )  # fmt: skip
    return f"{PREFIX}_{number}_{secret}"


def revoke(connection: Connection, organization: str, number: str, *, actor: str) -> None:
    """Take a key back, at once. Raises ``LookupError`` for one that the organization has not."""
    table = tables.api_key
    done = connection.execute(
        table.update()
        .where(table.c.organization == organization, table.c.id == number, table.c.revoked.is_(None))
        .values(revoked=now())
    )  # fmt: skip
    if done.rowcount == 0:
        raise LookupError(f"key {number}: there is none of this id, or it is revoked already.")
    audit.append(connection, organization, actor=actor, action="key revoked", subject=number)


def keys(connection: Connection, organization: str) -> list[dict[str, object]]:
    """The keys of an organization, without what is secret."""
    column = tables.api_key.c
    wanted = sa.select(
        column.id, column.name, column.role, column.scopes, column.created, column.expires, column.revoked
    ).where(column.organization == organization).order_by(column.id)  # fmt: skip
    return [{**row, "scopes": row["scopes"].split()} for row in all_rows(connection, wanted)]


def habits(connection: Connection, organization: str) -> dict[str, object]:
    """An organization as it works: whether two people settle a case there (``four_eyes``)."""
    table = tables.organization
    row = one_row(connection, sa.select(table).where(table.c.id == organization))
    if row is None:
        raise LookupError(f"organization {organization!r}: there is none of this name.")
    return {"id": row["id"], "four_eyes": bool(row["four_eyes"])}


def set_four_eyes(
    connection: Connection, organization: str, four_eyes: bool, *, actor: str
) -> None:
    """Ask for two people to settle a case, or for one; the log tells who changed it. Raises ``LookupError``."""
    table = tables.organization
    done = connection.execute(
        table.update().where(table.c.id == organization).values(four_eyes=four_eyes)
    )
    if done.rowcount == 0:
        raise LookupError(f"organization {organization!r}: there is none of this name.")
    audit.append(
        connection, organization, actor=actor, action="four eyes", subject=organization,
        details={"four_eyes": four_eyes},
    )  # fmt: skip


def actor_of(connection: Connection, header: str) -> Actor:
    """Whose key a header carries: ``Bearer KEY`` or ``ApiKey KEY``. Raises ``KeyRefused``.

    What is wrong with a key is not told: who has none learns nothing of those that exist.
    """
    kind, _, text = header.strip().partition(" ")
    parts = text.strip().split("_", 2)
    refused = KeyRefused("the key does not hold; it may be revoked, have expired, or be mistyped.")
    if kind.lower() not in ("bearer", "apikey") or len(parts) != 3 or parts[0] != PREFIX:
        raise refused
    row = one_row(connection, sa.select(tables.api_key).where(tables.api_key.c.id == parts[1]))
    # Hashed in any case: the time of an answer does not tell whether the id exists.
    same = hmac.compare_digest(_hash(parts[2]), row["hash"] if row else "0" * 64)
    if row is None or not same or row["revoked"] is not None:
        raise refused
    if row["expires"] is not None and row["expires"] <= dt.datetime.now(dt.UTC).date().isoformat():
        raise refused
    return Actor(
        row["organization"], row["name"], row["role"], tuple(row["scopes"].split()), row["id"]
    )


def _hash(secret: str) -> str:
    # The secret has 256 bits of chance, so nobody can guess it and a slow hash would add nothing.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
