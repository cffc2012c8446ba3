"""The front door: screen the parties of an order, then decide it under the law of its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from licet.decide.assemble import decide
from licet.decide.remedy import remedies as find_remedies
from licet.decide.verdict import weigh
from licet.decision import GO_AHEAD, Decision, Ownership, Remedy
from licet.freshness import Limits, TooOld
from licet.freshness import limits as limits_of
from licet.freshness import refuse_stale as refuse
from licet.law.rulebook import Law, Rulebook, default_rulebook
from licet.lists import Store
from licet.order import Order
from licet.order_screening import Aids, Screening

if TYPE_CHECKING:
    from licet.dispositions import Book
    from licet.parties.ownership_table import OwnershipTable


class OutsideCoverage(ValueError):  # noqa: N818 -- it says what is the matter, not that it is an error
    """The order's day lies before the days that the rulebook covers, or is not given."""


def check(
    order: Order,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    owners: OwnershipTable | None = None,
    lists: Store | None = None,
    dispositions: Book | None = None,
    limits: Limits | None = None,
    refuse_stale: bool = False,
) -> Decision:
    """May this order go ahead, under which rules, and what would change the answer?

    ``on`` puts another day in place of the order's date; ``known`` asks for the law as it was known on a day
    (published by then); ``assume`` names announcements whose overlays take part as if they were law;
    ``owners`` is a table of ownership (``read_ownership``) for parties whose owners the order leaves
    unset. ``lists`` is a store of loaded lists (``licet.lists.store()``), looked through beside the
    rulebook's own; ``dispositions`` what people decided about possible matches (``licet.dispositions.book()``).
    ``limits`` are the ages that law and lists may have (else those of the store's folder, else those that come
    with Licet); what is older is told in ``decision.freshness``, and with ``refuse_stale`` there is no answer.
    Mirrors ``licet check``, which takes the user's own lists, dispositions and limits where they exist.

    Raises ``OutsideCoverage`` where the day is missing or before the rulebook begins, ``ValueError`` for an
    announcement that does not exist, ``ListsError`` for a store that cannot be read, ``TooOld`` where the law
    or a list is older than its limit and that is to be refused.
    """
    law = _law(order, on, known, assume, rulebook)
    order, ownership, aids = _filled(order, owners, law, _aids(lists, dispositions))
    screening = Screening(law, aids)
    allowed = limits or limits_of(lists.folder if lists else None)
    ages = screening.ages(allowed)
    if refuse_stale or allowed.refuse:
        refuse(ages)
    decision = decide(order, law, screening, screening.names)
    return replace(
        decision, ownership=ownership, lists=screening.looked, freshness=ages,
        elsewhere=screening.elsewhere(order),
    )  # fmt: skip


def remedies(
    order: Order,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    owners: OwnershipTable | None = None,
    lists: Store | None = None,
    dispositions: Book | None = None,
) -> tuple[Remedy, ...]:
    """What would make a refused order lawful: the smallest changes that the user controls, each decided.

    Empty for an order that is not refused whatever is still unknown. Arguments and errors as for ``check``;
    apart from it, because it decides many changed orders.
    """
    law = _law(order, on, known, assume, rulebook)
    order, _, aids = _filled(order, owners, law, _aids(lists, dispositions))
    weighed = weigh(order, law, Screening(law, aids))
    if weighed.band.best in GO_AHEAD:
        return ()
    return find_remedies(weighed, lambda other: Screening(other, aids))


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


def _aids(lists: Store | None, dispositions: Book | None) -> Aids:
    return Aids(lists, dispositions)


def _filled(
    order: Order, owners: OwnershipTable | None, law: Law, aids: Aids
) -> tuple[Order, tuple[Ownership, ...], Aids]:
    """The order with owners from a table, which is loaded only where one is given."""
    if owners is None:
        return order, (), aids
    from licet.parties.ownership_orders import with_owners

    found = with_owners(order, owners, law, find=lambda other: Screening(other, aids).owners)
    return found.order, found.told, replace(aids, webs=found.webs)


__all__ = ["OutsideCoverage", "TooOld", "check", "remedies"]
