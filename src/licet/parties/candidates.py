"""Stage one: which listed names could be a name that is asked about, for many names at once.

For each name the index gives the listed words like its words; a sparse product adds up, for every listed name
that shares any, how much of either name is accounted for at most. From that follows the least that the two can
cost (``score``), and only names that may still pass are kept. Nothing is lost that comparing with every listed
word would keep (``tests/parties/test_index.py`` does that).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy import sparse

from licet.parties.analysis import BUSINESS, INITIAL, NAME, NUMBER, PLACE, WEIGHTS, Name
from licet.parties.index import (
    ACRONYM,
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
from licet.parties.listing import KINDS
from licet.parties.pairing import spans
from licet.parties.scripts import CONSONANTS, SYLLABLES, TRANSCRIBED
from licet.parties.similar import VARIANT, alike, joined, slips
from licet.parties.words import words

# The least that differences cost (COSTS in score.py; a test holds them to it): words against each other, names
# and words of trade that one side has more, letters. For persons, others, and where the list does not say which.
LEAST_CONFLICT = (0.456, 0.5, 0.456)
LEAST_EXTRA, LEAST_TRADE = (0.55, 0.62, 0.55), (0.5, 1.0, 0.5)
LETTERS, UNLIKE = (1.0, 1.4, 1.0), 0.35


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that is looked for, and whether among persons or among the others; None: among all."""

    name: Name
    person: bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates: which name was asked, which listed name it may be, and the highest score they may have."""

    asked: Array
    name: Array
    most: Array


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

_FLAG, _OWN = 64.0, 1024.0
"""Added to the weight of a word, and to that of a name's own words, so that one sum tells how many words agree,
how many of these are the name's own, and how much they weigh."""

_SLACK = 0.003
"""What the sums may be off: they have 24 bits for all three."""


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
                flag = _FLAG + _OWN * (kind == NAME)
                parts.append((word, WORD, weight, flag, WEIGHTS[kind] * len(word)))
            elif may_be_own(word, kind):
                parts.append((word, SMALL, LITTLE, 0.0, 0.0))
        parts += [
            ("".join(name.given[a:b]), JOINED_WORD, total, _FLAG + _OWN, 0.0)
            for a, b in spans(name)
            if (total := sum(word_weights[a:b]))
        ]
        for text, group, weight, flag, size in parts:
            column_of = features.setdefault((text, group, name.script), len(features))
            rows.append(row)
            columns.append(column_of)
            weights.append(weight)
            flags_of.append(flag)
            if group != SMALL:
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
    kept = _keep(
        asked, index, whole, whose, covered.indices, covered.data, covered_there.data, least
    )
    return _narrow(kept, index, own, [dict(one) for one in found], asked, least)


def _narrow(
    kept: Found, index: Index, own: Sequence[Sequence[tuple[int, float, float]]],
    like: Sequence[dict[int, float]], asked: Sequence[Asked], least: float,
) -> Found:  # fmt: skip
    """Those that may still pass when the letters that differ are counted, word by word (score.py).

    Names that a word written together was found in are left to the alignment.
    """
    at, words_of = index.arrays["name_at"], index.arrays["name_word"]
    group = _GROUP[index.arrays["name_kind"][kept.name]].tolist()
    most = kept.most.copy()
    conflict = _conflict(asked)
    starts, ends = at[kept.name].tolist(), at[kept.name + 1].tolist()
    for place, row in enumerate(kept.asked.tolist()):
        numbers = words_of[starts[place] : ends[place]].tolist()
        unlike = letters = size = 0.0
        for column, weight, share in own[row]:
            known = like[column]
            best = 0.0
            for number in numbers:
                if (value := known.get(number, 0.0)) > best:
                    best = value
            if not best:
                continue
            if not share:
                unlike = 0.0
                break
            size += share
            if best < 1.0:
                unlike += weight * (1.0 - best)
                letters += share * (1.0 - best)
        if unlike:
            which = group[place]
            spared = unlike * (conflict[which, row] - UNLIKE)
            most[place] *= math.exp(spared - _SHORTER * LETTERS[which] * letters / size)
    passing = most >= least - _SLACK
    return Found(kept.asked[passing], kept.name[passing], most[passing])


def _within(counts: Array) -> Array:
    """0, 1, 2, ... anew for each count."""
    ends: Array = np.cumsum(counts)
    within: Array = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return within


