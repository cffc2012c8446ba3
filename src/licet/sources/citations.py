"""Federal Register citations of list entries, and the day on which each instrument took effect.

An entry's citations are its dated history. BIS rules are often effective days before they are
published, so the day of an instrument is looked up in ``effective_dates.csv`` by volume and page;
where that table is silent the day of publication stands in, and the row says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licet.sources.tables import read_csv

_CITATION = re.compile(
    r"(?P<volume>\d+)\s+FR\s+(?:FR\s+)?(?P<page>\d+)"
    r"(?:\s*preview citation details)?\s*[.,]?\s*"
    r"(?:(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})"
    r"|(?P<month>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4}))"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Misprints in the supplements, as (volume, page, date printed) -> what the Register has. A volume
# belongs to a year, and other entries cite the same page correctly.
MISPRINTS: dict[tuple[int, int, date], tuple[int, int, date]] = {
    (83, 61541, date(2019, 11, 13)): (84, 61541, date(2019, 11, 13)),
    (77, 58006, date(2012, 9, 9)): (77, 58006, date(2012, 9, 19)),
    (86, 4864, date(2021, 1, 14)): (86, 4864, date(2021, 1, 15)),
    (88, 38741, date(2023, 6, 12)): (88, 38741, date(2023, 6, 14)),
}


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A Federal Register page and the day on which that issue was published."""

    published: date
    volume: int
    page: int

    def __str__(self) -> str:
        return f"{self.volume} FR {self.page} {self.published.isoformat()}"


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of ``effective_dates.csv``: an instrument's pages and the day it took effect."""

    volume: int
    first_page: int
    last_page: int
    published: date
    effective: date
    source: str


def parse(text: str) -> tuple[Citation, ...]:
    """The citations of a cell in the order printed, misprints corrected.

    Raises ``ValueError`` naming what is left over when the cell holds anything else, and when a
    volume does not belong to its year.

    >>> [str(c) for c in parse("84 FR 22963, 5/21/19. 84 FR 43495, 8/21/19.")]
    ['84 FR 22963 2019-05-21', '84 FR 43495 2019-08-21']
    """
    found: list[Citation] = []
    for match in _CITATION.finditer(text):
        published = _date(match)
        key = (int(match["volume"]), int(match["page"]), published)
        volume, page, published = MISPRINTS.get(key, key)
        if volume != published.year - 1935:
            raise ValueError(f"{match[0]!r}: volume {volume} is not of {published.year}")
        found.append(Citation(published, volume, page))
    rest = re.sub(r"[\s.,;]+", "", _CITATION.sub("", text))
    if rest or not found:
        raise ValueError(f"not a Federal Register citation: {rest or text!r}")
    return tuple(found)


def effects(path: Path) -> tuple[Effect, ...]:
    """The reviewed table of effective dates."""
    return tuple(
        Effect(
            int(row["volume"]),
            int(row["first_page"]),
            int(row["last_page"]),
            date.fromisoformat(row["published"]),
            date.fromisoformat(row["effective"]),
            row["source"],
        )
        for row in read_csv(path)
    )


def effective(citation: Citation, known: tuple[Effect, ...]) -> date | None:
    """The day on which the cited instrument took effect, or None when it is not known."""
    for effect in known:
        if (
            effect.volume == citation.volume
            and effect.first_page <= citation.page <= effect.last_page
        ):
            return effect.effective
    return None


def month(name: str) -> int:
    """The number of a month from its English name or abbreviation: "Nov" is 11."""
    return _MONTHS.index(name[:3]) + 1


def _date(match: re.Match[str]) -> date:
    if match["month"]:
        return date(int(match["year"]), month(match["month"]), int(match["day"]))
    year = int(match["y"])
    if year < 100:
        year += 2000 if year < 50 else 1900
    return date(year, int(match["m"]), int(match["d"]))
