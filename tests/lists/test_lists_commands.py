"""``licet lists``: the commands say what was done, refuse with reasons, and mirror the functions."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from licet import lists
from licet.cli import app
from licet.sources.listings import iter_listings

from ..sources import list_samples


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(data: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(
        app, ["lists", *arguments, "--data", str(data)], env={"COLUMNS": "110"}
    )
    assert result.exit_code == status, (result.output, result.exception)
    return result


def sample(folder: Path, name: str) -> str:
    path = folder / name
    path.write_bytes(list_samples.SINGLE[name])
    return str(path)


def test_load_says_what_it_did_and_the_same_again_changes_nothing(
    data: Path, tmp_path: Path
) -> None:
    first = run(data, "load", sample(tmp_path, "un.xml")).stdout
    assert "UN    UN    2026-02-27        2" in first
    assert "first copy" in first
    again = run(data, "load", str(tmp_path / "un.xml")).stdout
    assert "as on 2026-02-27" in again
    longer = list_samples.UN.replace(b"2026-02-27T", b"2026-03-01T").replace(b"Rumuli", b"Rumulis")
    (tmp_path / "un.xml").write_bytes(longer)
    changed = run(data, "load", str(tmp_path / "un.xml")).stdout
    assert "2026-03-01        2      0        0        1" in changed


def test_a_refused_load_ends_with_status_2_and_the_lists_stay(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_bytes(list_samples.UN[:-50])
    result = run(data, "load", str(path), status=2)
    assert "un.xml:" in result.stderr
    assert "The lists in use stay." in result.stderr
    assert not result.stdout
    nowhere = run(data, "load", str(tmp_path / "nowhere"), status=2)
    assert "cannot be read" in nowhere.stderr


def test_shrinking_is_refused_unless_it_is_allowed(data: Path, tmp_path: Path) -> None:
    run(data, "load", sample(tmp_path, "sdn.csv"), "--as-of", "2024-01-01")
    shorter = b"".join(list_samples.SDN.splitlines(keepends=True)[:3])
    (tmp_path / "sdn.csv").write_bytes(shorter)
    refused = run(data, "load", str(tmp_path / "sdn.csv"), "--as-of", "2024-02-01", status=2)
    assert "SDN would have 3 entries; the copy of 2024-01-01 has 4" in refused.stderr
    assert "--allow-shrink" in refused.stderr
    run(data, "load", str(tmp_path / "sdn.csv"), "--as-of", "2024-02-01", "--allow-shrink")


def test_a_guessed_day_and_a_file_without_its_aliases_are_pointed_out(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ofac"
    folder.mkdir()
    (folder / "alt.csv").write_bytes(list_samples.ALT)
    text = " ".join(run(data, "load", sample(folder, "sdn.csv")).stdout.split())
    assert "when it was last written" in text
    assert "Aliases and addresses stand in alt.csv beside it and were not read" in text
    whole = run(data, "load", str(folder)).stdout
    assert "were not read" not in whole


def test_a_first_copy_that_is_much_shorter_than_the_packaged_list_is_pointed_out(
    data: Path, tmp_path: Path
) -> None:
    """It may be half a download, or an old file taken for today's; nothing else can tell on a new machine."""
    text = run(data, "load", sample(tmp_path, "part-744.xml"), "--as-of", "2026-08-01").stdout
    assert "EL has 2 entries; the packaged list of 2026-07-23 has 3469" in " ".join(text.split())
    older = run(data, "load", str(tmp_path / "part-744.xml"), "--as-of", "2024-07-03").stdout
    assert "the packaged list" not in older


def test_status_shows_packaged_lists_until_newer_ones_are_loaded(
    data: Path, tmp_path: Path
) -> None:
    before = run(data, "status").stdout
    assert "EL    packaged  2026-07-23" in before
    run(data, "load", sample(tmp_path, "part-744.xml"), "--as-of", "2026-08-01")
    after = run(data, "status").stdout
    assert "EL    eCFR 744  2026-08-01" in after
    told = json.loads(run(data, "status", "--format", "json").stdout)
    entity_list = next(each for each in told if each["list"] == "EL")
    assert (entity_list["as_of"], entity_list["entries"]) == ("2026-08-01", 2)
    earlier = run(data, "status", "--on", "2026-07-31").stdout
    assert "EL    packaged  2026-07-23" in earlier


