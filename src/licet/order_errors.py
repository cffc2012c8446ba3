"""What is wrong with an order, and where: problems collected, said in messages that stay short."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Where = tuple[str | int, ...]

MOST_PROBLEMS = 100  # a file with more is not an order; the rest would only bury these
MOST = 10**15  # above any quantity or value in trade, and exact in every number format


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: file, line (1-based, None where not known), field path, message."""

    file: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


class OrderError(ValueError):
    """An order was refused; `problems` holds all that is wrong, one line each in `str()`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(slots=True, kw_only=True)
class Findings:
    """The problems found so far in one order; raises OrderError by itself when they pass 100."""

    source: str
    line_of: Callable[[Where], int | None] | None = None
    problems: list[Problem] = field(default_factory=list)

    def note(self, where: Where, message: str) -> None:
        """Remember one problem at `where`."""
        line = self.line_of(where) if self.line_of else None
        self.problems.append(
            Problem(file=self.source, line=line, field=path(where), message=message)
        )
        if len(self.problems) >= MOST_PROBLEMS:
            more = f"{MOST_PROBLEMS} problems and perhaps more; mend these, then run again."
            self.problems.append(Problem(file=self.source, line=None, field="", message=more))
            raise OrderError(self.problems)


def path(where: Where) -> str:
    """('party', 0, 'role') -> 'party[0].role'; a key of unlikely length is cut."""
    out = ""
    for step in where:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            key = step if len(step) <= 40 else step[:40] + "..."
            out += ("." if out else "") + (key if key.isprintable() else ascii(key))
    return out


def shown(value: object) -> str:
    """A value as a message may quote it: short, and never the inside of a list or table."""
    if isinstance(value, str):
        text = value if len(value) <= 40 else value[:40] + "..."
        return f'"{text}"' if text.isprintable() else ascii(text)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > MOST:
        return "a whole number above 10^15"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return repr(value)[:40]


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known spelling nearest to `text`, if one is near."""
    close = difflib.get_close_matches(text[:60].lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None
