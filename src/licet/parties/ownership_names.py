"""Who is who in an ownership table: the key under which a cell's name or id is found again.

Keys are made for millions of cells, so that the common case, plain ASCII, has a path of its own; the rules are
those of ``parties.names``. An id is written ``SCHEME:VALUE`` and is compared letter by letter, case aside.
"""

from __future__ import annotations

import re

from licet.parties.names import normalise

NOBODY = "(none)"
"""As owner: the owners were looked at, and nobody else is of concern."""
SOMEBODY = "(unknown)"
"""As owner: somebody of whom nobody knows who it is."""

_FORMS = {
    "company": "co", "corporation": "corp", "limited": "ltd", "incorporated": "inc", "pvt": "pte",
}  # fmt: skip
_ASCII = str.maketrans(
    {chr(c): " " for c in range(128) if not chr(c).isalnum()}
    | {chr(c): chr(c).lower() for c in range(ord("A"), ord("Z") + 1)}
    | {"'": "", "&": " and "}
)
_DOTTED = re.compile(r"\.\w")
_ID = re.compile(r"[A-Za-z0-9_-]+:[^\s:]+")
_LISTED = re.compile(r"([A-Z][A-Z0-9]{1,7}):([^\s:]+)")


def key(text: str) -> str:
    """The key of a cell: equal for spellings of one name that differ only as punctuation or case do.

    >>> key("Huawei Technologies Company Limited") == key("HUAWEI TECHNOLOGIES CO., LTD.")
    True
    >>> key("Palea d.o.o.") == key("PALEA DOO"), key("Société Générale") == key("SOCIETE GENERALE")
    (True, True)
    >>> key("lei:5493000IBP32UQZ0KL24"), key("(none)"), key("None")
    ('lei:5493000ibp32uqz0kl24', '(none)', 'none')
    """
    text = text.strip()
    if text.startswith("("):
        low = text.lower()
        if low in (NOBODY, SOMEBODY):
            return low
    if ":" in text and _ID.fullmatch(text):
        return text.casefold()
    if not text.isascii() or ("." in text and _DOTTED.search(text)):
        # Initials and legal forms with points ("d.o.o."), accents and other scripts.
        text = normalise(text)
    words = text.translate(_ASCII).split()
    if not words:
        return text.casefold()
    form = _FORMS.get
    return " ".join([form(word, word) for word in words])


def listing_id(text: str) -> tuple[str, str] | None:
    """List and entry of a cell that names a listing by its number.

    >>> listing_id("SDN:6908"), listing_id("Huawei: the story")
    (('SDN', '6908'), None)
    """
    found = _LISTED.fullmatch(text.strip())
    return (found[1], found[2]) if found else None
