"""Country codes and the names by which people and the regulations call the same countries."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TABLE = "rulebook/tables/countries.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """`names`: ISO 3166-1 alpha-2 code (and XK, Kosovo) -> name; `codes`: known name -> code."""

    names: Mapping[str, str]
    codes: Mapping[str, str]


@cache
def countries() -> Countries:
    """Read the packaged table once: code, name and ear_names (parted by `|`)."""
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    text = files("licet").joinpath(TABLE).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        code = row["code"]
        names[code] = row["name"]
        for name in (row["name"], *row["ear_names"].replace(";", "|").split("|")):
            if name.strip():
                codes.setdefault(plain(name), code)
    return Countries(names=names, codes=codes)


def plain(name: str) -> str:
    """One spelling for a country's name: lower case, no points, `&` as `and`."""
    return " ".join(name.casefold().replace(".", "").replace("&", "and").split())
