"""Addresses in one spelling, and whether two are the same place.

Entity List entries that name nobody answer to their address under any name (15 CFR 744.16(f)). Numbers are what
tells places apart; words are abbreviated, glued and ordered in many ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from licet.parties.names import normalise

_SHORT = {
    "road": "rd", "street": "st", "room": "rm", "centre": "center", "ctr": "center", "building": "bldg",
    "floor": "f", "flr": "f", "avenue": "ave", "number": "no", "apartment": "apt",
}  # fmt: skip
# Words that one writer adds and another leaves out: countries, and signs of a number.
_NOISE = frozenset({
    "no", "the", "hong", "kong", "hk", "china", "turkey", "turkiye", "prc", "sar", "nt",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: what holds a digit, and the other words."""

    numbers: frozenset[str]
    words: frozenset[str]


def address(text: str) -> Address:
    """An address from its text.

    >>> one = address("Unit D, 16/F One Capital Place, 18 Luard Rd, Wan Chai, Hong Kong.")
    >>> sorted(one.numbers), sorted(one.words)[:3]
    (['16', '18'], ['capital', 'chai', 'd'])
    """
    words = re.sub(r"(?<=\d)f\b", " f", normalise(text)).split()
    words = [_SHORT.get(word, word) for word in words]
    numbers = frozenset(word for word in words if any(c.isdigit() for c in word))
    return Address(numbers, frozenset(words) - numbers - _NOISE)


def same(one: Address, other: Address) -> str | None:
    """Whether two addresses are one place: "exact", "possible", or None.

    Exact: the numbers are equal and the words of one all stand in the other. Possible: the numbers of one all
    stand in the other, and so do more than half of the words.
    """
    fewer, more = sorted((one, other), key=lambda a: len(a.words))
    if not fewer.words or not one.numbers or not other.numbers:
        return None
    shared = len(fewer.words & more.words)
    if one.numbers == other.numbers and shared == len(fewer.words) >= 2:
        return "exact"
    nested = one.numbers <= other.numbers or other.numbers <= one.numbers
    return "possible" if nested and shared * 2 > len(fewer.words) and shared >= 2 else None
