"""Who is on which list on a day: exact names, possible matches, addresses, makers."""

from __future__ import annotations

import datetime as dt

import pytest

from licet import check
from licet.law.rulebook import default_rulebook
from licet.order import EndUse, Line, Order, Party, Shipment
from licet.parties.screen import Hit, screen

BOOK = default_rulebook()
MAY_2019, AUGUST_2019, AUGUST_2020 = (
    dt.date(2019, 5, 16),
    dt.date(2019, 8, 19),
    dt.date(2020, 8, 17),
)
DAY = dt.timedelta(days=1)
HUAWEI = "Huawei Technologies Co., Ltd."


def hits(order: Order, on: dt.date, known: dt.date | None = None) -> list[Hit]:
    return list(screen(order, BOOK.law(on, known=known)))


def party(
    name: str | None, *, on: dt.date = AUGUST_2020, **fields: str
) -> list[tuple[str, str, str]]:
    """(list, entry, kind of match) of a party."""
    order = Order(parties=(Party(role="ultimate_consignee", name=name, **fields),))  # type: ignore[arg-type]
    return sorted((hit.listing.list, hit.listing.id, hit.kind) for hit in hits(order, on))


def entity_list(name: str, on: dt.date) -> list[tuple[str, str]]:
    return [(entry, kind) for code, entry, kind in party(name, on=on) if code == "EL"]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        HUAWEI,
        "HUAWEI TECHNOLOGIES CO LTD",
        "Huawei Technologies Company Limited",
        "Huawei Technologies (Co.) Ltd",
        "Huáwei Technologies Co., Ltd.",
    ],
)
def test_huawei_is_found_however_it_is_written(name: str) -> None:
    assert entity_list(name, MAY_2019) == [("huawei-technologies-co-ltd.cn", "exact")]


def test_a_name_without_its_legal_form_is_a_possible_match_only() -> None:
    assert entity_list("Huawei Technologies", MAY_2019) == [
        ("huawei-technologies-co-ltd.cn", "possible")
    ]
    assert entity_list("Huawei Technologies GmbH", MAY_2019) == [
        ("huawei-technologies-co-ltd.cn", "possible")
    ]


@pytest.mark.parametrize("name", ["Technologies Co., Ltd.", "", "Huawei Garden Restaurant"])
def test_a_part_of_a_name_is_no_match_on_the_entity_list(name: str) -> None:
    assert entity_list(name, AUGUST_2020) == []


def test_a_brand_alone_may_be_any_of_the_companies_that_are_called_after_a_place() -> None:
    found = entity_list("Huawei", AUGUST_2020)
    assert ("huawei-cuba.cu", "possible") in found
    assert {kind for _, kind in found} == {"possible"}


@pytest.mark.parametrize(
    "name", ["Huawai Technologies Co., Ltd.", "Technologies Huawei Co., Ltd.", "华为技术有限公司"]
)
def test_a_name_like_a_listed_one_is_a_possible_match(name: str) -> None:
    assert ("huawei-technologies-co-ltd.cn", "possible") in entity_list(name, MAY_2019)
    assert entity_list(name, MAY_2019 - DAY) == []


def test_an_alias_is_as_good_as_the_name() -> None:
    (found,) = entity_list("BellHuawei Technologies LLC", AUGUST_2019)
    assert found == ("bel-huawei-technologies-llc.by", "exact")


def test_the_short_name_in_parentheses_is_a_name() -> None:
    entry = ("hisilicon-technologies-co-ltd-hisilicon.cn", "exact")
    for name in (
        "HiSilicon",
        "HiSilicon Technologies Co., Ltd",
        "HiSilicon Technologies Co., Ltd (HiSilicon)",
    ):
        assert entry in entity_list(name, MAY_2019)


def test_zte_corporation_is_not_zte_parsian() -> None:
    """ZTE Corporation left the Entity List in 2017; an Iranian party that bears the name is on it."""
    assert entity_list("ZTE Corporation", MAY_2019) == []
    assert [kind for entry, kind in entity_list("ZTE Parsian", MAY_2019)] in (["exact"], [])


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (HUAWEI, MAY_2019),
        ("HiSilicon Technologies Co., Ltd", MAY_2019),
        ("Huawei Cuba", AUGUST_2019),
        ("Huawei Denmark", AUGUST_2019),
        ("Huawei Cloud France", AUGUST_2020),
        ("Huawei Cloud Beijing", AUGUST_2020),
    ],
)
def test_affiliates_were_listed_on_three_days(name: str, first: dt.date) -> None:
    assert "exact" not in {kind for _, kind in entity_list(name, first - DAY)}
    assert [kind for _, kind in entity_list(name, first)] == ["exact"]


def test_a_listing_that_is_not_yet_printed_is_not_known() -> None:
    order = Order(parties=(Party(role="end_user", name=HUAWEI),))
    friday = dt.date(2019, 5, 17)
    lists = {hit.listing.list for hit in hits(order, friday, known=friday)}
    assert "EL" not in lists
    assert "EL" in {hit.listing.list for hit in hits(order, friday, known=dt.date(2019, 5, 21))}


