"""The file in which lists are kept: one SQLite database, so that a load is one transaction.

SQLite gives what a store of lists needs and would have to be built on files: a load is seen whole or not at
all, also when the machine stops in the middle; two loads wait for each other; readers go on while one runs.
Contents are kept once however many versions hold them. The file is opened anew for each call, so a long-lived
process sees what another one has loaded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from licet.lists.errors import ListsError

FILE = "lists.sqlite"
_SCHEMA = 1
_WAIT = 120.0  # seconds for another load to end
_TABLES = """
CREATE TABLE content (
    id INTEGER PRIMARY KEY, list TEXT NOT NULL, entry TEXT NOT NULL, digest BLOB NOT NULL,
    listing BLOB NOT NULL, UNIQUE (list, digest)
);
CREATE INDEX content_entry ON content (entry);
-- What a list held: ids of content in the order printed, as packed 64-bit integers.
CREATE TABLE version (
    id INTEGER PRIMARY KEY, list TEXT NOT NULL, origin TEXT NOT NULL, digest BLOB NOT NULL,
    entries INTEGER NOT NULL, members BLOB NOT NULL, UNIQUE (list, origin, digest)
);
-- A copy that was loaded: on which day of the list which version, and when it became known here.
CREATE TABLE copy (
    id INTEGER PRIMARY KEY, list TEXT NOT NULL, origin TEXT NOT NULL, as_of TEXT NOT NULL, known TEXT NOT NULL,
    version INTEGER NOT NULL REFERENCES version (id), files TEXT NOT NULL
);
CREATE INDEX copy_day ON copy (list, as_of);
"""


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection for one look into the store; None where nothing was ever loaded.

    All that is read through it is of one moment. Raises ``ListsError`` for a file that is no store.
    """
    if not (folder / FILE).is_file():
        yield None
        return
    with _opened(folder) as connection:
        if not _ready(connection, folder):
            yield None
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection within one transaction: kept when the block ends well, undone when it raises."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ListsError([f"{folder}: {error.strerror}; name another folder with --data"]) from None
    with _opened(folder) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not _ready(connection, folder):
                # Statement by statement: executescript would end the transaction.
                for statement in _TABLES.split(";\n"):
                    if statement.strip():
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_SCHEMA}")
            yield connection
        except BaseException:
            if connection.in_transaction:  # a full disk ends it by itself
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / FILE
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as connection:
            yield connection
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise ListsError(
                [f"{path}: another load has been running for {_WAIT:.0f} seconds; try again later"]
            ) from None
        raise ListsError([f"{path}: {error}"]) from error
    except sqlite3.DatabaseError as error:
        raise ListsError(
            [f"{path}: is no list store or is damaged ({error}); move it away and load anew"]
        ) from error


def _ready(connection: sqlite3.Connection, folder: Path) -> bool:
    schema: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if schema not in (0, _SCHEMA):
        raise ListsError(
            [
                f"{folder / FILE}: was made by another version of Licet (schema {schema}, this one has "
                f"{_SCHEMA}); use that version, or another folder with --data"
            ]
        )
    return schema == _SCHEMA
