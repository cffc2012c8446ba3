"""The parties of an order and the listings that they are, or may be, as children of a line's facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from licet.decide.known import Child, Truth
from licet.decide.scope import address_scopes, covers, policy
from licet.decision import Settled
from licet.law.rule import rank
from licet.law.rulebook import Law
from licet.order import Line, Order, Party

# The parties to a transaction of 15 CFR 748.5(c) to (f). A buyer is its purchaser in other words, and who
# receives released technology is its consignee.
TRANSACTION_ROLES = (
    "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "buyer", "recipient",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedFact:
    """A listing that somebody in the order is, or may be: what screening hands over.

    ``row`` has the columns of the list's table; ``exists`` is None for a possible match, settled by the
    facts in ``because``; ``path`` is where the order names the party ("party[0]", "line[0].made_by").
    """

    list: str
    row: Mapping[str, str]
    role: str | None
    by: str
    path: str
    since: object
    exists: Truth = True
    because: tuple[str, ...] = ()
    exact: bool = True
    owns_half: Truth = None
    """Of a listed owner: whether owners on lists of BIS together hold half or more of the party."""
    owner_of: str | None = None
    """Of a listed owner: the role of the party that it owns."""
    stated: bool = True
    """False for somebody of whom the order does not speak: there may be one, and he may be listed."""
    country: str | None = None
    """Of a listed owner: the country of the party that it owns."""
    blocked_half: Truth = None
    """Of a listed owner: whether blocked owners together hold half or more of the party (OFAC's test)."""
    says: str = ""
    """Why somebody may be the listed one, where the name is not the same."""
    shares: tuple[str, ...] = ()
    """Of a listed owner: the shares between it and the party that are not known, by their paths."""
    apart: bool = False
    """Whether somebody of a name like it is told apart by other evidence, which ``says`` gives."""
    disposition: Settled | None = None
    """What a person decided about the two."""
    copy: dt.date | None = None
    """The day of the loaded copy that the entry is from; None: it is from the rulebook."""
    record: str = ""
    """The command that records what a person finds about the two, where there is one."""


def parties_of(order: Order) -> Iterator[Child]:
    """The parties of an order, and the one that it may have left out."""
    on_license = order.license.parties if order.license else None
    for at, party in enumerate(order.parties or ()):
        path = f"party[{at}]"
        listed = None
        if on_license is not None and party.name is not None:
            listed = _plain(party.name) in {_plain(name) for name in on_license}
        yield Child(
            {
                **{field.name: getattr(party, field.name) for field in fields(party)},
                "is_transaction_party": _in_transaction(party),
                "on_license": listed,
                # Where the kind counts only as knowledge: silence is none (744.22(f)(2)).
                "stated_kind": party.kind or "",
                "majority_held_from": _majority_held_from(party),
            },
            path,
            asks={
                "is_transaction_party": (f"{path}.role",),
                "on_license": ("license.parties",),
                "majority_held_from": _asked_for_majority(party, path),
            },
        )
    yield from _somebody_else(order, {})


def _asked_for_majority(party: Party, path: str) -> tuple[str, ...]:
    """Who owns the party; its seat only where it is known that nobody has the majority."""
    silent = party.owners is None or any(owner.share is None for owner in party.owners)
    majority = any((owner.share or 0) > 50 for owner in party.owners or ())
    return (f"{path}.owners",) if silent or majority else (f"{path}.headquarters",)


def _majority_held_from(party: Party) -> str | None:
    """The country of who holds more than half of a party; its own seat where nobody does; None: not known."""
    if party.owners is None:
        return None
    for owner in party.owners:
        if owner.share is not None and owner.share > 50:
            return owner.country
    if any(owner.share is None for owner in party.owners):
        return None
    return party.headquarters


def _in_transaction(party: Party) -> Truth:
    return None if party.role is None else party.role in TRANSACTION_ROLES


def _somebody_else(order: Order, known: Mapping[str, object]) -> Iterator[Child]:
    """The party that an order may have left out: it may be anybody."""
    if order.parties is None:
        yield Child(known, exists=None, because=("party",))
    elif order.parties_complete is not True:
        yield Child(known, exists=None, because=("parties_complete",))


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def listings_of(
    order: Order, line: Line, here: str, law: Law, listed: Sequence[ListedFact]
) -> Iterator[Child]:
    """The listings that bear on one line: those that screening found, and those that there may be.

    Whoever the order does not name may be anybody.
    """
    # Without whoever is settled to be somebody else, and the makers and designers of other lines.
    bearing = [
        (fact, _listing(fact, order, line, here, law))
        for fact in listed
        if fact.exists is not False
        and (not fact.path.startswith("line[") or fact.path.startswith(f"{here}."))
    ]
    for fact, child in bearing:
        entries = [c for f, c in bearing if f.list == "EL" and f.path == fact.path]
        yield _beside_entity_list(child, entries) if fact.list == "SDN" else child
    for at, party in enumerate(order.parties or ()):
        if party.name is None:
            known = {"is_party": _in_transaction(party), "role": party.role}
            yield Child(known, exists=None, because=(f"party[{at}].name",))
        if party.address is None:
            # The party may use an address that an entry names without a name (744.16(f)).
            for scope in address_scopes(law):
                covered, settled_by = covers(scope, line, law)
                known = {
                    "list": "EL", "role": party.role, "is_party": _in_transaction(party),
                    "is_address": True, "covers_item": covered, "group": "", "stated": True,
                    "exceptions": "",
                    "review_policy": "presumption_of_denial",
                }  # fmt: skip
                asks = {"covers_item": tuple(f"{here}.{name}" for name in settled_by)}
                because = (f"party[{at}].address",)
                yield Child(known, asks=asks, exists=None, because=because)
        if party.owners is None:
            # Who owns the party is not known: it may be a listed company, or blocked persons, with half or
            # more. The Affiliates rule asks (Red Flag 29), and OFAC's test knows no excuse of not knowing.
            owner = {
                "is_party": False, "role": "owner", "stated": False,
                "in_transaction": _in_transaction(party), "owned_in": party.country,
            }  # fmt: skip
            yield Child(owner, exists=None, because=(f"party[{at}].owners",))
        if party.uses_equipment_of is None and party.kind in ("federal_contractor", None):
            path = f"party[{at}].uses_equipment_of"
            known = {"is_party": False, "role": "uses_equipment_of"}
            yield Child(known, exists=None, because=(path,))
    for role in ("designed_by", "made_by", "modules_by"):
        if getattr(line, role) is None:
            because = (f"{here}.{role}",)
            known = {"is_party": False, "role": role, "stated": False}
            yield Child(known, exists=None, because=because)
    if order.end_use is None or order.end_use.goes_into_products_of is None:
        role = "goes_into_products_of"
        because = (f"end_use.{role}",)
        yield Child({"is_party": False, "role": role}, exists=None, because=because)
    yield from _somebody_else(order, {"is_party": True})


def _listing(fact: ListedFact, order: Order, line: Line, here: str, law: Law) -> Child:
    purposes = order.end_use.purposes if order.end_use else None
    covered, settled_by = covers(fact.row.get("scope") or "all", line, law, purposes=purposes)
    footnotes = dict(part.split(":") for part in fact.row.get("footnotes", "").split("|") if part)
    role = fact.owner_of if fact.role == "owner" else fact.role
    values: dict[str, object] = {
        "list": fact.list,
        "name": fact.row.get("name"),
        "entry": fact.row.get("id"),
        "role": fact.role,
        "by": fact.by,
        "is_party": None if fact.role is None else fact.role in TRANSACTION_ROLES,
        "is_address": fact.row.get("kind") == "address",
        "country": fact.row.get("country"),
        "covers_item": covered,
        "stated": fact.stated,
        "owns_half": fact.owns_half,
        "blocked_half": fact.blocked_half,
        "under_744_8": fact.list == "SDN" and under_744_8(fact.row, law),
        "in_transaction": None if role is None else role in TRANSACTION_ROLES,
        "owned_in": fact.country,
        # Footnote 2 of Supplement No. 4 stands at the entries of Huawei and its affiliates only.
        "group": "Huawei" if "2" in footnotes else fact.row.get("group", ""),
        # The exception that the entry leaves open; of which paragraphs, the user confirms by 744.16(b).
        "exceptions": fact.row.get("exceptions", "").partition(" ")[0],
        "review_policy": policy(fact.row.get("review_policy") or "presumption_of_denial", line),
        "since": fact.since,
        "cite": fact.row.get("citations", "").split("|")[0],
    }
    for number in "12345":
        values[f"footnote_{number}"] = (
            number in footnotes and footnotes[number] <= law.on.isoformat()
        )
    whose_role = (f"{fact.path.partition('.')[0]}.role",)
    asks = {
        "role": whose_role,
        "is_party": whose_role,
        "in_transaction": whose_role,
        "covers_item": tuple(name if "." in name else f"{here}.{name}" for name in settled_by),
        "owns_half": fact.shares or (f"{fact.path}.share",) if fact.stated else fact.because,
        "blocked_half": fact.shares or (f"{fact.path}.share",) if fact.stated else fact.because,
        "under_744_8": (f"{fact.path}.list",),
        "owned_in": (f"{fact.path.partition('.')[0]}.country",),
    }
    return Child(values, fact.path, asks, fact.exists, fact.because)


def _beside_entity_list(child: Child, entries: Sequence[Child]) -> Child:
    """A blocked person with what its own entries on the Entity List say of the item (15 CFR 744.8(c), (d)).

    ``on_entity_list``: whether it has an entry that covers the item; ``entity_list_exceptions``: the exception
    that all its entries leave open; ``entity_list_policy``: the strictest of their review policies.
    """
    stands: Truth = False
    because: list[str] = []
    for entry in entries:
        covered = entry.fields.get("covers_item")
        if covered is False:
            continue
        if entry.exists and covered:
            stands = True
        elif stands is False:
            stands = None
        because += [*entry.because, *(entry.asks.get("covers_item", ()) if covered is None else ())]
    counting = [e.fields for e in entries if e.fields.get("covers_item") is not False]
    open_to = {str(fields.get("exceptions")) for fields in counting}
    policies = [str(fields["review_policy"]) for fields in counting]
    values = {
        **child.fields,
        "on_entity_list": stands,
        "entity_list_exceptions": open_to.pop() if len(open_to) == 1 else "",
        "entity_list_policy": max(policies, key=rank, default=""),
    }
    asks = {**child.asks, "on_entity_list": tuple(dict.fromkeys(because))}
    return replace(child, fields=values, asks=asks)


def under_744_8(row: Mapping[str, str], law: Law) -> Truth:
    """Whether an entry of the SDN List has a program tag that 15 CFR 744.8 names; None without its tags."""
    if "programs" not in row:
        return None
    tags = filter(None, row["programs"].split("|"))
    return any(law.contains("programs_744_8", (tag,)) for tag in tags)


def who(order: Order) -> object:
    """Everything in an order that says who somebody is: what screening reads, and nothing else."""
    makers = tuple((x.designed_by, x.made_by, x.modules_by) for x in order.lines or ())
    return order.parties, makers, order.end_use and order.end_use.goes_into_products_of
