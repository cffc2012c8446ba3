"""``licet screen`` and ``licet compare``: who may be on a list, and why two names may be one."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from licet.command_options import day, fail
from licet.lists.errors import ListsError
from licet.parties.screening import SURE, THRESHOLD, Query
from licet.screen_report import answer_text, comparison_text
from licet.screen_rows import AT_ONCE, BadRow, batched, query_of

FOUND, CLEAR = 1, 0
"""Exit statuses: somebody may be listed, nobody is; bad input ends with 2."""


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
            help="Names; or a file of them (.csv, .jsonl, .parquet, .xlsx); - reads JSON lines.",
        ),
    ],
    kind: Annotated[str, typer.Option(help="person, organization, vessel or aircraft.")] = "",
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, such as CN.")] = "",
    address: Annotated[str, typer.Option(help="Address; some entries name an address only.")] = "",
    id_: Annotated[str, typer.Option("--id", help="A number, such as an IMO number.")] = "",
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
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="From this score on somebody must look.")
    ] = THRESHOLD,
    form: Annotated[
        ScreenFormat | None, typer.Option("--format", help="How answers are written.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
) -> None:
    """Who on the lists may this be, how sure, and why. A name that cannot be screened is an error, not "clear".

    Exit status 0: nobody may be listed; 1: somebody may; 2: bad input.
    """
    from licet import screen_files

    loaded = _lists(lists, on)
    if names == ["-"] and form in (None, ScreenFormat.jsonl) and out is None:
        screen_files.lines_through(sys.stdin.buffer, sys.stdout.buffer, loaded, threshold=threshold)
        return
    path = Path(names[0])
    try:
        if len(names) == 1 and (path.suffix.lower() in screen_files.READ or names == ["-"]):
            rows = screen_files.read_rows(path if names != ["-"] else None)
            given = {"kind": kind, "country": country, "as_of": on.isoformat() if on else ""}
            filled = (row if isinstance(row, BadRow) else _filled(row, given) for row in rows)
            chosen = form or ScreenFormat.jsonl
            screen_files.file_through(filled, loaded, chosen.value, out, threshold=threshold)
            return
    except screen_files.BadFile as error:
        fail(str(error))
    queries = []
    for name in names:
        row = {
            "name": name,
            "id": name,
            "kind": kind,
            "country": country,
            "dob": born,
            "address": address,
            "imo": id_,
        }
        try:
            queries.append(query_of(row | {"as_of": on.isoformat() if on else ""}))
        except BadRow as error:
            fail(str(error))
    answers = loaded.screener.screen(queries, threshold=threshold)
    if form in (None, ScreenFormat.text):
        for answer in answers:
            sys.stdout.write(answer_text(answer, loaded) + "\n")
    else:
        screen_files.write_answers(answers, loaded, form.value, out)
    bad = [answer for answer in answers if answer.error]
    if bad:
        fail("; ".join(answer.error for answer in bad))
    if any(answer.candidates for answer in answers):
        raise typer.Exit(FOUND)


def _filled(row: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """A row with what the options say for all rows, where it says nothing itself."""
    return row | {field: value for field, value in given.items() if value and not row.get(field)}


def _lists(text: str, on: dt.date | None) -> Any:
    from licet import screen_lists
    from licet.sources.errors import SourceError

    path = Path(text)
    try:
        if text and path.exists():
            return screen_lists.of_files(path)
        codes = frozenset(code.strip().upper() for code in text.split(",") if code.strip())
        loaded = screen_lists.of_store(on=on, only=codes or None)
    except (SourceError, ListsError) as error:
        fail(str(error))
    missing = codes - {one.list for one in loaded.days}
    if missing:
        there = ", ".join(one.list for one in loaded.days) or "none"
        fail(
            f"--lists: no {', '.join(sorted(missing))} for {on or 'today'}: no such file, and no such list in "
            f"the store (there: {there}). Load it with licet lists load PATH."
        )
    return loaded


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="A B | -", help="Two names; - reads JSON lines with left and right."
        ),
    ],
    kind: Annotated[str, typer.Option(help="person, organization, vessel or aircraft.")] = "",
    threshold: Annotated[float, typer.Option(min=0.0, max=1.0)] = THRESHOLD,
    form: Annotated[PairFormat, typer.Option("--format")] = PairFormat.text,
) -> None:
    """Whether two names may be one party's: the score, and word by word why."""
    from licet.parties.compare import compare as compare_names

    if names == ["-"]:
        for part in _pairs(sys.stdin.buffer, threshold):
            sys.stdout.buffer.write(part)
        return
    if len(names) != 2:
        fail(f"compare: {len(names)} names; give two, in quotes where they have spaces.")
    left, right = names
    alignment = compare_names(left, right, kind=kind)
    if form is PairFormat.jsonl:
        row = _pair_row({"left": left, "right": right, "kind": kind}, threshold)
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
    else:
        sys.stdout.write(comparison_text(left, right, alignment, threshold) + "\n")


def _pairs(stream: Iterable[bytes], threshold: float) -> Iterator[bytes]:
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


__all__ = ["Query", "add_to", "compare", "screen"]
