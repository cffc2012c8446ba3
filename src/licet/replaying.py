"""An order book under the law of several days: what each line comes to, what flips, and what did it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import duckdb
import pyarrow as pa

from licet.check import OutsideCoverage
from licet.decide.sql.statement import Statement, statement
from licet.flips import Flip
from licet.law.rulebook import Rulebook, default_rulebook
from licet.order_book import (
    BadRow,
    OrderBook,
    columns_of_kinds,
    kinds,
    make_alike,
    open_book,
    room,
    screen_parties,
)
from licet.order_columns import NUMBER
from licet.replay_parts import Asked, Kept, Team, decided

if TYPE_CHECKING:
    from licet.on_spark import SparkReplay

# Distinct orders decided in one go; the plan of the text takes as long as some thousand of them.
_AT_ONCE = 5_000
Progress = Callable[[str, int, int], None]
"""Told of a step, how much of it is done, and how much there is."""


@dataclass(slots=True)
class Replay:
    """An order book decided under the law of some days.

    Each line of each order has an answer for each day, known by ``id`` (of the order), ``line`` (its number)
    and ``day``; ``row`` is where it stands in the file. ``outcome``, ``best``, ``worst``, ``policy`` and
    ``missing`` are those of the whole order, as ``licet.check`` gives them, for its lines ship together;
    ``line_best``, ``line_worst`` and ``deciding`` are those of the line in it.
    """

    book: OrderBook
    days: tuple[dt.date, ...]
    statement: Statement
    rulebook: Rulebook
    distinct: int
    """Rows that the law can tell apart: so many were decided."""
    bad: tuple[BadRow, ...]
    outcomes: dict[dt.date, Counter[str]]
    flips: tuple[Flip, ...]

    @property
    def count(self) -> int:
        """Rows of the book."""
        return self.book.count

    @property
    def orders(self) -> int:
        """Orders of several lines."""
        return self.book.orders

    def arrow(self) -> pa.Table:
        """All verdicts, in the order of the book and by day."""
        return self.relation().to_arrow_table()

    def pandas(self) -> Any:
        """All verdicts as a pandas frame; texts that are not there are None or NaN, as pandas has them."""
        return self.arrow().to_pandas(date_as_object=True)

    def polars(self) -> Any:
        """All verdicts as a polars frame."""
        import polars

        return polars.from_arrow(self.arrow())

    def relation(self) -> duckdb.DuckDBPyRelation:
        """All verdicts as a relation of the book's database, which holds until ``close``."""
        shown = ", ".join(("row", "id", "line", *RESULT))
        return self.book.connection.sql(f"SELECT {shown} FROM ({self.select}) ORDER BY n, day")

    @property
    def select(self) -> str:
        """The verdicts as SQL over the book's database; ``n`` counts the lines of the book."""
        own = "COALESCE(b.id, CAST(b.row AS VARCHAR))"
        id_ = own if "id" in self.book.columns else "CAST(b.row AS VARCHAR)"
        given = f', TRY_CAST(b."{NUMBER}" AS BIGINT)' if NUMBER in self.book.columns else ""
        columns = ", ".join(f"v.{one}" for one in RESULT)
        return (
            f"SELECT b.n, b.row, {id_} AS id, COALESCE(l.line{given}, 1) AS line, {columns} FROM book b "
            "JOIN keyed k ON k.n = b.n JOIN kinds f ON f.key = k.key AND f.place = k.place "
            "JOIN verdicts v ON v.kind = f.n AND v.place = f.place LEFT JOIN lines_of_orders l ON l.n = b.n"
        )

    def close(self) -> None:
        """Let go of the book's database."""
        self.book.close()


RESULT = (
    "day", "outcome", "best", "worst", "line_best", "line_worst", "policy", "deciding", "missing",
)  # fmt: skip


