"""Listings from official files: what each format says of a party, and that nothing of it is lost or made up."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from licet.parties.listing import KINDS, NAME_KINDS, Identifier, ListedName, Listing
from licet.sources import lists_ftm
from licet.sources.errors import SourceError
from licet.sources.list_text import born, place_codes
from licet.sources.listings import iter_listings, read_listings, readings

from . import list_samples
from .conftest import SHARED, official


def read(tmp_path: Path, name: str) -> dict[str, Listing]:
    """The listings of a sample file, or of a folder of samples, by key."""
    path = tmp_path / name
    if name in list_samples.FOLDERS:
        path.mkdir()
        for part, content in list_samples.FOLDERS[name].items():
            (path / part).write_bytes(content)
    else:
        path.write_bytes(list_samples.SINGLE[name])
    return {listing.key: listing for listing in read_listings(path)}


def names(listing: Listing, kind: str) -> list[str]:
    return [name.text for name in listing.names if name.kind == kind]


def test_ofac_marks_aliases_that_are_too_common_as_weak_by_quoting_them_in_the_remarks(
    tmp_path: Path,
) -> None:
    bank = read(tmp_path, "ofac")["SDN:306"]
    assert names(bank, "primary") == ["BANCO NACIONAL DE CUBA"]
    assert names(bank, "alias") == ["NATIONAL BANK OF CUBA"]
    assert names(bank, "weak") == ["BNC"]
    assert bank.kind == "organization"  # -0- in OFAC's file
    assert bank.addresses == ("Zweierstrasse 35, Zurich CH-8022, Switzerland",)
    assert bank.countries == ("CH",)


def test_ofac_remarks_tell_a_person_from_a_namesake(tmp_path: Path) -> None:
    person = read(tmp_path, "ofac")["SDN:6908"]
    assert person.name == "AL-IRAQI, Abd al-Hadi"
    assert person.born == ("1961", "1948-12-10")  # circa 1961 claims no more than the year
    assert person.identifiers == (Identifier("passport", "0094405", "IQ"),)
    assert person.programs == ("SDGT", "SDNTK")
    assert person.linked_to == ("AL QA'IDA",)
    assert person.addresses == ()  # a country alone is no address
    assert person.remarks.endswith("AL QA'IDA; Further remarks.")  # goes on in the file of comments


def test_ships_and_aircraft_are_told_by_their_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "sdn.csv")
    ship, plane = found["SDN:4243"], found["SDN:15431"]
    assert Identifier("imo", "7406784") in ship.identifiers
    assert Identifier("call_sign", "CL2192") in ship.identifiers
    assert (ship.kind, ship.countries, names(ship, "weak")) == ("vessel", ("PA",), ["ANA I"])
    assert (plane.kind, plane.identifiers) == (
        "aircraft", (Identifier("serial_number", "1023409321"),)
    )  # fmt: skip


def test_the_two_xml_formats_of_ofac_say_the_same_of_one_bank_as_the_csv(tmp_path: Path) -> None:
    bank = read(tmp_path, "sdn.xml")["SDN:306"]
    assert (names(bank, "weak"), bank.programs) == (["BNC"], ("CUBA",))
    person = read(tmp_path, "cons_enhanced.xml")
    assert list(person) == ["PLC:9639"]  # the consolidated file is not the SDN List
    assert "Also on the SDN List" in person["PLC:9639"].remarks
    assert person["PLC:9639"].valid_from == dt.date(2006, 4, 12)
    assert names(person["PLC:9639"], "alias") == ["هنية"]


def test_the_un_names_a_person_in_parts_in_the_original_script_and_by_aliases_of_low_quality(
    tmp_path: Path,
) -> None:
    person = read(tmp_path, "un.xml")["UN:CDi.001"]
    assert names(person, "primary") == ["ERIC BADEGE"]
    assert names(person, "alias") == ["إريك", "Azim A", "Azim B"]  # two names in one element
    assert names(person, "weak") == ["Rumuli"]
    assert person.countries == ("CD", "RW")
    assert person.born == ("1971-04-28", "1973", "1974", "1975", "1980")  # exact, between, about
    assert person.identifiers == (
        Identifier("passport", "OB0243318", "UG"), Identifier("un_data_id", "6907993"),
    )  # fmt: skip
    assert person.valid_from == dt.date(2012, 12, 31)


def test_the_eu_prints_an_entity_once_for_each_programme(tmp_path: Path) -> None:
    found = read(tmp_path, "eu.xml")
    assert list(found) == ["EU:EU.27.28"]
    person = found["EU:EU.27.28"]
    assert person.programs == ("IRQ", "TAQA")
    assert person.name == "Saddam Hussein Al-Tikriti"
    assert names(person, "weak") == ["Abu Ali"]
    assert person.countries == ("IQ",)  # 00, UNKNOWN, is no country
    assert person.valid_from == dt.date(2003, 7, 7)


def test_the_entity_list_has_entries_that_name_nobody_but_an_address(tmp_path: Path) -> None:
    found = read(tmp_path, "part-744.xml")
    address = found["EL:address-01.cn"]
    assert (address.kind, address.names, address.addresses) == (
        "address",
        (),
        ("Room 1, Hong Kong",),
    )
    assert address.name == "Room 1, Hong Kong"
    person = found["EL:abdul-satar-ghoura.af"]
    # The list does not say who is a person and who a company.
    assert (person.kind, person.scope, person.review_policy) == ("", "all", "presumption_of_denial")
    assert person.published == dt.date(2011, 11, 21)
    assert {listing.list for listing in found.values()} == {"EL", "UVL", "MEU"}


def test_an_order_against_one_name_with_two_addresses_is_one_listing_until_the_later_end(
    tmp_path: Path,
) -> None:
    (order,) = read(tmp_path, "dpl.txt").values()
    assert (order.name, len(order.addresses)) == ("I. ASH", 2)
    assert order.valid_until is None  # one of the two has no end
    (newer,) = read(tmp_path, "dpl.csv").values()
    assert newer.name == "MARCO SANTILLAN, JR"  # name and address in one cell
    assert newer.valid_until == dt.date(2032, 8, 1)


def test_the_screening_list_puts_many_lists_into_one_file(tmp_path: Path) -> None:
    found = read(tmp_path, "csl.csv")
    assert list(found) == ["SDN:52291", "UVL:1b5979", "DPL:b601"]
    person = found["SDN:52291"]
    assert person.countries == ("KP", "CN", "RU")
    assert person.addresses == ("Shenyang, CN", "Pyongyang, KP")  # RU alone is no address
    assert person.identifiers == (Identifier("passport", "836238033", "KP"),)
    assert found["DPL:b601"].valid_until == dt.date(2056, 6, 29)
    assert read(tmp_path, "csl.json")["SDN:306"].countries == ("CH",)


def test_state_department_tables_have_aliases_in_parentheses_and_several_rows_for_one_party(
    tmp_path: Path,
) -> None:
    debarred = read(tmp_path, "ddtc.csv").values()
    company, person = debarred
    assert (company.name, company.kind) == ("A & C International Trade, Inc.", "")
    assert names(person, "alias") == ["Tariq Amin", "Tariq Ahmad Amin"]
    assert (person.kind, person.born) == ("person", ("1975-11",))
    khan, elmstone = read(tmp_path, "isn.csv").values()
    assert khan.programs == ("E.O. 13382", "Export-Import Bank Act")
    assert names(elmstone, "alias") == ["Elm", "Stone, Ltd."]


def test_canada_and_the_uk(tmp_path: Path) -> None:
    group, person = read(tmp_path, "canada.xml").values()
    assert names(group, "alias") == ["Htoo Trading Company, Ltd.", "Htoo Wood"]
    assert (person.name, person.id, person.born) == ("Shwe, Than", "Burma/2/8", ("1933-02-02",))
    exchange, ivan = read(tmp_path, "uk").values()
    assert names(exchange, "weak") == ["Haji"]
    assert exchange.valid_from == dt.date(2012, 6, 29)
    assert ivan.born == ("1967-01-01", "1968")


def test_newer_copies_of_canada_s_list_have_ships_and_days(tmp_path: Path) -> None:
    ship = """<data-set><record><Country-Pays>Russia / Russie</Country-Pays>
    <EntityOrShip-EntiteOuNavire>TANKER</EntityOrShip-EntiteOuNavire>
    <ShipIMONumber-NumeroOMIDuNavire>9123456</ShipIMONumber-NumeroOMIDuNavire>
    <DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire>2004
    </DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire>
    <Schedule-Annexe>4</Schedule-Annexe><Item-NumeroDarticle>1</Item-NumeroDarticle>
    <DateOfListing-DateDinscription>2025-02-21</DateOfListing-DateDinscription></record></data-set>"""
    (tmp_path / "sema.xml").write_text(ship, encoding="utf-8")
    (tanker,) = read_listings(tmp_path / "sema.xml")
    assert (tanker.id, tanker.kind, tanker.countries) == ("Russia/4/1", "vessel", ("RU",))
    assert tanker.identifiers == (Identifier("imo", "9123456"),)
    assert tanker.born == ()  # a ship is built, not born
    assert tanker.valid_from == dt.date(2025, 2, 21)


def test_the_screening_list_comes_parted_by_tabs_too(tmp_path: Path) -> None:
    by_comma = read(tmp_path, "csl.csv")
    rows = csv.reader(list_samples.CSL.decode().splitlines())
    text = "".join("\t".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    (tmp_path / "csl.tsv").write_text(text, encoding="utf-8")
    assert {x.key: x for x in read_listings(tmp_path / "csl.tsv")} == by_comma


def test_the_uk_prints_a_row_for_each_name_and_birth_of_a_subject(tmp_path: Path) -> None:
    ivan, tanker = read(tmp_path, "uk.csv").values()
    assert (ivan.name, ivan.kind, ivan.countries) == ("IVAN PETROV", "person", ("RU",))
    assert (names(ivan, "alias"), names(ivan, "weak")) == (["Иван Петров"], ["IVAN PETROFF"])
    assert ivan.born == ("1952-10-07", "1953")  # day before month; 00 is not known
    assert ivan.valid_from == dt.date(2024, 2, 27)
    assert (tanker.kind, tanker.countries) == ("vessel", ("PA",))
    assert Identifier("imo", "9123456") in tanker.identifiers
    assert next(readings(tmp_path / "uk.csv")).as_of == dt.date(2026, 10, 8)


def test_follow_the_money_passes_over_what_is_no_party(tmp_path: Path) -> None:
    person, ship = read(tmp_path, "list.ftm.json").values()
    assert person.list == "example"
    assert names(person, "primary") == ["Julián Mejía"]  # the first name leads, whatever the order
    assert names(person, "weak") == ["Jul"]
    assert person.countries == ("HN", "CN")  # a part of a country is that country
    assert ship.identifiers == (Identifier("imo", "7406784"),)


@pytest.mark.parametrize("name", [*list_samples.SINGLE, *list_samples.FOLDERS])
def test_every_listing_of_every_format_goes_out_as_follow_the_money_and_comes_back_the_same(
    name: str, tmp_path: Path
) -> None:
    found = read(tmp_path, name)
    path = tmp_path / "out.json"
    with path.open("wb") as stream:
        assert lists_ftm.write_ftm(found.values(), stream) == len(found)
    back = {listing.key: listing for listing in iter_listings(path)}
    assert back == found
    assert all(listing.kind in KINDS for listing in found.values())
    assert all(name.kind in NAME_KINDS for each in found.values() for name in each.names)


def test_a_packed_file_is_unpacked_and_its_name_does_not_matter(tmp_path: Path) -> None:
    plain = tmp_path / "download"
    plain.write_bytes(list_samples.UN)
    packed = tmp_path / "download.gz"
    packed.write_bytes(gzip.compress(list_samples.UN))
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("anything.bin", list_samples.UN)
    assert read_listings(plain) == read_listings(packed) == read_listings(archive)
    assert len(read_listings(plain)) == 2
    packed.write_bytes(gzip.compress(list_samples.FTM))
    assert len(list(iter_listings(packed))) == 2


def test_a_list_may_be_given_a_code_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_bytes(list_samples.FTM)
    assert {x.list for x in read_listings(tmp_path / "mine.json", list="OURS")} == {"OURS"}
    assert {x.list for x in iter_listings(tmp_path / "mine.json", list="OURS")} == {"OURS"}


def test_one_list_from_two_publishers_becomes_one_listing_that_loses_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "sdn.csv").write_bytes(list_samples.SDN)
    (tmp_path / "csl.json").write_bytes(list_samples.CSL_JSON.replace(b'"BNC"', b'"BANK OF CUBA"'))
    bank = next(x for x in read_listings(tmp_path) if x.key == "SDN:306")
    assert [name.text for name in bank.names] == ["BANCO NACIONAL DE CUBA", "BNC", "BANK OF CUBA"]
    assert bank.countries == ("CH",)
    assert bank.source.startswith("OFAC")  # the publisher's own leads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 Dec 1948", ("1948-12-10",)), ("Dec 1948", ("1948-12",)), ("1948", ("1948",)),
        ("circa 1948", ("1948",)), ("circa 10 Dec 1948", ("1948",)), ("1962 to 1964", ("1962", "1963", "1964")),
        ("1978-12-05", ("1978-12-05",)), ("1972-08-10 or 1972-08-11", ("1972-08-10", "1972-08-11")),
        ("November, 1975", ("1975-11",)), ("1950 to 2000", ()), ("unknown", ()),
    ],
)  # fmt: skip
def test_a_date_of_birth_claims_no_more_than_the_list_does(
    text: str, expected: tuple[str, ...]
) -> None:
    assert born(text) == expected


# --- against the official files ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def screening_lists() -> Path:
    path = SHARED / "screening" / "lists"
    if not path.is_dir():
        pytest.skip("needs ../shared/screening/lists, which is not on this machine")
    return path


def test_the_sdn_list_has_as_many_names_and_places_as_its_files_have_rows(
    screening_lists: Path, tmp_path: Path
) -> None:
    for name in ("sdn.csv", "alt.csv", "add.csv"):
        (tmp_path / name).symlink_to(screening_lists / name)
    found = read_listings(tmp_path)
    with (screening_lists / "alt.csv").open(encoding="utf-8", newline="") as stream:
        aliases = Counter(row[0] for row in csv.reader(stream) if len(row) == 5)
    assert len(found) == 13_821
    for listing in found:
        assert len(names(listing, "primary")) == 1
        assert len(names(listing, "alias")) == aliases[listing.id], listing.key
    assert Counter(x.kind for x in found) == {
        "person": 6646, "organization": 6033, "vessel": 764, "aircraft": 378,
    }  # fmt: skip
    # Nearly all people have a date of birth, nearly all ships an IMO number.
    people = [x for x in found if x.kind == "person"]
    assert sum(bool(x.born) for x in people) / len(people) > 0.9
    ships = [x for x in found if x.kind == "vessel"]
    assert sum(any(i.kind == "imo" for i in x.identifiers) for x in ships) / len(ships) > 0.95


def test_no_date_of_birth_in_the_sdn_list_stays_unread(screening_lists: Path) -> None:
    with (screening_lists / "sdn.csv").open(encoding="utf-8", newline="") as stream:
        said = [
            phrase.removesuffix(".").removeprefix("alt. ").removeprefix("DOB ")
            for row in csv.reader(stream)
            if len(row) == 12
            for phrase in row[11].strip().split("; ")
            if phrase.startswith(("DOB ", "alt. DOB "))
        ]
    unread = [text for text in said if not born(text)]
    assert len(said) > 7000
    assert unread == []


def test_numbers_and_births_agree_with_another_s_reading_of_the_same_remarks(
    screening_lists: Path,
) -> None:
    """The screening list at hand had dates of birth and IMO numbers added from sdn.csv by somebody else."""
    ours = {x.id: x for x in read_listings(screening_lists / "sdn.csv")}
    theirs = {
        x.id: x for x in read_listings(screening_lists / "csl_consolidated.csv") if x.list == "SDN"
    }
    ships = people = 0
    for number in ours.keys() & theirs.keys():
        mine, other = ours[number], theirs[number]
        assert mine.kind == other.kind, number
        numbers = {each.value for each in other.identifiers if each.kind == "imo"}
        assert numbers <= {each.value for each in mine.identifiers if each.kind == "imo"}, number
        ships += bool(numbers)
        # They took the first year of a range, we take all of it.
        assert {day[:4] for day in other.born} <= {day[:4] for day in mine.born}, number
        people += bool(other.born)
    assert (ships, people) == (825, 5855)


def test_weak_aliases_are_the_same_in_the_csv_and_the_xml(screening_lists: Path) -> None:
    """OFAC's XML marks weak aliases, the CSV only quotes them: entries that did not change must agree."""
    old = {x.id: x for x in read_listings(official("ofac/sdn_2021-03-10.xml"))}
    new = {x.id: x for x in read_listings(screening_lists / "sdn.csv")}
    weak = 0
    for number in old.keys() & new.keys():
        if names(old[number], "weak") == names(new[number], "weak"):
            weak += bool(names(old[number], "weak"))
    every = sum(bool(names(old[number], "weak")) for number in old.keys() & new.keys())
    assert every > 900
    assert weak / every > 0.97  # the rest changed in the two years between


