"""The front door: screen the parties of an order, then decide it under the law of its day."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from licet.decide.assemble import decide
from licet.decide.listings import ListedFact
from licet.decide.remedy import remedies as find_remedies
from licet.decide.verdict import Screen, weigh
from licet.decision import GO_AHEAD, Decision, Ownership, Remedy
from licet.law.rulebook import Law, Rulebook, default_rulebook
from licet.order import EndUse, Line, Order, Owner, Party
from licet.parties.listed_rows import representatives
from licet.parties.ownership import Truth, held, walk
from licet.parties.ownership_rules import OwnershipTest, lists_of, ownership_tests
from licet.parties.screen import Hit, screen

if TYPE_CHECKING:
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
) -> Decision:
    """May this order go ahead, under which rules, and what would change the answer?

    ``on`` puts another day in place of the order's date; ``known`` asks for the law as it was known on a day
    (published by then); ``assume`` names announcements whose overlays take part as if they were law;
    ``owners`` is a table of ownership (``read_ownership``) for parties whose owners the order leaves
    unset. Mirrors ``licet check``. Raises ``OutsideCoverage`` where the day is missing or before the rulebook
    begins, and ``ValueError`` for an announcement that does not exist.
    """
    law = _law(order, on, known, assume, rulebook)
    order, ownership = _filled(order, owners, law)
    decision = decide(order, law, _screen_under(law), lambda: representatives(law))
    return replace(decision, ownership=ownership) if ownership else decision


def remedies(
    order: Order,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    assume: Sequence[str] = (),
    rulebook: Rulebook | None = None,
    owners: OwnershipTable | None = None,
) -> tuple[Remedy, ...]:
    """What would make a refused order lawful: the smallest changes that the user controls, each decided.

    Empty for an order that is not refused whatever is still unknown. Arguments and errors as for ``check``;
    apart from it, because it decides many changed orders.
    """
    law = _law(order, on, known, assume, rulebook)
    order, _ = _filled(order, owners, law)
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


def _filled(
    order: Order, owners: OwnershipTable | None, law: Law
) -> tuple[Order, tuple[Ownership, ...]]:
    """The order with owners from a table, which is loaded only where one is given."""
    if owners is None:
        return order, ()
    from licet.parties.ownership_orders import with_owners

    return with_owners(order, owners, law)


def _screen_under(law: Law) -> Screen:
    seen: dict[Order, tuple[Hit, ...]] = {}

    def screened(order: Order) -> list[ListedFact]:
        hits: list[Hit] = []
        for part in _named(order):
            if part not in seen:
                seen[part] = tuple(screen(part, law))
            hits += seen[part]
        return [*_facts(order, hits, law)]

    return screened


# How the parties of orders are screened under a law, for those that decide many; remembers what it looked up.
screening = _screen_under


def _named(order: Order) -> Iterator[Order]:
    """The order in parts that name somebody, each in its place.

    The analysis of missing facts asks again and again of orders in which one part has changed; each part is
    looked up once.
    """
    for at, party in enumerate(order.parties or ()):
        yield Order(parties=(*(Party(),) * at, party))
    for at, line in enumerate(order.lines or ()):
        makers = Line(
            designed_by=line.designed_by, made_by=line.made_by, modules_by=line.modules_by
        )
        yield Order(lines=(*(Line(),) * at, makers))
    if order.end_use is not None:
        goes_into = order.end_use.goes_into_products_of
        yield Order(end_use=EndUse(goes_into_products_of=goes_into))


def _facts(order: Order, hits: Sequence[Hit], law: Law) -> Iterator[ListedFact]:
    """What screening found, and what the order itself says of listed owners."""
    for hit in hits:
        if hit.role != "owner":
            yield _fact(hit, order)
    for at, party in enumerate(order.parties or ()):
        path = f"party[{at}]"
        if party.disposition == "listed" and all(hit.path != path for hit in hits):
            # A person found that the party is a listed one that its name does not show.
            row = {"name": party.name or path, "scope": "all"}
            yield ListedFact("EL", row, party.role, party.name or path, path, None)
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.role == "owner":
            found.setdefault(hit.path, []).append(hit)
    for at, party in enumerate(order.parties or ()):
        yield from _owners(party, f"party[{at}]", found, law)


# The facts that hold the results of the tests of ownership; which lists flow down in a test, and since when, is
# law and stands in the table ownership_rules.
TESTS: Mapping[str, str] = {"bis": "owns_half", "ofac": "blocked_half"}


def _owners(
    party: Party, path: str, found: Mapping[str, Sequence[Hit]], law: Law
) -> Iterator[ListedFact]:
    """The listed owners of a party, each with what restricted owners hold of the party together."""
    chain = list(walk(party.owners, path))
    lists = lists_of(TESTS, law.rulebook)
    facts = {
        place: list(_owner(owner, place, found.get(place, ()), lists)) for place, owner in chain
    }
    places = {id(owner): place for place, owner in chain}
    halves: dict[str, Truth] = dict.fromkeys(TESTS.values(), False)
    for test in ownership_tests(law):
        name = TESTS.get(test.name)
        if name is None:
            continue

        def listed(owner: Owner, test: OwnershipTest = test, entry: object = None) -> Truth:
            state: Truth = False
            for fact in facts[places[id(owner)]]:
                if entry is None or _entry(fact) == entry:
                    state = _any(state, _all(fact.exists, test.counts(fact.list, fact.row, law)))
            return state

        entries = {_entry(fact) for owned in facts.values() for fact in owned}
        half: Truth = False
        for entry in [None] if test.together else [*entries, ("nobody",)]:
            one = held(party.owners, functools.partial(listed, entry=entry), need=test.need)
            half = _any(half, one)
        halves[name] = half
        open_ends = tuple(
            f"{place}.owners"
            for place, owner in chain
            if owner.owners is None and listed(owner) is False
        )
        if half is None and open_ends:
            # Somebody on a list may stand behind an owner of whom the order does not say who owns it.
            yield ListedFact(
                test.lists[0], {}, "owner", "an owner", f"{path}.owners", None, None, open_ends, False,
                owner_of=party.role, stated=False, country=party.country,
                owns_half=half if name == "owns_half" else None,
                blocked_half=half if name == "blocked_half" else None,
            )  # fmt: skip
    for fact in (fact for place, _ in chain for fact in facts[place]):
        yield replace(
            fact,
            owns_half=halves["owns_half"],
            blocked_half=halves["blocked_half"],
            owner_of=party.role,
            country=party.country,
            shares=tuple(
                f"{place}.share"
                for place, owner in chain
                if owner.share is None and f"{fact.path}.".startswith(f"{place}.")
            ),
        )


def _owner(
    owner: Owner, path: str, hits: Sequence[Hit], lists: frozenset[str]
) -> Iterator[ListedFact]:
    """The listings of an owner, found by name or stated by the order."""
    name = owner.name or "an owner"
    stated = owner.list if owner.list in lists else None
    for hit in hits:
        code = hit.listing.list
        if code in lists:
            certain = hit.kind == "exact" or stated == code
            row, since = hit.listing.row.values, hit.listing.row.valid_from
            exists, because = (True, ()) if certain else (None, (f"{path}.list",))
            yield ListedFact(
                code, row, "owner", name, path, since, exists, because, certain, says=hit.says
            )
    if stated is not None and all(hit.listing.list != stated for hit in hits):
        yield ListedFact(stated, {"name": name, "scope": "all"}, "owner", name, path, None)


def _entry(fact: ListedFact) -> tuple[str, ...]:
    """Who an owner is: one entry of one list, under whatever name it holds."""
    return fact.list, fact.row.get("id") or fact.by


def _any(a: Truth, b: Truth) -> Truth:
    return True if a or b else None if a is None or b is None else False


def _all(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


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
        exact, says=hit.says,
    )  # fmt: skip


__all__ = ["OutsideCoverage", "check", "remedies", "screening"]
