"""Two names as given: in the readings of each that fit best."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from anyascii import anyascii
from rapidfuzz.distance import Indel, Levenshtein

from licet.parties.analysis import NAME, Name, analyse
from licet.parties.score import COSTS, Alignment, align
from licet.parties.scripts import SYLLABLES
from licet.parties.spelling import LONGEST, MOST_WORDS, korean
from licet.parties.words import words


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
        for one in _read(left, kind)
        for other in _read(right, kind)
    ]
    best = max(found, key=lambda alignment: alignment.score)
    characters = _characters_that_differ(left, right)
    if best.score == 1.0 and left != right:
        # Only one of two names that a text holds is the other's text.
        mark = round(
            COSTS["marks"][0] * (0.1 + Indel.normalized_distance(left[:LONGEST], right[:LONGEST])),
            4,
        )
        best = replace(best, costs=(("marks", mark),), score=round(math.exp(-mark), 6))
    return replace(best, score=round(best.score * 0.62**characters, 6)) if characters else best


def _read(text: str, kind: str) -> list[Name]:
    """The readings of a text that are compared, no longer than a name can be."""
    return [
        replace(
            name,
            words=name.words[:MOST_WORDS],
            kinds=name.kinds[:MOST_WORDS],
            given=name.given[:MOST_WORDS],
        )
        if len(name.words) > MOST_WORDS
        else name
        for name in readings(text, kind)[:_READ]
    ]


def readings(text: str, kind: str) -> tuple[Name, ...]:
    """The names that a text may be read as, the whole text first."""
    whole = analyse(text, kind)
    if text.isascii() and "/" not in text and "(" not in text:
        return (whole,)
    parts = [part.strip() for part in _ALTERNATIVES.split(text[:LONGEST])]
    found = [whole]
    names = [
        analyse(part, kind) for part in parts if len(part) > 3 and (kind != "person" or "/" in text)
    ]
    own = [name for name in names if NAME in name.kinds]
    if len(names) > 1 and ("/" in text or len(own) == len(names)):
        # "Bank of China (Hong Kong)" is one name, "Al-Qa'ida/Islamic Army" is two.
        found += own
    if kind != "person" and _HANGUL.fullmatch(text):
        # A Korean company's name of foreign origin is one word: 화웨이 is Huawei, not Hwa We I.
        found.append(replace(analyse(anyascii(text).lower(), kind), script=SYLLABLES))
    if not text.isascii() and (korean_reading := korean(text)):
        found.append(replace(analyse(korean_reading, kind), script=SYLLABLES))
    return tuple(found)


_READ = 16
"""Readings of a name that are compared: what has more is no name."""
_ALTERNATIVES = re.compile(r"\s*[/()（）]\s*")
_HANGUL = re.compile("[가-힣]{2,}")
_CJK = re.compile(r"[㐀-鿿가-힣]+")


def _characters_that_differ(left: str, right: str) -> int:
    """How many characters differ between two names in Chinese or Korean script: each is a syllable."""
    if left.isascii() or right.isascii() or not (_CJK.fullmatch(left) and _CJK.fullmatch(right)):
        return 0
    a, b = (side[:LONGEST].translate(words().simplified) for side in (left, right))
    return Levenshtein.distance(a, b) if len(a) == len(b) else 0
