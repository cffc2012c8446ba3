"""Update the law in use: renew beside it, check everything, switch only when all checks pass.

All or nothing: whatever is refused, the law in use stays. Every version is kept.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from licet.law import versions
from licet.law.errors import RulebookError
from licet.law.rulebook import Rulebook, identity, load, packaged
from licet.law.versions import LawVersion
from licet.sources.carry import Difference
from licet.sources.official_files import ORIGINS, OfficialFile, find
from licet.sources.renew import RENEWABLE, renew
from licet.sources.tables import parse, read_csv, render, write

_SHRINKS = 0.9  # a table that keeps less of its rows in force is refused

Judge = Callable[[Rulebook], list[str]]
"""What is wrong with a rulebook when its rules are judged by their own examples; [] is fine."""


class UpdateError(ValueError):
    """A newer law was refused; the law in use stays. ``reasons`` says why, one line each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: the version now in use (None: no text was newer) and the changes."""

    version: LawVersion | None
    differences: tuple[Difference, ...]
    files: tuple[OfficialFile, ...]
    base: Path
    """The rulebook that was in use before."""


def base_rulebook() -> Path:
    """The rulebook to renew: the version in use, unless the program brought another one since."""
    own = Path(str(packaged()))
    try:
        current = versions.in_use()
    except RulebookError:
        return own
    return current.rulebook if current is not None and current.base == identity(own) else own


def update(folder: Path, *, judge: Judge, accept_shrinking: bool = False) -> Updated:
    """Renew the law in use from the official files of a folder, and switch to it.

    Raises ``SourceError`` when a file is not understood, ``RulebookError`` when the tables made from
    it do not load, and ``UpdateError`` when a table shrinks abnormally (unless ``accept_shrinking``)
    or a rule fails its own examples. In each case the law in use stays and nothing is left behind.
    """
    base = base_rulebook()
    found = find(folder, read_csv(base / "tables" / ORIGINS), kinds=tuple(RENEWABLE))
    renewal = renew(base / "tables", found)
    if not renewal.files:
        return Updated(None, (), (), base)
    if not accept_shrinking:
        shrunk = list(_shrunk(base / "tables", renewal.tables, renewal.as_of))
        if shrunk:
            raise UpdateError(
                [f"{line}; if that is right, add --accept-shrinking" for line in shrunk]
            )
    place = versions.versions_folder()
    place.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    try:
        made = _build(beside, base, renewal.tables, renewal.as_of, judge)
        made = replace(made, changes=len(renewal.differences))
        versions.write_about(made, beside)
        (beside / "changes.csv").write_text(_changes(renewal.differences), encoding="utf-8")
        if not made.folder.exists():
            beside.chmod(0o755)
            beside.rename(made.folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    versions.use(made.name)
    return Updated(made, renewal.differences, renewal.files, base)


def _build(
    beside: Path, base: Path, tables: Mapping[str, str], as_of: str, judge: Judge
) -> LawVersion:
    """The whole renewed rulebook in a folder beside the one in use, checked."""
    rulebook = beside / "rulebook"
    shutil.copytree(base, rulebook, ignore=shutil.ignore_patterns("__pycache__"))
    for name, content in tables.items():
        write(rulebook / "tables" / name, content)
    book = load(rulebook)
    failing = judge(book)
    if failing:
        raise UpdateError([f"a rule fails its own example: {line}" for line in failing])
    name = f"{as_of}-{book.id[:8]}"
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    own = identity(Path(str(packaged())))
    return LawVersion(name, book.id, own, as_of, now, 0, versions.versions_folder() / name)


def _shrunk(folder: Path, tables: Mapping[str, str], day: str) -> Iterator[str]:
    for name, content in tables.items():
        if name == "stays.csv" or "valid_until" not in content.partition("\n")[0]:
            continue  # stays end by themselves
        before = _in_force((folder / name).read_text(encoding="utf-8"), day)
        after = _in_force(content, day)
        if after < before * _SHRINKS:
            yield f"{name} shrinks from {before} to {after} rows in force"


def _in_force(content: str, day: str) -> int:
    rows = parse(content)[1]
    return sum(not row["valid_until"] or row["valid_until"] > day for row in rows)


def _changes(differences: tuple[Difference, ...]) -> str:
    header = ("date", "table", "subject", "what", "was", "now")
    return render(header, ((d.date, d.table, d.subject, d.what, d.was, d.now) for d in differences))
