"""Orders as flat rows: a line of an order in columns, as order books keep them; rows to orders and back.

A column is named by its path in an order: ``to``, ``line.eccn``, ``party1.name``, ``end_use.purposes``. An
empty cell is unknown. A list is written ``a|b``, an empty list, which somebody looked at, ``[]``; tables
inside lists (owners, red flags) are JSON. The values are those of order files, checked by the same reader.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from licet.order import EndUse, License, Line, Order, OrderError, Party, Shipment, order_from
from licet.order_contradictions import in_order
from licet.order_errors import Findings

MOST_PARTIES = 9
_PARTS: Mapping[str, type] = {
    "line": Line,
    "end_use": EndUse,
    "shipment": Shipment,
    "license": License,
}


def _fields(kind: type, head: str = "") -> dict[str, dataclasses.Field[Any]]:
    fields = dataclasses.fields(kind)
    return {f"{head}{one.metadata['key'] or one.name}": one for one in fields}


_TOP = {n: f for n, f in _fields(Order).items() if n not in ("party", "line", *_PARTS)}
FIELDS: Mapping[str, dataclasses.Field[Any]] = {
    **_TOP,
    **{n: f for part, kind in _PARTS.items() for n, f in _fields(kind, f"{part}.").items()},
    **{n: f for at in range(1, MOST_PARTIES + 1) for n, f in _fields(Party, f"party{at}.").items()},
}
"""The field of an order that each column gives."""
COLUMNS: tuple[str, ...] = tuple(FIELDS)
"""Every column that an order has."""
NUMBER = "line.number"
"""The number of a line in its order: by it and the id answers are told, and no rule reads it."""
BOOK_COLUMNS: tuple[str, ...] = (*_TOP, NUMBER, *COLUMNS[len(_TOP) :])
"""Every column that an order book may have."""
# What a cell is made into follows the type of the field.
NUMBERS = frozenset(n for n, f in FIELDS.items() if "int | float" in f.type)
LISTS = frozenset(n for n, f in FIELDS.items() if f.type.startswith("tuple["))
BOOLEAN = frozenset(n for n, f in FIELDS.items() if "bool" in f.type)
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}


class BadBook(ValueError):  # noqa: N818 -- it says what is the matter
    """An order book that cannot be read; says which file and column, and what to do."""


def order_of(
    row: Mapping[str, Any], *, source: str = "order book", line: int | None = None
) -> Order:
    """The order of one flat row. Raises ``OrderError`` with every problem.

    >>> order_of({"to": "CN", "line.eccn": "EAR99", "party1.name": "Acme", "red_flag": "[]"}).lines[0].eccn
    'EAR99'
    """
    data: dict[str, Any] = {}
    parties: dict[int, dict[str, Any]] = {}
    for column, cell in row.items():
        value = _value(column, cell)
        if value is None or column == NUMBER:
            continue
        head, _, rest = column.partition(".")
        if not rest:
            data[column] = value
        elif head.startswith("party"):
            parties.setdefault(int(head[5:]), {})[rest] = value
        elif head == "line":
            data.setdefault("line", [{}])[0][rest] = value
        else:
            data.setdefault(head, {})[rest] = value
    if parties:
        data["party"] = [parties[at] for at in sorted(parties)]
    return order_from(data, source=source, line_of=lambda _: line)


def order_of_lines(rows: Sequence[Mapping[str, Any]], *, source: str = "order book") -> Order:
    """The order whose lines are some flat rows, in their order. Raises ``OrderError`` with every problem."""
    orders = [order_of(row, source=source) for row in rows]
    return _together(orders)


def _together(orders: Sequence[Order]) -> Order:
    if len(orders) == 1:
        return orders[0]
    # A row that says nothing of its line is a line of which nothing is known.
    lines = tuple((one.lines or (Line(),))[0] for one in orders)
    return dataclasses.replace(orders[0], lines=lines)


@dataclass(slots=True)
class RowReader:
    """Reads many rows whose parts repeat: each distinct party, line and shipment is checked once."""

    columns: Sequence[str]
    source: str
    _parts: list[tuple[str, list[int]]] = field(init=False)
    _known: dict[tuple[str, tuple[Any, ...]], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts: dict[str, list[int]] = {}
        for at, column in enumerate(self.columns):
            head, dot, _ = column.partition(".")
            parts.setdefault(head if dot else "", []).append(at)
        self._parts = sorted(parts.items())  # parties in the order of their numbers

    def read_lines(self, rows: Sequence[Sequence[Any]], *, line: int) -> Order:
        """The order of rows that are its lines, in their order; raises as ``order_of``.

        What the rows say of the order itself must be the same in each; that of the first is taken.
        """
        return _together([self.read(cells, line=line) for cells in rows])

    def read(self, cells: Sequence[Any], *, line: int) -> Order:
        """The order of one row, whose cells are in the order of the columns; raises as ``order_of``."""
        values: dict[str, Any] = {}
        parties: list[Party] = []
        for head, places in self._parts:
            own = tuple([cells[at] for at in places])
            key = head, own
            if key not in self._known:
                if len(self._known) > 500_000:
                    self._known.clear()
                self._known[key] = self._part(places, own, head)
            part = self._known[key]
            if part is _BAD:
                break
            if head == "":
                values |= part
            elif head.startswith("party"):
                parties += part
            elif part is not None:
                values["lines" if head == "line" else head] = part
        else:
            if parties:
                values["parties"] = tuple(parties)
            found = Findings(source=self.source)
            in_order(found, values, ())
            if not found.problems:
                return Order(**values)
        return order_of(dict(zip(self.columns, cells, strict=True)), source=self.source, line=line)

    def _part(self, places: Sequence[int], cells: Sequence[Any], head: str) -> Any:
        row = {self.columns[at]: cell for at, cell in zip(places, cells, strict=True)}
        try:
            order = order_of(row)
        except OrderError:
            return _BAD  # the whole row tells all that is wrong with it, and where
        if head == "":
            names = (field.name for field in dataclasses.fields(Order))
            return {n: v for n in names if (v := getattr(order, n)) is not None}
        if head.startswith("party"):
            return order.parties or ()
        return getattr(order, "lines" if head == "line" else head)


_BAD = object()


def _value(column: str, cell: Any) -> Any:
    """A cell as a value of an order file; None where it is empty."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if not isinstance(cell, str):
        return list(cell) if isinstance(cell, tuple) else cell
    text = cell.strip()
    if not text:
        return None
    if column in LISTS:
        if text.startswith("["):
            try:
                return json.loads(text)
            except ValueError:
                return text  # the reader says what a list looks like
        return [part.strip() for part in text.split("|")]
    if column in BOOLEAN:
        return _FLAGS.get(text.lower(), text)
    if column in NUMBERS:
        try:
            number = float(text)
        except ValueError:
            return text
        if math.isnan(number):  # as pandas writes what is not known
            return None
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return cell


def row_of(order: Order) -> dict[str, str]:
    """An order of one line as a flat row: what a template shows. Raises ``ValueError`` for several lines."""
    from licet.order import order_to

    data: dict[str, Any] = order_to(order)
    row: dict[str, str] = {}
    lines = data.pop("line", [{}])
    if len(lines) > 1:
        raise ValueError("a row holds one line of an order")
    parts = {"": {k: v for k, v in data.items() if k not in (*_PARTS, "party")}, "line": lines[0]}
    parts |= {part: data[part] for part in _PARTS if part in data and part != "line"}
    parts |= {f"party{at}": party for at, party in enumerate(data.get("party", []), 1)}
    for head, table in parts.items():
        for key, value in table.items():
            row[f"{head}.{key}" if head else key] = _cell(value)
    return row


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        plain = value and all(
            isinstance(one, str)
            and one == one.strip()
            and "|" not in one
            and one[:1] not in ("", "[")
            for one in value
        )
        return "|".join(value) if plain else json.dumps(value, ensure_ascii=False)
    return str(value)
