"""Examples of order books: rows, orders in JSON lines, and the three files, as ``licet replay
--template`` gives them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from licet.order import order_to
from licet.order_book.three_files import ORDER
from licet.order_columns import COLUMNS, order_of, order_of_lines
from licet.screen_out import CannotWrite, beside, write_table

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
"""Two orders of one line each, as ``licet replay --template`` prints them."""
SPARE = TEMPLATE[0] | {"line.eccn": "EAR99", "line.quantity": "20", "line.value_usd": "900"}
"""A second line of the first order, where a form holds orders of several lines."""


def columns_of(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The columns that some rows have, in the order of ``COLUMNS``."""
    there = {column for row in rows for column in row}
    return [column for column in COLUMNS if column in there]


def print_template(stream: TextIO) -> None:
    """The example of rows as CSV."""
    columns = columns_of(TEMPLATE)
    writer = csv.writer(stream)
    writer.writerow(columns)
    for row in TEMPLATE:
        writer.writerow([row.get(column, "") for column in columns])


def write_template(out: Path) -> None:
    """An example in the form that a name asks for; a name without an ending is a folder of three files.

    Raises ``CannotWrite``.
    """
    match out.suffix.lower():
        case ".csv" | ".xlsx" | ".parquet" as ending:
            columns = columns_of(TEMPLATE)
            rows = [[row.get(column) for column in columns] for row in TEMPLATE]
            write_table(columns, rows, ending[1:], out, sheet="orders")
        case ".jsonl" | ".ndjson":
            with beside(out) as path:
                path.write_text(
                    "".join(json.dumps(one) + "\n" for one in orders()), encoding="utf-8"
                )
        case "":
            _folder(out)
        case ending:
            raise CannotWrite(
                f"--out {out}: the ending {ending} says no form of an order book; allowed: .csv .xlsx .parquet "
                ".jsonl, or no ending for a folder of three files."
            )


def orders() -> list[dict[str, Any]]:
    """The example as orders in JSON: the first of two lines, the second of one."""
    first = order_of_lines([TEMPLATE[0] | {"id": "PO-1001"}, SPARE | {"id": "PO-1001"}])
    second = order_of(TEMPLATE[1] | {"id": "PO-1002"})
    return [dict(order_to(one)) for one in (first, second)]


def three_tables() -> dict[str, list[dict[str, str]]]:
    """The example as the rows of the three files."""
    found: dict[str, list[dict[str, str]]] = {"orders": [], "lines": [], "parties": []}
    for id_, rows in (("PO-1001", (TEMPLATE[0], SPARE)), ("PO-1002", (TEMPLATE[1],))):
        whole = {k: v for k, v in rows[0].items() if not k.startswith(("line.", "party1."))}
        found["orders"].append(whole | {"id": id_})
        for number, row in enumerate(rows, 1):
            found["lines"].append({ORDER: id_, "number": str(number)} | _below(row, "line."))
        found["parties"].append({ORDER: id_} | _below(rows[0], "party1."))
    return found


def _below(row: Mapping[str, str], head: str) -> dict[str, str]:
    return {k.removeprefix(head): v for k, v in row.items() if k.startswith(head)}


def _folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"--out {out}: {error.strerror or error}.") from None
    for name, rows in three_tables().items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        write_table(
            columns,
            [[row.get(column) for column in columns] for row in rows],
            "csv",
            out / f"{name}.csv",
        )
