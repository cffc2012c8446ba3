"""How fast screening is: beside nomenklatura, as lists and queries grow, and what the index may lose.

    ./dev python bench/screen.py [--queries N] [--large N ...] [--peer PYTHON]

Needs the screening benchmark beside the checkout (../shared/screening). Each run is a process of its own, with
wall and processor time (all its processes), the load of the machine and the memory of the largest process.
``--peer`` is the python of an environment with nomenklatura (it needs PyICU, which has to be compiled, so no
dependency of Licet); without it the peer's figures are those stated in baselines.json, from another hour.
``--large`` makes lists of so many listings; 1000000 takes 400 MB, 1 GB of index and several minutes.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCREENING = Path(__file__).parents[1].parent / "shared" / "screening"
LISTS = ("UN_consolidated.xml", "sdn.csv", "alt.csv", "add.csv")

PEER = """
import csv, sys, time
from followthemoney import model
from nomenklatura.matching import LogicV2
from nomenklatura.matching.types import ScoringConfig
names = [row["name"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))][: int(sys.argv[2])]
listed = [row["listed_name"] for row in csv.DictReader(open(sys.argv[3], encoding="utf-8"))]
def entity(number, name):
    proxy = model.make_entity("LegalEntity")
    proxy.id = str(number)
    proxy.add("name", name)
    return proxy
config = ScoringConfig.defaults()
asked = [entity(n, name) for n, name in enumerate(names)]
there = [entity(n, name) for n, name in enumerate(listed)]
pairs = [(a, there[n % len(there)]) for n, a in enumerate(asked)]
for a, b in pairs[:100]:
    LogicV2.compare(a, b, config)
started = time.process_time()
for a, b in pairs:
    LogicV2.compare(a, b, config)
print(len(pairs), time.process_time() - started)
"""
"""Names of the throughput track against listed names: the peer's scorer alone, without its search."""


def run(command: Sequence[str], *, into: Path | None = None) -> tuple[str, float, float]:
    """What a process writes, its wall and processor seconds, with those of its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    stdin = into.open("rb") if into else subprocess.DEVNULL
    done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, wall, used


def as_lines(table: Path, folder: Path, most: int) -> Path:
    """The first queries of a CSV as JSON lines."""
    out = folder / f"{table.stem}-{most}.jsonl"
    with table.open(encoding="utf-8", newline="") as rows, out.open("w", encoding="utf-8") as lines:
        for at, row in enumerate(csv.DictReader(rows)):
            if at == most:
                break
            lines.write(json.dumps({key: value for key, value in row.items() if value}) + "\n")
    return out


def end_to_end(lists: Path, table: Path, folder: Path, most: int) -> tuple[float, float]:
    """Print the speed of the command line on queries; wall and processor microseconds a query."""
    licet = str(Path(sys.executable).parent / "licet")
    command = [licet, "screen", "--lists", str(lists), "--format", "jsonl", "-"]
    _, start, _ = run(command, into=as_lines(table, folder, 1))
    lines = as_lines(table, folder, most)
    out, wall, used = run(command, into=lines)
    answers = [json.loads(line) for line in out.splitlines()]
    hit = sum(bool(one.get("candidates")) for one in answers)
    print(
        f"  {len(answers):>9,} queries: {wall:.1f} s wall, {used:.1f} s of processors; "
        f"{len(answers) / wall:,.0f} a second, {used / len(answers) * 1e6:.0f} us of processor each; "
        f"one alone {start:.2f} s; {hit:,} not clear; load {os.getloadavg()[0]:.1f}"
    )
    return wall / len(answers) * 1e6, used / len(answers) * 1e6


def one_by_one(lists: Path, table: Path, *, count: int = 300) -> None:
    """Print how long an index takes to be made and opened, and one name in process."""
    code = r"""
import csv, json, re, resource, sys, time
from pathlib import Path
from licet import screen_lists
def memory():
    # ru_maxrss of a process that was forked counts its parent's; Linux says in status what its own was.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from licet.parties.screening import Query
wall, used = time.perf_counter(), time.process_time()
lists = screen_lists.of_files(Path(sys.argv[1]))
opened = time.perf_counter() - wall, time.process_time() - used
with open(sys.argv[2], encoding="utf-8", newline="") as rows:
    queries = [Query(name=row["name"], country=row["country"]) for row in csv.DictReader(rows)]
times = []
for query in queries[: int(sys.argv[3]) + 100]:
    wall, used = time.perf_counter(), time.process_time()
    lists.screener.screen([query])
    times.append((time.perf_counter() - wall, time.process_time() - used))
size = lists.screener.index.size
print(json.dumps([opened, times[100:], size, len(lists.screener.index),
                  memory()]))
