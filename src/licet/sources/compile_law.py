"""Compile all bulk law: official files in a folder -> every dated table, with its origin.

What ``licet law compile`` does. All tables are compiled before the first is written, and the same
files give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from licet.sources.compile_ccl import Inputs, compile_ccl
from licet.sources.compile_lists import compile_lists
from licet.sources.countries import packaged_countries
from licet.sources.errors import SourceError
from licet.sources.official_files import DERIVED, ORIGINS, PATTERNS, OfficialFile, find, origins
from licet.sources.tables import DATED, KNOWN_FROM, parse, read_csv, render, write

_SERIES_600 = re.compile(r"\d[A-E]6\d\d|9[A-E]515")
_CCL = ("ccl", "ccl_newest", "ccl_runs", "ccl_index", "ccl_full", "rules")
_GROUPS = ("groups",)
_CHART = ("chart", "chart_export")

# Each compiled table, and the kinds of files it is made from.
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    "entity_list.csv": ("part_744",),
    "unverified_list.csv": ("part_744",),
    "military_end_user_list.csv": ("part_744",),
    "stays.csv": ("part_744",),
    "ccl_entries.csv": _CCL,
    "ccl_controls.csv": _CCL,
    "ccl_questions.csv": _CCL,
    "series_600.csv": _CCL,
    "ns_fdp_technology.csv": _CCL,
    "country_chart.csv": _CHART,
    "country_chart_pointers.csv": _CHART,
    "country_groups.csv": _GROUPS,
    "destination_scopes.csv": _GROUPS,
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """Tables by file name (``origins.csv`` among them), and the files that they were made from."""

    tables: Mapping[str, str]
    files: Mapping[str, OfficialFile]

    @property
    def questions(self) -> int:
        """How many conditions in prose are asked of the user by name."""
        return len(parse(self.tables["ccl_questions.csv"])[1])


def packaged_tables() -> Path:
    """The folder of the tables that come with the program."""
    return Path(str(files("licet") / "rulebook/tables"))


def compile_law(folder: Path, *, part_744: Path | None = None, ccl: Path | None = None) -> Compiled:
    """All tables from the official files in a folder; nothing is written.

    Raises ``SourceError`` with file, place and reason when a file is missing or is not understood.
    """
    given = {"part_744": part_744, "ccl": ccl}
    found = find(
        folder,
        read_csv(packaged_tables() / ORIGINS),
        given={kind: path for kind, path in given.items() if path is not None},
    )
    for kind, (pattern, source) in PATTERNS.items():
        if kind not in found:
            looks = " or ".join((pattern, *(DERIVED[kind][:1] if kind in DERIVED else ())))
            raise SourceError(
                folder, None, f"has no file of {source}; its name would look like {looks}"
            )
    tables = {
        **compile_lists(found["part_744"].path, date.fromisoformat(found["part_744"].as_of)),
        **compile_ccl(inputs(found), packaged_countries()),
    }
    tables |= compile_computed(
        tables["ccl_entries.csv"], tables["ccl_controls.csv"], found["ccl"].as_of
    )
    return Compiled({**tables, ORIGINS: origins(MADE_FROM, found)}, found)


def inputs(found: Mapping[str, OfficialFile]) -> Inputs:
    """The files of the Commerce Control List, chart and groups as its compiler wants them."""
    return Inputs(
        ccl=found["ccl"].path,
        ccl_as_of=found["ccl"].as_of,
        ccl_newest=found["ccl_newest"].path,
        ccl_newest_of=found["ccl_newest"].as_of,
        ccl_runs=found["ccl_runs"].path,
        ccl_index=found["ccl_index"].path,
        ccl_full=found["ccl_full"].path,
        rules=found["rules"].path,
        chart=found["chart"].path,
        chart_as_of=found["chart"].as_of,
        chart_export=found["chart_export"].path,
        groups=found["groups"].path,
        groups_as_of=found["groups"].as_of,
    )


def compile_computed(entries: str, controls: str, as_of: str) -> dict[str, str]:
    """Tables that follow from the Commerce Control List in force (15 CFR 772.1, 734.9(b)).

    The 600 series and 9x515 by number; software and technology controlled for national security.
    """
    in_force = {row["eccn"] for row in parse(entries)[1] if not row["valid_until"]}
    national_security = {
        row["eccn"]
        for row in parse(controls)[1]
        if row["reason"] == "NS" and row["eccn"][1] in "DE" and not row["valid_until"]
    }
    since = (KNOWN_FROM, "", "", f"15 CFR 774 Supp. 1 {as_of}; unverified before")
    return {
        name: render(("eccn", *DATED), ((eccn, *since) for eccn in eccns))
        for name, eccns in (
            ("series_600.csv", filter(_SERIES_600.fullmatch, in_force)),
            ("ns_fdp_technology.csv", national_security),
        )
    }


def write_tables(tables: Mapping[str, str], folder: Path) -> None:
    """Write compiled tables, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(tables.items()):
        write(folder / name, content)
