"""What a switch of the lists comes to: entries that differ, and open orders that are decided otherwise.

The store is copied before it changes, and both are asked the same questions. The copy stays until the report is
written, so that a run that is killed in between leaves nothing untold: the next one compares with it.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from licet.check import OutsideCoverage, check
from licet.decision import Decision, Listed
from licet.law.rulebook import Law, Rulebook, default_rulebook
from licet.lists import database
from licet.lists.copies import PACKAGED
from licet.lists.loaded import speaking_copies
from licet.lists.store import Store
from licet.order import Order
from licet.order_files import BadOrder, read_orders
from licet.order_screening import Aids, Screening

if TYPE_CHECKING:
    from licet.dispositions import Book
    from licet.rescreening import Rescreening

KEPT = "before-switch"
"""The folder beside the store that holds it as it was, until what changed is reported."""
_ORDERS = frozenset({".toml", ".json", ".jsonl", ".ndjson"})
_BOOKS = frozenset({".csv", ".parquet", ".xlsx"})


class NoOrders(ValueError):  # noqa: N818 -- it says what is the matter
    """A path of open orders that cannot be read; the message names it and what is allowed."""


def keep(store: Store) -> Store:
    """The store as it is now, kept beside it; or as it was when a run began that did not come to its report."""
    place = store.folder / KEPT
    if place.is_dir():
        return Store(place)
    store.folder.mkdir(parents=True, exist_ok=True)
    beside = store.folder / f".{KEPT}-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    if (store.folder / database.FILE).is_file():
        with (
            closing(sqlite3.connect(store.folder / database.FILE)) as now,
            closing(sqlite3.connect(beside / database.FILE)) as then,
        ):
            now.backup(then)
    beside.rename(place)
    return Store(place)


def reported(store: Store) -> None:
    """Let go of the store as it was: what changed since is told."""
    gone = store.folder / f".{KEPT}-{os.getpid()}"
    (store.folder / KEPT).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def left(store: Store) -> bool:
    """Whether an earlier run changed the lists and did not come to its report."""
    return (store.folder / KEPT).is_dir()


def compared(before: Store, after: Store, *, on: dt.date | None = None) -> Rescreening:
    """Which entries differ on a day (today), and both sides ready for screening.

    Only lists that hold something else are compared. Of a list that was not there before, every entry is an
    added one.
    """
    from licet import rescreening

    day = on or dt.date.today()
    then, now = _held(before, day), _held(after, day)
    codes = sorted(code for code in {**then, **now} if then.get(code) != now.get(code))
    sides = []
    for store, there in ((before, then), (after, now)):
        wanted = [code for code in codes if code in there]
        if wanted:
            sides.append(rescreening.side(day, lists=wanted, data=store.folder))
        else:
            sides.append(rescreening.nothing(str(day)))
    return rescreening.between(*sides)


def _held(store: Store, day: dt.date) -> dict[str, set[tuple[str, int]]]:
    """How each list came and the number of what it holds; another day of the same content is no change.

    A store and its copy number alike.
    """
    numbers = speaking_copies(store.folder, day)
    held: dict[str, set[tuple[str, int]]] = {}
    for one in store.status(on=day):
        copies = {(copy.origin, copy.version) for copy in numbers.get(one.list, ())}
        held[one.list] = {(PACKAGED, 0)} if one.origin == PACKAGED else copies
    return held


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told of a switch: of which parties and open orders, and where lines are written."""

    parties: Path | None = None
    orders: Path | None = None
    report: Path | None = None

    def __bool__(self) -> bool:
        return any((self.parties, self.orders, self.report))


@dataclass(frozen=True, slots=True)
class Otherwise:
    """An open order under the lists before and now; ``error`` for one that could not be read or decided.

    ``on`` is the day for which it was decided; ``listings`` are those that came or went, each with whether it
    is there now.
    """

    id: str | None
    source: str
    on: dt.date | None
    before: Decision | None = None
    after: Decision | None = None
    listings: tuple[tuple[Listed, bool], ...] = ()
    error: str = ""

    @property
    def flips(self) -> bool:
        """Whether the outcome is another."""
        return bool(self.before and self.after and self.before.outcome != self.after.outcome)


