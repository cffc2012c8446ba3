"""What the commands share: days and rulebooks as options, and how bad input ends a command."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Never

import typer

from licet.law.errors import RulebookError
from licet.law.rulebook import Rulebook, default_rulebook, load

BAD_INPUT = 2  # exit status


def day(text: str) -> dt.date:
    """A day of the command line, written YYYY-MM-DD; ``typer.BadParameter`` for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write YYYY-MM-DD") from None


Known = Annotated[
    dt.date | None, typer.Option(parser=day, metavar="DAY", help="Only law published by this day.")
]


def open_rulebook(folder: Path | None) -> Rulebook:
    """The rulebook of a folder, or the one in use; one that cannot be read ends the command."""
    try:
        return default_rulebook() if folder is None else load(folder)
    except RulebookError as error:
        fail(f"{folder or 'packaged rulebook'}: {error}")
    except OSError as error:
        fail(f"{folder}: {error.strerror}")


def fail(message: str) -> Never:
    """End the command with the message on standard error and the status of bad input."""
    print(f"licet: {message}", file=sys.stderr)
    raise typer.Exit(BAD_INPUT)
