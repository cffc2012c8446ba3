"""The SQL text run by DuckDB, embedded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb

from licet.decide.sql.statement import Statement

if TYPE_CHECKING:
    import pyarrow as pa


# Below so many lines, several threads only wait for each other: most of the time goes into the plan.
_MANY = 100_000


def run(statement: Statement, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The verdicts on all lines: a row for each, in no order that counts; join on ``id``.

    The columns are ``id``, ``order_id``, ``line_no``, ``day``, the band and outcome of the line and
    (``order_``) of its order, review policy, deciding and waiting rules (ids, parted by spaces), and ``r_`` the
    truth of each rule.
    """
    connection = duckdb.connect()
    try:
        if tables["lines"].num_rows < _MANY:
            connection.execute("SET threads = 1")
        # A bar of its own would stand among the answers, after two seconds.
        connection.execute("SET enable_progress_bar = false")
        for table, rows in tables.items():
            connection.register(table, rows)
        return connection.sql(statement.text).to_arrow_table()
    finally:
        connection.close()