def test_the_un_list_loses_no_name(screening_lists: Path) -> None:
    from lxml import etree

    tree = etree.parse(str(screening_lists / "UN_consolidated.xml"))
    found = {x.id: x for x in read_listings(screening_lists / "UN_consolidated.xml")}
    assert len(found) == 1003
    for entry in tree.iter("INDIVIDUAL", "ENTITY"):
        listing = found[(entry.findtext("REFERENCE_NUMBER") or "").strip()]
        said = {name.text for name in listing.names}
        for alias in entry.iter("ALIAS_NAME", "NAME_ORIGINAL_SCRIPT"):
            # Every word of what is printed is in a name; semicolons and brackets only part them.
            text = (alias.text or "").replace("original script", "")
            text = re.sub(r"\s[a-z]\)\s", " ", text)
            assert words(text) <= {word for name in said for word in words(name)}, listing.key
    nusrah = next(x for x in found.values() if "Jabhat al-Nusrah" in {n.text for n in x.names})
    assert {"Al-Nusra Front", "the Victory Front", "جبهة النصرة"} <= {n.text for n in nusrah.names}
    assert sum(x.kind == "person" for x in found.values()) == 730


def test_the_consolidated_files_of_ofac_tell_the_lists_apart_as_the_enhanced_file_does() -> None:
    enhanced: dict[str, set[str]] = {}
    for x in read_listings(official("ofac/CONS_ENHANCED.ZIP")):
        enhanced.setdefault(x.id, set()).add(x.list)
    legacy: dict[str, set[str]] = {}
    for x in read_listings(official("ofac/2025-12-19/cons_prim.csv").parent):
        legacy.setdefault(x.id, set()).add(x.list)
    both = enhanced.keys() & legacy.keys()
    assert len(both) > 430
    wrong = {number for number in both if enhanced[number] != legacy[number]}
    # They went from the menu-based list on to the SDN List; the legacy remarks still speak of the directive.
    assert wrong == {"17016", "17018", "17143"}
    assert all(legacy[number] - enhanced[number] == {"MBS"} for number in wrong)


