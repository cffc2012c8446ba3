"""The whole text: facts of lines, gatherings of children, rules level by level, and the band that they make."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.decide.sql import dialect as d
from licet.decide.sql.band import Column, band_columns, band_stages
from licet.decide.sql.conditions import Compiler, Group, Lookup, Said
from licet.decide.sql.in_force import Span, rules_in_force
from licet.decide.sql.policies import Policies
from licet.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Statement:
    """The law as SQL, and what the tables that it reads must hold.

    ``facts`` are paths of the vocabulary, ``lists`` those of which it is asked what they hold, ``children`` the
    fields that are read of each collection, ``lookups`` the questions to dated tables. ``rules`` are the rules
    whose truth is a column of the answer, ``flags`` the red flags that a resolved one of the order may settle.
    """

    text: str
    facts: tuple[str, ...]
    lists: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]]
    lookups: tuple[Lookup, ...]
    rules: tuple[str, ...]
    flags: tuple[str, ...]
    on: tuple[dt.date, ...]
    """The days for which it was made; empty: all."""
    known: dt.date | None
    assume: tuple[str, ...]
    rulebook: Rulebook


def statement(
    rulebook: Rulebook,
    *,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    on: Collection[dt.date] = (),
) -> Statement:
    """The law of a rulebook as one SQL text, which DuckDB and Spark SQL read alike.

    ``known``: only law published by then; ``assume``: announcements taken as law; ``on``: only what is law on
    one of these days, which makes the text shorter and faster. Raises ``ValueError`` for an announcement that
    does not exist.
    """
    rules = rules_in_force(rulebook, known, assume, on)
    compiler = Compiler(rulebook.vocabulary)
    by_level: dict[int, list[Column]] = {}
    policies = Policies(compiler, rulebook, rules)
    for name, spans in rules.items():
        said = _in_its_days(compiler, spans)
        level = compiler.levels[name] = said.level + 1
        live = spans[-1].version
        about = f"{rulebook.rules[name].kind} {live.cite}: {live.says}"
        by_level.setdefault(level, []).append(Column(d.name("r", name), said.sql, about))
    for name in rules:
        for level, column in policies.columns(name):
            by_level.setdefault(level, []).append(column)
    stages = _stages(compiler, by_level)
    stages += band_stages(rulebook, rules, policies, f"ruled_{max(by_level, default=0)}")
    names = {d.name("r", name) for name in rules}
    if len(names) < len(rules):
        raise ValueError("two rules have one name in SQL; rename the private one")
    shown = ",\n  ".join(band_columns(rules))
    head = _head(rulebook, known, assume, on, len(rules))
    flags = [n for n in rules if rulebook.rules[n].kind == "red_flag"]
    return Statement(
        f"{head}WITH\n" + ",\n".join(stages) + f"\nSELECT\n  {shown}\nFROM banded l\n",
        tuple(compiler.facts),
        tuple(compiler.lists),
        {name: tuple(fields) for name, fields in compiler.children.items()},
        tuple(compiler.lookups.values()),
        tuple(rules),
        tuple(flags),
        tuple(sorted(on)),
        known,
        tuple(assume),
        rulebook,
    )


def _in_its_days(compiler: Compiler, spans: Sequence[Span]) -> Said:
    """A rule: the condition of the version that is in force on the line's day; false on any other day.

    The day of a line is always known, so a CASE over it sends no unknown to its ELSE.
    """
    said = []
    for span in spans:
        assert span.version.when is not None
        said.append((span.days, compiler.condition(span.version.when)))
    whens = [f"WHEN {d.holds_on('l.day', [days])} THEN {one.sql}" for days, one in said]
    return Said(
        f"CASE {' '.join(whens)} ELSE FALSE END", max(one.level for _, one in said), of_line=True
    )


def _stages(compiler: Compiler, by_level: Mapping[int, Sequence[Column]]) -> list[str]:
    found: list[str] = []
    below = "lines"
    for level in range(max(by_level, default=0)):
        groups = [group for group in compiler.groups.values() if group.level == level]
        # A question inside another is answered before it.
        for group in sorted(groups, key=lambda one: -len(one.collections)):
            found.append(_group(compiler, group, below))
        top = [group for group in groups if len(group.collections) == 1]
        lookups = [one for one in compiler.lookups.values() if not one.collections]
        if top or (level == 0 and lookups):
            found.append(_gathered(compiler, level, top, lookups if level == 0 else [], below))
            below = f"gathered_{level}"
        columns = ",\n".join(column.written() for column in by_level.get(level + 1, ()))
        above = f"ruled_{level + 1}"
        found.append(f"{above} AS (\n  SELECT l.*,\n{columns}\n  FROM {below} l\n)")
        below = above
    return found


def _join(lookup: Lookup) -> str:
    """A dated table beside a line, by an interval join on the line's own day; a miss is unknown."""
    keys = [f"{lookup.name}.k{at} = {key}" for at, key in enumerate(lookup.on, 1)]
    days = f"l.day >= {lookup.name}.from_day AND l.day < {lookup.name}.until_day"
    table = d.name("law", lookup.table)
    return f"  LEFT JOIN {table} {lookup.name} ON {' AND '.join(keys)} AND {days}"


