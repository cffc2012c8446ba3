"""Order files: where orders are found, and the file, line and field that an error names."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.order import Order, OrderError
from licet.order_files import LONGEST_LINE, MOST_GARBAGE, BadOrder, read_order, read_orders

EXAMPLES = Path(__file__).parents[1] / "examples"


def from_stdin(text: str | bytes) -> list[Order | BadOrder]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_orders("-", stdin=io.BytesIO(raw)))


def from_file(path: Path, text: str | bytes) -> list[Order | BadOrder]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_orders(path))


def said(order: Order | BadOrder) -> str:
    assert isinstance(order, BadOrder)
    assert len(str(order.error)) < 1000, "an error never echoes a file"
    return str(order.error)


def test_the_examples_are_orders() -> None:
    for file in EXAMPLES.glob("*.toml"):
        assert read_order(file).date, file
    many = list(read_orders(EXAMPLES / "many.jsonl"))
    assert [isinstance(order, BadOrder) for order in many] == [False, False, False, True, False]
    assert [order.id for order in many] == ["PO-1", "PO-2", "PO-3", "PO-4", "PO-5"]
    assert "many.jsonl:4: destination: " in said(many[3])


TOML = """\
id = "PO-1"          # a comment with ] and "quotes"
note.text = 1
date = 2019-06-30

[[party]]
role = "purchaser"
name = '''a
= b
[c]'''

[[party]]
"role" = "purchasr"
owners = [
  { name = "A", share = 10 },   # [
  # the next one is wrong
  { name = "B", share = 101 },
]

