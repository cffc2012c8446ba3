"""The law for readers: a rule with its versions, the timeline, changes and coverage."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.law.changes import changes
from licet.law.instrument import Announcement, Instrument
from licet.law.rule import Rule
from licet.law.rulebook import Rulebook
from licet.report import print_indented
from licet.report_words import OUTCOMES, day, words


def find_rules(book: Rulebook, name: str) -> list[Rule]:
    """Rules by id, or all rules that a section is cited for in any version."""
    if name in book.rules:
        return [book.rules[name]]
    wanted = name.lower().removeprefix("15 cfr").strip()
    return [
        rule
        for rule in book.rules.values()
        if any(_within(wanted, version.cite.lower()) for version in rule.versions)
    ]


def _within(section: str, cite: str) -> bool:
    at = cite.find(section)
    return (
        bool(section)
        and at >= 0
        and (at == 0 or not cite[at - 1].isalnum())
        and not cite[at + len(section) : at + len(section) + 1].isdigit()
    )


def nearest_rule(book: Rulebook, name: str) -> str:
    """A hint for a rule that does not exist."""
    near = difflib.get_close_matches(name, book.rules, 3, 0.4)
    return f"Did you mean {', '.join(near)}?" if near else f"Rules are: {', '.join(book.rules)}"


def print_rule(rule: Rule, book: Rulebook, console: Console) -> None:
    """A rule with its versions, stays and examples."""
    latest = rule.versions[-1]
    mark = "" if rule.verified else ", not yet compared with the official text"
    console.print(Text.assemble((rule.id, "bold"), (f"  {rule.kind}{mark}", "dim")), soft_wrap=True)
    if rule.assumed:
        print_indented(console, Text(f"Only as if announcement {rule.assumed} were law.", "magenta"), 0)
    if latest.says:
        print_indented(console, Text(latest.says), 0)
    for version in rule.versions:
        console.print()
        first = day(version.effective)
        if version.ends:
            head = f"Ended on {first}"
        elif version.until:
            head = f"From {first} through {day(version.until - dt.timedelta(days=1))}"
        else:
            head = f"From {first}"
        if version.published != version.effective:
            head += f", published {day(version.published)}"
        print_indented(console, Text(head, "bold"), 0)
        by = "" if version.instrument in version.cite else f", by {version.instrument}"
        print_indented(console, Text(f"{version.cite}{by}", "dim"), 2)
        instrument = book.instrument(version.instrument)
        if instrument is not None:
            print_indented(console, Text(instrument.says), 2)
        if version.text:
            print_indented(console, Text("Holds when", "dim"), 2)
            print_indented(console, Text(" ".join(version.text.split()), "cyan"), 4)
        if rule.kind == "authorization" and version.lifts and not version.ends:
            gives = OUTCOMES.get(rule.grants or "", words(rule.grants or ""))
            print_indented(console, Text(f"Lifts {', '.join(version.lifts)}; the outcome is then {gives}."), 2)
    for stay in rule.stays:
        until = f"through {day(stay.until - dt.timedelta(days=1))}" if stay.until else "until further notice"
        console.print()
        print_indented(console, Text(f"Stayed from {day(stay.start)} {until}, by {stay.instrument}", "yellow"), 0)
    kinds = Counter(example.expected for example in rule.examples)
    open_ = f", {kinds[None]} stay unknown" if kinds[None] else ""
    console.print()
    foot = f"Examples: {kinds[True]} hold, {kinds[False]} do not{open_}. {rule.file}, line {rule.line}"
    print_indented(console, Text(foot, "dim"), 0)


def subjects(book: Rulebook) -> list[str]:
    """All subjects of the timeline."""
    events: list[Instrument | Announcement] = [*book.instruments.values()]
    events += book.announcements.values()
    return sorted({subject for event in events for subject in event.subjects})


def print_timeline(book: Rulebook, subject: str | None, console: Console) -> bool:
    """Instruments and announcements in order of time; False where a subject has none.

    What binds has a solid bar at its left and the word LAW; guidance a thin bar; announcements a dotted
    one and the words NOT LAW, so that they are told apart at a glance and without color.
    """
    events: list[tuple[dt.date, Instrument | Announcement]] = [
        *((item.effective, item) for item in book.instruments.values()),
        *((item.date, item) for item in book.announcements.values()),
    ]
    if subject is not None:
        events = [(date, item) for date, item in events if _about(item, subject.casefold())]
    for number, (date, item) in enumerate(sorted(events, key=lambda event: (event[0], event[1].id))):
        if number:
            console.print()
        if isinstance(item, Instrument):
            guides = item.kind in _NO_LAW
            bar, color = ("│", "cyan") if guides else ("┃", "bold green")
            word, title = (item.kind if guides else "LAW"), item.citation
            text = " ".join([item.says, *_dates(item)])
        else:
            bar, color, word, title, text = "┊", "magenta", "NOT LAW", item.speaker, item.said
            if item.followed_by:
                acts = [book.instruments[i].citation for i in item.followed_by if i in book.instruments]
                text += f" Followed by {', '.join(acts)}."
        _event(console, bar, color, date, word, title, text)
    if events:
        console.print()
        legend = "┃ LAW binds   │ guidance and notices interpret and inform   ┊ NOT LAW is an announcement"
        print_indented(console, Text(legend, "dim"), 0)
    return bool(events)


# Kinds of instrument that interpret and inform, and make no law.
_NO_LAW = frozenset({"guidance", "notice"})


def _dates(item: Instrument) -> list[str]:
    found = []
    if item.until:
        found.append(f"Through {day(item.until - dt.timedelta(days=1))}.")
    if item.published is None:
        found.append("Not published.")
    elif item.published != item.effective:
        found.append(f"Published {day(item.published)}.")
    return found


def _event(
    console: Console, bar: str, color: str, date: dt.date, word: str, title: str, text: str
) -> None:
    """One event: date, kind and title on a line, then what it did, all behind its bar."""
    lead = Text.assemble((f"{bar} ", color), f"{date}  ", (f"{word:<8}", color), "  ")
    indent = len(lead) if console.width >= 80 else 4
    body = Text(title, "dim" if word == "NOT LAW" else "bold")
    rows = list(body.wrap(console, max(console.width - len(lead), 20)))
    console.print(lead + rows[0], soft_wrap=True)
    said = Text(text, "dim" if word == "NOT LAW" else "")
    for row in (*rows[1:], *said.wrap(console, max(console.width - indent, 20))):
        row.rstrip()
        console.print(Text.assemble((bar, color), " " * (indent - 1)) + row, soft_wrap=True)


def _about(item: Instrument | Announcement, subject: str) -> bool:
    text = [item.id, *item.subjects]
    if isinstance(item, Instrument):
        text += [item.citation, item.title, *item.changed]
    return any(subject in part.casefold() for part in text)


def print_changes(
    book: Rulebook, start: dt.date, end: dt.date, known: dt.date | None, console: Console
) -> None:
    """What differs between the law of two days; many rows of one table are counted together."""
    found = changes(book, start, end, known=known)
    console.print(f"The law of {end} against that of {start}:")
    if not found:
        console.print("no difference.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Since", "What", "Rule or row", "Section", "Instrument"):
        table.add_column(title, overflow="fold")
    rules = [change for change in found if ": " not in change.subject]
    for change in rules:
        table.add_row(str(change.date), change.what, change.subject, change.cite, change.instrument)
    groups: dict[tuple[dt.date, str, str, str], list[str]] = {}
    for change in found:
        if ": " in change.subject:
            name, _, label = change.subject.partition(": ")
            groups.setdefault((change.date, change.what, name, change.cite), []).append(label)
    for (day, what, name, cite), labels in sorted(groups.items()):
        shown = "; ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
        table.add_row(str(day), what, f"{name} ({len(labels)}): {shown}", cite, "")
    console.print(table)


def print_coverage(book: Rulebook, console: Console) -> None:
    """Every section with its status, and how many rules were verified against the text."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Section", "Title", "Status", "Note"):
        table.add_column(title, overflow="fold")
    colors = {"modelled": "green", "partly": "yellow", "not": "dim"}
    for section in book.sections:
        style = colors.get(section.status, "")
        table.add_row(section.cite, section.title, Text(section.status, style), section.note)
    console.print(table)
    counts = Counter(section.status for section in book.sections)
    rules = [rule for rule in book.rules.values() if rule.assumed is None]
    verified = sum(rule.verified for rule in rules)
    console.print()
    console.print(
        f"{len(book.sections)} sections: {counts['modelled']} modelled, {counts['partly']} partly, "
        f"{counts['not']} not. {len(rules)} rules, {verified} of them written with the text at hand, "
        f"{sum(len(rule.examples) for rule in rules)} examples."
    )
    console.print(f"Days from {book.covers_from} on; text as of {book.as_of}. Rulebook {book.id}.")