def _group(compiler: Compiler, group: Group, below: str) -> str:
    """One query over the children: a row for each line, or for each child of the outer collection."""
    depth = len(group.collections)
    names = [d.name("c", one) for one in group.collections]
    sets = [d.name("s", one) for one in group.collections]
    if group.by_set:
        keys, source = ["c1.set_id"], [f"  FROM {names[0]} c1"]
    else:
        keys = ["l.id", *(f"c{at}.n" for at in range(1, depth))]
        source = [f"  FROM {below} l"]
        for at, (one, which) in enumerate(zip(names, sets, strict=True), 1):
            source.append(f"  JOIN {one} c{at} ON c{at}.set_id = l.{which}")
    source += [_join(compiler.lookups[one]) for one in group.lookups]
    for name in group.groups:
        inner = compiler.groups[name]
        on = [f"{name}.id = l.id"]
        on += [f"{name}.n{at} = c{at}.n" for at in range(1, len(inner.collections))]
        source.append(f"  LEFT JOIN {name} ON {' AND '.join(on)}")
    shown = [f"{keys[0]} AS id", *(f"c{at}.n AS n{at}" for at in range(1, depth))]
    shown += [f"{d.wrapped(said)} AS {column}" for column, said in group.columns.items()]
    body = ",\n    ".join(shown)
    return (
        f"{group.name} AS (\n  SELECT {body}\n" + "\n".join(source)
        + f"\n  GROUP BY {', '.join(keys)}\n)"
    )  # fmt: skip


def _gathered(
    compiler: Compiler, level: int, groups: Sequence[Group], lookups: Sequence[Lookup], below: str
) -> str:
    shown = [f"{one.name}.truth AS {one.name}" for one in lookups]
    joins = [_join(one) for one in lookups]
    for group in groups:
        own = f"l.{d.name('s', group.collections[0])}" if group.by_set else "l.id"
        joins.append(f"  LEFT JOIN {group.name} ON {group.name}.id = {own}")
        for column in group.columns:
            if column in compiler.told:
                said = d.told(compiler.told[column][0], f"{group.name}.{column}")
            else:
                said = f"{group.name}.{column}"
            shown.append(f"{said} AS {column}")
    body = ",\n    ".join(["l.*", *shown])
    return f"gathered_{level} AS (\n  SELECT {body}\n  FROM {below} l\n" + "\n".join(joins) + "\n)"


def _head(
    rulebook: Rulebook,
    known: dt.date | None,
    assume: Sequence[str],
    on: Collection[dt.date],
    count: int,
) -> str:
    def lines() -> Iterator[str]:
        days = " and ".join(day.isoformat() for day in sorted(on)) or "any day"
        yield f"The law of rulebook {rulebook.id}, {count} rules, for orders of {days}."
        if known is not None:
            yield f"Only what was published by {known.isoformat()}."
        if assume:
            yield f"As if these announcements were law: {', '.join(assume)}."
        yield from textwrap.wrap(
            "NULL is unknown, as in Kleene's logic. Tables: lines (a row for each line of an order and day: "
            "id, order_id, line_no, day, f_ facts, m_ upper bounds, a_ lists, x_ what is not in an open list, "
            "s_ sets of children, settles), c_ children (set_id, n, exists_, v_ fields), law_ dated tables "
            "(k1, k2, from_day, until_day, truth). A set of children that nobody knows has one child of which "
            "nothing is known; a set without rows is empty.",
            100,
        )

    return "".join(f"-- {line}\n" for line in lines())
