"""Verdicts finished on the workers: which facts open orders need, and which instrument flips what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from licet.decide.missing import analyse
from licet.decide.verdict import weigh
from licet.flips import Flip, flips_of
from licet.on_spark.shared import Question
from licet.order_columns import RowReader

JUDGED = (
    "day", "line_no", "order_settled", "order_outcome", "order_best", "order_worst", "best", "worst",
    "order_policy", "deciding", "waiting",
)  # fmt: skip
"""What is taken of the answer of the text, for each line and day."""
FINISHED = pa.schema([
    ("kind", pa.binary()), ("place", pa.int32()), ("day", pa.date32()), ("outcome", pa.string()),
    ("best", pa.string()), ("worst", pa.string()), ("line_best", pa.string()), ("line_worst", pa.string()),
    ("policy", pa.string()), ("deciding", pa.string()), ("missing", pa.string()),
    ("since", pa.date32()), ("before", pa.string()), ("instruments", pa.list_(pa.string())),
])  # fmt: skip
"""A verdict; with the day and outcome before it, and what did it, where the outcome flips."""

Row = dict[str, Any]


def finished(question: Question, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A batch has ``kind``, ``lines`` (cells) and ``judged``: ``JUDGED`` for each line and day."""
    reader = RowReader(question.asked.columns, question.asked.source)
    for batch in batches:
        found: list[Row] = []
        for kind, lines, judged in zip(
            *(batch[one].to_pylist() for one in ("kind", "lines", "judged")), strict=True
        ):
            found += _of_kind(question, reader, kind, lines, judged)
        yield pa.RecordBatch.from_pylist(found, schema=FINISHED)


def _of_kind(
    question: Question, reader: RowReader, kind: bytes, lines: Any, judged: Sequence[Row]
) -> Iterator[Row]:
    said: dict[Any, tuple[str, tuple[str, ...]]] = {
        row["day"]: (row["order_outcome"], ()) for row in judged
    }
    open_ = {row["day"] for row in judged if not row["order_settled"]}
    look = question.asked.missing and open_
    if look or len({outcome for outcome, _ in said.values()}) > 1:
        order = reader.read_lines(lines, line=0)
    if look:
        for one in question.under:
            if one.law.on in open_:
                weighed = weigh(order, one.law, one.screen)
                told = analyse(weighed, one.screen, one.names())
                said[one.law.on] = told.outcome, tuple(x.fact for x in told.missing)
    flips: Mapping[Any, Flip] = {}
    if len({outcome for outcome, _ in said.values()}) > 1:
        rows = [row | {"order_id": 0, "verdict": said[row["day"]][0]} for row in judged]
        flips = {
            one.day: one for one, _ in flips_of(pa.Table.from_pylist(rows), [order], question.under)
        }
    for row in judged:
        outcome, missing = said[row["day"]]
        flip = flips.get(row["day"]) if row["line_no"] == 0 else None
        yield {
            "kind": kind, "place": row["line_no"], "day": row["day"], "outcome": outcome,
            "best": row["order_best"], "worst": row["order_worst"], "line_best": row["best"],
            "line_worst": row["worst"], "policy": row["order_policy"], "deciding": row["deciding"],
            "missing": " ".join(missing), "since": flip and flip.since, "before": flip and flip.before,
            "instruments": list(flip.instruments) if flip else None,
        }  # fmt: skip
