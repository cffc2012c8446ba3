"""Webhooks: told with what happened, signed, forged and replayed ones refused, tried again, dead, sent anew."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from licet.desk import delivering, tables, webhooks
from licet.desk.counter import Loaded
from licet.desk.store import LOCAL, Store
from licet.desk.webhooks import HookRefused, NotSigned

from .clients import key, store_of
from .conftest import serving


@dataclass
class Receiver:
    """A program on this machine that takes deliveries; ``status`` is what it answers."""

    address: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    def until(self, number: int) -> None:
        for _ in range(200):
            if len(self.got) >= number:
                return
            time.sleep(0.05)
        raise AssertionError(f"{len(self.got)} deliveries came")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.got.append(({name.lower(): v for name, v in self.headers.items()}, body))
            self.send_response(found.status)
            if found.status == 302:
                self.send_header("Location", f"{found.address}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def desk(tmp_path: Path, loaded: Loaded) -> Iterator[TestClient]:
    """A desk that may deliver to this machine."""
    with serving(tmp_path, loaded, hooks_to=("127.0.0.0/8",)) as client:
        yield client


def hook(client: TestClient, address: str, *events: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/webhooks", json={"address": address, "events": events}, **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_decision_and_its_case_are_told_and_signed(
    desk: TestClient, receiver: Receiver, misspelled: dict[str, Any]
) -> None:
    made = hook(desk, f"{receiver.address}/licet?a=1", "decision", "case")
    held = desk.post("/check", json=misspelled).json()
    receiver.until(1 + len(held["cases"]))
    for headers, body in receiver.got:
        webhooks.verified(
            made["secret"], headers["licet-delivery"], headers["licet-signature"], body
        )
    told = [json.loads(body) for _, body in receiver.got]
    (decision,) = [one for one in told if one["event"] == "decision"]
    assert (decision["decision_id"], decision["outcome"]) == (held["decision_id"], "hold")
    assert {one["case"] for one in told if one["event"] == "case"} == set(held["cases"])
    assert made["secret"] not in desk.get("/webhooks").text + desk.get("/deliveries").text
    for _ in range(100):
        states = {one["state"] for one in desk.get("/deliveries").json()["deliveries"]}
        if states == {"delivered"}:
            break
        time.sleep(0.05)
    assert states == {"delivered"}


@given(secret=st.text(min_size=1), delivery=st.text("0123456789abcdef"), body=st.binary())
def test_what_is_forged_or_sent_again_later_is_refused(
    secret: str, delivery: str, body: bytes
) -> None:
    """Whoever does not know the secret can change nothing: not the body, not the id, not the time."""
    good = webhooks.signature(secret, delivery, body, at=1_000_000)
    webhooks.verified(secret, delivery, good, body, at=1_000_100)
    moved = good.replace("t=1000000", "t=2000000")
    for at, (name, header, what) in {
        1_000_100.0: (delivery, good, body + b" "), 1_000_101.0: (delivery + "0", good, body),
        1_000_102.0: (delivery, good[:-1] + ("0" if good[-1] != "0" else "1"), body),
        2_000_000.0: (delivery, moved, body), 1_000_301.0: (delivery, good, body),
        1_000_103.0: (delivery, "", body), 1_000_104.0: (delivery, "t=x,v1=y", body),
    }.items():  # fmt: skip
        with pytest.raises(NotSigned):
            webhooks.verified(secret, name, header, what, at=at)
    with pytest.raises(NotSigned):
        webhooks.verified(f"{secret}x", delivery, good, body, at=1_000_100)


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest/meta-data", "https://169.254.169.254/", "https://127.0.0.1/", "https://[::1]/",
     "https://10.0.0.7/", "https://[::ffff:169.254.169.254]/", "https://[fe80::1%25eth0]/", "https://0.0.0.0/",
     "http://hooks.example/", "ftp://hooks.example/", "https://user:pass@hooks.example/", "https://",
     "https://hooks.example/\r\nX: y", "https://224.0.0.1/", "gopher://x", "https://[::1"],
)  # fmt: skip
def test_nothing_is_delivered_inside_the_house(
    tmp_path: Path, loaded: Loaded, address: str
) -> None:
    with pytest.raises(HookRefused):
        webhooks.place(address)


def test_a_name_that_stands_for_an_address_inside_is_refused_when_it_is_delivered(
    receiver: Receiver,
) -> None:
    """A name of the public internet that its owner lets point to this machine later."""
    one = {
        "address": "https://localhost:9/", "body": "{}", "event": "decision", "id": "d", "secret": "s",
    }  # fmt: skip
    said = delivering.sent(one, ())
    assert said is not None and "no address of the public internet" in said


def test_a_receiver_that_is_down_is_tried_again_and_then_dead_and_sent_anew(
    desk: TestClient, receiver: Receiver, osaka: dict[str, Any]
) -> None:
    receiver.status = 500
    hook(desk, receiver.address, "decision")
    desk.post("/check", json=osaka)
    receiver.until(1)
    store, table = store_of(desk), tables.delivery
    tried = _until(desk, lambda one: one["tries"] == 1)
    assert tried["state"] == "waiting" and tried["problem"] == "answered with status 500"
    due = dt.datetime.fromisoformat(tried["due"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=3) < due < dt.timedelta(seconds=11)
    # Nobody waits two days in a test: it is due now, and this is its last try.
    last = {"due": "2000", "tries": 7}
    store.write(lambda db: db.execute(table.update().values(**last)))
    receiver.until(2)
    dead = _until(desk, lambda one: one["state"] == "dead")
    assert dead["tries"] == 8
    assert desk.get("/deliveries?state=dead").json()["deliveries"][0]["id"] == dead["id"]
    receiver.status = 200
    assert desk.post(f"/deliveries/{dead['id']}/again").status_code == 200
    receiver.until(3)
    assert _until(desk, lambda one: one["state"] == "delivered")["problem"] is None
    ids = {headers["licet-delivery"] for headers, _ in receiver.got}
    assert ids == {dead["id"]}  # who keeps ids knows that it is the same
    assert desk.post("/deliveries/none/again").status_code == 404


def _until(client: TestClient, wanted: Any) -> dict[str, Any]:
    for _ in range(200):
        for one in client.get("/deliveries").json()["deliveries"]:
            if wanted(one):
                found: dict[str, Any] = one
                return found
        time.sleep(0.05)
    raise AssertionError(client.get("/deliveries").text)


def test_a_redirection_is_not_followed(desk: TestClient, receiver: Receiver, osaka: Any) -> None:
    receiver.status = 302
    hook(desk, receiver.address, "decision")
    desk.post("/check", json=osaka)
    assert _until(desk, lambda one: one["tries"] == 1)["problem"] == "answered with status 302"
    assert len(receiver.got) == 1


def test_what_is_not_written_is_not_told(store: Store) -> None:
    """The outbox is part of the transaction: a decision that fails to be recorded tells nobody."""

    def made(db: sa.Connection) -> None:
        webhooks.make(db, LOCAL, "https://hooks.example/", ["decision"], actor="a")

    store.write(made)

    def fails(db: sa.Connection) -> None:
        webhooks.tell(db, LOCAL, "decision", {"decision_id": "x"})
        raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="disk"):
        store.write(fails)
    with store.read() as db:
        assert webhooks.deliveries(db, LOCAL) == []
    for _ in range(2):  # two processes that see the same change tell of it once
        store.write(lambda db: webhooks.tell(db, LOCAL, "decision", {"law": "x"}, once="x"))
    with store.read() as db:
        assert len(webhooks.deliveries(db, LOCAL)) == 1


def test_an_organization_is_told_of_its_own_and_ends_its_own(
    tmp_path: Path, loaded: Loaded, receiver: Receiver, osaka: dict[str, Any]
) -> None:
    with serving(tmp_path, loaded, local=False, hooks_to=("127.0.0.1",)) as client:
        acme, bolt = (key(client, name, "admin") for name in ("acme", "bolt"))
        mine = hook(client, receiver.address, "decision", headers=acme)
        client.post("/check", json=osaka, headers=bolt)
        theirs = client.post("/check", json=osaka, headers=acme).json()["decision_id"]
        receiver.until(1)
        assert [json.loads(body)["decision_id"] for _, body in receiver.got] == [theirs]
        (sent,) = client.get("/deliveries", headers=acme).json()["deliveries"]
        assert client.get("/deliveries", headers=bolt).json()["deliveries"] == []
        assert client.get("/webhooks", headers=bolt).json()["webhooks"] == []
        assert client.post(f"/deliveries/{sent['id']}/again", headers=bolt).status_code == 404
        assert client.post(f"/webhooks/{mine['id']}/end", headers=bolt).status_code == 404
        assert client.post(f"/webhooks/{mine['id']}/end", headers=acme).status_code == 200
        client.post("/check", json=osaka, headers=acme)
        assert len(client.get("/deliveries", headers=acme).json()["deliveries"]) == 1
