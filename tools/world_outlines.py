"""Write src/licet/world_outlines.json: simplified outlines of countries for maps in SVG.

Source: ``countries-50m.json`` of the npm package world-atlas 2.0.2 (ISC licence), which repackages Natural
Earth 4.1 (public domain). Usage:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/world_outlines.py package/countries-50m.json

The result is projected (Equal Earth: areas keep their proportion), scaled to 1000 units of width and rounded
to tenths, so that the program needs no geometry. Borders are simplified arc by arc: neighbors still meet.
Every destination gets a point as well, for those too small to be seen as an area.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/licet/world_outlines.json"
COUNTRIES = ROOT / "src/licet/rulebook/tables/countries.csv"
WIDTH = 1000.0
TOLERANCE = 0.32  # units of the map; a tenth of a millimeter on a printed page
SMALLEST_RING = 0.35  # square units; smaller islands are left out where the country has others

# Names of Natural Earth that countries.csv spells otherwise.
NAMES = {
    "Vatican": "VA", "Marshall Is.": "MH", "N. Mariana Is.": "MP", "U.S. Virgin Is.": "VI",
    "United States of America": "US", "S. Geo. and the Is.": "GS", "Br. Indian Ocean Ter.": "IO",
    "Saint Helena": "SH", "Pitcairn Is.": "PN", "Falkland Is.": "FK", "Cayman Is.": "KY",
    "British Virgin Is.": "VG", "Turks and Caicos Is.": "TC", "Turkey": "TR", "S. Sudan": "SS",
    "Somaliland": "SO", "Solomon Is.": "SB", "São Tomé and Principe": "ST",
    "St. Vin. and Gren.": "VC", "St. Kitts and Nevis": "KN", "Cook Is.": "CK", "W. Sahara": "EH",
    "Macedonia": "MK", "St. Pierre and Miquelon": "PM", "Wallis and Futuna Is.": "WF",
    "St-Martin": "MF", "St-Barthélemy": "BL", "Fr. Polynesia": "PF", "Fr. S. Antarctic Lands": "TF",
    "Åland": "AX", "Eq. Guinea": "GQ", "Dominican Rep.": "DO", "Faeroe Is.": "FO", "Czechia": "CZ",
    "N. Cyprus": "CY", "Dem. Rep. Congo": "CD", "Congo": "CG", "Macao": "MO",
    "Central African Rep.": "CF", "Cabo Verde": "CV", "Bosnia and Herz.": "BA",
    "Indian Ocean Ter.": "AU", "Heard I. and McDonald Is.": "HM", "Ashmore and Cartier Is.": "AU",
    "Antigua and Barb.": "AG", "Siachen Glacier": "",
}  # fmt: skip
# Destinations that Natural Earth draws within another country, or leaves out: longitude, latitude.
POINTS = {
    "BQ": (-68.3, 12.2), "CC": (96.8, -12.2), "CX": (105.7, -10.5), "GF": (-53.1, 4.0),
    "GI": (-5.35, 36.1), "GP": (-61.6, 16.2), "MQ": (-61.0, 14.6), "RE": (55.5, -21.1),
    "YT": (45.2, -12.8), "TK": (-171.8, -9.2), "TV": (179.2, -8.5), "SJ": (16.0, 78.5),
    "BV": (3.4, -54.4), "NF": (167.9, -29.0),
}  # fmt: skip
# Part of Russia's shape in the source; the EAR name it a region of Ukraine (15 CFR 746.6).
CRIMEA = (32.0, 44.0, 37.0, 46.4)

A1, A2, A3, A4, M = 1.340264, -0.081106, 0.000893, 0.003796, math.sqrt(3) / 2


def project(lon: float, lat: float) -> tuple[float, float]:
    """Equal Earth (Savric, Patterson, Jenny 2018), west to east on 0..WIDTH, north up."""
    theta = math.asin(M * math.sin(math.radians(lat)))
    square = theta * theta
    sixth = square**3
    x = math.radians(lon) * math.cos(theta)
    x /= M * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square))
    y = theta * (A1 + A2 * square + sixth * (A3 + A4 * square))
    scale = WIDTH / (2 * math.pi / (M * A1))
    return WIDTH / 2 + x * scale, 1.317 * scale - y * scale


def unwrap(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Longitudes that run on over the antimeridian instead of jumping by 360 degrees."""
    out, turn = [points[0]], 0.0
    for (before, _), (lon, lat) in itertools.pairwise(points):
        turn -= 360 * round((lon - before) / 360)
        out.append((lon + turn, lat))
    return out


