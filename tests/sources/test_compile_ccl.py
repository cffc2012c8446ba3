"""The Commerce Control List as compiled: against other readings of it, and on its known days."""

import json
import re

from .official import DATA, needs_official, rows


@needs_official
def test_controls_of_2026_07_23_equal_the_oracle_of_that_day() -> None:
    """Columns of every entry against the derived list of the same day."""
    oracle = json.loads((DATA / "derived" / "seelpeed_ccl.json").read_text(encoding="utf-8"))
    ours: dict[str, set[str]] = {}
    for row in rows("ccl_controls.csv", on="2026-07-23"):
        if re.fullmatch(r"[A-Z]{2} \d", row["column"]):
            ours.setdefault(row["eccn"], set()).add(row["column"])
    differing = {}
    for entry in oracle["entries"]:
        cells = " ".join(line["countryChart"] for line in entry["countryChart"] or ())
        theirs = {f"{reason} {n}" for reason, n in re.findall(r"\b([A-Z]{2}) Column (\d)", cells)}
        if theirs and theirs != ours.get(entry["eccn"], set()):
            differing[entry["eccn"]] = theirs ^ ours.get(entry["eccn"], set())
    assert differing == ORACLE_SLIPS


# The derived list lost 0D614, 2B352, 3D006 and 3E002 and ran them into the entry before; and a
# cell of 1C351 says "Column 1." beside AT.
ORACLE_SLIPS: dict[str, set[str]] = {
    "1C351": {"AT 1"},
    "3D005": {"NS 2"},
    "3E001": {"MT 1", "NP 1", "RS 2"},
}


def controls(eccn: str, on: str) -> set[tuple[str, str, str]]:
    return {
        (row["reason"], row["applies"], row["column"])
        for row in rows("ccl_controls.csv", on=on)
        if row["eccn"] == eccn
    }


def test_processors_of_3a991_were_controlled_for_at_only_all_along() -> None:
    """What Intel and Micron sold in 2019: no chart column reaches China for it."""
    for day in ("2019-05-16", "2019-06-30", "2020-09-15", "2026-07-23"):
        assert controls("3A991", day) == {("AT", "", "AT 1")}


def test_advanced_chips_came_under_control_on_2022_10_07() -> None:
    assert controls("3A090", "2022-10-06") == set()
    assert ("RS", "", "cn") in controls("3A090", "2022-10-07")
    assert ("RS", "", "cn-mo") in controls("3A090", "2023-01-17")
    assert ("RS", "", "d1-d4-d5-less-a5-a6") in controls("3A090", "2023-11-17")
    assert ("RS", "a", "worldwide") in controls("3A090", "2025-01-13")


def test_the_emirates_left_d4_but_stayed_in_the_scope_of_advanced_chips() -> None:
    assert ("RS", "b", "ae-d1-d4-d5-less-a5-a6") in controls("3A090", "2026-07-23")
    scopes = rows("destination_scopes.csv", on="2026-07-23")
    reached = {r["country"] for r in scopes if r["scope"] == "ae-d1-d4-d5-less-a5-a6"}
    assert {"AE", "CN", "HK", "MO"} <= reached
    assert not reached & {"IL", "CY", "TW", "GB"}


def test_pakistan_was_added_for_electronics_test_equipment_in_2024() -> None:
    assert ("RS", "", "pk") not in controls("3A992", "2024-12-25")
    assert ("RS", "", "pk") in controls("3A992", "2024-12-26")


def test_every_control_stands_only_while_its_entry_is_known() -> None:
    known: dict[str, list[tuple[str, str]]] = {}
    for row in rows("ccl_entries.csv"):
        known.setdefault(row["eccn"], []).append((row["valid_from"], row["valid_until"] or "9999"))
    for row in rows("ccl_controls.csv"):
        day, end = row["valid_from"], row["valid_until"] or "9999"
        for start, until in sorted(known[row["eccn"]]):
            if start <= day < until:
                day = until
        assert day >= end, row


def test_every_question_is_explained_and_every_scope_has_members() -> None:
    slugs = {row["slug"] for row in rows("ccl_questions.csv")}
    scopes = {row["scope"] for row in rows("destination_scopes.csv")}
    for row in rows("ccl_controls.csv"):
        assert not row["question"] or row["question"] in slugs
        assert re.fullmatch(r"[A-Z]{2} \d", row["column"]) or row["column"] in scopes, row
