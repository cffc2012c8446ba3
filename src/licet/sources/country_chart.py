"""The Commerce Country Chart (15 CFR part 738, Supplement No. 1), compiled with its history.

Two readers with one output: the derived JSON of the chart at one day, and BIS's export as CSV. One
row per mark; rows that stand for others are expanded (738.3(b): a territory shares the treatment
of its country; Hong Kong follows China since 85 FR 83788). An embargoed country has no marks and
a pointer to part 746: its blanks never mean permission.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

from licet.sources import country_history as history
from licet.sources.countries import Gazetteer
from licet.sources.errors import SourceError
from licet.sources.tables import DATED, KNOWN_FROM, Span, render

COLUMNS = (
    *("CB 1", "CB 2", "CB 3", "NP 1", "NP 2", "NS 1", "NS 2", "MT 1"),
    *("RS 1", "RS 2", "FC 1", "CC 1", "CC 2", "CC 3", "AT 1", "AT 2"),
)
_MINIMUM_COUNTRIES = 196
_SECTION = re.compile(r"\b74[26]\.\d+")
# The chart sends Cuba and Iran to part 746 as a whole; these are their sections in it.
_EMBARGO = {"CU": "746.2", "IR": "746.7", "KP": "746.4", "SY": "746.9"}


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of one day: columns marked X by country code, and the countries it points away."""

    marks: dict[str, frozenset[str]]
    pointers: dict[str, tuple[str, ...]]


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
    if len(marks) < _MINIMUM_COUNTRIES:
        raise SourceError(
            path, None, f"has {len(marks)} countries, fewer than {_MINIMUM_COUNTRIES}: incomplete"
        )
    pointers: dict[str, tuple[str, ...]] = {}
    for name, row in data["embargoed"].items():
        code = names.code(name, path)
        sections = _SECTION.findall(row["pointer"])
        if code in _EMBARGO:
            sections.append(_EMBARGO[code])
        if not sections:
            raise SourceError(path, None, f"{name} points to no section: {row['pointer']!r}")
        pointers[code] = tuple(sorted(set(sections)))
    return Chart(marks, pointers)


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
