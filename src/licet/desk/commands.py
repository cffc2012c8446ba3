"""``licet serve``, ``licet audit`` and ``licet keys``: the desk from the command line.

The packages of the desk (fastapi, sqlalchemy) are imported when a command runs: ``licet check`` needs none of
them.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from licet.command_options import day, fail
from licet.law.versions import home

if TYPE_CHECKING:
    from licet.desk.store import Store

T = TypeVar("T")

audit_app = typer.Typer(
    no_args_is_help=True, help="The record of the desk: verify it, decide again, export."
)
keys_app = typer.Typer(no_args_is_help=True, help="Keys of the desk: make, list, revoke.")
Database = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="postgresql://USER@HOST/NAME; else SQLite in the folder of the user's data (LICET_DATA).",
    ),
]
Organization = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Whose record; local is that of who works here without a key."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put the commands of the desk into the command line."""
    app.command("serve")(serve_command)
    app.command("mcp")(mcp_command)
    app.add_typer(audit_app, name="audit")
    app.add_typer(keys_app, name="keys")


def serve_command(
    database: Database = None,
    host: Annotated[
        str,
        typer.Option(metavar="HOST", help="Where to listen; anything but loopback asks for keys."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help="0 takes a free one.")] = 8000,
    keys: Annotated[bool, typer.Option("--keys", help="Ask for keys on loopback, too.")] = False,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=64, help="Processes that serve, each with the lists in memory."
        ),
    ] = 1,
    webhooks_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Let webhooks deliver to this host or network inside, too; repeat it.",
        ),
    ] = None,
    login: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="An OpenID Connect provider, as TOML; its tokens are taken."
        ),
    ] = None,
) -> None:
    """Serve the desk: the HTTP API over the record, the law and the lists of this machine.

    On loopback no key is asked for. Behind a proxy say --keys. Stop it with Ctrl-C; what was answered is kept.
    """
    try:
        _or_fail(lambda: _serve(database, host, port, keys, workers, webhooks_to, login))
    except OSError as error:
        fail(f"--host {host} --port {port}: {error.strerror or error}; choose another.")


def mcp_command(
    record: Annotated[
        bool, typer.Option("--record", help="Record every check in the desk's database.")
    ] = False,
    database: Database = None,
) -> None:
    """Serve check, explain, screen and law to an agent (Model Context Protocol) over standard input.

    It reads and changes nothing. With --record every check is recorded as a decision of the agent.
    """

    def made() -> Any:
        from licet.desk.agents import server

        return server(record=opened(database) if record else None)

    _or_fail(made).run()


def _serve(
    database: str | None,
    host: str,
    port: int,
    keys: bool,
    workers: int,
    hooks: list[str] | None,
    login: Path | None,
) -> None:
    from licet.desk.serving import serve

    serve(
        database or home(),
        host,
        port,
        keys=keys,
        workers=workers,
        hooks_to=hooks or (),
        login=login,
    )


def opened(database: str | None) -> Store:
    """The desk's database; where it cannot be opened the command ends."""
    return _or_fail(lambda: _open(database))


def _open(database: str | None) -> Store:
    from licet.desk.store import open_store

    return open_store(database or home())


def _or_fail(what: Callable[[], T]) -> T:
    """What a function gives; an error of the desk ends the command with its message."""
    try:
        return what()
    except ModuleNotFoundError as error:
        extra = {"mcp": "mcp", "jwt": "oidc"}.get((error.name or "").partition(".")[0], "desk")
        fail(f"this needs {error.name}: pip install 'licet[{extra}]'.")
    except (RuntimeError, LookupError, ValueError) as error:
        fail(str(error.args[0]) if error.args else str(error))


@audit_app.command("verify")
def audit_verify(
    database: Database = None,
    organization: Organization = "local",
    head: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER:HASH", help="A head that was noted before: a log cut short shows."
        ),
    ] = None,
) -> None:
    """Verify the log: every entry in its place and as it was, and every decision as it was recorded.

    Prints the head, to be noted elsewhere. Exit status 1 where something is wrong, 2 where it cannot be read.
    """
    store = opened(database)
    from licet.desk import audit

    noted = _head(head) if head else None
    try:
        with store.read() as db:
            faults = list(audit.verify(db, organization, noted=noted))
            number, last = audit.head(db, organization)
    except RuntimeError as error:
        fail(str(error))
    finally:
        store.close()
    for fault in faults:
        print(f"entry {fault.number}: {fault.says}", file=sys.stderr)
    if faults:
        print(f"The log of {organization} is not whole: {len(faults)} faults.")
        raise typer.Exit(1)
    print(f"The log of {organization} is whole: {number} entries. Head {number}:{last}")


def _head(text: str) -> tuple[int, str]:
    number, _, last = text.partition(":")
    if not number.isdigit() or len(last) != 64:
        fail(f"--head {text}: write it as licet audit verify printed it, NUMBER:HASH.")
    return int(number), last


