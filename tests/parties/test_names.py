"""One spelling for a name: case, accents, points and legal forms do not make another company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.parties.names import core, normalise, written

SAME = [
    ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES CO LTD"),
    ("Huawei Technologies Co., Ltd.", "Huawei  Technologies Company Limited"),
    ("Huawei Chile S.A.", "Huawei Chile SA"),
    ("PALEA DOO", "Palea d.o.o."),
    ("Huawei OpenLab Suzhou", "huawei openlab suzhou"),
    ("Électronique Générale S.A.R.L.", "ELECTRONIQUE GENERALE SARL"),
    ("Gui'an New District Huawei Investment Co., Ltd.", "Guian New District Huawei Investment Co Ltd"),
    ("Gui’an New District", "Gui'an New District"),
    ("Johnson & Johnson", "Johnson and Johnson"),
    ("H.I.S. Corporation", "HIS Corp."),
    ("Huawei-Technologies", "Huawei Technologies"),
    ("Huawei", "Ｈｕａｗｅｉ"),
    ("Türk Telekom A.Ş.", "Turk Telekom AS"),
]  # fmt: skip
OTHER = [
    ("Huawei Technologies Co., Ltd.", "Huawei Technologies"),
    ("Huawei Technologies Co., Ltd.", "Huawei Technology Co., Ltd."),
    ("Huawei Cloud France", "Huawei France"),
    ("ZTE Corporation", "ZTE Parsian"),
    ("Hua Wei", "Huawei"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_name_written_otherwise(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_name(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Huawei Technologies Co., Ltd.", "huawei technologies"),
        ("Huawei Device (Hong Kong) Co., Limited", "huawei device hong kong"),
        ("Bel Huawei Technologies LLC", "bel huawei technologies"),
        ("Palea d.o.o.", "palea"),
        ("Co., Ltd.", "co"),  # something is left, whatever is taken away
        ("ZTE Corporation", "zte"),
    ],
)
def test_the_core_of_a_name_is_without_the_legal_forms_at_its_end(name: str, short: str) -> None:
    assert core(name) == short


def test_a_listed_name_answers_to_its_short_form_in_parentheses() -> None:
    assert written("HiSilicon Technologies Co., Ltd (HiSilicon)") == {
        "hisilicon technologies co ltd hisilicon",
        "hisilicon technologies co ltd",
        "hisilicon",
    }


def test_a_place_in_parentheses_is_no_name_of_its_own() -> None:
    assert "suzhou" not in written("HiSilicon Tech (Suzhou) Co., Ltd.")
    assert written("HiSilicon Tech (Suzhou) Co., Ltd.") == {"hisilicon tech suzhou co ltd"}
    assert "germany" not in written("Example Handels GmbH (Germany)")


@given(st.text(max_size=40))
def test_one_spelling_stays_one_spelling(name: str) -> None:
    once = normalise(name)
    assert normalise(once) == once
    assert core(once) == core(name)


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_case_does_not_matter(name: str) -> None:
    assert normalise(name.upper()) == normalise(name.lower())
