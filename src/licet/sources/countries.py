"""Countries by the names the EAR uses: ISO 3166-1 alpha-2 codes, and who governs whom.

``countries.csv`` is kept by hand (code, English name, the spellings of the EAR, the country whose
treatment a territory shares under 15 CFR 738.3(b)); all other tables use its codes.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from licet.sources.errors import SourceError

HEADER = ("code", "name", "ear_names", "governed_by")


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory; ``governed_by`` is empty for a country with its own treatment."""

    code: str
    name: str
    ear_names: tuple[str, ...]
    governed_by: str


def read_countries(path: Path) -> tuple[Country, ...]:
    """All countries of ``countries.csv``, in code order.

    Raises ``SourceError`` for another header, a code twice, a spelling that two codes share, or a
    governing country that is not in the file.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or tuple(rows[0]) != HEADER:
        raise SourceError(path, 1, f"has another header; expected {', '.join(HEADER)}")
    found = tuple(
        Country(code, name, tuple(filter(None, ear.split("|"))), governed)
        for code, name, ear, governed in rows[1:]
    )
    codes = {country.code for country in found}
    if len(codes) != len(found):
        raise SourceError(path, None, "gives a country code twice; keep one row per code")
    spellings: dict[str, str] = {}
    for country in found:
        if country.governed_by and country.governed_by not in codes:
            raise SourceError(path, None, f"{country.code} is governed by unknown code")
        for name in (country.name, *country.ear_names):
            other = spellings.setdefault(name.casefold(), country.code)
            if other != country.code:
                raise SourceError(path, None, f"{name!r} names both {other} and {country.code}")
    return tuple(sorted(found, key=lambda country: country.code))


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Country codes by any spelling, and the territories that share a country's treatment."""

    codes: dict[str, str]
    territories: dict[str, tuple[str, ...]]

    def code(self, name: str, path: Path) -> str:
        """The ISO code of a country as the EAR spells it; ``SourceError`` names a new spelling."""
        found = self.codes.get(" ".join(name.split()).casefold())
        if found is None:
            near = get_close_matches(name.casefold(), list(self.codes), n=1)
            hint = f"; nearest known: {near[0]!r}" if near else ""
            raise SourceError(path, None, f"names a country never seen: {name!r}{hint}")
        return found


def gazetteer(countries: tuple[Country, ...]) -> Gazetteer:
    """An index of ``read_countries``."""
    codes = {
        name.casefold(): country.code
        for country in countries
        for name in (country.name, *country.ear_names)
    }
    territories: dict[str, tuple[str, ...]] = {}
    for country in countries:
        if country.governed_by:
            held = territories.get(country.governed_by, ())
            territories[country.governed_by] = (*held, country.code)
    return Gazetteer(codes, territories)


# A heading of the lists in part 744 that is not a country's name. Crimea stays apart: its entries
# say so in their notes and ids, because other rules (746.6) treat it apart; and an order must not
# name it as a spelling of Ukraine.
CRIMEA = "CRIMEA REGION OF UKRAINE"


def packaged_countries() -> Path:
    """The hand-kept table of countries that comes with the program."""
    return Path(str(files("licet") / "rulebook/tables/countries.csv"))


@functools.cache
def _packaged() -> Gazetteer:
    return gazetteer(read_countries(packaged_countries()))


def packaged_names() -> tuple[str, ...]:
    """Every spelling of every country in the packaged table."""
    countries = read_countries(packaged_countries())
    return tuple(name for country in countries for name in (country.name, *country.ear_names))


def heading_code(heading: str) -> str | None:
    """ISO code of a country heading of a list in part 744, None for one never seen.

    A heading is a group of rows, not a statement on sovereignty.

    >>> heading_code("CHINA, PEOPLE'S REPUBLIC OF"), heading_code("ATLANTIS")
    ('CN', None)
    """
    if heading == CRIMEA:
        return "UA"
    return _packaged().codes.get(" ".join(heading.split()).casefold())
