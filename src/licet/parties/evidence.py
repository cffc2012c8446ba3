"""What speaks for and against a listing besides its name: kind, country, birth, numbers, places.

Agreement raises a score, silence leaves it, contradiction lowers it. Each piece says in words what was found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from licet.parties.listing import Identifier

AGREES, WEAKENS, CONTRADICTS = "agrees", "weakens", "contradicts"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing found: ``kind`` (country, born, identifier, address, kind, alias, common), which way, in words.

    ``cost`` is added to what the name costs; below 0 it takes that share of the cost away.
    """

    kind: str
    effect: str
    says: str
    cost: float


def of_kind(asked: str, listed: str) -> Evidence | None:
    """A ship is no person. Silence on either side says nothing."""
    if not asked or not listed or asked == listed or {asked, listed} <= {"vessel", "aircraft"}:
        return None
    return Evidence("kind", CONTRADICTS, f"asked for a {asked}, the listing is of a {listed}", 0.3)


def of_country(
    asked: str, listed: Collection[str], *, person: bool, differs: bool = False
) -> Evidence | None:
    """The country of the party against those of the listing.

    People have several countries: of birth, of passports, of residence. A company's branch abroad keeps its
    name, so that another country says little where the name is the same, and more where it ``differs`` too.

    >>> of_country("CY", ["RU"], person=False).cost < of_country("CY", ["RU"], person=False, differs=True).cost
    True
    """
    if not asked or not listed:
        return None
    if asked in listed:
        return Evidence("country", AGREES, f"the listing names {asked}", -0.15)
    says = f"{asked}, where the listing names {', '.join(sorted(listed))}"
    cost = 0.08 if person else 0.12 if differs else 0.04
    return Evidence("country", CONTRADICTS, says, cost)


def of_birth(asked: str, listed: Sequence[str]) -> Evidence | None:
    """A date of birth, in part where it is known in part, against those of the listing.

    Lists hold guesses and calendar conversions, so that one year's difference counts little; ten years count
    much.

    >>> of_birth("1965-03-17", ["1965"]).effect, of_birth("1990", ["1965-03-17"]).effect, of_birth("", ["1965"])
    ('agrees', 'contradicts', None)
    """
    if not asked or not listed:
        return None
    parsed = _parts(asked)
    known = [(day, parts) for day in listed if (parts := _parts(day)) is not None]
    if parsed is None or not known:
        return None
    best: tuple[int, int, str] | None = None
    for day, parts in known:
        years = abs(parsed[0] - parts[0])
        shared = min(len(parsed), len(parts))
        same = parsed[:shared] == parts[:shared] or (
            shared == 3 and (parsed[0], parsed[2], parsed[1]) == parts
        )
        rank = (0 if same else 1 if years == 0 else 1 + years, -shared, day)
        best = min(best, rank) if best else rank
    assert best is not None
    distance, shared, day = best
    if distance == 0:
        return Evidence("born", AGREES, f"born {day}", -0.4 if shared == -3 else -0.25)
    if distance <= 2:
        return Evidence("born", WEAKENS, f"born {asked}, the listing says {day}", 0.04)
    years = distance - 1
    return Evidence(
        "born", CONTRADICTS, f"born {asked}, the listing says {day}", min(0.5, 0.08 + 0.035 * years)
    )


def _parts(day: str) -> tuple[int, ...] | None:
    try:
        parts = tuple(int(part) for part in day.split("-"))
    except ValueError:
        return None
    return parts if 1 <= len(parts) <= 3 and parts[0] > 1000 else None


def of_numbers(asked: Collection[Identifier], listed: Collection[Identifier]) -> Evidence | None:
    """Numbers of one kind: one that agrees settles much, others of the same kind contradict."""
    kinds = set()
    for one in asked:
        for other in listed:
            if one.kind == other.kind or "other" in (one.kind, other.kind):
                if plain(one.value) == plain(other.value):
                    return Evidence("identifier", AGREES, f"{other.kind} {other.value}", -0.9)
                if one.kind == other.kind:
                    kinds.add(one.kind)
    if kinds & {"imo", "lei", "mmsi"}:
        return Evidence("identifier", CONTRADICTS, f"another {', '.join(sorted(kinds))}", 0.2)
    return None


def plain(number: str) -> str:
    """A number without marks, and without the letters IMO before it.

    >>> plain("IMO 9187655") == plain("9187655")
    True
    """
    kept = "".join(character for character in number.upper() if character.isalnum())
    return kept.removeprefix("IMO")


_SHORT_PLACES = {
    "uk": "GB",
    "us": "US",
    "usa": "US",
    "uae": "AE",
    "prc": "CN",
    "hongkong": "HK",
    "hk": "HK",
}


def of_places(
    words: Collection[str], countries: Collection[str], addresses: Collection[str]
) -> Evidence | None:
    """Places in a party's name that the listing's addresses name too: they tell which entry is meant.

    >>> of_places(["reading", "uk"], ["GB"], ["10 High Street, Reading, RG1 1AA"]).effect
    'agrees'
    """
    text = " ".join(addresses).lower()
    if words and all(word in text or _SHORT_PLACES.get(word) in countries for word in words):
        return Evidence("address", AGREES, f"{' '.join(words)} is in the listing's address", 0.0)
    return None
