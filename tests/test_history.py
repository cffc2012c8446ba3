"""The dated history of the Huawei case: what was law, since when, and what was only said."""

import itertools
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

RULEBOOK = Path(__file__).parents[1] / "src" / "licet" / "rulebook"
KINDS = {"statute", "executive_order", "rule", "order", "guidance", "notice"}
DAY = timedelta(days=1)

Entry = Mapping[str, Any]


def read(name: str) -> list[Entry]:
    with (RULEBOOK / f"{name}s.toml").open("rb") as file:
        return list(tomllib.load(file)[name])


INSTRUMENTS = read("instrument")
ANNOUNCEMENTS = read("announcement")
BY_ID = {entry["id"]: entry for entry in INSTRUMENTS}

instruments = pytest.mark.parametrize("entry", INSTRUMENTS, ids=lambda e: e["id"])
announcements = pytest.mark.parametrize("entry", ANNOUNCEMENTS, ids=lambda e: e["id"])


def is_day(value: object) -> bool:
    """A TOML date, not a date with a time and not a string."""
    return type(value) is date


def temporary_general_licenses() -> list[Entry]:
    chain = [
        e for e in INSTRUMENTS if "Temporary General License" in e["subjects"] and "until" in e
    ]
    return sorted(chain, key=lambda e: e["effective"])


def temporary_general_license_on(day: date) -> list[str]:
    return [e["id"] for e in temporary_general_licenses() if e["effective"] <= day < e["until"]]


def test_an_id_names_one_thing_in_the_whole_history() -> None:
    ids = [e["id"] for e in INSTRUMENTS + ANNOUNCEMENTS]
    assert sorted(ids) == sorted(set(ids))


@instruments
def test_an_instrument_says_what_it_is_and_since_when(entry: Entry) -> None:
    allowed = {"id", "citation", "kind", "title", "effective", "published", "until", "changed"}
    allowed |= {"subjects", "says", "verified", "source", "time_stated"}
    assert set(entry) <= allowed
    assert allowed - {"published", "until", "time_stated"} <= set(entry)
    assert entry["kind"] in KINDS
    assert is_day(entry["effective"])
    assert entry["subjects"] and all(isinstance(s, str) for s in entry["subjects"])
    assert entry["says"].endswith(".")


@instruments
def test_a_period_of_effect_is_not_empty(entry: Entry) -> None:
    if "until" in entry:
        assert is_day(entry["until"])
        assert entry["effective"] < entry["until"]


@instruments
def test_a_federal_register_id_is_its_citation(entry: Entry) -> None:
    if "_fr_" in entry["id"]:
        assert entry["citation"] == entry["id"].upper().replace("_", " ")


@pytest.mark.parametrize("entry", INSTRUMENTS + ANNOUNCEMENTS, ids=lambda e: e["id"])
def test_what_comes_from_memory_is_marked_unverified_and_says_which_part(entry: Entry) -> None:
    assert entry["verified"] is ("from memory" not in entry["source"])


@pytest.mark.parametrize(
    ("instrument", "in_force", "public"),
    [
        # Binding on Thursday, in the Federal Register on the next Tuesday.
        ("84_fr_22961", date(2019, 5, 16), date(2019, 5, 21)),
        # Published in April 2022, applicable from February.
        ("87_fr_21011", date(2022, 2, 14), date(2022, 4, 11)),
        ("90_fr_47201", date(2025, 9, 29), date(2025, 9, 30)),
        # The other way round: announced law, not yet in force.
        ("85_fr_23470", date(2020, 6, 29), date(2020, 4, 28)),
        ("90_fr_53227", date(2025, 12, 26), date(2025, 11, 25)),
    ],
)
def test_effect_and_publication_are_two_days(instrument: str, in_force: date, public: date) -> None:
    assert BY_ID[instrument]["effective"] == in_force
    assert BY_ID[instrument]["published"] == public


@instruments
def test_publication_is_a_day_or_absent(entry: Entry) -> None:
    assert is_day(entry.get("published", date.min))


def test_revoked_licenses_were_never_published() -> None:
    assert "published" not in BY_ID["huawei_licenses_revoked_2024"]


def test_huawei_was_listed_four_days_before_the_temporary_general_license() -> None:
    assert BY_ID["84_fr_22961"]["effective"] == date(2019, 5, 16)
    assert temporary_general_license_on(date(2019, 5, 19)) == []
    assert temporary_general_license_on(date(2019, 5, 20)) == ["84_fr_23468"]


