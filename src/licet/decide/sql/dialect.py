"""The SQL that DuckDB and Spark both read, and the places where a naive translation would break Kleene's logic.

SQL's NULL is Kleene's unknown in ``AND``, ``OR``, ``NOT`` and comparisons. It is not in ``CASE``, which sends
unknown to its ELSE; in ``bool_or`` and ``max``, which skip it; in ``IN`` and ``array_contains`` over lists that
hold it; and in a join, where a miss on an unknown key looks like "not a member". Each of these is written here
and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence

from licet.law.errors import Place, RulebookError

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@functools.lru_cache(maxsize=8192)
def name(prefix: str, path: str) -> str:
    """A name that needs no quotes, since the engines quote differently.

    >>> name("f", "line.eccn"), name("r", "entity_list")
    ('f_line_eccn', 'r_entity_list')
    """
    plain = re.sub(r"[^A-Za-z0-9]", "_", path)
    found = f"{prefix}_{plain}".lower()
    if not _PLAIN.fullmatch(found):
        raise RulebookError(Place("sql"), f"{path!r} cannot be a name in SQL")
    return found


def literal(value: object) -> str:
    """A constant as both engines read it.

    Spark takes a backslash for an escape and two quotes for the end of one text and the start of another, so
    such characters are written by their code.

    >>> literal("CN"), literal(True), literal(dt.date(2019, 5, 16)), literal(2.5)
    ("'CN'", 'TRUE', "DATE '2019-05-16'", '2.5')
    >>> literal("it's")
    "concat('it', chr(39), 's')"
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int | float):
        return repr(value)
    parts = [part for part in re.split(r"(['\\\\])", str(value)) if part]
    said = [f"chr({ord(part)})" if part in ("'", "\\") else f"'{part}'" for part in parts]
    return f"concat({', '.join(said)})" if len(said) > 1 else (said or ["''"])[0]


def both(items: Sequence[str]) -> str:
    """Kleene's ``and``; SQL has it."""
    return items[0] if len(items) == 1 else "(" + " AND ".join(items) + ")"


def either(items: Sequence[str]) -> str:
    """Kleene's ``or``; SQL has it."""
    return items[0] if len(items) == 1 else "(" + " OR ".join(items) + ")"


def negated(item: str) -> str:
    """Kleene's ``not``; SQL has it."""
    return f"(NOT {item})"


def choice(test: str, then: str, otherwise: str) -> str:
    """``then if test else otherwise``: known where the test is unknown and both branches agree."""
    return f"(({test} AND {then}) OR ((NOT {test}) AND {otherwise}) OR ({then} AND {otherwise}))"


def one_of(item: str, choices: Sequence[object]) -> str:
    """A value is one of some constants; an empty list is no list in SQL."""
    if not choices:
        return f"(CASE WHEN {item} IS NULL THEN NULL ELSE FALSE END)"
    return f"({item} IN ({', '.join(map(literal, choices))}))"


def contains(met: str, not_met: str | None, item: str) -> str:
    """A list holds a value. A list that is open says "no" only to what stands in ``not_met``.

    ``not_met`` is NULL for a list that is closed, ``met`` for one of which nothing is known.
    """
    held = f"WHEN array_contains({met}, {item}) THEN TRUE"
    known = item.startswith("'")  # a constant
    unknown = f"WHEN {met} IS NULL{'' if known else f' OR {item} IS NULL'} THEN NULL"
    if not_met is None:
        return f"(CASE {unknown} {held} ELSE FALSE END)"
    no = f"WHEN {not_met} IS NULL OR array_contains({not_met}, {item}) THEN FALSE"
    return f"(CASE {unknown} {held} {no} ELSE NULL END)"


def bounded(op: str, least: str, most: str, other: str) -> str:
    """A number known within bounds compared with another; ``most`` NULL: it has no upper bound."""
    over = f"{least} > {other}", f"{most} <= {other}"
    under = f"{most} < {other}", f"{least} >= {other}"
    over_or_at = f"{least} >= {other}", f"{most} < {other}"
    under_or_at = f"{most} <= {other}", f"{least} > {other}"
    if op in ("==", "!="):
        # As the scalar judge has it: what is known within bounds only is equal to no number.
        unknown = f"WHEN {least} IS NULL OR {other} IS NULL THEN NULL"
        same, not_same = ("TRUE", "FALSE") if op == "==" else ("FALSE", "TRUE")
        return f"(CASE {unknown} WHEN {least} = {most} AND {least} = {other} THEN {same} ELSE {not_same} END)"
    yes, no = {">": over, "<": under, ">=": over_or_at, "<=": under_or_at}[op]
    return f"(CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE ELSE NULL END)"


def witnessed(op: str, body: str, exists: str) -> str:
    """What one child says to ``any`` or ``all``: 2 true, 1 unknown, 0 false.

    A child that may not exist settles nothing: its "yes" to ``any``, its "no" to ``all``, count as unknown.
    ``exists`` is TRUE or NULL.
    """
    sure = (2, 1) if op == "any" else (0, 1)
    if op == "any":
        return (
            f"CASE WHEN {body} THEN CASE WHEN {exists} THEN {sure[0]} ELSE {sure[1]} END "
            f"WHEN NOT {body} THEN 0 ELSE 1 END"
        )
    return (
        f"CASE WHEN {body} THEN 2 "
        f"WHEN NOT {body} THEN CASE WHEN {exists} THEN {sure[0]} ELSE {sure[1]} END ELSE 1 END"
    )


def gathered(op: str, said: str) -> str:
    """What all children say together: ``bool_or`` would skip the unknown, a greatest number does not."""
    return f"{'MAX' if op == 'any' else 'MIN'}({said})"


def told(op: str, number: str) -> str:
    """The number of ``gathered`` as true, false or unknown; no child at all: ``any`` is false, ``all`` true."""
    whole = f"COALESCE({number}, {0 if op == 'any' else 2})"
    return f"(CASE {whole} WHEN 2 THEN TRUE WHEN 0 THEN FALSE ELSE NULL END)"


def holds_on(day: str, spans: Sequence[tuple[dt.date, dt.date | None]]) -> str:
    """Whether a day, which is always known, lies in one of some half-open spans."""
    parts = []
    for start, until in spans:
        after = f"{day} >= {literal(start)}" if start > dt.date.min else ""
        before = f"{day} < {literal(until)}" if until is not None else ""
        parts.append(" AND ".join(filter(None, (after, before))) or "TRUE")
    return either([f"({part})" for part in parts])


def sure(item: str) -> str:
    """It is true, and not unknown."""
    return f"COALESCE({item}, FALSE)"


def possible(item: str) -> str:
    """It is true or unknown."""
    return f"COALESCE({item}, TRUE)"


def wrapped(text: str, *, indent: str = "      ", width: int = 108) -> str:
    """A long expression on several lines, broken at spaces that stand in no constant.

    >>> print(wrapped("a = 'x y' AND b", indent="  ", width=10))
    a = 'x y'
      AND b
    """
    lines, line = [], ""
    for part in re.findall(r"(?:'[^']*'|[^\s'])+", text):
        if line and len(line) + 1 + len(part) > width:
            lines.append(line)
            line = indent + part
        else:
            line = f"{line} {part}" if line else part
    return "\n".join([*lines, line])
