"""Control tables of the Commerce Control List on earlier days, from the derived history files.

Two files: entries at 56 amendment days 2017 to 2025 (their own control table is kept only for
entries without paragraphs, most of software and technology), and a full parse of 2020-06-29. A
third, the list of 2026-07-23, is the newest. The history's version 2024-01-01 is a dummy.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from licet.sources.ccl import ECCN, Cell, row_cells
from licet.sources.ecfr import text
from licet.sources.errors import SourceError

DUMMY = "2024-01-01"
FULL = "2020-06-29"


@dataclass(frozen=True, slots=True)
class History:
    """Control tables by ECCN and day, the days, and the first day each paragraph was printed."""

    days: tuple[str, ...]
    cells: dict[str, dict[str, tuple[Cell, ...]]]
    first_seen: dict[str, str]


def _tables(content: list[dict[str, Any]], eccn: str, path: Path) -> tuple[Cell, ...]:
    """The control lines in the stored HTML fragments of one entry."""
    found: list[Cell] = []
    for piece in content:
        markup = piece.get("html") or ""
        if piece.get("tag") != "TABLE" or "ontrol(s)" not in markup[:400]:
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        for row in etree.fromstring(markup.encode(), parser).iter("TR", "tr"):
            printed = [text(cell) for cell in row if cell.tag in ("TD", "td")]
            if not any(printed):
                continue
            pairs = row_cells(printed)
            if pairs is None:
                raise SourceError(path, None, f"{eccn}: a control line with {len(printed)} cells")
            found += [Cell(control, chart) for control, chart in pairs]
    return tuple(found)


def read_history(runs: Path, index: Path, full: Path) -> History:
    """The history of control tables from ``runs`` (JSON lines), its index, and the full parse."""
    versions = json.loads(index.read_text(encoding="utf-8"))["versions"]
    days = tuple(sorted(set(versions) - {DUMMY}))
    cells: dict[str, dict[str, tuple[Cell, ...]]] = {}
    first_seen: dict[str, str] = {}
    with gzip.open(runs, "rt", encoding="utf-8") as stream:
        for line in stream:
            run = json.loads(line)
            first, last = run["first_seen_version"], run["last_seen_version"]
            if run["supplement"] != "1" or first == last == DUMMY:
                continue
            name = run["eccn"]
            first_seen[name] = min(first, first_seen.get(name, first))
            if not ECCN.fullmatch(name):
                continue
            table = _tables(run.get("content") or [], name, runs)
            for day in days:
                if table and first <= day <= last:
                    cells.setdefault(name, {})[day] = table
    with gzip.open(full, "rt", encoding="utf-8") as stream:
        parsed = json.load(stream)
    for entry in parsed["supplements"][0]["eccns"]:
        name = entry["eccn"]
        if ECCN.fullmatch(name):
            table = _tables(entry["structure"].get("content") or [], name, full)
            if table:
                cells.setdefault(name, {})[FULL] = table
    return History(days, cells, first_seen)


def read_newest(path: Path) -> dict[str, tuple[Cell, ...]]:
    """Control tables by ECCN from the derived JSON of the newest day."""
    found: dict[str, tuple[Cell, ...]] = {}
    for entry in json.loads(path.read_text(encoding="utf-8"))["entries"]:
        lines: list[Cell] = []
        for line in entry.get("countryChart") or ():
            pairs = row_cells([line["control"].strip(), line["countryChart"].strip()])
            lines += [Cell(control, chart) for control, chart in pairs or ()]
        if lines:
            found[entry["eccn"]] = tuple(lines)
    return found


@dataclass(frozen=True, slots=True)
class Instrument:
    """The rules that took effect on one day: their citations and first publication."""

    cite: str
    published: str


def read_instruments(path: Path) -> dict[str, Instrument]:
    """Rules that amended the list, by effective day (Federal Register API records)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for document in json.loads(path.read_text(encoding="utf-8"))["documents"]:
        effective, cite = document.get("effectiveOn"), document.get("citation")
        if effective and cite and re.fullmatch(r"\d+ FR \d+", cite):
            found.setdefault(effective, []).append((document["publicationDate"], cite))
    return {
        day: Instrument(", ".join(cite for _, cite in sorted(rules)), min(rules)[0])
        for day, rules in found.items()
    }
