"""The documents say what the program does: commands run, outcomes match, links lead somewhere."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from typer.testing import CliRunner

import licet
from licet import order
from licet.cli import app

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / f"{n}.md" for n in ("README", "CONTRIBUTING")),
]


# These ask the network or official files, or change which law this machine uses.
OF_THIS_MACHINE = (["law", "update"], ["law", "verify"], ["law", "compile"])


def the_maker_of_pages() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("make_pages", ROOT / "docs" / "make_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands() -> list[tuple[str, list[str], str]]:
    """Page, arguments and expected outcome ("" where none is said) of every command that can run as it is."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            for line in block.splitlines():
                command, _, says = line.partition("#")
                words = shlex.split(command.partition(" > ")[0])
                if words[:1] == ["./dev"]:
                    words = words[1:]
                if words[:1] != ["licet"] or words[1:3] in OF_THIS_MACHINE:
                    continue
                files = [
                    word for word in words if word.endswith((".toml", ".jsonl")) or word == "-"
                ]
                if not all((ROOT / file).is_file() for file in files):
                    continue  # a name that stands for the reader's own file
                outcome = says.strip() if says.strip().isupper() else ""
                found.append((str(page.relative_to(ROOT)), words[1:], outcome))
    return found


@pytest.mark.parametrize(("page", "arguments", "outcome"), commands())
def test_a_command_in_a_page_runs_and_gives_the_outcome_that_the_page_says(
    page: str, arguments: list[str], outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
    assert isinstance(result.exception, SystemExit | None), (page, result.exception)
    assert result.stdout, (page, result.stderr)
    if outcome:
        assert re.split(r"  +", result.stdout)[0] == outcome


def test_the_pages_show_every_outcome_of_the_osaka_story() -> None:
    shown = {outcome for _, _, outcome in commands()}
    assert shown >= {
        "LICENSE REQUIRED", "NO LICENSE REQUIRED", "COVERED BY A GENERAL LICENSE",
        "MORE INFORMATION NEEDED",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        assert other.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors(other), f"{page}: {target}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        if page.name != "index.md":
            assert str(page.relative_to(ROOT / "docs").as_posix()) in index, page


def test_the_page_of_the_command_line_is_what_the_command_line_says() -> None:
    """Where this fails: ``./dev python docs/make_pages.py``."""
    pages = the_maker_of_pages()
    assert pages.PAGE.read_text(encoding="utf-8") == pages.page()
    assert pages.RELIABILITY.read_text(encoding="utf-8") == pages.reliability()


def test_the_page_of_the_order_book_is_what_the_code_reads() -> None:
    """Where this fails: ``./dev python docs/make_pages.py``."""
    pages = the_maker_of_pages()
    written = pages.BOOK.read_text(encoding="utf-8")
    assert written == pages.order_book()
    for column in ("line.number", "party1.identifiers", "license.revoked"):
        assert f"| `{column}` | " in written


def test_the_picture_in_the_readme_is_what_the_command_draws() -> None:
    """Where this fails: ``./dev python docs/make_pages.py``."""
    pages = the_maker_of_pages()
    assert pages.PICTURE.read_text(encoding="utf-8") == pages.picture()


def test_the_memo_in_the_readme_is_what_the_command_prints() -> None:
    """Where this fails: ``./dev python docs/make_pages.py``."""

    def memo(text: str) -> str:
        return text.partition("```text\n")[2].partition("```")[0]

    written, now = (
        memo((ROOT / "README.md").read_text(encoding="utf-8")),
        memo(the_maker_of_pages().readme()),
    )
    assert written == now and written.startswith("LICENSE REQUIRED")


def test_the_screening_in_the_readme_is_what_the_command_prints() -> None:
    """Where this fails: ``./dev python docs/make_pages.py``."""

    def screening(text: str) -> str:
        return text.partition("\n## Who is on a list\n")[2].partition("\n## ")[0]

    written, now = (
        screening((ROOT / "README.md").read_text(encoding="utf-8")),
        screening(the_maker_of_pages().readme()),
    )
    assert written == now
    assert "(EL:huawei-technologies-co-ltd.cn)" in written and "CLEAR" in written


TABLES = {
    "Order": order.Order, "party": order.Party, "owner": order.Owner, "line": order.Line,
    "end_use": order.EndUse, "shipment": order.Shipment, "license": order.License,
    "red_flag": order.RedFlag,
}  # fmt: skip
WRITTEN = {"from_": "from", "parties": "party", "lines": "line", "red_flags": "red_flag"}


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_of_the_order_has_every_field_and_no_other(heading: str) -> None:
    text = (ROOT / "docs" / "reference" / "order.md").read_text(encoding="utf-8")
    part = re.split(rf"^##+ {heading}$", text, flags=re.MULTILINE)[1]
    part = re.split(r"^##", part, flags=re.MULTILINE)[0]
    told = {
        name
        for row in re.findall(r"^\| (`[^|]*) \|", part, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    names = (field.name for field in dataclasses.fields(TABLES[heading]))
    asked = {WRITTEN.get(name, name) if heading == "Order" else name for name in names}
    assert told == asked


def test_the_page_of_the_decision_has_every_field_and_no_other() -> None:
    text = (ROOT / "docs" / "reference" / "decision.md").read_text(encoding="utf-8")
    table = text.partition("| field | meaning |")[2].partition("\n\n")[0]
    told = {
        name
        for row in re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    decision = licet.check(licet.read_order(ROOT / "examples" / "osaka.toml"))
    assert told == licet.as_dict(decision).keys()


def test_the_readmes_python_runs_as_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip() == code.rpartition("# ")[2].strip()


def test_the_pages_make_a_site_in_which_every_link_leads_somewhere(tmp_path: Path) -> None:
    """Built strictly: a dead link or a page outside the navigation fails it; nothing comes from outside."""
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*mkdocs, "--site-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    outside = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:)?//[^"]+"')
    for page in tmp_path.rglob("*.html"):
        assert not outside.search(page.read_text(encoding="utf-8")), page
