"""The thread that delivers what webhooks wait for: takes what is due, sends it signed, tries again later."""

from __future__ import annotations

import datetime as dt
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import tables, webhooks
from licet.desk.store import Store, StoreError, all_rows, now

_AT_ONCE = 20
_SECONDS = 10.0
_LOOK = 0.5


def start(store: Store, *, allowed: Collection[str] = ()) -> Delivering:
    """Begin to deliver, until ``stop``. ``allowed``: see ``webhooks.place``."""
    found = Delivering(store, frozenset(allowed))
    found.thread.start()
    return found


@dataclass(slots=True)
class Delivering:
    """The thread, and to which hosts inside it may deliver."""

    store: Store
    allowed: frozenset[str]
    _ends: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name="licet-webhooks", daemon=True)

    def stop(self) -> None:
        """End when what is being sent is sent; what waits stays in the database."""
        self._ends.set()
        self.thread.join(timeout=_SECONDS + 5)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                if self._due():
                    for one in self.store.write(_taken):
                        if self._ends.is_set():
                            return
                        self._deliver(one)
            except StoreError:
                pass  # what waits there is still there when the database comes back
            self._ends.wait(_LOOK)

    def _due(self) -> bool:
        with self.store.read() as db:
            return db.execute(_waiting().limit(1)).first() is not None

    def _deliver(self, one: dict[str, Any]) -> None:
        problem = sent(one, self.allowed)
        said: dict[str, Any] = {
            "state": webhooks.DELIVERED,
            "tries": one["tries"] + 1,
            "problem": None,
        }
        if problem is not None:
            said = webhooks.after(one["tries"] + 1, problem)
        table = tables.delivery
        self.store.write(
            lambda db: db.execute(table.update().where(table.c.id == one["id"]).values(**said))
        )


def sent(one: dict[str, Any], allowed: Collection[str]) -> str | None:
    """Send a delivery; what went wrong, None where it was taken (2xx). No redirection is followed."""
    body, at = one["body"].encode(), int(time.time())
    headers = {
        "Content-Type": "application/json", "User-Agent": "Licet", "Licet-Event": one["event"],
        "Licet-Delivery": one["id"],
        "Licet-Signature": webhooks.signature(one["secret"], one["id"], body, at=at),
    }  # fmt: skip
    try:
        parts = urlsplit(one["address"])
        host, port = webhooks.place(one["address"], allowed)
        number = webhooks.resolved(host, port, allowed)
        with socket.create_connection((number, port), timeout=_SECONDS) as plain:
            link: socket.socket = plain
            if parts.scheme == "https":
                link = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
            connection.sock = link  # to the address that was looked at, and no other
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None if 200 <= status < 300 else f"answered with status {status}"


def _waiting() -> sa.Select[Any]:
    table = tables.delivery
    return sa.select(table.c.id).where(table.c.state == webhooks.WAITING, table.c.due <= now())


def _taken(connection: Connection) -> list[dict[str, Any]]:
    table, hook = tables.delivery, tables.webhook
    numbers = list(
        connection.execute(
            _waiting().order_by(table.c.due).limit(_AT_ONCE).with_for_update(skip_locked=True)
        ).scalars()
    )
    if not numbers:
        return []
    lease = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=_AT_ONCE * (_SECONDS + 1))
    connection.execute(
        table.update()
        .where(table.c.id.in_(numbers))
        .values(due=lease.isoformat(timespec="microseconds"))
    )
    wanted = sa.select(
        table.c.id, table.c.event, table.c.body, table.c.tries, hook.c.address, hook.c.secret
    ).join(hook, hook.c.id == table.c.webhook)
    return all_rows(connection, wanted.where(table.c.id.in_(numbers)).order_by(table.c.id))
