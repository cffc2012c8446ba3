"""Which words of an index are like the parts of a name that is asked about: found by keys, judged in bulk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np

from licet.parties.index import ACRONYM, GIVEN, JOINED_EXACT, JOINED_WORD, SMALL, WORD, Array, Index
from licet.parties.keys import bare_keys, bare_syllable_keys, many_keys, sound_numbers, word_keys
from licet.parties.scripts import ALPHABET, CONSONANTS, LATIN, SYLLABLES, TRANSCRIBED
from licet.parties.similar import (
    SOUND,
    VARIANT,
    across_scripts,
    alike,
    joined,
    spelled,
    transcribed,
)  # fmt: skip
from licet.parties.similar_many import (
    UNSURE,
    allowed_slips,
    distances,
    shapes,
    similar_many,
    spelled_many,
)  # fmt: skip
from licet.parties.spelling import skeletons, sounds
from licet.parties.words import words

Feature = tuple[str, int, int]
"""A part of an asked name: its text, whether a word or words written together, the script of the name."""

Like = tuple[int, float, float]
"""A word of the index, how alike it is in a person's name, and how alike in a name of another kind."""

Finder = Callable[[Sequence[Feature]], list[list[Like]]]
"""Gives for each part the words of the index like it."""

REMEMBERED = 200_000
"""Parts of names whose words are remembered between calls: given names and words of trade come again."""

SCRIPTS = [tuple(script for script in range(5) if bits >> script & 1) for bits in range(1 << 5)]
"""The scripts of a word, by ``word_scripts``: in each it may be like another word in other ways."""

_RESPELLED = 1 << ALPHABET | 1 << CONSONANTS | 1 << TRANSCRIBED


def likeness(feature: Feature, word: str, group: int, script: int, *, person: bool = True) -> float:
    """How alike a part of an asked name is to a word of the index; 0 where they do not belong together.
    In other names than a ``person``'s, which are invented, vowels tell names apart (``pairing``)."""
    text, mine, own = feature
    if group == ACRONYM:
        # Short for a long listed name; that a listed short name has a long name's letters is mostly chance.
        return float(text == word and mine == WORD)
    if JOINED_EXACT in (mine, group):
        one = group if mine == JOINED_EXACT else mine
        return float(text == word and one in (WORD, GIVEN))
    if JOINED_WORD in (mine, group):
        one = group if mine == JOINED_WORD else mine
        return joined(text, word, exact=own == SYLLABLES) if one in (WORD, GIVEN) else 0.0
    if GIVEN in (mine, group):
        return 0.0
    value, kind = alike(text, word, own, script)
    if kind == SOUND and own == script and not person:
        value = max(spelled(text, word), round(value - 0.1, 4))
    if SMALL in (mine, group):
        return float(mine != group and (text == word or kind == VARIANT))
    return 1.0 if kind == VARIANT else value


def by_keys(index: Index) -> Finder:
    """Find words through the keys of the index."""
    known: dict[Feature, list[Like]] = {}

    def find(features: Sequence[Feature]) -> list[list[Like]]:
        if len(known) > REMEMBERED:
            known.clear()
        missing = [one for one in features if one not in known]
        if missing:
            known.update(zip(missing, _search(index, missing), strict=True))
        return [known[one] for one in features]

    return find


def _search(index: Index, features: Sequence[Feature]) -> list[list[Like]]:
    """What ``Finder`` gives, by the keys of all parts at once."""
    out: list[dict[int, tuple[float, float]]] = [{} for _ in features]
    for found in (_by_letters(index, features), *_by_script(index, features)):
        columns = (one.tolist() for one in found)
        for at, number, value, other in zip(*columns, strict=True):
            before = out[at].get(number, (0.0, 0.0))
            out[at][number] = (max(value, before[0]), max(other, before[1]))
    return [[(number, *both) for number, both in one.items()] for one in out]


