"""An order and the dated tables, made into the facts that rules are judged on, line by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from licet.decide.exceptions import OF_LATER_TEXT, list_based
from licet.decide.scope import address_scopes, covers, policy, under
from licet.decide.truth import Child, Facts, OpenList, Truth
from licet.law.rulebook import Law
from licet.law.table import eccn_prefixes
from licet.order import License, Line, Order, Party

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
    """False for an owner of whom only this is known, that he may be listed."""
    country: str | None = None
    """Of a listed owner: the country of the party that it owns."""
    shares: tuple[str, ...] = ()
    """Of a listed owner: the shares between it and the party that are not known, by their paths."""
    blocked_half: Truth = None
    """Of a listed owner: whether blocked owners together hold half or more of the party (OFAC's test)."""


def facts_of(order: Order, at: int, law: Law, listed: Sequence[ListedFact]) -> Facts:
    """The facts of line ``at`` of an order under a law, with the listings that screening found.

    What the order leaves out stays unknown and is asked for by its path in the order.
    """
    lines = order.lines or (Line(),)
    line = lines[at]
    here = f"line[{at}]"
    values: dict[str, object] = {
        "date": law.on,
        "activity": order.activity,
        "from_": order.from_,
        "to": order.to,
        "us_person": order.us_person,
        "parties_complete": order.parties_complete,
        # Left out means that none is claimed, as with a license: nothing is permitted by silence.
        "ofac_authorized": order.ofac_authorized is True,
        "line.entry": line.eccn.partition(".")[0] if line.eccn else None,
        "line.hts_chapter": line.schedule_b[:2] if line.schedule_b else None,
        # An exclusion that is claimed by stating the number: silence claims nothing, and permits nothing.
        "line.stated_food_or_medicine": line.schedule_b is not None
        and law.contains("food_and_medicine", (line.schedule_b[:2],)) is True,
        "license.claimed": order.license is not None,
        "conditions_claimed": order.conditions_met or (),
        "line.entry_value_usd": _worth(_of_entry(order, line)),
        "line.schedule_b_value_usd": _worth(_of_schedule_b(order, line)),
    }
    asks: dict[str, tuple[str, ...]] = {
        "line.entry": (f"{here}.eccn",),
        "line.hts_chapter": (f"{here}.schedule_b",),
        "from_": ("from",),
        "line.on_license": (f"{here}.eccn", "license.lines"),
        "license.revoked_on": ("license.revoked",),
        "line.entry_value_usd": (f"{here}.value_usd",),
        "line.schedule_b_value_usd": (f"{here}.value_usd",),
        **{f"line.{name}": (f"{here}.eccn",) for name in _LIST_BASED},
    }
    if order.conditions_met is not None:
        values["conditions_met"] = OpenList(
            frozenset(order.conditions_met), frozenset(order.conditions_not_met or ())
        )
    for field in fields(line):
        values[f"line.{field.name}"] = getattr(line, field.name)
        asks[f"line.{field.name}"] = (f"{here}.{field.name}",)
    for name in ("end_use", "shipment"):
        part = getattr(order, name)
        if part is not None:
            for field in fields(part):
                values[f"{name}.{field.name}"] = getattr(part, field.name)
    if order.license is not None:
        values |= _license_values(order.license, line)
    reasons = tuple(_reasons(line, here, law))
    values |= _list_based(line, order.to, law, reasons)
    values["line.jurisdiction"] = _jurisdiction(line, law)
    return Facts(
        values,
        {
            "parties": tuple(_parties(order)),
            "listings": tuple(_listings(order, line, here, law, listed)),
            "reasons": reasons,
            "red_flags": tuple(_red_flags(order)),
        },
        asks,
    )


def _jurisdiction(line: Line, law: Law) -> str | None:
    """Who licenses the item, as its entry says; "pointer" for an entry that only names others."""
    if line.eccn is None:
        return None
    if line.eccn == "EAR99":
        return "EAR"
    entry = line.eccn.partition(".")[0]
    row = next(law.rulebook.tables["ccl_entries"].rows((entry,), law.on, law.known), None)
    return row.values["jurisdiction"] if row is not None else None


_LIST_BASED = ("lvs_known", "lvs_usd", "gbs_known", "gbs", "sta_c1", "sta_c2")


def _worth(lines: Sequence[Line]) -> float | None:
    """What lines are worth together in US dollars; None where a value is missing."""
    values = [line.value_usd for line in lines]
    return None if None in values else float(sum(value or 0 for value in values))


def _of_entry(order: Order, line: Line) -> Sequence[Line]:
    """All lines of the item's entry: an order may not be split to fit under the limit of LVS."""
    if line.eccn is None:
        return (line,)
    entry = line.eccn.partition(".")[0]
    return [x for x in order.lines or () if x.eccn and x.eccn.partition(".")[0] == entry]


def _of_schedule_b(order: Order, line: Line) -> Sequence[Line]:
    """All lines of the item's Schedule B number, which 15 CFR 30.37(a) adds up."""
    if line.schedule_b is None:
        return (line,)
    return [x for x in order.lines or () if x.schedule_b == line.schedule_b]


def _list_based(
    line: Line, to: str | None, law: Law, reasons: Sequence[Child]
) -> dict[str, object]:
    """What the entry says of list-based exceptions; nothing for what is not on the list."""
    if line.eccn is None:
        return {}
    entry, _, paragraph = line.eccn.partition(".")
    table = law.rulebook.tables["ccl_entries"]
    row = next(table.rows((entry,), law.on, law.known), None)
    of_that_day = row is not None and OF_LATER_TEXT not in row.source
    none = {"lvs_usd": "N/A", "gbs": "no", "sta": "none"}
    silent = dict.fromkeys(none, "unknown")
    known = law.contains("ccl_entries", (entry,))
    if row is None and known is None:
        # No state of the entry is known for the day: the next one bounds what may be claimed.
        row = next((r for r in table.index.get((entry,), ()) if r.valid_from > law.on), None)
    elif row is None:
        of_that_day = True
    values = row.values if row is not None else silent if known is None else none

    def within(name: str) -> Truth:
        """The destination is this country, in this Country Group, or marked in this chart column."""
        if to is None or re.fullmatch(r"[A-Z]{2}", name):
            return None if to is None else to == name
        if re.fullmatch(r"[A-Z]{2}:\d", name):
            return law.contains("country_chart", (to, name.replace(":", " ")))
        return law.contains("country_groups", (to, name))

    return list_based(values, paragraph, reasons, within, of_that_day=of_that_day)


def _license_values(license: License, line: Line) -> dict[str, object]:
    values: dict[str, object] = {
        f"license.{field.name}": getattr(license, field.name) for field in fields(license)
    }
    revoked = license.revoked
    values["license.revoked"] = None if revoked is None else revoked is not False
    # Revoked, and nobody knows since when: it may have been so on any day.
    values["license.revoked_on"] = dt.date.min if revoked is True else revoked or None
    if license.lines is not None and line.eccn is not None:
        values["line.on_license"] = any(name in license.lines for name in eccn_prefixes(line.eccn))
    return values


def _parties(order: Order) -> Iterator[Child]:
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
            },
            path,
            asks={"is_transaction_party": (f"{path}.role",), "on_license": ("license.parties",)},
        )
    yield from _somebody_else(order, {})


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


