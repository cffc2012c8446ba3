"""A list's file before it is read: unpacked within limits, its encoding checked, its format recognised.

Whatever is no data (an error page, half a download, an archive that swells) is refused here, with a reason.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from licet.sources.errors import SourceError

LIMIT = 512 * 2**20  # bytes unpacked; the largest official file has about 120 million
AGAIN = "download it again"
_HEAD = 65536
_PART_BOM = b"\xef\xbb\xbf"

# Root element of an XML file -> format.
ROOTS = {
    "CONSOLIDATED_LIST": "un_xml", "export": "eu_xml", "sdnList": "ofac_xml",
    "sanctionsData": "ofac_enhanced_xml", "data-set": "canada_xml", "DIV5": "ecfr_xml",
    "ECFR": "ecfr_xml", "DLPSTEXTCLASS": "ecfr_xml", "ECFRBRWS": "ecfr_xml", "DIV1": "ecfr_xml",
}  # fmt: skip
# Columns that a header has -> format; the first that fits.
HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("csl_csv", ("source", "entity_number", "alt_names", "programs")),
    ("dpl_tab", ("Name", "Street_Address", "Effective_Date")),
    ("dpl_csv", ("Name_and_Address", "Effective_Date")),
    ("ddtc_statutory_csv", ("Party Name", "Federal Register Notice")),
    ("ddtc_administrative_csv", ("Name", "Charging Letter")),
    ("isn_csv", ("Source List", "Name", "Alternative Names")),
    ("agency_csv", ("Source List", "Entity Number", "Alternate Name")),
    ("uvl_csv", ("COUNTRY", "NAME", "ADDRESS")),
    ("uk_csv", ("Unique ID", "OFSI Group ID", "Name 6", "Name type")),
    ("uk_names_csv", ("unique_id", "full_name", "name_type")),
    ("uk_dobs_csv", ("dob_id", "unique_id", "year")),
    ("uk_subjects_csv", ("unique_id", "subject_type")),
)
# OFAC's CSV files have no header: number of cells -> format.
OFAC_WIDTHS = {12: "ofac_csv", 5: "ofac_alt_csv", 6: "ofac_add_csv", 2: "ofac_comments_csv"}
_C1 = re.compile("[\x80-\x9f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The same characters, written as escapes of JSON.
ESCAPED_CONTROL = re.compile(rb"\\u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF])")
# Windows-1252 that was taken for Latin-1 on its way to UTF-8: a right quote has become U+0092.
_REPAIRED = {
    code: bytes([code]).decode("cp1252", errors="ignore") or " " for code in range(0x80, 0xA0)
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file of a known format; ``data`` is unpacked, and empty for a format that is read as a stream."""

    path: Path
    format: str
    data: bytes


def open_list(path: Path) -> ListFile:
    """Unpack a file and recognise its format. Raises ``SourceError`` when it is none that can be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            if _is_ftm(path, head):
                return ListFile(path, "ftm", b"")
            data = _unpacked(path, head + stream.read())
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror or error}") from None
    if not data.strip(b" \t\r\n\x1a" + _PART_BOM):
        raise SourceError(path, None, f"is empty; {AGAIN}")
    return ListFile(path, _format(path, data), data)


def _unpacked(path: Path, data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        unzip = zlib.decompressobj(wbits=31)
        try:
            data = unzip.decompress(data, LIMIT)
        except zlib.error as error:
            raise SourceError(path, None, f"is a damaged gzip file ({error}); {AGAIN}") from None
        if unzip.unconsumed_tail:
            raise SourceError(path, None, f"unpacks to more than {LIMIT} bytes; it is no list")
        if not unzip.eof:
            raise SourceError(path, None, f"is a gzip file that was cut short; {AGAIN}")
    elif data[:4] == b"PK\x03\x04":
        data = _from_zip(path, data)
    if len(data) > LIMIT:
        raise SourceError(path, None, f"has more than {LIMIT} bytes; it is no list")
    return data


def _from_zip(path: Path, data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [item for item in archive.infolist() if not item.is_dir()]
            if len(inside) != 1:
                names = ", ".join(item.filename for item in inside[:3])
                raise SourceError(
                    path,
                    None,
                    f"holds {len(inside)} files ({names}); unpack it and read the folder",
                )
            with archive.open(inside[0]) as stream:
                found = stream.read(LIMIT + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(path, None, f"is a damaged zip file ({error}); {AGAIN}") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(path, None, f"is a damaged zip file ({error}); {AGAIN}") from None
    return found


def _is_ftm(path: Path, head: bytes) -> bool:
    """Whether a file, plain or .gz, is FollowTheMoney JSON lines, from its beginning alone."""
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return False
    first = head.lstrip(_PART_BOM + b" \t\r\n")[:_HEAD].split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"schema"' in first and b'"properties"' in first


def _format(path: Path, data: bytes) -> str:
    head = data[:_HEAD].lstrip(_PART_BOM + b" \t\r\n")
    if head[:1] == b"<":
        return _xml_format(path, head)
    if head[:1] in (b"{", b"["):
        return "csl_json"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:_HEAD]:
        raise SourceError(
            path, 1, "is not UTF-8 text (UTF-16, or no text at all); save it as UTF-8"
        )
    text = data[:_HEAD].decode("utf-8-sig", errors="replace")
    for delimiter in ",\t":
        try:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            row = next(rows, [])
            if _is_report_date(row):
                row = next(rows, [])
        except csv.Error:
            row = []
        names = {cell.strip() for cell in row}
        for name, columns in HEADERS:
            if names.issuperset(columns):
                return name
        if delimiter == "," and row and row[0].strip().isdigit() and len(row) in OFAC_WIDTHS:
            return OFAC_WIDTHS[len(row)]
    first = text.lstrip().splitlines()[0][:80] if text.strip() else ""
    raise SourceError(
        path,
        1,
        f"is of no known format; it begins with {first!r}. Known are OFAC, Consolidated Screening List, "
        "eCFR part 744, BIS, State Department, UN, EU, UK and Canadian files and FollowTheMoney; "
        "a missing column is named in docs/reference/list-formats.md",
    )


def _is_report_date(row: list[str]) -> bool:
    """The UK's file begins with a line such as "Report Date: 08-Oct-2026" before its header."""
    return bool(row) and row[0].startswith("Report Date:")