def _by_letters(index: Index, features: Sequence[Feature]) -> tuple[Array, Array, Array, Array]:
    """Parts and words that have letters, sound or a name in common, and how alike they are (``Like``)."""
    arrays = index.arrays
    texts = [text for text, _, _ in features]
    group = np.array([mine for _, mine, _ in features], dtype=np.int64)
    heard = sound_numbers(texts)
    # A word of trade as it was written is only like words written together, these but for a letter or none.
    asked = np.flatnonzero((group != GIVEN) & (group != JOINED_EXACT))
    most = np.where(group[asked] == JOINED_WORD, 1, 2).tolist()
    owner, key = many_keys([texts[at] for at in asked.tolist()], most, heard=heard[asked])
    exact = np.flatnonzero(group == JOINED_EXACT)
    owner = np.concatenate((asked[owner], exact))
    key = np.concatenate((key, word_keys([texts[at] for at in exact.tolist()])))
    feature, number = _look_up(arrays["key"], arrays["key_word"], owner, key)
    single = np.flatnonzero((group == WORD) | (group == GIVEN))
    owner, key = many_keys(
        [texts[at] for at in single.tolist()], [1] * len(single), heard=heard[single]
    )
    together, there = _look_up(arrays["joined_key"], arrays["joined_key_word"], owner, key)
    feature = np.concatenate((feature, single[together]))
    number = np.concatenate((number, there))
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    at = index.words.at
    same_sound = heard[feature] == arrays["word_sound"][number]
    nicknames = words().nicknames
    named = np.array([text in nicknames for text in texts], dtype=bool)[feature]
    named &= arrays["word_named"][number]
    # Lengths there are those of bytes, which are the letters: names are read into ASCII.
    size, size_there = sizes[feature], at[number + 1] - at[number]
    mine, there_group = group[feature], arrays["word_class"][number]
    is_exact = (mine == JOINED_EXACT) | (there_group == JOINED_EXACT) | (there_group == ACRONYM)
    is_joined = (mine == JOINED_WORD) | (there_group == JOINED_WORD)
    apart_in_size = np.abs(size - size_there)
    allowed = allowed_slips(np.minimum(size, size_there))
    allowed = np.where(is_exact, 0, np.where(is_joined, np.minimum(allowed, 1), allowed))
    near = (apart_in_size <= allowed) | ((same_sound | named) & ~is_exact)
    near &= ~is_joined | (apart_in_size <= 2)
    feature, number, same_sound, named, allowed = (
        one[near] for one in (feature, number, same_sound, named, allowed)
    )
    if not len(number):
        return feature, number, np.array([]), np.array([])
    held, which = np.unique(number, return_inverse=True)
    texts_there = [index.words[one].decode() for one in held.tolist()]
    ours = [texts[one] for one in feature.tolist()]
    theirs = [texts_there[one] for one in which.tolist()]
    apart = distances(ours, theirs)
    close = np.flatnonzero((apart <= allowed) | same_sound | named)
    feature, number, same_sound, named, apart = (
        one[close] for one in (feature, number, same_sound, named, apart)
    )
    which = which[close]
    shaped, shaped_there = shapes(texts, sounds(texts)), shapes(texts_there, sounds(texts_there))
    value, by_sound = similar_many(shaped[feature], shaped_there[which], apart, same_sound, named)
    mine, there_group = group[feature], arrays["word_class"][number]
    is_exact = (mine == JOINED_EXACT) | (there_group == JOINED_EXACT)
    scripts = arrays["word_scripts"][number]
    own = np.array([script for _, _, script in features], dtype=np.int64)[feature]
    # What else makes words alike of which one is from another script is found by its own keys (_by_script).
    unsure = (value == UNSURE) | (own != LATIN) | (scripts == 1 << SYLLABLES)
    # From another script, a name that sounds the same is spelled as it may be.
    value = np.where(
        by_sound & ((scripts & _RESPELLED) > 0) & (there_group == WORD),
        np.maximum(value, 0.88), value,
    )  # fmt: skip
    is_joined = (mine == JOINED_WORD) | (there_group == JOINED_WORD)
    value[is_joined & ((value < 0.82) | (~by_sound & (apart > 1)))] = 0.0
    value[is_exact & (apart > 0)] = 0.0
    several = is_joined | is_exact
    other = np.where((mine == JOINED_WORD) | (mine == JOINED_EXACT), there_group, mine)
    value[several & (other != WORD) & (other != GIVEN)] = 0.0
    value[~several & ((mine == GIVEN) | (there_group == GIVEN))] = 0.0
    value[((mine == SMALL) | (there_group == SMALL)) & ((mine == there_group) | (apart > 0))] = 0.0
    value[(there_group == ACRONYM) & ((mine != WORD) | (apart > 0))] = 0.0
    heard_only = by_sound & (mine == WORD) & (there_group == WORD) & (scripts == 1 << own)
    by_letters = spelled_many(shaped[feature], shaped_there[which], apart)
    other_kind = np.where(
        heard_only & (value > 0), np.maximum(by_letters, np.round(value - 0.1, 4)), value
    )
    for place in np.flatnonzero(unsure).tolist():
        part, word = features[feature[place]], texts_there[which[place]]
        for person, into in ((True, value), (False, other_kind)):
            into[place] = max(
                likeness(part, word, int(there_group[place]), script, person=person)
                for script in SCRIPTS[scripts[place]]
            )
            if into[place] in (0.0, 1.0):
                # The same in every name.
                other_kind[place] = into[place]
                break
    kept = value > 0
    return feature[kept], number[kept], value[kept], other_kind[kept]


