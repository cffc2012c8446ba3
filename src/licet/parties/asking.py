"""Who is asked about, and as what the name is read: a person's, another's, or both where nobody says."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from licet.parties.analysis import FORM, INITIAL, Name, analyse
from licet.parties.candidates import Asked
from licet.parties.compare import readings
from licet.parties.listing import Identifier
from licet.parties.spelling import LONGEST, MOST_WORDS, visible


class NotScreenable(ValueError):  # noqa: N818 -- it says what is the matter
    """A name that cannot be screened: empty, too long, or of words that tell nobody apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Somebody asked about. What is left empty is not known, and neither speaks for nor against.

    ``kind`` is person, organization or vessel; ``country`` ISO 3166-1 alpha-2; ``born`` ISO 8601, in part where
    known in part; ``on`` asks who was listed on a day, where the lists say since when.
    """

    name: str
    id: str = ""
    kind: str = ""
    country: str = ""
    born: str = ""
    address: str = ""
    identifiers: tuple[Identifier, ...] = ()
    on: dt.date | None = None


def _only_a_form(name: Name) -> bool:
    """Whether a name is nothing but a legal form that is nobody's name."""
    return all(kind == FORM for kind in name.kinds) and not _SURE.isdisjoint(name.words)


_SURE = frozenset({"inc", "ltd", "llc", "jsc", "plc", "corp", "fze"})
_SHIP = re.compile(r"\s*(?:m\s?[./]?\s?[vt]|ss)\b", re.IGNORECASE)


def ways(query: Query) -> list[Asked]:
    """How a query's name is read: as a person's, another's, or both where nobody says."""
    if not query.name.strip():
        raise NotScreenable("name: empty; give the party's name.")
    if len(query.name) > LONGEST:
        raise NotScreenable(f"name: {len(query.name)} characters; at most {LONGEST} make a name.")
    text, among = visible(query.name), [(query.kind, None)] if query.kind else _kinds(query.name)
    read = [(name, person) for kind, person in among for name in readings(text, kind)]
    longest = max((len(name.words) for name, _ in read), default=0)
    if longest > MOST_WORDS:
        raise NotScreenable(f"name: {longest} words; at most {MOST_WORDS} make a name.")
    found = [
        Asked(name, person) for name, person in read if any(kind < INITIAL for kind in name.kinds)
    ]
    if not found:
        raise NotScreenable(
            f"name: nothing in {text!r} tells one party from another (legal forms and small words only); "
            "give the whole name."
        )
    first, last = found[0].name, found[-1].name
    if len(found) == 2 and (first.words, first.kinds) == (last.words, last.kinds):
        return [Asked(first, None)]
    return found


def _kinds(name: str) -> list[tuple[str, bool | None]]:
    """As what a name is read of which nobody says whose it is, and among which listings it is sought.

    A legal form makes it a company's, which may bear a person's name; M/V makes it a ship's.
    """
    if _SHIP.match(name):
        return [("vessel", False)]
    company = analyse(visible(name), "organization")
    forms = {word for word, kind in zip(company.words, company.kinds, strict=True) if kind == FORM}
    if _only_a_form(company):
        return []
    if forms & _SURE:
        return [("organization", None)]
    return [("person", True), ("organization", False)]
