"""Webhooks: who wants to be told of what, and what waits to be told, written with what happened.

A delivery is signed: ``Licet-Signature: t=SECONDS,v1=HEX``, HMAC-SHA-256 with the webhook's secret over
``SECONDS.DELIVERY.BODY``. Who gets it checks that with ``verified``, and keeps the delivery's id: the same one
may come twice, since one that is not confirmed is sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets
import socket
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables
from licet.desk.record import new_id
from licet.desk.store import all_rows, now

EVENTS = ("decision", "case", "law", "replay")
"""A decision was recorded; a case was opened or closed; law or lists in use changed; a replay ended."""
WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"
WINDOW = 300.0
"""Seconds for which a signature holds."""
_WAITS = (10, 60, 300, 1800, 7200, 21_600, 86_400)
"""Seconds until it is tried again; after the last of these a delivery is dead."""


class HookRefused(ValueError):  # noqa: N818 -- it says what is the matter
    """An address to which nothing is delivered, or an event that is none."""


class NotSigned(ValueError):  # noqa: N818 -- it says what is the matter
    """A delivery that does not come from the desk, or was sent before and is sent again by somebody."""


def signature(secret: str, delivery: str, body: bytes, *, at: int) -> str:
    """The header that signs a delivery sent at a moment (seconds since 1970)."""
    said = hmac.new(secret.encode(), f"{at}.{delivery}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={said.hexdigest()}"


def verified(
    secret: str, delivery: str, header: str, body: bytes, *, at: float | None = None,
    window: float = WINDOW,
) -> None:  # fmt: skip
    """Check a delivery, for who receives one. ``at`` is now, ``window`` how old it may be, in seconds.

    Raises ``NotSigned``. What is younger than the window is told from its copy by ``Licet-Delivery``.

    >>> body = b'{"event": "decision"}'
    >>> verified("s", "d1", signature("s", "d1", body, at=1000), body, at=1010)
    >>> verified("s", "d1", signature("s", "d1", body, at=1000), body, at=2000)
    Traceback (most recent call last):
    licet.desk.webhooks.NotSigned: the signature is of another time: sent again by somebody?
    """
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    moment = parts.get("t", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 16):
        raise NotSigned("the signature cannot be read; t=SECONDS,v1=HEX is asked.")
    own = signature(secret, delivery, body, at=int(moment))
    if not hmac.compare_digest(own.encode(), f"t={moment},v1={parts.get('v1', '')}".encode()):
        raise NotSigned("the signature is not that of the secret, the delivery and the body.")
    if abs((time.time() if at is None else at) - int(moment)) > window:
        raise NotSigned("the signature is of another time: sent again by somebody?")


def make(
    connection: Connection, organization: str, address: str, events: Collection[str], *, actor: str,
    allowed: Collection[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Make a webhook; its secret is shown this once. Raises ``HookRefused``."""
    for event in events:
        if event not in EVENTS:
            raise HookRefused(f"events: {event!r}; allowed: {', '.join(EVENTS)}.")
    if not events:
        raise HookRefused(f"events: none; allowed: {', '.join(EVENTS)}.")
    host, _ = place(address, allowed)
    number, secret = new_id(), secrets.token_urlsafe(32)
    connection.execute(
        tables.webhook.insert().values(
            id=number, organization=organization, address=address, events=" ".join(events), secret=secret,
            created=now(), ended=None,
        )
    )  # fmt: skip
    audit.append(
        connection, organization, actor=actor, action="webhook made", subject=number,
        details={"host": host, "events": list(events)},
    )  # fmt: skip
    return {"id": number, "address": address, "events": list(events), "secret": secret}


def end(connection: Connection, organization: str, number: str, *, actor: str) -> None:
    """Tell it nothing more; what waits is dead. Raises ``LookupError``."""
    table = tables.webhook
    done = connection.execute(
        table.update()
        .where(table.c.organization == organization, table.c.id == number, table.c.ended.is_(None))
        .values(ended=now())
    )  # fmt: skip
    if done.rowcount == 0:
        raise LookupError(f"webhook {number}: there is none of this id, or it has ended.")
    waiting = tables.delivery
    connection.execute(
        waiting.update()
        .where(waiting.c.webhook == number, waiting.c.state == WAITING)
        .values(state=DEAD, problem="the webhook has ended")
    )
    audit.append(connection, organization, actor=actor, action="webhook ended", subject=number)


def listed(connection: Connection, organization: str) -> list[dict[str, Any]]:
    """The webhooks of an organization, without their secrets."""
    table = tables.webhook
    wanted = sa.select(table.c.id, table.c.address, table.c.events, table.c.created, table.c.ended)
    rows = all_rows(
        connection, wanted.where(table.c.organization == organization).order_by(table.c.id)
    )
    return [{**row, "events": row["events"].split()} for row in rows]


