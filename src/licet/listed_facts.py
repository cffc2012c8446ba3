"""Hits of screening as facts for rules: of parties, makers and owners; certain, settled by a person, or open.

What restricted owners hold together is worked out here, since it hangs on who of them is listed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from licet.decide.listings import ListedFact
from licet.law.rulebook import Law
from licet.order import Order, Owner, Party
from licet.parties.ownership import Truth, held, walk
from licet.parties.ownership_rules import OwnershipTest, lists_of, ownership_tests
from licet.parties.screen import Hit

if TYPE_CHECKING:
    from licet.parties.ownership_orders import Web


def facts_of(
    order: Order, hits: Sequence[Hit], law: Law, webs: Mapping[int, Web] | None = None
) -> Iterator[ListedFact]:
    """What screening found, and what the order itself, and webs of holdings, say of listed owners."""
    for hit in hits:
        if hit.role != "owner":
            yield fact_of(hit, order)
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
        web = (webs or {}).get(at)
        if web is not None and web.owners == party.owners:
            yield from _of_web(party, f"party[{at}]", web, law)
        else:
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
    by_place = {
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
            for fact in by_place[places[id(owner)]]:
                if entry is None or _entry(fact) == entry:
                    state = _any(state, _all(fact.exists, test.counts(fact.list, fact.row, law)))
            return state

        entries = {_entry(fact) for owned in by_place.values() for fact in owned}
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
            yield _somebody(test, party, f"{path}.owners", open_ends, half)
    for fact in (fact for place, _ in chain for fact in by_place[place]):
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


def _of_web(party: Party, path: str, web: Web, law: Law) -> Iterator[ListedFact]:
    """The listed owners of a party in a web of holdings, and what they come to, worked out whole."""
    owners = f"{path}.owners"
    halves: dict[str, Truth] = dict.fromkeys(TESTS.values(), False)
    for test in ownership_tests(law):
        name = TESTS.get(test.name)
        if name is None:
            continue
        halves[name] = half = web.state(test, law)
        if half is None and web.loose(law):
            yield _somebody(test, party, owners, (owners,), half)
    lists = lists_of(TESTS, law.rulebook)
    for one in web.listings(law):
        if one.list in lists:
            row = one.row.values if one.row else {"name": one.name, "scope": "all"}
            yield ListedFact(
                one.list, row, "owner", one.name, owners, one.since, True if one.certain else None,
                () if one.certain else (owners,), one.certain, halves["owns_half"], party.role,
                country=party.country, blocked_half=halves["blocked_half"], shares=(owners,),
            )  # fmt: skip


def _somebody(
    test: OwnershipTest, party: Party, path: str, because: tuple[str, ...], half: Truth
) -> ListedFact:
    """Somebody on a list who may stand behind an owner of whom the order does not say who owns it."""
    name = TESTS[test.name]
    return ListedFact(
        test.lists[0], {}, "owner", "an owner", path, None, None, because, False,
        owner_of=party.role, stated=False, country=party.country,
        owns_half=half if name == "owns_half" else None,
        blocked_half=half if name == "blocked_half" else None,
    )  # fmt: skip


def _owner(
    owner: Owner, path: str, hits: Sequence[Hit], lists: frozenset[str]
) -> Iterator[ListedFact]:
    """The listings of an owner, found by name or stated by the order."""
    name = owner.name or "an owner"
    stated = owner.list if owner.list in lists else None
    for hit in hits:
        code = hit.listing.list
        if code in lists:
            fact = _as_fact(hit, "listed" if stated == code else None, f"{path}.list")
            yield replace(fact, exact=fact.exact or stated == code)
    if stated is not None and all(hit.listing.list != stated for hit in hits):
        yield ListedFact(stated, {"name": name, "scope": "all"}, "owner", name, path, None)


def _entry(fact: ListedFact) -> tuple[str, ...]:
    """Who an owner is: one entry of one list, under whatever name it holds."""
    return fact.list, fact.row.get("id") or fact.by


def _any(a: Truth, b: Truth) -> Truth:
    return True if a or b else None if a is None or b is None else False


def _all(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


_PARTY = re.compile(r"party\[(\d+)\]")


def fact_of(hit: Hit, order: Order) -> ListedFact:
    """A hit as a fact; of a party the order itself may say what a person settled."""
    party = _PARTY.fullmatch(hit.path)
    if party is None:
        return _as_fact(hit, None, hit.path)
    own = (order.parties or ())[int(party[1])].disposition
    return _as_fact(hit, own, f"{hit.path}.disposition")


def _as_fact(hit: Hit, own: str | None, asks: str) -> ListedFact:
    """A hit as a fact: certain when exact, else as a person settled it, else unknown.

    ``own`` is what the order says. Where it and a disposition disagree, that it is the listed one stands.
    """
    row, stored = hit.listing.row, hit.disposition
    said = {own, stored.decision if stored is not None and stored.state == "settled" else None}
    exact, apart = hit.kind == "exact", hit.kind == "apart"
    exists: Truth = True if exact or "listed" in said else None
    if exists is None and (apart or "not_listed" in said):
        exists = False
    since = row.valid_from if hit.whole is None else hit.whole.valid_from
    return ListedFact(
        hit.listing.list, row.values, hit.role, hit.name, hit.path, since, exists,
        () if exact else (asks,), exact, says=hit.says, apart=apart and not exists,
        disposition=stored, copy=hit.copy, record=hit.record,
    )  # fmt: skip
