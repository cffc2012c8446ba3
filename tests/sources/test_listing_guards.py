"""Damaged, hostile and mistaken files are refused whole, with file, line and reason."""

from __future__ import annotations

import contextlib
import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.parties.listing import Listing
from licet.sources.errors import SourceError
from licet.sources.listings import iter_listings, read_listings

from . import list_samples
from .list_samples import FOLDERS, SINGLE


def refusal(tmp_path: Path, content: bytes, *, name: str = "list.csv") -> SourceError:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_listings(path)
    assert name in str(caught.value)
    return caught.value


@pytest.mark.parametrize("content", [b"", b"   \r\n", b"\xef\xbb\xbf", b"\x1a"])
def test_an_empty_file_is_no_list_without_entries(tmp_path: Path, content: bytes) -> None:
    assert "is empty" in str(refusal(tmp_path, content))


def test_a_header_without_a_row_is_refused(tmp_path: Path) -> None:
    assert "no entry" in str(refusal(tmp_path, list_samples.CSL_HEADER))
    xml = b"<CONSOLIDATED_LIST dateGenerated='2026-02-27'/>"
    assert "no entry" in str(refusal(tmp_path, xml, name="un.xml"))


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html><html><body>Not found</body></html>", b"\n<html lang='en'>", b"<HTML>"],
)
def test_an_error_page_that_was_saved_as_a_list(tmp_path: Path, page: bytes) -> None:
    assert "is a web page, not data" in str(refusal(tmp_path, page, name="sdn.csv"))


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>&lol2;</FIRST_NAME></INDIVIDUAL></INDIVIDUALS>
</CONSOLIDATED_LIST>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><sdnList><sdnEntry><lastName>&x;</lastName></sdnEntry></sdnList>"""


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDE])
def test_entities_are_refused_before_they_are_expanded(tmp_path: Path, attack: bytes) -> None:
    assert "refused" in str(refusal(tmp_path, attack, name="un.xml"))


@pytest.mark.parametrize("name", ["un.xml", "eu.xml", "sdn.xml", "canada.xml", "part-744.xml"])
def test_a_document_type_behind_the_beginning_is_refused_as_well(tmp_path: Path, name: str) -> None:
    content = SINGLE[name]
    root = content.index(b"<", content.index(b"?>"))
    attacked = content[:root] + b" " * 5000 + b'<!DOCTYPE x [<!ENTITY a "b">]>' + content[root:]
    found = refusal(tmp_path, attacked, name=name)
    assert "document type" in str(found) or "DOCTYPE" in str(found)


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    latin = list_samples.SDN.replace(b"EBANO", b"\xc9BANO")
    found = refusal(tmp_path, latin, name="sdn.csv")
    assert (found.line, "byte 0xc9 is not UTF-8" in found.reason) == (3, True)
    wide = list_samples.SDN.decode().encode("utf-16")
    assert "UTF-16" in str(refusal(tmp_path, wide))
    declared = list_samples.EU.replace(b'encoding="UTF-8"', b'encoding="UTF-7"')
    assert "utf-7" in str(refusal(tmp_path, declared, name="eu.xml"))
    assert "UTF-8" in str(refusal(tmp_path, b'{"id":"\xff","schema":"Person","properties":{}}'))


@pytest.mark.parametrize("control", [b"\x00", b"\x01", b"\x1b", b"\x7f"])
def test_control_characters_are_refused_with_their_line(tmp_path: Path, control: bytes) -> None:
    found = refusal(tmp_path, list_samples.SDN.replace(b"EBANO", b"EB" + control + b"NO"))
    if control != b"\x00":
        assert found.line == 3
        assert f"U+{control[0]:04X}" in found.reason


def test_a_lone_surrogate_in_json_is_refused(tmp_path: Path) -> None:
    line = list_samples.FTM.replace(b"EBANO", b"\\ud800EBANO")
    assert refusal(tmp_path, line, name="list.json").line == 2
    entry = list_samples.CSL_JSON.replace(b"BANCO", b"\\ud800BANCO")
    assert "is not whole JSON in UTF-8" in str(refusal(tmp_path, entry, name="csl.json"))


@pytest.mark.parametrize("escape", [b"\\u0000", b"\\u001b", b"\\u007F"])
def test_a_control_character_behind_an_escape_is_refused(tmp_path: Path, escape: bytes) -> None:
    line = list_samples.FTM.replace(b"EBANO", escape + b"EBANO")
    assert refusal(tmp_path, line, name="list.json").line == 2
    entry = list_samples.CSL_JSON.replace(b"BANCO", escape + b"BANCO")
    assert "control character" in str(refusal(tmp_path, entry, name="csl.json"))
    accent = list_samples.FTM.replace(b"EBANO", b"\\u00c9BANO")
    (tmp_path / "fine.json").write_bytes(accent)
    assert "ÉBANO" in {x.name for x in read_listings(tmp_path / "fine.json")}


@pytest.mark.parametrize("name", SINGLE)
def test_half_a_file_is_refused_wherever_a_row_or_element_is_cut(name: str, tmp_path: Path) -> None:
    """A cut within a row or an element cannot pass; one between two rows only the store can see."""
    content = SINGLE[name].rstrip()
    for cut in range(len(content) // 2, len(content) - 12, 7):
        half = content[:cut]
        path = tmp_path / name
        path.write_bytes(half)
        try:
            found = read_listings(path)
        except SourceError:
            continue
        # What passes is a beginning of the list: rows that are whole, and no other entry.
        path.write_bytes(content)
        whole = {listing.key: listing for listing in read_listings(path)}
        last = half.rstrip().splitlines()[-1]
        assert {listing.key for listing in found} <= whole.keys(), half[-60:]
        assert name.endswith((".csv", ".txt", ".json")), half[-60:]
        assert last == SINGLE[name].splitlines()[len(half.rstrip().splitlines()) - 1] or (
            # A cell without quotes at the very end of a row may be cut short unseen.
            b'"' not in last.rpartition(b",")[2]
        ), half[-80:]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("csl.csv", b"alt_names"), ("dpl.txt", b'"Expiration_Date"'), ("dpl.csv", b"Expiration_Date"),
        ("ddtc.csv", b"Notice Date,"), ("isn.csv", b"Effective Date"), ("el.csv", b"License Policy"),
    ],
)  # fmt: skip
def test_a_missing_column_is_named(name: str, column: bytes, tmp_path: Path) -> None:
    renamed = SINGLE[name].replace(column, column.replace(b"e", b"x").replace(b"a", b"x"), 1)
    found = str(refusal(tmp_path, renamed, name=name))
    assert "has no column" in found or "no known format" in found


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sdn.csv", SINGLE["sdn.csv"].splitlines(keepends=True)[0]),
        ("csl.csv", SINGLE["csl.csv"].splitlines(keepends=True)[1]),
        ("list.ftm.json", SINGLE["list.ftm.json"].splitlines(keepends=True)[0]),
    ],
)
def test_an_entry_that_comes_twice_is_named_with_its_line(
    name: str, row: bytes, tmp_path: Path
) -> None:
    lines = SINGLE[name].splitlines(keepends=True)
    found = refusal(tmp_path, b"".join([*lines[:2], row, *lines[2:]]), name=name)
    assert found.line == 3
    assert "again" in found.reason or "second time" in found.reason


def test_an_entry_that_comes_twice_in_xml_is_named(tmp_path: Path) -> None:
    record = list_samples.CANADA[list_samples.CANADA.index(b"<record>") :].removesuffix(
        b"</data-set>\n"
    )
    doubled = list_samples.CANADA.replace(b"</data-set>", record + b"</data-set>")
    found = refusal(tmp_path, doubled, name="canada.xml")
    assert "has record Burma/1/8 twice" in found.reason


def test_a_list_or_kind_never_seen_is_no_guess(tmp_path: Path) -> None:
    new = list_samples.CSL.replace(b"(UVL)", b"(NEW)")
    assert "a list never seen" in str(refusal(tmp_path, new))
    new = list_samples.SDN.replace(b'"vessel"', b'"drone"')
    assert "known are individual, vessel, aircraft" in str(refusal(tmp_path, new))


def test_aliases_of_another_day_than_their_list_are_refused(tmp_path: Path) -> None:
    for name, content in FOLDERS["ofac"].items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "alt.csv").write_bytes(b'99999,1,"aka","STRANGER",-0- \r\n\x1a')
    with pytest.raises(SourceError, match=r"alt\.csv: names 1 of 1 parties that sdn\.csv does not"):
        read_listings(tmp_path)
    (tmp_path / "sdn.csv").unlink()
    with pytest.raises(SourceError, match="of no parties"):
        read_listings(tmp_path)


def test_two_copies_of_one_list_in_a_folder_would_bring_back_what_was_removed(
    tmp_path: Path,
) -> None:
    (tmp_path / "monday.xml").write_bytes(list_samples.UN)
    (tmp_path / "sunday.xml").write_bytes(list_samples.UN)
    with pytest.raises(SourceError, match="keep one copy"):
        read_listings(tmp_path)


def test_a_folder_without_a_list_and_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no list"):
        read_listings(tmp_path)
    with pytest.raises(SourceError, match="cannot be read"):
        read_listings(tmp_path / "nowhere.csv")
    (tmp_path / "notes.txt").write_text("Call the lawyer.")
    with pytest.raises(SourceError, match="of no known format"):
        read_listings(tmp_path)


def test_archives_are_unpacked_within_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(list_samples.UN)
    assert "cut short" in str(refusal(tmp_path, packed[:-30], name="un.xml.gz"))
    broken = packed[:40] + bytes(20) + packed[60:]
    assert "gzip" in str(refusal(tmp_path, broken, name="un.xml.gz"))
    assert "damaged zip" in str(refusal(tmp_path, b"PK\x03\x04 and no more", name="a.zip"))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.xml", list_samples.UN)
        archive.writestr("b.xml", list_samples.UN)
    with pytest.raises(SourceError, match="holds 2 files"):
        read_listings(tmp_path / "two.zip")
    monkeypatch.setattr("licet.sources.list_file.LIMIT", 1000)
    bomb = gzip.compress(list_samples.UN + b" " * 100_000)
    assert "more than 1000 bytes" in str(refusal(tmp_path, bomb, name="un.xml.gz"))
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("un.xml", list_samples.UN + b" " * 100_000)
    with pytest.raises(SourceError, match="more than 1000 bytes"):
        read_listings(tmp_path / "bomb.zip")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"schema":"Person","properties":{"name":["A"]}}', "has no id"),
        (b'{"id":"1","schema":"Person","properties":{}}', "has no name"),
        (b'{"id":"1","schema":"Person","properties":{"name":[""]}}', "has no name"),
        (b'{"id":"1","schema":"Person","properties":{"name":"A","alias":[1]}}', "cannot be read"),
        (b'{"id":1,"schema":"Person","properties":{"name":["A"]}}', "cannot be read"),
        (b'{"id":"1","schema":"Person","properties":{"name":["A"]}} x', "is not JSON"),
        (b'{"id":"1","schema":"Ownership","properties":{}}', "holds no listing"),
        (
            b'{"id":"1","schema":"Person","properties":{"name":["A"]},"licet":{"kind":"robot"}}',
            "kind",
        ),
    ],
)
def test_lines_of_follow_the_money_that_say_too_little(
    line: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(line + b"\n")
    with pytest.raises(SourceError, match=reason):
        list(iter_listings(path))


@pytest.mark.parametrize(
    "text",
    [
        '{"results": 5}',
        "[1, 2]",
        '[{"name": "A"}]',
        "[" * 100_000,
        '{"results": [{"source": null}]}',
    ],
)
def test_json_that_is_no_screening_list(text: str, tmp_path: Path) -> None:
    refusal(tmp_path, text.encode(), name="csl.json")


# --- whatever the bytes --------------------------------------------------------------------------------------

EVERY = {name: {name: content} for name, content in SINGLE.items()} | FOLDERS


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """A file with some bytes changed, taken out, doubled or put in, as bad disks and bad people do."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        what = draw(st.sampled_from(("set", "cut", "double", "insert", "truncate")))
        if what == "set" and data:
            data[at] = draw(st.integers(0, 255))
        elif what == "cut":
            del data[at : at + length]
        elif what == "double":
            data[at:at] = data[at : at + length]
        elif what == "insert":
            bits = (
                b'"',
                b"<",
                b"&a;",
                b",,,",
                b"\n",
                b"\x00",
                b"\xff\xfe",
                b"]]>",
                b"\\ud800",
                b"9" * 50,
            )
            data[at:at] = draw(st.sampled_from(bits) | st.binary(max_size=12))
        else:
            del data[at:]
    return bytes(data)