_LIVE = sa.select(tables.webhook.c.id, tables.webhook.c.events).where(
    tables.webhook.c.organization == sa.bindparam("organization"), tables.webhook.c.ended.is_(None)
)


def tell(
    connection: Connection,
    organization: str,
    event: str,
    said: Mapping[str, object],
    *,
    once: str = "",
) -> None:
    """Let an organization's webhooks know, within the transaction of what happened.

    ``once``: a name of the happening, where several processes may see it.
    """
    for number, events in connection.execute(_LIVE, {"organization": organization}).all():
        if event not in events.split():
            continue
        name = hashlib.sha256(f"{number} {once}".encode()).hexdigest()[:32] if once else new_id()
        table = tables.delivery
        if once and connection.execute(sa.select(table.c.id).where(table.c.id == name)).first():
            continue
        body = audit.canonical({"event": event, "at": now(), "delivery": name, **said})
        connection.execute(
            table.insert().values(
                id=name, organization=organization, webhook=number, event=event, body=body, created=now(),
                state=WAITING, due=now(), tries=0, problem=None,
            )
        )  # fmt: skip


def deliveries(
    connection: Connection, organization: str, *, state: str = "", after: str = "", limit: int = 100
) -> list[dict[str, Any]]:
    """What was told, waits, or could not be told (``dead``), in order of time."""
    table = tables.delivery
    wanted = sa.select(table).where(table.c.organization == organization, table.c.id > after)
    if state:
        wanted = wanted.where(table.c.state == state)
    return all_rows(connection, wanted.order_by(table.c.id).limit(limit))


def again(connection: Connection, organization: str, number: str, *, actor: str) -> None:
    """Deliver once more, from the first try on. Raises ``LookupError`` for an id that is none."""
    table, hook = tables.delivery, tables.webhook
    live = sa.select(hook.c.id).where(hook.c.organization == organization, hook.c.ended.is_(None))
    done = connection.execute(
        table.update()
        .where(table.c.organization == organization, table.c.id == number, table.c.webhook.in_(live))
        .values(state=WAITING, due=now(), tries=0, problem=None)
    )  # fmt: skip
    if done.rowcount == 0:
        raise LookupError(f"delivery {number}: there is none of this id, or its webhook has ended.")
    audit.append(connection, organization, actor=actor, action="delivered again", subject=number)


def after(tries: int, problem: str) -> dict[str, Any]:
    """What becomes of a delivery whose so many tries failed: when it is due again, or that it is dead."""
    if tries > len(_WAITS):
        return {"state": DEAD, "tries": tries, "problem": problem}
    due = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=_WAITS[tries - 1])
    return {"tries": tries, "problem": problem, "due": due.isoformat(timespec="microseconds")}


def place(address: str, allowed: Collection[str] = ()) -> tuple[str, int]:
    """Host and port of an address. Raises ``HookRefused`` for one that no delivery may go to.

    ``allowed`` are hosts, addresses and networks inside the operator's own; there http is allowed, too.

    >>> place("https://hooks.example/licet")
    ('hooks.example', 443)
    >>> place("http://169.254.169.254/latest")
    Traceback (most recent call last):
    licet.desk.webhooks.HookRefused: address: http://...; https://HOST/... is asked.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise HookRefused("address: cannot be read; https://HOST/... is asked.") from None
    if not host or len(address) > 2000 or not address.isascii() or not address.isprintable():
        raise HookRefused("address: https://HOST/... is asked, in up to 2000 printable letters.")
    if parts.username or parts.password or " " in address:
        raise HookRefused("address: no user, password or blank in it.")
    inside = host in allowed or _literal(host, allowed)
    if parts.scheme != "https" and not (parts.scheme == "http" and inside):
        raise HookRefused(f"address: {parts.scheme}://...; https://HOST/... is asked.")
    if _number(host) is not None and not _may(host, host, allowed):
        raise HookRefused(f"address: {host} is no address of the public internet.")
    return host, port or (443 if parts.scheme == "https" else 80)


def resolved(host: str, port: int, allowed: Collection[str] = ()) -> str:
    """The address of the internet to connect to, looked up now: names may point elsewhere later.

    Raises ``HookRefused`` where any that the name stands for is inside, ``OSError`` where it stands for none.
    """
    found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for one in found:
        if not _may(host, one, allowed):
            raise HookRefused(
                f"{host} stands for {one}, which is no address of the public internet"
            )
    return sorted(found, key=lambda one: (":" in one, one))[0]


def _may(host: str, number: str, allowed: Collection[str]) -> bool:
    if host in allowed or _literal(number, allowed):
        return True
    found = _number(number)
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found is not None and found.is_global and not found.is_multicast


def _literal(number: str, allowed: Collection[str]) -> bool:
    found = _number(number)
    if found is None:
        return False
    for one in allowed:
        try:
            if found in ipaddress.ip_network(one, strict=False):
                return True
        except ValueError:
            continue  # the name of a host
    return False


def _number(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
