"""What the desk does for whoever asks: decide and record, screen, with the law and the lists that are loaded.

Nothing is answered before law and lists are loaded: "clear" of lists that are not there would be false. They
are loaded beside the desk's work and put in place whole; where a newer one cannot be loaded the old one stays
in use and the desk says why.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from licet import lists as list_store
from licet.check import check
from licet.decision import HOLD, NEEDS_INFORMATION, Decision
from licet.desk import archive, cases, matches, record, tables, webhooks
from licet.desk.matches import Match
from licet.desk.record import Aided, Answered, Terms
from licet.desk.store import Store
from licet.dispositions import Book, Settling
from licet.law import versions
from licet.law.rulebook import Rulebook, default_rulebook
from licet.lists.loaded import digests
from licet.lists.packaged import packaged_lists
from licet.lists.store import Status
from licet.order import Order, Party
from licet.order_screening import Aids, Screening
from licet.parties.listed_rows import LISTS
from licet.parties.screening import Answer, Query
from licet.screen_lists import Lists, of_store
from licet.screen_rows import answers

LOOK_AGAIN = 60.0
"""Seconds between looks whether law or lists on this machine have changed."""


class NotReady(RuntimeError):  # noqa: N818 -- it says what is the matter
    """Law or lists are not loaded (yet); nothing can be answered."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The law and the lists in use, and what the record says of them."""

    book: Rulebook
    looked_in: tuple[Mapping[str, object], ...]
    """The tables of the law in which an order's parties are looked up."""
    store: list_store.Store
    """The copies of lists that they are looked up in, too: those that were here when it was loaded."""
    digests: Mapping[tuple[str, str, dt.date], str]
    """Of each of these copies, by list, origin and day, what stands for its contents."""
    lists: Lists
    status: tuple[Status, ...]
    mark: str
    since: float


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the organization whose record it is, and the name that the record gives."""

    organization: str
    name: str


@dataclass(slots=True)
class Counter:
    """The desk's state: its database, and law and lists once they are loaded."""

    store: Store
    problem: str = "law and lists are being loaded"
    _loaded: Loaded | None = None
    _books: dict[str, Book] = field(default_factory=dict)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self, *, load: Callable[[str], Loaded | None] | None = None) -> None:
        """Load law and lists in a thread of their own, and look again now and then."""
        self._thread = threading.Thread(
            target=self._keep_loaded,
            args=(load or load_if_changed,),
            name="licet-loader",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """End the looking, and close the database when all is written."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self.store.close()

    def take(self, loaded: Loaded) -> None:
        """Put law and lists in place; the law is kept first, so that what it decides can be decided again."""
        book, as_of = loaded.book, loaded.book.as_of.isoformat()
        with self.store.read() as db:
            there = archive.kept(db, book.id) is not None
        if not there:
            packed = archive.pack(book)
            self.store.write(lambda db: archive.keep(db, book.id, as_of, packed))
        self.store.write(lambda db: _told(db, loaded))
        self._loaded, self.problem = loaded, ""
        # Hundreds of thousands of objects that stay: looking through them for garbage would stop the desk
        # for a quarter of a second, again and again.
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    @property
    def loaded(self) -> Loaded:
        """What is in use; raises ``NotReady`` before anything is."""
        if self._loaded is None:
            raise NotReady(f"not ready: {self.problem}. Ask again in some seconds.")
        return self._loaded

    def decide(self, asker: Asker, order: Order, terms: Terms) -> Made:
        """Decide an order with what people settled before; nothing is recorded yet (``keep``).

        Raises ``NotReady``, ``OutsideCoverage`` and ``ValueError`` as ``licet.check`` does.
        """
        loaded = self.loaded
        settled = self.dispositions(asker.organization)

        def judged(order: Order) -> Decision:
            return check(
                order, on=terms.on, known=terms.known, assume=terms.assume, rulebook=loaded.book,
                lists=loaded.store, dispositions=settled,
            )  # fmt: skip

        decision = judged(order)
        open_matches: tuple[Match, ...] = ()
        decided = order
        if any(one.match == "possible" and one.settled is None for one in decision.listings):
            day = terms.on or order.date
            assert day is not None  # check refuses an order without
            under = loaded.book.law(day, known=terms.known, assume=terms.assume)
            open_matches = matches.unsettled(order, Screening(under, Aids(loaded.store, settled)))
            decided, open_matches = matches.settled(order, open_matches, settled)
            if decided != order:
                decision = judged(decided)
        aided = Aided(loaded.store.first or 0, len(settled), settled.at or dt.date.today())
        answer = record.answered(
            asker.organization, asker.name, order, decided, decision, terms, aided, book=loaded.book,
            digests=loaded.digests,
        )  # fmt: skip
        waits = decision.outcome in (HOLD, NEEDS_INFORMATION)
        return Made(asker, decision, answer, open_matches if waits else ())

    def dispositions(self, organization: str) -> Book:
        """What the people of an organization decided, as it stands today; read anew when there is more."""
        today = dt.date.today()
        with self.store.read() as db:
            number = matches.last(db, organization)
            there = self._books.get(organization)
            if there is None or len(there) != number or there.at != today:
                there = matches.book(db, organization, first=number, at=today)
                self._books[organization] = there
        return there

    def screen(
        self, asker: Asker, rows: Sequence[Mapping[str, Any]], *, threshold: float
    ) -> list[Answer]:
        """Who on the lists each row may be, with what the organization's people decided."""
        lists = self.loaded.lists
        book = self.dispositions(asker.organization)
        settle = Settling(book, dt.date.today()) if len(book) else None
        return list(answers(rows, lists.screener, threshold=threshold, settle=settle))

    def screen_queries(
        self, asker: Asker, queries: Sequence[Query], *, threshold: float
    ) -> list[Answer]:
        """As ``screen``, of queries that are made already."""
        screener = self.loaded.lists.screener
        book = self.dispositions(asker.organization)
        found = screener.screen(queries, threshold=threshold)
        if not len(book):
            return found
        settle = Settling(book, dt.date.today())
        return [one if one.error else settle(one, screener) for one in found]

    def _keep_loaded(self, load: Callable[[str], Loaded | None]) -> None:
        while not self._ends.is_set():
            try:
                found = load(self._loaded.mark if self._loaded else "")
                if found is not None:
                    self.take(found)
                self.problem = ""
            except (
                Exception
            ) as error:  # whatever it is: the old ones stay in use, and the desk says why
                self.problem = f"law or lists could not be loaded: {error}"
            self._ends.wait(LOOK_AGAIN if self._loaded else 2.0)


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that is made and not recorded yet."""

    asker: Asker
    decision: Decision
    answered: Answered
    waits_for: tuple[Match, ...]

    def keep(self, connection: Any) -> dict[str, object]:
        """Write it within a transaction, with the cases that it waits for; the answer as JSON has it."""
        record.recorded(connection, self.answered)
        opened = cases.open_for(
            connection,
            self.asker.organization,
            self.waits_for,
            self.answered.id,
            actor=self.asker.name,
        )
        row = self.answered.row
        webhooks.tell(
            connection, self.asker.organization, "decision",
            {"decision_id": self.answered.id, "order_id": row["order_id"], "outcome": row["outcome"],
             "law": row["law"], "cases": opened},
        )  # fmt: skip
        return {
            "decision_id": self.answered.id, "recorded": row["at"], "engine": row["engine"],
            "keep_until": row["keep_until"], "cases": opened, **self.answered.answer,
        }  # fmt: skip


def _told(connection: Connection, loaded: Loaded) -> None:
    """Let everybody know which law and lists are in use, once for each, whichever process sees them first."""
    days = [
        [one.list, one.as_of and one.as_of.isoformat(), one.entries] for one in loaded.lists.days
    ]
    said = {"law": loaded.book.id, "as_of": loaded.book.as_of.isoformat(), "lists": days}
    for name in connection.execute(sa.select(tables.organization.c.id)).scalars().all():
        webhooks.tell(connection, name, "law", said, once=repr(said))


def load_if_changed(mark: str) -> Loaded | None:
    """The law and the lists in use on this machine; None where they are those of the mark."""
    current = versions.in_use()
    today = dt.date.today()
    status = list_store.status(on=today)
    law = current.id if current else versions.PACKAGED
    here = list_store.store()
    store = list_store.Store(here.folder, here.loaded())
    now = hashlib.blake2b(repr((today, law, status, store.first)).encode(), digest_size=16)
    now_mark = now.hexdigest()
    if now_mark == mark:
        return None
    if mark:
        default_rulebook.cache_clear()
    book = default_rulebook()
    lists = of_store(on=today)
    if not lists.days:
        raise NotReady("no list is in use; load one with licet lists load PATH")
    # The first name that is looked up builds the indexes; the first to ask should not wait for them.
    nobody = Order(date=today, parties=(Party(name="Nobody in Particular"),))
    check(nobody, rulebook=book, lists=store)
    return Loaded(
        book, looked_in(book), store, digests(store.folder, first=store.first), lists, status, now_mark,
        time.time(),
    )  # fmt: skip


def looked_in(book: Rulebook) -> tuple[Mapping[str, object], ...]:
    """The lists that an order's parties are looked up in: code, table, day, and rows of all days."""
    days = {one.list: one.as_of for one in packaged_lists(book)}
    return tuple(
        {
            "list": code, "table": name, "as_of": days.get(code, book.as_of).isoformat(),
            "rows": sum(1 for _ in book.tables[name].every()), "law": book.id,
        }
        for code, name in LISTS.items()
        if name in book.tables
    )  # fmt: skip


__all__ = ["LOOK_AGAIN", "Asker", "Counter", "Loaded", "Made", "NotReady", "load_if_changed"]
