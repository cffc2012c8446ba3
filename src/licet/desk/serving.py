"""``licet serve``: the app on uvicorn, on loopback without keys, anywhere else with them."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from licet.desk.api import make_app
from licet.desk.counter import Counter
from licet.desk.limits import Limits
from licet.desk.metrics import Metrics
from licet.desk.store import open_store
from licet.desk.workers import Job, run, share

if TYPE_CHECKING:
    from licet.desk.oidc import Tokens


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("::1")
    (True, True, False, True)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    database: str | Path,
    host: str,
    port: int,
    *,
    keys: bool,
    limits: Limits | None = None,
    workers: int = 1,
    hooks_to: Collection[str] = (),
    login: Path | None = None,
) -> None:
    """Serve until stopped. ``keys``: ask for keys, which any address but loopback does anyway.

    ``hooks_to``: see ``make_app``. ``login`` is the file of an OpenID Connect provider.
    Port 0 takes a free one; the address is printed when it listens. ``workers`` is how many processes serve.
    Raises ``OSError`` where the address cannot be had, ``StoreError`` where the database cannot be opened.
    """
    local = is_loopback(host) and not keys
    store = open_store(database)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay only on sockets that say that they are TCP.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
        shown = f"[{host}]" if ":" in host else host
        asks = "no key is asked for" if local else "a key is asked for"
        print(f"Licet listens on http://{shown}:{listening.getsockname()[1]} ({asks})", flush=True)
        if workers == 1:
            _serve(
                listening,
                make_app(
                    Counter(store),
                    local=local,
                    limits=limits,
                    hooks_to=hooks_to,
                    tokens=_tokens(login),
                ),
            )
            return
        store.close()
        part = share(limits or Limits(), workers)
        run(
            listening,
            Job(str(database), local, part, tuple(hooks_to), login, ""),
            workers,
            work=work,
        )


def work(listening: socket.socket, job: Job) -> None:
    """What one of several processes does."""
    metrics = Metrics(shared=Path(job.numbers))
    counter = Counter(open_store(job.database))
    _serve(
        listening,
        make_app(
            counter,
            local=job.local,
            limits=job.limits,
            metrics=metrics,
            hooks_to=job.hooks_to,
            tokens=_tokens(job.login),
        ),
    )


def _tokens(login: Path | None) -> Tokens | None:
    if login is None:
        return None
    from licet.desk.oidc import Tokens, read_provider

    return Tokens(read_provider(login))


def _serve(listening: socket.socket, app: FastAPI) -> None:
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=True,
        timeout_keep_alive=30, h11_max_incomplete_event_size=64_000,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
