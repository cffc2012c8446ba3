"""The command line: ``licet check``, ``licet law`` and ``licet lists``, one to one with ``import licet``."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

import licet
from licet import (
    bundle_commands,
    disposition_commands,
    law_commands,
    law_examples,
    law_lookup_commands,
    law_pending_commands,
    law_report,
    lists_commands,
    lists_update_commands,
    owners_commands,
    replay_commands,
    report,
    rescreen_commands,
    screen_commands,
)
from licet.check import OutsideCoverage, TooOld, check, remedies
from licet.command_options import (
    BAD_INPUT,
    Known,
    RefuseStale,
    Rules,
    day,
    fail,
    open_dispositions,
    open_limits,
    open_lists,
    open_rulebook,
)
from licet.decision import Decision
from licet.desk import commands as desk_commands
from licet.freshness import Limits, LimitsError
from licet.law.rulebook import Rulebook
from licet.lists import ListsError, Store
from licet.order import Order, OrderError, Problem
from licet.order_files import BadOrder, read_orders
from licet.parties.ownership_table import OwnershipTable
from licet.wire import as_dict, to_json

if TYPE_CHECKING:
    from licet.dispositions import Book

app = typer.Typer(
    name="licet",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="May this seller sell this item to this buyer on this day, under which rule?",
)
law_app = typer.Typer(
    no_args_is_help=True, help="The law itself: rules, timeline, changes, coverage."
)
app.add_typer(law_app, name="law")
law_lookup_commands.add_to(law_app)
law_commands.add_to(law_app)
law_pending_commands.add_to(law_app)
replay_commands.add_to(app, law_app)
lists_app = typer.Typer(
    no_args_is_help=True, help="Lists of restricted parties: load, status, changes, export."
)
app.add_typer(lists_app, name="lists")
lists_commands.add_to(lists_app)
lists_update_commands.add_to(lists_app, app)
screen_commands.add_to(app)
rescreen_commands.add_to(app)
app.add_typer(bundle_commands.app, name="bundle")
app.add_typer(disposition_commands.app, name="dispositions")
app.add_typer(owners_commands.app, name="owners")
desk_commands.add_to(app)

# Exit statuses: every order may go ahead; some may not or need information; BAD_INPUT.
ALL_GO_AHEAD, SOME_DO_NOT = 0, 1


class Format(StrEnum):
    """How decisions are written."""

    text = "text"
    json = "json"
    jsonl = "jsonl"


def _console() -> Console:
    """Where people read: lines of at most 100 characters; no escape codes where NO_COLOR is set."""
    plain = Console(highlight=False, force_terminal=False if os.environ.get("NO_COLOR") else None)
    return Console(
        highlight=False,
        force_terminal=plain.is_terminal,
        width=min(plain.width, 100),
        legacy_windows=plain.legacy_windows,
    )


Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Orders as TOML, JSON or JSON lines; - is standard input."
    ),
]
On = Annotated[
    dt.date | None,
    typer.Option(
        parser=day,
        metavar="DAY",
        help="Decide under the law of this day instead of the order's date.",
    ),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ANNOUNCEMENT", help="Take an announcement as if it were law; may be repeated."
    ),
]
RulebookFolder = Annotated[
    Path | None,
    typer.Option("--rulebook", metavar="FOLDER", help="Another rulebook than the packaged one."),
]
DayArgument = Annotated[dt.date, typer.Argument(parser=day, metavar="DAY")]
Subject = Annotated[
    str | None,
    typer.Argument(metavar="[SUBJECT]", help="Such as Huawei, Temporary General License or FCC."),
]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"licet {licet.__version__}")
        raise typer.Exit()


@app.command("check")
def check_command(
    files: Files,
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    format: Annotated[Format, typer.Option(help="How to write decisions.")] = Format.text,
    rulebook: RulebookFolder = None,
    rules: Rules = None,
    owners: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Who owns whom, for parties whose owners an order leaves unset: CSV or Parquet.",
        ),
    ] = None,
    lists: Annotated[
        str,
        typer.Option(
            metavar="FOLDER | none",
            help="Lists loaded with licet lists load, in another folder than the user's, or none.",
        ),
    ] = "",
    dispositions: Annotated[
        str,
        typer.Option(
            metavar="FOLDER | none",
            help="Decisions of licet dispositions, in another folder than the user's, or none.",
        ),
    ] = "",
    refuse_stale: RefuseStale = False,
) -> None:
    """Decide orders: may each go ahead, under which rule, and what would change the answer?

    Copies of lists that were loaded are looked through beside the rulebook's own, and what people decided about
    possible matches is applied; with none it is left aside.

    Exit status 0 when every order may go ahead, 1 when one may not or needs information, 2 on bad input.
    """
    book = open_rulebook(rulebook, rules)
    for name in assume or ():
        if name not in book.announcements:
            fail(
                f"--assume {name}: no such announcement; there are: {', '.join(book.announcements)}"
            )
    status = ALL_GO_AHEAD
    answers: list[dict[str, object]] = []
    console = _console()
    table = owners_commands.open_table(owners) if owners else None
    terms = _Terms(
        on, known, tuple(assume or ()), book, table, open_lists(lists),
        open_dispositions(dispositions, known),
    )  # fmt: skip
    # None: those that stand beside the lists that were named, else the user's own.
    allowed = None if terms.lists else open_limits()
    for number, (order, answer) in enumerate(_answers(files, terms, allowed, refuse_stale)):
        if isinstance(answer, BadOrder):
            status = BAD_INPUT
            error: dict[str, object] = {"id": answer.id, "error": str(answer.error)}
            if format is Format.text:
                print(answer.error, file=sys.stderr)
            elif format is Format.jsonl:
                print(json.dumps(error, ensure_ascii=False), flush=True)
            answers.append(error) if format is Format.json else None
            continue
        status = max(status, ALL_GO_AHEAD if answer.may_go_ahead else SOME_DO_NOT)
        if format is Format.text:
            if number:
                console.print()
            found = remedies(order, **terms.given) if order is not None else ()
            report.print_memo(answer, console, remedies=found, rulebook=book)
        elif format is Format.jsonl:
            print(to_json(answer), flush=True)
        else:
            answers.append(as_dict(answer))
    if format is Format.json:
        print(
            json.dumps(answers if len(answers) != 1 else answers[0], ensure_ascii=False, indent=2)
        )
    raise typer.Exit(status)


@dataclass(frozen=True, slots=True)
class _Terms:
    """Under which law orders are decided."""

    on: dt.date | None
    known: dt.date | None
    assume: tuple[str, ...]
    rulebook: Rulebook
    owners: OwnershipTable | None
    lists: Store | None
    dispositions: Book | None

    @property
    def given(self) -> dict[str, Any]:
        """As arguments of ``check`` and ``remedies``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _answers(
    files: list[str], terms: _Terms, allowed: Limits | None, refuse_stale: bool
) -> Iterator[tuple[Order | None, Decision | BadOrder]]:
    for file in files:
        place = "standard input" if file == "-" else file
        for order in read_orders(file):
            if isinstance(order, BadOrder):
                yield None, order
                continue
            try:
                yield order, check(order, **terms.given, limits=allowed, refuse_stale=refuse_stale)
            except ListsError as error:
                fail("\n".join(error.reasons))
            except (OutsideCoverage, TooOld) as error:
                yield None, _refused(order, place, str(error))
            except LimitsError as error:
                fail(str(error))


