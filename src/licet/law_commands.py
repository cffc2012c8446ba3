"""``licet law compile``: the commands that make and renew the bulk of the law."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Never

import typer
from rich.console import Console
from rich.table import Table

from licet.sources.compile_law import MADE_FROM, Compiled, compile_law, write_tables
from licet.sources.errors import SourceError
from licet.sources.tables import parse

_BAD_INPUT = 2
FromOption = Annotated[
    Path, typer.Option("--from", metavar="DIR", help="Folder of the official files.")
]


def law_compile(
    source: FromOption,
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where to write the tables; made if it does not exist.")] = Path("compiled-law"),
    part_744: Annotated[Path | None, typer.Option("--part-744", metavar="FILE", help="Part 744 from this file.")] = None,
    ccl: Annotated[Path | None, typer.Option("--ccl", metavar="FILE", help="The Commerce Control List from this file.")] = None,
) -> None:  # fmt: skip
    """Compile the tables of the law from official files.

    The same files give the same bytes. Tables kept by hand are not written.
    """
    try:
        compiled = compile_law(source, part_744=part_744, ccl=ccl)
    except SourceError as error:
        _fail(f"{error}. Nothing was written.")
    write_tables(compiled.tables, into)
    _print_compiled(compiled, into, Console(highlight=False))


def _print_compiled(compiled: Compiled, into: Path, console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    for title in ("Compiled from", "As of", "SHA-256"):
        table.add_column(title, overflow="fold")
    for name, kinds in MADE_FROM.items():
        rows = str(len(parse(compiled.tables[name])[1]))
        for number, kind in enumerate(kinds):
            file = compiled.files[kind]
            first = (name, rows) if number == 0 else ("", "")
            table.add_row(*first, file.source, file.as_of or "many days", file.sha256[:16])
    console.print(table)
    console.print()
    console.print(
        f"{compiled.questions} conditions in prose became named questions. Written to {into}."
    )


def _fail(message: str) -> Never:
    print(f"licet: {message}", file=sys.stderr)
    raise typer.Exit(_BAD_INPUT)


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``licet law``."""
    app.command("compile")(law_compile)