[end_use]
purposes = [
  "civil",
  "civl",
]
contract_date = 2019-01-10T10:00:00
"""


def test_toml_errors_name_the_line_of_the_key(tmp_path: Path) -> None:
    file = tmp_path / "po.toml"
    (bad,) = from_file(file, TOML)
    assert isinstance(bad, BadOrder)
    assert bad.id == "PO-1"
    assert [(p.line, p.field) for p in bad.error.problems] == [
        (2, "note"),
        (12, "party[1].role"),
        (16, "party[1].owners[1].share"),
        (22, "end_use.purposes[1]"),
        (24, "end_use.contract_date"),
    ]
    assert str(bad.error).startswith(f"{file}:2: note: ")


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("id = 'x'\ndate = 2019-02-30\n", 2, "date", "February 2019 has 28 days"),
        ("[shipment]\nordered_on = 2019-06-31\n", 2, "shipment.ordered_on", "30 days, not 31"),
        ("to = CN\n", 1, "to", "quotes"),
        ("to = 'CN'\nto = 'HK'\n", 2, "to", "given twice"),
        ("to = 'CN'\nthis is no order\n", 2, "", "not TOML"),
        ("[end_use]\n[end_use]\n", 2, "end_use", "given twice"),
        ("owners = [{ name = 'A',\n share = 1}]\n", 1, "owners[0].name", "braces"),
        ("to = 'CN'\nvia = [\n", 2, "", "left open"),
    ],
)
def test_text_that_is_not_toml(tmp_path: Path, text: str, line: int, field: str, says: str) -> None:
    (bad,) = from_file(tmp_path / "po.toml", text)
    assert says in said(bad)
    assert isinstance(bad, BadOrder)
    assert (bad.error.problems[0].line, bad.error.problems[0].field) == (line, field)


def test_several_orders_in_toml(tmp_path: Path) -> None:
    text = (
        '[[order]]\nid = "A"\nto = "CN"\n[[order.party]]\nrole = "seller"\n'
        '[[order]]\nid = "B"\n[[order.party]]\nrole = "selle"\n'
        '[[order]]\nid = "A"\n'
    )
    a, b, again = from_file(tmp_path / "po.toml", text)
    assert (a.id, b.id, again.id) == ("A", "B", "A")
    assert "po.toml:9: order[1].party[0].role: " in said(b)
    outside, one = from_file(tmp_path / "po.toml", 'to = "CN"\n' + text[: text.index("[[order.")])
    assert "po.toml:1: to: stands outside" in said(outside)
    assert isinstance(one, Order)


def test_json_errors_name_line_and_field(tmp_path: Path) -> None:
    text = '{\n "id": "PO-1",\n "line": [\n  {"eccn": "EAR99"},\n  {"eccn":\n "3A"}\n ]\n}\n'
    (bad,) = from_file(tmp_path / "po.json", text)
    assert "po.json:5: line[1].eccn: " in said(bad)


def test_one_bad_order_in_a_json_array(tmp_path: Path) -> None:
    text = '[\n {"id": "A", "to": "CN"},\n {"id": "B",\n  "to": "UK"},\n 7,\n {"id": "D"}\n]\n'
    a, b, c, d = from_file(tmp_path / "po.json", text)
    assert (a.id, b.id, c.id, d.id) == ("A", "B", None, "D")
    assert "po.json:4: [1].to: " in said(b)
    assert "po.json:5: [2]: found 7; a table" in said(c)


def test_keys_given_twice_in_json_are_refused(tmp_path: Path) -> None:
    (bad,) = from_file(tmp_path / "po.json", '{"line": [{"eccn": "EAR99", "eccn": "3A001"}]}')
    assert "po.json:1: line[0].eccn: is given twice" in said(bad)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id": "A",\n "to": CN}', "po.json:2: not JSON at column 8"),
        ('{"id": "A"', "the text ends"),
        ('{"id": "A"}\n{"id": "B"}', "a file named .jsonl"),
        ("[]", "holds no order"),
        ("[" * 200_000, "nested too deep"),
        ('{"line": [{"quantity": ' + "9" * 5000 + "}]}", "too many digits"),
    ],
)
def test_text_that_is_not_one_json_value(tmp_path: Path, text: str, says: str) -> None:
    (bad,) = from_file(tmp_path / "po.json", text)
    assert says in said(bad)


def test_json_knows_no_nan_and_orders_neither(tmp_path: Path) -> None:
    (bad,) = from_file(tmp_path / "po.json", '{"line": [{"quantity": NaN}]}')
    assert "line[0].quantity: nan is not a number" in said(bad)


def test_a_bad_line_among_json_lines_keeps_its_place() -> None:
    orders = from_stdin('{"id": "A"}\n\n{"id": "B", "to": "UK"}\nnot json\n\xff\n[1]\n{"id": "F"}')
    assert [order.id for order in orders] == ["A", "B", None, None, None, "F"]
    assert "standard input:3: to: " in said(orders[1])
    assert "standard input:4: not JSON at column 1" in said(orders[2])
    assert "standard input:6: found a list of 1; a table" in said(orders[4])


def test_bytes_that_are_no_text_are_named_by_place(tmp_path: Path) -> None:
    _, bad, _ = from_stdin(b'{"id": "A"}\n{"id": "\xe9"}\n{"id": "C"}\n')
    assert "standard input:2: byte 8 of the line, 0xe9, is not UTF-8" in said(bad)
    (bad,) = from_file(tmp_path / "po.toml", b'id = "A"\nto = "\xe9"\n')
    assert "po.toml:2: byte 15 of the file, 0xe9" in said(bad)
    (bad,) = from_file(tmp_path / "po.toml", 'id = "A"'.encode("utf-16"))
    assert "UTF-16" in said(bad)
    (bad,) = from_file(tmp_path / "po.toml", b'id = "A\0"')
    assert "a zero character" in said(bad)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('id = "A"\n', ["A"]),
        ('# an order\n\nid = "A"\n', ["A"]),
        ('[[order]]\nid = "A"\n[[order]]\nid = "B"\n', ["A", "B"]),
        ("[shipment]\nvia = []\n", [None]),
        ('party = [\n{ role = "seller" },\n]\nid = "A"\n', ["A"]),
        ('{"id": "A"}', ["A"]),
        ('{"id": "A"}\n{"id": "B"}\n', ["A", "B"]),
        ('{\n"id": "A"\n}\n', ["A"]),
        ('{"id": "A",\n "to": "CN"}\n', ["A"]),
        ('[{"id": "A"}, {"id": "B"}]', ["A", "B"]),
        ('[\n{"id": "A"}]', ["A"]),
        ('\ufeff{"id": "A"}\n', ["A"]),
        ('\ufeffid = "A"\n', ["A"]),
        ('{"id": "A"}\r\n{"id": "B"}\r\n', ["A", "B"]),
    ],
)
def test_standard_input_is_told_apart_by_content(text: str, ids: list[str | None]) -> None:
    orders = from_stdin(text)
    assert not [said(order) for order in orders if isinstance(order, BadOrder)]
    assert [order.id for order in orders] == ids


def test_a_broken_first_line_does_not_hide_the_lines_after_it() -> None:
    for first in ('{"id": "A", "to":', "oops"):
        orders = from_stdin(first + '\n{"id": "B"}\n{"id": "C"}\n')
        assert [order.id for order in orders] == [None, "B", "C"]


def test_files_that_are_not_there_or_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "order.toml").write_text("", encoding="utf-8")
    assert "it is empty" in said(*read_orders(tmp_path / "order.toml"))
    assert "it is empty" in said(*from_stdin(" \n\n"))
    assert "it is empty" in said(*from_stdin(b"\xef\xbb\xbf"))
    assert 'Did you mean "order.toml"?' in said(*read_orders(tmp_path / "ordr.toml"))
    assert "Nor is there a folder" in said(*read_orders(tmp_path / "no" / "order.toml"))
    assert "is a folder" in said(*read_orders(tmp_path))


@pytest.mark.parametrize("suffix", [".toml", ".json", ".jsonl", ".txt"])
@pytest.mark.parametrize(
    "garbage",
    [b"\x89\x00\xfe" * 3_400_000, b"x" * 10_200_000, b"[" * 10_200_000, b"a.b\n" * 2_600_000],
    ids=["binary", "one word", "brackets", "many lines"],
)
def test_megabytes_of_garbage_are_refused_fast_and_in_few_words(
    tmp_path: Path, suffix: str, garbage: bytes
) -> None:
    (tmp_path / f"po{suffix}").write_bytes(garbage)
    begun = time.perf_counter()
    refused = [said(order) for order in read_orders(tmp_path / f"po{suffix}")]
    assert len(refused) <= MOST_GARBAGE + 1
    assert time.perf_counter() - begun < 10


def test_keys_of_endless_parts_are_refused_fast(tmp_path: Path) -> None:
    (bad,) = from_file(tmp_path / "po.toml", "a" + ".a" * 400_000 + " = 1")
    assert "nested too deep" in said(bad)


def test_json_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        read_so_far = 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:
            self.read_so_far += 1
            return b'{"id": "A"}\n'

    stream = Endless()
    orders: Iterator[Order | BadOrder] = read_orders("-", stdin=stream)  # type: ignore[arg-type]
    for _ in range(10):
        assert next(orders).id == "A"
    assert stream.read_so_far < 20


def test_a_line_too_long_is_refused_and_the_next_one_read() -> None:
    long = b'{"id": "' + b"x" * (LONGEST_LINE + 100_000) + b'"}\n'
    first, second, third = from_stdin(b'{"id": "A"}\n' + long + b'{"id": "C"}\n')
    assert (first.id, third.id) == ("A", "C")
    assert "standard input:2: the line is above 10 MB" in said(second)


def test_read_order_wants_one(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="several orders"):
        read_order(EXAMPLES / "many.jsonl")
    with pytest.raises(OrderError, match="no such file"):
        read_order(tmp_path / "none.toml")


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_give_orders_or_errors(raw: bytes) -> None:
    assert from_stdin(raw)


@given(st.text("ab.=[]{}\"'\n#,:-12\\ ", max_size=60))
def test_any_text_of_the_signs_of_toml_and_json_gives_orders_or_errors(text: str) -> None:
    for order in from_stdin(text) + from_stdin(text + '\n"unknown" = 1'):
        if isinstance(order, BadOrder):
            assert said(order)


def test_json_lines_carry_what_order_files_carry(tmp_path: Path) -> None:
    text = json.dumps({"id": "A", "from": "US", "date": "2019-06-30"})
    (one,) = from_stdin(text)
    (two,) = from_file(tmp_path / "a.toml", 'id = "A"\nfrom = "US"\ndate = 2019-06-30\n')
    assert one == two
