"""What is wrong with a rulebook, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a rule file: file name, line (from 1) and column (from 1) of a text."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class RulebookError(ValueError):
    """A rulebook was refused; the message names file, line, column, what was found and what is allowed."""

    def __init__(self, place: Place, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")
