"""An index over listed names being made: words are numbered as they come, then sorted for look-up."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from zlib import crc32

import numpy as np

from licet.parties.analysis import BUSINESS, INITIAL, PLACE, WEIGHTS, Name
from licet.parties.compare import readings
from licet.parties.evidence import plain
from licet.parties.index import (
    ACRONYM,
    GIVEN,
    JOINED_EXACT,
    JOINED_WORD,
    LITTLE,
    SMALL,
    WORD,
    Array,
    Index,
    acronyms,
    first_letters,
    joined_class,
    may_be_own,
    weigh,
)
from licet.parties.keys import consonant_keys, many_keys, sound_numbers, syllable_keys, word_keys
from licet.parties.listing import KINDS, NAME_KINDS, Listing
from licet.parties.packing import Strings, pack
from licet.parties.pairing import spans
from licet.parties.scripts import ALPHABET, CONSONANTS, LATIN, TRANSCRIBED
from licet.parties.words import words


def build(listings: Iterable[Listing]) -> Index:
    """The index of some listings, in their order."""
    making = _Making()
    packed = Strings.of(making.add(listing) for listing in listings)
    return making.finish(packed)


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
            self.scripts[number] |= 1 << name.script
            if weight:
                self._post(number, here, weight)
            elif may_be_own(word, small):
                number = self._span(SMALL, word, here, LITTLE, at, at + 1)
                self.scripts[number] |= 1 << name.script
        for at, (word, given, weight) in enumerate(
            zip(name.words, name.given, weights, strict=True)
        ):
            if weight and given != word:
                self._span(GIVEN, given, here, weight, at, at + 1)
        for start, end in spans(name):
            if total := sum(weights[start:end]):
                together = "".join(name.given[start:end])
                self._span(joined_class(name, start, end), together, here, total, start, end)
        whole = sum(weights)
        if whole and not person:
            for letters in sorted(acronyms(name)):
                self._span(ACRONYM, letters, here, whole, 0, len(name.words))
        self.span_at.append(len(self.span_word))
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
    """Add how the words sound, and the tables of their keys."""
    heard = np.zeros(len(every), dtype=np.uint32)
    tables = {name: _Keys() for name in ("key", "joined_key", "script_key", "foreign_key")}
    for start in range(0, len(every), _AT_ONCE):
        part = slice(start, min(start + _AT_ONCE, len(every)))
        texts = [word[1:] for word in every[part]]
        heard[part] = sound_numbers(texts)
        groups, scripts = arrays["word_class"][part], arrays["word_scripts"][part]
        for name, chosen, most in (
            ("key", (groups == WORD) | (groups == SMALL), 2),
            ("key", groups == GIVEN, 1),
            ("joined_key", groups == JOINED_WORD, 1),
        ):
            places = np.flatnonzero(chosen)
            some = [texts[at] for at in places.tolist()]
            owner, key = many_keys(some, [most] * len(some), heard=heard[part][places])
            tables[name].extend(key, places[owner] + start)
        for name, group in (("key", ACRONYM), ("joined_key", JOINED_EXACT)):
            places = np.flatnonzero(groups == group)
            tables[name].extend(word_keys([texts[at] for at in places.tolist()]), places + start)
        for at in np.flatnonzero(groups == WORD).tolist():
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
