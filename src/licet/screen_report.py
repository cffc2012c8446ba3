"""A screening as text that people read: who may be meant, on which list of which day, and why."""

from __future__ import annotations

from licet.parties.explain import sentence, words
from licet.parties.score import Alignment
from licet.parties.screening import SURE, Answer, Candidate
from licet.parties.spelling import visible
from licet.screen_lists import Lists

_SHOWN = 10


def answer_text(answer: Answer, lists: Lists) -> str:
    """The answer to one name; "no match" says on which lists of which days."""
    name = visible(answer.query.name)
    if answer.error:
        return f"{name}\n  NOT SCREENED: {answer.error}"
    if not answer.candidates:
        return f"{name}\n  CLEAR: no listing found. {_looked_through(answer, lists)}"
    head = {
        "match": "MATCH",
        "possible": "POSSIBLE MATCH: somebody must look",
        "clear": "CLEAR: each possible match is settled as another party",
    }[answer.verdict]
    lines = [name, f"  {head}"]
    for candidate in answer.candidates[:_SHOWN]:
        lines += ["", *(f"  {line}" for line in _candidate(candidate))]
    if len(answer.candidates) > _SHOWN:
        lines += ["", f"  and {len(answer.candidates) - _SHOWN} more, less likely"]
    lines += ["", f"  {_looked_through(answer, lists)}"]
    return "\n".join(lines)


def _looked_through(answer: Answer, lists: Lists) -> str:
    """The lists, with the day that was asked about: a copy may be newer and know since when each was listed."""
    on = f" for {answer.query.on}" if answer.query.on else ""
    return f"Looked through{on}: {lists.said(answer.query.on)}."


def _candidate(candidate: Candidate) -> list[str]:
    listing = candidate.listing
    # A party that a person settled as the listed one may bear another name.
    sure = f"{candidate.score:.3f}" if candidate.score else "by decision"
    lines = [f"{candidate.verdict} {sure}  {visible(listing.name)}  ({listing.key})"]
    if candidate.matched != listing.name:
        lines.append(f"  under the name {visible(candidate.matched)}")
    about = [
        listing.kind,
        ", ".join(listing.countries),
        f"born {', '.join(listing.born)}" if listing.born else "",
        f"programs {', '.join(listing.programs)}" if listing.programs else "",
        f"listed since {listing.valid_from}" if listing.valid_from else "",
        listing.source,
    ]
    lines.append("  " + "; ".join(part for part in about if part))
    lines.append("  " + sentence(candidate))
    return lines


def comparison_text(left: str, right: str, alignment: Alignment, threshold: float) -> str:
    """Two names word by word, and what each difference cost."""
    verdict = (
        "clear"
        if alignment.score < threshold
        else "match"
        if alignment.score >= SURE
        else "possible match"
    )
    lines = [f"{visible(left)}  |  {visible(right)}", f"  {verdict}, score {alignment.score:.3f}"]
    lines += [
        f"  {pair.left} = {pair.right}  ({pair.kind}, {pair.similarity:.2f})"
        for pair in alignment.pairs
    ]
    lines += [f"  {word} = -" for word in alignment.left_only]
    lines += [f"  - = {word}" for word in alignment.right_only]
    if alignment.costs:
        lines.append(
            "  costs: " + ", ".join(f"{name} {cost:.3f}" for name, cost in alignment.costs)
        )
    lines.append(f"  {words(alignment)}")
    return "\n".join(lines)
