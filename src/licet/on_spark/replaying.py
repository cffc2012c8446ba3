"""An order book under the law of several days on Spark: what ``licet.replay`` says, made on many machines."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from licet.decide.sql.spark import for_the_text, open_session
from licet.decide.sql.statement import Statement, statement
from licet.flips import Flip
from licet.law.rulebook import Rulebook
from licet.on_spark.facts import BAD, facts, facts_schema, register_tables
from licet.on_spark.finishing import FINISHED, JUDGED, finished
from licet.on_spark.kinds import PREPARED, ROW, columns_read, prepared
from licet.on_spark.reading import Book, open_on_spark
from licet.on_spark.screening import clear_parties
from licet.on_spark.shared import Sent, on_workers, send
from licet.order_book import BadRow
from licet.replay_parts import Asked
from licet.replaying import RESULT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROWS_AT_ONCE = 250_000
"""So many rows of the book are in the memory of a worker."""
Refused = tuple[int, str | None, str, bytes | None]
KINDS_AT_ONCE = 2_000
"""So many distinct orders make a task of their own: their facts and missing facts take some seconds."""


@dataclass(slots=True)
class SparkReplay:
    """An order book decided under the law of some days; the verdicts are a Spark frame.

    ``frame`` has a row for each row of the book and day, with the columns of ``Replay.arrow``, in no order.
    """

    session: Any
    frame: DataFrame
    days: tuple[dt.date, ...]
    statement: Statement
    rulebook: Rulebook
    count: int
    """Rows of the book."""
    orders: int
    """Orders of several lines."""
    distinct: int
    """Rows that the law can tell apart: so many were decided."""
    bad: tuple[BadRow, ...]
    outcomes: dict[dt.date, Counter[str]]
    flips: tuple[Flip, ...]
    _kept: list[DataFrame]

    def arrow(self) -> pa.Table:
        """All verdicts, in the order of the book and by day, on this machine."""
        return self.frame.toArrow().sort_by([("row", "ascending"), ("day", "ascending")])

    def write(self, folder: str) -> None:
        """Write all verdicts as a folder of Parquet files, each from the worker that has them."""
        self.frame.write.parquet(folder)

    def close(self) -> None:
        """Let go of what the workers hold."""
        for one in self._kept:
            one.unpersist()


def replay_on_spark(
    orders: Any,
    *,
    on: Sequence[dt.date],
    rulebook: Rulebook,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    missing: bool = True,
    memory: str = "4GB",
    session: Any | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> SparkReplay:
    """Every line of an order book decided under the law of each day: ``licet.replay`` with ``engine``.

    ``orders`` is a file or folder of Parquet or CSV, an address that Spark reads (``s3a://``, ``hdfs://``), or
    a Spark, Arrow, pandas or polars frame. ``session`` is a Spark session; else the one that is there, else a
    new one on this machine with ``memory``. The other arguments and errors are those of ``licet.replay``, and
    ``NoSpark`` where Spark cannot run.
    """
    days = tuple(on)
    tell = progress or (lambda *_: None)
    text = statement(rulebook, known=known, assume=assume, on=days)
    here = session or open_session(memory=memory)
    kept: list[DataFrame] = []
    try:
        tell("reading", 0, 5)
        book = open_on_spark(here, orders)
        columns = columns_read(book, rulebook, days)
        asked = Asked(rulebook, days, known, tuple(assume), missing, columns, book.source)
        run = _Run(here, asked, text, send(here, asked), kept)
        tell("screening", 1, 5)
        rows = run.rows(book)
        tell("facts", 2, 5)
        kinds, found = run.facts(rows)
        tell("deciding", 3, 5)
        verdicts = run.verdicts(kinds, found)
        tell("gathering", 4, 5)
        distinct = kinds.where("lines IS NOT NULL").count()
        several = rows.where("id IS NOT NULL").groupBy("id").count().where("count > 1").count()
        refused = _refused(book, rows, found)
        outcomes, flips = _counted(verdicts, rows, days)
        frame = _result(book, rows, verdicts)
        wrong = {kind for *_, kind in refused if kind}
        return SparkReplay(
            here, frame, days, text, rulebook, book.count, several, distinct - len(wrong),
            tuple(BadRow(*one[:3], None, book.source) for one in refused), outcomes, flips, kept,
        )  # fmt: skip
    except BaseException:
        for one in kept:
            one.unpersist()
        raise


@dataclass(slots=True)
class _Run:
    """The steps of a replay, each a frame that the workers make and keep."""

    session: Any
    asked: Asked
    text: Statement
    sent: Sent
    kept: list[DataFrame]

    def _keep(self, frame: DataFrame) -> DataFrame:
        frame = frame.persist()
        self.kept.append(frame)
        return frame

    def rows(self, book: Book) -> DataFrame:
        """``PREPARED`` for each row of the book."""
        from pyspark.sql import functions as f

        clear = clear_parties(book.frame, self.sent)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, clear.schema) as writer:
            writer.write_table(clear)
        work = functools.partial(
            prepared,
            clear=self.session.sparkContext.broadcast(sink.getvalue().to_pybytes()),
            columns=self.asked.columns,
        )
        parts = max(
            self.session.sparkContext.defaultParallelism, math.ceil(book.count / ROWS_AT_ONCE)
        )
        # The lines of an order share an id, and are decided together.
        by = f.col(ROW).cast("string")
        if "id" in book.columns:
            by = f.coalesce(f.col("id").cast("string"), by)
        return self._keep(
            book.frame.repartition(parts, by).mapInArrow(
                on_workers(work, self.sent), _spark(PREPARED)
            )
        )

    def facts(self, rows: DataFrame) -> tuple[DataFrame, DataFrame]:
        """The kinds of orders (``kind``, ``lines``: cells), and the facts of each."""
        from pyspark.sql import functions as f

        firsts = rows.where("cells IS NOT NULL").groupBy("kind", "place")
        lines = firsts.agg(f.first("cells").alias("cells")).groupBy("kind")
        sorted_ = f.array_sort(f.collect_list(f.struct("place", "cells")))
        kinds = self._keep(
            lines.agg(sorted_.alias("lines")).select("kind", f.col("lines.cells").alias("lines"))
        )
        parts = max(
            self.session.sparkContext.defaultParallelism, math.ceil(kinds.count() / KINDS_AT_ONCE)
        )
        work = on_workers(facts, self.sent)
        made = kinds.repartition(parts, "kind").mapInArrow(work, _spark(facts_schema(self.text)))
        return kinds, self._keep(made)

    def verdicts(self, kinds: DataFrame, found: DataFrame) -> DataFrame:
        """``FINISHED`` for each kind, line and day: the text of the law, run by Spark."""
        from pyspark.sql import functions as f

        self.kept += register_tables(self.text, found)
        with for_the_text(self.session):
            judged = _cut(self.session.sql(self.text.text).select("order_id", *JUDGED))
            count = judged.count()
        gathered = judged.groupBy(f.col("order_id").alias("kind")).agg(
            f.collect_list(f.struct(*JUDGED)).alias("judged")
        )
        parts = max(
            self.session.sparkContext.defaultParallelism,
            math.ceil(count / len(self.asked.days) / KINDS_AT_ONCE),
        )
        work = on_workers(finished, self.sent)
        whole = gathered.join(kinds, "kind").repartition(parts, "kind")
        done = self._keep(whole.mapInArrow(work, _spark(FINISHED)))
        done.count()
        return done


def _cut(frame: DataFrame) -> DataFrame:
    """The rows of a frame without how they came about: each later step would plan the whole text again.

    They are kept by the workers that made them, or, where the cluster has ``spark.checkpoint.dir``, there; then
    a machine that is lost costs no answer.
    """
    there = frame.sparkSession.sparkContext.getCheckpointDir()
    return frame.checkpoint() if there else frame.localCheckpoint()


def _spark(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def _refused(book: Book, rows: DataFrame, found: DataFrame) -> list[Refused]:
    """Rows that cannot be decided: number, id, reason, kind; those that cannot be read have no kind."""
    from pyspark.sql import functions as f

    same = "a row of the same order cannot be read; the lines of an order are decided together."
    why = "does not fit the columns, or a quote is never closed"
    # Where a quote stays open, or the lines of a file end in two ways, good rows are swallowed: that is told.
    unread: list[Refused] = [
        (
            row,
            id_,
            f"{book.source}:{row}: "
            + (f"{why}; {lines} lines of the file are in it." if lines else same),
            None,
        )
        for row, id_, lines in book.unread
    ]
    bad = found.where(f.col(BAD).isNotNull()).select(f.col("order_id").alias("kind"), BAD)
    spoiled = rows.where(f.col("bad").isNotNull()).select("row", "id", "bad", "kind")
    wrong = rows.drop("bad").join(bad, "kind").select("row", "id", BAD, "kind").unionAll(spoiled)
    told: list[Refused] = [
        (row, id_, f"{book.source}:{row}: {reason}", bytes(kind or b"") or None)
        for row, id_, reason, kind in wrong.collect()
    ]
    return sorted([*unread, *told], key=lambda one: one[0])


def _counted(
    verdicts: DataFrame, rows: DataFrame, days: Sequence[dt.date]
) -> tuple[dict[dt.date, Counter[str]], tuple[Flip, ...]]:
    """Lines of the book by day and outcome, and what flips."""
    from pyspark.sql import functions as f

    lines = rows.where("kind IS NOT NULL").groupBy("kind").agg(f.count("*").alias("rows"))
    by = ("day", "outcome", "since", "before", "instruments")
    counts = (
        verdicts.where("place = 0")
        .join(lines, "kind")
        .groupBy(*by)
        .agg(f.sum("rows").alias("rows"))
    )
    outcomes: dict[dt.date, Counter[str]] = {day: Counter() for day in days}
    flips: Counter[Flip] = Counter()
    for one in counts.collect():
        outcomes[one["day"]][one["outcome"]] += one["rows"]
        if one["since"] is not None:
            flip = Flip(
                one["since"], one["day"], one["before"], one["outcome"], tuple(one["instruments"])
            )
            flips[flip] += one["rows"]
    told = (replace(flip, lines=count) for flip, count in flips.items())
    return outcomes, tuple(
        sorted(told, key=lambda one: (one.day, -one.lines, one.before, one.after))
    )


def _result(book: Book, rows: DataFrame, verdicts: DataFrame) -> DataFrame:
    """A row for each row of the book and day, joined on the kind of its order, never by position."""
    from pyspark.sql import functions as f

    id_ = f.coalesce("id", f.col("row").cast("string"))
    joined = rows.drop("bad", "cells").join(verdicts, ["kind", "place"])
    return joined.select("row", id_.alias("id"), "line", *RESULT)
