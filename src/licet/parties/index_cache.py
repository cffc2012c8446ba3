"""Indexes kept on disk: made once for what they hold, mapped into memory by whoever needs them next.

An index is found by a checksum of its listings and of the code that reads names, so that a changed list or a
newer Licet makes a new one. It is written aside and moved into place: nobody ever opens half of one.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

from licet.law.versions import home
from licet.parties import index
from licet.parties.listing import Listing

_LOG = logging.getLogger(__name__)  # without a handler Python writes warnings to standard error

KEPT = 8
"""Indexes that are kept; those that were not used for longest go."""


def cache_folder() -> Path:
    """Where indexes are kept: ``LICET_CACHE``, else a folder beside the user's data."""
    return Path(os.environ.get("LICET_CACHE") or home() / "cache") / "index"


def kept_index(key: str, listings: Callable[[], Iterable[Listing]]) -> index.Index:
    """The index of some listings, from disk where it is there.

    A disk that cannot be read or written is no obstacle; it costs time at each start, so it is told once.
    """
    folder = cache_folder() / f"{key}-{code_mark()}"
    try:
        if not folder.is_dir():
            make(folder, listings)
        folder.touch()
        return index.load(folder)
    except OSError as error:
        _tell(str(cache_folder()), error.strerror or str(error))
        return index.build(listings())


@functools.cache
def _tell(folder: str, reason: str) -> None:
    _LOG.warning(
        "the index of names cannot be kept in %s (%s) and is made anew in memory each time; "
        "name a folder that can be written with LICET_CACHE",
        folder,
        reason,
    )


def make(
    folder: Path,
    listings: Callable[[], Iterable[Listing]],
    finish: Callable[[Path], None] | None = None,
) -> None:
    """Build an index and save it as a folder; ``finish`` may add files before it is seen."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        index.build(listings()).save(aside)
        if finish is not None:
            finish(aside)
        try:
            aside.rename(folder)
        except OSError:
            # Another process was faster with the same index.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _forget_old(folder.parent)


def _forget_old(root: Path) -> None:
    kept = [one for one in root.iterdir() if not one.name.startswith(".")]
    for old in sorted(kept, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


@functools.cache
def code_mark() -> str:
    """A checksum of the code and words that names are read with: an index is good for these alone."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(resources.files("licet.parties").iterdir(), key=lambda file: file.name):
        if file.is_file() and file.name.endswith((".py", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
