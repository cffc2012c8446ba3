"""Orders as flat rows: a line of an order in columns, as order books keep them; rows to orders and back.

A column is named by its path in an order: ``to``, ``line.eccn``, ``party1.name``, ``end_use.purposes``. An
empty cell is unknown. A list is written ``a|b``, an empty list, which somebody looked at, ``[]``; tables
inside lists (owners, red flags) are JSON. The values are those of order files, checked by the same reader.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
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


def _names(kind: type) -> list[str]:
    return [field.metadata["key"] or field.name for field in dataclasses.fields(kind)]


_TOP = [n for n in _names(Order) if n not in ("party", "line", *_PARTS)]
COLUMNS: tuple[str, ...] = (
    *_TOP,
    *(f"{part}.{name}" for part, kind in _PARTS.items() for name in _names(kind)),
    *(f"party{at}.{name}" for at in range(1, MOST_PARTIES + 1) for name in _names(Party)),
)
"""Every column that an order book may have."""
NUMBERS = frozenset({
    "line.quantity", "line.value_usd", "line.controlled_us_content_pct", "license.value_left_usd",
    "license.quantity_left",
})  # fmt: skip
_LISTS = frozenset({
    "conditions_met", "conditions_not_met", "red_flag", "line.us_content_eccns", "line.named_in_746",
    "line.controlled_for", "line.plant_uses", "line.plant_technology", "line.design_uses", "line.modules_by",
    "end_use.purposes", "end_use.goes_into_products_of", "shipment.via", "shipment.known_reexport_on",
    "shipment.carrier_countries", "license.parties", "license.lines",
})  # fmt: skip
_LISTS_OF_PARTY = frozenset({"owners", "uses_equipment_of"})
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}
_BOOLEAN = frozenset({
    "us_person", "parties_complete", "ofac_authorized", "line.published", "line.fcc_authorization_limited",
    "end_use.fully_operational", "shipment.en_route", "license.covers_end_use",
    "license.revoked",
})  # fmt: skip


class BadBook(ValueError):  # noqa: N818 -- it says what is the matter
    """An order book that cannot be read; says which file and column, and what to do."""


def check_columns(names: Iterable[str], source: str) -> None:
    """Refuse a column that no order has: a misspelled one would be unknown in every row, silently.

    Raises ``BadBook`` with the nearest name that there is.
    """
    found = list(names)
    twice = sorted({one for one in found if found.count(one) > 1})
    if twice:
        raise BadBook(
            f"{source}: column {', '.join(twice)} stands twice; which is meant? Rename the other."
        )
    for one in found:
        if one not in COLUMNS:
            near = get_close_matches(one, COLUMNS, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else "see licet replay --template."
            raise BadBook(
                f"{source}: column {one!r} is none of an order; {hint} Rename or remove it."
            )


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
        if value is None:
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
    plain = column.partition(".")[2] if column.startswith("party") else column
    if column in _LISTS or (column.startswith("party") and plain in _LISTS_OF_PARTY):
        if text.startswith("["):
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return text  # the reader says what a list looks like
        return [part.strip() for part in text.split("|")]
    if column in _BOOLEAN:
        return _FLAGS.get(text.lower(), text)
    if column in NUMBERS:
        try:
            number = float(text)
        except ValueError:
            return text
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
        plain = value and all(isinstance(one, str) and "|" not in one for one in value)
        return "|".join(value) if plain else json.dumps(value, ensure_ascii=False)
    return str(value)


def columns_of(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The columns that some rows have, in the order of ``COLUMNS``."""
    there = {column for row in rows for column in row}
    return [column for column in COLUMNS if column in there]


_BUYER = {
    "country": "CN", "address": "Bantian, Longgang District, Shenzhen", "kind": "commercial",
    "headquarters": "CN", "owners": "[]", "uses_equipment_of": "[]",
}  # fmt: skip
_LINE = {
    "activity": "export", "from": "US", "to": "CN", "us_person": "true", "parties_complete": "true",
    "conditions_met": "[]", "red_flag": "[]", "line.kind": "commodity", "line.quantity": "1000",
    "line.value_usd": "50000", "line.made_in": "US", "line.published": "false", "end_use.purposes": "civil",
    "end_use.goes_into_products_of": "[]", "shipment.en_route": "false", "shipment.via": "[]",
}  # fmt: skip


def _example(id: str, eccn: str, buyer: str) -> dict[str, str]:
    party = {f"party1.{name}": value for name, value in _BUYER.items()}
    return {
        "id": id, "line.eccn": eccn, **_LINE, "party1.role": "ultimate_consignee",
        "party1.name": buyer, **party,
    }  # fmt: skip


TEMPLATE: tuple[dict[str, str], ...] = (
    _example("PO-1001-1", "3A991.a.1", "Huawei Technologies Co., Ltd."),
    _example("PO-1002-1", "EAR99", "Shenzhen Example Retail Co., Ltd."),
)
"""Two lines of an order book, as ``licet replay --template`` prints them."""
