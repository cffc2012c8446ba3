"""The Entity List (15 CFR part 744, supplement no. 4): official XML -> one row per listing.

A row of the official table is one entry. A row whose last three cells are blank continues the row
above. Affiliated entities inside an entry become rows of their own with the entry's scope, policy
and citations, and name it as their parent.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lxml import etree

from licet.sources import citations, ecfr, license_terms, listing_text
from licet.sources.citations import Citation, Effect
from licet.sources.countries import CRIMEA, heading_code
from licet.sources.errors import SourceError
from licet.sources.listing_text import Party

SUPPLEMENT = "Supplement No. 4 to Part 744"
TITLES = (
    "Country", "Entity", "License requirement", "License review policy",
    "Federal Register citation",
)  # fmt: skip
COLUMNS = (
    "id", "name", "aliases", "addresses", "country", "kind", "parent", "scope", "footnotes",
    "exceptions", "review_policy", "see", "citations", "notes", "valid_from", "valid_until",
    "published", "source",
)  # fmt: skip

# The day from which a footnote of the supplement can apply to anyone. The footnote itself came
# with an instrument; an entry got it with the first instrument it cites that took effect on or
# after that day, and an entry listed later has had it since its listing.
FOOTNOTE_FROM: dict[int, date] = {
    1: date(2020, 5, 15),  # 85 FR 29849: foreign-produced direct products for Huawei
    2: date(2020, 8, 17),  # 85 FR 51596: exclusion for cybersecurity research
    3: date(2022, 2, 24),  # 87 FR 12226: Russian (2022-03-02 also Belarusian) military end users
    4: date(2022, 10, 12),  # 87 FR 62186: supercomputers; effective in steps, this one 10-12
    5: date(2024, 12, 2),  # 89 FR 96790: semiconductor manufacturing equipment
}

# Affiliated entities that have been listed as long as the entry that now names them. The rule of August
# 2019 (84 FR 43493) put 19 new affiliates into Huawei's entry and moved three there that had entries of their
# own since May 2019; the rest of the entry's affiliates date from its second citation. The summary of the rule
# gives the numbers; which three were moved is from memory.
LISTED_WITH_PARENT: dict[str, frozenset[str]] = {
    "Huawei Technologies Co., Ltd.": frozenset(
        {
            "Huawei Digital Technologies (Suzhou) Co., Ltd.",
            "Shanghai Huawei Technologies Co., Ltd.",
            "Zhejiang Huawei Communications Technology Co., Ltd.",
        }
    ),
}

# Entries whose text holds another number of aliases than it announces: (name, announced, found).
# The names count, the announcement does not; a new mismatch fails the compile until it is read.
ALIAS_MISMATCHES: frozenset[tuple[str, int, int]] = frozenset(
    {
        ("Suntac Group", 1, 2),
        ("Huawei Marine Networks Co., Ltd.", 1, 4),
        ("Tianjin University", 13, 14),
        ("Islamic Revolutionary Guard Corps Aerospace Force", 10, 12),
        ("Middle East Automation & Controls Services", 1, 2),
        ("Joint Stock Company Mytishchi Machine Building Plant", 4, 8),
        ("JSC Zavod Kopir", 3, 4),
        ("Public Joint Stock Company Kremny", 5, 6),
        ("Tactical Missile Corporation, Concern “MPO—Gidropribor”", 2, 3),
        ("Tactical Missile Corporation, Joint Stock Company Ravenstvo", 1, 2),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as read: its parsed text and the still official cells."""

    line: int
    heading: str
    party: Party
    requirement: str
    footnotes: tuple[int, ...]
    policy: str
    citations: tuple[Citation, ...]


def read(root: etree._Element, path: Path) -> list[Entry]:
    """All entries of supplement no. 4 in official order, continuation rows joined.

    Raises ``SourceError`` with the line for an unknown heading, an unreadable citation or a new
    mismatch between announced and found aliases.
    """
    raw: list[tuple[int, str, list[etree._Element], list[str]]] = []
    heading = ""
    table = ecfr.appendix(root, SUPPLEMENT, path)
    for line, cells in ecfr.table_rows(table, TITLES, path):
        heading = ecfr.text(cells[0]) or heading
        if heading_code(heading) is None:
            raise SourceError(path, line, f"country heading {heading!r} is not in countries.csv")
        words = ecfr.lines(cells[1])
        if any(ecfr.text(cell) for cell in cells[2:]):
            if not words:
                raise SourceError(path, line, "an entry without a name")
            raw.append((line, heading, cells, words))
        elif raw and words:
            raw[-1][3].extend(words)
        else:
            raise SourceError(path, line, "an empty row, or a continuation of nothing")
    return [_entry(path, *row) for row in raw]


def rows(
    entries: list[Entry], known: tuple[Effect, ...], as_of: date, path: Path
) -> list[dict[str, str]]:
    """Table rows in ``COLUMNS``, sorted by id; ids are unique and depend on the entries only."""
    slugs: Counter[str] = Counter()
    table: list[dict[str, str]] = []
    for entry in entries:
        try:
            terms = _terms(entry, known, as_of)
        except ValueError as error:
            message = f"entry {entry.party.name!r}: {error}; read it and add its shape"
            raise SourceError(path, entry.line, message) from error
        parent = ""
        for party in (entry.party, *entry.party.children):
            own = terms
            if parent and party.name not in LISTED_WITH_PARENT.get(entry.party.name, {party.name}):
                own = _terms(replace(entry, citations=entry.citations[1:]), known, as_of)
            row = {"id": _unique(slug(party.name, entry.heading), slugs), **_names(party), **own}
            row["parent"] = parent
            row["notes"] = "|".join(filter(None, [*party.notes, terms["notes"]]))
            parent = parent or row["id"]
            table.append(row)
    return sorted(table, key=lambda row: row["id"])


