"""Official texts beside the checkout, and the packaged tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
CCL = DATA / "ecfr" / "title-15_part-774_supp-1_CCL_2026-06.xml"
TABLES = Path(__file__).parents[2] / "src" / "licet" / "rulebook" / "tables"

needs_official = pytest.mark.skipif(
    not CCL.exists(), reason="official texts are not beside this checkout (../shared/data)"
)


def rows(table: str, *, on: str = "") -> list[dict[str, str]]:
    """Rows of a packaged table, those in force on an ISO day if one is given."""
    with (TABLES / table).open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    if not on:
        return found
    return [
        row
        for row in found
        if row["valid_from"] <= on and (not row["valid_until"] or on < row["valid_until"])
    ]
