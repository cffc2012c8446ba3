"""The Unverified List and the Military End-User List."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from licet.sources.tables import read_csv

TABLES = Path(str(files("licet") / "rulebook/tables"))


def test_the_unverified_list_is_complete() -> None:
    rows = read_csv(TABLES / "unverified_list.csv")
    assert len(rows) == 186
    (row,) = (row for row in rows if row["id"] == "services-gp-tek.ca")
    assert row["aliases"] == "Nouvelle Option"
    assert len(row["addresses"].split("|")) == 3
    assert row["valid_from"] == "2018-05-17"


def test_the_military_end_user_list_names_institutions_not_their_groups() -> None:
    rows = {row["id"]: row for row in read_csv(TABLES / "military_end_user_list.csv")}
    assert len(rows) == 70
    assert {row["country"] for row in rows.values()} == {"CN"}  # the other headings are reserved
    # Eight institutions of one group stand under a heading that has no citation of its own.
    assert rows["aecc-aviation-power-co-ltd.cn"]["citations"] == "85 FR 83799 2020-12-23"
    assert rows["beijing-skyrizon-aviation-industry-investment-co-ltd.cn"]["published"] == (
        "2021-01-15"
    )
