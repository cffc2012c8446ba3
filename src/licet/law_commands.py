"""``licet law compile``, ``update`` and ``verify``: make, renew and check the bulk of the law.

The readers of official formats are imported when a command runs: ``licet check`` does not need them.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.command_options import fail
from licet.law import versions
from licet.law.errors import RulebookError
from licet.law.rulebook import load, packaged

if TYPE_CHECKING:
    from licet.sources.compile_law import Compiled
    from licet.sources.update import Updated
    from licet.sources.verify import Verification

_FOUND = 1  # exit status
_SHOWN = 20  # changes shown for one table; all are in changes.csv of the version

FromDir = Annotated[Path, typer.Option("--from", metavar="DIR", help="Folder of official files.")]
_Into = Annotated[
    Path, typer.Option("--into", metavar="FOLDER", help="Where to write; made if it is not there.")
]
_Part744 = Annotated[
    Path | None, typer.Option("--part-744", metavar="FILE", help="Part 744 from this file.")
]
_Ccl = Annotated[
    Path | None, typer.Option("--ccl", metavar="FILE", help="Control list from this file.")
]
_From = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="Read official files here, without a network."),
]
_List = Annotated[bool, typer.Option("--list", help="Show the versions kept.")]
_Use = Annotated[
    str | None, typer.Option("--use", metavar="VERSION", help="Switch to a version or 'packaged'.")
]
_Shrinking = Annotated[
    bool, typer.Option("--accept-shrinking", help="Accept tables that lose a tenth of their rows.")
]
_Record = Annotated[
    bool, typer.Option("--record", help="Keep these texts as those the rules were read against.")
]
_Folder = Annotated[
    Path | None, typer.Option("--rulebook", metavar="FOLDER", help="Another rulebook.")
]


def law_compile(
    source: FromDir,
    into: _Into = Path("compiled-law"),
    part_744: _Part744 = None,
    ccl: _Ccl = None,
) -> None:
    """Compile the tables of the law from official files; the same files give the same bytes.

    Tables that are kept by hand are not written.
    """
    from licet.sources.compile_law import compile_law, write_tables
    from licet.sources.errors import SourceError

    try:
        compiled = compile_law(source, part_744=part_744, ccl=ccl)
        write_tables(compiled.tables, into)
    except SourceError as error:
        fail(f"{error}. Nothing was written.")
    except OSError as error:
        fail(f"{into}: {error.strerror}")
    _print_compiled(compiled, into, Console(highlight=False))


def _print_compiled(compiled: Compiled, into: Path, console: Console) -> None:
    from licet.sources.compile_law import MADE_FROM
    from licet.sources.tables import parse

    table = _table("Table", "Rows", "Compiled from", "As of", "SHA-256")
    for name, kinds in MADE_FROM.items():
        file = compiled.files[kinds[0]]
        more = f" and {len(kinds) - 1} more" if len(kinds) > 1 else ""
        rows = str(len(parse(compiled.tables[name])[1]))
        table.add_row(name, rows, f"{file.source}{more}", file.as_of, file.sha256[:16])
    console.print(table)
    console.print()
    files = _table("Official text", "As of", "SHA-256", "File")
    for file in compiled.files.values():
        files.add_row(file.source, file.as_of or "many days", file.sha256[:16], file.path.name)
    console.print(files)
    console.print()
    console.print(
        f"{compiled.questions} conditions in prose became named questions. Written to {into}."
    )


def law_update(
    source: _From = None,
    list_versions: _List = False,
    use: _Use = None,
    accept_shrinking: _Shrinking = False,
) -> None:
    """Renew the law in use from newer official text: fetched from the eCFR, or read from a folder.

    What changed is shown. The law in use is switched only when every check passes; every version
    is kept.
    """
    console = Console(highlight=False)
    if list_versions:
        _print_versions(console)
        return
    if use is not None:
        try:
            versions.use(use)
        except RulebookError as error:
            fail(str(error))
        console.print(f"In use: {use}.")
        return
    if source is not None:
        _update(source, accept_shrinking, console)
        return
    from licet.sources import fetch
    from licet.sources.download import FetchError

    with tempfile.TemporaryDirectory(prefix="licet-") as folder:
        try:
            day = fetch.current_day()
            fetch.fetch_parts(day, Path(folder))
        except FetchError as error:
            fail(f"{error}. The law in use stays.")
        _update(Path(folder), accept_shrinking, console)


def renew_if_newer(console: Console) -> bool:
    """Renew the law as ``licet law update`` does, if the eCFR is current to another day than it was last time.

    Whether all is in order. A refusal ends in ``typer.Exit``, and the law in use stays; it is asked again then.
    """
    from licet.sources import fetch
    from licet.sources.download import FetchError

    kept = versions.home() / fetch.CHECKED
    known = fetch.checked(kept)
    try:
        now = fetch.current(known=known)
        if known is not None and now.day == known.day:
            console.print(f"{'law':<18} as it was, current to {now.day}")
            fetch.remember(kept, now)
            return True
        with tempfile.TemporaryDirectory(prefix="licet-") as folder:
            fetch.fetch_parts(now.day, Path(folder))
            _update(Path(folder), False, console)
    except FetchError as error:
        fail(f"law: {error}. The law in use stays.")
    fetch.remember(kept, now)
    return True


def _update(folder: Path, accept_shrinking: bool, console: Console) -> None:
    from licet.decide.examples import failing_examples
    from licet.sources.errors import SourceError
    from licet.sources.update import UpdateError, update

    try:
        done = update(folder, judge=failing_examples, accept_shrinking=accept_shrinking)
    except (SourceError, RulebookError) as error:
        fail(f"{error}. The law in use stays.")
    except UpdateError as error:
        fail("\n".join([*error.reasons, "The law in use stays."]))
    except OSError as error:
        fail(f"{error.filename or versions.home()}: {error.strerror}. The law in use stays.")
    _print_updated(done, console)
    if done.version is not None:
        _print_drift_of(done, console)


def _print_updated(done: Updated, console: Console) -> None:
    if done.version is None:
        console.print("No text is newer than the law in use; nothing changed.")
        return
    for file in done.files:
        console.print(f"{file.source} as of {file.as_of}, SHA-256 {file.sha256[:16]}")
    console.print()
    groups = defaultdict(list)
    for difference in done.differences:
        groups[difference.table].append(difference)
    table = _table("Since", "Table", "Entry or row", "What", "Was", "Now")
    for name, found in sorted(groups.items()):
        for change in found[:_SHOWN]:
            cells = (change.date, name, change.subject, change.what, change.was, change.now)
            table.add_row(*map(_plain, cells))
        if len(found) > _SHOWN:
            table.add_row("", name, f"and {len(found) - _SHOWN} more", "", "", "")
    if done.differences:
        console.print(table)
    console.print(
        f"{len(done.differences) or 'No'} changes. In use: {done.version.name}. "
        f"All of them: {done.version.folder / 'changes.csv'}",
        soft_wrap=True,
    )


def _print_drift_of(done: Updated, console: Console) -> None:
    """Tables renew themselves; rules do not: name those whose text changed with this update."""
    from licet.sources import verify

    texts = {}
    for file in done.files:
        if file.kind == "part_744":
            texts["744"] = (file.as_of, verify.read_part(file.path))
    if texts:
        _print_verification(verify.verify(load(done.base), done.base, texts), console, brief=True)


def _print_versions(console: Console) -> None:
    try:
        current = versions.in_use()
        kept = versions.versions()
    except RulebookError as error:
        fail(str(error))
    table = _table("In use", "Version", "Text as of", "Made", "Changes", "Rulebook")
    table.add_row("" if current else "*", versions.PACKAGED, "", "", "", "")
    for version in kept:
        mark = "*" if current is not None and current.name == version.name else ""
        changes = str(version.changes)
        table.add_row(mark, version.name, version.as_of, version.made, changes, version.id)
    console.print(table)


def law_verify(source: _From = None, record: _Record = False, rulebook: _Folder = None) -> None:
    """Name the rules whose sections read otherwise than when the rules were written.

    Exit status 0 when no section at hand changed, 1 when rules are to be read again, 2 on bad input.
    """
    from licet.sources import verify
    from licet.sources.errors import SourceError
    from licet.sources.tables import write
    from licet.sources.update import base_rulebook

    # A version in use is never changed: what rules were read against belongs to the packaged rulebook.
    folder = rulebook or (Path(str(packaged())) if record else base_rulebook())
    console = Console(highlight=False)
    try:
        book = load(folder)
        texts = verify.read_texts(source) if source is not None else {}
    except (SourceError, RulebookError) as error:
        fail(str(error))
    if record:
        if not texts:
            fail("--record needs --from DIR with the texts that the rules were read against")
        write(folder / verify.HASHES, verify.record(texts))
        console.print(f"Recorded in {folder / verify.HASHES}.")
        return
    found = verify.verify(book, folder, texts)
    _print_verification(found, console)
    if found.drifted:
        raise typer.Exit(_FOUND)


def _print_verification(found: Verification, console: Console, *, brief: bool = False) -> None:
    for drift in found.drifted:
        console.print()
        since = f"reads otherwise than on {drift.since}" if drift.since else "is new"
        console.print(Text(f"15 CFR {drift.section} {since}", style="bold"))
        for change in drift.changed:
            console.print(Text(f"  {change.label} {change.what}: {change.text[:160]}".rstrip(": ")))
        for stay in drift.stays:
            console.print(Text(f"  {stay}"))
        for rule, near in drift.rules.items():
            where = "cites what changed" if near else "cites the section elsewhere"
            console.print(Text(f"  read again: {rule} ({where})", style="yellow"))
    if brief:
        return
    console.print()
    days = ", ".join(f"part {part} of {day}" for part, day in sorted(found.as_of.items()))
    console.print(
        f"{days or 'No newer text given (--from DIR)'}: {len(found.drifted)} sections changed, "
        f"{len(found.unchanged)} read as before."
    )
    if found.not_verifiable:
        console.print(f"{len(found.not_verifiable)} rules cannot be verified:")
        reasons = defaultdict(list)
        for rule, reason in found.not_verifiable.items():
            reasons[reason].append(rule)
        for reason, rules in sorted(reasons.items()):
            console.print(Text(f"  {reason}: {', '.join(rules)}", style="dim"))


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold", justify="right" if title == "Rows" else "left")
    return table


def _plain(value: str) -> Text:
    return Text(value)  # names hold brackets, which are no markup


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``licet law``."""
    app.command("compile")(law_compile)
    app.command("update")(law_update)
    app.command("verify")(law_verify)
