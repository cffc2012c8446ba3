"""Whom a change of the lists touches, as text that people read and as rows for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from licet.parties.explain import sentence
from licet.parties.spelling import visible
from licet.rescreening import Changed, Rescreened, Touched
from licet.screen_rows import candidate_row

HEAD = (
    "id", "name", "what", "listing_id", "list", "listed_name", "was_verdict", "was_score", "now_verdict",
    "now_score", "changed_fields", "decision", "says", "error",
)  # fmt: skip
"""The columns of a table: a row for each party and entry that touches it, and for each row that is an error."""
_WORDS = {
    "newly_match": "NEWLY A MATCH",
    "newly_possible": "NEWLY A POSSIBLE MATCH: somebody must look",
    "no_longer": "NO LONGER FOUND",
    "changed": "THE ENTRY HAS CHANGED",
    "weighed_otherwise": "WEIGHED OTHERWISE: the entry is as it was, its words are more or less common now",
}


def counted(changed: Changed) -> str:
    """How many entries differ, in words."""
    return ", ".join(
        f"{changed.count(what):,} {'entries ' if what == 'added' else ''}{what}"
        for what in ("added", "removed", "changed")
    )


def line(answer: Rescreened) -> dict[str, Any]:
    """A party and what touches it as JSON; or its error."""
    if answer.error:
        return {"id": answer.query.id, "name": visible(answer.query.name), "error": answer.error}
    return {
        "id": answer.query.id,
        "name": visible(answer.query.name),
        "touched": [
            {
                "what": one.what,
                "listing_id": one.listing.key,
                "list": one.listing.list,
                "listed_name": visible(one.listing.name),
                "was": candidate_row(one.was) if one.was else None,
                "now": candidate_row(one.now) if one.now else None,
                "changed_fields": [
                    {"field": each.field, "was": each.was, "now": each.now} for each in one.fields
                ],
                "decision": one.decided and {"state": one.decided.state, "says": one.decided.says},
            }
            for one in answer.touched
        ],
    }


def rows(answers: Iterator[Rescreened]) -> Iterator[Sequence[Any]]:
    """The rows of a table under ``HEAD``."""
    for answer in answers:
        head = (answer.query.id, visible(answer.query.name))
        if answer.error:
            yield (*head, "", "", "", "", "", None, "", None, "", "", "", answer.error)
        for one in answer.touched:
            yield (
                *head, one.what, one.listing.key, one.listing.list, visible(one.listing.name),
                one.was.verdict if one.was else "clear", one.was.score if one.was else None,
                one.now.verdict if one.now else "clear", one.now.score if one.now else None,
                " ".join(each.field for each in one.fields),
                one.decided.says if one.decided else "", _why(one), "",
            )  # fmt: skip


def _why(one: Touched) -> str:
    shown = one.now or one.was
    return sentence(shown) if shown else ""


def text(answer: Rescreened) -> str:
    """A party and what touches it, in words."""
    known = f"  ({answer.query.id})" if answer.query.id else ""
    lines = [f"{visible(answer.query.name)}{known}"]
    if answer.error:
        lines.append(f"  NOT SCREENED: {answer.error}")
    for one in answer.touched:
        sides = [
            f"{each.verdict} {each.score:.3f}" if each else "clear" for each in (one.was, one.now)
        ]
        lines.append(f"  {_WORDS[one.what]}")
        lines.append(f"    {visible(one.listing.name)}  ({one.listing.key}): {' -> '.join(sides)}")
        lines.append(f"    {_why(one)}")
        for each in one.fields:
            told = [f"- {value}" for value in each.was] + [f"+ {value}" for value in each.now]
            lines.append(f"    {each.field.replace('_', ' ')} {' '.join(told)[:200]}")
        if one.decided:
            lines.append(f"    {one.decided.says[:1].upper()}{one.decided.says[1:]}.")
    return "\n".join(lines) + "\n"