def test_the_entity_list_names_the_affiliates_inside_huawei_s_entry(part_744: Path) -> None:
    found = {x.key: x for x in read_listings(part_744)}
    assert Counter(x.list for x in found.values()) == {"EL": 3469, "UVL": 186, "MEU": 70}
    huawei = found["EL:huawei-technologies-co-ltd.cn"]
    assert names(huawei, "alias") == ["Shenzhen Huawei Technologies", "Huawei Technology"]
    assert (huawei.valid_from, huawei.published) == (dt.date(2019, 5, 16), dt.date(2019, 5, 21))
    longshine = next(x for x in found.values() if x.name.startswith("Beijing Huawei Longshine"))
    assert "huawei-technologies-co-ltd.cn" in longshine.remarks
    addresses = [x for x in found.values() if x.kind == "address"]
    assert addresses and not any(x.names for x in addresses)


def test_all_files_at_hand_are_read_or_refused_with_a_reason() -> None:
    refused = {}
    folder = official("un/consolidated_2026-02-27.xml").parents[1]
    files = [
        path
        for name in ("bis", "canada", "csl", "eu", "misc_us", "ofac", "uk", "un")
        for path in sorted((folder / name).rglob("*"))
        if path.suffix.lower() in (".csv", ".xml", ".txt", ".gz", ".zip", ".json")
    ]
    for path in files:
        try:
            assert read_listings(path), path
        except SourceError as error:
            refused[path.relative_to(folder).as_posix()] = str(error)
    parts = [
        name
        for name, reason in refused.items()
        if "of no parties" in reason or "beside it" in reason
    ]
    assert all(re.search(r"(alt|add|comments)\.csv$|uksl", name) for name in parts)
    for name in parts:
        del refused[name]
    assert {name: reason.partition(": ")[2][:40] for name, reason in refused.items()} == {
        "bis/dpl_2026-06-18_source_url.txt": "is of no known format; it begins with 'h",
        "csl/csl_2023-11-30.csv": "is the header again: files were joined o",
        "csl/ita_official_fixtures/treasury_consolidated/consolidated.xml":
            "has entry 15268 twice (first on line 606",
        "csl/ita_official_fixtures/uvl/uvl.csv": "byte 0x96 is not UTF-8; save the file as",
        "ofac/2018-05-27/cons_dat_spec.txt": "is of no known format; it begins with 'O",
    }  # fmt: skip


