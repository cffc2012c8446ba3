"""Several processes of the desk on one port: started, watched, and started again where one dies.

Each has law and lists of its own in memory and writes to one database, whose transactions keep the log one
chain. They begin afresh (spawn): a fork copies the locks of threads.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.context import SpawnProcess
from pathlib import Path

from licet.desk.limits import Limits

_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """What each process serves: the database, whether it is this machine's alone, its share of the limits."""

    database: str
    local: bool
    limits: Limits
    hooks_to: tuple[str, ...]
    login: Path | None
    numbers: str
    """The folder through which the processes add up their numbers for Prometheus."""


def share(limits: Limits, workers: int) -> Limits:
    """The part of the limits that one of several processes may give away."""
    return replace(
        limits,
        rate=limits.rate / workers,
        burst=max(1.0, limits.burst / workers),
        failures=max(1, limits.failures // workers),
    )


def run(
    listening: socket.socket, job: Job, workers: int, *, work: Callable[[socket.socket, Job], None]
) -> None:
    """Serve with so many processes until SIGTERM or SIGINT; one that dies is replaced."""
    context = multiprocessing.get_context("spawn")
    ends = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    with tempfile.TemporaryDirectory(prefix="licet-desk-") as folder:
        own = replace(job, numbers=folder)

        def start() -> SpawnProcess:
            one = context.Process(
                target=_begin, args=(work, listening, own, os.getpid()), daemon=True
            )
            one.start()
            return one

        running = [start() for _ in range(workers)]
        while not ends.wait(0.5):
            for at, one in enumerate(running):
                if not one.is_alive():
                    _forget(Path(folder), one.pid)
                    running[at] = start()
        for one in running:
            one.terminate()
        for one in running:
            one.join(_STOP_SECONDS)
            if one.is_alive():
                one.kill()


def _begin(
    work: Callable[[socket.socket, Job], None], listening: socket.socket, job: Job, parent: int
) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    work(listening, job)


def _end_with(parent: int) -> None:
    """Where the process that watches is killed, its workers end: nobody would start them again."""
    while os.getppid() == parent:
        threading.Event().wait(1.0)
    os._exit(1)


def _forget(folder: Path, pid: int | None) -> None:
    """What a process counted stays counted; its file is kept under a name that no new process takes."""
    with contextlib.suppress(OSError):
        (folder / f"{pid}.json").rename(folder / f"ended-{pid}-{os.urandom(4).hex()}.json")
