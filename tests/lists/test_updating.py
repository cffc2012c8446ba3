"""Updates of the lists from publishers: whatever a server does, the last good copy answers.

The servers here are real ones, on loopback, that fail as servers do.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet import lists
from licet.cli import app
from licet.lists import Store, loading, watching
from licet.lists.confirmed import CHECKED
from licet.lists.updating import NEW, REFUSED, SAME, Updated, update
from licet.sources import download
from licet.sources.errors import SourceError
from licet.sources.publishers import Publisher, publishers

ROWS = 40


def sdn(day: str, *numbers: int, name: str = "TRADER") -> bytes:
    """A list of blocked persons as OFAC prints it on a day, with an entry for each number."""
    month, date, year = day[5:7], day[8:], day[:4]
    entries = "".join(
        f"<sdnEntry><uid>{at}</uid><lastName>{name} {at}</lastName><sdnType>Entity</sdnType>"
        "<programList><program>SDGT</program></programList></sdnEntry>"
        for at in numbers
    )
    return (
        '<?xml version="1.0" standalone="yes"?>\n<sdnList xmlns="http://tempuri.org/sdnList.xsd">'
        f"<publshInformation><Publish_Date>{month}/{date}/{year}</Publish_Date>"
        f"<Record_Count>{len(numbers)}</Record_Count></publshInformation>{entries}</sdnList>"
    ).encode()


@dataclass
class Server:
    """A publisher on loopback: what it answers next, and what it was asked."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: list[dict[str, str]] = field(default_factory=list)
    before: Callable[[BaseHTTPRequestHandler], bool] | None = None
    """Called before the answer; True where it has dealt with the connection itself."""

    @property
    def publisher(self) -> Publisher:
        return Publisher(
            "ofac_sdn", "OFAC", f"http://127.0.0.1:{self.port}/SDN.XML", "sdn.xml", limit_mb=1
        )

    def gives(self, body: bytes, *, status: int = 200, **headers: str) -> Server:
        self.status, self.body, self.before = status, body, None
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.asked.append(dict(self.headers.items()))
            if one.before is not None and one.before(self):
                return
            etag = one.headers.get("ETag")
            if etag is not None and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(one.status)
            for name, value in {"Content-Length": str(len(one.body)), **one.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(one.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.handle_error = lambda *_: None  # type: ignore[method-assign]  # connections cut on purpose
    one.port = http.server_address[1]
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield one
    http.shutdown()
    http.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return lists.store(tmp_path / "data")


def ask(store: Store, server: Server, *, allow_shrink: bool = False) -> Updated:
    (done,) = update(store, [server.publisher], allow_shrink=allow_shrink)
    return done


def in_use(store: Store) -> list[str]:
    # On a day before the copy that comes with Licet, which is newer than these.
    return [one.id for one in store.listings(on=dt.date(2026, 3, 2), lists=["SDN"])]


GOOD = sdn("2026-01-31", *range(ROWS))


def test_what_is_new_is_put_in_use_and_what_is_unchanged_is_not_fetched_again(
    store: Store, server: Server
) -> None:
    first = ask(store, server.gives(GOOD, ETag='"one"'))
    assert (first.outcome, first.loaded[0].entries, first.loaded[0].as_of) == (
        NEW, ROWS, dt.date(2026, 1, 31),
    )  # fmt: skip
    again = ask(store, server)
    assert (again.outcome, again.loaded) == (SAME, ())
    assert server.asked[1]["If-None-Match"] == '"one"'
    server.gives(sdn("2026-02-01", *range(1, ROWS + 2)), ETag='"two"')
    second = ask(store, server)
    assert (second.outcome, second.loaded[0].added, second.loaded[0].removed) == (NEW, 2, 1)
    assert in_use(store)[-1] == str(ROWS + 1)
    before = store.listings(on=dt.date(2026, 1, 31), lists=["SDN"])
    assert [one.id for one in before] == [str(at) for at in range(ROWS)], (
        "last month's answer stays"
    )


def test_a_server_without_marks_is_asked_for_the_whole_file(store: Store, server: Server) -> None:
    ask(store, server.gives(GOOD))
    assert ask(store, server).outcome == SAME
    assert "If-None-Match" not in server.asked[1]


def test_a_lost_store_is_filled_again_although_the_server_says_unchanged(
    store: Store, server: Server
) -> None:
    ask(store, server.gives(GOOD, ETag='"one"'))
    for path in store.folder.glob("lists.sqlite*"):
        path.unlink()
    assert ask(store, server).outcome == NEW
    assert len(in_use(store)) == ROWS


# --- what goes wrong --------------------------------------------------------------------------------------


def reset(handler: BaseHTTPRequestHandler) -> bool:
    """Cut the connection with RST in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(GOOD[:500])
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    return True


def hang(handler: BaseHTTPRequestHandler) -> bool:
    time.sleep(3)
    return True


HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>"
SAME_LATER = sdn("2026-03-01", *range(ROWS))

FAULTS: dict[str, tuple[Callable[[Server], object], str]] = {
    "answers 500": (lambda s: s.gives(b"", status=500), "answers 500"),
    "answers 404": (lambda s: s.gives(b"", status=404), "answers 404"),
    "hangs": (lambda s: setattr(s, "before", hang), "cannot be reached"),
    "resets the connection": (lambda s: setattr(s, "before", reset), "cannot be reached|cut short"),
    "sends on to another host": (
        lambda s: s.gives(b"", status=302, Location="https://lists.example.org/SDN.XML"),
        "sends on to another host, lists.example.org",
    ),
    "sends on to a plain address": (
        lambda s: s.gives(b"", status=302, Location="http://example.org/SDN.XML"),
        "is not an https address",
    ),
    "sends half a file": (
        lambda s: s.gives(GOOD[:1500], Content_Length=str(len(GOOD))),
        "cut short",
    ),
    "sends half a file and does not say how long it is": (
        lambda s: s.gives(GOOD[:1500], Content_Length=""),
        "is not whole XML",
    ),
    "sends HTML with status 200": (lambda s: s.gives(HTML), "is a web page, not data"),
    "sends an empty file": (lambda s: s.gives(b""), "empty"),
    "sends zeros": (lambda s: s.gives(b"\x00" * 5000), "is not UTF-8 text"),
    "sends yesterday's file": (
        lambda s: s.gives(sdn("2026-01-30", *range(ROWS - 1))),
        "as of 2026-01-30; the copy in use is as of 2026-01-31",
    ),
    "sends 40 percent of the rows": (
        lambda s: s.gives(sdn("2026-02-01", *range(ROWS * 4 // 10))),
        "60 percent fewer",
    ),
    "sends a file of a day to come": (
        lambda s: s.gives(sdn(f"{dt.date.today().year + 2}-02-01", *range(ROWS))),
        "a day to come",
    ),
    "sends more than a publisher's limit": (
        lambda s: s.gives(GOOD + b" " * 2_000_000), "gives more than",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_a_server_does_the_last_good_copy_answers(
    store: Store, server: Server, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.5)
    ask(store, server.gives(GOOD, ETag='"one"'))
    do, says = FAULTS[fault]
    do(server)
    done = ask(store, server)
    assert done.outcome == REFUSED
    assert re.search(says, done.reasons[0])
    assert "http" in done.reasons[0], "the reason names the address"
    assert in_use(store) == [str(at) for at in range(ROWS)], "nothing is lost"
    # When the server is well again, the next update takes its file: nothing of the fault is remembered.
    assert ask(store, server.gives(SAME_LATER, ETag='"three"')).outcome in (NEW, SAME)
    assert len(in_use(store)) == ROWS


def test_what_a_list_held_before_is_no_news(store: Store, server: Server) -> None:
    """A mirror that fell back prints an old list under today's date."""
    ask(store, server.gives(sdn("2026-01-30", *range(ROWS - 1))))
    ask(store, server.gives(GOOD))
    done = ask(store, server.gives(sdn("2026-02-02", *range(ROWS - 1))))
    assert done.outcome == REFUSED
    assert "held on 2026-01-30, before the copy in use" in done.reasons[0]
    assert len(in_use(store)) == ROWS


def test_the_day_of_a_list_that_says_none_is_when_its_publisher_wrote_it(
    store: Store, server: Server
) -> None:
    written = dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC)
    plain = b"".join(
        b'%d,"TRADER %d",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n' % (at, at)
        for at in range(ROWS)
    )
    server.gives(plain + b"\x1a", Last_Modified=format_datetime(written, usegmt=True))
    publisher = Publisher("ofac_sdn", "OFAC", f"http://127.0.0.1:{server.port}/sdn.csv", "sdn.csv")
    (done,) = update(store, [publisher])
    assert done.reasons == ()
    assert done.loaded[0].as_of == dt.date(2026, 1, 15)


def test_one_publisher_that_is_down_does_not_hold_up_the_others(
    store: Store, server: Server
) -> None:
    down = Publisher("un", "UN", "http://127.0.0.1:9/consolidated.xml", "consolidated.xml")
    done = update(store, [down, server.gives(GOOD).publisher])
    assert [each.outcome for each in done] == [REFUSED, NEW]


def test_two_updates_at_once_end_as_one_of_them(store: Store, server: Server) -> None:
    server.gives(GOOD)
    with ThreadPoolExecutor(4) as pool:
        done = [*pool.map(lambda _: ask(store, server), range(8))]
    assert {each.outcome for each in done} <= {NEW, SAME}
    assert in_use(store) == [str(at) for at in range(ROWS)]
    assert json.loads((store.folder / CHECKED).read_text())["ofac_sdn"]["sha256"]


@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2, 0.4, 0.8])
def test_an_update_that_is_killed_leaves_the_old_list_or_the_new_one(
    store: Store, server: Server, after: float, tmp_path: Path
) -> None:
    ask(store, server.gives(GOOD))
    newer = sdn("2026-02-01", *range(5, 4000))
    server.gives(newer)
    addresses = tmp_path / "publishers.toml"
    addresses.write_text(
        f'[[publisher]]\ncode = "ofac_sdn"\nsays = "OFAC"\nurl = "{server.publisher.url}"\nfile = "sdn.xml"\n'
    )
    asked = len(server.asked)
    process = subprocess.Popen(
        [sys.executable, "-m", "licet", "lists", "update", "--publishers", str(addresses), "--data",
         str(store.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while len(server.asked) == asked and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert in_use(store) in ([str(at) for at in range(ROWS)], [str(at) for at in range(5, 4000)])
    assert ask(store, server).outcome in (NEW, SAME)
    assert in_use(store) == [str(at) for at in range(5, 4000)]


def test_a_clock_that_is_behind_refuses_a_list_of_a_day_to_come_and_says_so(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store, server.gives(GOOD))
    monkeypatch.setattr(loading, "_today", lambda: dt.date(2026, 1, 1))
    done = ask(store, server.gives(sdn("2026-02-01", *range(ROWS + 1))))
    assert (done.outcome, "a day to come" in done.reasons[0]) == (REFUSED, True)
    assert len(in_use(store)) == ROWS
    monkeypatch.undo()
    assert ask(store, server).outcome == NEW


# --- the commands -----------------------------------------------------------------------------------------


def toml(server: Server, path: Path) -> str:
    path.write_text(
        f'[[publisher]]\ncode = "ofac_sdn"\nsays = "OFAC"\nurl = "{server.publisher.url}"\nfile = "sdn.xml"\n',
        encoding="utf-8",
    )
    return str(path)


def test_the_command_says_what_is_new_and_which_parties_it_touches(
    store: Store, server: Server, tmp_path: Path
) -> None:
    parties = tmp_path / "parties.csv"
    parties.write_text("id,name\n1,Trader 41 LLC\n2,Quiet Meadow Bakery\n", encoding="utf-8")
    addresses = toml(server, tmp_path / "publishers.toml")
    command = ["lists", "update", "--publishers", addresses, "--data", str(store.folder)]
    today = (
        dt.date.today()
    )  # what is in use today is compared: older copies than the rulebook's are not
    server.gives(sdn(str(today - dt.timedelta(1)), *range(ROWS)))
    first = CliRunner().invoke(app, command)
    assert (first.exit_code, "first copy" in first.output) == (0, True)
    server.gives(sdn(str(today), *range(ROWS + 2)))
    second = CliRunner().invoke(app, [*command, "--parties", str(parties)])
    assert second.exit_code == 0, second.output
    assert "42 entries, 2 added, 0 removed, 0 changed" in second.output
    assert "Trader 41 LLC  (1)\n  NEWLY A MATCH\n    TRADER 41  (SDN:41)" in second.output
    assert "1 of your parties is touched" in second.output
    server.gives(HTML)
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2
    assert "The list in use stays" in refused.output


def test_files_from_another_machine_are_held_to_the_same(store: Store, tmp_path: Path) -> None:
    for day, count in (("2026-01-31", ROWS), ("2026-01-30", ROWS)):
        path = tmp_path / day / "sdn.xml"
        path.parent.mkdir()
        path.write_bytes(sdn(day, *range(count)))
    command = ["lists", "update", "--data", str(store.folder), "--from"]
    assert CliRunner().invoke(app, [*command, str(tmp_path / "2026-01-31")]).exit_code == 0
    older = CliRunner().invoke(app, [*command, str(tmp_path / "2026-01-30")])
    assert older.exit_code == 2
    assert "An older copy is loaded with licet lists load" in older.output


def test_watch_goes_on_after_a_failure(store: Store, server: Server, tmp_path: Path) -> None:
    addresses = toml(server, tmp_path / "publishers.toml")
    server.gives(GOOD)
    done = CliRunner().invoke(
        app, ["watch", "--publishers", addresses, "--data", str(store.folder), "--rounds", "1"]
    )
    assert (done.exit_code, len(in_use(store))) == (0, ROWS)
    waited: list[float] = []
    answers = iter([True, False, False, False, True, True])
    watching.watch(lambda: next(answers), 3600.0, rounds=6, sleep=waited.append, chance=lambda: 0.5)
    assert waited == [3600.0, 60.0, 120.0, 240.0, 3600.0]


@pytest.mark.parametrize("text", ["", "6", "0h", "h", "1w", "-1h", "1.5h"])
def test_a_span_of_time_is_written_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 30m, 6h or 1d"):
        watching.seconds(text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no"),
        ("x = 1", "holds no"),
        ("[[publisher]]\ncode = 'a'\n", "says is missing"),
        ("[[publisher]]\ncode='a'\nsays='b'\nurl='c'\nfile='../d'\n", "no plain name"),
        ("[[publisher]]\ncode='a'\nsays='b'\nurl='c'\nfile='d'\nlimit_mb='x'\n", "no whole number"),
        (
            "[[publisher]]\ncode='a'\nsays='b'\nurl='c'\nfile='d'\nurls=[]\n",
            "no field 'urls'; allowed",
        ),
        ("not toml", "is not TOML"),
    ],
)
def test_a_file_of_addresses_is_read_whole_or_refused(
    tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "publishers.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=says):
        publishers(path)


def test_the_packaged_addresses_are_https_and_named_once() -> None:
    every = publishers()
    assert {"ofac_sdn", "ofac_consolidated", "bis", "csl", "un", "eu", "uk", "dpl"} == {*every}
    assert all(one.url.startswith("https://") for one in every.values())
    url, file = every["bis"].on(dt.date(2026, 8, 1))
    assert url.endswith("/full/2026-08-01/title-15.xml?part=744")
    assert file == "title-15_part-744_2026-08-01.xml"


@pytest.mark.parametrize("code", ["ofac_sdn", "ofac_consolidated"])
def test_ofac_may_send_on_to_its_own_bucket_and_to_no_other_of_the_same_cloud(code: str) -> None:
    one = publishers()[code]
    follow = download._OnlySafe(one.url, (*one.hosts,)).redirect_request
    bucket = (
        "https://wc2h-sls-prod-public-published.s3.us-gov-west-1.amazonaws.com/Published/SDN.XML"
    )
    request = urllib.request.Request(one.url)
    head = HTTPMessage()
    assert follow(request, io.BytesIO(), 302, "Found", head, bucket) is not None
    for elsewhere in (
        "https://evil.s3.amazonaws.com/SDN.XML", "https://amazonaws.com/SDN.XML",
        "https://evil.s3.us-gov-west-1.amazonaws.com/SDN.XML",
    ):  # fmt: skip
        with pytest.raises(download.FetchError, match=r"add it to hosts .* --publishers FILE"):
            follow(request, io.BytesIO(), 302, "Found", head, elsewhere)
