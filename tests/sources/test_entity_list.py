"""The Entity List, supplement no. 4 to part 744: what a listing says and since when."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from licet.sources import citations, ecfr, entity_list, license_terms, listing_text
from licet.sources.compile_lists import compile_lists
from licet.sources.errors import SourceError
from licet.sources.tables import parse, read_csv

TABLES = Path(str(files("licet") / "rulebook/tables"))
AS_OF = date(2026, 7, 23)
LISTS = ("entity_list.csv", "unverified_list.csv", "military_end_user_list.csv", "stays.csv")


@pytest.fixture(scope="session")
def listed() -> dict[str, dict[str, str]]:
    """The packaged table by id."""
    return {row["id"]: row for row in read_csv(TABLES / "entity_list.csv")}


def test_huawei_is_listed_since_16_may_2019_though_published_on_the_21st(
    listed: dict[str, dict[str, str]],
) -> None:
    huawei = listed["huawei-technologies-co-ltd.cn"]
    assert (huawei["valid_from"], huawei["published"]) == ("2019-05-16", "2019-05-21")
    assert huawei["scope"] == "all"
    assert huawei["review_policy"] == "presumption_of_denial"
    assert huawei["aliases"] == "Shenzhen Huawei Technologies|Huawei Technology"
    assert len(huawei["addresses"].split("|")) == 7


def test_the_22_affiliates_inside_the_huawei_entry_share_its_terms(
    listed: dict[str, dict[str, str]],
) -> None:
    huawei = listed["huawei-technologies-co-ltd.cn"]
    inside = [row for row in listed.values() if row["parent"] == huawei["id"]]
    assert len(inside) == 22
    for row in inside:
        for column in ("scope", "footnotes", "review_policy"):
            assert row[column] == huawei[column]
    assert "huawei-marine-networks-co-ltd.cn" in {row["id"] for row in inside}


def test_huawei_and_68_affiliates_in_may_2019_and_19_more_inside_its_entry_in_august(
    listed: dict[str, dict[str, str]],
) -> None:
    """The numbers are those of the summaries of 84 FR 22961 and 84 FR 43493."""
    group = [row for row in listed.values() if "2:2020-08-17" in row["footnotes"].split("|")]
    assert sum(row["valid_from"] == "2019-05-16" for row in group) == 1 + 68
    inside = [row for row in group if row["parent"]]
    assert sum(row["valid_from"] == "2019-08-19" for row in inside) == 19
    assert sum(row["valid_from"] == "2020-08-17" for row in group) == 38


@pytest.mark.parametrize(
    ("entry", "footnotes"),
    [
        ("huawei-technologies-co-ltd.cn", "1:2020-05-15|2:2020-08-17"),  # listed May 2019
        ("huawei-technologies-bahrain.bh", "1:2020-05-15|2:2020-08-17"),  # listed August 2019
        ("huawei-openlab-delhi.in", "1:2020-08-17|2:2020-08-17"),  # listed August 2020
    ],
)
def test_a_footnote_binds_from_its_instrument_or_from_the_listing_if_later(
    listed: dict[str, dict[str, str]], entry: str, footnotes: str
) -> None:
    assert listed[entry]["footnotes"] == footnotes


def test_footnotes_count_as_in_the_official_table(listed: dict[str, dict[str, str]]) -> None:
    entries = [row for row in listed.values() if not row["parent"]]
    count = {
        n: sum(f"{n}:" in row["footnotes"] for row in entries) for n in entity_list.FOOTNOTE_FROM
    }
    assert count == {1: 130, 2: 130, 3: 775, 4: 96, 5: 16}


def test_every_entry_has_a_scope_a_policy_a_name_and_a_date(
    listed: dict[str, dict[str, str]],
) -> None:
    assert sum(1 for row in listed.values() if not row["parent"]) == 3411
    for row in listed.values():
        assert row["name"]
        assert row["scope"]
        assert row["review_policy"]
        assert row["valid_from"] <= row["published"]
        assert not row["parent"] or row["parent"] in listed


def test_an_address_alone_can_be_listed(listed: dict[str, dict[str, str]]) -> None:
    address = listed["address-01.cn"]
    assert address["kind"] == "address"
    assert (
        address["addresses"] == "Unit D, 16/F One Capital Place, 18 Luard Rd, Wan Chai, Hong Kong"
    )
    assert address["scope"] == "ccl|746s7"
    assert (address["valid_from"], address["published"]) == ("2024-06-12", "2024-06-18")
    assert sum(row["kind"] == "address" for row in listed.values()) == 19


def test_the_policy_for_swaysure_depends_on_the_item(listed: dict[str, dict[str, str]]) -> None:
    (swaysure,) = (row for row in listed.values() if row["id"].startswith("swaysure"))
    assert swaysure["review_policy"] == (
        "case_by_case @ not eccn 3B001.a.4 3B001.c 3B001.d 3B001.f.1.b.2 3B001.k 3B001.l 3B001.m "
        "3B001.n 3B001.o 3B001.p 3B002.c 3B993 3B994|presumption_of_denial"
    )


def test_few_conditions_are_left_to_a_person(listed: dict[str, dict[str, str]]) -> None:
    text = " ".join(f"{r['scope']} {r['review_policy']} {r['exceptions']}" for r in listed.values())
    questions = set(re.findall(r"question:([\w.-]+)", text))
    assert len(questions) <= 13, sorted(questions)


def test_announced_aliases_are_there_but_for_ten_named_entries(part_744: Path) -> None:
    entries = entity_list.read(ecfr.read(part_744), part_744)
    wrong = {
        (party.name, party.announced, len(party.aliases))
        for entry in entries
        for party in (entry.party, *entry.party.children)
        if party.announced not in (None, len(party.aliases))
    }
    assert wrong == entity_list.ALIAS_MISMATCHES
    assert sum(party.announced is not None for e in entries for party in (e.party,)) > 1900


def test_recompiling_gives_the_packaged_tables(part_744: Path) -> None:
    compiled = compile_lists(part_744, AS_OF)
    assert len(parse(compiled["entity_list.csv"])[1]) == 3469
    for name, content in compiled.items():
        assert content.encode() == (TABLES / name).read_bytes(), name


# The Federal Register corrected these between March and July; addresses, and two aliases.
CHANGED = {
    "abensa-fz-llc.ae", "dolgoprudny-research-production-enterprise-oao.ru",
    "good-luck-shipping-llc.ae", "huawei-openlab-singapore.sg", "huawei-technologies-morocco.ma",
    "reza-hajigholamali.ae", "uec-pvt-ltd.ae",
}  # fmt: skip


def test_markup_noise_between_two_dates_is_no_change(
    part_744_in_march: Path, listed: dict[str, dict[str, str]]
) -> None:
    compiled = compile_lists(part_744_in_march, AS_OF)
    before = {row["id"]: row for row in parse(compiled["entity_list.csv"])[1]}
    assert before.keys() == listed.keys()
    assert {key for key in before if before[key] != listed[key]} == CHANGED
    for key in CHANGED:
        differs = {column for column in before[key] if before[key][column] != listed[key][column]}
        assert differs <= {"addresses", "aliases"}
    for name in LISTS[1:]:
        assert compiled[name].encode() == (TABLES / name).read_bytes(), name


def test_edits_of_the_official_text_come_out_as_exactly_those_changes(
    part_744: Path, tmp_path: Path
) -> None:
    text = part_744.read_text(encoding="utf-8")
    for old, new in (
        # An alias dropped, together with its announcement.
        ("(EBCC), a.k.a., the following two aliases:", "(EBCC), a.k.a., the following one alias:"),
        ('&#x2014;Imal Bilal Road Construction Company; <E T="03">and</E><br/>', ""),
        # An entry added before another, with a policy of its own.
        (
            '<TD class="left border-right-single">AFGHANISTAN</TD>',
            "<TD>AFGHANISTAN</TD><TD>New Works LLC, Kabul, Afghanistan.</TD>"
            "<TD>For all items subject to the EAR</TD><TD>Policy of denial</TD>"
            "<TD>91 FR 100, 1/5/26.</TD></TR><TR><TD> </TD>",
        ),
        # A stay ended: the note is no longer printed.
        (
            "<EFFDNOT>\n<HED>Effective Date Note:</HED><PSPACE>At 90 FR 50857, Nov. 12, 2025, in "
            "&#xA7; 744.11, paragraph (a)(1) was stayed, effective until Nov. 9, 2026."
            "</PSPACE></EFFDNOT>",
            "",
        ),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    edited = tmp_path / "edited.xml"
    edited.write_text(text, encoding="utf-8")
    compiled = compile_lists(edited, AS_OF)
    for table, key, changed in (
        ("entity_list.csv", "id", {"emal-bilal-construction-company-ebcc.af", "new-works-llc.af"}),
        ("stays.csv", "section", {"744.11"}),
    ):
        before = {tuple(row.values()): row[key] for row in read_csv(TABLES / table)}
        after = {tuple(row.values()): row[key] for row in parse(compiled[table])[1]}
        assert {(before | after)[row] for row in before.keys() ^ after.keys()} == changed


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", letters)


def test_names_agree_with_the_consolidated_screening_list(
    screening_list: Path, listed: dict[str, dict[str, str]]
) -> None:
    data = json.loads(screening_list.read_text())
    source = next(
        n for n, name in enumerate(data["tables"]["sources"]) if name.startswith("Entity List")
    )
    theirs = {_plain(entry["n"]) for entry in data["entries"] if entry["s"] == source}
    ours = {_plain(row["name"]) for row in listed.values()}
    ours |= {_plain(alias) for row in listed.values() for alias in row["aliases"].split("|")}
    # They spell affiliates as "Group. Affiliated entity: Name" and a few names in another way.
    missing = {
        name
        for name in theirs - ours
        if "affiliatedentity" not in name and "subordinate" not in name
    }
    assert len(missing) <= 35, sorted(missing)


HEADER = "".join(f"<TH>{title}</TH>" for title in entity_list.TITLES)
ROW = (
    "<TR><TD>RUSSIA</TD><TD>Ordinary Works, 1 Lenin St., Moscow, Russia.</TD>"
    "<TD>For all items subject to the EAR. (See § 744.11 of the EAR)</TD>"
    "<TD>Presumption of denial</TD><TD>77 FR 61256, 10/9/12.</TD></TR>"
)


def _supplement(tmp_path: Path, row: str, header: str = HEADER) -> Path:
    path = tmp_path / "part.xml"
    path.write_text(
        '<DIV5 N="744" TYPE="PART"><DIV9 N="Supplement No. 4 to Part 744" TYPE="APPENDIX">'
        f"<TABLE><THEAD><TR>{header}</TR></THEAD><TBODY>{row}</TBODY></TABLE></DIV9></DIV5>",
        encoding="utf-8",
    )
    return path


def _compile(path: Path) -> list[dict[str, str]]:
    return entity_list.rows(entity_list.read(ecfr.read(path), path), (), AS_OF, path)


def test_an_ordinary_row(tmp_path: Path) -> None:
    (row,) = _compile(_supplement(tmp_path, ROW))
    assert row["id"] == "ordinary-works.ru"
    assert row["addresses"] == "1 Lenin St., Moscow, Russia"
    assert row["source"] == "15 CFR 744 Supp. 4, 2026-07-23; effective date assumed"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("For all items", "For some items", "Ordinary Works.*license requirement never seen"),
        ("Presumption of denial", "Mild dislike", "Ordinary Works.*review policy never seen"),
        ("RUSSIA", "ATLANTIS", "country heading 'ATLANTIS'"),
        ("77 FR 61256, 10/9/12", "12 FR 61256, 10/9/12", "volume 12 is not of 2012"),
        ("77 FR 61256, 10/9/12", "", "empty row|citation"),
        ("of the EAR)", "of the EAR) <sup>9</sup>", "footnote 9 is not known"),
        (
            "Ordinary Works, ",
            "Ordinary Works, a.k.a., the following two aliases:<br/>—One.<br/>",
            "announces 2 aliases, 1 found",
        ),
        ("<TD>77", "<TD>new</TD><TD>77", "row has 6 cells"),
    ],
)
def test_what_was_never_seen_is_refused_by_name(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(SourceError, match=says):
        _compile(_supplement(tmp_path, ROW.replace(old, new)))


def test_a_table_with_a_new_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="table columns are"):
        _compile(_supplement(tmp_path, ROW, HEADER + "<TH>Notes</TH>"))


def test_items_left_out_of_a_requirement_stay_a_condition() -> None:
    oil = license_terms.requirement(
        "All items subject to the EAR. (See § 744.11 of the EAR), except for EAR99-designated "
        "technology for the operation, maintenance, or repair of unmanned aerial vehicles (UAV) "
        "released to this entity by the operator of the UAV"
    )
    assert oil.scope == "all|except:question:ear99-uav-technology-released-by-its-operator"


def test_an_instrument_takes_effect_before_it_is_published() -> None:
    known = citations.effects(TABLES / "effective_dates.csv")
    for effect in known:
        assert effect.first_page <= effect.last_page
        assert effect.volume == effect.published.year - 1935
    (cite,) = citations.parse("85 FR 51603, 8/20/20")
    assert citations.effective(cite, known) == date(2020, 8, 17)


def test_former_names_are_kept_but_not_counted_among_the_aliases() -> None:
    party = listing_text.parse(
        [
            "Gaz-Oil, OOO (f.k.a., Zakrytoe AO Gaz Oil), a.k.a., the following one alias:",
            "—Gaz-Oil.",
            "d.10 B ul.Nametkina, Moscow 117420, Russia.",
        ]
    )
    assert (party.name, party.former, party.aliases) == (
        "Gaz-Oil, OOO", ["Zakrytoe AO Gaz Oil"], ["Gaz-Oil"],
    )  # fmt: skip
