"""Ownership tables as people write them: what is read, what is refused, and what is warned of."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.parties.names import normalise
from licet.parties.ownership_format import TEMPLATE, OwnershipTableError
from licet.parties.ownership_names import key, keys
from licet.parties.ownership_table import OwnershipTable, read_ownership

DAY = dt.timedelta(days=1)


def read(text: str) -> OwnershipTable:
    return read_ownership(text.encode(), name="t.csv")


def refused(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(OwnershipTableError) as error:
        read_ownership(data, name="t.csv")
    return str(error.value).splitlines()


def pairs(table: OwnershipTable, day: dt.date) -> list[tuple[str, str, int]]:
    graph = table.as_of(day)
    return [
        (table.name_of(int(a)), table.name_of(int(b)), int(s))
        for a, b, s in zip(graph.owner, graph.owned, graph.share, strict=True)
    ]


def test_the_template_is_a_table() -> None:
    table = read(TEMPLATE)
    assert len(table) == 6 and table.warnings == ()


def test_a_holding_lasts_from_since_to_the_day_before_until() -> None:
    table = read("owner,owned,share,since,until\nA Ltd.,B Ltd.,50,2019-05-16,2025-11-10\n")
    for day, held in (
        (dt.date(2019, 5, 15), False),
        (dt.date(2019, 5, 16), True),
        (dt.date(2025, 11, 9), True),
        (dt.date(2025, 11, 10), False),
    ):
        assert bool(pairs(table, day)) is held, day


def test_days_left_open_have_no_end() -> None:
    table = read("owner,owned,share\nA Ltd.,B Ltd.,50\n")
    assert pairs(table, dt.date.min) and pairs(table, dt.date.max)


def test_spellings_of_one_name_are_one_company() -> None:
    table = read(
        'owner,owned,share\n"Huawei Technologies Co., Ltd.",Acme GmbH,30\n'
        "HUAWEI TECHNOLOGIES COMPANY LIMITED,ACME GMBH,20\n"
    )
    assert len(table.keys) == 2
    assert table.node("huawei technologies co ltd") == 0
    assert table.name_of(0) == "Huawei Technologies Co., Ltd."
    assert "two holdings of Huawei Technologies Co., Ltd." in str(table.warnings[0])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Palea d.o.o.", "PALEA DOO", True),
        ("Société Générale S.A.", "SOCIETE GENERALE SA", True),
        ("Ökobank & Söhne", "okobank and sohne", True),
        ("Huawei Device (Dongguan) Co., Ltd.", "Huawei Device Dongguan Company Limited", True),
        ("Acme Ltd.", "Acme GmbH", False),
        ("lei:5493000IBP32UQZ0KL24", "LEI:5493000ibp32uqz0kl24", True),
        ("ch:1.1.2", "ch:112", False),
        ("None", "(none)", False),
        ("???", "!!!", False),
    ],
)
def test_what_counts_as_the_same_name(one: str, other: str, same: bool) -> None:
    assert (key(one) == key(other)) is same


@given(st.lists(st.text(max_size=20)))
def test_a_column_of_names_has_the_keys_of_each_name(names: list[str]) -> None:
    assert keys(pa.array(names, pa.string())).to_pylist() == [key(name) for name in names]


NAMES = st.text(st.sampled_from("ABCcmpany .,&'()-:limtedorsu\u00e9\u4e2d"), max_size=30)


@given(st.lists(NAMES))
def test_a_column_of_likely_names_has_the_keys_of_each_name(names: list[str]) -> None:
    words = [f"{n} Limited Company company {n}" for n in names]
    assert keys(pa.array(words, pa.string())).to_pylist() == [key(name) for name in words]


@given(
    st.from_regex(
        r"[A-Za-z]{2,8}( [A-Za-z&',-]{1,9}){0,4}( (Co\.,|Ltd\.|S\.A\.|d\.o\.o\.))?", fullmatch=True
    )
)
def test_names_that_screening_takes_as_equal_have_one_key(name: str) -> None:
    if normalise(name):
        assert key(name) == key(normalise(name)) == key(name.upper())


def test_a_table_may_have_the_bom_and_line_ends_of_a_spreadsheet() -> None:
    data = b"\xef\xbb\xbfowner,owned,share\r\nA Ltd.,B Ltd.,33.5\r\n"
    table = read_ownership(data, name="t.csv")
    assert pairs(table, dt.date(2025, 1, 1)) == [("A Ltd.", "B Ltd.", 33_500_000_000)]
    assert table.place(0) == "t.csv:2"


def test_a_row_knows_its_line_also_behind_empty_lines_and_line_breaks_in_a_name() -> None:
    table = read('owner,owned,share\n\n"A\nLtd.",B Ltd.,50\n\nC Ltd.,B Ltd.,\n')
    assert [table.place(row) for row in (0, 1)] == ["t.csv:4", "t.csv:6"]
    assert pairs(table, dt.date(2025, 1, 1))[1] == ("C Ltd.", "B Ltd.", -1)


@pytest.mark.parametrize(
    ("row", "line", "field", "says"),
    [
        ("A,B,50%,,", 2, "share", "write 50"),
        ('A,B,"33,3",,', 2, "share", "write 33.3"),
        ("A,B,half,,", 2, "share", "a number such as 49.5"),
        ("A,B,100.5,,", 2, "share", "not from 0 to 100"),
        ("A,B,-1,,", 2, "share", "not from 0 to 100"),
        ("A,B,nan,,", 2, "share", "is no number"),
        ("A,B,50,16.05.2019,", 2, "since", "write YYYY-MM-DD"),
        ("A,B,50,2019-02-30,", 2, "since", "is no day"),
        ("A,B,50,2019-05-16,2019-05-16", 2, "until", "is not after since"),
        ("A,B,50,2019-05-16,2018-01-01", 2, "until", "is not after since"),
        ("A Ltd.,A LTD,50,,", 2, "owner", "owns itself"),
        (",B,50,,", 2, "owner", "(unknown)"),
        ("A,,50,,", 2, "owned", "is empty"),
        ("A,(none),50,,", 2, "owned", "can only own"),
        ("(none),B,50,,", 2, "share", "holds nothing"),
        ("A,B", 2, "", "2 cells, the header has 5"),
        ("Acme, Inc.,B,50,,", 2, "", "quotes around the name"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(
    row: str, line: int, field: str, says: str
) -> None:
    (problem,) = refused(f"owner,owned,share,since,until\n{row}\n")
    assert problem.startswith(f"t.csv:{line}: {field}")
    assert says in problem


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(refused("owner,owned,share\nA,B,x\nA,B,50\n,C,101\n")) == 3


def test_a_hundred_problems_are_enough() -> None:
    told = refused("owner,owned,share\n" + "A,B,x\n" * 5000)
    assert len(told) == 101 and "perhaps more" in told[-1]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("owner;owned;share", "Separate columns by commas"),
        ("owner,owned", "share: is missing"),
        ("owner,owned,share,untill", "Did you mean until?"),
        ("owner,owned,share,share", "twice in the header"),
        ("", "owner: is missing"),
    ],
)
def test_a_header_that_is_wrong_is_refused(header: str, says: str) -> None:
    assert any(says in line for line in refused(f"{header}\n"))


def test_a_file_that_is_no_utf8_or_absent_is_refused(tmp_path: Path) -> None:
    assert "save the file as UTF-8" in refused(b"owner,owned,share\n\xc4rzte,B,5\n")[0]
    with pytest.raises(OwnershipTableError, match="cannot be read"):
        read_ownership(tmp_path / "absent.csv")


# --- warnings ----------------------------------------------------------------------------------------


def test_shares_over_the_whole_are_warned_of_with_day_and_lines() -> None:
    table = read(
        "owner,owned,share,since,until\nA,X,60,2018-01-01,\nB,X,60,2019-05-16,2020-01-01\nC,X,40,2020-01-01,\n"
    )
    (warning,) = table.warnings
    assert "sum to 120 percent on 2019-05-16" in str(warning) and "(lines 2, 3)" in str(warning)


def test_shares_that_follow_each_other_are_no_sum() -> None:
    text = "owner,owned,share,since,until\nA,X,60,2018-01-01,2019-01-01\nB,X,60,2019-01-01,\n"
    assert read(text).warnings == ()


def test_thirds_written_rounded_are_not_over_the_whole() -> None:
    assert (
        read("owner,owned,share\nA,X,33.3333334\nB,X,33.3333333\nC,X,33.3333333\n").warnings == ()
    )


def test_fractions_in_place_of_percent_are_warned_of() -> None:
    rows = "".join(f"A{n},X{n},0.5\n" for n in range(30))
    assert "multiply by 100" in str(read(f"owner,owned,share\n{rows}").warnings[0])


# --- Parquet -----------------------------------------------------------------------------------------


def test_parquet_says_what_csv_says(tmp_path: Path) -> None:
    csv_table = read(TEMPLATE)
    path = tmp_path / "t.parquet"
    pq.write_table(
        pa.table({
            "owner": pa.array(["A Ltd.", "B Ltd.", None]).fill_null("(unknown)").dictionary_encode(),
            "owned": ["B Ltd.", "C Ltd.", "C Ltd."],
            "share": pa.array([50, 25, None], pa.int32()),
            "since": pa.array([dt.datetime(2019, 5, 16), None, None], pa.timestamp("us")),
        }),
        path,
    )  # fmt: skip
    table = read_ownership(path)
    assert [share for *_, share in pairs(table, dt.date(2020, 1, 1))] == [
        50 * 10**9,
        25 * 10**9,
        -1,
    ]
    assert len(pairs(table, dt.date(2019, 5, 15))) == 2
    assert table.place(1) == f"{path}, row 2"
    assert table.names.type == csv_table.names.type


def test_a_parquet_file_that_is_wrong_is_refused_by_row(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    count = 70_000
    shares = [50.0] * count
    shares[-1] = 101.0
    names = [f"C{n}" for n in range(count)]
    pq.write_table(pa.table({"owner": ["A"] * count, "owned": names, "share": shares}), path)
    with pytest.raises(OwnershipTableError, match="share: row 70000: "):
        read_ownership(path)
    pq.write_table(pa.table({"owner": ["A"], "owned": ["B"], "share": ["half"]}), path)
    with pytest.raises(OwnershipTableError, match="is of type string; double is asked"):
        read_ownership(path)
    pq.write_table(pa.table({"owner": [None], "owned": ["B"], "share": [5.0]}), path)
    with pytest.raises(OwnershipTableError):
        read_ownership(path)
    path.write_bytes(b"owner,owned,share\n")
    with pytest.raises(OwnershipTableError, match="no Parquet file"):
        read_ownership(path)
