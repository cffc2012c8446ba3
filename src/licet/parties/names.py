"""One spelling for a name, so that case, accents, points and the way a legal form is written do not matter."""

from __future__ import annotations

import functools
import re
import unicodedata

# Legal forms with their spellings; a dotted form ("d.o.o.") has lost its dots by then. The same company
# is written with one or the other, so that they count as one word.
_FORMS = {
    "company": "co", "corporation": "corp", "limited": "ltd", "incorporated": "inc",
    "llc": "llc", "private": "pte", "pvt": "pte", "public": "public", "joint": "joint",
}  # fmt: skip
_LEGAL = frozenset({
    "ab", "ag", "as", "bhd", "bv", "co", "corp", "doo", "dd", "fze", "fzco", "gmbh", "inc", "jsc", "kg",
    "llc", "llp", "ltd", "nv", "ooo", "oy", "pjsc", "plc", "pte", "pty", "sa", "sarl", "sas", "sdn", "spa",
    "srl", "zao", "cv", "de",
})  # fmt: skip
_INITIALS = re.compile(r"\b(?:\w\.){2,}\w?(?!\w)|\b\w(?:\.\w)+\.?(?!\w)")
_PARENTHESIS = re.compile(r"\(([^()]*)\)")


@functools.lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """A name in one spelling: Latin letters without accents, lower case, no punctuation.

    >>> normalise("HUAWEI TECHNOLOGIES CO LTD") == normalise("Huawei Technologies Co., Ltd.")
    True
    >>> normalise("PALEA DOO") == normalise("Palea d.o.o.")
    True
    """
    text = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    words = re.findall(r"[^\W_]+", text.replace("'", "").replace("’", "").replace("&", " and "))
    return " ".join(_FORMS.get(word, word) for word in words)


def core(name: str) -> str:
    """The normalised name without legal forms at its end; equal cores are a possible match only.

    >>> core("Huawei Technologies Co., Ltd."), core("Huawei Technologies")
    ('huawei technologies', 'huawei technologies')
    """
    return bare(normalise(name))


def bare(spelling: str) -> str:
    """A spelling that is normalised already, without legal forms at its end."""
    words = spelling.split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)


def written(name: str) -> set[str]:
    """The normalised names under which a listed name answers.

    A short name in parentheses at the end stands beside the long one, so that an entry "HiSilicon
    Technologies Co., Ltd (HiSilicon)" answers to the whole, to the long name and to the short one.
    """
    found = {normalise(name)}
    last = _PARENTHESIS.search(name)
    if last is not None and last.end() == len(name.strip()) and last.start() > 0:
        found.add(normalise(name[: last.start()]))
        inside = normalise(last[1])
        if inside and len(inside) > 3 and normalise(name).startswith(inside):
            found.add(inside)
    return {spelling for spelling in found if spelling}
