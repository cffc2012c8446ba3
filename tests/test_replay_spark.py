"""Spark runs the same text: on one machine it says what the scalar judge and the embedded replay say."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.orders import rows
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.decide.sql import spark
from licet.decide.sql.spark import NoSpark, check_spark
from licet.decide.sql.statement import statement
from licet.decide.verdict import weigh
from licet.order_book.template import TEMPLATE
from licet.order_columns import BadBook, order_of
from licet.order_screening import Screening
from tests.decide.equivalence import SideBySide
from tests.test_replay import BEFORE, LISTED, table

CASES = Path(__file__).parents[2] / "shared" / "cases" / "determination.jsonl"
LATE = dt.date(2025, 10, 1)


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Spark on this machine; begun once, since that takes some seconds."""
    try:
        check_spark()
    except NoSpark as why:
        pytest.skip(str(why))
    # A short run is over before Java's second compiler has earned what it costs.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    begun = spark.open_session(memory="3GB", cores="2")
    yield begun
    begun.sparkContext.stop()


def test_one_meaning_in_spark_and_the_scalar_judge(session: Any) -> None:
    """All shared cases, each under the law of its own day, and a generated book; every rule is compared."""
    book = licet.rulebook()
    both = SideBySide(
        statement(book), runner=lambda text, tables: spark.run(text, tables, session=session)
    )
    for day in (LISTED, LATE):
        law = book.law(day)
        screen = Screening(law)
        for row in rows(150, seed=31):
            both.add(weigh(order_of(row), law, screen))
    for line in CASES.read_text(encoding="utf-8").splitlines() if CASES.is_file() else ():
        case = json.loads(line)
        order = licet.order_from(case["order"] | {"id": case["id"]})
        assert order.date is not None
        law = book.law(order.date)
        both.add(weigh(order, law, Screening(law)))
    assert not both.differences()


def _sorted(found: pa.Table) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = found.to_pylist()
    for row in said:
        row |= {name: sorted((row[name] or "").split()) for name in ("deciding", "missing")}
    return said


@pytest.mark.slow
def test_a_book_on_spark_is_answered_as_without_it(session: Any, tmp_path: Path) -> None:
    """Verdicts, missing facts, flips, outcomes and wrong rows; from a folder of two files."""
    some: list[dict[str, Any]] = [
        *rows(200, seed=23), *TEMPLATE,
        *(TEMPLATE[1] | {"id": "several", "line.value_usd": value} for value in ("1000", "2000")),
        *(TEMPLATE[1] | {"id": "torn", "to": to} for to in ("CN", "DE")),
        TEMPLATE[0] | {"id": "country", "to": "Cathay"},
        TEMPLATE[0] | {"id": "value", "line.value_usd": "12d"},
    ]  # fmt: skip
    whole = table(some)
    folder = tmp_path / "book"
    folder.mkdir()
    pq.write_table(whole.slice(0, 120), folder / "a.parquet")
    pq.write_table(whole.slice(120), folder / "b.parquet")
    days = [BEFORE, LISTED, LATE]
    here = licet.replay(whole, on=days)
    there = licet.replay(folder, on=days, engine="spark")
    try:
        assert there.count == here.count and there.distinct == here.distinct
        keyed = [
            {(row["id"], row["line"], row["day"]): row | {"row": 0} for row in _sorted(one.arrow())}
            for one in (here, there)
        ]
        assert keyed[0] == keyed[1] and len(keyed[0]) == (len(some) - 4) * len(days)
        assert here.outcomes == there.outcomes and any(here.flips)
        assert set(here.flips) == set(there.flips)
        assert {one.id for one in here.bad} == {one.id for one in there.bad}
        assert {one.id for one in there.bad} == {"country", "value", "torn"}
        assert here.orders == there.orders == 2
        assert all("to: " in one.reason for one in there.bad if one.id == "country")
        out = tmp_path / "verdicts"
        there.write(out.as_uri())
        assert pq.read_table(out).num_rows == len(keyed[0])
    finally:
        here.close()
        there.close()


def test_the_command_reads_csv_and_tells_of_rows_that_do_not_fit(
    session: Any, tmp_path: Path
) -> None:
    book, out = tmp_path / "orders.csv", tmp_path / "verdicts.csv"
    columns = list(TEMPLATE[0])
    with book.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(TEMPLATE)
        file.write("too,few,cells\r\n")
        writer.writerow(TEMPLATE[1] | {"id": "two\nlines"})
    done = CliRunner().invoke(
        app,
        ["replay", str(book), "--on", "2019-05-16", "--engine", "spark", "--out", str(out)],
        env={"COLUMNS": "100"},
    )
    assert done.exit_code == 2, done.output
    with out.open(newline="", encoding="utf-8") as file:
        found = {row["id"]: row["outcome"] for row in csv.DictReader(file)}
    assert found == {
        "PO-1001-1": "license_required", "PO-1002-1": "no_license_required",
        "two\nlines": "no_license_required",
    }  # fmt: skip
    bad = (tmp_path / "orders.csv.bad.csv").read_text("utf-8")
    assert "does not fit the columns" in bad and "1 lines of the file are in it" in bad


def test_the_replay_leaves_the_session_of_its_caller_as_it_was(session: Any) -> None:
    """A frame of Spark itself, with settings and a view that are the caller's."""
    mine = session.newSession()
    mine.range(3).createOrReplaceTempView("lines")
    settings = {name: mine.conf.get(name, None) for name in (*spark.FOR_THE_TEXT, *spark.MEANING)}
    found = licet.replay(mine.createDataFrame(table(TEMPLATE)), on=[LISTED], engine="spark")
    assert found.outcomes[LISTED] == {"license_required": 1, "no_license_required": 1}
    found.close()
    assert mine.table("lines").count() == 3
    assert settings == {name: mine.conf.get(name, None) for name in settings}


def test_what_spark_does_not_read_is_refused(session: Any, tmp_path: Path) -> None:
    with pytest.raises(BadBook, match="no such file or folder"):
        licet.replay(tmp_path / "orders.parquet", on=[LISTED], engine="spark")
    (tmp_path / "orders.xlsx").write_bytes(b"PK")
    with pytest.raises(BadBook, match=r"\.parquet \.csv"):
        licet.replay(tmp_path / "orders.xlsx", on=[LISTED], engine="spark")
    with pytest.raises(BadBook, match=r"did you mean line\.eccn\?"):
        licet.replay(table([{"line.ecnn": "EAR99"}]), on=[LISTED], engine="spark")


def _java(folder: Path, version: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    return folder


def test_a_machine_without_java_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSpark, match=r"no java on the PATH.*openjdk-17-jre-headless"):
        check_spark()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(NoSpark, match=r"JAVA_HOME is .*nowhere and has no bin/java"):
        check_spark()


@pytest.mark.skipif(os.name == "nt", reason="a java of shell script")
def test_an_old_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path, "11.0.20")))
    with pytest.raises(NoSpark, match="is Java 11; Spark needs 17 or later"):
        check_spark()


def test_a_machine_without_pyspark_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NoSpark, match=r"pip install 'licet\[spark\]'"):
        spark.open_session()
