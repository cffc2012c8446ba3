"""A wheel built from the tree carries the rulebook and works from any folder."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own; its dependencies are those of this one."""

    home: Path
    python: Path
    folder: Path

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A command in an empty folder, with an empty home and without a network."""
        env = {
            "PATH": os.environ.get("PATH", ""), "HOME": str(self.folder),
            "LICET_DATA": str(self.folder / "data"),
            # Nobody listens there: what asks for a network is refused at once.
            "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1",
        }  # fmt: skip
        return subprocess.run(
            [*without_network(), str(self.python), *words], input=stdin, capture_output=True, cwd=self.folder,
            env=env, check=False, timeout=300,
        )  # fmt: skip


@functools.cache
def without_network() -> tuple[str, ...]:
    """What runs a command where there is no network, not even loopback; () where that cannot be done."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("unshare") is None:
        return ()
    tried = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    return ("unshare", "-n") if tried.returncode == 0 else ()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("installed")
    home, folder = place / "venv", place / "elsewhere"
    folder.mkdir()
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    import typer

    # A path file would run those of this environment too, and with them the tree itself.
    (site / "dependencies.pth").write_text(f"{Path(typer.__file__).parents[1]}\n")
    return Installed(home, python, folder)


def test_the_installed_wheel_is_the_wheels_own_and_not_the_trees(installed: Installed) -> None:
    done = installed.run("-c", "import licet; print(licet.__file__)")
    assert Path(done.stdout.decode().strip()).is_relative_to(installed.home), done.stderr


def test_the_installed_wheel_decides_from_any_folder(installed: Installed) -> None:
    order = (ROOT / "examples" / "osaka.toml").read_bytes()
    done = installed.run("-m", "licet", "check", "--format", "jsonl", "-", stdin=order)
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "license_required" and done.returncode == 1
    assert answer["law"]["id"] == licet.rulebook().id


def test_the_installed_wheel_screens_without_a_network(installed: Installed) -> None:
    words = ("Huawei Technologies Co., Ltd.", "--lists", "EL", "--on", "2019-06-30")
    done = installed.run("-m", "licet", "screen", *words)
    assert done.returncode == 1, done.stderr
    assert b"(EL:huawei-technologies-co-ltd.cn)" in done.stdout


def test_the_installed_wheel_serves_without_a_network(installed: Installed) -> None:
    """Started, ready, asked once, and stopped; client and desk in one place, which has loopback alone."""
    pytest.importorskip("fastapi")
    order = (ROOT / "examples" / "osaka.toml").read_text(encoding="utf-8")
    done = installed.run("-c", CLIENT, json.dumps(tomllib.loads(order), default=str))
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["outcome"] == "license_required" and said["decision_id"]


CLIENT = """
import json, os, socket, struct, subprocess, sys, time, urllib.error, urllib.request

def loopback_up():
    try:
        import fcntl
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            fcntl.ioctl(one, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up, running
    except (ImportError, OSError):
        pass  # it is up already, and not ours to change

loopback_up()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
base = f"http://127.0.0.1:{port}"
desk = subprocess.Popen([sys.executable, "-m", "licet", "serve", "--port", str(port)],
                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
try:
    for _ in range(1200):
        assert desk.poll() is None, desk.stderr.read().decode()
        try:
            if ask(base + "/readyz", timeout=5).status == 200:
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    request = urllib.request.Request(base + "/check", sys.argv[1].encode(),
                                     {"content-type": "application/json"})
    print(ask(request, timeout=60).read().decode())
finally:
    desk.terminate()
    desk.wait(30)
"""
