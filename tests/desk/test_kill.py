"""Kill -9 while decisions are written: what was answered is on record, the chain is whole, the file opens."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from licet.desk import audit, tables
from licet.desk.store import LOCAL, open_store

KILLS = {
    "sqlite": 20,
    "postgresql": 5,
}  # PostgreSQL is in a process of its own, which is not killed
CLIENTS = 4


def served(home: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """``licet serve`` in a process of its own, once it listens; and its address."""
    command = [sys.executable, "-m", "licet", "serve", "--port", "0", *arguments]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "LICET_DATA": str(home)}
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("Licet listens on http://"), line
    return server, line.split()[3]


def asked(address: str, body: bytes | None = None, *, seconds: float = 30) -> Any:
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        return json.loads(answer.read())


def until_ready(address: str) -> None:
    for _ in range(600):
        with contextlib.suppress(urllib.error.HTTPError):
            if asked(f"{address}/readyz")["status"] == "ok":
                return
        time.sleep(0.1)
    raise AssertionError("the desk never got ready")


@pytest.mark.parametrize("kind", KILLS)
def test_no_answered_decision_is_lost_when_the_program_is_killed_again_and_again(
    kind: str, tmp_path: Path, osaka: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    database, arguments = str(tmp_path), []
    if kind == "postgresql":
        server_address = request.getfixturevalue("postgres")
        database = f"{server_address}/postgres"
        arguments = ["--database", database]
    answered: list[str] = []
    chance = random.Random(744)
    for _ in range(KILLS[kind]):
        server, address = served(tmp_path, *arguments)
        until_ready(address)

        def work(address: str = address) -> None:
            number = 0
            while True:
                body = json.dumps({**osaka, "id": f"PO-{number}"}).encode()
                try:
                    found = asked(f"{address}/check", body)
                except (
                    OSError,
                    ValueError,
                    http.client.HTTPException,
                ):  # the server is gone, perhaps within its answer
                    return
                answered.append(found["decision_id"])
                number += 1

        threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
        for one in threads:
            one.start()
        before = len(answered)
        time.sleep(chance.uniform(0.05, 0.4))
        for _ in range(100):
            if len(answered) > before:
                break
            time.sleep(0.05)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
        for one in threads:
            one.join()
    store = open_store(database)
    with store.read() as db:
        assert list(audit.verify(db, LOCAL)) == []
        there = set(db.execute(sa.select(tables.decision.c.id)).scalars())
    store.close()
    assert len(answered) >= KILLS[kind]  # each of the lives answered somebody
    assert set(answered) <= there
