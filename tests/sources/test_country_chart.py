"""The Country Chart and Country Groups, day by day."""

import json
from pathlib import Path

import pytest

from licet.sources.countries import Gazetteer, gazetteer, read_countries
from licet.sources.country_chart import read_csv, read_json
from licet.sources.country_groups import read_groups
from licet.sources.errors import SourceError

from .official import DATA, TABLES, needs_official, rows

CHART = DATA / "derived" / "seelpeed_country-chart.json"
EXPORT = DATA / "ecfr" / "bis_country_chart_export_2025-11-12.csv"
GROUPS = DATA / "derived" / "seelpeed_country-groups.json"


def names() -> Gazetteer:
    return gazetteer(read_countries(TABLES / "countries.csv"))


def marks(country: str, on: str) -> set[str]:
    return {row["column"] for row in rows("country_chart.csv", on=on) if row["country"] == country}


def groups(country: str, on: str) -> set[str]:
    return {row["group"] for row in rows("country_groups.csv", on=on) if row["country"] == country}


@needs_official
def test_marks_equal_the_official_chart_of_2026_07_23() -> None:
    data = json.loads(CHART.read_text(encoding="utf-8"))
    known = names()
    assert len(data["countries"]) == 196
    for name, row in data["countries"].items():
        assert marks(known.code(name, CHART), "2026-07-23") == set(row["marks"]), name
    for name in data["embargoed"]:
        assert marks(known.code(name, CHART), "2026-07-23") == set(), name


@needs_official
def test_marks_equal_the_export_while_it_was_in_force() -> None:
    for country, columns in read_csv(EXPORT, names()).marks.items():
        assert marks(country, "2024-05-30") == columns, country
        assert marks(country, "2025-09-29") == columns, country


@needs_official
def test_members_equal_the_official_groups_of_2026_07_23() -> None:
    known = names()
    official = json.loads(GROUPS.read_text(encoding="utf-8"))["groups"]
    shared = {code for held in known.territories.values() for code in held}
    for group, members in official.items():
        ours = {
            r["country"] for r in rows("country_groups.csv", on="2026-07-23") if r["group"] == group
        }
        assert ours - shared == {known.code(name, GROUPS) for name in members} - shared, group


def test_embargoed_countries_point_to_part_746_instead_of_carrying_marks() -> None:
    sections = {(r["country"], r["section"]) for r in rows("country_chart_pointers.csv")}
    assert {("CU", "746.2"), ("IR", "746.7"), ("KP", "746.4"), ("SY", "746.9")} <= sections
    assert ("KP", "742.19") in sections


def test_hong_kong_follows_china_since_85_fr_83788() -> None:
    assert "NS 2" not in marks("HK", "2020-12-22")
    assert marks("HK", "2020-12-23") == marks("CN", "2020-12-23")
    assert groups("HK", "2020-12-22") == {"A:6", "B"}
    assert groups("HK", "2020-12-23") == groups("CN", "2020-12-23")


def test_macau_is_not_in_the_arms_embargo_group() -> None:
    assert "D:5" not in groups("MO", "2026-07-23")
    scope = {r["country"] for r in rows("destination_scopes.csv") if r["scope"] == "macau-or-d5"}
    assert {"MO", "CN", "HK"} <= scope


def test_territories_share_the_treatment_of_their_country() -> None:
    assert marks("KY", "2026-07-23") == marks("GB", "2026-07-23") == {"CB 1"}
    assert groups("PR", "2026-07-23") == groups("US", "2026-07-23")


def test_aukus_took_marks_away_on_2024_04_19() -> None:
    assert {"NS 1", "RS 1", "MT 1"} <= marks("AU", "2024-04-18")
    assert marks("AU", "2024-04-19") == {"CB 1"}


def test_sudan_left_the_state_sponsors_of_terrorism() -> None:
    assert "E:1" in groups("SD", "2021-01-13")
    assert "E:1" not in groups("SD", "2021-01-14")
    assert "AT 1" in marks("SD", "2021-01-13")
    assert "AT 1" not in marks("SD", "2021-01-14")


def test_before_2017_the_tables_are_silent() -> None:
    assert rows("country_chart.csv", on="2016-12-31") == []
    assert rows("country_groups.csv", on="2016-12-31") == []


@needs_official
def test_a_chart_without_a_country_is_refused(tmp_path: Path) -> None:
    data = json.loads(CHART.read_text(encoding="utf-8"))
    del data["countries"]["France"]
    path = tmp_path / "chart.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(SourceError, match="incomplete"):
        read_json(path, names())


@needs_official
def test_a_country_never_seen_names_itself_and_the_nearest(tmp_path: Path) -> None:
    text = GROUPS.read_text(encoding="utf-8").replace('"Croatia"', '"Croatiaa"')
    path = tmp_path / "groups.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="'Croatiaa'; nearest known: 'croatia'"):
        read_groups(path, names())
