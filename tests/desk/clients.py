"""What tests of the desk share beside fixtures: waiting, keys, and the limits of tests that test none."""

from __future__ import annotations

import time
from typing import Any

from fastapi.testclient import TestClient

from licet.desk.access import make_key
from licet.desk.api import Desk
from licet.desk.limits import Limits
from licet.desk.store import Store

GENEROUS = Limits(rate=100_000, burst=100_000)


def until_ready(client: TestClient) -> None:
    """Wait until law and lists are loaded."""
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return
        time.sleep(0.02)
    raise AssertionError(client.get("/readyz").text)


def store_of(client: TestClient) -> Store:
    """The database of a client's desk."""
    app: Any = client.app
    desk: Desk = app.state.desk
    return desk.counter.store


def key(client: TestClient, organization: str, role: str, **more: Any) -> dict[str, str]:
    """The header of a new key."""
    made = store_of(client).write(
        lambda db: make_key(db, organization, more.pop("name", role), role, actor="test", **more)
    )
    return {"Authorization": f"Bearer {made}"}
