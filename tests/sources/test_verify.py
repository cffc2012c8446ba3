"""``licet law verify``: rules are read again when their section changes, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet.cli import app
from licet.law.rulebook import load, packaged
from licet.sources import verify
from licet.sources.errors import SourceError
from licet.sources.sections import Section
from licet.sources.verify import Drift, Verification, read_part, read_texts

from .official import DATA, needs_official

FOLDER = Path(str(packaged()))
PART_744 = DATA / "ecfr" / "title-15_part-744_2026-07-23.xml"
STAYED = "paragraph (a)(1) was stayed, effective until Nov. 9, 2026."


def texts(path: Path, day: str = "2026-08-01") -> dict[str, tuple[str, tuple[Section, ...]]]:
    return {"744": (day, read_part(path))}


def verified(path: Path) -> Verification:
    return verify.verify(load(FOLDER), FOLDER, texts(path))


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = PART_744.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path = tmp_path / "title-15_part-744_2026-08-01.xml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def drift(found: Verification) -> Drift:
    (only,) = found.drifted
    return only


@needs_official
def test_the_rules_were_written_from_the_text_of_23_july_2026() -> None:
    assert verify.record(read_texts(DATA)) == (FOLDER / verify.HASHES).read_text(encoding="utf-8")


@needs_official
@pytest.mark.parametrize("day", ["2026-03-25", "2026-07-23"])
def test_other_markup_of_the_same_text_is_no_drift(day: str) -> None:
    """The two prints differ in nearly every line of their markup."""
    found = verified(PART_744.with_name(f"title-15_part-744_{day}.xml"))
    assert found.drifted == ()
    assert {"744.11", "744.16", "744 Supp. No. 4"} <= set(found.unchanged)


@needs_official
def test_a_changed_sentence_names_its_paragraph_and_the_rules_to_read_again(
    tmp_path: Path,
) -> None:
    text = PART_744.read_text(encoding="utf-8")
    at = text.index("&#xA7; 744.16")
    begin = text.index("<P>(f)", at)
    old = text[begin : text.index("</P>", begin)]
    found = drift(verified(edited(tmp_path, old, f"{old} Unless the address is a post office.")))
    assert found.section == "744.16"
    assert [(change.label, change.what) for change in found.changed] == [("(f)", "changed")]
    assert found.rules["listed_address"] is True  # cites 744.16(f)
    assert found.rules["exceptions_barred"] is False  # cites 744.16(b)


@needs_official
def test_a_stay_that_ends_is_reported_though_no_word_changed(tmp_path: Path) -> None:
    text = PART_744.read_text(encoding="utf-8")
    begin = text.rindex("<EFFDNOT>", 0, text.index(STAYED))
    note = text[begin : text.index("</EFFDNOT>", begin) + len("</EFFDNOT>")]
    found = drift(verified(edited(tmp_path, note, "")))
    assert found.section == "744.11"
    assert found.changed == ()
    assert found.stays == (
        "the stay of (a)(1) (all) has ended, though it was to last until 2026-11-10: "
        "its words bind",
    )
    assert "entity_list_affiliates" in found.rules


@needs_official
def test_a_stay_that_is_extended(tmp_path: Path) -> None:
    found = drift(verified(edited(tmp_path, STAYED, STAYED.replace("2026", "2027"))))
    assert found.stays == ("the stay of (a)(1) (all) is extended from 2026-11-10 to 2027-11-10",)


@needs_official
def test_a_new_paragraph_and_a_paragraph_taken_away(tmp_path: Path) -> None:
    text = PART_744.read_text(encoding="utf-8")
    begin = text.index("<P>(f)", text.index("&#xA7; 744.16"))
    old = text[begin : text.index("</P>", begin) + 4]
    added = drift(verified(edited(tmp_path, old, f"{old}\n<P>(g) <I>New.</I> A paragraph.</P>")))
    assert [(c.label, c.what) for c in added.changed] == [("(g)", "added")]
    gone = drift(verified(edited(tmp_path, old, "")))
    assert ("(f)", "removed") in [(c.label, c.what) for c in gone.changed]


@needs_official
def test_rows_of_the_entity_list_are_no_matter_of_drift_but_its_footnotes_are(
    tmp_path: Path,
) -> None:
    row = "Aram Kocharyan, Aram Khachatrian 12, Apt 93"
    assert verified(edited(tmp_path, row, row.replace("93", "94"))).drifted == ()
    text = PART_744.read_text(encoding="utf-8")
    begin = text.index("<sup>2</sup>", text.index("<TFOOT>"))
    old = text[begin : text.index("</TD>", begin)]
    found = drift(verified(edited(tmp_path, old, f"{old} And more.")))
    assert found.section == "744 Supp. No. 4"
    assert "cybersecurity_exclusion" in found.rules


def test_rules_without_text_at_hand_are_listed_as_not_verifiable() -> None:
    found = verify.verify(load(FOLDER), FOLDER, {})
    assert found.not_verifiable["rpl"] == "no text at hand of 740.10"
    assert "cites no section" in found.not_verifiable["entity_list_savings"]
    assert "entity_list" not in found.not_verifiable  # 744.11 is recorded
    # A rule of the past has no text of today to be compared with.
    assert "existing_networks" not in found.not_verifiable


@needs_official
def test_the_command_fails_when_rules_are_to_be_read_again(tmp_path: Path) -> None:
    run = CliRunner()
    same = run.invoke(app, ["law", "verify", "--from", str(DATA)])
    assert same.exit_code == 0
    assert "0 sections changed" in same.stdout
    edited(tmp_path, STAYED, STAYED.replace("2026", "2027"))
    changed = run.invoke(app, ["law", "verify", "--from", str(tmp_path)], env={"COLUMNS": "160"})
    assert changed.exit_code == 1
    assert "read again: entity_list_affiliates" in changed.stdout


def test_a_folder_without_official_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no file like title-15_part-744"):
        read_texts(tmp_path)
