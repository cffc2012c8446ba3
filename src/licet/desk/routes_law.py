"""The law over HTTP: rules with their versions, the timeline, changes between two days, tables."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from licet.desk.answering import OBJECT, counter_of, documented, list_of, object_of, reply
from licet.desk.problems import Problem
from licet.law.changes import changes
from licet.law.instrument import Announcement, Instrument
from licet.law.rule import Rule
from licet.law.rulebook import Rulebook
from licet.law_report import find_rules, is_about, nearest_rule

router = APIRouter(prefix="/law", tags=["law"])
MOST_ROWS = 1000
Known = Annotated[dt.date | None, Query(description="Only what was published by this day.")]


@router.get("", responses=documented(object_of(id="string", as_of="string", covers_from="string")))
def law(request: Request) -> Response:
    """The rulebook in use: its id, the days that it covers, and what it holds."""
    book = _book(request)
    return reply(
        {
            "id": book.id, "as_of": book.as_of.isoformat(), "covers_from": book.covers_from.isoformat(),
            "rules": len(book.rules), "instruments": len(book.instruments),
            "announcements": sorted(book.announcements), "tables": sorted(book.tables),
            "sections": [{"cite": s.cite, "title": s.title, "status": s.status} for s in book.sections],
        }
    )  # fmt: skip


@router.get("/rules", responses=documented(object_of(rules=list_of(OBJECT))))
def rules(
    request: Request,
    section: Annotated[str, Query(max_length=100, description="Such as 744.11.")] = "",
    on: Annotated[dt.date | None, Query(description="Only rules in force on this day.")] = None,
    known: Known = None,
) -> Response:
    """Rules, of a section or of a day or all, in short."""
    book = _book(request)
    found = find_rules(book, section) if section else list(book.rules.values())
    if on is not None:
        live = book.law(on, known=known).rules
        found = [rule for rule in found if rule.id in live]
    return reply({"rules": [_short(rule) for rule in found]})


@router.get(
    "/rules/{rule_id}", responses=documented(object_of(id="string", versions=list_of(OBJECT)))
)
def rule(rule_id: str, request: Request) -> Response:
    """A rule with its versions and stays, each with its instrument."""
    book = _book(request)
    if rule_id not in book.rules:
        raise Problem(404, f"no rule {rule_id[:60]!r}. {nearest_rule(book, rule_id[:60])}")
    return reply(rule_as_dict(book.rules[rule_id]))


@router.get("/timeline", responses=documented(object_of(events=list_of(OBJECT))))
def timeline(
    request: Request,
    subject: Annotated[str, Query(max_length=100, description="Such as Huawei.")] = "",
) -> Response:
    """Instruments, which are law, and announcements, which are not, in order of time."""
    return reply({"events": events(_book(request), subject)})


@router.get("/changes", responses=documented(object_of(changes=list_of(OBJECT))))
def between(
    request: Request,
    start: dt.date,
    end: dt.date,
    known: Known = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = MOST_ROWS,
) -> Response:
    """What differs between the law of two days, each difference with its instrument."""
    if end < start:
        raise Problem(422, f"end: {end} is before {start}; give the earlier day first.")
    found = changes(_book(request), start, end, known=known)
    return reply(
        {
            "total": len(found),
            "changes": [
                {"date": c.date.isoformat(), "what": c.what, "subject": c.subject, "cite": c.cite,
                 "instrument": c.instrument, "says": c.says}
                for c in found[:limit]
            ],
        }
    )  # fmt: skip


@router.get("/tables", responses=documented(object_of(tables=list_of(OBJECT))))
def tables(request: Request) -> Response:
    """The dated tables of the law: their keys, and what each says."""
    book = _book(request)
    schemas = [table.schema for table in book.tables.values()]
    return reply(
        {
            "tables": [
                {"table": s.name, "keys": s.keys, "cite": s.cite, "says": s.says} for s in schemas
            ]
        }
    )


@router.get("/tables/{table}", responses=documented(object_of(rows=list_of(OBJECT))))
def table(
    table: str,
    request: Request,
    on: Annotated[dt.date | None, Query(description="Only rows that hold on this day.")] = None,
    known: Known = None,
    key: Annotated[list[str] | None, Query(description="The key columns, in their order.")] = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
) -> Response:
    """Rows of a dated table, of all days or of one."""
    book = _book(request)
    if table not in book.tables:
        raise Problem(404, f"no table {table[:60]!r}; there are: {', '.join(sorted(book.tables))}")
    found = book.tables[table]
    wanted = key or []
    names = found.schema.keys[: len(wanted)]
    rows = (
        row
        for row in found.every()
        if (on is None or row.holds(on, known))
        and [row.values[name] for name in names] == wanted[: len(names)]
    )
    return reply(
        {
            "table": table,
            "rows": [
                {**row.values, "valid_from": row.valid_from.isoformat(),
                 "valid_until": row.valid_until and row.valid_until.isoformat(),
                 "published": row.published.isoformat(), "source": row.source}
                for row in islice(rows, offset, offset + limit)
            ],
        }
    )  # fmt: skip


def rule_as_dict(rule: Rule) -> dict[str, Any]:
    """A rule with its versions and stays as JSON."""
    return {
        **_short(rule), "symbol": rule.symbol, "grants": rule.grants, "duty": rule.duty, "asks": rule.asks,
        "file": rule.file, "line": rule.line, "examples": len(rule.examples),
        "versions": [
            {
                "effective": v.effective.isoformat(), "until": v.until and v.until.isoformat(),
                "published": v.published.isoformat(), "instrument": v.instrument, "ends": v.ends,
                "cite": v.cite, "says": v.says, "when": " ".join(v.text.split()), "lifts": v.lifts,
            }
            for v in rule.versions
        ],
        "stays": [
            {"start": s.start.isoformat(), "until": s.until and s.until.isoformat(),
             "published": s.published.isoformat(), "instrument": s.instrument}
            for s in rule.stays
        ],
    }  # fmt: skip


def events(book: Rulebook, subject: str = "") -> list[dict[str, Any]]:
    """The timeline as JSON: ``law`` tells what binds from what does not."""
    found: list[tuple[dt.date, str, dict[str, Any]]] = []
    every: list[Instrument | Announcement] = [
        *book.instruments.values(),
        *book.announcements.values(),
    ]
    for item in every:
        if subject and not is_about(item, subject.casefold()):
            continue
        if isinstance(item, Instrument):
            day, binds = item.effective, item.kind not in ("guidance", "notice")
            said = {
                "law": binds, "kind": item.kind, "citation": item.citation, "title": item.title,
                "published": item.published and item.published.isoformat(),
                "until": item.until and item.until.isoformat(), "says": item.says,
            }  # fmt: skip
        else:
            day = item.date
            said = {
                "law": False, "kind": "announcement", "citation": "", "title": item.speaker,
                "says": item.said, "followed_by": item.followed_by,
            }  # fmt: skip
        found.append(
            (
                day,
                item.id,
                {"date": day.isoformat(), "id": item.id, "subjects": item.subjects, **said},
            )
        )
    return [said for _, _, said in sorted(found, key=lambda one: one[:2])]


def _short(rule: Rule) -> dict[str, Any]:
    latest = rule.versions[-1]
    return {
        "id": rule.id, "kind": rule.kind, "cite": latest.cite, "says": latest.says,
        "verified": rule.verified, "assumed": rule.assumed, "private": rule.private,
    }  # fmt: skip


def _book(request: Request) -> Rulebook:
    return counter_of(request).loaded.book
