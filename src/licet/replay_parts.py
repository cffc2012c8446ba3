"""The distinct orders of a book in parts: each decided in any process, and kept so that a killed run goes on.

A part is known by a checksum of its orders and of all that decides them: rulebook, days, code. So the same
command after a kill finds what was done, and a changed book or law finds nothing that is not its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import itertools
import json
import operator
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from importlib import resources
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from licet.decide.replay import Judging, Under
from licet.decide.sql.statement import Statement, statement
from licet.flips import Flip, flips_of
from licet.law.rulebook import Law, Rulebook
from licet.order import Order, OrderError
from licet.order_book import Named, hits
from licet.order_columns import RowReader
from licet.order_screening import Screening
from licet.parties.listed_rows import LISTS

Row = tuple[Any, ...]
"""The number of a distinct order, then the cells of one of its lines."""
SCREENED = frozenset(LISTS.values())
"""Tables of which only screening reads who is on a list."""
_STALE = 14 * 86_400  # seconds after which parts of a run that nobody went on with are thrown away


@dataclass(frozen=True, slots=True)
class Asked:
    """By what orders are decided: plain values, which any process can be given."""

    rulebook: Rulebook
    days: tuple[dt.date, ...]
    known: dt.date | None
    assume: tuple[str, ...]
    missing: bool
    columns: tuple[str, ...]
    source: str

    def laws(self) -> list[Law]:
        """The law of each day."""
        return [self.rulebook.law(day, known=self.known, assume=self.assume) for day in self.days]

    def key(self) -> str:
        """A checksum of everything that an answer hangs on, besides the orders."""
        said = (
            self.rulebook.id, [one.isoformat() for one in self.days], str(self.known), self.assume,
            self.missing, self.columns, self.source, _code(),
        )  # fmt: skip
        return hashlib.blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """What some orders come to: verdicts by ``kind``, line and day, each flip with its kind, and what
    is wrong."""

    verdicts: pa.Table
    flips: tuple[tuple[Flip, int], ...]
    bad: dict[int, str]


@dataclass(slots=True)
class Decider:
    """Decides parts in one process."""

    asked: Asked
    text: Statement = field(init=False)
    _under: list[Under] = field(init=False)
    _judging: Judging = field(init=False)
    _reader: RowReader = field(init=False)

    def __post_init__(self) -> None:
        of = self.asked
        self.text = statement(of.rulebook, known=of.known, assume=of.assume, on=of.days)
        screenings = [Screening(law) for law in of.laws()]
        self._under = [Under(one.law, one, one.names) for one in screenings]
        self._judging = Judging(tuple(self._under), self.text, of.missing, SCREENED)
        self._reader = RowReader(of.columns, of.source)

    def decide(self, rows: Sequence[Row]) -> Part:
        """Decide orders under the law of each day; rows of one number are the lines of one order."""
        numbers: list[int] = []
        orders: list[Order] = []
        bad: dict[int, str] = {}
        for n, lines in itertools.groupby(rows, key=operator.itemgetter(0)):
            try:
                orders.append(self._reader.read_lines([cells for _, *cells in lines], line=int(n)))
                numbers.append(int(n))
            except OrderError as error:
                # Without file and line, which are those of each row that is like it.
                bad[int(n)] = "; ".join(f"{one.field}: {one.message}" for one in error.problems)
        judged = self._judging.judge(orders)
        flips = tuple((flip, numbers[at]) for flip, at in flips_of(judged, orders, self._under))
        return Part(_verdicts(judged, numbers), flips, bad)


def _verdicts(judged: pa.Table, numbers: Sequence[int]) -> pa.Table:
    kind = pa.array([numbers[at] for at in judged["order_id"].to_pylist()], pa.int64())
    missing = [" ".join(facts) for facts in judged["missing"].to_pylist()]
    return pa.table(
        {
            "kind": kind, "place": judged["line_no"], "day": judged["day"], "outcome": judged["verdict"],
            "best": judged["order_best"], "worst": judged["order_worst"], "line_best": judged["best"],
            "line_worst": judged["worst"], "policy": judged["order_policy"], "deciding": judged["deciding"],
            "missing": pa.array(missing, pa.string()),
        }
    )  # fmt: skip


@dataclass(slots=True)
class Team:
    """Processes that screen and decide, begun together; each keeps what it has learned of the laws."""

    asked: Asked
    count: int
    _pool: ProcessPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        # Fresh processes, since a fork would copy the locks of threads that run here (DuckDB, Arrow).
        self._pool = ProcessPoolExecutor(
            self.count, get_context("spawn"), initializer=_begin, initargs=(self.asked,)
        )
        for _ in range(self.count):
            self._pool.submit(_ready)  # they begin now, beside the reading of the book

    def hits(self, batches: Sequence[Sequence[Named]], makers: bool) -> Iterator[list[bool]]:
        """Who of some parties, or makers, is or resembles somebody on a list, batch by batch."""
        return self._pool.map(_hits, batches, [makers] * len(batches))

    def part(self, rows: Sequence[Row], columns: tuple[str, ...], source: str) -> Future[Part]:
        """Some orders, to be decided."""
        return self._pool.submit(_work, rows, columns, source)

    def close(self) -> None:
        """Let the processes go."""
        self._pool.shutdown(wait=True, cancel_futures=True)


_begun: list[Asked] = []  # what a worker process was begun for
_here: dict[tuple[tuple[str, ...], str], Decider] = {}  # its decider, by columns and source


def _begin(asked: Asked) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pa.set_cpu_count(1)
    _begun[:] = [asked]
    statement(asked.rulebook, known=asked.known, assume=asked.assume, on=asked.days)


def _end_with_parent() -> None:
    """End this process when the one that began it is killed: it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _ready() -> None:
    return None


