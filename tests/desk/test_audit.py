"""The log: what was changed, taken out, put elsewhere or cut off shows; an old decision is decided again."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.desk import archive, audit, record, tables
from licet.desk.counter import Asker, Counter, Loaded
from licet.desk.record import Terms
from licet.desk.store import LOCAL, Store, open_store
from licet.law.rulebook import Rulebook
from licet.order import order_from

from .clients import store_of

ENTRIES = 6


def unguarded(store: Store, *statements: str) -> None:
    """Change the record as somebody could who has the database file itself: without its triggers."""
    with store.engine.connect().execution_options(licet_writes=True) as db, db.begin():
        if store.sqlite:
            for name in db.execute(
                sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars().all():  # fmt: skip
                db.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            db.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            db.execute(sa.text(statement))


def noted(store: Store) -> None:
    for at in range(ENTRIES):
        subject, details = f"order {at}", {"at": at}
        append = partial(
            audit.append, actor="Ada", action="noted", subject=subject, details=details
        )
        store.write(partial(_appended, append))


def _appended(append: Any, db: sa.Connection) -> None:
    append(db, LOCAL)


def faults(store: Store, **more: Any) -> list[audit.Fault]:
    with store.read() as db:
        return list(audit.verify(db, LOCAL, **more))


def test_a_log_as_it_was_written_is_whole(store: Store) -> None:
    noted(store)
    assert faults(store) == []


@pytest.mark.parametrize(
    ("statement", "number", "says"),
    [
        (
            "UPDATE audit SET entry = replace(entry, 'Ada', 'Bob') WHERE number = 3",
            3,
            "changed, or moved",
        ),
        ("UPDATE audit SET actor = 'Bob' WHERE number = 3", 3, "its columns say something else"),
        ("UPDATE audit SET entry = '{' WHERE number = 3", 3, "cannot be read"),
        ("DELETE FROM audit WHERE number = 3", 4, "entry 3 is missing"),
        ("DELETE FROM audit WHERE number IN (1, 2)", 3, "entry 1 to 2 is missing"),
    ],
)
def test_an_entry_that_was_changed_or_taken_out_shows(
    store: Store, statement: str, number: int, says: str
) -> None:
    noted(store)
    unguarded(store, statement)
    assert any(one.number == number and says in one.says for one in faults(store)), faults(store)


def test_entries_that_changed_places_show(store: Store) -> None:
    noted(store)
    swap = [
        "UPDATE audit SET number = 99 WHERE number = 2", "UPDATE audit SET number = 2 WHERE number = 4",
        "UPDATE audit SET number = 4 WHERE number = 99",
    ]  # fmt: skip
    unguarded(store, *swap)
    assert {2, 4} <= {one.number for one in faults(store)}


def test_a_log_that_was_cut_shows_against_the_head_that_was_noted(store: Store) -> None:
    noted(store)
    with store.read() as db:
        head = audit.head(db, LOCAL)
    unguarded(store, f"DELETE FROM audit WHERE number = {ENTRIES}")
    assert faults(store) == []  # a chain alone cannot know
    (fault,) = faults(store, noted=head)
    assert "cut or replaced" in fault.says


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_change_of_any_letter_goes_unseen(sqlite_store: Store, data: st.DataObject) -> None:
    """The law of the chain: whatever one letter of whatever entry becomes, the log is no longer whole."""
    if not (entries := _entries(sqlite_store)):
        noted(sqlite_store)
        entries = _entries(sqlite_store)
    one = data.draw(st.sampled_from(entries))
    at = data.draw(st.integers(0, len(one.entry) - 1))
    letter = data.draw(
        st.characters(codec="utf-8").filter(lambda c: c != one.entry[at] and c != "\0")
    )
    changed = one.entry[:at] + letter + one.entry[at + 1 :]
    with sqlite_store.engine.connect().execution_options(licet_writes=True) as db:
        outer = db.begin()
        db.execute(sa.text("DROP TRIGGER audit_UPDATE"))
        table = tables.audit
        db.execute(table.update().where(table.c.number == one.number).values(entry=changed))
        assert list(audit.verify(db, LOCAL)), (one.entry, changed)
        outer.rollback()


def _entries(store: Store) -> list[audit.Entry]:
    with store.read() as db:
        return list(audit.entries(db, LOCAL))


@pytest.mark.parametrize(
    ("column", "value"), [("answer", "{}"), ("outcome", "no_license_required"), ("given", "{}")]
)
def test_a_decision_that_was_changed_behind_the_log_shows(
    desk: TestClient, osaka: dict[str, Any], column: str, value: str
) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    unguarded(store_of(desk), f"UPDATE decision SET {column} = '{value}'")
    (fault,) = desk.get("/audit/verify").json()["faults"]
    assert fault["says"] == f"decision {decided} is not what was recorded"


def test_a_decision_that_was_taken_out_or_slipped_in_shows(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    store = store_of(desk)
    columns = ", ".join(f'"{c.name}"' for c in tables.decision.columns if c.name != "id")
    unguarded(
        store, f"INSERT INTO decision (id, {columns}) SELECT 'false', {columns} FROM decision"
    )
    assert "1 rows of decision are in no entry" in desk.get("/audit/verify").text
    unguarded(store, f"DELETE FROM decision WHERE id = '{decided}'")
    assert f"decision {decided} is missing" in desk.get("/audit/verify").text


def test_a_decision_is_decided_again_with_the_same_answer(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    for on, outcome in (("2019-05-15", "no_license_required"), ("2019-06-30", "license_required")):
        decided = desk.post(f"/check?on={on}", json=osaka).json()
        assert decided["outcome"] == outcome
        again = desk.post(f"/decisions/{decided['decision_id']}/replay").json()
        assert (again["same"], again["differs"]) == (True, [])


def test_a_decision_is_decided_again_under_the_law_that_decided_it(
    sqlite_store: Store, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    """Years later the program has another law; the old one was kept, and gives the old answer."""
    counter = Counter(sqlite_store)
    counter.take(loaded)
    made = counter.decide(Asker(LOCAL, "Ada"), order_from(osaka), Terms())
    decided = sqlite_store.write(made.keep)["decision_id"]
    later = load_changed(loaded.book)
    found = record.again(sqlite_store, LOCAL, str(decided), later)
    assert (found.same, found.law) == (True, loaded.book.id)


def load_changed(book: Rulebook) -> Rulebook:
    """The same law under another id, as any later edition has."""
    from dataclasses import replace

    return replace(book, id="another", _laws={})


def test_where_the_law_was_not_kept_the_replay_says_under_which_it_decided(
    sqlite_store: Store, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    counter = Counter(sqlite_store)
    counter._loaded = loaded  # in use, and never kept
    made = counter.decide(Asker(LOCAL, "Ada"), order_from(osaka), Terms())
    decided = sqlite_store.write(made.keep)["decision_id"]
    found = record.again(sqlite_store, LOCAL, str(decided), load_changed(loaded.book))
    assert found.law == "another" and "it is not kept" in found.differs[0]
    assert not found.same  # the answer names the law that it was given under


def test_a_replay_says_what_differs(
    desk: TestClient, osaka: dict[str, Any], loaded: Loaded
) -> None:
    """An answer that this engine does not give any more: the outcome is told, then and now."""
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    unguarded(
        store_of(desk),
        "UPDATE decision SET engine = '0.0.9', answer = replace(answer, "
        '\'"outcome":"license_required"\', \'"outcome":"prohibited"\')',
    )
    found = record.again(store_of(desk), LOCAL, decided, loaded.book)
    assert not found.same
    assert found.differs == (
        "outcome: prohibited then, license_required now",
        f"engine: 0.0.9 then, {licet.__version__} now",
    )


def test_the_law_comes_out_of_the_archive_as_it_went_in(loaded: Loaded) -> None:
    packed = archive.pack(loaded.book)
    assert packed == archive.pack(loaded.book)
    assert archive.unpack(loaded.book.id, packed).id == loaded.book.id
    with pytest.raises(archive.LawGone, match="its archive holds law"):
        archive.unpack("0123456789abcdef", packed)


def test_records_are_kept_as_long_as_the_law_of_the_day_asks(loaded: Loaded) -> None:
    """Five years under 15 CFR 762.6; ten for OFAC's records since 12 March 2025 (31 CFR 501.601)."""
    import datetime as dt

    order = order_from({"date": "2019-06-30", "activity": "export", "from": "US", "to": "CN"})
    decision = licet.check(order, rulebook=loaded.book)
    for today, until in (
        (dt.date(2025, 3, 11), dt.date(2030, 3, 11)), (dt.date(2025, 3, 12), dt.date(2035, 3, 12)),
    ):  # fmt: skip
        assert record.keep_until(decision, today, loaded.book) == until


