"""How fast: rulebook load in fresh processes, and decisions with full proof in this one.

    ./dev python bench/decide.py

The mix is the example orders and, where they are beside the checkout, the determination cases. Aims: load
under 300 ms, one decision under 3 ms at the median. Decisions that need information take every unknown fact
through its values and are counted apart.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import licet
from licet.order import Line, Order, Party

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared" / "cases" / "determination.jsonl"
FRESH, ROUNDS = 7, 20
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


def milliseconds(name: str, seconds: list[float], aim: float | None = None) -> None:
    """One line of figures: count, median, p99, worst."""
    ms = sorted(second * 1000 for second in seconds)
    p50, p99 = statistics.median(ms), ms[min(len(ms) - 1, round(len(ms) * 0.99))]
    told = "" if aim is None else f"   aim {aim:g} ms: {'met' if p50 < aim else 'MISSED'}"
    print(
        f"{name:<34} n {len(ms):>5}   p50 {p50:8.2f}   p99 {p99:8.2f}   worst {ms[-1]:8.2f} ms{told}"
    )


def timed(order: Order) -> tuple[float, licet.Decision]:
    """Seconds for one decision, and the decision."""
    start = time.perf_counter()
    decision = licet.check(order)
    return time.perf_counter() - start, decision


def main() -> None:
    """Print the figures."""
    print(f"licet {licet.__version__}, Python {platform.python_version()}, {platform.machine()}")
    milliseconds("import licet, fresh process", in_fresh_process(IMPORT))
    milliseconds("rulebook load, fresh process", in_fresh_process(LOAD), aim=300)
    mix = orders()
    licet.rulebook()
    first, _ = timed(mix[0])
    milliseconds("first decision (builds the index)", [first])
    settled: list[float] = []
    asking: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for order in mix:
            seconds, decision = timed(order)
            if decision.outcome == "needs_information":
                asking.setdefault(order.id or "", []).append(seconds)
            else:
                settled.append(seconds)
        if sum(map(sum, asking.values())) > 20:  # some orders leave much open
            break
    milliseconds("decision with full proof", settled, aim=3)
    if asking:
        milliseconds(
            "decision that needs information", [s for part in asking.values() for s in part]
        )
        slowest = sorted(asking, key=lambda name: -statistics.median(asking[name]))[:3]
        each = ", ".join(
            f"{name} {statistics.median(asking[name]) * 1000:.0f} ms" for name in slowest
        )
        print(f"  slowest: {each}")
    sparse = [bare(order) for order in mix if order.parties and order.lines][:12]
    milliseconds("order with little more than a buyer", [timed(order)[0] for order in sparse])
    print(f"{len(mix)} orders; {'with' if CASES.is_file() else 'without'} the determination cases")


if __name__ == "__main__":
    main()
