"""``licet dispositions``: record what a person decided about a possible match, show it, take it back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from licet.command_options import day, fail

if TYPE_CHECKING:
    from licet.dispositions import Disposition
    from licet.parties.screening import Candidate, Query
    from licet.screen_lists import Lists

app = typer.Typer(
    no_args_is_help=True,
    help="What people decided about possible matches: add, list, withdraw.",
)
_LOOK = 0.5
"""The score from which a match may be settled: a reviewer may know more than names tell."""


class Decision(StrEnum):
    """What may be decided."""

    listed = "listed"
    not_listed = "not_listed"


class Output(StrEnum):
    """How a command writes its answer."""

    text = "text"
    json = "json"


_Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Folder of the file; else LICET_DATA, else the user's."
    ),
]
_By = Annotated[str, typer.Option(help="Who decided: the person who answers for it.")]


@app.command("add")
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The party's name, as it is screened.")
    ],
    listing: Annotated[
        str,
        typer.Argument(metavar="LISTING", help="List and number of the entry, such as SDN:6908."),
    ],
    decision: Annotated[
        Decision,
        typer.Option("--as", help="The party is the listed one, or is another."),
    ],
    by: _By,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    decided: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="The day of the decision; else today."),
    ] = None,
    expires: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="From this day on it is open again."),
    ] = None,
    party: Annotated[
        str, typer.Option(help="Your own number of the party, as in the column id.")
    ] = "",
    kind: Annotated[str, typer.Option(help="person, organization, vessel or aircraft.")] = "",
    country: Annotated[str, typer.Option(help="The party's country, such as CN.")] = "",
    address: Annotated[str, typer.Option(help="The party's address.")] = "",
    born: Annotated[str, typer.Option(help="Date of birth: 1965, 1965-03 or 1965-03-17.")] = "",
    id_: Annotated[str, typer.Option("--id", help="The party's number, such as IMO 9187655.")] = "",
    lists: Annotated[
        str, typer.Option(metavar="PATH | CODE,...", help="Lists, as for licet screen.")
    ] = "",
    on: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="The entry as of this day; else today."),
    ] = None,
    data: _Data = None,
) -> None:
    """Record what a person decided about a party and a listing that it may be.

    Give the party's facts as they are screened: the decision is about a party of whom just this is known, and
    about the entry as it is now. When either changes, it is open again. Nothing is ever erased.

    Exit status 0 when it was recorded, 2 when it was refused.
    """
    from licet import dispositions

    query, loaded, candidate = _candidate(
        {"name": name, "id": party, "kind": kind, "country": country, "address": address, "dob": born,
         "number": id_, "as_of": on},
        listing, lists, on,
    )  # fmt: skip
    as_of = next((one.as_of for one in loaded.days if one.list == candidate.listing.list), None)
    try:
        made = dispositions.add(
            query, candidate, decision.value, by=by, reason=reason, decided=decided, expires=expires,
            as_of=as_of, data=data,
        )  # fmt: skip
    except dispositions.DispositionError as error:
        fail(str(error))
    sys.stdout.write(_text(made, dt.date.today()) + "\n")


def _candidate(
    row: dict[str, Any], listing: str, lists: str, on: dt.date | None
) -> tuple[Query, Lists, Candidate]:
    from licet.screen_commands import open_or_fail
    from licet.screen_rows import BadRow, query_of

    try:
        query = query_of(row)
    except BadRow as error:
        fail(str(error))
    loaded = open_or_fail(lists, on, None)
    (answer,) = loaded.screener.screen([query], threshold=_LOOK)
    if answer.error:
        fail(answer.error)
    found = next((one for one in answer.candidates if one.listing.key == listing), None)
    if found is None:
        near = ", ".join(f"{one.listing.key} {one.listing.name}" for one in answer.candidates[:5])
        fail(
            f"{listing}: screening finds no such entry for {query.name!r}; it finds {near or 'none'}. Lists:"
            f" {loaded}. A decision settles a match that screening finds: give the party's name, facts and "
            "lists as you screen it."
        )
    return query, loaded, found


@app.command("list")
def show(
    on: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="What held on this day; else today."),
    ] = None,
    known: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="Only what was recorded by this day."),
    ] = None,
    format: Annotated[Output, typer.Option(help="How to write it.")] = Output.text,
    data: _Data = None,
) -> None:
    """Show all dispositions, those that have expired or were withdrawn too.

    Whether one applies to a party is for the screening to say: party and entry must be as they were.
    """
    from licet import dispositions

    try:
        found = dispositions.recorded(known=known, data=data)
    except dispositions.DispositionError as error:
        fail(str(error))
    if format is Output.json:
        rows = [_row(one, on or dt.date.today()) for one in found]
        sys.stdout.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() + "\n")
    elif not found:
        sys.stdout.write("No dispositions are recorded.\n")
    else:
        sys.stdout.write("\n\n".join(_text(one, on or dt.date.today()) for one in found) + "\n")


@app.command("withdraw")
def withdraw(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="As licet dispositions list shows.")
    ],
    by: _By,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    data: _Data = None,
) -> None:
    """Take a disposition back from today on. It stays in the history, and still speaks of the days before.

    Exit status 0 when it was withdrawn, 2 when there is none of that number, or it was before.
    """
    from licet import dispositions

    try:
        found = dispositions.withdraw(number, by=by, reason=reason, data=data)
    except dispositions.DispositionError as error:
        fail(str(error))
    sys.stdout.write(_text(found, dt.date.today()) + "\n")


def _state(one: Disposition, on: dt.date) -> str:
    if one.decided > on:
        return "not yet decided"
    if one.withdrawn and one.withdrawn.day <= on:
        return "withdrawn"
    return "expired" if one.expires and one.expires <= on else "in force"


def _text(one: Disposition, on: dt.date) -> str:
    what = "is the listed party" if one.decision == "listed" else "is another than"
    facts = [f"{name} {value}" for name, value in one.facts if name != "name"]
    known = f" (party {one.party})" if one.party else ""
    lines = [
        f"{one.number}. {one.name}{known} {what} {one.listing.name} ({one.listing.key}): {_state(one, on)}",
        f"   {one.by}, {one.decided}: {one.reason}",
        f"   known of the party: {'; '.join(facts) or 'the name alone'}",
    ]
    if one.as_of:
        lines.append(f"   list as of {one.as_of}")
    if one.expires:
        lines.append(f"   open again from {one.expires}")
    if one.withdrawn:
        lines.append(
            f"   withdrawn by {one.withdrawn.by}, {one.withdrawn.day}: {one.withdrawn.reason}"
        )
    return "\n".join(lines)


def _row(one: Disposition, on: dt.date) -> dict[str, Any]:
    taken = one.withdrawn
    names: Sequence[str] = (
        "number",
        "decision",
        "party",
        "as_of",
        "by",
        "reason",
        "decided",
        "expires",
        "recorded",
    )
    return {name: getattr(one, name) for name in names} | {
        "state": _state(one, on),
        "facts": dict(one.facts),
        "listing_id": one.listing.key,
        "listed_name": one.listing.name,
        "withdrawn": taken
        and {"day": taken.day, "by": taken.by, "reason": taken.reason, "recorded": taken.recorded},
    }
