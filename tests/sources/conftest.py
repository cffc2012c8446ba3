"""Official files for the tests of the readers; absent on a machine without the shared folder."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"


def official(name: str) -> Path:
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"needs the official file shared/data/{name}, which is not on this machine")
    return path


@pytest.fixture(scope="session")
def part_744() -> Path:
    """15 CFR part 744 as of 2026-07-23."""
    return official("ecfr/title-15_part-744_2026-07-23.xml")


@pytest.fixture(scope="session")
def part_744_in_march() -> Path:
    """15 CFR part 744 as of 2026-03-25: the same law in older markup."""
    return official("ecfr/title-15_part-744_2026-03-25.xml")


@pytest.fixture(scope="session")
def screening_list() -> Path:
    """The Consolidated Screening List of 2026-07-31, derived: an oracle for names."""
    return official("derived/seelpeed_screening-list.json")