@pytest.mark.parametrize("name", EVERY)
@settings(
    max_examples=120, deadline=3000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(data=st.data())
def test_mutated_bytes_give_listings_or_a_refusal_and_never_anything_else(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    parts = EVERY[name]
    victim = data.draw(st.sampled_from(sorted(parts)))
    content = data.draw(mutated(parts[victim]))
    folder = tmp_path / "files"
    folder.mkdir(exist_ok=True)
    for part, whole in parts.items():
        (folder / part).write_bytes(content if part == victim else whole)
    try:
        found = read_listings(folder)
    except SourceError as error:
        assert str(folder) in str(error)
        return
    assert found
    for listing in found:
        _is_sound(listing)
    assert len({listing.key for listing in found}) == len(found)


def _is_sound(listing: Listing) -> None:
    assert listing.id and listing.list
    assert listing.names or listing.kind == "address"
    for name in listing.names:
        assert isinstance(name.text, str) and name.text.strip()
    assert all(len(code) == 2 and code.isupper() for code in listing.countries)
    # What was read can be written down: no lone surrogates, no control characters from another alphabet.
    json.dumps([name.text for name in listing.names], ensure_ascii=False).encode("utf-8")


@settings(
    max_examples=200, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=400))
def test_any_bytes_at_all(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    with contextlib.suppress(SourceError):
        assert read_listings(path)
