"""A recorded decision as an auditor reads it: everything that was kept, in sections of plain lines and tables.

Nothing is decided anew: what stands here is what the record holds and what the log seals. ``paper_html`` and
``paper_pdf`` put it on a page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from licet.decision import GO_AHEAD
from licet.desk import audit, record
from licet.report_words import DUTIES, LISTS, OUTCOMES, policy

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper: a heading, and a table (its first row is its head) or rows of a name and a value."""

    heading: str
    rows: tuple[Row, ...]
    head: Row = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A record to be printed: title, outcome in words, sections, and the line at the foot of each page."""

    title: str
    outcome: str
    good: bool
    sections: tuple[Section, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Seal:
    """The place of a decision in the log, and whether row and entry are still as they were written."""

    number: int
    hash: str
    before: str
    content: str
    whole: bool
    head: tuple[int, str]


def paper(connection: Connection, organization: str, decision: str) -> Paper:
    """The record of a decision. Raises ``LookupError`` for an id that is none of the organization's."""
    row = record.find(connection, organization, decision)
    if row is None:
        raise LookupError(f"decision {decision}: there is none of this id.")
    kept, seal = record.plain(row), _seal(connection, organization, row)
    answer = kept["answer"]
    name = kept["order_id"] or "without a number"
    return Paper(
        title=f"Record of decision: order {name}",
        outcome=OUTCOMES.get(answer["outcome"], answer["outcome"]),
        good=answer["outcome"] in GO_AHEAD,
        sections=tuple(one for one in _sections(organization, kept, seal) if one.rows or one.says),
        foot=f"Decision {decision}, entry {seal.number} of the log of {organization}, {seal.hash}",
    )


def _seal(connection: Connection, organization: str, row: Mapping[str, Any]) -> Seal:
    found = list(audit.entries(connection, organization, subject=row["id"], action=audit.DECIDED))
    head = audit.head(connection, organization)
    if not found:
        return Seal(0, "", "", audit.sealed(row), False, head)
    one = found[0]
    earlier = list(
        audit.entries(connection, organization, after=one.number - 2, limit=1)
    ) if one.number > 1 else []  # fmt: skip
    before = earlier[0].hash if earlier else audit.START
    content = str(json.loads(one.entry)["content"])
    whole = content == audit.sealed(row) and audit.digest(before + one.entry) == one.hash
    return Seal(one.number, one.hash, before, content, whole, head)


def _sections(organization: str, kept: Mapping[str, Any], seal: Seal) -> Iterator[Section]:
    answer, law, terms = kept["answer"], kept["answer"]["law"], kept["terms"]
    yield Section("Who asked, and when", (
        ("Decision", kept["decision_id"]), ("Organization", organization), ("Asked by", kept["actor"]),
        ("Recorded (UTC)", kept["recorded"]), ("Order", kept["order_id"] or "not given"),
        ("Engine", f"Licet {kept['engine']}"), ("To be kept until", kept["keep_until"]),
    ))  # fmt: skip
    yield Section("The answer", tuple(_answer(answer)))
    yield Section("Law that was applied", (
        ("In force on", law["on"]), ("As known on", law["known"] or "the day of the law book"),
        ("Law book", f"{law['id']}, as of {law['as_of']}"),
        ("Taken as if it were law", ", ".join(law["assume"]) or "nothing"),
    ))  # fmt: skip
    yield Section(
        "Requirements, each with what it rests on",
        tuple(_requirement(one) for one in answer["requirements"]),
        ("Citation", "Rule", "Instrument", "Since", "Finding"),
        "" if answer["requirements"] else "No requirement was found to apply.",
    )
    yield Section(
        "Authorizations that hold",
        tuple(
            (one["cite"], one["symbol"], one["instrument"], one["since"],
             f"line {one['line'] + 1}: lifts {', '.join(one['lifts'])}")
            for one in answer["authorizations"]
        ),
        ("Citation", "Symbol", "Instrument", "Since", "Finding"),
    )  # fmt: skip
    yield Section(
        "Parties on lists, or like a listed name",
        tuple(_listed(one) for one in (*answer["listings"], *answer["elsewhere"])),
        ("Party", "Entry", "Match", "What a person decided"),
        ""
        if answer["listings"] or answer["elsewhere"]
        else "Nobody in the order was found on a list.",
    )
    yield Section(
        "Lists that were looked through",
        tuple(
            (one["list"], one.get("source", "rulebook"), one["as_of"],
             one.get("digest") or f"law {one['law']}" if one.get("law") or one.get("digest") else "")
            for one in kept["lists"]
        ),
        ("List", "Source", "As of", "Contents (digest)"),
    )  # fmt: skip
    yield Section("Red flags", tuple(
        (one["cite"], one["says"], {True: "resolved", False: "open"}.get(one["resolved"], "not known"))
        for one in answer["red_flags"]
    ), ("Citation", "What it is", "State"))  # fmt: skip
    yield Section("What was not known", tuple(
        (one["fact"], one["question"], "; ".join(f"{a['says']}: {a['outcome']}" for a in one["outcomes"]))
        for one in answer["missing"]
    ), ("Fact", "Question", "What each answer would give"))  # fmt: skip
    yield Section("Not looked at", tuple(
        (one["fact"], one["says"]) for one in answer["not_looked_at"]
    ))  # fmt: skip
    yield Section("Duties", tuple(_duty(one) for one in answer["duties"]),
                  ("Duty", "Citation", "Required", "Until"))  # fmt: skip
    yield Section(
        "Sections that are not modelled and could bear on this order",
        tuple((one,) for one in answer["not_modelled"]),
    )
    yield Section("The order as it was given", tuple(_flat(kept["given"])), ("Field", "Value"))
    if kept["decided"] != kept["given"]:
        yield Section(
            "The order as it was decided", tuple(_flat(kept["decided"])), ("Field", "Value"),
            "With what people had settled before.",
        )  # fmt: skip
    asked = {name: value for name, value in terms.items() if value not in (None, [], 0)}
    yield Section("Place in the log", (
        ("Entry", f"{seal.number} of {seal.head[0]}"), ("Hash of the entry", seal.hash),
        ("Hash of the entry before", seal.before), ("Seal of the record", seal.content),
        ("Hash of the truth of every rule", kept["proof_hash"]),
        ("Head of the log when this was printed", f"{seal.head[0]}:{seal.head[1]}"),
        ("Checked when this was printed", "row and entry are as they were written" if seal.whole
         else "NOT WHOLE: row or entry is not what was written; run licet audit verify"),
        ("Terms", json.dumps(asked, ensure_ascii=False)),
        ("Decide it again", f"licet audit replay {kept['decision_id']}"),
    ))  # fmt: skip


