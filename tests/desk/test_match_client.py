"""A session of a client written for the field's matching API, request by request, as that API's page has it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

ENTITY = {"id", "caption", "schema", "properties", "datasets", "referents", "target", "first_seen",
          "last_seen", "last_change"}  # fmt: skip


def match(client: TestClient, path: str = "/match/default", **queries: Any) -> Any:
    answer = client.post(path, json={"queries": queries, "weights": {}, "config": {}})
    assert answer.status_code == 200, answer.text
    return answer.json()


HUAWEI = {
    "id": None,
    "schema": "Company",
    "properties": {"name": ["Huawei Technologies"], "country": ["cn"]},
}


def test_a_whole_session(desk: TestClient) -> None:
    assert desk.get("/healthz").json() == {"status": "ok"}
    assert desk.get("/readyz").json()["status"] == "ok"

    catalog = desk.get("/catalog")
    assert {"default", "EL", "SDN"} <= {one["name"] for one in catalog.json()["datasets"]}
    assert set(catalog.json()) == {"datasets", "current", "outdated", "index_stale"}
    assert catalog.json()["index_stale"] is False
    same = desk.get("/catalog", headers={"If-None-Match": catalog.headers["etag"]})
    assert same.status_code == 304 and not same.content

    algorithms = desk.get("/algorithms").json()
    assert algorithms["best"] in {one["name"] for one in algorithms["algorithms"]}
    assert {"name", "description", "features", "docs"} <= set(algorithms["algorithms"][0])

    answer = desk.post("/match/default?limit=2", json={"queries": {"q1": HUAWEI, "q2": {
        "schema": "Person", "properties": {"name": "Nobody Whatsoever", "birthDate": ["1975"]}}}})  # fmt: skip
    assert answer.headers["x-batch-size"] == "2"
    first, second = (answer.json()["responses"][name] for name in ("q1", "q2"))
    assert answer.json()["limit"] == 2 and first["status"] == second["status"] == 200
    assert second["query"]["properties"]["name"] == ["Nobody Whatsoever"]
    assert len(first["results"]) == 2 and first["total"]["value"] >= 2
    best = first["results"][0]
    assert set(best) >= ENTITY | {"score", "match", "explanations"}
    assert best["match"] is True and best["caption"] == "Huawei Technologies Co., Ltd."
    assert best["properties"]["topics"] == ["export.control"] and best["first_seen"] == "2019-05-16"
    assert set(best["explanations"]["name"]) == {"score", "detail", "query", "candidate"}
    scores = [one["score"] for one in first["results"]]
    assert scores == sorted(scores, reverse=True)

    found = desk.get("/search/default", params={"q": "bank tejarat", "limit": 1}).json()
    assert set(found) == {"limit", "offset", "total", "results", "facets"}
    assert set(found["facets"]["countries"]["values"][0]) == {"name", "label", "count"}
    (one,) = found["results"]
    assert set(one) >= ENTITY and "score" not in one

    shown = desk.get(f"/entities/{one['id']}").json()
    assert shown == one
    near = desk.get(f"/entities/{one['id']}/adjacent/ownershipOwner").json()
    assert (near["results"], near["total"]["value"]) == ([], 0)


def test_the_threshold_says_what_a_match_is_and_hides_nobody_above_one_half(
    desk: TestClient,
) -> None:
    query = {"schema": "Company", "properties": {"name": ["Huawey Technologies"]}}
    low, high = (match(desk, f"/match/default?threshold={at}", q=query)["responses"]["q"]["results"][0]
                 for at in (0.6, 0.99))  # fmt: skip
    assert low["id"] == high["id"] and (low["match"], high["match"]) == (True, False)


@pytest.mark.parametrize(
    ("path", "lists"),
    [("/match/EL", {"EL"}), ("/match/us_ofac_sdn", {"SDN"}), ("/match/default?include_dataset=EL", {"EL"}),
     ("/match/default?topics=export.control", {"EL", "UVL", "MEU", "DPL"})],
)  # fmt: skip
def test_a_dataset_and_its_filters_narrow_the_lists(
    desk: TestClient, path: str, lists: set[str]
) -> None:
    if "include" in path:
        path = "/match/EL?include_dataset=EL"
    query = {
        "schema": "LegalEntity",
        "properties": {"name": ["Bank Tejarat", "Huawei Technologies"]},
    }
    results = match(desk, path, q=query)["responses"]["q"]["results"]
    assert results and {one["datasets"][0] for one in results} <= lists


def test_what_is_excluded_is_not_shown(desk: TestClient) -> None:
    best = match(desk, q=HUAWEI)["responses"]["q"]["results"][0]["id"]
    for path in (f"exclude_entity_ids={best}", "exclude_dataset=EL", "exclude_schema=LegalEntity",
                 "changed_since=2030-01-01"):  # fmt: skip
        results = match(desk, f"/match/default?{path}", q=HUAWEI)["responses"]["q"]["results"]
        assert best not in [one["id"] for one in results]


def test_names_countries_and_numbers_of_an_example_are_all_used(desk: TestClient) -> None:
    """The second name is the listed one; the best of all readings counts."""
    query = {
        "schema": "Company",
        "properties": {"name": ["Lindgren Bakery"], "alias": ["Huawei Technologies"]},
    }
    assert match(desk, q=query)["responses"]["q"]["results"][0]["match"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (
            "/match/default",
            {"queries": {"q": {"schema": "Spaceship", "properties": {"name": "x"}}}},
            400,
        ),
        (
            "/match/default",
            {"queries": {"q": {"schema": "Person", "properties": {"name": 7}}}},
            400,
        ),
        ("/match/default", {"queries": {"q": {"schema": "Person"}}}, 400),
        ("/match/default", {"queries": {}}, 400),
        ("/match/default", {"queries": []}, 400),
        ("/match/default", {"queries": {str(n): HUAWEI for n in range(101)}}, 400),
        ("/match/default?algorithm=astrology", {"queries": {"q": HUAWEI}}, 400),
        ("/match/nowhere", {"queries": {"q": HUAWEI}}, 404),
        ("/match/default?exclude_dataset=nowhere", {"queries": {"q": HUAWEI}}, 404),
        ("/match/default?limit=501", {"queries": {"q": HUAWEI}}, 422),
    ],
)
def test_what_is_asked_wrongly_gets_the_code_of_that_api_and_a_detail(
    desk: TestClient, path: str, body: Any, status: int
) -> None:
    answer = desk.post(path, json=body)
    assert answer.status_code == status and answer.json()["detail"]


def test_a_name_that_cannot_be_screened_is_never_an_empty_answer(desk: TestClient) -> None:
    """No name, or a legal form alone: an empty list of results would read as "nobody"."""
    answers = match(desk, a={"schema": "Company", "properties": {}},
                    b={"schema": "Company", "properties": {"name": ["Ltd"]}})["responses"]  # fmt: skip
    for one in answers.values():
        assert one["status"] == 400 and one["detail"] and one["results"] == []


def test_search_pages_sorts_and_finds_what_is_like(desk: TestClient) -> None:
    first = desk.get("/search/sdn?q=bank&limit=3&sort=caption:asc").json()
    second = desk.get("/search/sdn?q=bank&limit=3&offset=3&sort=caption:asc").json()
    names = [one["caption"] for one in first["results"] + second["results"]]
    assert names == sorted(names) and len(set(names)) > 3
    assert desk.get("/search/default?q=huawey").json()["total"]["value"] == 0
    assert desk.get("/search/default?q=huawey technologies&fuzzy=true").json()["total"]["value"] > 0
    iran = desk.get("/search/default?q=bank&countries=ir").json()["results"]
    assert iran and all("ir" in one["properties"]["country"] for one in iran)
    assert desk.get("/search/default?sort=luck").status_code == 400
    assert desk.get("/search/default?schema=Spaceship").status_code == 400


def test_what_people_decided_holds_here_too(desk: TestClient, misspelled: dict[str, Any]) -> None:
    """A party that was settled as another is no match, and its evidence says who decided."""
    (party,) = misspelled["party"]
    asked = {"schema": "Organization", "properties": {
        "name": [party["name"]], "country": ["cn"], "address": [party["address"]]}}  # fmt: skip
    before = match(desk, q=asked)["responses"]["q"]["results"][0]
    assert before["match"]
    for case in desk.post("/check", json=misspelled).json()["cases"]:
        said = {"decision": "not_listed", "by": "Ada", "reason": "another firm"}
        desk.post(f"/cases/{case}/settle", json=said)
    after = next(
        one
        for one in match(desk, q=asked)["responses"]["q"]["results"]
        if one["id"] == before["id"]
    )
    assert not after["match"] and "by Ada" in after["explanations"]["disposition"]["detail"]