def halves(ring: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """A ring cut at the antimeridian: what lies on the map, and what comes in again from the other side."""
    if all(-180 <= lon <= 180 for lon, _ in ring):
        return [ring]
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        moved = [(lon + shift, lat) for lon, lat in ring]
        part = cut(cut(moved, -180.0, 1), 180.0, -1)
        if len(part) > 2:
            parts.append(part)
    return parts


def cut(ring: list[tuple[float, float]], at: float, side: int) -> list[tuple[float, float]]:
    """The part of a ring east (side 1) or west (side -1) of a meridian (Sutherland and Hodgman)."""
    out: list[tuple[float, float]] = []
    for (x1, y1), (x2, y2) in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        inside, was = (x2 - at) * side >= 0, (x1 - at) * side >= 0
        if inside != was:
            out.append((at, y1 + (y2 - y1) * (at - x1) / (x2 - x1)))
        if inside:
            out.append((x2, y2))
    return out


def simplify(points: list[tuple[float, float]]) -> list[int]:
    """Douglas-Peucker: which points to keep; those within TOLERANCE of the line that stays go."""
    keep = {0, len(points) - 1}
    if points[0] == points[-1] and len(points) > 3:
        # A closed line has no ends: its farthest point is kept, too.
        keep.add(max(range(len(points)), key=lambda at: math.dist(points[0], points[at])))
    spans = sorted(keep)
    stack = list(itertools.pairwise(spans))
    while stack:
        first, last = stack.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        length = math.dist((x1, y1), (x2, y2))
        worst, at = 0.0, 0
        for i in range(first + 1, last):
            x, y = points[i]
            away = math.dist((x, y), (x1, y1))
            if length:
                along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2
                along = min(1.0, max(0.0, along))
                away = math.dist((x, y), (x1 + along * (x2 - x1), y1 + along * (y2 - y1)))
            if away > worst:
                worst, at = away, i
        if worst > TOLERANCE:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return sorted(keep)


def area(ring: list[tuple[float, float]]) -> float:
    """Signed area of a closed ring."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def center(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The centroid of a ring; the mean of its points where it has no area."""
    whole = area(ring)
    if abs(whole) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * whole), y / (6 * whole)


def path(ring: list[tuple[float, float]]) -> str:
    """SVG path data in tenths of a unit, relative to the point before."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
    out, (px, py) = f"M{tenths[0][0]} {tenths[0][1]}l", tenths[0]
    steps = []
    for x, y in tenths[1:]:
        if (x, y) != (px, py):
            steps.append(f"{x - px} {y - py}")
            px, py = x, y
    return out + " ".join(steps).replace(" -", "-") + "z"


def outlines(source: dict[str, Any]) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Path data, and the point and area, of each country code."""
    (kx, ky), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    arcs: list[list[tuple[float, float]]] = []
    for line in source["arcs"]:
        x = y = 0
        points = []
        for dx, dy in line:
            x, y = x + dx, y + dy
            points.append((x * kx + tx, y * ky + ty))
        points = unwrap(points)
        kept = simplify([project(*point) for point in points])
        arcs.append([points[i] for i in kept])

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for index in indices:
            line = arcs[index] if index >= 0 else arcs[~index][::-1]
            out += line[1:] if out else line
        return unwrap(out)[:-1]

    with COUNTRIES.open(encoding="utf-8") as file:
        names = {row["name"].casefold(): row["code"] for row in csv.DictReader(file)}
    rings: dict[str, list[list[tuple[float, float]]]] = {}
    for geometry in source["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = NAMES[name] if name in NAMES else names[name.casefold()]
        if code == "AQ":
            continue
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            degrees = ring(polygon[0])
            lons, lats = [p[0] for p in degrees], [p[1] for p in degrees]
            west, south, east, north = CRIMEA
            crimea = west < min(lons) and max(lons) < east and south < min(lats) < max(lats) < north
            key = "crimea" if code == "RU" and crimea else code
            for part in polygon:
                for half in halves(ring(part)):
                    rings.setdefault(key, []).append([project(*point) for point in half])
    shapes, points = {}, {}
    for code, found in sorted(rings.items()):
        found.sort(key=lambda r: -abs(area(r)))
        drawn = [r for r in found if len(r) > 2 and abs(area(r)) >= SMALLEST_RING]
        x, y = center(found[0])
        points[code] = [round(x, 1), round(y, 1), round(sum(abs(area(r)) for r in found), 1)]
        if drawn and code:
            shapes[code] = "".join(path(r) for r in drawn)
    for code, place in POINTS.items():
        x, y = project(*place)
        points.setdefault(code, [round(x, 1), round(y, 1), 0.0])
    points.pop("", None)
    return shapes, points


def main() -> None:
    """Read the topology named on the command line and write the outlines."""
    shapes, points = outlines(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    about = {
        "source": "Natural Earth 4.1, 1:50m admin 0 countries (public domain), by way of the npm package"
        " world-atlas 2.0.2 (ISC licence, Michael Bostock); simplified by tools/world_outlines.py",
        "notice": "world-atlas: Copyright 2013-2019 Michael Bostock. Permission to use, copy, modify, and/or"
        " distribute this software for any purpose with or without fee is hereby granted, provided that the"
        " above copyright notice and this permission notice appear in all copies. THE SOFTWARE IS PROVIDED"
        ' "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED'
        " WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL,"
        " DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA"
        " OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR"
        " IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.",
        "unit": "shapes in tenths of a unit of a map 1000 units wide (Equal Earth);"
        " points as x, y and area in units",
    }
    lines = [f' "about": {json.dumps(about)},', ' "points": {']
    lines.append(",\n".join(f'  "{c}": {json.dumps(p)}' for c, p in sorted(points.items())))
    lines += [" },", ' "shapes": {']
    lines.append(",\n".join(f'  "{c}": "{d}"' for c, d in shapes.items()))
    lines.append(" }")
    TARGET.write_text("{\n" + "\n".join(lines) + "\n}\n", encoding="utf-8")
    print(
        f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(shapes)} shapes, {len(points)} points"
    )


if __name__ == "__main__":
    main()
