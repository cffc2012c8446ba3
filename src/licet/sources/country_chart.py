"""The Commerce Country Chart (15 CFR part 738, Supplement No. 1), compiled with its history.

Three readers with one output: the official XML, the derived JSON of the chart at one day, and BIS's
export as CSV. One row per mark; rows that stand for others are expanded (738.3(b): a territory
shares the treatment of its country; Hong Kong follows China since 85 FR 83788). An embargoed
country has no marks and a pointer to part 746: its blanks never mean permission.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from licet.sources import country_history as history
from licet.sources import ecfr, marked_tables
from licet.sources.countries import Gazetteer
from licet.sources.errors import SourceError
from licet.sources.tables import DATED, KNOWN_FROM, Span, render

COLUMNS = (
    *("CB 1", "CB 2", "CB 3", "NP 1", "NP 2", "NS 1", "NS 2", "MT 1"),
    *("RS 1", "RS 2", "FC 1", "CC 1", "CC 2", "CC 3", "AT 1", "AT 2"),
)
_APPENDIX = "Supplement No. 1 to Part 738"
_MINIMUM_COUNTRIES = 196
# Countries that nobody governs and that have no row: the others without one share another's.
_NO_ROW = frozenset({"AQ", "CK", "NU", "PS", "US"})
_COLUMN = re.compile(r"[A-Z]{2} ?(?:Column )?\d+")
_POINTER = re.compile(r"(?P<country>.*?)[\s—–:.-]*(?P<pointer>\bSee .*)")
_SECTION = re.compile(r"\b74[26]\.\d+")
# The chart sends Cuba and Iran to part 746 as a whole; these are their sections in it.
_EMBARGO = {"CU": "746.2", "IR": "746.7", "KP": "746.4", "SY": "746.9"}


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of one day: columns marked X by country code, and the countries it points away."""

    marks: dict[str, frozenset[str]]
    pointers: dict[str, tuple[str, ...]]


def read_chart(path: Path, names: Gazetteer) -> Chart:
    """The chart of an official XML file, or of the derived JSON where only that is at hand."""
    return read_json(path, names) if path.suffix == ".json" else read_xml(path, names)


def read_xml(path: Path, names: Gazetteer) -> Chart:
    """The chart of official XML: part 738 alone (versioner API) or the title around it (bulk).

    A row is a country and 16 cells, X or blank; or a country and a pointer across all columns.
    Raises ``SourceError`` with the line for another column, mark or country than known, a country
    twice, a row without marks that points nowhere, and when a country is missing.
    """
    appendix = ecfr.appendix(ecfr.read(path), _APPENDIX, path)
    marks: dict[str, frozenset[str]] = {}
    pointers: dict[str, tuple[str, ...]] = {}
    for table in appendix.iter("TABLE"):
        _check_columns(table, path)
        for cells in marked_tables.body(table, 1 + len(COLUMNS), path):
            line = ecfr.line_of(cells[0])
            if len(cells) <= 2:
                code, pointer = _pointing(cells, names, path)
            else:
                code, pointer = marked_tables.country(cells[0], names, path), ""
            if code in marks or code in pointers:
                raise SourceError(path, line, f"gives {code} ({ecfr.text(cells[0])}) twice")
            if pointer:
                pointers[code] = _sections(code, pointer, path, line)
                continue
            marks[code] = marked_tables.marks(cells[1:], COLUMNS, path)
            if not marks[code]:
                raise SourceError(
                    path,
                    line,
                    f"{ecfr.text(cells[0])} has neither a mark nor a pointer to part 746; "
                    "blanks alone are not taken for permission",
                )
    held = {code for codes in names.territories.values() for code in codes}
    missing = set(names.codes.values()) - held - _NO_ROW - set(marks) - set(pointers)
    if missing:
        raise SourceError(
            path, ecfr.line_of(appendix), f"has no row for {', '.join(sorted(missing))}: incomplete"
        )
    return _complete(Chart(marks, pointers), path)


