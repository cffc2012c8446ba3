"""After the lists switch: what changed, and which known parties and open orders it touches. None is lost."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import licet
from licet import list_switch
from licet.cli import app
from licet.lists import Store
from tests.lists.test_updating import sdn

TODAY = dt.date.today()
BEFORE, AFTER = (TODAY - dt.timedelta(2)).isoformat(), TODAY.isoformat()
COUNT = 40
"""Far fewer than the SDN List has: such a copy is looked through beside the rulebook's, and is quickly read."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which one copy of the SDN List was loaded."""
    folder = tmp_path_factory.mktemp("old")
    source = folder / "sdn.xml"
    source.write_bytes(sdn(BEFORE, *range(COUNT)))
    licet.lists.load(source, data=folder / "data")
    return folder / "data" / "lists.sqlite"


@pytest.fixture
def data(old: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / old.name).write_bytes(old.read_bytes())
    return folder


def newer(tmp_path: Path) -> Path:
    """A newer copy: TRADER 7 is gone, TRADER 40 has come."""
    path = tmp_path / "new" / "sdn.xml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sdn(AFTER, *(at for at in range(COUNT + 1) if at != 7)))
    return path


def order(id: str, buyer: str) -> str:
    return (
        f'id = "{id}"\ndate = {BEFORE}\nactivity = "export"\nfrom = "US"\nto = "DE"\nus_person = true\n'
        'parties_complete = true\nred_flag = []\n[[party]]\nrole = "ultimate_consignee"\n'
        f'name = "{buyer}"\ncountry = "DE"\nkind = "commercial"\nowners = []\naddress = "Essen"\n'
        '[[line]]\neccn = "EAR99"\nkind = "commodity"\nmade_in = "US"\nvalue_usd = 10\n'
        '[end_use]\npurposes = ["civil"]\n'
    )


def update(data: Path, source: Path, *words: str) -> Any:
    return CliRunner().invoke(
        app, ["lists", "update", "--data", str(data), "--from", str(source), *words],
        env={"LICET_DATA": str(data), "COLUMNS": "200"},
    )  # fmt: skip


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    folder.mkdir()
    for id, buyer in (
        ("A", "Trader 40"), ("B", "Trader 7"), ("C", "Quiet Meadow Bakery"), ("D", "Trader 8"),
    ):  # fmt: skip
        (folder / f"{id}.toml").write_text(order(id, buyer), encoding="utf-8")
    return folder


def test_a_switch_tells_the_parties_and_the_orders_that_it_touches(
    data: Path, tmp_path: Path, orders: Path
) -> None:
    parties = tmp_path / "parties.csv"
    parties.write_text(
        "id,name\n1,Trader 40\n2,Trader 7\n3,Quiet Meadow Bakery\n", encoding="utf-8"
    )
    report = tmp_path / "report.jsonl"
    words = ["--parties", str(parties), "--orders", str(orders), "--report", str(report)]
    done = update(data, newer(tmp_path), *words)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    kinds = {kind: [one for one in lines if one["what"] == kind] for kind in
             ("entry", "party", "order", "end")}  # fmt: skip
    assert {(one["change"], one["listing_id"]) for one in kinds["entry"]} == {
        ("added", "SDN:40"), ("removed", "SDN:7"),
    }  # fmt: skip
    assert [(one["id"], one["touched"][0]["what"]) for one in kinds["party"]] == [
        ("1", "newly_match"), ("2", "no_longer"),
    ]  # fmt: skip
    told = {one["id"]: (one["before"], one["after"], one["flips"]) for one in kinds["order"]}
    assert told["A"][1] == "prohibited" and told["A"][2]
    assert told["B"][0] == "prohibited" and told["B"][2]
    assert "C" not in told and "D" not in told, "what is as it was is not told"
    assert all(one["on"] == AFTER for one in kinds["order"]), "an open order ships today at best"
    assert lines[-1]["what"] == "end" and lines[-1]["flips"] == 2
    assert "-> PROHIBITED" in done.output
    assert "2 of your open orders are touched; 2 decided otherwise." in done.output
    for one in kinds["order"]:  # as licet check says on its own
        asked = licet.read_order(orders / f"{one['id']}.toml")
        now = licet.check(asked, on=TODAY, lists=licet.lists.store(data))
        assert now.outcome == one["after"]
    again = update(data, newer(tmp_path), *words)
    assert "no entry differs" in again.output
    assert len(report.read_text().splitlines()) == len(lines) + 1, "lines are added, none changed"


def test_a_report_that_was_not_written_comes_with_the_next_run(
    data: Path, tmp_path: Path, orders: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("who\nTrader 7\n", encoding="utf-8")
    done = update(data, newer(tmp_path), "--parties", str(bad))
    assert done.exit_code == 2 and "it is not lost" in done.output
    assert list_switch.left(Store(data))
    bad.write_text("name\nTrader 7\n", encoding="utf-8")
    done = update(data, newer(tmp_path), "--parties", str(bad))
    assert "NO LONGER FOUND" in done.output and done.exit_code == 0
    assert not list_switch.left(Store(data))


def test_a_path_that_is_not_there_ends_it_before_anything_changes(
    data: Path, tmp_path: Path
) -> None:
    before = licet.lists.status(data=data)
    for words in (["--orders", str(tmp_path / "no")], ["--report", str(tmp_path / "no" / "x")]):
        done = update(data, newer(tmp_path), *words)
        assert done.exit_code == 2 and "nothing was updated" in done.output
    assert licet.lists.status(data=data) == before


def test_a_list_that_was_not_there_before_is_all_new(tmp_path: Path) -> None:
    empty, full = licet.lists.store(tmp_path / "empty"), licet.lists.store(tmp_path / "full")
    own = {"id": "a", "schema": "Company", "properties": {"name": ["Acme Rotor Works"]}}
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own) + "\n", encoding="utf-8")
    full.load(path, list="OWN", as_of=TODAY - dt.timedelta(1))
    found = list_switch.compared(empty, full)
    assert found.changed.count("added") == 1 and found.changed.only_after == ("OWN",)


def test_an_order_that_cannot_be_read_is_told_and_the_others_are_decided(
    data: Path, tmp_path: Path, orders: Path
) -> None:
    (orders / "E.toml").write_text("id = 'E'\nactivty = 'export'\n", encoding="utf-8")
    book = orders / "book.csv"
    book.write_text(
        "id,to,line.eccn,party1.name,party1.role\nX,DE,EAR99,Trader 40,ultimate_consignee\n",
        encoding="utf-8",
    )
    then = licet.lists.store(data)
    kept = list_switch.keep(then)
    then.load(newer(tmp_path))
    found = {
        one.id or Path(one.source).name: one
        for one in list_switch.decided_otherwise(list_switch.orders_of(orders), kept, then)
    }
    assert "activty" in next(one.error for one in found.values() if one.error)
    assert found["A"].flips
    assert [(listed.entry, now) for listed, now in found["X"].listings] == [("sdn-40", True)]
    list_switch.reported(then)
    with pytest.raises(list_switch.NoOrders, match="holds no order; allowed"):
        (tmp_path / "none").mkdir()
        list(list_switch.orders_of(tmp_path / "none"))
