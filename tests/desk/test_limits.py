"""Size, time, number and origin of requests, and what goes out with every answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from licet.cli import app as commands
from licet.desk.counter import Counter, Loaded
from licet.desk.limits import HEADERS, Bucket, Limits

from .clients import store_of
from .conftest import serving


def test_every_answer_leaves_with_the_headers_of_safety(desk: TestClient) -> None:
    for path in ("/law", "/nowhere", "/decisions/x", "/readyz"):
        answer = desk.get(path)
        for name, value in HEADERS:
            assert answer.headers[name] == value
    assert "unsafe" not in dict(HEADERS)["content-security-policy"]


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(
    tmp_path: Path, loaded: Loaded
) -> None:
    def drops() -> Any:
        for _ in range(50):
            yield b" " * 1000

    with serving(tmp_path, loaded, limits=Limits(body=10_000, rate=1e6, burst=10**6)) as client:
        said = client.post("/check", content=b" " * 10_001)
        unsaid = client.post("/check", content=drops())
        assert (said.status_code, unsaid.status_code) == (413, 413)
        assert "10,000 bytes" in said.json()["detail"]


def test_a_request_that_takes_too_long_is_told_so(
    tmp_path: Path, loaded: Loaded, osaka: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = Counter.decide

    def slow(*arguments: Any) -> Any:
        time.sleep(0.6)
        return decide(*arguments)

    monkeypatch.setattr(Counter, "decide", slow)
    with serving(tmp_path, loaded, limits=Limits(seconds=0.2, rate=1e6, burst=10**6)) as client:
        answer = client.post("/check", json=osaka)
        assert answer.status_code == 503 and "not answered within" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200


def test_who_asks_too_often_is_told_when_again(tmp_path: Path, loaded: Loaded) -> None:
    with serving(tmp_path, loaded, limits=Limits(rate=0.001, burst=500)) as client:
        statuses = [client.get("/healthz").status_code for _ in range(501)]
        assert statuses[-1] == 429 and statuses[0] == 200
        assert int(client.get("/healthz").headers["retry-after"]) > 1


def test_a_bucket_fills_again_and_each_name_has_its_own() -> None:
    bucket = Bucket(rate=1000.0, burst=2.0)
    assert [bucket.take("a") > 0 for _ in range(3)] == [False, False, True]
    assert bucket.take("b") == 0
    time.sleep(0.005)
    assert bucket.take("a") == 0


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "localhost.evil.example"}, {"Host": "127.0.0.1.evil.example"},
     {"Host": "[::1"}, {"Host": ""}],
)  # fmt: skip
def test_a_name_that_was_pointed_at_this_machine_reaches_nothing(
    desk: TestClient, headers: dict[str, str]
) -> None:
    """DNS rebinding: the browser of who works here is led to 127.0.0.1 under an attacker's name."""
    assert desk.get("/decisions", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Origin": "http://127.0.0.1:9999"}],
)  # fmt: skip
def test_a_page_of_another_site_cannot_write_through_the_browser(
    desk: TestClient, osaka: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = desk.post("/check", json=osaka, headers=headers)
    assert answer.status_code == 403
    assert desk.get("/audit").json()["entries"] == []
    assert (
        desk.post("/check", json=osaka, headers={"Origin": "http://127.0.0.1"}).status_code == 200
    )


SQL = [
    "' OR '1'='1",
    "'; DROP TABLE audit; --",
    '" OR 1=1 --',
    "%",
    "_",
    "\\",
    "x' UNION SELECT 1 --",
]


@pytest.mark.parametrize("text", SQL)
def test_sql_in_any_parameter_is_text(desk: TestClient, osaka: dict[str, Any], text: str) -> None:
    desk.post("/check", json={**osaka, "id": text})
    found = desk.get("/decisions", params={"order_id": text}).json()["decisions"]
    assert [one["order_id"] for one in found] == [text]
    for path, names in (("/decisions", ("after", "outcome")), ("/cases", ("after",)),
                        ("/audit", ("subject", "action")),
                        ("/search/default", ("q",)), ("/law/tables/entity_list", ("key",)),
                        ("/law/timeline", ("subject",)), ("/law/rules", ("section",))):  # fmt: skip
        assert desk.get(path, params=dict.fromkeys(names, text)).status_code == 200
    for path in (f"/decisions/{text}", f"/cases/{text}", f"/entities/{text}"):
        assert desk.get(path).status_code == 404
    assert desk.post("/check", json=osaka, headers={"Idempotency-Key": text}).status_code == 200
    assert desk.get("/audit/verify").json()["whole"]


def test_a_header_cannot_be_slipped_into_an_answer(desk: TestClient) -> None:
    answer = desk.get("/law/rules/x%0d%0aset-cookie:%20a=b")
    assert "set-cookie" not in answer.headers and answer.status_code == 404


def test_text_that_is_none_is_refused_or_kept_and_never_a_failure(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    """Half of a surrogate pair, a zero character, and names as long as books."""
    raw = b'{"names": ["\\ud800 Acme Rotor", "Acme\\u0000Rotor", "' + b"x" * 5000 + b'"]}'
    answer = desk.post("/screen", content=raw)
    assert answer.status_code in (200, 400, 422), answer.text
    lone = desk.post("/check", content=b'{"date": "2019-06-30", "id": "\\ud800", "to": "CN"}')
    assert lone.status_code in (200, 422), lone.text
    assert desk.get("/audit/verify").json()["whole"]


def test_serve_on_an_address_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        commands,
        ["serve", "--host", "203.0.113.7", "--port", "0"],
        env={"LICET_DATA": str(tmp_path)},
    )
    assert done.exit_code == 2 and "choose another" in done.stderr


def test_a_desk_that_ends_keeps_what_it_answered(
    tmp_path: Path, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    with serving(tmp_path, loaded) as client:
        decided = client.post("/check", json=osaka).json()["decision_id"]
        assert store_of(client).sqlite
    with serving(tmp_path, loaded) as client:
        assert client.get(f"/decisions/{decided}").json()["outcome"] == "license_required"
