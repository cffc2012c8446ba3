"""The page about clusters: its commands run as they stand there, its program on a cluster of two processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from licet.decide.sql.spark import FOR_THE_MACHINE, NoSpark, check_spark

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "how-to" / "cluster.md").read_text(encoding="utf-8")
MASTER = "spark://head:7077"
# A cluster on one machine: a process for the driver, one for the master, one for each executor.
HERE = "local-cluster[1,2,1536]"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


def commands() -> list[str]:
    text = "".join(blocks("console")).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_what_is_installed_is_there_to_install() -> None:
    installs = [one for one in commands() if re.match(r"(pip|apt-get) install", one)]
    assert installs == ["pip install 'licet[spark]'", "apt-get install openjdk-17-jre-headless"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(one.startswith("pyspark") for one in project["optional-dependencies"]["spark"])


def test_the_settings_that_a_cluster_needs_are_those_of_this_machine() -> None:
    name = "spark.buffer.pageSize"
    assert f"--conf {name}={FOR_THE_MACHINE[name]}" in TEXT


@pytest.mark.slow
def test_the_commands_run_in_their_order(tmp_path: Path) -> None:
    try:
        check_spark()
    except NoSpark as why:
        pytest.skip(str(why))
    (program,) = blocks("python")
    (tmp_path / "nightly.py").write_text(program, encoding="utf-8")
    bin_ = Path(sys.executable).parent
    surroundings = {
        **os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYSPARK_PYTHON": sys.executable,
        "COLUMNS": "100", "SPARK_LOCAL_IP": "127.0.0.1",
        # A short run is over before Java's second compiler has earned what it costs.
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }  # fmt: skip
    ran = 0
    for command in commands():
        if re.match(r"(pip|apt-get) install", command):
            continue
        here = command.replace(MASTER, f"'{HERE}'")
        done = subprocess.run(
            here, shell=True, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
        ran += 1
    assert ran >= 4
    laptop, cluster = (
        sorted(pq.read_table(tmp_path / name).to_pylist(), key=str)
        for name in ("verdicts", "verdicts-cluster")
    )
    assert laptop == cluster and len(cluster) == 4
