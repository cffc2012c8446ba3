"""``similar`` for many pairs of Latin words at once: the same figures, from arrays.

Most words that share a key are not alike. What ``similar`` asks first, letters and sound, is asked here in bulk
and in C; pairs that need more than letters and sound are left to ``similar``.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from licet.parties.pinyin import pinyin
from licet.parties.similar import slips

Array = NDArray[Any]

UNSURE = -1.0
"""Instead of a likeness: ask ``similar``."""

_LONGEST = 63
"""Letters of words that are judged in bulk."""


def distances(texts: Sequence[str], words: Sequence[str]) -> Array:
    """How many letters differ between each text and the word in its place (optimal string alignment)."""
    return process.cpdist(texts, words, scorer=OSA.distance, dtype=np.int32)


def allowed_slips(shorter: Array) -> Array:
    """``slips`` of many lengths."""
    most = int(shorter.max()) if len(shorter) else 0
    return np.array([slips(length) for length in range(most + 1)], dtype=np.int32)[shorter]


def shapes(texts: Sequence[str], heard: Sequence[str]) -> Array:
    """What ``similar_many`` asks of words, a row for each: length, consonants heard, first two letters, the
    last, whether it is a number, whether it is ``pinyin``. ``heard`` are their ``sounds``.
    """
    rows = [
        (
            len(text),
            len(sound),
            ord(text[0]),
            ord(text[1:2] or text[0]),
            ord(text[-1]),
            text.isdigit(),
            pinyin(text),
        )
        for text, sound in zip(texts, heard, strict=True)
    ]
    return np.array(rows, dtype=np.int32).reshape(-1, 7)


def similar_many(
    one: Array, other: Array, apart: Array, heard: Array, named: Array
) -> tuple[Array, Array]:
    """How alike the words of each pair are, or ``UNSURE`` where arrays do not tell; and whether by sound.

    ``one`` and ``other`` are the words' ``shapes``, ``apart`` their ``distances``; ``heard`` says which pairs
    sound the same, ``named`` which words are both names known in several languages.

    >>> from licet.parties.spelling import sounds
    >>> pairs = ["huawei", "lavrov", "snow"], ["huawai", "lavrow", "stone"]
    >>> both = [shapes(words, sounds(words)) for words in pairs]
    >>> heard, named = np.array([True, True, False]), np.zeros(3, dtype=bool)
    >>> value, by_sound = similar_many(*both, distances(*pairs), heard, named)
    >>> value.tolist(), by_sound.tolist()
    ([0.91, 0.91, 0.0], [True, True, False])
    """
    size, consonants, _, _, last, number, chinese = one.T
    size_other, _, _, _, last_other, number_other, chinese_other = other.T
    shorter, longer = np.minimum(size, size_other), np.maximum(size, size_other)
    fits = longer <= _LONGEST
    place, far = np.where(fits, longer, 0), np.minimum(apart, _LONGEST)
    _, by_sound_one, by_sound_more = _tables()
    spelled = spelled_many(one, other, apart)
    sounding = np.zeros(len(one))
    same_sound = np.flatnonzero(heard & (consonants > 0))
    where = far[same_sound], place[same_sound]
    sounding[same_sound] = np.where(
        consonants[same_sound] > 1, by_sound_more[where], by_sound_one[where]
    )
    value = np.maximum(spelled, sounding)
    value[(number > 0) | (number_other > 0) | (shorter < 2)] = 0.0
    # Another syllable of Chinese is another name, but for what ``named`` leaves to ``similar``.
    value[(chinese * chinese_other > 1) & (apart > 1)] = 0.0
    # Antonio is not Antonia, if nothing else differs.
    ends = last * 256 + last_other
    gender = ((ends == _A_O) | (ends == _O_A)) & (apart == 1) & (size == size_other)
    # Nor Michel Michelle.
    longer_by = np.where(last_other == _E, size_other - size, size - size_other)
    gender |= ((ends == _L_E) | (ends == _E_L)) & (longer_by == 2) & (apart == 2)
    value[named | ~fits | gender] = UNSURE
    value[apart == 0] = 1.0
    return value, sounding > spelled


def spelled_many(one: Array, other: Array, apart: Array) -> Array:
    """``spelled`` of each pair of words, by their ``shapes`` and ``distances``; 0 for words too long for it."""
    size, _, first, second, *_ = one.T
    size_other, _, first_other, second_other, *_ = other.T
    shorter, longer = np.minimum(size, size_other), np.maximum(size, size_other)
    turned = (first == second_other) & (second == first_other)
    begins = ((first != first_other) & ~turned).astype(np.int32)
    place, far = np.where(longer <= _LONGEST, longer, 0), np.minimum(apart, _LONGEST)
    by_spelling, _, _ = _tables()
    likeness: Array = by_spelling[begins, far, place]
    return np.where(apart <= allowed_slips(shorter), likeness, 0.0)


_E = ord("e")
_L_E, _E_L = ord("l") * 256 + _E, _E * 256 + ord("l")
_A_O, _O_A = ord("a") * 256 + ord("o"), ord("o") * 256 + ord("a")


@functools.cache
def _tables() -> tuple[Array, Array, Array]:
    """Likeness by spelling, by sound of one consonant and of several, for each distance and longer length.

    Worked out by the same steps as in ``similar``, so that they agree to the last digit.
    """
    spelled = np.zeros((2, _LONGEST + 1, _LONGEST + 1))
    few, several = (np.zeros((_LONGEST + 1, _LONGEST + 1)) for _ in range(2))
    for longer in range(1, _LONGEST + 1):
        for distance in range(longer + 1):
            for begins in (0, 1):
                likeness = round(1.0 - 0.9 * distance / longer - (0.0, 0.1)[begins], 4)
                spelled[begins, distance, longer] = likeness if likeness >= 0.65 else 0.0
            alike = 1.0 - distance / longer
            if alike >= 0.5 or distance <= 2:
                few[distance, longer] = round(0.5 + 0.35 * alike, 4)
                several[distance, longer] = round(0.66 + 0.3 * alike, 4)
    return spelled, few, several
