"""Stage one, word by word: what the words of an asked and of a listed name have in common at most.

The sums of the sparse product count a word twice that is like two words of the other name. Here each word
counts once, by its best like; and where letters differ, they are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from licet.parties.analysis import BUSINESS, INITIAL, PLACE, WEAK, WEIGHTS
from licet.parties.bounds import (
    GROUP,
    LETTERS,
    SHORTER,
    TRADE,
    UNLIKE,
    Agreement,
    Totals,
    most_score,
)
from licet.parties.finding import within
from licet.parties.index import ACRONYM, JOINED_EXACT, JOINED_WORD, SMALL, WORD, Index

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of asked names, those of one name after another.

    For each: of which name, which feature, its class (``WORD``, ...), from which word to which it goes, what it
    weighs, its flag in sums, and how many letters, weighed. ``sizes`` are the words of each name, ``weights``
    what each of these weighs, ``kinds`` what it is, ``texts`` how it is spelled.
    """

    row: Array
    feature: Array
    group: Array
    start: Array
    end: Array
    weight: Array
    flag: Array
    letters: Array
    sizes: Array
    weights: Array
    kinds: Array
    texts: Sequence[str]


_WEIGHTS = np.array(WEIGHTS)
_HEAVY = np.array(
    [0.0 if kind >= WEAK or kind == INITIAL else weight for kind, weight in enumerate(WEIGHTS)],
    dtype=np.float32,
)