def _by_script(
    index: Index, features: Sequence[Feature]
) -> list[tuple[Array, Array, Array, Array]]:
    """Parts and words of which one is from a script without vowels, or was written in syllables.

    Only by how such scripts are read (``across_scripts``, ``transcribed``); the rest is told by letters.
    """
    single = np.array(
        [at for at, (_, group, own) in enumerate(features) if group == WORD and own != SYLLABLES],
        dtype=np.int64,
    )
    texts = [features[at][0] for at in single.tolist()]
    bare = skeletons(texts)
    own = np.array([features[at][2] for at in single.tolist()], dtype=np.int64)
    found = []
    arrays = index.arrays
    for table, chosen in (
        ("script_key", (own == CONSONANTS) | (own == TRANSCRIBED)),
        ("foreign_key", own >= 0),
    ):
        keyed = [
            _script_keys(one, script, table) if use else ()
            for one, script, use in zip(bare, own.tolist(), chosen.tolist(), strict=True)
        ]
        counts = np.fromiter(map(len, keyed), dtype=np.int64, count=len(keyed))
        key = np.fromiter(chain.from_iterable(keyed), dtype=np.uint32, count=int(counts.sum()))
        owner = np.repeat(np.arange(len(keyed)), counts)
        feature, number = _look_up(arrays[table], arrays[f"{table}_word"], owner, key)
        if len(number):
            value = _across(index, feature, number, texts, bare, own)
            kept = value > 0
            found.append((single[feature[kept]], number[kept], value[kept], value[kept]))
    return found


def _script_keys(bare: str, script: int, table: str) -> tuple[int, ...]:
    if script == CONSONANTS or (table == "foreign_key" and script == TRANSCRIBED):
        return bare_keys(bare)
    if table == "script_key":
        return bare_syllable_keys(bare)
    return bare_keys(bare) + bare_syllable_keys(bare)


def _across(
    index: Index, feature: Array, number: Array, texts: Sequence[str], bare: Sequence[str], own: Array
) -> Array:  # fmt: skip
    """How alike words of different scripts are, by their consonants and as written in syllables."""
    held, which = np.unique(number, return_inverse=True)
    texts_there = [index.words[one].decode() for one in held.tolist()]
    bare_there = skeletons(texts_there)
    ours, theirs = [bare[at] for at in feature.tolist()], [bare_there[at] for at in which.tolist()]
    apart = distances(ours, theirs)
    size, size_there = (
        np.fromiter(map(len, side), dtype=np.int64, count=len(side)) for side in (ours, theirs)
    )
    likely = (apart == 0) | ((apart <= 1) & (np.minimum(size, size_there) > 3))
    # Where r is l, more may be the same.
    likely |= (apart <= size) & (size == size_there)
    scripts = index.arrays["word_scripts"][number]
    value = np.zeros(len(number))
    for place in np.flatnonzero(likely).tolist():
        text, word, mine = (
            texts[feature[place]],
            texts_there[which[place]],
            int(own[feature[place]]),
        )
        for script in SCRIPTS[scripts[place]]:
            if script not in (mine, SYLLABLES):
                by = _READ.get(mine if mine in (CONSONANTS, TRANSCRIBED) else script)
                if CONSONANTS in (mine, script):
                    by = across_scripts
                if by is not None:
                    value[place] = max(value[place], by(text, word))
    return value


_READ: dict[int, Callable[[str, str], float]] = {
    CONSONANTS: across_scripts,
    TRANSCRIBED: transcribed,
}


def _look_up(table: Array, word: Array, owner: Array, key: Array) -> tuple[Array, Array]:
    """Which part and which word share a key, each pair once."""
    # In their order the keys are found several times as fast: what was just read is near.
    order = np.argsort(key)
    owner, key = owner[order], key[order]
    first, last = np.searchsorted(table, key, "left"), np.searchsorted(table, key, "right")
    many = last - first
    number = word[np.repeat(first, many) + within(many)]
    pairs = np.unique(np.repeat(owner, many).astype(np.int64) << 32 | number)
    return pairs >> 32, pairs & 0xFFFFFFFF


def within(counts: Array) -> Array:
    """0, 1, 2, ... anew for each count.

    >>> within(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    ends: Array = np.cumsum(counts)
    out: Array = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return out


__all__ = ["Feature", "Finder", "Like", "by_keys", "likeness", "within"]
