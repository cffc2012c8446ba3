"""Rescreening finds what screening everybody twice would find, and says what the change means."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import licet
from licet import dispositions
from licet.cli import app
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Candidate, Query
from licet.rescreening import Rescreened, Rescreening, Side, between, side, touched
from licet.screen_lists import of_listings
from licet.screen_rows import query_of

from . import screen_lists_made_up as made_up

HISTORY = Path(__file__).parents[2] / "shared" / "data" / "ofac" / "history"
DAY = dt.timedelta(days=1)
LISTED = dt.date(2019, 5, 16)


def version(*listings: Listing) -> Side:
    return Side("", listings, lambda: of_listings(listings))


def what(found: Rescreened) -> list[tuple[str, str]]:
    return [(one.what, one.listing.key) for one in found.touched]


def rescreened(before: Side, after: Side, *rows: dict[str, Any], **more: Any) -> list[Rescreened]:
    return list(touched(rows, between(before, after), **more))


PERSON, ROTOR, SHIP = made_up.EVERYONE
HIM = {"name": "Ingmar Halvorsen", "id": "7"}


def test_an_entry_that_was_added_removed_or_changed_touches_whom_it_may_be() -> None:
    other = {"name": "Lindgren Bakery"}
    found = rescreened(version(ROTOR), version(ROTOR, PERSON), HIM, other)
    assert [what(one) for one in found] == [[("newly_match", "OWN:1")], []]
    found = rescreened(version(ROTOR, PERSON), version(ROTOR), HIM, other)
    assert [what(one) for one in found] == [[("no_longer", "OWN:1")], []]
    changed = replace(PERSON, programs=("OTHER",))
    found = rescreened(version(ROTOR, PERSON), version(ROTOR, changed), HIM, other)
    assert [what(one) for one in found] == [[("changed", "OWN:1")], []]
    (field,) = found[0].touched[0].fields
    assert (field.field, field.was, field.now) == ("programs", ("TEST",), ("OTHER",))


def test_a_possible_match_may_become_a_match_and_the_other_way() -> None:
    alike = {"name": "Ingmar Halvorsen", "dob": "1988-05-01"}
    sure, unsure = replace(PERSON, born=("1988-05-01",)), replace(PERSON, born=("1931",))
    assert what(rescreened(version(unsure), version(sure), alike)[0]) == [("newly_match", "OWN:1")]
    (found,) = rescreened(version(sure), version(unsure), alike)
    assert what(found)[0][0] in ("changed", "no_longer")
    assert found.touched[0].was is not None
    assert found.touched[0].was.verdict == "match"


def common(count: int) -> list[Listing]:
    """Persons who share one word each with Ahmed Hassan Mansour, and are nobody like him."""
    words, given = ("Ahmed", "Hassan", "Mansour"), ("Bakri", "Nouri", "Salim", "Tariq", "Walid")
    return [
        Listing(
            list="OWN", id=f"c{at}", kind="person",
            names=(ListedName(f"{words[at % 3]} {given[at % 5]} {chr(97 + at % 26)}qirzovin"),),
        )
        for at in range(count)
    ]  # fmt: skip


def test_an_entry_that_is_as_it_was_weighs_otherwise_when_its_words_become_common() -> None:
    him = Listing(list="OWN", id="9", kind="person", names=(ListedName("Ahmed Hassan Mansour"),))
    before, after = version(him), version(him, *common(300))
    row = {"name": "Ahmed Hasan Mansur"}
    assert [what(one) for one in rescreened(before, after, row)] == [[]], "no new entry is like him"
    (found,) = rescreened(before, after, row, everybody=True)
    (one,) = found.touched
    assert (one.what, one.listing.key, one.fields) == ("weighed_otherwise", "OWN:9", ())
    assert one.was is not None and one.now is not None
    assert (one.was.verdict, one.now.verdict) == ("match", "possible")


def test_a_ship_and_an_address_are_found_under_any_name() -> None:
    address = Listing(
        list="EL", id="a", kind="address", names=(), addresses=("Unit 5, 12 Kwai Shing Road, Hong Kong",)
    )  # fmt: skip
    rows = (
        {"name": "Lady Rosamund", "imo": "9187655"},
        {"name": "Fortune Trading", "address": "Unit 5, 12 Kwai Shing Road, Hong Kong"},
        {"name": "Lady Rosamund", "imo": "9187667"},
    )
    found = rescreened(version(ROTOR), version(ROTOR, SHIP, address), *rows)
    assert [[key for _, key in what(one)] for one in found] == [["OWN:3"], ["EL:a"], []]


def test_a_list_that_has_not_changed_touches_nobody_and_bad_rows_are_still_answered() -> None:
    rows = (HIM, {"name": ""}, {"name": "Ltd."}, {"name": "X", "country": "??"})
    found = rescreened(version(*made_up.EVERYONE), version(*made_up.EVERYONE), *rows)
    assert [bool(one.error) for one in found] == [False, True, True, True]
    assert not any(one.touched for one in found)


def test_what_was_decided_is_told_as_it_stands_after_the_change(tmp_path: Path) -> None:
    dispositions.add(
        Query(name="Ingmar Halvorsen", id="7"), PERSON, "not_listed", by="Jane Roe", reason="born 1988",
        data=tmp_path,
    )  # fmt: skip
    changed = replace(PERSON, born=("1988",))
    book = dispositions.book(data=tmp_path)
    (found,) = rescreened(version(PERSON), version(changed), HIM, book=book)
    decided = found.touched[0].decided
    assert decided is not None
    assert decided.state == "open"
    assert "the listing has changed: born - 1961-04-02 + 1988" in decided.says


# --- nothing is lost ------------------------------------------------------------------------------

Pair = tuple[Candidate | None, Candidate | None]


def both_days_in_full(rows: list[dict[str, Any]], versions: Rescreening) -> list[dict[str, Pair]]:
    """What screening every party on both days, and comparing, says of the entries that differ."""
    queries = [replace(query_of(row), on=None) for row in rows]
    sides = (versions.before, versions.after)
    then, now = (one.lists().screener.screen(queries) for one in sides)
    found = []
    for left, right in zip(then, now, strict=True):
        was = {one.listing.key: one for one in left.candidates}
        has = {one.listing.key: one for one in right.candidates}
        keys = (was.keys() | has.keys()) & versions.changed.entries.keys()
        found.append({key: (was.get(key), has.get(key)) for key in keys})
    return found


def same_as_in_full(rows: list[dict[str, Any]], versions: Rescreening) -> int:
    expected = both_days_in_full(rows, versions)
    found = touched(rows, versions)
    for row, full, one in zip(rows, expected, found, strict=True):
        got: dict[str, Pair] = {each.listing.key: (each.was, each.now) for each in one.touched}
        assert got == full, row
    return sum(bool(one) for one in expected)


def parties(versions: Rescreening, count: int, seed: int) -> list[dict[str, Any]]:
    """Parties as customers write themselves: listed names, half of them of entries that differ."""
    chance = random.Random(seed)
    pool = versions.before.listings + versions.after.listings
    differ = [one for pair in versions.changed.entries.values() for each in pair for one in each]
    rows = []
    for at in range(count):
        listing = chance.choice(differ if at % 2 and differ else pool)
        name = chance.choice(listing.names).text if listing.names else "Lindgren Bakery"
        place = chance.randrange(1, max(2, len(name)))
        slip = chance.choice(("", "", "e", "x "))
        if chance.random() < 0.5:
            name = name[: place - 1] + slip + name[place:]
        if chance.random() < 0.1:
            name = f"{chance.choice(('Anna', 'Global', 'Li'))} {name.split()[-1]}"
        row: dict[str, Any] = {"id": str(at), "name": name}
        if listing.countries and chance.random() < 0.3:
            row["country"] = chance.choice((listing.countries[0], "SE"))
        if listing.born and chance.random() < 0.3:
            row["dob"] = chance.choice((listing.born[0], "1990"))
        if listing.identifiers and chance.random() < 0.2:
            row["number"] = chance.choice(listing.identifiers).value
        if listing.kind in ("person", "organization", "vessel") and chance.random() < 0.3:
            row["kind"] = listing.kind
        rows.append(row)
    return rows


def copies() -> list[Path]:
    return sorted(HISTORY.glob("sdn_*.csv.gz"))


@pytest.mark.skipif(not HISTORY.is_dir(), reason="the copies of the SDN List are not here")
@pytest.mark.parametrize("at", range(0, 16, 5))
def test_as_screening_everybody_on_both_days_of_the_sdn_list(at: int) -> None:
    """Between copies from August 2021 to April 2024, a war and many designations."""
    before, after = copies()[at : at + 2]
    versions = between(side(before), side(after))
    assert len(versions.changed.entries) > 2
    assert same_as_in_full(parties(versions, 400, at), versions) > 100


WORDS = st.sampled_from(
    ["bank", "trading", "al", "hassan", "ali", "ivan", "petrov", "north", "star", "rotor", "kim", "jong", "li"]
)  # fmt: skip
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
ENTRIES = st.builds(
    lambda number, name, kind, country, born, imo: Listing(
        list="OWN", id=str(number), kind=kind, names=(ListedName(name),), countries=country, born=born,
        identifiers=imo,
    ),
    st.integers(1, 12), NAMES, st.sampled_from(["person", "organization", "vessel", ""]),
    st.sampled_from([(), ("RU",), ("CN",)]), st.sampled_from([(), ("1961",), ("1988-05-01",)]),
    st.sampled_from([(), (Identifier("imo", "9187655"),)]),
)  # fmt: skip
LISTS = st.lists(ENTRIES, max_size=10, unique_by=lambda one: one.id)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "kind": st.sampled_from(["person", "organization", "vessel"]),
            "country": st.sampled_from(["RU", "SE"]),
            "dob": st.sampled_from(["1961", "1990"]),
            "imo": st.just("9187655"),
        },
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(LISTS, LISTS, ROWS)
def test_as_screening_everybody_on_both_days_of_lists_of_common_words(
    before: list[Listing], after: list[Listing], rows: list[dict[str, Any]]
) -> None:
    """Where all names are of the same few words, what a match is worth depends most on the whole list."""
    same_as_in_full(rows, between(version(*before), version(*after)))


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LICET_DATA", str(tmp_path / "data"))
    made_up.write(tmp_path / "one.ftm.json", (ROTOR, SHIP))
    made_up.write(tmp_path / "two.ftm.json", (replace(ROTOR, programs=("NEW",)), PERSON))
    (tmp_path / "p.csv").write_text(
        "id;name;imo\n7;Ingmar Halvorsen;\n8;Brannoch Rotor Works;\n9;Ocean Tern;9187655\n"
        "10;Lindgren Bakery;\n",
        encoding="utf-8",
    )
    return tmp_path


def run(*arguments: str, status: int, **more: Any) -> Result:
    result = CliRunner().invoke(app, ["rescreen", *arguments], **more)
    assert result.exit_code == status, (result.output, result.exception)
    return result


EXPECTED = [("7", "newly_match"), ("8", "changed"), ("9", "no_longer")]


def test_copies_of_a_list_are_compared_and_told_in_words(files: Path) -> None:
    text = run(
        str(files / "p.csv"), "--between", str(files / "one.ftm.json"), str(files / "two.ftm.json"), status=1
    ).stdout  # fmt: skip
    assert "1 entries added, 1 removed, 1 changed" in text
    assert "Ingmar Halvorsen  (7)\n  NEWLY A MATCH" in text
    assert "THE ENTRY HAS CHANGED" in text
    assert "programs + NEW" in text
    assert "Ocean Tern  (9)\n  NO LONGER FOUND" in text
    assert "Lindgren" not in text
    assert "3 parties are touched." in text


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".xlsx", ".parquet"])
def test_what_is_touched_is_written_in_each_format(ending: str, files: Path) -> None:
    out = files / f"touched{ending}"
    versions = (str(files / "one.ftm.json"), str(files / "two.ftm.json"))
    run(str(files / "p.csv"), "--between", *versions, "--out", str(out), status=1)
    found: list[Any]
    if ending == ".jsonl":
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        assert lines[0]["touched"][0]["now"]["listing_id"] == "OWN:1"
        found = [(line["id"], one["what"]) for line in lines for one in line["touched"]]
    elif ending == ".csv":
        with out.open(encoding="utf-8-sig") as stream:
            found = [(row["id"], row["what"]) for row in csv.DictReader(stream)]
    elif ending == ".parquet":
        found = [(row["id"], row["what"]) for row in pq.read_table(out).to_pylist()]
    else:
        _, *rows = openpyxl.load_workbook(out)["screening"].iter_rows(values_only=True)
        found = [(row[0], row[2]) for row in rows]
    assert found == EXPECTED


def test_days_of_the_store_are_compared(files: Path) -> None:
    licet.lists.load(files / "one.ftm.json", as_of=LISTED)
    licet.lists.load(files / "two.ftm.json", as_of=LISTED + DAY, allow_shrink=True)
    days = ("--between", str(LISTED), str(LISTED + DAY), "--lists", "OWN")
    lines = run(str(files / "p.csv"), *days, "--format", "jsonl", status=1).stdout.splitlines()
    assert [(row["id"], row["touched"][0]["what"]) for row in map(json.loads, lines)] == EXPECTED
    piped = run("-", *days, status=0, input='{"name": "Lindgren"}').stdout
    assert "0 parties are touched" in piped
    bad = run("-", *days, status=2, input='{"name": ""}').stdout
    assert "NOT SCREENED: standard input: line 1: name: empty" in bad


def test_days_of_the_packaged_lists_are_compared() -> None:
    """16 May 2019: Huawei and 68 affiliates come onto the Entity List (84 FR 22961)."""
    rows = '{"id": "1", "name": "HUAWEI TECHNOLOGIES CO LTD"}\n{"id": "2", "name": "Lindgren"}\n'
    days = ("--between", str(LISTED - DAY), str(LISTED), "--lists", "EL")
    (line,) = run("-", *days, "--format", "jsonl", status=1, input=rows).stdout.splitlines()
    assert json.loads(line)["id"] == "1"
    assert "newly_match" in {one["what"] for one in json.loads(line)["touched"]}


def test_what_cannot_be_compared_is_refused_with_what_to_do(files: Path) -> None:
    p, one = str(files / "p.csv"), str(files / "one.ftm.json")
    for versions, says in (
        (("2019-05-16", "nowhere.xml"), "nowhere.xml: no such file, and no day"),
        (("2019-05-16", "2019-05-17", "--lists", "UN"), "2019-05-16: no UN is at hand for this day"),
        ((one, one, "--lists", "OWN"), "only where both versions are days"),
        ((p, one), "p.csv"),
    ):  # fmt: skip
        assert says in run(p, "--between", *versions, status=2).stderr
    assert "no file of parties" in run("Lindgren", "--between", one, one, status=2).stderr
    assert "no such file" in run("x.csv", "--between", one, one, status=2).stderr


def test_a_list_that_one_day_lacks_is_pointed_out(files: Path) -> None:
    licet.lists.load(files / "two.ftm.json", as_of=LISTED + DAY)
    result = run(str(files / "p.csv"), "--between", str(LISTED), str(LISTED + DAY), status=1)
    assert f"no OWN at hand for {LISTED}: each of its entries counts as added" in result.stderr
