"""Documents of the Federal Register, and which of them the rulebook does not have yet.

Reads what the Federal Register's interface gives (``/api/v1/documents``): its JSON with ``results``, or one
document a line. Of each ``document_number``, ``title`` and ``publication_date`` are needed; ``abstract``,
``citation``, ``effective_on``, ``type``, ``html_url`` and ``cfr_references`` are used where they are there.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licet.law.instrument import Instrument
from licet.sources.errors import SourceError

_SECTION = re.compile(r"(?:§§?|sections?)\s*(7[3-7]\d\.\d+)")
_PART = re.compile(r"\bparts?\s+(7[3-7]\d)\b")
# What titles and abstracts speak of, and where it stands in the regulations.
_SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"Entity List", ("744.11", "744 Supp. 4")),
    (r"Unverified List", ("744.15", "744 Supp. 6")),
    (r"Military End[- ]Users?\b|Military End[- ]Use\b", ("744.21",)),
    (r"Military[- ]Intelligence", ("744.22",)),
    (r"Commerce Control List|\bCCL\b|\bECCNs?\b|Export Control Classification", ("774 Supp. 1",)),
    (r"Country Groups?", ("740 Supp. 1",)),
    (r"Commerce Country Chart|Country Chart", ("738 Supp. 1",)),
    (r"License Exception", ("740",)),
    (r"Foreign[- ](?:Produced )?Direct Product", ("734.9",)),
    (r"de minimis", ("734.4",)),
    (r"Temporary General License", ("744 Supp. 7",)),
    (r"Validated End[- ]User", ("748.15",)),
    (r"Russia|Belarus", ("746.8",)),
    (r"\bCuba\b", ("746.2",)),
    (r"\bIran\b", ("746.7",)),
    (r"\bSyria\b", ("746.9",)),
    (r"Denied|Denying Export Privileges", ("764.3",)),
    (r"Affiliates?\b.*\b50", ("744.11",)),
    (r"advanced computing|semiconductor manufacturing", ("742.6", "744.23")),
)
# Documents that change no text of the regulations.
_NO_RULE = re.compile(
    r"notice of OFAC sanctions|request for comments|information collection|meeting|web general license"
    r"|civil monetary penalties|order denying|denial of export privileges|advisory committee",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the Federal Register, as its interface gives it; None or () where it does not say."""

    number: str
    title: str
    published: dt.date
    abstract: str = ""
    citation: str | None = None
    effective: dt.date | None = None
    type: str | None = None
    url: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def touches(self) -> tuple[str, ...]:
        """The sections and parts of 15 CFR that it names or speaks of: where to look, not what it changed."""
        text = f"{self.title}. {self.abstract}"
        found = dict.fromkeys((*_SECTION.findall(text), *_PART.findall(text)))
        for pattern, sections in _SUBJECTS:
            if re.search(pattern, text, re.IGNORECASE):
                found |= dict.fromkeys(sections)
        return tuple(found | dict.fromkeys(part for part in self.parts if part not in found))

    @property
    def changes_text(self) -> bool:
        """Whether it may change the text of the regulations: not a notice, a request for comments or a fine."""
        if self.type is not None and self.type.lower() not in ("rule", "final rule"):
            return False
        return _NO_RULE.search(self.title) is None


@dataclass(frozen=True, slots=True)
class Pending:
    """A document that the rulebook may not have: ``same_day`` are its instruments published on that day."""

    document: Document
    same_day: tuple[Instrument, ...]


def read(path: Path) -> tuple[Document, ...]:
    """The documents of a file, in order of publication.

    Raises ``SourceError`` with file, line and field for what is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(path, None, f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            path, None, f"is not UTF-8 ({error.reason} at byte {error.start})"
        ) from None
    found = [_document(path, line, row) for line, row in _rows(path, text)]
    if not found:
        raise SourceError(path, None, "holds no document")
    return tuple(sorted(found, key=lambda one: (one.published, one.number)))


def pending(
    documents: Iterable[Document], instruments: Mapping[str, Instrument], *, since: dt.date
) -> tuple[Pending, ...]:
    """Documents published on a day or later that may change the regulations and that no instrument names.

    A document is known by its citation. One that gives none is told with the rulebook's instruments of its day:
    whether it is one of them, a person sees.
    """
    cited = {_plain(one.citation) for one in instruments.values()}
    found = []
    for one in documents:
        if one.published < since or not one.changes_text:
            continue
        if one.citation is not None and _plain(one.citation) in cited:
            continue
        same_day = tuple(x for x in instruments.values() if x.published == one.published)
        found.append(Pending(one, () if one.citation is not None else same_day))
    return tuple(found)


def _plain(citation: str) -> str:
    return " ".join(citation.upper().split())


def _rows(path: Path, text: str) -> Iterator[tuple[int | None, Any]]:
    """Each document with its line; one JSON object with ``results`` has no lines to tell."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("results"), list):
        yield from ((None, row) for row in whole["results"])
        return
    if isinstance(whole, list):
        yield from ((None, row) for row in whole)
        return
    for line, content in enumerate(text.splitlines(), 1):
        if content.strip():
            try:
                yield line, json.loads(content)
            except (ValueError, RecursionError) as error:
                raise SourceError(path, line, f"is no JSON ({error})") from None


def _document(path: Path, line: int | None, row: Any) -> Document:
    if not isinstance(row, dict):
        raise SourceError(path, line, f"is no document but {type(row).__name__}")

    def text(name: str) -> str | None:
        value = row.get(name)
        if value is not None and not isinstance(value, str):
            raise SourceError(path, line, f"{name}: found {value!r}; text is expected")
        return value or None

    def day(name: str) -> dt.date | None:
        value = text(name)
        try:
            return None if value is None else dt.date.fromisoformat(value)
        except ValueError:
            raise SourceError(
                path, line, f"{name}: {value!r} is no day; write YYYY-MM-DD"
            ) from None

    number, title, published = text("document_number"), text("title"), day("publication_date")
    if number is None or title is None or published is None:
        lacking = [n for n in ("document_number", "title", "publication_date") if not row.get(n)]
        raise SourceError(
            path, line, f"has no {', '.join(lacking)}; is it a record of the Federal Register?"
        )
    references = row.get("cfr_references") or []
    parts = tuple(
        str(one["part"]) for one in references
        if isinstance(one, dict) and str(one.get("title")) == "15" and one.get("part")
    )  # fmt: skip
    return Document(
        number, title, published, text("abstract") or "", text("citation"), day("effective_on"),
        text("type"), text("html_url"), parts,
    )  # fmt: skip
