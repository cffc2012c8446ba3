"""Carry a table on to a newer text: what stayed keeps its history, what changed is closed and begun.

A table compiled from one text knows only what that text prints. Beside the table in use it shows
what is new, what is gone and what reads otherwise. Gone rows are closed, never deleted: an order of
last year is decided under last year's law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from licet.sources.tables import DATED

Row = Mapping[str, str]
_UNDATED = frozenset(DATED)


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One change between two compiled texts; ``date`` is its first day (ISO).

    ``what`` is added, removed, begins, ends, or what of an entry changed ("moved" to another country,
    "renamed", "policy", "alias dropped", "stay ended");
    ``subject`` names the row; ``was`` and ``now`` are "" where there is nothing to say.
    """

    table: str
    subject: str
    what: str
    was: str
    now: str
    date: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The carried table and how it differs from the one before."""

    rows: list[Row]
    differences: list[Difference]


# Columns of list entries that hold several values, and what one of them is called.
_SEVERAL = {
    "aliases": "alias", "addresses": "address", "footnotes": "footnote", "notes": "note",
    "citations": "instrument",
}  # fmt: skip
_NAMES = {
    "country": "moved", "name": "renamed", "review_policy": "policy", "scope": "license requirement",
    "exceptions": "license exceptions", "see": "sections cited",
}  # fmt: skip
# What a corrected spelling changes, and what every compile writes anew.
_OWN_NAME = frozenset({"id", "name", *DATED})
# Terms that affiliated entities share with the entry above them: one change, not twenty.
_SHARED = frozenset(
    {"review_policy", "scope", "exceptions", "see", "citations", "footnotes", "notes", "country"}
)


def carry_entries(
    table: str,
    before: Iterable[Row],
    after: Iterable[Row],
    *,
    day: str,
    as_of: str,
    effective: Callable[[str], tuple[str, str]],
) -> Carried:
    """Carry a list (columns ``id``, ``name``, ``country`` and more) from ``as_of`` on to ``day``.

    ``effective`` gives the first day and the publication of an instrument cited in a row. A change
    is dated by the newest instrument that the entry cites and did not cite before, else by ``day``.
    """
    before = list(before)
    old = {row["id"]: row for row in before if _open(row, day)}
    new = {row["id"]: row for row in after}
    closed = {row["id"]: row for row in before if not _open(row, day)}
    rows = [row for row in before if not _open(row, day)]
    found: list[Difference] = []
    # By new id: the same entry under another country's heading, or under another spelling.
    moved = _paired(old, new, lambda row: (row["name"],))
    renamed = _paired(old, new, lambda row: tuple(row[c] for c in row if c not in _OWN_NAME))
    earlier = {**renamed, **moved}
    for key, row in new.items():
        was = old.get(key) or old.get(earlier.get(key, ""))
        if was is None:
            again = closed.get(key)
            if again is not None and row["valid_from"] < again["valid_until"]:
                start, published = _begins(again, row, day, as_of, effective)
                row = {**row, "valid_from": start, "published": published}  # noqa: PLW2901
            rows.append(row)
            found.append(
                Difference(table, row["name"], "added", "", row["country"], row["valid_from"])
            )
            continue
        columns = [c for c in row if c not in _UNDATED and row[c] != was[c]]
        if not columns:
            rows.append(was)
            continue
        start, published = _begins(was, row, day, as_of, effective)
        rows += [
            {**was, "valid_until": start},
            {**row, "valid_from": start, "published": published},
        ]
        parent = (old.get(was.get("parent", "")), new.get(row.get("parent", "")))
        found += _amended(table, was, row, columns, parent, start)
    for key in old.keys() - new.keys() - set(earlier.values()):
        row = old[key]
        rows.append({**row, "valid_until": day, "source": f"{row['source']}; gone by {day}"})
        found.append(Difference(table, row["name"], "removed", row["country"], "", day))
    return Carried(rows, sorted(found))


def carry_facts(
    table: str, before: Iterable[Row], facts: Iterable[Row], *, day: str, source: str
) -> Carried:
    """Carry a table of facts (rows that mean what all their undated columns say) on to ``day``.

    ``facts`` are the rows that the newer text gives for that day; their own dates do not count.
    """
    rows: list[Row] = []
    found: list[Difference] = []
    now = {_fact(row): row for row in facts}
    kept: set[tuple[str, ...]] = set()
    for row in before:
        fact = _fact(row)
        if _open(row, day) and fact not in now:
            rows.append({**row, "valid_until": day, "source": f"{row['source']}; gone by {day}"})
            found.append(Difference(table, _label(fact), "ends", "", "", day))
            continue
        kept |= {fact} if _open(row, day) else set()
        rows.append(row)
    for fact, row in now.items():
        if fact not in kept:
            begun = dict(zip(DATED, (day, "", "", source), strict=True))
            rows.append({**row, **begun})
            found.append(Difference(table, _label(fact), "begins", "", "", day))
    return Carried(rows, sorted(found))


def carry_stays(before: Iterable[Row], after: Iterable[Row], *, day: str) -> Carried:
    """Carry the table of stays on: one that is no longer printed before its end has ended."""

    def key(row: Row) -> tuple[str, str, str]:
        return row["section"], row["paragraph"], row["part"]

    rows: list[Row] = []
    found: list[Difference] = []
    new = {key(row): row for row in after}
    for row in before:
        now, live = new.get(key(row)), row["valid_until"] > day
        subject = f"{row['section']}{row['paragraph']} ({row['part']})"
        if not live:
            rows.append(row)
        elif now is None:
            rows.append({**row, "valid_until": day, "source": f"{row['source']}; gone by {day}"})
            found.append(Difference("stays", subject, "stay ended", row["valid_until"], day, day))
        else:
            del new[key(row)]
            if now["valid_until"] == row["valid_until"]:
                rows.append(row)
                continue
            rows.append({**now, "valid_from": row["valid_from"]})
            longer = now["valid_until"] > row["valid_until"]
            what = "stay extended" if longer else "stay shortened"
            found.append(
                Difference("stays", subject, what, row["valid_until"], now["valid_until"], day)
            )
    known = {tuple(row.values()) for row in rows}
    for row in new.values():
        if tuple(row.values()) not in known and row["valid_until"] > day:
            rows.append(row)
            subject = f"{row['section']}{row['paragraph']} ({row['part']})"
            found.append(
                Difference("stays", subject, "stayed", "", row["valid_until"], row["valid_from"])
            )
    return Carried(rows, sorted(found))


def _open(row: Row, day: str) -> bool:
    """Whether a row holds on the day; what is to begin later is no matter of the day's text."""
    return row["valid_from"] <= day and (not row["valid_until"] or row["valid_until"] > day)