def test_nearly_every_country_in_the_lists_is_known(screening_lists: Path) -> None:
    from lxml import etree

    texts = Counter[str]()
    with (screening_lists / "add.csv").open(encoding="utf-8", newline="") as stream:
        texts.update(row[4].strip() for row in csv.reader(stream) if len(row) == 6)
    tree = etree.parse(str(screening_lists / "UN_consolidated.xml"))
    texts.update(
        " ".join((each.text or "").split()) for each in tree.iter("COUNTRY", "ISSUING_COUNTRY")
    )
    del texts["-0-"], texts[""]
    unknown = {text for text in texts if not place_codes(text)}
    assert unknown == {
        "undetermined", "Netherlands Antilles", "Region: Commonwealth of Independent States",
        "Region: Kafia Kingi",
    }  # fmt: skip


def test_each_file_knows_its_day() -> None:
    for name, day in (
        ("un/consolidated_2026-02-27.xml", dt.date(2026, 2, 27)),
        ("eu/eu_fsf_full_2021-03-02.xml", dt.date(2021, 3, 2)),
        ("ofac/sdn_2021-03-10.xml", dt.date(2021, 3, 10)),
        ("ofac/CONS_ENHANCED.ZIP", dt.date(2025, 1, 10)),
        ("ofac/history/sdn_2022-02-17.csv.gz", dt.date(2022, 2, 17)),
        ("ofac/2021-07-07/sdn.csv", dt.date(2021, 7, 7)),
        ("ecfr/title-15_part-744_2026-07-23.xml", dt.date(2026, 7, 23)),
    ):
        assert next(readings(official(name))).as_of == day, name


