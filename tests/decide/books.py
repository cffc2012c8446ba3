"""Rulebooks of a few rules, with the facts and tables of the packaged one; and orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from licet import check
from licet.decision import Decision
from licet.law.checks import check_rules, dependencies, evaluation_order
from licet.law.rule_files import read_rule, rule_texts
from licet.law.rulebook import Rulebook, default_rulebook
from licet.order import Order, order_from

ON = dt.date(2019, 6, 30)
# Every rulebook says what is an act under the EAR and what is subject to them.
SCOPE = """
[[rule]]
id = "ear_transaction"
kind = "scope"
cite = "15 CFR 734.13"
says = "An export or a reexport."
[[rule.version]]
effective = 1996-03-25
instrument = "61 FR 12714"
when = "activity in ('export', 'reexport')"

[[rule]]
id = "subject_to_ear"
kind = "scope"
cite = "15 CFR 734.3"
says = "The item is subject to the EAR."
[[rule.version]]
effective = 1996-03-25
instrument = "61 FR 12714"
when = "ear_transaction and not line.published"
"""


def toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def rule(name: str, kind: str, when: str, **keys: object) -> str:
    """One rule as text; strings and lists of strings as TOML has them."""
    lines = [f'[[rule]]\nid = "{name}"\nkind = "{kind}"\ncite = "15 CFR 0"\nsays = "{name}"']
    lines += [f"{key} = {toml(value)}" for key, value in keys.items()]
    return "\n".join(lines) + (
        f'\n[[rule.version]]\neffective = 1996-03-25\ninstrument = "61 FR 12714"\nwhen = """{when}"""\n'
    )


def requirement(name: str, when: str, **keys: object) -> str:
    return rule(name, "requirement", when, **keys)


def authorization(name: str, grants: str, lifts: list[str], when: str = "True") -> str:
    return rule(name, "authorization", when, grants=grants, lifts=lifts, symbol=name.upper())


def book(*rules: str) -> Rulebook:
    """A rulebook of these rules and the two on scope."""
    packaged = default_rulebook()
    texts = [entry for text in (SCOPE, *rules) for entry in rule_texts(text, "rules/test.toml")]
    keys = {name: len(table.schema.keys) for name, table in packaged.tables.items()}
    names = packaged.vocabulary.names(frozenset(entry.id for entry in texts), keys)
    unordered = {entry.id: read_rule(entry, names) for entry in texts}
    citations = {i.citation for i in packaged.instruments.values()}
    check_rules(unordered, packaged.vocabulary, citations)
    ordered = {name: unordered[name] for name in evaluation_order(unordered)}
    return replace(
        packaged,
        id="test",
        rules=ordered,
        dependencies=dependencies(ordered),
        _laws={},
        sections=(),
    )


def order(**changed: object) -> Order:
    """An export of goods from the United States to China of which everything is known; None: not known."""
    data: dict[str, object] = {
        "date": ON,
        "activity": "export",
        "from": "US",
        "to": "CN",
        "us_person": True,
        "parties_complete": True,
        "conditions_met": [],
        "party": [
            {
                "role": "ultimate_consignee",
                "name": "A party on no list",
                "country": "CN",
                "address": "Somewhere",
                "kind": "commercial",
                "headquarters": "CN",
                "owners": [],
                "uses_equipment_of": [],
            }
        ],
        "line": [
            {
                "eccn": "EAR99",
                "kind": "commodity",
                "made_in": "US",
                "published": False,
                "quantity": 1,
                "value_usd": 100,
            }
        ],
        "end_use": {"purposes": [], "goes_into_products_of": []},
        "shipment": {"en_route": False, "via": []},
        "red_flag": [],
        **changed,
    }
    return order_from({key: value for key, value in data.items() if value is not None})


def decided(rulebook: Rulebook, **changed: object) -> Decision:
    return check(order(**changed), rulebook=rulebook)


def line(**changed: object) -> dict[str, object]:
    """A line of an order with some facts changed; None: not known."""
    data = {
        "eccn": "EAR99",
        "kind": "commodity",
        "made_in": "US",
        "published": False,
        "quantity": 1,
        "value_usd": 100,
        **changed,
    }
    return {key: value for key, value in data.items() if value is not None}
