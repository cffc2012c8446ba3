"""``licet rescreen``: the known parties that a change of the lists touches, and how."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from licet.command_options import BAD_INPUT, day, fail
from licet.screen_commands import DOUBT, FOUND, ScreenFormat

if TYPE_CHECKING:
    from licet.rescreening import Rescreened, Rescreening, Touched

HEAD = (
    "id", "name", "what", "listing_id", "list", "listed_name", "was_verdict", "was_score", "now_verdict",
    "now_score", "changed_fields", "decision", "says", "error",
)  # fmt: skip
"""The columns of a table: a row for each party and entry that touches it, and for each row that is an error."""
_WORDS = {
    "newly_match": "NEWLY A MATCH",
    "newly_possible": "NEWLY A POSSIBLE MATCH: somebody must look",
    "no_longer": "NO LONGER FOUND",
    "changed": "THE ENTRY HAS CHANGED",
    "weighed_otherwise": "WEIGHED OTHERWISE: the entry is as it was, its words are more or less common now",
}


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
    from licet import screen_out

    if form == "jsonl":
        screen_out.write_lines((line(answer) for answer in answers), out)
    elif form != "text":
        screen_out.write_table(HEAD, _rows(answers), form, out)
    else:
        head = (
            f"Between {found.before.said} and {found.after.said}: "
            f"{found.changed.count('added'):,} entries added, {found.changed.count('removed'):,} removed, "
            f"{found.changed.count('changed'):,} changed.\n"
        )
        texts = [_text(answer) for answer in answers]
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


def line(answer: Rescreened) -> dict[str, Any]:
    """A party and what touches it as JSON; or its error."""
    from licet.parties.spelling import visible
    from licet.screen_rows import candidate_row

    if answer.error:
        return {"id": answer.query.id, "name": visible(answer.query.name), "error": answer.error}
    return {
        "id": answer.query.id,
        "name": visible(answer.query.name),
        "touched": [
            {
                "what": one.what,
                "listing_id": one.listing.key,
                "list": one.listing.list,
                "listed_name": visible(one.listing.name),
                "was": candidate_row(one.was) if one.was else None,
                "now": candidate_row(one.now) if one.now else None,
                "changed_fields": [
                    {"field": each.field, "was": each.was, "now": each.now} for each in one.fields
                ],
                "decision": one.decided and {"state": one.decided.state, "says": one.decided.says},
            }
            for one in answer.touched
        ],
    }


def _rows(answers: Iterator[Rescreened]) -> Iterator[Sequence[Any]]:
    from licet.parties.spelling import visible

    for answer in answers:
        head = (answer.query.id, visible(answer.query.name))
        if answer.error:
            yield (*head, "", "", "", "", "", None, "", None, "", "", "", answer.error)
        for one in answer.touched:
            yield (
                *head, one.what, one.listing.key, one.listing.list, visible(one.listing.name),
                one.was.verdict if one.was else "clear", one.was.score if one.was else None,
                one.now.verdict if one.now else "clear", one.now.score if one.now else None,
                " ".join(each.field for each in one.fields),
                one.decided.says if one.decided else "", _why(one), "",
            )  # fmt: skip


def _why(one: Touched) -> str:
    from licet.parties.explain import sentence

    shown = one.now or one.was
    return sentence(shown) if shown else ""


def _text(answer: Rescreened) -> str:
    from licet.parties.spelling import visible

    known = f"  ({answer.query.id})" if answer.query.id else ""
    lines = [f"{visible(answer.query.name)}{known}"]
    if answer.error:
        lines.append(f"  NOT SCREENED: {answer.error}")
    for one in answer.touched:
        sides = [
            f"{each.verdict} {each.score:.3f}" if each else "clear" for each in (one.was, one.now)
        ]
        lines.append(f"  {_WORDS[one.what]}")
        lines.append(f"    {visible(one.listing.name)}  ({one.listing.key}): {' -> '.join(sides)}")
        lines.append(f"    {_why(one)}")
        for each in one.fields:
            told = [f"- {value}" for value in each.was] + [f"+ {value}" for value in each.now]
            lines.append(f"    {each.field.replace('_', ' ')} {' '.join(told)[:200]}")
        if one.decided:
            lines.append(f"    {one.decided.says[:1].upper()}{one.decided.says[1:]}.")
    return "\n".join(lines) + "\n"
