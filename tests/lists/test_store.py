"""The list store: what was in force on a day as known on another, and never half of a load."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet import lists
from licet.lists import ListsError, Store
from licet.lists.database import FILE
from licet.lists.differences import FieldChange
from licet.parties.listing import Listing
from licet.sources.errors import SourceError
from licet.sources.listings import iter_listings, read_listings
from licet.sources.lists_ftm import to_ftm

from ..sources import list_samples
from ..sources.conftest import official

JAN, FEB, MAR = dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1)
TODAY = dt.datetime.now(dt.UTC).date()


def entity(number: int, name: str, **said: list[str]) -> dict[str, object]:
    properties = {"name": [name], **said}
    return {"id": str(number), "schema": "Person", "properties": properties, "datasets": ["watch"]}


def file(folder: Path, *entities: dict[str, object], name: str = "watch.json") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(each) + "\n" for each in entities), encoding="utf-8")
    return path


def people(folder: Path, count: int, *, name: str = "watch.json", suffix: str = "") -> Path:
    return file(folder, *(entity(at, f"Person {at}{suffix}") for at in range(count)), name=name)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return lists.store(tmp_path / "data")


def watched(store: Store, day: dt.date, *, known: dt.date | None = None) -> list[str]:
    return [x.name for x in store.listings(on=day, known=known, lists=["watch"])]


# --- copies and versions -------------------------------------------------------------------------------------


def test_a_day_is_answered_by_the_newest_copy_as_of_that_day(store: Store, tmp_path: Path) -> None:
    store.load(people(tmp_path, 10), as_of=JAN)
    store.load(people(tmp_path, 12), as_of=MAR)
    assert watched(store, JAN - dt.timedelta(1)) == []
    assert len(watched(store, JAN)) == len(watched(store, MAR - dt.timedelta(1))) == 10
    assert len(watched(store, MAR)) == len(watched(store, TODAY)) == 12


def test_the_same_content_is_not_a_new_version_but_the_list_is_fresher(
    store: Store, tmp_path: Path
) -> None:
    path = people(tmp_path, 3)
    (first,) = store.load(path, as_of=JAN)
    (again,) = store.load(path, as_of=JAN)
    assert (first.new, first.added, again.new) == (True, 3, False)
    assert len(store.copies()) == 1
    (later,) = store.load(path, as_of=FEB)
    assert not later.new
    (status,) = [each for each in store.status() if each.list == "watch"]
    assert (status.as_of, status.unchanged_since) == (FEB, JAN)
    assert (status.copies, status.versions) == (2, 1)


def test_the_order_of_entries_in_a_file_is_no_change(store: Store, tmp_path: Path) -> None:
    first, second = entity(1, "A"), entity(2, "B")
    store.load(file(tmp_path, first, second), as_of=JAN)
    (turned,) = store.load(file(tmp_path, second, first), as_of=FEB)
    assert not turned.new


CONTENTS = st.dictionaries(st.integers(0, 5), st.sampled_from("ABC"), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(
    copies=st.dictionaries(
        st.integers(0, 6).map(lambda days: JAN + dt.timedelta(days)),
        CONTENTS,
        min_size=1,
        max_size=4,
    ),
    order=st.randoms(use_true_random=False),
)
def test_in_whatever_order_copies_are_loaded_each_day_has_its_own(
    copies: dict[dt.date, dict[int, str]], order: object
) -> None:
    days = sorted(copies)
    shuffled = days[:]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        store = lists.store(Path(folder) / "data")
        for day in shuffled:
            path = file(Path(folder), *(entity(n, name) for n, name in copies[day].items()))
            store.load(path, as_of=day, allow_shrink=True)
        for day in (JAN + dt.timedelta(at) for at in range(-1, 8)):
            before = [each for each in days if each <= day]
            expected = copies[before[-1]] if before else {}
            found = {int(x.id): x.name for x in store.listings(on=day, lists=["watch"])}
            assert found == expected
        # And the history of each entry says when it came, changed and went.
        for number in {number for content in copies.values() for number in content}:
            said = None
            events = {event.as_of: event for event in store.history(f"watch:{number}")}
            for day in days:
                now = copies[day].get(number)
                assert (day in events) == (now != said), (number, day)
                said = now


def test_a_corrected_copy_of_the_same_day_counts_from_when_it_became_known(
    store: Store, tmp_path: Path
) -> None:
    store.load(people(tmp_path, 3), as_of=JAN)
    _loaded_long_ago(store)
    store.load(people(tmp_path, 4), as_of=JAN)
    assert len(watched(store, JAN)) == 4
    assert len(watched(store, JAN, known=dt.date(2024, 1, 15))) == 3
    assert watched(store, JAN, known=dt.date(2023, 12, 31)) == []


def _loaded_long_ago(store: Store) -> None:
    """As if the copies so far had been loaded in January 2024."""
    with sqlite3.connect(store.folder / FILE) as db:
        db.execute("UPDATE copy SET known = '2024-01-02T08:00:00+00:00'")
    db.close()


def test_days_that_the_entries_carry_themselves_hold_within_a_copy(
    store: Store, tmp_path: Path
) -> None:
    """A denial order that has expired is on the copy of its day, and binds nobody after its end."""
    path = tmp_path / "dpl.csv"
    path.write_bytes(list_samples.DPL_CSV)
    store.load(path, as_of=dt.date(2025, 12, 20))
    last, end = dt.date(2032, 7, 31), dt.date(2032, 8, 1)
    (order,) = store.listings(on=dt.date(2025, 12, 31), lists=["DPL"])
    assert order.valid_until == end
    # In 2032 the packaged list, which is newer, speaks; the order holds there to the same day.
    for day, holds in ((last, True), (end, False)):
        found = {x.name for x in store.listings(on=day, lists=["DPL"])}
        assert (order.name in found) == holds


# --- refused loads -------------------------------------------------------------------------------------------


def test_a_list_that_loses_more_than_a_tenth_is_refused_and_the_old_one_stays(
    store: Store, tmp_path: Path
) -> None:
    store.load(people(tmp_path, 100), as_of=JAN)
    store.load(people(tmp_path, 90), as_of=FEB)  # exactly a tenth
    with pytest.raises(ListsError, match=r"80 entries; the copy of 2024-02-01 has 90 \(12 percent"):
        store.load(people(tmp_path, 80), as_of=MAR)
    assert len(watched(store, MAR)) == 90
    (done,) = store.load(people(tmp_path, 80), as_of=MAR, allow_shrink=True)
    assert (done.removed, done.added) == (10, 0)
    assert len(watched(store, MAR)) == 80


def test_a_list_that_is_missing_from_a_file_of_many_has_lost_all(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "csl.csv"
    path.write_bytes(list_samples.CSL)
    store.load(path, as_of=JAN)
    lines = list_samples.CSL.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(ListsError, match=r"no entry of UVL; the copy of 2024-01-01 has 1"):
        store.load(path, as_of=FEB)
    store.load(path, as_of=FEB, allow_shrink=True)
    assert store.listings(on=FEB, lists=["UVL"]) == ()
    assert len(store.listings(on=JAN, lists=["UVL"])) == 1


def test_a_damaged_file_among_good_ones_keeps_all_of_them_out(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "official"
    folder.mkdir()
    (folder / "un.xml").write_bytes(list_samples.UN)
    (folder / "eu.xml").write_bytes(list_samples.EU[:-40])
    with pytest.raises(SourceError, match=r"eu\.xml"):
        store.load(folder)
    assert store.copies() == ()


def test_a_stream_that_breaks_off_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    store.load(people(tmp_path, 5), as_of=JAN)
    broken = people(tmp_path, 500)
    broken.write_bytes(broken.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"watch\.json:500"):
        store.load(broken, as_of=FEB)
    assert len(watched(store, FEB)) == 5
    with sqlite3.connect(store.folder / FILE) as db:
        assert db.execute("SELECT count(*) FROM content").fetchone() == (5,)
    db.close()


def test_a_list_of_a_day_to_come_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ListsError, match="a day to come"):
        store.load(people(tmp_path, 1), as_of=TODAY + dt.timedelta(3))
    named = people(tmp_path, 1, name="watch_2099-01-01.json")
    with pytest.raises(ListsError, match="2099-01-01, a day to come"):
        store.load(named)


def test_a_file_that_says_no_day_is_as_of_the_day_on_which_it_was_written(
    store: Store, tmp_path: Path
) -> None:
    (done,) = store.load(people(tmp_path, 1))
    assert done.day_from == "modified"
    assert abs((done.as_of - TODAY).days) <= 1
    (named,) = store.load(people(tmp_path, 2, name="watch_2024-01-01.json"))
    assert (named.as_of, named.day_from) == (JAN, "file")


# --- crashes and company -------------------------------------------------------------------------------------

_LOAD = "import sys,pathlib,datetime as d; from licet import lists; lists.load(sys.argv[2], data=pathlib.Path(sys.argv[1]), as_of=d.date.fromisoformat(sys.argv[3]))"  # noqa: E501


def _process(store: Store, path: Path, day: dt.date) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", _LOAD, str(store.folder), str(path), str(day)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE)


def test_a_load_that_is_killed_leaves_the_lists_as_they_were(store: Store, tmp_path: Path) -> None:
    store.load(people(tmp_path, 50), as_of=JAN)
    large = people(tmp_path, 60_000, name="large.json", suffix=" of the large list")
    wal = store.folder / f"{FILE}-wal"
    for pause in (0.0, 0.05, 0.15, 0.3):
        process = _process(store, large, FEB)
        try:
            deadline = time.monotonic() + 60
            # Kill it when it has begun to write (the log grows), a little later each time.
            while process.poll() is None and time.monotonic() < deadline:
                if wal.is_file() and wal.stat().st_size > 0:
                    break
                time.sleep(0.005)
            time.sleep(pause)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        if process.returncode == -signal.SIGKILL:
            found = len(watched(store, FEB))
            assert found in (50, 60_000)  # whole or not at all, even if it was just done
    store.load(large, as_of=FEB)
    assert len(watched(store, FEB)) == 60_000


def test_two_loads_at_once_wait_for_each_other(store: Store, tmp_path: Path) -> None:
    days = [JAN + dt.timedelta(at) for at in range(4)]
    paths = [people(tmp_path, 2000 + at, name=f"{at}.json", suffix=f" {at}") for at in range(4)]
    running = [_process(store, path, day) for path, day in zip(paths, days, strict=True)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    for at, day in enumerate(days):
        assert len(watched(store, day)) == 2000 + at
    assert len(store.copies()) == 4


def test_readers_see_one_moment_while_a_load_runs(store: Store, tmp_path: Path) -> None:
    store.load(people(tmp_path, 100), as_of=JAN)
    process = _process(store, people(tmp_path, 20_000, name="large.json"), FEB)
    seen = set()
    while process.poll() is None:
        seen.add(len(watched(store, FEB)))
    process.communicate()
    seen.add(len(watched(store, FEB)))
    assert seen <= {100, 20_000}
    assert 20_000 in seen


def test_a_file_that_is_no_store_says_what_to_do(store: Store, tmp_path: Path) -> None:
    assert store.listings(on=JAN, lists=["watch"]) == ()  # nothing loaded yet is no error
    store.folder.mkdir()
    (store.folder / FILE).write_bytes(b"This is no database. " * 100)
    for ask in (store.status, store.copies, lambda: store.load(people(tmp_path, 1), as_of=JAN)):
        with pytest.raises(ListsError, match="move it away"):
            ask()


def test_a_store_of_a_later_version_is_not_touched(store: Store, tmp_path: Path) -> None:
    store.load(people(tmp_path, 1), as_of=JAN)
    with sqlite3.connect(store.folder / FILE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ListsError, match="another version of Licet"):
        store.status()
    with pytest.raises(ListsError, match="another version of Licet"):
        store.load(people(tmp_path, 1), as_of=JAN)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file")
    with pytest.raises(ListsError, match="occupied"):
        lists.load(people(tmp_path, 1), as_of=JAN, data=tmp_path / "occupied" / "data")


# --- whose copy speaks ---------------------------------------------------------------------------------------


def test_the_publisher_s_own_copy_goes_before_a_second_hand_one_of_the_same_day(
    store: Store, tmp_path: Path
) -> None:
    own, second = tmp_path / "sdn.csv", tmp_path / "csl.csv"
    own.write_bytes(list_samples.SDN)
    second.write_bytes(list_samples.CSL)

    def speaks(day: dt.date) -> set[str]:
        return {x.id for x in store.listings(on=day, lists=["SDN"])}

    store.load(second, as_of=JAN)
    assert speaks(JAN) == {"52291"}
    store.load(own, as_of=JAN)
    assert speaks(JAN) == {"306", "6908", "4243", "15431"}
    store.load(second, as_of=FEB)  # newer, so it speaks
    assert speaks(FEB) == {"52291"}
    assert speaks(FEB - dt.timedelta(1)) == {"306", "6908", "4243", "15431"}
    found = store.changes(JAN, FEB)
    assert found.not_compared["SDN"] == "the copies are of two publishers"


def test_a_list_in_two_files_is_in_force_with_both(store: Store, tmp_path: Path) -> None:
    for name in ("ddtc.csv", "ddtc_administrative.csv"):
        (tmp_path / name).write_bytes(list_samples.SINGLE[name])
        store.load(tmp_path / name, as_of=JAN)
    assert {x.programs[0] for x in store.listings(on=JAN, lists=["DTC"])} == {
        "statutory", "administrative",
    }  # fmt: skip


def test_the_packaged_lists_speak_where_nothing_is_loaded_and_for_their_whole_past(
    store: Store,
) -> None:
    by_list = {each.list: each for each in store.status()}
    assert set(by_list) == {"EL", "UVL", "MEU", "DPL", "SDN"}
    assert all(each.origin == "packaged" and each.known is None for each in by_list.values())
    assert by_list["EL"].as_of >= dt.date(2026, 7, 23)
    the_15th, the_16th = dt.date(2019, 5, 15), dt.date(2019, 5, 16)
    name = "Huawei Technologies Co., Ltd."
    assert name not in {x.name for x in store.listings(on=the_15th, lists=["EL"])}
    assert name in {x.name for x in store.listings(on=the_16th, lists=["EL"])}
    # Effective on the 16th, published on the 21st.
    assert name not in {x.name for x in store.listings(on=the_16th, known=the_16th, lists=["EL"])}
    came = store.changes(the_15th, the_16th, lists=["EL"]).differences
    assert any(each.name == name and each.what == "added" for each in came)
    (event,) = store.history("EL:huawei-technologies-co-ltd.cn")
    assert (event.what, event.as_of, event.known) == ("added", the_16th, None)


def test_a_newer_packaged_list_goes_before_an_older_copy(store: Store, tmp_path: Path) -> None:
    (tmp_path / "part-744.xml").write_bytes(list_samples.PART_744)
    store.load(tmp_path / "part-744.xml", as_of=JAN)
    assert len(store.listings(on=JAN, lists=["EL"])) == 1  # of the two, one was listed later
    assert {each.origin for each in store.status(on=TODAY) if each.list == "EL"} == {"packaged"}


# --- changes, history, export --------------------------------------------------------------------------------


def test_changes_name_the_fields_and_only_what_differs_in_them(
    store: Store, tmp_path: Path
) -> None:
    store.load(
        file(tmp_path, entity(1, "A", alias=["X", "Y"]), entity(2, "B"), entity(3, "C")), as_of=JAN
    )
    store.load(
        file(tmp_path, entity(1, "A", alias=["X", "Z"], country=["ru"]), entity(3, "C"), entity(4, "D")),
        as_of=FEB,
    )  # fmt: skip
    found = store.changes(JAN, FEB, lists=["watch"]).differences
    assert [(each.id, each.what) for each in found] == [
        ("1", "changed"),
        ("2", "removed"),
        ("4", "added"),
    ]
    assert found[0].fields == (
        FieldChange("names", ("Y (alias)",), ("Z (alias)",)), FieldChange("countries", (), ("RU",)),
    )  # fmt: skip
    back = store.changes(FEB, JAN, lists=["watch"]).differences
    assert [(each.id, each.what) for each in back] == [
        ("1", "changed"),
        ("2", "added"),
        ("4", "removed"),
    ]


def test_the_history_of_an_entry_tells_added_changed_removed_and_come_back(
    store: Store, tmp_path: Path
) -> None:
    steps = [(JAN, None), (FEB, "A"), (MAR, "B")]
    later = [(dt.date(2024, 4, 1), None), (dt.date(2024, 5, 1), "B")]
    for day, name in steps + later:
        own = [entity(7, name)] if name else []
        store.load(file(tmp_path, entity(1, "Always"), *own), as_of=day, allow_shrink=True)
    assert [(event.as_of, event.what) for event in store.history("watch:7")] == [
        (FEB, "added"), (MAR, "changed"), (later[0][0], "removed"), (later[1][0], "added"),
    ]  # fmt: skip
    assert [event.what for event in store.history("1")] == ["present"]  # by its number alone
    assert store.history("watch:99") == ()
    assert [x.id for x in store.named("alway")] == ["1"]


def test_what_is_exported_can_be_loaded_elsewhere(store: Store, tmp_path: Path) -> None:
    (tmp_path / "un.xml").write_bytes(list_samples.UN)
    store.load(tmp_path / "un.xml")
    stream = io.BytesIO()
    count = store.export(stream, lists=["UN"])
    out = tmp_path / "export.json"
    out.write_bytes(stream.getvalue())
    assert count == 2
    assert tuple(iter_listings(out)) == store.listings(lists=["UN"])
    other = lists.store(tmp_path / "other")
    other.load(out, as_of=dt.date(2026, 2, 27))
    assert other.listings(lists=["UN"]) == store.listings(lists=["UN"])


def test_everything_that_a_listing_says_is_kept(store: Store, tmp_path: Path) -> None:
    for at, name in enumerate(list_samples.SINGLE):
        folder = tmp_path / str(at)
        folder.mkdir()
        path = folder / name
        path.write_bytes(list_samples.SINGLE[name])
        own = lists.store(folder / "data")
        own.load(path, list="PRIVATE", as_of=TODAY)
        expected = [x for x in read_listings(path, list="PRIVATE") if _binds(x)]
        assert list(own.listings(on=TODAY, lists=["PRIVATE"])) == expected, name


def _binds(listing: Listing) -> bool:
    return listing.valid_until is None or listing.valid_until > TODAY


# --- the real history ----------------------------------------------------------------------------------------


def test_seventeen_dated_copies_of_the_sdn_list_are_each_what_they_were(store: Store) -> None:
    folder = official("ofac/history/sdn_2022-02-17.csv.gz").parent
    files = sorted(folder.glob("sdn_*.csv.gz"))
    assert len(files) == 17
    started = time.process_time()
    counts = []
    for path in files:
        (done,) = store.load(path)
        counts.append((str(done.as_of), done.entries, done.added, done.removed))
    assert time.process_time() - started < 120
    # Sanctions on Russia arriving day by day.
    assert [each for each in counts if "2022-02-17" < each[0] < "2022-03-01"] == [
        ("2022-02-23", 9121, 65, 0), ("2022-02-24", 9123, 2, 0), ("2022-02-25", 9214, 91, 0),
        ("2022-02-28", 9222, 8, 0),
    ]  # fmt: skip
    for path, day in zip(files, (dt.date.fromisoformat(p.name[4:14]) for p in files), strict=True):
        assert store.listings(on=day, lists=["SDN"]) == read_listings(path), path.name
    (first, *_, last) = store.history("SDN:16688")  # Sergei Ivanov: on the list since 2014
    assert (first.what, last.what) == ("present", "changed")
    found = store.changes(dt.date(2022, 2, 17), dt.date(2022, 2, 28), lists=["SDN"]).differences
    assert sum(each.what == "added" for each in found) == 166
    assert not [each for each in found if each.what == "removed"]


def test_two_prints_of_the_same_law_are_one_version(
    store: Store, part_744: Path, part_744_in_march: Path
) -> None:
    store.load(part_744_in_march)
    done = store.load(part_744)
    assert {each.list: (each.added, each.removed) for each in done} == {
        "EL": (0, 0), "UVL": (0, 0), "MEU": (0, 0),
    }  # fmt: skip
    # Between March and July a printer put stops into "U.A.E." and corrected two names of Huawei's affiliates.
    assert [each.changed for each in done] == [7, 0, 0]


def test_lists_of_any_size_are_kept_in_order(store: Store, tmp_path: Path) -> None:
    path = people(tmp_path, 25_000)
    store.load(path, as_of=JAN)
    found = store.listings(on=JAN, lists=["watch"])
    assert [x.id for x in itertools.islice(found, 24_999, None)] == ["24999"]
    assert b"".join(map(to_ftm, found)).count(b"\n") == 25_000