def narrow(
    row: Array, name: Array, index: Index, parts: Parts, part: Array, word: Array, alike: Array,
    asked: Totals,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The highest score that each pair of an asked name (``row``) and a listed one may have.

    ``part``, ``word``, ``alike`` say which words of the index each part is like, and how much: in a person's
    name, and in one of another kind.
    """
    arrays = index.arrays
    count = len(row)
    if not count:
        return row, name, np.zeros(0)
    pair, place, place_end, held, group = _listed(name, index)
    which, liked = _met(row, pair, held, parts, part, word)
    hit, mine = pair[which], part[liked]
    group_there = GROUP[arrays["name_kind"][name]]
    likeness = alike[liked, np.where(group_there[hit] == 1, 1, 0)]
    together = np.zeros(count, dtype=bool)
    several = np.isin(parts.group[mine], (JOINED_WORD, JOINED_EXACT))
    several |= np.isin(group[which], (JOINED_WORD, JOINED_EXACT, ACRONYM))
    together[hit[several]] = True
    # The best like of each part of the asked name, of each of its words, and of each listed word.
    first_part = np.searchsorted(parts.row, np.arange(len(parts.sizes) + 1))
    many = np.diff(first_part)[row]
    part_at = np.cumsum(many) - many
    best = np.zeros(int(many.sum()), dtype=np.float32)
    np.maximum.at(best, part_at[hit] + mine - first_part[row[hit]], likeness)
    of_part = np.repeat(first_part[row], many) + within(many)
    of_pair = np.repeat(np.arange(count), many)
    first_word = np.cumsum(parts.sizes) - parts.sizes
    weight, words, met = _covered(
        of_pair, parts.start[of_part], parts.end[of_part], best, parts.sizes[row], first_word[row],
        parts.weights, count,
    )  # fmt: skip
    at = arrays["name_at"]
    starts = at[name]
    sizes = at[name + 1] - starts
    kinds = arrays["name_word_kind"][np.repeat(starts, sizes) + within(sizes)]
    weight_there, words_there, met_there = _covered(
        hit,
        place[which],
        place_end[which],
        likeness,
        sizes,
        np.cumsum(sizes) - sizes,
        _HEAVY[kinds],
        count,
    )
    liked_part = best > 0
    counted = liked_part & (parts.group[of_part] != SMALL)
    agreeing = np.bincount(of_pair[counted], minlength=count)
    own = np.bincount(of_pair[counted & (parts.flag[of_part] >= 1024)], minlength=count)
    letters, letters_there = arrays["name_letters"][name], arrays["name_first"][name]
    stood = np.where(letters & asked.first[row], arrays["name_initials"][name], 0)
    stood_there = np.where(asked.letters[row] & letters_there, asked.initials[row], 0)
    sure = (stood == 0) & (stood_there == 0) & ((letters & asked.letters[row]) == 0)
    # Single words pair one to one, and none weighs more than one.
    capped = np.where(together, weight, np.minimum(weight, words_there))
    capped_there = np.where(together, weight_there, np.minimum(weight_there, words))
    left = asked.whole[row] - capped - stood > 1e-4
    left_there = arrays["name_weight"][name] - capped_there - stood_there > 1e-4
    # A name said twice adds nothing where nothing of the other side is left over.
    cap = left & left_there & ((capped < weight) | (capped_there < weight_there))
    simple = ~together & ~cap
    rest = _Rest(met, parts.sizes[row], first_word[row], parts.kinds)
    rest_there = _Rest(met_there, sizes, starts, arrays["name_word_kind"])
    open_here, open_there = rest.open(), rest_there.open()
    # Letters that differ within a word are no word that stands against another.
    faced = cap | ((open_here[2] > 0) & (open_there[2] > 0))
    agree = Agreement(
        mine=np.where(cap, capped, weight), theirs=np.where(cap, capped_there, weight_there),
        words=np.where(together, agreeing, np.minimum(agreeing, words_there)), own=own, stood=stood,
        stood_there=stood_there, sure=sure, faced=faced,
    )  # fmt: skip
    most = most_score(asked, arrays, row, name, agree)
    # The letters that differ, where single words alone agree.
    single = liked_part & (parts.group[of_part] == WORD)
    short = 1.0 - best[single]
    where, chosen = of_pair[single], of_part[single]
    size = np.bincount(where, parts.letters[chosen], count)
    unlike = np.bincount(where, parts.weight[chosen] * short, count)
    differing = np.bincount(where, parts.letters[chosen] * short, count)
    spared = unlike * (asked.conflict[group_there, row] - UNLIKE)
    # Where one word alone agrees, its letters are all there are, but for those of small words.
    alone = np.bincount(where, minlength=count) == 1
    share = np.where(alone, SHORTER * size / (SHORTER * size + asked.small[row] + 1e-6), SHORTER)
    cost = share * np.array(LETTERS)[group_there] * differing / np.maximum(size, 1e-6)
    most *= np.exp(np.where(simple & (unlike > 0), spared - cost, 0.0))
    # Where all that one side has besides is a word of trade, that one stands against a word of the other.
    trade = _trade(open_here, open_there, parts, index)
    by_letters = np.where(simple, UNLIKE * unlike + cost, 0.0)
    most = np.minimum(most, np.exp(-by_letters - np.where(simple & (group_there == 1), trade, 0.0)))
    return row, name, most


@dataclass(frozen=True, slots=True)
class _Rest:
    """The words of one side of each pair: whether each has a like, how many there are, where the words of each
    begin among those of all names, and the kinds of these."""

    met: Array
    sizes: Array
    first: Array
    kinds: Array

    def open(self) -> _Open:
        """The words without a like that can tell names apart: of which pair, which word; how many each has."""
        at = np.repeat(self.first, self.sizes) + within(self.sizes)
        owner = np.repeat(np.arange(len(self.sizes)), self.sizes)
        left = ~self.met & (self.kinds[at] <= INITIAL)
        return owner[left], at[left], np.bincount(owner[left], minlength=len(self.sizes))


_Open = tuple[Array, Array, Array]


def _trade(here: _Open, there: _Open, parts: Parts, index: Index) -> Array:
    """What a lone word of trade or a place costs at least that has no like, and stands against other words."""
    cost = np.zeros(len(here[2]))
    kinds_here, kinds_there = parts.kinds, index.arrays["name_word_kind"]
    for turned in (False, True):
        (lone_of, lone, lonely), (owner, other, others) = (there, here) if turned else (here, there)
        kinds, other_kinds = (kinds_there, kinds_here) if turned else (kinds_here, kinds_there)
        word = np.zeros(len(cost), dtype=np.int64)
        word[lone_of] = lone
        fits = (lonely == 1) & (others > 0)
        fits[fits] = np.isin(kinds[word[fits]], (BUSINESS, PLACE))
        some = fits[owner]
        if not some.any():
            continue
        owner, other = owner[some], other[some]
        mine = word[owner]
        asked, listed = (other, mine) if turned else (mine, other)
        alike = _much_alike([parts.texts[at] for at in asked.tolist()], listed, index)
        weight = np.minimum(_WEIGHTS[kinds[mine]], _WEIGHTS[other_kinds[other]])
        least = np.full(len(cost), np.inf)
        np.minimum.at(least, owner, TRADE * weight * np.where(alike, 0.5, 1.0))
        cost = np.maximum(cost, np.where(fits, least, 0.0))
    return cost


def _much_alike(texts: Sequence[str], listed: Array, index: Index) -> Array:
    """Whether each text is so much like a listed word that they may be one word of trade (``score``)."""
    held, which = np.unique(index.arrays["name_word"][listed], return_inverse=True)
    there = [index.words[one].decode() for one in held.tolist()]
    words = [there[at] for at in which.tolist()]
    alike: Array = process.cpdist(texts, words, scorer=JaroWinkler.similarity, dtype=np.float64)
    return alike > 0.92


def _listed(name: Array, index: Index) -> tuple[Array, Array, Array, Array, Array]:
    """The words of listed names, single ones and those that stand for several: of which pair, from which place
    to which, the word, its class."""
    arrays = index.arrays
    found = []
    for at, word in (("name_at", "name_word"), ("span_at", "span_word")):
        first = arrays[at][name]
        many = arrays[at][name + 1] - first
        inner = within(many)
        flat = np.repeat(first, many) + inner
        held = arrays[word][flat].astype(np.int64)
        if at == "name_at":
            start, end = inner, inner + 1
        else:
            start, end = (arrays[one][flat].astype(np.int64) for one in ("span_start", "span_end"))
        found.append((np.repeat(np.arange(len(name)), many), start, end, held))
    pair, start, end, held = (np.concatenate(one) for one in zip(*found, strict=True))
    return pair, start, end, held, arrays["word_class"][held]


def _met(
    row: Array, pair: Array, held: Array, parts: Parts, part: Array, word: Array
) -> tuple[Array, Array]:
    """Which listed words meet which likes of the asked name: places in ``pair`` and in ``part``."""
    present = np.zeros(len(parts.sizes), dtype=bool)
    present[row] = True
    some = np.flatnonzero(present[parts.row[part]])
    key = parts.row[part[some]] << 32 | word[some]
    order = np.argsort(key)
    key, some = key[order], some[order]
    wanted = row[pair] << 32 | held
    first = np.searchsorted(key, wanted, "left")
    many = np.searchsorted(key, wanted, "right") - first
    which = np.repeat(np.arange(len(pair)), many)
    return which, some[np.repeat(first, many) + within(many)]


def _covered(
    pair: Array, start: Array, end: Array, likeness: Array, sizes: Array, first: Array, weights: Array,
    count: int,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """For each pair: the weight of its words by their best likes, how many have any, and whether each has.

    A like from one word to another counts for all of them; ``sizes`` are the words of each pair's name, whose
    weights stand in ``weights`` from ``first`` on.
    """
    base = np.cumsum(sizes) - sizes
    best = np.zeros(int(sizes.sum()), dtype=np.float32)
    long = end - start
    at = np.repeat(base[pair] + start, long) + within(long)
    np.maximum.at(best, at, np.repeat(likeness, long))
    owner = np.repeat(np.arange(count), sizes)
    weight = np.bincount(owner, best * weights[np.repeat(first, sizes) + within(sizes)], count)
    return weight, np.bincount(owner[best > 0], minlength=count), best > 0
