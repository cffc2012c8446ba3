"""A decision as plain data for JSON: the shape that programs read (docs/reference/decision.md)."""

from __future__ import annotations

import datetime as dt
import json

from licet.decision import (
    Answer,
    Because,
    Considered,
    Decision,
    Duty,
    Listed,
    Requirement,
    Settled,
)
from licet.freshness import as_rows


def as_dict(decision: Decision) -> dict[str, object]:
    """The decision with the fields of the JSON lines format; days are ISO 8601, unset is null."""
    return {
        "id": decision.id,
        "outcome": decision.outcome,
        "best": decision.best,
        "worst": decision.worst,
        "subject_to_ear": decision.subject_to_ear,
        "review_policy": decision.review_policy,
        "requirements": [_requirement(item) for item in decision.requirements],
        "authorizations": [
            {
                "rule": item.authority.rule,
                "symbol": item.symbol,
                "cite": item.authority.cite,
                "grants": item.grants,
                "lifts": list(item.lifts),
                "instrument": item.authority.instrument,
                "since": item.authority.since.isoformat(),
                "assumed": item.authority.assumed,
                "line": item.line,
            }
            for item in decision.authorizations
        ],
        "missing": [
            {
                "fact": item.fact,
                "question": item.question,
                "outcomes": [_answer(answer) for answer in item.answers],
            }
            for item in decision.missing
        ],
        "not_looked_at": [
            {"fact": item.fact, "says": item.says} for item in decision.not_looked_at
        ],
        "duties": [_duty(item) for item in decision.duties],
        "red_flags": [
            {
                "rule": item.authority.rule,
                "cite": item.authority.cite,
                "says": item.authority.says,
                "private": item.authority.private,
                "resolved": item.resolved,
                "asks": item.asks,
                "because": list(item.because),
            }
            for item in decision.red_flags
        ],
        "notices": [
            {
                "rule": item.authority.rule,
                "cite": item.authority.cite,
                "says": item.authority.says,
                "private": item.authority.private,
            }
            for item in decision.notices
        ],
        "listings": [_listed(item) for item in decision.listings],
        "elsewhere": [_listed(item) for item in decision.elsewhere],
        "lists": [
            {
                "list": item.list,
                "source": item.source,
                "as_of": item.as_of.isoformat(),
                "entries": item.entries,
                "read": item.read,
                "instead": item.instead,
                "short": item.short,
            }
            for item in decision.lists
        ],
        "freshness": as_rows(decision.freshness),
        "ownership": [
            {
                "party": item.party,
                "table": item.table,
                "id": item.id,
                "on": item.on.isoformat(),
                "says": list(item.says),
            }
            for item in decision.ownership
        ],
        "changed": [
            {"date": e.date.isoformat(), "instrument": e.citation, "says": e.says}
            for e in decision.changed
        ],
        "unchanged": [
            {"date": e.date.isoformat(), "announcement": e.citation, "says": e.says}
            for e in decision.unchanged
        ],
        "not_modelled": list(decision.not_modelled),
        "law": {
            "on": decision.law.on.isoformat(),
            "known": _day(decision.law.known),
            "assume": list(decision.law.assume),
            "id": decision.law.id,
            "as_of": decision.law.as_of.isoformat(),
        },
        "proof": [_considered(item) for item in decision.proof],
    }


def to_json(decision: Decision, *, indent: int | None = None) -> str:
    """The decision as JSON text: one line without ``indent``."""
    return json.dumps(as_dict(decision), ensure_ascii=False, indent=indent)


def _requirement(item: Requirement) -> dict[str, object]:
    return {
        "rule": item.authority.rule,
        "cite": item.authority.cite,
        "policy": item.policy,
        "lifted_by": list(item.lifted_by),
        "applies": item.applies,
        "prohibition": item.prohibition,
        "because": list(item.because),
        "instrument": item.authority.instrument,
        "since": item.authority.since.isoformat(),
        "private": item.authority.private,
        "line": item.line,
    }


def _listed(item: Listed) -> dict[str, object]:
    return {
        "list": item.list,
        "entry": item.entry,
        "name": item.name,
        "party": item.party,
        "role": item.role,
        "since": _day(item.since),
        "cite": item.cite,
        "copy": _day(item.copy),
        "match": item.match,
        "settled": item.settled,
        "says": item.says,
        "disposition": _settled(item.disposition) if item.disposition else None,
        "record": item.record,
    }


def _settled(item: Settled) -> dict[str, object]:
    return {
        "number": item.number,
        "decision": item.decision,
        "state": item.state,
        "by": item.by,
        "reason": item.reason,
        "decided": item.decided.isoformat(),
        "expires": _day(item.expires),
        "says": item.says,
    }


def _answer(item: Answer) -> dict[str, object]:
    return {"value": item.value, "says": item.says, "outcome": item.outcome}


def _duty(item: Duty) -> dict[str, object]:
    return {
        "duty": item.duty,
        "required": item.required,
        "cite": item.authority.cite,
        "until": _day(item.until),
        "asks": list(item.asks),
        "private": item.authority.private,
        "periods": [
            {"required": p.required, "cite": p.authority.cite, "until": _day(p.until)}
            for p in item.periods
        ],
    }


def _considered(item: Considered) -> dict[str, object]:
    private = {"private": item.private} if item.private else {}
    return {
        "rule": item.rule, "cite": item.cite, **private, "line": item.line, **_because(item.because),
    }  # fmt: skip


def _because(item: Because) -> dict[str, object]:
    found: dict[str, object] = {"says": item.says, "value": item.value}
    if item.found:
        found["found"] = dict(item.found)
    if item.parts:
        found["parts"] = [_because(part) for part in item.parts]
    return found


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
