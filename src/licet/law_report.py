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
    today = rule.versions[-1]
    mark = "" if rule.verified else "  (encoded without the text at hand)"
    console.print(Text(rule.id, style="bold"), Text(f"{rule.kind}{mark}", style="dim"))
    if rule.assumed:
        console.print(Text(f"Only as if announcement {rule.assumed} were law.", style="magenta"))
    if today.says:
        console.print(today.says)
    for version in rule.versions:
        end = f" to {version.until - dt.timedelta(days=1)}" if version.until else ""
        late = f", published {version.published}" if version.published != version.effective else ""
        state = "ends" if version.ends else f"in force{end}"
        console.print()
        console.print(Text(f"{version.effective}  {state}", style="bold"))
        console.print(f"  {version.cite}; {version.instrument}{late}")
        instrument = book.instrument(version.instrument)
        if instrument is not None:
            console.print(f"  {instrument.says}")
        if version.text:
            console.print(Text(f"  when {version.text}", style="cyan"))
        if rule.kind == "authorization" and version.lifts:
            console.print(f"  lifts {', '.join(version.lifts)}; gives {rule.grants}")
    for stay in rule.stays:
        until = stay.until or "further notice"
        console.print(Text(f"Stayed from {stay.start} until {until} ({stay.instrument})", "yellow"))
    kinds = Counter(example.expected for example in rule.examples)
    console.print()
    console.print(
        Text(
            f"{kinds[True]} examples hold, {kinds[False]} do not, {kinds[None]} stay unknown "
            f"({rule.file}:{rule.line})",
            style="dim",
        )
    )


def subjects(book: Rulebook) -> list[str]:
    """All subjects of the timeline."""
    events: list[Instrument | Announcement] = [*book.instruments.values()]
    events += book.announcements.values()
    return sorted({subject for event in events for subject in event.subjects})


def print_timeline(book: Rulebook, subject: str | None, console: Console) -> bool:
    """Instruments and announcements in order of time; False where a subject has none."""
    events: list[tuple[dt.date, Instrument | Announcement]] = [
        *((item.effective, item) for item in book.instruments.values()),
        *((item.date, item) for item in book.announcements.values()),
    ]
    if subject is not None:
        events = [(day, item) for day, item in events if _about(item, subject.casefold())]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("In effect", "", "Act", "What"):
        table.add_column(title, style="" if title else "bold", overflow="fold")
    for day, item in sorted(events, key=lambda event: (event[0], event[1].id)):
        if isinstance(item, Instrument):
            late = ""
            if item.published is None:
                late = " Not published."
            elif item.published != item.effective:
                late = f" Published {item.published}."
            end = f" Through {item.until - dt.timedelta(days=1)}." if item.until else ""
            table.add_row(
                str(day), Text("LAW" if item.kind not in ("guidance", "notice") else item.kind, "green"),
                item.citation, f"{item.says}{end}{late}",
            )  # fmt: skip
        else:
            table.add_row(
                Text(str(day), "dim"), Text("not law", "magenta"), Text(item.speaker, "dim"),
                Text(item.said, "dim"),
            )  # fmt: skip
    if events:
        console.print(table)
    return bool(events)


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
