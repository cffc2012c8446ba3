"""What would make a refused order lawful: the smallest changes of facts that the user controls.

Item content, day, buyer, end use and license can be changed; the law cannot. Each change that is offered has
been decided: the outcome that stands beside it is the outcome of the changed order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from licet.decide.listings import TRANSACTION_ROLES
from licet.decide.standing import lifting
from licet.decide.verdict import Screen, Weighed, weigh
from licet.decide.ways import Change, Finder, Way
from licet.decision import GO_AHEAD, Remedy
from licet.law.rulebook import Law
from licet.order import License, Order

_MOST = 6
_DAYS = 8  # days on each side of the order's that are tried, the nearest at which the law changes

ScreenUnder = Callable[[Law], Screen]


def remedies(weighed: Weighed, screen: ScreenUnder) -> tuple[Remedy, ...]:
    """Changes under which the order could go ahead, the smallest first.

    ``screen`` gives the screening under another day's law.
    """
    found: list[Remedy] = []
    units = list(dict.fromkeys(_units(weighed)))
    solved: list[Way] = []
    for size in (1, 2):
        for group in combinations(units, size):
            way = frozenset().union(*group)
            if any(smaller <= way for smaller in solved):
                continue
            outcome = _outcome(weighed, way, screen)
            if outcome in GO_AHEAD:
                solved.append(way)
                found.append(_remedy(way, outcome))
        if solved or len(units) > 12:
            break
    found.sort(key=lambda remedy: len(remedy.changes))
    return (*found[: _MOST - 2], *_days(weighed, screen), *_license(weighed, screen))[: _MOST + 1]


def _units(weighed: Weighed) -> Iterator[Way]:
    """For each requirement that stands: ways to be outside it, and ways to an authorization."""
    for at, line in enumerate(weighed.lines):
        finder = Finder(weighed.order, at, line, weighed.law)
        for live in weighed.law.rules.values():
            if live.rule.kind not in ("requirement", "prohibition"):
                continue
            if line.rulings[live.rule.id].value is False:
                continue
            others = list(lifting(live, weighed.law))
            if any(line.rulings[other.rule.id].value is True for other in others):
                continue
            if live.version.when is not None:
                yield from (way for way in finder.ways(live.version.when, False) if way)
            for other in others:
                if other.rule.grants != "licensed" and other.version.when is not None:
                    yield from (way for way in finder.ways(other.version.when, True) if way)


def _outcome(weighed: Weighed, way: Way, screen: ScreenUnder) -> str:
    order = weighed.order
    for change in sorted(way, key=lambda change: (change.path, change.kind, str(change.value))):
        order = change.apply(order)
    return weigh(order, weighed.law, screen(weighed.law)).band.outcome


def _remedy(way: Way, outcome: str) -> Remedy:
    changes = sorted(way, key=_rank)
    says = "If " + " and ".join(dict.fromkeys(change.says for change in changes)) + "."
    return Remedy(tuple((c.path, _shown(c)) for c in changes), outcome, says)


def _rank(change: Change) -> tuple[int, str]:
    """The order in which changes are told: the end use first, then what goes with it."""
    if change.path == "end_use.purposes":
        return 0, change.says
    return 2 if change.path.startswith("conditions_met") else 1, change.says


def _shown(change: Change) -> str:
    value = change.value
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return {"add": f"with {text}", "remove": f"without {text}"}.get(change.kind, text or "none")


def _days(weighed: Weighed, screen: ScreenUnder) -> Iterator[Remedy]:
    """The nearest day before and the nearest day after on which the order could go ahead."""
    law, book = weighed.law, weighed.law.rulebook
    turns: set[dt.date] = set()
    for rule in book.rules.values():
        if rule.assumed is None or rule.assumed in law.assume:
            for version in rule.versions:
                turns |= {version.effective} | ({version.until} if version.until else set())
            for stay in rule.stays:
                turns |= {stay.start} | ({stay.until} if stay.until else set())
    for fact in weighed.listed:
        if isinstance(fact.since, dt.date):
            turns.add(fact.since)
    one = dt.timedelta(days=1)
    before = sorted((t for t in turns if book.covers_from < t <= law.on), reverse=True)[:_DAYS]
    after = sorted(t for t in turns if law.on < t <= book.as_of)[:_DAYS]
    for days, says in ((((t - one) for t in before), "on or before"), (after, "on or after")):
        for day in days:
            other = book.law(day, known=law.known, assume=law.assume)
            order = replace(weighed.order, date=day)
            outcome = weigh(order, other, screen(other)).band.outcome
            if outcome in GO_AHEAD:
                then = f"If the day were {says} {day}, as the law stood then."
                yield Remedy((("date", day.isoformat()),), outcome, then)
                break


def _license(weighed: Weighed, screen: ScreenUnder) -> Iterator[Remedy]:
    """A license that covers the order, where a license can help at all."""
    order = weighed.order
    lines = order.lines or ()
    if any(line.value_usd is None or line.quantity is None or line.eccn is None for line in lines):
        lines = tuple(
            replace(
                line,
                value_usd=0 if line.value_usd is None else line.value_usd,
                quantity=0 if line.quantity is None else line.quantity,
                eccn=line.eccn or "EAR99",
            )
            for line in lines
        )
    covering = License(
        number="(to be applied for)",
        issued=weighed.law.on,
        expires=weighed.law.on + dt.timedelta(days=1461),
        revoked=False,
        parties=tuple(
            p.name for p in order.parties or () if p.name and p.role in (*TRANSACTION_ROLES, None)
        ),
        lines=tuple(dict.fromkeys(line.eccn for line in lines if line.eccn)),
        value_left_usd=sum(line.value_usd or 0 for line in lines),
        quantity_left=sum(line.quantity or 0 for line in lines),
        covers_end_use=True,
    )
    licensed: Order = replace(order, license=covering, lines=lines)
    outcome = weigh(licensed, weighed.law, screen(weighed.law)).band.outcome
    if outcome in GO_AHEAD:
        says = "If BIS granted a license for this item, these parties and this end use."
        yield Remedy((("license", "one that covers the order"),), outcome, says)
