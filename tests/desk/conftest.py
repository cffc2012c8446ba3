"""The desk as tests see it: a database of each kind, the law and the packaged lists, a client."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import licet
from licet.desk.api import make_app
from licet.desk.counter import Counter, Loaded, load_if_changed
from licet.desk.limits import Limits
from licet.desk.oidc import Tokens
from licet.desk.store import Store, open_store

from . import clients

LocalDesk = Callable[..., TestClient]


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The law and the packaged lists, loaded once as ``licet serve`` loads them."""
    found = load_if_changed("")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server that runs for these tests alone, on a free port."""
    server = PostgresServer.made(tmp_path_factory.mktemp("postgres"))
    with server.running():
        yield server.address


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server of the tests' own, that can be started and stopped again and again."""

    folder: Path
    command: tuple[str, ...]
    programs: Path
    port: int

    @staticmethod
    def made(folder: Path) -> PostgresServer:
        """Make its data; skips where there is no server to be had."""
        programs = _postgres_programs()
        if programs is None:
            pytest.skip("no PostgreSQL server here: apt-get install postgresql")
        as_user: list[str] = []
        if os.getuid() == 0:  # the server refuses to run as root
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                pytest.skip("there is no user postgres to run the server as")
            os.chown(folder, user.pw_uid, user.pw_gid)
            for above in list(folder.parents)[:-2]:
                above.chmod(above.stat().st_mode | 0o011)
            as_user = [
                "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            ]  # fmt: skip
        data = str(folder / "data")
        start = [*as_user, str(programs / "initdb"), "-D", data, "-U", "licet", "-A", "trust"]
        subprocess.run(
            [*start, "--no-sync", "-E", "UTF8"], check=True, capture_output=True, cwd=folder
        )
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        run = [str(programs / "postgres"), "-D", data, "-p", str(port), "-k", str(folder)]
        return PostgresServer(
            folder, (*as_user, *run, "-c", "listen_addresses=127.0.0.1"), programs, port
        )

    @property
    def address(self) -> str:
        """Where it listens, without the name of a database."""
        return f"postgresql://licet@127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """It runs inside the block and is stopped at once after it, whoever is connected."""
        with (
            (self.folder / "log").open("ab") as log,
            subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder) as server,
        ):
            ready = [
                str(self.programs / "pg_isready"),
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
            ]
            for _ in range(100):
                if subprocess.run(ready, check=False).returncode == 0:
                    break
                time.sleep(0.1)
            yield
            server.send_signal(signal.SIGINT)


def _postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    own = shutil.which("initdb")
    return found[-1].parent if found else Path(own).parent if own else None


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new database is: a folder for SQLite, an address for PostgreSQL."""
    if request.param == "sqlite":
        yield str(tmp_path)
        return
    yield request.getfixturevalue("database_of_postgres")


@pytest.fixture
def database_of_postgres(postgres: str) -> str:
    """The address of a new database of the server."""
    import psycopg

    name = f"t{time.time_ns()}"
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{postgres}/{name}"


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open database of each kind."""
    found = open_store(database)
    yield found
    found.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An open SQLite database, where the kind does not matter."""
    found = open_store(tmp_path)
    yield found
    found.close()


@contextmanager
def serving(
    database: str | Path,
    loaded: Loaded,
    *,
    local: bool = True,
    limits: Limits | None = None,
    hooks_to: Collection[str] = (),
    tokens: Tokens | None = None,
) -> Iterator[TestClient]:
    """A client of a desk that is ready."""
    app = make_app(
        Counter(open_store(database)), local=local, limits=limits or clients.GENEROUS,
        load=lambda mark: None if mark else loaded, hooks_to=hooks_to, tokens=tokens,
    )  # fmt: skip
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True) as client:
        clients.until_ready(client)
        yield client


@pytest.fixture
def desk(tmp_path: Path, loaded: Loaded) -> Iterator[TestClient]:
    """A desk on this machine, where no key is asked for."""
    with serving(tmp_path, loaded) as client:
        yield client


@pytest.fixture(scope="session")
def osaka() -> dict[str, Any]:
    """The order of the day after the speech in Osaka, as JSON."""
    order = licet.read_order(Path(__file__).parents[2] / "examples" / "osaka.toml")
    return licet.order_to(order)


@pytest.fixture
def misspelled(osaka: dict[str, Any]) -> dict[str, Any]:
    """The same order for a buyer whose name is like the listed one, and not the same."""
    (party,) = osaka["party"]
    return {**osaka, "id": "like", "party": [{**party, "name": "Huawey Technologies"}]}