def orders_of(path: Path) -> Iterator[tuple[str, Order | BadOrder]]:
    """The open orders of a file of orders, an order book, or a folder of such files, each with its file.

    Raises ``NoOrders`` for a path that is none, and a folder that holds none.
    """
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.suffix.lower() in _ORDERS | _BOOKS)
        if not files:
            raise NoOrders(f"{path}: holds no order; allowed: {' '.join(sorted(_ORDERS | _BOOKS))}")
    elif path.is_file():
        files = [path]
    else:
        raise NoOrders(f"{path}: no such file or folder of orders")
    for file in files:
        found = _book(file) if file.suffix.lower() in _BOOKS else read_orders(file)
        for order in found:
            yield str(file), order


def _book(path: Path) -> Iterator[Order | BadOrder]:
    from licet.order import OrderError, Problem
    from licet.order_book import open_book
    from licet.order_columns import BadBook, order_of_lines

    try:
        book = open_book(path)
    except BadBook as error:
        raise NoOrders(str(error)) from None
    try:
        for bad in book.unread():
            problem = Problem(file=str(path), line=bad.row, field="", message=bad.reason)
            yield BadOrder(id=bad.id, error=OrderError([problem]))
        for n in book.first_lines():
            lines = book.lines(n)
            try:
                yield order_of_lines(lines, source=str(path))
            except OrderError as error:
                yield BadOrder(id=lines[0].get("id"), error=error)
    finally:
        book.close()


def decided_otherwise(
    orders: Iterable[tuple[str, Order | BadOrder]],
    before: Store,
    after: Store,
    *,
    today: dt.date | None = None,
    rulebook: Rulebook | None = None,
    dispositions: Book | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> Iterator[Otherwise]:
    """The orders of which the lists now say something else, decided under both; and those that cannot be read.

    An open order can ship today at the earliest: it is decided for its own day, or today where that is past. An
    order in which both stores find the same is as it was, and is not decided. ``progress`` is told how many
    were looked at.
    """
    book, now = rulebook or default_rulebook(), today or dt.date.today()
    sides: dict[dt.date, tuple[Law, Screening, Screening]] = {}
    for count, (source, order) in enumerate(orders, 1):
        progress(count)
        if isinstance(order, BadOrder):
            yield Otherwise(order.id, source, None, error=str(order.error))
            continue
        day = max(order.date or now, now)
        if day not in sides:
            law = book.law(day)
            then, here = (Screening(law, Aids(store, dispositions)) for store in (before, after))
            sides[day] = law, then, here
        _, then, here = sides[day]
        if _found(then, order) == _found(here, order):
            continue
        try:
            old, new = (
                check(order, on=day, rulebook=book, lists=store, dispositions=dispositions)
                for store in (before, after)
            )
        except OutsideCoverage as error:
            yield Otherwise(order.id, source, day, error=str(error))
            continue
        changed = _came_and_went(old, new)
        if changed or old.outcome != new.outcome:
            yield Otherwise(order.id, source, day, old, new, changed)


def _found(screening: Screening, order: Order) -> object:
    """What the lists say of everybody in an order, whatever copy says it."""
    facts = {repr(fact) for fact in screening(order)}
    return facts, {_place(one) for one in screening.elsewhere(order)}


def _came_and_went(old: Decision, new: Decision) -> tuple[tuple[Listed, bool], ...]:
    then = {_place(one): one for one in (*old.listings, *old.elsewhere)}
    now = {_place(one): one for one in (*new.listings, *new.elsewhere)}
    gone = [(one, False) for place, one in then.items() if place not in now]
    return (*gone, *((one, True) for place, one in now.items() if place not in then))


def _place(one: Listed) -> tuple[object, ...]:
    return one.list, one.entry, one.party, one.role, one.match, one.settled
