"""Fuzz the readers and the rule language for as long as one likes, and keep what breaks them.

    python -m bench.fuzz --minutes 30                     all targets in turn
    python -m bench.fuzz --minutes 5 --target condition

A finding is written to tests/corpus/TARGET, told with its trace, and ends with status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import sys
import time
import traceback
from collections import Counter
from types import FrameType

from tests.fuzzing import CORPUS, TARGETS, mutated, seeds

HANGS = 20
"""Seconds after which an input counts as a hang."""


def hung(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"no answer for {HANGS} seconds")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--target", choices=[*TARGETS], action="append")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    asked = parser.parse_args()
    chance, ends = random.Random(asked.seed), time.monotonic() + asked.minutes * 60
    chosen = asked.target or [*TARGETS]
    pools = {name: seeds(name) for name in chosen}
    tried, taken, found = Counter[str](), Counter[str](), Counter[str]()
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, hung)
    told: set[str] = set()
    while time.monotonic() < ends:
        for name in chosen:
            data = mutated(chance.choice(pools[name]), chance)
            tried[name] += 1
            try:
                if hasattr(signal, "SIGALRM"):
                    signal.alarm(HANGS)
                if TARGETS[name](data):
                    taken[name] += 1
                    if len(pools[name]) < 200 and chance.random() < 0.05:
                        pools[name].append(data)  # what is taken leads further in
            except Exception as error:
                found[name] += 1
                last = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{name} {type(error).__name__} {last.filename}:{last.lineno}"
                if place in told:
                    continue
                told.add(place)
                path = CORPUS / name / hashlib.sha256(data).hexdigest()[:16]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                print(f"{path}", file=sys.stderr)
                traceback.print_exc()
            finally:
                if hasattr(signal, "SIGALRM"):
                    signal.alarm(0)
    print(f"seed {asked.seed}")
    for name in chosen:
        print(
            f"{name:<12} {tried[name]:>9,} tried {taken[name]:>9,} taken {found[name]:>5,} findings"
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
