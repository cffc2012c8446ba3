"""The index over listed names: words, the keys to find them by, and which names hold them.

Made once for a set of listings and kept as plain arrays that are mapped into memory, so that a list of a
million entries opens at once and several processes share it. A word of the index is a word of a name,
neighboring words written together, or the first letters of a name.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from licet.parties.analysis import (
    BUSINESS,
    FORM,
    INITIAL,
    NAME,
    NUMBER,
    PARTICLE,
    PLACE,
    TITLE,
    WEAK,
    WEIGHTS,
    Name,
)
from licet.parties.compare import readings
from licet.parties.evidence import plain
from licet.parties.keys import consonant_keys, keys, sound_number, syllable_keys
from licet.parties.listing import KINDS, NAME_KINDS, Listing
from licet.parties.packing import Strings, pack, unpack
from licet.parties.pairing import spans
from licet.parties.score import PATRONYMIC
from licet.parties.scripts import ALPHABET, CONSONANTS, LATIN, TRANSCRIBED
from licet.parties.words import words

Array = NDArray[Any]
WORD, JOINED_WORD, ACRONYM, SMALL, GIVEN = range(5)
"""What a word of the index is; small words weigh nothing, and are found by a name's own words only. GIVEN is a
word of trade as it was written, found by words written together."""

LITTLE = 1e-6
"""What small words weigh where nothing would be lost in a sparse product."""


@dataclass(frozen=True, slots=True)
class Index:
    """Listed names, searchable.

    ``words`` are the spellings; ``listings`` the entries, packed. In ``arrays``:

    - ``word_class``, ``word_sound``, ``word_named`` (known in several languages), ``word_scripts`` (bit s is
      set where a name in script s holds it); ``word_at``, ``word_name``,
      ``word_weight``: the names that hold word w are ``word_name[word_at[w]:word_at[w + 1]]``, with what it
      weighs there
    - ``key``, sorted, and ``key_word``; ``script_key`` for words from scripts without vowels, ``foreign_key``
      of words that are from one themselves
    - ``name_at``, ``name_word``, ``name_word_kind``, ``name_given``: the words of each name; ``name_listing``,
      ``name_text`` (which of the listing's names), ``name_kind`` (of ``KINDS``), ``name_alias`` (of
      ``NAME_KINDS``), ``name_script``, ``name_weight`` (what a query must account for), ``name_initials``,
      ``name_trade`` (what its words of trade and places weigh)
    - ``number_key`` of identifiers and ``number_key_word``, their listings; ``address_only``: listings that
      name nobody
    """

    words: Strings
    listings: Strings
    arrays: dict[str, Array]

    def __len__(self) -> int:
        return len(self.listings)

    @property
    def size(self) -> int:
        """Bytes of the whole index."""
        return (
            self.words.size + self.listings.size + sum(one.nbytes for one in self.arrays.values())
        )

    def listing(self, number: int) -> Listing:
        """A listing by its place in the index."""
        return unpack(self.listings[number])

    def name(self, number: int, text: str) -> Name:
        """A listed name taken apart, as it was when the index was made."""
        at = self.arrays["name_at"]
        span = slice(int(at[number]), int(at[number + 1]))
        spelled = tuple(
            self.words[word].decode() for word in self.arrays["name_word"][span].tolist()
        )
        kinds = tuple(self.arrays["name_word_kind"][span].tolist())
        given = tuple(
            self.words[word].decode() for word in self.arrays["name_given"][span].tolist()
        )
        return Name(text, spelled, kinds, int(self.arrays["name_script"][number]), given)

    def with_number(self, number: str) -> list[int]:
        """Places of the listings that bear a number (``evidence.plain``), and of a few others by chance."""
        key, table = crc32(number.encode()), self.arrays["number_key"]
        first, last = (
            int(np.searchsorted(table, np.uint32(key), side)) for side in ("left", "right")
        )
        found: list[int] = self.arrays["number_key_word"][first:last].tolist()
        return found

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        for name, one in self.arrays.items():
            np.save(folder / f"{name}.npy", one)
        self.words.save(folder / "words")
        self.listings.save(folder / "listings")


def load(folder: Path) -> Index:
    """Map an index that ``save`` wrote."""
    arrays = {
        path.stem: np.load(path, mmap_mode="r").view(np.ndarray)
        for path in sorted(folder.glob("*.npy"))
        if path.suffixes == [".npy"]
    }
    return Index(Strings.load(folder / "words"), Strings.load(folder / "listings"), arrays)


def build(listings: Iterable[Listing]) -> Index:
    """The index of some listings, in their order."""
    making = _Making()
    packed = Strings.of(making.add(listing) for listing in listings)
    return making.finish(packed)


def weigh(name: Name, person: bool) -> list[float]:
    """What each word weighs when names are sought: small words nothing, patronymics less.

    ``person``: whether the name may be a person's.
    """
    return [
        0.0 if kind >= WEAK or kind == INITIAL
        else 0.4 if person and word.endswith(PATRONYMIC)
        else WEIGHTS[kind]
        for word, kind in zip(name.words, name.kinds, strict=True)
    ]  # fmt: skip


def may_be_own(word: str, kind: int) -> bool:
    """Whether a small word may be another name's own word: "Don" is a title and a name (see ``pairing``)."""
    return kind in (WEAK, TITLE) or (kind == PARTICLE and word in words().nicknames)


