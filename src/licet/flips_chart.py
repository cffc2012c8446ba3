"""A replay drawn: what flips on each day and which instrument did it, announcements told apart; SVG and HTML.

A row for each day of law. Lines that stop are drawn to the left of the axis, lines that may ship again to
the right, other changes below as a hatched bar. Colors are those of Okabe and Ito; direction and words say
the same.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from licet.decision import GO_AHEAD
from licet.flips import Flip
from licet.law.instrument import Announcement

STOPS, AGAIN, OTHER = "stop", "may ship again", "change otherwise"
_WIDTH, _AXIS, _HALF, _TEXT = 1000, 312, 145, 490
_LINE, _TOP, _MOST = 17, 74, 4
_STYLES = {STOPS: "#d55e00", AGAIN: "#0072b2", OTHER: "url(#other)"}


@dataclass(frozen=True, slots=True)
class Change:
    """What flips between a day and the one before it in the replay.

    ``lines`` are by direction; ``instruments`` the lines in whose flips each took part, so that a line may
    count for several; ``announced`` what was said after the day before, up to this day, without legal effect.
    """

    since: dt.date
    day: dt.date
    lines: Counter[str]
    instruments: Counter[str]
    announced: tuple[Announcement, ...]


def direction(flip: Flip) -> str:
    """Whether lines stop, may ship again, or change otherwise (from a hold to a refusal, say)."""
    before, after = flip.before in GO_AHEAD, flip.after in GO_AHEAD
    if before == after:
        return OTHER
    return STOPS if before else AGAIN


def changes_of(
    days: Sequence[dt.date], flips: Iterable[Flip], announcements: Iterable[Announcement]
) -> list[Change]:
    """The changes between each day and the next, also where nothing flips."""
    said, found = list(announcements), list(flips)
    changes = []
    for since, day in itertools.pairwise(days):
        lines: Counter[str] = Counter()
        instruments: Counter[str] = Counter()
        for flip in found:
            if (flip.since, flip.day) == (since, day):
                lines[direction(flip)] += flip.lines
                for one in {_short(text) for text in flip.instruments} or {"no single instrument"}:
                    instruments[one] += flip.lines
        announced = tuple(one for one in said if since < one.date <= day)
        changes.append(Change(since, day, lines, instruments, announced))
    return changes


def _short(instrument: str) -> str:
    """A citation without the day of its page, which the day of the row makes superfluous."""
    return re.sub(r" \d{4}-\d\d-\d\d$", "", instrument)


def svg(changes: Sequence[Change], count: int, title: str = "What flips, and what did it") -> str:
    """The chart. ``count`` is the number of lines in the book."""
    rows = [(one, list(_words(one))) for one in changes]
    heights = [max(2, len(words)) * _LINE + 18 for _, words in rows]
    height = _TOP + sum(heights) + 14
    most = max((one.lines[way] for one in changes for way in _STYLES), default=0) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        '<defs><pattern id="other" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#eeeeee"/><path d="M-1 1L1-1M0 6L6 0M5 7L7 5" stroke="#555555"/>'
        "</pattern></defs>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="14" y="26" font-size="17" font-weight="bold">{escape(title)}</text>',
        f'<text x="14" y="46" fill="#444444">{count:,} lines, each day against the day before it</text>',
        f'<text x="{_AXIS - 6}" y="64" text-anchor="end" fill="{_STYLES[STOPS]}">lines that stop</text>',
        f'<text x="{_AXIS + 6}" y="64" fill="{_STYLES[AGAIN]}">lines that may ship again</text>',
    ]
    top = float(_TOP)
    for (one, words), tall in zip(rows, heights, strict=True):
        parts += _row(one, words, top, tall, most)
        top += tall
    parts.append(f'<path d="M{_AXIS} {_TOP}V{top:.0f}" stroke="#222222"/>')
    return "\n".join([*parts, "</svg>", ""])


def _row(
    change: Change, words: Sequence[tuple[str, bool]], top: float, tall: int, most: int
) -> Iterator[str]:
    yield f'<path d="M14 {top:.0f}H{_WIDTH - 14}" stroke="#dddddd"/>'
    yield f'<text x="14" y="{top + 20:.0f}" font-weight="bold">{change.day.isoformat()}</text>'
    for way, up, left in ((STOPS, 8, True), (AGAIN, 8, False), (OTHER, 27, True)):
        lines = change.lines[way]
        if not lines:
            continue
        wide = max(2.0, _HALF * lines / most)
        start = _AXIS - wide if left else _AXIS
        high = 16 if way != OTHER else 8
        yield (
            f'<rect x="{start:.1f}" y="{top + up:.0f}" width="{wide:.1f}" height="{high}" '
            f'fill="{_STYLES[way]}">'
            f"<title>{lines:,} lines {way}</title></rect>"
        )
        y, size = (top + up + 13, 13) if way != OTHER else (top + up + 8, 10)
        end = ' text-anchor="end"' if left else ""
        at = start - 5 if left else start + wide + 5
        note = f"{lines:,}" if way != OTHER else f"{lines:,} otherwise"
        yield f'<text x="{at:.1f}" y="{y:.0f}" font-size="{size}"{end}>{note}</text>'
    for at, (text, announced) in enumerate(words):
        y = top + 20 + at * _LINE
        if announced:
            x = _TEXT - 9
            yield f'<path d="M{x} {y - 9:.0f}l5 5l-5 5l-5-5z" fill="#ffffff" stroke="#666666"/>'
        style = ' font-style="italic" fill="#666666"' if announced else ""
        yield f'<text x="{_TEXT}" y="{y:.0f}"{style}>{escape(text)}</text>'


def _words(change: Change) -> Iterator[tuple[str, bool]]:
    """What is said beside the bars; whether it is of an announcement."""
    if not change.instruments:
        yield "Nothing flips.", False
    for instrument, lines in change.instruments.most_common(_MOST):
        yield f"{instrument}: {_number(lines, 'line')}", False
    if (more := len(change.instruments) - _MOST) > 0:
        yield f"and {_number(more, 'more instrument')}", False
    for one in change.announced[:_MOST]:
        yield f"{one.date}, announced, no law: {_cut(one.speaker, 40)}", True
    if (more := len(change.announced) - _MOST) > 0:
        yield f"and {_number(more, 'more announcement')}", True


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def html(changes: Sequence[Change], count: int, title: str = "What flips, and what did it") -> str:
    """The chart as a page that needs nothing else, with its numbers in a table below it."""
    rows = []
    for one in changes:
        did = "<br>".join(
            f"{escape(i)}: {_number(n, 'line')}" for i, n in one.instruments.most_common()
        )
        said = "<br>".join(
            f"{a.date}: {escape(a.speaker)}: {escape(a.said)}" for a in one.announced
        )
        cells = "".join(f"<td>{one.lines[way]:,}</td>" for way in _STYLES)
        rows.append(
            f"<tr><th>{one.day}</th>{cells}<td>{did or 'nothing flips'}</td><td><i>{said}</i></td></tr>"
        )
    head = "".join(f"<th>lines that {way}</th>" for way in _STYLES)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>'
        "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}svg{max-width:100%;height:auto}"
        "td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}"
        "</style></head><body>\n"
        f"{svg(changes, count, title)}<table><thead><tr><th>day</th>{head}<th>instruments that did it</th>"
        f"<th>announced, without legal effect</th></tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table>"
        "</body></html>\n"
    )
