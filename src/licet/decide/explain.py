"""A proof in words: each condition as its author wrote it, what was found, and what decided."""

from __future__ import annotations

import datetime as dt

from licet.decide.known import Between, OpenList
from licet.decide.truth import Proof
from licet.decision import Because
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    If,
    InTable,
    Literal,
    Not,
    OneOf,
    RuleReference,
)  # fmt: skip


def explain(proof: Proof) -> Because:
    """The proof as a tree of words; links that only repeat are left out."""
    while len(proof.parts) == 1 and isinstance(proof.condition, AllOf | AnyOf):
        proof = proof.parts[0]
    found = [(name, shown(value)) for name, value in proof.found]
    if proof.child is not None:
        who = proof.child.fields.get("name") or proof.child.fields.get("reason")
        found.append(("this", shown(who) if who else ", ".join(proof.child.because) or "unknown"))
    if proof.unknown:
        found.append(("asks for", ", ".join(proof.unknown)))
    if isinstance(proof.condition, RuleReference):
        # The rule has its own proof; repeating it under every rule that names it would bury the reader.
        return Because(words(proof.condition), proof.value, tuple(found), ())
    return Because(
        words(proof.condition), proof.value, tuple(found), tuple(explain(p) for p in proof.parts)
    )


def shown(value: object) -> str:
    """A value as a reader knows it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Between):
        return f"at least {value.least:g}" + (
            f", at most {value.most:g}" if value.most is not None else ""
        )
    if isinstance(value, OpenList):
        return ", ".join(sorted(value.met)) or "none"
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(shown(item) for item in value) or "none"
    return str(value)


# Conditions live as long as their rulebook, and each is written out in every decision: by identity, with the
# condition itself kept so that its identity is not used again.
_WRITTEN: dict[int, tuple[Condition, str]] = {}


def words(condition: Condition) -> str:
    """A condition as text of the condition language."""
    written = _WRITTEN.get(id(condition))
    if written is None:
        if len(_WRITTEN) > 100_000:
            _WRITTEN.clear()
        written = _WRITTEN[id(condition)] = (condition, _words(condition))
    return written[1]


def _words(condition: Condition) -> str:
    match condition:
        case Literal(value):
            return repr(str(value)) if isinstance(value, str | dt.date) else str(value)
        case Fact(path):
            return path
        case Field(variable, name):
            return f"{variable}.{name}" if name else variable
        case RuleReference(rule):
            return rule
        case Compare(op, left, right):
            return f"{words(left)} {op} {words(right)}"
        case OneOf(item, choices):
            return f"{words(item)} in ({', '.join(words(Literal(c)) for c in choices)})"
        case Contains(item, collection):
            return f"{words(item)} in {words(collection)}"
        case InTable(keys, table):
            inside = ", ".join(words(key) for key in keys)
            return f"({inside}) in {table}" if len(keys) > 1 else f"{inside} in {table}"
        case Not(item):
            return f"not ({words(item)})"
        case AllOf(items):
            return " and ".join(_inner(item) for item in items)
        case AnyOf(items):
            return " or ".join(_inner(item) for item in items)
        case If(test, then, otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"
        case Every(op, variable, collection, body):
            return f"{op}({words(body)} for {variable} in {collection})"


def _inner(condition: Condition) -> str:
    text = words(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf | If) else text
