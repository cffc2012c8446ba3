"""The desk's database: opened, brought to its present shape, written by one hand and read by many.

SQLite in the user's data folder, or PostgreSQL by ``postgresql://...``. Writes of a process go through one
thread that takes all that wait and commits them together: an answer is given only when its record is on disk,
and one flush of the disk serves many answers.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from licet.desk import tables

FILE = "desk.sqlite"
LOCAL = "local"
"""The organization of who works on the machine itself, without a key."""
HEADS = "licet_heads"
"""In ``connection.info``: the end of each organization's log as this transaction has written it (``audit``)."""
_TOGETHER = 128  # writes that one commit takes along
_WAIT_MS = 30_000  # for another process that writes

T = TypeVar("T")
Job = Callable[[Connection], Any]


class StoreError(RuntimeError):
    """The database cannot be opened or written; says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Store:
    """The desk's database. ``write`` is for everything that changes it, ``read`` for everything else."""

    engine: Engine
    _writer: _Writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to look; all that is read through it is of one moment."""
        with _told(self.engine), self.engine.connect() as connection:
            if not self.sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def write(self, job: Callable[[Connection], T]) -> T:
        """Do a job within a transaction and wait until it is on disk; its error undoes that job alone."""
        with _told(self.engine):
            result: T = self._writer.submit(job).result()
        return result

    async def written(self, job: Callable[[Connection], T]) -> T:
        """As ``write``, without a thread that waits: many may wait for one commit."""
        with _told(self.engine):
            # Shielded: who goes away while his answer is being recorded does not undo it.
            result: T = await asyncio.shield(asyncio.wrap_future(self._writer.submit(job)))
        return result

    @property
    def sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Finish what waits to be written, and let go of the database."""
        self._writer.stop()
        self.engine.dispose()


def open_store(database: str | Path) -> Store:
    """Open the database of a folder, or of a ``postgresql://`` address, making or renewing its tables.

    Raises ``StoreError`` where it is not there, may not be written, or was made by a newer Licet.
    """
    engine = _engine(database)
    with _told(engine):
        _migrate(engine)
    return Store(engine, _Writer(engine))


def now() -> str:
    """This moment as the record writes it: UTC, to the microsecond, always of one length."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def one_row(connection: Connection, wanted: sa.Select[Any]) -> dict[str, Any] | None:
    """The first row that a question gives, by column; None where there is none."""
    row = connection.execute(wanted).mappings().first()
    return None if row is None else {str(name): value for name, value in row.items()}


def all_rows(connection: Connection, wanted: sa.Select[Any]) -> list[dict[str, Any]]:
    """All rows that a question gives, by column."""
    rows = connection.execute(wanted).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]


def hold(connection: Connection, organization: str) -> bool:
    """Take an organization's row until the transaction ends; whether there is such an organization.

    PostgreSQL has many writers: who numbers anything of an organization holds it first. SQLite has one.
    """
    return connection.execute(_HOLD, {"organization": organization}).first() is not None


_HOLD = (
    sa.select(tables.organization.c.id)
    .where(tables.organization.c.id == sa.bindparam("organization"))
    .with_for_update()
)


def make_organization(connection: Connection, name: str, *, four_eyes: bool = False) -> None:
    """Make an organization where there is none of the name."""
    if not hold(connection, name):
        connection.execute(
            tables.organization.insert().values(id=name, created=now(), four_eyes=four_eyes)
        )


def make_organizations(connection: Connection, names: Iterable[str]) -> None:
    """Make each organization that is not there."""
    for name in sorted(names):
        make_organization(connection, name)


def _engine(database: str | Path) -> Engine:
    if isinstance(database, str) and "://" in database:
        return _server(database)
    folder = Path(database)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: {error.strerror}; name another folder with LICET_DATA or --data."
        ) from None
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(folder / FILE)),
        connect_args={"timeout": _WAIT_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("licet_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server(address: str) -> Engine:
    try:
        url = make_url(address)
    except ArgumentError:
        raise StoreError(
            f"--database {address.split('://', maxsplit=1)[0]}://...: is no address of a database; write "
            "postgresql://USER@HOST/NAME."
        ) from None
    if url.get_backend_name() != "postgresql":
        raise StoreError(
            f"--database: {url.get_backend_name()}; allowed: postgresql://..., or nothing for SQLite."
        )
    try:
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_timeout=10,
            connect_args={"connect_timeout": 5},
        )
    except ModuleNotFoundError:
        raise StoreError(
            "--database postgresql://...: psycopg is not installed; pip install 'licet[desk,postgres]'."
        ) from None


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Errors of the database as ``StoreError``, without addresses that hold a password."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"{where}: {' '.join(str(cause).split())[:300]}. Nothing was recorded; is the database there, "
            "with room on its disk, and may you write to it?"
        ) from error


def _migrate(engine: Engine) -> None:
    """Bring the tables to their present shape, one process at a time."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    with engine.connect() as quick:
        current = MigrationContext.configure(quick).get_current_heads()
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    if set(current) == set(scripts.get_heads()):
        return
    with engine.connect().execution_options(licet_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7346542)"))

        def steps(revision: Any, _: object) -> Any:
            return scripts._upgrade_revs("head", revision)  # what ``alembic upgrade head`` calls

        try:
            with EnvironmentContext(config, scripts, fn=steps, destination_rev="head") as runs:
                runs.configure(connection=connection, target_metadata=tables.metadata)
                runs.run_migrations()
        except CommandError as error:
            raise StoreError(
                f"{engine.url.render_as_string(hide_password=True)}: {error}. It was made by a newer Licet; "
                "use that, or another database."
            ) from None
        make_organization(connection, LOCAL)


