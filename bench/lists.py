"""How fast: reading official lists, streaming FollowTheMoney, and loading copies into the store.

    ./dev python bench/lists.py [LARGE.ftm.json]

Processor time of this process. Aims: the UN and SDN Lists (about 15,000 entries) and the Consolidated Screening
List (26,000 rows) well under a second each, ten microseconds a line of FollowTheMoney, seventeen copies of the
SDN List within two minutes. Official files are read where they are beside the checkout.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from licet import lists
from licet.sources.listings import iter_listings, read_listings

SHARED = Path(__file__).parents[1].parent / "shared"
OFAC = ("sdn.csv", "alt.csv", "add.csv")
ROUNDS = 5


def best(what: Callable[[], int]) -> tuple[int, float]:
    """What it counts, and the least seconds of several rounds."""
    times, count = [], 0
    for _ in range(ROUNDS):
        started = time.process_time()
        count = what()
        times.append(time.process_time() - started)
    return count, min(times)


def main() -> None:
    """Print one line for each measurement."""
    folder = SHARED / "screening" / "lists"
    if folder.is_dir():
        with tempfile.TemporaryDirectory() as name:
            together = Path(name)
            for file in (*OFAC, "UN_consolidated.xml"):
                (together / file).symlink_to(folder / file)
            for label, path in (
                ("UN and SDN with aliases and addresses", together),
                ("Consolidated Screening List, CSV", folder / "csl_consolidated.csv"),
                ("15 CFR part 744", folder / "title-15_part-744_2026-07-23.xml"),
            ):
                count, seconds = best(lambda path=path: len(read_listings(path)))  # type: ignore[misc]
                print(f"{label}: {count} listings in {seconds:.2f} s")
    if len(sys.argv) > 1:
        started = time.process_time()
        count = sum(1 for _ in iter_listings(Path(sys.argv[1])))
        seconds = time.process_time() - started
        print(
            f"FollowTheMoney: {count} lines in {seconds:.1f} s, {seconds / count * 1e6:.1f} us each"
        )
    history = sorted((SHARED / "data" / "ofac" / "history").glob("sdn_*.csv.gz"))
    if history:
        with tempfile.TemporaryDirectory() as name:
            store = lists.store(Path(name))
            started = time.process_time()
            for path in history:
                store.load(path)
            seconds = time.process_time() - started
            size = (store.folder / "lists.sqlite").stat().st_size / 1e6
            print(
                f"{len(history)} copies of the SDN List loaded in {seconds:.1f} s, {size:.0f} MB kept"
            )
            last = dt.date.fromisoformat(history[-1].name[4:14])
            count, seconds = best(lambda: len(store.listings(on=last, lists=["SDN"])))
            print(f"the listings of a day from the store: {count} in {seconds:.2f} s")


if __name__ == "__main__":
    main()
