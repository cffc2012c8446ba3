"""Compile the lists of 15 CFR part 744 from official XML into canonical dated tables."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

from licet.sources import citations, ecfr, entity_list, listed_parties, tables


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
    done = {name: tables.to_csv(columns, rows) for name, (columns, rows) in found.items()}
    for name, content in done.items():
        (out_dir / name).write_bytes(content)
    return {name: len(rows) for name, (_, rows) in found.items()}