def acronyms(name: Name) -> set[str]:
    """First letters of a name of three words or more, with and without its small words."""
    found = set()
    for small in (False, True):
        letters = [
            word[0]
            for word, kind in zip(name.words, name.kinds, strict=True)
            if kind != FORM and (small or kind != PARTICLE)
        ]
        if 3 <= len(letters) <= 7:
            found.add("".join(letters))
    return found


class _Making:
    """An index being made: words are numbered as they come, arrays grow."""

    def __init__(self) -> None:
        self.number: dict[tuple[int, str], int] = {}
        self.scripts: defaultdict[int, int] = defaultdict(int)
        self.post_word, self.post_name, self.post_weight = array("I"), array("I"), array("f")
        self.name_at, self.name_word, self.name_word_kind = array("q", [0]), array("I"), array("B")
        self.name_given = array("I")
        self.of_name: dict[str, array[int] | array[float]] = {
            "name_listing": array("I"), "name_text": array("H"), "name_kind": array("B"),
            "name_alias": array("B"), "name_script": array("B"), "name_weight": array("f"),
            "name_initials": array("B"), "name_trade": array("f"),
        }  # fmt: skip
        self.numbers, self.address_only = _Keys(), array("I")
        self.count = 0

    def add(self, listing: Listing) -> bytes:
        """Take a listing in; it comes back packed."""
        seen = set()
        for at, listed in enumerate(listing.names):
            for name in readings(listed.text, listing.kind):
                if name.words not in seen and name.words:
                    seen.add(name.words)
                    self._name(name, listing.kind, at, NAME_KINDS.index(listed.kind))
        for identifier in listing.identifiers:
            self.numbers.add((crc32(plain(identifier.value).encode()),), self.count)
        if listing.kind == "address":
            self.address_only.append(self.count)
        self.count += 1
        return pack(listing)

    def _name(self, name: Name, kind: str, text: int, alias: int) -> None:
        here = len(self.name_at) - 1
        person = kind == "person"
        weights = weigh(name, kind in ("person", ""))
        numbers = []
        for word, weight, small in zip(name.words, weights, name.kinds, strict=True):
            number = self._word(WORD, word)
            numbers.append(number)
            self.scripts[number] |= 1 << name.script
            if weight:
                self._post(number, here, weight)
            elif may_be_own(word, small):
                number = self._word(SMALL, word)
                self._post(number, here, LITTLE)
                self.scripts[number] |= 1 << name.script
        for word, given, weight in zip(name.words, name.given, weights, strict=True):
            if weight and given != word:
                self._post(self._word(GIVEN, given), here, weight)
        for start, end in spans(name):
            if total := sum(weights[start:end]):
                self._post(self._word(JOINED_WORD, "".join(name.given[start:end])), here, total)
        whole = sum(weights)
        if whole and not person:
            for letters in acronyms(name):
                self._post(self._word(ACRONYM, letters), here, whole)
        self.name_word.extend(numbers)
        self.name_given.extend(
            self._word(GIVEN if given != word else WORD, given)
            for word, given in zip(name.words, name.given, strict=True)
        )
        self.name_word_kind.extend(name.kinds)
        self.name_at.append(len(self.name_word))
        values = (
            self.count, text, KINDS.index(kind), alias, name.script, whole,
            min(255, name.kinds.count(INITIAL)),
            sum(WEIGHTS[each] for each in name.kinds if each in (BUSINESS, PLACE)),
        )  # fmt: skip
        for column, value in zip(self.of_name.values(), values, strict=True):
            column.append(value)  # type: ignore[arg-type]

    def _word(self, group: int, word: str) -> int:
        return self.number.setdefault((group, word), len(self.number))

    def _post(self, word: int, name: int, weight: float) -> None:
        self.post_word.append(word)
        self.post_name.append(name)
        self.post_weight.append(weight)

    def finish(self, listings: Strings) -> Index:
        """The arrays, sorted for look-up."""
        arrays: dict[str, Array] = {name: np.array(column) for name, column in self.of_name.items()}
        arrays |= {
            "name_at": np.array(self.name_at),
            "name_word": np.array(self.name_word),
            "name_given": np.array(self.name_given),
            "name_word_kind": np.array(self.name_word_kind),
            "word_class": np.array([group for group, _ in self.number], dtype=np.uint8),
        }
        known = words().nicknames
        arrays["word_sound"] = np.array(
            [sound_number(word) for _, word in self.number], dtype=np.uint32
        )
        arrays["word_scripts"] = np.array(
            [self.scripts[number] or 1 << LATIN for number in self.number.values()], dtype=np.uint8
        )
        arrays["word_named"] = np.array([word in known for _, word in self.number], dtype=bool)
        of_word = np.array(self.post_word)
        order = np.argsort(of_word, kind="stable")
        arrays["word_name"] = np.array(self.post_name)[order]
        arrays["word_weight"] = np.array(self.post_weight)[order]
        arrays["word_at"] = np.searchsorted(of_word[order], np.arange(len(self.number) + 1))
        same, script, foreign = (_Keys() for _ in range(3))
        for (group, word), number in self.number.items():
            if group == ACRONYM:
                same.add(keys(word)[:1], number)
                continue
            same.add(keys(word, most=1 if group in (JOINED_WORD, GIVEN) else 2), number)
            if group == WORD and not word.isdigit():
                by_sound = consonant_keys(word) + syllable_keys(word)
                if self.scripts[number] & (1 << LATIN | 1 << ALPHABET):
                    script.add(by_sound, number)
                if self.scripts[number] & (1 << CONSONANTS | 1 << TRANSCRIBED):
                    foreign.add(by_sound, number)
        arrays["address_only"] = np.array(self.address_only, dtype=np.uint32)
        tables = {
            "key": same,
            "script_key": script,
            "foreign_key": foreign,
            "number_key": self.numbers,
        }
        for name, found in tables.items():
            arrays[name], arrays[f"{name}_word"] = found.sorted()
        spelled = Strings.of(word.encode() for _, word in self.number)
        return Index(spelled, listings, arrays)


class _Keys:
    def __init__(self) -> None:
        self.key, self.word = array("I"), array("I")

    def add(self, found: tuple[int, ...], word: int) -> None:
        self.key.extend(found)
        self.word.extend([word] * len(found))

    def sorted(self) -> tuple[Array, Array]:
        keyed = np.array(self.key, dtype=np.uint32)
        order = np.argsort(keyed, kind="stable")
        return keyed[order], np.array(self.word, dtype=np.uint32)[order]


__all__ = [
    "ACRONYM",
    "GIVEN",
    "JOINED_WORD",
    "NAME",
    "NUMBER",
    "SMALL",
    "WORD",
    "Index",
    "acronyms",
    "build",
    "load",
    "spans",
    "weigh",
]
