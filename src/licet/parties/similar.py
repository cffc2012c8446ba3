"""Whether two words may be one: the same, spelled or sounding alike, or one name in two languages."""

from __future__ import annotations

import functools

from rapidfuzz.distance import OSA

from licet.parties.pinyin import other_syllables
from licet.parties.scripts import CONSONANTS, LATIN, SYLLABLES, TRANSCRIBED
from licet.parties.spelling import skeleton, sound
from licet.parties.words import words

SAME, VARIANT, SPELLING, SOUND, SCRIPT = "same", "variant", "spelling", "sound", "script"


def slips(length: int) -> int:
    """How many letters may differ between two words of which the shorter has this many."""
    return 0 if length <= 3 else 1 if length <= 5 else 2


def _begins(one: str, other: str) -> float:
    """What it takes off that two words begin otherwise: people err less there, unless they swap two letters."""
    if one[0] == other[0] or one[:2] == other[1::-1]:
        return 0.0
    return 0.1


@functools.lru_cache(maxsize=1 << 20)
def similar(one: str, other: str) -> tuple[float, str]:
    """How alike two words are, from 0 to 1, and in what way; (0, "") where they are not.

    Symmetric. Words are spelled alike (``spelled``), sound alike, or are one name in two languages.

    >>> similar("huawei", "huawai")
    (0.91, 'sound')
    >>> similar("gaddafi", "qadhafi")[1], similar("huawei", "shanghai")
    ('sound', (0.0, ''))
    """
    if one == other:
        return 1.0, SAME
    if one > other:
        return similar(other, one)
    sets = words().nicknames
    if one in sets and other in sets and sets[one] & sets[other]:
        return 0.93, VARIANT
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < 2:
        return 0.0, ""
    if one[:-1] == other[:-1] and one[-1] + other[-1] in ("ao", "oa"):
        # Antonio is not Antonia.
        return 0.72, SPELLING
    if other == one + "le" and one.endswith("el"):
        # Nor is Michel Michelle.
        return 0.72, SPELLING
    longer = max(len(one), len(other))
    distance = OSA.distance(one, other)
    if distance > 1 and other_syllables(one, other):
        # Chinese names share few syllables: another syllable is another name.
        return 0.0, ""
    by_spelling = spelled(one, other)
    heard = sound(one)
    if heard == sound(other) and heard:
        alike_so_far = 1.0 - distance / longer
        if alike_so_far >= 0.5 or distance <= 2:
            # The fewer consonants agree, the less it says.
            by_sound = 0.66 + 0.3 * alike_so_far if len(heard) > 1 else 0.5 + 0.35 * alike_so_far
            if by_sound > by_spelling:
                return round(by_sound, 4), SOUND
    return (by_spelling, SPELLING) if by_spelling else (0.0, "")


def spelled(one: str, other: str) -> float:
    """How alike two different words are spelled: letters changed, dropped, added or swapped count one each.

    Optimal string alignment; 0 where more than ``slips`` letters differ.

    >>> spelled("lavrov", "lavrow"), spelled("snow", "stone")
    (0.85, 0.0)
    """
    longer = max(len(one), len(other))
    allowed = slips(min(len(one), len(other)))
    distance = OSA.distance(one, other, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    likeness = round(1.0 - 0.9 * distance / longer - _begins(one, other), 4)
    return likeness if likeness >= 0.65 else 0.0


def joined(together: str, word: str, *, exact: bool = False) -> float:
    """How alike several words written together are to one word: a letter may differ, or the sound agrees.

    ``exact`` where one of them is in Chinese or Korean script: two syllables together say too little.

    >>> joined("goodwill", "goodwill"), joined("vanderbilt", "vanderbild") > 0.8, joined("alsaud", "saudi")
    (1.0, True, 0.0)
    """
    if exact:
        return float(together == word)
    if abs(len(together) - len(word)) > 2:
        return 0.0
    likeness, kind = similar(together, word)
    if likeness < 0.82 or (kind == SPELLING and OSA.distance(together, word) > 1):
        return 0.0
    return likeness


@functools.lru_cache(maxsize=1 << 17)
def across_scripts(one: str, other: str) -> float:
    """How alike two words are of which one came from a script without vowels: by their consonants, 0 where not.

    >>> across_scripts("mhmd", "mohammed") > 0.7, across_scripts("mhmd", "ahmed")
    (True, 0.0)
    """
    a, b = skeleton(one), skeleton(other)
    if a == b and len(a) > 2:
        return 0.84
    if a == b and len(a) == 2 and _without_w(one) == _without_w(other):
        return 0.72
    if min(len(a), len(b)) > 3 and OSA.distance(a, b) <= 1:
        return 0.66
    return 0.0


def _without_w(word: str) -> str:
    """How a word sounds where w and y may be vowels, which Arabic and Hebrew write with the same letters."""
    return sound(word.replace("w", "").replace("y", ""))


def transcribed(one: str, other: str) -> float:
    """How alike two words are of which one was written by its sound in syllables, where r is l; 0 where not.

    >>> transcribed("beilake", "barack") > 0.7
    True
    """
    a, b = skeleton(one).replace("r", "l"), skeleton(other).replace("r", "l")
    if a == b and len(a) > 1 and (one[0] in "aeiou") == (other[0] in "aeiou"):
        return 0.84 if len(a) > 2 else 0.72
    return 0.0


def alike(
    one: str, other: str, script: int, other_script: int, *, person: bool = False
) -> tuple[float, str]:
    """``similar``, for words of names that may have been written in other scripts (see ``script_of``).

    Chinese and Korean words come in few syllables, which many people share: their sound says nothing, and a
    letter's difference only in a long word, or in a company's name. Scripts without vowels leave consonants.
    """
    likeness, kind = similar(one, other)
    if one == other or script == other_script == LATIN:
        return likeness, kind
    scripts = (script, other_script)
    if SYLLABLES in scripts:
        if kind == VARIANT:
            return 0.82, kind
        likeness = spelled(one, other) if min(len(one), len(other)) >= (9 if person else 6) else 0.0
        return likeness, SPELLING if likeness else ""
    if kind == SOUND and LATIN in scripts:
        return max(likeness, 0.88), SOUND
    if script != other_script:
        across = (
            across_scripts(one, other) if CONSONANTS in scripts
            else transcribed(one, other) if TRANSCRIBED in scripts
            else 0.0
        )  # fmt: skip
        if across > likeness:
            return across, SCRIPT
    return likeness, kind
