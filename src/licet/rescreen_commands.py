"""``licet rescreen``: the known parties that a change of the lists touches, and how."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licet.command_options import BAD_INPUT, day, fail
from licet.screen_commands import DOUBT, FOUND, ScreenFormat

if TYPE_CHECKING:
    from licet.rescreening import Rescreened, Rescreening


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("rescreen")(rescreen)


def rescreen(
    parties: Annotated[
        str,
        typer.Argument(
            metavar="PARTIES",
            help="A file of parties (.csv, .tsv, .jsonl, .parquet, .xlsx); - reads JSON lines.",
        ),
    ],
    versions: Annotated[
        tuple[str, str],
        typer.Option(
            "--between",
            metavar="BEFORE AFTER",
            help="Two days of the lists in use, or two paths of official files.",
        ),
    ],
    lists: Annotated[
        str, typer.Option(metavar="CODE,...", help="Only these lists of the store; else all.")
    ] = "",
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="From this score on somebody must look.")
    ] = DOUBT,
    known: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="Only what was loaded by this day."),
    ] = None,
    everybody: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Screen also parties that no changed entry could be: an unchanged one may weigh otherwise.",
        ),
    ] = False,
    form: Annotated[
        ScreenFormat | None, typer.Option("--format", help="How answers are written.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to this file; its ending is the format."),
    ] = None,
) -> None:
    """Which of your parties a change of the lists touches: newly listed, no longer, or listed otherwise.

    Parties that no changed entry could be are not screened again without --all. Exit status 0: the change
    touches none; 1: it touches some; 2: bad input, or a row that could not be read.
    """
    from licet import dispositions, rescreening, screen_files, screen_out
    from licet.lists.errors import ListsError
    from licet.sources.errors import SourceError

    try:
        chosen = screen_out.form_for(form.value if form else None, out, "text")
        if parties != "-" and not screen_files.is_file(parties):
            fail(
                f"{parties}: no file of parties; name one that ends in {' '.join(sorted(screen_files.READ))}."
            )
        rows = screen_files.read_rows(None if parties == "-" else Path(parties))
        codes = [one.strip() for one in lists.split(",") if one.strip()] or None
        before, after = (rescreening.side(one, lists=codes, known=known) for one in versions)
        found = rescreening.between(before, after)
        _notes(found)
        counts = {"touched": 0, "errors": 0}
        answers = _counted(
            rescreening.touched(
                rows,
                found,
                threshold=threshold,
                book=dispositions.book(known=known),
                everybody=everybody,
            ),
            counts,
        )
        _write(answers, found, chosen, out, counts, everybody=everybody)
    except (
        screen_files.BadFile, screen_out.CannotWrite, SourceError, ListsError, ValueError
    ) as error:  # fmt: skip
        fail(f"--between {error}" if type(error) is ValueError else str(error))
    if counts["errors"]:
        if chosen not in ("text", "jsonl") or out:
            print(f"licet: {counts['errors']} rows were not screened; see error.", file=sys.stderr)
        raise typer.Exit(BAD_INPUT)
    if counts["touched"]:
        raise typer.Exit(FOUND)


def _notes(found: Rescreening) -> None:
    for codes, version, what in (
        (found.changed.only_after, found.before.said, "added"),
        (found.changed.only_before, found.after.said, "removed"),
    ):
        if codes:
            print(
                f"licet: no {', '.join(codes)} at hand for {version}: each of its entries counts as {what}.",
                file=sys.stderr,
            )


def _counted(answers: Iterator[Rescreened], counts: dict[str, int]) -> Iterator[Rescreened]:
    from licet.screen_files import watched

    for answer in watched(answers, "Rescreening"):
        counts["touched"] += bool(answer.touched)
        counts["errors"] += bool(answer.error)
        if answer.touched or answer.error:
            yield answer


def _write(
    answers: Iterator[Rescreened],
    found: Rescreening,
    form: str,
    out: Path | None,
    counts: dict[str, int],
    *,
    everybody: bool,
) -> None:
    from licet import rescreen_report, screen_out

    if form == "jsonl":
        screen_out.write_lines((rescreen_report.line(answer) for answer in answers), out)
    elif form != "text":
        rows = rescreen_report.rows(answers)
        screen_out.write_table(rescreen_report.HEAD, rows, form, out)
    else:
        head = (
            f"Between {found.before.said} and {found.after.said}: "
            f"{rescreen_report.counted(found.changed)}.\n"
        )
        texts = [rescreen_report.text(answer) for answer in answers]
        end = f"\n{counts['touched']:,} parties are touched."
        if not everybody:
            end += (
                "\nParties that no changed entry could be were not screened again; what an unchanged entry "
                "weighs may have moved a little. --all screens them too."
            )
        if counts["errors"]:
            end += f" {counts['errors']:,} rows were not screened."
        text = "\n".join([head, *texts, end.lstrip() if not texts else end]) + "\n"
        if out:
            out.write_text(text, encoding="utf-8")
        else:
            sys.stdout.write(text)
