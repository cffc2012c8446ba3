"""The Country Groups (15 CFR part 740, Supplement No. 1), compiled with their history.

Macau is in no arms-embargo group D:5: rules that mean it say "Macau or D:5" and so do ours.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from lxml import etree

from licet.sources import country_history as history
from licet.sources import ecfr, marked_tables
from licet.sources.countries import Gazetteer
from licet.sources.country_chart import follow
from licet.sources.errors import SourceError
from licet.sources.tables import DATED, KNOWN_FROM, Span, render

GROUPS = (
    *("A:1", "A:2", "A:3", "A:4", "A:5", "A:6", "B"),
    *("D:1", "D:2", "D:3", "D:4", "D:5", "E:1", "E:2"),
)

_APPENDIX = "Supplement No. 1 to Part 740"
# Country Group C is reserved; a list or table under its heading would be news.
_HEADING = re.compile(r"Country Groups? ([A-E])(?:\s*\[Reserved\]|\s*[—–-].*)?")
_COLUMN = re.compile(r"\[\s*([A-Z])\s*:\s*(\d+)\s*\]")


def read_groups(path: Path, names: Gazetteer) -> dict[str, frozenset[str]]:
    """Country codes by group, from official XML or from the derived JSON where only that is at hand."""
    return read_json(path, names) if path.suffix == ".json" else read_xml(path, names)


def read_xml(path: Path, names: Gazetteer) -> dict[str, frozenset[str]]:
    """Country codes by group from official XML: part 740 alone (versioner API) or within the title.

    A, D and E are tables with a column for each group ("[A:1] Wassenaar ...") and marks X; B is a
    list (``LI``) or a table of names under its heading. Raises ``SourceError`` with the line for a
    group, mark or country never seen, a country twice, and a group that is missing or empty.
    """
    appendix = ecfr.appendix(ecfr.read(path), _APPENDIX, path)
    groups: dict[str, set[str]] = {}
    heading = ""
    for element in appendix.iter(etree.Element):
        if element.tag == "TABLE":
            columns, titled = _columns(element)
            heading = titled or heading
            if columns:
                _add_marked(groups, element, columns, names, path)
            elif heading == "B":
                for cell in element.iter("TD"):
                    if marked_tables.label(cell):
                        _add(groups, "B", cell, names, path)
            else:
                raise SourceError(
                    path,
                    ecfr.line_of(element),
                    f"has a table without columns such as [A:1] under Country Group {heading or '?'}",
                )
        elif element.tag == "LI":
            if heading != "B":
                reason = f"has a list under Country Group {heading or '?'}, expected one only for B"
                raise SourceError(path, ecfr.line_of(element), reason)
            _add(groups, "B", element, names, path)
        elif element.tag not in ("TR", "TD", "TH") and len(element) < 5:
            named = _HEADING.fullmatch(marked_tables.label(element))
            heading = named[1] if named else heading
    return _known({group: frozenset(members) for group, members in groups.items()}, path)


def _columns(table: etree._Element) -> tuple[tuple[str, ...], str]:
    """The groups that a table has columns for, and the letter of a heading inside its head."""
    titles = marked_tables.titles(table)
    codes = (_COLUMN.search(title) for title in titles)
    headings = [found[1] for found in map(_HEADING.fullmatch, titles) if found]
    return tuple(f"{code[1]}:{code[2]}" for code in codes if code), "".join(headings[:1])


def _add_marked(
    groups: dict[str, set[str]],
    table: etree._Element,
    columns: tuple[str, ...],
    names: Gazetteer,
    path: Path,
) -> None:
    known = tuple(group for group in GROUPS if group[0] == columns[0][0] and group != "B")
    if columns != known:
        raise SourceError(
            path,
            ecfr.line_of(table),
            f"has the Country Groups {', '.join(columns)}, expected {', '.join(known)}; "
            "read the new table and teach the reader its columns",
        )
    seen = set()
    for group in columns:
        groups.setdefault(group, set())
    for cells in marked_tables.body(table, 1 + len(columns), path):
        code = marked_tables.country(cells[0], names, path)
        if code in seen:
            name = ecfr.text(cells[0])
            raise SourceError(path, ecfr.line_of(cells[0]), f"gives {code} ({name}) twice")
        seen.add(code)
        for group in marked_tables.marks(cells[1:], columns, path):
            groups[group].add(code)


def _add(
    groups: dict[str, set[str]], group: str, cell: etree._Element, names: Gazetteer, path: Path
) -> None:
    code = marked_tables.country(cell, names, path)
    if code in groups.setdefault(group, set()):
        name = ecfr.text(cell)
        raise SourceError(path, ecfr.line_of(cell), f"gives {code} ({name}) twice in {group}")
    groups[group].add(code)


def read_json(path: Path, names: Gazetteer) -> dict[str, frozenset[str]]:
    """Country codes by group from the derived JSON; ``SourceError`` for a group never seen."""
    data = json.loads(path.read_text(encoding="utf-8"))["groups"]
    groups = {
        group: frozenset(names.code(name, path) for name in members)
        for group, members in data.items()
    }
    return _known(groups, path)


def _known(groups: dict[str, frozenset[str]], path: Path) -> dict[str, frozenset[str]]:
    """The groups in order, after it was checked that all are there and have members."""
    if tuple(sorted(groups)) != GROUPS:
        odd = sorted(set(groups) ^ set(GROUPS))
        raise SourceError(path, None, f"has other Country Groups than known: {odd}")
    empty = sorted(group for group, members in groups.items() if not members)
    if empty:
        raise SourceError(path, None, f"has Country Groups without members: {empty}")
    return {group: groups[group] for group in GROUPS}


def memberships(
    groups: dict[str, frozenset[str]], names: Gazetteer, *, as_of: str
) -> list[tuple[str, str, Span]]:
    """Every (country, group, interval): those of today carried back, and the dated changes."""
    begins = {
        (code, group): (since, cite)
        for countries, joined, since, cite in history.JOINED
        for code in countries.split()
        for group in joined.split("|")
    }
    found: list[tuple[str, str, Span]] = []
    cite = f"15 CFR 740 Supp. 1 {as_of}"
    for group, members in groups.items():
        for code in members:
            if (code, group) in history.ONLY_SINCE_TEXT:
                found.append((code, group, Span(as_of, "", "", cite)))
                continue
            since, by = begins.get((code, group), (KNOWN_FROM, ""))
            source = f"{by}; {cite}; unverified before" if by else f"{cite}; unverified before"
            found.append((code, group, Span(since, "", "", source)))
    for countries, left, until, by in history.LEFT:
        for code in countries.split():
            for group in left.split("|"):
                found.append((code, group, Span(KNOWN_FROM, until, "", f"{by}; unverified")))
    for code, group, since, until, by in history.SPELLS:
        found.append((code, group, Span(since, until, "", f"{by}; unverified")))
    for country, territories in names.territories.items():
        for code in territories:
            for holder, group, span in list(found):
                shared = follow(code, country, span) if holder == country else None
                if shared is not None:
                    found.append((code, group, shared))
    source = f"own destination until {history.HONG_KONG_CITE}; unverified"
    for group in history.HONG_KONG_GROUPS:
        found.append(("HK", group, Span(KNOWN_FROM, history.HONG_KONG_JOINED, "", source)))
    return found


def compile_groups(found: list[tuple[str, str, Span]]) -> str:
    """``country_groups.csv`` from ``memberships``."""
    return render(
        ("country", "group", *DATED), ((code, group, *span) for code, group, span in found)
    )
