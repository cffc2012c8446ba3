"""One book in every form, rows, orders in JSON, three files: each gives the answers of ``licet.check``."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.order_book.template import orders, three_tables, write_template
from licet.order_columns import BadBook, order_of, order_of_lines
from tests.order_book.books import HUAWEI, LISTED, SHOP, outcomes, replayed
from tests.test_replay import table

REFUSED, FREE = "license_required", "no_license_required"


def files(folder: Path, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, some in rows.items():
        columns = list(dict.fromkeys(column for row in some for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(some)
    return folder


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet", "t.jsonl", "t"])
def test_every_template_is_a_book_that_can_be_replayed(tmp_path: Path, name: str) -> None:
    said = CliRunner().invoke(app, ["replay", "--template", "--out", str(tmp_path / name)])
    assert said.exit_code == 0, said.output
    with replayed(tmp_path / name) as found:
        assert not found.bad
        lines = [1, 2, 1] if name in ("t.jsonl", "t") else [1, 1]
        told = found.arrow().to_pylist()
        assert [one["line"] for one in told] == lines
        assert [one["outcome"] for one in told] == [REFUSED] * (len(lines) - 1) + [FREE]


def test_orders_in_json_and_three_files_and_rows_say_the_same(tmp_path: Path) -> None:
    write_template(tmp_path / "nested.jsonl")
    write_template(tmp_path / "three")
    rows = tmp_path / "rows.jsonl"
    spare = {"line.eccn": "EAR99", "line.quantity": "20", "line.value_usd": "900"}
    flat = [HUAWEI, HUAWEI | spare, SHOP]
    ids = ("PO-1001", "PO-1001", "PO-1002")
    text = [json.dumps(row | {"id": id_}) for row, id_ in zip(flat, ids, strict=True)]
    rows.write_text("\n".join(text), encoding="utf-8")
    columns = ["id", "line", "day", "outcome", "best", "worst", "line_best", "missing"]
    answers = []
    for book in (tmp_path / "nested.jsonl", tmp_path / "three", rows):
        with replayed(book) as found:
            answers.append(found.arrow().select(columns).to_pylist())
    assert answers[0] == answers[1] == answers[2]
    assert [one["line_best"] for one in answers[0]] == [REFUSED, REFUSED, FREE]


def test_values_of_the_lines_of_one_order_are_added_up() -> None:
    """License exception LVS counts the net value of an order (15 CFR 740.3(d)): 900 twice is above 1,500."""
    line = SHOP | {
        "to": "BR", "party1.country": "BR", "party1.headquarters": "BR", "conditions_met": "LVS",
        "line.eccn": "0C606", "line.value_usd": "900",
    }  # fmt: skip
    one = [line | {"id": "one"}]
    two = [line | {"id": "two"}, line | {"id": "two"}]
    apart = [line | {"id": "three"}, line | {"id": "four"}]
    with replayed(table([*one, *two, *apart])) as found:
        said = outcomes(found)
        assert said["one", 1] == said["three", 1] == said["four", 1] == "license_exception"
        assert said["two", 1] == said["two", 2] == REFUSED
        assert found.distinct == 2, "orders of one line are one kind, that of two is another"
        alone = licet.check(order_of_lines(two), on=LISTED)
        assert alone.outcome == REFUSED


LINES = st.fixed_dictionaries(
    {
        "line.eccn": st.sampled_from(["EAR99", "3A991.a.1", "5A002.a", "0C606", ""]),
        "line.value_usd": st.sampled_from(["", "100", "900", "1400", "2501"]),
        "line.schedule_b": st.sampled_from(["", "8542.31", "8542.31.0000", "8517.62"]),
        "party1.name": st.sampled_from(["Nobody Trading Ltda", "Huawei Technologies Co., Ltd."]),
        "to": st.sampled_from(["BR", "CN", "DE"]),
    }
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_an_order_of_lines_is_answered_as_if_it_were_alone(
    some: list[list[dict[str, str]]],
) -> None:
    """Whatever stands beside it: outcome, band, policy and missing facts are those of ``licet.check``."""
    rows = []
    for at, lines in enumerate(some):
        whole = {"party1.name": lines[0]["party1.name"], "to": lines[0]["to"], "id": f"o{at}"}
        rows.append([SHOP | line | whole for line in lines])
    with replayed(table([row for lines in rows for row in lines])) as found:
        told = {(one["id"], one["line"]): one for one in found.arrow().to_pylist()}
        for at, lines in enumerate(rows):
            alone = licet.check(order_of_lines(lines), on=LISTED)
            for number in range(1, len(lines) + 1):
                said = told[f"o{at}", number]
                assert (said["outcome"], said["best"], said["worst"], said["policy"]) == (
                    alone.outcome, alone.best, alone.worst, alone.review_policy,
                )  # fmt: skip
                assert set(said["missing"].split()) == {one.fact for one in alone.missing}


def test_lines_are_known_by_their_numbers_whatever_their_order() -> None:
    """A fact of the order that one row leaves out is taken from the others."""
    book = [
        {**HUAWEI, "id": "PO-7", "line.number": "20", "line.eccn": "EAR99"},
        SHOP | {"id": "PO-8", "line.number": "5"},
        {"id": "PO-7", "line.number": "10", "line.eccn": "3A991.a.1", "line.kind": "commodity"},
    ]
    with replayed(table(book)) as found:
        assert not found.bad
        told = [
            (one["row"], one["id"], one["line"], one["outcome"])
            for one in found.arrow().to_pylist()
        ]
        assert told == [
            (1, "PO-7", 20, REFUSED), (2, "PO-8", 5, FREE), (3, "PO-7", 10, REFUSED),
        ]  # fmt: skip
        order = order_of_lines(found.book.lines(1))
        assert [line.eccn for line in order.lines or ()] == ["3A991.a.1", "EAR99"]


def test_a_number_that_stands_twice_in_an_order_spoils_it() -> None:
    """Nobody knows which of the two is meant, and so not what the order is worth."""
    book = [
        SHOP | {"id": "PO-7", "line.number": "1"},
        SHOP | {"id": "PO-7", "line.number": "2"},
        SHOP | {"id": "PO-7", "line.number": "2"},
        SHOP | {"id": "PO-8", "line.number": "2"},
        SHOP | {"id": "PO-9", "line.number": "zero"},
    ]
    with replayed(table(book)) as found:
        assert outcomes(found) == {("PO-8", 2): FREE}
        bad = {one.row: one.reason for one in found.bad}
        assert sorted(bad) == [1, 2, 3, 5]
        assert "stands twice, in rows 2, 3 of one order" in bad[2]
        assert "the lines of an order are decided together" in bad[1]
        assert "found zero; a whole number from 1" in bad[5]


def test_an_order_with_a_wrong_line_is_not_decided() -> None:
    book = [
        SHOP | {"id": "PO-7"},
        SHOP | {"id": "PO-7", "line.value_usd": "many"},
        SHOP | {"id": "PO-8"},
    ]
    with replayed(table(book)) as found:
        assert list(outcomes(found)) == [("PO-8", 1)]
        assert [(one.row, one.id, one.line) for one in found.bad] == [
            (1, "PO-7", 1),
            (2, "PO-7", 2),
        ]


def test_lines_and_parties_that_join_no_order_are_told(tmp_path: Path) -> None:
    rows = three_tables()
    rows["lines"].append(rows["lines"][0] | {"order": "PO-9"})
    rows["parties"].append(rows["parties"][0] | {"order": "PO-9"})
    rows["parties"].append({k: v for k, v in rows["parties"][0].items() if k != "order"})
    rows["orders"].append(rows["orders"][0] | {"id": "PO-10"})
    rows["orders"] += [rows["orders"][0] | {"id": "PO-11"}] * 2
    rows["lines"].append(rows["lines"][0] | {"order": "PO-11"})
    with replayed(files(tmp_path / "book", rows)) as found:
        assert set(outcomes(found)) == {("PO-1001", 1), ("PO-1001", 2), ("PO-1002", 1)}
        told = {(Path(one.file).stem, one.row): one.reason for one in found.bad}
        assert set(told) == {
            ("lines", 5), ("lines", 6), ("parties", 4), ("parties", 5), ("orders", 4), ("orders", 5),
            ("orders", 6),
        }  # fmt: skip
        assert "no row of orders has this id" in told["lines", 5]
        assert "no row of orders has this id" in told["parties", 4]
        assert "order: is empty" in told["parties", 5]
        assert "no row of lines names this order" in told["orders", 4]
        assert "stands in rows 5, 6 of orders" in told["lines", 6]


def test_three_files_are_named_one_by_one(tmp_path: Path) -> None:
    folder = files(tmp_path / "book", three_tables())
    named = [str(folder / "orders.csv"), "--lines", str(folder / "lines.csv")]
    out = tmp_path / "out.csv"
    more = ["--parties", str(folder / "parties.csv"), "--on", "2019-05-16", "--out", str(out)]
    said = CliRunner().invoke(app, ["replay", *named, *more])
    assert said.exit_code == 0, said.output
    with out.open(encoding="utf-8-sig", newline="") as stream:
        told = [(one["row"], one["id"], one["line"]) for one in csv.DictReader(stream)]
    assert told == [("2", "PO-1001", "1"), ("3", "PO-1001", "2"), ("4", "PO-1002", "1")]
    alone = CliRunner().invoke(app, ["replay", *named, "--on", "2019-05-16"])
    assert alone.exit_code == 2
    assert "--lines and --parties go together" in alone.stderr


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"orders": [{"id": "a", "party": "x"}]}, "column 'party' is none of an order"),
        ({"lines": [{"number": "1", "eccn": "EAR99"}]}, "the column order is missing"),
        ({"lines": []}, "there is no such"),
    ],
)
def test_three_files_that_are_no_book(
    tmp_path: Path, rows: Mapping[str, Sequence[Mapping[str, str]]], says: str
) -> None:
    folder = files(tmp_path / "book", {**three_tables(), **rows})
    if not rows.get("lines", True):
        (folder / "lines.csv").unlink()
        says = r"no file lines\.\*"
    with pytest.raises(BadBook, match=says):
        replayed(folder).__enter__()


def test_the_parties_of_an_order_are_all_asked_about(tmp_path: Path) -> None:
    """Of two parties the second is listed: an order file with it needs a license (15 CFR 744.11)."""
    rows = three_tables()
    rows["parties"].append(rows["parties"][0] | {"order": "PO-1002", "role": "end_user"})
    with replayed(files(tmp_path / "book", rows)) as found:
        assert outcomes(found)["PO-1002", 1] == REFUSED


def test_an_order_of_ten_parties_is_told(tmp_path: Path) -> None:
    rows = three_tables()
    rows["parties"] += [rows["parties"][1]] * 9
    nested = orders()
    nested[1]["party"] = nested[1]["party"] * 10
    (tmp_path / "book.jsonl").write_text("\n".join(map(json.dumps, nested)), encoding="utf-8")
    for book in (files(tmp_path / "book", rows), tmp_path / "book.jsonl"):
        with replayed(book) as found:
            assert set(outcomes(found)) == {("PO-1001", 1), ("PO-1001", 2)}
            assert "10 parties" in found.bad[0].reason


def test_an_object_that_is_no_order_is_told_with_its_line(tmp_path: Path) -> None:
    good = json.dumps(orders()[1])
    wrong = {
        2: ('{"id": "a", "to": "CN", "line": [{"ecnn": "EAR99"}]}', "line[0].ecnn: is no field"),
        3: ('{"id": "b", "line": {"eccn": "EAR99"}}', "line: a list of tables"),
        4: ('{"id": "c", "to": "CN", "to": "DE"}', "to: is given twice"),
        5: ('{"id": "d", "to": "CN"', "not JSON at column"),
        6: ("[1, 2]", "is no table"),
        7: ('{"id": "e", "to": {"a": 1}}', "is not a country code"),
    }
    text = "\n".join(
        [good, *(line for line, _ in wrong.values()), "", good.replace("1002", "1003")]
    )
    (tmp_path / "book.jsonl").write_text(text, encoding="utf-8")
    with replayed(tmp_path / "book.jsonl") as found:
        assert set(outcomes(found)) == {("PO-1002", 1), ("PO-1003", 1)}
        assert [one["row"] for one in found.arrow().to_pylist()] == [1, 9]
        bad = {one.row: one for one in found.bad}
        assert set(bad) == set(wrong)
        for row, (_, says) in wrong.items():
            assert says in bad[row].reason
        assert [bad[row].id for row in (2, 3, 7)] == ["a", "b", "e"]


def test_an_order_without_an_id_is_known_by_its_line(tmp_path: Path) -> None:
    nested = [{k: v for k, v in one.items() if k != "id"} for one in orders()]
    (tmp_path / "book.jsonl").write_text("\n".join(map(json.dumps, nested)), encoding="utf-8")
    with replayed(tmp_path / "book.jsonl") as found:
        assert list(outcomes(found)) == [("1", 1), ("1", 2), ("2", 1)]


def test_an_order_of_several_lines_explained(tmp_path: Path) -> None:
    write_template(tmp_path / "book.jsonl")
    said = CliRunner().invoke(
        app, ["replay", str(tmp_path / "book.jsonl"), "--on", "2019-05-16", "--explain", "PO-1001"]
    )
    assert said.exit_code == 0, said.output
    assert said.stdout.count("LICENSE REQUIRED") == 1, "one order, one decision"


def test_a_flip_counts_the_lines_of_an_order() -> None:
    days = [dt.date(2019, 5, 15), LISTED]
    with replayed(table([HUAWEI, HUAWEI, SHOP]), on=days) as found:
        (flip,) = found.flips
        assert (flip.lines, flip.before, flip.after) == (2, FREE, REFUSED)
        assert found.outcomes[LISTED] == {REFUSED: 2, FREE: 1}


def test_one_order_is_one_row_of_itself() -> None:
    assert order_of_lines([SHOP]) == order_of(SHOP)
