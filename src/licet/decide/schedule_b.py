"""What the lines of one Schedule B number are worth together, where numbers or values may be missing.

15 CFR 30.37(a) exempts up to 2,500 dollars for each number. A line without a number may share it with any
other; a number given in part may be any that begins so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from licet.decide.known import Between
from licet.order import Line, Order

_WHOLE = 10  # digits of a Schedule B number; the first six are those of the Harmonized System


def schedule_b_value(order: Order, line: Line) -> float | Between:
    """The value in US dollars of the line's number; bounds while a number or value is missing."""
    same, perhaps = _sharing(order, line)
    least = sum(other.value_usd or 0 for other in same)
    if any(other.value_usd is None for other in (*same, *perhaps)):
        return Between(least, None)
    if not perhaps:
        return float(least)
    if line.schedule_b is not None:
        return Between(least, least + _total(perhaps))
    # The line has one number: that of one group of the others, with those that have none either.
    groups: defaultdict[str, float] = defaultdict(float)
    for other in perhaps:
        groups[_digits(other)] += other.value_usd or 0
    nameless = groups.pop("", 0)
    return Between(least, least + nameless + _most(groups))


def asked_for_schedule_b(order: Order, at: int) -> tuple[str, ...]:
    """What to ask for while the value of a line's number is not known."""
    lines = order.lines or (Line(),)
    same, perhaps = _sharing(order, lines[at])
    found = []
    for n, other in enumerate(lines):
        unclear = any(other is x for x in perhaps) or (perhaps and n == at)
        if unclear and len(_digits(other)) < _WHOLE:
            found.append(f"line[{n}].schedule_b")
        if other.value_usd is None and any(other is x for x in (*same, *perhaps)):
            found.append(f"line[{n}].value_usd")
    return tuple(found)


def _sharing(order: Order, line: Line) -> tuple[list[Line], list[Line]]:
    """The lines of the same number with the line itself, and those that may be of it."""
    same, perhaps = [line], []
    own = _digits(line)
    for other in order.lines or ():
        if other is line:
            continue
        digits = _digits(other)
        if own and own == digits:
            same.append(other)
        elif own.startswith(digits) or digits.startswith(own):
            perhaps.append(other)
    return same, perhaps


def _digits(line: Line) -> str:
    return "".join(c for c in line.schedule_b or "" if c.isdigit())


def _total(lines: Iterable[Line]) -> float:
    return sum(line.value_usd or 0 for line in lines)


def _most(groups: dict[str, float]) -> float:
    """The most that lines of one number can be worth: numbers given in part go with those that begin so."""
    return max(
        (
            sum(v for other, v in groups.items() if other.startswith(d) or d.startswith(other))
            for d in groups
        ),
        default=0,
    )