def _refused(order: Order, place: str, reason: str) -> BadOrder:
    problem = Problem(file=place, line=None, field="", message=reason)
    return BadOrder(id=order.id, error=OrderError([problem]))


@law_app.command("show")
def law_show(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="A rule id, or a section such as 744.11.")
    ],
    rulebook: RulebookFolder = None,
    rules: Rules = None,
) -> None:
    """Show a rule: what it says, its versions, stays and examples."""
    book = open_rulebook(rulebook, rules)
    shown = law_report.find_rules(book, rule)
    if not shown:
        fail(f"no rule {rule!r}. {law_report.nearest_rule(book, rule)}")
    console = _console()
    for number, found in enumerate(shown):
        if number:
            console.print("\n")
        law_report.print_rule(found, book, console)


@law_app.command("timeline")
def law_timeline(
    subject: Subject = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show instruments, which are law, and announcements, which are not, in order of time."""
    book = open_rulebook(rulebook)
    if not law_report.print_timeline(book, subject, _console()):
        fail(f"nothing on {subject!r}; subjects are: {', '.join(law_report.subjects(book))}")


@law_app.command("changes")
def law_changes(
    start: DayArgument,
    end: DayArgument,
    known: Known = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show what differs between the law of two days, each difference with its instrument."""
    if end < start:
        fail(f"{end} is before {start}; give the earlier day first")
    law_report.print_changes(open_rulebook(rulebook), start, end, known, _console())


@law_app.command("coverage")
def law_coverage(rulebook: RulebookFolder = None, rules: Rules = None) -> None:
    """Show which sections of the regulations the rulebook models, partly models, or does not."""
    law_report.print_coverage(open_rulebook(rulebook, rules), _console())


@law_app.command("examples")
def law_examples_command(rulebook: RulebookFolder = None, rules: Rules = None) -> None:
    """Judge the examples that rules carry: those of private rules, without --rules all.

    Exit status 1 where an example fails, or a rule lacks one on a side of a date.
    """
    book = open_rulebook(rulebook, rules)
    if not law_examples.print_examples(book, _console()):
        raise typer.Exit(SOME_DO_NOT)


def main() -> None:
    """Run the command line; a closed pipe ends it quietly."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # UTF-8 whatever the locale: JSON is UTF-8, and names come in every script. A lone surrogate,
            # which JSON may hold and UTF-8 may not, is written as its escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except BrokenPipeError:
        # The reader has gone (licet ... | head). Nothing more can be said to it.
        sys.stderr.close()
        sys.exit(BAD_INPUT)
