"""A decision as it is kept: what was asked, what was answered, under which law, lists and engine.

``recorded`` writes it and seals it in the log within one transaction; ``again`` decides it anew and says
whether the answer is the same and, if not, what differs.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import licet
from licet import lists as list_store
from licet.check import check
from licet.decision import Decision
from licet.desk import archive, audit, matches, tables
from licet.desk.store import Store, now, one_row
from licet.law.rulebook import Rulebook
from licet.law.versions import home
from licet.lists.copies import ORIGINS
from licet.lists.loaded import digests
from licet.order import Order, order_from, order_to
from licet.wire import as_dict


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which law an order was decided: another day than its own, as known on a day, what was assumed."""

    on: dt.date | None = None
    known: dt.date | None = None
    assume: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "on": self.on and self.on.isoformat(),
            "known": self.known and self.known.isoformat(),
            "assume": list(self.assume),
        }


@dataclass(frozen=True, slots=True)
class Aided:
    """What was at hand beside the law: copies of lists and dispositions, so many, as of a day."""

    copies: int
    dispositions: int
    day: dt.date

    def plain(self) -> dict[str, object]:
        """As JSON has it, beside the terms."""
        return {
            "copies": self.copies,
            "dispositions": self.dispositions,
            "dispositions_as_of": self.day.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Again:
    """A decision decided anew: whether the answer is the same, what differs, and under which law."""

    id: str
    same: bool
    differs: tuple[str, ...]
    law: str
    says: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision on its way into the record, in the texts that are kept."""

    id: str
    row: Mapping[str, Any]
    answer: dict[str, object]
    """As ``licet.as_dict`` has it, without the proof."""


def new_id() -> str:
    """An id that sorts by time and cannot be guessed: 48 bits of milliseconds, 80 random ones (hexadecimal)."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


def answered(
    organization: str,
    actor: str,
    given: Order,
    decided: Order,
    decision: Decision,
    terms: Terms,
    aided: Aided,
    *,
    book: Rulebook,
    digests: Mapping[tuple[str, str, dt.date], str],
) -> Answered:
    """The row of a decision. ``digests`` stand for the contents of loaded copies (``licet.lists.loaded``)."""
    answer = without_proof(decision)
    at, name = now(), new_id()
    row = {
        "id": name, "organization": organization, "at": at, "actor": actor, "order_id": decision.id,
        "given": audit.canonical(order_to(given)), "decided": audit.canonical(order_to(decided)),
        "terms": audit.canonical({**terms.plain(), **aided.plain()}), "law": decision.law.id,
        "lists": audit.canonical(looked(decision, digests)),
        "engine": licet.__version__, "outcome": decision.outcome, "answer": audit.canonical(answer),
        "proof_hash": proof_hash(decision),
        "keep_until": keep_until(decision, dt.date.fromisoformat(at[:10]), book).isoformat(),
    }  # fmt: skip
    return Answered(name, row, answer)


def looked(
    decision: Decision, digests: Mapping[tuple[str, str, dt.date], str]
) -> list[dict[str, object]]:
    """The lists in which the parties of a decision were looked up, each with its day and what it held.

    A list that comes with the law is told by the law's id, a loaded copy by a digest of its contents.
    """
    found: list[dict[str, object]] = []
    origins = {said: origin for origin, said in ORIGINS.items()}
    for one in decision.lists:
        said: dict[str, object] = {
            "list": one.list, "source": one.source, "as_of": one.as_of.isoformat(), "read": one.read,
        }  # fmt: skip
        digest = digests.get((one.list, origins.get(one.source, one.source), one.as_of))
        if one.source == "rulebook":
            said["law"] = decision.law.id
        else:
            said |= {"entries": one.entries, "digest": digest, "instead": one.instead}
        found.append(said)
    return found


def without_proof(decision: Decision) -> dict[str, object]:
    """The answer as ``licet.as_dict`` has it but for the proof: its words take most of the time."""
    answer = as_dict(replace(decision, proof=()))
    del answer["proof"]
    return answer


def proof_hash(decision: Decision) -> str:
    """A hash of the truth of every rule that was looked at, line by line."""
    return audit.digest(
        audit.canonical([[one.rule, one.line, one.value] for one in decision.proof])
    )


_ADD = tables.decision.insert()


def recorded(connection: Connection, one: Answered) -> None:
    """Write a decision and seal it in the log; within a transaction that writes."""
    row = one.row
    connection.execute(_ADD, dict(row))
    audit.append(
        connection, row["organization"], actor=row["actor"], action=audit.DECIDED, subject=one.id,
        details={"outcome": row["outcome"], "order": row["order_id"], "law": row["law"]},
        content=audit.sealed(row),
    )  # fmt: skip


def keep_until(decision: Decision, today: dt.date, book: Rulebook) -> dt.date:
    """The first day on which a decision need no longer be kept.

    The longest period that any rule on records in force on the day of the record asks for (15 CFR 762.6, and
    31 CFR 501.601 since 2025-03-12), from that day or from the event of the order, whichever ends later.
    """
    rules = book.law(today).rules.values()
    years = max(
        (live.rule.lasts.years for live in rules if live.rule.lasts is not None), default=10
    )
    said = [duty.until for duty in decision.duties if duty.until is not None]
    said += [p.until for duty in decision.duties for p in duty.periods if p.until is not None]
    return max([_years_on(today, years), *said])


def _years_on(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return dt.date(day.year + years, 3, 1)


def find(connection: Connection, organization: str, number: str) -> Mapping[str, Any] | None:
    """A decision of an organization by its id; another's is as if it were not there."""
    wanted = sa.select(tables.decision).where(
        tables.decision.c.organization == organization, tables.decision.c.id == number
    )
    return one_row(connection, wanted)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A decision of the record as JSON."""
    texts = {
        name: json.loads(row[name]) for name in ("given", "decided", "terms", "lists", "answer")
    }
    return {
        "decision_id": row["id"], "recorded": row["at"], "actor": row["actor"], "outcome": row["outcome"],
        "order_id": row["order_id"], "law": row["law"], "engine": row["engine"],
        "keep_until": row["keep_until"], "proof_hash": row["proof_hash"], **texts,
    }  # fmt: skip


def terms_of(row: Mapping[str, Any]) -> Terms:
    """The terms under which a decision of the record was made."""
    said = json.loads(row["terms"])
    on, known = (said[name] and dt.date.fromisoformat(said[name]) for name in ("on", "known"))
    return Terms(on, known, tuple(said["assume"]))


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision of the record, ready to be decided anew: its order, and the arguments of ``licet.check``."""

    row: Mapping[str, Any]
    order: Order
    given: Mapping[str, Any]
    gone: tuple[str, ...]
    """What was at hand then and is not any more, in words."""


def asked(
    store: Store, organization: str, number: str, current: Rulebook, *, data: Path | None = None
) -> Asked:
    """What it takes to decide a decision of the record anew: order, law, lists and dispositions of then.

    ``data`` is the folder of the list store, by default the user's. Raises ``LookupError`` for an id that is
    none of the organization's, ``ValueError`` for an order that this engine refuses.
    """
    with store.read() as connection:
        row = find(connection, organization, number)
        if row is None:
            raise LookupError(f"decision {number}: there is none of this id.")
        packed = None if row["law"] == current.id else archive.kept(connection, row["law"])
        said = json.loads(row["terms"])
        settled = None
        if said.get("dispositions"):
            day = dt.date.fromisoformat(said["dispositions_as_of"])
            settled = matches.book(connection, organization, first=said["dispositions"], at=day)
    gone: list[str] = []
    book = current
    if row["law"] != current.id:
        if packed is None:
            gone.append(
                f"law: {row['law']} then; it is not kept, so this is law {current.id} as the program has it now"
            )
        else:
            book = archive.unpack(row["law"], packed)
    terms, copies = terms_of(row), said.get("copies")
    lists = list_store.Store(data or home(), copies) if copies else None
    if lists is not None:
        gone += _gone(json.loads(row["lists"]), lists)
    order = order_from(json.loads(row["decided"]), source=f"decision {number}")
    given = {
        "on": terms.on, "known": terms.known, "assume": terms.assume, "rulebook": book, "lists": lists,
        "dispositions": settled,
    }  # fmt: skip
    return Asked(row, order, given, tuple(gone))


def _gone(then: Iterable[Mapping[str, Any]], lists: list_store.Store) -> Iterator[str]:
    """Copies of lists that a decision looked through and that are not in the store of this machine."""
    origins = {said: origin for origin, said in ORIGINS.items()}
    here = digests(lists.folder, first=lists.first)
    for one in then:
        if not one.get("digest"):
            continue
        day, source = dt.date.fromisoformat(one["as_of"]), one["source"]
        if here.get((one["list"], origins.get(source, source), day)) != one["digest"]:
            yield (
                f"list {one['list']} of {one['as_of']} ({source}): the copy that was looked through is not "
                f"in {lists.folder}"
            )


def again(
    store: Store, organization: str, number: str, current: Rulebook, *, data: Path | None = None
) -> Again:
    """Decide a decision of the record anew, with the law, lists and dispositions of then where at hand.

    ``data`` is the folder of the list store, by default the user's. Raises ``LookupError`` for an id that is
    none of the organization's.
    """
    differs: list[str] = []
    try:
        found = asked(store, organization, number, current, data=data)
        row, book = found.row, found.given["rulebook"]
        differs += found.gone
        decision = check(found.order, **found.given)
    except ValueError as error:
        with store.read() as connection:
            row, book = find(connection, organization, number) or {}, current
        differs.append(f"order: this engine refuses it: {error}")
        return _said(row, differs, book, same=False)
    answer = without_proof(decision)
    was, has = json.loads(row["answer"]), json.loads(audit.canonical(answer))
    # How old the lists were is told as of the day of asking; it is no part of the answer.
    names = [name for name in dict.fromkeys([*was, *has]) if name != "freshness"]
    fields = [name for name in names if was.get(name) != has.get(name)]
    if "outcome" in fields:
        differs.append(f"outcome: {was['outcome']} then, {has['outcome']} now")
    differs += [f"{name}: not as it was" for name in fields if name not in ("outcome", "law")]
    if not fields and proof_hash(decision) != row["proof_hash"]:
        differs.append(
            "proof: the answer is the same, and some rule holds that did not, or the other way"
        )
    return _said(row, differs, book, same=not fields)


def _said(row: Mapping[str, Any], differs: list[str], book: Rulebook, *, same: bool) -> Again:
    if row["engine"] != licet.__version__ and differs:
        differs.append(f"engine: {row['engine']} then, {licet.__version__} now")
    verdict = "the same answer" if same else "another answer"
    says = f"{verdict}: {row['outcome']} on {row['at'][:10]}, decided again under law {book.id}"
    return Again(row["id"], same, tuple(differs), book.id, says)
