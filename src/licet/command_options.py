"""What the commands share: days and rulebooks as options, and how bad input ends a command."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Never

import typer

from licet.law.errors import RulebookError
from licet.law.private import with_private_rules
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


Rules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="FOLDER",
        help="Private rules beside the public law, such as a letter of BIS; may be repeated.",
    ),
]


def open_rulebook(folder: Path | None, rules: Sequence[Path] | None = None) -> Rulebook:
    """The rulebook of a folder, or the one in use, with folders of private rules beside it.

    One that cannot be read ends the command.
    """
    book = _public(folder)
    for private in rules or ():
        try:
            book = with_private_rules(book, private)
        except RulebookError as error:
            fail(f"--rules {private}: {error}")
        except OSError as error:
            fail(f"--rules {private}: {error.strerror}")
    return book


def _public(folder: Path | None) -> Rulebook:
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
