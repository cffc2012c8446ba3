"""Items, destinations and listings as text on a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.law_entries import Found, Listing
from licet.law_lookup import Control, Item, Reached
from licet.law_where import STATUSES, Destination, World

# So many names stand in a sentence; more are counted.
_FEW = 12
# So many listings are shown in full; more are listed one a line.
_IN_FULL = 1
_BRIEF = 15
# From so many destinations on, the largest row says "every other destination".
_MANY = 60


def day(date: dt.date) -> str:
    """A day in words.

    >>> day(dt.date(2019, 5, 16))
    '16 May 2019'
    """
    return f"{date.day} {date:%B %Y}"


def _span(since: dt.date, until: dt.date | None, source: str = "") -> str:
    """An interval in words. A row that rests on a text, not on an act, may have held before its first day."""
    end = f", through {day(until - dt.timedelta(days=1))}" if until else ""
    text_only = source.startswith(("15 CFR 774", "carried back"))
    return f"since {day(since)}{' or before' if text_only else ''}{end}"


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def print_item(item: Item, console: Console) -> None:
    """An item's controls: what, for which paragraphs, where, on which citation."""
    console.print(Text(f"{item.eccn}  {item.kind}, on {day(item.on)}", style="bold"))
    console.print(
        f"Licensed by {item.licensed_by}. On the list {_span(item.since, item.until, item.since_source)}."
    )
    if item.source:
        console.print(Text(f"Source: {item.source}", style="dim"))
    if not item.controls:
        console.print("No reason for control is stated for it.")
    for control in item.controls:
        console.print()
        _print_control(control, item, console)
    if item.jurisdiction != "EAR":
        return
    console.print()
    console.print(Text("License exceptions by the list", style="bold"))
    for name, says in item.exceptions.items():
        console.print(f"  {name}  {says}")
    console.print()
    console.print(
        Text(
            "Parts 744 and 746 (parties, end uses, embargoes) come on top: see `licet law where"
            f" {item.eccn}` and `licet check`. Rulebook {item.rulebook}.",
            style="dim",
        )
    )


def _print_control(control: Control, item: Item, console: Console) -> None:
    if control.paragraphs:
        what = ", ".join(f"{item.entry}.{p}" for p in control.paragraphs)
    else:
        what = "the entire entry"
    if control.excepted:
        what += " except " + ", ".join(f".{p}" for p in control.excepted)
    head = Text(f"{control.reason}  {control.name}", style="bold")
    head.append(f": {what}", style="not bold")
    console.print(head)
    if control.applies == "paragraph":
        console.print(Text("  Whether it applies depends on the paragraph.", style="yellow"))
    if control.question:
        console.print(Text(f"  Only if: {control.question}", style="yellow"))
    console.print(f"  Where: {control.where}. {reached(control.reached)}")
    console.print(
        Text(
            f"  {control.cite}; {_span(control.since, control.until, control.source)} ({control.source})",
            style="dim",
        )
    )


def reached(found: Reached) -> str:
    """How many destinations a control reaches, and which Country Groups wholly or not at all."""
    count = len(found.certain)
    said = [f"{count} of {found.of} destinations need a license"]
    if 0 < count <= _FEW:
        said = [f"A license is needed for {', '.join(found.certain)}"]
    elif not count:
        said = ["No destination is certain to need a license"]
    if count > _FEW and found.whole:
        said.append(f"among them all of {', '.join(found.whole)}")
    if count > _FEW and found.none:
        said.append(f"none of {', '.join(found.none)}")
    text = "; ".join(said) + "."
    if found.unknown:
        rest = found.unknown
        names = ", ".join(rest) if len(rest) <= _FEW else f"{len(rest)} destinations"
        text += f" Not said: {names}."
    return text


def print_world(world: World, console: Console) -> None:
    """Every destination, grouped by what it needs and for which reasons."""
    console.print(
        Text(f"{world.eccn} from the United States, on {day(world.on)}", style="bold"),
    )
    console.print(
        "Each destination decided for a commercial buyer on no list and civil use, before license exceptions."
    )
    console.print()
    table = _table("Status", "For", "Number", "Destinations")
    groups: dict[tuple[str, str], list[Destination]] = {}
    for place in world.destinations:
        groups.setdefault((place.status, _why(place)), []).append(place)
    largest = max(groups.values(), key=len)
    order = list(STATUSES)
    for (status, why), places in sorted(
        groups.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]))
    ):
        style = {"embargoed": "bold red", "required": "red", "none": "green"}.get(status, "yellow")
        shown = ", ".join(place.country for place in places)
        if places is largest and len(places) >= _MANY:
            shown = "every destination that is not named here"
        if status == "embargoed":
            shown = ", ".join(f"{place.country} ({_sections(place)})" for place in places)
        table.add_row(Text(STATUSES[status], style), why, str(len(places)), shown)
    console.print(table)
    console.print()
    console.print(
        Text(
            "Codes are ISO 3166-1; --format csv has names and every open point. Unknown is not permission."
            f" Rulebook {world.rulebook}.",
            style="dim",
        )
    )