def _xml_format(path: Path, head: bytes) -> str:
    start = _without_prolog(head)
    if re.match(rb"<!doctype\s+html|<html|<head|<body|<script", start, re.IGNORECASE):
        raise SourceError(path, 1, f"is a web page, not data: an error page was saved; {AGAIN}")
    if start.startswith(b"<!"):
        raise SourceError(
            path, 1, "declares a document type; no official list does, so it is refused"
        )
    root = re.match(rb"<(?:[\w.-]+:)?([\w.-]+)", start)
    name = root[1].decode("ascii") if root else ""
    if name not in ROOTS:
        known = ", ".join(ROOTS)
        raise SourceError(path, 1, f"is XML of no known list: <{name}>; known are {known}")
    return ROOTS[name]


def _without_prolog(head: bytes) -> bytes:
    """What stands behind the XML declaration, comments and white space."""
    while True:
        head = head.lstrip()
        for begin, end in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if head.startswith(begin):
                found = head.find(end)
                if found < 0:
                    return b""
                head = head[found + len(end) :]
                break
        else:
            return head


def text_of(file: ListFile) -> str:
    """The text of a file. Raises ``SourceError`` for another encoding and for control characters."""
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        found = file.data[error.start : error.start + 1].hex()
        raise SourceError(
            file.path, line, f"byte 0x{found} is not UTF-8; save the file as UTF-8, or {AGAIN}"
        ) from None
    text = text.rstrip("\x1a \r\n") + "\n" if "\x1a" in text[-8:] else text
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise SourceError(
            file.path, line, f"holds the control character U+{ord(control[0]):04X}; {AGAIN}"
        )
    return text.translate(_REPAIRED) if _C1.search(text) else text


def csv_rows(file: ListFile, *, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every row that is not empty. Raises ``SourceError`` where quotes do not close."""
    reader = csv.reader(io.StringIO(text_of(file), newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise SourceError(
            file.path, reader.line_num, f"the CSV breaks off ({error}); {AGAIN}"
        ) from None


def table_rows(
    file: ListFile, needed: tuple[str, ...], *, delimiter: str = ",", ragged: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and named cells, stripped, of every row; blank rows are left out.

    Raises ``SourceError`` for a missing column, and for a row with fewer or more cells than the header. A
    ``ragged`` file leaves out empty cells at the end of a row, but for the last row that is a sign of half a
    file.
    """
    rows = csv_rows(file, delimiter=delimiter)
    line, header = next(rows)
    if _is_report_date(header):
        line, header = next(rows, (line, header))
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()  # empty columns at the end, which spreadsheets leave behind
    if missing := [name for name in needed if name not in names]:
        raise SourceError(
            file.path, line, f"has no column {', '.join(missing)}; found {', '.join(names)}"
        )
    short: int | None = None
    for line, cells in rows:
        if short is not None and not ragged:
            break
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if any(stripped[len(names) :]):
            raise SourceError(
                file.path, line, f"has {len(cells)} cells, the header has {len(names)}; {AGAIN}"
            )
        short = line if len(cells) < len(names) else None
        stripped += [""] * (len(names) - len(cells))
        yield line, dict(zip(names, stripped, strict=False))
    if short is not None:
        raise SourceError(
            file.path, short, f"has fewer than {len(names)} cells; it was cut short: {AGAIN}"
        )
