"""How many requests a second the desk answers on loopback, with all packaged lists loaded.

    ./dev python bench/serve.py [SECONDS [WORKERS]]

Starts ``licet serve`` in a process of its own on a new record, and asks with 1, 8 and 32 clients. Prints
requests a second, p50, p95 and p99, the server's CPU time for a request, and its memory.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import licet

ORDER = Path(__file__).parents[1] / "examples" / "osaka.toml"
MATCH = {"queries": {"q": {"schema": "Company", "properties": {"name": ["Huawei Technologies"]}}}}


def main(seconds: float, workers: int) -> None:
    """Measure and print."""
    order = json.dumps(licet.order_to(licet.read_order(ORDER))).encode()
    asked = {"/check": order, "/match/default": json.dumps(MATCH).encode()}
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "LICET_DATA": home}
        command = [sys.executable, "-m", "licet", "serve", "--port", "0", "--workers", str(workers)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as server:
            assert server.stdout is not None
            place = server.stdout.readline().split()[3].removeprefix("http://")
            while _once(http.client.HTTPConnection(place), "/readyz", None) != 200:
                time.sleep(0.2)
            for path, body in asked.items():
                for clients in (1, 8, 32):
                    _measure(server.pid, place, path, body, clients, seconds)
            print(f"memory {_memory(server.pid):.0f} MB")
            server.terminate()


def _measure(pid: int, place: str, path: str, body: bytes, clients: int, seconds: float) -> None:
    took: list[float] = []
    wrong: list[int] = []
    until = time.perf_counter() + seconds

    def work() -> None:
        connection = http.client.HTTPConnection(place)
        while time.perf_counter() < until:
            began = time.perf_counter()
            status = _once(connection, path, body)
            took.append(time.perf_counter() - began)
            if status != 200:
                wrong.append(status)

    before, began = _cpu(pid), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    spent, lasted = _cpu(pid) - before, time.perf_counter() - began
    took.sort()
    at = {p: took[min(len(took) - 1, len(took) * p // 100)] * 1000 for p in (50, 95, 99)}
    shown = ", ".join(f"p{p} {value:.1f} ms" for p, value in at.items())
    print(
        f"{path} {clients} clients: {len(took) / lasted:.0f}/s, {shown}, "
        f"{spent / len(took) * 1000:.2f} ms CPU each, {len(wrong)} not 200",
        flush=True,
    )


def _once(connection: http.client.HTTPConnection, path: str, body: bytes | None) -> int:
    connection.request("POST" if body else "GET", path, body)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _processes(pid: int) -> list[int]:
    """A process and those that it began."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in children for each in _processes(int(child)))]


def _cpu(pid: int) -> float:
    spent = 0
    for one in _processes(pid):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Resident memory of all processes, in megabytes; what they share is counted in proportion."""
    found = 0
    for one in _processes(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return found / 1024


if __name__ == "__main__":
    given = sys.argv[1:]
    main(float(given[0]) if given else 5.0, int(given[1]) if len(given) > 1 else 1)
