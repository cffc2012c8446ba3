"""Fetch parts of the CFR from the eCFR's versioner interface, over https and within limits.

``GET /api/versioner/v1/titles.json`` gives the day up to which each title is current;
``GET /api/versioner/v1/full/DAY/title-15.xml?part=744`` gives one part as XML.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licet.sources.download import FetchError, Marks, download

ECFR = "https://www.ecfr.gov"
PARTS = ("738", "740", "744", "774")
_TITLE = 15
_LIMIT = 64 * 2**20  # bytes; part 744 has 2.5 million


CHECKED = "ecfr-checked.json"
"""The file, in the folder of the user's data, that says up to which day title 15 was current last time."""


@dataclass(frozen=True, slots=True)
class Current:
    """Up to which day title 15 is current, and the marks of the answer that said so."""

    day: date
    marks: Marks


def current_day(*, base: str | None = None) -> date:
    """The day up to which title 15 is current. Raises ``FetchError``."""
    return current(base=base).day


def current(*, known: Current | None = None, base: str | None = None) -> Current:
    """Up to which day title 15 is current; asked with the marks of what is ``known``, where it is.

    Raises ``FetchError``.
    """
    url = f"{base or ECFR}/api/versioner/v1/titles.json"
    answer = download(url, limit=2**20, known=known.marks if known else Marks())
    if answer.content is None and known is not None:
        return known
    content = answer.content or b""
    try:
        for title in json.loads(content)["titles"]:
            if title["number"] == _TITLE:
                return Current(date.fromisoformat(title["up_to_date_as_of"]), answer.marks)
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(url, f"is not the list of titles that was expected ({error})") from None
    raise FetchError(url, f"does not name title {_TITLE}")


def checked(path: Path) -> Current | None:
    """What is remembered of the last time; None where nothing is, or not so that it can be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        marks = Marks(said["etag"], said["modified"])
        return Current(date.fromisoformat(said["day"]), marks)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(path: Path, now: Current) -> None:
    """Remember up to which day the law was renewed; it saves work, so a disk that is full is no obstacle."""
    said = {"day": now.day.isoformat(), "etag": now.marks.etag, "modified": now.marks.modified}
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(path)


def fetch_parts(day: date, folder: Path, *, base: str | None = None) -> list[Path]:
    """The parts whose tables are renewed (``PARTS``) as of a day, as files that ``official_files.find`` knows.

    Raises ``FetchError`` for a refusal, a time out, an answer cut short or one beyond the limit.
    """
    found = []
    for part in PARTS:
        url = f"{base or ECFR}/api/versioner/v1/full/{day}/title-{_TITLE}.xml?part={part}"
        path = folder / f"title-{_TITLE}_part-{part}_{day}.xml"
        path.write_bytes(_get(url, limit=_LIMIT))
        found.append(path)
    return found


def _get(url: str, *, limit: int) -> bytes:
    content = download(url, limit=limit).content
    assert content is not None  # nothing was asked with: the answer is never "unchanged"
    return content
