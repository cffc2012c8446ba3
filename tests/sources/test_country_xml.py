"""Official XML of the Country Chart and Country Groups says what the derived JSON says, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from licet.decide.examples import failing_examples
from licet.law.rulebook import default_rulebook
from licet.sources import country_chart, country_groups
from licet.sources.compile_law import compile_law, packaged_tables
from licet.sources.countries import Gazetteer, gazetteer, read_countries
from licet.sources.errors import SourceError
from licet.sources.official_files import find
from licet.sources.tables import parse, read_csv
from licet.sources.update import update

from .country_xml import API, BULK, NEW, OLD, chart_xml, groups_xml, load
from .official import DATA, TABLES, needs_official

CHART = DATA / "derived" / "seelpeed_country-chart.json"
GROUPS = DATA / "derived" / "seelpeed_country-groups.json"
NEWER = "2026-08-01"

pytestmark = needs_official
shapes = pytest.mark.parametrize(
    ("wrapping", "table"), [(API, NEW), (API, OLD), (BULK, NEW), (BULK, OLD)]
)


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return gazetteer(read_countries(TABLES / "countries.csv"))


def written(folder: Path, text: str, part: str = "738", day: str = NEWER) -> Path:
    path = folder / f"title-15_part-{part}_{day}.xml"
    path.write_text(text, encoding="utf-8")
    return path


def row(text: str, country: str) -> str:
    """A country's row of a table, as printed."""
    at = text.index(f">{country}")
    return text[text.rindex("<TR>", 0, at) : text.index("</TR>", at) + len("</TR>")]


@shapes
def test_the_chart_in_xml_equals_the_derived_chart(
    tmp_path: Path, names: Gazetteer, wrapping: str, table: str
) -> None:
    path = written(tmp_path, chart_xml(load(CHART), wrapping=wrapping, table=table))
    assert country_chart.read_xml(path, names) == country_chart.read_json(CHART, names)


@shapes
def test_the_groups_in_xml_equal_the_derived_groups(
    tmp_path: Path, names: Gazetteer, wrapping: str, table: str
) -> None:
    path = written(tmp_path, groups_xml(load(GROUPS), wrapping=wrapping, table=table), "740")
    assert country_groups.read_xml(path, names) == country_groups.read_json(GROUPS, names)


def test_an_embargoed_row_may_be_one_cell_in_all(tmp_path: Path, names: Gazetteer) -> None:
    text = chart_xml(load(CHART))
    cuba = row(text, "Cuba")
    one = cuba.replace('<TD>Cuba</TD><TD colspan="16">', '<TD colspan="17">Cuba — ')
    path = written(tmp_path, text.replace(cuba, one))
    assert one != cuba
    assert country_chart.read_xml(path, names).pointers["CU"] == ("746.2",)


Spoil = Callable[[str], str]


def _in_row(country: str, old: str, new: str) -> Spoil:
    def spoil(text: str) -> str:
        whole = row(text, country)
        assert old in whole
        return text.replace(whole, whole.replace(old, new, 1))

    return spoil