@audit_app.command("replay")
def audit_replay(
    decision: Annotated[str, typer.Argument(metavar="ID", help="The id of a recorded decision.")],
    database: Database = None,
    organization: Organization = "local",
) -> None:
    """Decide a recorded decision again, under the law that decided it, and say whether the answer is the same.

    Exit status 0 for the same answer, 1 for another, with what differs; 2 for an id that is none.
    """
    store = opened(database)
    from licet.desk import record
    from licet.law.rulebook import default_rulebook

    try:
        found = _or_fail(lambda: record.again(store, organization, decision, default_rulebook()))
    finally:
        store.close()
    print(found.says)
    for line in found.differs:
        print(f"  {line}")
    raise typer.Exit(0 if found.same else 1)


@audit_app.command("export")
def audit_export(
    database: Database = None,
    organization: Organization = "local",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to a file instead of the terminal.")
    ] = None,
) -> None:
    """Write the log as JSON lines: each entry with its hash, and the decision or disposition that it seals."""
    store = opened(database)
    from licet.desk.export import lines

    try:
        with store.read() as db:
            if out is None:
                for line in lines(db, organization):
                    print(line)
            else:
                with out.open("w", encoding="utf-8") as stream:
                    for line in lines(db, organization):
                        stream.write(f"{line}\n")
    except OSError as error:
        fail(f"--out {out}: {error.strerror}")
    except RuntimeError as error:
        fail(str(error))
    finally:
        store.close()


@audit_app.command("record")
def audit_record(
    decision: Annotated[str, typer.Argument(metavar="ID", help="The id of a recorded decision.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A file that ends in .html or .pdf (licet[pdf]).")
    ],
    database: Database = None,
    organization: Organization = "local",
) -> None:
    """Write the record of a decision to print: inputs, law, lists, rules, dispositions, place in the log."""
    suffix = out.suffix.lower()
    if suffix not in (".html", ".pdf"):
        fail(f"--out {out}: allowed: a file that ends in .html or .pdf.")
    store = opened(database)
    from licet.desk.paper import Paper, paper
    from licet.desk.paper_html import html_of
    from licet.desk.paper_pdf import pdf_of

    def found() -> Paper:
        with store.read() as db:
            return paper(db, organization, decision)

    try:
        sheet = _or_fail(found)
        out.write_bytes(
            html_of(sheet).encode() if suffix == ".html" else _or_fail(lambda: pdf_of(sheet))
        )
    except OSError as error:
        fail(f"--out {out}: {error.strerror}")
    finally:
        store.close()
    print(f"{out}: {sheet.title}, {sheet.outcome}")


@audit_app.command("show")
def audit_show(
    decision: Annotated[str, typer.Argument(metavar="ID", help="The id of a recorded decision.")],
    database: Database = None,
    organization: Organization = "local",
) -> None:
    """Show a recorded decision with all that went into it, as JSON."""
    store = opened(database)
    from licet.desk import record

    try:
        with store.read() as db:
            row = record.find(db, organization, decision)
    finally:
        store.close()
    if row is None:
        fail(f"decision {decision}: there is none of this id in the record of {organization}.")
    print(json.dumps(record.plain(row), ensure_ascii=False, indent=2))


@keys_app.command("make")
def keys_make(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whose key it is, as the record will say.")
    ],
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="viewer, analyst, approver or admin.")
    ] = "analyst",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE", help="Only check, screen, law, cases or record; may be repeated."
        ),
    ] = None,
    expires: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DAY", help="The first day on which it no longer holds."),
    ] = None,
    database: Database = None,
    organization: Organization = "local",
) -> None:
    """Make a key, and its organization where that is new. It is shown this once."""
    store = opened(database)
    from licet.desk import access

    try:
        key = _or_fail(
            lambda: store.write(
                lambda db: access.make_key(
                    db, organization, name, role, actor="command line", scopes=tuple(scope or ()),
                    expires=expires,
                )
            )
        )  # fmt: skip
    finally:
        store.close()
    print(key)


@keys_app.command("list")
def keys_list(database: Database = None, organization: Organization = "local") -> None:
    """List the keys of an organization; the keys themselves are kept nowhere."""
    store = opened(database)
    from licet.desk import access

    try:
        with store.read() as db:
            found = access.keys(db, organization)
    finally:
        store.close()
    if not found:
        print(f"{organization} has no keys. Make one with licet keys make NAME.")
    for one in found:
        state = (
            f"revoked {one['revoked']}"
            if one["revoked"]
            else f"expires {one['expires'] or 'never'}"
        )
        print(f"{one['id']}  {one['role']}  {one['name']}  {state}")


@keys_app.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The id that licet keys list shows.")],
    database: Database = None,
    organization: Organization = "local",
) -> None:
    """Take a key back; the next request with it is refused."""
    store = opened(database)
    from licet.desk import access

    try:
        _or_fail(
            lambda: store.write(
                lambda db: access.revoke(db, organization, key, actor="command line")
            )
        )
    finally:
        store.close()
    print(f"Key {key} is revoked.")
