"""Order books that are damaged, disks that are full or closed: a reason, an exit status, and nothing lost."""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from licet.cli import app
from licet.order_book import BadRow, open_book
from licet.order_columns import BadBook
from tests.order_book.books import HUAWEI, SHOP, outcomes, replayed
from tests.test_replay import Row, write

COUNT = 60


def text(count: int = COUNT) -> list[bytes]:
    """The lines of a CSV book, the first of which names the columns."""
    head = ",".join(SHOP)
    rows = [",".join('"' + v + '"' if "," in v else v for v in row.values())
            for row in (SHOP | {"id": f"r{at}"} for at in range(1, count + 1))]  # fmt: skip
    return [f"{one}\n".encode() for one in (head, *rows)]


def damaged(
    tmp_path: Path, change: Callable[[list[bytes]], None], name: str = "orders.csv"
) -> Path:
    lines = text()
    change(lines)
    (tmp_path / name).write_bytes(b"".join(lines))
    return tmp_path / name


def put(at: int, what: bytes) -> Callable[[list[bytes]], None]:
    return lambda lines: lines.__setitem__(at, what)


UNCLOSED = b'r10,"EAR99,export\n'
LATIN = ",".join((SHOP | {"id": "r10", "party1.address": "Zürich"}).values()).encode("latin-1")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (UNCLOSED, "a quote is opened and never closed"),
        (b'r10,EAR99,"a"b\n', "a quote is opened and never closed, or stands inside"),
        (b"r10,EAR99\n", "2 cells, fewer than"),
        (text()[10].rstrip() + b",more\n", "cells, more than"),
        (
            text()[10].replace(b"Shenzhen Example", b"Shenzh\xe8n"),
            "party1.name: byte 0xe8 is not UTF-8",
        ),
        (text()[10].replace(b"EAR99", b"EAR\x0099"), "holds a zero byte"),
    ],
)
def test_a_damaged_line_costs_no_other_row(tmp_path: Path, line: bytes, says: str) -> None:
    """A fast reader takes all that follows a quote that is never closed for one cell."""
    with replayed(damaged(tmp_path, put(10, line))) as found:
        assert [(one.row, one.id) for one in found.bad] == [(11, "r10")]
        assert says in found.bad[0].reason
        assert found.bad[0].reason.startswith(f"{tmp_path / 'orders.csv'}:11: ")
        told = {one["id"]: one["row"] for one in found.arrow().to_pylist()}
        assert told == {f"r{at}": at + 1 for at in range(1, COUNT + 1) if at != 10}


def test_rows_keep_their_lines_behind_cells_of_several_lines_and_empty_ones(tmp_path: Path) -> None:
    def change(lines: list[bytes]) -> None:
        lines[5] = lines[5].replace(
            b"Shenzhen Example Retail Co., Ltd.", b"Shenzhen\nExample\nRetail"
        )
        lines[20] = b"\n" + lines[20].replace(b"\n", b"\r\n")
        lines[40] = lines[40].replace(b",CN,", b",Cathay,", 1)

    with replayed(damaged(tmp_path, change)) as found:
        told = {one["id"]: one["row"] for one in found.arrow().to_pylist()}
        assert told["r4"] == 5
        assert told["r6"] == 9
        assert told["r20"] == 24
        assert [(one.row, one.id) for one in found.bad] == [(44, "r40")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text('ab "\n\r,;|é=', max_size=8), min_size=3, max_size=3),
        min_size=1,
        max_size=8,
    )
)
def test_a_csv_file_is_read_as_its_writer_meant_it(rows: list[list[str]]) -> None:
    """Whichever way it is read: cells with quotes, line ends and other signs are those that were written."""
    import tempfile

    head = ("party1.name", "party1.address", "line.description")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerows((head, *rows))
        book = open_book(path)
        try:
            assert not list(book.unread())
            cells = [[one.strip(" \r\n") or None for one in row] for row in rows]
            found = [[book.lines(n + 1)[0].get(name) for name in head] for n in range(book.count)]
            assert found == cells
        finally:
            book.close()


@pytest.mark.parametrize("mark", [b"", "﻿".encode()])
@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_marks_and_delimiters_of_other_programs(
    tmp_path: Path, mark: bytes, delimiter: bytes
) -> None:
    """Excel writes a mark before UTF-8, and a semicolon where the comma is a decimal point."""
    cells = [b"id", b"to", b"line.eccn", b"shipment.via"], [b"a", b"CN", b"EAR99", b"SG|MY"]
    lines = [delimiter.join(some) for some in cells]
    (tmp_path / "orders.csv").write_bytes(mark + b"\r\n".join(lines) + b"\r\n")
    book = open_book(tmp_path / "orders.csv")
    assert book.lines(1) == [{"id": "a", "to": "CN", "line.eccn": "EAR99", "shipment.via": "SG|MY"}]
    book.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,to\na,CN\n".encode("utf-16"), "is UTF-16 text. Save it again as UTF-8"),
        ("id,to\na,CN\n".encode("utf-16-le"), "holds zero bytes at its start"),
        (
            "id,to,größe\na,CN,1\n".encode("latin-1"),
            ":1: byte 9 of the line of columns is not UTF-8",
        ),
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,to\n", "holds no row"),
        (b"id,to,to\na,CN,DE\n", "column to stands twice"),
        (b'id,"to\na,CN\n', "a quote is opened in the line of columns"),
    ],
)
def test_a_file_that_is_no_text_of_rows(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "orders.csv").write_bytes(content)
    said = CliRunner().invoke(app, ["replay", str(tmp_path / "orders.csv"), "--on", "2019-05-16"])
    assert said.exit_code == 2
    assert says in said.stderr


