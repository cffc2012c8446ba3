"""What must hold of decisions whatever the law says: more permission never hurts, more parties never help."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from licet import check, rulebook
from licet.decide.verdict import Band, weigh
from licet.decision import GO_AHEAD, NEEDS_INFORMATION, position
from licet.order import Order, Party, order_from
from licet.order_screening import Screening, named_parts
from licet.parties.screen import screen

READINGS = Path(__file__).parent / "second_reading" / "orders.jsonl"
ORDERS = [
    order_from(json.loads(line)["order"])
    for line in READINGS.read_text(encoding="utf-8").splitlines()
]
SAMPLE = random.Random(19960325).sample(ORDERS, 150)
SYMBOLS = ("LVS", "GBS", "STA", "TMP", "RPL", "GOV", "TSU", "BAG", "ENC", "TSR", "CIV", "TGL")


def band(order: Order) -> Band:
    """The band of an order under the law of its day."""
    assert order.date is not None
    law = rulebook().law(order.date)
    return weigh(order, law, Screening(law)).band


@pytest.mark.parametrize("order", SAMPLE, ids=lambda order: str(order.id))
def test_another_authorization_never_worsens_an_order(order: Order) -> None:
    """Terms that are met add ways through; they close none (15 CFR 740.1, 744.1(a)(2))."""
    before = band(order)
    met = tuple(sorted({*(order.conditions_met or ()), *SYMBOLS}))
    not_met = tuple(x for x in order.conditions_not_met or () if x not in met) or None
    after = band(replace(order, conditions_met=met, conditions_not_met=not_met))
    assert position(after.best) <= position(before.best)
    assert position(after.worst) <= position(before.worst)


@pytest.mark.parametrize("order", SAMPLE, ids=lambda order: str(order.id))
def test_another_listed_party_never_betters_an_order(order: Order) -> None:
    """A listed intermediate consignee is a party like any other (15 CFR 748.5(d), 744.11(a))."""
    listed = Party(
        role="intermediate_consignee", name="Huawei Technologies Co., Ltd.", country="CN",
        kind="commercial", headquarters="CN", owners=(), uses_equipment_of=(),
        address="Bantian Huawei Base, Longgang District, Shenzhen, 518129",
    )  # fmt: skip
    before = band(order)
    after = band(replace(order, parties=(*(order.parties or ()), listed)))
    assert position(after.best) >= position(before.best)
    assert position(after.worst) >= position(before.worst)


@pytest.mark.parametrize("order", SAMPLE[:60], ids=lambda order: str(order.id))
def test_the_order_of_parties_and_lines_changes_nothing(order: Order) -> None:
    turned = replace(
        order,
        parties=order.parties and order.parties[::-1],
        lines=order.lines and order.lines[::-1],
    )
    assert band(turned) == band(order)


SALES = [
    order
    for order in ORDERS
    if order.activity in ("export", "reexport", "transfer")
    and any(party.role == "purchaser" for party in order.parties or ())
    and all(party.role != "buyer" for party in order.parties or ())
]


@pytest.mark.parametrize("order", SALES[:60], ids=lambda order: str(order.id))
def test_a_buyer_is_a_purchaser_by_another_name(order: Order) -> None:
    """15 CFR 748.5(c)."""
    renamed = tuple(
        replace(party, role="buyer") if party.role == "purchaser" else party
        for party in order.parties or ()
    )
    assert band(replace(order, parties=renamed)) == band(order)


@pytest.mark.parametrize("order", SAMPLE, ids=lambda order: str(order.id))
def test_capital_letters_change_no_name(order: Order) -> None:
    loud = tuple(
        replace(party, name=party.name and party.name.upper()) for party in order.parties or ()
    )
    shouted = replace(order, parties=loud if order.parties is not None else None)
    assert band(shouted) == band(order)


@pytest.mark.parametrize("order", SAMPLE, ids=lambda order: str(order.id))
def test_one_more_party_of_whom_everything_is_known_changes_nothing(order: Order) -> None:
    """An agent at the destination who is on no list: a role that no rule asks an end use of."""
    if order.to is None or not order.parties or order.license is not None:
        pytest.skip("nobody to stand beside, or a license, which names its parties (750.7)")
    agent = Party(
        role="intermediate_consignee", name="Quillback Freight Forwarding", country=order.to,
        address="17 Chandlery Lane", kind="commercial", headquarters=order.to, owners=(),
        uses_equipment_of=(), disposition="not_listed", state_sanction="none",
    )  # fmt: skip
    before, after = band(order), band(replace(order, parties=(*order.parties, agent)))
    assert (after.best, after.worst) == (before.best, before.worst)


@pytest.mark.parametrize("order", SAMPLE[:60], ids=lambda order: str(order.id))
def test_a_settled_order_asks_no_question_and_an_open_one_does(order: Order) -> None:
    decision = check(order)
    if decision.outcome == NEEDS_INFORMATION:
        assert decision.missing
    else:
        assert not decision.missing or decision.outcome == "hold"
    if decision.outcome in GO_AHEAD:
        assert decision.best == decision.worst == decision.outcome


@pytest.mark.parametrize("order", SAMPLE, ids=lambda order: str(order.id))
def test_to_screen_an_order_part_by_part_is_to_screen_it_whole(order: Order) -> None:
    """Who somebody is hangs on what the order says of that one; the rest of it is no evidence."""
    assert order.date is not None
    law = rulebook().law(order.date)
    parts = [hit for part in named_parts(order) for hit in screen(part, law)]
    assert parts == list(screen(order, law))


def test_every_rule_begins_and_ends_as_a_half_open_interval() -> None:
    """In force on the day it takes effect, not on the day before, not on the day of its until."""
    book = rulebook()
    one = dt.timedelta(days=1)
    for rule in book.rules.values():
        first = rule.versions[0]
        assert rule.version(first.effective, None) is not None, rule.id
        assert rule.version(first.effective - one, None) is None, rule.id
        for at, version in enumerate(rule.versions):
            later = [
                v for v in rule.versions[at + 1 :] if v.effective <= (version.until or dt.date.max)
            ]
            if version.until is not None and not later:
                assert rule.version(version.until - one, None) is not None, rule.id
                assert rule.version(version.until, None) is None, rule.id


def test_the_same_order_is_decided_the_same_way_twice() -> None:
    for order in SAMPLE[:20]:
        first, second = check(order), check(order)
        fields = [f.name for f in dataclasses.fields(first) if f.name != "proof"]
        assert [getattr(first, f) for f in fields] == [getattr(second, f) for f in fields]
