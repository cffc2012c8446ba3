"""The eCFR's XML: parsed safely, found by what an element is (TYPE), read as clean text.

Format: the versioner API gives one ``DIV5`` per part, the bulk file wraps the same elements in a
title. Elements are always chosen by their ``TYPE`` attribute, never by depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from licet.sources.errors import SourceError

# Tags that separate words though no white space stands between them.
_BREAKS = frozenset({"br", "P", "FP", "FP-1", "FP-2", "LI", "TD", "TH", "HED", "PSPACE"})


def read(path: Path) -> etree._Element:
    """The root element of an official XML file.

    Entities are not expanded, no DTD is loaded and nothing is fetched. Raises ``SourceError`` with
    file and line when the file is empty, truncated or malformed, or when it declares entities.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error}") from error
    return parse(path, data)


def parse(path: Path, data: bytes) -> etree._Element:
    """``read`` for the bytes of a file that was unpacked before; ``path`` is for the messages."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(path, error.lineno, f"is not whole XML: {error.msg}") from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None:
        entities = [entity.name for entity in dtd.iterentities()]
        if entities:
            raise SourceError(path, None, f"declares entities ({', '.join(entities[:3])}); refused")
    return root


def divisions(root: etree._Element, kind: str) -> Iterator[etree._Element]:
    """All divisions of one TYPE ("PART", "SECTION", "APPENDIX"), the root itself included."""
    return (element for element in root.iter() if element.get("TYPE") == kind)


def text(element: etree._Element) -> str:
    """The text of an element on one line; a ``<br/>`` or a block ending counts as white space.

    Without that, neighbours such as two Federal Register citations would be glued together.
    """
    return _clean("".join(_pieces(element, skip=frozenset())))


def lines(element: etree._Element, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """The text of an element split where the official text breaks lines (``<br/>``).

    Empty lines are left out; so is what stands in elements whose tag is in ``skip``.
    """
    pieces = "".join(_pieces(element, skip=skip, line_break="\0")).split("\0")
    return [line for line in map(_clean, pieces) if line]


def appendix(root: etree._Element, name: str, path: Path) -> etree._Element:
    """The one appendix whose N is ``name``, e.g. "Supplement No. 4 to Part 744".

    Raises ``SourceError`` when it is missing or there twice.
    """
    found = [element for element in divisions(root, "APPENDIX") if element.get("N") == name]
    if len(found) != 1:
        raise SourceError(path, None, f"has {len(found)} appendices named {name!r}, expected one")
    return found[0]


def table_rows(
    appendix: etree._Element, columns: tuple[str, ...], path: Path
) -> Iterator[tuple[int, list[etree._Element]]]:
    """Line and cells of each body row of the appendix's table, after its head was checked.

    ``columns`` are the column titles expected. Raises ``SourceError`` when a title differs, a
    column is new or gone, or a body row has another number of cells.
    """
    tables = list(appendix.iter("TABLE"))
    if len(tables) != 1:
        raise SourceError(path, line_of(appendix), f"has {len(tables)} tables, expected one")
    head = tuple(text(cell) for cell in tables[0].iter("TH"))
    if tuple(map(str.casefold, head)) != tuple(map(str.casefold, columns)):
        raise SourceError(
            path,
            line_of(tables[0]),
            f"table columns are {list(head)}, expected {list(columns)}; "
            "read the new table and teach the reader its columns",
        )
    for row in tables[0].iter("TR"):
        parent = row.getparent()
        if parent is None or parent.tag != "TBODY":
            continue
        cells = [cell for cell in row if cell.tag == "TD"]
        if len(cells) != len(columns):
            raise SourceError(
                path, line_of(row), f"row has {len(cells)} cells, expected {len(columns)}"
            )
        yield line_of(row), cells


def line_of(element: etree._Element) -> int:
    """The line of the file on which an element starts (0 when it is not known)."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _pieces(
    element: etree._Element, *, skip: frozenset[str], line_break: str = " "
) -> Iterator[str]:
    if element.tag not in skip:
        yield element.text or ""
        for child in element:
            yield from _pieces(child, skip=skip, line_break=line_break)
            yield child.tail or ""
    if element.tag in _BREAKS:
        yield line_break if element.tag == "br" else " "


def _clean(raw: str) -> str:
    return " ".join(raw.split())
