"""Write docs/reference/cli.md, and the memo, screening and counts of README.md, from the command line itself;
the picture of docs/pictures from a replay; and the table of faults in docs/explanation/reliability.md from the
tests that try them.

    ./dev python docs/make_pages.py

A test fails while one of them lags.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from licet.cli import app

README = Path(__file__).parents[1] / "README.md"
PAGE = Path(__file__).parent / "reference" / "cli.md"
PICTURE = Path(__file__).parent / "pictures" / "telecom.svg"
RELIABILITY = Path(__file__).parent / "explanation" / "reliability.md"
ORDER = README.parent / "examples" / "osaka.toml"
HEAD = """\
# The command line

This page is written by `docs/make_pages.py` from the command line itself. `licet COMMAND --help` says the
same.
"""
FOOT = """\
## Exit status

| status | meaning |
|---|---|
| 0 | every order may go ahead; nobody may be listed; the page of law was shown |
| 1 | an order may not go ahead, is on hold, or needs information; somebody may be listed, or is touched |
| 2 | bad input: an order, a file, an option or a rulebook; the message is on standard error |

`licet screen -` ends with 0 where each line has its answer.

With `--format jsonl` and `json` the error of a bad order stands in its place among the answers.

## Output

Memos are at most 100 characters wide and fit the terminal; `COLUMNS` sets another width. Where the output is no
terminal, or `NO_COLOR` is set, there are no escape codes. JSON is UTF-8 whatever the locale.
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join([HEAD, *_command(get_command(app), "licet"), FOOT])


def _command(command: Any, name: str) -> Iterator[str]:  # typer keeps its own copy of click's types
    if hasattr(command, "commands"):
        for part, below in command.commands.items():
            yield from _command(below, f"{name} {part}")
        return
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option"]
    shown = " ".join([name, *(["[OPTIONS]"] if options else []), *(a.metavar for a in arguments)])
    yield f"## {name}\n\n```\n{shown}\n```\n\n{_prose(command.help)}\n"
    rows = [(f"`{param.metavar}`", param.help or "") for param in arguments if param.help]
    for param in options:
        words = list(type(param.default)) if isinstance(param.default, Enum) else []
        what = ", ".join(f"`{word}`" for word in words) or (
            f"`{param.metavar}`" if param.metavar else ""
        )
        default = f" Default: `{param.default}`." if words else ""
        rows.append((f"`{param.opts[0]}` {what}".strip(), f"{param.help}{default}"))
    yield (
        "\n".join(["| | |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows)]) + "\n"
    )


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def readme() -> str:
    """The README with the memo of the order of Osaka as it is now, up to the changes of the law."""
    memo = CliRunner().invoke(app, ["check", str(ORDER)], env={"COLUMNS": "90"}).stdout
    shown = memo[: memo.index("\nRecent changes of the law")]
    head, start, rest = README.read_text(encoding="utf-8").partition("```text\n")
    text = head + start + shown + "```" + rest.partition("```")[2]
    text = _screened(text)
    covered = " ".join(CliRunner().invoke(app, ["law", "coverage"]).stdout.split())
    counts = re.search(r"\d+ sections: .* announcements\.", covered)
    assert counts
    return re.sub(r"(?<=At this version: ).*", counts[0], text)


def _screened(text: str) -> str:
    """The README with the answer to its command of screening, by the packaged lists alone."""
    command = re.search(r"`\./dev licet (screen .*)`:\n\n```text\n", text)
    assert command
    with tempfile.TemporaryDirectory() as folder:
        given = {"COLUMNS": "90", "LICET_HOME": folder, "LICET_DATA": folder, "LICET_CACHE": folder}
        said = CliRunner().invoke(app, shlex.split(command[1]), env=given).stdout
    shown = text[command.end() :].partition("```")[2]
    return f"{text[: command.end()]}{said}```{shown}"


def picture() -> str:
    """The book of a maker of telecom parts on the days of its story, as ``licet replay --chart`` draws it."""
    sys.path.insert(0, str(README.parent))
    from examples.telecom_orders import DAYS, write

    with tempfile.TemporaryDirectory() as folder:
        book, chart = Path(folder) / "orders.csv", Path(folder) / "flips.svg"
        write(book)
        days = [word for day in DAYS for word in ("--on", day.isoformat())]
        said = CliRunner().invoke(app, ["replay", str(book), *days, "--chart", str(chart)])
        assert said.exit_code == 0, said.output
        return chart.read_text(encoding="utf-8")


def reliability() -> str:
    """The page on reliability with a row for each fault that the tests try."""
    sys.path.insert(0, str(README.parent))
    from tests.lists.test_updating import FAULTS

    rows = [f"| {fault} | refused: {says} | the copy in use | none |" for fault, says in
            ((fault, _plain(says)) for fault, (_, says) in FAULTS.items())]  # fmt: skip
    head = [
        "| the server … | outcome, with the reason | answers come from | data lost |",
        "|---|---|---|---|",
    ]
    text = RELIABILITY.read_text(encoding="utf-8")
    before, after = text.partition("<!-- faults -->")[0], text.partition("<!-- /faults -->")[2]
    return before + "\n".join(["<!-- faults -->", *head, *rows, "<!-- /faults -->"]) + after


def _plain(pattern: str) -> str:
    """What a test expects a reason to say, in the first of its wordings."""
    return pattern.partition("|")[0]


BOOK = Path(__file__).parent / "reference" / "order-book.md"


def order_book() -> str:
    """Every column of an order book."""
    sys.path.insert(0, str(README.parent))
    from docs.order_book_page import page as written

    return written()


if __name__ == "__main__":
    BOOK.write_text(order_book(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
    RELIABILITY.write_text(reliability(), encoding="utf-8")
