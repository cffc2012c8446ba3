"""Sections of a CFR part as paragraphs with labels, their hashes, and the stays printed with them.

The XML does not nest paragraphs: the label stands in the text, "(a)", "(1)", "(i)", "(A)", then
italic "(1)" and "(i)" (1 CFR 21.11). "(i)" is the ninth letter or the first roman numeral; what
came before decides. One ``P`` can carry two labels: "(e) *Violations.* (1) Any export".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from lxml import etree

from licet.sources import citations, ecfr
from licet.sources.citations import Citation
from licet.sources.errors import SourceError

_ROMAN_TEXT = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {numeral: position for position, numeral in enumerate(_ROMAN_TEXT.split())}
_ITALIC = "\x01", "\x02"
_LABEL = re.compile(r"\s*\((\x01?)([a-z]{1,5}|[A-Z]{1,2}|\d{1,3})\x02?\)(?=[\s\x01(—]|$)")
_HEADING = re.compile(r"\s*\x01[^\x02]*\x02[.:]?\s*(?:—\s*)?(?=\()")
_STAYED = re.compile(
    r"(?:the (?P<part>introductory text|[a-z ]*?sentences?) (?:of|in) )?"
    r"paragraph (?P<label>(?:\([0-9A-Za-z]+\))+)"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One labelled paragraph: "(a)(2)(i)", or "" for text before the first label.

    ``kind`` is text, table, note or footnote; ``sha256`` is of the text without white space and with
    plain quotation marks, so that markup noise is no change.
    """

    label: str
    kind: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Words that stay printed without effect. ``until`` is the first day they bind again.

    ``paragraph`` is "" for a whole supplement or its introductory text; ``part`` names what of the
    paragraph is stayed ("all", "introductory text", "second and third sentences").
    """

    section: str
    paragraph: str
    part: str
    citation: Citation
    until: date


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its heading, its paragraphs in order and its stays.

    ``notes`` are effective date notes of other kinds (temporary amendments), as printed.
    """

    id: str
    heading: str
    paragraphs: tuple[Paragraph, ...]
    stays: tuple[Stay, ...]
    notes: tuple[str, ...] = ()


def section(root: etree._Element, number: str, path: Path) -> Section:
    """The section with this number, e.g. "744.11"; ``SourceError`` when it is not there once."""
    found = [element for element in ecfr.divisions(root, "SECTION") if element.get("N") == number]
    if len(found) != 1:
        raise SourceError(path, None, f"has {len(found)} sections {number!r}, expected one")
    return _section(found[0], number, path)


def sections(root: etree._Element, path: Path) -> tuple[Section, ...]:
    """All sections of the file in official order."""
    return tuple(
        _section(element, element.get("N") or "", path)
        for element in ecfr.divisions(root, "SECTION")
    )


def supplements(root: etree._Element, path: Path) -> tuple[Section, ...]:
    """All supplements of the file: their text and table footnotes, without the rows of their tables.

    The rows are compiled into tables and compared there; the id is like "744 Supp. No. 4".
    """
    found = []
    for element in ecfr.divisions(root, "APPENDIX"):
        named = re.fullmatch(r"Supplement No\. (\d+) to Part (\d+)", element.get("N") or "")
        if named is None:
            continue
        text = _section(element, element.get("N") or "", path)
        footnotes = [
            Paragraph("", "footnote", note, fingerprint(note))
            for note in (ecfr.text(row) for foot in element.iter("TFOOT") for row in foot)
        ]
        bare = [p for p in text.paragraphs if p.kind != "table"]
        number = f"{named[2]} Supp. No. {named[1]}"
        found.append(replace(text, id=number, paragraphs=(*bare, *footnotes)))
    return tuple(found)


def stays(root: etree._Element, path: Path) -> tuple[Stay, ...]:
    """All stays printed in sections and appendices, in official order."""
    found: list[Stay] = []
    for kind in ("SECTION", "APPENDIX"):
        for element in ecfr.divisions(root, kind):
            found += _stays(element, element.get("N") or "", path)
    return tuple(found)


def fingerprint(text: str) -> str:
    """SHA-256 of a text freed of white space and typographic quotation marks.

    >>> fingerprint("a “b”  c") == fingerprint('a "b" c')
    True
    """
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("“”‘’`", "\"\"'''"))
    return hashlib.sha256(re.sub(r"\s+", "", plain).encode()).hexdigest()


def _section(element: etree._Element, number: str, path: Path) -> Section:
    head = element.find("HEAD")
    heading = "" if head is None else ecfr.text(head)
    heading = re.sub(r"^§+\s*[\d.\-–]+\s*", "", heading)
    found: list[Paragraph] = []
    stack: list[str] = []
    for child in element:
        if child.tag in ("HEAD", "CITA", "EFFDNOT", "EDNOTE", "AUTH", "SOURCE"):
            continue
        kind = {"NOTE": "note", "FTNT": "footnote"}.get(str(child.tag), "text")
        if kind == "text" and child.tag == "P":
            for label, text in _split(_marked(child), stack):
                found.append(Paragraph(label, kind, text, fingerprint(text)))
        elif next(child.iter("TABLE"), None) is not None:
            text = ecfr.text(child)
            found.append(Paragraph("".join(stack), "table", text, fingerprint(text)))
        elif text := ecfr.text(child):
            found.append(Paragraph("".join(stack), kind, text, fingerprint(text)))
    notes = tuple(
        text for note in element.findall("EFFDNOT") if "stay" not in (text := ecfr.text(note))
    )
    return Section(number, heading, tuple(found), tuple(_stays(element, number, path)), notes)


