"""Questions and answers in plain words: what is asked for a fact, and how its values are said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from licet.decide.answers import plain_path
from licet.decide.classes import Cell
from licet.law.rulebook import Law


def plain_value(value: object) -> object:
    """A value as an order file has it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item if isinstance(item, str) else repr(item) for item in value]
    return value


def describe(members: Sequence[Cell]) -> str:
    """Cells in words; neighbours on a line of numbers or days are joined to a range."""
    ranges = all(cell.low is not None or cell.high is not None for cell in members)
    if not ranges or len(members) == 1:
        says = [cell.says for cell in members]
        return ", ".join(says[:4]) + (f" and {len(says) - 4} more" if len(says) > 4 else "")
    first, last = members[0], members[-1]
    day = isinstance(first.value, dt.date)
    parts = []
    if first.low is not None:
        closed = first.low == first.high or day
        word = ("on or after" if day else "at least") if closed else "more than"
        parts.append(f"{word} {_number(first.value if day else first.low)}")
    if last.high is not None:
        closed = last.low == last.high or day
        word = ("on or before" if day else "at most") if closed else "less than"
        parts.append(f"{word} {_number(last.high)}")
    return " and ".join(parts) or "any value"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def question(fact: str, law: Law) -> str:
    """The question for a fact in plain words."""
    if fact.startswith("law."):
        table = law.rulebook.tables[fact.removeprefix("law.")].schema
        return (
            f"The rulebook's table '{table.name}' ({table.cite}) does not settle this for {law.on}; "
            "look it up in the official text."
        )
    plain = plain_path(fact)
    head, _, inside = fact.partition("[")
    if plain.endswith(".owners.owners"):
        return f"Who owns the owner at {fact.rpartition('.')[0]}, and is any of them on a list?"
    if plain.endswith(".share"):
        return f"Which percentage do listed owners hold (the share of {fact.rpartition('.')[0]})?"
    if plain in _QUESTIONS:
        return _QUESTIONS[plain]
    known = law.rulebook.vocabulary.facts.get(plain)
    if known is not None and known.question:
        return known.question.replace("{value}", inside.rstrip("]"))
    name = plain.rpartition(".")[2].replace("_", " ")
    return f"What is the {name} of {fact.rpartition('.')[0] or head}?"


_QUESTIONS = {
    "parties.owners": "Who owns the party, with which shares, and is any owner on a list?",
    "party": "Who are the parties: purchaser, intermediate consignees, ultimate consignee, end users?",
    "parties.name": "What is the party's full legal name?",
    "parties.address": "What is the party's full address?",
    "parties.disposition": "Is the party the listed one, or only similar in name or address?",
    "parties.country": "In which country is the party?",
    "parties.kind": "Is the party military, government, a federal agency or contractor, or commercial?",
    "parties.headquarters": "In which country is the party (or its ultimate parent) headquartered?",
    "parties.role": "Which role does the party have (15 CFR 748.5)?",
    "parties.uses_equipment_of": "Whose telecommunications equipment does the party itself use?",
    "red_flag": "Were there any red flags (Supplement No. 3 to part 732), and how was each resolved?",
    "red_flag.resolved": "Has the red flag been resolved?",
    "line.controlled_for": "For which reasons is this very item controlled, by its own parameters?",
    "license.lines": "Which ECCNs does the license name?",
    "license.parties": "Which parties does the license name?",
}
