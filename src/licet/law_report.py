"""The law for readers: a rule with its versions, the timeline, changes and coverage."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
from collections import Counter

from rich.console import Console
from rich.text import Text

from licet.law.changes import Change, changes
from licet.law.instrument import Announcement, Instrument
from licet.law.rule import Rule
from licet.law.rulebook import Rulebook
from licet.report import print_indented
from licet.report_words import OUTCOMES, day, in_words, words


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
    """A hint for a rule or section that does not exist."""
    if name[:1].isdigit() or " " in name:
        cites = {
            re.split(r"[(,]", version.cite)[0].strip()
            for rule in book.rules.values()
            for version in rule.versions
        }
        return f"Sections with rules: {'; '.join(sorted(cites))}."
    near = difflib.get_close_matches(name, book.rules, 3, 0.4)
    return f"Did you mean {', '.join(near)}?" if near else f"Rules are: {', '.join(book.rules)}"


def print_rule(rule: Rule, book: Rulebook, console: Console) -> None:
    """A rule with its versions, stays and examples."""
    latest = rule.versions[-1]
    mark = "" if rule.verified else ", not yet compared with the official text"
    print_indented(console, Text.assemble((rule.id, "bold"), (f"  {rule.kind}{mark}", "dim")), 0)
    if rule.private:
        print_indented(console, Text(f"A private rule of {rule.private}", "magenta"), 0)
    if rule.assumed:
        print_indented(
            console, Text(f"Only as if announcement {rule.assumed} were law.", "magenta"), 0
        )
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
            print_indented(
                console, Text(f"Lifts {', '.join(version.lifts)}; the outcome is then {gives}."), 2
            )
    for stay in rule.stays:
        until = (
            f"through {day(stay.until - dt.timedelta(days=1))}"
            if stay.until
            else "until further notice"
        )
        console.print()
        print_indented(
            console,
            Text(f"Stayed from {day(stay.start)} {until}, by {stay.instrument}", "yellow"),
            0,
        )
    kinds = Counter(example.expected for example in rule.examples)
    open_ = f", {kinds[None]} stay unknown" if kinds[None] else ""
    console.print()
    foot = (
        f"Examples: {kinds[True]} hold, {kinds[False]} do not{open_}. {rule.file}, line {rule.line}"
    )
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
        events = [(date, item) for date, item in events if is_about(item, subject.casefold())]
    for number, (date, item) in enumerate(
        sorted(events, key=lambda event: (event[0], event[1].id))
    ):
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
                acts = [
                    book.instruments[i].citation for i in item.followed_by if i in book.instruments
                ]
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
    last = day(item.until - dt.timedelta(days=1)) if item.until else None
    if last and f"through {last}" not in item.says:
        found.append(f"Through {last}.")
    if item.published is None:
        found.append("Not published.")
    elif item.published != item.effective:
        found.append(f"Published {day(item.published)}.")
    return found


def _event(
    console: Console, bar: str, color: str, date: dt.date, word: str, title: str, text: str
) -> None:
    """One event: date, kind and title on a line, then what it did, all behind its bar."""
    faint = word == "NOT LAW"
    lead = Text.assemble((f"{bar} ", color), f"{date}  ", (f"{word:<8}", color), "  ")
    behind = Text(title, "dim" if faint else "bold"), Text(text, "dim" if faint else "")
    beside = console.width >= 80  # else what follows stands below, behind a small indent
    indent = len(lead) if beside else 4
    rows = [row for part in behind for row in part.wrap(console, max(console.width - indent, 20))]
    if not beside:
        rows.insert(0, Text())
    for number, row in enumerate(rows):
        line = lead + row if number == 0 else Text.assemble((bar, color), " " * (indent - 1)) + row
        line.rstrip()
        console.print(line, soft_wrap=True)


def is_about(item: Instrument | Announcement, subject: str) -> bool:
    """Whether an instrument or announcement is about a subject, given in small letters."""
    text = [item.id, *item.subjects]
    if isinstance(item, Instrument):
        text += [item.citation, item.title, *item.changed]
    return any(subject in part.casefold() for part in text)


def print_changes(
    book: Rulebook, start: dt.date, end: dt.date, known: dt.date | None, console: Console
) -> None:
    """What differs between the law of two days; rows of one table and act are counted together."""
    found = changes(book, start, end, known=known)
    as_known = f", as known on {day(known)}" if known else ""
    head = f"The law of {day(end)} against that of {day(start)}{as_known}"
    print_indented(console, Text(head, "bold"), 0)
    if not found:
        console.print()
        print_indented(console, Text("No difference."), 2)
        return
    dates: dict[dt.date, list[Change]] = {}
    for change in found:
        dates.setdefault(change.date, []).append(change)
    for date, of_day in dates.items():
        console.print()
        print_indented(console, Text(day(date), "bold"), 0)
        for change in of_day:
            if ": " not in change.subject:
                _rule_change(console, change)
        _row_changes(console, book, [change for change in of_day if ": " in change.subject])


def _rule_change(console: Console, change: Change) -> None:
    line = Text.assemble("- ", (change.what, _COLORS.get(change.what, "")), f": {change.subject}")
    print_indented(console, line, 2)
    print_indented(console, Text(change.says), 4)
    by = "" if change.instrument in change.cite else f", by {change.instrument}"
    print_indented(console, Text(f"{change.cite}{by}", "dim"), 4)


_COLORS = {
    "begins": "green",
    "resumes": "green",
    "ends": "red",
    "stayed": "yellow",
    "amended": "cyan",
}


def _row_changes(console: Console, book: Rulebook, found: list[Change]) -> None:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for change in found:
        table, _, label = change.subject.partition(": ")
        acts = _acts(book, table).get((label, change.date), change.instrument)
        groups.setdefault((change.what, table, acts), []).append(label)
    for (what, table, act), labels in sorted(groups.items()):
        schema = book.tables[table].schema
        shown = "; ".join(labels[:5]) + (f"; and {len(labels) - 5} more" if len(labels) > 5 else "")
        rows = "1 row" if len(labels) == 1 else f"{len(labels)} rows"
        line = Text.assemble("- ", (what, _COLORS.get(what, "")), f": {rows} of {table}")
        print_indented(console, line, 2)
        print_indented(console, Text(f"{shown.rstrip('.')}."), 4)
        print_indented(console, Text(f"{schema.cite}, by {in_words(act)}", "dim"), 4)


@functools.lru_cache(maxsize=32)
def _acts(book: Rulebook, table: str) -> dict[tuple[str, dt.date], str]:
    """For rows that cite Federal Register pages: the page published nearest to the row's first day."""
    acts: dict[tuple[str, dt.date], str] = {}
    for row in book.tables[table].every():
        pages = [p.rpartition(" ") for p in row.values.get("citations", "").split("|") if p]
        dated = [
            (dt.date.fromisoformat(date), page) for page, _, date in pages if _DATE.fullmatch(date)
        ]
        if dated:
            date, page = min(dated, key=lambda one: abs(one[0] - row.valid_from))
            acts[row.values.get("name", ""), row.valid_from] = f"{page}, {date}"
    return acts