def _split(marked: str, stack: list[str]) -> Iterator[tuple[str, str]]:
    """Label and text of each paragraph that one ``P`` holds; ``stack`` follows along."""
    start = 0
    while True:
        at = start
        while match := _LABEL.match(marked, at):
            level = _level(match[2], bool(match[1]), stack)
            if level is None:
                break
            del stack[level:]
            stack += [""] * (level - len(stack))
            stack.append(f"({match[2]})")
            at = match.end()
        heading = _HEADING.match(marked, at)
        following = _LABEL.match(marked, heading.end()) if heading and at > start else None
        if not (heading and following and _begins(following, stack)):
            yield "".join(stack), _plain(marked[at:])
            return
        yield "".join(stack), _plain(marked[at : heading.end()]).rstrip(" —.")
        start = heading.end()


def _begins(match: re.Match[str], stack: list[str]) -> bool:
    """Is this label the first of the next level down?"""
    return match[2] in ("a", "1", "i", "A") and (
        _level(match[2], bool(match[1]), stack) == len(stack)
    )


def _level(label: str, italic: bool, stack: list[str]) -> int | None:
    """The depth at which a label belongs, counted from 0, or None when it fits nowhere.

    The next label of an open level wins, then the first label of a new one, then a label that
    jumps ahead on an open level (reserved paragraphs leave gaps). Deeper levels are tried first.
    """
    scale = [_position(label, italic, level) for level in range(6)]
    current = [_position(open_[1:-1], level >= 4, level) for level, open_ in enumerate(stack)]
    for level in reversed(range(len(stack))):
        here, there = scale[level], current[level]
        if here is not None and there is not None and here == there + 1:
            # "(i)" under "(h)(1)" is a numeral, not the letter after h.
            if scale[len(stack) : len(stack) + 1] == [0] and level < len(stack) - 1:
                continue
            return level
    if len(stack) < 6 and scale[len(stack)] == 0:
        return len(stack)
    if not any(stack[:1]) and 0 in scale[:2]:
        return scale.index(0)  # a list that starts with "(1)", without a letter above
    for level in reversed(range(len(stack))):
        here, there = scale[level], current[level]
        if here is not None and there is not None and here > there:
            return level
    return None


def _position(label: str, italic: bool, level: int) -> int | None:
    """Where a label stands in the sequence of a level, from 0; None when it is no such label."""
    if italic != (level >= 4):
        return None
    if level in (1, 4):
        return int(label) - 1 if label.isdigit() else None
    if level in (2, 5):
        return _ROMAN.get(label)
    if not label.isalpha() or label.isupper() != (level == 3) or len(set(label)) != 1:
        return None
    return ord(label[0].lower()) - ord("a") + 26 * (len(label) - 1)


def _stays(element: etree._Element, number: str, path: Path) -> Iterator[Stay]:
    for note in element.findall("EFFDNOT"):
        text = ecfr.text(note)
        if "stay" not in text:
            continue  # another kind of note, such as a temporary amendment: see Section.notes
        match = re.search(
            r"At (\d+ FR \d+, [A-Z][a-z]+\.? \d+, \d{4}), (.*?) (?:was|were) stayed, "
            r"effective until ([A-Z][a-z]+)\.? (\d+), (\d{4})",
            text,
        )
        if not match:
            raise SourceError(
                path, ecfr.line_of(note), f"an effective date note never seen: {text!r}"
            )
        (citation,) = citations.parse(match[1])
        last = date(int(match[5]), citations.month(match[3]), int(match[4]))
        what = match[2].removeprefix(f"in § {number}, ")
        named = [(hit["label"], hit["part"] or "all") for hit in _STAYED.finditer(what)]
        if not named and "supplement no." in what:
            named = [("", "introductory text" if "introductory text" in what else "all")]
        if not named:
            raise SourceError(path, ecfr.line_of(note), f"a stay never seen: {what!r}")
        for label, part in named:
            yield Stay(number, label, part, citation, last + timedelta(days=1))


def _marked(element: etree._Element) -> str:
    """The text with italics kept as a pair of marks; they tell label levels apart."""
    italic = element.tag == "I" or (element.tag == "E" and element.get("T") == "03")
    parts = [_ITALIC[0] if italic else "", element.text or ""]
    for child in element:
        parts += [_marked(child), child.tail or ""]
    parts.append(_ITALIC[1] if italic else "")
    return "".join(parts)


def _plain(marked: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\x01\x02]", "", marked)).strip()
