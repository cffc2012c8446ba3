"""Every entry of the Commerce Control List against every row of the Country Chart.

637 ECCNs x 196 destinations on 23 July 2026, for a clean civil buyer: what Licet's rules of part 742 decide
from the chart equals what other people's readings of the two official tables give. An entry's controls may
hang on its paragraph or on parameters; so the answer for an entry is required (a control over the entire
entry has a mark), possible (only such a control has one) or not.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet.countries import countries, plain
from licet.decide.facts import facts_of
from licet.decide.known import Child, Facts
from licet.decide.proof import NOT_IN_FORCE
from licet.decide.truth import Proof, Setting, evaluate
from licet.decide.verdict import weigh
from licet.law.rulebook import InForce, Law, default_rulebook
from licet.law_where import clean_order

DERIVED = Path(__file__).parents[2] / "shared" / "data" / "derived"
DAY = dt.date(2026, 7, 23)
REQUIRED, POSSIBLE, NOT = "required", "possible", "not"

needs_oracles = pytest.mark.skipif(
    not (DERIVED / "seelpeed_ccl.json").exists(),
    reason="needs the derived readings in ../shared/data/derived, which are not on this machine",
)


def oracle(name: str) -> Any:
    return json.loads((DERIVED / name).read_text(encoding="utf-8"))


@cache
def chart() -> dict[str, frozenset[str]]:
    """Marks by country code."""
    codes = countries().codes
    rows = oracle("seelpeed_country-chart.json")["countries"]
    return {codes[plain(name)]: frozenset(row["marks"]) for name, row in rows.items()}


@cache
def lines() -> dict[str, tuple[tuple[str, str], ...]]:
    """Control lines by ECCN: what is controlled, and the chart cell beside it."""
    found = {
        entry["eccn"]: tuple(
            (line["control"], line["countryChart"]) for line in entry["countryChart"] or ()
        )
        for entry in oracle("seelpeed_ccl.json")["entries"]
    }
    index = oracle("ccl_index_commoditybench_2026-06.json")["entries"]
    for entry in index:
        if entry["eccn"] not in found or entry["eccn"] in (*RUN_TOGETHER, *SAID_IN_PROSE):
            found[entry["eccn"]] = tuple(of_text(entry["text"]))
    return found


# The reading of 23 July lost 0D614, 2B352, 3D006 and 3E002 and ran lines of one entry into the text of another;
# all of them are taken from the reading of June.
RUN_TOGETHER = {"0D606", "1D018", "2B351", "3D005", "3E001"}
# Entries whose control is said in a sentence and in no table: items that were found to give an advantage are
# controlled like RS column 1 (742.6(a)(8)).
SAID_IN_PROSE = ("0A521", "0B521", "0C521", "0D521", "0E521")


def of_text(text: str) -> list[tuple[str, str]]:
    """Control lines of an entry's running text: two cells, each closed by a bar."""
    head = text.partition("List Based License Exceptions")[0].partition("Country")[2]
    cells = [" ".join(cell.split()) for cell in head.split("|")]
    pairs = list(itertools.pairwise(cells))
    found = [(a, b) for a, b in pairs if re.match(r"[A-Z]{2} appl", a) and not b.startswith(a[:9])]
    if "subject to RS1 controls" in text:
        found.append(("RS applies to entire entry", "RS Column 1"))
    return found


# 4E091 says "applies entire entry"; a cell of 1C350 repeats the column.
WHOLE = re.compile(r"applies (?:to )?(?:the )?entire entry\.?( CB Column 2\.)?$")


def columns(eccn: str) -> tuple[frozenset[str], frozenset[str]]:
    """The columns of the chart that apply to the entire entry, and those that may apply."""
    certain: set[str] = set()
    possible: set[str] = set()
    for control, cell in lines()[eccn]:
        for column in re.findall(r"\b([A-Z]{2}) Column (\d)", cell):
            (certain if WHOLE.search(control) else possible).add(" ".join(column))
    return frozenset(certain), frozenset(possible)


def status(certain: bool, possible: bool) -> str:
    return REQUIRED if certain else POSSIBLE if possible else NOT


class Engine:
    """Licet's decision on an item's reasons for control alone, destination by destination."""

    def __init__(self) -> None:
        self.law: Law = default_rulebook().law(DAY)
        self.rules = [live for live in self.law.rules.values() if by_reason(live)]
        self.decided: dict[tuple[frozenset[tuple[str, str, bool]], str], str] = {}

    def controls(self, eccn: str) -> tuple[Child, ...]:
        """The item's controls as the engine finds them, without its paragraph."""
        return facts_of(clean_order(eccn, "DE", DAY), 0, self.law, ()).children["reasons"]

    def decide(self, controls: tuple[Child, ...], to: str) -> str:
        """One decision for each distinct set of controls and destination."""
        key = frozenset(
            (str(c.fields["reason"]), str(c.fields["column"]), c.exists is True) for c in controls
        )
        if (key, to) not in self.decided:
            facts = Facts({"to": to}, {"reasons": controls})
            setting = Setting(facts, self.law, subject)
            values = [
                evaluate(live.version.when, setting).value
                for live in self.rules
                if live.version.when is not None
            ]
            self.decided[key, to] = status(True in values, None in values)
        return self.decided[key, to]


def by_reason(live: InForce) -> bool:
    """Whether a rule is one of those that ask for a license by reason for control."""
    names = "r.reason ==" in (live.version.text or "")
    return names and live.rule.kind == "requirement" and live.rule.id.endswith("_controls")


def subject(name: str) -> Proof:
    """A US-made item that leaves the United States is subject to the EAR (734.3(a)(1))."""
    return Proof(NOT_IN_FORCE.condition, name == "subject_to_ear")