# --- addresses ------------------------------------------------------------------------------------

ADDRESS = "Unit D, 16/F One Capital Place, 18 Luard Rd, Wan Chai, Hong Kong"
JUNE_2024 = dt.date(2024, 6, 12)


def test_an_address_is_listed_by_itself_since_june_2024() -> None:
    for name in ("A party on no list", None):
        assert party(name, on=JUNE_2024 - DAY, address=ADDRESS) == []
        assert party(name, on=JUNE_2024, address=ADDRESS) == [("EL", "address-01.cn", "exact")]


def test_an_address_may_be_written_otherwise() -> None:
    other = "UNIT D 16/F ONE CAPITAL PLACE, 18 LUARD ROAD, WAN CHAI, HONG KONG."
    assert party("A party", on=JUNE_2024, address=other) == [("EL", "address-01.cn", "exact")]


def test_another_floor_is_another_address() -> None:
    assert party("A party", on=JUNE_2024, address=ADDRESS.replace("16/F", "17/F")) == []


def test_the_address_of_a_named_entry_lists_nobody_else() -> None:
    """Only entries that name nobody answer to their address (15 CFR 744.16(f))."""
    base = "Bantian Huawei Base, Longgang District, Shenzhen, 518129, China"
    assert party("A party on no list", on=JUNE_2024, address=base) == []


# --- makers, designers, brands ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Huawei", "Huawei Marine Networks", "Huawei Technologies USA Inc."]
)
def test_covered_equipment_reaches_subsidiaries_and_affiliates_by_their_brand(name: str) -> None:
    order = Order(lines=(Line(made_by=name),))
    (hit,) = [hit for hit in hits(order, AUGUST_2019) if hit.listing.list == "S889"]
    assert (hit.listing.id, hit.kind, hit.role, hit.path) == (
        "huawei", "exact", "made_by", "line[0].made_by",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Huaweis Rival Ltd", "Cisco Systems, Inc.", "The Huawei Fan Club"]
)
def test_a_brand_is_the_first_word_of_a_name(name: str) -> None:
    order = Order(lines=(Line(made_by=name),))
    assert [hit for hit in hits(order, AUGUST_2019) if hit.listing.list == "S889"] == []


def test_the_lists_of_covered_equipment_have_their_own_first_days() -> None:
    """Section 889 of 13 August 2018, the FCC's list of 12 March 2021."""
    order = Order(lines=(Line(made_by="ZTE Corporation"),))
    for on, lists in (
        (dt.date(2018, 8, 12), set()),
        (dt.date(2018, 8, 13), {"S889"}),
        (dt.date(2021, 3, 11), {"S889"}),
        (dt.date(2021, 3, 12), {"S889", "FCC"}),
    ):
        assert {hit.listing.list for hit in hits(order, on)} - {"EL"} == lists


def test_everybody_that_an_order_names_is_screened() -> None:
    order = Order(
        parties=(Party(role="purchaser", name=HUAWEI, uses_equipment_of=("Dahua",)),),
        lines=(
            Line(designed_by="HiSilicon Technologies Co., Ltd", made_by="Hikvision"),
            Line(modules_by=("Quectel", "ZTE Corporation")),
        ),
        end_use=EndUse(goes_into_products_of=(HUAWEI,)),
    )
    found = {(hit.role, hit.path) for hit in hits(order, AUGUST_2020)}
    assert found == {
        ("purchaser", "party[0]"),
        ("uses_equipment_of", "party[0].uses_equipment_of"),
        ("designed_by", "line[0].designed_by"),
        ("made_by", "line[0].made_by"),
        ("modules_by", "line[1].modules_by"),
        ("goes_into_products_of", "end_use.goes_into_products_of"),
    }


# --- what a person settled ------------------------------------------------------------------------


def settled(name: str, disposition: str | None) -> str:
    return check(
        Order(
            date=MAY_2019,
            activity="export",
            from_="US",
            to="CN",
            us_person=True,
            parties_complete=True,
            conditions_met=(),
            parties=(
                Party(
                    role="ultimate_consignee",
                    name=name,
                    kind="commercial",
                    owners=(),
                    disposition=disposition,
                    uses_equipment_of=(),
                ),
            ),
            lines=(Line(eccn="3A991.a.1", kind="commodity", made_in="US", published=False),),
            shipment=Shipment(en_route=False),
            end_use=EndUse(purposes=("civil",), goes_into_products_of=()),
            red_flags=(),
        ),
        on=dt.date(2019, 5, 18),
    ).outcome


def test_a_possible_match_holds_the_order_until_a_person_settles_it() -> None:
    assert settled("Huawei Technologies", None) == "hold"
    assert settled("Huawei Technologies", "not_listed") == "no_license_required"
    assert settled("Huawei Technologies", "listed") == "license_required"


def test_an_exact_match_is_never_settled_away() -> None:
    for disposition in (None, "not_listed", "listed"):
        assert settled(HUAWEI, disposition) == "license_required"


def test_a_party_on_no_list_needs_no_disposition() -> None:
    assert settled("A party on no list", None) == "no_license_required"
