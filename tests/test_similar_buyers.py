"""`licet check` with buyers that are not written as the list writes them: each gets what is right, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

import licet
from licet import Decision, Order
from licet.order import EndUse, Line, Owner, Party, Shipment

BUYER = Party(
    role="ultimate_consignee", name="Sunshine Bakery Ltd", country="CN", address="1 Flour Street, Xiamen",
    kind="commercial", headquarters="CN", owners=(),
)  # fmt: skip
BOOKS = Line(
    description="books",
    eccn="EAR99",
    kind="commodity",
    value_usd=100,
    made_in="US",
    published=False,
)
ORDER = Order(
    id="books", date=dt.date(2024, 9, 10), activity="export", from_="US", to="CN", us_person=True,
    parties_complete=True, parties=(BUYER,), lines=(BOOKS,), end_use=EndUse(purposes=("civil",)),
    shipment=Shipment(en_route=False, via=()), red_flags=(),
)  # fmt: skip


def buying(**fields: object) -> Decision:
    return licet.check(replace(ORDER, parties=(replace(BUYER, **fields),)))  # type: ignore[arg-type]


def test_a_buyer_on_no_list_buys() -> None:
    assert buying().outcome == "no_license_required"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Huawai Technologies Co., Ltd.", "huawai is spelled like huawei"),
        ("Hua Wei Technologies Co., Ltd.", "hua wei is written together as huawei"),
        ("华为技术有限公司", "huawei"),
    ],
)
def test_a_name_like_a_listed_one_holds_the_order_until_somebody_settles_it(
    name: str, why: str
) -> None:
    decision = buying(name=name)
    assert decision.outcome == "hold"
    assert [fact.fact for fact in decision.missing] == ["party[0].disposition"]
    found = [one for one in decision.listings if one.name == "Huawei Technologies Co., Ltd."]
    assert [one.match for one in found] == ["possible"]
    assert why in found[0].says.lower()
    assert buying(name=name, disposition="not_listed").outcome == "no_license_required"
    assert buying(name=name, disposition="listed").outcome == "license_required"


def test_where_the_answer_does_not_hang_on_the_name_nobody_is_asked() -> None:
    """A missile part for China is refused whoever buys it."""
    part = replace(BOOKS, eccn="9A115", description="launch supports")
    order = replace(
        ORDER, parties=(replace(BUYER, name="Huawai Technologies Co., Ltd."),), lines=(part,)
    )
    decision = licet.check(order)
    assert decision.outcome == "license_required"
    assert decision.missing == ()


def test_an_entry_that_names_an_address_reaches_any_name_there() -> None:
    lippo = "Room 1003, 10/F, Lippo Centre Tower 1, 89 Queensway, Admiralty, Hong Kong"
    decision = buying(name="Any New Co., Ltd.", country="HK", address=lippo)
    assert [(one.match, one.list) for one in decision.listings] == [("exact", "EL")]
    assert decision.outcome == "needs_information", "the entry reaches some goods only"
    assert [fact.fact for fact in decision.missing] == ["line[0].schedule_b"]


def test_a_buyer_that_a_listed_company_owns_by_sixty_percent() -> None:
    """OFAC's rule counts blocked owners; BIS's counts listed ones while its Affiliates rule is in force."""
    listed = Owner(name="Huawei Technologies Co., Ltd.", country="CN", share=60.0, owners=())
    in_force = replace(
        ORDER, date=dt.date(2025, 10, 15), parties=(replace(BUYER, owners=(listed,)),)
    )
    assert licet.check(in_force).outcome == "license_required"
    assert buying(owners=(listed,)).outcome == "hold", (
        "a listed owner is a red flag before the rule"
    )


def test_a_namesake_of_a_listed_person_is_asked_for_and_not_taken_for_him() -> None:
    decision = buying(name="Hassan Ali", country="PK", kind=None)
    assert decision.outcome in ("hold", "needs_information")
    assert "party[0].disposition" in [fact.fact for fact in decision.missing]
    assert "exact" not in {one.match for one in decision.listings}
