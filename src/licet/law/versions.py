"""Versions of the law kept on this machine, and which of them is in use.

``licet law update`` puts each version in a folder of its own under the user's data folder and never
changes it again; a small file names the one in use. Without that file the packaged rulebook is used.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from licet.law.errors import Place, RulebookError

PACKAGED = "packaged"
_POINTER = "in-use"
_ABOUT = "version.json"


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One kept version; ``base`` is the id of the packaged rulebook that it was compiled beside."""

    name: str
    id: str
    base: str
    as_of: str
    made: str
    changes: int
    folder: Path

    @property
    def rulebook(self) -> Path:
        """The folder of its rulebook."""
        return self.folder / "rulebook"


def home() -> Path:
    """Where Licet keeps its data: ``LICET_DATA`` or ``LICET_HOME``, else the platform's folder for it."""
    if own := os.environ.get("LICET_DATA") or os.environ.get("LICET_HOME"):
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "licet"


def versions_folder() -> Path:
    """The folder with one folder for each version."""
    return home() / "law"


def versions() -> tuple[LawVersion, ...]:
    """All kept versions, oldest text first."""
    folder = versions_folder()
    if not folder.is_dir():
        return ()
    names = sorted(
        item.name
        for item in folder.iterdir()
        if (item / _ABOUT).is_file()
        and not item.name.startswith(".")  # one that was never finished
    )
    return tuple(sorted(map(version, names), key=lambda found: (found.as_of, found.made)))


def version(name: str) -> LawVersion:
    """A kept version by its name; ``RulebookError`` where it does not exist or is damaged."""
    folder = versions_folder() / name
    try:
        if name in ("", ".", "..") or Path(name).name != name:
            raise ValueError("a version is named by one word")
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        return LawVersion(
            name,
            str(about["id"]),
            str(about["base"]),
            str(about["as_of"]),
            str(about["made"]),
            int(about["changes"]),
            folder,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RulebookError(
            Place(_ABOUT),
            f"law version {name!r} is missing or damaged ({error}); see licet law update --list, "
            f"or run licet law update --use {PACKAGED}",
        ) from None


def in_use() -> LawVersion | None:
    """The version in use; None for the packaged rulebook."""
    try:
        name = (versions_folder() / _POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return None if name == PACKAGED else version(name)


def use(name: str) -> None:
    """Switch to a kept version or to ``packaged``; at every moment one whole version is in use."""
    if name != PACKAGED:
        version(name)
    folder = versions_folder()
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{_POINTER}.{os.getpid()}"
    beside.write_text(f"{name}\n", encoding="utf-8")
    beside.replace(folder / _POINTER)


def describe(about: LawVersion) -> str:
    """``version.json`` of a version."""
    return (
        json.dumps(
            {
                "id": about.id,
                "base": about.base,
                "as_of": about.as_of,
                "made": about.made,
                "changes": about.changes,
            },
            indent=2,
        )
        + "\n"
    )


def write_about(about: LawVersion, folder: Path) -> None:
    """Write ``version.json`` into a folder that is not in its place yet."""
    (folder / _ABOUT).write_text(describe(about), encoding="utf-8")
