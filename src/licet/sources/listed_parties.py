"""The Unverified List and the Military End-User List (15 CFR part 744, supplements nos. 6 and 7).

Both tables have three columns: country, person with address, Federal Register citation. On the
Military End-User List one entry is a heading over eight subordinate institutions, each in rows of
its own; they become rows with that heading's citation. Countries without an entry are reserved.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

from lxml import etree

from licet.sources import citations, ecfr, listing_text
from licet.sources.citations import Citation, Effect
from licet.sources.countries import heading_code
from licet.sources.entity_list import dating, slug
from licet.sources.errors import SourceError
from licet.sources.listing_text import Party

COLUMNS = (
    "id", "name", "aliases", "addresses", "country", "kind", "parent", "citations",
    "valid_from", "valid_until", "published", "source",
)  # fmt: skip
_GROUP = re.compile(r"The following (\w+) subordinate institutions of .*:$")
_MARKER = re.compile(r"Subordinate institu\w+:$")  # "instituion" is printed as well
SUPPLEMENTS: dict[str, tuple[int, tuple[str, str, str]]] = {
    "UVL": (6, ("Country", "Listed person and address", "Federal Register citation")),
    "MEU": (7, ("Country", "Entity", "Federal Register citation")),
}


def rows(
    root: etree._Element, listname: str, known: tuple[Effect, ...], as_of: date, path: Path
) -> list[dict[str, str]]:
    """Table rows of "UVL" or "MEU" in ``COLUMNS``, sorted by id.

    Raises ``SourceError`` with the line for an unknown heading, an unreadable citation or a row
    that is neither an entry nor part of one.
    """
    number, titles = SUPPLEMENTS[listname]
    appendix = ecfr.appendix(root, f"Supplement No. {number} to Part 744", path)
    table: list[dict[str, str]] = []
    slugs: Counter[str] = Counter()
    for line, heading, party, cited in _entries(appendix, titles, path):
        valid_from, published, source = dating(
            cited, known, f"15 CFR 744 Supp. {number}, {as_of.isoformat()}"
        )
        wanted = slug(party.name, heading)
        slugs[wanted] += 1
        if slugs[wanted] > 1:
            stem, _, place = wanted.rpartition(".")
            wanted = f"{stem}-{slugs[wanted]}.{place}"
        if not party.name:
            raise SourceError(path, line, "an entry without a name")
        table.append(
            {
                "id": wanted,
                "name": party.name,
                "aliases": "|".join(dict.fromkeys((*party.former, *party.aliases))),
                "addresses": "|".join(party.addresses),
                "country": heading_code(heading) or "",
                "kind": party.kind,
                "parent": "",
                "citations": "|".join(map(str, cited)),
                "valid_from": valid_from,
                "valid_until": "",
                "published": published,
                "source": source,
            }
        )
    return sorted(table, key=lambda row: row["id"])


def _entries(
    appendix: etree._Element, titles: tuple[str, ...], path: Path
) -> list[tuple[int, str, Party, tuple[Citation, ...]]]:
    """Line, heading, party and citations of each entry; a group's members share its citation."""
    found: list[tuple[int, str, Party, tuple[Citation, ...]]] = []
    heading = shared = ""
    group, announced = 0, 0  # line of the group's heading (0: none), members still to come
    for line, cells in ecfr.table_rows(appendix, titles, path):
        heading = ecfr.text(cells[0]) or heading
        if heading_code(heading) is None:
            raise SourceError(path, line, f"country heading {heading!r} is not in countries.csv")
        words, cites = ecfr.lines(cells[1]), ecfr.text(cells[2])
        if words == ["[Reserved]"]:
            continue
        if not words:
            raise SourceError(path, line, "an entry without a name")
        if match := _GROUP.match(words[0]):
            group, announced = line, listing_text.NUMBERS[match[1]]
            shared = cites or _first_of(appendix)
        elif _MARKER.match(words[0]):
            if not group:
                raise SourceError(path, line, "a subordinate institution outside a group")
        else:
            if group and cites:
                _complete(path, group, announced)
                group = 0
            announced -= 1
            party = listing_text.parse(words)
            if party.announced not in (None, len(party.aliases)):
                raise SourceError(path, line, f"{party.name!r} announces other aliases than it has")
            found.append((line, heading, party, _cited(cites or shared, path, line)))
    if group:
        _complete(path, group, announced)
    return found


def _complete(path: Path, line: int, left: int) -> None:
    if left:
        raise SourceError(path, line, f"the group announces {left} more institutions than follow")


def _first_of(appendix: etree._Element) -> str:
    """The supplement's own first citation; one group's heading has none."""
    note = " ".join(ecfr.text(note) for note in appendix.iter("CITA"))
    match = re.search(r"\d+ FR \d+, [A-Z][a-z]+\.? \d+, \d{4}", note)
    return match[0] if match else ""


def _cited(cites: str, path: Path, line: int) -> tuple[Citation, ...]:
    try:
        return citations.parse(cites)
    except ValueError as error:
        raise SourceError(path, line, str(error)) from error
