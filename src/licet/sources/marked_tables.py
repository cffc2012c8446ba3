"""Tables of the eCFR that mark countries with an X: the Country Chart and the Country Groups.

Two classes of one markup: ``gpo_table`` has THEAD, TBODY and TFOOT, the older ``gpotbl_table`` has
bare rows. Footnote numbers (``<sup>``, ``<SU>``) are no part of a name or mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from licet.sources import ecfr
from licet.sources.countries import Gazetteer
from licet.sources.errors import SourceError

_FOOTNOTES = frozenset({"sup", "SU", "FTREF"})


def label(element: etree._Element) -> str:
    """The text of a cell or heading on one line, without footnote numbers.

    Those that the print sets as plain digits are left out too: no country's name ends in a digit.
    """
    return " ".join(ecfr.lines(element, skip=_FOOTNOTES)).rstrip(" ,")


def country(element: etree._Element, names: Gazetteer, path: Path) -> str:
    """The code of the country that a cell or list item names.

    Raises ``SourceError`` with the line for an empty cell and for a spelling never seen.
    """
    line, name = ecfr.line_of(element), label(element).rstrip(" ,0123456789")
    if not name:
        raise SourceError(path, line, "names no country; expected one in the first column")
    try:
        return names.code(name, path)
    except SourceError as error:
        raise SourceError(path, line, error.reason) from None


def titles(table: etree._Element) -> tuple[str, ...]:
    """The column titles of a table, all rows of its head in one."""
    return tuple(label(cell) for row in table.iter("TR") if not _is_body(row) for cell in row)


def body(table: etree._Element, width: int, path: Path) -> Iterator[list[etree._Element]]:
    """The cells of each row below the head; rows that hold a footnote are left out.

    Raises ``SourceError`` for a row that is not ``width`` columns wide (``colspan`` counted), or
    with a cell that reaches into the next row.
    """
    for row in table.iter("TR"):
        if not _is_body(row) or _is_footnote(row):
            continue
        cells = [cell for cell in row if cell.tag in ("TD", "TH")]
        line = ecfr.line_of(row)
        if any(cell.get("rowspan", "1") != "1" for cell in cells):
            raise SourceError(path, line, "has a cell that spans rows; expected one row a country")
        spans = [cell.get("colspan", "1") for cell in cells]
        if not all(span.isdecimal() for span in spans) or sum(map(int, spans)) != width:
            raise SourceError(
                path,
                line,
                f"row of {label(cells[0])!r} is {'+'.join(spans)} columns wide, expected {width}",
            )
        yield cells


def marks(cells: Sequence[etree._Element], columns: Sequence[str], path: Path) -> frozenset[str]:
    """The columns marked X in a row's cells after the country's, one cell a column.

    Raises ``SourceError`` with the line when a mark is neither X nor blank: it is never guessed.
    """
    if len(cells) != len(columns):
        raise SourceError(
            path,
            ecfr.line_of(cells[0]) if cells else None,
            f"row has {len(cells)} marks, expected {len(columns)}",
        )
    found = set()
    for column, cell in zip(columns, cells, strict=True):
        # A footnote without a mark is no blank: the whole text must be empty.
        if not ecfr.text(cell):
            continue
        if label(cell) != "X":
            raise SourceError(
                path,
                ecfr.line_of(cell),
                f"mark in column {column} is {ecfr.text(cell)!r}, expected X or a blank",
            )
        found.add(column)
    return frozenset(found)


def _is_body(row: etree._Element) -> bool:
    parent = row.getparent()
    if parent is not None and parent.tag == "THEAD":
        return False
    return any(cell.tag == "TD" for cell in row)


def _is_footnote(row: etree._Element) -> bool:
    parent = row.getparent()
    if parent is not None and parent.tag == "TFOOT":
        return True
    cells = [cell for cell in row if cell.tag in ("TD", "TH")]
    if len(cells) != 1 or (cells[0].text or "").strip():
        return False
    return len(cells[0]) > 0 and cells[0][0].tag in _FOOTNOTES
