"""Order books of any size in DuckDB: rows numbered, parties screened once, rows that are alike made one.

Two rows are alike where the law cannot tell them apart: they differ in ids and free texts, in the names and
addresses of parties on no list, or in amounts between the same two limits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from licet.alike_values import AMOUNTS, amounts_alike, countries_alike
from licet.decide.marks import roles_of_compared_names
from licet.law.rulebook import Law, Rulebook
from licet.order import Line, Order, Party
from licet.order_columns import COLUMNS, BadBook, check_columns
from licet.parties.screen import screen

READ = (".parquet", ".csv", ".xlsx", ".jsonl", ".ndjson")
_UNREAD = frozenset({"id", "line.description", "end_use.statement"})
"""Columns that no rule reads."""
_MAKERS = ("line.designed_by", "line.made_by")
_COUNTRIES = (
    "to", "from", "line.made_in",
    *(f"party{at}.{name}" for at in range(1, 10) for name in ("country", "headquarters")),
)  # fmt: skip
_OF_PARTY = ("name", "country", "kind", "address")
_CLEAR, _PLACE = "nobody on a list", "an address on no list"
Named = tuple[str | None, ...]
"""Name, country, kind and address of a party; of a maker, the name alone."""
_AT_ONCE = 2_000  # names screened in one go


@dataclass(slots=True)
class OrderBook:
    """An order book in a database of its own: the table ``book`` has ``n``, the row from 1, and texts."""

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    count: int
    rejected: list[tuple[int, str]]
    """Lines of the file that are no rows, with the reason."""
    source: str
    _folder: tempfile.TemporaryDirectory[str]

    def close(self) -> None:
        """Let go of the database and its file."""
        self.connection.close()
        self._folder.cleanup()

    def row(self, n: int) -> dict[str, str]:
        """A row as it was given."""
        found = self.connection.execute("SELECT * FROM book WHERE n = ?", [n])
        names = [one[0] for one in found.description or ()]
        values = next(iter(found.fetchall()), ())
        return {k: v for k, v in zip(names, values, strict=True) if k != "n" and v is not None}

    def rows_with_id(self, id: str) -> list[int]:
        """The rows that have an id; every row has its number for one where there is no such column."""
        if "id" not in self.columns:
            return [int(id)] if id.isdigit() and 1 <= int(id) <= self.count else []
        found = self.connection.execute("SELECT n FROM book WHERE id = ? ORDER BY n", [id])
        return [n for (n,) in found.fetchall()]


def open_book(source: Path | Any, *, memory: str = "4GB") -> OrderBook:
    """An order book from a file, or from an Arrow table, pandas or polars frame or DuckDB relation.

    Columns as in ``licet.order_columns.COLUMNS``. Raises ``BadBook`` where it cannot be read as one.
    """
    folder = tempfile.TemporaryDirectory(prefix="licet-")
    connection = duckdb.connect(str(Path(folder.name) / "book.duckdb"))
    connection.execute(f"SET memory_limit = '{memory}'; SET preserve_insertion_order = true")
    rejected: list[tuple[int, str]] = []
    name = str(source) if isinstance(source, str | Path) else "the table"
    try:
        if isinstance(source, str | Path):
            reading = _file(connection, Path(source))
        else:
            connection.register("given", _arrow(source))
            reading = "given"
        described = connection.execute(f"DESCRIBE SELECT * FROM {reading}").fetchall()
        columns = [str(one[0]) for one in described]
        check_columns(columns, name)
        texts = ", ".join(_text(one[0], one[1]) for one in described)
        connection.execute(
            f"CREATE TABLE book AS SELECT row_number() OVER () AS n, {texts} FROM {reading}"
        )
        if reading.startswith("read_csv"):
            found = connection.execute(
                "SELECT line, any_value(error_message) FROM reject_errors GROUP BY line ORDER BY line"
            )
            rejected = [
                (int(line), str(said).partition("\n")[0]) for line, said in found.fetchall()
            ]
    except duckdb.Error as error:
        connection.close()
        folder.cleanup()
        reason = str(error).partition("\n")[0]
        raise BadBook(
            f"{name}: cannot be read: {reason}. Save it again as Parquet or CSV in UTF-8."
        ) from None
    except BaseException:
        connection.close()
        folder.cleanup()
        raise
    count = connection.execute("SELECT count(*) FROM book").fetchall()[0][0]
    if not count and not rejected:
        connection.close()
        folder.cleanup()
        raise BadBook(f"{name}: holds no row; there is nothing to decide.")
    return OrderBook(connection, tuple(columns), count, rejected, name, folder)


def _file(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    if not path.is_file():
        raise BadBook(f"{path}: there is no such file. Check the path.")
    ending = path.suffix.lower()
    quoted = str(path).replace("'", "''")
    match ending:
        case ".parquet":
            return f"read_parquet('{quoted}')"
        case ".csv":
            if path.stat().st_size == 0:
                raise BadBook(f"{path}: is empty; the first line names the columns.")
            # The quote is said: guessed, one that is never closed would make every row a wrong one.
            form = "all_varchar = true, header = true, quote = '\"', escape = '\"'"
            return f"read_csv('{quoted}', {form}, store_rejects = true)"
        case ".xlsx":
            connection.register("sheet", _excel(path))
            return "sheet"
        case ".jsonl" | ".ndjson":
            return f"read_json('{quoted}', format = 'newline_delimited', maximum_depth = 1)"
    raise BadBook(
        f"{path}: the ending {ending or '(none)'} says no format; allowed: {' '.join(READ)}."
    )


def _excel(path: Path) -> pa.Table:
    """The sheet that was open when the file was saved, as texts."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise BadBook(f"{path}: Excel files need openpyxl: pip install 'licet[excel]'.") from None
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).active
    except Exception as error:
        raise BadBook(
            f"{path}: not an Excel file: {error}. Save it again as .xlsx or CSV."
        ) from None
    if sheet is None or not hasattr(sheet, "iter_rows"):
        raise BadBook(f"{path}: the open sheet holds no cells; open the sheet of orders and save.")
    rows = [row for row in sheet.iter_rows(values_only=True) if any(c is not None for c in row)]
    head = [str(cell or "") for cell in rows[0]] if rows else []
    check_columns(head, str(path))
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else [[]] * len(head)
    return pa.table([[_in_sheet(c) for c in column] for column in columns], names=head)


