"""Who may do what: every role against every route, keys that do not hold, and organizations apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from licet.cli import app as commands
from licet.desk import tables
from licet.desk.access import NEEDS, ROLES, SCOPES, Actor, Need
from licet.desk.counter import Loaded
from licet.desk.limits import Limits

from .clients import key, store_of
from .conftest import serving


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[TestClient]:
    """A desk that asks for keys, as on any address but loopback."""
    with serving(tmp_path_factory.mktemp("guarded"), loaded, local=False) as client:
        yield client


@pytest.fixture(scope="module")
def headers(guarded: TestClient) -> dict[str, dict[str, str]]:
    return {role: key(guarded, "acme", role) for role in ROLES}


def routes(client: TestClient) -> set[tuple[str, str]]:
    from licet.desk import (
        routes_cases,
        routes_check,
        routes_entities,
        routes_keys,
        routes_law,
        routes_match,
        routes_record,
        routes_replay,
        routes_state,
        routes_webhooks,
    )

    parts = (
        routes_cases,
        routes_check,
        routes_entities,
        routes_keys,
        routes_law,
        routes_match,
        routes_record,
        routes_replay,
        routes_state,
        routes_webhooks,
    )
    return {
        (method, route.path)
        for part in parts
        for route in part.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def test_the_table_names_every_route_and_no_other(guarded: TestClient) -> None:
    assert routes(guarded) == set(NEEDS)
    paths = guarded.get("/openapi.json").json()["paths"]
    documented = {(method.upper(), path) for path, said in paths.items() for method in said}
    assert documented == set(NEEDS)


def _ask(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    place = path
    for name in (
        "decision_id",
        "case_id",
        "rule_id",
        "table",
        "key_id",
        "dataset",
        "entity_id",
        "property_name",
        "replay_id",
        "webhook_id",
        "delivery_id",
    ):
        place = place.replace(f"{{{name}}}", "none")
    body = {"content": b"{}", "headers": {**headers, "content-type": "application/json"}}
    return client.request(
        method, place, **(body if method == "POST" else {"headers": headers})
    ).status_code


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_each_role_against_each_route(
    guarded: TestClient,
    headers: dict[str, dict[str, str]],
    role: str | None,
    method: str,
    path: str,
) -> None:
    """Refused means 401 or 403; what is let in meets its route, which may find the request wanting."""
    need = NEEDS[method, path]
    status = _ask(guarded, method, path, headers[role] if role else {})
    if role is None:
        assert (status == 401) == bool(need.role)
    elif not need.role or ROLES.index(role) >= ROLES.index(need.role):
        assert status in (200, 404, 400, 409, 422), status
    else:
        assert status == 403


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_a_key_that_is_narrowed_reaches_its_scope_and_no_other(
    guarded: TestClient, scope: str, method: str, path: str
) -> None:
    need = NEEDS[method, path]
    actor = Actor("acme", "narrow", "admin", (scope,))
    assert actor.may(need) == (not need.role or need.scope == scope)


def test_narrowed_keys_are_held_to_their_scope_over_http(guarded: TestClient) -> None:
    narrow = key(guarded, "acme", "admin", name="ERP", scopes=("check",))
    assert guarded.post("/check", content=b"{}", headers=narrow).status_code == 422
    for path in ("/law", "/keys", "/cases", "/audit"):
        assert guarded.get(path, headers=narrow).status_code == 403


def test_a_route_that_the_table_does_not_name_is_refused_to_everybody(
    guarded: TestClient, headers: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NEEDS, ("GET", "/law"))
    assert guarded.get("/law", headers=headers["admin"]).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer licet_none_none", "Bearer licet__", "ApiKey licet_a_b",
     "Bearer licet_' OR 1=1 --_x"],
)  # fmt: skip
def test_what_is_no_key_opens_nothing(tmp_path: Path, loaded: Loaded, header: str) -> None:
    with serving(tmp_path, loaded, local=False) as client:
        answer = client.get("/law", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_of_which_one_letter_is_wrong_does_not_hold(guarded: TestClient) -> None:
    good = key(guarded, "acme", "viewer")["Authorization"]
    assert guarded.get("/law", headers={"Authorization": good}).status_code == 200
    bad = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert guarded.get("/law", headers={"Authorization": bad}).status_code == 401


def test_keys_in_the_ways_that_clients_of_the_field_send_them(guarded: TestClient) -> None:
    text = key(guarded, "acme", "viewer")["Authorization"].removeprefix("Bearer ")
    for header in (
        {"Authorization": f"ApiKey {text}"},
        {"X-API-Key": text},
        {"Authorization": f"bearer {text}"},
    ):
        assert guarded.get("/catalog", headers=header).status_code == 200


def test_a_revoked_key_and_an_expired_one_are_refused_at_once(guarded: TestClient) -> None:
    admin = key(guarded, "acme", "admin", name="boss")
    made = guarded.post("/keys", json={"name": "temp", "role": "viewer"}, headers=admin).json()[
        "key"
    ]
    header = {"Authorization": f"Bearer {made}"}
    assert guarded.get("/law", headers=header).status_code == 200
    number = made.split("_")[1]
    assert guarded.post(f"/keys/{number}/revoke", headers=admin).json() == {"revoked": number}
    assert guarded.get("/law", headers=header).status_code == 401
    assert guarded.post(f"/keys/{number}/revoke", headers=admin).status_code == 404

    late = guarded.post(
        "/keys", json={"name": "late", "role": "viewer", "expires": "2999-01-01"}, headers=admin
    ).json()["key"]  # fmt: skip
    header = {"Authorization": f"Bearer {late}"}
    assert guarded.get("/law", headers=header).status_code == 200
    column = tables.api_key.c
    today = dt.datetime.now(dt.UTC).date().isoformat()
    store_of(guarded).write(
        lambda db: db.execute(
            tables.api_key.update().where(column.id == late.split("_")[1]).values(expires=today)
        )
    )
    assert guarded.get("/law", headers=header).status_code == 401


def test_the_database_does_not_hold_a_key_that_could_be_used(guarded: TestClient) -> None:
    text = key(guarded, "acme", "viewer")["Authorization"].removeprefix("Bearer ")
    secret = text.split("_", 2)[2]
    with store_of(guarded).read() as db:
        for table in tables.metadata.sorted_tables:
            for row in db.execute(sa.select(table)).mappings():
                assert secret not in str(dict(row))
    assert secret not in guarded.get("/keys", headers=key(guarded, "acme", "admin")).text


@pytest.mark.parametrize(
    "said",
    [{"role": "king"}, {"role": "viewer", "scopes": ["all"]}, {"role": "viewer", "expires": "2001-01-01"},
     {"role": "viewer", "name": " "}, {"role": "viewer", "name": "a\nb"}],
)  # fmt: skip
def test_a_key_that_may_not_be_made_is_refused(
    guarded: TestClient, headers: dict[str, dict[str, str]], said: dict[str, Any]
) -> None:
    asked = {"name": "x", **said}
    assert guarded.post("/keys", json=asked, headers=headers["admin"]).status_code == 422


def test_many_keys_that_do_not_hold_have_to_wait(tmp_path: Path, loaded: Loaded) -> None:
    limits = Limits(failures=5, rate=1000, burst=1000)
    with serving(tmp_path, loaded, local=False, limits=limits) as client:
        bad = {"Authorization": "Bearer licet_none_none"}
        statuses = [client.get("/law", headers=bad).status_code for _ in range(8)]
        assert statuses == [401] * 5 + [429] * 3
        assert int(client.get("/law", headers=bad).headers["retry-after"]) > 0


def test_two_organizations_never_see_each_others_record(
    tmp_path: Path, loaded: Loaded, misspelled: dict[str, Any]
) -> None:
    with serving(tmp_path, loaded, local=False) as client:
        acme, bolt = (key(client, name, "admin") for name in ("acme", "bolt"))
        mine = client.post("/check", json=misspelled, headers=acme).json()
        decision, case = mine["decision_id"], mine["cases"][0]
        said = {"decision": "not_listed", "by": "Eve", "reason": "none of yours"}
        for method, path in (
            ("GET", f"/decisions/{decision}"), ("GET", f"/decisions/{decision}/memo"),
            ("POST", f"/decisions/{decision}/replay"), ("POST", f"/decisions/{decision}/check"),
            ("GET", f"/cases/{case}"), ("POST", f"/cases/{case}/settle"), ("POST", f"/cases/{case}/approve"),
        ):  # fmt: skip
            assert client.request(method, path, json=said if method == "POST" else None,
                                  headers=bolt).status_code == 404, path  # fmt: skip
        for path, name in (("/decisions", "decisions"), ("/cases", "cases"), ("/audit", "entries")):
            theirs = client.get(path, headers=bolt).json()[name]
            assert decision not in str(theirs) and case not in str(theirs)
        assert decision not in client.get("/audit/export", headers=bolt).text
        # What acme's people settled settles nothing for bolt.
        for number in mine["cases"]:
            client.post(f"/cases/{number}/settle", json=said, headers=acme)
        again = client.post(f"/decisions/{decision}/check", headers=acme).json()
        assert again["outcome"] == "no_license_required"
        assert client.post("/check", json=misspelled, headers=bolt).json()["outcome"] == "hold"
        # Nor does a key of a request that acme sent.
        once = {"Idempotency-Key": "1"}
        first = client.post("/check", json=misspelled, headers={**acme, **once}).json()
        other = client.post("/check", json=misspelled, headers={**bolt, **once}).json()
        assert first["decision_id"] != other["decision_id"]


def test_four_eyes_one_proposes_and_another_approves(
    tmp_path: Path, loaded: Loaded, misspelled: dict[str, Any]
) -> None:
    with serving(tmp_path, loaded, local=False) as client:
        ada, bob = (key(client, "acme", "approver", name=name) for name in ("Ada", "Bob"))
        boss = key(client, "acme", "admin", name="Boss")
        assert (
            client.post("/organization", json={"four_eyes": True}, headers=ada).status_code == 403
        )
        said_so = client.post("/organization", json={"four_eyes": True}, headers=boss).json()
        assert said_so == {"id": "acme", "four_eyes": True}
        other = key(client, "bolt", "viewer")
        assert client.get("/organization", headers=other).json() == {
            "id": "bolt",
            "four_eyes": False,
        }
        (case, *_) = client.post("/check", json=misspelled, headers=ada).json()["cases"]
        said = {"decision": "not_listed", "reason": "another firm"}
        proposed = client.post(f"/cases/{case}/settle", json=said, headers=ada).json()
        assert proposed["state"] == "proposed" and proposed["proposal"]["by"] == "Ada"
        own = client.post(f"/cases/{case}/approve", headers=ada)
        assert own.status_code == 409 and "another person" in own.json()["detail"]
        assert client.post(f"/cases/{case}/approve", headers=bob).json()["state"] == "closed"
        entry = client.get("/audit?action=settled", headers=bob).json()["entries"][0]
        assert entry["actor"] == "Bob" and entry["details"]["by"] == "Ada"
        assert "approved by Bob" in entry["details"]["reason"]


def test_open_means_open(guarded: TestClient) -> None:
    assert [place for place, need in NEEDS.items() if need == Need("", "")] == [
        ("GET", "/healthz"), ("GET", "/readyz"),
    ]  # fmt: skip


def test_keys_on_the_command_line(tmp_path: Path) -> None:
    run, home = CliRunner(), {"LICET_DATA": str(tmp_path)}
    made = run.invoke(
        commands, ["keys", "make", "ERP", "--organization", "acme", "--scope", "check"], env=home
    )
    assert made.exit_code == 0 and made.stdout.startswith("licet_")
    number = made.stdout.split("_")[1]
    shown = run.invoke(commands, ["keys", "list", "--organization", "acme"], env=home).stdout
    assert shown.split() == [number, "analyst", "ERP", "expires", "never"]
    assert (
        run.invoke(
            commands, ["keys", "revoke", number, "--organization", "bolt"], env=home
        ).exit_code
        == 2
    )
    assert (
        run.invoke(
            commands, ["keys", "revoke", number, "--organization", "acme"], env=home
        ).exit_code
        == 0
    )
    assert (
        "revoked"
        in run.invoke(commands, ["keys", "list", "--organization", "acme"], env=home).stdout
    )
    wrong = run.invoke(commands, ["keys", "make", "x", "--role", "king"], env=home)
    assert wrong.exit_code == 2 and "allowed: viewer" in wrong.stderr
