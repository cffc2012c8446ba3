"""List-based License Exceptions of a CCL entry, as short codes instead of prose.

LVS: ``N/A``, dollars (``1500``), or ``a.1=3000|z=N/A|*=5000`` (the first clause that fits decides; ``*``
is the rest; what no clause fits has none). GBS: ``yes``, ``no``, ``yes:b c.2`` (those only),
``yes-not:MT``. STA: what may not go under it, ``none`` (A:5 and A:6), ``not-A:6``, ``no-c1``,
``no-c2``, each with ``:terms`` (comma between) where not the whole entry.

A term is a paragraph (``b.2``), a reason for control (``MT``), a destination (``in-CA`` a country, ``in-B``
a Country Group, ``not-D:3`` not in that group, ``not-RS:2`` without a mark in that column of the
Country Chart) or ``?``, a condition that only the entry's text tells; ``!`` denies a paragraph or
reason, and ``&`` joins what must all be so: ``b.2&?``, ``h&!MT``. ``see-entry`` is a wording that was
never read; the compile refuses it.
"""

from __future__ import annotations

import re

from licet.sources.ccl_applies import paragraphs
from licet.sources.ccl_exception_wordings import by_hand

SEE = "see-entry"
_MONEY = re.compile(r"\$([\d,]+)")


def _whom(said: str, eccn: str) -> str | None:
    """Paragraphs or reasons of a clause: "MT and for 1C007.e" -> "MT 1C007.e"'s codes."""
    found: list[str] = []
    for part in re.split(r"\band\b(?= for)|\band for\b", said):
        bare = re.sub(r"\bfor\b", "", part).strip(" ,.;:")
        if re.fullmatch(r"(?:[A-Z]{2}(?:, | and )?)+(?: items)?", bare):
            found += re.findall(r"[A-Z]{2}", bare)
            continue
        refs = paragraphs(bare, eccn)
        if refs is None:
            return None
        found += refs
    return " ".join(found) or None


def lvs(said: str, eccn: str) -> str:
    """The LVS value limit in US dollars, as a code."""
    if (read := by_hand("lvs", eccn, said)) is not None:
        return read
    plain = said.strip().rstrip(".;")
    if plain in ("", "N/A"):
        return "N/A"
    if whole := re.fullmatch(r"\$([\d,]+)", plain):
        return whole[1].replace(",", "")
    clauses: list[str] = []
    if without := re.fullmatch(r"\$([\d,]+), except (?!N/A)(.*)", plain):
        plain = f"${without[1]}; N/A for {without[2]}"
    parts = re.split(r"; *|,? except(?= N/A)|, (?=N/A)|, (?=\$)| (?=\$)", plain)
    for part in parts:
        clause = part.strip(" ,.")
        money = _MONEY.match(clause)
        value = money[1].replace(",", "") if money else "N/A"
        if not money and not clause.startswith("N/A"):
            return SEE
        rest = clause[money.end() :] if money else clause[3:]
        if not rest.strip() or rest.strip() == "for all other items":
            clauses.append(f"*={value}")
            continue
        whom = _whom(rest, eccn)
        if whom is None:
            return SEE
        clauses.append(f"{whom}={value}")
    # What has none is said first: the first clause that fits decides, and "*" fits everything.
    clauses.sort(key=lambda clause: (clause.startswith("*="), not clause.endswith("=N/A")))
    return "|".join(clauses)


def gbs(said: str, eccn: str) -> str:
    """Eligibility for GBS (740.4), as a code."""
    if (read := by_hand("gbs", eccn, said)) is not None:
        return read
    plain = said.strip().rstrip(".")
    if plain in ("", "N/A"):
        return "no"
    if plain == "Yes":
        return "yes"
    if out := re.fullmatch(r"Yes, except (?:N/A )?(?:for )?(.*)", plain):
        whom = _whom(out[1], eccn)
        return f"yes-not:{whom}" if whom else SEE
    if narrowed := re.fullmatch(
        r"Yes,? for (.*?)(?:, N/A for ([A-Z]{2})| \(unless controlled for ([A-Z]{2})\))", plain
    ):
        whom = _whom(narrowed[1], eccn)
        reason = narrowed[2] or narrowed[3]
        return f"yes:{' '.join(f'{p}&!{reason}' for p in whom.split())}" if whom else SEE
    if only := re.fullmatch(r"Yes,? for (.*?),?", plain):
        whom = _whom(only[1], eccn)
        return f"yes:{whom}" if whom else SEE
    return SEE


def sta(said: str, eccn: str) -> str:
    """Exclusions from STA (740.20) by the entry's special conditions; empty: none are printed."""
    if not said:
        return ""
    if (read := by_hand("sta", eccn, said)) is not None:
        return read
    codes: list[str] = []
    # "(See Supplement No. 1 ...)" has a full stop that ends no sentence.
    said = re.sub(r" ?\(see supplement no\. ?1 to part 740 of the EAR\)", "", said, flags=re.I)
    for sentence in re.split(r"(?<=[a-z0-9)])\. (?=[A-Z(1-9])", said):
        if limit := re.search(r"\(c\)\((1|2)\)", sentence):
            code = f"no-c{limit[1]}"
        elif "may not be used" not in sentence:
            return SEE
        elif re.search(r"A:5 or A:6", sentence) or "Country Group" not in sentence:
            code = "none"
        else:
            code = "not-A:6"
        body = re.split(r"to any of the destinations|,? unless", sentence)[0]
        body = re.sub(r" \(i\.e\.[^)]*\)", "", body)  # 9A610.a says which end items it means
        if re.search(r"except|other than|development|specified by ECCNs|accord", body):
            return SEE
        refs = re.search(rf"{eccn} ?(\.[a-z][^()]*)$", body.rstrip(". "))
        reached = paragraphs(re.sub(r" entry$", "", refs[1]), eccn) if refs else ()
        if reached is None or (not refs and re.search(r"barrel|specially designed", body)):
            return SEE
        codes.append(f"{code}:{','.join(reached)}" if reached else code)
    return " ".join(dict.fromkeys(codes))
