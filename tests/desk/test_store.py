"""The desk's database, SQLite and PostgreSQL alike: its shape, what it refuses, and who writes."""

from __future__ import annotations

import sqlite3
import threading
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from licet.desk import audit, tables
from licet.desk.store import LOCAL, Store, StoreError, make_organization, open_store


def test_the_steps_of_migration_lead_to_the_tables_that_the_program_uses(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.metadata) == []


def test_a_database_that_is_opened_again_holds_what_was_written(database: str) -> None:
    first = open_store(database)
    first.write(lambda db: audit.append(db, LOCAL, actor="a", action="noted", subject="x"))
    first.close()
    second = open_store(database)
    with second.read() as db:
        assert [one.subject for one in audit.entries(db, LOCAL)] == ["x"]
    second.close()


@pytest.mark.parametrize("table", tables.ONLY_GROW)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'other'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_record(
    store: Store, table: str, statement: str
) -> None:
    """Also for somebody who opens the database beside the program."""
    store.write(lambda db: audit.append(db, LOCAL, actor="a", action="noted", subject="x"))
    column = {"audit": "actor", "law": "as_of"}.get(
        table, "outcome" if table == "decision" else "by"
    )
    _fill(store)
    name = store.engine.dialect.identifier_preparer.quote(column)
    with (
        pytest.raises(sa.exc.DBAPIError, match="the record is never changed"),
        store.engine.connect().execution_options(licet_writes=True) as db,
        db.begin(),
    ):
        db.execute(sa.text(statement.format(table, name)))


def _fill(store: Store) -> None:
    """A row of each table of the record, whatever it says: SQLite's triggers look at rows."""

    def rows(db: sa.Connection) -> None:
        for name in ("decision", "disposition", "law"):
            table = tables.metadata.tables[name]
            values: dict[str, object] = {}
            for column in table.columns:
                kind = column.type.python_type
                values[column.name] = (
                    LOCAL if column.name == "organization" else kind() if kind is not str else "x"
                )
            db.execute(table.insert().values(**values))

    store.write(rows)


def test_a_job_that_fails_is_undone_alone(store: Store) -> None:
    """Writes that wait together are committed together; one that fails takes no other with it."""
    go = threading.Event()
    results: list[object] = []

    def slow(db: sa.Connection) -> int:
        go.wait(10)
        return audit.append(db, LOCAL, actor="a", action="noted", subject="slow")

    def fails(db: sa.Connection) -> None:
        audit.append(db, LOCAL, actor="a", action="noted", subject="undone")
        raise ValueError("no")

    def good(db: sa.Connection) -> int:
        return audit.append(db, LOCAL, actor="a", action="noted", subject="good")

    def run(job: object) -> None:
        try:
            results.append(store.write(job))  # type: ignore[arg-type]
        except ValueError as error:
            results.append(str(error))

    threads = [threading.Thread(target=run, args=(job,)) for job in (slow, fails, good)]
    for one in threads:
        one.start()
    go.set()
    for one in threads:
        one.join()
    with store.read() as db:
        assert sorted(one.subject for one in audit.entries(db, LOCAL)) == ["good", "slow"]
        assert list(audit.verify(db, LOCAL)) == []
    assert "no" in results and len(results) == 3


def test_two_processes_that_write_one_log_keep_one_chain(database: str) -> None:
    """Two programs, each with its own connections, as ``licet serve`` beside ``licet keys make``."""
    stores = [open_store(database), open_store(database)]

    def write(store: Store) -> None:
        for _ in range(25):
            store.write(lambda db: audit.append(db, LOCAL, actor="a", action="noted", subject="x"))

    threads = [threading.Thread(target=write, args=(store,)) for store in stores]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with stores[0].read() as db:
        assert list(audit.verify(db, LOCAL)) == []
        assert audit.head(db, LOCAL)[0] == 50
    for store in stores:
        store.close()


def _noted(name: str, db: sa.Connection) -> None:
    audit.append(db, name, actor="a", action="noted", subject=name)


def test_two_organizations_have_two_logs(store: Store) -> None:
    store.write(lambda db: make_organization(db, "acme"))
    for name in ("acme", LOCAL, "acme"):
        store.write(partial(_noted, name))
    with store.read() as db:
        assert [one.number for one in audit.entries(db, "acme")] == [1, 2]
        assert [one.subject for one in audit.entries(db, LOCAL)] == [LOCAL]


def test_a_database_that_cannot_be_had_says_so_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is the database there") as told:
        open_store("postgresql://licet:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(told.value)
    with pytest.raises(StoreError, match="allowed: postgresql"):
        open_store("mysql://licet@localhost/none")
    (tmp_path / "desk.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(tmp_path)


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "desk.sqlite") as db:
        db.execute("UPDATE alembic_version SET version_num = 'later'")
    db.close()
    with pytest.raises(StoreError, match="newer Licet"):
        open_store(tmp_path)
