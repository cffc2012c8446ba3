"""Which lists flow down to what their entries own on a day, read from the dated table ``ownership_rules``.

A list that flows down reaches companies that its entries own to a certain share. Several lists may be counted
together in one test (BIS counts the owners of its own lists and persons blocked under the programs of 744.8
together); OFAC's test counts all blocked persons. A row that names a rule takes effect while that rule is in
force and not stayed, so that each date of the law has one home.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licet.law.rulebook import Law, Rulebook
from licet.law.table import Row
from licet.parties.ownership import Truth, units

TABLE = "ownership_rules"
DOES_NOT_FLOW = "none"


@dataclass(frozen=True, slots=True)
class Flow:
    """One list in one test, as its row has it; ``only`` names a table of program tags that count."""

    test: str
    list: str
    only: str
    rule: str
    cite: str
    note: str
    verified: bool
    source: str
    row: Row


@dataclass(frozen=True, slots=True)
class OwnershipTest:
    """A test of ownership in force on a day, and the lists that are counted in it.

    ``need`` is the least sum that restricts, in billionths of a percent; ``together`` says whether several
    restricted owners are added up, or each counts alone.
    """

    name: str
    flows: tuple[Flow, ...]
    need: int
    together: bool

    @property
    def lists(self) -> tuple[str, ...]:
        """The codes of the lists that flow down in this test."""
        return tuple(flow.list for flow in self.flows)

    @property
    def cites(self) -> str:
        """Where the law says so."""
        return ", ".join(dict.fromkeys(flow.cite for flow in self.flows))

    @property
    def share(self) -> str:
        """The share that restricts, in words."""
        whole, more = divmod(self.need, units(1))
        return f"more than {whole} percent" if more else f"{whole} percent or more"

    def counts(self, code: str, row: Mapping[str, str], law: Law) -> Truth:
        """Whether an entry on a list counts in this test; None where its programs are not known."""
        for flow in self.flows:
            if flow.list == code:
                return _under(flow.only, row, law) if flow.only else True
        return False


@functools.lru_cache(maxsize=256)
def ownership_tests(law: Law) -> tuple[OwnershipTest, ...]:
    """The tests of ownership that are in force on the law's day, by name.

    >>> import datetime as dt
    >>> from licet.law.rulebook import default_rulebook
    >>> [test.name for test in ownership_tests(default_rulebook().law(dt.date(2025, 10, 15)))]
    ['bis', 'eu', 'ofac', 'ofac_ssi', 'uk']
    >>> [test.name for test in ownership_tests(default_rulebook().law(dt.date(2025, 11, 10)))]
    ['eu', 'ofac', 'ofac_ssi', 'uk']
    """
    found: dict[tuple[str, int, bool], list[Flow]] = {}
    for row in law.rulebook.tables[TABLE].every():
        flow = _flow(row)
        if flow.test == DOES_NOT_FLOW or not row.holds(law.on, law.known):
            continue
        if flow.rule and flow.rule not in law.rules:
            continue  # the rule is stayed, or not known yet
        more = row.values["reach"] == "more_than"
        need = units(float(row.values["threshold"])) + more
        found.setdefault((flow.test, need, row.values["together"] == "yes"), []).append(flow)
    return tuple(
        OwnershipTest(name, tuple(sorted(flows, key=lambda flow: flow.list)), need, together)
        for (name, need, together), flows in sorted(found.items())
    )


def flows_down(code: str, law: Law) -> Truth:
    """Whether a list flows down on the law's day; None for a list of which the rulebook does not say."""
    if any(code in test.lists for test in ownership_tests(law)):
        return True
    known = any(row.values["list"] == code for row in law.rulebook.tables[TABLE].every())
    return False if known and law.on >= law.rulebook.tables[TABLE].schema.known_from else None


def lists_of(names: Iterable[str], rulebook: Rulebook) -> frozenset[str]:
    """The lists that ever flow down in the tests of these names."""
    wanted = frozenset(names)
    rows = rulebook.tables[TABLE].every()
    return frozenset(row.values["list"] for row in rows if row.values["test"] in wanted)


def every(rulebook: Rulebook) -> tuple[Flow, ...]:
    """Every row of every day, by list and day."""
    flows = map(_flow, rulebook.tables[TABLE].every())
    return tuple(sorted(flows, key=lambda flow: (flow.list, flow.row.valid_from, flow.test)))


def _flow(row: Row) -> Flow:
    values = row.values
    return Flow(
        values["test"], values["list"], values["only"], values["rule"], values["cite"], values["note"],
        values["verified"] == "yes", row.source, row,
    )  # fmt: skip


def _under(table: str, row: Mapping[str, str], law: Law) -> Truth:
    """Whether one of an entry's programs stands in a table of programs."""
    if "programs" not in row:
        return None
    found = [law.contains(table, (tag,)) for tag in row["programs"].split("|") if tag]
    return True if True in found else (None if None in found else False)
