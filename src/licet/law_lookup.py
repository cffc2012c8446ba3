"""What an item is controlled for on a day, in words: ``licet law explain``.

Which controls apply is what the engine itself finds for the item; here they are told with their dates and
counted by destination.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from licet import law_words as words
from licet.decide.exceptions import OF_LATER_TEXT
from licet.decide.facts import facts_of
from licet.law.rulebook import Law, Rulebook, packaged
from licet.law.table import Row, Schema, Table, read_table
from licet.order import Line, Order


class NotFound(LookupError):  # noqa: N818 -- it says what is the matter
    """What was looked up is not in the tables, or not on that day; the message says what is."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Which destinations a control reaches: codes for certain, codes where it is not known.

    ``whole`` names Country Groups of which it reaches every member that is known of, ``none`` those of which
    it reaches no member.
    """

    certain: tuple[str, ...]
    unknown: tuple[str, ...]
    of: int
    whole: tuple[str, ...]
    none: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One reason for control of an item; ``applies`` is yes, paragraph or question (what it depends on).

    ``paragraphs`` empty: the entire entry, less ``excepted``.
    """

    reason: str
    name: str
    applies: str
    paragraphs: tuple[str, ...]
    excepted: tuple[str, ...]
    question: str | None
    column: str
    where: str
    reached: Reached
    cite: str
    since: dt.date
    until: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the Commerce Control List on a day, narrowed to the paragraph asked for.

    ``exceptions`` are the list-based license exceptions (LVS, GBS, STA) in words.
    """

    eccn: str
    entry: str
    paragraph: str
    on: dt.date
    known: dt.date | None
    kind: str
    jurisdiction: str
    licensed_by: str
    reasons: tuple[str, ...]
    exceptions: Mapping[str, str]
    controls: tuple[Control, ...]
    since: dt.date
    until: dt.date | None
    source: str
    since_source: str
    """What ``since`` rests on: an act, or a text in which the entry was first seen."""
    rulebook: str


def explain(eccn: str, *, on: dt.date, known: dt.date | None = None, rulebook: Rulebook) -> Item:
    """An item's controls on a day, from ``ccl_entries`` and ``ccl_controls``.

    Raises ``NotFound`` where the entry is not on the list of that day, with the days on which it is, or with
    the nearest entries where there is none of that name.
    """
    eccn = plain_eccn(eccn)
    law = rulebook.law(on, known=known)
    entry, _, paragraph = eccn.partition(".")
    row = entry_row(entry, law)
    reached = {}
    controls = []
    for control, applies in _controls(eccn, law):
        column = control.values["column"]
        if column not in reached:
            reached[column] = reach(column, law)
        slug = control.values["question"]
        controls.append(
            Control(
                control.values["reason"],
                words.REASONS.get(control.values["reason"], control.values["reason"]),
                applies,
                tuple(control.values["applies"].split()),
                tuple(control.values["except"].split()),
                questions().get((slug, entry), slug) if slug else None,
                column,
                words.column(column),
                reached[column],
                control.values["cite"],
                control.valid_from,
                control.valid_until,
                control.source,
            )
        )
    rows = sorted(rulebook.tables["ccl_entries"].index[(entry,)], key=lambda r: r.valid_from)
    span = next(span for span in _joined(rows) if span.holds(on, None))
    order = row.values["reasons"].split()
    controls.sort(key=lambda c: (_place(c.reason, order), c.paragraphs, c.column))
    return Item(
        eccn,
        entry,
        paragraph,
        on,
        known,
        row.values["kind"],
        row.values["jurisdiction"],
        words.JURISDICTION.get(row.values["jurisdiction"], row.values["jurisdiction"]),
        tuple(order),
        # Codes of a later text bound what may be claimed; they do not tell what the day's text said.
        dict.fromkeys(("LVS", "GBS", "STA"), words.UNKNOWN)
        if OF_LATER_TEXT in row.source
        else {
            "LVS": words.lvs(row.values["lvs_usd"], paragraph),
            "GBS": words.gbs(row.values["gbs"], paragraph),
            "STA": words.sta(row.values["sta"], paragraph),
        },
        tuple(controls),
        span.valid_from,
        span.valid_until,
        row.source,
        span.source,
        rulebook.id,
    )


def _place(reason: str, order: list[str]) -> int:
    return order.index(reason) if reason in order else len(order)


def plain_eccn(text: str) -> str:
    """An ECCN as the tables write it: the entry in capitals, the paragraph in small letters.

    >>> plain_eccn(" 3a001.B.2 "), plain_eccn("ear99")
    ('3A001.b.2', 'EAR99')
    """
    entry, _, paragraph = text.strip().partition(".")
    return f"{entry.upper()}.{paragraph.lower()}" if paragraph else entry.upper()


def entry_row(entry: str, law: Law) -> Row:
    """The row of an entry on the law's day; ``NotFound`` says on which days there is one."""
    if entry == "EAR99":
        raise NotFound(
            "EAR99 is not an entry of the Commerce Control List: it is every item subject to the EAR that no"
            " entry names. No reason for control applies; part 744 (end users and end uses) and part 746"
            " (embargoes) still do."
        )
    table = law.rulebook.tables["ccl_entries"]
    rows = sorted(table.index.get((entry,), ()), key=lambda row: row.valid_from)
    for row in rows:
        if row.holds(law.on, law.known):
            return row
    if rows:
        spans = ", ".join(
            f"{row.valid_from} to {row.valid_until or 'today'}" for row in _joined(rows)
        )
        later = " as far as it was published by then" if law.known is not None else ""
        raise NotFound(
            f"{entry}: the table does not know it on {law.on}{later}. It knows it from {spans} (the last day"
            " not included). For other days the answer is unknown, not 'uncontrolled'."
        )
    names = sorted({key[0] for key in table.index})
    shape = (
        "" if re.fullmatch(r"\d[A-E]\d{3}", entry) else " An ECCN looks like 3A001 or 3A001.b.2."
    )
    near = difflib.get_close_matches(entry, names, 12, 0.6)
    near = sorted(near, key=lambda name: -_shared(name, entry))[:5]
    hint = f" Nearest: {', '.join(near)}." if near else ""
    raise NotFound(f"{entry}: no such entry of the Commerce Control List.{shape}{hint}")


