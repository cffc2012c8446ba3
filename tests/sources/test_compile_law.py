"""``licet law compile``: the packaged tables are provably what the official texts say."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet.cli import app
from licet.sources.compile_law import MADE_FROM, Compiled, compile_law, packaged_tables
from licet.sources.errors import SourceError
from licet.sources.official_files import find
from licet.sources.tables import parse, read_csv

from .official import DATA, needs_official

KEPT_BY_HAND = {
    "covered_equipment_makers.csv", "covered_list.csv", "effective_dates.csv",
    "fdp_technology.csv", "items_744_23.csv", "microprocessors_744_17.csv",
    "military_end_use_countries.csv", "military_intelligence_countries.csv", "no_de_minimis.csv",
    "programs_744_8.csv", "russia_industry_chapters.csv", "supplement_2_to_744.csv",
    "supplement_3_to_744.csv", "supplement_3_to_746.csv", "supplement_4_to_742.csv",
    "supplement_7_to_746.csv", "direct_products.csv", "exception_items.csv",
    # Compiled by ofac_names and denied_persons, each with a test of its own.
    "denied_persons.csv", "denied_persons_added.csv", "sdn.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_law(DATA)


@needs_official
def test_the_packaged_tables_equal_a_fresh_compile(compiled: Compiled) -> None:
    for name, content in compiled.tables.items():
        assert (packaged_tables() / name).read_bytes() == content.encode(), name


@needs_official
def test_compiling_twice_gives_identical_bytes(compiled: Compiled) -> None:
    assert compile_law(DATA).tables == compiled.tables


@needs_official
def test_every_packaged_table_is_compiled_or_known_to_be_kept_by_hand(compiled: Compiled) -> None:
    packaged = {path.name for path in packaged_tables().glob("*.csv")}
    assert packaged - set(compiled.tables) == KEPT_BY_HAND


@needs_official
def test_each_compiled_table_has_its_official_files_with_day_and_hash(compiled: Compiled) -> None:
    origins = parse(compiled.tables["origins.csv"])[1]
    tables = {name for row in origins for name in row["tables"].split("|")}
    assert tables == set(MADE_FROM)
    (lists,) = (row for row in origins if row["source"] == "15 CFR 744")
    official = DATA / "ecfr" / "title-15_part-744_2026-07-23.xml"
    assert lists["sha256"] == hashlib.sha256(official.read_bytes()).hexdigest()
    assert lists["as_of"] == "2026-07-23"


@needs_official
def test_conditions_in_prose_that_are_left_as_questions_are_few(compiled: Compiled) -> None:
    assert compiled.questions <= 294


@needs_official
def test_the_command_writes_a_new_folder_and_says_what_it_read(tmp_path: Path) -> None:
    into = tmp_path / "tables"
    done = CliRunner().invoke(app, ["law", "compile", "--from", str(DATA), "--into", str(into)])
    assert done.exit_code == 0, done.output
    assert "3469" in done.output
    assert "294 conditions in prose" in done.output
    for path in into.iterdir():
        assert path.read_bytes() == (packaged_tables() / path.name).read_bytes()


@needs_official
def test_a_single_file_can_be_pointed_at(tmp_path: Path) -> None:
    march = DATA / "ecfr" / "title-15_part-744_2026-03-25.xml"
    older = compile_law(DATA, part_744=march)
    (lists,) = (r for r in parse(older.tables["origins.csv"])[1] if r["source"] == "15 CFR 744")
    assert lists["as_of"] == "2026-03-25"


def test_of_several_days_the_newest_wins(tmp_path: Path) -> None:
    for day in ("2026-03-25", "2026-07-23", "2025-12-31"):
        (tmp_path / f"title-15_part-744_{day}.xml").write_text(day)
    assert find(tmp_path)["part_744"].as_of == "2026-07-23"


@pytest.mark.parametrize("name", ["title-15_part-744.xml", "title-15_part-744_2026-07.xml"])
def test_a_file_that_does_not_tell_its_day_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<DIV5/>")
    with pytest.raises(SourceError, match="does not tell the day it speaks for"):
        find(tmp_path)


def test_a_file_compiled_before_is_dated_by_its_hash(tmp_path: Path) -> None:
    """The official list of June 2026 tells only its month; its day is in origins.csv."""
    path = tmp_path / "title-15_part-774_supp-1_CCL_2026-06.xml"
    path.write_text("<DIV9/>")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = [{"source": "15 CFR 774 Supp. 1", "as_of": "2026-06-24", "sha256": digest}]
    assert find(tmp_path, known)["ccl"].as_of == "2026-06-24"


def test_a_missing_text_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "title-15_part-744_2026-07-23.xml").write_text("<DIV5/>")
    into = tmp_path / "tables"
    done = CliRunner().invoke(app, ["law", "compile", "--from", str(tmp_path), "--into", str(into)])
    assert done.exit_code == 2
    assert "has no file of 15 CFR 774 Supp. 1" in done.stderr
    assert "Nothing was written" in done.stderr
    assert not into.exists()


@needs_official
def test_a_broken_text_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    into = tmp_path / "tables"
    shutil.copytree(packaged_tables(), into)
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    cut = tmp_path / "title-15_part-744_2026-08-01.xml"
    whole = (DATA / "ecfr" / "title-15_part-744_2026-07-23.xml").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    done = CliRunner().invoke(
        app,
        ["law", "compile", "--from", str(DATA), "--part-744", str(cut), "--into", str(into)],
    )
    assert done.exit_code == 2
    assert "is not whole XML" in done.stderr
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before


def test_the_600_series_and_9x515_are_read_off_the_numbers() -> None:
    series = {row["eccn"] for row in read_csv(packaged_tables() / "series_600.csv")}
    assert {"0A606", "9A610", "9A515", "9E515"} <= series
    assert "3A001" not in series
