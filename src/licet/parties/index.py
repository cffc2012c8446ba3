"""The index over listed names: words, the keys to find them by, and which names hold them.

Made once for a set of listings and kept as plain arrays that are mapped into memory, so that a list of a
million entries opens at once and several processes share it. A word of the index is a word of a name,
neighboring words written together, or the first letters of a name.
"""

from __future__ import annotations

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
    TITLE,
    WEAK,
    WEIGHTS,
    Name,
)
from licet.parties.listing import Listing
from licet.parties.packing import Strings, unpack
from licet.parties.score import PATRONYMIC
from licet.parties.scripts import SYLLABLES
from licet.parties.words import words

Array = NDArray[Any]
WORD, JOINED_WORD, ACRONYM, SMALL, GIVEN, JOINED_EXACT = range(6)
"""What a word of the index is; small words weigh nothing, and are found by a name's own words only. GIVEN is a
word of trade as it was written, found by words written together; JOINED_EXACT are words written together of
which one is a word of trade or a syllable, and which are only like the very same."""

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
    - ``word_others``: from there on, the names that hold the word are of others than persons
    - ``key``, sorted, and ``key_word``; ``joined_key`` for words written together; ``script_key`` for words
      from scripts without vowels, ``foreign_key`` of words that are from one themselves
    - ``name_at``, ``name_word``, ``name_word_kind``, ``name_given``: the words of each name; ``name_listing``,
      ``name_text`` (which of the listing's names), ``name_kind`` (of ``KINDS``), ``name_alias`` (of
      ``NAME_KINDS``), ``name_script``, ``name_weight`` (what a query must account for), ``name_initials``,
      ``name_trade`` (what its words of trade and places weigh), ``name_letters`` and ``name_first``
      (``first_letters``)
    - ``span_at``: the words that stand for several of a name's, or for a small one: ``span_word``, from
      ``span_start`` to ``span_end``
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
    from licet.parties.indexing import build as make

    return make(listings)


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


def joined_class(name: Name, start: int, end: int) -> int:
    """What words written together are: to be the same as another word, or like it (see ``pairing``)."""
    exact = name.script == SYLLABLES or BUSINESS in name.kinds[start:end]
    return JOINED_EXACT if exact else JOINED_WORD


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


def first_letters(name: Name) -> tuple[int, int]:
    """The letters that stand for words in a name, and those that its words begin with: a bit for each."""
    initials = first = 0
    for word, kind in zip(name.words, name.kinds, strict=True):
        bit = 1 << (ord(word[0]) % 31)
        if kind == INITIAL:
            initials |= bit
        elif kind < INITIAL:
            first |= bit
    return initials, first


__all__ = [
    "ACRONYM",
    "GIVEN",
    "JOINED_EXACT",
    "JOINED_WORD",
    "NAME",
    "NUMBER",
    "SMALL",
    "WORD",
    "Index",
    "acronyms",
    "build",
    "first_letters",
    "joined_class",
    "load",
    "may_be_own",
    "weigh",
]
