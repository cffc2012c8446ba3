"""The commands ``licet owners show``, ``restricted`` and ``lists``, which ``cli`` adds to ``licet``."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from licet import owners_report as report
from licet.command_options import Known, day, fail, open_rulebook
from licet.law.rulebook import Law
from licet.law_lookup_commands import Folder, TextOrJson
from licet.parties.ownership_format import TEMPLATE, OwnershipTableError
from licet.parties.ownership_table import OwnershipTable, read_ownership

if TYPE_CHECKING:
    from licet.parties.ownership_study import Study

app = typer.Typer(
    help="Who owns whom: the 50 percent rule over a table of ownership.",
    invoke_without_command=True,
)

Table = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="A table of ownership, CSV or Parquet: owner, owned, share, since, until.",
    ),
]
On = Annotated[
    dt.date | None,
    typer.Option(
        parser=day,
        metavar="DAY",
        help="The day; without it the last day that the rulebook was brought up to date.",
    ),
]
TestName = Annotated[
    list[str] | None,
    typer.Option(
        "--test", metavar="TEST", help="Only this test, such as bis or ofac; may be repeated."
    ),
]


class Rows(StrEnum):
    """How rows are written."""

    csv = "csv"
    jsonl = "jsonl"


@app.callback()
def _owners(
    context: typer.Context,
    template: Annotated[
        bool, typer.Option("--template", help="Write an example of a table of ownership.")
    ] = False,
) -> None:
    if template:
        typer.echo(TEMPLATE, nl=False)
        raise typer.Exit()
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit()


@app.command("show")
def show_command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A company of the table, by name or id.")
    ],
    table: Table,
    on: On = None,
    known: Known = None,
    format: Annotated[TextOrJson, typer.Option(help="How to write the answer.")] = TextOrJson.text,
    rulebook: Folder = None,
) -> None:
    """Show who owns a company, whether that restricts it under each test, and the chain that shows why.

    Owners whose names are like a listed one are perhaps listed.

    Exit status 1 where it is restricted, may be, or has a listed owner; 0 where nothing of that is so.
    """
    owned, law = _open(table, on, known, rulebook)
    node = owned.node(name)
    if node is None:
        near = report.near(owned, name)
        fail(
            f"{name!r} is not in {table}, neither as owner nor as owned; names are compared whole, without "
            f"case and punctuation. {near}"
        )
    from licet.order_screening import Screening
    from licet.parties.ownership_graph import above
    from licet.parties.ownership_near import listed_among
    from licet.parties.ownership_study import study
    from licet.parties.ownership_views import view

    nodes = above(owned.as_of(law.on), node).tolist()
    more = listed_among(owned, law, nodes, Screening(law).owners)
    found = view(study(owned, law, more=more), node)
    if format is TextOrJson.json:
        typer.echo(json.dumps(report.plain(asdict(found)), ensure_ascii=False, indent=2))
    else:
        report.print_view(found, law, Console(highlight=False))
    raise typer.Exit(1 if found.concern else 0)


@app.command("restricted")
def restricted_command(
    table: Table,
    on: On = None,
    known: Known = None,
    test: TestName = None,
    format: Annotated[Rows, typer.Option(help="How to write the rows.")] = Rows.csv,
    rulebook: Folder = None,
) -> None:
    """List every company of a table that is restricted, may be, or has a restricted owner, with the reasons.

    One row for each company and test. Warnings about the table go to standard error.
    """
    owned, law = _open(table, on, known, rulebook)
    from licet.parties.ownership_rules import ownership_tests
    from licet.parties.ownership_study import study

    names = [found.name for found in ownership_tests(law)]
    for wanted in test or ():
        if wanted not in names:
            fail(f"--test {wanted}: not in force on {law.on}; there are: {', '.join(names)}")
    _write(study(owned, law, only=test), format)


def _write(found: Study, format: Rows) -> None:
    from licet.parties.ownership_views import COLUMNS, rows

    if format is Rows.jsonl:
        for row in rows(found):
            print(json.dumps(row, ensure_ascii=False))
        return
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(found):
        writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: object) -> object:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else value


@app.command("lists")
def lists_command(on: On = None, known: Known = None, rulebook: Folder = None) -> None:
    """Show which lists flow down to what their entries own on a day, from which share, under which law."""
    book = open_rulebook(rulebook)
    report.print_lists(book.law(on or book.as_of, known=known), Console(highlight=False))


def open_table(path: Path | str) -> OwnershipTable:
    """A table of ownership for a command; one that cannot be read ends it, warnings go to standard error."""
    try:
        table = read_ownership(path)
    except OwnershipTableError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    for warning in table.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return table


def _open(
    path: Path, on: dt.date | None, known: dt.date | None, rulebook: Path | None
) -> tuple[OwnershipTable, Law]:
    book = open_rulebook(rulebook)
    return open_table(path), book.law(on or book.as_of, known=known)
