"""Names in Latin letters: any script to lower-case ASCII words, and words to how they sound.

Transliteration is by `anyascii`, after what it cannot know: words of Chinese company names by their meaning,
the Arabic article, the Korean reading of Chinese characters.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from anyascii import anyascii

from licet.parties.words import words

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_ARABIC = re.compile(r"[؀-ۿﭐ-﷿ﹰ-﻿]")
_HANGUL = re.compile(r"[가-힣]+")
_HEBREW = re.compile(r"[֐-׿]")
# What a name must not hold: controls, marks of direction, halves of surrogate pairs.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff]"
)
# Long vowels are the few that the script writes; the mark that only lengthens a line is none.
_ARABIC_LETTERS = str.maketrans({"ا": "a", "أ": "a", "إ": "i", "آ": "a", "\u0640": None})
# A word of Latin and Cyrillic or Greek letters was written by their look.
_MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[Α-ωЀ-ӿ])\w+")
_LOOKS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυ",
    "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXavopu",
)
_CYRILLIC_LOOKS = str.maketrans("ABEKMHOPCTXaeopcyx", "АВЕКМНОРСТХаеорсух")
_OTHER_ALPHABET = re.compile("[Α-ωЀ-ӿ]")
LONGEST = 1000
"""Characters of a name that are looked at; no listed name has half as many."""
MOST_WORDS = 110
"""Words of a name that are looked at; no listed name has half as many."""


def visible(text: str) -> str:
    """Text without hidden characters, which could make one name look like another."""
    return _HIDDEN.sub("", text) if not text.isascii() or not text.isprintable() else text


def latin(text: str) -> str:
    """Lower-case ASCII of a name in any script.

    >>> latin("Müller"), latin("Дерипаска Олег"), latin("华为技术有限公司")
    ('muller', 'deripaska oleg', ' huawei technology co ltd ')

    Letters that only look Latin are read as they look (here the first four are Cyrillic):

    >>> latin("Нуаwеi")
    'hyawei'
    """
    if text.isascii():
        return text.lower()
    text = _MIXED.sub(_by_look, unicodedata.normalize("NFKC", text))
    if _ARABIC.search(text):
        # The article is written together with its word; by itself it says nothing.
        text = re.sub(r"\bال(?=\w)", "ال ", text)
        text = text.replace("عبد ال", "عبدال").translate(_ARABIC_LETTERS)
    if _HAN.search(text):
        text = _HAN.sub(lambda found: f" {_chinese(found[0])} ", text.translate(words().simplified))
    if _HANGUL.search(text):
        text = _HANGUL.sub(lambda found: " ".join(f" {found[0]} "), text)
    return anyascii(text).lower().replace("`", "'")


def _by_look(mixed: re.Match[str]) -> str:
    """A word of two alphabets in one: in Latin letters where all look like some, else in Cyrillic ones."""
    word = mixed[0]
    plain = word.translate(_LOOKS)
    if not _OTHER_ALPHABET.search(plain):
        return plain
    turned = word.translate(_CYRILLIC_LOOKS)
    # A word of letters that look like no others ("µTech") stays as it is.
    return (
        word if any(character.isascii() and character.isalpha() for character in turned) else turned
    )


def _chinese(run: str) -> str:
    known, longest, out, at, letters = words().han, words().han_longest, [], 0, ""
    while at < len(run):
        for size in range(min(longest, len(run) - at), 0, -1):
            if (meaning := known.get(run[at : at + size])) is not None:
                if letters:
                    out.append(letters)
                    letters = ""
                out.append(meaning)
                at += size
                break
        else:
            letters += anyascii(run[at]).lower()
            at += 1
    if letters:
        out.append(letters)
    return " ".join(out)


def korean(text: str) -> str | None:
    """A short name of Chinese characters as Koreans read it, or None: 金正恩 is Kim Jong Un.

    >>> korean("金正恩")
    'kim jong un'
    """
    bare = text.replace(" ", "").replace("·", "")
    if not 2 <= len(bare) <= 4 or not _HAN.fullmatch(bare):
        return None
    read = [words().korean.get(character) for character in bare]
    return " ".join(filter(None, read)) if all(read) else None


_SOUNDS = [
    (re.compile(pattern), by)
    for pattern, by in (
        # Sibilants and affricates are written in a dozen ways and fall together.
        ("shch|tsch|sch|tch|dzh|tz|ts|cz|sh|ch|dj|zh|j(?=[aeiou])|c(?=[eiy])|x|z", "s"),
        ("ph", "f"), ("kh", "h"), ("ck|gh|q|c|g", "k"), ("dh|d|th", "t"), ("w", "v"), ("y|j", "i"),
        # An h that only lengthens a vowel is not heard.
        ("(?<=[aeiou])h(?![aeiou])", ""),
    )
]  # fmt: skip
_VOWELS = re.compile("[aeiou']+")
_DOUBLE = re.compile(r"(.)\1+")


@functools.lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """A word's consonants as they sound, so that ways to write one name fall together.

    >>> sound("qaddafi") == sound("gadhafi"), sound("mohammed") == sound("muhamad")
    (True, True)
    """
    out = word
    for pattern, by in _SOUNDS:
        out = pattern.sub(by, out)
    first = "a" if out[:1] in "aeiou" else ""
    return _DOUBLE.sub(r"\1", first + _VOWELS.sub("", out))


_BARE = str.maketrans("", "", "aeiouywhv'")


@functools.lru_cache(maxsize=1 << 17)
def skeleton(word: str) -> str:
    """The consonants that are left in scripts that write no vowels and no p: "mhmd" and "mohammed".

    Only to be compared with a word from such a script; between Latin words it says too little.

    >>> skeleton("mhmd") == skeleton("mohammed")
    True
    """
    return _DOUBLE.sub(r"\1", sound(word).replace("p", "b").translate(_BARE))