def slug(name: str, heading: str) -> str:
    """A readable id such as ``huawei-technologies-co-ltd.cn``.

    >>> slug("Huawei Technologies Co., Ltd.", "CHINA, PEOPLE'S REPUBLIC OF")
    'huawei-technologies-co-ltd.cn'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace(".", " "))
    short = "-".join(words)[:100].rstrip("-")
    place = "crimea" if heading == CRIMEA else (heading_code(heading) or "").lower()
    return f"{short or 'entry'}.{place}"


def dating(
    cited: tuple[Citation, ...], known: tuple[Effect, ...], source: str
) -> tuple[str, str, str]:
    """valid_from, published and source of a listing, from its first citation."""
    first = min(cited)
    effective = citations.effective(first, known)
    if effective is None:
        return str(first.published), str(first.published), f"{source}; effective date assumed"
    return str(effective), str(first.published), source


def footnote_start(number: int, cited: tuple[Citation, ...], known: tuple[Effect, ...]) -> date:
    """The day since which footnote ``number`` has applied to an entry with these citations.

    Raises ``ValueError`` for a footnote that ``FOOTNOTE_FROM`` does not know.
    """
    if number not in FOOTNOTE_FROM:
        raise ValueError(f"footnote {number} is not known")
    earliest = FOOTNOTE_FROM[number]
    days = sorted(citations.effective(cite, known) or cite.published for cite in cited)
    if days[0] >= earliest:
        return days[0]
    return next((day for day in days if day >= earliest), earliest)


def _entry(
    path: Path, line: int, heading: str, cells: list[etree._Element], words: list[str]
) -> Entry:
    party = listing_text.parse(words)
    for each in (party, *party.children):
        mismatch = (each.name, each.announced or 0, len(each.aliases))
        if each.announced not in (None, len(each.aliases)) and mismatch not in ALIAS_MISMATCHES:
            raise SourceError(
                path, line, f"{each.name!r} announces {mismatch[1]} aliases, {mismatch[2]} found"
            )
        if not each.name:
            raise SourceError(path, line, f"an entity without a name in {words[0]!r}")
    requirement = " ".join(ecfr.lines(cells[2], skip=frozenset({"sup"})))
    policy, cites = ecfr.text(cells[3]), ecfr.text(cells[4])
    # A citation has strayed into the policy cell.
    if stray := re.search(r"(?<=EAR)\d+ FR \d+, [\d/]+\.", policy):
        policy, cites = policy[: stray.start()], f"{cites} {stray[0]}"
    # One entry is printed with the two cells exchanged.
    if "items subject to the EAR. (See" in policy and requirement.endswith("of denial"):
        requirement, policy = policy, requirement
    try:
        cited = citations.parse(cites)
    except ValueError as error:
        raise SourceError(path, line, f"{party.name!r}: {error}") from error
    marks = tuple(
        int(n) for mark in cells[2].iter("sup") for n in re.findall(r"\d+", ecfr.text(mark))
    )
    return Entry(line, heading, party, requirement, marks, policy, cited)


def _terms(entry: Entry, known: tuple[Effect, ...], as_of: date) -> dict[str, str]:
    need = license_terms.requirement(entry.requirement)
    policy, policy_see = license_terms.policy(entry.policy)
    valid_from, published, source = dating(
        entry.citations, known, f"15 CFR 744 Supp. 4, {as_of.isoformat()}"
    )
    marks = [
        f"{n}:{footnote_start(n, entry.citations, known)}" for n in sorted(set(entry.footnotes))
    ]
    notes = [*need.notes, *(["crimea"] if entry.heading == CRIMEA else [])]
    return {
        "country": heading_code(entry.heading) or "",
        "scope": need.scope,
        "footnotes": "|".join(marks),
        "exceptions": need.exceptions,
        "review_policy": policy,
        "see": " ".join(sorted(dict.fromkeys((*need.see, *policy_see)))),
        "citations": "|".join(map(str, entry.citations)),
        "notes": "|".join(notes),
        "valid_from": valid_from,
        "valid_until": "",
        "published": published,
        "source": source,
    }


def _names(party: Party) -> dict[str, str]:
    aliases = [alias for alias in dict.fromkeys((*party.former, *party.aliases)) if alias]
    for value in (party.name, *aliases, *party.addresses):
        if "|" in value:
            raise ValueError(f"the separator | stands inside {value!r}")
    return {
        "name": party.name,
        "aliases": "|".join(aliases),
        "addresses": "|".join(party.addresses),
        "kind": party.kind,
    }


def _unique(wanted: str, taken: Counter[str]) -> str:
    taken[wanted] += 1
    if taken[wanted] == 1:
        return wanted
    name, _, place = wanted.rpartition(".")
    return _unique(f"{name}-{taken[wanted]}.{place}", taken)
