"""Order books over HTTP: asked, done in a process of its own, fetched as a file; killed, too large, wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from licet.desk import replay_work, replays
from licet.desk.counter import Loaded
from licet.desk.store import LOCAL, open_store
from licet.order_book.template import TEMPLATE, columns_of

from .clients import key
from .conftest import serving
from .test_kill import asked, served, until_ready

DAYS = "on=2019-05-15&on=2019-05-16"


def book(*more: dict[str, object]) -> bytes:
    rows: list[Mapping[str, object]] = [*TEMPLATE, *more]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns_of(TEMPLATE))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def done(client: TestClient, number: str, **more: Any) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"/replays/{number}", **more).json()
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def ask(client: TestClient, body: bytes, query: str = f"{DAYS}&format=csv") -> dict[str, Any]:
    answer = client.post(f"/replay?{query}", content=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_order_book_is_replayed_and_its_flips_are_told(desk: TestClient) -> None:
    """The day Huawei was listed: one line of the two that the template holds flips, and the rule says why."""
    job = ask(desk, book({"id": "=1+1", **{k: v for k, v in TEMPLATE[1].items() if k != "id"}}))
    assert job["state"] == "queued"
    found = done(desk, job["id"])
    assert found["state"] == "done", found
    (flip,) = found["summary"]["flips"]
    assert (flip["before"], flip["after"], flip["lines"]) == (
        "no_license_required", "license_required", 1,
    )  # fmt: skip
    assert "84 FR 22963" in " ".join(flip["instruments"]) and found["summary"]["rows"] == 3
    table = pq.read_table(io.BytesIO(desk.get(f"/replays/{job['id']}/verdicts").content))
    assert table.num_rows == 6 and set(table["day"].to_pylist()) == {"2019-05-15", "2019-05-16"}
    text = desk.get(f"/replays/{job['id']}/verdicts?format=csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 6 and ",'=1+1," in text
    sheet = desk.get(f"/replays/{job['id']}/verdicts?format=xlsx").content
    assert zipfile.is_zipfile(io.BytesIO(sheet)) and b"<f>" not in sheet
    assert [one["id"] for one in desk.get("/replays").json()["replays"]] == [job["id"]]


def test_a_row_that_is_wrong_is_told_and_a_book_that_is_none_fails_with_the_reason(
    desk: TestClient,
) -> None:
    job = ask(desk, book({**TEMPLATE[0], "id": "x", "to": "Cathay"}))
    found = done(desk, job["id"])
    assert found["summary"]["bad_rows"] == 1 and "Cathay" in found["summary"]["bad"][0]["reason"]
    for form, body in (("parquet", b"PAR1 no"), ("xlsx", b"PK no"), ("csv", b"a,b\n1,2\n")):
        failed = done(desk, ask(desk, body, f"{DAYS}&format={form}&name=mine.{form}")["id"])
        assert failed["state"] == "failed" and failed["problem"], failed
        assert "/tmp/" not in failed["problem"] and "Traceback" not in failed["problem"]
        assert desk.get(f"/replays/{failed['id']}/verdicts").status_code == 409


@pytest.mark.parametrize(
    ("query", "status"),
    [("format=csv", 422), (f"{DAYS}&format=exe", 422), ("on=1950-01-01&format=csv", 422),
     (f"{DAYS}&format=csv&assume=tokyo", 422), (f"{DAYS}&format=csv&name=a%0Ab", 422)],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_at_the_door(
    desk: TestClient, query: str, status: int
) -> None:
    assert desk.post(f"/replay?{query}", content=book()).status_code == status
    assert desk.post(f"/replay?{DAYS}&format=csv", content=b"").status_code == 422


def test_a_bomb_in_a_small_file_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "book.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as stream,
    ):
        for _ in range(replay_work.MOST_BYTES // 1_000_000 + 1):
            stream.write(bytes(1_000_000))
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(replay_work.TooLarge, match="unpacked"):
        replay_work.measured(bomb)
    long = tmp_path / "book.parquet"
    pq.write_table(pa.table({"id": pa.array(["x"] * (replay_work.MOST_ROWS + 1))}), long)
    assert long.stat().st_size < 100_000
    with pytest.raises(replay_work.TooLarge, match="1,000,001 rows"):
        replay_work.measured(long)


def test_an_organization_has_so_many_waiting_and_sees_only_its_own(
    tmp_path: Path, loaded: Loaded
) -> None:
    with serving(tmp_path, loaded, local=False) as client:
        acme, bolt = (key(client, name, "analyst") for name in ("acme", "bolt"))
        job = client.post(f"/replay?{DAYS}&format=csv", content=book(), headers=acme).json()
        assert client.get(f"/replays/{job['id']}", headers=bolt).status_code == 404
        assert client.get(f"/replays/{job['id']}/verdicts", headers=bolt).status_code == 404
        assert client.get("/replays", headers=bolt).json()["replays"] == []
        assert done(client, job["id"], headers=acme)["state"] == "done"
        assert client.get(f"/replays/{job['id']}/verdicts", headers=bolt).status_code == 404
        statuses = [
            client.post(f"/replay?{DAYS}&format=csv", content=book(), headers=acme).status_code
            for _ in range(replays.MOST_WAITING + 2)
        ]
        assert statuses[0] == 200 and statuses[-1] == 429


def test_what_a_killed_desk_worked_on_fails_with_that_word(tmp_path: Path) -> None:
    server, address = served(tmp_path)
    until_ready(address)
    job = asked(f"{address}/replay?{DAYS}&format=csv", book())
    for _ in range(100):
        if asked(f"{address}/replays/{job['id']}")["state"] == "running":
            break
        time.sleep(0.05)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert server.stdout is not None
    server.stdout.close()
    store = open_store(tmp_path)
    with store.read() as db:
        found = replays.find(db, LOCAL, job["id"])
    assert found is not None and found["state"] == "running"
    runs = replays.start(store, silent=0.5)
    for _ in range(100):
        with store.read() as db:
            found = replays.find(db, LOCAL, job["id"])
        if found is not None and found["state"] == "failed":
            break
        time.sleep(0.1)
    runs.stop()
    store.close()
    assert found is not None and found["problem"] == replays.INTERRUPTED
    json.dumps(found)
