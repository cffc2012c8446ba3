"""What is fuzzed: readers of files and the rule language, each with its seeds and the errors it may raise.

A target takes bytes. It gives a whole answer or one of its own errors; anything else is a finding, and so is
an answer that breaks what every answer has to keep. ``tests/test_fuzz.py`` runs all for some seconds,
``bench.fuzz`` for as long as one likes.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import licet
from licet.freshness import FILE, LimitsError, limits
from licet.law.condition import walk
from licet.law.errors import Place, RulebookError
from licet.law.parsing import Names, parse
from licet.law.rule_files import read_rule, rule_texts
from licet.law.table import Schema, read_table
from licet.order import OrderError, order_from, order_to
from licet.order_book import open_book
from licet.order_columns import BadBook, order_of_lines
from licet.order_files import BadOrder, read_stream
from licet.parties.listing import ListedName, Listing
from licet.parties.ownership_format import OwnershipTableError
from licet.screen_files import BadFile, read_rows
from licet.screen_lists import of_listings
from licet.screen_rows import answers
from licet.sources import ecfr, federal_register
from licet.sources.errors import SourceError
from licet.sources.listings import read_listings
from licet.sources.publishers import publishers
from tests.sources import list_samples

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
"""A folder for each target: files that once broke something, or nearly, and seeds made up for it."""

BOOK = licet.rulebook()
NAMES: Names = BOOK.vocabulary.names(
    frozenset(BOOK.rules), {name: len(one.schema.keys) for name, one in BOOK.tables.items()}
)  # fmt: skip
_RULES = Path(str(licet.law.rulebook.packaged())) / "rules"
_PLACE = Place("fuzz.toml", 1)
_ACME = of_listings(
    [Listing(list="OWN", id="1", kind="organization", names=(ListedName("Acme Rotor Works"),))]
)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that reads what others wrote."""

    read: Callable[[bytes], None]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def __call__(self, data: bytes) -> bool:
        """Whether the bytes were accepted; raises what is a finding."""
        try:
            self.read(data)
        except self.errors as error:
            assert str(error).strip(), "an error that says nothing"
            return False
        return True


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def condition(data: bytes) -> None:
    """The language of conditions."""
    found = parse(_text(data), names=NAMES, place=_PLACE)
    assert all(part is not None for part in walk(found))


def rules(data: bytes) -> None:
    """A file of rules."""
    for text in rule_texts(_text(data), "fuzz.toml"):
        rule = read_rule(text, NAMES)
        assert rule.id and rule.versions


def table(data: bytes) -> None:
    """A dated table."""
    schema = Schema(
        "t", "tables/t.csv", ("country", "group"), frozenset(), dt.date(2017, 1, 1), False, True, True,
        "15 CFR", "A table.",
    )  # fmt: skip
    for row in read_table(schema, _text(data)).every():
        assert row.valid_until is None or row.valid_from <= row.valid_until


def orders(data: bytes) -> None:
    """Orders of any format: never an exception, and each order is what it was when written down."""
    for suffix in ("", ".toml", ".json", ".jsonl"):
        for order in read_stream(io.BytesIO(data), source="fuzz", suffix=suffix):
            if isinstance(order, BadOrder):
                assert str(order.error)
            else:
                assert order_from(order_to(order)) == order


def order_book(data: bytes) -> None:
    """An order book as CSV: every row is an order, or an error that says why."""
    with _file(data, "book.csv") as path:
        book = open_book(path)
        try:
            for one in book.unread():
                assert one.reason
            for n in book.first_lines():
                try:
                    order_of_lines(book.lines(n), source="fuzz")
                except OrderError as error:
                    assert str(error)
        finally:
            book.close()


def names(suffix: str) -> Callable[[bytes], None]:
    """A file of names to be screened."""

    def read(data: bytes) -> None:
        with _file(data, f"names{suffix}") as path:
            for one in answers(read_rows(path), _ACME.screener, threshold=0.7):
                assert one.error or (one.query.name.strip() and one.verdict), one

    return read


def listings(suffix: str) -> Callable[[bytes], None]:
    """An official list: whoever is on it has a list, a number and a name."""

    def read(data: bytes) -> None:
        with _file(data, f"list{suffix}") as path:
            found = read_listings(path)
        assert found, "a file without anybody was taken"
        assert all(one.list and one.id and one.names for one in found)

    return read


def ownership(data: bytes) -> None:
    """A table of ownership."""
    found = licet.read_ownership(data, name="fuzz")
    assert len(found) >= 0


def records(data: bytes) -> None:
    """Records of the Federal Register."""
    with _file(data, "records.json") as path:
        for one in federal_register.read(path):
            assert one.number


def regulations(data: bytes) -> None:
    """XML of the eCFR."""
    ecfr.parse(Path("title-15.xml"), data)


def addresses(data: bytes) -> None:
    """A file of publishers' addresses."""
    with _file(data, "publishers.toml") as path:
        for one in publishers(path).values():
            assert one.code and one.url and "/" not in one.file


