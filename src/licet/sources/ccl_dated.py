"""Control lines of many days joined into intervals, with what is not known left out.

Between two stored texts the earlier holds until the next amendment of the list at least. Across a
longer gap it holds when both sides say the same; where they differ and no dated change is known,
the days between are in no interval: unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from licet.sources.ccl import Cell, Entry
from licet.sources.ccl_controls import Control, Question, controls_of, prose_of
from licet.sources.ccl_dates import CARRIED, FULL, HAND, LATE, NEWEST_BROKEN
from licet.sources.ccl_history import FULL as FULL_DAY
from licet.sources.ccl_history import History, Instrument
from licet.sources.tables import KNOWN_FROM, Span

_CHINA = re.compile(r"China,? Russia,? or Venezuela")
_RENAMED = {"d1-d4-d5-less-a5-a6": "ae-d1-d4-d5-less-a5-a6"}
# After the last stored version, the list was amended on this day (90 FR 47170).
_AFTER_HISTORY = "2025-09-30"


@dataclass(frozen=True, slots=True)
class Known:
    """The controls of one entry from a day on; ``until`` is how long that is sure by itself."""

    since: str
    until: str
    published: str
    source: str
    controls: frozenset[Control]
    by_hand: bool = False


Parse = Callable[[str, Iterable[Cell]], frozenset[Control]]


def _late(eccn: str, day: str) -> tuple[str, str, str] | None:
    for prefixes, seen, effective, published, cite in LATE:
        if day == seen and any(eccn.startswith(prefix) for prefix in prefixes.split()):
            return effective, published, cite
    return None


def _stored(
    eccn: str, history: History, instruments: dict[str, Instrument], parse: Parse
) -> list[Known]:
    """The states that the history files give, each sure until the next amendment."""
    found: list[Known] = []
    following = dict(zip(history.days, [*history.days[1:], _AFTER_HISTORY], strict=True))
    before: frozenset[Control] | None = None
    for day, cells in sorted(history.cells.get(eccn, {}).items()):
        controls = parse(eccn, cells)
        # The first text known of an entry says that it was so, not that a rule made it so then.
        new = history.first_seen.get(eccn) == day != history.days[0]
        changed = before is not None and controls != before
        rule = instruments.get(day) if new or changed else None
        since, published = day, rule.published if rule and rule.published != day else ""
        source = rule.cite if rule else f"15 CFR 774 Supp. 1 {day}"
        late = _late(eccn, day)
        if late and changed:
            since, published, source = late
            found[-1] = _until(found[-1], since)
        found.append(Known(since, following[day], published, source, controls))
        before = controls
    return found


def _until(known: Known, day: str) -> Known:
    return replace(known, until=day)


def _by_hand(eccn: str, history: History, entries: dict[str, Entry], parse: Parse) -> list[Known]:
    """The states written down by hand; each is sure until the next state of the entry."""
    full = history.cells.get(eccn, {}).get(FULL_DAY, ())
    found: list[Known] = []
    for state in HAND.get(eccn, ()):
        cells: list[Cell] = []
        if isinstance(state.lines, str):
            cells += full if state.lines == FULL else entries[eccn].cells
        else:
            for control, chart in state.lines:
                cells += full if control == "+" else [Cell(control, chart)]
        source = state.source if "unverified" in state.source else f"{state.source}; unverified"
        published = state.published if state.published != state.since else ""
        found.append(Known(state.since, "", published, source, parse(eccn, cells), by_hand=True))
    if eccn in CARRIED and full:
        source = f"carried back from {FULL_DAY}; unverified before"
        # 85 FR 23459 put Russia and Venezuela beside China on that very day.
        earlier = [replace(cell, chart=_CHINA.sub("China", cell.chart)) for cell in full]
        found.append(Known(KNOWN_FROM, FULL_DAY, "", source, parse(eccn, earlier)))
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """The official text of one day, and what is known of other days; days are ISO."""

    entries: dict[str, Entry]
    as_of: str
    newest: dict[str, tuple[Cell, ...]]
    newest_of: str
    history: History
    instruments: dict[str, Instrument]


def states(eccn: str, texts: Texts, parse: Parse) -> list[Known]:
    """All known states of one entry in time order, adjacent and equal ones not yet joined."""
    as_of, newest, newest_of = texts.as_of, texts.newest, texts.newest_of
    today = parse(eccn, texts.entries[eccn].cells)
    found = [
        *_stored(eccn, texts.history, texts.instruments, parse),
        *_by_hand(eccn, texts.history, texts.entries, parse),
        Known(as_of, newest_of, "", f"15 CFR 774 Supp. 1 {as_of}", today),
    ]
    source = f"15 CFR 774 Supp. 1 {newest_of}"
    if eccn in newest and eccn not in NEWEST_BROKEN:
        found.append(Known(newest_of, "", "", source, parse(eccn, newest[eccn])))
    elif any(control.column in _RENAMED for control in today):
        # The newest list is broken here, but all other entries changed this scope by then; to keep
        # the old one would let the Emirates, which left D:4, slip out of it.
        moved = frozenset(
            control._replace(column=_RENAMED.get(control.column, control.column))
            for control in today
        )
        found.append(Known(newest_of, "", "", f"{source}, by its siblings; unverified", moved))
    found.sort(key=lambda known: known.since)
    settled: list[Known] = []
    for known, after in zip(found, [*found[1:], None], strict=True):
        end = after.since if after else ""
        # A state written down by hand gives all changes around it: it begins where the one before
        # ends. Stored texts are sure until the next amendment, unless the next text says the same.
        if after is None:
            sure = ""
        elif (
            known.by_hand or after.by_hand or known.until >= end or known.controls == after.controls
        ):
            sure = end
        else:
            sure = known.until
        settled.append(_until(known, sure))
    return settled


def intervals(known: list[Known]) -> list[tuple[Control, Span]]:
    """Each control with the intervals in which it stands."""
    found: list[tuple[Control, Span]] = []
    for control in sorted({control for state in known for control in state.controls}):
        current: Span | None = None
        for state in known:
            if control not in state.controls:
                continue
            if current is not None and current.valid_until == state.since:
                current = current._replace(valid_until=state.until)
                continue
            if current is not None:
                found.append((control, current))
            current = Span(state.since, state.until, state.published, state.source)
        if current is not None:
            found.append((control, current))
    return found


def coverage(known: list[Known]) -> list[tuple[tuple[str, ...], Span]]:
    """The intervals in which an entry is known, with the reasons for control of each."""
    found: list[tuple[tuple[str, ...], Span]] = []
    for state in known:
        reasons = tuple(sorted({control.reason for control in state.controls}))
        if found and found[-1][0] == reasons and found[-1][1].valid_until == state.since:
            found[-1] = (reasons, found[-1][1]._replace(valid_until=state.until))
        else:
            span = Span(state.since, state.until, state.published, state.source)
            found.append((reasons, span))
    return found


def parser(path: Path, asked: list[Question]) -> Parse:
    """A parser of control lines that adds an entry's prose controls and collects questions."""

    def parse(eccn: str, cells: Iterable[Cell]) -> frozenset[Control]:
        controls, questions = controls_of(eccn, cells, path)
        by_hand, more = prose_of(eccn)
        asked.extend([*questions, *more])
        return frozenset([*controls, *by_hand])

    return parse
