"""The Commerce Control List (15 CFR part 774, Supplement No. 1), read from the official XML.

The list is flat: an entry begins at an ``FP-2`` whose text starts with an ECCN and ends where the
next begins. Nothing is nested; what an element is, its text says. Some sixty entries have no
control table (they point to the ITAR, or state their requirement in prose).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from licet.sources.ecfr import divisions, read, text
from licet.sources.errors import SourceError

ECCN = re.compile(r"[0-9][A-E]\d{3}")
_STARTS = re.compile(r"([0-9][A-E]\d{3})\b")
_REASONS = re.compile(r"Reasons? for Control:?\s*(.*)", re.IGNORECASE)
# "a. ", "a.1. " or, without the last dot, "z.1.a ".
_LABEL = re.compile(r"([a-z](?=\.\s)|[a-z](?:\.(?:\d{1,2}|[a-z]))+(?=\.?\s))")
_MINIMUM_ENTRIES = 600
_KINDS = {"A": "commodity", "B": "commodity", "C": "commodity", "D": "software", "E": "technology"}
_SECTIONS = re.compile(
    r"(List.Based License Exceptions|Special Conditions? for|List of Items|Reporting Require)", re.I
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a control table: what applies to what, and where (Country Chart or scope)."""

    control: str
    chart: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One ECCN as printed: the texts that say something about licensing, and its paragraphs."""

    eccn: str
    heading: str
    reasons: tuple[str, ...]
    cells: tuple[Cell, ...]
    paragraphs: tuple[str, ...]
    lvs: str
    gbs: str
    sta: str

    @property
    def kind(self) -> str:
        """commodity (product groups A, B, C), software (D) or technology (E)."""
        return _KINDS[self.eccn[1]]


def reasons_of(printed: str) -> tuple[str, ...]:
    """Reason codes of a "Reason for Control" line: ``NS, MT and AT`` -> NS MT AT.

    "Foreign policy" becomes FP; footnote digits ("CC1") are dropped.
    """
    found = re.findall(r"\b[A-Z]{2}(?=\d|\b)", printed.replace("Country Chart", ""))
    if "foreign policy" in printed.lower():
        found.append("FP")
    return tuple(dict.fromkeys(found))


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


def _split_one_cell(whole: str) -> tuple[str, str] | None:
    """A table line whose two cells were printed as one."""
    column = re.fullmatch(r"(.* entire entry),? ([A-Z]{2} Column \d\.?)", whole)
    if column:
        return column[1], column[2]
    sentence = re.fullmatch(r"([A-Z]{2} applies to .*?)\. (A license is required .*)", whole)
    return (sentence[1], sentence[2]) if sentence else None


def row_cells(printed: list[str]) -> list[tuple[str, str]] | None:
    """Control and chart of one table line, given its cells; None for a shape never seen.

    Known slips are undone: a third, empty cell; both cells in one; two controls in one line; a
    note in a line of its own (it controls nothing).
    """
    cells = list(printed)
    if len(cells) == 3 and not cells[2]:
        cells.pop()
    if len(cells) == 2 and cells[0] == cells[1]:
        cells.pop()
    if len(cells) == 1 and (split := _split_one_cell(cells[0])):
        cells = list(split)
    if len(cells) != 2:
        return None
    control, chart = re.sub(r"^\d(?=[A-Z]{2} applies)", "", cells[0]), cells[1]
    if not control and chart.startswith("Note"):
        return []
    both = re.fullmatch(r"(.*entire entry) ([A-Z]{2} applies to .*)", control)
    columns = re.fullmatch(r"([A-Z]{2} Column \d) ([A-Z]{2} Column \d)", chart)
    if both and columns:
        return [(both[1], columns[1]), (both[2], columns[2])]
    return [(control, chart)]


def cells_of(table: etree._Element, eccn: str, path: Path) -> tuple[Cell, ...]:
    """The lines of one control table; ``SourceError`` for a line of a shape never seen."""
    found: list[Cell] = []
    for row in table.iter("TR"):
        printed = [text(cell) for cell in row.findall("TD")]
        if not any(printed):
            continue
        pairs = row_cells(printed)
        if pairs is None:
            shown = " | ".join(printed)[:120]
            raise SourceError(
                path, _line(row), f"{eccn}: a control line with {len(printed)} cells: {shown}"
            )
        found += [Cell(control, chart, _line(row)) for control, chart in pairs]
    return tuple(found)


def _is_control_table(table: etree._Element) -> bool:
    heads = [text(head) for head in table.iter("TH")]
    return bool(heads) and heads[0].startswith("Control")


def _entry(eccn: str, elements: list[etree._Element], path: Path) -> Entry:
    reasons: tuple[str, ...] = ()
    cells: list[Cell] = []
    paragraphs: list[str] = []
    texts: dict[str, list[str]] = {"LVS": [], "GBS": [], "STA": []}
    section, exception = "", ""
    for element in elements[1:]:
        for table in element.iter("TABLE"):
            if _is_control_table(table):
                cells += cells_of(table, eccn, path)
        if element.tag in ("DIV", "NOTE", "img"):
            continue
        said = text(element)
        if (stated := _REASONS.match(said)) and not reasons:
            reasons = reasons_of(stated[1])
        elif begins := _SECTIONS.match(said):
            section = begins[1].lower().replace("-", " ")
            exception = "STA" if section.startswith("special") else ""
        elif said.startswith(("LVS:", "GBS:")):
            exception = said[:3]
            texts[exception].append(said[4:].strip())
        elif section.startswith("list of items"):
            if element.tag in ("P", "FP-1", "FP") and (
                label := _LABEL.match(said.removeprefix("Items:").strip())
            ):
                paragraphs.append(label[1])
        elif section.startswith("list based") and re.match(r"[A-Z]{3}(?:/[A-Z]{3})?:", said):
            exception = ""
        elif exception:
            texts[exception].append(said.removeprefix("STA:").strip())
    joined = {name: " ".join(parts) for name, parts in texts.items()}
    return Entry(
        eccn,
        text(elements[0])[len(eccn) :].strip(),
        reasons,
        tuple(cells),
        tuple(dict.fromkeys(paragraphs)),
        joined["LVS"],
        joined["GBS"],
        joined["STA"],
    )


def read_ccl(path: Path) -> dict[str, Entry]:
    """Every entry of the list by ECCN, in printed order.

    Raises ``SourceError`` when the supplement is missing, an ECCN comes twice, a control line has
    a new shape, or far too few entries are left (a truncated file).
    """
    lists = [
        element
        for element in divisions(read(path), "APPENDIX")
        if re.fullmatch(r"Supplement No\. 1 to Part 774", element.get("N", ""), re.IGNORECASE)
    ]
    if len(lists) != 1:
        raise SourceError(path, None, f"has {len(lists)} Supplements No. 1 to part 774; expected 1")
    groups: dict[str, list[etree._Element]] = {}
    current: list[etree._Element] | None = None
    for element in lists[0]:
        begins = _STARTS.match(text(element)) if element.tag == "FP-2" else None
        if begins:
            if begins[1] in groups:
                raise SourceError(path, _line(element), f"gives ECCN {begins[1]} twice")
            current = groups[begins[1]] = []
        if current is not None:
            current.append(element)
    if len(groups) < _MINIMUM_ENTRIES:
        raise SourceError(
            path, None, f"has only {len(groups)} ECCNs (at least {_MINIMUM_ENTRIES}): truncated?"
        )
    return {eccn: _entry(eccn, elements, path) for eccn, elements in groups.items()}