def _check_columns(table: etree._Element, path: Path) -> None:
    titles = marked_tables.titles(table)
    columns = tuple(
        re.sub(r"^(..) ?(?:Column )?", r"\1 ", title)
        for title in titles
        if _COLUMN.fullmatch(title)
    )
    if columns != COLUMNS:
        odd = sorted(set(columns) ^ set(COLUMNS)) or "in another order"
        raise SourceError(
            path,
            ecfr.line_of(table),
            f"has other columns than the {len(COLUMNS)} known: {odd}; "
            "read the new table and teach the reader its columns",
        )


def _pointing(cells: list[etree._Element], names: Gazetteer, path: Path) -> tuple[str, str]:
    """Country and pointer of a row that is one cell after the country, or one cell in all."""
    line = ecfr.line_of(cells[0])
    if len(cells) == 2:
        pointer = ecfr.text(cells[1])
        if "746" not in pointer:
            raise SourceError(
                path, line, f"row across all columns is {pointer!r}, expected a pointer to part 746"
            )
        return marked_tables.country(cells[0], names, path), pointer
    parts = _POINTER.fullmatch(marked_tables.label(cells[0]))
    if parts is None or "746" not in parts["pointer"]:
        found = ecfr.text(cells[0])
        raise SourceError(
            path, line, f"row across all columns is {found!r}, expected a pointer to part 746"
        )
    try:
        return names.code(parts["country"].rstrip(" ,0123456789"), path), parts["pointer"]
    except SourceError as error:
        raise SourceError(path, line, error.reason) from None


def _sections(code: str, pointer: str, path: Path, line: int | None) -> tuple[str, ...]:
    """The sections of parts 742 and 746 that an embargoed row points to."""
    sections = _SECTION.findall(pointer)
    if code in _EMBARGO:
        sections.append(_EMBARGO[code])
    if not sections:
        raise SourceError(path, line, f"{code} points to no section: {pointer!r}")
    return tuple(sorted(set(sections)))


def _complete(chart: Chart, path: Path) -> Chart:
    if len(chart.marks) < _MINIMUM_COUNTRIES:
        few = f"has {len(chart.marks)} countries, fewer than {_MINIMUM_COUNTRIES}: incomplete"
        raise SourceError(path, None, few)
    return chart


def read_json(path: Path, names: Gazetteer) -> Chart:
    """The chart of a derived JSON file: rows with marks, embargoed rows with pointers.

    Raises ``SourceError`` for a column or country never seen, and when countries are missing.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if tuple(data["columns"]) != COLUMNS:
        raise SourceError(path, None, f"has other columns than the {len(COLUMNS)} known")
    marks: dict[str, frozenset[str]] = {}
    for name, row in data["countries"].items():
        code = names.code(name, path)
        unknown = set(row["marks"]) - set(COLUMNS)
        if unknown:
            raise SourceError(path, None, f"{name} is marked in unknown columns {sorted(unknown)}")
        if code in marks:
            raise SourceError(path, None, f"gives {code} ({name}) twice")
        marks[code] = frozenset(row["marks"])
    pointers = {}
    for name, row in data["embargoed"].items():
        code = names.code(name, path)
        pointers[code] = _sections(code, row["pointer"], path, None)
    return _complete(Chart(marks, pointers), path)


def read_csv(path: Path, names: Gazetteer) -> Chart:
    """The chart of BIS's CSV export: legacy duplicates without marks are skipped."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row]
    if tuple(rows[0][1:17]) != COLUMNS:
        raise SourceError(path, 1, "has other columns than the 16 of the chart")
    marks: dict[str, frozenset[str]] = {}
    pointers: dict[str, tuple[str, ...]] = {}
    pending = ""
    for row in rows[1:]:
        # "Zimbabwe" is split by a line break inside its name.
        if len(row) == 1:
            pending = row[0].strip()
            continue
        label = re.sub(r"(\s+\d+)+$", "", row[0].strip()) or pending
        pending = ""
        code = names.code(label.replace("  ", ", "), path)
        found = frozenset(column for column, cell in zip(COLUMNS, row[1:17], strict=True) if cell)
        if code in _EMBARGO:
            pointers[code] = (_EMBARGO[code],)
        elif found:
            marks[code] = marks.get(code, frozenset()) | found
    return Chart(marks, pointers)


