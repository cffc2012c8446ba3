"""What the list store says when it cannot do what was asked; the lists in use stay as they were."""

from __future__ import annotations

from collections.abc import Sequence


class ListsError(ValueError):
    """A load was refused, or the store cannot be read; ``reasons`` says why, one line each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)