"""
    for label in ("made anew and opened, or opened", "opened again"):
        out, _, _ = run([sys.executable, "-c", code, str(lists), str(table), str(count)])
        (wall, used), times, size, listings, memory = json.loads(out)
        walls, useds = (sorted(column) for column in zip(*times, strict=True))
        print(
            f"  index {label}: {wall:.2f} s wall, {used:.2f} s of processor; {size / listings:,.0f} bytes a "
            f"listing of {listings:,}; {memory // 1024:,} MB at most\n"
            f"    one name: p50 {1e3 * statistics.median(walls):.2f} ms wall, "
            f"{1e3 * statistics.median(useds):.2f} of processor; p90 "
            f"{1e3 * useds[len(useds) * 9 // 10]:.2f} of processor"
        )


def nothing_lost(table: Path, *, listings: int = 400, asked: int = 150) -> None:
    """Compare the index with its exhaustive form: each part of a name against every word."""
    from licet.parties.asking import Query, ways
    from licet.parties.candidates import (
        SCRIPTS,
        Asked,
        Like,
        Matrices,
        by_keys,
        candidates,
        likeness,
    )
    from licet.parties.index import build
    from licet.parties.screening import THRESHOLD
    from licet.sources.listings import read_listings

    rng = random.Random(5)
    every = list(read_listings(SCREENING / "lists" / "UN_consolidated.xml"))
    index = build(rng.sample(every, listings))
    matrices = Matrices(index)
    spelled = [index.words[number].decode() for number in range(len(index.words))]
    groups = index.arrays["word_class"].tolist()
    scripts = [SCRIPTS[bits] for bits in index.arrays["word_scripts"].tolist()]

    def most(part: Any, at: int, person: bool) -> float:
        return max(
            likeness(part, spelled[at], groups[at], one, person=person) for one in scripts[at]
        )

    def exhaustive(features: Any) -> list[list[Like]]:
        return [
            [
                (at, value, most(part, at, False))
                for at in range(len(spelled))
                if (value := most(part, at, True))
            ]
            for part in features
        ]

    with table.open(encoding="utf-8", newline="") as rows:
        names = [row["name"] for row in csv.DictReader(rows)][:asked]
    names += [name.text for one in rng.sample(every, asked) for name in one.names[:1]]
    asked_for: list[Asked] = [way for name in names for way in ways(Query(name=name))]
    found = [
        candidates(asked_for, index, matrices, least=THRESHOLD - 0.04, finder=finder)
        for finder in (by_keys(index), exhaustive)
    ]
    by_index, by_all = (
        set(zip(one.asked.tolist(), one.name.tolist(), strict=True)) for one in found
    )
    print(
        f"Nothing lost: {len(names)} names against {listings} UN entries: {len(by_all):,} candidates when "
        f"compared with all {len(spelled):,} words; the index gives {len(by_index & by_all):,} of these and "
        f"{len(by_index - by_all)} others."
    )


def peer(python: str | None, queries: Path, planted: Path) -> None:
    """Print the peer's speed, measured here or as stated."""
    stated = json.loads((SCREENING / "baselines.json").read_text(encoding="utf-8"))
    text = json.dumps(stated)
    print(
        f"The peer as stated ({len(text):,} bytes of baselines.json, BASELINES.md): logic-v2, one process, 39.9"
    )
    print(
        "  queries a second end to end, 47.7 without the start of 20.5 s; 18.5 on 100,000 generated listings."
    )
    if not python:
        print("  Not measured here: give --peer the python of an environment with nomenklatura.")
        return
    try:
        out, _, _ = run([python, "-c", PEER, str(queries), "3000", str(planted)])
    except subprocess.CalledProcessError as error:
        print(f"  Could not be measured here: {error.stderr.strip().splitlines()[-1]}")
        return
    count, seconds = out.split()
    print(
        f"  Measured here: its scorer alone, {int(count) / float(seconds):,.0f} pairs of names a second of "
        "processor; it scores 75 of them for a query."
    )


def main() -> None:
    """Print all figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--queries", type=int, default=100_000)
    options.add_argument("--large", type=int, nargs="*", default=[10_000, 100_000])
    options.add_argument("--peer")
    chosen = options.parse_args()
    if not SCREENING.is_dir():
        sys.exit(f"bench/screen.py: {SCREENING} is not there; it holds the lists and the queries.")
    table, planted = (SCREENING / "throughput" / f"{name}.csv" for name in ("queries", "planted"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LICET_CACHE"] = str(folder / "cache")
        lists = folder / "lists"
        lists.mkdir()
        for file in LISTS:
            (lists / file).symlink_to(SCREENING / "lists" / file)
        print("UN and SDN lists")
        one_by_one(lists, table)
        for count in (chosen.queries // 10, chosen.queries):
            wall, _ = end_to_end(lists, table, folder, count)
        print(f"  so 25,000 us each of the peer as stated is {25_000 / wall:,.0f} times as much.")
        peer(chosen.peer, table, planted)
        nothing_lost(table)
        for size in chosen.large:
            made, asked = folder / f"large-{size}", folder / f"asked-{size}.csv"
            made.mkdir()
            command = [
                sys.executable, str(SCREENING / "make_large_list.py"), str(size), "--out",
                str(made / "synthetic.ftm.json"), "--queries", "10000", "--hits", "0.05",
                "--queries-out", str(asked), "--truth-out", str(folder / "truth.csv"),
            ]  # fmt: skip
            run(command)
            print(f"Generated list of {size:,}")
            one_by_one(made, asked)
            end_to_end(made, asked, folder, 10_000)


if __name__ == "__main__":
    main()
