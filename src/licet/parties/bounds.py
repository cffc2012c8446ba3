"""The least that the differences between two names can cost: what stage one throws names away by.

Every figure here is at most what ``score`` would charge (COSTS; a test holds them to it): nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from licet.parties.analysis import BUSINESS, FORM, INITIAL, PLACE, WEIGHTS, Name
from licet.parties.index import first_letters, weigh
from licet.parties.listing import KINDS

Array = NDArray[Any]

# Words against each other, names and words of trade that one side has more, letters: for persons, others, and
# where the list says neither.
LEAST_CONFLICT = (0.455, 0.5, 0.455)
LEAST_EXTRA, LEAST_TRADE = (0.55, 0.62, 0.55), (0.5, 1.0, 0.5)
LETTERS, UNLIKE = (1.0, 1.4, 1.0), 0.35
TRADE = 1.45
"""Of others than persons: words of trade that stand against other words, a half where they are much alike."""

SHORTER = 0.75
"""Of two words that are alike the shorter's letters count, which may have three for four of the other."""

SLACK = 0.003
"""What the sums may be off: those of the sparse product have 24 bits for all three."""

GROUP = np.array([0 if kind == "person" else 1 if kind else 2 for kind in KINDS])
"""By kind of listing: which of the least costs apply."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Asked names in figures, a place for each: what their words weigh and how letters and kinds add to that.

    ``small`` is how many letters, weighed, small words may add to those that agree; ``whole`` the weight of the
    words that count; ``aside`` what small words, initials and patronymics add where all of them agree;
    ``trade`` the weight of words of trade and places; ``initials`` how many letters stand for words,
    ``letters`` and ``first`` which ones (``first_letters``); ``conflict`` the least that a word costs that
    has no like, by group and name.
    """

    small: Array
    whole: Array
    aside: Array
    trade: Array
    initials: Array
    letters: Array
    first: Array
    conflict: Array


def totals(names: Sequence[Name], weights: Sequence[Sequence[float]]) -> Totals:
    """The figures of asked names, with what ``weigh`` says of their words."""
    rows = np.array(
        [_figures(name, weighed) for name, weighed in zip(names, weights, strict=True)]
    ).reshape(-1, 6)
    bits = np.array([first_letters(name) for name in names], dtype=np.uint32).reshape(-1, 2)
    whole, aside, trade, initials = rows[:, :4].astype(np.float32).T
    # The more letters a name has, the less those of one word count.
    unlike = UNLIKE + np.array(LETTERS)[:, None] * rows[None, :, 4]
    conflict = np.minimum(np.array(LEAST_CONFLICT)[:, None], unlike)
    return Totals(rows[:, 5], whole, aside, trade, initials, bits[:, 0], bits[:, 1], conflict)


def _figures(
    name: Name, weighed: Sequence[float]
) -> tuple[float, float, float, float, float, float]:
    whole = counted = trade = initials = letters = small = 0.0
    least = 1e9
    for word, kind, weight in zip(name.words, name.kinds, weighed, strict=True):
        usual = WEIGHTS[kind]
        size = usual * len(word)
        whole += weight
        letters += size
        if kind == INITIAL:
            initials += 1
            counted += 0.4
            small += usual
            continue
        counted += usual
        if kind > INITIAL:
            # A small word may agree with another name's own word, and weighs the mean of both then.
            small += (size + len(word)) / 2 if kind != FORM else size
        else:
            least = min(least, size)
            if kind in (BUSINESS, PLACE):
                trade += usual
    share = SHORTER * (least if least < 1e9 else 0.0) / (letters or 1.0)
    return whole, counted - whole, trade, initials, share, small


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of two names agrees at most, a place for each pair of names.

    ``mine`` and ``theirs`` are the weights of the words with a like on the other side; ``words`` how many of
    the asked words have one, ``own`` how many of these are the name's own; ``stood``, ``stood_there`` how many
    words the initials of the other side may stand for; ``sure``: no initial agrees with anything. ``faced``:
    whether words without a like may stand against one another, None where only weights tell.
    """

    mine: Array
    theirs: Array
    words: Array
    own: Array
    stood: Array
    stood_there: Array
    sure: Array
    faced: Array | None = None


def most_score(
    asked: Totals, arrays: dict[str, Array], row: Array, name: Array, agree: Agreement
) -> Array:
    """The highest score that each pair may have, of an asked name (``row``) and a listed one."""
    here, there = asked.whole[row], arrays["name_weight"][name]
    mine, theirs = np.minimum(agree.mine, here), np.minimum(agree.theirs, there)
    open_here = np.maximum(0, here - mine - agree.stood)
    open_there = np.maximum(0, there - theirs - agree.stood_there)
    both, extra = np.minimum(open_here, open_there), np.abs(open_here - open_there)
    agreed = np.maximum(mine, theirs)
    group = GROUP[arrays["name_kind"][name]]
    cost = asked.conflict[group, row] * both
    # What one side has more may be names, or words of trade as far as it has any; the cheaper counts.
    trade = np.where(open_here > open_there, asked.trade[row], arrays["name_trade"][name])
    names = np.maximum(0, extra - trade)
    rest = agreed + asked.aside[row] + both + 1e-6
    more, of_trade = np.array(LEAST_EXTRA)[group], np.array(LEAST_TRADE)[group]
    # One name that agrees is little where there is more, words of trade alone are nothing (score._weigh_rest).
    faced = both >= 0.05 if agree.faced is None else agree.faced
    alone = np.where(agree.sure & (agree.words <= 1) & ~faced, 0.25, 0)
    cost += np.minimum(
        more * extra / (rest + extra) + alone * np.minimum(1, extra),
        more * names / (rest + names)
        + of_trade * (extra - names) / (rest + extra)
        + alone * np.minimum(1, names),
    )
    cost += np.where(agree.sure & (agree.own == 0) & (names + both >= 1), 2, 0)
    most: Array = np.exp(-cost)
    return most


__all__ = ["Agreement", "Totals", "most_score", "totals", "weigh"]
