"""How alike two names are: their words aligned, and a cost for everything that differs.

The score is ``exp(-cost)``: 1 for the same name, 0.7 where a careful reader would begin to doubt. Costs add up
and never saturate, so that two different pairs of names rarely tie. They were set on pairs of names with known
answers and checked on pairs left out (``bench/screen.py``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein

from licet.parties.analysis import (
    BUSINESS, FORM, INITIAL, NAME, NUMBER, PARTICLE, PLACE, WEIGHTS, Name, analyse,
)  # fmt: skip
from licet.parties.scripts import SYLLABLES
from licet.parties.similar import SOUND, SPELLING, alike, joined, spelled
from licet.parties.spelling import korean
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


def compare(left: str, right: str, *, kind: str = "") -> Alignment:
    """Two names as given, in the readings of each that fit best.

    ``kind`` is person, organization, vessel or "" where nobody said. A name may hold two ("Al-Qa'ida/Islamic
    Army"), and Chinese characters may be read in Chinese or in Korean. Bounded by 0 and 1; 1 only for equal
    text.

    >>> compare("Huawei Technologies", "HUAWEI TECHNOLOGIES CO., LTD.").score > 0.9
    True
    """
    found = [
        align(one, other, person=kind == "person")
        for one in readings(left, kind)
        for other in readings(right, kind)
    ]
    best = max(found, key=lambda alignment: alignment.score)
    characters = _characters_that_differ(left, right)
    return replace(best, score=round(best.score * 0.62**characters, 6)) if characters else best


def readings(text: str, kind: str) -> tuple[Name, ...]:
    """The names that a text may be read as, the whole text first."""
    whole = analyse(text, kind)
    if text.isascii() and "/" not in text and "(" not in text:
        return (whole,)
    parts = [part.strip() for part in _ALTERNATIVES.split(text)]
    found = [whole]
    names = [analyse(part, kind) for part in parts if len(part) > 3 and (kind != "person" or "/" in text)]
    own = [name for name in names if NAME in name.kinds]
    if len(names) > 1 and ("/" in text or len(own) == len(names)):
        # "Bank of China (Hong Kong)" is one name, "Al-Qa'ida/Islamic Army" is two.
        found += own
    if not text.isascii() and (korean_reading := korean(text)):
        found.append(replace(analyse(korean_reading, kind), script=SYLLABLES))
    return tuple(found)


_ALTERNATIVES = re.compile(r"\s*[/()（）]\s*")
_CJK = re.compile(r"[㐀-鿿가-힣]+")


def _characters_that_differ(left: str, right: str) -> int:
    """How many characters differ between two names in Chinese or Korean script: each is a syllable or a word."""
    if left.isascii() or right.isascii() or not (_CJK.fullmatch(left) and _CJK.fullmatch(right)):
        return 0
    a, b = left.translate(words().simplified), right.translate(words().simplified)
    return Levenshtein.distance(a, b) if len(a) == len(b) else 0


def align(left: Name, right: Name, *, person: bool = False) -> Alignment:
    """Two names aligned; symmetric but for which side is which.

    >>> from licet.parties.analysis import analyse
    >>> align(analyse("Huawei"), analyse("Huawai")).pairs
    (Pair(left='huawei', right='huawai', kind='spelling', similarity=0.85),)
    """
    if left.text > right.text:
        turned = align(right, left, person=person)
        pairs = tuple(Pair(p.right, p.left, p.kind, p.similarity) for p in turned.pairs)
        return Alignment(pairs, turned.right_only, turned.left_only, turned.costs, turned.score)
    return _Aligner(left, right, person).result()


class _Aligner:
    """The working state of one alignment: which words are still free, and what they cost."""

    __slots__ = ("bits", "cost", "left", "left_free", "matched", "pairs", "person", "right", "right_free")

    def __init__(self, left: Name, right: Name, person: bool) -> None:
        self.left, self.right, self.person = left, right, person
        self.left_free, self.right_free = dict.fromkeys(range(len(left.words))), dict.fromkeys(range(len(right.words)))
        self.pairs: list[tuple[tuple[int, ...], tuple[int, ...], float, str]] = []
        self.cost = dict.fromkeys(COSTS, 0.0)

    def result(self) -> Alignment:
        self._pair()
        if self.left_free or self.right_free:
            self._join()
            if not self.person:
                self._acronym()
        matched = self._weigh_pairs()
        self._weigh_rest(matched)
        if not self.person:
            self._forms()
        place = 0 if self.person else 1
        if self.left.text != self.right.text:
            self.cost["marks"] = 0.1 + Indel.normalized_distance(self.left.text, self.right.text)
        costs = tuple((name, round(amount * COSTS[name][place], 4)) for name, amount in self.cost.items() if amount)
        score = math.exp(-sum(cost for _, cost in costs))
        if not any(kind != "initial" for *_, kind in self.pairs):
            score = min(score, 0.3) * 0.5 if self.left.text != self.right.text else score
        return Alignment(
            tuple(
                Pair(" ".join(self.left.words[i] for i in a), " ".join(self.right.words[j] for j in b), kind, s)
                for a, b, s, kind in sorted(self.pairs)
            ),
            tuple(self.left.words[i] for i in self.left_free),
            tuple(self.right.words[j] for j in self.right_free),
            costs,
            round(score, 6),
        )

    def _pair(self) -> None:
        """Pair single words, the most alike first."""
        left, right = self.left, self.right
        cells = []
        for i, a in enumerate(left.words):
            ka = left.kinds[i]
            for j, b in enumerate(right.words):
                kb = right.kinds[j]
                if a == b:
                    cells.append((2.0 - (ka != kb) * 0.5, -abs(i - j), i, j, 1.0, "same"))
                    continue
                if ka == NUMBER or kb == NUMBER or ka == FORM or kb == FORM:
                    continue
                if ka != kb and BUSINESS in (ka, kb):
                    continue
                likeness, kind = alike(a, b, left.script, right.script, person=self.person)
                if kind == SOUND and not self.person and left.script == right.script:
                    # Invented names are told apart by their vowels.
                    likeness, kind = max((spelled(a, b), SPELLING), (round(likeness - 0.1, 4), SOUND))
                if likeness:
                    cells.append((likeness, -abs(i - j), i, j, likeness, kind))
                elif a[0] == b[0] and (
                    (ka == INITIAL and kb == NAME) or (kb == INITIAL and ka == NAME)
                ):
                    cells.append((0.5, -abs(i - j), i, j, 0.6, "initial"))
        cells.sort(reverse=True)
        for _, _, i, j, likeness, kind in cells:
            if i in self.left_free and j in self.right_free:
                del self.left_free[i], self.right_free[j]
                self.pairs.append(((i,), (j,), likeness, kind))

    def _join(self) -> None:
        """Words written apart on one side and together on the other."""
        syllables = SYLLABLES in (self.left.script, self.right.script)
        for turned in (False, True):
            many, one = (self.right, self.left) if turned else (self.left, self.right)
            many_free, one_free = (
                (self.right_free, self.left_free) if turned else (self.left_free, self.right_free)
            )
            if not many_free or len(many.given) < 2:
                continue
            settled = {pair[0 if turned else 1][0] for pair in self.pairs if pair[2] > 0.93}
            wanted = [
                (j, word)
                for j, word in enumerate(one.given)
                if j not in settled and len(word) >= 4 and one.kinds[j] != NUMBER
            ]
            if not wanted:
                continue
            for size in (2, 3):
                for i in range(len(many.given) - size + 1):
                    span = tuple(range(i, i + size))
                    if all(k not in many_free for k in span):
                        continue
                    together = "".join(many.given[i : i + size])
                    for j, word in wanted:
                        if abs(len(word) - len(together)) > 2:
                            continue
                        exact = syllables or any(many.kinds[k] == BUSINESS for k in span)
                        likeness = joined(together, word, exact=exact)
                        if likeness and self._free_up(span, (j,), likeness, turned):
                            for k in span:
                                many_free.pop(k, None)
                            one_free.pop(j, None)
                            a, b = ((j,), span) if turned else (span, (j,))
                            self.pairs.append((a, b, likeness, "joined"))
                            break

    def _free_up(self, span: tuple[int, ...], j: tuple[int, ...], likeness: float, turned: bool) -> bool:
        """Undo pairs in the way of a joined word, where it is better than they are."""
        many_at, one_at = (1, 0) if turned else (0, 1)
        in_the_way = [
            pair for pair in self.pairs if pair[one_at] == j or any(k in span for k in pair[many_at])
        ]
        if any(pair[2] > 0.93 and pair[3] == "same" for pair in in_the_way):
            return False
        if sum(pair[2] for pair in in_the_way) > 1.5 * likeness:
            return False
        for pair in in_the_way:
            self.pairs.remove(pair)
            self.left_free.update(dict.fromkeys(pair[0]))
            self.right_free.update(dict.fromkeys(pair[1]))
        return True

    def _acronym(self) -> None:
        """A word that is the first letters of three or more words of the other side."""
        for turned in (False, True):
            short, long = (self.right, self.left) if turned else (self.left, self.right)
            short_free, long_free = (
                (self.right_free, self.left_free) if turned else (self.left_free, self.right_free)
            )
            for i in [k for k in short_free if 3 <= len(short.words[k]) <= 7 and short.kinds[k] == NAME]:
                for small in (False, True):
                    span = [
                        j for j in long_free
                        if long.kinds[j] != FORM and (small or long.kinds[j] != PARTICLE)
                    ]  # fmt: skip
                    if "".join(long.words[j][0] for j in span) == short.words[i]:
                        del short_free[i]
                        for j in [*long_free]:
                            if long.kinds[j] != FORM:
                                del long_free[j]
                        a, b = (tuple(span), (i,)) if turned else ((i,), tuple(span))
                        self.pairs.append((a, b, 0.8, "acronym"))
                        return

    def _names_agree(self) -> bool:
        """Whether any name has a partner, not only words of trade."""
        kinds = self.left.kinds
        return any(kinds[i] in (NAME, INITIAL) for a, *_ in self.pairs for i in a)

    def _agreeing(self) -> int:
        """How many words that can tell names apart have a partner."""
        kinds = self.left.kinds
        return sum(how != "initial" and any(kinds[i] < INITIAL for i in a) for a, _, _, how in self.pairs)

    def _weigh_pairs(self) -> float:
        """What the pairs cost; the weight of what agrees."""
        matched = letters = same_letters = 0.0
        left, right, cost = self.left, self.right, self.cost
        for a, b, likeness, kind in self.pairs:
            weight = max(sum(WEIGHTS[left.kinds[i]] for i in a), sum(WEIGHTS[right.kinds[j]] for j in b))
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
                cost["words"] += 0.4
                continue
            if kind == "joined":
                cost["joined"] += 1
            if likeness < 1:
                letters += (1 - likeness) * size if kind != "variant" else 0.0
                cost["words"] += weight * (1 - likeness)
        if same_letters:
            cost["letters"] = letters / same_letters
        firsts = [pair[1][0] for pair in sorted(self.pairs)]
        cost["order"] = float(firsts != sorted(firsts))
        return matched

    def _weigh_rest(self, matched: float) -> None:
        """What the words without a partner cost: set against one another first, then as extra words."""
        if not self.left_free and not self.right_free:
            return
        left, right, cost = self.left, self.right, self.cost
        mine = [(left.words[i], left.kinds[i]) for i in self.left_free]
        theirs = [(right.words[j], right.kinds[j]) for j in self.right_free]
        # A name said twice adds nothing, where nothing of the other side is left over.
        heavy_mine = [w for w in mine if w[1] <= INITIAL]
        heavy_theirs = [w for w in theirs if w[1] <= INITIAL]
        if not heavy_theirs:
            heavy_mine = [w for w in heavy_mine if w[0] not in right.words]
        if not heavy_mine:
            heavy_theirs = [w for w in heavy_theirs if w[0] not in left.words]
        cost["small"] = sum(WEIGHTS[k] for _, k in (*mine, *theirs) if k > INITIAL)
        conflicts = 0.0
        if heavy_mine and heavy_theirs:
            conflicts = self._conflicts(heavy_mine, heavy_theirs)
        extra = trade = place = 0.0
        for word, kind in (*heavy_mine, *heavy_theirs):
            if kind == BUSINESS:
                trade += WEIGHTS[kind]
            elif kind == PLACE:
                place += WEIGHTS[kind]
            else:
                # A patronymic is left out more often than said.
                light = self.person and matched > 1 and word.endswith(PATRONYMIC)
                extra += WEIGHTS[kind] * (0.4 if light else 1.0)
        whole = matched + conflicts + extra
        cost["extra"] = extra / whole if extra else 0.0
        if extra and not self._names_agree():
            # Words of trade alone are nobody's name.
            cost["alone"] = 2.0
        elif extra and not conflicts and self._agreeing() < 2:
            # One word in common, and there is more: many people share one name.
            cost["alone"] = min(1.0, extra)
        cost["extra_trade"] = trade / (whole + trade + place) if trade else 0.0
        cost["extra_place"] = place / (whole + trade + place) if place else 0.0
        if extra and self.person and SYLLABLES in (left.script, right.script):
            cost["syllables"] = min(1.0, extra)

    def _conflicts(self, mine: list[tuple[str, int]], theirs: list[tuple[str, int]]) -> float:
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
                self.cost["number"] += weight
            else:
                if ka == kb == NAME:
                    # However alike, they are not taken for one: a part of the cost always stays.
                    self.cost["conflict"] += weight * max(0.6, 1 - 1.2 * max(0.0, likeness - 0.5))
                else:
                    self.cost["trade"] += weight * (0.5 if likeness > 0.92 else 1.0)
            total += weight
        mine[:] = [w for i, w in enumerate(mine) if -i not in gone_mine]
        theirs[:] = [w for j, w in enumerate(theirs) if -j not in gone_theirs]
        return total

    def _forms(self) -> None:
        """A company and a body that is none are not one by their forms."""
        mine = _forms_of(self.left)
        theirs = _forms_of(self.right)
        if mine and theirs and ("eei" in mine) != ("eei" in theirs):
            self.cost["trade"] += 0.3


def _forms_of(name: Name) -> Sequence[str]:
    return [word for word, kind in zip(name.words, name.kinds, strict=True) if kind == FORM]
