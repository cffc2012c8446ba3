"""Dated tables: which rows hold on a day, and where a table must say 'unknown' rather than 'no'."""

from __future__ import annotations

import datetime as dt

import pytest

from licet.law.errors import RulebookError
from licet.law.table import Schema, Table, eccn_prefixes, read_table

DAY = dt.timedelta(days=1)
LISTED = dt.date(2019, 5, 16)
PRINTED = dt.date(2019, 5, 21)
REMOVED = dt.date(2020, 8, 17)


def table(
    text: str,
    *keys: str,
    eccn_keys: tuple[str, ...] = (),
    silent_on_others: bool = False,
    complete: bool = True,
    dated: bool = True,
) -> Table:
    schema = Schema(
        "t", "tables/t.csv", keys, frozenset(eccn_keys), dt.date(2017, 1, 1),
        silent_on_others, dated, complete, "15 CFR", "A table.",
    )  # fmt: skip
    return read_table(schema, text)


LIST = table(
    f"id,name,valid_from,valid_until,published,source\nhuawei,Huawei,{LISTED},{REMOVED},{PRINTED},FR\n",
    "id",
)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (LISTED - DAY, False),
        (LISTED, True),
        (REMOVED - DAY, True),
        (REMOVED, False),
        (REMOVED + DAY, False),
    ],
)
def test_a_row_holds_from_its_first_day_to_the_day_before_its_end(
    day: dt.date, holds: bool
) -> None:
    assert LIST.contains(("huawei",), day) is holds
    assert [row.values["name"] for row in LIST.rows(("huawei",), day)] == ["Huawei"] * holds


def test_a_row_is_known_from_the_day_on_which_it_is_published() -> None:
    for known, holds in ((LISTED, False), (PRINTED - DAY, False), (PRINTED, True), (None, True)):
        assert LIST.contains(("huawei",), LISTED, known) is holds


def test_a_row_without_publication_is_known_from_its_first_day() -> None:
    plain = table(f"id,valid_from\nzte,{LISTED}\n", "id")
    assert plain.contains(("zte",), LISTED, LISTED) is True
    assert plain.contains(("zte",), LISTED, LISTED - DAY) is False
    assert plain.contains(("zte",), dt.date(2999, 1, 1)) is True


def test_a_table_is_silent_before_the_days_that_it_reaches() -> None:
    """'Not in the table' is no answer for a day of which the table says nothing."""
    assert LIST.contains(("zte",), dt.date(2017, 1, 1)) is False
    assert LIST.contains(("zte",), dt.date(2016, 12, 31)) is None


def test_a_row_that_is_older_than_the_table_holds_all_the_same() -> None:
    old = table("id,valid_from\nzte,1997-02-03\n", "id")
    assert old.contains(("zte",), dt.date(1998, 1, 1)) is True
    assert old.contains(("huawei",), dt.date(1998, 1, 1)) is None


def test_an_unknown_key_leaves_the_question_open() -> None:
    groups = table(f"country,group,valid_from\nCN,D:1,{LISTED}\n", "country", "group")
    assert groups.contains((None, "D:1"), LISTED) is None
    assert groups.contains(("CN", None), LISTED) is None
    assert groups.contains(("DE", "D:1"), LISTED) is False


def test_a_table_that_is_not_complete_never_says_no() -> None:
    codes = table(f"code,valid_from\n845710,{LISTED}\n", "code", complete=False)
    assert codes.contains(("845710",), LISTED) is True
    assert codes.contains(("999999",), LISTED) is None


def test_a_table_may_be_silent_on_keys_that_stand_in_no_row() -> None:
    """The Country Chart says nothing of a country without a row; the United States have none."""
    chart = table(
        f"country,column,valid_from\nCN,NS 2,{LISTED}\n", "country", "column", silent_on_others=True
    )
    assert chart.contains(("CN", "AT 1"), LISTED) is False
    assert chart.contains(("US", "NS 2"), LISTED) is None


