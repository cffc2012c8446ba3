"""The SQL text run by Spark, unchanged: a session whose settings the text needs, and the run of it.

The text is long: hundreds of expressions over hundreds of columns, a hundred small joins. Spark would turn it
into Java code, compile that for minutes, and give each join and sort 64 MB before the first row. So the
settings below let it interpret the expressions and begin with small pages; neither changes what the text means.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.decide.sql.statement import Statement

if TYPE_CHECKING:
    import pyarrow as pa

LEAST_JAVA = 17

MEANING: Mapping[str, str] = {
    # Texts in single quotes only, names in double quotes; an error where a value cannot be read, and no NULL.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
"""How Spark reads SQL as DuckDB does."""

FOR_THE_TEXT: Mapping[str, str] = {
    # Interpreted: compiling the Java code of one text takes minutes, and its methods grow too long for the JVM.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # What is known of a column's values is of no use here; working it out grows with the square of the text.
    "spark.sql.constraintPropagation.enabled": "false",
    # Plans are made once, and not again after each of some hundred small joins.
    "spark.sql.adaptive.enabled": "false",
    # Dated tables and children of distinct orders go to every machine; the lines stay where they are.
    "spark.sql.autoBroadcastJoinThreshold": "256m",
}
"""Settings that only speed the text up; they hold while it runs."""

FOR_THE_MACHINE: Mapping[str, str] = {
    "spark.buffer.pageSize": "256k",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
"""What is said when a session on this machine begins; a cluster's own session has said it already."""


class NoSpark(RuntimeError):  # noqa: N818 -- it says what is the matter
    """Spark cannot run here; says what is missing and how to get it."""


def check_spark() -> None:
    """Whether pyspark and a Java that it runs on are here.

    Raises ``NoSpark`` with the next step where one is missing.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise NoSpark("engine spark: pyspark is not installed: pip install 'licet[spark]'.")
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    how = "Debian: apt-get install openjdk-17-jre-headless; elsewhere any Java 17, with JAVA_HOME."
    if java is None or shutil.which(java) is None:
        where = f"JAVA_HOME is {home} and has no bin/java" if home else "no java on the PATH"
        raise NoSpark(f"engine spark: there is no Java ({where}). Install one. {how}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = java_version(said)
    if found is None or found < LEAST_JAVA:
        raise NoSpark(
            f"engine spark: {java} is Java {found or 'of no known version'}; "
            f"Spark needs {LEAST_JAVA} or later. {how}"
        )


def java_version(said: str) -> int | None:
    """The major version in what ``java -version`` prints.

    >>> java_version('openjdk version "17.0.15" 2025-04-15'), java_version('java version "1.8.0_401"')
    (17, 8)
    """
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


_UNITS = {"": 1 / 2**20, "K": 1 / 2**10, "M": 1, "G": 2**10, "T": 2**20}


def java_memory(said: str) -> str:
    """An amount of memory as Java reads it, in megabytes. Raises ``ValueError``.

    >>> java_memory("4GB"), java_memory("1.5 GiB"), java_memory("900M")
    ('4096m', '1536m', '900m')
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?\s*", said.upper())
    if found is None:
        raise ValueError(f"memory: found {said!r}; write an amount such as 4GB.")
    return f"{round(float(found[1]) * _UNITS[found[2]])}m"


def open_session(*, memory: str = "4GB", cores: str = "*") -> Any:
    """A Spark session that runs the text: beside the one that is there, else a new one on this machine.

    Under ``spark-submit`` or in a notebook there is a session already, on its cluster; its own settings and
    views stay as they are. ``memory`` (of the driver, such as ``4GB``) and ``cores`` count for a new one only.
    Raises ``NoSpark``.
    """
    if importlib.util.find_spec("pyspark") is None:
        check_spark()
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there is None:
        there = _begun(memory, cores)
    session = there.newSession()
    for name, value in MEANING.items():
        session.conf.set(name, value)
    return session


@contextlib.contextmanager
def for_the_text(session: Any) -> Iterator[None]:
    """Let a session run the text well; afterwards its settings are what they were."""
    before = {name: session.conf.get(name, None) for name in FOR_THE_TEXT}
    for name, value in FOR_THE_TEXT.items():
        session.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                session.conf.unset(name)
            else:
                session.conf.set(name, old)


def _begun(memory: str, cores: str) -> Any:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("licet")
    if SparkContext._active_spark_context is None and "SPARK_ENV_LOADED" not in os.environ:
        check_spark()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.master(f"local[{cores}]").config(
            "spark.driver.memory", java_memory(memory)
        )
        builder = builder.config("spark.sql.shuffle.partitions", str(os.cpu_count() or 1))
        for name, value in FOR_THE_MACHINE.items():
            builder = builder.config(name, value)
    return builder.getOrCreate()


def run(
    statement: Statement, tables: Mapping[str, pa.Table], *, session: Any | None = None
) -> pa.Table:
    """The verdicts on all lines, as ``licet.decide.sql.duck.run`` gives them: join on ``id``.

    Raises ``NoSpark`` where Spark cannot run here.
    """
    here = session or open_session()
    for table, rows in tables.items():
        here.createDataFrame(rows).createOrReplaceTempView(table)
    with for_the_text(here):
        return here.sql(statement.text).toArrow()
