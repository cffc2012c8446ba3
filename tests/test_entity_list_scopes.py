"""What the license requirement of an entry on the Entity List reaches (15 CFR 744 Supp. No. 4, column 3)."""

from __future__ import annotations

import datetime as dt

import pytest

import licet
from licet.law.rulebook import default_rulebook
from licet.order import EndUse, Line, order_from
from licet.order_errors import OrderError
from tests.test_part_744 import order, party

CHAIRS = Line(
    eccn="EAR99", kind="commodity", made_in="US", published=False, value_usd=900, named_in_746=()
)


def test_every_term_of_every_entry_is_in_the_table_of_terms_since_the_entry_stands() -> None:
    tables = default_rulebook().tables
    for row in tables["entity_list"].every():
        for term in row.values["scope"].split("|"):
            if not term.startswith("except:"):
                found = [*tables["entity_list_scopes"].rows((term,), row.valid_from)]
                assert len(found) == 1, (row.values["id"], term)


def test_a_term_that_names_a_table_of_codes_names_one_that_is_there() -> None:
    tables = default_rulebook().tables
    for row in tables["entity_list_scopes"].every():
        items, chapters = row.values["items"], row.values["chapters"].split()
        assert items in ("every", "ccl", "") or items in tables
        if chapters:
            codes = {code.values["code"] for code in tables[items].every()}
            assert {code[:2] for code in codes} <= set(chapters)


@pytest.mark.parametrize(
    ("purposes", "outcome"),
    [
        (("russian_oil_gas",), "license_required"),
        (("civil",), "hold"),  # no license by its entry; its name may be one on the SDN List
        (None, "needs_information"),
    ],
)
def test_an_entry_for_oil_projects_reaches_what_is_for_one(
    purposes: tuple[str, ...] | None, outcome: str
) -> None:
    trader = party("CY", name="Rosneft Trade Limited")
    sold = order(
        trader, date=dt.date(2024, 9, 10), to="CY", lines=(CHAIRS,),
        end_use=EndUse(purposes=purposes),
    )  # fmt: skip
    found = licet.check(sold)
    assert found.outcome == outcome
    if purposes is None:
        assert "end_use.purposes" in [missing.fact for missing in found.missing]


def test_the_old_name_of_the_fact_is_refused_with_the_new_one() -> None:
    with pytest.raises(OrderError, match='write "russian_oil_gas" among the purposes'):
        order_from({"end_use": {"russian_oil_project": True}})
