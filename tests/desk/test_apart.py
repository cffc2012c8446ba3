"""Organizations apart on every route, text of SQL in every parameter, a database that dies and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from licet.desk import audit, tables
from licet.desk.access import NEEDS
from licet.desk.counter import Loaded
from licet.desk.store import LOCAL

from .clients import key, store_of
from .conftest import PostgresServer, serving
from .test_replays import book

PUBLIC = {"rule_id", "table", "dataset", "entity_id", "property_name"}
"""Names of what belongs to nobody: law and lists."""
OWN = ("decision_id", "case_id", "replay_id", "key_id", "webhook_id", "delivery_id")
SQL = ("' OR 1=1 --", "'; DROP TABLE audit; --", '" OR ""="', "1 UNION SELECT secret FROM webhook")


def test_every_route_with_the_id_of_another_organization_is_as_if_it_were_not_there(
    tmp_path: Path, loaded: Loaded, misspelled: dict[str, Any]
) -> None:
    """The table is that of the routes: a route that is added is asked, too."""
    with serving(tmp_path, loaded, local=False) as client:
        acme, bolt = (key(client, name, "admin") for name in ("acme", "bolt"))
        hook = {"address": "https://hooks.example.com/", "events": ["decision"]}
        made = client.post("/webhooks", json=hook, headers=acme).json()
        held = client.post("/check", json=misspelled, headers=acme).json()
        asked = "/replay?on=2019-05-15&format=csv"
        ids = {
            "decision_id": held["decision_id"], "case_id": held["cases"][0], "webhook_id": made["id"],
            "replay_id": client.post(asked, content=book(), headers=acme).json()["id"],
            "key_id": acme["Authorization"].split("_")[1],
            "delivery_id": client.get("/deliveries", headers=acme).json()["deliveries"][0]["id"],
        }  # fmt: skip
        assert set(ids) == set(OWN)
        asked_of: set[str] = set()
        for method, path in sorted(NEEDS):
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            mine = [name for name in names if name not in PUBLIC]
            assert set(mine) <= set(OWN), f"{path}: say what {mine} is"
            if not mine:
                continue
            asked_of.update(mine)
            place = path
            for name in mine:
                place = place.replace(f"{{{name}}}", ids[name])
            said = {"decision": "not_listed", "reason": "none of yours"}
            body: dict[str, Any] = {"json": said} if method == "POST" else {}
            answer = client.request(method, place, headers=bolt, **body)
            assert answer.status_code == 404, (method, place, answer.text)
        assert asked_of == set(OWN)
        # Lists of a whole organization hold nothing of the other's.
        for method, path in sorted(NEEDS):
            if method == "GET" and "{" not in path and path != "/metrics":
                found = client.get(path, headers=bolt).text
                assert not any(number in found for number in ids.values()), path
        assert client.get("/law", headers=acme).status_code == 200  # the key was not revoked


def test_text_of_sql_in_every_parameter_is_text(desk: TestClient, osaka: dict[str, Any]) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    paths = desk.get("/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        for method, said in methods.items():
            for one in said.get("parameters", ()):
                for text in SQL:
                    place = path
                    query: dict[str, str] = {}
                    headers: dict[str, str] = {}
                    if one["in"] == "path":
                        place = path.replace(f"{{{one['name']}}}", text)
                    elif one["in"] == "query":
                        query[one["name"]] = text
                    else:
                        headers[one["name"]] = text
                    for other in said.get("parameters", ()):
                        if other["in"] == "path":
                            place = place.replace(f"{{{other['name']}}}", "default")
                    body: dict[str, Any] = {"content": b"{}"} if method == "post" else {}
                    answer = desk.request(method, place, params=query, headers=headers, **body)
                    assert answer.status_code < 500, (method, place, query, answer.text)
                    asked += 1
    assert asked > 200
    store = store_of(desk)
    with store.read() as db:
        assert list(audit.verify(db, LOCAL)) == []
        assert db.execute(sa.select(tables.decision.c.id)).scalars().all() == [decided]


def test_a_dead_database_is_a_503_and_the_desk_recovers_by_itself(
    tmp_path_factory: pytest.TempPathFactory, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    """The server of the database is stopped under the desk, and started again."""
    server = PostgresServer.made(tmp_path_factory.mktemp("dies"))
    with server.running():
        desk = serving(f"{server.address}/postgres", loaded)
        client = desk.__enter__()
        assert client.post("/check", json=osaka).status_code == 200
    try:
        for ask in (client.post("/check", json=osaka), client.get("/readyz"), client.get("/cases")):
            assert ask.status_code == 503 and ask.headers["retry-after"], ask.text
            assert "licet@" in ask.text or "Nothing was recorded" in ask.text
        assert client.get("/healthz").status_code == 200
        with server.running():
            assert client.get("/readyz").status_code == 200
            assert client.post("/check", json=osaka).status_code == 200
            assert len(client.get("/decisions").json()["decisions"]) == 2
            assert client.get("/audit/verify").json()["whole"]
    finally:
        desk.__exit__(None, None, None)