def _answer(answer: Mapping[str, Any]) -> Iterator[Row]:
    yield "Outcome", OUTCOMES.get(answer["outcome"], answer["outcome"])
    if answer["best"] != answer["worst"]:
        yield "At best", OUTCOMES.get(answer["best"], answer["best"])
        yield "At worst", OUTCOMES.get(answer["worst"], answer["worst"])
    known = {True: "yes", False: "no"}
    yield "Subject to the EAR", known.get(answer["subject_to_ear"], "not known")
    if answer["review_policy"]:
        yield "License review policy", policy(answer["review_policy"])


def _requirement(one: Mapping[str, Any]) -> Row:
    holds = {"yes": "applies", "no": "does not apply"}.get(one["applies"], one["applies"])
    says = [f"line {one['line'] + 1}: {holds}", *one["because"]]
    if one["policy"]:
        says.append(f"review: {policy(one['policy'])}")
    if one["lifted_by"]:
        says.append(f"lifted by {', '.join(one['lifted_by'])}")
    private = f" (private: {one['private']})" if one["private"] else ""
    return one["cite"], f"{one['rule']}{private}", one["instrument"], one["since"], "; ".join(says)


def _listed(one: Mapping[str, Any]) -> Row:
    where = LISTS.get(one["list"], one["list"])
    since = f", since {one['since']}" if one["since"] else ""
    copy = f", copy of {one['copy']}" if one["copy"] else ""
    said = one["disposition"]
    decided = ""
    if said:
        until = f", until {said['expires']}" if said["expires"] else ""
        decided = (
            f"{said['decision'].replace('_', ' ')} ({said['state']}), no. {said['number']} by {said['by']} on "
            f"{said['decided']}{until}: {said['reason']}"
        )
    elif one["settled"]:
        decided = f"the order itself says {one['settled'].replace('_', ' ')}"
    match = f"{one['match']}: {one['says']}" if one["says"] else one["match"]
    return (
        f"{one['party']} ({one['role']})",
        f"{one['name']}, {where} {one['entry']}{since}{copy}",
        match,
        decided,
    )


def _duty(one: Mapping[str, Any]) -> Row:
    required = {True: "yes", False: "no"}.get(one["required"], "not known")
    return DUTIES.get(one["duty"], one["duty"]), one["cite"], required, one["until"] or ""


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single fact of an order with its place, as ``party[0].name``."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for at, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{at}]")
    else:
        plain = {True: "yes", False: "no", None: "not known"}
        yield (
            path,
            plain[value]
            if value is None or isinstance(value, bool)
            else ("none, looked at" if value == [] else str(value)),
        )
