"""``python -m licet.desk.replay_work FOLDER``: one replay in a process of its own, for the desk.

The folder holds ``terms.json`` and the order book; ``summary.json`` and ``verdicts.parquet`` are written into
it, and a line of JSON on standard output tells how far it is. Apart, so that a book that takes all the memory
takes it from nobody else, and so that the desk can end it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import licet

MOST_ROWS = 1_000_000
MOST_BYTES = 500_000_000
"""Of a book when it is unpacked; a small file may hold very much."""


class TooLarge(ValueError):  # noqa: N818 -- it says what is the matter
    """A book that is small as a file and large in memory."""


def main(folder: Path) -> None:
    """Do it; what is wrong with the book is the only line on standard error, and the status is 2."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    terms = json.loads((folder / "terms.json").read_bytes())
    book = folder / terms["book"]
    try:
        measured(book)
        summary = _replayed(book, folder, terms)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        said = str(error).replace(str(book), terms["name"]).replace(str(folder), "")
        print(said[:2000], file=sys.stderr)
        sys.exit(2)
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def measured(book: Path) -> None:
    """Raise ``TooLarge`` for a book that is larger inside than it may be."""
    if book.suffix == ".xlsx" and zipfile.is_zipfile(book):
        with zipfile.ZipFile(book) as packed:
            whole = sum(one.file_size for one in packed.infolist())
        if whole > MOST_BYTES:
            raise TooLarge(f"{book.name}: {whole:,} bytes unpacked; at most {MOST_BYTES:,}.")
    if book.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            said = pq.read_metadata(book)
        except pa.ArrowException as error:
            raise ValueError(f"{book.name}: is no Parquet file: {error}") from None
        size = sum(said.row_group(at).total_byte_size for at in range(said.num_row_groups))
        if said.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise TooLarge(
                f"{book.name}: {said.num_rows:,} rows, {size:,} bytes unpacked; at most {MOST_ROWS:,} rows "
                f"and {MOST_BYTES:,} bytes."
            )


def _replayed(book: Path, folder: Path, terms: dict[str, Any]) -> dict[str, Any]:
    from licet.replay_output import write_verdicts
    from licet.replaying import replay

    days = [dt.date.fromisoformat(day) for day in terms["on"]]
    known = terms["known"] and dt.date.fromisoformat(terms["known"])
    found = replay(
        book, on=days, known=known, assume=terms["assume"], memory="1GB", progress=_Told()
    )
    try:
        write_verdicts(found, folder / "verdicts.parquet")
        return {
            "rows": found.book.count, "distinct": found.distinct, "law": found.rulebook.id,
            "as_of": found.rulebook.as_of.isoformat(), "engine": licet.__version__,
            "outcomes": {day.isoformat(): dict(counts) for day, counts in found.outcomes.items()},
            "flips": [
                {"since": one.since.isoformat(), "day": one.day.isoformat(), "before": one.before,
                 "after": one.after, "instruments": list(one.instruments), "lines": one.lines}
                for one in found.flips
            ],
            "bad": [{"row": one.row, "id": one.id, "reason": one.reason} for one in found.bad[:1000]],
            "bad_rows": len(found.bad),
        }  # fmt: skip
    finally:
        found.close()


class _Told:
    """Tells how far it is, once a second."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, step: str, done: int, whole: int) -> None:
        if time.monotonic() - self._said > 1 or done == whole:
            self._said = time.monotonic()
            print(json.dumps({"step": step, "done": done, "whole": whole}), flush=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
