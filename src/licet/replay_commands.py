"""``licet replay`` and ``licet law sql``: an order book under the law of several days, and the law as SQL."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from licet.check import OutsideCoverage
from licet.command_options import BAD_INPUT, Known, Rules, day, fail, open_rulebook
from licet.law.rulebook import Rulebook
from licet.replay_output import (
    check_place,
    draw_chart,
    explain_orders,
    form_of,
    give_template,
    print_summary,
    write_bad,
    write_verdicts,
)

Days = Annotated[
    list[dt.date] | None,
    typer.Option(
        "--on", parser=day, metavar="DAY", help="Decide under the law of this day; repeat it."
    ),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ANNOUNCEMENT", help="Take an announcement as if it were law; may be repeated."
    ),
]


class Engine(StrEnum):
    """What runs the SQL text."""

    duckdb = "duckdb"
    spark = "spark"


def add_to(app: typer.Typer, law_app: typer.Typer) -> None:
    """Put the commands where they belong."""
    app.command("replay")(replay_command)
    law_app.command("sql")(law_sql)


def law_sql(
    on: Days = None,
    known: Known = None,
    assume: Assume = None,
    rulebook: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Another rulebook than the packaged one."),
    ] = None,
    rules: Rules = None,
) -> None:
    """Print the law as one SQL text, which DuckDB and Spark SQL run unchanged: a comment above each rule.

    Without --on it is the law of all days, which each line's own day chooses from.
    """
    from licet.decide.sql.statement import statement

    book = open_rulebook(rulebook, rules)
    _announced(assume, book)
    print(statement(book, known=known, assume=assume or (), on=on or ()).text, end="")


def replay_command(
    orders: Annotated[
        Path | None,
        typer.Argument(
            metavar="ORDERS",
            help="An order book: .parquet, .csv, .xlsx or .jsonl, or a folder of orders, lines and parties.",
        ),
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The lines, where ORDERS holds none: joined on its id."),
    ] = None,
    parties: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The parties, where ORDERS and lines are files of their own."
        ),
    ] = None,
    on: Days = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="DAY DAY",
            help="Decide under the law of two days: the day before, the day after.",
        ),
    ] = None,
    known: Known = None,
    assume: Assume = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write all verdicts: .parquet, .csv or .xlsx; with Spark a name without ending is a folder of "
            "Parquet files, each written by the worker that has it.",
        ),
    ] = None,
    bad_rows: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where rows that cannot be decided go; ORDERS.bad.csv if not said."
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw what flips each day and which instrument did it: .svg or .html.",
        ),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Print the whole decision on one line instead.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing/--no-missing", help="Name the facts that open orders need.")
    ] = True,
    engine: Annotated[
        Engine, typer.Option(help="What runs the SQL text: DuckDB in this process, or Spark.")
    ] = Engine.duckdb,
    memory: Annotated[str, typer.Option(help="What the database may hold in memory.")] = "4GB",
    processes: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="How many processes decide at the same time; as many as cores if not said.",
        ),
    ] = None,
    template: Annotated[
        bool,
        typer.Option(
            "--template",
            help="Print an example of an order book as CSV and stop; with --out in the form of its ending: "
            ".csv, .xlsx, .parquet, .jsonl with orders in it, or a folder of three files.",
        ),
    ] = False,
    rulebook: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Another rulebook than the packaged one."),
    ] = None,
    rules: Rules = None,
) -> None:
    """Decide every line of an order book under the law of each day: what flips, and which instrument did it.

    The same command after a kill goes on where it was: finished parts are kept in the cache until the answer is
    written.

    Exit status 0 when every row could be decided, 2 when rows were bad or the book cannot be read.
    """
    if template:
        give_template(out)
        return
    if orders is None:
        fail("no order book is named; licet replay --template prints an example")
    days = list(on or ())
    if between is not None:
        days += [day(text) for text in between]
    if not days:
        fail("no day is named; the law depends on the day. Ask with --on DAY, or --between DAY DAY")
    if chart is not None:
        if chart.suffix.lower() not in (".svg", ".html"):
            fail(
                f"--chart {chart}: the ending {chart.suffix or '(none)'} says no picture; allowed: .svg .html."
            )
        if len(set(days)) < 2:
            fail(f"--chart {chart}: a flip is between two days; name another day with --on.")
    # An answer that cannot be written is told before the work, not after it.
    for path, option in ((out, "--out"), (chart, "--chart"), (bad_rows, "--bad-rows")):
        check_place(path, option)
    if out is not None and (out.suffix or engine != Engine.spark):
        form_of(out)
    source = _source(orders, lines, parties)
    book = open_rulebook(rulebook, rules)
    _announced(assume, book)
    from licet.decide.sql.spark import NoSpark
    from licet.order_book import NoRoom
    from licet.order_columns import BadBook
    from licet.parties.index_cache import cache_folder
    from licet.replay_parts import Kept
    from licet.replaying import replay

    if engine == Engine.spark and explain is not None:
        fail(f"--explain {explain}: one line is explained without Spark; leave --engine away.")
    kept = Kept(cache_folder().with_name("replay"))
    found: Any
    try:
        with _Bar() as bar:
            if engine == Engine.spark:
                found = replay(
                    source, on=days, known=known, assume=assume or (), rulebook=book, missing=missing,
                    engine="spark", memory=memory, progress=bar,
                )  # fmt: skip
            else:
                found = replay(
                    source, on=days, known=known, assume=assume or (), rulebook=book, missing=missing,
                    memory=memory, processes=processes or os.cpu_count() or 1, kept=kept, progress=bar,
                )  # fmt: skip
    except (BadBook, NoRoom, NoSpark, OutsideCoverage) as error:
        fail(str(error))
    except BrokenProcessPool:
        fail(
            "a process that decides was ended from outside, perhaps for lack of memory. Finished parts "
            "are kept: the same command goes on; with --processes 1 it takes the least memory."
        )
    if kept.found:
        print(f"licet: {kept.found} parts were decided by an earlier run.", file=sys.stderr)
    if kept.failed:
        print(f"licet: parts are not kept, a kill would lose them: {kept.failed}", file=sys.stderr)
    try:
        if explain is not None:
            explain_orders(found, explain, book)
            return
        print_summary(found)
        with _full(found):
            if out is not None:
                write_verdicts(found, out)
            if chart is not None:
                draw_chart(found, chart)
            if found.bad:
                where = bad_rows or orders.with_name(f"{orders.name}.bad.csv")
                write_bad(found, where)
        if engine == Engine.duckdb:
            kept.done()
        if found.bad:
            count = f"{len(found.bad)} row{'' if len(found.bad) == 1 else 's'}"
            print(f"licet: {count} could not be decided: {where}", file=sys.stderr)
            raise typer.Exit(BAD_INPUT)
    finally:
        found.close()


@contextlib.contextmanager
def _full(found: Any) -> Iterator[None]:
    """A disk that fills up while the answer is sorted."""
    from licet.order_book import NoRoom, room

    try:
        with room(found.book.folder) if hasattr(found, "book") else contextlib.nullcontext():
            yield
    except NoRoom as error:
        fail(str(error))


def _source(orders: Path, lines: Path | None, parties: Path | None) -> Path | dict[str, Path]:
    if lines is None and parties is None:
        return orders
    if lines is None or parties is None:
        fail("--lines and --parties go together: ORDERS, lines and parties are three files.")
    return {"orders": orders, "lines": lines, "parties": parties}


def _announced(assume: list[str] | None, book: Rulebook) -> None:
    for name in assume or ():
        if name not in book.announcements:
            fail(
                f"--assume {name}: no such announcement; there are: {', '.join(book.announcements)}"
            )


class _Bar:
    """A bar on standard error where somebody watches."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(
            *columns, console=console, disable=not console.is_terminal, transient=True
        )

    def __enter__(self) -> _Bar:
        self._progress.start()
        self._task = self._progress.add_task("reading", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, step: str, done: int, whole: int) -> None:
        self._progress.update(self._task, description=step, completed=done, total=whole)
