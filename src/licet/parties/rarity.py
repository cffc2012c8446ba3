"""What a list itself says of a likeness: how common its words are, and whether an asked word is a name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from licet.parties.analysis import NAME, Name
from licet.parties.evidence import CONTRADICTS, WEAKENS, Evidence
from licet.parties.finding import REMEMBERED
from licet.parties.index import WORD, Array, Index
from licet.parties.keys import word_keys
from licet.parties.score import Alignment, Pair
from licet.parties.similar import SOUND, SPELLING

_FEWEST = 4096
"""A word that stands once in a short list is as rare as in a list of so many names."""

SLIGHT = frozenset({"marks", "order", "joined", "small"})
"""Differences that are none of substance."""

_ANOTHER = 0.46
"""What a word costs that is another name: the least that two names cost which stand against one another."""

_SINGLED_OUT = 10.0
"""Where the words that agree outweigh by so many bits all names there are, nobody else is meant."""


@dataclass(slots=True)
class Rarity:
    """The words of an index, counted."""

    index: Index
    _frequency: Array = field(init=False)
    _numbers: dict[str, int] = field(init=False)
    _whole: float = field(init=False)

    def __post_init__(self) -> None:
        self._whole = math.log2(max(_FEWEST, len(self.index.arrays["name_listing"])))
        self._frequency = np.diff(self.index.arrays["word_at"])
        self._numbers = {}

    def bits(self, name: int) -> dict[str, float]:
        """How much it says that another name has a word of this listed one: in bits, by how rare the word is.

        Small words are not counted, and tell nobody apart.
        """
        arrays = self.index.arrays
        span = slice(int(arrays["name_at"][name]), int(arrays["name_at"][name + 1]))
        return {
            self.index.words[number].decode(): self._whole - math.log2(frequency)
            for number in arrays["name_word"][span].tolist()
            if (frequency := int(self._frequency[number]))
        }

    def common(
        self, alignment: Alignment, listed: Name, bits: Mapping[str, float], person: bool
    ) -> Evidence | None:
        """How much less a name says that is made of words which many listed names have.

        In bits: how rare the words are that agree, against how many names there are to agree with by chance.
        """
        if not person:
            # A company's own name is rare, and common in lists only where its whole group is listed.
            kinds = dict(zip(listed.words, listed.kinds, strict=True))
            if any(kinds.get(pair.right) == NAME or " " in pair.right for pair in alignment.pairs):
                return None
        surplus = _known(alignment.pairs, bits) - self._whole
        differs = {what for what, _ in alignment.costs} - SLIGHT
        several = len(alignment.pairs) > 1 or bool(alignment.left_only or alignment.right_only)
        cost = 0.0
        if several and differs:
            cost = 0.03 * max(0.0, 7 - surplus)
            if "extra" in differs or "conflict" in differs:
                cost = max(cost, 0.045 * max(0.0, 10 - surplus))
        if not cost and (surplus >= 0 or not person or not several):
            return None
        return Evidence(
            "common", WEAKENS, "many listed names are made of these words", round(cost, 4)
        )

    def another(
        self,
        asked: Name,
        alignment: Alignment,
        listing: int,
        bits: Mapping[str, float],
        person: bool,
    ) -> Evidence | None:
        """Words of the asked name that are spelled a little otherwise, and are names in their own right.

        A slip of the pen seldom makes another name: who is asked about as Karimian is hardly a Kazemian, while
        a Kazemain may be. The more listed names have the word, the surer it is one. Where some party has both
        as spellings of its name (Yousef, Yusuf), they are one; where the other words already single out a
        listed name, it matters less. Who bears the whole asked name is not counted: two lists may spell one
        party in two ways, and then both entries are meant.
        """
        kinds = dict(zip(asked.words, asked.kinds, strict=True))
        same = [pair for pair in alignment.pairs if pair.similarity == 1 and pair.kind != "initial"]
        rest = [
            number
            for pair in same
            for word in pair.right.split()
            if (number := self._number(word)) >= 0
        ]
        cost, found = 0.0, ""
        for pair in alignment.pairs:
            if pair.kind in (SPELLING, SOUND) and kinds.get(pair.left) == NAME:
                times = self._borne(pair.left, pair.right, rest, listing, person)
                if times:
                    cost += _ANOTHER * times / (times + 1)
                    found = found or pair.left
        if not cost:
            return None
        # How surely the other words single out this listing.
        surplus = max(0.0, _known(same, bits) - self._whole)
        cost = round(cost * (1 - min(1.0, surplus / _SINGLED_OUT)), 4)
        if not cost:
            return None
        return Evidence("word", CONTRADICTS, f"{found!r} is itself a listed name", cost)

    def _borne(self, word: str, other: str, rest: Sequence[int], listing: int, person: bool) -> int:
        """How many listed names have a word and not all the rest of a name as well; 0 where it is a spelling of
        the other word, or of this listing's own."""
        number, there = self._number(word), self._number(other)
        if number < 0:
            return 0
        holders = self._holders(number, person)
        if not len(holders):
            return 0
        of = self.index.arrays["name_listing"]
        bearers = of[holders]
        if listing in bearers:
            return 0
        if there >= 0:
            others = self._holders(there, person)
            # In one name they are two names, "Hassan Hussein"; in two names of a party, two spellings.
            both = of[np.intersect1d(holders, others)]
            if len(np.setdiff1d(np.intersect1d(bearers, of[others]), both)):
                return 0
        return len(holders) - self._with_all(holders, rest, person)

    def _with_all(self, names: Array, rest: Sequence[int], person: bool) -> int:
        """How many of some names have each word of the rest; without any rest, how many are the one word."""
        counted = [number for number in rest if self._frequency[number]]
        if not counted:
            # No word weighs more than one.
            return int((self.index.arrays["name_weight"][names] <= 1).sum())
        for number in counted:
            # The names that hold a word stand in their order.
            holders = self._holders(number, person)
            if not len(holders):
                return 0
            at = np.minimum(np.searchsorted(holders, names), len(holders) - 1)
            names = names[holders[at] == names]
        return len(names)

    def _holders(self, number: int, person: bool) -> Array:
        arrays = self.index.arrays
        first, middle, last = (
            int(arrays[table][at])
            for table, at in (("word_at", number), ("word_others", number), ("word_at", number + 1))
        )
        return arrays["word_name"][first:middle] if person else arrays["word_name"][middle:last]

    def _number(self, word: str) -> int:
        """The place of a word in the index; -1 where no listed name has it."""
        known = self._numbers.get(word)
        if known is None:
            if len(self._numbers) > REMEMBERED:
                self._numbers.clear()
            known = self._numbers[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> int:
        arrays = self.index.arrays
        table, key = arrays["key"], word_keys([word])[0]
        first, last = (int(np.searchsorted(table, key, side)) for side in ("left", "right"))
        spelled = word.encode()
        for number in arrays["key_word"][first:last].tolist():
            if self.index.words[number] == spelled and arrays["word_class"][number] == WORD:
                return int(number)
        return -1


def _known(pairs: Iterable[Pair], bits: Mapping[str, float]) -> float:
    """How much the pairs say, in bits."""
    return sum(
        pair.similarity * max(bits.get(word, 0.0) for word in pair.right.split())
        for pair in pairs
        if pair.kind != "initial"
    )
