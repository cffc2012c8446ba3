"""``licet screen`` and ``licet compare``: who may be on a list, and why two names may be one.

What screens is imported when a command runs: ``licet check`` must not wait for scipy.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from licet.command_options import BAD_INPUT, RefuseStale, day, fail
from licet.lists.errors import ListsError
from licet.screen_names import filled

if TYPE_CHECKING:
    from licet.screen_lists import Lists

FOUND, CLEAR = 1, 0
"""Exit statuses: somebody may be listed, nobody is; bad input ends with 2."""


DOUBT = 0.7
"""The threshold of ``licet.parties.screening``: options need not load it, and a test compares."""


class ScreenFormat(StrEnum):
    """How answers are written."""

    text = "text"
    jsonl = "jsonl"
    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"


class PairFormat(StrEnum):
    """How comparisons are written."""

    text = "text"
    jsonl = "jsonl"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("screen")(screen)
    app.command("compare")(compare)


def screen(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME... | FILE | -",
            help="Names; or a file of them (.csv, .tsv, .jsonl, .parquet, .xlsx); - reads JSON lines.",
        ),
    ],
    kind: Annotated[str, typer.Option(help="person, organization, vessel or aircraft.")] = "",
    country: Annotated[
        str, typer.Option(help="ISO 3166-1 alpha-2, such as CN, or a country's name.")
    ] = "",
    address: Annotated[str, typer.Option(help="Address; some entries name an address only.")] = "",
    id_: Annotated[
        str, typer.Option("--id", help="A number: of a ship (IMO 9187655), a passport, a register.")
    ] = "",
    born: Annotated[str, typer.Option(help="Date of birth: 1965, 1965-03 or 1965-03-17.")] = "",
    lists: Annotated[
        str,
        typer.Option(
            metavar="PATH | CODE,...",
            help="Official files (a file or folder), or codes of lists of the store (EL,SDN); else all.",
        ),
    ] = "",
    on: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="Who was listed on this day; else today."),
    ] = None,
    known: Annotated[
        dt.date | None,
        typer.Option(
            parser=day, metavar="DAY", help="Only lists and dispositions recorded here by this day."
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="From this score on somebody must look.")
    ] = DOUBT,
    form: Annotated[
        ScreenFormat | None, typer.Option("--format", help="How answers are written.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to this file; its ending is the format."),
    ] = None,
    refuse_stale: RefuseStale = False,
) -> None:
    """Who on the lists may this be, how sure, and why. A name that cannot be screened is an error, not "clear".

    What people decided about possible matches is applied (licet dispositions). Exit status 0: nobody may be
    listed; 1: somebody may; 2: bad input, or a row that could not be screened. With - as the only argument it
    is 0 wherever each line was answered: the answers are for a program.
    """
    from licet import dispositions, screen_files, screen_out
    from licet.screen_report import answer_text
    from licet.screen_rows import BadRow, answers

    try:
        chosen = screen_out.form_for(form.value if form else None, out, "")
        path = _file(names)
        rows = screen_files.read_rows(path) if path else None
        loaded = open_or_fail(lists, on, known)
        _tell_age(loaded, refuse_stale, chosen)
        book = dispositions.book(known=known)
        settle = dispositions.Settling(book, on) if len(book) else None
        given = {
            "kind": kind, "country": country, "dob": born, "address": address, "number": id_, "as_of": on,
        }  # fmt: skip
        if names == ["-"]:
            if chosen in ("", "jsonl") and out is None and not any(given.values()):
                screen_files.lines_through(
                    sys.stdin.buffer, sys.stdout.buffer, loaded, threshold=threshold, settle=settle
                )
                return
            rows = screen_files.read_rows(None)
        if rows is not None:
            every = (row if isinstance(row, BadRow) else filled(row, given) for row in rows)
            listed, errors = screen_files.file_through(
                every, loaded, chosen or "jsonl", out, threshold=threshold, settle=settle
            )
            if errors:
                print(f"licet: {errors:,} rows were not screened; see error.", file=sys.stderr)
                raise typer.Exit(BAD_INPUT)
            raise typer.Exit(FOUND if listed else CLEAR)
        asked = [filled({"name": name, "id": name}, given) for name in names]
        found = list(answers(asked, loaded.screener, threshold=threshold, settle=settle))
        if chosen in ("", "text"):
            text = "".join(answer_text(answer, loaded) + "\n" for answer in found)
            out.write_text(text, encoding="utf-8") if out else sys.stdout.write(text)
        else:
            screen_out.write_answers(found, loaded, chosen, out)
    except (screen_files.BadFile, screen_out.CannotWrite, dispositions.DispositionError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out}: {error.strerror}")
    if bad := [answer.error for answer in found if answer.error]:
        fail("; ".join(bad))
    if any(answer.verdict != "clear" for answer in found):
        raise typer.Exit(FOUND)


def _tell_age(lists: Lists, refuse_stale: bool, form: str) -> None:
    """End the command where a list is too old for an answer; else say so where the answers cannot."""
    from licet.freshness import TooOld
    from licet.freshness import refuse_stale as refuse

    ages = lists.ages()
    if refuse_stale or lists.limits.refuse:
        try:
            refuse(ages)
        except TooOld as error:
            fail(str(error))
    stale = [one for one in ages if one.stale]
    if stale and form not in ("", "text"):
        print(f"licet: older than its limit: {'; '.join(map(str, stale))}.", file=sys.stderr)


def _file(names: list[str]) -> Path | None:
    """The file among the arguments; a file beside names, or two, cannot be meant."""
    from licet import screen_files

    files = [name for name in names if name != "-" and screen_files.is_file(name)]
    if (files or "-" in names) and len(names) > 1:
        which = files[0] if files else "-"
        raise screen_files.BadFile(
            f"{which}: one file at a time, and no names beside it; run it once for each."
        )
    return Path(files[0]) if files else None


def open_or_fail(text: str, on: dt.date | None, known: dt.date | None) -> Lists:
    """The lists of the option ``--lists``; what is wrong with them ends the command."""
    from licet.freshness import LimitsError
    from licet.screen_names import open_lists
    from licet.sources.errors import SourceError

    try:
        return open_lists(text or None, on=on, known=known)
    except (SourceError, LimitsError) as error:
        fail(str(error))
    except ListsError as error:
        fail("\n".join(error.reasons))
    except ValueError as error:
        fail(f"--{error}")


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="A B | -", help="Two names; - reads JSON lines with left and right."
        ),
    ],
    kind: Annotated[str, typer.Option(help="person, organization, vessel or aircraft.")] = "",
    threshold: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="From this score on the two may be one party.")
    ] = DOUBT,
    form: Annotated[
        PairFormat, typer.Option("--format", help="How comparisons are written.")
    ] = PairFormat.text,
) -> None:
    """Whether two names may be one party's: the score, and word by word why."""
    from licet.parties.compare import compare as compare_names
    from licet.screen_report import comparison_text
    from licet.screen_rows import KINDS

    if names == ["-"]:
        for part in _pairs(sys.stdin.buffer, threshold):
            sys.stdout.buffer.write(part)
        return
    if len(names) != 2:
        fail(f"compare: {len(names)} names; give two, in quotes where they have spaces.")
    if kind and kind not in KINDS:
        fail(f"--kind: {kind!r}; allowed: {', '.join(KINDS)}.")
    left, right = names
    alignment = compare_names(left, right, kind=kind)
    if form is PairFormat.jsonl:
        row = _pair_row({"left": left, "right": right, "kind": kind}, threshold)
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
    else:
        sys.stdout.write(comparison_text(left, right, alignment, threshold) + "\n")