def test_six_rules_carry_the_temporary_general_license_without_a_break() -> None:
    chain = temporary_general_licenses()
    assert [e["until"] - DAY for e in chain] == [
        date(2019, 8, 19),
        date(2019, 11, 18),
        date(2020, 2, 16),
        date(2020, 4, 1),
        date(2020, 5, 15),
        date(2020, 8, 13),
    ]
    for earlier, later in itertools.pairwise(chain):
        assert later["effective"] < earlier["until"]


def test_from_14_to_16_august_2020_nothing_authorizes_support_of_huawei() -> None:
    assert temporary_general_license_on(date(2020, 8, 13)) == ["85_fr_29610"]
    carve_out = BY_ID["85_fr_51596"]["effective"]
    hole = [date(2020, 8, 14) + n * DAY for n in range(3)]
    for day in hole:
        assert temporary_general_license_on(day) == []
        assert day < carve_out
    assert carve_out == hole[-1] + DAY


def test_three_rules_list_huawei_and_152_affiliates() -> None:
    may, august, next_august = (
        BY_ID[i]["says"] for i in ("84_fr_22961", "84_fr_43493", "85_fr_51596")
    )
    # 69 + 46 + 38: the company itself and its affiliates.
    assert "Huawei Technologies Co., Ltd. and 68 non-US affiliates" in may
    assert "46 non-US affiliates" in august
    assert "38 non-US affiliates" in next_august
    assert (1 + 68) + 46 + 38 == 153


def test_the_affiliates_rule_is_stayed_for_a_year_and_then_binds_again() -> None:
    stay = BY_ID["90_fr_50857"]
    assert (stay["effective"], stay["until"]) == (date(2025, 11, 10), date(2026, 11, 10))
    assert "until" not in BY_ID["90_fr_47201"]
    assert set(stay["changed"]) <= set(BY_ID["90_fr_47201"]["changed"])


def test_section_889_binds_in_two_steps_a_year_apart() -> None:
    steps = [BY_ID[f"ndaa_2019_889_a_1_{step}"] for step in "ab"]
    assert [s["effective"] for s in steps] == [date(2019, 8, 13), date(2020, 8, 13)]
    assert {s["published"] for s in steps} == {BY_ID["ndaa_2019_889"]["effective"]}


def test_no_import_ban_names_huawei_on_the_day_of_osaka() -> None:
    """On 29 June 2019 neither procurement nor equipment authorization was restricted yet."""
    osaka = date(2019, 6, 29)
    import_side = {"imports", "equipment authorization", "procurement", "Covered List"}
    live = {
        e["id"] for e in INSTRUMENTS if e["effective"] <= osaka and import_side & set(e["subjects"])
    }
    assert live == {"eo_13873", "ndaa_2019_889"}


@announcements
def test_an_announcement_has_no_legal_effect(entry: Entry) -> None:
    allowed = {"id", "date", "speaker", "said", "legal_effect", "followed_by", "subjects"}
    allowed |= {"source", "verified", "rule"}
    assert allowed - {"rule"} <= set(entry) <= allowed
    assert entry["legal_effect"] == "none"
    assert is_day(entry["date"])


@announcements
def test_what_followed_an_announcement_is_an_instrument_and_not_earlier(entry: Entry) -> None:
    for instrument in entry["followed_by"]:
        assert BY_ID[instrument]["effective"] >= entry["date"]


def test_no_instrument_took_effect_because_of_the_osaka_words() -> None:
    osaka = next(e for e in ANNOUNCEMENTS if e["id"] == "osaka_2019")
    next_acts = [BY_ID[i]["effective"] for i in osaka["followed_by"]]
    assert min(next_acts) == date(2019, 8, 19)
    between = [
        e["id"]
        for e in INSTRUMENTS
        if "Huawei" in e["subjects"] and osaka["date"] <= e["effective"] < min(next_acts)
    ]
    # Only the procurement ban of section 889 began, and it is no relief.
    assert between == ["ndaa_2019_889_a_1_a", "84_fr_40216"]


def test_the_osaka_overlay_is_marked_as_no_law_and_has_examples_on_both_sides() -> None:
    osaka = next(e for e in ANNOUNCEMENTS if e["id"] == "osaka_2019")
    (rule,) = osaka["rule"]
    assert rule["kind"] == "authorization"
    assert "no legal effect" in rule["cite"]
    assert {v["instrument"] for v in rule["version"]} == {"osaka_2019"}
    assert {(x["on"] < osaka["date"], x["is"]) for x in rule["example"]} >= {
        (True, False),
        (False, True),
        (False, False),
    }


def test_the_suspension_of_the_affiliates_rule_was_said_before_it_was_law() -> None:
    said = next(e for e in ANNOUNCEMENTS if e["id"] == "bessent_2025")
    assert said["followed_by"] == ["90_fr_50857"]
    assert BY_ID["90_fr_50857"]["effective"] - said["date"] == timedelta(days=11)
