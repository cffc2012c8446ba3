"""Commands that a page shows with their output: run them in an empty folder, and show what they print now.

A block of a page that begins with ```console holds lines that begin with "$ ", each with its output below it. A
block with title="NAME" is a file that the reader writes. A page is run from top to bottom in one folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = ("tutorial/order-book.md",)
"""Pages, below docs/, all of whose console blocks are run as they stand."""
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def as_run(text: str) -> str:
    """The page with the output of its commands as it is now, in an empty folder and with an empty home."""
    with tempfile.TemporaryDirectory(prefix="licet-page-") as place:
        folder, home = Path(place) / "folder", Path(place) / "home"
        folder.mkdir()
        home.mkdir()
        return _BLOCK.sub(lambda block: _done(block, folder, home), text)


def _done(block: re.Match[str], folder: Path, home: Path) -> str:
    kind, title, body = block.groups()
    if title:
        (folder / title).write_text(body, encoding="utf-8")
    if kind != "console":
        return block[0]
    lines = []
    for line in body.splitlines():
        if line.startswith("$ "):
            lines += [line, *_printed(line[2:], folder, home).splitlines()]
    return "\n".join(["```console", *lines, "```"])


def _printed(command: str, folder: Path, home: Path) -> str:
    """What a command of the page prints, on both streams; programs of this environment go first."""
    kept = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "COVERAGE_PROCESS_START")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {"HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=folder, env=env, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False, timeout=600,
    )  # fmt: skip
    if "Traceback" in done.stdout or done.returncode == 127:
        raise AssertionError(f"{command}: {done.stdout}")
    return done.stdout


def pages(docs: Path) -> dict[Path, str]:
    """The pages that are run, and how each should read."""
    return {docs / name: as_run((docs / name).read_text(encoding="utf-8")) for name in RUN}
