"""Small order books that the tests of this folder share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from licet.order_book.template import TEMPLATE
from licet.replaying import Replay, replay

LISTED = dt.date(2019, 5, 16)
"""The day on which Huawei was put on the Entity List."""
HUAWEI, SHOP = TEMPLATE


@contextmanager
def replayed(book: Any, **options: Any) -> Iterator[Replay]:
    """A book under the law of the day, closed when it was looked at."""
    found = replay(book, **({"on": [LISTED]} | options))
    try:
        yield found
    finally:
        found.close()


def outcomes(found: Replay) -> dict[tuple[str, int], str]:
    """The outcome of each line, by the id of its order and its number."""
    return {(one["id"], one["line"]): one["outcome"] for one in found.arrow().to_pylist()}
