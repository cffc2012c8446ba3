"""One official file over https, within limits: whole, from the publisher's own hosts, only if it changed.

An answer that is cut short, too large, too slow, or comes from a host that the publisher has not, is an error;
nothing is tried again here, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import time
import urllib.error
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

TIMEOUT = 30.0  # seconds without an answer
DEADLINE = 600.0  # seconds for one file
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class FetchError(OSError):
    """An official address did not give what was asked; the message names it and the reason."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}; download the files and use --from DIR")
        self.url, self.reason = url, reason


@dataclass(frozen=True, slots=True)
class Marks:
    """What a server said of a file, to be asked with the next time (RFC 9110, sections 8.8 and 13.1)."""

    etag: str | None = None
    modified: str | None = None
    """The header Last-Modified as it came."""

    @property
    def day(self) -> dt.date | None:
        """The day of ``modified`` in UTC; None where the server did not say, or not so that it can be read."""
        if self.modified is None:
            return None
        try:
            when = email.utils.parsedate_to_datetime(self.modified)
        except ValueError:
            return None
        return when.astimezone(dt.UTC).date()


@dataclass(frozen=True, slots=True)
class Answer:
    """A file as it came, with the server's marks; ``content`` None: unchanged since the marks asked with."""

    content: bytes | None
    marks: Marks


def download(
    url: str,
    *,
    limit: int,
    hosts: Collection[str] = (),
    known: Marks = Marks(),
) -> Answer:
    """The file at an address, if it is another than the one with the ``known`` marks.

    ``limit`` is in bytes. A redirection is followed to the address's own host and to ``hosts`` ("example.org"
    stands for its subdomains as well), by https only; on loopback also by http.

    Raises ``FetchError`` for a refusal, a time out, an answer cut short, beyond the limit or from elsewhere.
    """
    _check(url)
    allowed = (urlsplit(url).hostname or "", *hosts)
    request = urllib.request.Request(url, headers={"User-Agent": "licet"})
    if known.etag:
        request.add_header("If-None-Match", known.etag)
    if known.modified:
        request.add_header("If-Modified-Since", known.modified)
    opener = urllib.request.build_opener(_OnlySafe(url, allowed))
    started = time.monotonic()
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            announced = answer.headers.get("Content-Length")
            marks = Marks(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
            content = bytearray()
            while piece := answer.read(2**16):
                content += piece
                if len(content) > limit:
                    raise FetchError(url, f"gives more than {limit} bytes")
                if time.monotonic() - started > DEADLINE:
                    raise FetchError(url, f"takes longer than {DEADLINE:.0f} seconds")
    except FetchError:
        raise
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 304:
                return Answer(None, known)
            raise FetchError(url, f"answers {error.code} {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise FetchError(url, f"cannot be reached ({error})") from None
    if announced is not None and announced.isdigit() and int(announced) != len(content):
        raise FetchError(url, f"was cut short: {len(content)} of {announced} bytes")
    if not content:
        raise FetchError(url, "gives an empty file")
    return Answer(bytes(content), marks)


class _OnlySafe(urllib.request.HTTPRedirectHandler):
    def __init__(self, url: str, allowed: Collection[str]) -> None:
        self._url, self._allowed = url, allowed

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
        host = urlsplit(newurl).hostname or ""
        if not any(host == one or host.endswith(f".{one}") for one in self._allowed):
            raise FetchError(
                self._url,
                f"sends on to another host, {host}, which is not followed; if it is the publisher's, add it to "
                "hosts in a file of addresses and name that with --publishers FILE",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise FetchError(url, "is not an https address")