def _hits(rows: Sequence[Named], makers: bool) -> list[bool]:
    return hits(rows, _begun[0].laws(), makers)


def _work(rows: Sequence[Row], columns: tuple[str, ...], source: str) -> Part:
    key = columns, source
    if key not in _here:
        _here[key] = Decider(replace(_begun[0], columns=columns, source=source))
    return _here[key].decide(rows)


def decided(
    parts: Iterable[Sequence[Row]], asked: Asked, *, team: Team | None, kept: Kept | None
) -> Iterator[Part]:
    """The parts decided, in their order, here or by a team; what is kept of an earlier run is taken."""
    if team is None:
        decider: Decider | None = None
        for rows in parts:
            part = kept.find(rows) if kept else None
            if part is None:
                decider = decider or Decider(asked)
                part = decider.decide(rows)
                if kept:
                    kept.keep(rows, part)
            yield part
        return
    waiting: deque[tuple[Sequence[Row], Part | Future[Part]]] = deque()
    for rows in parts:
        found = kept.find(rows) if kept else None
        waiting.append((rows, found or team.part(rows, asked.columns, asked.source)))
        # No more than some times as many as can be worked on are held in memory.
        while len(waiting) > 4 * team.count:
            yield _done(waiting.popleft(), kept)
    while waiting:
        yield _done(waiting.popleft(), kept)


def _done(one: tuple[Sequence[Row], Part | Future[Part]], kept: Kept | None) -> Part:
    rows, part = one
    if isinstance(part, Part):
        return part
    result = part.result()
    if kept:
        kept.keep(rows, result)
    return result


@dataclass(slots=True)
class Kept:
    """Finished parts in a folder, each whole or not there. A disk that cannot be written is no obstacle."""

    folder: Path
    found: int = 0
    failed: str = ""
    """Why nothing more is kept; empty while all is well."""
    _key: str = ""

    def begin(self, asked: Asked) -> None:
        """Look below the folder for the parts of this question, and throw away what is long forgotten."""
        self._key = asked.key()
        if self.folder.is_dir():
            for old in self.folder.iterdir():
                if old.is_dir() and time.time() - old.stat().st_mtime > _STALE:
                    shutil.rmtree(old, ignore_errors=True)

    def find(self, rows: Sequence[Row]) -> Part | None:
        """A part that an earlier run has decided."""
        path = self._path(rows)
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowException):
            return None  # not there, or torn by a power cut: decided anew
        said = json.loads((table.schema.metadata or {}).get(b"licet", b"{}"))
        day = dt.date.fromisoformat
        flips = tuple(
            (Flip(day(since), day(on), before, after, tuple(instruments)), kind)
            for since, on, before, after, instruments, kind in said["flips"]
        )
        self.found += 1
        bad = {int(n): reason for n, reason in said["bad"].items()}
        return Part(table.replace_schema_metadata(), flips, bad)

    def keep(self, rows: Sequence[Row], part: Part) -> None:
        """Write a part down, under its name only when it is whole."""
        if self.failed:
            return
        path = self._path(rows)
        aside = path.with_suffix(f".{os.getpid()}.new")
        flips = [
            (f.since.isoformat(), f.day.isoformat(), f.before, f.after, f.instruments, kind)
            for f, kind in part.flips
        ]
        said = json.dumps({"flips": flips, "bad": part.bad}).encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(part.verdicts.replace_schema_metadata({b"licet": said}), aside)
            aside.replace(path)
        except OSError as error:
            self.failed = f"{self.folder}: {error.strerror or error}"
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)

    def done(self) -> None:
        """Throw the parts away: the answer is written."""
        shutil.rmtree(self.folder / self._key, ignore_errors=True)

    def _path(self, rows: Sequence[Row]) -> Path:
        name = hashlib.blake2b(json.dumps(rows).encode(), digest_size=16).hexdigest()
        return self.folder / self._key / f"{name}.parquet"


@functools.cache
def _code() -> str:
    """A checksum of Licet's code: another version decides anew."""
    digest = hashlib.blake2b(digest_size=8)
    root = Path(str(resources.files("licet")))
    for file in sorted(root.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
