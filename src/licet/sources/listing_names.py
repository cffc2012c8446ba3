"""Where a name ends and an address begins, in one line of a list of parties.

Names hold commas ("Co., Ltd.") and addresses follow without a mark, so the rules know company
suffixes, abbreviations and country names; ``reviewed_names`` wins where they would err.
"""

from __future__ import annotations

import re

from licet.sources.countries import packaged_names
from licet.sources.reviewed_names import NAMES

_STARTS = tuple(NAMES)
_SUFFIX = (
    r"(?:Co|Company|Ltd|LTD|Limited|Inc|Incorporated|LLC|L\.L\.C|LLP|LP|L\.P|Corp|Corporation|"
    r"JSC|AOZT|CJSC|OJSC|PJSC|OAO|ZAO|AO|PAO|OOO|TOO|UAB|SIA|SUE|FSUE|FGUP|EOOD|d\.o\.o|"
    r"S\.A\.?S?|S\.R\.L|SRL|SARL|S\.A\.R\.L|SA|S\.A\.L|SAL|S\.L|SL|S\.p\.A|SpA|Lda|A\.S|a\.s|AS|"
    r"GmbH|KG|B\.V|BV|NV|Oy|OU|[Ss]\.r\.o|K\.?K|FZE|FZCO|FZC|FZ-LLC|DMCC|DWC-LLC|"
    r"PLC|Pte|PTE|Pvt|PVT|Pty|Private|Sdn|Bhd|PT|CO|INC|Jr|Sr|Unlimited|"
    r"Limited Liability Company|Joint Stock Company)"
)
_SUFFIX_SEGMENT = re.compile(
    rf"^(?:\(?{_SUFFIX}\)?\.?,?\s*)+(?:\([^)]*\)\.?)?$|^{_SUFFIX}\.?\s*\([^)]*\)(?:\s*\([^)]*\))*$"
)
# An address ends with its country; "and" after that begins another.
_PLACES = "|".join(map(re.escape, packaged_names())) + r"|U\.A\.E\."
_NEXT_COUNTRY = re.compile(
    rf"\b((?:{_PLACES})\.?)(?:,\s+and\s+(?=[A-Z0-9#])|\s+and\s+(?=\d|No\.|P\.O\.))"
)


def split_name(text: str) -> tuple[str, str]:
    """A name and what follows it, cut at the first comma that does not belong to the name.

    >>> split_name("Bold Bridge, LLC, 3 Hakobyan St., Yerevan")
    ('Bold Bridge, LLC', '3 Hakobyan St., Yerevan')
    """
    if known := reviewed(text):
        return tidy(known), text[len(known) :].strip(" ,.;:")
    depth, cuts = 0, []
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth <= 0:
            cuts.append(index)
    for position, cut in enumerate(cuts):
        end = cuts[position + 1] if position + 1 < len(cuts) else len(text)
        segment = text[cut + 1 : end].strip()
        if not _SUFFIX_SEGMENT.match(segment):
            return tidy(text[:cut]), text[cut + 1 :].strip()
    return tidy(text), ""


def split_alias(text: str) -> tuple[str, str]:
    """An alias and the address that stands behind it on the same line, if one does."""
    text = text.strip()
    if known := reviewed(text):
        return tidy(known), text[len(known) :].strip(" ,.;:")
    return tidy(text), ""


def split_last(text: str) -> tuple[str, str]:
    """The last alias of an entry and the address behind it, after a full stop or a comma.

    >>> split_last("Huawei Delhi OpenLab. Delhi, India.")
    ('Huawei Delhi OpenLab', 'Delhi, India.')
    """
    stop = re.search(r"(?<!\bCo)(?<!\bSt)(?<!\bNo)(?<!\b[A-Z])\. (?=[A-Z0-9#])", text)
    name, rest = split_name(text)
    if not stop or reviewed(text):
        return name, rest
    between = text[len(name) : stop.end()].strip(" ,")
    if stop.start() < len(name) or _SUFFIX_SEGMENT.match(between):
        return tidy(text[: stop.start() + 1]), text[stop.end() :]
    return name, rest


def reviewed(text: str) -> str:
    """The longest reviewed name with which the text starts (and after which the name ends)."""
    if not text.startswith(_STARTS):
        return ""
    hits = [name for name in NAMES if text.startswith(name) and not text[len(name) :][:1].isalnum()]
    return max(hits, key=len, default="")


def unbalanced(text: str) -> str:
    """The text without closing parentheses that it does not open."""
    text = text.rstrip(" .")
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1]
    return text


def closing(text: str, opening: int) -> int:
    """The place of the parenthesis that closes the one at ``opening``, or the end."""
    depth = 0
    for index in range(opening, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index
    return len(text)


_KEEPS_STOP = re.compile(
    r"(?:\b(?:Co|Ltd|Inc|Corp|Jr|Sr|Pvt|Pte|Pty|Bhd|Bros|Tech|Intl|Int'l|Dev|Elec|Mfg|St|Univ|Ins)"
    r"|\b\w(?:\.\w)+)\.$"
)


def tidy(text: str) -> str:
    """A name without the punctuation of the list around it; "Ltd." keeps its stop."""
    text = re.sub(r"(?:[;,]\s*(?:and)?\s*)+$", "", text.strip())
    text = re.sub(r"\s+(?:and)$", "", text) if text.endswith(" and") else text
    if text.endswith(".") and not _KEEPS_STOP.search(text):
        text = text.rstrip(".")
    if text.count("(") > text.count(")"):
        text += ")"
    return text.strip(" ,;")


def split_addresses(chunks: list[str]) -> list[str]:
    """The single addresses of running text, without those printed twice."""
    text = " ".join(chunks)
    text = re.sub(r"\(Address: ([^()]*)\)", r"\1", text)
    text = re.sub(r"\b(?:Alt\.? )?Address:\s*", "; ", text)
    text = _NEXT_COUNTRY.sub(r"\1; ", text)
    parts = re.split(r";\s*(?:and\b\s*|and(?=[A-Z0-9]))?|,\s+and\s+(?=(?:No\.|\d|P\.O\.))", text)
    found = [_tidy(part) for part in parts]
    return list(dict.fromkeys(part for part in found if part and part != "and"))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" ,;")
    text = re.sub(r"^and\s+", "", text)
    if text.endswith(".") and not re.search(r"\b(?:Ltd|Co|St|Rd|Ave)\.$|\b\w\.\w\.$", text):
        text = text.rstrip(".")
    return text.strip()