def _shared(left: str, right: str) -> int:
    """How many letters two names share at their beginning."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _joined(rows: list[Row]) -> Iterator[Row]:
    """Intervals that touch, as one."""
    last: Row | None = None
    for row in rows:
        if last is not None and last.valid_until == row.valid_from:
            last = replace(last, valid_until=row.valid_until)
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _controls(eccn: str, law: Law) -> Iterator[tuple[Row, str]]:
    """The rows that the engine finds to apply, or possibly, and on what that depends."""
    entry = eccn.partition(".")[0]
    found = facts_of(Order(lines=(Line(eccn=eccn),)), 0, law, ()).children["reasons"]
    for row in law.rulebook.tables["ccl_controls"].rows((entry,), law.on, law.known):
        for child in found:
            if child.fields == row.values:
                depends = "question" if row.values["question"] else "paragraph"
                yield row, "yes" if child.exists else depends
                break


def reach(column: str, law: Law) -> Reached:
    """Where a chart column or a named scope reaches, over all destinations."""
    certain, unknown = [], []
    everywhere = destinations(law)
    for code in everywhere:
        chart = law.contains("country_chart", (code, column))
        named = law.contains("destination_scopes", (column, code))
        if chart or named:
            certain.append(code)
        elif chart is None or named is None:
            unknown.append(code)
    whole, none = [], []
    for group, members in groups(law).items():
        spoken = members - set(unknown)
        inside = spoken & set(certain)
        if spoken and inside == spoken:
            whole.append(group)
        elif not inside and spoken == members:
            none.append(group)
    return Reached(tuple(certain), tuple(unknown), len(everywhere), tuple(whole), tuple(none))


def destinations(law: Law) -> tuple[str, ...]:
    """Every destination abroad: all countries and territories but the United States and its own."""
    rows = law.rulebook.tables["countries"].every()
    return tuple(
        sorted(
            row.values["code"]
            for row in rows
            if "US" not in (row.values["code"], row.values["governed_by"])
        )
    )


def groups(law: Law) -> dict[str, frozenset[str]]:
    """Country Groups of Supplement No. 1 to part 740 with their members on the law's day."""
    found: dict[str, set[str]] = {}
    for row in law.rulebook.tables["country_groups"].every():
        if row.holds(law.on, law.known):
            found.setdefault(row.values["group"], set()).add(row.values["country"])
    abroad = set(destinations(law))
    return {group: frozenset(members & abroad) for group, members in sorted(found.items())}


@functools.cache
def questions() -> Mapping[tuple[str, str], str]:
    """The named questions of the Commerce Control List by slug and ECCN, in words."""
    text = (packaged() / "tables" / "ccl_questions.csv").read_text(encoding="utf-8")
    return {
        (row["slug"], eccn): row["question"]
        for row in csv.DictReader(text.splitlines())
        for eccn in row["eccn"].split()
    }


def table(book: Rulebook, name: str, known_from: dt.date) -> Table:
    """A table of the rulebook, or of the packaged files where no rule names it yet."""
    if name in book.tables:
        return book.tables[name]
    return _packaged(name, known_from)


@functools.cache
def _packaged(name: str, known_from: dt.date) -> Table:
    schema = Schema(
        name, f"tables/{name}.csv", ("id",), frozenset(), known_from, False, True, True, "", ""
    )
    return read_table(schema, (packaged() / schema.file).read_text(encoding="utf-8"))
