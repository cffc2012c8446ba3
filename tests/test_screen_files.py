"""Files of parties in, files of answers out: each format, and what people's files are really like."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from licet.cli import app
from licet.screen_files import BadFile, read_rows
from licet.screen_lists import of_listings
from licet.screen_out import HEAD, cell
from licet.screen_rows import PLACE, BadRow, answers, query_of

from . import screen_lists_made_up as made_up

ROWS: list[dict[str, Any]] = [
    {"id": "7", "name": "Ingmar Halvorsen", "country": "NO", "dob": "1961-04-02"},
    {"id": "8", "name": "Brannoch Rotor Works", "country": "GB", "dob": ""},
    {"id": "8", "name": "Lindgren Bakery", "country": "SE", "dob": ""},
]
VERDICTS = ["match", "match", "clear"]


@pytest.fixture
def lists(tmp_path: Path) -> str:
    return str(made_up.write(tmp_path / "own.ftm.json"))


def run(*arguments: str, status: int, **more: Any) -> Result:
    result = CliRunner().invoke(app, ["screen", *arguments], **more)
    assert result.exit_code == status, (result.output, result.exception)
    return result


def write(path: Path, rows: list[dict[str, Any]] = ROWS) -> Path:
    """The same parties as a file of this ending."""
    if path.suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(
                stream, list(rows[0]), delimiter="," if path.suffix == ".csv" else "\t"
            )
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))
        book.save(path)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    """A table of answers, whichever format it was written in."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))
    if path.suffix == ".parquet":
        found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return found
    sheet = openpyxl.load_workbook(path)["screening"]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"])
def test_each_format_is_read_and_duplicate_ids_are_kept(
    ending: str, tmp_path: Path, lists: str
) -> None:
    path = write(tmp_path / f"parties{ending}")
    result = run(str(path), "--lists", lists, status=1)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["verdict"] for one in found] == VERDICTS
    assert [one["id"] for one in found] == ["7", "8", "8"]
    assert found[0]["candidates"][0]["listing_id"] == "OWN:1"
    assert "OWN" in found[2]["lists"]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_each_format_is_written_and_its_ending_says_which(
    ending: str, tmp_path: Path, lists: str
) -> None:
    path, out = write(tmp_path / "parties.csv"), tmp_path / f"answers{ending}"
    run(str(path), "--lists", lists, "--out", str(out), status=1)
    found = read(out)
    assert [one["verdict"] for one in found] == VERDICTS
    assert list(found[0]) == list(HEAD)
    assert found[0]["listing_id"] == "OWN:1"
    assert float(found[0]["score"]) > 0.9
    assert not found[2]["listing_id"]
    assert [str(one["row"]) for one in found] == ["1", "2", "3"]
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".new")]


def test_json_lines_are_written_to_a_file(tmp_path: Path, lists: str) -> None:
    out = tmp_path / "answers.jsonl"
    run(str(write(tmp_path / "p.jsonl")), "--lists", lists, "--out", str(out), status=1)
    assert [json.loads(line)["verdict"] for line in out.read_text().splitlines()] == VERDICTS


def test_nobody_found_ends_with_0_and_a_bad_row_with_2(tmp_path: Path, lists: str) -> None:
    run(str(write(tmp_path / "p.csv", ROWS[2:])), "--lists", lists, status=0)
    bad = write(tmp_path / "bad.csv", [ROWS[2], ROWS[0] | {"dob": "spring 1961"}, ROWS[1]])
    result = run(str(bad), "--lists", lists, status=2)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("verdict") for one in found] == ["clear", None, "match"]
    assert found[1]["id"] == "7"
    assert "bad.csv: line 3: dob: 'spring 1961'; write 1965" in found[1]["error"]
    assert "1 rows were not screened" in result.stderr


def test_a_row_without_a_name_is_an_error_and_never_clear(tmp_path: Path, lists: str) -> None:
    path = write(tmp_path / "p.csv", [{"id": "1", "name": ""}, {"id": "2", "name": "Co., Ltd."}])
    result = run(str(path), "--lists", lists, status=2)
    for line, error in zip(result.stdout.splitlines(), ("empty", "tells one party"), strict=True):
        assert "verdict" not in json.loads(line)
        assert error in json.loads(line)["error"]


