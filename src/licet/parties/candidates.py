"""Stage one: which listed names could be a name that is asked about, for many names at once.

For each name the index gives the listed words like its words; a sparse product adds up, for every listed name
that shares any, how much of either name is accounted for at most. From that follows the least that the two can
cost (``bounds``), and only names that may still pass are kept, after a look word by word (``narrowing``).
Nothing is lost that comparing with every listed word would keep (``tests/parties/test_index.py`` does that).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy import sparse

from licet.parties.analysis import NAME, NUMBER, WEIGHTS, Name
from licet.parties.bounds import (
    LEAST_CONFLICT,
    LEAST_EXTRA,
    LEAST_TRADE,
    LETTERS,
    SLACK,
    UNLIKE,
    Agreement,
    Totals,
    most_score,
    totals,
)
from licet.parties.finding import SCRIPTS, Feature, Finder, Like, by_keys, likeness, within
from licet.parties.index import (
    GIVEN,
    LITTLE,
    SMALL,
    WORD,
    Array,
    Index,
    joined_class,
    may_be_own,
    weigh,
)
from licet.parties.narrowing import Parts, narrow
from licet.parties.pairing import spans


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
    """The index as sparse matrices, words x names: one with what a word weighs, one with ones.

    Each word has two rows, of the persons that hold it and of the others.
    """

    def __init__(self, index: Index) -> None:
        arrays = index.arrays
        shape = (2 * len(index.words), len(arrays["name_listing"]))
        at = np.empty(shape[0] + 1, dtype=arrays["word_at"].dtype)
        at[0::2], at[1::2] = arrays["word_at"], arrays["word_others"]
        names = arrays["word_name"]
        self.at, self.names = at, names
        self.weight = sparse.csr_matrix((arrays["word_weight"], names, at), shape=shape, copy=False)
        ones = np.ones(len(names), dtype=np.float32)
        self.one = sparse.csr_matrix((ones, names, at), shape=shape, copy=False)


_FLAG, _OWN = 64.0, 1024.0
"""Added to the weight of a word, and to that of a name's own words, so that one sum tells how many words agree,
how many of these are the name's own, and how much they weigh."""


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
    names = [one.name for one in asked]
    weighed = [weigh(name, True) for name in names]
    parts, features = _parts(names, weighed)
    figures = totals(names, weighed)
    found = find(features)
    counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    like = np.array(list(chain.from_iterable(found)), dtype=np.float64).reshape(-1, 3)
    to, value = like[:, 0].astype(np.int64), like[:, 1:].astype(np.float32)
    starts = np.cumsum(counts) - counts
    # Where each feature's words stand in the flat arrays, for every name that has the feature.
    repeat = counts[parts.feature]
    flat = np.repeat(starts[parts.feature], repeat) + within(repeat)
    part = np.repeat(np.arange(len(parts.feature)), repeat)
    word, alike = to[flat], value[flat]
    wanted = np.array(
        [-1 if one.person is None else int(one.person) for one in asked], dtype=np.int64
    )
    kept = _product(parts, part, word, alike[:, 0], wanted, figures, index, matrices, least)
    row, name, most = narrow(kept.asked, kept.name, index, parts, part, word, alike, figures)
    most = np.minimum(most, kept.most)
    passing = np.flatnonzero(most >= least - SLACK)
    # In the order of names, so that of two that score the same always the same one is told.
    passing = passing[np.lexsort((name[passing], row[passing]))]
    return Found(row[passing], name[passing], most[passing])


def _parts(
    names: Sequence[Name], weighed: Sequence[Sequence[float]]
) -> tuple[Parts, list[Feature]]:
    """The words of the asked names, and neighboring ones together, as features that each occur once."""
    features: dict[Feature, int] = {}
    rows: list[tuple[int, int, int, int, int, float, float, float]] = []
    for row, (name, weights) in enumerate(zip(names, weighed, strict=True)):
        script = name.script
        for at, (word, weight, kind) in enumerate(
            zip(name.words, weights, name.kinds, strict=True)
        ):
            if weight:
                flag = _FLAG + _OWN * (kind == NAME)
                group, size = WORD, WEIGHTS[kind] * len(word)
            elif may_be_own(word, kind):
                group, weight, flag, size = SMALL, LITTLE, 0.0, 0.0  # noqa: PLW2901
            else:
                continue
            feature = features.setdefault((word, group, script), len(features))
            rows.append((row, feature, group, at, at + 1, weight, flag, size))
        for at, (word, given, weight, kind) in enumerate(
            zip(name.words, name.given, weights, name.kinds, strict=True)
        ):
            if weight and given != word:
                feature = features.setdefault((given, GIVEN, script), len(features))
                flag = _FLAG + _OWN * (kind == NAME)
                rows.append((row, feature, GIVEN, at, at + 1, weight, flag, 0.0))
        for start, end in spans(name):
            if total := sum(weights[start:end]):
                text = "".join(name.given[start:end])
                group = joined_class(name, start, end)
                feature = features.setdefault((text, group, script), len(features))
                rows.append((row, feature, group, start, end, total, _FLAG + _OWN, 0.0))
    table = np.array(rows, dtype=np.float64).reshape(-1, 8)
    whole = table[:, :5].astype(np.int64)
    rest = table[:, 5:].astype(np.float32)
    sizes = np.fromiter((len(name.words) for name in names), dtype=np.int64, count=len(names))
    every = np.fromiter(chain.from_iterable(weighed), dtype=np.float32, count=int(sizes.sum()))
    row_of, feature_of, group_of, start_of, end_of = whole.T
    weight_of, flag_of, letters = rest.T
    parts = Parts(
        row_of, feature_of, group_of, start_of, end_of, weight_of, flag_of, letters, sizes, every,
        np.array([kind for name in names for kind in name.kinds], dtype=np.int64),
        [word for name in names for word in name.words],
    )  # fmt: skip
    return parts, list(features)


