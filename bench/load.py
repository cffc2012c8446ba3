"""How long the full rulebook takes to load, in a cold process and part by part.

    ./dev python bench/load.py [RUNS]

The bound is 500 ms for ``python -c "import licet; licet.rulebook()"``, interpreter included.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

BOUND = 0.5  # seconds, median of the cold runs


def cold(code: str, runs: int) -> list[float]:
    """Seconds that a fresh interpreter takes for some code, once for each run."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        found.append(time.perf_counter() - started)
    return found


def warm(do: Callable[[], object], runs: int) -> list[float]:
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        do()
        found.append(time.perf_counter() - started)
    return found


def show(what: str, seconds: list[float]) -> float:
    middle = statistics.median(seconds)
    print(f"{what:<46} {middle * 1000:7.1f} ms median {min(seconds) * 1000:7.1f} ms best")
    return middle


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    show("interpreter", cold("pass", runs))
    show("import licet", cold("import licet", runs))
    loaded = show("import licet; licet.rulebook()", cold("import licet; licet.rulebook()", runs))
    everything = "import licet; [t.every() for t in licet.rulebook().tables.values()]"
    show("the same, every table read", cold(everything, runs))

    from licet.law.rulebook import identity, load, packaged

    show("load, every table read and checked (warm)", warm(lambda: load(packaged()), runs))
    show("load, tables when first used (warm)", warm(lambda: load(packaged(), lazily=True), runs))
    show("identity hash alone (warm)", warm(lambda: identity(packaged()), runs))
    book = load(packaged())
    rows = sum(1 for table in book.tables.values() for _ in table.every())
    print(f"rulebook {book.id}: {len(book.rules)} rules, {len(book.tables)} tables, {rows} rows")
    return 0 if loaded <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
