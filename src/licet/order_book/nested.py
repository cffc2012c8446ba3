"""Orders as people write them in JSON, with ``line`` and ``party`` lists, made into flat rows: one for
each line."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from licet.order_book.cells import Fault, Row, text_of
from licet.order_columns import BOOK_COLUMNS, MOST_PARTIES, NUMBER

_LONGEST = 10_000_000  # bytes of one order
_TABLES = ("end_use", "shipment", "license")


class _Wrong(ValueError):  # noqa: N818 -- the reason of one row
    pass


def read_json_lines(path: Path, known: Collection[str]) -> Iterator[Row | Fault]:
    """The rows of a file with an object in each line: flat, or an order with lists of lines and parties."""
    with path.open("rb") as stream:
        for at, raw in enumerate(_lines(stream), 1):
            if at == 1 and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
                yield Fault(at, "is UTF-16 text, not UTF-8. Save the file as UTF-8.")
                return
            line = raw.removeprefix(b"\xef\xbb\xbf") if at == 1 else raw
            if line.strip():
                yield from _of_line(at, line, known)


def _lines(stream: Any) -> Iterator[bytes]:
    while line := stream.readline(_LONGEST + 1):
        yield line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = stream.readline(_LONGEST + 1)


def _of_line(at: int, line: bytes, known: Collection[str]) -> Iterator[Row | Fault]:
    if len(line) > _LONGEST:
        yield Fault(at, "the line is above 10 MB; an order takes some kilobytes.")
        return
    try:
        data = json.loads(line.decode("utf-8"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        yield Fault(
            at,
            f"byte {error.start + 1} of the line, 0x{line[error.start]:02x}, is not UTF-8. Save "
            f"the file as UTF-8.",
        )
    except json.JSONDecodeError as error:
        yield Fault(at, f"not JSON at column {error.colno}: {error.msg.lower()}.")
    except (RecursionError, ValueError) as error:
        yield Fault(at, f"{error}" if isinstance(error, _Wrong) else "not JSON that can be read.")
    else:
        yield from rows_of(data, at, known)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in table if keys.count(key) > 1)
        raise _Wrong(f"{twice}: is given twice in one table; keep the one that is true.")
    return table


def rows_of(data: Any, at: int, known: Collection[str] = BOOK_COLUMNS) -> Iterator[Row | Fault]:
    """The rows of one object, flat or nested; a fault where it is no order.

    >>> for one in rows_of({"to": "CN", "line": [{"eccn": "EAR99"}, {"value_usd": 5}]}, 1):
    ...     print(*one.cells.items())
    ('to', 'CN') ('line.number', '1') ('line.eccn', 'EAR99')
    ('to', 'CN') ('line.number', '2') ('line.value_usd', '5')
    """
    id_ = None
    try:
        if not isinstance(data, Mapping):
            raise _Wrong("is no table; an object with the fields of an order is asked.")
        id_ = text_of(data.get("id")) if not isinstance(data.get("id"), list | Mapping) else None
        whole: dict[str, str] = {}
        lines: list[dict[str, str]] = []
        for key, value in data.items():
            if value is None:
                continue
            if key == "line" and not isinstance(value, str):
                lines = [
                    _cells(one, "line", f"line[{n}]", known)
                    for n, one in enumerate(_list(key, value))
                ]
            elif key == "party" and not isinstance(value, str):
                for n, one in enumerate(_parties(value)):
                    whole |= _cells(one, f"party{n + 1}", f"party[{n}]", known)
            elif key in _TABLES:
                whole |= _cells(value, key, key, known)
            else:
                whole |= _cell(key, value, key, known)
    except _Wrong as error:
        yield Fault(at, str(error), id_)
        return
    of = None if id_ else f"row {at}"
    if not lines:
        yield Row(at, whole, of)
    for number, line in enumerate(lines, 1):
        yield Row(at, whole | {NUMBER: str(number)} | line, of)


def _list(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(f"{key}: a list of tables is asked, as in [{{...}}, {{...}}].")
    return value


def _parties(value: Any) -> list[Any]:
    parties = _list("party", value)
    if len(parties) > MOST_PARTIES:
        raise _Wrong(
            f"party: {len(parties)} parties; an order book takes {MOST_PARTIES}. "
            "Ask for this order with licet check, or leave out who plays no part."
        )
    return parties


def _cells(table: Any, head: str, shown: str, known: Collection[str]) -> dict[str, str]:
    if not isinstance(table, Mapping):
        raise _Wrong(f"{shown}: a table is asked, as in {{...}}.")
    if not table and shown.endswith("]"):
        raise _Wrong(f"{shown}: is empty and says nothing; fill it or remove it.")
    found: dict[str, str] = {}
    for key, value in table.items():
        if value is not None:
            found |= _cell(f"{head}.{key}", value, f"{shown}.{key}", known)
    return found


def _cell(column: str, value: Any, shown: str, known: Collection[str]) -> dict[str, str]:
    if column not in known:
        near = get_close_matches(column, known, 1, 0.6)
        hint = f" Did you mean {near[0].rpartition('.')[2]}?" if near else ""
        raise _Wrong(f"{shown:.80}: is no field of an order.{hint}")
    text = text_of(value)
    return {column: text} if text is not None else {}


def is_nested(names: Iterable[str], kind_of: Callable[[str], str]) -> bool:
    """Whether some columns of a frame hold tables inside: ``line``, ``party`` and such, as STRUCT or
    lists of it."""
    return any(
        name in ("line", "party", *_TABLES)
        and ("STRUCT" in kind_of(name) or "MAP" in kind_of(name))
        for name in names
    )
