"""An order book of any form and size in a DuckDB database on disk: its rows, its orders, and what
cannot be read."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from licet.order_book.orders import gather
from licet.order_book.reading import read_into
from licet.order_book.three_files import COLUMNS_OF, KEY, NAMES, join
from licet.order_columns import BOOK_COLUMNS, BadBook

_OLD = 60  # seconds before a folder that nobody holds may be thrown away


class NoRoom(OSError):  # noqa: N818 -- it says what is the matter
    """The database of an order book cannot be written: the disk is full, or the folder is closed to us."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not decided: its row in the file, the id of its order, the reason, its line and file."""

    row: int
    id: str | None
    reason: str
    line: int | None = None
    file: str = ""


@dataclass(slots=True)
class OrderBook:
    """An order book in a database of its own: the table ``book`` has ``n`` from 1, ``row``, and texts.

    ``row`` is where a row stands in its file: the line of a text file, the row of a sheet, else the place from
    1.
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    count: int
    orders: int
    """Orders that have several lines."""
    sources: Mapping[str, str]
    """The name of what each table was read from, for messages."""
    _folder: _Folder

    @property
    def source(self) -> str:
        """The name of the file, or of the file of lines."""
        return self.sources.get("book") or self.sources["lines"]

    @property
    def folder(self) -> Path:
        """Where the database lies."""
        return self._folder.path

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A second connection, on which rows may be read while others are written; it shows no bar either."""
        return self.connection.cursor().execute("SET enable_progress_bar = false")

    def close(self) -> None:
        """Let go of the database and its file."""
        self.connection.close()
        self._folder.close()

    def lines(self, n: int) -> list[dict[str, str]]:
        """The rows of the order of a row, as they were given, in the order of its lines."""
        found = self.connection.execute(
            "SELECT b.* FROM book b LEFT JOIN lines_of_orders l ON l.n = b.n WHERE b.n = $n OR l.order_n = "
            "(SELECT order_n FROM lines_of_orders WHERE n = $n) ORDER BY l.place",
            {"n": n},
        )
        names = [one[0] for one in found.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
        return [{k: row[k] for k in self.columns if row[k] is not None} for row in rows]

    def rows_with_id(self, id: str) -> list[int]:
        """``n`` of the first line of each order with an id; a row's place stands for an id it has not."""
        own = (
            "COALESCE(b.id, CAST(b.row AS VARCHAR))"
            if "id" in self.columns
            else "CAST(b.row AS VARCHAR)"
        )
        found = self.connection.execute(
            f"SELECT b.n FROM book b LEFT JOIN lines_of_orders l ON l.n = b.n WHERE {own} = ? "
            "AND COALESCE(l.place, 0) = 0 ORDER BY b.n",
            [id],
        )
        return [n for (n,) in found.fetchall()]

    def unread(self) -> Iterator[BadRow]:
        """The rows that could not be read, or cannot be lines of their order."""
        cursor = self.cursor()
        cursor.execute("SELECT of, row, id, reason FROM faults ORDER BY of, row")
        while some := cursor.fetchmany(1_000):
            for of, row, id_, reason in some:
                name = self.sources[of]
                yield BadRow(row, id_, f"{name}:{row}: {reason}", None, name)
        id_ = "b.id" if "id" in self.columns else "NULL"
        cursor.execute(
            f"SELECT b.row, {id_}, l.line, string_agg(s.reason, ' ') FROM spoiled s JOIN book b ON b.n = s.n "
            "LEFT JOIN lines_of_orders l ON l.n = b.n GROUP BY ALL ORDER BY b.row, l.line"
        )
        while some := cursor.fetchmany(1_000):
            for row, id_, line, reason in some:
                yield BadRow(row, id_, f"{self.source}:{row}: {reason}", line, self.source)


def open_book(source: Path | Mapping[str, Any] | Any, *, memory: str = "4GB") -> OrderBook:
    """An order book from a file, a folder, three files or frames, or a frame.

    A file is Parquet, CSV, Excel or JSON lines with a row for each line, or JSON lines with an order in each. A
    folder holds ``orders``, ``lines`` and ``parties``; a mapping with these three keys names files or frames. A
    frame is an Arrow table, a pandas or polars frame or a DuckDB relation. Columns as in
    ``licet.order_columns.BOOK_COLUMNS`` and docs/reference/order-book.md. Raises ``BadBook`` where it cannot be
    read as one, and ``NoRoom`` where the database does not fit on the disk.
    """
    folder = _Folder()
    connection = None
    try:
        with room(folder.path):
            connection = duckdb.connect(str(folder.path / "book.duckdb"))
            connection.execute(
                f"SET memory_limit = '{memory}'; SET preserve_insertion_order = true; "
                "SET enable_progress_bar = false"
            )
            connection.execute(
                "CREATE TABLE faults (of VARCHAR, row BIGINT, id VARCHAR, reason VARCHAR)"
            )
            columns, sources = _read(connection, source)
            orders = gather(connection, columns)
    except BaseException:
        if connection is not None:
            connection.close()
        folder.close()
        raise
    count = connection.execute("SELECT count(*) FROM book").fetchall()[0][0]
    book = OrderBook(connection, tuple(columns), count, orders, sources, folder)
    if not count and not connection.execute("SELECT count(*) FROM faults").fetchall()[0][0]:
        book.close()
        raise BadBook(f"{book.source}: holds no row; there is nothing to decide.")
    return book


def _read(connection: duckdb.DuckDBPyConnection, source: Any) -> tuple[list[str], dict[str, str]]:
    three = _three(source)
    if three is None:
        return read_into(connection, "book", source, BOOK_COLUMNS), {"book": _name(source)}
    columns: dict[str, list[str]] = {}
    for table in NAMES:
        columns[table] = read_into(connection, table, three[table], COLUMNS_OF[table])
        if KEY[table] not in columns[table]:
            raise BadBook(
                f"{_name(three[table], table)}: the column {KEY[table]} is missing; {table} are joined by it."
            )
    return join(connection, columns), {table: _name(three[table], table) for table in NAMES}


def _three(source: Any) -> Mapping[str, Any] | None:
    """The three files or frames that are named, or that lie in a folder; None where it is one."""
    if isinstance(source, Mapping):
        if set(source) != set(NAMES):
            raise BadBook(f"found {', '.join(map(str, source))}; name {', '.join(NAMES)}.")
        return source
    if not isinstance(source, str | Path) or not Path(source).is_dir():
        return None
    found = {}
    for name in NAMES:
        files = [
            one for one in sorted(Path(source).glob(f"{name}.*")) if one.suffix.lower() in _FORMS
        ]
        if len(files) != 1:
            what = f"{len(files)} files" if files else "no file"
            raise BadBook(
                f"{source}: {what} {name}.*; a folder holds one of each of {', '.join(NAMES)}, "
                f"ending in {' '.join(_FORMS)}."
            )
        (found[name],) = files
    return found


_FORMS = (".csv", ".parquet", ".xlsx", ".jsonl", ".ndjson")


def _name(source: Any, table: str = "") -> str:
    if isinstance(source, str | Path):
        return str(source)
    return f"the table of {table}" if table else "the table"


@contextlib.contextmanager
def room(folder: Path) -> Iterator[None]:
    """Make a disk that is full or closed, and what cannot be read, into errors that say what to do."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        # A commit that cannot be written is an error of the transaction.
        if not (
            isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException)
            or "Could not write" in reason
        ):
            raise
        raise NoRoom(
            f"the database of the order book cannot be written in {folder.parent}: {reason} "
            "Free some of that disk, or set TMPDIR to a folder on a larger one; the same command goes on."
        ) from None


class _Folder:
    """A folder that one process holds; those of processes that were killed are thrown away."""

    def __init__(self) -> None:
        parent = Path(tempfile.gettempdir())
        try:
            _sweep(parent)
            self.path = Path(tempfile.mkdtemp(prefix="licet-book-", dir=parent))
            self._lock = (self.path / "held").open("wb")
            _hold(self._lock.fileno())
        except OSError as error:
            raise NoRoom(
                f"no folder for the database can be made in {parent}: {error.strerror or error}. "
                "Set TMPDIR to a folder that is open to you."
            ) from None

    def close(self) -> None:
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _hold(file: int) -> bool:
    """Hold a file until it is closed or the process dies; False where another holds it."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing is swept there, since nothing tells who is alive
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Throw away the databases of replays that were killed: gigabytes that nobody holds."""
    for old in parent.glob("licet-book-*"):
        with contextlib.suppress(OSError):
            if old.stat().st_uid != os.getuid() or time.time() - old.stat().st_mtime < _OLD:
                continue
            with (old / "held").open("rb") as held:
                if _hold(held.fileno()):
                    shutil.rmtree(old, ignore_errors=True)
