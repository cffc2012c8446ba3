"""What stands before every request: its size, its time, how many, from which site, and what goes out with it.

One ASGI layer around the whole app, so that no route can forget it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from licet.desk import problems
from licet.desk.metrics import Metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = (
    ("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    # Not "no-referrer": browsers would send the desk's own forms as from nowhere (Origin: null).
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
)  # fmt: skip
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one may ask: bytes of a body, seconds of a request, requests a second and in a burst."""

    body: int = 10_000_000
    seconds: float = 30.0
    rate: float = 500.0
    burst: float = 1000
    failures: int = 20
    """Keys that do not hold, of one address in a minute; then it has to wait."""


@dataclass(slots=True)
class Bucket:
    """So many requests at once, and so many a second; for each name on its own."""

    rate: float
    burst: float
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, name: str, *, cost: float = 1.0) -> float:
        """Take one; 0 where there was one, else the seconds until there is."""
        at = time.monotonic()
        left, before = self._left.get(name, (self.burst, at))
        left = min(self.burst, left + (at - before) * self.rate)
        if left < cost:
            self._left[name] = (left, at)
            return (cost - left) / self.rate
        self._left[name] = (left - cost, at)
        if len(self._left) > 10_000:  # those whose bucket is full again need not be remembered
            full = (self.burst - 1) / self.rate
            self._left = {n: (v, t) for n, (v, t) in self._left.items() if at - t < full}
        return 0.0


@dataclass(slots=True)
class Guard:
    """The layer. ``local``: only this machine may ask, and no page of another site through its browser."""

    app: App
    limits: Limits
    metrics: Metrics
    local: bool
    _bucket: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._bucket = Bucket(self.limits.rate, self.limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        out = _Out(send)
        refused = self._refused(scope)
        if refused is not None:
            await out.problem(*refused)
        else:
            await self._within_time(scope, receive, out)
        route = scope.get("route")
        name = getattr(route, "path", "other")
        self.metrics.request(scope["method"], name, out.status, time.perf_counter() - began)

    def _refused(self, scope: Scope) -> tuple[int, str, dict[str, str]] | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = urlsplit(f"//{headers.get('host', '')}").hostname or "" if _fits(headers) else ""
        if self.local and host not in _LOOPBACK:
            # A name that an attacker's server answers for, and lets point to this machine.
            return 403, "this desk answers on this machine only; ask for localhost.", {}
        origin = headers.get("origin")
        if origin is not None and scope["method"] not in ("GET", "HEAD"):
            if origin == "null" or urlsplit(origin).netloc != headers.get("host", ""):
                return 403, "the request comes from a page of another site.", {}
        elif headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in (
            "GET",
            "HEAD",
        ):
            return 403, "the request comes from a page of another site.", {}
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self.limits.body:
            return 413, _too_large(self.limits.body), {}
        client = scope.get("client")
        wait = self._bucket.take(
            _asker(headers.get("authorization", "")) or (client[0] if client else "")
        )
        if wait:
            return (
                429,
                "too many requests; wait and ask again.",
                {"retry-after": str(int(wait) + 1)},
            )
        return None

    async def _within_time(self, scope: Scope, receive: Receive, out: _Out) -> None:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limits.body:
                raise problems.Problem(413, _too_large(self.limits.body))
            return message

        task = asyncio.ensure_future(self.app(scope, counted, out.send))
        done, _ = await asyncio.wait({task}, timeout=self.limits.seconds)
        if done:
            task.result()
            return
        # A thread cannot be stopped; what it still sends goes nowhere.
        out.closed = True
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        if not out.started:
            wait = {"retry-after": "5"}
            says = f"not answered within {self.limits.seconds:.0f} seconds; ask for less at once."
            await out.problem(503, says, wait)


@dataclass(slots=True)
class _Out:
    """The way out: every answer leaves with the headers of safety, and none twice."""

    _send: Send
    status: int = 0
    started: bool = False
    closed: bool = False

    async def send(self, message: Message) -> None:
        if self.closed:
            return
        await self._forward(message)

    async def _forward(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            given = list(message.get("headers", ()))
            there = {name.lower() for name, _ in given}
            message = {**message, "headers": [*given, *_missing(there)]}
        await self._send(message)

    async def problem(self, status: int, detail: str, headers: dict[str, str]) -> None:
        said = [(name.encode(), value.encode()) for name, value in headers.items()]
        said.append((b"content-type", problems.MEDIA.encode()))
        await self._forward({"type": "http.response.start", "status": status, "headers": said})
        await self._send({"type": "http.response.body", "body": problems.body(status, detail)})


def _missing(there: set[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in HEADERS:
        if name.encode() not in there:
            yield name.encode(), value.encode()


def _fits(headers: dict[str, str]) -> bool:
    """Whether the host can be read at all; brackets that do not close make no name."""
    try:
        urlsplit(f"//{headers.get('host', '')}")
        urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    return True


def _asker(header: str) -> str:
    """Whose requests are counted together: tokens of one login begin alike, so that all of it counts."""
    return hashlib.blake2b(header.encode(), digest_size=16).hexdigest() if header else ""


def _too_large(most: int) -> str:
    return f"the body is above {most:,} bytes; send orders in several requests."
