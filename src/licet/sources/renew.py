"""Renew the tables in use from newer official texts: part 744, Commerce Control List, chart, groups.

Each newer text is compiled by the readers that compiled the packaged tables and then carried on
from the table in use (``carry``); texts that are not newer change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licet.sources import ccl_tables, citations
from licet.sources.carry import Carried, Difference, carry_entries, carry_facts, carry_stays
from licet.sources.ccl import read_ccl
from licet.sources.ccl_controls import Question, entry_controls
from licet.sources.ccl_dated import parser
from licet.sources.ccl_scopes import compile_scopes
from licet.sources.compile_law import compile_computed
from licet.sources.compile_lists import compile_lists
from licet.sources.countries import Gazetteer, gazetteer, read_countries
from licet.sources.country_chart import read_chart
from licet.sources.country_groups import memberships, read_groups
from licet.sources.errors import SourceError
from licet.sources.official_files import (
    DERIVED,
    ORIGIN_COLUMNS,
    ORIGINS,
    OfficialFile,
    sources,
)
from licet.sources.tables import DATED, parse, read_csv, render_rows

# The texts that an update reads, each with those that its tables also speak for.
RENEWABLE: Mapping[str, tuple[str, ...]] = {
    "part_744": ("part_744",),
    "ccl": ("ccl", "ccl_newest"),
    "chart": ("chart",),
    "groups": ("groups",),
}
_LISTS = ("entity_list.csv", "unverified_list.csv", "military_end_user_list.csv")


@dataclass(frozen=True, slots=True)
class Renewal:
    """Tables that read otherwise by file name, how they differ, and the texts that were newer."""

    tables: Mapping[str, str]
    differences: tuple[Difference, ...]
    files: tuple[OfficialFile, ...]

    @property
    def as_of(self) -> str:
        """The newest day that a text speaks for; "" when none was newer."""
        return max((file.as_of for file in self.files), default="")


def renew(folder: Path, found: Mapping[str, OfficialFile]) -> Renewal:
    """Renew the tables of a folder from official files; nothing is written.

    Raises ``SourceError`` when a text is not understood, or differs from the text in use though it
    speaks for the same day.
    """
    origins = read_csv(folder / ORIGINS)
    tables: dict[str, str] = {}
    differences: list[Difference] = []
    used = []
    for kind, together in RENEWABLE.items():
        file = found.get(kind)
        if file is None or file.sha256 in {row["sha256"] for row in origins}:
            continue
        labels = {label for name in together for label in sources(name)}
        speaking = [row for row in origins if row["source"] in labels]
        known = max((row["as_of"] for row in speaking), default="")
        if file.as_of < known:
            continue
        official = any(row["source"] in sources(kind)[:1] for row in speaking)
        if file.as_of == known and file.derived and official:
            continue  # the official text of that day was read already
        supersedes = kind in DERIVED and not file.derived and not official
        if file.as_of == known and not supersedes:
            raise SourceError(
                file.path, None, f"differs from the text in use, which is of that day too ({known})"
            )
        for name, (header, carried) in _RENEW[kind](folder, file, known).items():
            tables[name] = render_rows(header, carried.rows)
            differences += carried.differences
        used.append(file)
        before = [row for row in origins if row["source"] in sources(kind)]
        origins = [row for row in origins if row not in before] + [
            {
                "source": file.source,
                "as_of": file.as_of,
                "sha256": file.sha256,
                "tables": next((row["tables"] for row in before), ""),
            }
        ]
    if used:
        tables[ORIGINS] = render_rows(ORIGIN_COLUMNS, origins)
    return Renewal(tables, tuple(differences), tuple(used))


Renewed = dict[str, tuple[tuple[str, ...], Carried]]


def _table(folder: Path, name: str) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    return parse((folder / name).read_text(encoding="utf-8"))


def _part_744(folder: Path, file: OfficialFile, as_of: str) -> Renewed:
    compiled = compile_lists(file.path, date.fromisoformat(file.as_of))
    known = citations.effects(folder / "effective_dates.csv")

    def effective(cited: str) -> tuple[str, str]:
        volume, _, page, published = cited.split(" ")
        citation = citations.Citation(date.fromisoformat(published), int(volume), int(page))
        return str(citations.effective(citation, known) or published), published

    renewed: Renewed = {}
    for name in _LISTS:
        header, before = _table(folder, name)
        after = parse(compiled[name])[1]
        renewed[name] = (
            header,
            carry_entries(
                name.removesuffix(".csv"),
                before,
                after,
                day=file.as_of,
                as_of=as_of,
                effective=effective,
            ),
        )
    header, before = _table(folder, "stays.csv")
    after = parse(compiled["stays.csv"])[1]
    renewed["stays.csv"] = (header, carry_stays(before, after, day=file.as_of))
    return renewed


def _facts(
    folder: Path, name: str, rows: Iterable[tuple[str, ...]], day: str, source: str
) -> tuple[tuple[str, ...], Carried]:
    """Carry on a table of facts; ``rows`` have its undated columns."""
    header, before = _table(folder, name)
    facts = [dict(zip(header, (*row, *[""] * len(DATED)), strict=True)) for row in rows]
    return header, carry_facts(name.removesuffix(".csv"), before, facts, day=day, source=source)


def _ccl(folder: Path, file: OfficialFile, _as_of: str) -> Renewed:
    source = f"15 CFR 774 Supp. 1 {file.as_of}"
    asked: list[Question] = []
    controls_of = parser(file.path, asked)
    entries, controls = [], []
    for entry in read_ccl(file.path).values():
        now, _ = entry_controls(entry, file.path)
        entries.append(ccl_tables.entry_facts(entry, bool(now), file.path))
        controls += [tuple(control) for control in controls_of(entry.eccn, entry.cells)]
    renewed = {
        "ccl_entries.csv": _facts(folder, "ccl_entries.csv", entries, file.as_of, source),
        "ccl_controls.csv": _facts(folder, "ccl_controls.csv", controls, file.as_of, source),
    }
    now_entries, now_controls = (
        render_rows(header, carried.rows)
        for header, carried in (renewed["ccl_entries.csv"], renewed["ccl_controls.csv"])
    )
    computed = compile_computed(now_entries, now_controls, file.as_of)
    for name, content in computed.items():
        eccns = [(row["eccn"],) for row in parse(content)[1]]
        renewed[name] = _facts(folder, name, eccns, file.as_of, source)
    header, before = _table(folder, "ccl_questions.csv")
    asking = {(row["slug"], row["question"]): set(row["eccn"].split()) for row in before}
    for slug, question, eccn in asked:
        asking.setdefault((slug, question), set()).add(eccn)
    rows = [
        dict(zip(header, (*key, " ".join(sorted(eccns))), strict=True))
        for key, eccns in asking.items()
    ]
    renewed["ccl_questions.csv"] = (header, Carried([*rows], []))
    return renewed


def _names(folder: Path) -> Gazetteer:
    return gazetteer(read_countries(folder / "countries.csv"))


def _chart(folder: Path, file: OfficialFile, _as_of: str) -> Renewed:
    names = _names(folder)
    chart = read_chart(file.path, names)
    marks = [(code, column) for code, columns in chart.marks.items() for column in columns]
    for country, territories in names.territories.items():
        for code in territories:
            if code not in chart.marks:
                marks += [(code, column) for column in chart.marks.get(country, ())]
    pointers = [(code, where) for code, sections in chart.pointers.items() for where in sections]
    source = f"15 CFR 738 Supp. 1 {file.as_of}"
    return {
        name: _facts(folder, name, rows, file.as_of, source)
        for name, rows in (("country_chart.csv", marks), ("country_chart_pointers.csv", pointers))
    }


def _groups(folder: Path, file: OfficialFile, _as_of: str) -> Renewed:
    names = _names(folder)
    held = memberships(read_groups(file.path, names), names, as_of=file.as_of)
    members = [(code, group) for code, group, span in held if not span.valid_until]
    scopes = [
        (row["scope"], row["country"])
        for row in parse(compile_scopes(held))[1]
        if not row["valid_until"]
    ]
    source = f"15 CFR 740 Supp. 1 {file.as_of}"
    return {
        name: _facts(folder, name, rows, file.as_of, source)
        for name, rows in (("country_groups.csv", members), ("destination_scopes.csv", scopes))
    }


_RENEW = {"part_744": _part_744, "ccl": _ccl, "chart": _chart, "groups": _groups}
