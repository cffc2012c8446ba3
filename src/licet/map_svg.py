"""A world map in SVG: one fill and one pattern for each status, a legend, and words on every country.

The colors are those of Okabe and Ito, which people of every kind of color vision tell apart; patterns tell
the statuses apart without color. Destinations too small to be seen are drawn as dots. Outlines are Natural
Earth's (public domain), kept in ``world_outlines.json``; their lines are no statement on sovereignty.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib import resources

from licet.law_where import STATUSES, Destination, World

# Below this area (square units of the map, which is 1000 wide) a destination gets a dot.
_TINY = 12.0
# Status: ground color, side of a pattern's tile and what is drawn on it, color of the mark on a dot.
_STYLES: Mapping[str, tuple[str, int, str, str]] = {
    "embargoed": (
        "#1a1a1a", 6, '<path d="M0 0L6 6M6 0L0 6" stroke="#8a8a8a" stroke-width=".8"/>', "#ffffff",
    ),
    "required": ("#d55e00", 0, "", "#ffffff"),
    "depends": (
        "#ffe9d6", 5, '<path d="M-1 1L1-1M0 5L5 0M4 6L6 4" stroke="#d55e00" stroke-width="1.3"/>',
        "#d55e00",
    ),
    "unknown": ("#f4f4f4", 5, '<circle cx="2.5" cy="2.5" r="1" fill="#444444"/>', "#444444"),
    "none": ("#9fd0ec", 0, "", "#2c6e96"),
    "home": ("#ffffff", 0, "", "#777777"),
}  # fmt: skip
# The mark on a dot, which is too small for a pattern.
_MARKS: Mapping[str, str] = {
    "embargoed": "m-1.8-1.8l3.6 3.6m0-3.6l-3.6 3.6",
    "depends": "m-2.1 2.1l4.2-4.2",
    "unknown": "m-.8 0h1.6",
}
_HEIGHT = 575
_TOP = 62  # room for the title


@dataclass(frozen=True, slots=True)
class Outlines:
    """Path data by country code, in tenths of a unit, and point and area in units."""

    shapes: Mapping[str, str]
    points: Mapping[str, tuple[float, float, float]]
    source: str


@functools.cache
def outlines() -> Outlines:
    """The packaged outlines, read once."""
    text = (resources.files("licet") / "world_outlines.json").read_text(encoding="utf-8")
    data = json.loads(text)
    points = {code: (x, y, area) for code, (x, y, area) in data["points"].items()}
    return Outlines(data["shapes"], points, data["about"]["source"])


def world_map(world: World) -> str:
    """The map of ``licet law where`` as the text of an SVG file, 1000 by 575 units."""
    title = f"{world.eccn}: where a license is needed on {world.on}"
    counts = Counter(place.status for place in world.destinations)
    summary = "; ".join(f"{STATUSES[s]}: {counts[s]}" for s in STATUSES if counts[s])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {_HEIGHT}" role="img"'
            ' aria-labelledby="title summary" font-family="Helvetica, Arial, sans-serif">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="summary">{escape(summary)}</desc>',
            *_definitions(),
            f'<rect width="1000" height="{_HEIGHT}" fill="#ffffff"/>',
            f'<text x="14" y="28" font-size="20" font-weight="bold">{escape(title)}</text>',
            f'<text x="14" y="48" font-size="12" fill="#444">{escape(_subtitle(world))}</text>',
            f'<g transform="translate(0 {_TOP})">',
            *_countries(world),
            "</g>",
            *_legend(counts),
            "</svg>",
            "",
        ]
    )


def _subtitle(world: World) -> str:
    known = f", as known on {world.known}" if world.known else ""
    return (
        f"Export from the United States to a civil buyer on no list, before license exceptions{known}."
        f" Rulebook {world.rulebook}."
    )


def _definitions() -> Iterator[str]:
    yield "<defs>"
    for status, (ground, side, drawn, _) in _STYLES.items():
        if side:
            yield (
                f'<pattern id="{status}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">'
                f'<rect width="{side}" height="{side}" fill="{ground}"/>{drawn}</pattern>'
            )
    yield "</defs>"


def _fill(status: str) -> str:
    ground, side, _, _ = _STYLES[status]
    return f"url(#{status})" if side else ground


def _countries(world: World) -> Iterator[str]:
    places = {place.country: place for place in world.destinations}
    drawn = outlines()
    dots = []
    for code, path in drawn.shapes.items():
        status, says = _says(code, places)
        yield (
            f'<path d="{_units(path)}" fill="{_fill(status)}" stroke="#666" stroke-width=".35"'
            f' data-country="{code}"><title>{escape(says)}</title></path>'
        )
    for code, (x, y, area) in drawn.points.items():
        if area < _TINY and code in places:
            status, says = _says(code, places)
            ground, _, _, ink = _STYLES[status]
            mark = _MARKS.get(status)
            drawing = (
                f'<path d="M{x:g} {y:g}{mark}" stroke="{ink}" stroke-width="1.1"/>' if mark else ""
            )
            dots.append(
                f'<g data-country="{code}"><title>{escape(says)}</title><circle cx="{x:g}" cy="{y:g}"'
                f' r="3" fill="{ground}" stroke="#333" stroke-width=".5"/>{drawing}</g>'
            )
    yield from dots


@functools.lru_cache(maxsize=512)
def _units(path: str) -> str:
    """Path data in units of the map instead of tenths."""
    out = []
    number = ""
    for letter in f"{path} ":
        if letter.isdigit() or (letter == "-" and not number):
            number += letter
            continue
        if number:
            out.append(f"{int(number) / 10:g}")
            number = "-" if letter == "-" else ""
            if letter == "-":
                continue
        out.append(letter)
    return "".join(out).strip()


def _says(code: str, places: Mapping[str, Destination]) -> tuple[str, str]:
    if code == "crimea":
        return (
            "unknown",
            "Crimea region of Ukraine: 15 CFR 746.6; not a destination of its own here",
        )
    place = places.get(code)
    if place is None:
        return "home", "United States: no export"
    reasons = f" ({', '.join(place.reasons)})" if place.reasons else ""
    more = f"; {place.why[0]}" if place.why and place.status in ("unknown", "depends") else ""
    return place.status, f"{place.name} ({code}): {STATUSES[place.status]}{reasons}{more}"


def _legend(counts: Mapping[str, int]) -> Iterator[str]:
    x, y = 14.0, _HEIGHT - 58
    entries = [(status, f"{says}: {counts[status]}") for status, says in STATUSES.items()]
    shown = [entry for entry in entries if counts.get(entry[0])]
    for status, label in [*shown, ("home", "United States: no export")]:
        if x + 42 + 6 * len(label) > 990:
            x, y = 14.0, y + 19
        yield (
            f'<rect x="{x:g}" y="{y}" width="22" height="13" fill="{_fill(status)}" stroke="#555"'
            f' stroke-width=".6"/><text x="{x + 27:g}" y="{y + 11}" font-size="11">{escape(label)}</text>'
        )
        x += 42 + 6.0 * len(label)
    yield (
        f'<text x="14" y="{_HEIGHT - 8}" font-size="8.5" fill="#555">Dots: destinations too small to be seen.'
        " Antarctica is counted and not drawn. Outlines: Natural Earth (public domain), simplified; no"
        " statement on boundaries or sovereignty. Crimea is shown apart: 15 CFR 746.6.</text>"
    )
