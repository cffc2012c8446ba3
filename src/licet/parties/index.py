"""The index over listed names: words, the keys to find them by, and which names hold them.

Made once for a set of listings and kept as plain arrays that are mapped into memory, so that a list of a
million entries opens at once and several processes share it. A word of the index is a word of a name,
neighboring words written together, or the first letters of a name.
"""

from __future__ import annotations

from array import array
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
from licet.parties.keys import consonant_keys, many_keys, sound_numbers, syllable_keys, word_keys
from licet.parties.listing import KINDS, NAME_KINDS, Listing
from licet.parties.packing import Strings, pack, unpack
from licet.parties.pairing import spans
from licet.parties.score import PATRONYMIC
from licet.parties.scripts import ALPHABET, CONSONANTS, LATIN, TRANSCRIBED
from licet.parties.words import words

Array = NDArray[Any]
WORD, JOINED_WORD, ACRONYM, SMALL = range(4)
"""What a word of the index is; small words weigh nothing, and are found by a name's own words only."""

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
    - ``key``, sorted, and ``key_word``; ``joined_key`` for words written together; ``script_key`` for words from scripts without vowels, ``foreign_key``
      of words that are from one themselves
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
        # A word is told from words of other classes by the digit before it; pairs would take twice the memory.
        self.number: dict[str, int] = {}
        self.scripts = array("B")
        self.post_word, self.post_name, self.post_weight = array("I"), array("I"), array("f")
        self.name_at, self.name_word, self.name_word_kind = array("q", [0]), array("I"), array("B")
        self.name_given = array("I")
        self.span_at, self.span_word = array("q", [0]), array("I")
        self.span_start, self.span_end = array("H"), array("H")
        self.of_name: dict[str, array[int] | array[float]] = {
            "name_listing": array("I"), "name_text": array("H"), "name_kind": array("B"),
            "name_alias": array("B"), "name_script": array("B"), "name_weight": array("f"),
            "name_initials": array("B"), "name_trade": array("f"), "name_letters": array("I"),
            "name_first": array("I"),
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
        for at, (word, weight, small) in enumerate(
            zip(name.words, weights, name.kinds, strict=True)
        ):
            number = self._word(WORD, word)
            numbers.append(number)
            if weight:
                self._post(number, here, weight)
            elif may_be_own(word, small):
                number = self._span(SMALL, word, here, LITTLE, at, at + 1)
            self.scripts[number] |= 1 << name.script
        for start, end in spans(name):
            if total := sum(weights[start:end]):
                together = "".join(name.given[start:end])
                self._span(JOINED_WORD, together, here, total, start, end)
        whole = sum(weights)
        if whole and not person:
            for letters in acronyms(name):
                self._span(ACRONYM, letters, here, whole, 0, len(name.words))
        self.span_at.append(len(self.span_word))
        self.name_word.extend(numbers)
        self.name_given.extend(self._word(WORD, word) for word in name.given)
        self.name_word_kind.extend(name.kinds)
        self.name_at.append(len(self.name_word))
        values = (
            self.count, text, KINDS.index(kind), alias, name.script, whole,
            min(255, name.kinds.count(INITIAL)),
            sum(WEIGHTS[each] for each in name.kinds if each in (BUSINESS, PLACE)),
            *first_letters(name),
        )  # fmt: skip
        for column, value in zip(self.of_name.values(), values, strict=True):
            column.append(value)  # type: ignore[arg-type]

    def _word(self, group: int, word: str) -> int:
        number = self.number.setdefault(f"{group}{word}", len(self.number))
        if number == len(self.scripts):
            self.scripts.append(0)
        return number

    def _span(self, group: int, word: str, name: int, weight: float, start: int, end: int) -> int:
        number = self._word(group, word)
        self._post(number, name, weight)
        self.span_word.append(number)
        self.span_start.append(start)
        self.span_end.append(end)
        return number

    def _post(self, word: int, name: int, weight: float) -> None:
        self.post_word.append(word)
        self.post_name.append(name)
        self.post_weight.append(weight)

    def finish(self, listings: Strings) -> Index:
        """The arrays, sorted for look-up."""
        arrays: dict[str, Array] = {name: np.array(column) for name, column in self.of_name.items()}
        for column in (
            "name_at", "name_word", "name_given", "name_word_kind", "span_at", "span_word", "span_start",
            "span_end",
        ):  # fmt: skip
            arrays[column] = np.array(getattr(self, column))
        every = list(self.number)
        self.number.clear()
        arrays["word_class"] = np.array([int(word[0]) for word in every], dtype=np.uint8)
        spelled = Strings.of(word[1:].encode() for word in every)
        known = words().nicknames
        arrays["word_named"] = np.array([word[1:] in known for word in every], dtype=bool)
        scripts = np.array(self.scripts, dtype=np.uint8)
        arrays["word_scripts"] = np.where(scripts == 0, np.uint8(1 << LATIN), scripts)
        self._postings(arrays, len(every))
        _keyed(arrays, every)
        arrays["address_only"] = np.array(self.address_only, dtype=np.uint32)
        arrays["number_key"], arrays["number_key_word"] = self.numbers.sorted()
        return Index(spelled, listings, arrays)

    def _postings(self, arrays: dict[str, Array], count: int) -> None:
        """Which names hold each word, persons first."""
        of_word, of_name = np.array(self.post_word), np.array(self.post_name)
        weight = np.array(self.post_weight)
        del self.post_word, self.post_name, self.post_weight
        half = of_word.astype(np.uint64) << np.uint64(1)
        half |= (arrays["name_kind"][of_name] != KINDS.index("person")).astype(np.uint64)
        order = np.argsort(half, kind="stable")
        arrays["word_name"], arrays["word_weight"] = of_name[order], weight[order]
        bounds = np.searchsorted(half[order], np.arange(2 * count + 1, dtype=np.uint64))
        arrays["word_at"], arrays["word_others"] = bounds[0::2].copy(), bounds[1::2].copy()


_AT_ONCE = 200_000


def _keyed(arrays: dict[str, Array], every: list[str]) -> None:
    """Add how the words sound, and the tables of their keys; words in no name that counts get none."""
    heard = np.zeros(len(every), dtype=np.uint32)
    held = np.diff(arrays["word_at"]) > 0
    tables = {name: _Keys() for name in ("key", "joined_key", "script_key", "foreign_key")}
    for start in range(0, len(every), _AT_ONCE):
        part = slice(start, min(start + _AT_ONCE, len(every)))
        texts = [word[1:] for word in every[part]]
        heard[part] = sound_numbers(texts)
        groups, scripts = arrays["word_class"][part], arrays["word_scripts"][part]
        for name, chosen, most in (
            ("key", (groups == WORD) | (groups == SMALL), 2),
            ("joined_key", groups == JOINED_WORD, 1),
        ):
            places = np.flatnonzero(chosen & held[part])
            some = [texts[at] for at in places.tolist()]
            owner, key = many_keys(some, [most] * len(some), heard=heard[part][places])
            tables[name].extend(key, places[owner] + start)
        places = np.flatnonzero(groups == ACRONYM)
        tables["key"].extend(word_keys([texts[at] for at in places.tolist()]), places + start)
        for at in np.flatnonzero((groups == WORD) & held[part]).tolist():
            if texts[at].isdigit():
                continue
            by_sound = consonant_keys(texts[at]) + syllable_keys(texts[at])
            if scripts[at] & (1 << LATIN | 1 << ALPHABET):
                tables["script_key"].add(by_sound, start + at)
            if scripts[at] & (1 << CONSONANTS | 1 << TRANSCRIBED):
                tables["foreign_key"].add(by_sound, start + at)
    arrays["word_sound"] = heard
    for name, found in tables.items():
        arrays[name], arrays[f"{name}_word"] = found.sorted()


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


class _Keys:
    """Keys and whose they are, as they come."""

    def __init__(self) -> None:
        self.key, self.word = array("I"), array("I")

    def add(self, found: tuple[int, ...], word: int) -> None:
        self.key.extend(found)
        self.word.extend([word] * len(found))

    def extend(self, keys: Array, words: Array) -> None:
        self.key.frombytes(keys.astype(np.uint32).tobytes())
        self.word.frombytes(words.astype(np.uint32).tobytes())

    def sorted(self) -> tuple[Array, Array]:
        # Both in one number, so that they are sorted at once.
        both = np.frombuffer(self.key, dtype=np.uint32).astype(np.uint64) << np.uint64(32)
        both |= np.frombuffer(self.word, dtype=np.uint32)
        both.sort()
        return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


__all__ = [
    "ACRONYM",
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
