"""The official files in a folder: which is which, and the day that each speaks for.

Files are known by name, ``title-15_part-744_2026-07-23.xml`` and so on, in the folder or one below;
of several the newest day wins. The XML does not carry its own day: it stands in the name, or, for a
file compiled before, in ``origins.csv`` beside its hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licet.sources.errors import SourceError
from licet.sources.tables import render_rows

ORIGINS = "origins.csv"
ORIGIN_COLUMNS = ("source", "as_of", "sha256", "tables")

# What a file holds -> how its name looks, and what it is called in origins.csv.
PATTERNS: Mapping[str, tuple[str, str]] = {
    "part_744": (r"title-15_part-744(?:_(?P<day>[\d-]+))?\.xml", "15 CFR 744"),
    "ccl": (r"title-15_part-774(?:_supp-1_CCL)?(?:_(?P<day>[\d-]+))?\.xml", "15 CFR 774 Supp. 1"),
    "ccl_newest": (r"\w+_ccl\.json", "15 CFR 774 Supp. 1, derived"),
    "ccl_runs": (r"ccl_history_.*_runs\.jsonl\.gz", "15 CFR 774 Supp. 1 at 56 days, derived"),
    "ccl_index": (r"ccl_history_index\.json", "days of the 56 texts, derived"),
    "ccl_full": (r"ccl_parsed_(?P<day>[\d-]+)\.json\.gz", "15 CFR 774 Supp. 1 in full, derived"),
    "rules": (r"ccl_fr_documents_.*\.json", "Federal Register documents"),
    "chart": (r"title-15_part-738(?:_(?P<day>[\d-]+))?\.xml", "15 CFR 738 Supp. 1"),
    "chart_export": (r"bis_country_chart_export_(?P<day>[\d-]+)\.csv", "BIS country chart export"),
    "groups": (r"title-15_part-740(?:_(?P<day>[\d-]+))?\.xml", "15 CFR 740 Supp. 1"),
}
# What may stand in where a kind has no official file in the folder.
DERIVED: Mapping[str, tuple[str, str]] = {
    "chart": (r"\w+_country-chart\.json", "15 CFR 738 Supp. 1, derived"),
    "groups": (r"\w+_country-groups\.json", "15 CFR 740 Supp. 1, derived"),
}


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One file: what it holds, the day it speaks for ("" where that does not matter), its hash."""

    kind: str
    path: Path
    as_of: str
    sha256: str

    @property
    def source(self) -> str:
        """What it is called in ``origins.csv``."""
        return DERIVED[self.kind][1] if self.derived else PATTERNS[self.kind][1]

    @property
    def derived(self) -> bool:
        """Whether it stands in for the official file of its kind."""
        return self.kind in DERIVED and self.path.suffix == ".json"


def sources(kind: str) -> tuple[str, ...]:
    """What files of a kind are called in ``origins.csv``, the official one first."""
    return tuple(found[kind][1] for found in (PATTERNS, DERIVED) if kind in found)


def find(
    folder: Path,
    known: Sequence[Mapping[str, str]] = (),
    *,
    given: Mapping[str, Path] = {},
    kinds: Sequence[str] = tuple(PATTERNS),
) -> dict[str, OfficialFile]:
    """The newest file of each of the ``kinds``; ``given`` points to single files that win over the folder's.

    A derived file is found only where the folder has no official one of its kind (``DERIVED``).
    ``known`` are rows of an ``origins.csv``: they date a file whose name has no full day. Raises
    ``SourceError`` where the folder does not exist, where two files claim one kind and day, or where
    a file's day cannot be told.
    """
    if not folder.is_dir():
        raise SourceError(folder, None, "is not a folder; give the folder of the official files")
    paths = sorted(path for path in (*folder.iterdir(), *folder.glob("*/*")) if path.is_file())
    found: dict[str, OfficialFile] = {}
    for kind in kinds:
        pattern = PATTERNS[kind][0]
        if kind in given:
            found[kind] = _file(kind, given[kind], known)
            continue
        named = [path for path in paths if re.fullmatch(pattern, path.name)]
        if not named and kind in DERIVED:
            named = [path for path in paths if re.fullmatch(DERIVED[kind][0], path.name)]
        candidates = sorted((_file(kind, path, known) for path in named), key=lambda f: f.as_of)
        if len(candidates) > 1 and candidates[-1].as_of == candidates[-2].as_of:
            both = f"{candidates[-2].path.name} speaks for the same day ({candidates[-1].as_of})"
            raise SourceError(candidates[-1].path, None, f"and {both}; keep one of them")
        if candidates:
            found[kind] = candidates[-1]
    return found


def _file(kind: str, path: Path, known: Sequence[Mapping[str, str]]) -> OfficialFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    return OfficialFile(kind, path, _day(kind, path, content, digest, known), digest)


def _day(
    kind: str, path: Path, content: bytes, digest: str, known: Sequence[Mapping[str, str]]
) -> str:
    if path.suffix == ".json" and kind in ("ccl_newest", "chart", "groups"):
        try:
            return date.fromisoformat(str(json.loads(content)["ecfrIssueDate"])).isoformat()
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(path, None, f"has no day of issue (ecfrIssueDate): {error}") from None
    if kind in ("ccl_runs", "ccl_index", "rules"):
        return ""
    printed = re.search(r"\d{4}-\d{2}(?:-\d{2})?(?=\D*$)", path.name)
    try:
        return date.fromisoformat(printed[0] if printed else "").isoformat()
    except ValueError:
        before = [row["as_of"] for row in known if row["sha256"] == digest]
        if before:
            return before[0]
        raise SourceError(
            path,
            None,
            "does not tell the day it speaks for; name it like title-15_part-744_YYYY-MM-DD.xml",
        ) from None


def origins(tables: Mapping[str, Iterable[str]], found: Mapping[str, OfficialFile]) -> str:
    """``origins.csv``: a line for each file with its day, hash and the tables made from it.

    ``tables`` gives the kinds of files that each table is made from.
    """
    return render_rows(
        ORIGIN_COLUMNS,
        (
            {
                "source": file.source,
                "as_of": file.as_of,
                "sha256": file.sha256,
                "tables": "|".join(name for name, kinds in tables.items() if file.kind in kinds),
            }
            for file in found.values()
        ),
    )
