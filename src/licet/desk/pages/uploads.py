"""Order books that people upload: kept in a folder of their own under a name of ours, and refused when hostile.

The name that came with a file is shown and decides its form; it is never a path. A file that would unpack to
far more than it weighs is refused before anything reads it.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from licet.desk.problems import Problem

FORMS = (".csv", ".xlsx", ".parquet", ".jsonl")
MOST_UNPACKED = 200_000_000
"""Bytes that a file may come to when it is unpacked."""
MOST_ROWS = 200_000
_RATIO = 300
_SMALL = 10_000_000  # below this, packing well is no sign of anything


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: the name that it came with, as shown, and where it lies."""

    name: str
    path: Path


def take(stream: BinaryIO, given: str, folder: Path) -> Upload:
    """Put an uploaded file into a folder. Raises ``Problem`` (413, 422) for one that is not taken."""
    name = PurePosixPath(given.replace("\\", "/")).name[:100]
    shown = "".join(c for c in name if c.isprintable()) or "the file"
    ending = PurePosixPath(shown).suffix.lower()
    if ending not in FORMS:
        raise Problem(422, f"{shown}: the ending says no order book; allowed: {' '.join(FORMS)}.")
    path = folder / f"book{ending}"
    with path.open("wb") as out:
        shutil.copyfileobj(stream, out)
    if path.stat().st_size == 0:
        raise Problem(422, f"{shown}: is empty; choose the file again.")
    if ending == ".xlsx":
        _check_zip(path, shown)
    elif ending == ".parquet":
        _check_parquet(path, shown)
    elif ending == ".csv":
        # DuckDB would unpack a file by its content; what is no text is no CSV.
        with path.open("rb") as begun:
            if b"\0" in begun.read(4096):
                raise Problem(422, f"{shown}: is no text; save it as CSV in UTF-8.")
    return Upload(shown, path)


def _check_zip(path: Path, shown: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            # What zipfile unpacks of a member is never more than the size that is told of it here.
            unpacked = sum(one.file_size for one in archive.infolist())
            members = len(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Problem(422, f"{shown}: is no Excel file; save it again as .xlsx or CSV.") from None
    packed = max(1, path.stat().st_size)
    if (
        unpacked > MOST_UNPACKED
        or members > 5000
        or (unpacked > _SMALL and unpacked / packed > _RATIO)
    ):
        raise Problem(
            413, f"{shown}: unpacks to {unpacked:,} bytes; use licet replay for books so large."
        )


def _check_parquet(path: Path, shown: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
    except (pa.ArrowException, OSError, ValueError):
        raise Problem(422, f"{shown}: is no Parquet file; write it again.") from None
    unpacked = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
    if about.num_rows > MOST_ROWS or unpacked > MOST_UNPACKED:
        raise Problem(
            413, f"{shown}: holds {about.num_rows:,} rows; use licet replay for books so large."
        )
