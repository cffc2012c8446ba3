"""The Commerce Control List as dated tables: entries, controls and questions.

A date that no interval of ``ccl_entries.csv`` covers is unknown for that ECCN, not uncontrolled.
"""

from __future__ import annotations

from pathlib import Path

from licet.sources.ccl import Entry
from licet.sources.ccl_controls import Control, Question, entry_controls
from licet.sources.ccl_dated import Texts, coverage, intervals, parser, states
from licet.sources.ccl_exception_wordings import digest
from licet.sources.ccl_exceptions import SEE, gbs, lvs, sta
from licet.sources.errors import SourceError
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


def entry_facts(entry: Entry, controlled: bool, path: Path) -> tuple[str, ...]:
    """The undated part of an entry's row; ``SourceError`` for an exception's wording never seen."""
    codes = []
    for name, printed, code in (
        ("LVS", entry.lvs, lvs), ("GBS", entry.gbs, gbs), ("STA", entry.sta, sta),
    ):  # fmt: skip
        codes.append(code(printed, entry.eccn))
        if codes[-1] == SEE:
            raise SourceError(
                path,
                None,
                f"{entry.eccn}: {name} in a wording never seen: {printed[:200]!r}. Read it, and code"
                f" it by hand in ccl_exception_wordings.py (digest {digest(printed)})",
            )
    return (
        entry.eccn,
        entry.kind,
        " ".join(entry.reasons),
        *codes,
        jurisdiction(entry, controlled),
    )


def render_questions(questions: list[Question]) -> str:
    """``ccl_questions.csv``: one row per slug, with the ECCNs that ask it."""
    asking: dict[tuple[str, str], set[str]] = {}
    for slug, question, eccn in questions:
        asking.setdefault((slug, question), set()).add(eccn)
    return render(
        QUESTION_HEADER, ((*key, " ".join(sorted(eccns))) for key, eccns in asking.items())
    )


def compile_entries(
    texts: Texts, path: Path
) -> tuple[list[tuple[str, ...]], list[tuple[Control, Span]], list[Question]]:
    """Entry rows, dated controls and questions, from the official text and earlier states.

    Exceptions (LVS, GBS, STA) are those of the official text. Before its day they are carried back, and
    the source of such a row says so: they bound what a user may claim, and permit nothing alone.
    """
    rows: list[tuple[str, ...]] = []
    controls: list[tuple[Control, Span]] = []
    asked: list[Question] = []
    parse = parser(path, asked)
    for entry in texts.entries.values():
        # Checks that every printed reason has a control line.
        now, _ = entry_controls(entry, path)
        known = states(entry.eccn, texts, parse)
        controls += intervals(known)
        facts = entry_facts(entry, bool(now), path)
        for reasons, span in coverage(known):
            printed = facts[2] if set(reasons) == {control.reason for control in now} else ""
            named = printed or " ".join(reasons)
            for piece, sure in _at(span, texts.as_of, facts[2]):
                later = "" if sure else f"; LVS, GBS, STA as of {texts.as_of}"
                dated = piece._replace(source=piece.source + later)
                rows.append((*facts[:2], named, *facts[3:], *dated))
    return rows, controls, asked


def _at(span: Span, as_of: str, reasons: str) -> list[tuple[Span, bool]]:
    """An interval cut at the day of the official text; without controls there is nothing to cut."""
    if span.valid_from >= as_of or not reasons:
        return [(span, True)]
    if span.valid_until and span.valid_until <= as_of:
        return [(span, False)]
    after = Span(as_of, span.valid_until, "", f"15 CFR 774 Supp. 1 {as_of}")
    return [(span._replace(valid_until=as_of), False), (after, True)]
