"""The Commerce Control List as dated tables: entries, controls and questions.

A date that no interval of ``ccl_entries.csv`` covers is unknown for that ECCN, not uncontrolled.
"""

from __future__ import annotations

from pathlib import Path

from licet.sources.ccl import Entry
from licet.sources.ccl_controls import Control, Question, entry_controls
from licet.sources.ccl_exceptions import gbs, lvs, sta
from licet.sources.tables import DATED, Span, render

ENTRY_HEADER = ("eccn", "kind", "reasons", "lvs_usd", "gbs", "sta", "jurisdiction", *DATED)
CONTROL_HEADER = (
    "eccn",
    "reason",
    "applies",
    "except",
    "question",
    "column",
    "cite",
    *DATED,
)
QUESTION_HEADER = ("slug", "question", "eccn")


def jurisdiction(entry: Entry, controlled: bool) -> str:
    """Who licenses the entry: EAR, ITAR, NRC, DOE; ``pointer`` when it only names other entries."""
    heading = entry.heading
    if "subject to the ITAR" in heading and not controlled:
        return "ITAR"
    if controlled:
        return "EAR"
    if entry.eccn == "0E001":
        # The entry itself says so, in its License Requirements and not in its heading.
        return "ITAR"
    if "Nuclear Regulatory Commission" in heading:
        return "NRC"
    if "Department of Energy" in heading:
        return "DOE"
    return "pointer"


def entry_facts(entry: Entry, controlled: bool) -> tuple[str, ...]:
    """The undated part of an entry's row."""
    return (
        entry.eccn,
        entry.kind,
        " ".join(entry.reasons),
        lvs(entry.lvs, entry.eccn),
        gbs(entry.gbs, entry.eccn),
        sta(entry.sta, entry.eccn),
        jurisdiction(entry, controlled),
    )


def render_questions(questions: list[Question]) -> str:
    """``ccl_questions.csv``."""
    return render(QUESTION_HEADER, questions)


def compile_current(
    entries: dict[str, Entry], path: Path, *, as_of: str
) -> tuple[list[tuple[str, ...]], list[tuple[Control, Span]], list[Question]]:
    """Entry rows, dated controls and questions of the official text of one day."""
    span = Span(as_of, "", "", f"15 CFR 774 Supp. 1 {as_of}")
    rows: list[tuple[str, ...]] = []
    dated: list[tuple[Control, Span]] = []
    asked: list[Question] = []
    for entry in entries.values():
        controls, questions = entry_controls(entry, path)
        rows.append((*entry_facts(entry, bool(controls)), *span))
        dated += [(control, span) for control in controls]
        asked += questions
    return rows, dated, asked
