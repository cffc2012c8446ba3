"""What the commands share: days and rulebooks as options, and how bad input ends a command."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import typer

from licet.law.errors import RulebookError
from licet.law.private import with_private_rules
from licet.law.rulebook import Rulebook, default_rulebook, load
from licet.law.versions import home
from licet.lists import Store

if TYPE_CHECKING:
    from licet.dispositions import Book
    from licet.freshness import Limits

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


RefuseStale = Annotated[
    bool,
    typer.Option(
        "--refuse-stale",
        help="Give no answer where the law or a list is older than its limit (freshness.toml).",
    ),
]


def open_limits(folder: Path | None = None) -> Limits:
    """How old law and lists may be, as the folder of the user's data says; a bad file ends the command."""
    from licet.freshness import LimitsError, limits

    try:
        return limits(folder or home())
    except LimitsError as error:
        fail(str(error))


NONE = "none"
"""In place of a folder: look away from what the user has."""


def open_lists(folder: str) -> Store | None:
    """The list store of a folder, by default the user's where something was loaded; None for none.

    A folder in which nothing was ever loaded ends the command, if it was named.
    """
    there = _folder("--lists", folder, LISTS, "licet lists load PATH --data FOLDER loads one")
    return None if there is None else Store(there)


def open_dispositions(folder: str, known: dt.date | None) -> Book | None:
    """The decisions kept in a folder, by default the user's where there are any; None for none."""
    hint = "licet dispositions add --data FOLDER makes one"
    there = _folder("--dispositions", folder, DISPOSITIONS, hint)
    if there is None:
        return None
    from licet import dispositions

    try:
        return dispositions.book(known=known, data=there)
    except dispositions.DispositionError as error:
        fail(str(error))


LISTS, DISPOSITIONS = "lists.sqlite", "dispositions.sqlite"


def _folder(option: str, text: str, file: str, hint: str) -> Path | None:
    """A folder that holds a file; the file itself may be named; None for none, or where the user has none."""
    if text == NONE:
        return None
    if not text:
        return home() if (home() / file).is_file() else None
    path = Path(text)
    if path.is_file() and path.name == file:
        return path.parent
    if not (path / file).is_file():
        fail(
            f"{option} {text}: holds no {file}; {hint}, and {NONE} looks away from the user's own."
        )
    return path


def fail(message: str) -> Never:
    """End the command with the message on standard error and the status of bad input."""
    print(f"licet: {message}", file=sys.stderr)
    raise typer.Exit(BAD_INPUT)