def _listings(
    order: Order, line: Line, here: str, law: Law, listed: Sequence[ListedFact]
) -> Iterator[Child]:
    for fact in listed:
        if fact.exists is False:
            continue  # a person settled that it is somebody else
        if fact.path.startswith("line[") and not fact.path.startswith(f"{here}."):
            continue  # the maker or designer of another line
        yield _listing(fact, line, here, law)
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
                    "review_policy": "presumption_of_denial",
                }  # fmt: skip
                asks = {"covers_item": tuple(f"{here}.{name}" for name in settled_by)}
                because = (f"party[{at}].address",)
                yield Child(known, asks=asks, exists=None, because=because)
        if party.owners is None:
            # Who owns the party is not known: it may be a listed company, with half or more. The Affiliates
            # rule asks (Red Flag 29); under OFAC's test what the order says of owners is taken as all there is.
            owner = {
                "is_party": False, "role": "owner", "stated": False,
                "in_transaction": _in_transaction(party), "owned_in": party.country, "blocked_half": False,
            }  # fmt: skip
            yield Child(owner, exists=None, because=(f"party[{at}].owners",))
        if party.uses_equipment_of is None and party.kind in ("federal_contractor", None):
            path = f"party[{at}].uses_equipment_of"
            known = {"is_party": False, "role": "uses_equipment_of"}
            yield Child(known, exists=None, because=(path,))
    for role in ("designed_by", "made_by", "modules_by"):
        if getattr(line, role) is None:
            because = (f"{here}.{role}",)
            yield Child({"is_party": False, "role": role}, exists=None, because=because)
    if order.end_use is None or order.end_use.goes_into_products_of is None:
        role = "goes_into_products_of"
        because = (f"end_use.{role}",)
        yield Child({"is_party": False, "role": role}, exists=None, because=because)
    yield from _somebody_else(order, {"is_party": True})


