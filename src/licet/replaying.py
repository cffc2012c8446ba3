"""An order book under the law of several days: what each line comes to, what flips, and what did it."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from licet.check import OutsideCoverage
from licet.decide.sql.statement import Statement, statement
from licet.flips import Flip
from licet.freshness import Age, Limits
from licet.freshness import limits as limits_of
from licet.freshness import refuse_stale as refuse
from licet.law.rulebook import Rulebook, default_rulebook
from licet.lists.packaged import rulebook_ages
from licet.order_book import (
    OrderBook,
    columns_of_kinds,
    kinds,
    make_alike,
    open_book,
    screen_parties,
)
from licet.replay_parts import Asked, Kept, decided

_AT_ONCE = 4_000  # distinct orders decided in one go; making the plan of the text takes as long as some hundred
Progress = Callable[[str, int, int], None]
"""Told of a step, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be decided: its number (of the line, where it is no row), id and the reason."""

    row: int
    id: str | None
    reason: str


@dataclass(slots=True)
class Replay:
    """An order book decided under the law of some days.

    ``result`` is a table of the book's database: a row for each line and day, by ``n`` and ``day``, with
    ``outcome`` (as ``licet.check`` gives it), ``best``, ``worst``, ``policy``, ``deciding`` and ``missing``.
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
    limits: Limits

    def ages(self, on: dt.date) -> tuple[Age, ...]:
        """How old the law and the rulebook's lists are on a day."""
        return rulebook_ages(self.rulebook, on, self.limits)

    @property
    def stale(self) -> tuple[Age, ...]:
        """What is older than its limit on the last of the days, where it is oldest."""
        return tuple(one for one in self.ages(max(self.days)) if one.stale)

    def arrow(self) -> pa.Table:
        """All verdicts, by row and day."""
        return self.book.connection.sql(f"{self.select} ORDER BY n, day").to_arrow_table()

    @property
    def select(self) -> str:
        """The verdicts as SQL over the book's database."""
        id_ = "b.id" if "id" in self.book.columns else "CAST(b.n AS VARCHAR)"
        columns = ", ".join(f"v.{one}" for one in RESULT)
        return (
            f"SELECT b.n, {id_} AS id, {columns} FROM book b JOIN keyed k ON k.n = b.n "
            "JOIN kinds f ON f.key = k.key JOIN verdicts v ON v.kind = f.n"
        )

    def close(self) -> None:
        """Let go of the book's database."""
        self.book.close()


RESULT = ("day", "outcome", "best", "worst", "policy", "deciding", "missing")


def replay(
    orders: Path | Any,
    *,
    on: Sequence[dt.date],
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    missing: bool = True,
    memory: str = "4GB",
    processes: int = 1,
    kept: Kept | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    refuse_stale: bool = False,
) -> Replay:
    """Every line of an order book decided under the law of each day.

    ``orders`` is a file (Parquet, CSV, Excel, JSON lines) or an Arrow table, pandas or polars frame or DuckDB
    relation with the columns of ``licet.order_columns.COLUMNS``, a row for each line. ``on`` are the days, in
    whose order flips are told; ``known`` and ``assume`` as for ``licet.check``. Without ``missing`` it is not
    asked which facts are missing, and what is open needs information. ``memory`` is what the database may hold.
    ``processes`` is how many decide at the same time; with more than one a script needs the usual test of
    ``__name__``, since each begins afresh. ``kept``: where finished parts are kept until ``kept.done()``, so
    that a run after a kill goes on. ``limits`` and ``refuse_stale`` as for ``licet.check``. Mirrors ``licet
    replay``. Close the answer when it is no longer needed.

    Raises ``BadBook`` where the book cannot be read, ``OutsideCoverage`` for a day before the rulebook begins,
    ``TooOld`` for law and lists older than their limits where that is refused, and ``ValueError`` for an
    announcement that does not exist. A row that is wrong is in ``bad``.
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
    allowed = limits or limits_of()
    if refuse_stale or allowed.refuse:
        refuse(rulebook_ages(rules, max(days), allowed))
    text = statement(rules, known=known, assume=assume, on=days)
    laws = [rules.law(day, known=known, assume=assume) for day in days]
    tell = progress or (lambda *_: None)
    book = open_book(orders, memory=memory)
    try:
        tell("screening", 0, 1)
        screen_parties(book, laws)
        make_alike(book, rules, laws)
        bad: dict[int, str] = {}
        columns = columns_of_kinds(book)
        asked = Asked(rules, days, known, tuple(assume), missing, columns, book.source)
        if kept is not None:
            kept.begin(asked)
        distinct, flips = _decide(book, asked, processes, kept, bad, tell)
        return Replay(
            book, days, text, rules, distinct, tuple(_bad_rows(book, bad)), _outcomes(book, days), flips,
            allowed,
        )  # fmt: skip
    except BaseException:
        book.close()
        raise


def _decide(
    book: OrderBook,
    asked: Asked,
    processes: int,
    kept: Kept | None,
    bad: dict[int, str],
    tell: Progress,
) -> tuple[int, tuple[Flip, ...]]:
    """Decide each kind of row once; makes the table ``verdicts`` (kind, day, outcome and so on)."""
    connection = book.connection
    connection.execute(
        "CREATE TABLE verdicts (kind BIGINT, day DATE, outcome VARCHAR, best VARCHAR, worst VARCHAR, policy "
        "VARCHAR, deciding VARCHAR, missing VARCHAR)"
    )
    connection.execute(
        "CREATE TABLE lines_of AS SELECT f.n AS kind, count(*) AS lines FROM kinds f "
        "JOIN keyed k ON k.key = f.key GROUP BY f.n"
    )
    total = connection.execute("SELECT count(*) FROM kinds").fetchall()[0][0]
    found: Counter[Flip] = Counter()
    done = 0
    parts = kinds(book, at_once=_AT_ONCE)
    # A process costs some seconds to begin; few orders are not worth them.
    workers = min(processes, math.ceil(total / _AT_ONCE))
    for part in decided(parts, asked, processes=workers, kept=kept):
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
    for line, reason in book.rejected:
        yield BadRow(line, None, f"{book.source}: line {line}: {reason}")
    if not bad:
        return
    ids = "b.id" if "id" in book.columns else "NULL"
    numbers = ", ".join(map(str, bad))
    rows = book.connection.execute(
        f"SELECT b.n, {ids}, f.n FROM book b JOIN keyed k ON k.n = b.n JOIN kinds f ON f.key = k.key "
        f"WHERE f.n IN ({numbers}) ORDER BY b.n"
    ).fetchall()
    for n, id_, kind in rows:
        yield BadRow(int(n), id_, bad[kind].replace(f"line {kind}:", f"line {n}:"))


def _outcomes(book: OrderBook, days: Sequence[dt.date]) -> dict[dt.date, Counter[str]]:
    found: dict[dt.date, Counter[str]] = {day: Counter() for day in days}
    rows = book.connection.execute(
        "SELECT v.day, v.outcome, sum(l.lines) FROM verdicts v JOIN lines_of l ON l.kind = v.kind "
        "GROUP BY v.day, v.outcome"
    ).fetchall()
    for day, outcome, lines in rows:
        found[day][outcome] = int(lines)
    return found
