"""Who is who in an ownership table: the key under which a cell's name or id is found again.

Keys are made for millions of cells, so that plain ASCII has paths of its own, one for a name and one for a
column of names; the rules are those of ``parties.names``.

An id is written ``SCHEME:VALUE`` and is compared letter by letter, case aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
_INITIALS = re.compile(r"\b(?:\w\.){2,}\w?(?!\w)|\b\w(?:\.\w)+\.?(?!\w)")
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
    if not text.isascii():
        text = normalise(text)  # accents and other scripts
    elif "." in text and _DOTTED.search(text):
        # Initials and legal forms with points: "d.o.o.", "S.A."
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    words = text.translate(_ASCII).split()
    if not words:
        return text.casefold()
    form = _FORMS.get
    return " ".join([form(word, word) for word in words])


_SLICE = 1 << 18  # names for one thread at a time


def keys(names: Any) -> Any:
    """The keys of an Arrow array of names: ``key`` for a whole column, most of it without Python.

    >>> import pyarrow as pa
    >>> keys(pa.array(["Zürich Co., Ltd.", "A & B Limited", "(None)"])).to_pylist()
    ['zurich co ltd', 'a and b ltd', '(none)']
    """
    return in_slices(_keys, names)


def in_slices(work: Callable[[Any], Any], texts: Any) -> Any:
    """What ``work`` makes of an Arrow array, slice by slice and on all cores."""
    import pyarrow as pa

    parts = [texts.slice(at, _SLICE) for at in range(0, len(texts), _SLICE)]
    if len(parts) < 2:
        return work(texts)
    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        return pa.concat_arrays(list(pool.map(work, parts)))


def _keys(names: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    made = pc.ascii_lower(names)
    # What only ``key`` can do: other scripts, points inside words, ids, marks, nothing but punctuation.
    hard = pc.or_(
        pc.invert(pc.string_is_ascii(names)), pc.match_substring_regex(made, r"\.\w|:|^\s*\(")
    )
    made = pc.replace_substring(made, "'", "")
    made = pc.replace_substring(made, "&", " and ")
    made = pc.replace_substring_regex(made, "[^a-z0-9]+", " ")
    made = pc.binary_join_element_wise(" ", pc.ascii_trim(made, " "), " ", "")
    for word, short in _FORMS.items():
        for _ in range(2):  # the second time for a word that follows itself
            made = pc.replace_substring(made, f" {word} ", f" {short} ")
    made = pc.ascii_trim(made, " ")
    hard = pc.or_(hard, pc.equal(made, ""))
    if not pc.any(hard).as_py():
        return made
    slow = pa.array([key(name) for name in names.filter(hard).to_pylist()], pa.string())
    return pc.replace_with_mask(made, hard, slow)


def listing_id(text: str) -> tuple[str, str] | None:
    """List and entry of a cell that names a listing by its number.

    >>> listing_id("SDN:6908"), listing_id("Huawei: the story")
    (('SDN', '6908'), None)
    """
    found = _LISTED.fullmatch(text.strip())
    return (found[1], found[2]) if found else None
