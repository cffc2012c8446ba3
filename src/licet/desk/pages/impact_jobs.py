"""Replays of uploaded order books, each in a thread of its own: started, followed, kept for a while.

They are kept in memory and end with the program: an order book belongs to who uploaded it, and is erased as
soon as it is decided. ``start`` is the one place where a job begins, so that another store can take its place.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from licet.check import OutsideCoverage
from licet.desk.pages.uploads import MOST_ROWS, Upload
from licet.desk.problems import Problem
from licet.flips import Flip
from licet.flips_chart import Change, changes_of, direction
from licet.law.rulebook import Rulebook
from licet.order_columns import BadBook
from licet.replaying import Replay, replay

RUNNING, DONE, FAILED = "running", "done", "failed"
_KEPT, _AT_ONCE = 10, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """Two sides that are compared: two days, or one day without and with an announcement as if it were law."""

    before: dt.date
    after: dt.date
    announcement: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a replay found: lines by outcome on either side, what flips, the chart's changes, bad rows.

    ``lines`` has a row for each line of an order: row, id, line, before, after, deciding_before,
    deciding_after, missing.
    """

    count: int
    distinct: int
    outcomes: tuple[Counter[str], Counter[str]]
    flips: tuple[Flip, ...]
    changes: tuple[Change, ...]
    bad: tuple[tuple[int, str, str], ...]
    lines: pa.Table
    law: str


@dataclass(slots=True)
class Job:
    """One replay: whose, of which book, how far it is, and what it found or why it failed."""

    id: str
    organization: str
    name: str
    asked: Asked
    began: dt.datetime
    state: str = RUNNING
    step: str = "waiting"
    done: int = 0
    whole: int = 0
    says: str = ""
    found: Found | None = None


@dataclass(slots=True)
class Jobs:
    """The replays of a desk, by organization."""

    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))

    def start(
        self, organization: str, upload: Upload, asked: Asked, book: Rulebook, folder: Path
    ) -> Job:
        """Begin a replay of an uploaded book; its folder is erased when the replay ends.

        Raises ``Problem`` (429) while the organization has as many running as there may be.
        """
        job = Job(secrets.token_hex(16), organization, upload.name, asked, dt.datetime.now(dt.UTC))
        with self._lock:
            own = self._of(organization)
            if sum(one.state == RUNNING for one in own) >= _AT_ONCE:
                raise Problem(429, f"{_AT_ONCE} replays are running; wait until one has ended.")
            for old in [one for one in own if one.state != RUNNING][: max(0, len(own) - _KEPT + 1)]:
                del self._jobs[old.id]
            self._jobs[job.id] = job
        threading.Thread(
            target=self._run, args=(job, upload, book, folder), name="licet-replay", daemon=True
        ).start()
        return job

    def of(self, organization: str) -> list[Job]:
        """The replays of an organization, the newest first."""
        with self._lock:
            return self._of(organization)[::-1]

    def find(self, organization: str, number: str) -> Job:
        """A replay of an organization. Raises ``LookupError``."""
        job = self._jobs.get(number)
        if job is None or job.organization != organization:
            raise LookupError("this replay is no longer kept; upload the order book again.")
        return job

    def drop(self, organization: str, number: str) -> None:
        """Forget a replay that has ended."""
        job = self.find(organization, number)
        if job.state == RUNNING:
            raise Problem(409, "the replay is still running; wait until it has ended.")
        with self._lock:
            self._jobs.pop(number, None)

    def _of(self, organization: str) -> list[Job]:
        return [one for one in self._jobs.values() if one.organization == organization]

    def _run(self, job: Job, upload: Upload, book: Rulebook, folder: Path) -> None:
        def progress(step: str, done: int, whole: int) -> None:
            job.step, job.done, job.whole = step, done, whole

        try:
            with self._room:
                job.found = found_of(upload.path, job.asked, book, progress)
            job.state = DONE
        except (BadBook, OutsideCoverage, ValueError) as error:
            job.says, job.state = str(error).replace(str(upload.path), upload.name), FAILED
        except Exception as error:  # the thread has nobody above it who could tell
            job.says = f"the replay broke off: {type(error).__name__}. Please report it."
            job.state = FAILED
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def new_folder() -> Path:
    """A folder for one upload, which nobody else may read."""
    return Path(tempfile.mkdtemp(prefix="licet-impact-"))


