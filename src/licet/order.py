"""What is asked: an order with its parties, lines, end use, shipment, license and red flags.

None means that a fact is not known, `()` that there are none and that somebody looked. The fields
and their file keys are one list: the dataclasses below, whose field metadata carries the checks.
"""
# ruff: noqa: RUF009 -- `_fact` returns a dataclass field, which ruff cannot see

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from licet import order_checks as c
from licet import vocabulary as v
from licet.order_checks import Check
from licet.order_contradictions import in_license, in_order, in_owners
from licet.order_errors import Findings, OrderError, Problem, Where, nearest, shown

__all__ = [
    "EndUse",
    "License",
    "Line",
    "Order",
    "OrderError",
    "Owner",
    "Party",
    "Problem",
    "RedFlag",
    "Shipment",
    "order_from",
    "order_to",
]

DEEPEST = 64  # steps of a field path: chains of owners end long before


def _fact(check: Check, *, key: str | None = None) -> Any:
    return dataclasses.field(default=None, metadata={"check": check, "key": key})


def _table(kind: Callable[[], type]) -> Check:
    def check(found: Findings, value: object, where: Where) -> object:
        return _read(kind(), found, value, where)

    return check


_names = c.many(c.text, '"..."')
_identifiers = c.many(c.text, '"passport K1234567"')
_eccns = c.many(c.eccn, '"3A991"')
_symbols = c.many(c.symbol, '"TGL"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner of a party. `share`: percent of the equity; `list`: the list that it is on.

    `born` and `identifiers` as of a party.
    """

    name: str | None = _fact(c.text)
    country: str | None = _fact(c.country)
    address: str | None = _fact(c.text)
    born: str | None = _fact(c.born)
    identifiers: tuple[str, ...] | None = _fact(_identifiers)
    share: int | float | None = _fact(c.percent)
    list: str | None = _fact(c.text)
    control: bool | None = _fact(c.flag)
    owners: tuple[Owner, ...] | None = _fact(c.many(_table(lambda: Owner), "{ ... }"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party to the transaction in one role (15 CFR 748.5). Countries: ISO 3166-1 alpha-2.

    `id`: your own number of the party, by which dispositions know it.
    `born`: a person's date of birth, ISO 8601, in part where known in part ("1965", "1965-03").
    `identifiers`: numbers that tell it from namesakes, what each is before it ("IMO 9187655", "passport K1").
    """

    id: str | None = _fact(c.text)
    role: str | None = _fact(c.word("role", v.ROLES))
    name: str | None = _fact(c.text)
    country: str | None = _fact(c.country)
    address: str | None = _fact(c.text)
    born: str | None = _fact(c.born)
    identifiers: tuple[str, ...] | None = _fact(_identifiers)
    kind: str | None = _fact(c.word("kind of party", v.PARTY_KINDS))
    headquarters: str | None = _fact(c.country)
    owners: tuple[Owner, ...] | None = _fact(c.many(_table(lambda: Owner), "{ ... }"))
    disposition: str | None = _fact(c.word("disposition", v.DISPOSITIONS))
    state_sanction: str | None = _fact(c.word("sanction", v.STATE_SANCTIONS))
    uses_equipment_of: tuple[str, ...] | None = _fact(_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of the order. `value_usd`: US dollars for the line; `*_pct`: percent, 0 to 100."""

    description: str | None = _fact(c.text)
    eccn: str | None = _fact(c.eccn)
    kind: str | None = _fact(c.word("kind of item", v.LINE_KINDS))
    quantity: int | float | None = _fact(c.number)
    value_usd: int | float | None = _fact(c.number)
    made_in: str | None = _fact(c.country)
    made_by: str | None = _fact(c.text)
    controlled_us_content_pct: int | float | None = _fact(c.percent)
    us_content_eccns: tuple[str, ...] | None = _fact(_eccns)
    schedule_b: str | None = _fact(c.schedule_b)
    named_in_746: tuple[str, ...] | None = _fact(
        c.many(c.word("list of part 746", v.LISTS_OF_746), '"supp4"')
    )
    published: bool | None = _fact(c.flag)
    controlled_for: tuple[str, ...] | None = _fact(
        c.many(c.word("reason for control", v.REASONS), '"NS"')
    )
    plant_uses: tuple[str, ...] | None = _fact(_eccns)
    plant_technology: tuple[str, ...] | None = _fact(_eccns)
    design_uses: tuple[str, ...] | None = _fact(_eccns)
    designed_by: str | None = _fact(c.text)
    production_started: dt.date | None = _fact(c.day)
    speed_class: str | None = _fact(c.word("speed class", v.SPEED_CLASSES))
    telecom_role: str | None = _fact(c.word("telecom role", v.TELECOM_ROLES))
    modules_by: tuple[str, ...] | None = _fact(_names)
    fcc_authorized_on: dt.date | None = _fact(c.day)
    fcc_authorization_limited: bool | None = _fact(c.flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUse:
    """What the items are for. `purposes` is closed: a purpose not in it is false."""

    statement: str | None = _fact(c.text)
    purposes: tuple[str, ...] | None = _fact(c.many(c.word("purpose", v.PURPOSES), '"civil"'))
    contract_date: dt.date | None = _fact(c.day)
    fully_operational: bool | None = _fact(c.flag)
    device_released_on: dt.date | None = _fact(c.day)
    goes_into_products_of: tuple[str, ...] | None = _fact(_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """How and when the items move. `via`: countries passed through, `()` direct."""

    en_route: bool | None = _fact(c.flag)
    aboard_carrier_on: dt.date | None = _fact(c.day)
    ordered_on: dt.date | None = _fact(c.day)
    exported_on: dt.date | None = _fact(c.day)
    via: tuple[str, ...] | None = _fact(c.many(c.country, '"SG"'))
    known_reexport_on: tuple[dt.date, ...] | None = _fact(c.many(c.day, "2020-07-15"))
    ended_on: dt.date | None = _fact(c.day)
    carrier_countries: tuple[str, ...] | None = _fact(c.many(c.country, '"PA"'))


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A license that is claimed. `revoked`: day, True (day not known) or False; `lines`: ECCNs."""

    number: str | None = _fact(c.text)
    issued: dt.date | None = _fact(c.day)
    expires: dt.date | None = _fact(c.day)
    revoked: dt.date | bool | None = _fact(c.revoked)
    parties: tuple[str, ...] | None = _fact(_names)
    lines: tuple[str, ...] | None = _fact(_eccns)
    value_left_usd: int | float | None = _fact(c.number)
    quantity_left: int | float | None = _fact(c.number)
    covers_end_use: bool | None = _fact(c.flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """Something abnormal, and whether inquiry settled it (15 CFR part 732, Supplement No. 3)."""

    text: str | None = _fact(c.text)
    resolved: bool | None = _fact(c.flag)
    how: str | None = _fact(c.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One transaction on one day. `license` None: no license is claimed; any other None: not known.

    `date` is the day of export, reexport, transfer, import or award. `conditions_met` names the
    authorizations whose terms that an order cannot state are met, `conditions_not_met` those whose
    terms were looked at and are not met.
    """

    id: str | None = _fact(c.text)
    date: dt.date | None = _fact(c.day)
    activity: str | None = _fact(c.word("activity", v.ACTIVITIES))
    from_: str | None = _fact(c.country, key="from")
    to: str | None = _fact(c.country)
    region: str | None = _fact(c.word("region of Ukraine", v.REGIONS))
    us_person: bool | None = _fact(c.flag)
    parties_complete: bool | None = _fact(c.flag)
    conditions_met: tuple[str, ...] | None = _fact(_symbols)
    conditions_not_met: tuple[str, ...] | None = _fact(_symbols)
    ofac_authorized: bool | None = _fact(c.flag)
    parties: tuple[Party, ...] | None = _fact(
        c.many(_table(lambda: Party), "{ role = ..., name = ... }"), key="party"
    )
    lines: tuple[Line, ...] | None = _fact(c.many(_table(lambda: Line), "{ ... }"), key="line")
    end_use: EndUse | None = _fact(_table(lambda: EndUse))
    shipment: Shipment | None = _fact(_table(lambda: Shipment))
    license: License | None = _fact(_table(lambda: License))
    red_flags: tuple[RedFlag, ...] | None = _fact(
        c.many(_table(lambda: RedFlag), "{ text = ... }"), key="red_flag"
    )


# The table that a key belongs to, for keys that stand in the wrong one.
_TABLES: dict[str, type] = {
    "": Order,
    "party": Party,
    "owners": Owner,
    "line": Line,
    "end_use": EndUse,
    "shipment": Shipment,
    "license": License,
    "red_flag": RedFlag,
}
# File key -> attribute and check.
_SCHEMAS: dict[type, dict[str, tuple[str, Check]]] = {
    kind: {
        field.metadata["key"] or field.name: (field.name, field.metadata["check"])
        for field in dataclasses.fields(kind)
    }
    for kind in _TABLES.values()
}
_MUST_SAY_SOMETHING = (Party, Owner, Line, RedFlag)


def order_from(
    data: Mapping[str, object],
    *,
    source: str = "order",
    line_of: Callable[[Where], int | None] | None = None,
    within: Where = (),
) -> Order:
    """Check a mapping of file keys (DESIGN: The order) and build the Order; nothing is half-read.

    `source` names the file in errors, `line_of` finds the line of a path of keys and indexes, and
    `within` is the path of the order itself inside its file. Raises OrderError with every problem.

    >>> order_from({"activity": "export", "to": "CN"}).to
    'CN'
    """
    found = Findings(source=source, line_of=line_of)
    order = _read(Order, found, data, within)
    if found.problems:
        raise OrderError(found.problems)
    assert isinstance(order, Order)
    return order


def order_to(order: Order) -> dict[str, object]:
    """The order as file keys: unset fields left out, days as YYYY-MM-DD; ready for JSON.

    >>> order_to(Order(from_="US", date=dt.date(2019, 6, 30), red_flags=()))
    {'date': '2019-06-30', 'from': 'US', 'red_flag': []}
    """
    return _plain(order)


def _plain(table: Any) -> dict[str, object]:
    out: dict[str, object] = {}
    for key, (name, _) in _SCHEMAS[type(table)].items():
        value = getattr(table, name)
        if value is not None:
            out[key] = _plain_value(value)
    return out


def _plain_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return _plain(value) if dataclasses.is_dataclass(value) else value


def _read(kind: type, found: Findings, data: object, where: Where) -> object:
    if not isinstance(data, Mapping):
        name = kind.__name__.lower()
        found.note(where, f"found {shown(data)}; a table that describes the {name} is asked.")
        return None
    if len(where) > DEEPEST:
        found.note(where, "owners are nested too deep; at most 30 levels are read.")
        return None
    for key in getattr(data, "repeated", ()):
        found.note((*where, key), "is given twice in one table; keep the one that is true.")
    schema = _SCHEMAS[kind]
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key in schema:
            if value is not None:
                name, check = schema[key]
                values[name] = check(found, value, (*where, key))
        elif isinstance(key, str):
            found.note((*where, key), _unknown_field(kind, key))
        else:
            found.note(where, f"found the key {shown(key)}; field names are text.")
    if not data and kind in _MUST_SAY_SOMETHING:
        found.note(where, "is empty and says nothing; fill it or remove it.")
    if kind is Party or kind is Owner:
        in_owners(found, values, where)
    elif kind is License:
        in_license(found, values, where)
    elif kind is Order:
        in_order(found, values, where)
    return kind(**values)  # dropped by order_from when anything in the order is wrong


def _unknown_field(kind: type, key: str) -> str:
    table = next(name for name, known in _TABLES.items() if known is kind)
    schema = _SCHEMAS[kind]
    at = f"[{table}]" if table else "an order"
    low = key[:60].strip().lower().replace("-", "_").replace(" ", "_")
    if alias := v.FIELD_ALIASES.get(table, {}).get(low):
        return f'is not a field of {at}; write "{alias}".'
    if moved := v.MOVED_FIELDS.get((table, low)):
        return f"is not a field of {at}; {moved}"
    if table == "" and (role := v.ROLE_ALIASES.get(low)):
        return f'is not a field of an order; write [[party]] with role = "{role}" and its name.'
    if low in schema:
        return f'is not a field of {at}; field names are lower case: write "{low}".'
    near = nearest(low, schema)
    if near and len(near) > 3:
        return f'is not a field of {at}. Did you mean "{near}"?'
    owners = [name for name, other in _TABLES.items() if low in _SCHEMAS[other]]
    if "" in owners:
        return "is a field of the order itself; put it above the first [table], not inside one."
    if owners:
        return f"is not a field of {at}; it belongs in {' or '.join(f'[{o}]' for o in owners)}."
    return f"is not a field of {at}. Known fields: {', '.join(schema)}."
