"""What somebody must do beside: file, state, keep records, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from licet.decide.authority import authority, of_kind
from licet.decide.known import Facts
from licet.decide.verdict import Weighed
from licet.decision import GO_AHEAD, Duty, Period
from licet.law.rule import Until


def duties(weighed: Weighed) -> Iterator[Duty]:
    """Each duty once for the order: required where any line requires it.

    An order that is refused has only the duties of an application for a license. A duty that several regimes
    ask for, as the keeping of records, is one, with the longest period.
    """
    ships = weighed.band.best in GO_AHEAD
    found: dict[str, list[Period]] = {}
    asks: dict[str, dict[str, None]] = {}
    for live in of_kind(weighed.law, "duty"):
        if not (ships or live.rule.for_application):
            continue
        values = [line.rulings[live.rule.id].value for line in weighed.lines]
        required = True if True in values else (None if None in values else False)
        until = _until(live.rule.lasts, weighed.lines[0].facts) if live.rule.lasts else None
        waits = (fact for line in weighed.lines for fact in line.rulings[live.rule.id].waits)
        # Only what lasts is one duty under several rules; EEI has one rule for each occasion.
        name = live.rule.duty or live.rule.id
        key = name if live.rule.lasts else f"{name} {live.rule.id}"
        found.setdefault(key, []).append(Period(required, authority(live), until))
        if required is None:
            asks.setdefault(key, {}).update(dict.fromkeys(waits))
    for key, periods in found.items():
        longest = max(periods, key=lambda p: (_SURE[p.required], p.until or dt.date.min))
        shown = tuple(p for p in periods if p.required is not False)
        yield Duty(
            key.partition(" ")[0], longest.required, longest.authority, longest.until,
            shown if len(shown) > 1 else (),
            tuple(asks.get(key, ())) if longest.required is None else (),
        )  # fmt: skip


_SURE = {False: 0, None: 1, True: 2}


def _until(lasts: Until, facts: Facts) -> dt.date | None:
    days: list[dt.date] = []
    for path in lasts.after:
        value = facts.values.get(path)
        values = value if isinstance(value, tuple) else (value,)
        days += [day for day in values if isinstance(day, dt.date)]
    if not days:
        return None
    last = max(days)
    try:
        return last.replace(year=last.year + lasts.years)
    except ValueError:  # 29 February: the period ends with the month
        return last.replace(year=last.year + lasts.years, day=28)