def ages(data: bytes) -> None:
    """A file of limits."""
    with _file(data, FILE) as path:
        assert limits(path.parent).law >= 0


class _file:  # noqa: N801 -- used as a function
    """A file of this name with these bytes, while it is asked for."""

    def __init__(self, data: bytes, name: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="licet-fuzz-")
        self._path = Path(self._folder.name) / name
        self._path.write_bytes(data)

    def __enter__(self) -> Path:
        return self._path

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _samples(*parts: str) -> tuple[bytes, ...]:
    found = (getattr(list_samples, part) for part in parts)
    return tuple(one.encode() if isinstance(one, str) else one for one in found)


_CONDITIONS = (
    b"subject_to_ear and any(l.list == 'EL' and l.is_party for l in listings)",
    b"(to, 'D:5') in country_groups or not line.published",
    b"line.value_usd <= 5000 and date >= date(2019, 5, 16)",
    b"all(p.kind != 'military' for p in parties) if to == 'CN' else line.eccn == 'EAR99'",
)


def _packaged(*names: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for name in names for path in sorted(_RULES.rglob(name))[:1])


TARGETS: Mapping[str, Target] = {
    "condition": Target(condition, (RulebookError,), _CONDITIONS),
    "rules": Target(rules, (RulebookError,), _packaged("11.toml", "3.toml")),
    "table": Target(
        table, (RulebookError,),
        (b"country,group,valid_from,valid_until,published,source\nCN,D:5,2018-01-01,,2018-01-01,x\n",),
    ),
    "orders": Target(
        orders, (), tuple((ROOT / "examples" / name).read_bytes() for name in ("osaka.toml", "many.jsonl")),
    ),
    "order_book": Target(order_book, (BadBook,), (b"id,to,line.eccn\n1,DE,EAR99\n2,CN,3A991\n",)),
    "names_csv": Target(names(".csv"), (BadFile,), ((ROOT / "examples" / "customers.csv").read_bytes(),)),
    "names_jsonl": Target(names(".jsonl"), (BadFile,), (b'{"name": "Acme", "id": 1}\n{"name": "B"}\n',)),
    "lists_xml": Target(
        listings(".xml"), (SourceError,), _samples("SDN_XML", "ENHANCED", "UN", "EU", "CANADA"),
    ),
    "lists_csv": Target(
        listings(".csv"), (SourceError,),
        _samples("SDN", "CSL", "DPL_CSV", "DDTC", "DDTC_ADMINISTRATIVE", "ISN", "AGENCY", "UVL", "UK_OFFICIAL"),
    ),
    "lists_txt": Target(listings(".txt"), (SourceError,), _samples("DPL_TAB")),
    "lists_json": Target(listings(".json"), (SourceError,), _samples("CSL_JSON", "FTM")),
    "lists_zip": Target(
        listings(".zip"), (SourceError,), (b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(40)),
    ),
    "ownership": Target(
        ownership, (OwnershipTableError,), ((ROOT / "examples" / "ownership.csv").read_bytes(),),
    ),
    "records": Target(
        records, (SourceError,),
        (b'{"results": [{"document_number": "2019-10616", "title": "x", "publication_date": "2019-05-21"}]}',),
    ),
    "regulations": Target(
        regulations, (SourceError,), (b'<?xml version="1.0"?><DIV5 N="744" TYPE="PART"><HEAD>x</HEAD></DIV5>',),
    ),
    "addresses": Target(
        addresses, (SourceError,), (b"[[publisher]]\ncode='a'\nsays='b'\nurl='https://c'\nfile='d'\n",),
    ),
    "ages": Target(ages, (LimitsError,), (b"refuse = true\nlaw = 3\n[lists]\nSDN = 2\n",)),
}  # fmt: skip

_PIECES = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b'"', b"'", b"\n", b"\r", b",", b"\t", b"|", b"[]", b"{}", b"[" * 300,
    b"(" * 300, b"not " * 300, b"<" * 50, b"</", b"&x;", b"]]>", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"1e999",
    b"NaN", b"-0", b"9" * 400, b"null", b"true", b"2019-02-30", b"9999-12-31", b"0000-00-00", b"\xe2\x80\xae",
    b"\xed\xa0\x80", b"None", b"lambda: 0", b"__import__('os')", b"f'{x}'", b"x" * 5000,
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with some pieces cut, doubled, moved, overwritten or put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(out) + 1)
        long = chance.choice((1, 1, 4, 20, 200))
        what = chance.randrange(6)
        if what == 0:
            del out[at : at + long]
        elif what == 1:
            out[at:at] = out[at : at + long] * chance.choice((1, 2, 30))
        elif what == 2:
            del out[at:]
        elif what == 3:
            out[at:at] = chance.choice(_PIECES)
        elif what == 4 and at < len(out):
            out[at] = chance.randrange(256)
        else:
            out[at : at + long] = chance.choice(_PIECES)
    return bytes(out[:200_000])


def seeds(name: str) -> list[bytes]:
    """The seeds of a target with what its corpus keeps."""
    kept = sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []
    return [*TARGETS[name].seeds, *(path.read_bytes() for path in kept)]
