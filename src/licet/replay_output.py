"""What ``licet replay`` shows and writes: the summary, verdicts, chart, bad rows, one decision in full,
templates."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from licet.check import check
from licet.command_options import fail
from licet.law.rulebook import Rulebook


def print_summary(found: Any) -> None:
    """Lines by outcome and day, and what flips."""
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
        f"{_counted(found)}, {found.distinct:,} that the law can tell apart; "
        f"rulebook {found.rulebook.id} as of {found.rulebook.as_of}."
    )


def _counted(found: Any) -> str:
    rows = f"{found.count:,} row{'' if found.count == 1 else 's'}"
    several = found.orders
    return rows + (
        f" ({several:,} order{'' if several == 1 else 's'} of several lines)" if several else ""
    )


HEAD = (
    "row", "id", "line", "day", "outcome", "best", "worst", "line_best", "line_worst", "policy", "deciding",
    "missing",
)  # fmt: skip


def form_of(out: Path) -> str:
    """How verdicts are written into a file of this name; ends with an error for a name that says nothing."""
    from licet.screen_out import CannotWrite, form_for

    try:
        form = form_for(None, out, "csv")
        if form not in ("csv", "xlsx", "parquet"):
            raise CannotWrite(f"--out {out}: verdicts are written as .parquet, .csv or .xlsx.")
    except CannotWrite as error:
        fail(str(error).replace("End it so, or say --format.", "End it so."))
    return form


def check_place(path: Path | None, option: str) -> None:
    """End with an error where a file cannot be written."""
    from licet.screen_out import CannotWrite, may_write

    if path is not None:
        try:
            may_write(path)
        except CannotWrite as error:
            fail(str(error).replace("--out", option, 1))


def write_verdicts(found: Any, out: Path) -> None:
    """A row for each line and day, in the form that the name asks for."""
    from licet.screen_out import CannotWrite, write_table

    if not out.suffix and hasattr(found, "write"):  # of Spark: each worker writes what it has
        if out.exists():
            fail(f"--out {out}: is there already; name a new folder.")
        found.write(out.absolute().as_uri())
        return
    form = form_of(out)
    rows = _rows(found)
    if form != "xlsx":  # a day of a sheet is a day, elsewhere it is its text
        rows = ((row, id_, line, on.isoformat(), *rest) for row, id_, line, on, *rest in rows)
    try:
        write_table(HEAD, rows, form, out, sheet="verdicts")
    except CannotWrite as error:
        fail(str(error))


def draw_chart(found: Any, chart: Path) -> None:
    """The picture of what flips."""
    from licet.flips_chart import changes_of, html, svg
    from licet.screen_out import CannotWrite, beside

    announcements = found.rulebook.announcements.values()
    draw = svg if chart.suffix.lower() == ".svg" else html
    text = draw(changes_of(found.days, found.flips, announcements), found.count)
    try:
        with beside(chart) as path:
            path.write_text(text, encoding="utf-8")
    except CannotWrite as error:
        fail(str(error).replace("--out", "--chart", 1))


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    if hasattr(found, "frame"):  # of Spark
        for one in found.frame.orderBy("row", "day").toLocalIterator():
            yield (*one[:4], *(cell or "" for cell in one[4:]))
        return
    cursor = found.book.cursor()
    cursor.execute(f"SELECT {', '.join(HEAD)} FROM ({found.select}) ORDER BY n, day")
    while some := cursor.fetchmany(10_000):
        for row, id_, line, on, *rest in some:
            yield (row, id_, line, on, *(one or "" for one in rest))


def write_bad(found: Any, where: Path) -> None:
    """The rows that could not be decided, each with its place and reason."""
    from licet.screen_out import CannotWrite, write_table

    try:
        rows = ((one.file, one.row, one.id or "", one.line or "", one.reason) for one in found.bad)
        write_table(("file", "row", "id", "line", "reason"), rows, "csv", where)
    except CannotWrite as error:
        # The rows are still told, since they must not be lost.
        for one in itertools.islice(found.bad, 100):
            print(f"licet: {one.reason}", file=sys.stderr)
        more = len(found.bad) - 100
        fail(
            str(error).replace("--out", "--bad-rows", 1)
            + (f" {more:,} more rows were bad." if more > 0 else "")
        )


def explain_orders(found: Any, id: str, book: Rulebook) -> None:
    """The whole decision on each order with an id, which must be what the replay says."""
    from licet import report
    from licet.order_columns import order_of_lines

    bad = [
        one.reason for one in found.bad if one.id == id or (one.id is None and str(one.row) == id)
    ]
    if bad:
        fail("; ".join(bad))
    orders = found.book.rows_with_id(id)
    if not orders:
        fail(f"--explain {id}: no row has this id")
    console = Console(highlight=False, width=100)
    for n in orders:
        said = dict(
            found.book.connection.execute(
                f"SELECT day, outcome FROM ({found.select}) WHERE n = ?", [n]
            ).fetchall()
        )
        order = order_of_lines(found.book.lines(n), source=found.book.source)
        for one in found.days:
            law = found.statement
            decision = check(order, on=one, known=law.known, assume=law.assume, rulebook=book)
            report.print_memo(decision, console, rulebook=book)
            console.print()
            if decision.outcome != said[one]:
                fail(
                    f"order {id} on {one}: the replay says {said[one]}, the decision {decision.outcome}. "
                    "This is a fault in Licet; please report it with the row."
                )


def give_template(out: Path | None) -> None:
    """An example of an order book, printed as CSV or written in the form that a name asks for."""
    from licet.order_book.template import print_template, write_template
    from licet.screen_out import CannotWrite

    if out is None:
        print_template(sys.stdout)
        return
    try:
        write_template(out)
    except CannotWrite as error:
        fail(str(error))
