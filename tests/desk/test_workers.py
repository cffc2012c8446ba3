"""Several processes on one port: one chain in the log, one sum of the numbers, and a dead one is replaced."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from licet.desk import audit, tables
from licet.desk.limits import Limits
from licet.desk.store import LOCAL, open_store
from licet.desk.workers import share

from .test_kill import asked, served, until_ready

CLIENTS, EACH = 4, 15


def children(pid: int) -> list[int]:
    """The processes that serve; a helper of Python's own is not one."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(one) for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_write_one_chain_and_one_that_is_killed_is_replaced(
    kind: str, tmp_path: Path, osaka: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    database = str(tmp_path)
    if kind == "postgresql":
        database = request.getfixturevalue("database_of_postgres")
    more = ["--database", database] if kind == "postgresql" else []
    server, address = served(tmp_path, "--workers", "2", *more)
    try:
        until_ready(address)
        answered: list[str] = []
        failed: list[str] = []

        def work() -> None:
            for number in range(EACH):
                body = json.dumps({**osaka, "id": f"PO-{number}"}).encode()
                try:
                    answered.append(asked(f"{address}/check", body)["decision_id"])
                except urllib.error.HTTPError as error:
                    failed.append(error.read().decode())
                    error.close()
                    time.sleep(0.2)

        threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        # One of the two may still be loading: it says 503, and nothing is lost or answered twice.
        assert len(answered) + len(failed) == CLIENTS * EACH and len(set(answered)) == len(answered)
        with urllib.request.urlopen(f"{address}/metrics", timeout=30) as numbers:
            text = numbers.read().decode()
        (line,) = [one for one in text.splitlines() if one.startswith("licet_decisions_total")]
        assert 0 < int(line.split()[-1]) <= len(answered)
        before = children(server.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        for _ in range(200):
            if len(now := children(server.pid)) == 2 and before[0] not in now:
                break
            time.sleep(0.1)
        assert before[0] not in children(server.pid) and len(children(server.pid)) == 2
        until_ready(address)
        store = open_store(database)
        with store.read() as db:
            assert list(audit.verify(db, LOCAL)) == []
            there = set(db.execute(sa.select(tables.decision.c.id)).scalars())
        store.close()
        assert set(answered) <= there
    finally:
        server.terminate()
        assert server.wait(20) == 0
        assert server.stdout is not None
        server.stdout.close()


def test_processes_share_the_limits_of_one() -> None:
    part = share(Limits(rate=500, burst=1000, failures=20), 4)
    assert (part.rate, part.burst, part.failures) == (125, 250, 5)
    assert share(Limits(failures=2), 4).failures == 1
