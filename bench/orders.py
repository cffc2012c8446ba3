"""Order books of any size, seeded: real ECCNs and destinations, buyers of whom a stated share is listed.

    ./dev python bench/orders.py 1000000 /tmp/orders.parquet

Shares: ``LISTED`` of the buyers stand on the Entity List or the SDN List, ``RESEMBLE`` are spelled much like
one that does; each fact in ``LEFT_OUT`` is left out at its rate. Most items are EAR99 or controlled for
anti-terrorism only, as in trade; destinations follow a steep curve.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import licet
from licet.parties.listed_rows import listings

LISTED, RESEMBLE = 0.02, 0.002
PARTIES = 20_000  # different buyers, as a large exporter has them
PRODUCTS = 400  # items of the catalog, each with its ECCN
# How often a fact is not in the order book.
LEFT_OUT: Mapping[str, float] = {
    "line.eccn": 0.01, "line.made_in": 0.01, "end_use.purposes": 0.01, "party1.kind": 0.01,
    "line.value_usd": 0.01,
}  # fmt: skip
_DESTINATIONS = [
    "CA",
    "MX",
    "CN",
    "JP",
    "KR",
    "DE",
    "GB",
    "NL",
    "TW",
    "SG",
    "FR",
    "IN",
    "AU",
    "BR",
    "MY",
    "HK",
    "TH",
    "IT",
    "BE",
    "CH",
    "IL",
    "AE",
    "SA",
    "VN",
    "PH",
    "SE",
    "ES",
    "IE",
    "PL",
    "TR",
    "ZA",
    "CL",
    "CO",
    "NO",
    "DK",
    "FI",
    "AT",
    "CZ",
    "HU",
    "PT",
    "GR",
    "RO",
    "ID",
    "PK",
    "EG",
    "MA",
    "KZ",
    "UA",
    "RU",
    "BY",
    "VE",
]
_WORDS = [
    "north",
    "star",
    "global",
    "trading",
    "pacific",
    "delta",
    "orion",
    "blue",
    "river",
    "apex",
    "metro",
    "union",
    "data",
    "marine",
    "power",
    "foods",
    "silver",
    "green",
    "horizon",
    "summit",
    "valley",
    "bridge",
    "crown",
    "eagle",
    "falcon",
    "harbor",
    "island",
    "jade",
    "keystone",
    "lotus",
    "maple",
    "nova",
    "oak",
]
_FORMS = ("Ltd", "GmbH", "Co., Ltd.", "SA", "BV", "Inc", "Pty Ltd", "Oy")


def rows(count: int, *, seed: int = 1) -> Iterator[dict[str, str | float | None]]:
    """Flat rows of an order book, the same for the same seed."""
    chance = random.Random(seed)
    book = licet.rulebook()
    day = dt.date(2019, 5, 15)
    table = book.tables["ccl_entries"]
    entries = sorted(k for (k,) in table.index if table.contains((k,), day))
    light = [e for e in entries if e[1:3].endswith("9") or e[2:4] == "99"] or entries
    few = chance.sample(entries, 60)
    catalog = [_item(chance, light, few) for _ in range(PRODUCTS)]
    buyers: dict[str, list[tuple[str, str]]] = {}
    for at in range(min(PARTIES, max(50, count // 20))):
        name, country = _buyer(chance, at, book)
        buyers.setdefault(country, []).append((name, country))
    weights = [len(buyers[country]) for country in buyers]
    where = chance.choices(list(buyers), weights, k=count)
    for at, country in enumerate(where):
        buyer = chance.choice(buyers[country])
        # Most buyers have the goods sent to themselves, others to somebody in the same country.
        consignee = buyer if chance.random() < 0.7 else chance.choice(buyers[country])
        to = country
        eccn = chance.choice(catalog)
        kind = {"D": "software", "E": "technology"}.get(eccn[1], "commodity")
        row: dict[str, str | float | None] = {
            "id": f"L{at:09}", "activity": "export", "from": "US", "to": to, "us_person": "true",
            "parties_complete": "true", "conditions_met": "[]", "red_flag": "[]",
            "line.eccn": eccn, "line.kind": kind, "line.made_in": "US", "line.published": "false",
            "line.quantity": float(chance.randint(1, 500)),
            "line.value_usd": round(chance.lognormvariate(8, 2), 2),
            "line.controlled_for": None, "end_use.purposes": "civil", "end_use.goes_into_products_of": "[]",
            "shipment.en_route": "false", "shipment.via": "[]",
        }  # fmt: skip
        for number, (role, (name, _)) in enumerate(
            (("purchaser", buyer), ("ultimate_consignee", consignee)), 1
        ):
            row |= {
                f"party{number}.role": role, f"party{number}.name": name, f"party{number}.country": country,
                f"party{number}.kind": "commercial", f"party{number}.address": "1 Main Street",
                f"party{number}.headquarters": country, f"party{number}.owners": "[]",
                f"party{number}.uses_equipment_of": "[]",
            }  # fmt: skip
        for path, share in LEFT_OUT.items():
            if chance.random() < share:
                row[path] = None
        yield row


def _item(chance: random.Random, light: list[str], few: list[str]) -> str:
    draw = chance.random()
    return "EAR99" if draw < 0.6 else chance.choice(light if draw < 0.9 else few)


def _buyer(chance: random.Random, at: int, book: licet.Rulebook) -> tuple[str, str]:
    weights = [1 / (n + 1) for n in range(len(_DESTINATIONS))]
    country = chance.choices(_DESTINATIONS, weights)[0]
    draw = chance.random()
    if draw < LISTED + RESEMBLE:
        listed, place = chance.choice(_listed(book))
        return (listed if draw < LISTED else listed[:-2] + "o"), place if len(
            place
        ) == 2 else country
    words = " ".join(chance.sample(_WORDS, 3)).title()
    return f"{words} {at} {chance.choice(_FORMS)}", country


def _listed(book: licet.Rulebook) -> list[tuple[str, str]]:
    if book.id not in _KEPT:
        _KEPT[book.id] = [
            (one.name, one.row.values.get("country", "").partition("|")[0]) for one in listings(book)
            if one.list in ("EL", "SDN") and one.row.values.get("kind") in ("organization", "", None)
        ]  # fmt: skip
    return _KEPT[book.id]


_KEPT: dict[str, list[tuple[str, str]]] = {}


def write(count: int, path: Path, *, seed: int = 1) -> None:
    """An order book as a Parquet or CSV file."""
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    part: list[dict[str, str | float | None]] = []
    writer = None
    for at, row in enumerate(rows(count, seed=seed), 1):
        part.append(row)
        if len(part) == 100_000 or at == count:
            numbers = ("line.quantity", "line.value_usd")
            schema = pa.schema([(k, pa.float64() if k in numbers else pa.string()) for k in row])
            table = pa.Table.from_pylist(part, schema=schema)
            if writer is None:
                kind = pc.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
                writer = kind(path, schema)
            writer.write_table(table)
            part = []
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
