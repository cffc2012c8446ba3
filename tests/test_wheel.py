"""A wheel built from the tree carries the rulebook and works from any folder."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import licet

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build backend of this environment, without network."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("the build backend hatchling is not installed")
    to = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(to)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = to.glob("*.whl")
    return built


def test_the_wheel_carries_every_file_of_the_rulebook(wheel: Path) -> None:
    source = ROOT / "src"
    here = {
        file.relative_to(source).as_posix()
        for file in (source / "licet").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert here <= names
    assert {name for name in names if not name.startswith("licet-")} == here


def test_the_installed_wheel_decides_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own; its dependencies are those of this one, so that no network is asked."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    import typer

    (site / "dependencies.pth").write_text(f"{Path(typer.__file__).parents[1]}\n")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    done = subprocess.run(
        [str(python), "-m", "licet", "check", "--format", "jsonl", "-"],
        input=(ROOT / "examples" / "osaka.toml").read_bytes(), capture_output=True, cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "license_required" and done.returncode == 1
    assert answer["law"]["id"] == licet.rulebook().id
    where = [str(python), "-c", "import licet; print(licet.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, text=True, cwd=folder).stdout
    assert Path(found.strip()).is_relative_to(home), "the wheel's own, not the tree's"
