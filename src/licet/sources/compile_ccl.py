"""Compile countries, Country Chart, Country Groups and Commerce Control List into dated tables.

The same official files give the same bytes, every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from licet.sources.ccl import read_ccl
from licet.sources.ccl_dated import Texts
from licet.sources.ccl_history import read_history, read_instruments, read_newest
from licet.sources.ccl_scopes import compile_scopes
from licet.sources.ccl_tables import (
    CONTROL_HEADER,
    ENTRY_HEADER,
    compile_entries,
    render_questions,
)
from licet.sources.countries import HEADER, gazetteer, read_countries
from licet.sources.country_chart import compile_chart, read_chart, read_csv
from licet.sources.country_groups import compile_groups, memberships, read_groups
from licet.sources.tables import render


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where the official texts are, and the day (ISO) that each speaks for."""

    ccl: Path
    ccl_as_of: str
    ccl_newest: Path
    ccl_newest_of: str
    ccl_runs: Path
    ccl_index: Path
    ccl_full: Path
    rules: Path
    chart: Path
    chart_as_of: str
    chart_export: Path
    groups: Path
    groups_as_of: str


def compile_ccl(inputs: Inputs, countries_csv: Path) -> dict[str, str]:
    """The content of every table by file name; nothing is written.

    Raises ``SourceError`` with file, place and reason when an official text is not as known.
    """
    countries = read_countries(countries_csv)
    names = gazetteer(countries)
    chart, pointers = compile_chart(
        read_chart(inputs.chart, names),
        read_csv(inputs.chart_export, names),
        names,
        inputs.chart,
        as_of=inputs.chart_as_of,
    )
    groups = memberships(read_groups(inputs.groups, names), names, as_of=inputs.groups_as_of)
    rows, dated, questions = compile_entries(
        Texts(
            read_ccl(inputs.ccl),
            inputs.ccl_as_of,
            read_newest(inputs.ccl_newest),
            inputs.ccl_newest_of,
            read_history(inputs.ccl_runs, inputs.ccl_index, inputs.ccl_full),
            read_instruments(inputs.rules),
        ),
        inputs.ccl,
    )
    return {
        "countries.csv": render(
            HEADER,
            (
                (country.code, country.name, "|".join(country.ear_names), country.governed_by)
                for country in countries
            ),
        ),
        "country_chart.csv": chart,
        "country_chart_pointers.csv": pointers,
        "country_groups.csv": compile_groups(groups),
        "destination_scopes.csv": compile_scopes(groups),
        "ccl_entries.csv": render(ENTRY_HEADER, rows),
        "ccl_controls.csv": render(CONTROL_HEADER, ((*control, *span) for control, span in dated)),
        "ccl_questions.csv": render_questions(questions),
    }
