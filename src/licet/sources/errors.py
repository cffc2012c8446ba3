"""What a reader says when an official file is not what it should be."""

from __future__ import annotations

from pathlib import Path


class SourceError(ValueError):
    """An official file was refused; the message names file, line and reason."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {reason}")
