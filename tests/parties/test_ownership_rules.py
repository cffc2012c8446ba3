"""Which lists flow down to what their entries own, and since when: dated law."""

from __future__ import annotations

import datetime as dt

import pytest

from licet.law.rulebook import Law, default_rulebook
from licet.parties.ownership import HALF
from licet.parties.ownership_rules import every, flows_down, ownership_tests

BOOK = default_rulebook()
DAY = dt.timedelta(days=1)


def law(day: str, known: str | None = None) -> Law:
    return BOOK.law(
        dt.date.fromisoformat(day), known=dt.date.fromisoformat(known) if known else None
    )


@pytest.mark.parametrize(
    ("day", "flows"),
    [
        ("2025-09-28", False),
        ("2025-09-29", True),
        (
            "2025-11-09",
            True,
        ),  # announced on 30 October that it would be suspended, and still the law
        ("2025-11-10", False),
        ("2026-11-09", False),
        ("2026-11-10", True),  # the scheduled return
    ],
)
@pytest.mark.parametrize("code", ["EL", "MEU"])
def test_the_affiliates_rule_its_stay_and_its_return(code: str, day: str, flows: bool) -> None:
    assert flows_down(code, law(day)) is flows
    assert ("bis" in [test.name for test in ownership_tests(law(day))]) is flows


def test_a_stay_that_is_not_printed_yet_is_not_known() -> None:
    """Stayed from 10 November 2025 by a document of 12 November."""
    assert flows_down("EL", law("2025-11-11", known="2025-11-11")) is True
    assert flows_down("EL", law("2025-11-11", known="2025-11-12")) is False


def test_bis_counts_its_lists_and_certain_blocked_persons_together() -> None:
    (bis,) = [test for test in ownership_tests(law("2025-10-15")) if test.name == "bis"]
    assert bis.lists == ("EL", "MEU", "SDN") and bis.together and bis.need == HALF
    day = law("2025-10-15")
    assert bis.counts("SDN", {"programs": "SDGT|IRAN"}, day) is True
    assert bis.counts("SDN", {"programs": "CUBA"}, day) is False
    assert bis.counts("SDN", {}, day) is None  # its programs are not known
    assert bis.counts("UVL", {}, day) is False


@pytest.mark.parametrize(
    ("test", "day", "need", "together"),
    [
        ("ofac", "2014-08-12", HALF, False),
        ("ofac", "2014-08-13", HALF, True),
        ("eu", "2020-06-18", HALF + 1, False),
        ("eu", "2020-06-19", HALF + 1, True),
        ("eu", "2024-07-02", HALF + 1, True),
        ("eu", "2024-07-03", HALF, True),
        ("uk", "2020-12-31", HALF + 1, False),
        ("ofac_ssi", "2014-08-12", HALF, False),
        ("ofac_ssi", "2014-08-13", HALF, True),
    ],
)
def test_from_which_share_and_whether_owners_are_added(
    test: str, day: str, need: int, together: bool
) -> None:
    if test == "ofac" and day == "2014-08-12":
        # The rulebook's own rule begins with the guidance of 2014; the table reaches further back.
        assert "blocked_by_ownership" not in law(day).rules
    (found,) = [one for one in ownership_tests(law(day)) if one.name == test]
    assert (found.need, found.together) == (need, together)


def test_nothing_flows_down_before_its_first_day() -> None:
    assert flows_down("SDN", law("2008-02-14")) is True
    assert flows_down("UK", law("2020-12-30")) is False
    assert flows_down("EU", law("2018-05-03")) is False


@pytest.mark.parametrize("code", ["CMIC", "UVL", "DPL", "MBS"])
def test_lists_that_never_flow_down(code: str) -> None:
    """OFAC FAQ 857 on the NS-CMIC List; BIS left the Unverified List and denied persons out."""
    assert all(flows_down(code, law(day)) is False for day in ("2022-01-01", "2025-10-15"))


def test_of_a_list_that_the_table_does_not_name_nothing_is_known() -> None:
    assert flows_down("PRIVATE", law("2025-10-15")) is None


def test_each_row_names_its_law_and_each_rule_exists() -> None:
    for flow in every(BOOK):
        assert flow.cite and flow.source
        assert not flow.rule or flow.rule in BOOK.rules
        assert flow.test == "none" or flow.row.values["threshold"]
