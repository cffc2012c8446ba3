"""What every worker needs of the question: sent once as a broadcast, made into laws once in each process."""

from __future__ import annotations

import functools
import os
import re
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

Work = Callable[["Question", "Iterator[pa.RecordBatch]"], "Iterator[pa.RecordBatch]"]


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


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent to workers: a broadcast of an ``Asked``, and the name of the shipped index, if any."""

    asked: Any
    index: str


def send(session: Any, asked: Asked) -> Sent:
    """Send a question, and the index of listed names, to all machines."""
    return Sent(session.sparkContext.broadcast(asked), _ship_index(session.sparkContext, asked))


def on_workers(work: Work, sent: Sent) -> Any:
    """A function over Arrow batches for ``mapInArrow``."""
    return functools.partial(_work, work, sent)


def _work(work: Work, sent: Sent, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    _use_shipped_index(sent.index)
    asked: Asked = sent.asked.value
    key = asked.key()
    if key not in _here:
        _here.clear()
        _here[key] = Question(asked)
    return work(_here[key], batches)


def _ship_index(context: Any, asked: Asked) -> str:
    """Ship the index to the machines of a cluster, which map it into memory; its name there.

    On one machine the kept index is opened where it lies: "". It is "" too where it cannot be kept; then each
    worker builds its own.
    """
    from licet.parties.similar_names import resembling

    resembling((), asked.rulebook)  # makes the index, where it is not kept yet
    if re.fullmatch(r"local(\[.*\])?", context.master):
        return ""
    folder = cache_folder()
    kept = sorted(folder.glob("rulebook-*"), key=lambda one: one.stat().st_mtime)
    if not kept:
        return ""
    name = f"licet-{kept[-1].name}"
    archive = folder.with_name("shipped") / f"{name}.zip"
    if not archive.is_file():
        with tempfile.TemporaryDirectory(prefix="licet-") as room:
            shutil.copytree(kept[-1], Path(room) / "cache" / folder.name / kept[-1].name)
            made = shutil.make_archive(str(Path(room) / name), "zip", Path(room) / "cache")
            archive.parent.mkdir(parents=True, exist_ok=True)
            aside = archive.with_suffix(f".{os.getpid()}.new")
            shutil.copyfile(made, aside)
            aside.replace(archive)  # nobody sees half of one
    context.addArchive(f"{archive}#{name}")
    return name


def _use_shipped_index(name: str) -> None:
    from pyspark import SparkFiles

    if name and "LICET_CACHE" not in os.environ:
        os.environ["LICET_CACHE"] = SparkFiles.get(name)
