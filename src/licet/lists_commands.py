"""``licet lists``: load lists of restricted parties, see what is in use, what changed, and export it.

The store and the readers are imported when a command runs: ``licet check`` does not need them.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

from licet.command_options import day, fail, open_limits

if TYPE_CHECKING:
    from licet.lists.store import Store

T = TypeVar("T")


class Output(StrEnum):
    """How a command writes its answer."""

    text = "text"
    json = "json"


class Exchange(StrEnum):
    """Formats of exchange."""

    ftm = "ftm"


_Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Folder of the store; else LICET_DATA, else the user's."
    ),
]
_On = Annotated[
    dt.date | None,
    typer.Option(parser=day, metavar="DAY", help="Lists as of this day instead of today."),
]
_KnownHere = Annotated[
    dt.date | None,
    typer.Option("--known", parser=day, metavar="DAY", help="Only what was loaded by this day."),
]
_Lists = Annotated[
    list[str] | None,
    typer.Option("--list", metavar="CODE", help="Only this list, such as SDN; may be repeated."),
]
_Format = Annotated[Output, typer.Option(help="How to write it.")]
_Day = Annotated[dt.date, typer.Argument(parser=day, metavar="DAY")]


def lists_load(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="An official file, or a folder of them.")
    ],
    code: Annotated[
        str | None,
        typer.Option("--list", metavar="CODE", help="Name the list; for private lists."),
    ] = None,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            parser=day, metavar="DAY", help="The day of the list, where its file says none."
        ),
    ] = None,
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="Accept a list that lost over a tenth of its entries."),
    ] = False,
    data: _Data = None,
) -> None:
    """Load official files into the list store: all of them, or none.

    A damaged file is refused with file and line, and the lists in use stay. The same content is not a new
    version.

    Exit status 0 when the lists were loaded or are as before, 2 when the load was refused.
    """
    from licet import lists_report
    from licet.lists.errors import ListsError
    from licet.sources.errors import SourceError

    try:
        done = _store(data).load(path, list=code, as_of=as_of, allow_shrink=allow_shrink)
    except SourceError as error:
        fail(f"{error}. The lists in use stay.")
    except ListsError as error:
        fail("\n".join([*error.reasons, "The lists in use stay."]))
    except OSError as error:
        fail(f"{error.filename or path}: {error.strerror}. The lists in use stay.")
    lists_report.print_loaded(done, path, _console())


def lists_status(
    on: _On = None, known: _KnownHere = None, format: _Format = Output.text, data: _Data = None
) -> None:
    """Show which copy of each list is in use, as of which day, and since when it has been so.

    Lists that come with Licet are shown where no newer copy was loaded.
    """
    from licet import lists, lists_report

    found = _reading(lambda: _store(data).status(on=on, known=known))
    day = on or dt.date.today()
    open_limits(data)
    ages = lists.ages(found, day, known=known, data=data)
    if format is Output.json:
        print(lists_report.as_json(lists_report.status_rows(found, ages)))
    else:
        lists_report.print_status(found, ages, day, _console())


def lists_changes(
    start: _Day,
    end: _Day,
    code: _Lists = None,
    known: _KnownHere = None,
    format: _Format = Output.text,
    data: _Data = None,
) -> None:
    """Show what differs between the lists of two days: entries added, removed, changed, with their fields."""
    from licet import lists_report

    if end < start:
        fail(f"{end} is before {start}; give the earlier day first")
    found = _reading(lambda: _store(data).changes(start, end, known=known, lists=code))
    if format is Output.json:
        print(lists_report.as_json(found))
    else:
        lists_report.print_changes(found, _console())


def lists_show(
    entry: Annotated[
        str,
        typer.Argument(metavar="ENTRY", help="A publisher's number, or LIST:NUMBER as SDN:6908."),
    ],
    known: _KnownHere = None,
    format: _Format = Output.text,
    data: _Data = None,
) -> None:
    """Show all versions of one entry: when it was added, changed and removed, and what it says."""
    from licet import lists_report

    store = _store(data)
    found = _reading(lambda: store.history(entry, known=known))
    if not found:
        near = _reading(lambda: store.named(entry))
        hint = "; by that name there are: " + ", ".join(f"{x.key} {x.name}" for x in near) if near else (
            "; an entry is named by its publisher's number, such as SDN:6908 or QDi.001"
        )  # fmt: skip
        fail(f"no entry {entry!r} in any version{hint}")
    if format is Output.json:
        print(lists_report.as_json(found))
    else:
        lists_report.print_history(found, _console())


def lists_export(
    format: Annotated[Exchange, typer.Option(help="Format of exchange.")] = Exchange.ftm,
    on: _On = None,
    known: _KnownHere = None,
    code: _Lists = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; else standard output.")
    ] = None,
    data: _Data = None,
) -> None:
    """Write the listings in force as FollowTheMoney JSON lines, which other programs read."""
    store = _store(data)
    if out is None:
        _reading(lambda: store.export(sys.stdout.buffer, on=on, known=known, lists=code))
        sys.stdout.buffer.flush()
        return
    beside = out.with_name(f"{out.name}.new")
    try:
        with beside.open("wb") as stream:
            count = _reading(lambda: store.export(stream, on=on, known=known, lists=code))
        beside.replace(out)
    except OSError as error:
        fail(f"{out}: {error.strerror}")
    finally:
        beside.unlink(missing_ok=True)
    print(f"{count} listings written to {out}.", file=sys.stderr)


def _store(data: Path | None) -> Store:
    from licet import lists

    return lists.store(data)


def _reading(ask: Callable[[], T]) -> T:
    """What the store answers; one that cannot be read ends the command."""
    from licet.law.errors import RulebookError
    from licet.lists.errors import ListsError

    try:
        return ask()
    except ListsError as error:
        fail("\n".join(error.reasons))
    except RulebookError as error:  # the packaged lists are tables of the rulebook in use
        fail(str(error))


def _console() -> Console:
    return Console(highlight=False)


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``licet lists``."""
    app.command("load")(lists_load)
    app.command("status")(lists_status)
    app.command("changes")(lists_changes)
    app.command("show")(lists_show)
    app.command("export")(lists_export)
