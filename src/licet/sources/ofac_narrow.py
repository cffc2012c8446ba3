"""OFAC's lists with narrower effects than blocking (the non-SDN lists), made into one dated table of names.

They are: Chinese military companies (CMIC, securities), sectoral sanctions (SSI, debt and equity),
menu-based sanctions (MBS), correspondent accounts (CAPTA), evaders of foreign sanctions (FSE) and the
Palestinian Legislative Council (PLC). None bans goods by itself, but evaders and some menus: the entry
has to be read. The files are those of the SDN List (``licet.sources.ofac_names``): cons_prim.csv,
cons_alt.csv, cons_add.csv, in the copies of some days only.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from licet.parties.names import written
from licet.sources import tables
from licet.sources.countries import gazetteer, read_countries
from licet.sources.errors import SourceError
from licet.sources.ofac_names import Copy, dated, natural, read_sdn, strong, table_rows

COLUMNS = (
    "id", "name", "keys", "country", "kind", "list", "certain_from", "certain_until",
    "valid_from", "valid_until", "source",
)  # fmt: skip
# Which list a program tag stands for, the first that an entry has; EO 14024 is also the tag of blocked persons,
# who stand on the SDN List instead.
_LISTS = (
    ("UKRAINE-EO13662", "SSI"), ("CMIC-EO13959", "CMIC"), ("561-Related", "CAPTA"),
    ("561List", "CAPTA"), ("NS-PLC", "PLC"),
    ("CAATSA - RUSSIA", "MBS"), ("RUSSIA-EO14024", "MBS"), ("BURMA-EO14014", "MBS"),
    ("ILLICIT-DRUGS-EO14059", "MBS"), ("FSE-SY", "FSE"), ("FSE-IR", "FSE"), ("HIFPAA", "CAPTA"),
)  # fmt: skip
# The list of Executive Order 13599: blocked persons of the government of Iran, whom the SDN List took in 2018.
_BLOCKED = ("IRAN",)
# The list of Chinese military companies began on this day, and nearly all of it stood from the second.
_CMIC_FROM, _CMIC_CERTAIN = "2021-08-02", "2021-12-16"


def compile_narrow(data: Path, countries: Path, out: Path, *, first: date) -> int:
    """Write the table of the non-SDN lists from a data folder (``ofac/*/cons_*.csv``); its row count.

    ``first`` is the day from which an entry of the first copy may have been listed. Raises ``SourceError``
    for a program tag that no list here has.
    """
    copies: list[tuple[date, Copy]] = [
        (date.fromisoformat(path.parent.name), read_sdn(path))
        for path in sorted((data / "ofac").glob("*/cons_prim.csv"))
    ]
    kinds = {number: entry.kind for _, copy in copies for number, entry in copy.items()}
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for path in sorted((data / "ofac").glob("*/cons_alt.csv")):
        for number, _, _, other in table_rows(path, 4):
            names[number][natural(other, kinds.get(number, "organization"))] = None
    codes = gazetteer(read_countries(countries)).codes
    places: dict[str, str] = {}
    for path in sorted((data / "ofac").glob("*/cons_add.csv")):
        for number, *_, place, _ in table_rows(path, 6):
            code = codes.get(place.casefold())
            if code:
                places.setdefault(number, code)
    days = ", ".join(day.isoformat() for day, _ in copies)
    rows = []
    for number, entry, when in dated(copies, first):
        if entry.programs == _BLOCKED:
            continue
        code = next((its for tag, its in _LISTS if tag in entry.programs), None)
        if code is None:
            raise SourceError(out, None, f"{entry.name}: no list for the tags {entry.programs}")
        source = f"OFAC non-SDN lists of {days}"
        if code == "CMIC":
            source += "; first days from memory"
            when = {**when, "valid_from": _CMIC_FROM, "certain_from": _CMIC_CERTAIN}  # noqa: PLW2901
        keys = sorted({s for n in strong(names[number], entry) for s in written(n)})
        own = {
            "id": f"cons-{number}",
            "name": entry.name,
            "keys": "|".join(keys),
            "country": places.get(number, ""),
            "kind": entry.kind,
            "list": code,
            "source": source,
        }
        rows.append(own | when)
    tables.write(out, tables.render_rows(COLUMNS, rows))
    return len(rows)
