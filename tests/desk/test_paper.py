"""The record of a decision on paper: what an auditor looks for, in HTML and in PDF, and as it was recorded."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from licet.cli import app
from licet.desk.paper import paper
from licet.desk.store import LOCAL

from .clients import store_of
from .test_audit import unguarded

EVIL = '<script>alert("x")</script>'


class Text(HTMLParser):
    """The text of a page, and the elements that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read(page: str) -> Text:
    found = Text()
    found.feed(page)
    return found


@pytest.fixture
def settled(desk: TestClient, misspelled: dict[str, Any]) -> dict[str, Any]:
    """A decision after a possible match was settled with a reason."""
    held = desk.post("/check", json=misspelled).json()
    for case in held["cases"]:
        said = {"decision": "not_listed", "by": "Ada Byron", "reason": "a bakery in Ohio"}
        desk.post(f"/cases/{case}/settle", json=said)
    found: dict[str, Any] = desk.post(f"/decisions/{held['decision_id']}/check").json()
    return found


def test_the_page_holds_what_an_auditor_looks_for(
    desk: TestClient, osaka: dict[str, Any], settled: dict[str, Any]
) -> None:
    decided = desk.post("/check", json=osaka).json()
    answer = desk.get(f"/decisions/{decided['decision_id']}/record.html")
    said = "\n".join(read(answer.text).said)
    kept = desk.get(f"/decisions/{decided['decision_id']}").json()
    (entry,) = desk.get(f"/audit?subject={decided['decision_id']}").json()["entries"]
    wanted = [
        kept["recorded"], kept["actor"], kept["law"], kept["keep_until"], kept["proof_hash"], entry["hash"],
        entry["content"], "license required", "2019-06-30", "Huawei Technologies Co., Ltd.", "3A991.a.1",
        "row and entry are as they were written", "party[0].name",
        *(one[name] for one in kept["answer"]["requirements"] for name in ("cite", "instrument", "since")),
        *(text for one in kept["lists"] for text in (one["list"], one["as_of"])),
    ]  # fmt: skip
    assert len(kept["answer"]["requirements"]) >= 1
    assert [text for text in wanted if text not in said] == []
    later = desk.get(f"/decisions/{settled['decision_id']}/record.html").text
    for text in ("Ada Byron", "a bakery in Ohio", "not listed (settled)"):
        assert text in later


def test_the_page_is_whole_in_itself_and_runs_nothing(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    (party,) = osaka["party"]
    order = {**osaka, "id": EVIL, "party": [{**party, "name": EVIL, "address": f"'\"{EVIL}"}]}
    decided = desk.post("/check", json=order).json()
    answer = desk.get(f"/decisions/{decided['decision_id']}/record.html")
    page = read(answer.text)
    assert page.elements.isdisjoint({"script", "link", "img", "iframe", "form", "a"})
    assert EVIL in "".join(page.said)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_a_record_that_was_changed_says_so_on_paper(
    desk: TestClient, osaka: dict[str, Any]
) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    unguarded(store_of(desk), "UPDATE decision SET outcome = 'no_license_required'")
    assert "NOT WHOLE" in desk.get(f"/decisions/{decided}/record.html").text


def test_every_fact_of_the_order_is_on_paper(desk: TestClient, osaka: dict[str, Any]) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    with store_of(desk).read() as db:
        sheet = paper(db, LOCAL, decided)
    (given,) = [one for one in sheet.sections if one.heading == "The order as it was given"]
    told = {row[0]: row[1] for row in given.rows}
    assert told["line[0].eccn"] == "3A991.a.1" and told["to"] == "CN"
    assert len(given.rows) >= 15


def test_the_pdf_says_the_same_in_every_script(desk: TestClient, osaka: dict[str, Any]) -> None:
    (party,) = osaka["party"]
    names = [
        {**party, "name": "华为技术有限公司"},
        {**party, "role": "purchaser", "name": "ООО Ромашка & Söhne <b>"},
    ]
    made = desk.post("/check", json={**osaka, "party": names})
    assert made.status_code == 200, made.text
    decided = made.json()["decision_id"]
    answer = desk.get(f"/decisions/{decided}/record.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content == desk.get(f"/decisions/{decided}/record.pdf").content
    assert answer.content.startswith(b"%PDF-")
    with pypdfium2.PdfDocument(answer.content) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    said = "\n".join(pages)
    assert all(decided in page for page in pages)
    assert "Record of decision" in said and decided in said
    assert "华为技术有限公司" in said and "<HuaWei" in said.replace(" ", "")
    assert "<OOO> <Romashka> & Söhne <b>" in said


def test_the_command_writes_the_record_and_refuses_what_it_cannot_write(
    desk: TestClient, osaka: dict[str, Any], tmp_path: Path
) -> None:
    decided = desk.post("/check", json=osaka).json()["decision_id"]
    run, home = CliRunner(), {"LICET_DATA": str(tmp_path)}
    for name, begins in (("r.html", b"<!doctype html>"), ("r.pdf", b"%PDF")):
        out = tmp_path / name
        done = run.invoke(app, ["audit", "record", decided, "--out", str(out)], env=home)
        assert done.exit_code == 0, done.stderr
        assert out.read_bytes().startswith(begins)
    wrong = run.invoke(app, ["audit", "record", decided, "--out", "r.doc"], env=home)
    assert wrong.exit_code == 2 and ".html or .pdf" in wrong.stderr
    none = run.invoke(app, ["audit", "record", "none", "--out", str(tmp_path / "x.pdf")], env=home)
    assert none.exit_code == 2 and "there is none" in none.stderr
