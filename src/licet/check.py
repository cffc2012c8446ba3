"""The front door: screen the parties of an order, then decide it under the law of its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from licet.decide.assemble import decide
from licet.decide.facts import ListedFact
from licet.decide.remedy import remedies as find_remedies
from licet.decide.verdict import Screen, weigh
from licet.decision import GO_AHEAD, Decision, Remedy
from licet.law.rulebook import Law, Rulebook, default_rulebook
from licet.order import Order
from licet.parties.listing import representatives
from licet.parties.screen import Hit, screen


class OutsideCoverage(ValueError):  # noqa: N818 -- it says what is the matter, not that it is an error
    """The order's day lies before the days that the rulebook covers, or is not given."""


def check(
    order: Order,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
) -> Decision:
    """May this order go ahead, under which rules, and what would change the answer?

    ``on`` puts another day in place of the order's date; ``known`` asks for the law as it was known on a day
    (published by then); ``assume`` names announcements whose overlays take part as if they were law. Mirrors
    ``licet check``. Raises ``OutsideCoverage`` where the day is missing or before the rulebook begins, and
    ``ValueError`` for an announcement that does not exist.
    """
    law = _law(order, on, known, assume, rulebook)
    return decide(order, law, _screen_under(law), lambda: representatives(law))


def remedies(
    order: Order,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
) -> tuple[Remedy, ...]:
    """What would make a refused order lawful: the smallest changes that the user controls, each decided.

    Empty for an order that is not refused whatever is still unknown. Arguments and errors as for ``check``;
    apart from it, because it decides many changed orders.
    """
    law = _law(order, on, known, assume, rulebook)
    weighed = weigh(order, law, _screen_under(law))
    return find_remedies(weighed, _screen_under) if weighed.band.best not in GO_AHEAD else ()


def _law(
    order: Order,
    on: dt.date | None,
    known: dt.date | None,
    assume: Sequence[str],
    rulebook: Rulebook | None,
) -> Law:
    book = rulebook or default_rulebook()
    day = on or order.date
    if day is None:
        raise OutsideCoverage(
            "date: not given; the law depends on the day. Add date, or ask with --on."
        )
    if day < book.covers_from:
        raise OutsideCoverage(
            f"date: {day} is before {book.covers_from}, the first day that this rulebook covers."
        )
    return book.law(day, known=known, assume=assume)


def _screen_under(law: Law) -> Screen:
    return lambda order: [_fact(hit, order) for hit in screen(order, law)]


def _fact(hit: Hit, order: Order) -> ListedFact:
    """A hit as a fact: certain when exact, else as a person settled it, else unknown."""
    row = hit.listing.row
    exact = hit.kind == "exact"
    exists: bool | None = True
    because: tuple[str, ...] = ()
    if not exact:
        exists, because = None, (hit.path,)
        if hit.path.startswith("party[") and hit.path.endswith("]"):
            party = (order.parties or ())[int(hit.path[6:-1])]
            settled = {"listed": True, "not_listed": False, None: None}
            exists, because = settled[party.disposition], (f"{hit.path}.disposition",)
    return ListedFact(
        hit.listing.list, row.values, hit.role, hit.name, hit.path, row.valid_from, exists, because,
        exact,
    )  # fmt: skip


__all__ = ["OutsideCoverage", "check", "remedies"]
