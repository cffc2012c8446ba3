"""The parties and makers of a book screened once each: who is on no list of any of the days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import duckdb
import pyarrow as pa

from licet.law.rulebook import Law
from licet.order import Line, Order, Party
from licet.order_book.book import OrderBook
from licet.parties.screen import screen

OF_PARTY = ("name", "country", "kind", "address")
"""What of a party is screened."""
MAKERS = ("line.designed_by", "line.made_by")
_AT_ONCE = 2_000  # names screened in one go


Named = tuple[str | None, ...]
"""Name, country, kind and address of a party; of a maker, the name alone."""
ScreenSome = Callable[[Sequence[Sequence[Named]], bool], Iterable[list[bool]]]
"""Does what ``hits`` does for some batches, of makers where the second argument is true."""


def screen_parties(
    book: OrderBook, laws: Sequence[Law], *, screen_some: ScreenSome | None = None
) -> int:
    """Screen every distinct party and maker once; how many there are.

    Makes the tables ``clear`` and ``clear_makers`` of those whom no list of any of the days names, resembles or
    lists by address. ``screen_some`` may screen in other processes.
    """
    some_hits = screen_some or (lambda some, makers: (hits(one, laws, makers) for one in some))
    connection = book.connection
    parts = [
        f"SELECT {', '.join(cell(book, f'party{at}.{name}') for name in OF_PARTY)} FROM book b"
        for at in parties_of(book)
    ]
    makers = [
        f'SELECT "{one}", NULL, NULL, NULL FROM book b' for one in MAKERS if one in book.columns
    ]
    count = 0
    for table, some in (("clear", parts), ("clear_makers", makers)):
        columns = ", ".join(f"{name} VARCHAR" for name in OF_PARTY)
        connection.execute(f"CREATE TABLE {table} ({columns})")
        if some:
            count += _screened(connection, table, some, some_hits)
    return count


def _screened(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[str], screen_some: ScreenSome
) -> int:
    columns = ", ".join(OF_PARTY)
    asked = f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) x({columns})"
    found = connection.execute(f"{asked} WHERE name IS NOT NULL").fetchall()
    clear: list[tuple[str | None, ...]] = []
    batches = [found[at : at + _AT_ONCE] for at in range(0, len(found), _AT_ONCE)]
    answers = screen_some(batches, table == "clear_makers")
    for some, answer in zip(batches, answers, strict=True):
        clear += [row for row, hit in zip(some, answer, strict=True) if not hit]
    cells = list(zip(*clear, strict=True)) if clear else [()] * len(OF_PARTY)
    arrays = [pa.array(list(column), pa.string()) for column in cells]
    connection.register("found", pa.table(arrays, names=list(OF_PARTY)))
    connection.execute(f"INSERT INTO {table} SELECT * FROM found")
    connection.unregister("found")
    return len(found)


def hits(rows: Sequence[Named], laws: Sequence[Law], makers: bool) -> list[bool]:
    """Whether each party, or maker by name, is or resembles anybody on a list of one of the days."""
    parties = tuple(
        Party(name=name, country=country, kind=kind, address=address)
        for name, country, kind, address in rows
    )
    # A maker is asked for as an organization; a party without a kind may be a person.
    lines = tuple(Line(made_by=name) for name, *_ in rows)
    order = Order(lines=lines) if makers else Order(parties=parties)
    hit: set[int] = set()
    for law in laws:
        hit |= {int(one.path.partition("[")[2].partition("]")[0]) for one in screen(order, law)}
    return [at in hit for at in range(len(rows))]


def parties_of(book: OrderBook) -> list[int]:
    """The numbers of the parties that have names in a book."""
    return [at for at in range(1, 10) if f"party{at}.name" in book.columns]


def cell(book: OrderBook, column: str) -> str:
    """A column of the row ``b``, or NULL where the book has no such column."""
    return f'b."{column}"' if column in book.columns else "CAST(NULL AS VARCHAR)"
