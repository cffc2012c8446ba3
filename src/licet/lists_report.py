"""What the list store answers, as text for people and JSON for programs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.freshness import Age
from licet.lists.copies import ORIGINS, PACKAGED
from licet.lists.differences import FieldChange
from licet.lists.packaged import packaged_lists
from licet.lists.store import Changes, Event, Status
from licet.parties.listing import Listing

if TYPE_CHECKING:
    from licet.lists.loading import Loaded

_SHOWN = 40  # differences shown for one list; JSON has them all
_STYLES = {"added": "green", "removed": "red", "changed": "yellow", "present": "dim"}
_LONG = 160  # characters of one value that are shown
# Files that belong to OFAC's list of parties and lie beside it.
_BESIDE = {"sdn.csv": ("alt.csv", "add.csv"), "cons_prim.csv": ("cons_alt.csv", "cons_add.csv")}


def as_json(answer: object) -> str:
    """An answer of the store as JSON: the fields of its dataclasses, days as YYYY-MM-DD."""

    def plain(value: object) -> object:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        raise TypeError(type(value).__name__)

    options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps(answer, default=plain, option=options).decode()


def print_loaded(done: Sequence[Loaded], path: Path, console: Console) -> None:
    """What a load did to each list."""
    table = _table("List", "From", "As of", "Entries", "Added", "Removed", "Changed", "")
    for each in done:
        counts = (
            (str(each.added), str(each.removed), str(each.changed)) if each.new else ("", "", "")
        )
        since = each.before.as_of if each.before else None
        note = "" if each.new else f"as on {since}"
        if each.new and each.before is None:
            counts, note = ("", "", ""), "first copy"
        table.add_row(
            each.list, ORIGINS[each.origin], str(each.as_of), str(each.entries), *counts, note
        )
    console.print(table)
    if guessed := {each.as_of for each in done if each.day_from == "modified"}:
        days = ", ".join(map(str, sorted(guessed)))
        console.print(
            f"No file says its day: {days} is when it was last written. If that is not the day of the list, "
            "load it again with --as-of DAY."
        )
    packaged = {each.list: each for each in packaged_lists()}
    for each in done:
        own = packaged.get(each.list)
        if (
            own
            and each.before is None
            and own.as_of <= each.as_of
            and each.entries < own.entries * 0.9
        ):
            console.print(
                f"{each.list} has {each.entries} entries; the packaged list of {own.as_of} has {own.entries}. "
                "If the file is an older one, load it again with --as-of DAY."
            )
    left = [name for name in _BESIDE.get(path.name.lower(), ()) if (path.parent / name).is_file()]
    if left:
        console.print(
            f"Aliases and addresses stand in {' and '.join(left)} beside it and were not read: load the folder "
            "to have them."
        )


def status_rows(found: Sequence[Status], ages: Sequence[Age]) -> list[dict[str, object]]:
    """The lists in use as plain data, with their age in days, its limit, and whether it is beyond."""
    return [
        {field.name: getattr(each, field.name) for field in dataclasses.fields(each)}
        | {"age": old.days, "limit": old.limit, "confirmed": old.confirmed, "stale": old.stale}
        for each, old in zip(found, ages, strict=True)
    ]


def print_status(
    found: Sequence[Status], ages: Sequence[Age], day: dt.date, console: Console
) -> None:
    """The lists in use on a day, with their age, and which are older than they may be."""
    table = _table(
        "List", "From", "As of", "Age", "Limit", "Entries", "Same since", "Copies", "Loaded"
    )
    for each, old in zip(found, ages, strict=True):
        age = (day - each.as_of).days
        table.add_row(
            each.list,
            ORIGINS[each.origin],
            str(each.as_of),
            f"{age} days" if age != 1 else "1 day",
            Text(f"{old.limit}", "yellow" if old.stale else ""),
            str(each.entries),
            "" if each.unchanged_since == each.as_of else str(each.unchanged_since),
            "" if each.origin == PACKAGED else str(each.copies),
            f"{each.known:%Y-%m-%d}" if each.known else "",
        )
    console.print(table)
    if stale := [old.what for old in ages if old.stale]:
        console.print(f"\nOlder than its limit, in days: {', '.join(stale)}.")
    for old in ages:
        if old.confirmed:
            console.print(f"{old.what}: its publisher had no newer copy on {old.confirmed}.")
    console.print(
        "\nOf lists that are not here nothing is known: no match is no statement about them. "
        "licet lists load PATH takes newer copies."
    )


def print_changes(found: Changes, console: Console) -> None:
    """Entries added, removed and changed, list by list."""
    for code, group in groupby(found.differences, key=lambda each: each.list):
        differences = list(group)
        counts = ", ".join(
            f"{sum(each.what == what for each in differences)} {what}"
            for what in ("added", "removed", "changed")
        )
        console.print(Text(f"{code}: {counts}", style="bold"))
        for each in differences[:_SHOWN]:
            line = Text(f"  {each.what:<8}", style=_STYLES[each.what])
            line.append(f"{each.id}  {each.name}", style="default")
            console.print(line)
            _print_fields(each.fields, console)
        if len(differences) > _SHOWN:
            console.print(f"  and {len(differences) - _SHOWN} more; --format json has them all")
        console.print()
    for code, reason in found.not_compared.items():
        console.print(Text(f"{code}: not compared, {reason}.", style="dim"))
    if not found.differences:
        console.print(
            f"Nothing differs between {found.start} and {found.end} in the lists at hand."
        )


def _print_fields(changes: Sequence[FieldChange], console: Console) -> None:
    for change in changes:
        for sign, values in (("-", change.was), ("+", change.now)):
            for value in values:
                shown = value if len(value) <= _LONG else f"{value[:_LONG]}..."
                console.print(Text(f"             {change.field} {sign} {shown}", style="dim"))


def print_history(found: Sequence[Event], console: Console) -> None:
    """The versions of an entry in order of time, and what the last one says."""
    for key, group in groupby(found, key=lambda event: f"{event.list}:{event.id}"):
        events = list(group)
        console.print(Text(f"{key}  {events[-1].listing.name}", style="bold"))
        for event in events:
            line = Text(f"  {event.as_of}  ")
            line.append(f"{event.what:<8}", style=_STYLES[event.what])
            loaded = f", loaded {event.known:%Y-%m-%d}" if event.known else ""
            line.append(f"  {ORIGINS[event.origin]}{loaded}", style="dim")
            console.print(line)
            _print_fields(event.fields, console)
        console.print()
        _print_listing(events[-1].listing, console)
        console.print()


def _print_listing(listing: Listing, console: Console) -> None:
    table = _table("", "")
    table.show_header = False
    kinds = [f"{name.text} ({name.kind})" for name in listing.names]
    numbers = [
        " ".join(filter(None, (each.kind, each.value, each.country)))
        for each in listing.identifiers
    ]
    for what, values in (
        ("names", kinds), ("kind", [listing.kind]), ("countries", [", ".join(listing.countries)]),
        ("addresses", listing.addresses), ("identifiers", numbers), ("born", listing.born),
        ("programs", [", ".join(listing.programs)]), ("linked to", listing.linked_to),
        ("scope", [listing.scope]), ("review policy", [listing.review_policy]),
        ("footnotes", listing.footnotes), ("remarks", [listing.remarks]),
        ("on the list from", [str(listing.valid_from or "")]),
        ("until", [str(listing.valid_until or "")]), ("source", [listing.source, listing.url]),
    ):  # fmt: skip
        for at, value in enumerate(filter(None, values)):
            table.add_row(Text("" if at else f"  {what}", style="dim"), Text(value))
    console.print(table)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        right = title in ("Entries", "Added", "Removed", "Changed", "Copies")
        table.add_column(title, overflow="fold", justify="right" if right else "left")
    return table
