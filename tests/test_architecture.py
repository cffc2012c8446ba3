"""Arrows point one way: what each package imports is what the page on the architecture allows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "licet"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"


def allowed() -> Mapping[str, frozenset[str]]:
    """The table of the page: a package, and what it may import."""
    text = PAGE.read_text(encoding="utf-8").partition("| package | may import |")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", text.partition("\n\n")[0], re.MULTILINE)
    return {package: frozenset(re.findall(r"`(\w+)`", names)) for package, names in rows}


def imports() -> Iterator[tuple[str, str, str]]:
    """File, first part of its name in Licet, and first part of what it imports; also within functions."""
    for file in sorted(SOURCE.rglob("*.py")):
        inside = file.relative_to(SOURCE).with_suffix("").parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found: list[str] = []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: a relative import"
                if node.module == "licet":
                    found = [f"licet.{name.name}" for name in node.names]
                elif node.module and node.module.startswith("licet."):
                    found = [node.module]
            elif isinstance(node, ast.Import):
                found = [name.name for name in node.names if name.name.startswith("licet.")]
            for name in found:
                yield str(file.relative_to(ROOT)), inside[0], name.split(".")[1]


IMPORTS = [one for one in imports() if one[1] != one[2]]


def test_the_page_has_a_row_for_each_package_below_the_front_door() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert allowed().keys() == packages - {"desk"} and len(IMPORTS) > 200


@pytest.mark.parametrize("package", allowed())
def test_a_package_imports_what_its_row_allows(package: str) -> None:
    wrong = [
        (file, to) for file, own, to in IMPORTS if own == package and to not in allowed()[package]
    ]
    assert not wrong
    used = {to for _, own, to in IMPORTS if own == package}
    assert used == allowed()[package], "the page allows what nobody uses"


def test_decide_and_parties_do_not_know_each_other() -> None:
    assert not [one for one in IMPORTS if {one[1], one[2]} == {"decide", "parties"}]


def test_nobody_imports_the_command_line_or_the_desk_but_those_who_start_them() -> None:
    assert {own for _, own, to in IMPORTS if to == "cli"} == {"__main__"}
    assert {own for _, own, to in IMPORTS if to == "desk"} == {"cli"}


def test_what_is_asked_and_answered_rests_on_no_package() -> None:
    packages = {*allowed(), "desk", "cli", "check"}
    for module in ("order", "decision", "freshness", "order_errors", "countries"):
        assert not [one for one in IMPORTS if one[1] == module and one[2] in packages]
