"""Orders whose answer the law gives, each with its source, through the real command in one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "cases"
CASES, RUNNER = SHARED / "determination.jsonl", SHARED / "run_cases"

# Entity List and Huawei, announcements, the Temporary General License, standards work, licenses;
# de minimis, direct product rules, published information; import and procurement.
KINDS = "EL,ANN,TGL,PUB,STD,DM,FDP,LIC,IMP"


def test_orders_whose_answer_the_law_gives() -> None:
    if not CASES.is_file():
        pytest.skip(f"the determination cases are not beside this checkout ({CASES})")
    command = f"{sys.executable} -m licet check --format jsonl -"
    run = subprocess.run(
        [sys.executable, str(RUNNER), str(CASES), "--only", KINDS, "--cmd", command],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.rstrip().endswith(" 0 failed")