REFUSED_CHARTS: dict[str, tuple[Spoil, str]] = {
    "a missing country": (lambda t: t.replace(row(t, "France"), ""), "has no row for FR"),
    "a missing embargoed country": (lambda t: t.replace(row(t, "Syria"), ""), "no row for SY"),
    "a column more": (
        lambda t: t.replace("<TH>AT<br/>2</TH>", "<TH>AT<br/>2</TH><TH>XT<br/>1</TH>"),
        r"other columns than the 16 known: \['XT 1'\]",
    ),
    "a column fewer": (
        lambda t: t.replace("<TH>FC<br/>1</TH>", ""),
        r"other columns than the 16 known: \['FC 1'\]",
    ),
    "columns in another order": (
        lambda t: t.replace(
            "<TH>NS<br/>1</TH><TH>NS<br/>2</TH>", "<TH>NS<br/>2</TH><TH>NS<br/>1</TH>"
        ),
        "in another order",
    ),
    "a cell more": (_in_row("France", "</TR>", "<TD>X</TD></TR>"), "'France' is .* expected 17"),
    "a cell fewer": (_in_row("France", "<TD> </TD>", ""), "'France' is .* expected 17"),
    "a mark never seen": (
        _in_row("France", "<TD>X</TD>", "<TD>Y</TD>"),
        "mark in column CB 1 is 'Y', expected X or a blank",
    ),
    "a footnote without a mark": (
        _in_row("France", "<TD> </TD>", "<TD><sup>3</sup></TD>"),
        "is '3', expected X or a blank",
    ),
    "a spelling never seen": (
        _in_row("Croatia", "Croatia", "Croatiaa"),
        "country never seen: 'Croatiaa'; nearest known: 'croatia'",
    ),
    "a country twice": (lambda t: t.replace(row(t, "France"), row(t, "France") * 2), "FR .* twice"),
    "an embargoed country graded too": (
        lambda t: t.replace(
            row(t, "Cuba"), row(t, "Cuba") + row(t, "Chad").replace("Chad", "Cuba")
        ),
        "CU .* twice",
    ),
    "an embargoed row left blank": (
        lambda t: t.replace(row(t, "Cuba"), "<TR><TD>Cuba</TD>" + "<TD> </TD>" * 16 + "</TR>"),
        "neither a mark nor a pointer",
    ),
    "an embargoed row that points nowhere": (
        lambda t: t.replace(row(t, "Cuba"), '<TR><TD>Cuba</TD><TD colspan="16"> </TD></TR>'),
        "expected a pointer to part 746",
    ),
    "a row without a country": (_in_row("France", "France", " "), "names no country"),
    "truncated": (lambda t: t[: len(t) // 2], "is not whole XML"),
    "another part": (lambda t: t.replace("Part 738", "Part 739"), "has 0 appendices"),
}


@pytest.mark.parametrize("how", REFUSED_CHARTS)
def test_a_chart_that_is_not_understood_is_refused_with_place_and_reason(
    tmp_path: Path, names: Gazetteer, how: str
) -> None:
    spoil, says = REFUSED_CHARTS[how]
    text = chart_xml(load(CHART))
    assert spoil(text) != text
    path = written(tmp_path, spoil(text))
    with pytest.raises(SourceError, match=says) as caught:
        country_chart.read_xml(path, names)
    assert caught.value.path == path
    assert caught.value.line or how == "another part"


REFUSED_GROUPS: dict[str, tuple[Spoil, str]] = {
    "a group more": (
        lambda t: t.replace("[A:6]", "[A:6]</TH><TH>[A:7]"),
        "has the Country Groups A:1, .* A:7, expected",
    ),
    "a group of another letter": (
        lambda t: t.replace("[E:1]", "[F:1]").replace("[E:2]", "[F:2]"),
        "has the Country Groups F:1",
    ),
    "a group missing": (
        lambda t: t[: t.index("<HD1>Country Group E")] + t[t.index("</DIV9>") :],
        r"other Country Groups than known: \['E:1', 'E:2'\]",
    ),
    "a mark never seen": (_in_row("Albania", "<TD>X</TD>", "<TD>?</TD>"), "column A:6 is '?'"),
    "a spelling never seen": (
        lambda t: t.replace("<LI>Brunei</LI>", "<LI>Bruneii</LI>"), "never seen: 'Bruneii'"
    ),
    "a country twice": (
        lambda t: t.replace("<LI>Brunei</LI>", "<LI>Brunei</LI>\n<LI>Brunei</LI>"), "BN .* twice in B"
    ),
    "a country twice in a table": (
        lambda t: t.replace(row(t, "Serbia"), row(t, "Serbia") * 2), "RS .* twice"
    ),
    "a list for a group that is reserved": (
        lambda t: t.replace("C [Reserved]</HD1>", "C</HD1><SCOL2><LI>Chad</LI></SCOL2>"),
        "a list under Country Group C",
    ),
    "truncated": (lambda t: t[: len(t) // 2], "is not whole XML"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED_GROUPS)
def test_groups_that_are_not_understood_are_refused_with_place_and_reason(
    tmp_path: Path, names: Gazetteer, how: str
) -> None:
    spoil, says = REFUSED_GROUPS[how]
    text = groups_xml(load(GROUPS))
    assert spoil(text) != text
    path = written(tmp_path, spoil(text), "740")
    with pytest.raises(SourceError, match=says) as caught:
        country_groups.read_xml(path, names)
    assert caught.value.line or how == "a group missing"


def test_official_xml_is_used_before_derived_json(tmp_path: Path) -> None:
    shutil.copy(CHART, tmp_path)
    assert find(tmp_path)["chart"].source == "15 CFR 738 Supp. 1, derived"
    written(tmp_path, chart_xml(load(CHART)), day="2026-07-23")
    found = find(tmp_path)["chart"]
    assert (found.path.suffix, found.source, found.as_of) == (
        ".xml", "15 CFR 738 Supp. 1", "2026-07-23",
    )  # fmt: skip


def test_compiling_from_xml_gives_the_tables_that_the_derived_json_gives(tmp_path: Path) -> None:
    for path in DATA.glob("*/*"):
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    written(tmp_path, chart_xml(load(CHART)), "738", "2026-07-23")
    written(tmp_path, groups_xml(load(GROUPS)), "740", "2026-07-23")
    compiled = compile_law(tmp_path)
    for name, content in compiled.tables.items():
        if name != "origins.csv":
            assert content == (packaged_tables() / name).read_text(encoding="utf-8"), name
    sources = {row["source"] for row in parse(compiled.tables["origins.csv"])[1]}
    assert {"15 CFR 738 Supp. 1", "15 CFR 740 Supp. 1"} <= sources
    assert not {"15 CFR 738 Supp. 1, derived", "15 CFR 740 Supp. 1, derived"} & sources


@pytest.fixture
def _fresh_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICET_HOME", str(tmp_path_factory.mktemp("home")))
    default_rulebook.cache_clear()


@pytest.mark.usefixtures("_fresh_home")
@pytest.mark.parametrize("day", ["2026-07-23", NEWER])
def test_the_same_chart_and_groups_in_xml_change_nothing_but_the_origin(
    tmp_path: Path, day: str
) -> None:
    """The official text takes the place of the one derived from it, on the same day too."""
    written(tmp_path, chart_xml(load(CHART)), "738", day)
    written(tmp_path, groups_xml(load(GROUPS)), "740", day)
    done = update(tmp_path, judge=failing_examples)
    assert done.differences == ()
    assert done.version is not None
    origins = read_csv(done.version.rulebook / "tables" / "origins.csv")
    for part, table in (("738", "country_chart.csv"), ("740", "country_groups.csv")):
        (now,) = (row for row in origins if f"15 CFR {part}" in row["source"])
        assert (now["source"], now["as_of"]) == (f"15 CFR {part} Supp. 1", day)
        assert table in now["tables"]
    assert update(tmp_path, judge=failing_examples).version is None
    default_rulebook.cache_clear()


@pytest.mark.usefixtures("_fresh_home")
def test_a_mark_and_a_membership_that_end_come_out_as_exactly_that(tmp_path: Path) -> None:
    chart, groups = load(CHART), load(GROUPS)
    chart["countries"]["Canada"]["marks"].remove("CB 1")
    groups["groups"]["A:5"].remove("Japan")
    written(tmp_path, chart_xml(chart), "738")
    written(tmp_path, groups_xml(groups), "740")
    done = update(tmp_path, judge=lambda _: [])
    assert {(d.table, d.subject, d.what, d.date) for d in done.differences} == {
        ("country_chart", "CA CB 1", "ends", NEWER),
        ("country_groups", "JP A:5", "ends", NEWER),
    }
    default_rulebook.cache_clear()
