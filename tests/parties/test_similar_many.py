"""Words compared in bulk are as alike as one by one, and share the same keys."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from licet.parties.keys import keys, many_keys, sound_number, sound_numbers
from licet.parties.similar import SOUND, similar
from licet.parties.similar_many import UNSURE, distances, shapes, similar_many
from licet.parties.spelling import skeleton, skeletons, sound, sounds
from licet.parties.words import words

WORDS = st.text("aeiouhktsdvl0", min_size=1, max_size=16)
NAMES = st.sampled_from(sorted(words().nicknames))


@st.composite
def near(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and it again with up to three letters changed: most words at random have nothing in common."""
    word = draw(WORDS | NAMES)
    other = word
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(other)))
        other = other[:at] + draw(st.sampled_from(["", "a", "h", "o", "t"])) + other[at + 1 :]
    return word, other or word


@given(st.lists(near(), min_size=1, max_size=8))
def test_pairs_in_bulk_are_as_alike_as_one_by_one(pairs: list[tuple[str, str]]) -> None:
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    known = words().nicknames
    value, by_sound = similar_many(
        shapes(left, sounds(left)),
        shapes(right, sounds(right)),
        distances(left, right),
        np.array([sound(one) == sound(other) for one, other in pairs]),
        np.array([one in known and other in known for one, other in pairs]),
    )
    for at, (one, other) in enumerate(pairs):
        likeness, kind = similar(one, other)
        if value[at] != UNSURE:
            assert value[at] == likeness
            if 0 < likeness < 1:
                assert by_sound[at] == (kind == SOUND)


@given(st.lists(WORDS, max_size=8))
def test_words_sound_in_bulk_as_one_by_one(texts: list[str]) -> None:
    assert sounds(texts) == [sound(text) for text in texts]
    assert skeletons(texts) == [skeleton(text) for text in texts]
    assert sound_numbers(texts).tolist() == [sound_number(text) for text in texts]


@given(st.lists(WORDS | NAMES, min_size=1, max_size=8))
def test_each_word_has_its_own_keys_in_bulk(texts: list[str]) -> None:
    owner, key = many_keys(texts, [2] * len(texts))
    for at, text in enumerate(texts):
        assert set(key[owner == at].tolist()) == set(keys(text))


@given(near())
def test_words_that_are_alike_share_a_key(pair: tuple[str, str]) -> None:
    one, other = pair
    if similar(one, other)[0]:
        assert set(keys(one)) & set(keys(other))
