"""``licet lists update`` and ``licet watch``: fetch the lists from their publishers, once or on a schedule."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from licet import bundle_commands, law_commands
from licet.command_options import fail
from licet.list_switch import Wanted

if TYPE_CHECKING:
    from licet.lists import Store
    from licet.lists.updating import Updated
    from licet.sources.publishers import Publisher

_Codes = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PUBLISHER]...", help="Only these; else all. --show names them."),
]
_Publishers = Annotated[
    Path | None,
    typer.Option(
        "--publishers", metavar="FILE", help="Other addresses, in the form that --show prints."
    ),
]
_Shrink = Annotated[
    bool,
    typer.Option("--allow-shrink", help="Accept a list that lost over a tenth of its entries."),
]
_Parties = Annotated[
    Path | None,
    typer.Option("--parties", metavar="FILE", help="Say which of these parties the changes touch."),
]
_Orders = Annotated[
    Path | None,
    typer.Option(
        "--orders",
        metavar="PATH",
        help="Open orders, decided again under the old and the new lists: a file, an order book or a folder.",
    ),
]
_Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Add to this file, as JSON lines: entries that changed, parties and orders touched.",
    ),
]
_Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Folder of the store; else LICET_DATA, else the user's."
    ),
]


def lists_update(
    code: _Codes = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Official files that were downloaded elsewhere, or a signed bundle of them.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="PUBLIC", help="The key that a bundle must be signed by."),
    ] = None,
    parties: _Parties = None,
    orders: _Orders = None,
    report: _Report = None,
    publishers: _Publishers = None,
    allow_shrink: _Shrink = False,
    show: Annotated[bool, typer.Option("--show", help="Show the addresses, and stop.")] = False,
    data: _Data = None,
) -> None:
    """Fetch lists from their publishers, and put in use what is new: each list whole, or as it was.

    A file that is unchanged is not fetched again. One that is cut short, damaged, of another kind, older than
    the copy in use or a tenth smaller is refused with the reason, and that list stays; the others go on.

    Exit status 0 when all is in order, 2 when a list was refused.
    """
    wanted = _wanted(parties, orders, report)
    if source is not None:
        _from_files(source, key, allow_shrink, data, wanted)
        return
    chosen = _chosen(code, publishers)
    console = Console(highlight=False)
    if show:
        for one in chosen:
            console.print(f"{one.code}\t{one.url}", soft_wrap=True)
        return
    if not _update(chosen, wanted, allow_shrink, data, console):
        raise typer.Exit(2)


def watch(
    code: _Codes = None,
    every: Annotated[
        str, typer.Option(metavar="SPAN", help="How often to look: 30m, 6h, 1d.")
    ] = "6h",
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many; else go on.")
    ] = None,
    law: Annotated[
        bool,
        typer.Option("--law", help="Renew the law too, when the eCFR is current to another day."),
    ] = False,
    parties: _Parties = None,
    orders: _Orders = None,
    report: _Report = None,
    publishers: _Publishers = None,
    data: _Data = None,
) -> None:
    """Keep lists, and with --law the law, up to date: on a schedule with jitter, sooner again after a failure.

    Stop it with Ctrl-C; a list is always the old one or the new one.
    """
    from licet.lists import watching

    chosen = _chosen(code, publishers)
    wanted = _wanted(parties, orders, report)
    console = Console(highlight=False)
    try:
        span = watching.seconds(every)
    except ValueError as error:
        fail(f"--every: {error}")

    def once() -> bool:
        console.print(f"{dt.datetime.now():%Y-%m-%d %H:%M}")
        # What is wrong is said, and a file that is being written may be whole next time.
        fine = not law or _without_end(lambda: law_commands.renew_if_newer(console))
        return _without_end(lambda: _update(chosen, wanted, False, data, console)) and fine

    try:
        watching.watch(once, span, rounds=rounds)
    except KeyboardInterrupt:
        console.print("Stopped; the lists in use stay.")


def _without_end(step: Callable[[], bool]) -> bool:
    """A step of a round; one that would end the command fails the round alone."""
    try:
        return step()
    except typer.Exit:
        return False


def _chosen(codes: Sequence[str] | None, file: Path | None) -> tuple[Publisher, ...]:
    from licet.sources.errors import SourceError
    from licet.sources.publishers import PACKAGED, publishers

    try:
        every = publishers(file or PACKAGED)
    except SourceError as error:
        fail(str(error))
    unknown = [code for code in codes or () if code not in every]
    if unknown:
        fail(f"no publisher {', '.join(unknown)}; there are: {', '.join(every)}")
    return tuple(every[code] for code in codes) if codes else tuple(every.values())


def _update(
    chosen: Sequence[Publisher],
    wanted: Wanted,
    allow_shrink: bool,
    data: Path | None,
    console: Console,
) -> bool:
    """Update once and say what it did; whether no publisher was refused."""
    from licet import lists
    from licet.lists.updating import refusals, update

    store = lists.store(data)
    before = _kept(wanted, store)
    with console.status("") as status:
        done = update(
            store,
            chosen,
            allow_shrink=allow_shrink,
            progress=lambda publisher: status.update(f"{publisher.says} …"),
        )
    _print(done, console)
    for line in refusals(done):
        print(f"licet: {line}. The list in use stays.", file=sys.stderr)
    _tell(before, wanted, store, console)
    return all(each.outcome != "refused" for each in done)


def _print(done: Sequence[Updated], console: Console) -> None:
    words = {"new": "new", "same": "as it was", "refused": "refused"}
    for each in done:
        console.print(f"{each.publisher.code:<18} {words[each.outcome]}")
        for loaded in each.loaded:
            if loaded.new:
                what = (
                    f"{loaded.added} added, {loaded.removed} removed, {loaded.changed} changed"
                    if loaded.before
                    else "first copy"
                )
                console.print(
                    f"  {loaded.list:<16} as of {loaded.as_of}: {loaded.entries} entries, {what}"
                )


def _tell(before: Store | None, wanted: Wanted, store: Store, console: Console) -> None:
    """Say what changed since the store was as ``before``; until it is said, the store of then is kept."""
    if before is None:
        return
    from licet import list_switch, screen_files
    from licet.list_switch_report import tell
    from licet.lists.errors import ListsError

    again = "The lists are updated. Run the same command again for the report: it is not lost"
    try:
        tell(before, store, wanted, console)
    except (screen_files.BadFile, list_switch.NoOrders, ListsError, ValueError) as error:
        fail(f"{error}\n{again}.")
    except OSError as error:
        fail(f"{error.filename or wanted.report}: {error.strerror}. {again}.")
    list_switch.reported(store)


def _kept(wanted: Wanted, store: Store) -> Store | None:
    """The store as it is before it changes, where somebody wants to know what a change comes to."""
    if not wanted:
        return None
    from licet import list_switch

    try:
        if list_switch.left(store):
            print(
                "licet: an earlier run did not come to its report; this one tells it too.",
                file=sys.stderr,
            )
        return list_switch.keep(store)
    except (OSError, sqlite3.Error) as error:
        fail(f"{store.folder}: {error}; the lists of before cannot be kept. Nothing was updated")


def _wanted(parties: Path | None, orders: Path | None, report: Path | None) -> Wanted:
    """What is to be told; a path that is not there ends the command before anything is fetched."""
    wanted = Wanted(parties, orders, report)
    for option, path in (("--parties", wanted.parties), ("--orders", wanted.orders)):
        if path is not None and not path.exists():
            fail(f"{option} {path}: no such file; nothing was updated")
    if wanted.report is not None and not wanted.report.absolute().parent.is_dir():
        fail(f"--report {wanted.report}: no such folder; nothing was updated")
    return wanted


def _from_files(
    source: Path, key: Path | None, allow_shrink: bool, data: Path | None, wanted: Wanted
) -> None:
    from licet import lists, lists_report
    from licet.lists.errors import ListsError
    from licet.sources.errors import SourceError

    if zipfile.is_zipfile(source) and _is_bundle(source) and key is None:
        fail(f"{source}: is a signed bundle; name the key that it must be signed by, with --key")
    store = lists.store(data)
    before = _kept(wanted, store)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="licet-") as folder:
        place = source
        try:
            if key is not None:
                bundle_commands.needed()
                from licet.sources import bundle

                bundle.verify(source, key, into=Path(folder))
                place = Path(folder)
            done = store.load(place, allow_shrink=allow_shrink, refuse_older=True)
        except SourceError as error:
            fail(f"{error}. The lists in use stay.")
        except ListsError as error:
            fail("\n".join([*error.reasons, "The lists in use stay."]))
        except OSError as error:
            fail(f"{error.filename or source}: {error.strerror}. The lists in use stay.")
        lists_report.print_loaded(done, source, console)
    _tell(before, wanted, store, console)


def _is_bundle(path: Path) -> bool:
    from licet.sources.bundle import SIGNATURE

    with zipfile.ZipFile(path) as archive:
        return SIGNATURE in archive.namelist()


def add_to(lists_app: typer.Typer, app: typer.Typer) -> None:
    """Put ``update`` under ``licet lists``, and ``watch`` beside it."""
    lists_app.command("update")(lists_update)
    app.command("watch")(watch)