def _why(place: Destination) -> str:
    if place.status == "embargoed":
        return ""
    if place.status == "required":
        certain = [need.cite for need in place.needs if need.applies == "yes"]
        return ", ".join(place.reasons) or ", ".join(certain)
    if place.status in ("depends", "unknown"):
        reasons = [reason for need in place.needs for reason, _ in need.reasons]
        return f"possibly {', '.join(dict.fromkeys(reasons))}" if reasons else "; ".join(place.why)
    return ""


def _sections(place: Destination) -> str:
    cites = [need.cite for need in place.needs if need.applies == "yes" and embargo(need.cite)]
    return ", ".join(cite.removeprefix("15 CFR ") for cite in cites)


def embargo(cite: str) -> bool:
    """Whether a requirement comes from part 746 or from OFAC."""
    return cite.startswith(("15 CFR 746.", "31 CFR "))


def print_found(found: Found, console: Console) -> None:
    """Listings found: the best in full, others one a line; where none: what was looked through."""
    exact = [x for x in found.listings if x.matched in ("id", "name", "alias")]
    if len(exact) > _IN_FULL:
        exact = [x for x in exact if x.matched == exact[0].matched]
    full = exact if len(exact) <= 3 else []
    if len(found.listings) <= _IN_FULL:
        full = list(found.listings)
    for number, listing in enumerate(full):
        if number:
            console.print()
        _print_listing(listing, found.on, console)
    rest = [x for x in found.listings if x not in full]
    if rest:
        console.print()
        say = "Other entries with these words" if full else "Entries with these words"
        console.print(Text(f"{say}: {len(rest)}", style="bold"))
        _print_brief(rest, found.on, console)
        console.print(
            Text("Ask for one by its full name, or by its id (--format json).", style="dim")
        )
    if not found.listings:
        console.print(f"Nothing answers to {found.text!r}.")
    console.print()
    searched = "; ".join(f"{s.list}, {s.entries:,} entries ({s.cite})" for s in found.searched)
    as_of = day(found.searched[0].as_of)
    console.print(
        Text(
            f"Looked through, as in force on {day(found.on)} by the text of {as_of}: {searched}. Entries"
            " removed before that text are not in it. This looks words up; it is not screening: that is"
            " `licet check`.",
            style="dim",
        )
    )


def _print_brief(listings: Sequence[Listing], on: dt.date, console: Console) -> None:
    short = {"Entity List": "EL", "Unverified List": "UVL", "Military End-User List": "MEU"}
    table = _table("List", "Since", "Name", "Country")
    for x in listings[:_BRIEF]:
        since = Text(str(x.since), "" if x.held else "dim")
        table.add_row(short.get(x.list, x.list), since, x.name, x.country)
    console.print(table)
    if any(not x.held for x in listings[:_BRIEF]):
        console.print(Text(f"Entries with a day after {day(on)} did not hold yet.", style="yellow"))
    if len(listings) > _BRIEF:
        more = len(listings) - _BRIEF
        console.print(f"and {more} more: give more words, or take --format json for all of them.")


def _print_listing(x: Listing, on: dt.date, console: Console) -> None:
    console.print(Text(x.name, style="bold"), Text(f"{x.list}, {x.cite}", style="dim"))
    if x.kind == "address":
        console.print("Lists an address: it matters under any name (744.16(f)).")
    if x.kind == "class":
        console.print("Lists a class of parties, not one party.")
    if x.held:
        console.print(f"Listed on {day(on)}: yes, {_span(x.since, x.until)}.")
    else:
        console.print(Text(f"Listed on {day(on)}: no; {_span(x.since, x.until)}.", style="yellow"))
    if "assumed" in x.source:
        # Most rules bind on the day of their publication; which day this one names was not compiled.
        console.print(
            Text("That is the day of publication; the day of effect is not on record.", "dim")
        )
    rows = _table("", "")
    rows.show_header = False
    rows.add_row("country", f"{x.country_name} ({x.country})")
    rows.add_row("license needed for", x.scope)
    rows.add_row("review policy", "\n".join(x.review_policy))
    if x.exceptions:
        rows.add_row("license exceptions", x.exceptions)
    for note in x.footnotes:
        state = "" if note.since <= on else f" (not yet on {on})"
        rows.add_row(f"footnote {note.number}", f"{note.says}; since {day(note.since)}{state}")
    if x.see:
        rows.add_row("see", ", ".join(x.see))
    if x.aliases:
        rows.add_row("also known as", "\n".join(x.aliases))
    if x.addresses:
        rows.add_row("addresses", "\n".join(x.addresses))
    if x.parent:
        rows.add_row("part of the entry", f"{x.parent[1]} ({x.parent[0]})")
    if x.affiliates:
        rows.add_row(f"affiliates: {len(x.affiliates)}", "\n".join(n for _, n in x.affiliates))
    if x.notes:
        rows.add_row("notes", "\n".join(x.notes))
    console.print(rows)
    if x.history:
        console.print()
        acts = _table("Act", "Published", "In effect", "")
        for act in x.history:
            effective = str(act.effective) if act.effective else "not on record"
            acts.add_row(act.citation, str(act.published), effective, act.says)
        console.print(acts)
    console.print(Text(f"Source: {x.source}; id {x.id}", style="dim"))
