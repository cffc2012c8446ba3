"""How alike two names are: a cost for everything that differs between them.

The score is ``exp(-cost)``: 1 for the same name, 0.7 where a careful reader would begin to doubt. Costs add up
and never saturate, so that two different pairs of names rarely tie. They were set on pairs of names with known
answers and checked on pairs left out (``bench/screen.py``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rapidfuzz.distance import Indel, JaroWinkler

from licet.parties.analysis import BUSINESS, FORM, INITIAL, NAME, NUMBER, PLACE, WEAK, WEIGHTS, Name
from licet.parties.pairing import Pairing
from licet.parties.scripts import SYLLABLES
from licet.parties.similar import similar
from licet.parties.spelling import LONGEST
from licet.parties.words import words


@dataclass(frozen=True, slots=True)
class Pair:
    """Words of two names taken for one another: one word each, or several that are written as one.

    ``kind`` is same, variant (one name in two languages), spelling, sound, script, initial, joined or acronym.
    """

    left: str
    right: str
    kind: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two names side by side.

    ``left_only`` and ``right_only`` are words without a partner; ``costs`` says what lowered the score, by how
    much.
    """

    pairs: tuple[Pair, ...]
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]
    costs: tuple[tuple[str, float], ...]
    score: float

    def words_only(self, left: Name, kind: int) -> tuple[str, ...]:
        """The words of a kind that only the left name has."""
        kinds = dict(zip(left.words, left.kinds, strict=True))
        return tuple(word for word in self.left_only if kinds.get(word) == kind)


UNLIKE = Alignment((), (), (), (), 0.0)
"""Of two names too unlike to be looked at closely."""

PATRONYMIC = ("ovich", "evich", "ovna", "evna", "ovych", "ievna", "yevich", "yevna", "owicz")

# For persons and for everybody else: the cost of one unit of each difference.
COSTS = {
    "letters": (1.0, 1.4),        # letters that differ, as a share of those that agree
    "words": (0.35, 0.35),        # unlikeness of the words that were paired
    "conflict": (0.76, 0.95),     # names that stand against one another
    "trade": (1.5, 1.45),         # words of trade or places that stand against one another
    "number": (0.55, 0.5),        # numbers that stand against one another
    "extra": (0.55, 0.62),        # names that only one side has, as a share of the whole
    "alone": (0.25, 0.25),        # only one name agrees, and one side has more
    "extra_trade": (0.5, 1.22),   # words of trade that only one side has, as a share
    "extra_place": (0.5, 1.0),    # places that only one side has, as a share
    "syllables": (0.3, 0.2),      # a Chinese or Korean name with a word more is another name
    "initial": (0.2, 0.35),       # letters that stand for names
    "small": (0.25, 0.45),        # particles, titles and forms that only one side has
    "order": (0.01, 0.012),       # the words in another order
    "joined": (0.015, 0.015),     # words written together
    "marks": (0.02, 0.02),        # capitals, accents and points
}  # fmt: skip


def align(left: Name, right: Name, *, person: bool = False, least: float = 0.0) -> Alignment:
    """Two names aligned and scored; symmetric but for which side is which.

    Names that score below ``least`` are ``UNLIKE``: what differs between them is not written down.

    >>> from licet.parties.analysis import analyse
    >>> align(analyse("Huawei"), analyse("Huawai")).pairs
    (Pair(left='huawei', right='huawai', kind='spelling', similarity=0.85),)
    """
    # Which name is taken first may matter where words are equally alike, so it is always the same one.
    turned = left.text > right.text
    if turned:
        left, right = right, left
    pairing = Pairing(left, right, person)
    amounts = dict.fromkeys(COSTS, 0.0)
    matched = _weigh_pairs(pairing, amounts)
    if pairing.left_free or pairing.right_free:
        _weigh_rest(pairing, amounts, matched)
    if not person and {_is_company(left), _is_company(right)} == {True, False}:
        # A company and a body that is none are not one.
        amounts["trade"] += 0.3
    place = 0 if person else 1
    if (
        least
        and math.exp(-sum(amounts[name] * COSTS[name][place] for name in COSTS)) < least - 0.01
    ):
        return UNLIKE
    if left.text != right.text:
        amounts["marks"] = 0.1 + Indel.normalized_distance(
            left.text[:LONGEST], right.text[:LONGEST]
        )
    costs = tuple(
        (name, round(amount * COSTS[name][place], 4)) for name, amount in amounts.items() if amount
    )
    score = math.exp(-sum(cost for _, cost in costs))
    if left.text != right.text and not any(kind != "initial" for *_, kind in pairing.pairs):
        # Nothing but initials agrees, or nothing at all.
        score = min(score, 0.3) / 2
    pairs = [
        (
            " ".join([left.words[i] for i in a]),
            " ".join([right.words[j] for j in b]),
            kind,
            likeness,
        )
        for a, b, likeness, kind in sorted(pairing.pairs)
    ]
    left_only = tuple([left.words[i] for i in pairing.left_free])
    right_only = tuple([right.words[j] for j in pairing.right_free])
    if turned:
        pairs = [(there, here, kind, likeness) for here, there, kind, likeness in pairs]
        left_only, right_only = right_only, left_only
    return Alignment(
        tuple([Pair(*one) for one in pairs]), left_only, right_only, costs, round(score, 6)
    )