def test_a_file_in_latin_1_is_told_row_by_row(tmp_path: Path) -> None:
    """Rows without a letter beyond ASCII read the same in both, and are decided."""

    def change(lines: list[bytes]) -> None:
        for at in range(1, 31):
            lines[at] = lines[at].replace(b"Bantian", "Bäntian".encode("latin-1"))

    with replayed(damaged(tmp_path, change)) as found:
        assert len(found.bad) == 30
        assert all("party1.address: byte 0xe4 is not UTF-8" in one.reason for one in found.bad)
        assert len(found.arrow()) == COUNT - 30


def test_a_day_in_three_forms_is_read_in_one_and_never_guessed(tmp_path: Path) -> None:
    days = ["2019-01-10", "10/01/2019", "01.10.2019", "10 Jan 2019", "20190110", "2019-13-10"]
    rows: list[Row] = [SHOP | {"id": day, "end_use.contract_date": day} for day in days]
    with replayed(write(tmp_path / "orders.csv", rows)) as found:
        assert list(outcomes(found)) == [("2019-01-10", 1)]
        assert [one.row for one in found.bad] == [3, 4, 5, 6, 7]
        for one in found.bad:
            assert "end_use.contract_date" in one.reason
            assert "YYYY-MM-DD" in one.reason


def test_one_row_in_a_hundred_is_wrong_and_each_is_told(tmp_path: Path) -> None:
    rows: list[Row] = [
        SHOP | {"id": f"r{n}", "to": "Cathay" if n % 100 == 7 else "CN"} for n in range(1000)
    ]
    out, bad = tmp_path / "out.csv", tmp_path / "bad.csv"
    words = ["--on", "2019-05-16", "--out", str(out), "--bad-rows", str(bad)]
    book = write(tmp_path / "orders.csv", rows)
    said = CliRunner().invoke(app, ["replay", str(book), *words])
    assert said.exit_code == 2
    assert "licet: 10 rows could not be decided" in said.stderr
    with bad.open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.DictReader(stream))
    assert [(one["file"], int(one["row"]), one["id"]) for one in told] == [
        (str(book), n + 2, f"r{n}") for n in range(7, 1000, 100)
    ]
    assert all(f":{one['row']}: to: " in one["reason"] for one in told), "each with its own line"
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 990


def test_a_row_that_cannot_be_read_spoils_its_order_only(tmp_path: Path) -> None:
    def change(lines: list[bytes]) -> None:
        lines[9] = lines[9].replace(b"r9,", b"r10,")
        lines[10] = lines[10].rstrip() + b",more\n"

    with replayed(damaged(tmp_path, change)) as found:
        assert {(one.row, one.id) for one in found.bad} == {(10, "r10"), (11, "r10")}
        assert any("cannot be read; the lines of an order" in one.reason for one in found.bad)
        assert len(found.arrow()) == COUNT - 2


# --- places that cannot be written
# ------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "orders.csv", [HUAWEI, SHOP, SHOP | {"id": "x", "to": "Cathay"}])


