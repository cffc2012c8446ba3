"""The scalar judge and the SQL text side by side: what each says of the same lines, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from licet.decide.assemble import review_policy
from licet.decide.sql import dialect
from licet.decide.sql.duck import run
from licet.decide.sql.statement import Statement
from licet.decide.sql.tables import FactTables
from licet.decide.standing import deciding, weighing
from licet.decide.verdict import Weighed


@dataclass(slots=True)
class SideBySide:
    """Orders weighed by the scalar judge, to be judged by one SQL text as well."""

    statement: Statement
    weighed: list[Weighed] = field(default_factory=list)
    runner: Callable[[Statement, Mapping[str, pa.Table]], pa.Table] = run
    """What runs the text."""
    tables: FactTables = field(init=False)
    _lines: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = FactTables(self.statement)

    def add(self, weighed: Weighed) -> None:
        for at, line in enumerate(weighed.lines):
            number = len(self._lines)
            self._lines.append((len(self.weighed), at))
            self.tables.add(number, len(self.weighed), at, line.facts, weighed.law.on)
        self.weighed.append(weighed)

    def differences(self) -> list[str]:
        """Where the two differ: order, line, column, what SQL says, what the scalar judge says."""
        rows = self.runner(self.statement, self.tables.arrow()).to_pylist()
        assert len(rows) == len(self._lines)
        return [text for row in rows for text in self._of_row(row)]

    def _of_row(self, row: dict[str, Any]) -> list[str]:
        order, at = self._lines[row["id"]]
        weighed = self.weighed[order]
        wanted = expected(weighed, at, self.statement.rules)
        found = {key: row[key] for key in wanted}
        for key in ("deciding", "waiting"):
            found[key] = set(found[key].split())
        return [
            f"{weighed.order.id} line {at} on {weighed.law.on}: {key}: "
            f"SQL {found[key]!r}, scalar {wanted[key]!r}"
            for key in wanted
            if found[key] != wanted[key]
        ]


def expected(weighed: Weighed, at: int, rules: Sequence[str]) -> dict[str, Any]:
    """What the scalar judge says of one line, by the columns of the SQL text."""
    line = weighed.lines[at]
    asked = weighing(weighed.law)
    truths = asked.truths(line.rulings)
    own = Weighed(weighed.order, weighed.law, weighed.listed, (line,), line.band)
    said: dict[str, Any] = {"policy": review_policy(own), "order_policy": review_policy(weighed)}
    for prefix, band in (("", line.band), ("order_", weighed.band)):
        said |= {f"{prefix}{name}": getattr(band, name) for name in ("best", "worst", "hold")}
        said |= {f"{prefix}settled": band.settled, f"{prefix}outcome": band.outcome}
    said["deciding"] = set(deciding(asked, truths))
    said["waiting"] = set(asked.standing(truths).waiting)
    for name in rules:
        held = line.rulings.get(name)
        said[dialect.name("r", name)] = held.value if held is not None else False
    return said
