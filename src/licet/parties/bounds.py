"""The most that a listed name may score, from how much of it and of an asked name is accounted for.

Names are kept by the least that their differences cost (``score``). No bound here is dearer than the cost
itself, so that nothing is lost (``tests/parties/test_index.py`` holds it to that).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from licet.parties.analysis import BUSINESS, INITIAL, PLACE, WEIGHTS, Name
from licet.parties.index import Array, Index, weigh
from licet.parties.listing import KINDS

# The least that differences cost (COSTS in score.py; a test holds them to it): words against each other, names
# and words of trade that one side has more, letters. For persons, others, and where the list says neither.
LEAST_CONFLICT = (0.455, 0.5, 0.455)
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


FLAG, OWN = 64.0, 1024.0
"""Added to the weight of a word, and to that of a name's own words, so that one sum tells how many words agree,
how many of these are the name's own, and how much they weigh."""

SLACK = 0.003
"""What the sums may be off: they have 24 bits for all three."""


def keep(
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
    agreeing = np.floor(mine / FLAG)
    mine = mine - agreeing * FLAG
    own = np.floor(agreeing / (OWN / FLAG))
    agreeing -= own * (OWN / FLAG)
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
    kept = fits & (np.exp(-cost) >= least - SLACK)
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


def narrow(
    kept: Found, index: Index, own: Sequence[Sequence[tuple[int, float, float]]],
    like: Sequence[dict[int, float]], together: Sequence[float], asked: Sequence[Asked], least: float,
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
            best = together[column] if share else 0.0
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
    passing = most >= least - SLACK
    return Found(kept.asked[passing], kept.name[passing], most[passing])
