"""The eCFR's XML: parsed safely, found by what an element is (TYPE), read as clean text.

Format: the versioner API gives one ``DIV5`` per part, the bulk file wraps the same elements in a
title. Elements are always chosen by their ``TYPE`` attribute, never by depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from licet.sources.errors import SourceError

# Tags that separate words though no white space stands between them.
_BREAKS = frozenset({"br", "P", "FP", "FP-1", "FP-2", "LI", "TD", "TH", "HED", "PSPACE"})


def read(path: Path) -> etree._Element:
    """The root element of an official XML file.

    Entities are not expanded, no DTD is loaded and nothing is fetched. Raises ``SourceError`` with
    file and line when the file is empty, truncated or malformed, or when it declares entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        tree = etree.parse(str(path), parser)
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error}") from error
    except etree.XMLSyntaxError as error:
        raise SourceError(path, error.lineno, f"is not whole XML: {error.msg}") from error
    if tree.docinfo.internalDTD is not None and tree.docinfo.internalDTD.iterentities():
        entities = [entity.name for entity in tree.docinfo.internalDTD.iterentities()]
        if entities:
            raise SourceError(path, None, f"declares entities ({', '.join(entities[:3])}); refused")
    return tree.getroot()


def divisions(root: etree._Element, kind: str) -> Iterator[etree._Element]:
    """All divisions of one TYPE ("PART", "SECTION", "APPENDIX"), the root itself included."""
    return (element for element in root.iter() if element.get("TYPE") == kind)


def text(element: etree._Element) -> str:
    """The text of an element on one line; a ``<br/>`` or a block ending counts as white space.

    Without that, neighbours such as two Federal Register citations would be glued together.
    """
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append(node.text or "")
        else:
            if node.tag in _BREAKS:
                parts.append(" ")
            if node is not element:
                parts.append(node.tail or "")
    return re.sub(r"\s+", " ", "".join(parts)).strip()