# --- the agency's own answers to its own fixtures ------------------------------------------------------------


def expected(code: str) -> list[dict[str, Any]]:
    path = official(f"csl/ita_official_fixtures/expected/{code}.json")
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def raw(name: str, tmp_path: Path) -> Path:
    """A fixture of the agency; its Windows encoding and a doubled entry are put right first."""
    path = official(f"csl/ita_official_fixtures/{name}")
    if name.startswith("uvl"):
        text = path.read_bytes().decode("cp1252")
    elif name.startswith("treasury"):
        text = path.read_text(encoding="utf-8")
        doubled = [
            m
            for m in re.finditer(r"  <sdnEntry>.*?</sdnEntry>\n", text, re.DOTALL)
            if "<uid>15268<" in m[0]
        ]
        text = text[: doubled[0].start()] + text[doubled[0].end() :]
    else:
        return path
    out = tmp_path / path.name
    out.write_text(text, encoding="utf-8")
    return out


def words(name: str) -> frozenset[str]:
    # The agency has control characters where a Windows quote was meant; we have the quote.
    return frozenset(re.findall(r"[^\W_]+", re.sub("[\x80-\x9f‘’]", "", name.casefold())))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("sdn", "sdn/sdn.xml"), ("dpl", "dpl/dpl.txt"), ("dtc", "dtc/itar_debarred_parties.csv"),
        ("isn", "isn/isn.csv"), ("uvl", "uvl/uvl.csv"), ("el", "el/el.csv"), ("meu", "meu/meu.csv"),
        *(
            (code, "treasury_consolidated/consolidated.xml")
            for code in ("plc", "ssi", "fse", "mbs", "cap", "cmic")
        ),
    ],
)  # fmt: skip
def test_our_readers_of_the_agencies_files_agree_with_the_screening_list_made_from_them(
    code: str, name: str, tmp_path: Path
) -> None:
    ours = [
        x for x in read_listings(raw(name, tmp_path))
        if x.list == {"cap": "CAPTA"}.get(code, code.upper())
    ]  # fmt: skip
    theirs = expected(code)
    by_name = {words(x.name): x for x in ours}
    # The agency leaves "X, a.k.a. Y" of the Unverified List as one name.
    by_name |= {words(" a.k.a. ".join(name.text for name in x.names)): x for x in ours}
    for entry in theirs:
        # The agency turns "Surname, Given" around where a list has no numbers; the words are the same.
        listing = by_name.get(words(entry["name"]))
        assert listing is not None, (entry["name"], [x.name for x in ours])
        same = [
            x
            for x in ours
            if x.name == listing.name and str(x.valid_from) == entry.get("start_date")
        ]
        listing = same[0] if same else listing
        if "entity_number" in entry:
            assert listing.id == entry["entity_number"]
        said = {words(each.text) for each in listing.names}
        assert {words(each) for each in entry.get("alt_names") or ()} <= said, entry["name"]
        places = [a["country"] for a in entry.get("addresses") or () if a["country"]]
        nations = [*(entry.get("nationalities") or ()), *(entry.get("citizenships") or ())]
        assert {*places, *nations, *filter(None, [entry.get("country")])} <= set(listing.countries)
        births = {each.removeprefix("circa ") for each in entry.get("dates_of_birth") or ()}
        assert births <= set(listing.born), entry["name"]
        assert set(entry.get("programs") or ()) <= set(listing.programs)
        if entry.get("start_date"):
            assert str(listing.valid_from) == entry["start_date"]
        if entry.get("end_date"):
            assert str(listing.valid_until) == entry["end_date"]
        for address in entry.get("addresses") or ():
            for part in filter(None, (address["address"], address["city"])):
                assert any(part in each for each in listing.addresses), (entry["name"], part)
        numbers = {each.value for each in listing.identifiers}
        for each in entry.get("ids") or ():
            if each["country"] or "Number" in each["type"] or each["type"] == "Registration ID":
                assert each["number"].removeprefix("IMO ") in numbers, (entry["name"], each)


