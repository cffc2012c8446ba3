"""OFAC's SDN List at several days, made into one dated table of names and program tags.

Between two copies of the list the day of a change is not known: a name that is first seen in the later
copy was listed on some day after the earlier one. ``valid_from`` and ``valid_until`` bound what is possible,
``certain_from`` and ``certain_until`` what is certain. ``keys`` has the names and strong aliases of all copies
as screening compares them (``licet.parties.names``).

Legacy CSV files: sdn.csv (entity number, name, kind, programs, ...), alt.csv (entity number, number, type,
name), add.csv (entity number, ..., country).
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from licet.parties.names import written
from licet.sources import tables
from licet.sources.countries import gazetteer, read_countries
from licet.sources.errors import SourceError

COLUMNS = (
    "id", "name", "keys", "country", "kind", "programs", "certain_from", "certain_until",
    "valid_from", "valid_until",
)  # fmt: skip
_KINDS = {"-0-": "organization", "entity": "organization", "individual": "individual",
          "vessel": "vessel", "aircraft": "aircraft"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry in one copy of the list; ``programs`` sorted."""

    name: str
    kind: str
    programs: tuple[str, ...]


Copy = Mapping[str, Listed]


def read_sdn(path: Path) -> dict[str, Listed]:
    """A copy of sdn.csv (plain or .gz), by entity number; raises ``SourceError`` at a kind never seen."""
    found = {}
    with _open(path) as stream:
        for line, cells in enumerate(csv.reader(stream), 1):
            if len(cells) < 4:
                continue  # the files end in a control character
            number, name, kind, programs = (cell.strip() for cell in cells[:4])
            if kind not in _KINDS:
                raise SourceError(path, line, f"a kind of entry never seen: {kind!r}")
            found[number] = Listed(natural(name, _KINDS[kind]), _KINDS[kind], _programs(programs))
    return found


def read_csl_names(path: Path) -> tuple[dict[str, Listed], dict[str, list[str]], dict[str, str]]:
    """The SDN entries of a compact Consolidated Screening List: entries, other names, countries ("|")."""
    data = json.loads(path.read_text(encoding="utf-8"))
    sources, programs = data["tables"]["sources"], data["tables"]["programmes"]
    entries: dict[str, Listed] = {}
    others: dict[str, list[str]] = {}
    countries: dict[str, str] = {}
    for entry in data["entries"]:
        if "(SDN)" not in sources[entry["s"]]:
            continue
        kind = _KINDS[entry["t"].casefold()]
        tags = _programs(programs[entry["pg"]]) if "pg" in entry else ()
        entries[entry["e"]] = Listed(natural(entry["n"], kind), kind, tags)
        others[entry["e"]] = [natural(name, kind) for name in entry.get("a", ())]
        countries[entry["e"]] = "|".join(entry.get("c", ()))
    return entries, others, countries


def dated(
    copies: Sequence[tuple[date, Copy]], first: date
) -> Iterator[tuple[str, Listed, dict[str, str]]]:
    """Entity number, entry and its days for every run of copies in which the entry stays the same.

    ``first`` is the day from which an entry of the first copy may have been listed.
    """
    days = [day for day, _ in copies]
    for number in sorted({number for _, copy in copies for number in copy}, key=int):
        seen = [copy.get(number) for _, copy in copies]
        start = 0
        for at, entry in enumerate(seen):
            after = seen[at + 1] if at + 1 < len(seen) else None
            if entry is not None and entry == after:
                continue
            if entry is not None:
                before = seen[start - 1] if start else None
                last = at + 1 == len(seen)
                known = days[start - 1] + timedelta(1) if start else first
                begins = days[start] if before is not None else known
                ends = "" if last else (days[at + 1] if after else days[at] + timedelta(1))
                yield number, entry, {
                    "certain_from": days[start].isoformat(),
                    "certain_until": str(ends),
                    "valid_from": begins.isoformat(),
                    "valid_until": "" if last else days[at + 1].isoformat(),
                }  # fmt: skip
            start = at + 1


def compile_sdn(data: Path, countries: Path, out: Path, *, first: date) -> int:
    """Write the dated table of the SDN List from a data folder (``ofac/``, ``derived/``); its row count."""
    ofac = data / "ofac"
    files = {
        **{path.parent.name: path for path in ofac.glob("*/sdn.csv")},
        **{path.name[4:14]: path for path in (ofac / "history").glob("sdn_*.csv.gz")},
    }
    copies: list[tuple[date, Copy]] = [
        (date.fromisoformat(day), read_sdn(path)) for day, path in sorted(files.items())
    ]
    newest = data / "derived" / "seelpeed_screening-list.json"
    entries, others, places = read_csl_names(newest)
    copies.append((date(2026, 7, 31), entries))
    kinds = {number: entry.kind for _, copy in copies for number, entry in copy.items()}
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for path in sorted(ofac.glob("*/alt.csv")):
        for number, _, _, other in table_rows(path, 4):
            names[number][natural(other, kinds.get(number, "organization"))] = None
    codes = gazetteer(read_countries(countries)).codes
    for path in sorted(ofac.glob("*/add.csv")):
        for number, *_, place, _ in table_rows(path, 6):
            code = codes.get(place.casefold())
            if code and number not in places:
                places[number] = code  # an entry that is no longer listed
    for number, found in others.items():
        if number not in names:
            names[number] = dict.fromkeys(found)
    table = []
    for number, entry, when in dated(copies, first):
        own = {
            "id": f"sdn-{number}",
            "name": entry.name,
            "keys": "|".join(sorted({s for n in strong(names[number], entry) for s in written(n)})),
            "country": places.get(number, ""),
            "kind": entry.kind,
            "programs": "|".join(entry.programs),
        }
        table.append(own | when)
    tables.write(out, tables.render_rows(COLUMNS, table))
    return len(table)


def strong(names: Iterable[str], entry: Listed) -> Iterator[str]:
    """The names that identify somebody: a person's single word does not."""
    yield entry.name
    for name in names:
        if name != entry.name and (entry.kind != "individual" or " " in name):
            yield name


def natural(name: str, kind: str) -> str:
    """A name in its natural order: "KARNER, Matevz" of a person is Matevz KARNER."""
    name = " ".join(name.split())
    if kind == "individual" and ", " in name:
        last, _, rest = name.partition(", ")
        return f"{rest} {last}"
    return name


def _programs(text: str) -> tuple[str, ...]:
    return tuple(sorted({tag.strip() for tag in re.split(r"[\[\];]", text) if tag.strip(" -0")}))


def table_rows(path: Path, width: int) -> Iterator[list[str]]:
    """The rows of one of OFAC's legacy CSV files that have at least ``width`` cells, cut to it."""
    with _open(path) as stream:
        for cells in csv.reader(stream):
            if len(cells) >= width:
                yield [" ".join(cell.split()) for cell in cells[:width]]


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="")
    return path.open(encoding="utf-8", errors="replace", newline="")
