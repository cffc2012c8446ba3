"""The keys under which a word of a list is found by a word that is like it.

Two words that ``similar`` takes for one share at least one key: both lose the same letters (Garbe's symmetric
deletes, on the first fourteen letters), sound the same, or are one name in two languages. Sharing a key proves
nothing; ``similar`` judges. Keys are 32-bit checksums, since two keys that fall together only cost time.
"""

from __future__ import annotations

import functools
from itertools import combinations
from zlib import crc32

from licet.parties.similar import slips
from licet.parties.spelling import skeleton, sound
from licet.parties.words import words

PREFIX = 14


@functools.lru_cache(maxsize=1 << 17)
def keys(word: str, *, most: int = 2) -> tuple[int, ...]:
    """The checksums of a Latin word's keys; ``most`` letters may differ.

    >>> bool(set(keys("huawei")) & set(keys("huawai"))), bool(set(keys("gaddafi")) & set(keys("qadhafi")))
    (True, True)
    """
    head = word[:PREFIX]
    # The first key is of the word itself; what must be the same is looked up by it alone.
    found = {crc32(head.encode()): None}
    allowed = min(most, slips(len(word)))
    if allowed and not word.isdigit():
        size = len(head)
        for gone in range(1, allowed + 1):
            for kept in combinations(range(size), size - gone):
                found[crc32("".join([head[k] for k in kept]).encode())] = None
    if len(word) > 1:
        found[sound_number(word)] = None
    for number in words().nicknames.get(word, ()):
        found[crc32(b"n:%d" % number)] = None
    return tuple(found)


def sound_number(word: str) -> int:
    """The checksum of how a word sounds; one of the word's keys.

    >>> sound_number("gaddafi") == sound_number("qadhafi")
    True
    """
    return crc32(b"s:" + sound(word).encode())


def consonant_keys(word: str) -> tuple[int, ...]:
    """The keys of a word to or from a script without vowels: its bare consonants, and with one less."""
    bare = skeleton(word)
    if len(bare) < 2:
        return ()
    found = {crc32(b"k:" + bare.encode())}
    if len(bare) > 3:
        found |= {crc32(b"k:" + (bare[:i] + bare[i + 1 :]).encode()) for i in range(len(bare))}
    return tuple(found)


def syllable_keys(word: str) -> tuple[int, ...]:
    """The key of a word to or from a name written by its sound in syllables."""
    bare = skeleton(word).replace("r", "l")
    return (crc32(b"t:" + bare.encode()),) if len(bare) > 1 else ()
