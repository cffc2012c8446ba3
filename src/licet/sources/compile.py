"""Compile the lists of 15 CFR part 744 from official XML into canonical dated tables."""

from __future__ import annotations

import hashlib
from datetime import date
from importlib.resources import files
from pathlib import Path

from lxml import etree

from licet.sources import citations, ecfr, entity_list, listed_parties, sections, tables
from licet.sources.citations import Effect

ORIGIN_COLUMNS = ("table", "rows", "source", "as_of", "sha256")
STAY_COLUMNS = (
    "section", "paragraph", "part", "citation", "valid_from", "valid_until", "published", "source",
)  # fmt: skip


def compile_lists(path: Path, as_of: date, out_dir: Path) -> dict[str, int]:
    """Write the list tables compiled from part 744 as of a day; row counts by file name.

    All tables are read and checked before the first is written. The same file and day give the
    same bytes. Raises ``SourceError`` and writes nothing when anything is not understood.
    """
    root = ecfr.read(path)
    known = citations.effects(Path(str(files("licet") / "rulebook/tables/effective_dates.csv")))
    entries = entity_list.read(root, path)
    found = {
        "entity_list.csv": (entity_list.COLUMNS, entity_list.rows(entries, known, as_of, path)),
        "unverified_list.csv": (
            listed_parties.COLUMNS,
            listed_parties.rows(root, "UVL", known, as_of, path),
        ),
        "military_end_user_list.csv": (
            listed_parties.COLUMNS,
            listed_parties.rows(root, "MEU", known, as_of, path),
        ),
    }
    found["stays.csv"] = (STAY_COLUMNS, _stay_rows(root, known, as_of, path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made_from = {"source": "15 CFR 744", "as_of": as_of.isoformat(), "sha256": digest}
    origin = [
        {"table": name, "rows": str(len(rows)), **made_from} for name, (_, rows) in found.items()
    ]
    found["lists_origin.csv"] = (ORIGIN_COLUMNS, sorted(origin, key=lambda row: row["table"]))
    done = {name: tables.to_csv(columns, rows) for name, (columns, rows) in found.items()}
    for name, content in done.items():
        (out_dir / name).write_bytes(content)
    return {name: len(rows) for name, (_, rows) in found.items()}


def _stay_rows(
    root: etree._Element, known: tuple[Effect, ...], as_of: date, path: Path
) -> list[dict[str, str]]:
    """Words printed but without effect, as dated rows; ``valid_until`` is when they bind again."""
    rows = []
    for stay in sections.stays(root, path):
        start = citations.effective(stay.citation, known) or stay.citation.published
        rows.append(
            {
                "section": stay.section,
                "paragraph": stay.paragraph,
                "part": stay.part,
                "citation": str(stay.citation),
                "valid_from": start.isoformat(),
                "valid_until": stay.until.isoformat(),
                "published": stay.citation.published.isoformat(),
                "source": f"15 CFR 744, {as_of.isoformat()}",
            }
        )
    return sorted(rows, key=lambda row: (row["section"], row["paragraph"], row["part"]))
