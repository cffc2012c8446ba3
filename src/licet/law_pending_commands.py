"""``licet law pending``: published rules that the rulebook may not have yet, for who writes rules."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from licet.command_options import day, fail, open_rulebook

if TYPE_CHECKING:
    from licet.sources.federal_register import Pending


def pending_command(
    records: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Records of the Federal Register: its JSON, or one a line."
        ),
    ],
    since: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="Published on this day or later; else since the "
                     "day that the rulebook was brought up to."),
    ] = None,
    section: Annotated[
        str, typer.Option(metavar="SECTION", help="Only those that touch it: 744, 744.11.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    rulebook: Annotated[
        Path | None, typer.Option("--rulebook", metavar="FOLDER", help="Another rulebook.")
    ] = None,
) -> None:  # fmt: skip
    """Name the rules that were published and that the rulebook may not have, by the sections that they touch.

    A record with a citation is known by it. One without is shown with the rulebook's instruments of its day.

    Exit status 0: none is pending; 1: some are; 2: bad input.
    """
    from licet.sources import federal_register
    from licet.sources.errors import SourceError

    book = open_rulebook(rulebook)
    try:
        documents = federal_register.read(records)
    except SourceError as error:
        fail(str(error))
    start = since or book.as_of
    found = [
        one
        for one in federal_register.pending(documents, book.instruments, since=start)
        if not section or any(touched.startswith(section) for touched in one.document.touches)
    ]
    if as_json:
        print(json.dumps([_line(one) for one in found], indent=1))
    else:
        _print(found, start, len(documents))
    if found:
        raise typer.Exit(1)


def _line(one: Pending) -> dict[str, object]:
    document = one.document
    return {
        "document_number": document.number,
        "citation": document.citation,
        "title": document.title,
        "publication_date": f"{document.published}",
        "effective_on": f"{document.effective}" if document.effective else None,
        "touches": list(document.touches),
        "instruments_of_that_day": [each.citation for each in one.same_day],
        "html_url": document.url,
    }


def _print(found: list[Pending], since: dt.date, count: int) -> None:
    console = Console(highlight=False)
    for one in found:
        document = one.document
        console.print(
            Text(f"{document.published}  {document.citation or document.number}", style="bold")
        )
        console.print(f"  {document.title}", markup=False)
        if document.touches:
            console.print(f"  touches: {', '.join(document.touches)}", markup=False)
        if document.effective:
            console.print(f"  effective: {document.effective}")
        if one.same_day:
            there = "; ".join(f"{each.citation} ({each.title})" for each in one.same_day)
            console.print(f"  the rulebook has of that day: {there}", markup=False)
        if document.url:
            console.print(f"  {document.url}", markup=False, soft_wrap=True)
    console.print(
        f"{len(found)} of {count} documents may change the regulations since {since} and are not known by "
        "their citation. What a document touches is guessed from its words: read it."
    )


def add_to(app: typer.Typer) -> None:
    """Put the command under ``licet law``."""
    app.command("pending")(pending_command)
