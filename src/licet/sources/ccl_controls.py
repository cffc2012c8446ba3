"""Control lines of the Commerce Control List as facts: reason, paragraphs, column or scope.

One fact per line of a control table or prose control. A fact whose condition is prose carries the
slug of a named question; the question itself is in ``ccl_questions.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from licet.sources.ccl import Cell, Entry
from licet.sources.ccl_applies import Applies, applies
from licet.sources.ccl_prose import PROSE, SLIPS
from licet.sources.ccl_questions import READINGS
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


def _read(found: Applies, eccn: str) -> tuple[Applies, ...]:
    """The hand-written reading of a line whose conditions differ by paragraph, if there is one."""
    readings = READINGS.get((eccn, found.reason, found.digest))
    if readings is None or not found.question:
        return (found,)
    return tuple(
        Applies(found.reason, tuple(reached.split()), tuple(excepted.split()), slug, asks)
        for reached, excepted, slug, asks in readings
    )


def _with_knowledge(line: Applies, column: str) -> Applies:
    """Former 746.5 reached Russia only for some oil and gas projects; the cell is silent on it."""
    if column != "ru" or line.question:
        return line
    return replace(
        line,
        question="746.5-russian-oil-or-gas-project",
        asks=(
            "Is the item for exploring or producing oil or gas in Russia in deepwater, Arctic"
            " offshore or shale projects, or is it unknown whether it is?"
        ),
    )


def _apart(lines: list[Applies]) -> list[Applies]:
    """Lines that would ask the same under different wordings, numbered so that they do not."""
    wordings: dict[str, list[str]] = {}
    for line in lines:
        held = wordings.setdefault(line.question, [])
        if line.digest not in held:
            held.append(line.digest)
    apart: list[Applies] = []
    for line in lines:
        held = wordings[line.question]
        if not line.question or len(held) == 1:
            apart.append(line)
            continue
        number = held.index(line.digest) + 1
        asks = f"{line.asks} (Condition {number} of {len(held)} for {line.reason}.)"
        apart.append(replace(line, question=f"{line.question}-{number}", asks=asks))
    return apart


def controls_of(
    eccn: str, cells: Iterable[Cell], path: Path
) -> tuple[list[Control], list[Question]]:
    """The facts of a control table, and the questions that they ask.

    Raises ``SourceError`` for a line without a reason for control or a chart wording never seen.
    """
    lines: list[Applies] = []
    places: list[tuple[str, str]] = []
    for cell in cells:
        parsed = applies(cell.control, eccn)
        if parsed is None:
            raise SourceError(
                path, cell.line, f"{eccn}: a control line without a reason: {cell.control[:120]!r}"
            )
        lines.append(parsed)
        places.append(destination(cell.control, cell.chart, parsed.reason, eccn, path))
    controls: list[Control] = []
    questions: list[Question] = []
    for line, (column, cite) in zip(_apart(lines), places, strict=True):
        for found in _read(_with_knowledge(line, column), eccn):
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
