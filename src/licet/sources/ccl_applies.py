"""What a control line applies to: paragraphs of its entry, or a named question.

"NS applies to 5A001.b (except .b.5), .c and .g" is paragraphs; "MT applies to 3A001.a.1.a when
usable in missiles" is a question that only the order can answer. Nothing in prose is dropped:
what does not parse becomes a question.

A paragraph asked of a control that applies to one of its ancestors is reached by it (3A991.a.1 of
``a``); asked of a control that applies to a descendant only, it is undecided: the deeper
paragraph is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256

_REF = r"[a-z](?:\.(?:\d{1,2}|[a-z]))*"
_RANGE = re.compile(rf"\.?({_REF}) (?:to|through) \.?({_REF})")
_ENTIRE = re.compile(r"(?:the )?entire entry")
# An ECCN with its paragraphs: "3A001.z.1.a, z.2.a and .c"; the list ends where prose begins.
_MORE = rf"(?:,? (?:and|or) |, )(?:\.{_REF}(?![\w(])|[a-z](?:\.(?:\d{{1,2}}|[a-z]))+(?![\w(]))"
_REFERS = re.compile(rf"\b(\d[A-E]\d{{3}})(?: ?\.({_REF})(?![\w(])((?:{_MORE})*))?|\b(\d[A-E])\b")
# What still looks like a paragraph once those are gone: then narrowing would lose it.
_STRAY = re.compile(r"(?<!\w)\.[a-z]\b|\b[a-z]\.\d|(?:,|\band|\bor) (?!a )[a-z]\b(?!\.\w)")


@dataclass(frozen=True, slots=True)
class Applies:
    """Reached paragraphs (none: the entire entry), those taken out, and the question if any."""

    reason: str
    paragraphs: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    question: str = ""
    asks: str = ""
    digest: str = ""


def _expand(first: str, last: str) -> list[str] | None:
    """Paragraphs from one to another with the same parent: f.2 to f.4 -> f.2 f.3 f.4."""
    head, _, low = first.rpartition(".")
    other, _, high = last.rpartition(".")
    if head != other and other:
        return None
    dot = f"{head}." if head else ""
    if low.isdigit() and high.isdigit() and int(low) < int(high):
        return [f"{dot}{number}" for number in range(int(low), int(high) + 1)]
    if low.isalpha() and high.isalpha() and low < high:
        return [f"{dot}{chr(letter)}" for letter in range(ord(low), ord(high) + 1)]
    return None


def paragraphs(listed: str, eccn: str) -> tuple[str, ...] | None:
    """Paragraph references of a list in prose, relative to the ECCN; None when it is more.

    >>> paragraphs("3B001.a.4, c, f.5 to f.7, and .z", "3B001")
    ('a.4', 'c', 'f.5', 'f.6', 'f.7', 'z')
    >>> paragraphs("3A001.h when the parameters are met", "3A001") is None
    True
    """
    plain = re.sub(rf"\b{eccn} ?\.? ?(?=[a-z])", "", listed)
    plain = re.sub(r"\.(?= [a-z0-9])(?! and| or)", ".", plain).replace(". ", ".")
    plain = re.sub(r"\b(?:paragraphs?|of this entry|only)\b", "", plain)
    found: list[str] = []
    for part in re.split(r"[,;]|\band\b|\bor\b|\bas well as\b", plain):
        token = part.strip().removesuffix(".").strip()
        if not token:
            continue
        if span := _RANGE.fullmatch(token):
            expanded = _expand(span[1], span[2])
            if expanded is None:
                return None
            found += expanded
        elif single := re.fullmatch(rf"\.?({_REF})", token):
            found.append(single[1])
        elif found and (sibling := re.fullmatch(r"\.?(\d{1,2})", token)):
            found.append(f"{found[-1].rpartition('.')[0]}.{sibling[1]}")
        else:
            return None
    return tuple(dict.fromkeys(found)) or None


_EXCEEDS = re.compile(r"(?:meets?|met) or exceed|exceeds?(?:ed)? the|meet the characteristics")
_SHOTGUN = re.compile(r"shotguns with a barrel length (less than|greater than or equal to) (\d+)")
_BARREL = {"less than": "shorter than", "greater than or equal to": "of at least"}


def _references(said: str) -> list[str]:
    """ECCNs and paragraphs that a text names, each in full: 3A001.z.1.a, 3A001.z.2.a."""
    found: list[str] = []
    for match in _REFERS.finditer(said):
        eccn, first, more, group = match[1], match[2], match[3] or "", match[4]
        if group or not first:
            found.append(group or eccn)
            continue
        found.append(f"{eccn}.{first}")
        found += [
            f"{eccn}.{ref}"
            for ref in re.findall(rf"(?<=[ .])({_REF})(?=$|[ ,])", more)
            if ref not in ("and", "or")
        ]
    return list(dict.fromkeys(found))


def _digest(said: str) -> str:
    """Six hexadecimal digits of a wording, blind to case, spaces and punctuation."""
    return sha256(re.sub(r"[^a-z0-9]+", "", said.lower()).encode()).hexdigest()[:6]


def _named(found: Applies, eccn: str) -> Applies:
    """With a slug made from what is asked: an editorial change of the wording keeps it."""
    slug = f"{eccn}-{found.reason}-{_digest(found.asks)}".lower()
    return replace(found, question=slug)


def _question(eccn: str, reason: str, said: str) -> Applies:
    """A named question, in plain words made from the facts of the line."""
    digest = _digest(said)
    named = _references(said)
    why = re.search(r"for ([A-Z]{2}) reasons", said)
    suffix = f", where they are controlled for {why[1]} reasons" if why else ""
    kind = re.match(r"(?:the )?[“\"]?(software|technology|genetic elements|equipment)", said)
    others = [ref for ref in named if not ref.startswith(eccn)]
    if kind and others and not re.search(r"\bexcept\b", said, re.IGNORECASE):
        through = "; a range reaches what lies between" if " to " in said else ""
        asks = f"Is this {kind[1]} for items of {', '.join(others)}{through}{suffix}?"
        return _named(Applies(reason, asks=asks, digest=digest), eccn)
    own = tuple(ref.partition(".")[2] for ref in named if ref.startswith(f"{eccn}."))
    stray = _STRAY.search(_REFERS.sub("", said))
    if stray or re.search(r"\b(?:except|other than|but not)\b", said, re.IGNORECASE):
        own = ()
    # An own paragraph may be named for its parameters instead of its items; and clauses differ.
    clauses = ";" in said or "as well as" in said
    if re.search(rf"(?:parameters|criteria|characteristics) (?:of|in) (?:ECCNs? )?{eccn}", said):
        own, clauses = (), True
    place = f" ({', '.join(own)})" if own else ""
    beside = f" It refers to {', '.join(others)}." if others else ""
    if shotgun := _SHOTGUN.search(said):
        asks = f"Is this a shotgun with a barrel {_BARREL[shotgun[1]]} {shotgun[2]} inches"
        asks += ", or a component for shotguns" if "components" in said else ""
        asks += ", and is it for police or law enforcement" if "police" in said else ""
        return _named(Applies(reason, own, asks=f"{asks}?", digest=digest), eccn)
    excepts = re.search(r"\bexcept\b", said, re.IGNORECASE)
    if others and _EXCEEDS.search(said) and not clauses and not excepts:
        limits = " or ".join(others)
        asks = f"Does this item of {eccn}{place} reach or exceed the parameters of {limits}?"
        return _named(Applies(reason, own, asks=asks, digest=digest), eccn)
    asks = (
        f"{eccn}{place} is controlled for {reason} reasons only under a condition printed in the"
        f" entry's License Requirements. Does this item meet it?{beside}"
    )
    return _named(Applies(reason, own, asks=asks, digest=digest), eccn)


def applies(control: str, eccn: str) -> Applies | None:
    """What one control line says; None when it does not even name a reason for control."""
    said = " ".join(control.split()).rstrip(". ")
    said = re.sub(r"(\.[a-z])\. (?=\d)", r"\1.", said)
    said = said.replace(f"entire entry ({eccn})", "entire entry")
    if re.match(r"Russian industry sector sanctions? appl", said):
        return Applies("FP")
    begins = re.match(
        r"([A-Z]{2}) (?:applies|apply)(?: only)?(?: to)?(?: only)?(?: to)?[:,]? ?(.*)",
        said,
    )
    if not begins:
        return None
    reason, rest = begins[1], begins[2]
    rest = re.sub(r" \(refer to [^)]*\)$", "", rest)
    # "Items controlled by 5A002.z.1" are those paragraphs; so is "software" of the own entry.
    rest = re.sub(r"^(?:the )?(?:items|commodities) (?:controlled )?(?:by|in) (?=\d)", "", rest)
    rest = re.sub(rf"^“?(?:software|technology)”? (?:controlled )?(?:by|in) (?={eccn})", "", rest)
    if _ENTIRE.fullmatch(rest) or re.match(r"(?:the )?entire entry\. A license is required", rest):
        return Applies(reason)
    if taken := re.fullmatch(r"(?:the )?entire entry,? except(?: for)?:? (.*)", rest):
        excepted = paragraphs(taken[1], eccn)
        if excepted:
            return Applies(reason, (), excepted)
        return _question(eccn, reason, rest)
    without: list[str] = []
    for inner in re.findall(r"\(except (?:for )?([^()]*)\)", rest):
        some = paragraphs(inner, eccn)
        if some is None:
            return _question(eccn, reason, rest)
        without += some
    reached = paragraphs(re.sub(r" ?\(except [^()]*\)", "", rest), eccn)
    if reached:
        return Applies(reason, reached, tuple(without))
    return _question(eccn, reason, rest)