def is_column(child: Child) -> bool:
    return re.fullmatch(r"[A-Z]{2} \d", str(child.fields.get("column"))) is not None


@needs_oracles
def test_the_chart_decides_every_entry_for_every_destination_as_other_readings_do() -> None:
    engine = Engine()
    entries = [row["eccn"] for row in oracle("ccl_index_commoditybench_2026-06.json")["entries"]]
    assert len(entries) == 637
    assert len(chart()) == 196
    seen: Counter[str] = Counter()
    differing: dict[str, set[str]] = {}
    for eccn in entries:
        controls = tuple(child for child in engine.controls(eccn) if is_column(child))
        certain, possible = columns(eccn)
        for to, marks in chart().items():
            ours = engine.decide(controls, to)
            theirs = status(bool(certain & marks), bool(possible & marks))
            seen[ours] += 1
            if ours != theirs:
                differing.setdefault(f"{eccn}: {ours}, not {theirs}", set()).add(to)
    assert differing == {}
    assert seen == Counter({REQUIRED: 65154, NOT: 44548, POSSIBLE: 15150})


@cache
def members() -> dict[str, frozenset[str]]:
    """Country Groups by code, read by somebody else."""
    codes = countries().codes
    named = oracle("seelpeed_country-groups.json")["groups"]
    return {group: frozenset(codes[plain(n)] for n in names) for group, names in named.items()}


def scope(cell: str) -> frozenset[str] | None:
    """Chart destinations of a wording that names no column; None where it is not read here."""
    everywhere = frozenset(chart())
    groups = members()
    match cell:
        case _ if re.match(r"China,? Russia,? or Venezuela", cell):
            reached = frozenset({"CN", "RU", "VE"})
        case _ if re.match(r"Worldwide|To or within any destination worldwide", cell):
            reached = everywhere
        case _ if re.match(r"A license is required for all destinations, as specified in", cell):
            reached = everywhere
        case _ if re.match(r"Refer to § 742.15|See § 742.14", cell) or "except Canada" in cell:
            reached = everywhere - {"CA"}
        case _ if "Country Groups D:1, D:4, and D:5" in cell:
            several = groups["D:1"] | groups["D:4"] | groups["D:5"]
            named = {"AE"} if "United Arab Emirates" in cell else set()
            reached = (several - groups["A:5"] - groups["A:6"]) | named
        case _ if "Macau or a destination specified in Country Group D:5" in cell:
            reached = groups["D:5"] | {"MO"}
        case _ if re.match(r"A license is required .* to Iraq or Pakistan", cell):
            reached = frozenset({"IQ", "PK"})
        case _ if re.match(r"A license is required .* to Iraq", cell):
            reached = frozenset({"IQ"})
        case _ if re.match(r"A license is required .* to Pakistan", cell):
            reached = frozenset({"PK"})
        case _ if re.match(r"A license is required .* to North Korea", cell):
            reached = frozenset()
        case _ if re.match(r"See § 7[46][64]\.1(\(b\))? ", cell):
            reached = frozenset({"CF", "CD", "ER", "IQ", "LB", "LY", "SO", "SD"})  # 746.1(b)(2)
        case _:
            return None
    return reached & everywhere


@needs_oracles
def test_scopes_that_name_destinations_reach_those_that_the_wording_names() -> None:
    """Cells without a column: "China, Russia, or Venezuela", "Worldwide", "Macau or ... D:5" and others."""
    engine = Engine()
    differing: dict[str, set[str]] = {}
    skipped: set[str] = set()
    compared = 0
    for eccn, found in sorted(lines().items()):
        read = [(control, scope(cell)) for control, cell in found if " Column " not in cell]
        unread = [cell for _, cell in found if " Column " not in cell and scope(cell) is None]
        if unread:
            skipped.add(eccn)
        if not read or unread:
            continue
        compared += 1
        controls = tuple(
            child
            for child in engine.controls(eccn)
            if not is_column(child) and child.fields["reason"] != "FP"
        )
        for to in chart():
            ours = engine.decide(controls, to)
            reaching = [c for c, reached in read if reached is not None and to in reached]
            theirs = status(any(WHOLE.search(c) for c in reaching), bool(reaching))
            if ours != theirs:
                differing.setdefault(f"{eccn}: {ours}, not {theirs}", set()).add(to)
    assert differing == {}
    assert compared == 164
    assert skipped == set(NOT_READ)


# Entries with a cell that says where to look instead of where it reaches; Licet answers unknown for those of
# 742.6(a)(11), part 742.18 and 4A001, and does not decide 746.8 by reason for control.
NOT_READ = {
    **dict.fromkeys(
        ("0A998", "1C992", "3A229", "3A231", "3A232", "6A991", "8A992", "8D999"), "746.8"
    ),
    **dict.fromkeys(("3B993", "3B994", "3D993", "3D994", "3E993", "3E994"), "742.6(a)(11)"),
    "1C351": "a column whose reason is missing",
    "1D018": "an empty cell",
    "1E355": "742.18",
    "4A001": "N/A",
}


@needs_oracles
def test_the_light_path_is_the_path_of_a_whole_order() -> None:
    """The grid decides reasons alone; a whole order comes to the same for the same rules."""
    engine = Engine()
    chance = random.Random(744)
    for _ in range(150):
        eccn = chance.choice(sorted(lines()))
        to = chance.choice(sorted(chart()))
        weighed = weigh(clean_order(eccn, to, DAY), engine.law, lambda _: ())
        values = [weighed.lines[0].proofs[live.rule.id].value for live in engine.rules]
        whole = status(True in values, None in values)
        assert engine.decide(engine.controls(eccn), to) == whole, (eccn, to)
