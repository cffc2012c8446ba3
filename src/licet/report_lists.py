"""Who of an order is on which list, and which lists were looked through: what a memo says of screening.

"Nobody is on it" is worth what the day of the copy is worth, so every answer names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from rich.text import Text

from licet.decision import Decision, Listed, Looked, Settled
from licet.freshness import LAW
from licet.report_words import NARROW, day, fold, in_words, list_name, published_in, words

Lines = Iterator[tuple[int, Text]]
"""Lines of a section: how deep each is indented, in spaces, and its text."""


def on_list(listing: Listed) -> Text:
    """A party and the list that it is on, since when."""
    who = listing.party if fold(listing.party) == fold(listing.name) else ""
    what = f"{listing.party} ({words(listing.role)})" if who else (
        f"{listing.party} ({words(listing.role)}), listed as {listing.name},"
    )  # fmt: skip
    cite = f" ({published_in(listing.cite)})" if listing.cite else ""
    if listing.since is None and listing.copy is not None:
        return Text(f"{what} is on {where(listing)}{cite}.")
    if listing.since is None:
        return Text(f"{what} is on {where(listing)}, as the order says.")
    name = list_name(listing.list)
    return Text(f"{what} has been on {name} since {day(listing.since)}{cite}.")


def where(listing: Listed) -> str:
    """The list of an entry in words, with the day of the copy where it was loaded."""
    name = list_name(listing.list)
    return f"{name} as of {day(listing.copy)}" if listing.copy else name


def possible(listing: Listed) -> Lines:
    """A possible match, whether somebody settled it, and why it was found."""
    said = listing.disposition
    settled = {
        "listed": "a person settled that it is the listed one",
        "not_listed": "a person settled that it is somebody else",
    }.get(listing.settled or "", "nobody has settled it yet")
    if said is not None and said.state == "open" and listing.settled is None:
        settled = "what was settled holds no longer"
    why = f" {listing.says}" if listing.says else ""
    color = "yellow" if listing.settled is None else ""
    text = f"{listing.party} may be {listing.name} on {where(listing)}; {settled}.{why}"
    yield 0, Text(text, style=color)
    yield from _disposition(said)
    if listing.record:
        yield 2, Text("To record what you find, with --as not_listed or listed, --by and --reason:")
        yield 4, Text(listing.record, "cyan")


def apart(listing: Listed) -> Lines:
    """Somebody of a listed name, or one like it, whom other evidence tells apart."""
    yield (
        0,
        Text(
            f"{listing.party} is not {listing.name} on {where(listing)}, however alike the names are: "
            f"{listing.says}."
        ),
    )
    yield from _disposition(listing.disposition)


def _disposition(said: Settled | None) -> Lines:
    if said is not None:
        yield 2, Text(in_words(f"{said.says[:1].upper()}{said.says[1:]}."))


def not_applied(listings: Sequence[Listed]) -> Lines:
    """Dispositions about exact matches: told, since somebody counts on them, and not applied."""
    for entry in listings:
        if entry.match == "exact" and entry.disposition and entry.disposition.state == "open":
            yield 0, Text(f"{entry.party} and {entry.name} on {where(entry)}:", style="yellow")
            yield from _disposition(entry.disposition)


def elsewhere(decision: Decision) -> Lines:
    """Matches that decide nothing here: the law that reads these lists is not modelled."""
    for entry in decision.elsewhere:
        if entry.match == "apart" or entry.settled == "not_listed":
            continue
        is_ = "is" if entry.match == "exact" or entry.settled == "listed" else "may be"
        why = f" {entry.says}" if entry.says else ""
        who = f"{entry.party} ({words(entry.role)}) {is_} {entry.name} on {where(entry)}.{why}"
        yield 0, Text(who, style="yellow")
        yield from _disposition(entry.disposition)
    if any(entry.match != "apart" for entry in decision.elsewhere):
        yield (
            0,
            Text("This is outside what Licet decides, and changed nothing above. Look into it."),
        )


def looked_through(decision: Decision, *, ear: bool) -> Lines:
    """The lists and their days, those from the rulebook first, and what no copy tells of.

    ``ear``: whether the EAR ask about this kind of transaction; else the lists of other regimes are named too.
    """
    own = [one for one in decision.lists if one.source == "rulebook"]
    loaded = [one for one in decision.lists if one.source != "rulebook"]
    if own:
        others = "" if ear else "; the lists of section 889(f)(3) and of the FCC"
        yield (
            0,
            Text(
                f"From the rulebook, which knows each list up to a day: {_together(own)}{others}."
            ),
        )
    for one in loaded:
        how = f"{one.source}, {one.entries:,} entries" if one.entries is not None else one.source
        instead = "; the rulebook's copy is older" if one.instead else ""
        short = (
            "; far shorter than the rulebook's, which was looked through too" if one.short else ""
        )
        unread = "" if one.read else "; no modelled rule reads it"
        yield (
            0,
            Text(
                f"Loaded: {list_name(one.list)} as of {day(one.as_of)} ({how}){instead}{short}{unread}."
            ),
        )
    yield from _too_old(decision)
    yield from _not_seen(decision)


def _too_old(decision: Decision) -> Lines:
    """Lists whose copies are older than their limits on the day: what came since is not seen."""
    stale = [one for one in decision.stale if one.what != LAW]
    by_age: dict[tuple[dt.date | None, int], list[str]] = {}
    for one in stale:
        name = "OFAC's narrower lists" if one.what in NARROW else list_name(one.what)
        names = by_age.setdefault((one.as_of, one.limit), [])
        if name not in names:
            names.append(name)
    if stale:
        told = "; ".join(
            f"{', '.join(names)} of {day(as_of) if as_of else 'no known day'} (limit {limit} days)"
            for (as_of, limit), names in by_age.items()
        )
        yield 0, Text(f"Older than its limit on {day(decision.law.on)}: {told}.", style="yellow")


def _together(looked: Sequence[Looked]) -> str:
    """Lists of one day together, OFAC's narrower ones as one."""
    by_day: dict[str, list[str]] = {}
    for one in looked:
        name = "OFAC's narrower lists" if one.list in NARROW else list_name(one.list)
        names = by_day.setdefault(day(one.as_of), [])
        if name not in names:
            names.append(name)
    return "; ".join(f"{', '.join(names)} to {until}" for until, names in by_day.items())


def _not_seen(decision: Decision) -> Lines:
    """Between the last copy of the SDN List and the day of the order nobody can be seen coming or going."""
    copies = [one.as_of for one in decision.lists if one.list == "SDN"]
    if not copies:
        yield (
            0,
            Text(
                "No copy of the SDN List is at hand: nobody was looked for on it.", style="yellow"
            ),
        )
    elif max(copies) < decision.law.on:
        yield 0, Text(
            f"No copy of the SDN List after {day(max(copies))} is at hand: who was added or removed from then "
            f"to {day(decision.law.on)} is not seen. licet lists load PATH takes a newer one.",
            style="yellow",
        )  # fmt: skip