# --- what people's files are like ----------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, Any]]:
    found = []
    for row in read_rows(path):
        assert not isinstance(row, BadRow), row
        found.append(row)
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"id;name;country\r\n7;Halvorsen, Ingmar;NO\r\n",
        b"\xef\xbb\xbfid,name,country\r\n7,\"Halvorsen, Ingmar\",NO\r\n",
        "id\tname\tcountry\r\n7\tHalvorsen, Ingmar\tNO\r\n".encode("utf-16"),
        b"sep=;\r\nID; Name ;Country\r\n7;Halvorsen, Ingmar;NO",
        b"\r\nid|name|country\r7|Halvorsen, Ingmar|NO\r",
    ],
    ids=["semicolons of Excel in Europe", "mark of UTF-8", "Unicode text of Excel", "sep=", "old Mac"],
)  # fmt: skip
def test_csv_as_spreadsheets_write_it(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(data)
    (row,) = rows_of(path)
    assert (row["id"], row["name"], row["country"]) == ("7", "Halvorsen, Ingmar", "NO")


def refused(path: Path, *words: str) -> None:
    with pytest.raises(BadFile) as error:
        list(read_rows(path))
    for word in (str(path), *words):
        assert word in str(error.value)


def test_a_wrong_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("name\nLindgren\nMüller\n".encode("cp1252"))
    refused(path, "line 3", "xfc", "CSV UTF-8")


def test_a_missing_column_is_refused_and_the_likely_one_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,names\n1,Lindgren\n")
    refused(path, "line 1", "no column name", "found id, names", "call 'names' so")
    pq.write_table(pa.table({"customer": ["Lindgren"]}), tmp_path / "p.parquet")
    refused(tmp_path / "p.parquet", "found customer", "allowed: id, name")


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,Name\nLindgren,Acme\n")
    refused(path, "column name stands twice")


@pytest.mark.parametrize("text", ["", "\n\n", "name\n", "id,name\n,\n"])
def test_a_file_without_parties_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    refused(path)
    (tmp_path / "p.jsonl").write_text("\n")
    refused(tmp_path / "p.jsonl", "holds no line")


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    for ending, says in ((".xlsx", "not an Excel file"), (".parquet", "not a Parquet file")):
        path = tmp_path / f"p{ending}"
        path.write_text("name\nLindgren\n")
        refused(path, says)
    refused(tmp_path / "none.csv", "no such file")


def test_an_unknown_column_is_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,contry\nLindgren,SE\n")
    rows_of(path)
    assert "contry (did you mean country?)" in capsys.readouterr().err


def test_a_line_with_too_many_cells_is_an_error_since_its_name_may_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,id\nHalvorsen, Ingmar,7\nLindgren,8\n")
    bad, good = read_rows(path)
    assert isinstance(bad, BadRow)
    assert "line 2: 3 cells, the head has 2" in str(bad)
    assert not isinstance(good, BadRow)
    assert good["name"] == "Lindgren"


def test_a_quote_that_is_not_closed_takes_no_other_line_along(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('name,id\nLindgren,1\n"Acme,2\nHolt,3\nBrandt,4\n')
    found = list(read_rows(path))
    assert [isinstance(row, BadRow) for row in found] == [False, True, False, False]
    assert "line 3" in str(found[1])
    assert [row["id"] for row in found if not isinstance(row, BadRow)] == ["1", "3", "4"]


NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8))
def test_no_row_of_a_csv_file_is_lost(tmp_path_factory: pytest.TempPathFactory, rows: Any) -> None:
    path = tmp_path_factory.mktemp("csv") / "p.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["name", "id"])
        writer.writerows(rows)
    found = [(row["name"], row["id"]) for row in rows_of(path)]
    assert found == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=6))
