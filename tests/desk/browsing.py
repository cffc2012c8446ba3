"""A desk on a real port and a real browser before it, for tests of the pages."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from licet.desk.api import make_app
from licet.desk.counter import Counter, Loaded
from licet.desk.store import Store, open_store

from . import clients

PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "desk"
DRAW = bool(os.environ.get("LICET_PICTURES"))
"""Whether the pictures of the documentation are drawn anew: LICET_PICTURES=1 ./dev test tests/desk."""


def chromium() -> str:
    """The browser's program; skips where there is none."""
    pytest.importorskip("playwright")
    for name in ("chromium", "chromium-browser"):
        if found := shutil.which(name):
            return found
    pytest.skip("no chromium here: apt-get install chromium")


@contextmanager
def desk_on_a_port(
    database: Path, loaded: Loaded, *, local: bool = True
) -> Iterator[tuple[str, Store]]:
    """The address of a desk that is ready, and its database."""
    counter = Counter(open_store(database))
    app: FastAPI = make_app(
        counter, local=local, limits=clients.GENEROUS, load=lambda mark: None if mark else loaded
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        config = uvicorn.Config(
            app, log_level="warning", lifespan="on", timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
        thread.start()
        for _ in range(600):
            if server.started and not counter.problem:
                break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", counter.store
        server.should_exit = True
        thread.join(timeout=10)


class Watch:
    """What a page said to its console: nothing may go wrong there."""

    def __init__(self, page: Any) -> None:
        self.said: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda one: self.said.append(str(one)))
        page.on("request", lambda one: self._inside(one.url))

    def _console(self, one: Any) -> None:
        if one.type in ("error", "warning"):
            self.said.append(one.text)

    def _inside(self, address: str) -> None:
        if not address.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            self.said.append(f"asked an outside host: {address}")


def picture(page: Any, name: str) -> None:
    """A picture for the documentation, drawn on demand only: a run of the tests changes no file."""
    if DRAW:
        PICTURES.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size
        page.set_viewport_size({"width": 1000, "height": 640})
        page.screenshot(path=str(PICTURES / f"{name}.png"), scale="css")
        page.set_viewport_size(size)
