"""Official XML is parsed without trust: what is broken or hostile is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.sources import ecfr
from licet.sources.errors import SourceError

BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><r>&c;</r>'
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is not whole XML"),
        ("<DIV5><P>cut off", r":1: is not whole XML"),
        (BOMB, "declares entities"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>&x;</r>', "declares entities"),
    ],
)
def test_broken_or_hostile_xml_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "part.xml"
    path.write_text(content)
    with pytest.raises(SourceError, match=says):
        ecfr.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.xml: cannot be read"):
        ecfr.read(tmp_path / "nowhere.xml")


def test_a_truncated_official_file_is_refused(part_744: Path, tmp_path: Path) -> None:
    path = tmp_path / "part.xml"
    path.write_bytes(part_744.read_bytes()[:1_000_000])
    with pytest.raises(SourceError, match="is not whole XML"):
        ecfr.read(path)


def test_line_breaks_separate_citations(tmp_path: Path) -> None:
    path = tmp_path / "cell.xml"
    path.write_text("<TD>63 FR 64322, 11/19/98.<br/>65 FR 14444, 3/17/00.<sup>1</sup></TD>")
    cell = ecfr.read(path)
    assert ecfr.text(cell) == "63 FR 64322, 11/19/98. 65 FR 14444, 3/17/00.1"
    assert ecfr.lines(cell, skip=frozenset({"sup"}))[1] == "65 FR 14444, 3/17/00."


def test_an_appendix_is_found_in_the_bulk_wrapping_too(tmp_path: Path) -> None:
    path = tmp_path / "bulk.xml"
    path.write_text(
        '<ECFRBRWS><DIV1 TYPE="TITLE"><DIV5 TYPE="PART"><DIV9 TYPE="APPENDIX" '
        'N="Supplement No. 4 to Part 744"><P>x</P></DIV9></DIV5></DIV1></ECFRBRWS>'
    )
    root = ecfr.read(path)
    assert ecfr.text(ecfr.appendix(root, "Supplement No. 4 to Part 744", path)) == "x"
    with pytest.raises(SourceError, match="has 0 appendices"):
        ecfr.appendix(root, "Supplement No. 6 to Part 744", path)
