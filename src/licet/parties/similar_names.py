"""Listed names that a name resembles without being one of them: possible matches, for somebody to settle.

Exact names are found by look-up (``screen``). This asks ``screening`` about all listings of a rulebook, of all
days; who was listed on the day is for the caller. What was asked is remembered, since an order is decided many
times while its missing facts are looked for.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from licet.law.rulebook import Rulebook
from licet.parties.asked import Asked
from licet.parties.evidence import CONTRADICTS, of_birth, of_numbers
from licet.parties.explain import sentence
from licet.parties.index_cache import kept_index
from licet.parties.listed_rows import ListedRow, listings
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Query, Screener

_KINDS = {
    "individual": "person",
    "organization": "organization",
    "vessel": "vessel",
    "aircraft": "aircraft",
}
_REMEMBERED = 50_000


def query(asked: Asked) -> Query:
    """The question to screening about somebody whom an order names."""
    return Query(
        name=asked.name, id=asked.id, kind=asked.kind, country=asked.country, born=asked.born,
        address=asked.address, identifiers=tuple(Identifier(kind, value) for kind, value in asked.numbers),
    )  # fmt: skip


def told_apart(asked: Asked, listing: Listing) -> str:
    """What tells somebody from a listed party of the same name, in words; "" where nothing does.

    A date of birth, or a number of which everybody has one. Another country does not: people have several.
    """
    who = query(asked)
    found = (of_birth(who.born, listing.born), of_numbers(who.identifiers, listing.identifiers))
    return "; ".join(one.says for one in found if one is not None and one.effect == CONTRADICTS)


@dataclass(frozen=True, slots=True)
class Resembling:
    """A listing that a name resembles: how much, from 0 to 1, and why."""

    row: ListedRow
    score: float
    says: str


@dataclass(slots=True)
class _Names:
    rows: tuple[ListedRow, ...]
    screener: Screener
    known: dict[Asked, tuple[Resembling, ...]] = field(default_factory=dict)


def resembling(asked: Iterable[Asked], rulebook: Rulebook) -> dict[Asked, tuple[Resembling, ...]]:
    """What each name resembles, best first; a name that tells nobody apart resembles nobody."""
    names = _names(rulebook)
    wanted = list(dict.fromkeys(asked))
    missing = [one for one in wanted if one not in names.known]
    if missing:
        if len(names.known) > _REMEMBERED:
            names.known.clear()
        answers = names.screener.screen([query(one) for one in missing])
        for one, answer in zip(missing, answers, strict=True):
            names.known[one] = tuple(
                Resembling(names.rows[int(found.listing.id)], found.score, sentence(found))
                for found in answer.candidates
            )
    return {one: names.known[one] for one in wanted if one in names.known}


@functools.lru_cache(maxsize=4)
def _names(rulebook: Rulebook) -> _Names:
    rows = tuple(row for row in listings(rulebook) if row.row.values.get("kind") != "address")
    # Private rules make another rulebook of the same lists: the index goes by the rows then.
    key = _digest(rows) if rulebook.private else rulebook.id
    made = kept_index(f"rulebook-{key}", lambda: _as_listings(rows))
    return _Names(rows, Screener(made))


def _digest(rows: Iterable[ListedRow]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for row in rows:
        digest.update(f"{row.list}{sorted(row.row.values.items())}".encode())
    return digest.hexdigest()


def _as_listings(rows: Iterable[ListedRow]) -> Iterator[Listing]:
    """Rows as listings, numbered by their places."""
    for number, row in enumerate(rows):
        values = row.row.values
        # A long list comes with its aliases normalised; a brand is not a name.
        aliases = (values.get("keys") or values.get("aliases", "")).split("|")
        yield Listing(
            list=row.list,
            id=str(number),
            kind=_KINDS.get(values.get("kind", ""), ""),
            names=(
                ListedName(values["name"]),
                *(ListedName(alias, "alias") for alias in aliases if alias),
            ),
            countries=tuple(filter(None, values.get("country", "").split("|"))),
            addresses=tuple(filter(None, values.get("addresses", "").split("|"))),
        )