@pytest.mark.parametrize(
    "code", ["sdn", "plc", "ssi", "dpl", "uvl", "el", "isn", "meu", "mbs", "fse"]
)
def test_the_json_of_the_agency_is_read_whole(code: str) -> None:
    path = official(f"csl/ita_official_fixtures/expected/{code}.json")
    found = read_listings(path)
    for entry, listing in zip(expected(code), found, strict=True):
        assert listing.name == entry["name"]
        assert len(listing.names) == 1 + len({*(entry.get("alt_names") or ())} - {entry["name"]})


def test_a_listing_whose_date_of_birth_is_known_only_in_part_keeps_it_in_part() -> None:
    listing = Listing(list="X", id="1", kind="person", names=(ListedName("A"),), born=("1965-03",))
    line = lists_ftm.to_ftm(listing)
    assert json.loads(line)["properties"]["birthDate"] == ["1965-03"]


def test_the_screening_list_sample_of_the_agency() -> None:
    found = {x.key: x for x in read_listings(official("csl/consolidated_2025-06-25_sample.csv"))}
    assert len(found) == 13
    bank = found["SSI:18283"]
    assert Identifier("swift", "RUDVRUMM") in bank.identifiers
    sinobright = next(x for x in found.values() if x.list == "ISN")
    assert (
        sinobright.name == "Sinobright Import and Export Company"
    )  # "and any successor" is no name
    assert "successor" in sinobright.remarks


def test_a_folder_may_hold_other_things_than_lists(tmp_path: Path) -> None:
    (tmp_path / "sdn.csv").write_bytes(list_samples.SDN)
    (tmp_path / "README.md").write_text("Fetched on Monday.")
    (tmp_path / ".hidden.csv").write_bytes(b"rubbish")
    assert len(read_listings(tmp_path)) == 4
    shutil.copy(tmp_path / "sdn.csv", tmp_path / "sdn_2.csv")
    with pytest.raises(SourceError, match=r"has entry SDN:306, as sdn\.csv has"):
        read_listings(tmp_path)


def test_a_stream_needs_little_memory(tmp_path: Path) -> None:
    """A thousand copies of a file are read one line at a time."""
    import tracemalloc

    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        for at in range(20_000):
            stream.write(list_samples.FTM.split(b"\n")[0].replace(b"a-1", b"a-%d" % at) + b"\n")
    tracemalloc.start()
    assert sum(1 for _ in iter_listings(path)) == 20_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size  # only the ids are kept, to see one that comes twice