def _weigh_pairs(pairing: Pairing, cost: dict[str, float]) -> float:
    """What the pairs cost; the weight of what agrees."""
    matched = letters = same_letters = 0.0
    left, right = pairing.left, pairing.right
    for a, b, alike, kind in pairing.pairs:
        likeness = alike
        weight = max(
            sum(WEIGHTS[left.kinds[i]] for i in a), sum(WEIGHTS[right.kinds[j]] for j in b)
        )
        if len(a) == len(b) == 1:
            weight = (WEIGHTS[left.kinds[a[0]]] + WEIGHTS[right.kinds[b[0]]]) / 2
        if kind == "initial":
            cost["initial"] += 1
            matched += 0.4
            continue
        matched += weight * likeness
        size = min(sum(len(left.words[i]) for i in a), sum(len(right.words[j]) for j in b)) * weight
        same_letters += size
        if kind == "acronym":
            cost["words"] += 0.36
            continue
        if kind == "joined":
            cost["joined"] += 1
        if kind == "same" and left.given != right.given:
            # A word of trade with a slip was read as it should be; it is not the same for that.
            likeness = _as_written(left, right, a[0], b[0])
        if likeness < 1:
            letters += (1 - likeness) * size if kind != "variant" else 0.0
            cost["words"] += weight * (1 - likeness)
    if same_letters:
        cost["letters"] = letters / same_letters
    firsts = [pair[1][0] for pair in sorted(pairing.pairs)]
    cost["order"] = float(firsts != sorted(firsts))
    return matched


def _as_written(left: Name, right: Name, i: int, j: int) -> float:
    """How alike two words of trade are as they were written; 1 where both are spellings in use."""
    here, there = left.given[i], right.given[j]
    if here == there or left.kinds[i] not in (BUSINESS, WEAK):
        return 1.0
    known = words().business
    if here in known and there in known:
        return 1.0
    likeness, _ = similar(here, there)
    return likeness or 0.9


def _weigh_rest(pairing: Pairing, cost: dict[str, float], matched: float) -> None:
    """What the words without a partner cost: set against one another first, then as extra words."""
    left, right = pairing.left, pairing.right
    mine = [(left.words[i], left.kinds[i]) for i in pairing.left_free]
    theirs = [(right.words[j], right.kinds[j]) for j in pairing.right_free]
    # A name said twice adds nothing, where nothing of the other side is left over.
    heavy_mine = [w for w in mine if w[1] <= INITIAL]
    heavy_theirs = [w for w in theirs if w[1] <= INITIAL]
    if not heavy_theirs:
        heavy_mine = [w for w in heavy_mine if w[0] not in _own_words(right)]
    if not heavy_mine:
        heavy_theirs = [w for w in heavy_theirs if w[0] not in _own_words(left)]
    cost["small"] = sum(WEIGHTS[k] for _, k in (*mine, *theirs) if k > INITIAL)
    conflicts = 0.0
    if heavy_mine and heavy_theirs:
        conflicts = _conflicts(heavy_mine, heavy_theirs, cost)
    extra = trade = place = 0.0
    for word, kind in (*heavy_mine, *heavy_theirs):
        if kind == BUSINESS:
            trade += WEIGHTS[kind]
        elif kind == PLACE:
            place += WEIGHTS[kind]
        else:
            # A patronymic is left out more often than said.
            light = pairing.person and matched > 1 and word.endswith(PATRONYMIC)
            extra += WEIGHTS[kind] * (0.4 if light else 1.0)
    whole = matched + conflicts + extra
    cost["extra"] = extra / whole if extra else 0.0
    if (extra or conflicts) and not pairing.names_agree():
        # Words of trade and numbers alone are nobody's name.
        cost["alone"] = 2.0
    elif extra and not conflicts and pairing.agreeing() < 2:
        # One word in common, and there is more: many people share one name.
        cost["alone"] = min(1.0, extra)
    cost["extra_trade"] = trade / (whole + trade + place) if trade else 0.0
    cost["extra_place"] = place / (whole + trade + place) if place else 0.0
    if extra and pairing.person and SYLLABLES in (left.script, right.script):
        cost["syllables"] = min(1.0, extra)


def _own_words(name: Name) -> set[str]:
    return {word for word, kind in zip(name.words, name.kinds, strict=True) if kind <= INITIAL}


def _conflicts(
    mine: list[tuple[str, int]], theirs: list[tuple[str, int]], cost: dict[str, float]
) -> float:
    """Words set against one another, the most alike first; both lists keep only what is then left."""
    cells = sorted(
        (
            (0.0 if NUMBER in (a[1], b[1]) else JaroWinkler.similarity(a[0], b[0]), -i, -j)
            for i, a in enumerate(mine)
            for j, b in enumerate(theirs)
        ),
        reverse=True,
    )
    gone_mine: set[int] = set()
    gone_theirs: set[int] = set()
    total = 0.0
    for likeness, i, j in cells:
        if i in gone_mine or j in gone_theirs:
            continue
        gone_mine.add(i)
        gone_theirs.add(j)
        (_, ka), (_, kb) = mine[-i], theirs[-j]
        weight = min(WEIGHTS[ka], WEIGHTS[kb])
        if ka == kb == NUMBER:
            cost["number"] += weight
        elif ka == kb == NAME:
            # However alike, they are not taken for one: a part of the cost always stays.
            cost["conflict"] += weight * max(0.6, 1 - 1.2 * max(0.0, likeness - 0.5))
        else:
            cost["trade"] += weight * (0.5 if likeness > 0.92 else 1.0)
        total += weight
    mine[:] = [w for i, w in enumerate(mine) if -i not in gone_mine]
    theirs[:] = [w for j, w in enumerate(theirs) if -j not in gone_theirs]
    return total


def _is_company(name: Name) -> bool | None:
    """Whether the legal form is a company's or that of a body which is none; None without a form."""
    forms = [word for word, kind in zip(name.words, name.kinds, strict=True) if kind == FORM]
    return "eei" not in forms if forms else None
