"""Amounts between the same two limits of the law, which it cannot tell apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from licet.decide.classes import eccns_told_apart
from licet.decide.exceptions import HIGHEST_LVS
from licet.decide.marks import marks_that_count
from licet.law.rulebook import Law, Rulebook
from licet.order import Line, Order

AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "line.value_usd": ("line.value_usd", "line.entry_value_usd", "line.schedule_b_value_usd"),
    "line.quantity": ("line.quantity", "line.entry_quantity"),
}
"""Columns of amounts, and the facts that they give."""
LIMITS = frozenset({"line.lvs_usd"})
"""Facts with which amounts are compared and that are among the limits: the law's own, not the order's."""


def amounts(column: str, rulebook: Rulebook, laws: Sequence[Law]) -> pa.Table:
    """Between which limits an amount lies, by entry: spans, each with an amount that stands for all in it.

    The limits are those of the rules that count, and the limits for LVS of the item's entry on the Commerce
    Control List; the entry '' is any of which we do not know that, '?' an item without an ECCN. What lies in
    no span stays as it is.
    """
    marks = marks_that_count(laws)
    literals = {0.0}
    for path in AMOUNTS[column]:
        if path in marks:
            literals |= {float(n) for n in marks[path].literals if isinstance(n, int | float)}
    limits: dict[str, set[float]] = {"": set(literals), "EAR99": set(literals)}
    for row in rulebook.tables["ccl_entries"].every() if "value" in column else ():
        codes = row.values["lvs_usd"]
        found = {float(n) for n in re.findall(r"(?:^|=)(\d+)", codes)}
        # Where the entry does not tell, nothing above the highest limit of any entry may be claimed.
        found |= set() if found or codes == "N/A" else {HIGHEST_LVS}
        limits.setdefault(row.values["eccn"], set(literals)).update(found)
        limits[""] |= found | {HIGHEST_LVS}
    # An item without an ECCN: of the limits, those of the entries that the analysis tries for it.
    tried = {
        str(cell.value).partition(".")[0]
        for law in laws
        for cell in eccns_told_apart("line[0].eccn", Order(lines=(Line(),)), law)
    }
    limits["?"] = literals.union(*(limits[entry] for entry in tried if entry in limits))
    rows = [(entry, *span) for entry, found in limits.items() for span in _spans(sorted(found))]
    return pa.table(
        [list(column) for column in zip(*rows, strict=True)],
        names=["entry", "low", "high", "alike"],
    )


def _spans(limits: Sequence[float]) -> Iterator[tuple[float, float, str]]:
    for low, high in zip(limits, [*limits[1:], math.inf], strict=True):
        after = math.nextafter(low, math.inf)
        yield low, after, repr(low)
        yield after, high, repr((low + high) / 2 if high < math.inf else low * 2 + 1)
