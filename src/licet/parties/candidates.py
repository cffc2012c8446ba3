"""Stage one: which listed names could be a name that is asked about, for many names at once.

For each name the index gives the listed words like its words; a sparse product adds up, for every listed name
that shares any, how much of either name is accounted for at most. From that follows the least that the two can
cost (``score``), and only names that may still pass are kept. Nothing is lost that comparing with every listed
word would keep (``tests/parties/test_index.py`` does that).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy import sparse

from licet.parties.analysis import NAME, NUMBER, WEIGHTS
from licet.parties.bounds import FLAG, OWN, Asked, Found, keep, narrow
from licet.parties.index import (
    ACRONYM,
    GIVEN,
    JOINED_WORD,
    LITTLE,
    SMALL,
    WORD,
    Array,
    Index,
    may_be_own,
    weigh,
)
from licet.parties.keys import consonant_keys, keys, sound_number, syllable_keys
from licet.parties.pairing import spans
from licet.parties.scripts import CONSONANTS, SYLLABLES, TRANSCRIBED
from licet.parties.similar import VARIANT, alike, joined, slips
from licet.parties.words import words


class Matrices:
    """The index as sparse matrices, words x names: one with what a word weighs, one with ones."""

    def __init__(self, index: Index) -> None:
        arrays = index.arrays
        shape = (len(index.words), len(arrays["name_listing"]))
        at, names = arrays["word_at"], arrays["word_name"]
        self.weight = sparse.csr_matrix((arrays["word_weight"], names, at), shape=shape, copy=False)
        ones = np.ones(len(names), dtype=np.float32)
        self.one = sparse.csr_matrix((ones, names, at), shape=shape, copy=False)


Feature = tuple[str, int, int]
"""A part of an asked name: its text, whether a word or words written together, the script of the name."""

Finder = Callable[[Sequence[Feature]], list[list[tuple[int, float]]]]


REMEMBERED = 200_000
"""Parts of names whose words are remembered between calls: given names and words of trade come again."""


def candidates(
    asked: Sequence[Asked],
    index: Index,
    matrices: Matrices,
    *,
    least: float,
    finder: Finder | None = None,
) -> Found:
    """The listed names that may score ``least`` or more against each name asked about."""
    find = finder or by_keys(index)
    features: dict[Feature, int] = {}
    own: list[list[tuple[int, float, float]]] = []
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    flags_of: list[float] = []
    whole = np.zeros(len(asked), dtype=np.float32)
    for row, one in enumerate(asked):
        name = one.name
        word_weights = weigh(name, True)
        whole[row] = sum(word_weights)
        mine_here: list[tuple[int, float, float]] = []
        parts = []
        for word, weight, kind in zip(name.words, word_weights, name.kinds, strict=True):
            if weight:
                flag = FLAG + OWN * (kind == NAME)
                parts.append((word, WORD, weight, flag, WEIGHTS[kind] * len(word)))
            elif may_be_own(word, kind):
                parts.append((word, SMALL, LITTLE, 0.0, 0.0))
        parts += [
            ("".join(name.given[a:b]), JOINED_WORD, total, FLAG + OWN, 0.0)
            for a, b in spans(name)
            if (total := sum(word_weights[a:b]))
        ]
        parts += [
            (given, GIVEN, weight, FLAG + OWN * (kind == NAME), 0.0)
            for word, given, weight, kind in zip(
                name.words, name.given, word_weights, name.kinds, strict=True
            )
            if weight and given != word
        ]
        for text, group, weight, flag, size in parts:
            column_of = features.setdefault((text, group, name.script), len(features))
            rows.append(row)
            columns.append(column_of)
            weights.append(weight)
            flags_of.append(flag)
            if group in (WORD, JOINED_WORD):
                mine_here.append((column_of, weight, size))
        own.append(mine_here)
    found = find(list(features))
    counts = np.array([len(one) for one in found] or [0])
    like = [pair for one in found for pair in one]
    to = np.array([word for word, _ in like], dtype=np.int64)
    likeness = np.array([value for _, value in like], dtype=np.float32)
    starts = np.concatenate(([0], np.cumsum(counts)))
    column = np.array(columns, dtype=np.int64)
    repeat = counts[column] if len(column) else np.array([], dtype=np.int64)
    # Where each feature's words stand in the flat arrays, for every name that has the feature.
    flat = np.repeat(starts[column] if len(column) else repeat, repeat) + _within(repeat)
    row_of = np.repeat(np.array(rows, dtype=np.int64), repeat)
    weight_of = np.repeat(np.array(weights, dtype=np.float32), repeat)
    shape = (len(asked), len(index.words))
    flags = np.repeat(np.array(flags_of, dtype=np.float32), repeat)
    mine = sparse.csr_matrix((weight_of * likeness[flat] + flags, (row_of, to[flat])), shape=shape)
    theirs = sparse.csr_matrix((likeness[flat], (row_of, to[flat])), shape=shape)
    covered, covered_there = mine @ matrices.one, theirs @ matrices.weight
    whose = np.repeat(np.arange(len(asked)), np.diff(covered.indptr))
    kept = keep(
        asked, index, whole, whose, covered.indices, covered.data, covered_there.data, least
    )
    # A word may be like several written together, wherever these are.
    together = np.zeros(len(found) + 1, dtype=np.float32)
    several = index.arrays["word_class"][to] != WORD
    np.maximum.at(together, np.repeat(np.arange(len(counts)), counts)[several], likeness[several])
    like_of = [dict(one) for one in found]
    return narrow(kept, index, own, like_of, together.tolist(), asked, least)


def _within(counts: Array) -> Array:
    """0, 1, 2, ... anew for each count."""
    ends: Array = np.cumsum(counts)
    within: Array = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return within


def likeness(feature: Feature, word: str, group: int, script: int) -> float:
    """How alike a part of an asked name is to a word of the index; 0 where they do not belong together."""
    text, mine, own = feature
    if group == ACRONYM:
        # Short for a long listed name; that a listed short name has a long name's letters is mostly chance.
        return float(text == word and mine == WORD)
    if JOINED_WORD in (mine, group):
        one = group if mine == JOINED_WORD else mine
        return joined(text, word, exact=own == SYLLABLES) if one in (WORD, GIVEN) else 0.0
    if GIVEN in (mine, group):
        return 0.0
    value, kind = alike(text, word, own, script)
    if SMALL in (mine, group):
        return float(mine != group and (text == word or kind == VARIANT))
    return 1.0 if kind == VARIANT else value


SCRIPTS = [tuple(script for script in range(5) if bits >> script & 1) for bits in range(1 << 5)]
"""The scripts of a word, by ``word_scripts``: in each it may be like another word in other ways."""


def by_keys(index: Index) -> Finder:
    """Find words through the keys of the index."""
    arrays = index.arrays
    groups = arrays["word_class"]

    known: dict[Feature, list[tuple[int, float]]] = {}

    def find(features: Sequence[Feature]) -> list[list[tuple[int, float]]]:
        if len(known) > REMEMBERED:
            known.clear()
        missing = [one for one in features if one not in known]
        if missing:
            known.update(zip(missing, search(missing), strict=True))
        return [known[one] for one in features]

    def search(features: Sequence[Feature]) -> list[list[tuple[int, float]]]:
        out: list[list[tuple[int, float]]] = [[] for _ in features]
        for table, made in _TABLES.items():
            feature, number = _look_up(
                arrays[table],
                arrays[f"{table}_word"],
                [made(text, group, script) for text, group, script in features],
            )
            if not len(number):
                continue
            known, which = np.unique(number, return_inverse=True)
            spellings = [index.words[one].decode() for one in known.tolist()]
            if table == "key":
                near = _may_be_alike(index, features, feature, number, spellings, which)
                feature, number, which = feature[near], number[near], which[near]
            scripts = arrays["word_scripts"][known].tolist()
            for at, one, word in zip(
                feature.tolist(), number.tolist(), which.tolist(), strict=True
            ):
                part, spelled, group = features[at], spellings[word], int(groups[one])
                first, *others = SCRIPTS[scripts[word]]
                value = likeness(part, spelled, group, first)
                for other in others:
                    value = max(value, likeness(part, spelled, group, other))
                if value:
                    out[at].append((one, value))
        return [_best(one) for one in out]

    return find


_TABLES: dict[str, Callable[[str, int, int], tuple[int, ...]]] = {
    "key": lambda text, group, script: keys(text, most=1 if group in (JOINED_WORD, GIVEN) else 2),
    "script_key": lambda text, group, script: (
        () if group != WORD
        else consonant_keys(text) if script == CONSONANTS
        else syllable_keys(text) if script == TRANSCRIBED
        else ()
    ),
    "foreign_key": lambda text, group, script: (
        () if group != WORD or script == SYLLABLES
        else consonant_keys(text) if script in (CONSONANTS, TRANSCRIBED)
        else consonant_keys(text) + syllable_keys(text)
    ),
}  # fmt: skip


def _may_be_alike(
    index: Index,
    features: Sequence[Feature],
    feature: Array,
    number: Array,
    spellings: list[str],
    which: Array,
) -> Array:
    """Which pairs can be alike at all: few letters differ, they sound alike, or are one name in two languages.

    What ``similar`` asks first, in bulk and in C, so that it meets few.
    """
    texts = [text for text, _, _ in features]
    heard = np.array([sound_number(text) for text in texts], dtype=np.uint32)[feature]
    named = (
        np.array([text in words().nicknames for text in texts])[feature]
        & index.arrays["word_named"][number]
    )
    lengths = np.array([len(text) for text in texts])[feature]
    other = np.array([len(word) for word in spellings])[which]
    shorter, longer = np.minimum(lengths, other), np.maximum(lengths, other)
    apart = process.cpdist(
        [texts[at] for at in feature.tolist()],
        [spellings[at] for at in which.tolist()],
        scorer=OSA.distance,
        dtype=np.int32,
    )
    allowed = np.array([slips(length) for length in range(int(shorter.max()) + 1)])[shorter]
    sounds = (heard == index.arrays["word_sound"][number]) & ((apart <= 2) | (apart * 2 <= longer))
    return np.flatnonzero((apart <= allowed) | sounds | named)


def _best(found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    if len(found) < 2:
        return found
    best: dict[int, float] = {}
    for number, value in found:
        if value > best.get(number, 0.0):
            best[number] = value
    return list(best.items())


def _look_up(table: Array, word: Array, wanted: Sequence[tuple[int, ...]]) -> tuple[Array, Array]:
    """Which feature and which word share a key, each pair once."""
    counts = np.array([len(one) for one in wanted])
    flat = np.fromiter(
        (key for one in wanted for key in one), dtype=np.uint32, count=int(counts.sum())
    )
    feature = np.repeat(np.arange(len(wanted)), counts)
    first, last = np.searchsorted(table, flat, "left"), np.searchsorted(table, flat, "right")
    many = last - first
    number = word[np.repeat(first, many) + _within(many)]
    pairs = np.unique(np.repeat(feature, many).astype(np.int64) << 32 | number)
    return pairs >> 32, pairs & 0xFFFFFFFF


__all__ = ["NAME", "NUMBER", "Asked", "Found", "Matrices", "by_keys", "candidates", "likeness"]
