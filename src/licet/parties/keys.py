"""The keys under which a word of a list is found by a word that is like it.

Two words that ``similar`` takes for one share at least one key: both lose the same letters (Garbe's symmetric
deletes, on the first fourteen letters), sound the same, or are one name in two languages. Sharing a key proves
nothing; ``similar`` judges. Keys are 32-bit checksums, since two keys that fall together only cost time.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import combinations
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from licet.parties.similar import slips
from licet.parties.spelling import skeleton, sound, sounds
from licet.parties.words import words

Array = NDArray[Any]

PREFIX = 14

# A checksum is the sum of the letters times powers of one odd number, so that those of a word with any letters
# gone come from one product of matrices.
_BASE, _MIX = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def keys(word: str, *, most: int = 2) -> tuple[int, ...]:
    """The checksums of a Latin word's keys; ``most`` letters may differ. The first is of the word itself.

    >>> bool(set(keys("huawei")) & set(keys("huawai"))), bool(set(keys("gaddafi")) & set(keys("qadhafi")))
    (True, True)
    """
    own = word_keys([word]).tolist()
    return tuple(dict.fromkeys(own + many_keys([word], [most])[1].tolist()))


def many_keys(
    texts: Sequence[str], most: Sequence[int], *, heard: Array | None = None
) -> tuple[Array, Array]:
    """The keys of many words: of which word each is, by place, and the key.

    ``most`` letters of each may differ; ``heard`` are the ``sound_numbers`` of the words, where known already.

    >>> of, found = many_keys(["gaddafi", "qadhafi"], [2, 2])
    >>> bool(set(found[of == 0].tolist()) & set(found[of == 1].tolist()))
    True
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for at, (text, allowed) in enumerate(zip(texts, most, strict=True)):
        size = len(text)
        gone = 0 if text.isdigit() else min(allowed, slips(size))
        groups.setdefault((min(size, PREFIX), gone), []).append(at)
    owners: list[Array] = []
    found: list[Array] = []
    for (size, gone), places in groups.items():
        if not size:
            continue
        made = _checksums([texts[at][:PREFIX] for at in places], size, gone)
        # A word like "anna" loses either n and reads the same.
        made.sort(axis=1)
        new = np.ones(made.shape, dtype=bool)
        np.not_equal(made[:, 1:], made[:, :-1], out=new[:, 1:])
        owners.append(np.repeat(np.array(places, dtype=np.int64), new.sum(axis=1)))
        found.append(made[new])
    long = [at for at, text in enumerate(texts) if len(text) > 1]
    if long:
        by_sound = sound_numbers([texts[at] for at in long]) if heard is None else heard[long]
        owners.append(np.array(long, dtype=np.int64))
        found.append(by_sound)
    known = words().nicknames
    named = [
        (at, crc32(b"n:%d" % number))
        for at, text in enumerate(texts)
        if text in known
        for number in known[text]
    ]
    if named:
        owners.append(np.array([at for at, _ in named], dtype=np.int64))
        found.append(np.array([key for _, key in named], dtype=np.uint32))
    if not found:
        return np.array([], dtype=np.int64), np.array([], dtype=np.uint32)
    return np.concatenate(owners), np.concatenate(found)


def word_keys(texts: Sequence[str]) -> Array:
    """The key of each word itself."""
    out = np.zeros(len(texts), dtype=np.uint32)
    sizes = np.array([min(len(text), PREFIX) for text in texts], dtype=np.int64)
    for size in np.unique(sizes).tolist():
        if size:
            places = np.flatnonzero(sizes == size)
            out[places] = _checksums([texts[at][:PREFIX] for at in places.tolist()], size, 0)[:, 0]
    return out


def _checksums(heads: list[str], size: int, gone: int) -> Array:
    """Of words of one size: a column for each way to lose up to so many letters, the whole word first."""
    letters = np.array(heads, dtype=f"U{size}").view(np.uint32).reshape(len(heads), size)
    total = letters.astype(np.uint64) @ _powers(size, gone)
    mixed: Array = ((total * np.uint64(_MIX)) >> np.uint64(32)).astype(np.uint32)
    return mixed


@functools.cache
def _powers(size: int, gone: int) -> Array:
    ways = [kept for lost in range(gone + 1) for kept in combinations(range(size), size - lost)]
    out = np.zeros((size, len(ways)), dtype=np.uint64)
    for way, kept in enumerate(ways):
        for rank, place in enumerate(kept):
            out[place, way] = pow(_BASE, rank + 1, 1 << 64)
    return out


def sound_number(word: str) -> int:
    """The checksum of how a word sounds; one of the word's keys.

    >>> sound_number("gaddafi") == sound_number("qadhafi")
    True
    """
    return crc32(b"s:" + sound(word).encode())


def sound_numbers(texts: Sequence[str]) -> Array:
    """``sound_number`` of many words."""
    return np.array([crc32(b"s:" + heard.encode()) for heard in sounds(texts)], dtype=np.uint32)


def consonant_keys(word: str) -> tuple[int, ...]:
    """The keys of a word to or from a script without vowels: its bare consonants, and with one less."""
    return bare_keys(skeleton(word))


def bare_keys(bare: str) -> tuple[int, ...]:
    """``consonant_keys`` of a word by its ``skeleton``."""
    if len(bare) < 2:
        return ()
    found = {crc32(b"k:" + bare.encode())}
    if len(bare) > 3:
        found |= {crc32(b"k:" + (bare[:i] + bare[i + 1 :]).encode()) for i in range(len(bare))}
    return tuple(found)


def syllable_keys(word: str) -> tuple[int, ...]:
    """The key of a word to or from a name written by its sound in syllables."""
    return bare_syllable_keys(skeleton(word))


def bare_syllable_keys(bare: str) -> tuple[int, ...]:
    """``syllable_keys`` of a word by its ``skeleton``."""
    bare = bare.replace("r", "l")
    return (crc32(b"t:" + bare.encode()),) if len(bare) > 1 else ()
