"""How fast an order book is decided under two days of law, and what one order costs beside it.

    ./dev python bench/replay.py [LINES] [--missing] [--no-spark]

The book is that of ``bench/orders.py``: two parties a line, facts left out at its rates. Without ``--missing``
it is not asked which facts open orders need. The bound is 30 s and 6 GiB for 1,000,000 lines on two cores.
The same book is then decided on Spark on this machine, with the seconds of each step; ``--no-spark`` leaves
that out.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
import time
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


def on_spark(book: Path, missing: bool) -> list[tuple[str, float]]:
    """The steps of a replay on Spark and their seconds; nothing where Spark cannot run here."""
    try:
        check_spark()
    except NoSpark as why:
        print(f"  {why}")
        return []
    begun = [("start", time.perf_counter())]
    found = replay(
        book, on=DAYS, missing=missing, engine="spark",
        progress=lambda step, *_: begun.append((step, time.perf_counter())),
    )  # fmt: skip
    found.close()
    begun.append(("end", time.perf_counter()))
    found.session.sparkContext.stop()
    return [(one, until - since) for (one, since), (_, until) in pairwise(begun)]


def main() -> None:
    words = [one for one in sys.argv[1:] if not one.startswith("--")]
    count, missing = int(words[0]) if words else 1_000_000, "--missing" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "orders.parquet"
        write(count, book)
        begun = time.perf_counter()
        found = replay(book, on=DAYS, missing=missing, processes=os.cpu_count() or 1)
        took, distinct = time.perf_counter() - begun, found.distinct
        found.close()
        steps = on_spark(book, missing) if "--no-spark" not in sys.argv else []
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # The largest child stands for each of them.
    gib = (used[0].ru_maxrss + (os.cpu_count() or 1) * used[1].ru_maxrss) / 2**20
    print(
        f"{count:,} lines, two days, missing facts {'named' if missing else 'not named'}: {took:.1f} s"
    )
    print(f"  {count * len(DAYS) / took:,.0f} verdicts a second; {distinct:,} distinct orders")
    print(f"  at most {gib:.2f} GiB in all processes; CPU of children {used[1].ru_utime:.1f} s")
    whole = sum(seconds for _, seconds in steps)
    if steps:
        print(
            f"  Spark: {whole:.1f} s, {count * len(DAYS) / whole:,.0f} verdicts a second:", end=" "
        )
        print(", ".join(f"{step} {seconds:.0f} s" for step, seconds in steps))
    begun_cpu = time.process_time()
    for row in islice(rows(count), SINGLE):
        order = order_of(row)
        for day in DAYS:
            licet.check(order, on=day)
    each = (time.process_time() - begun_cpu) / SINGLE
    print(
        f"  one by one: {each * 1000:.2f} ms a line for two days, {each * count:,.0f} s for such a book"
    )


if __name__ == "__main__":
    main()