def _in_sheet(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.date().isoformat() if hasattr(cell, "date") else str(cell)


def _arrow(frame: Any) -> Any:
    """What DuckDB can read of a frame: Arrow through its interchange, whatever made it."""
    for method in ("to_arrow_table", "to_arrow", "arrow"):
        if not isinstance(frame, pa.Table) and hasattr(frame, method):
            return getattr(frame, method)()
    if isinstance(frame, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    if type(frame).__module__.startswith("pandas"):
        return pa.Table.from_pandas(frame, preserve_index=False)
    raise BadBook(
        f"found {type(frame).__name__}; give an Arrow table, a pandas or polars frame, or a DuckDB relation."
    )


def _text(column: str, kind: str) -> str:
    """A column as text; a list as order books write it."""
    name = f'"{column}"'
    if kind.endswith("[]"):
        said = f"CASE WHEN len({name}) = 0 THEN '[]' ELSE array_to_string({name}, '|') END"
    elif kind == "JSON":
        said = f"CASE WHEN json_type({name}) = 'VARCHAR' THEN {name} ->> '$' ELSE CAST({name} AS VARCHAR) END"
    else:
        said = f"CAST({name} AS VARCHAR)"
    # Cells that hold nothing are unknown.
    return f"NULLIF(trim({said}), '') AS {name}"


def screen_parties(
    book: OrderBook,
    laws: Sequence[Law],
    *,
    screen_some: Callable[[Sequence[Sequence[Named]], bool], Iterator[list[bool]]] | None = None,
) -> int:
    """Screen every distinct party and maker once; how many there are.

    Makes the tables ``clear`` and ``clear_makers`` of those whom no list of any of the days names, resembles or
    lists by address. ``screen_some`` does what ``hits`` does, for some batches: in other processes, say.
    """
    some_hits = screen_some or (lambda some, makers: (hits(one, laws, makers) for one in some))
    connection = book.connection
    parts = [
        f"SELECT {', '.join(_cell(book, f'party{at}.{name}') for name in _OF_PARTY)} FROM book b"
        for at in _parties(book)
    ]
    makers = [
        f'SELECT "{one}", NULL, NULL, NULL FROM book b' for one in _MAKERS if one in book.columns
    ]
    count = 0
    for table, some in (("clear", parts), ("clear_makers", makers)):
        columns = ", ".join(f"{name} VARCHAR" for name in _OF_PARTY)
        connection.execute(f"CREATE TABLE {table} ({columns})")
        if some:
            count += _screened(connection, table, some, some_hits)
    return count


def _screened(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    parts: Sequence[str],
    screen_some: Callable[[Sequence[Sequence[Named]], bool], Iterator[list[bool]]],
) -> int:
    columns = ", ".join(_OF_PARTY)
    asked = f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) x({columns})"
    found = connection.execute(f"{asked} WHERE name IS NOT NULL").fetchall()
    clear: list[Named] = []
    batches = [found[at : at + _AT_ONCE] for at in range(0, len(found), _AT_ONCE)]
    answers = screen_some(batches, table == "clear_makers")
    for some, answer in zip(batches, answers, strict=True):
        clear += [row for row, hit in zip(some, answer, strict=True) if not hit]
    cells = list(zip(*clear, strict=True)) if clear else [()] * len(_OF_PARTY)
    arrays = [pa.array(list(column), pa.string()) for column in cells]
    connection.register("found", pa.table(arrays, names=list(_OF_PARTY)))
    connection.execute(f"INSERT INTO {table} SELECT * FROM found")
    connection.unregister("found")
    return len(found)


def hits(rows: Sequence[Named], laws: Sequence[Law], makers: bool) -> list[bool]:
    """Whether each party, or maker, is or resembles anybody on a list of one of the days."""
    parties = tuple(
        Party(name=name, country=country, kind=kind, address=address)
        for name, country, kind, address in rows
    )
    # A maker is asked for as an organization; a party without a kind may be a person.
    lines = tuple(Line(made_by=name) for name, *_ in rows)
    order = Order(lines=lines) if makers else Order(parties=parties)
    hit: set[int] = set()
    for law in laws:
        hit |= {int(one.path.partition("[")[2].partition("]")[0]) for one in screen(order, law)}
    return [at in hit for at in range(len(rows))]


def _parties(book: OrderBook) -> list[int]:
    return [at for at in range(1, 10) if f"party{at}.name" in book.columns]


def _cell(book: OrderBook, column: str) -> str:
    return f'b."{column}"' if column in book.columns else "CAST(NULL AS VARCHAR)"


def make_alike(book: OrderBook, rulebook: Rulebook, laws: Sequence[Law]) -> int:
    """Give each row the key of the rows that are like it; how many keys there are.

    Makes the table ``keyed`` (n, key) and ``kinds`` (key, the columns of the first such row as far as rules
    read them).
    """
    read = [one for one in COLUMNS if one in book.columns and one not in _UNREAD]
    joins, said = [], {one: f'b."{one}"' for one in read}
    whole = _cell(book, "license.parties")  # a license names parties: their names count then
    parties = _parties(book)
    cleared: dict[int, str] = {}
    compared = _names_compared(book, laws)
    for at in parties:
        c = f"c{at}"
        joins.append(
            _clear_join("clear", c, [_cell(book, f"party{at}.{name}") for name in _OF_PARTY])
        )
        more = [_cell(book, f"party{at}.{name}") for name in ("owners", "uses_equipment_of")]
        plain = " AND ".join(f"COALESCE({one}, '[]') = '[]'" for one in more)
        settled = f"{_cell(book, f'party{at}.disposition')} IS NULL"
        cleared[at] = test = f"{c}.name IS NOT NULL AND {plain} AND {settled} AND {whole} IS NULL"
        # Parties of one name stay of one name where a rule may compare them.
        same = " ".join(
            f"WHEN {_cell(book, f'party{at}.name')} = {_cell(book, f'party{one}.name')} THEN '{one}'"
            for one in parties[: parties.index(at) + 1]
        )
        name = f"concat('{_CLEAR} ', CASE WHEN {compared} THEN CASE {same} END ELSE '{at}' END)"
        said[f"party{at}.name"] = f'CASE WHEN {test} THEN {name} ELSE b."party{at}.name" END'
        if f"party{at}.address" in said:
            address = f'b."party{at}.address"'
            there = f"{test} AND {address} IS NOT NULL"
            said[f"party{at}.address"] = f"CASE WHEN {there} THEN '{_PLACE}' ELSE {address} END"
    for number, one in enumerate(maker for maker in _MAKERS if maker in said):
        joins.append(
            _clear_join("clear_makers", f"m{number}", [f'b."{one}"', "NULL", "NULL", "NULL"])
        )
        said[one] = f"CASE WHEN m{number}.name IS NOT NULL THEN '{_CLEAR}' ELSE b.\"{one}\" END"
    direct = f"COALESCE({_cell(book, 'shipment.via')}, '[]') = '[]'"  # a country passed through is compared
    for number, column in enumerate(one for one in _COUNTRIES if one in said):
        cell = f'b."{column}"'
        party = column[5] if column.startswith("party") else ""
        table = f"alike_{number}"
        codes = countries_alike(rulebook, laws, "party.country" if party else column)
        alike = pa.table([list(codes), list(codes.values())], names=["code", "alike"])
        book.connection.register(table, alike)
        joins.append(f"LEFT JOIN {table} k{number} ON k{number}.code = {cell}")
        # Where somebody may be listed, his own country counts.
        test = cleared.get(int(party), "FALSE") if party else direct
        said[column] = f"CASE WHEN {test} THEN COALESCE(k{number}.alike, {cell}) ELSE {cell} END"
    for column in (one for one in AMOUNTS if one in said):
        left = [_cell(book, f"license.{name}") for name in ("value_left_usd", "quantity_left")]
        claimed = " OR ".join(f"{one} IS NOT NULL" for one in left)
        alias = "a_" + column.partition(".")[2]
        book.connection.register(alias, amounts_alike(column, rulebook, laws))
        value = f'TRY_CAST(b."{column}" AS DOUBLE)'
        entry = f"split_part({_cell(book, 'line.eccn')}, '.', 1)"
        known = f"SELECT DISTINCT entry FROM {alias}"
        none = f"WHEN {_cell(book, 'line.eccn')} IS NULL THEN '?'"
        entry = f"CASE {none} WHEN {entry} IN ({known}) THEN {entry} ELSE '' END"
        joins.append(
            f"LEFT JOIN {alias} ON {alias}.entry = {entry} "
            f"AND {value} >= {alias}.low AND {value} < {alias}.high"
        )
        said[column] = (
            f'CASE WHEN {claimed} THEN b."{column}" ELSE COALESCE({alias}.alike, b."{column}") END'
        )
    shown = ", ".join(f'{sql} AS "{column}"' for column, sql in said.items())
    source = f"FROM book b {' '.join(joins)}"
    # Texts of any content side by side: lengths tell where one ends.
    parts = ", ".join(f"COALESCE(concat(length({sql}), ':', {sql}), '-')" for sql in said.values())
    connection = book.connection
    connection.execute(
        f"CREATE TABLE keyed AS SELECT b.n, md5_number(concat({parts})) AS key {source}"
    )
    connection.execute(
        "CREATE TABLE kinds AS SELECT f.key, s.* FROM (SELECT key, min(n) AS first FROM keyed GROUP BY key) f "
        f"JOIN (SELECT b.n, {shown} {source}) s ON s.n = f.first ORDER BY s.n"
    )
    count = connection.execute("SELECT count(*) FROM kinds").fetchall()[0][0]
    return int(count)


def _names_compared(book: OrderBook, laws: Sequence[Law]) -> str:
    """Whether a row has a party whose name a rule may compare with that of another, as SQL."""
    roles = roles_of_compared_names(laws)
    if roles is None:
        return "TRUE"
    choices = ", ".join(f"'{role}'" for role in sorted(roles)) or "NULL"
    found = ["FALSE"]
    for at in range(1, 10):
        own = [one for one in book.columns if one.startswith(f"party{at}.")]
        role = _cell(book, f"party{at}.role")
        there = " OR ".join(f'b."{one}" IS NOT NULL' for one in own)
        if own:
            found.append(f"COALESCE({role} IN ({choices}), {role} IS NULL AND ({there}))")
    return f"({' OR '.join(found)})"


def _clear_join(table: str, alias: str, cells: Sequence[str]) -> str:
    on = " AND ".join(
        f"{alias}.{name} IS NOT DISTINCT FROM {cell}"
        for name, cell in zip(_OF_PARTY, cells, strict=True)
    )
    return f"LEFT JOIN {table} {alias} ON {on}"


def columns_of_kinds(book: OrderBook) -> tuple[str, ...]:
    """The columns of ``kinds`` after the number of the row."""
    found = book.connection.execute("DESCRIBE SELECT * EXCLUDE (key, n) FROM kinds").fetchall()
    return tuple(str(one[0]) for one in found)


def kinds(book: OrderBook, *, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows that stand for all rows like them, some at once: the number of the row and its cells."""
    cursor = book.connection.cursor()
    # Rows that differ in the worth of the line alone lie side by side, for they may be decided together.
    names = [f'"{one}"' for one in columns_of_kinds(book) if one != "line.value_usd"]
    first = f"min(n) OVER (PARTITION BY {', '.join(names)})" if names else "n"
    # Items without an ECCN, which ask for most, come first, so that nobody waits for them at the end.
    item = '"line.eccn" NULLS FIRST, ' if "line.eccn" in columns_of_kinds(book) else ""
    cursor.execute(f"SELECT * EXCLUDE (key) FROM kinds ORDER BY {item}{first}, n")
    while some := cursor.fetchmany(at_once):
        yield some