def _keep(
    asked: Sequence[Asked], index: Index, whole: Array, row: Array, name: Array, mine: Array, theirs: Array,
    least: float,
) -> Found:  # fmt: skip
    """Those of the pairs that may reach ``least``, by the least that their differences cost."""
    arrays = index.arrays
    initials = np.array([one.name.kinds.count(INITIAL) for one in asked], dtype=np.float32)
    # What small words, initials and patronymics add to the weight of what agrees, where all of them do.
    aside = np.array([_aside(one.name) for one in asked], dtype=np.float32)
    wanted = np.array(
        [-1 if one.person is None else int(one.person) for one in asked], dtype=np.int8
    )
    is_person = arrays["name_kind"][name] == 0
    agreeing = np.floor(mine / _FLAG)
    mine = mine - agreeing * _FLAG
    own = np.floor(agreeing / (_OWN / _FLAG))
    agreeing -= own * (_OWN / _FLAG)
    trade_here = np.array([_trade(one.name) for one in asked], dtype=np.float32)[row]
    here, there = whole[row], arrays["name_weight"][name]
    # A letter may stand for any name.
    open_here = np.maximum(0, here - np.minimum(mine, here) - arrays["name_initials"][name])
    open_there = np.maximum(0, there - np.minimum(theirs, there) - initials[row])
    both, extra = np.minimum(open_here, open_there), np.abs(open_here - open_there)
    agreed = np.maximum(np.minimum(mine, here), np.minimum(theirs, there))
    group = _GROUP[arrays["name_kind"][name]]
    cost = _conflict(asked)[group, row] * both
    # What one side has more may be names, or words of trade as far as it has any; the cheaper counts.
    trade = np.where(open_here > open_there, trade_here, arrays["name_trade"][name])
    names = np.maximum(0, extra - trade)
    rest = agreed + aside[row] + both + 1e-6
    more, of_trade = np.array(LEAST_EXTRA)[group], np.array(LEAST_TRADE)[group]
    # One name that agrees is little where there is more, words of trade alone are nothing (score._weigh_rest).
    sure = (initials[row] == 0) & (arrays["name_initials"][name] == 0)
    alone = np.where(sure & (agreeing <= 1) & (both < 0.05), 0.25, 0)
    cost += np.minimum(
        more * extra / (rest + extra) + alone * np.minimum(1, extra),
        more * names / (rest + names)
        + of_trade * (extra - names) / (rest + extra)
        + alone * np.minimum(1, names),
    )
    cost += np.where(sure & (own == 0) & (names + both >= 1), 2, 0)
    fits = (wanted[row] < 0) | (wanted[row] == is_person)
    kept = fits & (np.exp(-cost) >= least - _SLACK)
    return Found(row[kept], name[kept], np.exp(-cost[kept]))


def _conflict(asked: Sequence[Asked]) -> Array:
    """The least that a word costs that has no like, or is unlike, by group and name: the more letters a name
    has, the less those of one word count."""
    shares = []
    for one in asked:
        sizes = [
            WEIGHTS[kind] * len(word)
            for word, kind in zip(one.name.words, one.name.kinds, strict=True)
        ]
        own = [size for size, kind in zip(sizes, one.name.kinds, strict=True) if kind < INITIAL]
        shares.append(_SHORTER * min(own, default=0.0) / (sum(sizes) or 1.0))
    unlike = UNLIKE + np.array(LETTERS)[:, None] * np.array(shares)[None, :]
    least: Array = np.minimum(np.array(LEAST_CONFLICT)[:, None], unlike)
    return least


_SHORTER = 0.75
"""Of two words that are alike the shorter's letters count, which may have three for four of the other."""


def _aside(name: Name) -> float:
    """How much more the words of a name weigh when they agree than when names are sought."""
    counted = sum(0.4 if kind == INITIAL else WEIGHTS[kind] for kind in name.kinds)
    return counted - sum(weigh(name, True))


def _trade(name: Name) -> float:
    """What the words of trade and the places of a name weigh."""
    return sum(WEIGHTS[kind] for kind in name.kinds if kind in (BUSINESS, PLACE))


_GROUP = np.array([0 if kind == "person" else 1 if kind else 2 for kind in KINDS])
"""By kind of listing: which of the least costs apply."""


def likeness(feature: Feature, word: str, group: int, script: int) -> float:
    """How alike a part of an asked name is to a word of the index; 0 where they do not belong together."""
    text, mine, own = feature
    if group == ACRONYM:
        # Short for a long listed name; that a listed short name has a long name's letters is mostly chance.
        return float(text == word and mine == WORD)
    if JOINED_WORD in (mine, group):
        return joined(text, word, exact=own == SYLLABLES) if WORD in (mine, group) else 0.0
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
                value = max(
                    likeness(features[at], spellings[word], int(groups[one]), script)
                    for script in SCRIPTS[scripts[word]]
                )
                if value:
                    out[at].append((one, value))
        return [_best(one) for one in out]

    return find


_TABLES: dict[str, Callable[[str, int, int], tuple[int, ...]]] = {
    "key": lambda text, group, script: keys(text, most=1 if group == JOINED_WORD else 2),
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