def test_a_star_stands_for_every_value() -> None:
    scopes = table(
        f"scope,country,valid_from\nall,*,{LISTED}\nmacau,MO,{LISTED}\n", "scope", "country"
    )
    assert scopes.contains(("all", "CN"), LISTED) is True
    assert scopes.contains(("macau", "CN"), LISTED) is False
    assert scopes.contains(("all", "CN"), LISTED - DAY) is False


def test_an_exclamation_mark_stands_for_every_value_but_one() -> None:
    scopes = table(f"scope,country,valid_from\nall-but-canada,!CA,{LISTED}\n", "scope", "country")
    assert scopes.contains(("all-but-canada", "CN"), LISTED) is True
    assert scopes.contains(("all-but-canada", "CA"), LISTED) is False
    assert scopes.contains(("all-but-canada", "CN"), LISTED - DAY) is False
    assert scopes.contains(("all-but-canada", None), LISTED) is None


def test_a_question_mark_stands_for_values_that_are_not_known() -> None:
    """Members to be compiled: a country that is named is in it, any other may be."""
    scopes = table(
        f"scope,country,valid_from\n742.6,AE,{LISTED}\n742.6,?,{LISTED}\n", "scope", "country"
    )
    assert scopes.contains(("742.6", "AE"), LISTED) is True
    assert scopes.contains(("742.6", "CN"), LISTED) is None
    assert scopes.contains(("742.7", "CN"), LISTED) is False


def test_a_mark_of_all_but_one_is_not_hidden_by_one_that_is_not_known() -> None:
    scopes = table(f"scope,country,valid_from\ns,?,{LISTED}\ns,!CA,{LISTED}\n", "scope", "country")
    assert scopes.contains(("s", "CN"), LISTED) is True
    assert scopes.contains(("s", "CA"), LISTED) is None


def test_a_paragraph_is_covered_by_a_row_for_its_entry() -> None:
    fdp = table(
        f"rule,eccn,valid_from\nfootnote_1,3E001,{LISTED}\nfootnote_1,3D001.b,{LISTED}\n",
        "rule", "eccn", eccn_keys=("eccn",),
    )  # fmt: skip
    assert fdp.contains(("footnote_1", "3E001"), LISTED) is True
    assert fdp.contains(("footnote_1", "3E001.a.2"), LISTED) is True
    assert fdp.contains(("footnote_1", "3D001.b.1"), LISTED) is True
    assert fdp.contains(("footnote_1", "3D001.c"), LISTED) is False
    assert fdp.contains(("footnote_1", "3E0011"), LISTED) is False
    assert fdp.contains(("footnote_4", "3E001"), LISTED) is False


def test_an_entry_without_paragraph_may_be_covered_by_a_row_for_a_paragraph() -> None:
    """3D001 might be 3D001.b: not 'no'."""
    fdp = table(f"eccn,valid_from\n3D001.b,{LISTED}\n", "eccn", eccn_keys=("eccn",))
    assert fdp.contains(("3D001",), LISTED) is None
    assert fdp.contains(("3D001",), LISTED - DAY) is False


@pytest.mark.parametrize(
    ("eccn", "prefixes"),
    [
        ("3A991.a.1", ["3A991.a.1", "3A991.a", "3A991"]),
        ("EAR99", ["EAR99"]),
        ("", []),
    ],
)
def test_the_references_that_cover_an_eccn(eccn: str, prefixes: list[str]) -> None:
    assert list(eccn_prefixes(eccn)) == prefixes


def test_names_of_countries_are_no_law_and_have_no_dates() -> None:
    countries = table("code,name\nCN,China\n", "code", dated=False)
    assert countries.contains(("CN",), dt.date(2018, 1, 1)) is True


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(RulebookError, match="column 'id' is missing"):
        table("", "id")


def test_a_name_may_hold_commas_and_line_breaks_of_other_alphabets() -> None:
    text = f'id,name,valid_from\na,"A, B\x85 C",{LISTED}\nb,B,{LISTED}\n'
    names = table(text, "id")
    assert [row.values["name"] for row in names.every()] == ["A, B\x85 C", "B"]