def test_hostile_json_lines_each_get_an_answer(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    lines = [line.replace(b"\n", b" ") for line in lines]
    path = tmp_path_factory.mktemp("jsonl") / "p.jsonl"
    path.write_bytes(b'{"name": "Lindgren"}\n' + b"\n".join(lines))
    there = [line for line in (b'{"name": "Lindgren"}', *lines) if line.strip()]
    screener = of_listings(made_up.EVERYONE).screener
    found = list(answers(read_rows(path), screener, threshold=0.7))
    assert len(found) == len(there)
    assert all(one.error or one.verdict for one in found)


def test_numbers_and_dates_of_spreadsheets_are_text(tmp_path: Path) -> None:
    rows = [
        {"id": 17, "name": "Ingmar Halvorsen", "dob": dt.datetime(1961, 4, 2), "number": 9187655.0},
        {"id": 18.0, "name": "Lindgren", "dob": 1961, "number": None},
    ]
    for ending in (".xlsx", ".parquet"):
        path = write(tmp_path / f"p{ending}", rows if ending == ".xlsx" else [
            {"id": 17, "name": "Ingmar Halvorsen", "dob": dt.date(1961, 4, 2), "number": 9187655.0},
            {"id": 18, "name": "Lindgren", "dob": None, "number": None},
        ])  # fmt: skip
        first, second = map(query_of, rows_of(path))
        assert (first.id, first.born, first.identifiers[0].value) == ("17", "1961-04-02", "9187655")
        assert (second.id, second.identifiers) == ("18", ())


def test_a_formula_that_failed_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "p.xlsx", [{"name": "Lindgren"}, {"name": "#N/A"}])
    _, bad = read_rows(path)
    assert isinstance(bad, BadRow)
    assert "line 3: a cell says #N/A" in str(bad)


def test_a_row_says_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name\n\nLindgren\n")
    assert rows_of(path)[0][PLACE] == f"{path}: line 3"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "＝1+1"])
def test_no_cell_of_an_answer_is_a_formula(name: str, tmp_path: Path, lists: str) -> None:
    path = write(tmp_path / "p.jsonl", [{"name": f"{name} Lindgren"}])
    for ending in (".csv", ".xlsx"):
        out = tmp_path / f"a{ending}"
        run(str(path), "--lists", lists, "--out", str(out), status=0)
        assert read(out)[0]["name"] == f"'{name} Lindgren" == cell(f"{name} Lindgren")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["screening"]
    assert "f" not in {one.data_type for row in sheet.iter_rows() for one in row}


def test_control_characters_do_not_break_a_workbook(tmp_path: Path, lists: str) -> None:
    path = write(tmp_path / "p.jsonl", [{"id": "a\x01b", "name": "Lindgren\x02"}])
    out = tmp_path / "a.xlsx"
    run(str(path), "--lists", lists, "--out", str(out), status=0)
    assert read(out)[0]["id"] == "ab"


def test_a_file_of_answers_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, lists: str
) -> None:
    path = str(write(tmp_path / "p.csv"))
    result = run(path, "--lists", lists, "--out", str(tmp_path / "no" / "a.csv"), status=2)
    assert "No such file or directory; name a file in a folder" in result.stderr
    result = run(path, "--lists", lists, "--out", str(tmp_path / "a.doc"), status=2)
    assert "allowed: .jsonl" in result.stderr
    result = run(path, "--lists", lists, "--format", "xlsx", status=2)
    assert "--out FILE" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["customers.xls"], "Save it as CSV UTF-8"),
        (["customers.json"], "Save it as CSV UTF-8"),
        (["here.txt"], "Save it as CSV UTF-8"),
        (["a.csv", "b.csv"], "one file at a time"),
        (["Lindgren", "b.csv"], "one file at a time"),
        (["-", "Lindgren"], "one file at a time"),
        (["none.csv"], "no such file"),
    ],
)
def test_a_file_is_never_screened_as_somebodys_name(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").write_text("Lindgren")
    assert says in run(*arguments, "--lists", lists, status=2).stderr


def test_a_bar_is_shown_on_a_terminal_and_only_there(tmp_path: Path, lists: str) -> None:
    path = str(write(tmp_path / "p.csv"))
    assert "Screening" not in run(path, "--lists", lists, status=1).stderr
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "licet", "screen", path, "--lists", lists],
        stdout=subprocess.PIPE, stderr=theirs, check=False, env=os.environ | {"TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 1
    assert "Screening" in shown
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == VERDICTS


@pytest.mark.parametrize(
    ("country", "code"), [("cn", "CN"), ("China", "CN"), ("UK", "GB"), ("united kingdom", "GB")]
)
def test_a_country_may_be_named(country: str, code: str) -> None:
    assert query_of({"name": "Lindgren", "country": country}).country == code


def test_a_country_that_is_none_is_an_error_since_it_would_contradict_every_entry() -> None:
    with pytest.raises(BadRow, match=r"country: 'XQ'; a country's two letters"):
        query_of({"name": "Lindgren", "country": "XQ"})
    with pytest.raises(BadRow, match="Did you mean DE"):
        query_of({"name": "Lindgren", "country": "Germny"})
