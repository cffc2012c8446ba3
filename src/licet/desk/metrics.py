"""Numbers for Prometheus: requests, how long they took, decisions by outcome, law and lists in use.

The text format is simple enough to be written here (prometheus.io, exposition formats, version 0.0.4).
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from licet.desk.counter import Counter

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_SHARE_SECONDS = 2.0
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(slots=True)
class Metrics:
    """What happened since the program began; ``shared``: the folder in which several processes add it up."""

    shared: Path | None = None
    _requests: defaultdict[tuple[str, str, int], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    _seconds: dict[str, list[float]] = field(default_factory=dict)
    _decisions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _written: float = 0.0

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered: by which route, with which status, in which time."""
        with self._lock:
            self._requests[method, route, status] += 1
            counts = self._seconds.setdefault(route, [0.0] * (len(_BOUNDS) + 2))
            for at, bound in enumerate(_BOUNDS):
                counts[at] += seconds <= bound
            counts[-2] += 1
            counts[-1] += seconds
            if self.shared is not None and time.monotonic() - self._written > _SHARE_SECONDS:
                self._share()

    def decided(self, outcome: str) -> None:
        """A decision was recorded."""
        with self._lock:
            self._decisions[outcome] += 1

    def text(self, counter: Counter) -> str:
        """All numbers in the text format."""
        with self._lock:
            if self.shared is not None:
                self._share()
            lines = [*self._all()._lines()]
        try:
            loaded = counter.loaded
        except RuntimeError:
            lines += ["# TYPE licet_ready gauge", "licet_ready 0"]
        else:
            lines += ["# TYPE licet_ready gauge", "licet_ready 1"]
            lines += ["# TYPE licet_law_info gauge"]
            lines += [f'licet_law_info{{id="{loaded.book.id}",as_of="{loaded.book.as_of}"}} 1']
            lines += [
                "# HELP licet_list_entries Entries of each list in use, by the day of its copy."
            ]
            lines += ["# TYPE licet_list_entries gauge"]
            lines += [
                f'licet_list_entries{{list="{_safe(one.list)}",as_of="{one.as_of or ""}"}} {one.entries}'
                for one in loaded.lists.days
            ]
            lines += ["# HELP licet_stale Whether newer law or lists could not be loaded."]
            lines += ["# TYPE licet_stale gauge", f"licet_stale {int(bool(counter.problem))}"]
        return "\n".join(lines) + "\n"

    def _share(self) -> None:
        """Write what this process counted, for the one that is asked; aside and then in place."""
        assert self.shared is not None
        self._written = time.monotonic()
        rows = {
            "requests": [[*key, times] for key, times in self._requests.items()],
            "seconds": self._seconds, "decisions": self._decisions,
        }  # fmt: skip
        file = self.shared / f"{os.getpid()}.json"
        aside = file.with_suffix(".new")
        aside.write_bytes(orjson.dumps(rows))
        aside.replace(file)

    def _all(self) -> Metrics:
        """The numbers of all processes; those of another may be some seconds old."""
        if self.shared is None:
            return self
        found = Metrics()
        for file in sorted(self.shared.glob("*.json")):
            with contextlib.suppress(OSError):  # renamed as we look
                rows = orjson.loads(file.read_bytes())
                for method, route, status, times in rows["requests"]:
                    found._requests[method, route, status] += times
                for route, counts in rows["seconds"].items():
                    there = found._seconds.setdefault(route, [0.0] * len(counts))
                    found._seconds[route] = [a + b for a, b in zip(there, counts, strict=True)]
                for outcome, times in rows["decisions"].items():
                    found._decisions[outcome] += times
        return found

    def _lines(self) -> Iterator[str]:
        yield "# TYPE licet_requests_total counter"
        for (method, route, status), asked in sorted(self._requests.items()):
            labels = f'method="{_safe(method)}",route="{_safe(route)}",status="{status}"'
            yield f"licet_requests_total{{{labels}}} {asked}"
        yield "# TYPE licet_request_seconds histogram"
        for route, counts in sorted(self._seconds.items()):
            for bound, count in zip(_BOUNDS, counts, strict=False):
                yield f'licet_request_seconds_bucket{{route="{_safe(route)}",le="{bound}"}} {count:.0f}'
            yield f'licet_request_seconds_bucket{{route="{_safe(route)}",le="+Inf"}} {counts[-2]:.0f}'
            yield f'licet_request_seconds_count{{route="{_safe(route)}"}} {counts[-2]:.0f}'
            yield f'licet_request_seconds_sum{{route="{_safe(route)}"}} {counts[-1]:.6f}'
        yield "# TYPE licet_decisions_total counter"
        for outcome, times in sorted(self._decisions.items()):
            yield f'licet_decisions_total{{outcome="{outcome}"}} {times}'


def _safe(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
