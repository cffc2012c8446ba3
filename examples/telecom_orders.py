"""An order book of a maker of telecom parts, made by seed: 10,000 lines, half of them for one great customer.

    ./dev python examples/telecom_orders.py orders.csv
    ./dev licet replay orders.csv --on 2019-05-15 --on 2019-05-16 --chart flips.svg

Names of listed customers are those of the Entity List on the days that it gives; all others are made up.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import licet

DAYS = tuple(
    map(
        dt.date.fromisoformat,
        ("2019-05-15", "2019-05-16", "2019-05-20", "2019-06-29", "2019-08-19", "2020-05-15", "2020-08-14",
         "2020-08-17"),
    )
)  # fmt: skip
"""The story: listing, temporary license, Osaka, affiliates, chips made with US tools, the end."""
LINES = 10_000
_WORDS = (
    "Nordic",
    "Andes",
    "Delta",
    "Lagoon",
    "Baobab",
    "Fjord",
    "Prairie",
    "Monsoon",
    "Steppe",
    "Coral",
)
_KINDS = ("Telecom", "Mobile", "Fiber", "Networks", "Cellular")
_COUNTRIES = ("CN", "DE", "FR", "BR", "IN", "ZA", "TH", "MX", "JP", "KE", "PL", "CL")
_PLAIN = {
    "us_person": "true", "parties_complete": "true", "red_flag": "[]", "line.kind": "commodity",
    "line.published": "false", "shipment.en_route": "false", "shipment.via": "[]",
    "party1.role": "ultimate_consignee", "party1.kind": "commercial", "party1.owners": "[]",
    "party1.uses_equipment_of": "[]",
}  # fmt: skip
_FROM_US = {"activity": "export", "from": "US", "line.made_in": "US"}
_FROM_ABROAD = {
    "activity": "reexport", "from": "TW", "line.eccn": "3A991.a.1", "line.made_in": "TW",
    "line.controlled_us_content_pct": "0", "line.us_content_eccns": "[]", "line.plant_technology": "3E991",
    "line.plant_uses": "3B991", "line.production_started": "2020-09-01",
    "line.designed_by": "Island Design House",
}  # fmt: skip
# What the maker sells, how often, and what each line says of itself.
_TRADE: tuple[tuple[float, dict[str, str]], ...] = (
    (0.30, _FROM_US | {"line.description": "connectors", "line.eccn": "EAR99"}),
    (0.25, _FROM_US | {"line.description": "processors", "line.eccn": "3A991.a.1"}),
    (0.15, _FROM_US | {"line.description": "routers", "line.eccn": "5A991.b.1"}),
    (0.20, _FROM_US | {
        "line.description": "spare parts of a network", "line.eccn": "5A991.b.1", "conditions_met": "TGL",
        "end_use.purposes": "existing_network_support", "end_use.contract_date": "2019-01-10",
        "end_use.fully_operational": "true",
    }),
    (0.07, _FROM_ABROAD | {"line.description": "chips of a foundry abroad", "line.design_uses": "[]"}),
    (0.03, _FROM_ABROAD | {
        "line.description": "chips that the customer designed", "line.design_uses": "3D991",
        "line.designed_by": "HiSilicon Technologies Co., Ltd",
    }),
)  # fmt: skip


def rows(count: int = LINES, *, seed: int = 2019) -> Iterator[dict[str, str]]:
    """Flat rows, the same for the same seed; columns as in ``licet.order_columns.COLUMNS``."""
    chance = random.Random(seed)
    customers = _listed()
    others = [
        (f"{word} {kind} {at}", chance.choice(_COUNTRIES))
        for at, (word, kind) in enumerate((w, k) for w in _WORDS for k in _KINDS)
    ]
    for at in range(1, count + 1):
        name, country = chance.choice(customers if chance.random() < 0.5 else others)
        (goods,) = chance.choices([g for _, g in _TRADE], [share for share, _ in _TRADE])
        row = _PLAIN | {
            "conditions_met": "[]",
            "end_use.purposes": "civil",
            "end_use.goes_into_products_of": "[]",
        }
        if goods["from"] != "US":
            # A chip is made for the product of whoever buys it.
            row["end_use.goes_into_products_of"] = name
        yield row | goods | {
            "id": f"T{at:05}", "to": country, "party1.name": name, "party1.country": country,
            "party1.headquarters": country, "line.quantity": str(chance.randint(1, 900)),
            "line.value_usd": str(chance.randint(3_000, 90_000)),
        }  # fmt: skip


def _listed() -> list[tuple[str, str]]:
    """Huawei and its affiliates with the countries of their entries, whenever they were listed."""
    entries = licet.rulebook().tables["entity_list"].every()
    found = {
        (row.values["name"], row.values["country"])
        for row in entries
        if "Huawei" in row.values["name"] and len(row.values["country"]) == 2
    }
    return sorted(found)


def write(path: Path, count: int = LINES) -> None:
    """The book as CSV."""
    some = list(rows(count))
    columns = list(dict.fromkeys(column for row in some for column in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(some)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