def _spans(code: str, column: str, today: bool, export: bool, source: str) -> list[Span]:
    """The intervals in which one cell holds an X."""
    if not today and not export:
        return []
    cite, carried = "15 CFR 738 Supp. 1", f"unverified before {history.EXPORT_FROM}"
    begins, instrument = KNOWN_FROM, ""
    for countries, columns, since, by in history.MARKS_ADDED:
        if code in countries.split() and column in columns.split("|"):
            begins, instrument = since, f"{by}; "
    if today and export:
        return [Span(begins, "", "", f"{instrument}{cite} {source}; {carried}")]
    if export:
        return [
            Span(
                history.EXPORT_FROM,
                history.EXPORT_UNTIL,
                history.EXPORT_PUBLISHED,
                history.EXPORT_CITE,
            )
        ]
    return [Span(history.EXPORT_UNTIL, "", "", f"{cite} {source}")]


def compile_chart(
    today: Chart, export: Chart, names: Gazetteer, path: Path, *, as_of: str
) -> tuple[str, str]:
    """``country_chart.csv`` and ``country_chart_pointers.csv`` from the two charts at hand.

    ``as_of`` is the day of ``today`` (ISO). Raises ``SourceError`` when the two charts know
    different countries.
    """
    if set(today.marks) != set(export.marks):
        odd = sorted(set(today.marks) ^ set(export.marks))
        raise SourceError(path, None, f"and the export know different countries: {odd}")
    spans: dict[str, list[tuple[str, Span]]] = {}
    for code in today.marks:
        spans[code] = [
            (column, span)
            for column in COLUMNS
            for span in _spans(
                code, column, column in today.marks[code], column in export.marks[code], as_of
            )
        ]
    for countries, columns, until, cite in history.MARKS_REMOVED:
        for code in countries.split():
            for column in columns.split("|"):
                spans[code].append((column, Span(KNOWN_FROM, until, "", f"{cite}; unverified")))
    rows = [(code, column, *span) for code, cells in spans.items() for column, span in cells]
    for column in history.HONG_KONG_MARKS:
        rows.append(
            (
                "HK",
                column,
                KNOWN_FROM,
                history.HONG_KONG_JOINED,
                "",
                f"own row until {history.HONG_KONG_CITE}; unverified",
            )
        )
    pointers = [
        (code, section, *Span(KNOWN_FROM, "", "", f"15 CFR 738 Supp. 1 {as_of}; unverified before"))
        for code, sections in today.pointers.items()
        for section in sections
    ]
    for country, territories in names.territories.items():
        for code in territories:
            if code in today.marks:
                continue
            for column, span in spans.get(country, ()):
                shared = follow(code, country, span)
                if shared is not None:
                    rows.append((code, column, *shared))
    return (
        render(("country", "column", *DATED), rows),
        render(("country", "section", *DATED), pointers),
    )


def follow(code: str, country: str, span: Span) -> Span | None:
    """A country's interval as it reaches a territory; Hong Kong joins China only in 2020."""
    valid_from, cite = span.valid_from, "15 CFR 738.3(b)"
    if code == "HK":
        valid_from, cite = max(valid_from, history.HONG_KONG_JOINED), history.HONG_KONG_CITE
        if span.valid_until and span.valid_until <= valid_from:
            return None
    published = span.published if valid_from == span.valid_from else ""
    return Span(valid_from, span.valid_until, published, f"as {country}: {cite}; {span.source}")
