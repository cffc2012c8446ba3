"""The law that decided, kept whole: so that a decision can be decided again when the program has moved on.

A rulebook is some megabytes of TOML and CSV, about one packed. It is kept once for each id. The id is a hash of
the files, so what comes out of the archive is known to be what went in.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path, PurePosixPath

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import tables
from licet.desk.store import now
from licet.law import versions
from licet.law.rulebook import Rulebook, identity, load, packaged


class LawGone(LookupError):  # noqa: N818 -- it says what is the matter
    """The law of an old decision is not at hand, or its archive is damaged."""


def pack(book: Rulebook) -> bytes:
    """The files of a rulebook that is in use, packed; the same files give the same bytes.

    Raises ``LawGone`` where the files on disk are no longer those that were loaded, or hold private rules.
    """
    for folder in (packaged(), *(one.rulebook for one in versions.versions())):
        if identity(folder) == book.id:
            break
    else:
        raise LawGone(f"law {book.id}: its files are not those of this machine's rulebooks.")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _add(archive, folder, "")
    return out.getvalue()


def _add(archive: zipfile.ZipFile, folder: object, prefix: str) -> None:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):  # type: ignore[attr-defined]
        if item.is_dir():
            if not item.name.startswith(("_", ".")):
                _add(archive, item, f"{prefix}{item.name}/")
        elif item.name.endswith((".toml", ".csv")):
            info = zipfile.ZipInfo(f"{prefix}{item.name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, item.read_bytes())


def keep(connection: Connection, book_id: str, as_of: str, packed: bytes) -> None:
    """Keep a law within a transaction that writes, where it is not kept already."""
    there = sa.select(tables.law.c.id).where(tables.law.c.id == book_id)
    if connection.execute(there).first() is None:
        connection.execute(
            tables.law.insert().values(id=book_id, as_of=as_of, kept=now(), archive=packed)
        )


def kept(connection: Connection, book_id: str) -> bytes | None:
    """The packed files of a law, None where it was never kept."""
    found = connection.execute(
        sa.select(tables.law.c.archive).where(tables.law.c.id == book_id)
    ).scalar()
    return None if found is None else bytes(found)


@lru_cache(maxsize=4)
def unpack(book_id: str, packed: bytes) -> Rulebook:
    """The rulebook of an archive. Raises ``LawGone`` where what comes out has another id."""
    with tempfile.TemporaryDirectory(prefix="licet-law-") as name:
        folder = Path(name)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for member in archive.infolist():
                path = PurePosixPath(member.filename)
                if path.is_absolute() or ".." in path.parts:
                    raise LawGone(f"law {book_id}: its archive is none of Licet's.")
                to = folder / path
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(archive.read(member))
        book = load(folder)  # all tables at once: the folder is gone afterwards
    if book.id != book_id:
        raise LawGone(f"law {book_id}: its archive holds law {book.id}; put back a copy.")
    return book