def run(
    book: Path, *words: str, env: Mapping[str, str] | None = None, begin: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, after some lines of Python."""
    days = ["--on", "2019-05-15", "--on", "2019-05-16", "--processes", "1"]
    where = {**os.environ, "LICET_CACHE": str(book.parent / "cache"), **(env or {})}
    code = f"{begin}\nfrom licet.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, "replay", str(book), *days, *words],
        env=where, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A disk of so many megabytes."""
    mounted: list[Path] = []

    def make(size: int) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        mount = shutil.which("mount")
        if os.name == "nt" or os.getuid() or mount is None:
            pytest.skip("only root can mount a small disk")
        options = ["-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
        done = subprocess.run([mount, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def closed(tmp_path: Path, small_disk: Callable[[int], Path]) -> Path:
    """A folder that may not be written; root may write anywhere, but on a disk that is read-only."""
    if os.getuid():
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o555)
        return folder
    folder = small_disk(1)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    return folder


CLOSED = ("Permission denied", "Read-only file system")


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--out", "out.csv"), ("--out", "out.parquet"), ("--out", "out.xlsx"), ("--bad-rows", "bad.csv"),
        ("--chart", "flips.svg"),
    ],
)  # fmt: skip
def test_a_folder_that_is_closed_is_told_before_the_work(
    book: Path, closed: Path, option: str, name: str
) -> None:
    said = run(book, option, str(closed / name))
    assert said.returncode == 2, said.stderr
    assert any(f"{option} {closed / name}: {why}" in said.stderr for why in CLOSED), said.stderr
    assert "Traceback" not in said.stderr
    assert not said.stdout, "nothing was decided in vain"
    assert not list(closed.iterdir())


def test_a_cache_that_is_closed_is_told_and_the_answer_written(
    tmp_path: Path, book: Path, closed: Path
) -> None:
    out = tmp_path / "out.csv"
    said = run(book, "--out", str(out), env={"LICET_CACHE": str(closed / "cache")})
    assert said.returncode == 2, "one row is bad"
    assert "parts are not kept, a kill would lose them" in said.stderr
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 1 + 4


def test_a_folder_for_the_database_that_is_closed(book: Path, closed: Path) -> None:
    # Python looks for another place for temporary files; here there is none.
    said = run(book, begin=f"import tempfile; tempfile.tempdir = {str(closed)!r}")
    assert said.returncode == 2
    assert "no folder for the database can be made" in said.stderr
    assert "Set TMPDIR" in said.stderr


def test_bad_rows_that_cannot_be_kept_are_shown(tmp_path: Path, closed: Path) -> None:
    """Beside a book in a closed folder; they must not be lost."""
    if not os.getuid():
        subprocess.run(["mount", "-o", "remount,rw", str(closed)], check=True)
    book = write(closed / "orders.csv", [SHOP, SHOP | {"id": "x", "to": "Cathay"}])
    if not os.getuid():
        subprocess.run(["mount", "-o", "remount,ro", str(closed)], check=True)
    said = run(book, env={"LICET_CACHE": str(tmp_path / "cache")})
    assert said.returncode == 2
    assert f"{book}:3: to: " in said.stderr
    assert f"--bad-rows {book}.bad.csv" in said.stderr


def many(path: Path, count: int) -> Path:
    """A book that fills a small disk: the free text of each row is long and none like another."""
    chance = random.Random(1)
    rows: Sequence[Row] = [
        SHOP | {"id": f"r{at}", "line.description": chance.randbytes(700).hex()}
        for at in range(count)
    ]
    return write(path, rows)


def test_a_disk_that_is_full_under_the_database_is_told_and_the_run_goes_on(
    tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    book, out, disk = many(tmp_path / "orders.csv", 4000), tmp_path / "out.csv", small_disk(2)
    said = run(book, "--out", str(out), env={"TMPDIR": str(disk)})
    assert said.returncode == 2, said.stderr
    assert f"the database of the order book cannot be written in {disk}" in said.stderr
    assert "set TMPDIR to a folder on a larger one; the same command goes on" in said.stderr
    assert "Traceback" not in said.stderr
    assert not out.exists()
    assert not list(disk.glob("licet-*")), "nothing is left on the full disk"
    again = run(book, "--out", str(out))
    assert again.returncode == 0, again.stderr
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 1 + 2 * 4000


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_disk_that_is_full_under_the_answer_keeps_the_old_one(
    tmp_path: Path, small_disk: Callable[[int], Path], ending: str
) -> None:
    book, disk = many(tmp_path / "orders.csv", 3000), small_disk(1)
    out = disk / f"out.{ending}"
    out.write_text("the answer of yesterday")
    room = disk / "other"
    free = shutil.disk_usage(disk).free
    room.write_bytes(b"x" * (free - 8192))
    said = run(book, "--out", str(out))
    assert said.returncode == 2, said.stderr
    assert f"--out {out}: " in said.stderr
    assert "No space left on device" in said.stderr
    assert "Traceback" not in said.stderr
    assert out.read_text() == "the answer of yesterday"
    assert {one.name for one in disk.iterdir()} == {out.name, "other"}, "no half of an answer"
    room.unlink()
    again = run(book, "--out", str(out))
    assert again.returncode == 0, again.stderr
    assert "parts were decided by an earlier run" in again.stderr or "1 part" in again.stderr
    assert out.read_bytes() != b"the answer of yesterday"


def test_what_killed_replays_left_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that no process holds, of a replay that was killed; one that is held stays."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "book").mkdir()
    path = write(tmp_path / "book" / "orders.csv", [SHOP])
    left = tmp_path / "licet-book-left"
    left.mkdir()
    (left / "held").touch()
    held = open_book(path)
    for one in tmp_path.glob("licet-book-*"):
        os.utime(one, (0, 0))
    other = open_book(path)
    assert not left.exists()
    assert held.folder.exists()
    assert held.lines(1)[0]["id"] == SHOP["id"]
    held.close()
    other.close()
    assert not list(tmp_path.glob("licet-book-*"))


def test_a_bad_row_says_where() -> None:
    one = BadRow(3, "PO-1", "orders.csv:3: to: what it is", 2, "orders.csv")
    assert (one.row, one.line, one.file) == (3, 2, "orders.csv")


def test_a_book_that_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadBook, match="there is no such file"):
        open_book(tmp_path / "orders.csv")