def _fact(row: Row) -> tuple[str, ...]:
    return tuple(value for name, value in row.items() if name not in _UNDATED)


def _label(fact: tuple[str, ...]) -> str:
    return " ".join(filter(None, fact))


def _paired(
    old: Mapping[str, Row], new: Mapping[str, Row], alike: Callable[[Row], tuple[str, ...]]
) -> dict[str, str]:
    """New id -> old id of entries that are alike, one gone and one come, and no other."""
    gone: dict[tuple[str, ...], list[str]] = {}
    for key in old.keys() - new.keys():
        gone.setdefault(alike(old[key]), []).append(key)
    come: dict[tuple[str, ...], list[str]] = {}
    for key in new.keys() - old.keys():
        come.setdefault(alike(new[key]), []).append(key)
    return {
        come[how][0]: keys[0]
        for how, keys in gone.items()
        if len(keys) == 1 and len(come.get(how, ())) == 1
    }


def _begins(
    was: Row, now: Row, day: str, as_of: str, effective: Callable[[str], tuple[str, str]]
) -> tuple[str, str]:
    """First day and publication of a changed row."""
    cited = set(now["citations"].split("|")) - set(was["citations"].split("|"))
    for start, published in sorted(map(effective, cited), reverse=True):
        # An older instrument that is only now printed is a correction of the print.
        if published > as_of and was["valid_from"] < start <= day:
            return start, published
    return day, day


def _amended(
    table: str,
    was: Row,
    now: Row,
    columns: list[str],
    parent: tuple[Row | None, Row | None],
    start: str,
) -> Iterator[Difference]:
    for column in columns:
        if column in ("id", "parent"):
            continue  # ids follow names and countries
        above = [row.get(column) if row is not None else None for row in parent]
        if column in _SHARED and above == [was[column], now[column]]:
            continue
        if column not in _SEVERAL:
            what = _NAMES.get(column, column)
            yield Difference(table, now["name"], what, was[column], now[column], start)
            continue
        before, after = was[column].split("|"), now[column].split("|")
        kind = _SEVERAL[column]
        dropped = [value for value in before if value and value not in after]
        added = [value for value in after if value and value not in before]
        for value in dropped:
            yield Difference(table, now["name"], f"{kind} dropped", value, "", start)
        for value in added:
            yield Difference(table, now["name"], f"{kind} added", "", value, start)
        if not dropped and not added:
            yield Difference(table, now["name"], f"{column} in another order", "", "", start)
