"""Fetch parts of the CFR from the eCFR's versioner interface, over https and within limits.

``GET /api/versioner/v1/titles.json`` gives the day up to which each title is current;
``GET /api/versioner/v1/full/DAY/title-15.xml?part=744`` gives one part as XML. Nothing else of the
program uses the network.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from datetime import date
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ECFR = "https://www.ecfr.gov"
PARTS = ("738", "740", "744", "774")
_TITLE = 15
_LIMIT = 64 * 2**20  # bytes; part 744 has 2.5 million
_TIMEOUT = 30.0  # seconds without an answer
_DEADLINE = 600.0  # seconds for one file
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class FetchError(OSError):
    """An official address did not give what was asked; the message names it and the reason."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}; download the files and use --from DIR")


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


class _OnlySafe(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Follow a redirection only to an address that could have been asked itself."""
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise FetchError(url, "is not an https address")


def _get(url: str, *, limit: int) -> bytes:
    _check(url)
    request = urllib.request.Request(url, headers={"User-Agent": "licet"})
    opener = urllib.request.build_opener(_OnlySafe())
    started = time.monotonic()
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            announced = answer.headers.get("Content-Length")
            content = bytearray()
            while piece := answer.read(2**16):
                content += piece
                if len(content) > limit:
                    raise FetchError(url, f"gives more than {limit} bytes")
                if time.monotonic() - started > _DEADLINE:
                    raise FetchError(url, f"takes longer than {_DEADLINE:.0f} seconds")
    except FetchError:
        raise
    except urllib.error.HTTPError as error:
        raise FetchError(url, f"answers {error.code} {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise FetchError(url, f"cannot be reached ({error})") from None
    if announced is not None and announced.isdigit() and int(announced) != len(content):
        raise FetchError(url, f"was cut short: {len(content)} of {announced} bytes")
    return bytes(content)
