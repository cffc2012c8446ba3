"""Whether an order decided by itself and a book decided by SQL come to the same, over the full rulebook.

    ./dev python bench/equivalence.py [ORDERS] [--engine duckdb|spark] [--seed N] [--on DAY]...

The orders are those of ``bench/orders.py``. Three things are compared, for each order and day:

* the truth of every rule, the band, the outcome, the policy, the deciding and the waiting rules of the SQL text
  with those of the scalar judge, on the facts of the order as they are;
* what ``licet.replay`` says of the row (outcome, band, policy, deciding rules, missing facts), where rows that
  the law cannot tell apart were decided once, with what ``licet.check`` says of the order alone.

Prints the figures, and the first differences. Exit status 0 where there is none, 1 where there is one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.decide.equivalence import SideBySide

import licet
from bench.orders import rows, write
from licet.decide.sql import duck
from licet.decide.sql.statement import Statement, statement
from licet.decide.standing import deciding, weighing
from licet.decide.verdict import Weighed, weigh
from licet.order import Order
from licet.order_columns import order_of
from licet.order_screening import Screening
from licet.replaying import replay

DAYS = (dt.date(2019, 5, 16), dt.date(2025, 10, 1))
AT_ONCE = {"duckdb": 2_000, "spark": 5_000}  # orders whose facts and proofs are held in memory
SHOWN = 20  # differences that are printed
Run = Callable[[Statement, Mapping[str, pa.Table]], pa.Table]
Said = dict[str, Any]


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("orders", nargs="?", type=int, default=100_000)
    words.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--on", type=dt.date.fromisoformat, action="append")
    asked = words.parse_args()
    days = tuple(asked.on or DAYS)
    begun = time.process_time()
    batch, distinct = by_replay(asked.orders, asked.seed, days, asked.engine)
    print(
        f"{asked.orders:,} orders, {len(days)} days, {asked.engine}: {distinct:,} distinct", end=""
    )
    print(f"; replayed in {time.process_time() - begun:.0f} s of processor", flush=True)
    run: Run = duck.run
    if asked.engine == "spark":
        from licet.decide.sql import spark

        run = spark.run
    begun = time.process_time()
    truths, verdicts = 0, 0
    found: list[str] = []
    source = rows(asked.orders, seed=asked.seed)
    screens = [Screening(licet.rulebook().law(day)) for day in days]
    text = statement(licet.rulebook(), on=days)
    while some := list(itertools.islice(source, AT_ONCE[asked.engine])):
        both = SideBySide(text, runner=run)
        for row in some:
            order = order_of(row)
            for screen in screens:
                weighed = weigh(order, screen.law, screen)
                both.add(weighed)
                found += differs(order, weighed, batch[str(row["id"]), screen.law.on])
                verdicts += 1
        found += both.differences()
        truths += len(both.weighed) * len(text.rules)
        print(f"  {verdicts:,} verdicts compared, {len(found)} differ", file=sys.stderr, flush=True)
    for one in found[:SHOWN]:
        print(f"  {one}")
    print(
        f"  {truths:,} truths of {len(text.rules)} rules and {verdicts:,} verdicts compared", end=""
    )
    print(f" in {time.process_time() - begun:.0f} s of processor: {len(found)} differences")
    return 1 if found or not verdicts else 0


def by_replay(
    count: int, seed: int, days: tuple[dt.date, ...], engine: str
) -> tuple[dict[tuple[str, dt.date], Said], int]:
    """What the replay says of each row and day, and how many rows the law could tell apart."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "orders.parquet"
        write(count, book, seed=seed)
        found = replay(book, on=days, engine=engine)  # type: ignore[call-overload]
        try:
            assert not found.bad
            return {
                (said["id"], said["day"]): said for said in _each(found.arrow())
            }, found.distinct
        finally:
            found.close()


def _each(table: pa.Table) -> Iterator[Said]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def differs(order: Order, weighed: Weighed, batch: Said) -> Iterator[str]:
    """Where the replay of a row differs from the order decided alone."""
    alone = licet.check(order, on=weighed.law.on)
    asked = weighing(weighed.law)
    (line,) = weighed.lines
    wanted = {
        "outcome": alone.outcome, "best": alone.best, "worst": alone.worst, "policy": alone.review_policy,
        "missing": {one.fact for one in alone.missing},
        "deciding": set(deciding(asked, asked.truths(line.rulings))),
    }  # fmt: skip
    for key, want in wanted.items():
        said = set(batch[key].split()) if isinstance(want, set) else batch[key]
        if said != want:
            yield f"{order.id} on {weighed.law.on}: {key}: replay {said!r}, alone {want!r}"


if __name__ == "__main__":
    sys.exit(main())
