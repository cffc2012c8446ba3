"""The timeline drawn: instruments above the axis, announcements, which are no law, below it; SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

_WIDTH, _LEFT, _RIGHT, _AXIS = 1000, 16, 984, 150
_STEP, _GAP = 13, 11
_LAW, _OTHER, _SAID = "#1d5468", "#7a8790", "#854600"


def svg(events: Sequence[dict[str, Any]], title: str) -> str:
    """The drawing; each mark links to the event of its id on the page. Empty for no events."""
    if not events:
        return ""
    days = [dt.date.fromisoformat(one["date"]) for one in events]
    first, last = dt.date(min(days).year, 1, 1), dt.date(max(days).year + 1, 1, 1)

    def x(day: dt.date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - first).days / (last - first).days

    marks = list(_marks(events, [x(day) for day in days]))
    top = min((y for _, _, y in marks), default=_AXIS) - 16
    below = max((y for _, _, y in marks), default=_AXIS) + 22
    bottom = max(below, _AXIS + 40)
    head = min(top, _AXIS - 40) - 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {head:.0f} {_WIDTH} {bottom - head:.0f}" '
        'role="group" aria-labelledby="timeline-title" font-family="sans-serif" font-size="11">',
        f'<title id="timeline-title">{escape(title)}</title>',
        f'<text x="{_LEFT}" y="{head + 14:.0f}" font-weight="bold" fill="#1c2529">Law: instruments in force '
        'from that day <tspan font-weight="normal">(hollow: guidance and notices)</tspan></text>',
        f'<text x="{_LEFT}" y="{bottom - 6:.0f}" font-style="italic" fill="{_SAID}">'
        "No law: announced only</text>",
        f'<path d="M{_LEFT} {_AXIS}H{_RIGHT}" stroke="#55626a" stroke-width="1.5"/>',
    ]  # fmt: skip
    for year in range(first.year, last.year):
        at = x(dt.date(year, 1, 1))
        parts.append(f'<path d="M{at:.1f} {_AXIS}v18" stroke="#9aa5ab"/>')
        parts.append(f'<text x="{at + 3:.1f}" y="{_AXIS + 15}" fill="#55626a">{year}</text>')
    for one, at, y in marks:
        label = escape(f"{one['date']}: {one['citation'] or one['title']}")
        parts.append(
            f'<a href="#e-{escape(one["id"])}" aria-label="{label}"><title>{label}</title>'
        )
        if one["kind"] == "announcement":
            parts.append(
                f'<path d="M{at:.1f} {y - 6}l6 6l-6 6l-6-6z" fill="#fff" stroke="{_SAID}" stroke-width="1.6" '
                'stroke-dasharray="2.5 1.5"/>'
            )
        else:
            fill = _LAW if one["law"] else "#fff"
            edge = _LAW if one["law"] else _OTHER
            parts.append(
                f'<circle cx="{at:.1f}" cy="{y}" r="5" fill="{fill}" stroke="{edge}" stroke-width="1.4"/>'
            )
        parts.append("</a>")
    return "\n".join([*parts, "</svg>"])


def _marks(
    events: Sequence[dict[str, Any]], places: Sequence[float]
) -> Iterator[tuple[dict[str, Any], float, int]]:
    """Each event with its place; those that would lie on one another are stacked away from the axis."""
    taken: dict[bool, list[list[float]]] = {True: [], False: []}
    for one, at in sorted(zip(events, places, strict=True), key=lambda pair: pair[1]):
        above = one["kind"] != "announcement"
        lanes = taken[above]
        free = (level for level, lane in enumerate(lanes) if at - lane[-1] >= _GAP)
        level = next(free, len(lanes))
        if level == len(lanes):
            lanes.append([])
        lanes[level].append(at)
        yield one, at, _AXIS - 14 - level * _STEP if above else _AXIS + 34 + level * _STEP
