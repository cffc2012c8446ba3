"""``licet replay`` and ``licet law sql``: an order book under the law of several days, and the law as SQL."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from licet.check import OutsideCoverage, TooOld, check
from licet.command_options import (
    BAD_INPUT,
    Known,
    RefuseStale,
    Rules,
    day,
    fail,
    open_limits,
    open_rulebook,
)
from licet.freshness import LAW
from licet.law.rulebook import Rulebook

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
            metavar="ORDERS", help="An order book: .parquet, .csv, .xlsx or .jsonl, a row a line."
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
        typer.Option(metavar="FILE", help="Write all verdicts: .parquet, .csv or .xlsx."),
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
    engine: Annotated[Engine, typer.Option(help="What runs the SQL text.")] = Engine.duckdb,
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
        bool, typer.Option("--template", help="Print an example of an order book as CSV and stop.")
    ] = False,
    rulebook: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Another rulebook than the packaged one."),
    ] = None,
    rules: Rules = None,
    refuse_stale: RefuseStale = False,
) -> None:
    """Decide every line of an order book under the law of each day: what flips, and which instrument did it.

    The same command after a kill goes on where it was: finished parts are kept in the cache until the answer is
    written.

    Exit status 0 when every row could be decided, 2 when rows were bad or the book cannot be read.
    """
    if template:
        _print_template()
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
    book = open_rulebook(rulebook, rules)
    _announced(assume, book)
    from licet.order_columns import BadBook
    from licet.parties.index_cache import cache_folder
    from licet.replay_parts import Kept
    from licet.replaying import replay

    kept = Kept(cache_folder().with_name("replay"))
    try:
        with _Bar() as bar:
            found = replay(
                orders, on=days, known=known, assume=assume or (), rulebook=book, missing=missing,
                memory=memory, processes=processes or os.cpu_count() or 1, kept=kept, progress=bar,
                limits=open_limits(), refuse_stale=refuse_stale,
            )  # fmt: skip
    except (BadBook, OutsideCoverage, TooOld) as error:
        fail(str(error))
    if kept.found:
        print(f"licet: {kept.found} parts were decided by an earlier run.", file=sys.stderr)
    if kept.failed:
        print(f"licet: parts are not kept, a kill would lose them: {kept.failed}", file=sys.stderr)
    try:
        if explain is not None:
            _explain(found, explain, book)
            return
        _summary(found)
        if out is not None:
            _written(found, out)
        if chart is not None:
            _drawn(found, chart)
        if not found.bad:
            kept.done()
        else:
            where = bad_rows or orders.with_name(f"{orders.name}.bad.csv")
            _write_bad(found, where)
            kept.done()
            print(f"licet: {len(found.bad)} rows could not be decided: {where}", file=sys.stderr)
            raise typer.Exit(BAD_INPUT)
    finally:
        found.close()


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


def _summary(found: Any) -> None:
    console = Console(highlight=False)
    outcomes = sorted({one for counts in found.outcomes.values() for one in counts})
    table = Table("outcome", *(str(one) for one in found.days), title="Lines by outcome")
    for outcome in outcomes:
        table.add_row(outcome, *(f"{found.outcomes[one][outcome]:,}" for one in found.days))
    console.print(table)
    if len(found.days) > 1:
        console.print("What flips" if found.flips else "Nothing flips.")
        for one in found.flips:
            lines = f"{one.lines:,} line{'' if one.lines == 1 else 's'}"
            told = "; ".join(one.instruments) or "no single instrument"
            console.print(
                f"  {one.since} to {one.day}: {lines} from {one.before} to {one.after} ({told})"
            )
    console.print(
        f"{found.book.count:,} rows, {found.distinct:,} that the law can tell apart; "
        f"rulebook {found.rulebook.id} as of {found.rulebook.as_of}."
    )
    lists = [one for one in found.ages(found.days[-1]) if one.what != LAW]
    copies = (
        f"{', '.join(one.what for one in some)} to {as_of}"
        for as_of, some in itertools.groupby(lists, key=lambda one: one.as_of)
    )
    console.print(f"Lists of the rulebook: {'; '.join(copies)}.")
    for one in found.stale:
        console.print(f"Older than its limit: {one}.", style="yellow")


HEAD = ("row", "id", "day", "outcome", "best", "worst", "policy", "deciding", "missing")


def _written(found: Any, out: Path) -> None:
    from licet.screen_out import CannotWrite, form_for, write_table

    try:
        form = form_for(None, out, "csv")
        if form not in ("csv", "xlsx", "parquet"):
            raise CannotWrite(f"--out {out}: verdicts are written as .parquet, .csv or .xlsx.")
        write_table(HEAD, _rows(found), form, out)
    except CannotWrite as error:
        fail(str(error))


def _drawn(found: Any, chart: Path) -> None:
    from licet.flips_chart import changes_of, html, svg
    from licet.screen_out import CannotWrite, beside

    announcements = found.rulebook.announcements.values()
    draw = svg if chart.suffix.lower() == ".svg" else html
    text = draw(changes_of(found.days, found.flips, announcements), found.book.count)
    try:
        with beside(chart) as path:
            path.write_text(text, encoding="utf-8")
    except CannotWrite as error:
        fail(str(error).replace("--out", "--chart", 1))


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    cursor = found.book.connection.cursor()
    cursor.execute(f"{found.select} ORDER BY n, day")
    while some := cursor.fetchmany(10_000):
        for n, id_, on, *rest in some:
            yield (n, id_, on.isoformat(), *(one or "" for one in rest))


def _write_bad(found: Any, where: Path) -> None:
    from licet.screen_out import CannotWrite, write_table

    try:
        rows = ((one.row, one.id or "", one.reason) for one in found.bad)
        write_table(("row", "id", "reason"), rows, "csv", where)
    except CannotWrite as error:
        # The rows are still told, since they must not be lost.
        for one in itertools.islice(found.bad, 100):
            print(f"licet: row {one.row}: {one.reason}", file=sys.stderr)
        fail(str(error))


def _explain(found: Any, id: str, book: Rulebook) -> None:
    from licet import report
    from licet.order_columns import order_of

    rows = found.book.rows_with_id(id)
    if not rows:
        fail(f"--explain {id}: no row has this id")
    console = Console(highlight=False, width=100)
    for n in rows:
        if any(one.row == n for one in found.bad):
            fail("; ".join(one.reason for one in found.bad if one.row == n))
        said = dict(
            found.book.connection.execute(
                f"SELECT day, outcome FROM ({found.select}) WHERE n = ?", [n]
            ).fetchall()
        )
        order = order_of(found.book.row(n), source=found.book.source, line=n)
        for one in found.days:
            law = found.statement
            decision = check(order, on=one, known=law.known, assume=law.assume, rulebook=book)
            report.print_memo(decision, console, rulebook=book)
            console.print()
            if decision.outcome != said[one]:
                fail(
                    f"row {n} on {one}: the replay says {said[one]}, the decision {decision.outcome}. "
                    "This is a fault in Licet; please report it with the row."
                )


def _print_template() -> None:
    import csv

    from licet.order_columns import TEMPLATE, columns_of

    columns = columns_of(TEMPLATE)
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in TEMPLATE:
        writer.writerow([row.get(column, "") for column in columns])
