"""How fast an order book is decided under two days of law, and what one order costs beside it.

    ./dev python bench/replay.py [LINES ...] [--no-missing] [--days DAY DAY] [--book FILE] [--no-spark]

The book is that of ``bench/orders.py``: two parties a line, facts left out at its rates. Several sizes show how
the time grows. CPU time is that of all processes and says the same on a machine that does other work; wall time
does not. The bound is 30 s and 6 GiB for 1,000,000 lines on two cores. The smallest book is then decided on
Spark on this machine, with the seconds of each step; ``--no-spark`` leaves that out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import licet
from bench.orders import rows, write
from licet.decide.sql.spark import NoSpark, check_spark
from licet.order_columns import order_of
from licet.replaying import replay

DAYS = (dt.date(2019, 5, 15), dt.date(2019, 5, 16))
SINGLE = 300  # orders that are decided one by one


@dataclass(slots=True)
class Peak:
    """The most memory that this process and its children hold together, looked at twice a second."""

    kib: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Peak:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.kib = max(self.kib, _resident(os.getpid()))


def _resident(top: int) -> int:
    """Resident memory of a process and all below it, in KiB; pages that they share count for each."""
    said = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rss: dict[int, int] = {}
    below: dict[int, list[int]] = {}
    for line in said.splitlines():
        pid, parent, kib = map(int, line.split())
        rss[pid] = kib
        below.setdefault(parent, []).append(pid)
    whole, waiting = 0, [top]
    while waiting:
        pid = waiting.pop()
        whole += rss.get(pid, 0)
        waiting += below.get(pid, [])
    return whole


def _cpu() -> tuple[float, float]:
    """CPU seconds of this process, and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return used[0].ru_utime + used[0].ru_stime, used[1].ru_utime + used[1].ru_stime


def measured(book: Path, days: Sequence[dt.date], *, missing: bool) -> float:
    """Replay a book and tell what it took; CPU seconds of all processes."""
    steps: dict[str, float] = {}
    begun, cpu = time.perf_counter(), _cpu()

    def progress(step: str, done: int, whole: int) -> None:
        steps.setdefault(step, time.perf_counter() - begun)

    with Peak() as peak:
        found = replay(
            book, on=days, missing=missing, processes=os.cpu_count() or 1, progress=progress
        )
        took = time.perf_counter() - begun
    count, distinct = found.book.count, found.distinct
    found.close()
    own, children = (after - before for after, before in zip(_cpu(), cpu, strict=True))
    named = "named" if missing else "not named"
    print(f"{count:,} lines, {len(days)} days, missing facts {named}:")
    print(
        f"  {took:.1f} s; CPU {own + children:.1f} s ({own:.1f} s here, {children:.1f} s in the others)"
    )
    print(f"  {count * len(days) / took:,.0f} verdicts a second; {distinct:,} distinct orders")
    print(f"  at most {peak.kib / 2**20:.2f} GiB in all processes")
    print(
        "  "
        + "; ".join(f"{step} begun or first told of after {at:.1f} s" for step, at in steps.items())
    )
    return own + children


def on_spark(book: Path, count: int, days: Sequence[dt.date], *, missing: bool) -> None:
    """Replay a book on Spark and tell the seconds of each step; where Spark cannot run, why."""
    try:
        check_spark()
    except NoSpark as why:
        print(f"Spark: {why}")
        return
    begun = [("start", time.perf_counter())]
    found = replay(
        book, on=days, missing=missing, engine="spark",
        progress=lambda step, *_: begun.append((step, time.perf_counter())),
    )  # fmt: skip
    found.close()
    begun.append(("end", time.perf_counter()))
    found.session.sparkContext.stop()
    steps = [(one, until - since) for (one, since), (_, until) in pairwise(begun)]
    whole = sum(seconds for _, seconds in steps)
    said = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in steps)
    print(
        f"Spark, {count:,} lines: {whole:.1f} s, {count * len(days) / whole:,.0f} verdicts a second: {said}"
    )


def single(days: Sequence[dt.date]) -> float:
    """CPU seconds that one line costs where it is decided alone, with its proof."""
    begun = time.process_time()
    for row in islice(rows(SINGLE), SINGLE):
        order = order_of(row)
        for day in days:
            licet.check(order, on=day)
    return (time.process_time() - begun) / SINGLE


def main() -> None:
    """Measure each size, then one line alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="*", type=int)
    parser.add_argument("--no-missing", action="store_true")
    parser.add_argument("--days", nargs="+", type=dt.date.fromisoformat, default=DAYS)
    parser.add_argument("--book", type=Path, help="a book that is there already")
    parser.add_argument("--no-spark", action="store_true")
    asked = parser.parse_args()
    missing = not asked.no_missing
    used: list[tuple[int, float]] = []
    if asked.book is not None:
        measured(asked.book, asked.days, missing=missing)
    for count in asked.lines or ([] if asked.book else [1_000_000]):
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "orders.parquet"
            write(count, book)
            used.append((count, measured(book, asked.days, missing=missing)))
            if not asked.no_spark and count == min(asked.lines or [count]):
                on_spark(book, count, asked.days, missing=missing)
    for (few, less), (many, more) in pairwise(used):
        print(f"{many / few:g} times the lines take {more / less:.2f} times the CPU time")
    each = single(asked.days)
    print(f"one by one: {each * 1000:.2f} ms of CPU a line for {len(asked.days)} days")
    for count, cpu in used:
        print(
            f"  {each * count:,.0f} s for {count:,} lines, {each * count / cpu:,.0f} times as much"
        )


if __name__ == "__main__":
    main()
