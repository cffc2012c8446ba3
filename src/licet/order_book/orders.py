"""Rows that are lines of one order: those that share an id, numbered, and refused where they contradict one
another.

Some limits of the law are for an order: the values of its lines are added up. So its lines are decided
together, and an order of which a line cannot be read or stands twice is not decided at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from licet.order_columns import NUMBER


def gather(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> int:
    """Make the table ``lines_of_orders`` of rows whose order has several; how many orders these are.

    ``n``, ``order_n`` (the least ``n`` of the order), ``line`` (its number) and ``place`` (from 0). Facts of
    the order that some of its rows leave out are filled in from the others. Rows that cannot be a line go into
    ``faults``, and ``spoiled`` has the ``n`` of every row that is not to be decided.
    """
    connection.execute("CREATE TABLE spoiled (n BIGINT, reason VARCHAR)")
    key = "COALESCE(id, grp)" if "id" in columns else "grp"
    number = f'TRY_CAST("{NUMBER}" AS BIGINT)' if NUMBER in columns else "NULL"
    if NUMBER in columns:
        connection.execute(
            f"INSERT INTO spoiled SELECT n, concat('{NUMBER}: found ', \"{NUMBER}\", "
            f"'; a whole number from 1 is asked.') FROM book "
            f'WHERE "{NUMBER}" IS NOT NULL AND COALESCE({number}, 0) < 1'
        )
    connection.execute(
        f"CREATE TABLE shared AS SELECT {key} AS key FROM book WHERE {key} IS NOT NULL GROUP BY "
        f"ALL HAVING count(*) > 1"
    )
    connection.execute(
        "CREATE TABLE lines_of_orders AS SELECT n, order_n, line, row_number() OVER (PARTITION BY order_n "
        f"ORDER BY line, n) - 1 AS place FROM (SELECT b.n, min(b.n) OVER w AS order_n, COALESCE({number}, "
        "row_number() OVER (PARTITION BY s.key ORDER BY b.n)) AS line FROM book b JOIN shared s "
        f"ON s.key = {key.replace('id', 'b.id').replace('grp', 'b.grp')} WINDOW w AS (PARTITION BY s.key))"
    )
    (count,) = connection.execute("SELECT count(*) FROM shared").fetchall()[0]
    if count:
        _twice(connection, NUMBER in columns)
        _agree(
            connection, [one for one in columns if one != NUMBER and not one.startswith("line.")]
        )
    _unread(connection, "id" in columns)
    # What spoils one line spoils its order: without it the sum of the others would be too small.
    connection.execute(
        "INSERT INTO spoiled SELECT l.n, concat('row ', min(b.row), ' is of the same order, and wrong; "
        "the lines of an order are decided together.') FROM lines_of_orders l "
        "JOIN lines_of_orders o ON o.order_n = l.order_n JOIN spoiled s ON s.n = o.n "
        "JOIN book b ON b.n = o.n WHERE NOT EXISTS (FROM spoiled x WHERE x.n = l.n) GROUP BY l.n"
    )
    connection.execute("DROP TABLE shared")
    return int(count)


def _twice(connection: duckdb.DuckDBPyConnection, numbered: bool) -> None:
    """A number that stands twice in an order: which of the lines is it?"""
    what = "the number stands twice" if numbered else "the line stands twice"
    connection.execute(
        f"INSERT INTO spoiled SELECT l.n, concat('{NUMBER}: {what}, in rows ', "
        "string_agg(b.row, ', ' ORDER BY b.row), ' of one order; keep one, or number them anew.') "
        "FROM lines_of_orders l JOIN lines_of_orders o ON o.order_n = l.order_n AND o.line = l.line "
        "JOIN book b ON b.n = o.n GROUP BY l.n, l.order_n, l.line HAVING count(*) > 1"
    )


def _agree(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """What is said of an order must be the same in its rows; what only some say holds for all."""
    facts = [one for one in columns if one != "id"]
    if not facts:
        return
    said = ", ".join(
        f'min(b."{one}") AS "{one}", max(b."{one}") AS "{one}>", count(b."{one}") AS "{one}#"'
        for one in facts
    )
    connection.execute(
        f"CREATE TABLE whole AS SELECT l.order_n, count(*) AS rows_, {said} FROM lines_of_orders l "
        "JOIN book b ON b.n = l.n GROUP BY l.order_n"
    )
    for one in facts:
        connection.execute(
            f"INSERT INTO spoiled SELECT l.n, concat('{one}: the rows of one order differ, ', "
            f'w."{one}", \' and \', w."{one}>", '
            "'. Make them the same, or give the orders ids of their own.') "
            f'FROM whole w JOIN lines_of_orders l ON l.order_n = w.order_n WHERE w."{one}" <> w."{one}>"'
        )
    some = ", ".join(f'count(*) FILTER ("{one}#" BETWEEN 1 AND rows_ - 1)' for one in facts)
    counts = connection.execute(f"SELECT {some} FROM whole").fetchall()[0]
    filled = [one for one, count in zip(facts, counts, strict=True) if count]
    if filled:
        shown = ", ".join(f'COALESCE(b."{one}", w."{one}") AS "{one}"' for one in filled)
        connection.execute(
            f"CREATE TABLE filled AS SELECT b.* REPLACE ({shown}) FROM book b "
            "LEFT JOIN lines_of_orders l ON l.n = b.n LEFT JOIN whole w ON w.order_n = l.order_n ORDER BY b.n"
        )
        connection.execute("DROP TABLE book; ALTER TABLE filled RENAME TO book")
    connection.execute("DROP TABLE whole")


def _unread(connection: duckdb.DuckDBPyConnection, ids: bool) -> None:
    """Rows whose order has a row that could not be read."""
    if ids:
        connection.execute(
            "INSERT INTO spoiled SELECT b.n, concat(f.of, ' row ', min(f.row), ' is of the same order and "
            "cannot be read; the lines of an order are decided together.') FROM book b "
            "JOIN faults f ON f.id = b.id WHERE f.of IN ('book', 'lines', 'parties') GROUP BY b.n, f.of"
        )
