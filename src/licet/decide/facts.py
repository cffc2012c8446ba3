"""An order and the dated tables, made into the facts that rules are judged on, line by line."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields

from licet.decide.exceptions import OF_LATER_TEXT, list_based
from licet.decide.known import Child, Facts, OpenList, Truth
from licet.decide.listings import ListedFact, listings_of, parties_of
from licet.decide.schedule_b import asked_for_schedule_b, schedule_b_value
from licet.decide.scope import under
from licet.law.rulebook import Law
from licet.law.table import eccn_prefixes
from licet.order import EndUse, License, Line, Order, Shipment


def facts_of(
    order: Order,
    at: int,
    law: Law,
    listed: Sequence[ListedFact],
    *,
    above: Facts | None = None,
    touched: Collection[str] = (),
) -> Facts:
    """The facts of line ``at`` of an order under a law, with the listings that screening found.

    What the order leaves out stays unknown and is asked for by its path in the order. With ``above``, the facts
    of the same line before some answers, what these have not ``touched`` is taken from there.
    """
    lines = order.lines or (Line(),)
    line = lines[at]
    here = f"line[{at}]"
    children = dict(above.children) if above is not None else {}
    if above is None or "parties" in touched:
        children["parties"] = tuple(parties_of(order))
    if above is None or "listings" in touched:
        children["listings"] = tuple(listings_of(order, line, here, law, listed))
    if above is None or "reasons" in touched:
        children["reasons"] = tuple(_reasons(line, here, law))
    if above is None or "red_flags" in touched:
        children["red_flags"] = red_flags_of(order)
    values = _given(order, line, law)
    if above is None or not _OF_ENTRY.isdisjoint(touched):
        values |= _list_based(line, order.to, law, children["reasons"])
        values["line.jurisdiction"] = _jurisdiction(line, law)
    else:
        values |= {name: above.values[name] for name in _BY_ENTRY if name in above.values}
    asks = _asks(at)
    if not isinstance(values["line.schedule_b_value_usd"], float):
        path = "line.schedule_b_value_usd"
        asks = {**asks, path: asked_for_schedule_b(order, at) or asks[path]}
    return Facts(values, children, asks)


def _given(order: Order, line: Line, law: Law) -> dict[str, object]:
    """What the order says itself, and what follows from it without its entry on the list."""
    values: dict[str, object] = {
        "date": law.on,
        "activity": order.activity,
        "from_": order.from_,
        "to": order.to,
        "region": order.region,
        "us_person": order.us_person,
        "parties_complete": order.parties_complete,
        # Left out means that none is claimed, as with a license: nothing is permitted by silence.
        "ofac_authorized": order.ofac_authorized is True,
        "line.entry": line.eccn.partition(".")[0] if line.eccn else None,
        "line.hts_chapter": line.schedule_b[:2] if line.schedule_b else None,
        # An exclusion that is claimed by stating the number: silence claims nothing, and permits nothing.
        "line.stated_food_or_medicine": _food_or_medicine(line, law),
        "end_use.stated_contract_date": (order.end_use and order.end_use.contract_date)
        or dt.date.max,
        "end_use.stated_purposes": (order.end_use and order.end_use.purposes) or (),
        "license.claimed": order.license is not None,
        "conditions_claimed": order.conditions_met or (),
        "line.entry_value_usd": _worth(of_entry(order, line)),
        "line.entry_quantity": _count(of_entry(order, line)),
        "line.schedule_b_value_usd": schedule_b_value(order, line),
    }
    if order.conditions_met is not None:
        values["conditions_met"] = OpenList(
            frozenset(order.conditions_met), frozenset(order.conditions_not_met or ())
        )
    for name, path in _LINE:
        values[path] = getattr(line, name)
    for name, path in _END_USE if order.end_use is not None else ():
        values[path] = getattr(order.end_use, name)
    for name, path in _SHIPMENT if order.shipment is not None else ():
        values[path] = getattr(order.shipment, name)
    if order.license is not None:
        values |= _license_values(order.license, line)
    return values


def _paths(kind: type, head: str) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, f"{head}.{field.name}") for field in fields(kind))


_LINE, _END_USE = _paths(Line, "line"), _paths(EndUse, "end_use")
_SHIPMENT = _paths(Shipment, "shipment")
# What is looked up by the item's entry, and the facts on which that rests.
_LIST_BASED = ("lvs_known", "lvs_usd", "gbs_known", "gbs", "sta_c1", "sta_c2")
_BY_ENTRY = (*(f"line.{name}" for name in _LIST_BASED), "line.jurisdiction")
_OF_ENTRY = frozenset({"line.eccn", "line.controlled_for", "to"})


@functools.cache
def _asks(at: int) -> Mapping[str, tuple[str, ...]]:
    """How the facts of a line are asked for where that is not their own path."""
    here = f"line[{at}]"
    return {
        **{path: (f"{here}.{name}",) for name, path in _LINE},
        **{f"line.{name}": (f"{here}.eccn",) for name in _LIST_BASED},
        "line.entry": (f"{here}.eccn",),
        "line.hts_chapter": (f"{here}.schedule_b",),
        "from_": ("from",),
        "line.on_license": (f"{here}.eccn", "license.lines"),
        "license.revoked_on": ("license.revoked",),
        "line.entry_value_usd": (f"{here}.value_usd",),
        "line.entry_quantity": (f"{here}.quantity",),
        "line.schedule_b_value_usd": (f"{here}.value_usd",),
    }


def _food_or_medicine(line: Line, law: Law) -> bool:
    """Whether the Schedule B number falls under a chapter, heading or subheading of food or medicine."""
    digits = "".join(c for c in line.schedule_b or "" if c.isdigit())
    return any(
        len(digits) >= length and law.contains("food_and_medicine", (digits[:length],)) is True
        for length in (2, 4, 6)
    )


def _jurisdiction(line: Line, law: Law) -> str | None:
    """Who licenses the item, as its entry says; "pointer" for an entry that only names others."""
    if line.eccn is None:
        return None
    if line.eccn == "EAR99":
        return "EAR"
    entry = line.eccn.partition(".")[0]
    row = next(law.rulebook.tables["ccl_entries"].rows((entry,), law.on, law.known), None)
    return row.values["jurisdiction"] if row is not None else None


def _worth(lines: Sequence[Line]) -> float | None:
    """What lines are worth together in US dollars; None where a value is missing."""
    values = [line.value_usd for line in lines]
    return None if None in values else float(sum(value or 0 for value in values))


def _count(lines: Sequence[Line]) -> float | None:
    """How many pieces lines have together; None where a quantity is missing."""
    numbers = [line.quantity for line in lines]
    return None if None in numbers else float(sum(number or 0 for number in numbers))


def of_entry(order: Order, line: Line) -> Sequence[Line]:
    """All lines of the item's entry: an order may not be split to fit under a limit (LVS, a license)."""
    if line.eccn is None:
        return (line,)
    entry = line.eccn.partition(".")[0]
    return [x for x in order.lines or () if x.eccn and x.eccn.partition(".")[0] == entry]


