"""What every worker needs of the question: sent once as a broadcast, made into laws once in each process."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.decide.replay import Under
from licet.decide.sql.statement import Statement, statement
from licet.order_screening import Screening
from licet.parties.index_cache import cache_folder
from licet.replay_parts import Asked

if TYPE_CHECKING:
    import pyarrow as pa

Batches = "Iterator[pa.RecordBatch]"
Work = Callable[["Question", "Iterator[pa.RecordBatch]"], "Iterator[pa.RecordBatch]"]

INDEX = "licet-index"
"""The name of the shipped index among the files of a job."""


@dataclass(slots=True)
class Question:
    """What is asked, and the laws, screenings and text that come of it."""

    asked: Asked
    text: Statement = field(init=False)
    under: list[Under] = field(init=False)

    def __post_init__(self) -> None:
        of = self.asked
        self.text = statement(of.rulebook, known=of.known, assume=of.assume, on=of.days)
        laws = (of.rulebook.law(day, known=of.known, assume=of.assume) for day in of.days)
        screenings = [Screening(law) for law in laws]
        self.under = [Under(one.law, one, one.names) for one in screenings]


_here: dict[str, Question] = {}
"""By the checksum of what is asked: a worker process serves many tasks."""


def in_spark(column: str) -> str:
    """A column of a book as Spark can name it: to Spark a dot is a field of a struct.

    >>> in_spark("line.eccn")
    'line__eccn'
    """
    return column.replace(".", "__")


def on_workers(work: Work, asked: Any) -> Any:
    """A function over Arrow batches for ``mapInArrow``; ``asked`` is a broadcast of an ``Asked``."""
    return functools.partial(_work, work, asked)


def _work(work: Work, sent: Any, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    _use_shipped_index()
    asked: Asked = sent.value
    key = asked.key()
    if key not in _here:
        _here.clear()
        _here[key] = Question(asked)
    return work(_here[key], batches)


def ship_index(session: Any, asked: Asked) -> None:
    """Send the index of listed names to the machines of a cluster, where it is mapped into memory.

    On one machine the kept index is opened where it lies. Without it each worker would build its own.
    """
    from licet.parties.similar_names import resembling

    resembling((), asked.rulebook)  # makes the index, where it is not kept yet
    context = session.sparkContext
    if context.master.startswith("local[") or context.master == "local":
        return
    folder = cache_folder()
    kept = sorted(folder.glob("rulebook-*"), key=lambda one: one.stat().st_mtime)
    if not kept:
        return  # a disk that cannot be written is no obstacle
    with tempfile.TemporaryDirectory(prefix="licet-ship-") as room:
        shutil.copytree(kept[-1], Path(room) / "cache" / folder.name / kept[-1].name)
        archive = shutil.make_archive(str(Path(room) / INDEX), "zip", Path(room) / "cache")
        context.addArchive(f"{archive}#{INDEX}")


def _use_shipped_index() -> None:
    from pyspark import SparkFiles

    if "LICET_CACHE" not in os.environ:
        there = Path(SparkFiles.get(INDEX))
        if there.is_dir():
            os.environ["LICET_CACHE"] = str(there)
