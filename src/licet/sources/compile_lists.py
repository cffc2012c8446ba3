"""Compile the lists of 15 CFR part 744 from official XML into canonical dated tables."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

from lxml import etree

from licet.sources import citations, ecfr, entity_list, listed_parties, sections
from licet.sources.citations import Effect
from licet.sources.tables import render_rows

STAY_COLUMNS = (
    "section", "paragraph", "part", "citation", "valid_from", "valid_until", "published", "source",
)  # fmt: skip


def compile_lists(path: Path, as_of: date) -> dict[str, str]:
    """The content of every list table by file name, from part 744 as of a day; nothing is written.

    The same file and day give the same text. Raises ``SourceError`` with file, line and reason when
    anything is not understood.
    """
    root = ecfr.read(path)
    known = citations.effects(Path(str(files("licet") / "rulebook/tables/effective_dates.csv")))
    entries = entity_list.read(root, path)
    listed = {
        "UVL": listed_parties.rows(root, "UVL", known, as_of, path),
        "MEU": listed_parties.rows(root, "MEU", known, as_of, path),
    }
    return {
        "entity_list.csv": render_rows(
            entity_list.COLUMNS, entity_list.rows(entries, known, as_of, path)
        ),
        "unverified_list.csv": render_rows(listed_parties.COLUMNS, listed["UVL"]),
        "military_end_user_list.csv": render_rows(listed_parties.COLUMNS, listed["MEU"]),
        "stays.csv": render_rows(STAY_COLUMNS, _stay_rows(root, known, as_of, path)),
    }


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
