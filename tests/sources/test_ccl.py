"""The Commerce Control List, read from its official XML and held against other people's reading."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet.sources.ccl import Entry, read_ccl, reasons_of
from licet.sources.ccl_controls import entry_controls
from licet.sources.ccl_exception_wordings import BY_HAND, digest
from licet.sources.ccl_exceptions import SEE, gbs, lvs, sta
from licet.sources.ccl_tables import entry_facts
from licet.sources.errors import SourceError

from .official import CCL, DATA, needs_official

ORACLE = DATA / "derived" / "ccl_index_commoditybench_2026-06.json"


@cache
def ccl() -> dict[str, Entry]:
    return read_ccl(CCL)


@cache
def oracle() -> dict[str, dict[str, Any]]:
    entries = json.loads(ORACLE.read_text(encoding="utf-8"))["entries"]
    return {entry["eccn"]: entry for entry in entries}


@needs_official
def test_the_list_has_the_637_eccns_of_the_oracle() -> None:
    assert len(ccl()) == 637
    assert set(ccl()) == set(oracle())


@needs_official
def test_reasons_for_control_equal_the_oracle() -> None:
    differing = {
        eccn: entry.reasons
        for eccn, entry in ccl().items()
        if set(entry.reasons) != set(reasons_of(oracle()[eccn]["reason_for_control"]))
    }
    assert differing == REASONS_EXPLAINED


# Three entries print "Reasons for Control" in the plural, which the oracle did not read.
REASONS_EXPLAINED: dict[str, tuple[str, ...]] = {
    "0A919": ("RS", "AT"),
    "9B104": ("MT", "AT"),
    "9D620": ("NS", "RS", "AT", "UN"),
}


def printed_columns(text: str) -> set[str]:
    """Country Chart columns in the oracle's own text, read without our reader."""
    table = re.split("\nList Based License Exceptions|\nList of Items Controlled", text)[0]
    return {f"{reason} {n}" for reason, n in re.findall(r"\b([A-Z]{2}) Column (\d)", table)}


@needs_official
def test_chart_columns_equal_the_oracle() -> None:
    differing: dict[str, set[str]] = {}
    for eccn, entry in ccl().items():
        controls, _ = entry_controls(entry, CCL)
        ours = {c.column for c in controls if re.fullmatch(r"[A-Z]{2} \d", c.column)}
        theirs = printed_columns(oracle()[eccn]["text"])
        if ours != theirs:
            differing[eccn] = ours ^ theirs
    assert differing == COLUMNS_EXPLAINED


COLUMNS_EXPLAINED: dict[str, set[str]] = {
    # 0x521: "subject to RS1 controls" stands in prose, without the word Column.
    **{f"0{group}521": {"RS 1"} for group in "ABCDE"},
    # The cell says "Column 1." beside AT.
    "1C351": {"AT 1"},
}


@needs_official
@pytest.mark.parametrize("exception", ["LVS", "GBS"])
def test_list_based_exceptions_equal_the_oracle(exception: str) -> None:
    differing = []
    for eccn, entry in ccl().items():
        head = oracle()[eccn]["text"].split("\nList of Items Controlled")[0]
        found = re.search(rf"^{exception}: ?(.*)$", head, re.MULTILINE)
        theirs = " ".join((found[1] if found else "").split())
        printed = entry.lvs if exception == "LVS" else entry.gbs
        ours = printed.replace("“", '"').replace("”", '"')
        if not ours.startswith(theirs) or bool(ours) != bool(theirs):
            differing.append(eccn)
    assert differing == EXCEPTIONS_EXPLAINED


# The oracle's text of 3A090 holds no exceptions at all.
EXCEPTIONS_EXPLAINED = ["3A090"]


@needs_official
def test_every_control_line_becomes_a_fact_or_a_named_question() -> None:
    for entry in ccl().values():
        controls, questions = entry_controls(entry, CCL)
        asked = {question.slug for question in questions}
        assert {control.question for control in controls if control.question} == asked
        # A line per control at least: nothing printed is dropped.
        assert len(controls) >= len(entry.cells)


@needs_official
def test_paragraphs_named_by_controls_exist_in_their_entry() -> None:
    """A reference that reaches no paragraph would silently control nothing."""
    lost: dict[str, set[str]] = {}
    for eccn, entry in ccl().items():
        known = {
            ".".join(parts[: depth + 1])
            for parts in (label.split(".") for label in entry.paragraphs)
            for depth in range(len(parts))
        }
        for control in entry_controls(entry, CCL)[0]:
            named = set(control.applies.split()) | set(control.excepted.split())
            if named - known:
                lost.setdefault(eccn, set()).update(named - known)
    assert lost == PARAGRAPHS_EXPLAINED


PARAGRAPHS_EXPLAINED: dict[str, set[str]] = {}


def without_ten_bytes(folder: Path) -> Path:
    broken = folder / "ccl.xml"
    broken.write_bytes(CCL.read_bytes()[:-10])
    return broken


def changed(folder: Path, old: str, new: str) -> Path:
    text = CCL.read_text(encoding="utf-8")
    assert old in text
    broken = folder / "ccl.xml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    return broken


@needs_official
def test_a_truncated_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not whole XML"):
        read_ccl(without_ten_bytes(tmp_path))


@needs_official
def test_an_eccn_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gives ECCN 0A502 twice"):
        read_ccl(changed(tmp_path, "0A503", "0A502"))


@needs_official
def test_a_chart_wording_never_seen_names_itself_and_the_eccn(tmp_path: Path) -> None:
    path = changed(tmp_path, "To or within any destination worldwide, see", "To the Moon, see")
    with pytest.raises(SourceError, match=r"3A090: .*never seen: 'To the Moon"):
        for entry in read_ccl(path).values():
            entry_controls(entry, path)


@needs_official
def test_a_table_with_a_new_column_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ">AT Column 1</TD>", ">AT Column 1</TD><TD>new</TD>")
    with pytest.raises(SourceError, match="a control line with 3 cells"):
        read_ccl(path)


@needs_official
def test_every_exception_of_the_list_is_coded() -> None:
    codes = [
        (exception, eccn, code)
        for eccn, entry in ccl().items()
        for exception, code in (
            ("lvs", lvs(entry.lvs, eccn)), ("gbs", gbs(entry.gbs, eccn)), ("sta", sta(entry.sta, eccn))
        )
    ]  # fmt: skip
    assert [row for row in codes if row[2] == SEE] == []


@needs_official
def test_no_code_by_hand_outlives_its_wording() -> None:
    printed = {
        (exception, eccn, digest(said))
        for eccn, entry in ccl().items()
        for exception, said in (("lvs", entry.lvs), ("gbs", entry.gbs), ("sta", entry.sta))
    }
    assert set(BY_HAND) <= printed


@needs_official
def test_a_limit_in_a_changed_wording_stops_the_compile(tmp_path: Path) -> None:
    path = changed(tmp_path, "$2,000 for all Country Group B destinations", "$2,000 for the Moon")
    entry = read_ccl(path)["2B350"]
    with pytest.raises(SourceError, match="2B350: LVS in a wording never seen"):
        entry_facts(entry, True, path)


def test_what_has_no_limit_is_said_before_what_has() -> None:
    assert lvs("$5000 for 4A001.a; N/A for MT.", "4A001") == "MT=N/A|a=5000"
    assert lvs("$5,000, except 2B007.b and .c", "2B007") == "b c=N/A|*=5000"
    assert gbs("Yes, for 3A002.h (unless controlled for MT)", "3A002") == "yes:h&!MT"
