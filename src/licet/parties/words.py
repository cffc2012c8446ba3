"""What the words in names are: legal forms, words of trade, particles, titles, places; read from words.toml."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists, as one look-up each.

    ``forms`` maps the words of a legal form to its short spelling ("joint stock company": "jsc");
    ``form_starts`` gives, for a first word, how many words the longest form with it has.
    """

    forms: Mapping[str, str]
    form_starts: Mapping[str, int]
    ambiguous: frozenset[str]
    business: Mapping[str, str]
    particles: frozenset[str]
    honorifics: frozenset[str]
    vessel_prefixes: frozenset[str]
    places: frozenset[str]
    weak: frozenset[str]
    form_words: frozenset[str]
    near_forms: Mapping[str, tuple[str, str]]
    """Long words of legal forms, each by itself and with any one letter gone."""
    near_business: Mapping[str, tuple[str, str]]
    """Long words of trade, each by itself and with any one letter gone: the word, and its usual spelling."""
    swapped_business: Mapping[str, str]
    """Short words of trade with two letters swapped, and the usual spelling of what was meant."""
    sayings: Mapping[str, str]
    saying_starts: frozenset[str]
    nicknames: Mapping[str, frozenset[int]]
    han: Mapping[str, str]
    han_longest: int
    simplified: Mapping[int, str]
    korean: Mapping[str, str]


@functools.cache
def words() -> Words:
    """The packaged word lists; read once."""
    text = resources.files("licet.parties").joinpath("words.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    forms = {given: form for form, spellings in raw["forms"].items() for given in spellings}
    starts: dict[str, int] = {}
    for given in forms:
        first, count = given.split()[0], given.count(" ") + 1
        starts[first] = max(starts.get(first, 0), count)
    business = {
        given: word for word, others in raw["business"].items() for given in (word, *others)
    }
    nicknames: dict[str, set[int]] = {}
    for number, line in enumerate(raw["nicknames"]["sets"]):
        for name in line.split():
            nicknames.setdefault(name, set()).add(number)
    form_words = frozenset(word for given in forms for word in given.split())
    han = dict(entry.split(":", 1) for entry in raw["han"]["words"])
    return Words(
        forms=forms,
        form_starts=starts,
        ambiguous=frozenset(raw["ambiguous"]["forms"]),
        business=business,
        particles=frozenset(raw["particles"]["words"]),
        honorifics=frozenset(raw["honorifics"]["words"]),
        vessel_prefixes=frozenset(raw["vessel_prefixes"]["words"]),
        places=frozenset(raw["places"]["words"]),
        form_words=form_words,
        near_forms=_near({word: word for word in form_words if len(word) >= 5}),
        near_business=_near({given: word for given, word in business.items() if len(given) >= 7}),
        swapped_business=_swapped(business),
        weak=frozenset(raw["weak_business"]["words"]),
        sayings=raw["sayings"],
        saying_starts=frozenset(saying.split()[0] for saying in raw["sayings"]),
        nicknames={name: frozenset(numbers) for name, numbers in nicknames.items()},
        han=han,
        han_longest=max(map(len, han)),
        simplified={ord(pair[0]): pair[1] for pair in raw["han"]["traditional"].split()},
        korean={entry[0]: entry[1:] for entry in raw["han"]["korean"].split()},
    )


def _near(known: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        given[:at] + given[at + 1 :]: (given, word)
        for given, word in known.items()
        for at in range(len(given) + 1)
    }


def _swapped(known: Mapping[str, str]) -> dict[str, str]:
    """Words of five or six letters with two neighbors swapped, but for what is a known word itself."""
    return {
        given[:at] + given[at + 1] + given[at] + given[at + 2 :]: word
        for given, word in known.items()
        if 5 <= len(given) <= 6
        for at in range(len(given) - 1)
        if given[:at] + given[at + 1] + given[at] + given[at + 2 :] not in known
    }
