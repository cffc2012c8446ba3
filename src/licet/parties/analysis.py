"""A name taken apart: its words in Latin letters, and what each of them is to the name."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from licet.parties.scripts import ALPHABET, LATIN, script_of
from licet.parties.spelling import LONGEST, latin, visible
from licet.parties.words import words

NAME, BUSINESS, PLACE, NUMBER, INITIAL, WEAK, PARTICLE, TITLE, FORM = range(9)
KIND_WORDS = ("name", "business", "place", "number", "initial", "weak", "particle", "title", "form")
WEIGHTS = (1.0, 0.45, 0.4, 0.6, 0.3, 0.15, 0.06, 0.04, 0.05)
"""How much a word of each kind weighs in a name."""

_ROMAN = frozenset(
    [
        "ii",
        "iii",
        "iv",
        "vi",
        "vii",
        "viii",
        "ix",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xvii",
        "xviii",
        "xix",
        "xx",
    ]
)
_ROMAN_ONE = frozenset("ivx")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}(?:[a-z]\b)?|\b[a-z](?:\.[a-z])+\b")
_APOSTROPHE = re.compile(
    r"(?<=[a-z])['’`´‘ʼ]+(?=[a-z])|(?<![a-z0-9])['’`´‘ʼ]+(?=[a-z])|['’`´‘ʼ]+(?![a-z0-9])"
)
_WORD = re.compile(r"[a-z0-9]+")
_LEET = re.compile(r"(?<=[a-z])[0139](?=[a-z])|^[01](?=[a-z]{2})")
_LEETS = {"0": "o", "1": "i", "3": "e", "9": "g"}
# "MojtabaMASOUMPOUR" is two words.
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿа-яё][a-zß-öø-ÿа-яё])(?=[A-ZÀ-ÞА-ЯЁ])")
_NUMBERED = re.compile(r"([a-z]{2,})(\d{2,})")
_GLUED = re.compile(r"(.{3,}?)(limited|llc|[po]jsc|gmbh|corporation|company|kompaniya|public)")
_GLUED_BEFORE = re.compile(r"(limited|corporation|company)(.{4,})")
# "ZAOYartron" is two words: a form in capitals, and a name.
_FORM_BEFORE = re.compile(r"\b(?:OOO|OAO|ZAO|PAO|[POC]?JSC|LLC)(?=[A-Z][a-z])")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_SHIP = re.compile(r"^m\s?[./]\s?([vt])\b\.?\s*")
_AFTER = frozenset({"jr", "sr", "phd", "esq"})
_SURE_FORMS = frozenset(["ltd", "llc", "inc", "corp", "gmbh", "plc", "jsc", "fze"])


@dataclass(frozen=True, slots=True)
class Name:
    """The words of a name and their kinds (``NAME``, ``BUSINESS``, ... as indices of ``KIND_WORDS``).

    ``text`` is the name as given, ``given`` its words before words of trade and forms got their usual spelling.
    ``script`` is one of ``LATIN``, ``ALPHABET``, ....
    """

    text: str
    words: tuple[str, ...]
    kinds: tuple[int, ...]
    script: int = LATIN
    given: tuple[str, ...] = ()

    @property
    def distinctive(self) -> bool:
        """Whether any word could tell this name from others: not only forms, titles and particles."""
        return any(kind < INITIAL for kind in self.kinds)


@functools.lru_cache(maxsize=1 << 16)
def analyse(text: str, kind: str = "") -> Name:
    """A name's words; ``kind`` is person, organization, vessel, or "" where nobody said.

    >>> name = analyse("Huawei Technologies Co., Ltd.", "organization")
    >>> [(word, KIND_WORDS[kind]) for word, kind in zip(name.words, name.kinds)]
    [('huawei', 'name'), ('technology', 'business'), ('ltd', 'form')]
    """
    shown = visible(text)
    script = script_of(shown)
    if script in (LATIN, ALPHABET) and not (shown.isupper() or shown.islower()):
        shown = _CAMEL.sub(" ", shown)
        if kind != "person":
            shown = _FORM_BEFORE.sub(r"\g<0> ", shown)
    ascii_text = latin(shown[:LONGEST])[:LONGEST]
    if "/" in ascii_text or "." in ascii_text:
        ascii_text = _SHIP.sub(r"m\1 ", ascii_text)
    if "." in ascii_text:
        by = _spread if kind == "person" else _closed
        ascii_text = _DOTTED.sub(by, ascii_text)
    if "'" in ascii_text:
        ascii_text = _APOSTROPHE.sub("", ascii_text)
    if "&" in ascii_text or "+" in ascii_text:
        ascii_text = ascii_text.replace("&", " and ").replace("+", " and ")
    found = _WORD.findall(ascii_text)
    starts = words().saying_starts
    if not starts.isdisjoint(found):
        found = _said(found)
    out, kinds, given = _classify(found if kind == "person" else _whole_forms(found), kind)
    return Name(text, out, kinds, script, given)


def _spread(found: re.Match[str]) -> str:
    return " ".join(found[0].replace(".", " ").split()) + " "


def _closed(found: re.Match[str]) -> str:
    return found[0].replace(".", "").replace(" ", "") + " "


def _said(found: list[str]) -> list[str]:
    """The words with sayings of several words written as one."""
    sayings, out, at = words().sayings, [], 0
    while at < len(found):
        for size in (4, 3, 2):
            saying = (
                sayings.get(" ".join(found[at : at + size])) if at + size <= len(found) else None
            )
            if saying is not None:
                out.append(saying)
                at += size
                break
        else:
            out.append(found[at])
            at += 1
    return out


def _mended(word: str, near: Mapping[str, tuple[str, str]]) -> str | None:
    """The known word that a word is but for one letter, or None; two letters swapped before one missing."""
    other = None
    for at in range(len(word) + 1):
        found = near.get(word[:at] + word[at + 1 :] if at < len(word) else word)
        if found is not None and OSA.distance(found[0], word, score_cutoff=1) <= 1:
            if len(found[0]) == len(word):
                return found[1]
            other = other or found[1]
    return other


def _whole_forms(found: list[str]) -> list[str]:
    """The words with legal forms mended: a letter wrong, a gap in the middle, or glued to a neighbor."""
    near, whole = words().near_forms, words().form_words
    out: list[str] = []
    at = 0
    while at < len(found):
        word = found[at]
        if word in whole:
            out.append(word)
        elif at + 1 < len(found) and found[at + 1] not in whole and word + found[at + 1] in whole:
            out.append(word + found[at + 1])
            at += 1
        elif glued := (
            _GLUED.fullmatch(word) or _NUMBERED.fullmatch(word) or _GLUED_BEFORE.fullmatch(word)
        ):
            out += glued.groups()
        else:
            out.append((len(found) > 1 and len(word) >= 5 and _mended(word, near)) or word)
        at += 1
    return out


def _classify(
    found: list[str], kind: str
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    """The words with their kinds; legal forms of several words become one word."""
    known = words()
    out: list[str] = []
    kinds: list[int] = []
    given_words: list[str] = []
    at, count = 0, len(found)
    person, vessel = kind == "person", kind == "vessel"
    while at < count:
        word = found[at]
        longest = known.form_starts.get(word, 0)
        taken = 0
        for size in range(min(longest, count - at), 0, -1):
            given = word if size == 1 else " ".join(found[at : at + size])
            form = known.forms.get(given)
            if form is None:
                continue
            if size == 1 and given in known.ambiguous and not (at + size == count or at == 0):
                continue
            trailing = given in ("sa", "ag", "co") and at + size == count and count > 2
            if (person or vessel) and (form not in _SURE_FORMS or at == 0) and not trailing:
                # People and ships are called Ag, Co and Sa; a company called after one ends with them.
                continue
            out.append(form)
            kinds.append(FORM)
            given_words.append(form)
            taken = size
            break
        if taken:
            at += taken
            continue
        at += 1
        given_words.append(word)
        if word.isdigit():
            out.append(word.lstrip("0") or "0")
            kinds.append(NUMBER)
        elif ordinal := _ORDINAL.fullmatch(word):
            out.append(ordinal[1].lstrip("0") or "0")
            kinds.append(NUMBER)
        elif not word.isalpha():
            plain = _LEET.sub(lambda m: _LEETS[m[0]], word) if not vessel else word
            out.append(plain)
            kinds.append(NAME if plain.isalpha() else NUMBER)
        elif len(word) == 1:
            last = at == count or found[at] in known.form_starts
            roman = word in _ROMAN_ONE and last and len(out) > 1 and not person
            out.append(word)
            kinds.append(
                NUMBER
                if roman
                else PARTICLE
                if word in known.particles and kind != "person" and len(out) > 1
                else INITIAL
            )
        elif word in known.particles:
            out.append(word)
            kinds.append(PARTICLE)
        elif not person and word in _ROMAN and len(out) > 0:
            out.append(word)
            kinds.append(NUMBER)
        elif (vessel and at == 1 and word in known.vessel_prefixes and count > 1) or (
            person and word in known.honorifics and (at < count or word in _AFTER)
        ):
            out.append(word)
            kinds.append(TITLE)
        elif not person and (
            usual := known.business.get(word)
            or (len(word) >= 6 and _mended(word, known.near_business))
        ):
            out.append(usual)
            kinds.append(WEAK if usual in known.weak else BUSINESS)
        elif not person and word in known.places:
            out.append(word)
            kinds.append(PLACE)
        elif kind == "" and at == 1 and word in known.honorifics and count > 1:
            out.append(word)
            kinds.append(TITLE)
        else:
            out.append(word)
            kinds.append(NAME)
    if kinds and min(kinds) >= PARTICLE:
        # A name of nothing but small words ("The And Co.") still has its own words: particles count then.
        kinds = [
            NAME if k in (PARTICLE, TITLE) and len(w) > 1 else k
            for w, k in zip(out, kinds, strict=True)
        ]
    if not person and not known.swapped_business.keys().isdisjoint(out):
        _unswap(out, kinds, known.swapped_business, known.weak)
    return tuple(out), tuple(kinds), tuple(given_words)


def _unswap(
    out: list[str], kinds: list[int], swapped: Mapping[str, str], weak: Collection[str]
) -> None:
    """Short words of trade with two letters swapped, read as they were meant: "Mehdi Gruop" is a group.

    Only beside another word that is a name: "Gorup" alone may be somebody's.
    """
    for at, word in enumerate(out):
        meant = swapped.get(word)
        if meant and kinds[at] == NAME and kinds.count(NAME) > 1:
            out[at] = meant
            kinds[at] = WEAK if meant in weak else BUSINESS
