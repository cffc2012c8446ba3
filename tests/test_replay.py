"""Order books replayed: the same answers as one by one, the story of Huawei, and rows that are wrong."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from bench.orders import rows
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.order_book import open_book
from licet.order_book.template import TEMPLATE
from licet.order_columns import BadBook, order_of, row_of
from licet.replaying import Replay, replay

BEFORE, LISTED = dt.date(2019, 5, 15), dt.date(2019, 5, 16)
Row = Mapping[str, object]


def table(some: Sequence[Row]) -> pa.Table:
    columns = list(dict.fromkeys(column for row in some for column in row))
    texts = {c: [None if row.get(c) is None else str(row[c]) for row in some] for c in columns}
    return pa.table({c: pa.array(values, pa.string()) for c, values in texts.items()})


def verdicts(found: Replay) -> dict[tuple[str, dt.date], dict[str, object]]:
    return {(row["id"], row["day"]): row for row in found.arrow().to_pylist()}


@pytest.mark.parametrize("days", [(BEFORE, LISTED), (dt.date(2023, 11, 17), dt.date(2025, 10, 1))])
def test_every_row_is_answered_as_if_it_were_alone(days: tuple[dt.date, ...]) -> None:
    """Rows that are alike are decided once: outcome, band, policy and missing facts are those of each."""
    some = list(rows(160, seed=23))
    found = replay(table(some), on=days)
    try:
        assert not found.bad
        assert found.distinct < len(some)
        said = verdicts(found)
        assert len(said) == len(some) * len(days)
        for row in some:
            for day in days:
                alone = licet.check(order_of(row), on=day)
                batch = said[str(row["id"]), day]
                assert (batch["outcome"], batch["best"], batch["worst"], batch["policy"]) == (
                    alone.outcome, alone.best, alone.worst, alone.review_policy,
                ), (row["id"], day)  # fmt: skip
                assert set(str(batch["missing"]).split()) == {m.fact for m in alone.missing}
    finally:
        found.close()


STORY = tuple(
    map(
        dt.date.fromisoformat,
        ("2019-05-15", "2019-05-16", "2019-05-20", "2019-06-29", "2019-08-19", "2020-05-15", "2020-08-14",
         "2020-08-17"),
    )
)  # fmt: skip
SUPPORT = {
    "id": "support", "line.eccn": "5A991", "end_use.purposes": "existing_network_support",
    "end_use.contract_date": "2019-01-10", "end_use.fully_operational": "true", "conditions_met": "TGL",
}  # fmt: skip


def test_the_story_of_huawei() -> None:
    """Listed on 16 May 2019, network support allowed again from the 20th until 2020; Osaka: nothing."""
    chips = TEMPLATE[0] | {"id": "chips"}
    book = [chips, TEMPLATE[0] | SUPPORT, TEMPLATE[1] | {"id": "nobody"}]
    found = replay(table(book), on=STORY)
    try:
        said = verdicts(found)
        free, refused, general = "no_license_required", "license_required", "general_license"
        assert [said["nobody", day]["outcome"] for day in STORY] == [free] * 8
        assert [said["chips", day]["outcome"] for day in STORY] == [free] + [refused] * 7
        assert [said["support", day]["outcome"] for day in STORY] == [
            free, refused, general, general, general, general, refused, refused,
        ]  # fmt: skip
        listing = [one for one in found.flips if one.day == LISTED]
        assert sum(one.lines for one in listing) == 2
        assert all("84 FR 22963" in " ".join(one.instruments) for one in listing)
        assert not [one for one in found.flips if one.day == dt.date(2019, 6, 29)]
    finally:
        found.close()


def test_wrong_rows_are_told_and_the_others_decided() -> None:
    """A day in three formats, a number that is none, a country that is none; each with its row."""
    wrong: list[Row] = [
        TEMPLATE[0] | {"id": "day", "end_use.contract_date": "10/01/2019"},
        TEMPLATE[0] | {"id": "day too", "end_use.contract_date": "10 Jan 2019"},
        TEMPLATE[0] | {"id": "value", "line.value_usd": "many"},
        TEMPLATE[0] | {"id": "country", "to": "Cathay"},
        TEMPLATE[0] | {"id": "list", "shipment.via": "[SG"},
        TEMPLATE[0] | {"id": "good", "end_use.contract_date": "2019-01-10"},
    ]
    found = replay(table(wrong), on=[LISTED])
    try:
        assert {one.id: one.row for one in found.bad} == {
            "day": 1, "day too": 2, "value": 3, "country": 4, "list": 5,
        }  # fmt: skip
        for one in found.bad:
            assert f":{one.row}: " in one.reason, one
        assert {id for id, _ in verdicts(found)} == {"good"}
    finally:
        found.close()


def test_rows_with_the_same_id_are_lines_of_one_order() -> None:
    """Each line has its answer, by id and number; a row that contradicts the others spoils the order."""
    found = replay(table([TEMPLATE[0], TEMPLATE[0], TEMPLATE[1]]), on=[LISTED])
    try:
        told = [(one["id"], one["line"]) for one in found.arrow().to_pylist()]
        assert told == [("PO-1001-1", 1), ("PO-1001-1", 2), ("PO-1002-1", 1)]
        assert found.distinct == 2
    finally:
        found.close()
    found = replay(table([TEMPLATE[0], TEMPLATE[1] | {"id": "PO-1001-1"}]), on=[LISTED])
    try:
        assert [(one.row, one.id) for one in found.bad] == [(1, "PO-1001-1"), (2, "PO-1001-1")]
        assert "party1.name: the rows of one order differ" in found.bad[0].reason
        assert not len(found.arrow())
    finally:
        found.close()


def test_a_column_that_no_order_has_is_refused() -> None:
    """A misspelled column would be unknown in every row, silently."""
    with pytest.raises(BadBook, match=r"did you mean line\.eccn\?"):
        open_book(table([{"line.ecnn": "EAR99"}]))


def test_amounts_count_only_between_limits() -> None:
    """1,498 and 1,499 dollars of 0C606 are alike, 1,500 and 1,501 are not: the limit of its entry for LVS."""
    of = {"line.eccn": "0C606", "to": "BR", "conditions_met": "LVS"}
    some = [
        TEMPLATE[1] | of | {"id": str(n), "line.value_usd": str(n)}
        for n in (1499, 1498, 1500, 1501)
    ]
    found = replay(table(some), on=[LISTED])
    try:
        assert found.distinct == 3
        said = {id_: row["outcome"] for (id_, _), row in verdicts(found).items()}
        assert said == {
            "1498": "license_exception", "1499": "license_exception", "1500": "license_exception",
            "1501": "license_required",
        }  # fmt: skip
    finally:
        found.close()


def test_a_limit_of_a_duty_makes_no_two_rows_differ() -> None:
    """EEI is filed above 2,500 dollars (15 CFR 30.37(a)); that is a duty, and no verdict hangs on it."""
    some = [
        TEMPLATE[1] | {"id": str(n), "line.value_usd": str(n)} for n in (2499, 2500, 2501, 5001)
    ]
    found = replay(table(some), on=[LISTED])
    try:
        assert found.distinct == 1
        assert found.outcomes[LISTED] == {"no_license_required": 4}
    finally:
        found.close()


def test_a_frame_of_any_kind() -> None:
    import duckdb

    arrow = table(TEMPLATE)
    with duckdb.connect() as connection:
        for given in (arrow, connection.from_arrow(arrow)):
            found = licet.replay(given, on=[LISTED])
            assert found.outcomes[LISTED] == {"license_required": 1, "no_license_required": 1}
            found.close()


def test_an_order_and_its_row_are_the_same() -> None:
    for row in TEMPLATE:
        order = order_of(row)
        assert order_of(row_of(order)) == order


# --- the command --------------------------------------------------------------------------------


def write(path: Path, some: Sequence[Row]) -> Path:
    columns = list(dict.fromkeys(column for row in some for column in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(some)
    return path


def test_the_template_is_a_book_that_can_be_replayed(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["replay", "--template"])
    book = tmp_path / "orders.csv"
    book.write_text(shown.stdout, encoding="utf-8")
    out = tmp_path / "out.csv"
    said = CliRunner().invoke(
        app, ["replay", str(book), "--between", "2019-05-15", "2019-05-16", "--out", str(out)]
    )
    assert said.exit_code == 0, said.output
    assert "1 line from no_license_required to license_required (84 FR 22963" in " ".join(
        said.stdout.split()
    )
    with out.open(encoding="utf-8-sig", newline="") as stream:
        answers = list(csv.DictReader(stream))
    assert [(one["id"], one["day"], one["outcome"]) for one in answers] == [
        ("PO-1001-1", "2019-05-15", "no_license_required"), ("PO-1001-1", "2019-05-16", "license_required"),
        ("PO-1002-1", "2019-05-15", "no_license_required"), ("PO-1002-1", "2019-05-16", "no_license_required"),
    ]  # fmt: skip


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    book = write(tmp_path / "orders.csv", [TEMPLATE[1] | {"id": "=HYPERLINK(1)"}])
    out = tmp_path / "out.csv"
    said = CliRunner().invoke(app, ["replay", str(book), "--on", "2019-05-16", "--out", str(out)])
    assert said.exit_code == 0, said.output
    assert ",'=HYPERLINK(1)," in out.read_text(encoding="utf-8-sig")


def test_one_line_explained_in_full(tmp_path: Path) -> None:
    book = write(tmp_path / "orders.csv", TEMPLATE)
    said = CliRunner().invoke(
        app, ["replay", str(book), "--on", "2019-05-16", "--explain", "PO-1001-1"]
    )
    assert said.exit_code == 0, said.output
    assert "LICENSE REQUIRED" in said.stdout
    assert "744.11(a)" in said.stdout


def test_bad_rows_go_to_a_file_beside(tmp_path: Path) -> None:
    book = write(tmp_path / "orders.csv", [*TEMPLATE, TEMPLATE[0] | {"id": "x", "to": "Cathay"}])
    said = CliRunner().invoke(app, ["replay", str(book), "--on", "2019-05-16"])
    assert said.exit_code == 2
    with (tmp_path / "orders.csv.bad.csv").open(encoding="utf-8-sig", newline="") as stream:
        (bad,) = csv.DictReader(stream)
    assert (bad["row"], bad["id"]) == ("4", "x"), "the line of the file, as an editor counts"
    assert "Cathay" in bad["reason"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("head.csv", b"id,to\n", "holds no row"),
        ("book.pdf", b"x", "allowed: .parquet"),
        ("book.parquet", b"not parquet", "cannot be read"),
    ],
)
def test_a_file_that_is_no_order_book(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    said = CliRunner().invoke(app, ["replay", str(tmp_path / name), "--on", "2019-05-16"])
    assert said.exit_code == 2
    assert says in said.stderr


def test_the_law_is_printed_as_sql() -> None:
    said = CliRunner().invoke(app, ["law", "sql", "--on", "2019-05-16"])
    assert said.exit_code == 0
    assert "15 CFR 744.11(a)" in said.stdout
    assert said.stdout.startswith("-- The law of rulebook")


def test_a_file_of_mixed_encodings_loses_no_row(tmp_path: Path) -> None:
    """One row in Latin-1, one too long, one too short: each is told with its line, the others decided."""
    book = write(tmp_path / "orders.csv", [TEMPLATE[1] | {"id": f"r{at}"} for at in range(200)])
    lines = book.read_bytes().splitlines(keepends=True)
    lines[50] = lines[50].replace(b"Example", b"Ex\xe4mple")
    lines[120] = lines[120].rstrip() + b",too,many\r\n"
    lines[121] = b"r,short\r\n"
    book.write_bytes(b"".join(lines))
    found = replay(book, on=[LISTED])
    try:
        assert [one.row for one in found.bad] == [51, 121, 122]
        assert "party1.name: byte 0xe4 is not UTF-8" in found.bad[0].reason
        assert found.outcomes[LISTED].total() == 197
    finally:
        found.close()


def test_one_row_in_a_hundred_is_bad(tmp_path: Path) -> None:
    some = [
        TEMPLATE[1] | {"id": f"r{n}", "to": "Cathay" if n % 100 == 7 else "CN"} for n in range(1000)
    ]
    found = replay(write(tmp_path / "orders.csv", some), on=[LISTED])
    try:
        assert [one.id for one in found.bad] == [f"r{n}" for n in range(7, 1000, 100)]
        assert found.outcomes[LISTED].total() == 990
    finally:
        found.close()


def test_a_book_of_one_row(tmp_path: Path) -> None:
    found = replay(write(tmp_path / "orders.csv", [TEMPLATE[0]]), on=[LISTED])
    assert found.outcomes[LISTED] == {"license_required": 1}
    found.close()
