"""How fast: a table of ownership of ten million rows, read, as of a day, to the fixed point of every test.

    ./dev python bench/ownership.py [ROWS] [--csv]

The table is made by a seeded generator and kept in /tmp/licet-bench: scale-free (few owners hold much, most
companies have one or two), chains and circles, one share in ten not known, one row in five of the past. Some
owners are real listed parties, found by name. Aim: under 60 seconds of wall time with the reading, on 2 cores.
Each measurement runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import datetime as dt
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

import licet
from licet.parties.ownership_graph import NEVER
from licet.parties.ownership_names import key
from licet.parties.ownership_study import study

FOLDER = Path("/tmp/licet-bench")
SEED, ON, AIM = 20250929, dt.date(2025, 10, 15), 60.0
WORDS = (
    "Amber", "Baltic", "Cedar", "Delta", "Ember", "Falcon", "Garnet", "Harbour", "Indigo", "Juniper",
    "Karst", "Lumen", "Maple", "Nordic", "Onyx",
)  # fmt: skip
TRADES = (
    "Trading", "Shipping", "Holding", "Electronics", "Capital", "Logistics", "Energy", "Textiles",
    "Systems", "Partners",
)  # fmt: skip
FORMS = ("Ltd.", "Co., Ltd.", "GmbH", "Inc.", "LLC", "S.A.", "Oy", "B.V.")


def names(count: int) -> list[str]:
    """Names of companies, all different; the first of them are on the Entity List or the SDN List."""
    book = licet.rulebook()
    listed = [row.values["name"] for row in book.tables["entity_list"].every()][:1500]
    listed += [row.values["name"] for row in book.tables["sdn"].every()][:6000]
    listed = list({key(name): name for name in listed}.values())
    made = [
        f"{WORDS[i % 15]} {TRADES[i // 15 % 10]} {i // 150} {FORMS[i % 8]}"
        for i in range(max(count - len(listed), 0))
    ]
    return [*listed, *made][:count]


def table(rows: int) -> pa.Table:
    """A table of so many holdings among half as many companies."""
    chance = np.random.default_rng(SEED)
    count = max(rows // 2, 10)
    # Companies of low number own much: shares of the whole fall off as a power.
    owner = np.minimum(chance.pareto(0.35, rows) * 3, count - 1).astype(np.int64)
    far = owner >= count - 1
    owner[far] = chance.integers(0, count, far.sum())
    owned = chance.integers(0, count, rows)
    # Chains and circles: a tenth of the holdings are in the next company, and in the one before.
    near = chance.random(rows) < 0.1
    owner[near] = (owned[near] + chance.choice([-1, 1], near.sum())) % count
    owned = np.where(owner == owned, (owned + 1) % count, owned)
    share = np.round(chance.choice([5, 10, 25, 33.33, 49, 50, 51, 75, 100], rows) / 2, 2)
    whole = chance.random(rows) < 0.25
    share[whole] = np.minimum(share[whole] * 2, 100)
    since = chance.integers(14000, 20000, rows).astype(np.int32)
    ended = chance.random(rows) < 0.2
    until = since + chance.integers(30, 2000, rows).astype(np.int32)
    spelled = pa.array(names(count))

    def named(nodes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
        return spelled.take(pa.array(nodes))

    return pa.table({
        "owner": named(owner),
        "owned": named(owned),
        "share": pa.array(share, mask=chance.random(rows) < 0.1),
        "since": pa.array(since).cast(pa.date32()),
        "until": pa.array(until, mask=~ended).cast(pa.date32()),
    })  # fmt: skip


def made(rows: int, kind: str) -> Path:
    """The file of the table, made once."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"ownership-{rows}-{SEED}.{kind}"
    if not path.exists():
        found = table(rows)
        if kind == "parquet":
            pq.write_table(found, path)
        else:
            pa.csv.write_csv(found, path)
    return path


def measure(path: Path) -> None:
    """Read, take as of a day, find who is listed, and go to the fixed points: seconds of each and in all."""
    start = time.perf_counter()
    cpu = time.process_time()
    read = licet.read_ownership(path)
    was_read = time.perf_counter()
    print(f"read and checked          {was_read - start:6.1f} s   {len(read):,} rows, "
          f"{len(read.keys):,} companies, {len(read.warnings)} warnings told")  # fmt: skip
    law = licet.rulebook().law(ON)
    found = study(read, law)
    end = time.perf_counter()
    print(f"listed names, fixed points {end - was_read:5.1f} s   {len(found.listed):,} names on lists, "
          f"{len(found.graph.owner):,} holdings on {ON}")  # fmt: skip
    for result in found.results:
        certain, possible = (int((r != NEVER).sum()) for r in (result.certain, result.possible))
        deepest = int(result.possible.max(initial=0))
        print(f"  {result.test.name:<9} restricted {certain:>9,}   possibly {possible - certain:>9,}   "
              f"rounds {deepest}")  # fmt: skip
    whole, peak = end - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    met = "met" if whole < AIM else "MISSED"
    used = time.process_time() - cpu
    print(f"in all {whole:.1f} s of wall time, {used:.1f} s of CPU, peak memory {peak:,.0f} MB")
    print(f"aim {AIM:g} s: {met}")


def main() -> None:
    """Make the table if need be, and measure in a fresh process."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--measure" in sys.argv:
        measure(Path(words[0]))
        return
    rows = int(words[0]) if words else 10_000_000
    for kind in ("parquet", "csv") if "--csv" in sys.argv else ("parquet",):
        path = made(rows, kind)
        print(f"{path} ({path.stat().st_size / 1e6:,.0f} MB)", flush=True)
        subprocess.run([sys.executable, __file__, "--measure", str(path)], check=True)


if __name__ == "__main__":
    main()
