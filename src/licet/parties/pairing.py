"""Which words of two names belong together: single words, words written apart and together, first letters."""

from __future__ import annotations

from licet.parties.analysis import (
    BUSINESS,
    FORM,
    INITIAL,
    NAME,
    NUMBER,
    PARTICLE,
    WEAK,
    Name,
)
from licet.parties.scripts import LATIN, SYLLABLES
from licet.parties.similar import SOUND, SPELLING, VARIANT, alike, joined, similar, spelled

Places = tuple[int, ...]
"""Which words of a name, by place."""

_EXACT = frozenset({NUMBER, FORM})
"""Words of these kinds are the same or not."""

_NEVER = frozenset({PARTICLE, FORM})
"""Words of these kinds are not a name's own word, even if spelled the same."""


def spans(name: Name) -> list[tuple[int, int]]:
    """Neighboring words that may be written together: two, or three with a short one among them."""
    words, kinds = name.words, name.kinds
    found = []
    for start in range(len(words) - 1):
        if kinds[start] == FORM or kinds[start + 1] == FORM:
            continue
        if len(words[start]) + len(words[start + 1]) >= 4:
            found.append((start, start + 2))
        if start + 2 < len(words) and kinds[start + 2] != FORM:
            three = words[start : start + 3]
            if min(map(len, three)) <= 4:
                found.append((start, start + 3))
    return found


def _width(span: tuple[int, int]) -> int:
    return span[1] - span[0]


Paired = tuple[Places, Places, float, str]
"""Words of the left name, of the right one, how alike they are, and in what way."""


class Pairing:
    """The words of two names paired, the most alike first; what has no partner stays free."""

    __slots__ = ("left", "left_free", "pairs", "person", "right", "right_free")

    def __init__(self, left: Name, right: Name, person: bool) -> None:
        self.left, self.right, self.person = left, right, person
        self.left_free = dict.fromkeys(range(len(left.words)))
        self.right_free = dict.fromkeys(range(len(right.words)))
        self.pairs: list[Paired] = []
        self._pair()
        if self.left_free or self.right_free:
            self._join()
            if not person:
                self._acronym()

    def names_agree(self) -> bool:
        """Whether any name has a partner, not only words of trade."""
        here, there = self.left.kinds, self.right.kinds
        return any(
            any(here[i] in (NAME, INITIAL) for i in a)
            and any(there[j] in (NAME, INITIAL) for j in b)
            for a, b, *_ in self.pairs
        )

    def agreeing(self) -> int:
        """How many words that can tell names apart have a partner."""
        here, there = self.left.kinds, self.right.kinds
        return sum(
            how != "initial"
            and any(here[i] < INITIAL for i in a)
            and any(there[j] < INITIAL for j in b)
            for a, b, _, how in self.pairs
        )

    def _pair(self) -> None:
        """Pair single words, the most alike first."""
        left, right, person = self.left, self.right, self.person
        latin = left.script == right.script == LATIN
        there = [(j, b, kb) for j, (b, kb) in enumerate(zip(right.words, right.kinds, strict=True))]
        cells: list[tuple[float, int, int, int, float, str]] = []
        for i, a in enumerate(left.words):
            ka = left.kinds[i]
            for j, b, kb in there:
                small = (ka >= WEAK or kb >= WEAK) and (ka < INITIAL or kb < INITIAL)
                if a == b:
                    if small and (ka in _NEVER or kb in _NEVER):
                        continue
                    cells.append((2.0 - (ka != kb) * 0.5, -abs(i - j), i, j, 1.0, "same"))
                    continue
                if ka in _EXACT or kb in _EXACT or (ka != kb and BUSINESS in (ka, kb)):
                    continue
                # Of Latin words ``alike`` says what ``similar`` says.
                likeness, kind = (
                    similar(a, b)
                    if latin
                    else alike(a, b, left.script, right.script, person=person)
                )
                if not likeness:
                    if a[0] == b[0] and (
                        (ka == INITIAL and kb == NAME) or (kb == INITIAL and ka == NAME)
                    ):
                        cells.append((0.5, -abs(i - j), i, j, 0.6, "initial"))
                    continue
                if small and kind != VARIANT:
                    # "Ben" is a small word and short for Benjamin; "Haji" is no way to write Hejazi.
                    continue
                if kind == SOUND and not person and left.script == right.script:
                    # Invented names are told apart by their vowels.
                    likeness, kind = max(
                        (spelled(a, b), SPELLING), (round(likeness - 0.1, 4), SOUND)
                    )
                cells.append((likeness, -abs(i - j), i, j, likeness, kind))
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
            settled = {(pair[0] if turned else pair[1])[0] for pair in self.pairs if pair[2] > 0.93}
            wanted = [
                (j, word)
                for j, word in enumerate(one.given)
                if j not in settled and len(word) >= 4 and one.kinds[j] != NUMBER
            ]
            if not wanted:
                continue
            sizes = [len(word) for word in many.given]
            least = min(len(word) for _, word in wanted) - 2
            most = max(len(word) for _, word in wanted) + 2
            for start, end in sorted(spans(many), key=_width):
                size = sum(sizes[start:end])
                if not least <= size <= most:
                    continue
                span = tuple(range(start, end))
                if many_free.keys().isdisjoint(span):
                    continue
                together = "".join(many.given[start:end])
                exact = syllables or BUSINESS in many.kinds[start:end]
                for j, word in wanted:
                    if together != word if exact else not -2 <= len(word) - size <= 2:
                        continue
                    likeness = joined(together, word, exact=exact)
                    if likeness and self._free_up(span, (j,), likeness, turned):
                        for k in span:
                            many_free.pop(k, None)
                        one_free.pop(j, None)
                        a, b = ((j,), span) if turned else (span, (j,))
                        self.pairs.append((a, b, likeness, "joined"))
                        break

    def _free_up(
        self, span: tuple[int, ...], j: tuple[int, ...], likeness: float, turned: bool
    ) -> bool:
        """Undo pairs in the way of a joined word, where it is better than they are."""
        in_the_way = []
        for pair in self.pairs:
            many, one = (pair[1], pair[0]) if turned else (pair[0], pair[1])
            if one == j or any(k in span for k in many):
                in_the_way.append(pair)
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
            for i in [
                k for k in short_free if 3 <= len(short.words[k]) <= 7 and short.kinds[k] == NAME
            ]:
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