@dataclass(slots=True)
class _Writer:
    """One thread that writes: it takes the jobs that wait, does each, and commits them together."""

    engine: Engine
    _jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = field(
        default_factory=queue.SimpleQueue
    )
    _thread: threading.Thread | None = None
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, job: Job) -> Future[Any]:
        done: Future[Any] = Future()
        with self._lock:
            if self._stopped:
                raise StoreError("the database is closed; the program is ending.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="licet-writer", daemon=True)
                self._thread.start()
            self._jobs.put((job, done))
        return done

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            thread = self._thread
            self._jobs.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        ends = False
        while not ends:
            waiting = [self._jobs.get()]
            while len(waiting) < _TOGETHER:
                try:
                    waiting.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            ends = None in waiting
            self._commit([one for one in waiting if one is not None])

    def _commit(self, waiting: list[tuple[Job, Future[Any]]]) -> None:
        jobs = [one for one in waiting if one[1].set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            with (
                self.engine.connect().execution_options(licet_writes=True) as connection,
                connection.begin(),
            ):
                answers = _done(connection, jobs)
        except BaseException as error:
            # Not on disk: nobody may be told that it is.
            for _, done in jobs:
                done.set_exception(error)
            return
        for (_, done), (result, failed) in zip(jobs, answers, strict=True):
            if failed is None:
                done.set_result(result)
            else:
                done.set_exception(failed)


def _done(
    connection: Connection, jobs: list[tuple[Job, Future[Any]]]
) -> list[tuple[Any, BaseException | None]]:
    """What each job gives, or its error, which undoes that job alone."""
    info, heads = connection.info, dict[str, tuple[int, str]]()
    info[HEADS] = heads
    if connection.dialect.name == "postgresql":
        # One process writes at a time, as with SQLite: rows of several organizations, and the rows that they
        # refer to, would be locked in another order by each, and one of two would lose what it did.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7346543)")
    try:
        if len(jobs) == 1:
            return [(jobs[0][0](connection), None)]
        answers: list[tuple[Any, BaseException | None]] = []
        for job, _ in jobs:
            before = dict(heads)
            try:
                with connection.begin_nested():
                    answers.append((job(connection), None))
            except Exception as error:
                if not connection.in_transaction() or connection.invalidated:
                    raise  # the connection is gone, and with it what was done before
                heads.clear()
                heads.update(before)
                answers.append((None, error))
        return answers
    finally:
        info.pop(HEADS, None)  # the end of the log is known for this transaction alone
