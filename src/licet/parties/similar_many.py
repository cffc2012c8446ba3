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

from licet.parties.similar import slips
from licet.parties.spelling import sounds

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


def similar_many(
    one: Sequence[str], other: Sequence[str], apart: Array, heard: Array, named: Array
) -> tuple[Array, Array]:
    """How alike the words of each pair are, whether by sound, and ``UNSURE`` where arrays do not tell.

    ``apart`` are their ``distances``; ``heard`` says which pairs sound the same, ``named`` which words are both
    names known in several languages.

    >>> import numpy as np
    >>> pairs = ["huawei", "lavrov", "snow"], ["huawai", "lavrow", "stone"]
    >>> heard, named = np.array([True, True, False]), np.zeros(3, dtype=bool)
    >>> value, by_sound = similar_many(*pairs, distances(*pairs), heard, named)
    >>> value.tolist(), by_sound.tolist()
    ([0.91, 0.91, 0.0], [True, True, False])
    """
    count = len(one)
    size, size_other = (
        np.fromiter(map(len, words), dtype=np.int64, count=count) for words in (one, other)
    )
    shorter, longer = np.minimum(size, size_other), np.maximum(size, size_other)
    begins = np.fromiter(
        (a[:1] != b[:1] and a[:2] != b[1::-1] for a, b in zip(one, other, strict=True)),
        dtype=np.int64,
        count=count,
    )
    fits = longer <= _LONGEST
    place, far = np.where(fits, longer, 0), np.minimum(apart, _LONGEST)
    by_spelling, by_sound_one, by_sound_more = _tables()
    spelled = np.where(apart <= allowed_slips(shorter), by_spelling[begins, far, place], 0.0)
    same_sound = np.flatnonzero(heard & (apart > 0))
    sounding = np.zeros(count)
    if len(same_sound):
        # The two sound the same, so one of them tells how many consonants are heard.
        consonants = np.array(list(map(len, sounds([one[at] for at in same_sound.tolist()]))))
        where = far[same_sound], place[same_sound]
        sounding[same_sound] = np.where(
            consonants > 1, by_sound_more[where], np.where(consonants, by_sound_one[where], 0.0)
        )
    value = np.maximum(spelled, sounding)
    value[apart == 0] = 1.0
    unlike = np.array([text.isdigit() for text in one]) | np.array([w.isdigit() for w in other])
    value[(unlike | (shorter < 2)) & (apart > 0)] = 0.0
    last = np.fromiter(
        (a[-1:] + b[-1:] in ("ao", "oa") for a, b in zip(one, other, strict=True)),
        dtype=bool,
        count=count,
    )
    value[(named | ~fits | (last & (apart == 1) & (size == size_other))) & (apart > 0)] = UNSURE
    return value, sounding > spelled


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