_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def print_coverage(book: Rulebook, console: Console) -> None:
    """Every section with its status, and how many rules were compared with the official text."""
    marks = {"modelled": ("■", "green"), "partly": ("◧", "yellow"), "not": ("□", "dim")}
    width = min(max((len(section.cite) for section in book.sections), default=0), 24)
    for section in book.sections:
        mark, color = marks[section.status]
        lead = Text.assemble(
            (f"{mark} {section.status:<8}", color), "  ", f"{section.cite:<{width}}  "
        )
        body = Text(section.title, "dim" if section.status == "not" else "")
        if section.note:
            body += Text(f": {section.note}", "dim")
        indent = 12 + width + 2 if console.width >= 70 else 12
        rows = list(body.wrap(console, max(console.width - indent, 20)))
        if len(lead) > indent:
            rows.insert(0, Text())
        for number, row in enumerate(rows):
            line = lead + row if number == 0 else Text(" " * indent) + row
            line.rstrip()
            console.print(line, soft_wrap=True)
    counts = Counter(section.status for section in book.sections)
    rules = [rule for rule in book.rules.values() if rule.assumed is None and not rule.private]
    verified = sum(rule.verified for rule in rules)
    if book.sections:
        console.print()
    print_indented(
        console,
        Text(
            f"{len(book.sections)} sections: {counts['modelled']} modelled, {counts['partly']} partly, "
            f"{counts['not']} not. {len(rules)} rules, {verified} of them compared with the official "
            f"text, with {sum(len(rule.examples) for rule in rules)} examples; "
            f"{len(book.instruments)} instruments and {len(book.announcements)} announcements."
        ),
        0,
    )
    print_indented(
        console,
        Text(
            f"Days from {day(book.covers_from)} on; text as of {day(book.as_of)}. Rulebook {book.id}."
        ),
        0,
    )
    for private in book.private:
        own = [
            r for r in book.rules.values() if r.private and r.id.startswith(f"{private.prefix}_")
        ]
        names = ", ".join(f"{rule.id} ({rule.versions[-1].cite})" for rule in own)
        print_indented(
            console,
            Text(f"Private rules of {private.addressee}, from {private.folder}: {names}."),
            0,
        )
