"""The front door: screen the parties of an order, then decide it under the law of its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from licet.decide.assemble import decide
from licet.decide.listings import ListedFact, under_744_8
from licet.decide.remedy import remedies as find_remedies
from licet.decide.verdict import Screen, weigh
from licet.decision import GO_AHEAD, Decision, Remedy
from licet.law.rulebook import Law, Rulebook, default_rulebook
from licet.order import EndUse, Line, Order, Owner, Party
from licet.parties.listed_rows import representatives
from licet.parties.ownership import Truth, held, walk
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
    seen: dict[Order, tuple[Hit, ...]] = {}

    def screened(order: Order) -> list[ListedFact]:
        hits: list[Hit] = []
        for part in _named(order):
            if part not in seen:
                seen[part] = tuple(screen(part, law))
            hits += seen[part]
        return [*_facts(order, hits, law)]

    return screened


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


# Which lists flow down to what their entries own, under which test: BIS's Affiliates rule counts the owners of
# its own lists and those blocked under programs of 744.8 together (15 CFR 744.8(a)(2), 744.11(a)(1),
# 744.21(a)(3)); OFAC counts blocked owners, under whatever program.
FLOWS_DOWN: Mapping[str, tuple[str, ...]] = {
    "owns_half": ("EL", "MEU", "SDN"),
    "blocked_half": ("SDN",),
}


def _owners(
    party: Party, path: str, found: Mapping[str, Sequence[Hit]], law: Law
) -> Iterator[ListedFact]:
    """The listed owners of a party, each with what restricted owners hold of the party together."""
    chain = list(walk(party.owners, path))
    facts = {place: list(_owner(owner, place, found.get(place, ()))) for place, owner in chain}
    places = {id(owner): place for place, owner in chain}
    halves: dict[str, Truth] = {}
    for test, lists in FLOWS_DOWN.items():

        def listed(owner: Owner, test: str = test, lists: tuple[str, ...] = lists) -> Truth:
            state: Truth = False
            for fact in facts[places[id(owner)]]:
                if fact.list in lists:
                    counts = fact.exists
                    if test == "owns_half" and fact.list == "SDN":
                        counts = _all(counts, under_744_8(fact.row, law))
                    state = _any(state, counts)
            return state

        halves[test] = half = held(party.owners, listed)
        open_ends = tuple(
            f"{place}.owners"
            for place, owner in chain
            if owner.owners is None and listed(owner) is False
        )
        if half is None and open_ends:
            # Somebody on a list may stand behind an owner of whom the order does not say who owns it.
            yield ListedFact(
                lists[0], {}, "owner", "an owner", f"{path}.owners", None, None, open_ends, False,
                owner_of=party.role, stated=False, country=party.country, **{test: half},
            )  # fmt: skip
    for fact in (fact for place, _ in chain for fact in facts[place]):
        yield replace(
            fact,
            owns_half=halves["owns_half"],
            blocked_half=halves["blocked_half"],
            owner_of=party.role,
            country=party.country,
        )


def _owner(owner: Owner, path: str, hits: Sequence[Hit]) -> Iterator[ListedFact]:
    """The listings of an owner, found by name or stated by the order."""
    name = owner.name or "an owner"
    stated = owner.list if owner.list in FLOWS_DOWN["owns_half"] else None
    lists = {code for codes in FLOWS_DOWN.values() for code in codes}
    for hit in hits:
        code = hit.listing.list
        if code in lists:
            certain = hit.kind == "exact" or stated == code
            row, since = hit.listing.row.values, hit.listing.row.valid_from
            exists, because = (True, ()) if certain else (None, (f"{path}.list",))
            yield ListedFact(code, row, "owner", name, path, since, exists, because, certain)
    if stated is not None and all(hit.listing.list != stated for hit in hits):
        yield ListedFact(stated, {"name": name, "scope": "all"}, "owner", name, path, None)


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
        exact,
    )  # fmt: skip


__all__ = ["OutsideCoverage", "check", "remedies"]
