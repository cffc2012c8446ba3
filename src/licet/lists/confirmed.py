"""What each publisher last said, beside the store: what is unchanged is not fetched, and known as fresh."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.sources.download import Marks

CHECKED = "checked.json"
"""The file beside the store that says of each publisher what was last asked and answered."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is remembered of a publisher: the address, its marks, and when it was last seen to be in order.

    ``at`` is in UTC, ISO 8601; ``sha256`` is that of the file that was loaded; ``lists`` the day of each list
    that it held, by code.
    """

    url: str
    etag: str | None
    modified: str | None
    sha256: str
    at: str
    lists: Mapping[str, str] = field(default_factory=dict)


def checked(folder: Path) -> Mapping[str, Checked]:
    """What is remembered of each publisher; nothing where the file is missing or cannot be read.

    It only saves work: what is not remembered is fetched again.
    """
    try:
        content = json.loads((folder / CHECKED).read_text(encoding="utf-8"))
        return {code: Checked(**row) for code, row in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def confirmed(
    folder: Path, *, known: dt.date | None = None
) -> Mapping[tuple[str, dt.date], dt.date]:
    """By list and day of its copy, the last day on which its publisher was seen to have no newer one.

    That day is no later than ``known``, where it is given: what was confirmed later was not known then.
    """
    try:
        state = (folder / CHECKED).stat()
    except OSError:
        return {}
    return _confirmed(folder, known, (state.st_mtime_ns, state.st_size))


@functools.lru_cache(maxsize=32)
def _confirmed(
    folder: Path, known: dt.date | None, stamp: object
) -> Mapping[tuple[str, dt.date], dt.date]:
    found: dict[tuple[str, dt.date], dt.date] = {}
    for one in checked(folder).values():
        try:
            seen = dt.datetime.fromisoformat(one.at).date()
            days = {code: dt.date.fromisoformat(day) for code, day in one.lists.items()}
        except (ValueError, TypeError, AttributeError):
            continue  # nothing is confirmed by a row that cannot be read
        if known is None or seen <= known:
            for key in days.items():
                found[key] = max(seen, found.get(key, seen))
    return found


def remember(
    folder: Path, code: str, url: str, marks: Marks, sha256: str, lists: Mapping[str, str]
) -> None:
    """Remember that a publisher was asked now and gave, or still gives, a file with these marks and lists."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    every = {**checked(folder), code: Checked(url, marks.etag, marks.modified, sha256, now, lists)}
    handle, name = tempfile.mkstemp(prefix=".checked-", dir=folder)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({code: asdict(row) for code, row in every.items()}, stream, indent=1)
        beside.replace(folder / CHECKED)
    finally:
        beside.unlink(missing_ok=True)