def found_of(path: Path, asked: Asked, book: Rulebook, progress: Any = None) -> Found:
    """Replay a book on both sides and compare them. Raises as ``licet.replay`` does."""
    if not asked.announcement:
        one = _replayed(path, [asked.before, asked.after], (), book, progress)
        try:
            rows = one.arrow()
            lines = _paired(rows, rows, asked)
            changes = tuple(changes_of(one.days, one.flips, book.announcements.values()))
            outcomes = (one.outcomes[asked.before], one.outcomes[asked.after])
            return Found(
                one.book.count,
                one.distinct,
                outcomes,
                one.flips,
                changes,
                _bad(one),
                lines,
                book.id,
            )
        finally:
            one.close()
    without = _replayed(path, [asked.after], (), book, progress)
    try:
        assumed = _replayed(path, [asked.after], (asked.announcement,), book, progress)
        try:
            lines = _paired(without.arrow(), assumed.arrow(), asked)
            flips = tuple(_flips(lines, asked, book))
            way: Counter[str] = Counter()
            for flip in flips:
                way[direction(flip)] += flip.lines
            told = book.announcements[asked.announcement]
            names = Counter({f"if it were law: {told.speaker}": sum(way.values())} if way else {})
            changes = (Change(asked.after, asked.after, way, names, (told,)),)
            outcomes = (without.outcomes[asked.after], assumed.outcomes[asked.after])
            return Found(
                without.book.count,
                without.distinct,
                outcomes,
                flips,
                changes,
                _bad(without),
                lines,
                book.id,
            )
        finally:
            assumed.close()
    finally:
        without.close()


def some(
    lines: pa.Table, before: str, after: str, *, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Lines that go from one outcome to another, in the order of the book; "" for any."""
    with duckdb.connect() as db:
        db.register("lines", lines)
        found: pa.Table = db.sql(
            "SELECT * FROM lines WHERE ($1 = '' OR before = $1) AND ($2 = '' OR after = $2) "
            "ORDER BY row, line LIMIT $3 OFFSET $4",
            params=[before, after, limit, offset],
        ).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _replayed(
    path: Path, days: Sequence[dt.date], assume: Sequence[str], book: Rulebook, progress: Any
) -> Replay:
    found = replay(path, on=days, assume=assume, rulebook=book, memory="1GB", progress=progress)
    if found.book.count > MOST_ROWS:
        found.close()
        raise BadBook(f"{path}: holds more than {MOST_ROWS:,} rows; use licet replay for it.")
    return found


def _paired(before: pa.Table, after: pa.Table, asked: Asked) -> pa.Table:
    """Each line with its outcome on either side."""
    with duckdb.connect() as db:
        db.register("one", before)
        db.register("other", after)
        first = asked.after if asked.announcement else asked.before
        return db.sql(
            "SELECT a.row, a.id, a.line, a.outcome AS before, b.outcome AS after, "
            "a.deciding AS deciding_before, b.deciding AS deciding_after, b.missing "
            "FROM one a JOIN other b USING (row, id, line) "
            "WHERE a.day = $1 AND b.day = $2 ORDER BY a.row, a.line",
            params=[first, asked.after],
        ).to_arrow_table()


def _flips(lines: pa.Table, asked: Asked, book: Rulebook) -> Iterable[Flip]:
    told = book.announcements[asked.announcement]
    pairs = ((one["before"], one["after"]) for one in lines.select(["before", "after"]).to_pylist())
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    for (before, after), number in counts.most_common():
        yield Flip(
            asked.after, asked.after, before, after, (f"if it were law: {told.speaker}",), number
        )


def _bad(one: Replay) -> tuple[tuple[int, str, str], ...]:
    source = one.book.source
    return tuple(
        (bad.row, bad.id or "", bad.reason.replace(f"{source}: ", "").replace(source, "the book"))
        for bad in one.bad[:1000]
    )
