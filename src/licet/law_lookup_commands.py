"""The commands ``licet law explain``, ``where`` and ``entry``, which ``cli`` adds to ``licet law``."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from licet import law_lookup_report as report
from licet.command_options import Known, day, fail, open_rulebook
from licet.law.rulebook import Rulebook
from licet.law_entries import find
from licet.law_lookup import NotFound, explain
from licet.law_where import World, where
from licet.map_svg import world_map


class TextOrJson(StrEnum):
    """How an answer is written."""

    text = "text"
    json = "json"


class Tabular(StrEnum):
    """How a table is written."""

    text = "text"
    json = "json"
    csv = "csv"


_ON = "The day; without it the last day that the rulebook was brought up to date."
On = Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help=_ON)]
Folder = Annotated[
    Path | None, typer.Option("--rulebook", metavar="FOLDER", help="Another rulebook.")
]


Reasons = Annotated[
    list[str] | None,
    typer.Option(metavar="REASON", help="A reason that applies to this very item; repeatable."),
]


def explain_command(
    item: Annotated[str, typer.Argument(metavar="ECCN", help="Such as 3A090 or 3A001.b.2.")],
    on: On = None,
    known: Known = None,
    format: Annotated[TextOrJson, typer.Option(help="How to write the answer.")] = TextOrJson.text,
    rulebook: Folder = None,
) -> None:  # fmt: skip
    """Explain an item: its reasons for control, whom they reach, and the exceptions by the list."""
    book = open_rulebook(rulebook)
    try:
        found = explain(item, on=_on(on, book), known=known, rulebook=book)
    except NotFound as error:
        fail(str(error))
    if format is TextOrJson.json:
        typer.echo(_json(asdict(found)))
    else:
        report.print_item(found, Console(highlight=False))


def where_command(
    item: Annotated[str, typer.Argument(metavar="ECCN", help="Such as 3A001, 3A001.b.2 or EAR99.")],
    on: On = None,
    known: Known = None,
    controlled_for: Reasons = None,
    format: Annotated[Tabular, typer.Option(help="How to write the table.")] = Tabular.text,
    map: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Also draw a world map.")] = None,
    rulebook: Folder = None,
) -> None:  # fmt: skip
    """Show every destination at once: where an item needs a license, and for which reasons."""
    book = open_rulebook(rulebook)
    reasons = tuple(reason.upper() for reason in controlled_for) if controlled_for else None
    try:
        found = where(item, on=_on(on, book), known=known, controlled_for=reasons, rulebook=book)
    except NotFound as error:
        fail(str(error))
    if map is not None:
        try:
            map.write_text(world_map(found), encoding="utf-8")
        except OSError as error:
            fail(f"{map}: {error.strerror}; nothing was drawn")
    if format is Tabular.json:
        typer.echo(_json(asdict(found)))
    elif format is Tabular.csv:
        typer.echo(_csv(found), nl=False)
    else:
        report.print_world(found, Console(highlight=False))


def entry_command(
    text: Annotated[str, typer.Argument(metavar="NAME", help="A name, alias or id, or part of a name.")],
    on: On = None,
    known: Known = None,
    format: Annotated[TextOrJson, typer.Option(help="How to write the answer.")] = TextOrJson.text,
    rulebook: Folder = None,
) -> None:  # fmt: skip
    """Show a listing with its history: Entity List, Unverified List, Military End-User List.

    Exit status 1 where nothing was found.
    """
    book = open_rulebook(rulebook)
    found = find(text, on=_on(on, book), known=known, rulebook=book)
    if format is TextOrJson.json:
        typer.echo(_json(asdict(found)))
    else:
        report.print_found(found, Console(highlight=False))
    raise typer.Exit(0 if found.listings else 1)


def add_to(app: typer.Typer) -> None:
    """Add the three commands to an application."""
    app.command("explain")(explain_command)
    app.command("where")(where_command)
    app.command("entry")(entry_command)


def _on(day: dt.date | None, book: Rulebook) -> dt.date:
    return day or book.as_of


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _csv(world: World) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("country", "name", "status", "reasons", "rules", "possibly", "open"))
    for place in world.destinations:
        certain = [need for need in place.needs if need.applies == "yes"]
        possible = [need for need in place.needs if need.applies != "yes"]
        writer.writerow(
            (
                place.country,
                place.name,
                place.status,
                " ".join(place.reasons),
                "; ".join(need.cite for need in certain),
                "; ".join(need.cite for need in possible),
                "; ".join(place.why),
            )
        )
    return out.getvalue()