@overload
def replay(
    orders: Path | Any,
    *,
    on: Sequence[dt.date],
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    missing: bool = True,
    engine: Literal["duckdb"] = "duckdb",
    memory: str = "4GB",
    processes: int = 1,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> Replay: ...


@overload
def replay(
    orders: Path | Any,
    *,
    on: Sequence[dt.date],
    engine: Literal["spark"],
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    missing: bool = True,
    memory: str = "4GB",
    progress: Progress | None = None,
) -> SparkReplay: ...


def replay(
    orders: Path | Any,
    *,
    on: Sequence[dt.date],
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    missing: bool = True,
    engine: Literal["duckdb", "spark"] = "duckdb",
    memory: str = "4GB",
    processes: int = 1,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> Replay | SparkReplay:
    """Every line of an order book decided under the law of each day.

    ``orders`` is a file (Parquet, CSV, Excel, JSON lines), a folder with the files orders, lines and parties,
    or an Arrow table, pandas or polars frame or DuckDB relation, a row for each line with the columns of
    ``licet.order_columns.BOOK_COLUMNS``; or a mapping of ``orders``, ``lines`` and ``parties`` to files or
    frames. Rows that share an id are lines of one order and decided together. ``on`` are the days, in
    whose order flips are told; ``known`` and ``assume`` as for ``licet.check``. Without ``missing`` it is not
    asked which facts are missing, and what is open needs information. ``memory`` is what the database may hold.
    ``processes`` is how many decide at the same time; with more than one a script needs the usual test of
    ``__name__``, since each begins afresh. ``kept``: where finished parts are kept until ``kept.done()``, so
    that a run after a kill goes on. Mirrors ``licet replay``. Close the answer when it is no longer needed.

    ``engine="spark"`` gives a ``SparkReplay`` and takes what ``licet.on_spark.replay_on_spark`` reads; there
    ``processes`` and ``kept`` say nothing. It raises ``NoSpark`` where Spark or Java is missing.

    Raises ``BadBook`` where it cannot be read, ``NoRoom`` where its database does not fit on the disk (the same
    call goes on when there is room), ``OutsideCoverage`` for a day before the rulebook begins and
    ``ValueError`` for an announcement that does not exist. A row that is wrong is in ``bad``.
    """
    rules = rulebook or default_rulebook()
    days = tuple(dict.fromkeys(on))
    if not days:
        raise ValueError("on: no day is given; the law depends on the day")
    for day in days:
        if day < rules.covers_from:
            raise OutsideCoverage(
                f"{day} is before {rules.covers_from}, the first day that this rulebook covers."
            )
    if engine == "spark":
        from licet.on_spark import replay_on_spark

        return replay_on_spark(
            orders, on=days, known=known, assume=assume, rulebook=rules, missing=missing, memory=memory,
            progress=progress,
        )  # fmt: skip
    text = statement(rules, known=known, assume=assume, on=days)
    laws = [rules.law(day, known=known, assume=assume) for day in days]
    tell = progress or (lambda *_: None)
    asked = Asked(rules, days, known, tuple(assume), missing, (), "")
    book = open_book(orders, memory=memory)
    # A process costs some seconds to begin; a small book is not worth them.
    team = Team(asked, processes) if processes > 1 and book.count > _AT_ONCE else None
    try:
        with room(book.folder):
            tell("screening", 0, 1)
            screen_parties(book, laws, screen_some=team.hits if team else None)
            make_alike(book, rules, laws)
            bad: dict[int, str] = {}
            asked = replace(asked, columns=columns_of_kinds(book), source=book.source)
            if kept is not None:
                kept.begin(asked)
            distinct, flips = _decide(book, asked, team, kept, bad, tell)
            return Replay(
                book, days, text, rules, distinct, tuple(_bad_rows(book, bad)), _outcomes(book, days), flips
            )  # fmt: skip
    except BaseException:
        book.close()
        raise
    finally:
        if team is not None:
            team.close()


def _decide(
    book: OrderBook,
    asked: Asked,
    team: Team | None,
    kept: Kept | None,
    bad: dict[int, str],
    tell: Progress,
) -> tuple[int, tuple[Flip, ...]]:
    """Decide each kind of order once; makes the table ``verdicts`` (kind, place, day, outcome and so on)."""
    connection = book.connection
    texts = ", ".join(f"{one} VARCHAR" for one in RESULT[1:])
    connection.execute(f"CREATE TABLE verdicts (kind BIGINT, place INTEGER, day DATE, {texts})")
    connection.execute(
        "CREATE TABLE lines_of AS SELECT f.n AS kind, count(*) AS lines FROM kinds f "
        "JOIN keyed k ON k.key = f.key AND k.place = f.place GROUP BY f.n"
    )
    total = connection.execute("SELECT count(DISTINCT n) FROM kinds").fetchall()[0][0]
    found: Counter[Flip] = Counter()
    done = 0
    parts = kinds(book, at_once=_AT_ONCE)
    for part in decided(parts, asked, team=team, kept=kept):
        connection.register("judged", part.verdicts)
        connection.execute("INSERT INTO verdicts SELECT * FROM judged")
        connection.unregister("judged")
        flipping = sorted({kind for _, kind in part.flips})
        lines = dict(
            connection.execute(
                "SELECT kind, lines FROM lines_of WHERE kind IN (SELECT unnest(?))", [flipping]
            ).fetchall()
        )
        for flip, kind in part.flips:
            found[flip] += lines[kind]
        bad |= part.bad
        done += len(set(part.verdicts["kind"].to_pylist()))
        tell("deciding", done + len(bad), total)
    flips = tuple(flip.times(count) for flip, count in found.most_common())
    return done, tuple(sorted(flips, key=lambda one: (one.day, -one.lines)))


def _bad_rows(book: OrderBook, bad: dict[int, str]) -> Iterator[BadRow]:
    """The rows that cannot be read, then those that say what no order may."""
    yield from book.unread()
    if not bad:
        return
    id_ = "b.id" if "id" in book.columns else "NULL"
    reasons = pa.table(
        {"kind": pa.array(bad, pa.int64()), "reason": pa.array(bad.values(), pa.string())}
    )
    book.connection.register("refused", reasons)
    cursor = book.connection.execute(
        f"SELECT b.row, {id_}, l.line, r.reason FROM book b JOIN keyed k ON k.n = b.n JOIN kinds f "
        "ON f.key = k.key AND f.place = k.place JOIN refused r ON r.kind = f.n "
        "LEFT JOIN lines_of_orders l ON l.n = b.n ORDER BY b.n"
    )
    for row, id_of, line, reason in cursor.fetchall():
        yield BadRow(row, id_of, f"{book.source}:{row}: {reason}", line, book.source)
    book.connection.unregister("refused")


def _outcomes(book: OrderBook, days: Sequence[dt.date]) -> dict[dt.date, Counter[str]]:
    found: dict[dt.date, Counter[str]] = {day: Counter() for day in days}
    rows = book.connection.execute(
        "SELECT v.day, v.outcome, sum(l.lines) FROM verdicts v JOIN lines_of l ON l.kind = v.kind "
        "WHERE v.place = 0 GROUP BY v.day, v.outcome"
    ).fetchall()
    for day, outcome, lines in rows:
        found[day][outcome] = int(lines)
    return found