def _pairs(stream: Iterable[bytes], threshold: float) -> Iterator[bytes]:
    from licet.screen_rows import AT_ONCE, batched

    for part in batched(stream, AT_ONCE):
        yield b"".join(
            orjson.dumps(_pair_line(line, threshold)) + b"\n" for line in part if line.strip()
        )


def _pair_line(line: bytes, threshold: float) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {"id": "", "error": f"not a JSON line: {error}"}
    if not isinstance(row, dict) or not all(
        isinstance(row.get(side), str) for side in ("left", "right")
    ):
        return {
            "id": row.get("id", "") if isinstance(row, dict) else "",
            "error": "left, right: two names as text",
        }
    return _pair_row(row, threshold)


def _pair_row(row: dict[str, Any], threshold: float) -> dict[str, Any]:
    from licet.parties.compare import compare as compare_names
    from licet.parties.explain import words
    from licet.parties.screening import SURE

    alignment = compare_names(row["left"], row["right"], kind=row.get("kind") or "")
    score = alignment.score
    return {
        "id": row.get("id", ""),
        "score": score,
        "verdict": "clear" if score < threshold else "match" if score >= SURE else "possible",
        "words": [
            {
                "left": pair.left,
                "right": pair.right,
                "kind": pair.kind,
                "similarity": pair.similarity,
            }
            for pair in alignment.pairs
        ],
        "left_only": alignment.left_only,
        "right_only": alignment.right_only,
        "costs": dict(alignment.costs),
        "says": words(alignment),
    }
