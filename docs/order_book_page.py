"""Write docs/reference/order-book.md: every column of an order book, from the fields of an order."""
# ruff: noqa: E501 -- a row of a table in Markdown is one line

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import licet
from licet.law.vocabulary import Vocabulary
from licet.order_book.three_files import COLUMNS_OF
from licet.order_columns import BOOLEAN, FIELDS, LISTS, NUMBER, NUMBERS

HEAD = """\
# The order book

This page is written by `docs/make_pages.py` from the code that reads order books.

[Replay an order book](../how-to/replay.md) tells how to use one. Each column is a field of [an order](order.md),
named by its path. A column that no order has is refused.

## Cells

* An empty cell is **unknown**. So are NaN, NaT, None and NA of a frame. Unknown is never "no".
* A list is written `CN|HK`; `[]` is an empty list, which somebody looked at. What has a bar in it is JSON:
  `["A | B Ltd"]`. Owners and red flags, which are tables, are JSON.
* A day is `2019-05-16`, or a cell that is a day in Excel, Parquet or a frame. A moment without a time zone is its day.
  A moment with a time zone is the day there; in a Parquet file, which may keep only UTC, it is refused unless it is
  midnight. No other form of a day is guessed.
* A number is written without units and separators, as a number or as text.
* Yes is `true` or `yes`, no is `false` or `no`.

## Orders and lines

Rows that share an `id` are the **lines of one order** and are decided together, because the law adds them up: license
exception LVS counts the value of an order, the filing of EEI that of a Schedule B number in it. `line.number` numbers
the lines of an order; without it they are numbered in the order of the file. A row without an id is an order of its
own.

* Facts of the order that some of its rows leave out are taken from the others. Rows that contradict one another spoil
  the order: each is a bad row, with the column and both values.
* The same number twice in one order is bad: nobody knows which of the two lines is meant.
* An order with a line that cannot be read is not decided, because the sum of the others would be too small.

**Answers are keyed by `id`, `line` and `day`.** `row` is where the line stands: the line of a CSV or JSON lines file,
the row of a sheet, else the place from 1. `outcome`, `best`, `worst`, `policy` and `missing` are those of the whole
order, since its lines ship together; `line_best`, `line_worst` and `deciding` are those of the line in its order.

## Forms

| form | what it holds |
|---|---|
| `.parquet`, `.csv`, `.xlsx`, `.jsonl` | a row for each line, in the columns below |
| `.jsonl`, `.parquet`, a frame | an order in each, with lists `line` and `party` and tables `end_use`, `shipment`, `license` |
| a folder with `orders.*`, `lines.*`, `parties.*` | three files of any form, joined on the id of the order |
| an Arrow table, a pandas or polars frame, a DuckDB relation | as a file; a mapping of `orders`, `lines`, `parties` as a folder |

`licet replay --template` prints an example; `--out` with an ending, or a name without one for a folder, writes the others.
CSV and JSON lines are UTF-8, with or without a mark. The delimiter of CSV is that which makes known columns of the
first line: a comma, semicolon, tab or bar.
"""
KINDS = {
    "text": "text", "flag": "yes or no", "number": "number, 0 or more", "percent": "percent, 0 to 100",
    "day": "day", "born": "day of birth, or its year or month", "revoked": "day, or yes or no",
    "country": "country, ISO 3166-1 alpha-2", "eccn": "ECCN", "schedule_b": "Schedule B or HTS number",
    "symbol": "symbol of an authorization, or section",
}  # fmt: skip


def page() -> str:
    """The page as it should be."""
    words = licet.rulebook().vocabulary
    parts = [HEAD, "## Columns of the order\n", *_table(_columns(lambda c: "." not in c), words)]
    for head in ("line", "end_use", "shipment", "license"):
        rows = _columns(lambda c, head=head: c.startswith(f"{head}."))  # type: ignore[misc]
        title = {"line": "the line", "end_use": "the end use", "shipment": "the shipment"}.get(
            head, "a license"
        )
        parts += [f"\n## Columns of {title}\n", *_table(rows, words)]
        if head == "line":
            parts.append(
                f"| `{NUMBER}` | whole number from 1 | The number of the line in its order. |"
            )
    parts.append("\n## Columns of a party\n\n`party1` to `party9`; here those of the first.\n")
    parts += _table(_columns(lambda c: c.startswith("party1.")), words)
    parts.append("\n## Three files\n")
    for name, columns in COLUMNS_OF.items():
        shown = ", ".join(f"`{one}`" for one in columns)
        key = (
            "`id` is the id of the order" if name == "orders" else "`order` is the id of the order"
        )
        parts.append(f"**{name}**: {key}. Columns: {shown}.\n")
    parts.append(
        "A row of lines or parties that names no order, an order without a line and an order that stands twice are bad "
        "rows. An order has at most nine parties."
    )
    return "\n".join(parts) + "\n"


def _columns(wanted: Any) -> list[str]:
    return [one for one in FIELDS if wanted(one)]


def _table(columns: Iterable[str], words: Vocabulary) -> Iterator[str]:
    yield "| column | cell | what it says |\n|---|---|---|"
    for column in columns:
        fact = column.replace("party1.", "parties.")
        known = words.facts.get(
            {"from": "from_", "license.revoked": "license.revoked_on"}.get(fact, fact)
        )
        question = known.question if known is not None else ""
        yield f"| `{column}` | {_form(column)} | {(question or '').replace('|', '/')} |"


def _form(column: str) -> str:
    check = FIELDS[column].metadata["check"]
    inside = inspect.getclosurevars(check).nonlocals
    if column in LISTS:
        return f"list: {_one(inside['one'])}"
    assert (column in NUMBERS) == (getattr(check, "__name__", "") in ("number", "percent"))
    assert (column in BOOLEAN) == (getattr(check, "__name__", "") in ("flag", "revoked"))
    return _one(check)


def _one(check: Any) -> str:
    inside = inspect.getclosurevars(check).nonlocals
    if "allowed" in inside:
        return ", ".join(f"`{one}`" for one in inside["allowed"])
    return KINDS.get(check.__name__, "table as JSON")
