"""How fast: rulebook load in fresh processes, and decisions with full proof in this one.

    ./dev python bench/decide.py

The mix is the example orders and, where they are beside the checkout, the determination cases. Aims: load
under 300 ms; a decision with proof and the analysis of missing facts under 5 ms at the median and 25 ms at the
99th percentile. Three kinds are counted apart: decisions that are settled, those of the mix and of its orders
with one fact left out that need information, and orders that say little more than who buys what.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path

import licet
from licet.order import Line, Order, Party

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared" / "cases" / "determination.jsonl"
FRESH, ROUNDS = 7, 10
AIMS = 5.0, 25.0  # milliseconds: p50, p99
LOAD = (
    "import time, licet; t = time.perf_counter(); licet.rulebook(); print(time.perf_counter() - t)"
)
IMPORT = "import time; t = time.perf_counter(); import licet; print(time.perf_counter() - t)"


def in_fresh_process(code: str) -> list[float]:
    """Seconds that the code reports, from several fresh processes."""
    command = [sys.executable, "-c", code]
    return [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(FRESH)
    ]


def orders() -> list[Order]:
    """The example orders and the orders of the determination cases."""
    files = [*sorted((ROOT / "examples").glob("*.toml")), ROOT / "examples" / "many.jsonl"]
    found = [one for file in files for one in licet.read_orders(file) if isinstance(one, Order)]
    if CASES.is_file():
        for line in CASES.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found.append(licet.order_from(case["order"] | {"id": case["id"]}))
    return found


def bare(order: Order) -> Order:
    """The order with nothing but its day, destination, buyers and items: nearly all is to be asked."""
    parties = tuple(Party(role=one.role, name=one.name) for one in order.parties or ())
    lines = tuple(Line(eccn=one.eccn) for one in order.lines or ())
    return Order(id=order.id, date=order.date, to=order.to, parties=parties, lines=lines)


def with_one_left_out(order: Order) -> list[Order]:
    """The order with each of its facts left out, one at a time."""
    found = [replace(order, **{n: None}) for n in _given(order) if n not in ("id", "date", "lines")]
    for at, line in enumerate(order.lines or ()):
        for name in _given(line):
            lines = (order.lines or ())[:at], (replace(line, **{name: None}),)
            found.append(
                replace(order, lines=(*lines[0], *lines[1], *(order.lines or ())[at + 1 :]))
            )
    for at, party in enumerate(order.parties or ()):
        for name in _given(party):
            parties = list(order.parties or ())
            parties[at] = replace(party, **{name: None})
            found.append(replace(order, parties=tuple(parties)))
    return found


def _given(part: Order | Line | Party) -> list[str]:
    return [field.name for field in fields(part) if getattr(part, field.name) is not None]


def milliseconds(name: str, seconds: list[float], *aims: float) -> None:
    """One line of figures: count, median, p99, worst; the aims are for the median and the p99."""
    ms = sorted(second * 1000 for second in seconds)
    p50, p99 = statistics.median(ms), ms[min(len(ms) - 1, round(len(ms) * 0.99))]
    told = "".join(
        f"   {what} under {aim:g}: {'met' if found < aim else 'MISSED'}"
        for what, found, aim in zip(("p50", "p99"), (p50, p99), aims, strict=False)
    )
    print(
        f"{name:<42} n {len(ms):>5}   p50 {p50:7.2f}   p99 {p99:7.2f}   worst {ms[-1]:7.2f} ms{told}"
    )


def timed(order: Order) -> tuple[float, licet.Decision]:
    """Processor seconds for one decision, and the decision: other programs do not count."""
    start = time.process_time()
    decision = licet.check(order)
    return time.process_time() - start, decision


def main() -> None:
    """Print the figures."""
    print(f"licet {licet.__version__}, Python {platform.python_version()}, {platform.machine()}")
    milliseconds("import licet, fresh process", in_fresh_process(IMPORT))
    milliseconds("rulebook load, fresh process", in_fresh_process(LOAD), 300)
    mix = orders()
    licet.rulebook()
    first, _ = timed(mix[0])
    milliseconds("first decision (builds the index)", [first])
    for order in mix:  # the first order of a day makes what all orders of the day share
        timed(order)
    settled: list[float] = []
    asking: list[float] = []
    for _ in range(ROUNDS):
        for order in mix:
            seconds, decision = timed(order)
            (asking if decision.outcome == "needs_information" else settled).append(seconds)
    milliseconds("all decisions of the mix", settled + asking, *AIMS)
    milliseconds("  settled", settled, *AIMS)
    milliseconds("  that need information", asking, *AIMS)
    open_ = [one for order in mix for one in with_one_left_out(order)]
    found = [(timed(order), order) for order in open_]
    lacking = [(s, o) for (s, d), o in found if d.outcome == "needs_information"]
    milliseconds("one fact left out, all", [seconds for (seconds, _), _ in found], *AIMS)
    milliseconds("  that need information", [seconds for seconds, _ in lacking], *AIMS)
    slowest = sorted(lacking, key=lambda pair: -pair[0])[:3]
    print("  slowest: " + ", ".join(f"{o.id} {seconds * 1000:.0f} ms" for seconds, o in slowest))
    sparse = [bare(order) for order in mix if order.parties and order.lines][:12]
    times = [timed(order)[0] for _ in range(3) for order in sparse]
    milliseconds("orders with little more than a buyer", times, *AIMS)
    print(f"{len(mix)} orders; {'with' if CASES.is_file() else 'without'} the determination cases")


if __name__ == "__main__":
    main()
