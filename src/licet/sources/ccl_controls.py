"""Control lines of the Commerce Control List as facts: reason, paragraphs, column or scope.

One fact per line of a control table or prose control. A fact whose condition is prose carries the
slug of a named question; the question itself is in ``ccl_questions.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from licet.sources.ccl import Cell, Entry
from licet.sources.ccl_applies import Applies, applies
from licet.sources.ccl_prose import PROSE, SLIPS
from licet.sources.ccl_questions import ANSWERED
from licet.sources.ccl_scopes import destination
from licet.sources.errors import SourceError


class Control(NamedTuple):
    """One control of one entry; ``applies`` empty means the entire entry."""

    eccn: str
    reason: str
    applies: str
    excepted: str
    question: str
    column: str
    cite: str


class Question(NamedTuple):
    """A condition in prose, asked of the order by its slug."""

    slug: str
    question: str
    eccn: str


def _split(found: Applies) -> tuple[Applies, ...]:
    """The hand-written reading of a line whose conditions differ by paragraph."""
    answered = ANSWERED.get(found.question)
    if answered is None:
        return (found,)
    return tuple(
        Applies(
            found.reason,
            tuple(reached.split()),
            tuple(excepted.split()),
            f"{found.question}{suffix}" if asks else "",
            asks,
        )
        for reached, excepted, suffix, asks in answered
    )


def controls_of(
    eccn: str, cells: Iterable[Cell], path: Path
) -> tuple[list[Control], list[Question]]:
    """The facts of a control table, and the questions that they ask.

    Raises ``SourceError`` for a line without a reason for control or a chart wording never seen.
    """
    controls: list[Control] = []
    questions: list[Question] = []
    for cell in cells:
        parsed = applies(cell.control, eccn)
        if parsed is None:
            raise SourceError(
                path, cell.line, f"{eccn}: a control line without a reason: {cell.control[:120]!r}"
            )
        column, cite = destination(cell.control, cell.chart, parsed.reason, eccn, path)
        for found in _split(parsed):
            if found.question:
                questions.append(Question(found.question, found.asks, eccn))
            controls.append(
                Control(
                    eccn,
                    found.reason,
                    " ".join(found.paragraphs),
                    " ".join(found.excepted),
                    found.question,
                    column,
                    cite,
                )
            )
    return controls, questions


def prose_of(eccn: str) -> tuple[list[Control], list[Question]]:
    """The controls that an entry states in prose."""
    controls: list[Control] = []
    questions: list[Question] = []
    for number, (reason, reached, column, cite, asks) in enumerate(PROSE.get(eccn, ()), start=1):
        slug = f"{eccn}-{reason}-prose{number}".lower() if asks else ""
        controls.append(Control(eccn, reason, reached, "", slug, column, cite))
        if asks:
            questions.append(Question(slug, asks, eccn))
    return controls, questions


def entry_controls(entry: Entry, path: Path) -> tuple[list[Control], list[Question]]:
    """All controls of an entry; every reason it prints has one, or ``SourceError`` says which."""
    controls, questions = controls_of(entry.eccn, entry.cells, path)
    by_hand, asked = prose_of(entry.eccn)
    controls += by_hand
    questions += asked
    odd = {control.reason for control in controls} ^ set(entry.reasons)
    printed = bool(entry.reasons) or not by_hand
    if printed and odd != SLIPS.get(entry.eccn, frozenset()):
        raise SourceError(
            path,
            None,
            f"{entry.eccn}: reasons {sorted(odd)} are printed without a control line, or the"
            " reverse; if the entry states them in prose, add them to ccl_prose",
        )
    return controls, questions
