"""What changed in the law between two days, and by which instrument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from licet.law.rulebook import InForce, Law, Rulebook


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the law of two days.

    ``what`` is begins, ends, amended, stayed or resumes; ``date`` is the first day of the new state;
    ``subject`` is a rule id or ``table: keys``.
    """

    date: dt.date
    what: str
    subject: str
    cite: str
    instrument: str
    says: str


def changes(
    rulebook: Rulebook,
    start: dt.date,
    end: dt.date,
    *,
    known: dt.date | None = None,
) -> list[Change]:
    """How the law of ``end`` differs from the law of ``start``, oldest change first.

    What began and ended in between is no difference; ``timeline`` shows that.
    """
    before, after = rulebook.law(start, known=known), rulebook.law(end, known=known)
    found = [*_rule_changes(before, after), *_table_changes(before, after)]
    return sorted(found, key=lambda change: (change.date, change.subject, change.what))


def _rule_changes(before: Law, after: Law) -> Iterator[Change]:
    stayed_before = {rule.id: stay for rule, stay in before.stayed}
    stayed_after = {rule.id: stay for rule, stay in after.stayed}
    for rule in after.rulebook.rules.values():
        old, new = before.rules.get(rule.id), after.rules.get(rule.id)
        if rule.id in stayed_after and rule.id not in stayed_before:
            stay = stayed_after[rule.id]
            version = rule.version(after.on, after.known)
            assert version is not None  # a stayed rule has a version
            yield Change(stay.start, "stayed", rule.id, version.cite, stay.instrument, version.says)
        elif old is None and new is not None:
            stay_over = stayed_before.get(rule.id)
            if stay_over is not None:
                first = stay_over.until or new.version.effective
                yield _change(first, "resumes", new)
            else:
                yield _change(new.version.effective, "begins", new)
        elif old is not None and new is None and rule.id not in stayed_after:
            last, instrument = _end(old, after)
            yield Change(last, "ends", rule.id, old.version.cite, instrument, old.version.says)
        elif old is not None and new is not None and old.version is not new.version:
            yield _change(new.version.effective, "amended", new)


def _change(date: dt.date, what: str, live: InForce) -> Change:
    version = live.version
    return Change(date, what, live.rule.id, version.cite, version.instrument, version.says)


def _end(old: InForce, after: Law) -> tuple[dt.date, str]:
    """The first day without the rule, and the instrument that ended it."""
    for version in old.rule.versions:
        if version.ends and old.version.effective < version.effective <= after.on:
            return version.effective, version.instrument
    return old.version.until or after.on, old.version.instrument


def _table_changes(before: Law, after: Law) -> Iterator[Change]:
    for name, table in after.rulebook.tables.items():
        for row in table.every():
            was, now = row.holds(before.on, before.known), row.holds(after.on, after.known)
            if was == now:
                continue
            keys = " ".join(row.values[key] for key in table.schema.keys)
            label = row.values.get("name", keys)
            date = row.valid_from if now else (row.valid_until or after.on)
            yield Change(
                date, "begins" if now else "ends", f"{name}: {label}", table.schema.cite,
                row.source, "",
            )  # fmt: skip