def test_the_command_line_verifies_replays_shows_and_exports(
    tmp_path: Path, loaded: Loaded, osaka: dict[str, Any]
) -> None:
    store = open_store(tmp_path)
    counter = Counter(store)
    counter.take(loaded)
    made = counter.decide(Asker(LOCAL, "Ada"), order_from(osaka), Terms())
    decided = str(store.write(made.keep)["decision_id"])
    run, home = CliRunner(), {"LICET_DATA": str(tmp_path)}
    done = run.invoke(app, ["audit", "verify"], env=home)
    assert done.exit_code == 0 and "is whole: 1 entries. Head 1:" in done.stdout
    head = done.stdout.split()[-1]
    assert run.invoke(app, ["audit", "verify", "--head", head], env=home).exit_code == 0
    wrong = run.invoke(app, ["audit", "verify", "--head", f"1:{'0' * 64}"], env=home)
    assert wrong.exit_code == 1 and "cut or replaced" in wrong.stderr
    done = run.invoke(app, ["audit", "replay", decided], env=home)
    assert done.exit_code == 0 and done.stdout.startswith("the same answer: license_required")
    done = run.invoke(app, ["audit", "show", decided], env=home)
    assert json.loads(done.stdout)["answer"]["outcome"] == "license_required"
    done = run.invoke(app, ["audit", "export"], env=home)
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert said["hash"] == audit.digest(audit.START + said["entry"])
    assert said["record"]["id"] == decided
    unguarded(store, "UPDATE audit SET actor = 'Bob'")
    done = run.invoke(app, ["audit", "verify"], env=home)
    assert done.exit_code == 1 and "columns say something else" in done.stderr
    assert run.invoke(app, ["audit", "replay", "nothing"], env=home).exit_code == 2
    store.close()
