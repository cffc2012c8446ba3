"""The file in which dispositions are kept: one SQLite database that only grows.

A decision is never changed and never erased; one that was wrong is withdrawn, and both stay. So what held on a
day, as it was recorded by another, can be read again.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from licet.dispositions.errors import DispositionError
from licet.dispositions.record import Disposition, Withdrawal
from licet.lists.record import from_bytes, to_bytes

FILE = "dispositions.sqlite"
_SCHEMA = 1
_WAIT = 30.0  # seconds for another writer to end
_TABLES = """
CREATE TABLE disposition (
    number INTEGER PRIMARY KEY, recorded TEXT NOT NULL, decision TEXT NOT NULL, party TEXT NOT NULL,
    facts TEXT NOT NULL, listing BLOB NOT NULL, as_of TEXT, by TEXT NOT NULL, reason TEXT NOT NULL,
    decided TEXT NOT NULL, expires TEXT
);
CREATE TABLE withdrawal (
    disposition INTEGER PRIMARY KEY REFERENCES disposition (number), recorded TEXT NOT NULL, day TEXT NOT NULL,
    by TEXT NOT NULL, reason TEXT NOT NULL
);
""" + "".join(
    f"CREATE TRIGGER {table}_{what} BEFORE {what} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'dispositions are never changed'); END;\n"
    for table in ("disposition", "withdrawal")
    for what in ("UPDATE", "DELETE")
)


def read(folder: Path) -> tuple[Disposition, ...]:
    """All dispositions of a folder, in the order recorded, those withdrawn with their withdrawal.

    Raises ``DispositionError`` for a file that is none of Licet's.
    """
    if not (folder / FILE).is_file():
        return ()
    with _opened(folder) as db:
        taken = {
            number: Withdrawal(dt.date.fromisoformat(day), by, reason, _moment(recorded))
            for number, recorded, day, by, reason in db.execute(
                "SELECT disposition, recorded, day, by, reason FROM withdrawal"
            )
        }
        return tuple(
            Disposition(
                number=number, decision=decision, party=party,
                facts=tuple((name, value) for name, value in json.loads(facts)),
                listing=from_bytes(listing), as_of=_day(as_of), by=by, reason=reason,
                decided=dt.date.fromisoformat(decided), expires=_day(expires), recorded=_moment(recorded),
                withdrawn=taken.get(number),
            )
            for number, recorded, decision, party, facts, listing, as_of, by, reason, decided, expires in (
                db.execute(
                    "SELECT number, recorded, decision, party, facts, listing, as_of, by, reason, decided, "
                    "expires FROM disposition ORDER BY number"
                )
            )
        )  # fmt: skip


def append(folder: Path, new: Disposition) -> Disposition:
    """Record a disposition; it comes back with its number."""
    with _opened(folder, write=True) as db:
        cursor = db.execute(
            "INSERT INTO disposition (recorded, decision, party, facts, listing, as_of, by, reason, decided, "
            "expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.recorded.isoformat(), new.decision, new.party, json.dumps(new.facts),
                to_bytes(new.listing), new.as_of and new.as_of.isoformat(), new.by, new.reason,
                new.decided.isoformat(), new.expires and new.expires.isoformat(),
            ),
        )  # fmt: skip
        number = cursor.lastrowid
    return next(one for one in reversed(read(folder)) if one.number == number)


def withdraw(folder: Path, number: int, taken: Withdrawal) -> None:
    """Record that a disposition no longer holds; raises ``DispositionError`` where that was done already."""
    with _opened(folder, write=True) as db:
        try:
            db.execute(
                "INSERT INTO withdrawal (disposition, recorded, day, by, reason) VALUES (?, ?, ?, ?, ?)",
                (number, taken.recorded.isoformat(), taken.day.isoformat(), taken.by, taken.reason),
            )
        except sqlite3.IntegrityError:
            raise DispositionError(f"disposition {number}: is withdrawn already.") from None


@contextmanager
def _opened(folder: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    path = folder / FILE
    try:
        if write:
            folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as db:
            if write:
                db.execute("PRAGMA synchronous = FULL")
            # A file that is empty is one that somebody is making just now.
            made = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("BEGIN" if made and not write else "BEGIN IMMEDIATE")
            _prepare(db, path)
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise DispositionError(
            f"{path}: {error}. Is it the file of dispositions, whole, and may you write there? Put back a "
            "copy, or name another folder with LICET_DATA."
        ) from None
    except OSError as error:
        raise DispositionError(
            f"{path}: {error.strerror}; name another folder with LICET_DATA."
        ) from None


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == _SCHEMA:
        return
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version or tables:
        raise DispositionError(
            f"{path}: holds version {version} of the file; this Licet reads {_SCHEMA}. Use the newer one."
        )
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {_SCHEMA}")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
