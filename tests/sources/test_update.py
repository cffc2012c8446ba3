"""``licet law update``: newer law is taken over whole, as exactly what changed, or not at all."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet.cli import app
from licet.decide.examples import failing_examples
from licet.law import versions
from licet.law.errors import RulebookError
from licet.law.rulebook import Rulebook, default_rulebook, load, packaged
from licet.sources import fetch
from licet.sources.carry import Difference, carry_entries, carry_facts
from licet.sources.compile_lists import compile_lists
from licet.sources.download import FetchError
from licet.sources.errors import SourceError
from licet.sources.official_files import find
from licet.sources.renew import renew
from licet.sources.tables import read_csv, write
from licet.sources.update import Updated, UpdateError, update

from .country_xml import chart_xml, groups_xml
from .country_xml import load as load_json
from .official import CCL, DATA, needs_official

PART_744 = DATA / "ecfr" / "title-15_part-744_2026-07-23.xml"
IN_MARCH = DATA / "ecfr" / "title-15_part-744_2026-03-25.xml"
NEWER = "2026-08-01"

Edit = tuple[str, str]
# An alias dropped, together with its announcement.
ALIAS_DROPPED: tuple[Edit, ...] = (
    ("(EBCC), a.k.a., the following two aliases:", "(EBCC), a.k.a., the following one alias:"),
    ('&#x2014;Imal Bilal Road Construction Company; <E T="03">and</E><br/>', ""),
)
ENTRY_ADDED: Edit = (
    '<TD class="left border-right-single">AFGHANISTAN</TD>',
    "<TD>AFGHANISTAN</TD><TD>New Works LLC, Kabul, Afghanistan.</TD>"
    "<TD>For all items subject to the EAR</TD><TD>Policy of denial</TD>"
    "<TD>91 FR 43100, 7/30/26.</TD></TR><TR><TD> </TD>",
)
STAY_ENDED: Edit = (
    "<EFFDNOT>\n<HED>Effective Date Note:</HED><PSPACE>At 90 FR 50857, Nov. 12, 2025, in "
    "&#xA7; 744.11, paragraph (a)(1) was stayed, effective until Nov. 9, 2026."
    "</PSPACE></EFFDNOT>",
    "",
)

PRINTED_ANEW: Edit = ("<HEAD>PART 744&#x2014;CONTROL", "<HEAD> PART 744&#x2014;CONTROL")


@pytest.fixture(autouse=True)
def _fresh_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("LICET_HOME", str(tmp_path_factory.mktemp("home")))
    default_rulebook.cache_clear()
    yield
    default_rulebook.cache_clear()


def edited(folder: Path, *edits: Edit, day: str = NEWER, of: Path = PART_744) -> Path:
    """A folder with a copy of the official text, edited by hand and dated later."""
    text = of.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    part = "774" if of == CCL else "744"
    (folder / f"title-15_part-{part}_{day}.xml").write_text(text, encoding="utf-8")
    return folder


def renewed(folder: Path) -> Updated:
    return update(folder, judge=failing_examples)


def said(done: Updated) -> list[tuple[str, str, str, str]]:
    return [(d.subject, d.what, d.was, d.now) for d in done.differences]


def row_of(text: str, name: str) -> str:
    """The official table row of an entry, as printed."""
    at = text.index(name)
    start = text.rindex("<TR>", 0, at)
    return text[start : text.index("</TR>", at) + len("</TR>")]


@needs_official
def test_the_same_text_is_no_news(tmp_path: Path) -> None:
    shutil.copy(PART_744, tmp_path)
    assert renewed(tmp_path).version is None
    assert versions.in_use() is None


@needs_official
def test_the_same_law_printed_later_changes_nothing_but_the_day(tmp_path: Path) -> None:
    done = renewed(edited(tmp_path, PRINTED_ANEW))
    assert done.differences == ()
    assert done.version is not None
    origins = read_csv(done.version.rulebook / "tables" / "origins.csv")
    assert [row["as_of"] for row in origins if row["source"] == "15 CFR 744"] == [NEWER]


@needs_official
def test_between_march_and_july_2026_only_seven_entries_were_corrected(
    tmp_path: Path,
) -> None:
    """The markup of nearly every row differs between the two days; the law hardly does."""
    march = tmp_path / "law"
    shutil.copytree(Path(str(packaged())), march)
    for name, content in compile_lists(IN_MARCH, dt.date(2026, 3, 25)).items():
        write(march / "tables" / name, content)
    origins = (march / "tables" / "origins.csv").read_text(encoding="utf-8")
    (line,) = (line for line in origins.splitlines() if line.startswith("15 CFR 744,"))
    older = line.replace("2026-07-23", "2026-03-25").replace(line.split(",")[2], "0" * 64)
    write(march / "tables" / "origins.csv", origins.replace(line, older))
    found = renew(march / "tables", find(PART_744.parent, kinds=("part_744",)))
    assert {d.what.split()[0] for d in found.differences} <= {"address", "alias"}
    assert len({d.subject for d in found.differences}) == 7


@needs_official
def test_an_entry_added_begins_on_the_day_of_its_instrument(tmp_path: Path) -> None:
    done = renewed(edited(tmp_path, ENTRY_ADDED))
    assert [*done.differences] == [
        Difference("entity_list", "New Works LLC", "added", "", "AF", "2026-07-30")
    ]
    assert done.version is not None
    law = load(done.version.rulebook)
    entity_list = law.tables["entity_list"]
    assert entity_list.contains(("new-works-llc.af",), dt.date(2026, 7, 30))
    assert not entity_list.contains(("new-works-llc.af",), dt.date(2026, 7, 29))


@needs_official
def test_an_alias_dropped_still_answered_before(tmp_path: Path) -> None:
    done = renewed(edited(tmp_path, *ALIAS_DROPPED))
    company = "Emal Bilal Construction Company (EBCC)"
    dropped = "Imal Bilal Road Construction Company"
    assert said(done) == [(company, "alias dropped", dropped, "")]
    assert done.version is not None
    rows = load(done.version.rulebook).tables["entity_list"]
    key = ("emal-bilal-construction-company-ebcc.af",)
    (before,) = rows.rows(key, dt.date(2026, 7, 31))
    (after,) = rows.rows(key, dt.date(2026, 8, 1))
    assert dropped in before.values["aliases"]
    assert dropped not in after.values["aliases"]


@needs_official
def test_a_policy_changed_since_the_instrument_that_the_entry_now_cites(tmp_path: Path) -> None:
    old = row_of(PART_744.read_text(encoding="utf-8"), "Aram Kocharyan, Aram")
    new = old.replace("Presumption of denial", "Policy of denial").replace(
        "\n</TD>\n</TR>", " 91 FR 43100, 7/30/26.\n</TD>\n</TR>"
    )
    done = renewed(edited(tmp_path, (old, new)))
    assert [(d.subject, d.what, d.was, d.now, d.date) for d in done.differences] == [
        ("Aram Kocharyan", "instrument added", "", "91 FR 43100 2026-07-30", "2026-07-30"),
        ("Aram Kocharyan", "policy", "presumption_of_denial", "policy_of_denial", "2026-07-30"),
    ]


@needs_official
def test_an_entry_moved_to_another_country(tmp_path: Path) -> None:
    text = PART_744.read_text(encoding="utf-8")
    mangal, aram = row_of(text, "Emal Bilal Mangal"), row_of(text, "Aram Kocharyan, Aram")
    done = renewed(edited(tmp_path, (mangal, ""), (aram, f"{aram}\n{mangal}")))
    assert said(done) == [("Emal Bilal Mangal", "moved", "AF", "AM")]
    assert done.version is not None
    rows = load(done.version.rulebook).tables["entity_list"]
    for key, day, there in (
        ("emal-bilal-mangal.af", "2026-07-31", True), ("emal-bilal-mangal.af", NEWER, False),
        ("emal-bilal-mangal.am", "2026-07-31", False), ("emal-bilal-mangal.am", NEWER, True),
    ):  # fmt: skip
        assert rows.contains((key,), dt.date.fromisoformat(day)) is there, (key, day)


@needs_official
def test_an_entry_removed_stays_in_the_law_of_earlier_days(tmp_path: Path) -> None:
    mangal = row_of(PART_744.read_text(encoding="utf-8"), "Emal Bilal Mangal")
    done = renewed(edited(tmp_path, (mangal, "")))
    assert said(done) == [("Emal Bilal Mangal", "removed", "AF", "")]
    assert done.version is not None
    rows = load(done.version.rulebook).tables["entity_list"]
    assert rows.contains(("emal-bilal-mangal.af",), dt.date(2026, 7, 31))
    assert not rows.contains(("emal-bilal-mangal.af",), dt.date(2026, 8, 1))


@needs_official
def test_a_stay_ended_before_its_time(tmp_path: Path) -> None:
    """The Affiliates rule is printed all along; only the note tells that it binds again."""
    done = renewed(edited(tmp_path, STAY_ENDED))
    assert said(done) == [("744.11(a)(1) (all)", "stay ended", "2026-11-10", NEWER)]


@needs_official
def test_a_stay_extended(tmp_path: Path) -> None:
    new = STAY_ENDED[0].replace("Nov. 9, 2026.", "Nov. 9, 2027.")
    done = renewed(edited(tmp_path, (STAY_ENDED[0], new)))
    assert said(done) == [("744.11(a)(1) (all)", "stay extended", "2026-11-10", "2027-11-10")]


@needs_official
def test_all_edits_together_come_out_as_exactly_those_changes_on_the_command_line(
    tmp_path: Path,
) -> None:
    folder = edited(tmp_path / "official", ENTRY_ADDED, STAY_ENDED, *ALIAS_DROPPED)
    done = CliRunner().invoke(app, ["law", "update", "--from", str(folder)], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.stderr
    assert "3 changes" in done.stdout
    for word in ("New Works LLC", "alias dropped", "stay ended", "entity_list_affiliates"):
        assert word in done.stdout


@needs_official
def test_a_control_added_to_an_entry_of_the_control_list(tmp_path: Path) -> None:
    text = CCL.read_text(encoding="utf-8")
    head = ("<HEAD>Supplement No. 1 to Part 774", "<HEAD> Supplement No. 1 to Part 774")
    assert renewed(edited(tmp_path / "first", head, of=CCL)).version
    entry = text[text.index("<B>3A991") :]
    table = entry[: entry.index("</TABLE>")]
    line = table[table.rindex("<TR>") : table.rindex("</TBODY>")]
    new = table.replace(line, line + line.replace("AT ", "RS "))
    new = new.replace("<I>Reason for Control:</I> AT", "<I>Reason for Control:</I> RS, AT")
    done = renewed(edited(tmp_path / "second", (table, new), day="2026-09-01", of=CCL))
    assert {(d.table, d.what, *d.subject.split()[:3], d.date) for d in done.differences} == {
        ("ccl_controls", "begins", "3A991", "RS", "RS", "2026-09-01"),
        ("ccl_entries", "ends", "3A991", "commodity", "AT", "2026-09-01"),
        ("ccl_entries", "begins", "3A991", "commodity", "RS", "2026-09-01"),
    }


MALFORMED: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], "is not whole XML"),
    "not closed": (lambda text: text.replace("</TBODY>", "", 1), "is not whole XML"),
    "an entity bomb": (
        lambda text: (
            '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
            + text.replace("Presumption of denial", "&b;", 1)
        ),
        "declares entities",
    ),
    "a new column": (
        lambda text: text.replace("<TD", "<TD>new</TD><TD", 1),
        "row has 6 cells|columns|cells",
    ),
    "a policy never seen": (
        lambda text: text.replace(">Presumption of denial</TD>", ">Mild dislike</TD>", 1),
        "review policy never seen",
    ),
    "a stay never seen": (
        lambda text: text.replace("was stayed, effective until", "was stayed, perhaps until", 1),
        "effective date note never seen",
    ),
}


@needs_official
@pytest.mark.parametrize("how", MALFORMED)
def test_what_is_not_understood_is_refused_with_place_and_reason(tmp_path: Path, how: str) -> None:
    spoil, says = MALFORMED[how]
    path = tmp_path / f"title-15_part-744_{NEWER}.xml"
    text = PART_744.read_text(encoding="utf-8")
    if how == "an entity bomb":
        text = text[text.index("<DIV5") :]
    path.write_text(spoil(text), encoding="utf-8")
    with pytest.raises(SourceError, match=says) as caught:
        renewed(tmp_path)
    assert str(path) in str(caught.value)
    assert_untouched()


@needs_official
def test_an_eccn_twice_is_refused(tmp_path: Path) -> None:
    folder = edited(tmp_path, ("<B>0A503 ", "<B>0A502 "), of=CCL)
    with pytest.raises(SourceError, match="0A502 twice"):
        renewed(folder)
    assert_untouched()


@needs_official
def test_a_chart_with_a_missing_country_is_refused(tmp_path: Path) -> None:
    chart = json.loads((DATA / "derived" / "seelpeed_country-chart.json").read_text("utf-8"))
    del chart["countries"]["France"]
    chart["ecfrIssueDate"] = NEWER
    (tmp_path / "any_country-chart.json").write_text(json.dumps(chart), encoding="utf-8")
    with pytest.raises(SourceError, match="195 countries, fewer than 196"):
        renewed(tmp_path)
    assert_untouched()


@needs_official
def test_a_country_that_leaves_a_group(tmp_path: Path) -> None:
    groups = json.loads((DATA / "derived" / "seelpeed_country-groups.json").read_text("utf-8"))
    groups["groups"]["A:5"].remove("Japan")
    groups["ecfrIssueDate"] = NEWER
    (tmp_path / "any_country-groups.json").write_text(json.dumps(groups), encoding="utf-8")
    done = renewed(tmp_path)
    assert [(d.table, d.subject, d.what) for d in done.differences] == [
        ("country_groups", "JP A:5", "ends")
    ]


@needs_official
def test_a_list_that_shrinks_abnormally_is_refused_unless_accepted(tmp_path: Path) -> None:
    text = PART_744.read_text(encoding="utf-8")
    at = text.index("AUSTRIA</TD>")
    head = text.rindex("<TR>", 0, at)
    tail = text.rindex("<TR>", 0, text.index("YEMEN") if "YEMEN" in text else len(text))
    tail = text.rindex("<TR>", 0, text.index(">UNITED KINGDOM</TD>"))
    path = tmp_path / f"title-15_part-744_{NEWER}.xml"
    path.write_text(text[:head] + text[tail:], encoding="utf-8")
    with pytest.raises(UpdateError, match=r"entity_list\.csv shrinks from 3469 to"):
        renewed(tmp_path)
    assert_untouched()
    done = update(tmp_path, judge=failing_examples, accept_shrinking=True)
    assert {d.what for d in done.differences} == {"removed"}


@needs_official
def test_a_rule_that_fails_its_example_under_the_new_law_stops_the_switch(tmp_path: Path) -> None:
    def judge(_: Rulebook) -> list[str]:
        return ["11.toml:12: rule entity_list on 2019-05-16 is false"]

    with pytest.raises(UpdateError, match=r"fails its own example: 11\.toml:12"):
        update(edited(tmp_path, ENTRY_ADDED), judge=judge)
    assert_untouched()


@needs_official
def test_another_text_of_the_same_day_is_refused(tmp_path: Path) -> None:
    folder = edited(tmp_path, ENTRY_ADDED, day="2026-07-23")
    with pytest.raises(SourceError, match="differs from the text in use, which is of that day too"):
        renewed(folder)


@needs_official
def test_an_older_text_is_no_news(tmp_path: Path) -> None:
    shutil.copy(IN_MARCH, tmp_path)
    assert renewed(tmp_path).version is None


def assert_untouched() -> None:
    """The law in use stays, and nothing half-made is left behind."""
    assert versions.in_use() is None
    assert versions.versions() == ()
    folder = versions.versions_folder()
    assert not folder.exists() or [*folder.iterdir()] == []


@needs_official
def test_every_version_is_kept_and_one_can_go_back(tmp_path: Path) -> None:
    first = renewed(edited(tmp_path / "first", ENTRY_ADDED)).version
    second = renewed(
        edited(tmp_path / "second", ENTRY_ADDED, *ALIAS_DROPPED, day="2026-08-20")
    ).version
    assert first is not None
    assert second is not None
    assert [kept.name for kept in versions.versions()] == [first.name, second.name]
    assert default_rulebook().id == second.id
    assert second.changes == 1  # measured against the first, not against the packaged law

    run = CliRunner()
    assert run.invoke(app, ["law", "update", "--use", first.name]).exit_code == 0
    default_rulebook.cache_clear()
    assert default_rulebook().id == first.id
    listed = run.invoke(app, ["law", "update", "--list"], env={"COLUMNS": "160"}).stdout
    (current,) = (line for line in listed.splitlines() if line.startswith("*"))
    assert first.name in current
    assert run.invoke(app, ["law", "update", "--use", "packaged"]).exit_code == 0
    default_rulebook.cache_clear()
    assert default_rulebook().id == load(packaged()).id
    unknown = run.invoke(app, ["law", "update", "--use", "2020-01-01-deadbeef"])
    assert unknown.exit_code == 2
    assert "licet law update --list" in unknown.stderr


@needs_official
def test_a_version_made_beside_another_packaged_rulebook_is_not_used_silently(
    tmp_path: Path,
) -> None:
    """After the program is upgraded: neither older rules nor older lists without a word."""
    done = renewed(edited(tmp_path, ENTRY_ADDED)).version
    assert done is not None
    about = done.folder / "version.json"
    about.write_text(about.read_text("utf-8").replace(done.base, "another"), encoding="utf-8")
    with pytest.raises(RulebookError, match="run licet law update, or"):
        default_rulebook()
    again = renewed(edited(tmp_path / "again", ENTRY_ADDED, day="2026-08-02")).version
    assert again is not None
    assert default_rulebook().id == again.id


@needs_official
def test_a_version_whose_files_were_changed_is_not_used(tmp_path: Path) -> None:
    done = renewed(edited(tmp_path, ENTRY_ADDED)).version
    assert done is not None
    listed = done.rulebook / "tables" / "entity_list.csv"
    lines = listed.read_text(encoding="utf-8").splitlines(keepends=True)
    listed.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(RulebookError, match="no longer those that were checked"):
        default_rulebook()


def test_the_packaged_law_is_in_use_until_another_is() -> None:
    assert default_rulebook().id == load(packaged()).id


def test_data_is_kept_where_the_platform_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICET_HOME", "/srv/licet")
    assert versions.home() == Path("/srv/licet")
    monkeypatch.delenv("LICET_HOME")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert versions.home() == Path("/data/licet")
    monkeypatch.setattr("sys.platform", "darwin")
    assert versions.home() == Path.home() / "Library" / "Application Support" / "licet"


def _row(**cells: str) -> dict[str, str]:
    row = {
        "id": "acme.cn", "name": "Acme", "country": "CN", "citations": "84 FR 1 2019-05-01",
        "valid_from": "2019-05-01", "valid_until": "", "published": "2019-05-01", "source": "text",
    }  # fmt: skip
    return {**row, **cells}


def _carried(before: list[dict[str, str]], after: list[dict[str, str]]) -> list[str]:
    carried = carry_entries(
        "list", before, after, day="2026-08-01", as_of="2026-07-23",
        effective=lambda cited: (cited[-10:], cited[-10:]),
    )  # fmt: skip
    spans = (f"{row['name']} {row['valid_from']}..{row['valid_until']}" for row in carried.rows)
    return sorted(spans)


def test_an_entry_listed_again_begins_with_its_new_instrument() -> None:
    gone = _row(valid_until="2020-01-01")
    again = _row(citations="84 FR 1 2019-05-01|91 FR 2 2026-07-28")
    assert _carried([gone], [again]) == [
        "Acme 2019-05-01..2020-01-01",
        "Acme 2026-07-28..",
    ]


def test_a_corrected_spelling_is_a_renaming() -> None:
    corrected = _row(id="acme-co.cn", name="Acme Co.")
    assert _carried([_row()], [corrected]) == [
        "Acme 2019-05-01..2026-08-01",
        "Acme Co. 2026-08-01..",
    ]


def test_a_fact_that_ends_is_closed_and_not_deleted() -> None:
    row = {"eccn": "3A001", "column": "NS 2", "valid_from": "2017-01-01", "valid_until": "",
           "published": "", "source": "text"}  # fmt: skip
    carried = carry_facts("ccl_controls", [row], [], day="2026-08-01", source="newer")
    assert [(r["valid_from"], r["valid_until"]) for r in carried.rows] == [
        ("2017-01-01", "2026-08-01")
    ]


def test_a_rule_that_takes_effect_later_outlasts_todays_text() -> None:
    row = {"eccn": "3A001", "column": "NS 2", "valid_from": "2027-01-01", "valid_until": "",
           "published": "2026-07-01", "source": "91 FR 1"}  # fmt: skip
    carried = carry_facts("ccl_controls", [row], [], day="2026-08-01", source="newer")
    assert carried.rows == [row]
    assert carried.differences == []


# Fetching, against a server of our own: the official address is asked in the same way.

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Answer]], str]]:
    servers = []

    def start(answers: dict[str, Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


TITLES = b'{"titles": [{"number": 15, "up_to_date_as_of": "2026-08-01"}]}'
FULL = "/api/versioner/v1/full/2026-08-01/title-15.xml?part="
DAY = dt.date(2026, 8, 1)


def test_the_parts_are_fetched_as_of_the_current_day(
    serve: Callable[[dict[str, Answer]], str], tmp_path: Path
) -> None:
    answers: dict[str, Answer] = {"/api/versioner/v1/titles.json": (200, {}, TITLES)}
    for part in ("738", "740", "744", "774"):
        answers[f"{FULL}{part}"] = (200, {}, b"<DIV5/>")
    base = serve(answers)
    day = fetch.current_day(base=base)
    paths = fetch.fetch_parts(day, tmp_path, base=base)
    assert [path.name for path in paths] == [
        f"title-15_part-{part}_2026-08-01.xml" for part in ("738", "740", "744", "774")
    ]  # fmt: skip
    assert find(tmp_path)["ccl"].as_of == "2026-08-01"


@needs_official
def test_what_is_fetched_is_taken_over_as_if_it_lay_in_a_folder(
    serve: Callable[[dict[str, Answer]], str], tmp_path: Path
) -> None:
    official = edited(tmp_path / "official", ENTRY_ADDED)
    part_744 = (official / f"title-15_part-744_{NEWER}.xml").read_bytes()
    derived = DATA / "derived"
    chart = chart_xml(load_json(derived / "seelpeed_country-chart.json"))
    groups = groups_xml(load_json(derived / "seelpeed_country-groups.json"))
    base = serve({
        f"{FULL}738": (200, {}, chart.encode()),
        f"{FULL}740": (200, {}, groups.encode()),
        f"{FULL}744": (200, {"Content-Type": "application/xml"}, part_744),
        f"{FULL}774": (200, {"Content-Type": "application/xml"}, CCL.read_bytes()),
    })  # fmt: skip
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    fetch.fetch_parts(DAY, fetched, base=base)
    assert said(renewed(fetched)) == [("New Works LLC", "added", "", "AF")]


@pytest.mark.parametrize("name", ["../elsewhere", "", "."])
def test_a_version_is_named_by_one_word(name: str) -> None:
    with pytest.raises(RulebookError, match="named by one word"):
        versions.use(name)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((404, {}, b""), "answers 404"),
        ((503, {}, b""), "answers 503"),
        ((200, {"Content-Length": "900"}, b"<DIV5/>"), "cut short: 7 of 900"),
        ((302, {"Location": "ftp://example.org/x"}, b""), "is not an https address"),
        ((302, {"Location": "http://example.org/x"}, b""), "is not an https address"),
    ],
)
def test_an_answer_that_is_not_the_whole_text_is_refused(
    serve: Callable[[dict[str, Answer]], str], tmp_path: Path, answer: Answer, says: str
) -> None:
    base = serve({f"{FULL}738": answer})
    with pytest.raises(FetchError, match=says):
        fetch.fetch_parts(DAY, tmp_path, base=base)
    assert [*tmp_path.iterdir()] == []


def test_an_endless_answer_is_cut_off(
    serve: Callable[[dict[str, Answer]], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_LIMIT", 1000)
    base = serve({f"{FULL}738": (200, {}, b"x" * 100_000)})
    with pytest.raises(FetchError, match="more than 1000 bytes"):
        fetch.fetch_parts(DAY, tmp_path, base=base)


def test_only_https_is_asked() -> None:
    with pytest.raises(FetchError, match="is not an https address"):
        fetch.current_day(base="http://www.ecfr.gov")


def test_an_address_that_cannot_be_reached_says_what_to_do() -> None:
    with pytest.raises(FetchError, match="use --from DIR"):
        fetch.current_day(base="http://127.0.0.1:9")