def _product(
    parts: Parts, part: Array, word: Array, alike: Array, wanted: Array, asked: Totals, index: Index,
    matrices: Matrices, least: float,
) -> Found:  # fmt: skip
    """The pairs that may reach ``least``, by the sums of what their words have in common."""
    mine = parts.weight[part] * alike + parts.flag[part]
    row = parts.row[part]
    # Rows of a word in the matrices: 2w for persons, 2w + 1 for the others.
    among = wanted[row]
    any_kind = among < 0
    columns = np.concatenate((2 * word + (among == 0), 2 * word[any_kind] + 1))
    row = np.concatenate((row, row[any_kind]))
    mine, theirs = (np.concatenate((one, one[any_kind])) for one in (mine, alike))
    arrays = index.arrays
    count, names = len(asked.whole), len(arrays["name_listing"])
    if count * _FEW < names:
        whose, name, summed, summed_there = _few(row, columns, mine, theirs, index, matrices, count)
    else:
        shape = (count, 2 * len(index.words))
        left = sparse.csr_matrix((mine, (row, columns)), shape=shape)
        left_there = sparse.csr_matrix((theirs, (row, columns)), shape=shape)
        covered, covered_there = left @ matrices.one, left_there @ matrices.weight
        name, summed, summed_there = covered.indices, covered.data, covered_there.data
        whose = np.repeat(np.arange(count, dtype=np.int32), np.diff(covered.indptr))
    # In blocks that stay in the processor's own memory: all pairs at once take several times as long.
    places = [slice(start, start + _BLOCK) for start in range(0, max(1, len(whose)), _BLOCK)]
    blocks = [
        _passing(whose[at], name[at], summed[at], summed_there[at], asked, index, least)
        for at in places
    ]
    return Found(*(np.concatenate(one) for one in zip(*blocks, strict=True)))


_BLOCK = 1 << 15


def _passing(
    whose: Array, name: Array, summed: Array, summed_there: Array, asked: Totals, index: Index, least: float
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Of pairs with their sums: those that may reach ``least``, and how much they may score."""
    arrays = index.arrays
    words = np.floor(summed * np.float32(1 / _FLAG))
    weight = summed - words * np.float32(_FLAG)
    # Most have one word of several in common: they go before anything else is worked out.
    open_here = asked.whole[whose] - weight - arrays["name_initials"][name]
    open_there = arrays["name_weight"][name] - summed_there - asked.initials[whose]
    dearest = -math.log(least - SLACK) if least > SLACK else math.inf
    lowest = np.float32(dearest / (float(asked.conflict.min(initial=1.0)) or 1e-9))
    some = np.flatnonzero(np.minimum(open_here, open_there) <= lowest)
    whose, name, words, weight, summed_there = (
        one[some] for one in (whose, name, words, weight, summed_there)
    )
    own = np.floor(words / (_OWN / _FLAG))
    stood, stood_there = arrays["name_initials"][name], asked.initials[whose]
    agree = Agreement(
        mine=weight, theirs=summed_there, words=words - own * (_OWN / _FLAG), own=own, stood=stood,
        stood_there=stood_there, sure=(stood == 0) & (stood_there == 0),
    )  # fmt: skip
    most = most_score(asked, arrays, whose, name, agree)
    kept = most >= least - SLACK
    return whose[kept].astype(np.int64), name[kept].astype(np.int64), most[kept]


_FEW = 30_000
"""A sparse product goes through all listed names once; for a name or two the names found are added up apart."""


def _few(
    row: Array, columns: Array, mine: Array, theirs: Array, index: Index, matrices: Matrices, count: int
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """What the sparse products would give, for few asked names."""
    starts = matrices.at[columns]
    repeat = matrices.at[columns + 1] - starts
    flat = np.repeat(starts, repeat) + within(repeat)
    both = np.repeat(row, repeat) << 32 | matrices.names[flat]
    order = np.argsort(both)
    both = both[order]
    first = np.flatnonzero(np.concatenate(([True], both[1:] != both[:-1]))) if len(both) else order
    added = np.repeat(mine, repeat)[order]
    added_there = (np.repeat(theirs, repeat) * index.arrays["word_weight"][flat])[order]
    if not len(both):
        return both, both, added, added_there
    both = both[first]
    return (
        both >> 32, both & 0xFFFFFFFF, np.add.reduceat(added, first), np.add.reduceat(added_there, first)
    )  # fmt: skip


__all__ = [
    "LEAST_CONFLICT",
    "LEAST_EXTRA",
    "LEAST_TRADE",
    "LETTERS",
    "NAME",
    "NUMBER",
    "SCRIPTS",
    "UNLIKE",
    "Asked",
    "Feature",
    "Finder",
    "Found",
    "Like",
    "Matrices",
    "by_keys",
    "candidates",
    "likeness",
]
