"""Orders, lines and parties in three files or frames, joined on the order's id; what joins nothing is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from licet.order_columns import COLUMNS, MOST_PARTIES, NUMBER

ORDER = "order"
"""The column of lines and parties that holds the id of their order."""
NAMES = ("orders", "lines", "parties")


def _below(head: str) -> tuple[str, ...]:
    return tuple(one.removeprefix(head) for one in COLUMNS if one.startswith(head))


COLUMNS_OF: Mapping[str, tuple[str, ...]] = {
    "orders": tuple(c for c in COLUMNS if not c.startswith(("line.", "party"))),
    "lines": (ORDER, "number", *_below("line.")),
    "parties": (ORDER, *_below("party1.")),
}
"""The columns of each of the three."""
KEY = {"orders": "id", "lines": ORDER, "parties": ORDER}


def join(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Make the table ``book`` of the tables ``orders``, ``lines`` and ``parties``; its columns.

    A row of the book is a line, and ``row`` its row in ``lines``. Rows that name no order, or one that is not
    there or stands twice, and orders without a line, go into ``faults``.
    """
    for table, key in KEY.items():
        _fault(
            connection,
            table,
            f't."{key}" IS NULL',
            f"'{key}: is empty; no order can be told by it.'",
        )
    twice = (
        "(SELECT id, string_agg(row, ', ' ORDER BY row) AS rows FROM orders "
        "GROUP BY id HAVING count(*) > 1)"
    )
    _fault(
        connection, "orders", "x.rows IS NOT NULL",
        "concat('id: the order stands in rows ', x.rows, ' of orders; which holds? Keep one.')",
        f"LEFT JOIN {twice} x ON x.id = t.id",
    )  # fmt: skip
    lineless = f't.id IS NOT NULL AND NOT EXISTS (FROM lines l WHERE l."{ORDER}" = t.id)'
    _fault(
        connection, "orders", lineless,
        "'id: no row of lines names this order; there is no line to decide.'",
    )  # fmt: skip
    for table in ("lines", "parties"):
        missing = f't."{ORDER}" IS NOT NULL AND NOT EXISTS (FROM orders o WHERE o.id = t."{ORDER}")'
        _fault(
            connection,
            table,
            missing,
            f"'{ORDER}: no row of orders has this id. Add the order, or mend the id.'",
        )
    connection.execute(
        f'CREATE TABLE seated AS SELECT *, row_number() OVER (PARTITION BY "{ORDER}" ORDER BY n) AS seat '
        "FROM parties"
    )
    many = (
        f'(SELECT "{ORDER}" AS id, count(*) AS count FROM parties GROUP BY ALL '
        f"HAVING count(*) > {MOST_PARTIES})"
    )
    spoiled = f'LEFT JOIN {twice} x ON x.id = t."{ORDER}" LEFT JOIN {many} y ON y.id = t."{ORDER}"'
    _fault(
        connection, "lines", "x.rows IS NOT NULL OR y.count IS NOT NULL",
        "CASE WHEN x.rows IS NOT NULL "
        "THEN concat('order: it stands in rows ', x.rows, ' of orders; which holds?') "
        f"ELSE concat('order: it has ', y.count, ' parties; an order book takes {MOST_PARTIES}.') END",
        spoiled,
    )  # fmt: skip
    seats = [
        n
        for (n,) in connection.execute("SELECT DISTINCT seat FROM seated ORDER BY seat").fetchall()
    ]
    return _make(connection, columns, [int(n) for n in seats if n <= MOST_PARTIES])


def _make(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Sequence[str]],
    seats: Sequence[int],
) -> list[str]:
    said: dict[str, str] = {f"{one}": f'o."{one}"' for one in columns["orders"]}
    for one in columns["lines"]:
        if one != ORDER:
            said[NUMBER if one == "number" else f"line.{one}"] = f'l."{one}"'
    joins = []
    for seat in seats:
        joins.append(
            f'LEFT JOIN seated p{seat} ON p{seat}."{ORDER}" = o.id AND p{seat}.seat = {seat}'
        )
        for one in columns["parties"]:
            if one != ORDER:
                said[f"party{seat}.{one}"] = f'p{seat}."{one}"'
    shown = ", ".join(f'{sql} AS "{name}"' for name, sql in said.items())
    connection.execute(
        f"CREATE TABLE book AS SELECT l.n, l.row, CAST(NULL AS VARCHAR) AS grp, {shown} FROM lines l "
        f'JOIN orders o ON o.id = l."{ORDER}" {" ".join(joins)} '
        "WHERE NOT EXISTS (FROM faults f WHERE f.of = 'lines' AND f.row = l.row) ORDER BY l.n"
    )
    connection.execute("DROP TABLE seated; DROP TABLE orders; DROP TABLE lines; DROP TABLE parties")
    return list(said)


def _fault(
    connection: duckdb.DuckDBPyConnection, table: str, where: str, reason: str, join: str = ""
) -> None:
    connection.execute(
        f"INSERT INTO faults BY NAME SELECT '{table}' AS of, t.row, t.\"{KEY[table]}\" AS id, "
        f"{reason} AS reason "
        f"FROM {table} t {join} WHERE {where}"
    )
