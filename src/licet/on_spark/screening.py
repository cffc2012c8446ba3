"""Distinct parties screened on the workers: who is on no list of any of the days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from licet.on_spark.shared import Question, Sent, in_spark, on_workers
from licet.order_book import MAKERS, OF_PARTY, hits

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_AT_ONCE = 2_000  # names screened in one go
CLEAR = pa.schema([("maker", pa.bool_()), *((one, pa.string()) for one in OF_PARTY)])
"""Who is on no list: as a maker or as a party."""


def clear_parties(frame: DataFrame, sent: Sent) -> pa.Table:
    """Every distinct party and maker of a book who is on no list, in the columns of ``CLEAR``.

    Each is screened once, by whichever worker gets it.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.pandas.types import from_arrow_schema

    def cell(column: str) -> Any:
        if in_spark(column) not in frame.columns:
            return f.lit(None).cast("string")
        said = f.trim(f.col(in_spark(column)).cast("string"))
        return f.when(said != "", said)  # as the book reads cells: nothing but spaces is nothing

    parts = [
        frame.select(
            f.lit(False).alias("maker"), *(cell(f"party{at}.{one}").alias(one) for one in OF_PARTY)
        )
        for at in range(1, 10)
        if in_spark(f"party{at}.name") in frame.columns
    ]
    nothing = f.lit(None).cast("string")
    parts += [
        frame.select(
            f.lit(True).alias("maker"), cell(one).alias("name"), *(nothing.alias(x) for x in OF_PARTY[1:])
        )
        for one in MAKERS
        if in_spark(one) in frame.columns
    ]  # fmt: skip
    if not parts:
        return CLEAR.empty_table()
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.unionAll(part)
    distinct = whole.where("name IS NOT NULL").distinct()
    schema = from_arrow_schema(CLEAR)
    return distinct.mapInArrow(on_workers(_screened, sent), schema).toArrow().cast(CLEAR)


def _screened(question: Question, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    laws = [one.law for one in question.under]
    for batch in batches:
        for at in range(0, batch.num_rows, _AT_ONCE):
            part = batch.slice(at, _AT_ONCE)
            makers = part["maker"].to_pylist()
            rows = list(zip(*(part[one].to_pylist() for one in OF_PARTY), strict=True))
            clear = [False] * len(rows)
            for which in (False, True):
                places = [n for n, maker in enumerate(makers) if maker is which]
                found = hits([rows[n] for n in places], laws, which)
                for n, hit in zip(places, found, strict=True):
                    clear[n] = not hit
            yield part.filter(pa.array(clear, pa.bool_()))
