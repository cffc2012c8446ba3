"""Fetch parts of the CFR from the eCFR's versioner interface, over https and within limits.

``GET /api/versioner/v1/titles.json`` gives the day up to which each title is current;
``GET /api/versioner/v1/full/DAY/title-15.xml?part=744`` gives one part as XML.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from licet.sources.download import FetchError, download

ECFR = "https://www.ecfr.gov"
PARTS = ("738", "740", "744", "774")
_TITLE = 15
_LIMIT = 64 * 2**20  # bytes; part 744 has 2.5 million


def current_day(*, base: str = ECFR) -> date:
    """The day up to which title 15 is current. Raises ``FetchError``."""
    url = f"{base}/api/versioner/v1/titles.json"
    content = _get(url, limit=2**20)
    try:
        for title in json.loads(content)["titles"]:
            if title["number"] == _TITLE:
                return date.fromisoformat(title["up_to_date_as_of"])
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(url, f"is not the list of titles that was expected ({error})") from None
    raise FetchError(url, f"does not name title {_TITLE}")


def fetch_parts(day: date, folder: Path, *, base: str = ECFR) -> list[Path]:
    """The parts whose tables are renewed (``PARTS``) as of a day, as files that ``official_files.find`` knows.

    Raises ``FetchError`` for a refusal, a time out, an answer cut short or one beyond the limit.
    """
    found = []
    for part in PARTS:
        url = f"{base}/api/versioner/v1/full/{day}/title-{_TITLE}.xml?part={part}"
        path = folder / f"title-{_TITLE}_part-{part}_{day}.xml"
        path.write_bytes(_get(url, limit=_LIMIT))
        found.append(path)
    return found


def _get(url: str, *, limit: int) -> bytes:
    content = download(url, limit=limit).content
    assert content is not None  # nothing was asked with: the answer is never "unchanged"
    return content
