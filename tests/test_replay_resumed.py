"""A replay that is killed at any moment goes on where it was, to the same answer; disks that are full."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.orders import rows

import licet
from licet.replay_parts import Asked, Kept
from licet.replaying import replay
from tests.test_replay import table, write

# The command, with parts small enough for a small book to have many.
COMMAND = "import licet.replaying as r; r._AT_ONCE = 25; from licet.cli import main; main()"
DAYS = ("2019-05-15", "2019-05-16")


def started(book: Path, out: Path, cache: Path, processes: int = 1) -> subprocess.Popen[bytes]:
    on = [word for day in DAYS for word in ("--on", day)]
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            COMMAND,
            "replay",
            str(book),
            *on,
            "--processes",
            str(processes),
            "--out",
            str(out),
        ],
        env={**os.environ, "LICET_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def alive(session: int) -> set[int]:
    """The processes of a session that run; what was killed and not yet buried does not."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it ended while we looked
        if int(of) == session and state != "Z":
            found.add(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only where /proc tells who runs")
def test_several_processes_killed_ten_times_come_to_the_same_answer_and_none_is_left(
    tmp_path: Path,
) -> None:
    """Only the first process is killed, by a signal that none can catch; the others must end by themselves."""
    book = write(tmp_path / "orders.csv", list(rows(120, seed=5)))
    cache = tmp_path / "cache"
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    begun = time.monotonic()
    undisturbed = started(book, whole, cache, processes=2)
    shown, _ = undisturbed.communicate(timeout=240)
    took = time.monotonic() - begun
    assert undisturbed.returncode == 0
    chance = random.Random()
    killed, at_work = 0, 0
    for _ in range(10):
        running = started(book, out, cache, processes=2)
        try:
            running.wait(timeout=took * chance.uniform(0.2, 0.9))
        except subprocess.TimeoutExpired:
            at_work = max(at_work, len(alive(running.pid)))
            running.kill()
            killed += 1
        running.wait()
        until = time.monotonic() + 30
        while alive(running.pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert not alive(running.pid), "a process that decides outlived the one that began it"
        running.communicate()
        assert not out.exists() or out.read_bytes() == whole.read_bytes()
        out.unlink(missing_ok=True)
    assert killed
    assert at_work > 1, "no process that decides was at work when the first was killed"
    last = started(book, out, cache, processes=2)
    again, said = last.communicate(timeout=240)
    assert last.returncode == 0, said
    assert out.read_bytes() == whole.read_bytes()
    assert again == shown


def test_a_replay_killed_ten_times_comes_to_the_same_answer(tmp_path: Path) -> None:
    book = write(tmp_path / "orders.csv", list(rows(250, seed=5)))
    cache = tmp_path / "cache"
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    begun = time.monotonic()
    undisturbed = started(book, whole, cache)
    shown, _ = undisturbed.communicate(timeout=120)
    took = time.monotonic() - begun
    assert undisturbed.returncode == 0
    assert not list((cache / "replay").iterdir()), "parts go when the answer is written"
    chance = random.Random()
    killed = 0
    for _ in range(10):
        running = started(book, out, cache)
        try:
            running.communicate(timeout=took * chance.uniform(0.2, 0.9))
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            killed += 1
            # Killed after the answer was written, it is there, and whole: nobody sees half of one.
            assert not out.exists() or out.read_bytes() == whole.read_bytes()
        else:
            out.unlink()  # it was done before its moment came: the next begins anew
    assert killed
    last = started(book, out, cache)
    again, said = last.communicate(timeout=120)
    assert last.returncode == 0, said
    assert out.read_bytes() == whole.read_bytes()
    assert again == shown


def test_what_was_decided_is_taken_and_no_other_law_takes_it(tmp_path: Path) -> None:
    book = table(list(rows(60, seed=5)))
    days = [dt.date.fromisoformat(day) for day in DAYS]
    answers = []
    for on, expected in ((days, 0), (days, 1), (days[:1], 0)):
        kept = Kept(tmp_path)
        found = replay(book, on=on, kept=kept)
        answers.append((found.arrow(), found.flips))
        found.close()
        assert kept.found == expected
    assert answers[0] == answers[1]


def test_a_torn_part_is_decided_anew(tmp_path: Path) -> None:
    book, day = table(list(rows(60, seed=5))), dt.date(2019, 5, 16)
    first = replay(book, on=[day], kept=Kept(tmp_path))
    (part,) = tmp_path.rglob("*.parquet")
    part.write_bytes(part.read_bytes()[:1000])
    kept = Kept(tmp_path)
    second = replay(book, on=[day], kept=kept)
    assert kept.found == 0
    assert first.arrow() == second.arrow()
    first.close()
    second.close()


def test_a_folder_that_cannot_be_written_is_told_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Kept(tmp_path / "file")
    found = replay(table(list(rows(30, seed=5))), on=[dt.date(2019, 5, 16)], kept=kept)
    assert kept.failed
    assert len(found.arrow()) == 30
    found.close()


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only where /dev/full stands for a full disk"
)
def test_a_full_disk_ends_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from licet import screen_out

    out = tmp_path / "out.csv"
    out.write_text("the answer of yesterday")
    # The file beside is one that takes nothing, as a full disk.
    aside = out.with_name(f".{out.name}.{os.getpid()}.new")
    aside.symlink_to("/dev/full")
    with pytest.raises(screen_out.CannotWrite, match="No space left"):
        screen_out.write_table(("a",), (["x" * 100] for _ in range(1_000)), "csv", out)
    assert out.read_text() == "the answer of yesterday"


def test_several_processes_come_to_the_answer_of_one(tmp_path: Path) -> None:
    book = write(tmp_path / "orders.csv", list(rows(200, seed=7)))
    said = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                COMMAND,
                "replay",
                str(book),
                "--on",
                DAYS[1],
                "--processes",
                count,
            ],
            env={**os.environ, "LICET_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            check=True,
        ).stdout
        for count in ("1", "2")
    ]
    assert said[0] == said[1]


def test_a_part_hangs_on_all_that_decides_it() -> None:
    one = Asked(licet.rulebook(), (dt.date(2019, 5, 16),), None, (), True, ("to",), "book")
    other = Asked(one.rulebook, one.days, None, ("osaka_2019",), True, ("to",), "book")
    assert one.key() != other.key()
