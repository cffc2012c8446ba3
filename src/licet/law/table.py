"""Dated tables: facts of law in bulk, each row with the days on which it holds.

A table is a CSV file in canonical form (UTF-8, sorted) beside an entry in ``tables.toml`` that names its
key columns. Rows hold on [``valid_from``, ``valid_until``); an empty ``valid_until`` is open, an empty
``published`` is ``valid_from``.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.law.errors import Place, RulebookError

_DATED = ("valid_from", "valid_until", "published", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its columns, and the days on which it holds as known on a day."""

    values: Mapping[str, str]
    valid_from: dt.date
    valid_until: dt.date | None
    published: dt.date
    source: str

    def holds(self, on: dt.date, known: dt.date | None) -> bool:
        """Whether the row is in force on a day, as known on a day."""
        return (
            self.valid_from <= on
            and (self.valid_until is None or on < self.valid_until)
            and (known is None or self.published <= known)
        )


@dataclass(frozen=True, slots=True)
class Schema:
    """What ``tables.toml`` says of a table."""

    name: str
    file: str
    keys: tuple[str, ...]
    eccn_keys: frozenset[str]
    """Keys that hold ECCNs: a row for 3A001.b covers 3A001.b.2."""
    known_from: dt.date
    """Before this day the table is silent: its answer is unknown, never 'no'."""
    silent_on_others: bool
    """True where a first key that stands in no row is one of which the table says nothing."""
    dated: bool
    """False for names that are not law, such as those of countries."""
    complete: bool
    """False where a row that is absent leaves the question open."""
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class Table:
    """A dated table with an index over its keys.

    A key ``*`` in a row stands for every value, a last key ``!XX`` for every value but XX, a last key ``?``
    for values that are not known.
    """

    schema: Schema
    index: Mapping[tuple[str, ...], tuple[Row, ...]]
    starred: bool
    marks: Mapping[tuple[str, ...], tuple[tuple[str, Row], ...]]
    """By the keys before the last: rows whose last key is ``!XX`` (all but XX) or ``?`` (not known)."""
    deeper: Mapping[tuple[str, ...], tuple[Row, ...]]
    """By keys with a shorter ECCN: rows for one of its paragraphs, which the item may or may not be."""
    spoken: frozenset[str] | None
    """First keys of which the table speaks, where it is silent on others; None: it speaks of all."""

    def rows(self, keys: Sequence[str], on: dt.date, known: dt.date | None = None) -> Iterator[Row]:
        """The rows that hold on a day for these keys (all keys, in the schema's order)."""
        for candidate in self._candidates(tuple(keys)):
            for row in self.index.get(candidate, ()):
                if row.holds(on, known):
                    yield row

    def contains(
        self, keys: Sequence[str | None], on: dt.date, known: dt.date | None = None
    ) -> bool | None:
        """Whether such a row holds: None where a key is unknown or the table does not reach the day."""
        wanted = tuple(key for key in keys if key is not None)
        if len(wanted) < len(keys):
            return None
        if any(True for _ in self.rows(wanted, on, known)):
            return True
        marks = [mark for mark, row in self.marks.get(wanted[:-1], ()) if row.holds(on, known)]
        if any(mark not in ("?", f"!{wanted[-1]}") for mark in marks):
            return True
        if "?" in marks or self.wants_paragraph(wanted, on, known):
            return None
        silent = self.spoken is not None and wanted[0] not in self.spoken
        return None if silent or not self.schema.complete or on < self.schema.known_from else False

    def wants_paragraph(
        self, keys: Sequence[str], on: dt.date, known: dt.date | None = None
    ) -> bool:
        """Whether rows hold for paragraphs of the ECCN that is asked for, so that it is too short."""
        return any(row.holds(on, known) for row in self.deeper.get(tuple(keys), ()))

    def turns(self, keys: Sequence[str]) -> set[dt.date]:
        """The days on which the answer of ``contains`` for these keys may become another one."""
        wanted = tuple(keys)
        rows = [row for one in self._candidates(wanted) for row in self.index.get(one, ())]
        rows += [row for _, row in self.marks.get(wanted[:-1], ())]
        rows += self.deeper.get(wanted, ())
        days = {self.schema.known_from, *(row.valid_from for row in rows)}
        return days | {row.valid_until for row in rows if row.valid_until is not None}

    def _candidates(self, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The keys themselves and every row key that covers them."""
        if not self.starred and not self.schema.eccn_keys:
            yield keys
            return
        options: list[list[str]] = []
        for name, key in zip(self.schema.keys, keys, strict=True):
            choices = list(eccn_prefixes(key)) if name in self.schema.eccn_keys else [key]
            options.append([*choices, "*"] if self.starred else choices)
        stack: list[tuple[str, ...]] = [()]
        for choices in options:
            stack = [(*head, choice) for head in stack for choice in choices]
        yield from stack

    def every(self) -> Iterator[Row]:
        """All rows of all days."""
        for rows in self.index.values():
            yield from rows


def eccn_prefixes(eccn: str) -> Iterator[str]:
    """An ECCN and the shorter references that cover it.

    >>> list(eccn_prefixes("3A001.b.2"))
    ['3A001.b.2', '3A001.b', '3A001']
    """
    while eccn:
        yield eccn
        eccn = eccn.rpartition(".")[0]


@functools.lru_cache(maxsize=8192)
def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def read_table(schema: Schema, text: str) -> Table:
    """A table from its CSV text.

    Raises ``RulebookError`` with the line where a column is missing, a date is impossible or an interval
    is empty.
    """
    # Not splitlines(), which would also break a name at line separators of other alphabets.
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, [])
    dated = tuple(name for name in _DATED if name in header)
    undated = "valid_from" not in header and not schema.dated
    for name in (*schema.keys, *(() if undated else ("valid_from",))):
        if name not in header:
            raise RulebookError(
                Place(schema.file), f"column {name!r} is missing; the header is {header}"
            )
    own = [(name, header.index(name)) for name in header if name not in _DATED]
    where = {name: header.index(name) for name in dated}
    key_at = [header.index(name) for name in schema.keys]
    index: dict[tuple[str, ...], list[Row]] = {}
    marks: dict[tuple[str, ...], list[tuple[str, Row]]] = {}
    deeper: dict[tuple[str, ...], list[Row]] = {}
    starred = False
    for cells in lines:
        place = Place(schema.file, lines.line_num)
        if len(cells) != len(header):
            raise RulebookError(place, f"{len(cells)} cells, the header has {len(header)}")

        def day(name: str, cells: list[str] = cells, place: Place = place) -> dt.date | None:
            value = cells[where[name]] if name in where else ""
            try:
                return _date(value) if value else None
            except ValueError:
                raise RulebookError(place, f"{name}: {value!r} is not a date") from None

        start, until = dt.date.min if undated else day("valid_from"), day("valid_until")
        if start is None:
            raise RulebookError(place, "valid_from is empty; a row needs its first day")
        if until is not None and until <= start:
            raise RulebookError(place, f"valid_until {until} is not after valid_from {start}")
        row = Row(
            {name: cells[at] for name, at in own},
            start,
            until,
            day("published") or start,
            cells[where["source"]] if "source" in where else "",
        )
        key = tuple(cells[at] for at in key_at)
        starred = starred or "*" in key
        if key[-1].startswith(("!", "?")):
            marks.setdefault(key[:-1], []).append((key[-1], row))
        index.setdefault(key, []).append(row)
        for at, name in enumerate(schema.keys):
            for shorter in list(eccn_prefixes(key[at]))[1:] if name in schema.eccn_keys else ():
                deeper.setdefault((*key[:at], shorter, *key[at + 1 :]), []).append(row)
    return Table(
        schema,
        {key: tuple(rows) for key, rows in index.items()},
        starred,
        {key: tuple(rows) for key, rows in marks.items()},
        {key: tuple(rows) for key, rows in deeper.items()},
        frozenset(key[0] for key in index) if schema.silent_on_others else None,
    )
