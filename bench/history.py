"""A list's history, loaded day by day: how long the loads take, and what is answered as of each day.

    ./dev python bench/history.py

Needs the 17 dated SDN files beside the checkout. Aim: all of them in under two minutes, and then, as of each
day, just that day's entries.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import time
from pathlib import Path

from licet import lists
from licet.sources.listings import read_listings

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "ofac" / "history"
AIM = 120.0  # seconds


def main() -> None:
    """Print the figures."""
    files = sorted(FOLDER.glob("sdn_*.csv.gz"))
    if not files:
        print(f"{FOLDER}: no files; this needs the shared data beside the checkout")
        return
    with tempfile.TemporaryDirectory(prefix="licet-") as folder:
        store = lists.store(Path(folder))
        start = time.perf_counter()
        for file in files:
            store.load(file)
        took = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
        met = "met" if took < AIM else "MISSED"
        print(
            f"{len(files)} files loaded in {took:.1f} s (aim {AIM:.0f} s: {met}); store {size:.0f} MiB"
        )
        wrong = 0
        for file in files:
            day = dt.date.fromisoformat(re.findall(r"\d{4}-\d\d-\d\d", file.name)[0])
            want = {one.id for one in read_listings(file)}
            got = {one.id for one in store.listings(on=day, lists=["SDN"])}
            wrong += want != got
            print(f"  {day}: {len(got):>6} entries{'' if want == got else '   NOT as in the file'}")
        print(f"{wrong} days answered otherwise than their file")
        putin = next(one for one in store.named("PUTIN, Vladimir"))
        for event in store.history(putin.key):
            print(f"  {event.as_of}  {event.what:<8} {event.listing.name}")


if __name__ == "__main__":
    main()
