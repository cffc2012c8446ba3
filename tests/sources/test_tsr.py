"""License Exception TSR: the entries that say "TSR: Yes" are those of the table, in the official text."""

from __future__ import annotations

import re

from lxml import etree

from .official import CCL, needs_official, rows


@needs_official
def test_the_entries_open_to_tsr_are_those_of_the_official_list() -> None:
    entry, found = "", set()
    for element in etree.parse(str(CCL)).iter("FP-2", "FP-1", "P"):
        text = " ".join("".join(str(part) for part in element.itertext()).split())
        heading = re.match(r"([0-9][A-E]\d{3})\b", text)
        if heading and element.tag != "P" and element.find("B") is not None:
            entry = heading[1]
        if re.match(r"TSR: ?Yes", text):
            found.add(entry)
    table = rows("exception_items.csv", on="2026-06-24")
    assert found == {row["eccn"] for row in table if row["scope"] == "tsr"}


def test_what_an_entry_leaves_out_of_tsr_is_a_paragraph_of_an_entry_that_has_it() -> None:
    table = rows("exception_items.csv", on="2026-06-24")
    entries = {row["eccn"] for row in table if row["scope"] == "tsr"}
    left_out = {row["eccn"] for row in table if row["scope"] == "not_tsr"}
    assert left_out
    assert {eccn.partition(".")[0] for eccn in left_out} <= entries
