"""The entries of an XML list, one after the other, without network, entities or the whole tree in memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile

_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
_READABLE = frozenset({"utf-8", "us-ascii", "ascii", "utf8"})


def elements(file: ListFile, *names: str) -> Iterator[etree._Element]:
    """Each element of one of these names, whatever its namespace, when it is complete.

    It is emptied after the next one was asked for, so that memory stays small. Raises ``SourceError``
    for XML that is cut short or malformed, another encoding than UTF-8, and any document type.
    """
    refuse_declarations(file)
    try:
        found = etree.iterparse(
            io.BytesIO(file.data),
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in found:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise SourceError(file.path, line, f"is not whole XML ({error.msg}); {AGAIN}") from None


def refuse_declarations(file: ListFile) -> None:
    """Raise ``SourceError`` for a document type, an entity, or another encoding than UTF-8."""
    data = file.data
    declared = _ENCODING.search(data[:200])
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in _READABLE:
        raise SourceError(file.path, 1, f"is in {encoding}, official lists are in UTF-8; {AGAIN}")
    for mark in (b"<!DOCTYPE", b"<!ENTITY"):
        if (place := data.find(mark)) >= 0:
            line = data.count(b"\n", 0, place) + 1
            raise SourceError(
                file.path,
                line,
                f"declares {mark[2:].decode()}; no official list does, so it is refused",
            )


def line_of(element: etree._Element) -> int | None:
    """The line on which an element starts, where it is known."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element) -> str:
    """The text of an element on one line, without white space around it."""
    return " ".join((element.text or "").split())


def fields(element: etree._Element) -> dict[str, list[etree._Element]]:
    """The children of an element by name, in the order printed."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        found.setdefault(local(child), []).append(child)
    return found


def first(found: dict[str, list[etree._Element]], name: str) -> str:
    """The text of the first child of a name, "" where there is none."""
    children = found.get(name)
    return value(children[0]) if children else ""