def test_changes_and_show_tell_what_happened_to_an_entry(data: Path, tmp_path: Path) -> None:
    run(data, "load", sample(tmp_path, "sdn.csv"), "--as-of", "2024-01-01")
    more = list_samples.SDN.replace(b"EBANO", b"EBANO II").replace(b"\x1a", b"")
    more += b'99999,"NEW CO","-0-","CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'.replace(
        b'"-0-"', b"-0-"
    )
    (tmp_path / "sdn.csv").write_bytes(more)
    run(data, "load", str(tmp_path / "sdn.csv"), "--as-of", "2024-02-01")
    text = run(data, "changes", "2024-01-01", "2024-02-01").stdout
    assert "SDN: 1 added, 0 removed, 1 changed" in text
    assert "names - EBANO" in text
    assert "names + EBANO II" in text
    assert "added   99999  NEW CO" in text
    only = run(data, "changes", "2024-01-01", "2024-02-01", "--list", "UN").stdout
    assert "Nothing differs" in only
    days = ("2024-01-01", "2024-02-01")
    told = json.loads(run(data, "changes", *days, "--list", "SDN", "--format", "json").stdout)
    assert [each["what"] for each in told["differences"]] == ["changed", "added"]
    shown = run(data, "show", "SDN:4243").stdout
    assert "2024-01-01  present" in shown
    assert "2024-02-01  changed" in shown
    assert "imo 7406784" in shown
    events = json.loads(run(data, "show", "4243", "--format", "json").stdout)
    assert [event["what"] for event in events if event["list"] == "SDN"] == ["present", "changed"]
    run(data, "changes", "2024-02-01", "2024-01-01", status=2)


def test_a_name_instead_of_a_number_is_answered_with_the_numbers(
    data: Path, tmp_path: Path
) -> None:
    run(data, "load", sample(tmp_path, "sdn.csv"), "--as-of", "2024-01-01")
    assert "SDN:4243 EBANO" in run(data, "show", "ebano", status=2).stderr
    assert "publisher's number" in run(data, "show", "no such thing", status=2).stderr


def test_export_writes_what_is_in_force(data: Path, tmp_path: Path) -> None:
    run(data, "load", sample(tmp_path, "un.xml"))
    out = tmp_path / "un.ftm.json"
    arguments = ("export", "--format", "ftm", "--list", "UN")
    assert "2 listings" in run(data, *arguments, "--out", str(out)).stderr
    assert tuple(iter_listings(out)) == lists.store(data).listings(lists=["UN"])
    assert run(data, *arguments).stdout_bytes == out.read_bytes()
    assert not list(tmp_path.glob("*.new"))
    run(data, *arguments, "--out", str(tmp_path / "nowhere" / "x"), status=2)


def test_each_command_has_its_function_of_the_same_name(data: Path, tmp_path: Path) -> None:
    path = sample(tmp_path, "un.xml")
    (done,) = lists.load(path, data=data)
    assert (done.list, done.entries) == ("UN", 2)
    assert any(each.list == "UN" for each in lists.status(data=data))
    day = dt.date(2026, 2, 27)
    assert lists.changes(day, day, lists=["UN"], data=data).differences == ()
    assert [event.what for event in lists.show("CDi.001", data=data)] == ["present"]
    with (tmp_path / "out.json").open("wb") as stream:
        assert lists.export(stream, lists=["UN"], data=data) == 2
    for name in ("load", "status", "changes", "show", "export"):
        assert CliRunner().invoke(app, ["lists", name, "--help"]).exit_code == 0


def test_the_folder_of_the_store_is_named_by_the_environment(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICET_DATA", str(data))
    result = CliRunner().invoke(app, ["lists", "load", sample(tmp_path, "un.xml")])
    assert result.exit_code == 0
    assert (data / "lists.sqlite").is_file()


def test_a_damaged_store_is_an_error_and_not_an_empty_list(data: Path) -> None:
    data.mkdir()
    (data / "lists.sqlite").write_bytes(b"not a database at all" * 100)
    assert "move it away" in run(data, "status", status=2).stderr
    assert "move it away" in run(data, "export", status=2).stderr
