"""``licet lists update`` and ``licet watch``: fetch the lists from their publishers, once or on a schedule."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from licet import bundle_commands
from licet.command_options import fail

if TYPE_CHECKING:
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
    if source is not None:
        _from_files(source, key, allow_shrink, data)
        return
    chosen = _chosen(code, publishers)
    console = Console(highlight=False)
    if show:
        for one in chosen:
            console.print(f"{one.code}\t{one.url}", soft_wrap=True)
        return
    if not _update(chosen, parties, allow_shrink, data, console):
        raise typer.Exit(2)


def watch(
    code: _Codes = None,
    every: Annotated[
        str, typer.Option(metavar="SPAN", help="How often to look: 30m, 6h, 1d.")
    ] = "6h",
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many; else go on.")
    ] = None,
    parties: _Parties = None,
    publishers: _Publishers = None,
    data: _Data = None,
) -> None:
    """Keep the lists up to date: licet lists update on a schedule, with jitter, sooner again after a failure.

    Stop it with Ctrl-C; a list is always the old one or the new one.
    """
    from licet.lists import watching

    chosen = _chosen(code, publishers)
    console = Console(highlight=False)
    try:
        span = watching.seconds(every)
    except ValueError as error:
        fail(f"--every: {error}")

    def once() -> bool:
        console.print(f"{dt.datetime.now():%Y-%m-%d %H:%M}")
        return _update(chosen, parties, False, data, console)

    try:
        watching.watch(once, span, rounds=rounds)
    except KeyboardInterrupt:
        console.print("Stopped; the lists in use stay.")


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
    parties: Path | None,
    allow_shrink: bool,
    data: Path | None,
    console: Console,
) -> bool:
    """Update once and say what it did; whether no publisher was refused."""
    from licet import lists
    from licet.lists.updating import refusals, update

    store = lists.store(data)
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
    if parties is not None:
        _touched(done, parties, data, console)
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


def _touched(done: Sequence[Updated], parties: Path, data: Path | None, console: Console) -> None:
    """Say which known parties what is new touches, from the copies before to those now."""
    from licet import dispositions, rescreening, screen_files
    from licet.parties.screening import THRESHOLD
    from licet.parties.spelling import visible

    new = [x for each in done for x in each.loaded if x.new and x.before]
    if not new:
        return
    start = min(x.before.as_of for x in new if x.before)
    codes = sorted({x.list for x in new})
    try:
        sides = [
            rescreening.side(day, lists=codes, data=data)
            for day in (start, max(x.as_of for x in new))
        ]
        found = rescreening.between(*sides)
        rows = screen_files.read_rows(parties)
        count = 0
        for answer in rescreening.touched(
            rows, found, threshold=THRESHOLD, book=dispositions.book(data=data)
        ):
            if answer.error:
                print(f"licet: {visible(answer.query.name)}: {answer.error}", file=sys.stderr)
            count += bool(answer.touched)
            for one in answer.touched:
                said = f"{one.listing.key} {visible(one.listing.name)}"
                console.print(f"  {visible(answer.query.name)}: {_WHAT[one.what]}, {said}")
    except (screen_files.BadFile, ValueError) as error:
        fail(f"{parties}: {error}. The lists are updated; run licet rescreen for the parties.")
    console.print(f"{count} of your parties are touched.")


_WHAT = {
    "newly_match": "now a match",
    "newly_possible": "now a possible match: somebody must look",
    "no_longer": "no longer found",
    "changed": "the entry has changed",
}


def _from_files(source: Path, key: Path | None, allow_shrink: bool, data: Path | None) -> None:
    from licet import lists, lists_report
    from licet.lists.errors import ListsError
    from licet.sources.errors import SourceError

    if zipfile.is_zipfile(source) and _is_bundle(source) and key is None:
        fail(f"{source}: is a signed bundle; name the key that it must be signed by, with --key")
    with tempfile.TemporaryDirectory(prefix="licet-") as folder:
        place = source
        try:
            if key is not None:
                bundle_commands.needed()
                from licet.sources import bundle

                bundle.verify(source, key, into=Path(folder))
                place = Path(folder)
            done = lists.store(data).load(place, allow_shrink=allow_shrink, refuse_older=True)
        except SourceError as error:
            fail(f"{error}. The lists in use stay.")
        except ListsError as error:
            fail("\n".join([*error.reasons, "The lists in use stay."]))
        except OSError as error:
            fail(f"{error.filename or source}: {error.strerror}. The lists in use stay.")
        lists_report.print_loaded(done, source, Console(highlight=False))


def _is_bundle(path: Path) -> bool:
    from licet.sources.bundle import SIGNATURE

    with zipfile.ZipFile(path) as archive:
        return SIGNATURE in archive.namelist()


def add_to(lists_app: typer.Typer, app: typer.Typer) -> None:
    """Put ``update`` under ``licet lists``, and ``watch`` beside it."""
    lists_app.command("update")(lists_update)
    app.command("watch")(watch)
