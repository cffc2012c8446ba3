"""The desk looks through the lists that were loaded and applies what people decided, then as later."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.desk.api import Desk
from licet.desk.counter import load_if_changed
from licet.order import Owner
from licet.parties.listing import Listing

from .. import screen_lists_made_up as made_up
from ..test_check_lists import BUYER, EVERYONE, ORDER, QUILLFORGE, TERN, TORVALD
from .conftest import serving

COPY, LATER = dt.date(2024, 9, 1), dt.date(2024, 9, 5)
QUILL, MISSPELLED = "Quillforge Maritime LLC", "Quilforge Maritime"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("LICET_DATA", str(folder))
    return folder


def load(as_of: dt.date, listings: tuple[Listing, ...] = EVERYONE) -> None:
    store = licet.lists.store()
    path = made_up.write(store.folder.parent / f"lists-{as_of}.ftm.json", listings)
    store.load(path, as_of=as_of, allow_shrink=True)


def look_again(client: TestClient) -> None:
    """What the desk does every minute."""
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]
    found = load_if_changed(desk.counter.loaded.mark)
    assert found is not None
    desk.counter.take(found)


@pytest.fixture
def desk(data: Path) -> Iterator[TestClient]:
    """A desk on a machine where made-up copies of several lists were loaded."""
    load(COPY)
    found = load_if_changed("")
    assert found is not None
    with serving(data, found) as client:
        yield client


def order(**fields: Any) -> dict[str, Any]:
    return licet.order_to(replace(ORDER, parties=(replace(BUYER, **fields),)))


def replayed(client: TestClient, decision: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.post(f"/decisions/{decision['decision_id']}/replay").json()
    return found


def test_the_desk_refuses_whom_only_a_loaded_list_names_as_licet_check_does(
    desk: TestClient,
) -> None:
    answer = desk.post("/check", json=order(name=QUILL)).json()
    own = licet.check(licet.order_from(order(name=QUILL)), lists=licet.lists.store())
    assert answer["outcome"] == own.outcome == "prohibited"
    (listed,) = answer["listings"]
    assert (listed["entry"], listed["copy"]) == ("sdn-990002", COPY.isoformat())


def test_the_record_names_each_copy_with_its_day_and_a_digest_of_what_it_held(
    desk: TestClient,
) -> None:
    decided = desk.post("/check", json=order(name=QUILL)).json()["decision_id"]
    kept = desk.get(f"/decisions/{decided}").json()
    copies = {one["list"]: one for one in kept["lists"] if one["source"] != "rulebook"}
    assert copies["SDN"]["as_of"] == COPY.isoformat() and copies["SDN"]["entries"] == 3
    assert len(bytes.fromhex(copies["SDN"]["digest"])) >= 16
    own = {one["list"] for one in kept["lists"] if one.get("law") == kept["law"]}
    assert {"EL", "UVL", "MEU", "DPL"} <= own
    assert kept["terms"]["copies"] == licet.lists.store().loaded() > 0


def test_a_decision_is_decided_again_with_the_copies_of_then_whatever_was_loaded_since(
    desk: TestClient,
) -> None:
    """A list loses an entry: new orders pass, and the old refusal can still be explained."""
    old = desk.post("/check", json=order(name=QUILL)).json()
    free = desk.post("/check", json=order(name="Vexholm Trading Ltd")).json()
    load(LATER, (TORVALD, TERN, replace(QUILLFORGE, id="990009", names=TORVALD.names)))
    look_again(desk)
    now = desk.post("/check", json=order(name=QUILL)).json()
    assert (old["outcome"], now["outcome"]) == ("prohibited", "no_license_required")
    for one in (old, free, now):
        again = replayed(desk, one)
        assert (again["same"], again["differs"]) == (True, []), again
    done = CliRunner().invoke(app, ["audit", "replay", old["decision_id"]])
    assert done.exit_code == 0 and done.stdout.startswith("the same answer: prohibited")


def test_where_the_copies_of_then_are_gone_the_replay_says_so(desk: TestClient, data: Path) -> None:
    old = desk.post("/check", json=order(name=QUILL)).json()
    for file in data.glob("lists.sqlite*"):
        file.unlink()
    # A program of its own: what this one has in memory would still give the answer.
    command = [sys.executable, "-m", "licet", "audit", "replay", old["decision_id"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout.startswith("another answer: prohibited")
    assert f"list SDN of {COPY}" in done.stdout and f"not in {data}" in done.stdout
    assert "outcome: prohibited then, no_license_required now" in done.stdout


def test_a_likeness_in_a_loaded_list_waits_for_a_person_and_is_settled_with_a_reason(
    desk: TestClient,
) -> None:
    held = desk.post("/check", json=order(name=MISSPELLED)).json()
    assert held["outcome"] == "hold" and len(held["cases"]) == 1
    case = desk.get(f"/cases/{held['cases'][0]}").json()
    assert "quilforge is spelled like quillforge" in case["reason"].lower()
    said = {"decision": "not_listed", "by": "Ada", "reason": "a bakery, founded 1961"}
    desk.post(f"/cases/{case['id']}/settle", json=said)
    now = desk.post(f"/decisions/{held['decision_id']}/check").json()
    assert now["outcome"] == "no_license_required"
    (told,) = [one["disposition"] for one in now["listings"] if one["disposition"]]
    assert (told["decision"], told["by"], told["reason"]) == (
        "not_listed", "Ada", "a bakery, founded 1961",
    )  # fmt: skip
    # Whoever decides otherwise later changes what is decided from then on, and nothing of before.
    desk.post(f"/cases/{case['id']}/settle", json={**said, "decision": "listed"})
    last = desk.post(f"/decisions/{held['decision_id']}/check").json()
    assert last["outcome"] == "prohibited"
    for one in (held, now, last):
        assert replayed(desk, one)["same"], replayed(desk, one)
    assert desk.get("/audit/verify").json()["whole"]


def test_an_owner_and_a_maker_are_settled_as_a_buyer_is(desk: TestClient) -> None:
    """60 percent held by somebody whose name is like a blocked one: it hangs on whether he is the one."""
    owner = Owner(name=MISSPELLED, country="AE", share=60.0, owners=())
    held = desk.post("/check", json=order(owners=(owner,))).json()
    assert held["outcome"] in ("hold", "needs_information") and held["cases"]
    for number in held["cases"]:
        said = {"decision": "not_listed", "by": "Ada", "reason": "another firm"}
        assert desk.post(f"/cases/{number}/settle", json=said).status_code == 200
    now = desk.post(f"/decisions/{held['decision_id']}/check").json()
    assert now["outcome"] == "no_license_required" and not now["cases"]


def test_a_person_is_settled_with_the_number_that_the_order_gives(desk: TestClient) -> None:
    """A passport is part of who was looked at: with another one the case opens again."""
    asked = order(name="Torvald Braendsted", country="DE", identifiers=("C0048 123",))
    held = desk.post("/check", json=asked).json()
    assert held["cases"], held["outcome"]
    for number in held["cases"]:
        said = {"decision": "not_listed", "by": "Ada", "reason": "another person"}
        desk.post(f"/cases/{number}/settle", json=said)
    assert desk.post("/check", json=asked).json()["cases"] == []
    other = order(name="Torvald Braendsted", country="DE", identifiers=("C0048 999",))
    assert desk.post("/check", json=other).json()["cases"]


def test_what_a_team_settled_on_the_command_line_is_not_the_desks(desk: TestClient) -> None:
    """Organizations keep their own dispositions; those of the machine's user settle nothing at the desk."""
    held = desk.post("/check", json=order(name=MISSPELLED)).json()
    (command,) = [one["record"] for one in held["listings"] if one["record"]]
    assert command.startswith("licet dispositions add")
    assert desk.post("/check", json=order(name=MISSPELLED)).json()["outcome"] == "hold"
