"""The API: what is asked and answered, that everything answered is on record, and how errors teach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

import licet
from licet.desk import tables
from licet.desk.api import make_app
from licet.desk.counter import Counter, Loaded
from licet.desk.store import open_store

from .clients import store_of


def test_osaka_over_http_is_what_the_library_says(desk: TestClient, osaka: dict[str, Any]) -> None:
    answer = desk.post("/check?proof=true", json=osaka).json()
    own = json.loads(licet.to_json(licet.check(licet.order_from(osaka))))
    assert {name: answer[name] for name in own} == own
    assert answer["decision_id"] and answer["engine"] == licet.__version__
    assert {one["list"] for one in answer["lists"]} >= {"EL", "SDN", "UVL", "MEU", "DPL"}


def test_the_law_of_another_day_and_an_assumed_speech_are_asked_for_beside_the_order(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    outcomes = {
        query: desk.post(f"/check{query}", json=osaka).json()["outcome"]
        for query in ("?on=2019-05-15", "?on=2019-06-30", "?on=2019-06-30&assume=osaka_2019")
    }
    assert list(outcomes.values()) == ["no_license_required", "license_required", "general_license"]


def test_an_order_book_gets_an_answer_for_each_order_in_its_place(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    book = [osaka, {"id": "bad", "pary": []}, {**osaka, "id": "old", "date": "1950-01-01"}, osaka]
    answers = desk.post("/check", json=book).json()["answers"]
    assert [one.get("outcome", "error" in one) for one in answers] == [
        "license_required", True, True, "license_required",
    ]  # fmt: skip
    assert answers[1]["id"] == "bad" and answers[1]["errors"][0]["field"] == "[1].pary"
    assert len(desk.get("/decisions").json()["decisions"]) == 2


@pytest.mark.parametrize(
    ("body", "status", "field", "says"),
    [
        ('{"to": "China"}', 422, "to", "CN"),
        ('{"pary": 1}', 422, "pary", 'Did you mean "party"?'),
        ('{"to": ', 422, "", "not JSON"),
        ("", 422, "", "holds no order"),
        ("[]", 422, "", "the array is empty"),
        ('{"to": "CN", "to": "DE"}', 422, "to", "given twice"),
        ('{"to": "CN"}', 422, None, "the law depends on the day"),
        (
            '{"to": "CN", "date": "1900-01-01"}',
            422,
            None,
            "the first day that this rulebook covers",
        ),
    ],
)
def test_an_order_that_is_refused_learns_where_and_why(
    desk: TestClient, body: str, status: int, field: str | None, says: str
) -> None:
    answer = desk.post("/check", content=body)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text.replace('\\"', '"')
    assert field is None or problem["errors"][0]["field"] == field
    assert desk.get("/audit").json()["entries"] == []


def test_an_announcement_that_does_not_exist_is_named_with_those_that_do(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    answer = desk.post("/check?assume=tokyo", json=osaka)
    assert answer.status_code == 422 and "osaka_2019" in answer.json()["detail"]


def test_a_request_that_is_sent_again_is_answered_and_recorded_once(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    key = {"Idempotency-Key": "PO-1001/1"}
    first, second = (desk.post("/check", json=osaka, headers=key) for _ in range(2))
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    assert len(desk.get("/decisions").json()["decisions"]) == 1
    other = desk.post("/check", json={**osaka, "id": "other"}, headers=key)
    assert other.status_code == 409 and "another request" in other.json()["detail"]


def test_a_possible_match_holds_the_order_until_a_person_settles_it(
    desk: TestClient, misspelled: dict[str, Any]
) -> None:
    """From the hold to the answer: cases are opened once, settled with a reason, and remembered."""
    held = desk.post("/check", json=misspelled).json()
    assert held["outcome"] == "hold" and held["cases"]
    again = desk.post("/check", json={**misspelled, "id": "second"}).json()
    assert again["cases"] == held["cases"]  # one question, however many orders wait with it
    shown = desk.get(f"/cases/{held['cases'][0]}").json()
    assert shown["decisions"] == sorted([held["decision_id"], again["decision_id"]])
    assert "huawey is spelled like huawei" in shown["reason"]
    for case in held["cases"]:
        said = {"decision": "not_listed", "by": "Ada", "reason": "another firm, in Ohio"}
        assert desk.post(f"/cases/{case}/settle", json=said).json()["state"] == "closed"
    now = desk.post(f"/decisions/{held['decision_id']}/check").json()
    assert now["outcome"] == "no_license_required" and not now["cases"]
    kept = desk.get(f"/decisions/{now['decision_id']}").json()
    assert "disposition" not in kept["given"]["party"][0]
    told = [one["disposition"] for one in kept["answer"]["listings"]]
    assert {(one["decision"], one["state"], one["by"]) for one in told} == {
        ("not_listed", "settled", "Ada")
    }
    assert kept["terms"]["dispositions"] == len(held["cases"])
    assert desk.post(f"/decisions/{now['decision_id']}/replay").json()["same"]
    assert desk.get("/audit/verify").json()["whole"]


def test_one_match_left_open_keeps_the_order_on_hold(
    desk: TestClient, misspelled: dict[str, Any]
) -> None:
    held = desk.post("/check", json=misspelled).json()
    assert len(held["cases"]) > 1
    said = {"decision": "not_listed", "by": "Ada", "reason": "another firm"}
    for case in held["cases"][:-1]:
        desk.post(f"/cases/{case}/settle", json=said)
    again = desk.post(f"/decisions/{held['decision_id']}/check").json()
    assert again["outcome"] == "hold" and again["cases"] == held["cases"][-1:]


def test_a_true_match_refuses_the_order(desk: TestClient, misspelled: dict[str, Any]) -> None:
    held = desk.post("/check", json=misspelled).json()
    said = {"decision": "listed", "by": "Ada", "reason": "the same address"}
    desk.post(f"/cases/{held['cases'][0]}/settle", json=said)
    assert (
        desk.post(f"/decisions/{held['decision_id']}/check").json()["outcome"] == "license_required"
    )


def test_a_settled_match_opens_again_when_the_party_is_described_differently(
    desk: TestClient, misspelled: dict[str, Any]
) -> None:
    held = desk.post("/check", json=misspelled).json()
    for case in held["cases"]:
        said = {"decision": "not_listed", "by": "Ada", "reason": "another firm"}
        desk.post(f"/cases/{case}/settle", json=said)
    (party,) = misspelled["party"]
    moved = {**misspelled, "party": [{**party, "address": "Tsim Sha Tsui, Kowloon"}]}
    assert desk.post("/check", json=moved).json()["outcome"] == "hold"


@pytest.mark.parametrize(
    "said",
    [
        {"decision": "perhaps", "by": "Ada", "reason": "x"}, {"decision": "listed", "by": "Ada", "reason": ""},
        {"decision": "listed", "by": "Ada", "reason": "  "},
        {"decision": "listed", "by": "Ada", "reason": "x", "expires": "2001-01-01"},
    ],
)  # fmt: skip
def test_a_case_is_not_settled_without_a_decision_a_reason_and_a_day_to_come(
    desk: TestClient, misspelled: dict[str, Any], said: dict[str, str]
) -> None:
    (case, *_) = desk.post("/check", json=misspelled).json()["cases"]
    assert desk.post(f"/cases/{case}/settle", json=said).status_code in (409, 422)
    assert desk.get(f"/cases/{case}").json()["state"] == "open"


def test_screening_says_who_in_which_lists_and_is_logged(desk: TestClient) -> None:
    asked = {"names": ["Huawei Technologies", {"id": "7", "name": "Lindgren Bakery"}, "Ltd"]}
    answer = desk.post("/screen", json=asked).json()
    assert [one.get("verdict") for one in answer["answers"]] == ["match", "clear", None]
    assert "nothing in 'Ltd' tells" in answer["answers"][2]["error"]
    assert all(one["as_of"] and one["entries"] for one in answer["lists"])
    (entry,) = desk.get("/audit?action=screened").json()["entries"]
    assert [one["verdict"] for one in entry["details"]["answers"]] == ["match", "clear", "error"]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"names": []}', '{"names": [7]}', '{"names": ["x"], "threshold": 2}',
     '{"names": ["x"], "threshold": true}'],
)  # fmt: skip
def test_screening_refuses_what_is_no_list_of_names(desk: TestClient, body: str) -> None:
    assert desk.post("/screen", content=body).status_code in (400, 422)


def test_nothing_is_answered_before_law_and_lists_are_loaded(
    tmp_path: Path, osaka: dict[str, Any]
) -> None:
    """Never a false "clear": not ready is an answer of its own."""

    def fails(mark: str) -> Loaded | None:
        raise ValueError("sdn.csv: line 7: ends in the middle")

    person = {"queries": {"q": {"schema": "Person", "properties": {"name": "Ada Lovelace"}}}}
    app = make_app(Counter(open_store(tmp_path)), local=True, load=fails)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        for ask in (
            client.get("/readyz"), client.post("/check", json=osaka), client.get("/search/default?q=x"),
            client.post("/screen", json={"names": ["Lindgren Bakery"]}),
            client.post("/match/default", json=person),
        ):  # fmt: skip
            assert ask.status_code == 503, ask.text
            assert "not ready" in ask.json()["detail"] and ask.headers["retry-after"]
        assert client.get("/audit").json()["entries"] == []
        assert "licet_ready 0" in client.get("/metrics").text


def test_where_newer_lists_cannot_be_loaded_the_old_ones_stay_and_the_desk_says_so(
    tmp_path: Path, loaded: Loaded
) -> None:
    counter = Counter(open_store(tmp_path))
    counter.take(loaded)
    answers = iter([OSError("the disk is gone")])

    def fails(mark: str) -> Loaded | None:
        assert mark == loaded.mark
        counter._ends.set()
        raise next(answers)

    counter._keep_loaded(fails)
    assert counter.loaded is loaded and "the disk is gone" in counter.problem
    counter.stop()


def test_the_law_is_told_with_its_versions_timeline_changes_and_tables(desk: TestClient) -> None:
    law = desk.get("/law").json()
    assert law["id"] == licet.rulebook().id and "osaka_2019" in law["announcements"]
    rule = desk.get("/law/rules/entity_list").json()
    assert rule["versions"][0]["effective"] == "2008-08-21"
    assert "entity_list" in [
        one["id"] for one in desk.get("/law/rules?section=744.11").json()["rules"]
    ]
    events = desk.get("/law/timeline?subject=huawei").json()["events"]
    speech = next(one for one in events if one["id"] == "osaka_2019")
    assert not speech["law"] and speech["kind"] == "announcement"
    assert any(one["law"] and one["date"] == "2019-05-16" for one in events)
    changed = desk.get("/law/changes?start=2019-05-15&end=2019-05-16").json()
    assert any("Huawei" in one["subject"] for one in changed["changes"])
    rows = desk.get("/law/tables/entity_list?on=2019-05-16&limit=3").json()["rows"]
    assert len(rows) == 3 and all(row["valid_from"] <= "2019-05-16" for row in rows)


@pytest.mark.parametrize(
    "path",
    ["/law/rules/entity_lost", "/law/tables/none", "/decisions/x", "/cases/x", "/entities/SDN:0",
     "/search/nolist", "/nowhere", "/decisions/x/memo"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_with_a_problem(desk: TestClient, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == answer.json()["status"] == 404


def test_a_decision_can_be_read_as_a_memo(desk: TestClient, osaka: dict[str, Any]) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    memo = desk.get(f"/decisions/{decided}/memo").text
    assert memo.startswith("LICENSE REQUIRED") and "15 CFR 744.11(a)" in memo


def test_the_numbers_count_requests_and_decisions(desk: TestClient, osaka: dict[str, Any]) -> None:
    desk.post("/check", json=osaka)
    numbers = desk.get("/metrics").text
    assert 'licet_requests_total{method="POST",route="/check",status="200"} 1' in numbers
    assert 'licet_decisions_total{outcome="license_required"} 1' in numbers
    assert "licet_ready 1" in numbers and 'licet_list_entries{list="EL"' in numbers


def test_a_record_that_cannot_be_written_is_a_503_and_then_recovers(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    """A disk that is full: SQLite may take no page more. Nothing is answered that is not recorded."""
    store = store_of(desk)
    with store.engine.connect() as db:
        pages = db.execute(sa.text("PRAGMA page_count")).scalar_one()

    def limited(connection: Any, most: int) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    store.engine.dispose()
    listener = lambda connection, _: limited(connection, pages)  # noqa: E731 -- taken off again below
    sa.event.listen(store.engine, "connect", listener)
    statuses = [desk.post("/check", json=osaka).status_code for _ in range(30)]
    assert statuses[-1] == 503 and set(statuses) <= {200, 503}
    sa.event.remove(store.engine, "connect", listener)
    store.engine.dispose()
    sa.event.listen(
        store.engine, "connect", lambda connection, _: limited(connection, 1_000_000_000)
    )
    answer = desk.post("/check", json=osaka)
    assert answer.status_code == 200
    with store.read() as db:
        recorded = db.execute(sa.select(sa.func.count()).select_from(tables.decision)).scalar_one()
    assert recorded == statuses.count(200) + 1
    assert desk.get("/audit/verify").json()["whole"]
