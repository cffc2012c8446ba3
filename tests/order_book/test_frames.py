"""Frames of any kind as order books, and answers as frames; Excel with days as days and numbers as texts."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.order_book import open_book
from licet.order_book.template import orders, three_tables
from licet.order_columns import BadBook
from tests.order_book.books import HUAWEI, LISTED, SHOP, outcomes, replayed

FREE = "no_license_required"
DAY = dt.date(2019, 1, 10)

# A value of each kind that programs have for the same cell, and the text that an order book keeps.
SAME: Sequence[tuple[str, object, str | None]] = (
    ("id", 1001, "1001"),
    ("id", 1001.0, "1001"),
    ("line.value_usd", Decimal("50000.10"), "50000.10"),
    ("line.value_usd", 50000.5, "50000.5"),
    ("line.value_usd", float("nan"), None),
    ("line.schedule_b", 8542310000, "8542310000"),
    ("us_person", True, "true"),
    ("end_use.contract_date", DAY, "2019-01-10"),
    ("end_use.contract_date", dt.datetime(2019, 1, 10), "2019-01-10"),
    ("end_use.contract_date", dt.datetime(2019, 1, 10, 23, 30), "2019-01-10"),
    ("shipment.via", ["SG", "MY"], "SG|MY"),
    ("shipment.via", [], "[]"),
    ("party1.uses_equipment_of", ["Apples | Pears"], '["Apples | Pears"]'),
    ("to", "", None),
    ("to", None, None),
)


def as_arrow(column: str, value: object) -> Any:
    kind = pa.list_(pa.string()) if isinstance(value, list) else None
    return pa.table({"line.eccn": ["EAR99"], column: pa.array([value], kind, from_pandas=False)})


def as_pandas(column: str, value: object) -> Any:
    return pd.DataFrame({"line.eccn": ["EAR99"], column: [value]})


def as_polars(column: str, value: object) -> Any:
    kind = pl.List(pl.String) if isinstance(value, list) else None
    return pl.DataFrame({"line.eccn": ["EAR99"], column: pl.Series([value], dtype=kind)})


def as_relation(column: str, value: object) -> Any:
    return duckdb.from_arrow(as_arrow(column, value))


FRAMES: Mapping[str, Callable[[str, object], Any]] = {
    "arrow": as_arrow, "pandas": as_pandas, "polars": as_polars, "duckdb": as_relation,
}  # fmt: skip


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize(("column", "value", "text"), SAME, ids=lambda one: str(one)[:30])
def test_a_value_is_the_same_from_every_frame(
    kind: str, column: str, value: object, text: str | None
) -> None:
    book = open_book(FRAMES[kind](column, value))
    try:
        (row,) = book.lines(1)
        assert row.get(column) == text
    finally:
        book.close()


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["export", None, "export"], dtype="category"),
        pd.Series(["export", float("nan"), "export"], dtype=object),
        pd.Series(["export", pd.NA, "export"], dtype="string"),
        pd.Series(["export", pd.NaT, "export"], dtype=object),
        pl.Series(["export", None, "export"], dtype=pl.Categorical),
        pl.Series(["export", None, "export"], dtype=pl.Enum(["export", "reexport"])),
        pa.array(["export", None, "export"]).dictionary_encode(),
        pa.array(["export", None, "export"], pa.large_string()),
        pa.array(["export", None, "export"], pa.string_view()),
    ],
    ids=lambda one: f"{type(one).__name__} {getattr(one, 'dtype', getattr(one, 'type', ''))}"[:40],
)
def test_words_of_any_type_and_their_gaps(cells: Any) -> None:
    """What is unset is unknown, in whatever way a program writes it."""
    frame = pl.DataFrame({"activity": cells}) if isinstance(cells, pl.Series) else None
    if frame is None:
        frame = pa.table({"activity": cells}) if isinstance(cells, pa.Array) else None
    book = open_book(pd.DataFrame({"activity": cells}) if frame is None else frame)
    try:
        assert [book.lines(n)[0].get("activity") for n in (1, 2, 3)] == ["export", None, "export"]
    finally:
        book.close()


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([2, None], dtype="Int64"),
        pd.Series([2.0, float("nan")]),
        pd.Series([2, "n/a"], dtype=object),
        pd.Series([Decimal(2), pd.NA], dtype=object),
        pd.Series([pd.Timestamp("2019-01-10"), pd.NaT]),
    ],
    ids=lambda one: str(one.dtype),
)
def test_numbers_and_days_of_pandas_and_their_gaps(cells: Any) -> None:
    column = "line.quantity" if "date" not in str(cells.dtype) else "end_use.contract_date"
    book = open_book(pd.DataFrame({"id": ["a", "b"], column: cells}))
    try:
        first, second = (book.lines(n)[0].get(column) for n in (1, 2))
        assert first in ("2", "2019-01-10")
        assert second in (None, "n/a"), "n/a is no number, and told as a wrong row when it is read"
    finally:
        book.close()


def test_a_moment_with_a_time_zone_is_the_day_there(tmp_path: Path) -> None:
    """Midnight in Shanghai is still the day before in London: the day of the people of the order counts."""
    there = pa.timestamp("us", tz="Asia/Shanghai")
    noon = pa.array([dt.datetime(2019, 1, 9, 16, tzinfo=dt.UTC)], there)
    frame = pa.table({"id": ["a"], "end_use.contract_date": noon, "to": ["CN"]})
    book = open_book(frame)
    assert book.lines(1)[0]["end_use.contract_date"] == "2019-01-10"
    book.close()
    # A Parquet file may keep the hours in UTC alone: of which day it was nothing is guessed.
    pq.write_table(frame, tmp_path / "book.parquet")
    with replayed(tmp_path / "book.parquet") as found:
        (bad,) = found.bad
        assert "is a moment; a day is asked" in bad.reason


def test_an_index_that_has_a_name_is_a_column() -> None:
    frame = pd.DataFrame([HUAWEI, SHOP]).set_index("id")
    with replayed(frame[frame["line.eccn"] == "EAR99"]) as found:
        assert outcomes(found) == {("PO-1002-1", 1): FREE}


def test_orders_with_lists_of_lines_come_from_frames_too(tmp_path: Path) -> None:
    whole = pa.Table.from_pylist(orders())
    pq.write_table(whole, tmp_path / "book.parquet")
    for book in (whole, pl.from_arrow(whole), tmp_path / "book.parquet"):
        with replayed(book) as found:
            assert list(outcomes(found)) == [("PO-1001", 1), ("PO-1001", 2), ("PO-1002", 1)]
            assert not found.bad


def test_three_frames_are_joined() -> None:
    rows = three_tables()
    frames = {
        "orders": pa.Table.from_pylist(rows["orders"]), "lines": pd.DataFrame(rows["lines"]),
        "parties": pl.DataFrame(rows["parties"]),
    }  # fmt: skip
    with replayed(frames) as found:
        assert list(outcomes(found)) == [("PO-1001", 1), ("PO-1001", 2), ("PO-1002", 1)]
    with pytest.raises(BadBook, match="name orders, lines, parties"):
        open_book({"orders": frames["orders"]})


def test_answers_as_frames() -> None:
    """What goes in as one kind of frame can go on as the same kind."""
    found = licet.replay(pl.DataFrame([HUAWEI, SHOP]).lazy(), on=[LISTED])
    try:
        expected = found.arrow().to_pylist()
        assert len(expected) == 2
        assert found.polars().to_dicts() == expected
        assert found.pandas()["outcome"].tolist() == [one["outcome"] for one in expected]
        assert found.pandas()["day"].tolist() == [LISTED, LISTED]
        assert found.relation().filter(f"outcome = '{FREE}'").fetchall()[0][1] == "PO-1002-1"
    finally:
        found.close()


@pytest.mark.parametrize("given", [7, ["a"], pd.Series([1])])
def test_what_is_no_frame_is_refused(given: object) -> None:
    with pytest.raises(BadBook, match="an Arrow table, a pandas or polars frame, or a DuckDB"):
        open_book(given)


# --- Excel ----------------------------------------------------------------------------------------------------


def sheet(path: Path, head: Sequence[str], *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def test_a_sheet_with_days_as_days_and_numbers_as_texts(tmp_path: Path) -> None:
    head = [*SHOP, "end_use.contract_date", "line.schedule_b"]
    good = [*SHOP.values(), dt.datetime(2019, 1, 10), "8542.31"]
    typed = [*({**SHOP, "id": 77, "us_person": True, "line.quantity": 12.0}.values()), DAY, None]
    wrong = [*({**SHOP, "id": "wrong"}.values()), "10/01/2019", None]
    book = sheet(tmp_path / "book.xlsx", head, good, [None] * len(head), typed, wrong)
    opened = open_book(book)
    assert opened.lines(1)[0]["end_use.contract_date"] == "2019-01-10"
    assert {k: opened.lines(2)[0][k] for k in ("id", "us_person", "line.quantity")} == {
        "id": "77", "us_person": "true", "line.quantity": "12",
    }  # fmt: skip
    opened.close()
    with replayed(book) as found:
        assert [(one["row"], one["id"]) for one in found.arrow().to_pylist()] == [
            (2, "PO-1002-1"), (4, "77"),
        ]  # fmt: skip
        assert [(one.row, one.id) for one in found.bad] == [(5, "wrong")], "the row of the sheet"


def test_a_formula_counts_by_what_excel_worked_out(tmp_path: Path) -> None:
    """One that nobody worked out, and an error, are told; an empty cell would be taken as unknown."""
    book = sheet(
        tmp_path / "book.xlsx", ["id", "to", "line.value_usd"], ["a", "CN", "=2+3"], ["b", "CN", 5]
    )
    with replayed(book) as found:
        assert [(one.row, one.id) for one in found.bad] == [(2, "a")]
        assert "line.value_usd: a formula that was never worked out" in found.bad[0].reason
        assert list(outcomes(found)) == [("b", 1)]


def test_cells_beyond_the_columns_and_a_sheet_without_rows(tmp_path: Path) -> None:
    book = sheet(tmp_path / "book.xlsx", ["id", "to"], ["a", "CN", "what is this"], ["b", "CN"])
    with replayed(book) as found:
        assert "beyond the last column" in found.bad[0].reason
        assert list(outcomes(found)) == [("b", 1)]
    with pytest.raises(BadBook, match="holds no row"):
        open_book(sheet(tmp_path / "head.xlsx", ["id", "to"]))
    with pytest.raises(BadBook, match="the open sheet is empty"):
        open_book(sheet(tmp_path / "empty.xlsx", []))
    (tmp_path / "not.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(BadBook, match="not an Excel file"):
        open_book(tmp_path / "not.xlsx")


def cells_of(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    return [cell for row in csv.reader(text.splitlines()) for cell in row]


DANGEROUS = ("=HYPERLINK(1)", "+1+1", "-1-1", "@SUM(1)", "\t=1", "＝1")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_text_of_the_user_is_a_formula_in_any_output(tmp_path: Path, ending: str) -> None:
    """Ids, and values that are quoted in reasons: in verdicts, and in the file of bad rows."""
    rows = [SHOP | {"id": text.strip(), "to": "CN"} for text in DANGEROUS]
    rows += [SHOP | {"id": f"{text.strip()} bad", "to": text} for text in DANGEROUS]
    book, out, bad = tmp_path / "book.parquet", tmp_path / f"out.{ending}", tmp_path / "bad.csv"
    pq.write_table(pa.Table.from_pylist(rows), book)
    words = ["--on", "2019-05-16", "--out", str(out), "--bad-rows", str(bad)]
    said = CliRunner().invoke(app, ["replay", str(book), *words])
    assert said.exit_code == 2, said.output
    if ending == "xlsx":
        page = openpyxl.load_workbook(out)["verdicts"]
        cells = [cell for row in page.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert page["D2"].value == dt.datetime(2019, 5, 16), "a day is a day"
        texts = [str(cell.value) for cell in cells if isinstance(cell.value, str)]
    else:
        texts = cells_of(out)
    texts += cells_of(bad)
    assert len([text for text in texts if text.startswith("'")]) >= 2 * len(DANGEROUS) - 2
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "＝"))]
