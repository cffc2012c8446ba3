"""Ownership as people read it: the chain of a company, and which lists flow down on a day."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from licet.law.rulebook import Law
from licet.parties.ownership_names import key
from licet.parties.ownership_rules import DOES_NOT_FLOW, Flow, every, ownership_tests
from licet.report import print_indented
from licet.report_words import LISTS, day

if TYPE_CHECKING:
    from licet.parties.ownership_lists import OwnListing
    from licet.parties.ownership_study import Chain, Holding, Step
    from licet.parties.ownership_table import OwnershipTable
    from licet.parties.ownership_views import Tested, View

_FEW = 100_000  # names that may be compared by their letters one by one
_STATES = {
    "listed": ("listed", "bold red"),
    "restricted": ("restricted by its owners", "bold red"),
    "possibly_listed": ("perhaps listed", "bold yellow"),
    "possibly_restricted": ("perhaps restricted: find out what is not known", "bold yellow"),
    "part_owned": ("not restricted; a restricted owner holds a part: a red flag", "bold yellow"),
    "not_restricted": ("not restricted, by what the table says", "bold green"),
}


def print_view(view: View, law: Law, console: Console) -> None:
    """A company on a day: its owners, and for each test the state and the chain that shows why."""
    console.print(Text(f"{view.name}, {day(law.on)}", style="bold"), soft_wrap=True)
    for listing in view.listings:
        print_indented(console, Text(f"{_listing(listing)}."), 2)
    if view.named is None:
        none = "The table says that it has no owner of concern."
        gap = "The table names no owner of it on this day: who owns it is not known."
        print_indented(console, Text(none if view.closed else gap), 2)
    else:
        print_indented(console, Text("Owners"), 2)
        for holding in view.owners:
            print_indented(console, Text(f"- {_holds(holding)}"), 4)
        if view.closed:
            rest = "The table says that nobody else is of concern."
        else:
            rest = f"Known shares sum to {view.named:g} percent."
        print_indented(console, Text(rest, style="dim"), 4)
    for tested in view.tests:
        console.print()
        says, color = _STATES[tested.state]
        head = Text.assemble((f"{tested.test}: ", "bold"), (says, color))
        print_indented(console, head, 0)
        for indent, line in _tested(tested):
            print_indented(console, line, indent)
    if not view.tests:
        console.print("\nNo test of ownership is in force on this day.")
    console.print()
    end = (
        f"{view.table}, {view.table_id}. Ownership only: control, and lists that name affiliates by name "
        "(section 889), are judged elsewhere. Not legal advice."
    )
    print_indented(console, Text(end, style="dim"), 0)


def _tested(tested: Tested) -> Iterator[tuple[int, Text]]:
    yield 2, Text(tested.cite, style="dim")
    if tested.state in ("part_owned", "possibly_restricted"):
        most = "" if tested.at_most == tested.held else f", at most {tested.at_most:g}"
        yield 2, Text(f"Restricted owners hold {tested.held:g} percent for certain{most}.")
    if tested.lists and tested.state in ("restricted", "possibly_restricted"):
        names = ", ".join(LISTS.get(code, code) for code in tested.lists)
        maybe = "Perhaps through" if tested.state == "possibly_restricted" else "Through"
        yield 2, Text(f"{maybe} owners on {names}.")
    if tested.chain is not None:
        yield from _chain(tested.chain)


def _chain(chain: Chain) -> Iterator[tuple[int, Text]]:
    """The steps of a chain, the company first; each rests on those below it."""
    for step in chain.steps:
        yield 2, Text(_step(step, chain))
        for holding in step.holdings:
            yield 4, Text(f"- {_holds(holding)}")


def _step(step: Step, chain: Chain) -> str:
    if step.listings:
        return f"{step.name}: " + "; ".join(map(_listing, step.listings)) + "."
    if not step.holdings:
        return f"{step.name}: nobody knows who it is."
    maybe = "" if step.state else "perhaps "
    unsaid = any(holding.share is None for holding in step.holdings)
    total = f"{step.total:g} percent" + (" and a share that is not known" if unsaid else "")
    together = "" if chain.test.together else ", each counted alone"
    return f"{step.name}: {maybe}restricted, {total} ({chain.test.share}{together})"


def _holds(holding: Holding) -> str:
    share = "a share that is not known" if holding.share is None else f"{holding.share:g} percent"
    state = {True: "restricted", None: "perhaps restricted", False: ""}[holding.state]
    return f"{holding.owner} holds {share}{f', {state}' if state else ''} ({holding.place})"


def _listing(listing: OwnListing) -> str:
    where = LISTS.get(listing.list, f"the list {listing.list}")
    what = f"{'on' if listing.certain else 'perhaps on'} {where}"
    since = f" since {day(listing.since)}" if listing.since else ", as the table says"
    return f"{what} as {listing.name}{since}"


def print_lists(law: Law, console: Console) -> None:
    """Which lists flow down on a day, under which test, and which of those that the rulebook knows do not."""
    console.print(
        Text(f"Lists that flow down to what their entries own, {day(law.on)}", style="bold")
    )
    live = set()
    for test in ownership_tests(law):
        together = "owners counted together" if test.together else "each owner alone"
        console.print()
        print_indented(console, Text(f"{test.name}: {test.share}, {together}", style="bold"), 0)
        for flow in test.flows:
            live.add(flow.list)
            for deep, line in enumerate(_flow(flow)):
                print_indented(console, line, 2 + 2 * deep)
    still = [flow for flow in every(law.rulebook) if flow.list not in live]
    if still:
        console.print()
        print_indented(console, Text("Lists that do not flow down on this day", style="bold"), 0)
        told: set[str] = set()
        for flow in still:
            if flow.list not in told:
                told.add(flow.list)
                for deep, line in enumerate(_still(flow, law)):
                    print_indented(console, line, 2 + 2 * deep)
    console.print()
    print_indented(console, Text(f"Rulebook {law.rulebook.id}. Not legal advice.", style="dim"), 0)


def _flow(flow: Flow) -> Iterator[Text]:
    only = f", entries under {flow.only}" if flow.only else ""
    yield Text(f"{LISTS.get(flow.list, flow.list)}{only}, since {day(flow.row.valid_from)}")
    checked = "" if flow.verified else "; not checked against the text"
    yield Text(f"{flow.cite}{checked}. {_sentence(flow.note)}".rstrip(), style="dim")


def _still(flow: Flow, law: Law) -> Iterator[Text]:
    why = ""
    stay = next((stay for rule, stay in law.stayed if rule.id == flow.rule), None)
    if stay is not None:
        why = f": stayed from {day(stay.start)}" + (
            f" until {day(stay.until)}" if stay.until else ""
        )
    elif flow.test != DOES_NOT_FLOW and law.on < flow.row.valid_from:
        why = f": not before {day(flow.row.valid_from)}"
    yield Text(f"{LISTS.get(flow.list, flow.list)}{why}")
    yield Text(f"{flow.cite}. {_sentence(flow.note)}".rstrip(), style="dim")


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}." if note else ""


def near(table: OwnershipTable, name: str) -> str:
    """Names of a table that resemble one that it does not have."""
    import pyarrow.compute as pc

    wanted = key(name)
    inside = table.names.filter(pc.match_substring(table.keys, wanted)).slice(0, 5).to_pylist()
    if not inside and len(table.keys) <= _FEW:
        close = difflib.get_close_matches(wanted, table.keys.to_pylist(), n=5)
        inside = [table.name_of(table.nodes[one]) for one in close]
    return f"There are: {'; '.join(inside)}" if inside else "No name in it is near."


def plain(value: Any) -> Any:
    """A view as plain data for JSON: days as text, listings without the rows of their tables."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if name not in ("row", "flows")}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value
