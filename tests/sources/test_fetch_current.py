"""The eCFR is asked up to which day title 15 is current; parts are fetched only when that is another day."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from licet.cli import app
from licet.sources import fetch


class Ecfr:
    """An eCFR on loopback that is current to a day, and what it was asked."""

    def __init__(self) -> None:
        self.day, self.asked = "2026-07-23", list[tuple[str, str | None]]()
        self.base = ""


@pytest.fixture
def ecfr(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecfr]:
    one = Ecfr()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mark = self.headers.get("If-None-Match")
            one.asked.append((self.path, mark))
            if "/full/" in self.path:
                self.send_error(503)
                return
            if mark == f'"{one.day}"':
                self.send_response(304)
                self.end_headers()
                return
            body = json.dumps({"titles": [{"number": 15, "up_to_date_as_of": one.day}]}).encode()
            self.send_response(200)
            self.send_header("ETag", f'"{one.day}"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    one.base = f"http://127.0.0.1:{http.server_address[1]}"
    monkeypatch.setattr(fetch, "ECFR", one.base)
    yield one
    http.shutdown()
    http.server_close()


def test_the_day_is_asked_with_the_marks_of_the_last_answer(ecfr: Ecfr, tmp_path: Path) -> None:
    first = fetch.current()
    fetch.remember(tmp_path / "x.json", first)
    known = fetch.checked(tmp_path / "x.json")
    assert known == first
    assert fetch.current(known=known) == first
    assert ecfr.asked[1][1] == '"2026-07-23"'
    ecfr.day = "2026-07-24"
    assert str(fetch.current(known=known).day) == "2026-07-24"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"day": 7}', '{"day": "x", "etag": null}'])
def test_what_cannot_be_read_is_nothing_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert fetch.checked(tmp_path / "x.json") is None


def watch(data: Path) -> str:
    nobody = data / "publishers.toml"
    nobody.write_text(
        '[[publisher]]\ncode = "un"\nsays = "UN"\nurl = "http://127.0.0.1:9/un.xml"\nfile = "un.xml"\n',
        encoding="utf-8",
    )
    words = ["watch", "--law", "--rounds", "1", "--publishers", str(nobody), "--data", str(data)]
    done = CliRunner().invoke(app, words, env={"LICET_DATA": str(data)})
    assert done.exit_code == 0, done.output
    return done.output


def test_watch_fetches_the_law_when_the_day_is_another_and_asks_again_after_a_refusal(
    ecfr: Ecfr, tmp_path: Path
) -> None:
    fetch.remember(tmp_path / fetch.CHECKED, fetch.current())
    ecfr.asked.clear()
    assert "as it was, current to 2026-07-23" in watch(tmp_path)
    assert [path for path, _ in ecfr.asked if "/full/" in path] == []
    ecfr.day = "2026-07-24"
    for _ in range(2):  # refused, so that it is not remembered and asked again
        said = watch(tmp_path)
        assert "answers 503" in said and "The law in use stays" in said
        assert "un" in said, "the lists are looked after all the same"
    assert len([path for path, _ in ecfr.asked if "/full/" in path]) == 2