def _list_based(
    line: Line, to: str | None, law: Law, reasons: Sequence[Child]
) -> dict[str, object]:
    """What the entry says of list-based exceptions; nothing for what is not on the list."""
    if line.eccn is None:
        return {}
    entry, _, paragraph = line.eccn.partition(".")
    table = law.rulebook.tables["ccl_entries"]
    row = next(table.rows((entry,), law.on, law.known), None)
    of_that_day = row is not None and OF_LATER_TEXT not in row.source
    none = {"lvs_usd": "N/A", "gbs": "no", "sta": "none"}
    silent = dict.fromkeys(none, "unknown")
    known = law.contains("ccl_entries", (entry,))
    if row is None and known is None:
        # No state of the entry is known for the day: the next one bounds what may be claimed.
        row = next((r for r in table.index.get((entry,), ()) if r.valid_from > law.on), None)
    elif row is None:
        of_that_day = True
    values = row.values if row is not None else silent if known is None else none

    def within(name: str) -> Truth:
        """The destination is this country, in this Country Group, or marked in this chart column."""
        if to is None or re.fullmatch(r"[A-Z]{2}", name):
            return None if to is None else to == name
        if re.fullmatch(r"[A-Z]{2}:\d", name):
            return law.contains("country_chart", (to, name.replace(":", " ")))
        return law.contains("country_groups", (to, name))

    return list_based(values, paragraph, reasons, within, of_that_day=of_that_day)


def _license_values(license: License, line: Line) -> dict[str, object]:
    values: dict[str, object] = {
        f"license.{field.name}": getattr(license, field.name) for field in fields(license)
    }
    revoked = license.revoked
    values["license.revoked"] = None if revoked is None else revoked is not False
    # Revoked, and nobody knows since when: it may have been so on any day.
    values["license.revoked_on"] = dt.date.min if revoked is True else revoked or None
    if license.lines is not None and line.eccn is not None:
        values["line.on_license"] = any(name in license.lines for name in eccn_prefixes(line.eccn))
    return values


def _reasons(line: Line, here: str, law: Law) -> Iterator[Child]:
    """The reasons for control of the item: rows of ``ccl_controls`` that its paragraph falls under."""
    if line.eccn is None:
        yield Child({}, exists=None, because=(f"{here}.eccn",))
        return
    entry, _, paragraph = line.eccn.partition(".")
    if entry == "EAR99":
        return
    known = law.contains("ccl_entries", (entry,))
    if known is not True:
        # An entry that the table has on other days only: what it was on this day is not at hand.
        silent = known is None or (entry,) in law.rulebook.tables["ccl_entries"].index
        asked = "law.ccl_entries" if silent else f"{here}.eccn"
        yield Child({}, exists=None, because=(asked,))
        return
    table = law.rulebook.tables["ccl_controls"]
    for row in table.rows((entry,), law.on, law.known):
        applies = under(paragraph, row.values["applies"].split())
        excepted = under(paragraph, row.values["except"].split()) if row.values["except"] else False
        if applies is False or excepted is True:
            continue
        exists: Truth = True if applies is True and excepted is False else None
        because: tuple[str, ...] = (f"{here}.eccn",)
        if row.values["question"] and exists:
            exists, because = None, (f"{here}.controlled_for",)
        if exists is None and line.controlled_for is not None:
            # The item's own parameters were looked at: they say which reasons apply to it.
            exists = row.values["reason"] in line.controlled_for
        if exists is not False:
            yield Child(dict(row.values), here, exists=exists, because=because)


def red_flags_of(order: Order) -> tuple[Child, ...]:
    """The red flags of an order; one that may be there where it does not say whether anybody looked."""
    if order.red_flags is None:
        return (Child({}, exists=None, because=("red_flag",)),)
    return tuple(
        Child({"resolved": flag.resolved, "text": flag.text}, f"red_flag[{at}]")
        for at, flag in enumerate(order.red_flags)
    )
