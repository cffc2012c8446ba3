"""Rules that were published and that the rulebook may not have yet."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import licet
from licet.cli import app
from licet.sources.errors import SourceError
from licet.sources.federal_register import Document, pending, read

from .official import DATA

RULE = {
    "document_number": "2026-20001", "title": "Additions to the Entity List", "type": "Rule",
    "publication_date": "2026-09-15", "effective_on": "2026-09-15", "citation": "91 FR 50001",
    "abstract": "BIS amends the Export Administration Regulations by adding ten entities.",
    "cfr_references": [{"title": 15, "part": 744}], "html_url": "https://www.federalregister.gov/d/2026-20001",
}  # fmt: skip
KNOWN = RULE | {
    "document_number": "2019-10616",
    "citation": "84 FR 22961",
    "publication_date": "2026-09-16",
}
NOTICE = RULE | {"document_number": "2026-20002", "title": "Notice of OFAC Sanctions Actions"}
COMMENTS = RULE | {"document_number": "2026-20003", "type": "Proposed Rule"}


def file(tmp_path: Path, *rows: object, api: bool = False) -> Path:
    path = tmp_path / "records.jsonl"
    lines = (
        json.dumps({"count": len(rows), "results": rows})
        if api
        else "\n".join(map(json.dumps, rows))
    )
    path.write_text(lines, encoding="utf-8")
    return path


@pytest.mark.parametrize("api", [False, True])
def test_a_rule_that_no_instrument_names_is_pending(tmp_path: Path, api: bool) -> None:
    found = read(file(tmp_path, KNOWN, NOTICE, COMMENTS, RULE, api=api))
    assert found[0].number == "2026-20001", "in order of publication"
    book = licet.rulebook()
    (one,) = pending(found, book.instruments, since=dt.date(2026, 7, 23))
    assert one.document.citation == "91 FR 50001"
    assert one.document.touches == ("744.11", "744 Supp. 4", "744")
    assert pending(found, book.instruments, since=dt.date(2026, 9, 16)) == ()


def test_a_record_without_a_citation_is_shown_with_the_instruments_of_its_day(
    tmp_path: Path,
) -> None:
    row = {"document_number": "2019-10616", "title": "Addition of Entities to the Entity List",
           "publication_date": "2019-05-21", "abstract": "Huawei"}  # fmt: skip
    (one,) = pending(
        read(file(tmp_path, row)), licet.rulebook().instruments, since=dt.date(2019, 5, 1)
    )
    assert "84 FR 22961" in [each.citation for each in one.same_day]


def test_the_command_names_what_to_encode_next(tmp_path: Path) -> None:
    run = CliRunner().invoke
    done = run(app, ["law", "pending", str(file(tmp_path, RULE, NOTICE))], env={"COLUMNS": "100"})
    assert done.exit_code == 1
    assert "91 FR 50001" in done.output
    assert "touches: 744.11, 744 Supp. 4, 744" in done.output
    said = run(app, ["law", "pending", str(file(tmp_path, RULE)), "--json", "--section", "744.11"])
    assert json.loads(said.output)[0]["document_number"] == "2026-20001"
    none = run(app, ["law", "pending", str(file(tmp_path, KNOWN))])
    assert none.exit_code == 0


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not beside the checkout")
def test_the_records_at_hand_are_read_and_the_affiliates_rule_is_known_by_its_day() -> None:
    found = read(DATA / "federal_register" / "bis_ofac_fr_abstracts_2020-2026.jsonl")
    assert len(found) == 939
    open_ = pending(found, licet.rulebook().instruments, since=dt.date(2025, 9, 30))
    affiliates = next(one for one in open_ if one.document.number == "2025-19001")
    assert [each.citation for each in affiliates.same_day] == ["90 FR 47201"]
    assert not any("OFAC Sanctions Action" in one.document.title for one in open_)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({}, "has no document_number, title, publication_date"),
        (RULE | {"publication_date": "15 Sept"}, "publication_date: '15 Sept' is no day"),
        (RULE | {"title": 5}, "title: found 5; text is expected"),
        ([1], "is no document but list"),
    ],
)
def test_what_is_no_record_is_refused_with_its_line(tmp_path: Path, row: object, says: str) -> None:
    with pytest.raises(SourceError, match=says) as error:
        read(file(tmp_path, RULE, row))
    assert ":2:" in str(error.value)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(content)
    try:
        found = read(path)
    except SourceError as error:
        assert str(path) in str(error)
    else:
        assert all(isinstance(one, Document) for one in found)
