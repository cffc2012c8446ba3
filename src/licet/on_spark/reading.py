"""Order books as Spark frames: files and folders of Parquet and CSV wherever Spark reads them, and frames."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from licet.on_spark.kinds import ROW
from licet.on_spark.shared import in_spark
from licet.order_book.frames import arrow_of
from licet.order_book.reading import check_columns
from licet.order_columns import BOOK_COLUMNS, BadBook

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_BROKEN = "broken_"
"""The text of a CSV row that does not fit the columns."""


@dataclass(frozen=True, slots=True)
class Book:
    """An order book in Spark: ``frame`` has ``ROW`` and the columns of the book, by their names in Spark."""

    frame: DataFrame
    unread: tuple[tuple[int, str | None, int], ...]
    """Rows that could not be read: the number, what there is of an id, and the lines of the file in it; 0 where
    another row of the order is the one that cannot be read."""
    columns: tuple[str, ...]
    count: int
    source: str


def open_on_spark(session: Any, source: Any) -> Book:
    """An order book from a file or folder (``.parquet``, ``.csv``), an address that Spark reads, or a frame.

    Frames are those of Spark, Arrow, pandas and polars. Raises ``BadBook`` where it cannot be read as one.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as f

    name = str(source) if isinstance(source, str | Path) else "the table"
    try:
        if isinstance(source, DataFrame):
            # Into the session of the replay, which has settings and views of its own.
            view = f"licet_{uuid.uuid4().hex}"
            source.createGlobalTempView(view)
            frame = session.table(f"global_temp.{view}")
            session.catalog.dropGlobalTempView(view)
        elif isinstance(source, str | Path):
            frame = _file(session, str(source))
        else:
            found = arrow_of(source)
            whole = found.read_all() if isinstance(found, pa.RecordBatchReader) else found
            frame = session.createDataFrame(whole)
        columns = tuple(one for one in frame.columns if one != _BROKEN)
        check_columns(columns, name, BOOK_COLUMNS)
        frame = _numbered(frame.toDF(*map(in_spark, frame.columns)))
        count = frame.count()
    except PySparkException as error:
        reason = str(error).partition("\n")[0]
        raise BadBook(f"{name}: cannot be read: {reason}. Save it again as Parquet.") from None
    if not count:
        raise BadBook(f"{name}: holds no row; there is nothing to decide.")
    if _BROKEN not in frame.columns:
        return Book(frame, (), columns, count, name)
    good = frame.where(f.col(_BROKEN).isNull()).drop(_BROKEN)
    # Spark tells of such a row only beside a column of the file.
    own = "id" if "id" in columns else in_spark(columns[0])
    lines = f.size(f.split(f.trim(f.col(_BROKEN)), "\n"))
    broken = frame.where(f.col(_BROKEN).isNotNull()).select(ROW, own, lines).collect()
    unread = tuple((int(row), cell if own == "id" else None, many) for row, cell, many in broken)
    if own == "id":
        # An order with a row that cannot be read is not decided: the sum of its lines would be too small.
        spoiled = sorted({id_ for _, id_, _ in unread if id_})
        rest = good.where(f.col("id").isin(spoiled)).select(ROW, "id").collect() if spoiled else []
        unread += tuple((int(row), id_, 0) for row, id_ in rest)
        good = good.where(f.col("id").isNull() | ~f.col("id").isin(spoiled)) if spoiled else good
    return Book(good, unread, columns, count, name)


def _file(session: Any, path: str) -> Any:
    here = Path(path)
    local = "://" not in path
    if local and not here.exists():
        raise BadBook(f"{path}: there is no such file or folder. Check the path.")
    ending = here.suffix.lower()
    if local and here.is_dir():
        endings = {one.suffix.lower() for one in here.iterdir() if one.name[:1] not in "._"}
        if len(endings) != 1:
            told = " ".join(sorted(endings)) or "nothing"
            raise BadBook(f"{path}: holds {told}; a folder holds .parquet or .csv files alone.")
        ending = endings.pop()
    if local:
        path = here.resolve().as_uri()
    if ending == ".csv":
        return _csv(session, path)
    if ending == ".parquet" or (not local and not ending):
        return session.read.parquet(path)
    raise BadBook(
        f"{path}: the ending {ending or '(none)'} says no format that Spark reads as an order book; allowed: "
        ".parquet .csv. Save it as Parquet, or leave --engine away."
    )


def _csv(session: Any, path: str) -> Any:
    form = {"header": True, "quote": '"', "escape": '"', "multiLine": True, "encoding": "UTF-8"}
    columns = session.read.options(**form).csv(path).columns
    schema = ", ".join(f"`{one}` STRING" for one in (*columns, _BROKEN))
    # Each file must have the columns of the first; a row is looked at whole, whatever columns are asked for.
    session.conf.set("spark.sql.csv.parser.columnPruning.enabled", "false")
    more = {"enforceSchema": False, "columnNameOfCorruptRecord": _BROKEN, "mode": "PERMISSIVE"}
    return session.read.schema(schema).options(**form, **more).csv(path)


def _numbered(frame: Any) -> Any:
    """Rows numbered from 1 in the order in which Spark reads them, without bringing them together."""
    from pyspark.sql import functions as f

    within = frame.withColumn("at_", f.monotonically_increasing_id())
    part = f.shiftright("at_", 33)
    counts = within.groupBy(part.alias("part_")).count().orderBy("part_").collect()
    before, offsets = 1, []
    for one in counts:
        offsets.append((one["part_"], before))
        before += one["count"]
    first = f.broadcast(frame.sparkSession.createDataFrame(offsets, "part_ BIGINT, first_ BIGINT"))
    within = within.withColumn("part_", part).join(first, "part_")
    at = f.col("at_") - f.shiftleft("part_", 33) + f.col("first_")
    return within.withColumn(ROW, at).drop("at_", "part_", "first_")
