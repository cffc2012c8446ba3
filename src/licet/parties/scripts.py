"""In which script a name is written, by what that leaves of it."""

from __future__ import annotations

LATIN, ALPHABET, CONSONANTS, SYLLABLES, TRANSCRIBED = range(5)
"""Other alphabets keep a name's vowels, Arabic and Hebrew write few of them, Chinese, Japanese and Korean
write syllables; TRANSCRIBED are foreign names in syllables."""

_INTERPUNCT = frozenset("·・‧•")


def script_of(text: str) -> int:
    """The script of a text: ``LATIN``, ``ALPHABET``, ``CONSONANTS``, ``SYLLABLES`` or ``TRANSCRIBED``.

    >>> [script_of(text) for text in ("Müller", "Хуавей", "محمد", "华为", "贝拉克·奥巴马")]
    [0, 1, 2, 3, 4]
    """
    if text.isascii():
        return LATIN
    other = [ord(character) for character in text if ord(character) > 0x2AF and character.isalpha()]
    if not other:
        return LATIN
    if any(0x3400 <= code <= 0xD7FF for code in other):
        # A point between words in Chinese or Japanese marks a foreign name that was written by its sound.
        return TRANSCRIBED if _INTERPUNCT.intersection(text) else SYLLABLES
    if any(0x3040 <= code <= 0x30FF for code in other):
        return TRANSCRIBED
    if any(0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFEFF for code in other):
        return CONSONANTS
    return ALPHABET
