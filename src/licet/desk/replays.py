"""Replays of order books: kept in the database, done one after the other by a thread, each in a process.

Whoever works on one says so every second. One that is silent was interrupted, by a kill or a restart, and fails
with that word, so that nobody waits for it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet.desk import audit, tables, webhooks
from licet.desk.record import new_id
from licet.desk.store import Store, StoreError, all_rows, now, one_row

FORMS = ("csv", "parquet", "xlsx", "jsonl")
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
INTERRUPTED = "interrupted: the desk was stopped while it worked on this; ask again"
MOST_WAITING = 10
"""So many replays of one organization may wait or run."""
SILENT = 30.0
"""Seconds without a sign after which a replay counts as interrupted."""
_LONGEST = 3600.0
_LOOK = 0.5
_SHOWN = (
    "id",
    "asked",
    "actor",
    "name",
    "form",
    "state",
    "step",
    "done",
    "whole",
    "finished",
    "problem",
)


class Busy(ValueError):  # noqa: N818 -- it says what is the matter
    """The organization has as many replays waiting as it may."""


def ask(
    connection: Connection, organization: str, book: bytes, *, actor: str, name: str, form: str,
    terms: Mapping[str, object],
) -> dict[str, Any]:  # fmt: skip
    """Put an order book in the queue, within a transaction that writes. Raises ``Busy``."""
    table = tables.replay
    waiting = connection.execute(
        sa.select(sa.func.count()).select_from(table).where(
            table.c.organization == organization, table.c.state.in_((QUEUED, RUNNING))
        )
    ).scalar_one()  # fmt: skip
    if waiting >= MOST_WAITING:
        raise Busy(f"{waiting} replays wait already; ask again when some are done.")
    number = new_id()
    row: dict[str, Any] = {
        "id": number, "organization": organization, "asked": now(), "actor": actor, "name": name,
        "form": form, "terms": audit.canonical(dict(terms)), "state": QUEUED, "step": "waiting", "done": 0,
        "whole": 0, "beat": now(), "book": book,
    }  # fmt: skip
    connection.execute(table.insert().values(**row))
    audit.append(
        connection, organization, actor=actor, action="replay asked", subject=number,
        details={"name": name, "terms": dict(terms), "bytes": len(book)},
    )  # fmt: skip
    return _plain(row)


def find(connection: Connection, organization: str, number: str) -> dict[str, Any] | None:
    """A replay with what came of it; None where the organization has none of this id."""
    table = tables.replay
    row = one_row(
        connection,
        sa.select(*(table.c[name] for name in (*_SHOWN, "terms", "summary"))).where(
            table.c.organization == organization, table.c.id == number
        ),
    )
    return None if row is None else _plain(row)


def listed(connection: Connection, organization: str, *, limit: int = 100) -> list[dict[str, Any]]:
    """The replays of an organization, the newest first."""
    table = tables.replay
    wanted = sa.select(*(table.c[name] for name in (*_SHOWN, "terms"))).where(
        table.c.organization == organization
    )
    return [
        _plain(row) for row in all_rows(connection, wanted.order_by(table.c.id.desc()).limit(limit))
    ]


def verdicts(connection: Connection, organization: str, number: str) -> bytes | None:
    """All verdicts of a replay that is done, as a Parquet file; None where there are none."""
    table = tables.replay
    found = connection.execute(
        sa.select(table.c.verdicts).where(
            table.c.organization == organization, table.c.id == number
        )
    ).scalar()
    return None if found is None else bytes(found)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: row.get(name) for name in _SHOWN}
    summary = row.get("summary")
    return {**said, "terms": json.loads(row["terms"]), "summary": summary and json.loads(summary)}


def start(store: Store, *, silent: float = SILENT) -> Runs:
    """Begin to work on what waits, until ``stop``."""
    runs = Runs(store, silent)
    runs.thread.start()
    return runs


@dataclass(slots=True)
class Runs:
    """The thread that takes replays from the queue."""

    store: Store
    silent: float
    _ends: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name="licet-replays", daemon=True)

    def stop(self) -> None:
        """End; what runs is interrupted."""
        self._ends.set()
        self.thread.join(timeout=10)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                with self.store.read() as db:
                    wanted = sa.select(tables.replay.c.id).where(
                        tables.replay.c.state.in_((QUEUED, RUNNING))
                    )
                    anything = db.execute(wanted.limit(1)).first() is not None
                if anything:
                    self.store.write(lambda db: interrupted(db, self.silent))
                    row = self.store.write(_taken)
                    if row is not None:
                        self._work(row)
                        continue
            except StoreError:
                pass  # the database is gone; what waits there is still there when it comes back
            self._ends.wait(_LOOK)

    def _work(self, row: Mapping[str, Any]) -> None:
        with tempfile.TemporaryDirectory(prefix="licet-replay-") as name:
            folder = Path(name)
            file = f"book.{row['form']}"
            (folder / file).write_bytes(row["book"])
            terms = {**json.loads(row["terms"]), "book": file, "name": row["name"]}
            (folder / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
            problem = self._watched(row["id"], folder)
            ended: dict[str, Any] = {
                "finished": now(),
                "book": None,
                "step": "",
                "problem": problem,
            }
            if problem is None:
                ended |= {
                    "state": DONE, "summary": (folder / "summary.json").read_text(encoding="utf-8"),
                    "verdicts": (folder / "verdicts.parquet").read_bytes(),
                }  # fmt: skip
            else:
                ended["state"] = FAILED

            def ends(db: Connection) -> None:
                _changed(db, row["id"], ended)
                said = {"replay": row["id"], "state": ended["state"], "problem": problem}
                webhooks.tell(db, row["organization"], "replay", said)

            self.store.write(ends)

    def _watched(self, number: str, folder: Path) -> str | None:
        """Run it and say how far it is; what was wrong, None where nothing was."""
        command = [sys.executable, "-m", "licet.desk.replay_work", str(folder)]
        said: dict[str, Any] = {}
        with (
            (folder / "errors").open("w+", encoding="utf-8") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
        ):
            assert process.stdout is not None
            lines = process.stdout

            def listen() -> None:
                for line in lines:
                    with contextlib.suppress(ValueError):
                        said.update(json.loads(line))

            ears = threading.Thread(target=listen, daemon=True)
            ears.start()
            began = time.monotonic()
            while process.poll() is None:
                if self._ends.wait(1.0) or time.monotonic() - began > _LONGEST:
                    process.kill()
                    process.wait()
                    ears.join()
                    stopped = self._ends.is_set()
                    return INTERRUPTED if stopped else f"not done within {_LONGEST / 3600:.0f} hour"
                self.store.write(lambda db: _changed(db, number, {**said, "beat": now()}))
            ears.join()
            errors.seek(0)
            told = errors.read().strip()
        if process.returncode == 0:
            return None
        if process.returncode == 2:
            return told or "the order book cannot be read"
        return f"the process ended with status {process.returncode}; the book may be too large for this machine"


def interrupted(connection: Connection, silent: float) -> None:
    """Let fail what nobody works on any more."""
    table = tables.replay
    old = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=silent)
    connection.execute(
        table.update()
        .where(table.c.state == RUNNING, table.c.beat < old.isoformat(timespec="microseconds"))
        .values(state=FAILED, problem=INTERRUPTED, finished=now(), book=None)
    )


def _taken(connection: Connection) -> dict[str, Any] | None:
    table = tables.replay
    wanted = sa.select(table).where(table.c.state == QUEUED).order_by(table.c.id).limit(1)
    row = one_row(connection, wanted.with_for_update(skip_locked=True))
    if row is not None:
        _changed(connection, row["id"], {"state": RUNNING, "beat": now()})
    return row


def _changed(connection: Connection, number: str, values: Mapping[str, Any]) -> None:
    connection.execute(tables.replay.update().where(tables.replay.c.id == number).values(**values))
