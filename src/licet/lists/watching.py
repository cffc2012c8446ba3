"""A schedule of updates: at even intervals with jitter, and after a failure sooner, each time waiting longer.

The jitter keeps many machines that were started at one time from asking a publisher at one time; the back-off
keeps a publisher that is down from being asked all the while.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator

JITTER = 0.1
"""The part of an interval by which it is made longer or shorter."""
FIRST_RETRY = 60.0
"""Seconds after a first failure; doubled with each further one, up to the interval."""

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """A span of time in seconds. Raises ``ValueError`` for what is none.

    >>> seconds("30m"), seconds("6h"), seconds("1d")
    (1800.0, 21600.0, 86400.0)
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no span of time; write it as 30m, 6h or 1d")
    return int(found[1]) * _UNITS[found[2]]


def waits(
    every: float, in_order: Callable[[], bool], *, chance: Callable[[], float] = random.random
) -> Iterator[float]:
    """How many seconds to wait before each next update, without end.

    ``in_order`` says, after an update, whether no publisher was refused; ``chance`` gives numbers from 0 to 1.
    """
    failures = 0
    while True:
        failures = 0 if in_order() else failures + 1
        span = min(every, FIRST_RETRY * 2 ** (failures - 1)) if failures else every
        yield span * (1 + JITTER * (2 * chance() - 1))


def watch(
    update: Callable[[], bool],
    every: float,
    *,
    rounds: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> None:
    """Update again and again, ``rounds`` times or without end; ``update`` says whether all was in order."""
    last = True

    def in_order() -> bool:
        return last

    after = waits(every, in_order, chance=chance)
    done = 0
    while True:
        last = update()
        done += 1
        if rounds is not None and done >= rounds:
            return
        sleep(next(after))
