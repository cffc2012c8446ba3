"""Sections as labelled paragraphs, and words that stay printed while stayed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from licet.sources import ecfr, sections
from licet.sources.errors import SourceError


def _section(tmp_path: Path, *paragraphs: str) -> list[str]:
    path = tmp_path / "part.xml"
    body = "".join(f"<P>{text}</P>" for text in paragraphs)
    path.write_text(f'<DIV8 N="1.1" TYPE="SECTION"><HEAD>§ 1.1 Title.</HEAD>{body}</DIV8>')
    found = sections.section(ecfr.read(path), "1.1", path)
    return [paragraph.label for paragraph in found.paragraphs]


def test_two_labels_can_share_one_printed_paragraph(tmp_path: Path) -> None:
    labels = _section(tmp_path, "(a) <I>Policy</I>—(1) <I>General.</I> Text.", "(2) [Reserved]")
    assert labels == ["(a)", "(a)(1)", "(a)(2)"]


def test_i_is_a_letter_after_h_and_a_numeral_under_a_number(tmp_path: Path) -> None:
    labels = _section(tmp_path, *[f"({c}) Text." for c in "abcdefghi"], "(1) Text.", "(i) Text.")
    assert labels[-3:] == ["(i)", "(i)(1)", "(i)(1)(i)"]


def test_a_list_can_start_with_a_number(tmp_path: Path) -> None:
    labels = _section(tmp_path, "Text:", "(1) One.", "(i) Half.", "(2) Two.", "(a) Letter.")
    assert labels == ["", "(1)", "(1)(i)", "(2)", "(a)"]


def test_every_label_of_part_744_is_unique_within_its_section(part_744: Path) -> None:
    for section in sections.sections(ecfr.read(part_744), part_744):
        labels = [p.label for p in section.paragraphs if p.kind == "text"]
        assert len(labels) == len(set(labels)), section.id
        assert not any(p.text.startswith("(a)") for p in section.paragraphs)


def test_the_footnote_5_paragraphs_nest_six_deep(part_744: Path) -> None:
    entity_list = sections.section(ecfr.read(part_744), "744.11", part_744)
    labels = [paragraph.label for paragraph in entity_list.paragraphs]
    assert "(a)(2)(v)(A)(3)(ii)" in labels
    assert labels[0] == ""  # text before the first label


def test_the_affiliates_rule_is_printed_but_stayed(part_744: Path) -> None:
    root = ecfr.read(part_744)
    (stay,) = sections.section(root, "744.11", part_744).stays
    assert (stay.paragraph, stay.part) == ("(a)(1)", "all")
    assert str(stay.citation) == "90 FR 50857 2025-11-12"
    assert stay.until == date(2026, 11, 10)  # effective until Nov. 9: binds again the day after
    assert len(sections.stays(root, part_744)) == 10


def test_a_stay_in_other_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "part.xml"
    for words in ("at 90 FR 1 something was stayed", "At 90 FR 1, Jan. 2, 2025, in § 1.1, it was"):
        path.write_text(
            '<DIV8 N="1.1" TYPE="SECTION"><HEAD>§ 1.1 Title.</HEAD><EFFDNOT><PSPACE>'
            f"{words} stayed, effective until Nov. 9, 2026.</PSPACE></EFFDNOT></DIV8>"
        )
        with pytest.raises(SourceError, match="never seen"):
            sections.stays(ecfr.read(path), path)


def test_text_is_the_same_law_in_both_official_files(
    part_744: Path, part_744_in_march: Path
) -> None:
    before, after = (
        {
            (section.id, number): (paragraph.label, paragraph.sha256)
            for section in sections.sections(ecfr.read(path), path)
            for number, paragraph in enumerate(section.paragraphs)
        }
        for path in (part_744_in_march, part_744)
    )
    assert before == after


def test_a_section_that_is_not_there_is_named(part_744: Path) -> None:
    with pytest.raises(SourceError, match=r"0 sections '744\.99'"):
        sections.section(ecfr.read(part_744), "744.99", part_744)