def _listing(fact: ListedFact, line: Line, here: str, law: Law) -> Child:
    covered, settled_by = covers(fact.row.get("scope") or "all", line, law)
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
        "covers_item": tuple(f"{here}.{name}" for name in settled_by),
        "owns_half": fact.shares or (f"{fact.path}.share",) if fact.stated else fact.because,
        "blocked_half": fact.shares or (f"{fact.path}.share",) if fact.stated else fact.because,
        "under_744_8": (f"{fact.path}.list",),
        "owned_in": (f"{fact.path.partition('.')[0]}.country",),
    }
    return Child(values, fact.path, asks, fact.exists, fact.because)


def under_744_8(row: Mapping[str, str], law: Law) -> Truth:
    """Whether an entry of the SDN List has a program tag that 15 CFR 744.8 names; None without its tags."""
    if "programs" not in row:
        return None
    tags = filter(None, row["programs"].split("|"))
    return any(law.contains("programs_744_8", (tag,)) for tag in tags)


def _reasons(line: Line, here: str, law: Law) -> Iterator[Child]:
    """The reasons for control of the item: rows of ``ccl_controls`` that its paragraph falls under."""
    if line.eccn is None:
        yield Child({}, exists=None, because=(f"{here}.eccn",))
        return
    entry, _, paragraph = line.eccn.partition(".")
    if entry == "EAR99":
        return
    known = law.contains("ccl_entries", (entry,))
    if known is not True:
        # An entry that the table has on other days only: what it was on this day is not at hand.
        silent = known is None or (entry,) in law.rulebook.tables["ccl_entries"].index
        asked = "law.ccl_entries" if silent else f"{here}.eccn"
        yield Child({}, exists=None, because=(asked,))
        return
    table = law.rulebook.tables["ccl_controls"]
    for row in table.rows((entry,), law.on, law.known):
        applies = under(paragraph, row.values["applies"].split())
        excepted = under(paragraph, row.values["except"].split()) if row.values["except"] else False
        if applies is False or excepted is True:
            continue
        exists: Truth = True if applies is True and excepted is False else None
        because: tuple[str, ...] = (f"{here}.eccn",)
        if row.values["question"] and exists:
            exists, because = None, (f"{here}.controlled_for",)
        if exists is None and line.controlled_for is not None:
            # The item's own parameters were looked at: they say which reasons apply to it.
            exists = row.values["reason"] in line.controlled_for
        if exists is not False:
            yield Child(dict(row.values), here, exists=exists, because=because)


def _red_flags(order: Order) -> Iterator[Child]:
    if order.red_flags is None:
        yield Child({}, exists=None, because=("red_flag",))
    for at, flag in enumerate(order.red_flags or ()):
        values = {"resolved": flag.resolved, "text": flag.text}
        yield Child(values, f"red_flag[{at}]")
