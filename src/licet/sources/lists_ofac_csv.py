"""OFAC's legacy CSV files: the SDN List and the consolidated list of the others, with aliases and addresses.

Four files belong together: the parties (``sdn.csv``, ``cons_prim.csv``; 12 cells), their aliases (5), addresses
(6) and remarks that did not fit (2). None has a header, ``-0-`` is null, and each ends in a control-Z.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile, csv_rows
from licet.sources.list_text import place_codes
from licet.sources.ofac_remarks import read_remarks

KINDS = {"": "organization", "individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
PAGE = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
# Directive 2 of that order is about correspondent accounts; its parties went on to the SDN List.
_EO_14024 = re.compile(r"\b(?:EO|Executive Order) 14024 Directive (?:1a|3)\b")
# Programs that put a party on a list of its own. UKRAINE-EO13662 is one of the SDN List too: where a file is
# the consolidated list, it is the Sectoral Sanctions Identifications List. IRAN alone stood for those blocked
# solely under Executive Order 13599, until that list went into the SDN List in November 2018.
_LISTS = {
    "NS-PLC": "PLC", "UKRAINE-EO13662": "SSI", "561-Related": "CAPTA", "561List": "CAPTA",
    "CMIC-EO13959": "CMIC", "CMIC-EO": "CMIC", "CCMC-EO13959": "CMIC", "IRAN": "EO13599",
}  # fmt: skip


@dataclass(slots=True)
class OfacFiles:
    """The files that belong to one list of parties."""

    parties: ListFile
    aliases: list[ListFile] = field(default_factory=list)
    addresses: list[ListFile] = field(default_factory=list)
    comments: list[ListFile] = field(default_factory=list)


def group(files: Sequence[ListFile]) -> list[OfacFiles]:
    """Which alias, address and comment files belong to which parties, by the numbers in them.

    Raises ``SourceError`` for a file whose numbers are none of the parties': it was cut from them, or one of
    the files is of another day.
    """
    sets = [OfacFiles(file) for file in files if file.format == "ofac_csv"]
    numbers = [_numbers(each.parties) for each in sets]
    for file in files:
        if file.format == "ofac_csv":
            continue
        own = _numbers(file)
        if not sets:
            raise SourceError(
                file.path, None, "has aliases, addresses or comments of no parties; put sdn.csv or "
                "cons_prim.csv of the same day beside it"
            )  # fmt: skip
        best = max(range(len(sets)), key=lambda at: len(own & numbers[at]))
        strange = own - numbers[best]
        if len(strange) > len(own) // 10:
            raise SourceError(
                file.path, None, f"names {len(strange)} of {len(own)} parties that "
                f"{sets[best].parties.path.name} does not have, such as {min(strange)}; the files are of "
                f"different days, or one was cut short: {AGAIN}"
            )  # fmt: skip
        place = {
            "ofac_alt_csv": sets[best].aliases,
            "ofac_add_csv": sets[best].addresses,
            "ofac_comments_csv": sets[best].comments,
        }
        place[file.format].append(file)
    return sets


def _numbers(file: ListFile) -> set[str]:
    return set(re.findall(r"^(\d+),", file.data.decode("utf-8", errors="replace"), re.MULTILINE))


def read(files: OfacFiles) -> list[Listing]:
    """The listings of one set of files, in the order of the file of parties."""
    aliases: dict[str, list[ListedName]] = {}
    for file in files.aliases:
        for _, (number, _, _, name, _) in _rows(file, 5):
            aliases.setdefault(number, []).append(ListedName(name, "alias"))
    addresses: dict[str, list[tuple[str, str]]] = {}
    for file in files.addresses:
        for _, (number, _, street, city, country, _) in _rows(file, 6):
            line = ", ".join(filter(None, (street, city)))
            addresses.setdefault(number, []).append((line, country))
    more: dict[str, str] = {}
    for file in files.comments:
        for _, (number, text) in _rows(file, 2):
            more[number] = more.get(number, "") + text
    rows = list(_rows(files.parties, 12))
    consolidated = _is_consolidated(files.parties, [cells for _, cells in rows])
    found: list[Listing] = []
    lines: dict[str, int] = {}
    for at, cells in rows:
        number = cells[0]
        if before := lines.get(number):
            raise SourceError(
                files.parties.path, at, f"has entry {number} again, as on line {before}; {AGAIN}"
            )
        lines[number] = at
        if number in more:
            cells[11] += more[number]
        listing = _listing(cells, aliases.get(number, ()), addresses.get(number, ()), at, files)
        if consolidated:
            found += [
                on_list(listing, code) for code in lists_of(listing.programs, listing.remarks)
            ]
        else:
            found.append(listing)
    return found


def on_list(listing: Listing, code: str) -> Listing:
    """The same entry on another list; an entry that stands on two lists is two listings."""
    return replace(listing, list=code, source=SOURCES.get(code, f"OFAC, {code}"))


SOURCES = {
    "SDN": "OFAC, Specially Designated Nationals List",
    "SSI": "OFAC, Sectoral Sanctions Identifications List",
    "PLC": "OFAC, Palestinian Legislative Council List",
    "CMIC": "OFAC, Non-SDN Chinese Military-Industrial Complex Companies List",
    "CAPTA": "OFAC, CAPTA List",
    "FSE": "OFAC, Foreign Sanctions Evaders List",
    "MBS": "OFAC, Non-SDN Menu-Based Sanctions List",
    "EO13599": "OFAC, List of Persons Blocked Solely Pursuant to E.O. 13599",
}


def lists_of(programs: Sequence[str], remarks: str) -> list[str]:
    """The lists of an entry of the consolidated file, from its programs and remarks.

    >>> lists_of(("UKRAINE-EO13662",), ""), lists_of(("CAATSA - RUSSIA",), ""), lists_of(("FSE-IR",), "")
    (['SSI'], ['MBS'], ['FSE'])
    """
    found = [_LISTS[tag] for tag in programs if tag in _LISTS]
    found += ["FSE" for tag in programs if tag.startswith("FSE-")]
    if not found or _EO_14024.search(remarks):
        # The menu-based list has no program of its own: it is what is left, and Executive Order 14024's
        # directives.
        found.append("MBS")
    return list(dict.fromkeys(found))


def programs_of(text: str) -> tuple[str, ...]:
    """Program tags of a cell such as "SDNTK] [GLOMAG" or "IRAN; IFCA"."""
    if not text:
        return ()
    if "]" not in text and ";" not in text:
        return (text,)
    return tuple(filter(None, (tag.strip(" []") for tag in re.split(r"\]\s*\[|;", text))))


def _is_consolidated(file: ListFile, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a file of parties is the consolidated list: by OFAC's name for it, else by its programs.

    The SDN List has few parties with a tag of the other lists; the consolidated one nearly only such.
    """
    name = file.path.name.lower()
    if name.startswith(("sdn", "cons")):
        return name.startswith("cons")
    tags = [programs_of(cells[3]) for cells in rows]
    own = sum(
        any((t in _LISTS and t != "IRAN") or t.startswith("FSE-") for t in each) for each in tags
    )
    return own * 2 > len(rows)


def _rows(file: ListFile, width: int) -> Iterator[tuple[int, list[str]]]:
    """Line and cells, stripped, with "" for null. Raises ``SourceError`` for a row of another width."""
    # A row ends with a null or a quoted text; a mirror may have taken the line's end and the control-Z away.
    if not file.data.rstrip(b" \r\n\x1a").endswith((b'"', b"-0-", b"-0")):
        line = file.data.rstrip().count(b"\n") + 1
        raise SourceError(file.path, line, f"the last line has no end, it was cut short: {AGAIN}")
    for line, row in csv_rows(file):
        if len(row) != width:
            if row == ["\x1a"]:
                continue
            raise SourceError(file.path, line, f"has {len(row)} cells, expected {width}; {AGAIN}")
        # Remarks that did not fit go on in another file, cut between any two characters, also at a space.
        *cells, text = row
        cells = [cell.strip() for cell in cells] + ["-0-" if text.strip() == "-0-" else text]
        if not cells[0].isdigit():
            raise SourceError(
                file.path,
                line,
                f"begins with {cells[0][:40]!r}, expected the entry's number; {AGAIN}",
            )
        yield line, ["" if cell == "-0-" else cell for cell in cells]


def _listing(
    cells: Sequence[str],
    aliases: Sequence[ListedName],
    addresses: Sequence[tuple[str, str]],
    line: int,
    files: OfacFiles,
) -> Listing:
    number, name, kind, tags, title, call_sign, vessel_type, tonnage, gross, flag, owner, text = (
        cells
    )
    if kind not in KINDS:
        known = ", ".join(filter(None, KINDS))
        raise SourceError(
            files.parties.path,
            line,
            f"a kind of entry never seen: {kind!r}; known are {known} and -0-",
        )
    if not name:
        raise SourceError(files.parties.path, line, f"entry {number} has no name; {AGAIN}")
    text = text.strip()
    said = read_remarks(text) if text else None
    countries = list(place_codes(flag)) if flag else []
    places = []
    for street, country in addresses:
        if country:
            countries += place_codes(country)
        if street:
            places.append(f"{street}, {country}" if country else street)
    identifiers = [Identifier("call_sign", call_sign)] if call_sign else []
    notes = [
        f"{what} {value}"
        for what, value in (
            ("Title", title), ("Vessel type", vessel_type), ("Tonnage", tonnage),
            ("Gross registered tonnage", gross), ("Vessel flag", flag), ("Vessel owner", owner),
        )
        if value
    ]  # fmt: skip
    if text:
        notes.append(text)
    names = (ListedName(name), *aliases)
    if said is None:
        return Listing(
            list="SDN", id=number, kind=KINDS[kind], names=names,
            countries=tuple(dict.fromkeys(countries)), addresses=tuple(dict.fromkeys(places)),
            identifiers=tuple(identifiers), programs=programs_of(tags), remarks="; ".join(notes),
            source=SOURCES["SDN"], url=PAGE + number,
        )  # fmt: skip
    return Listing(
        list="SDN", id=number, kind=KINDS[kind], names=(*names, *said.names),
        countries=tuple(dict.fromkeys(said.countries + countries)),
        addresses=tuple(dict.fromkeys(places)), identifiers=(*identifiers, *said.identifiers),
        born=tuple(dict.fromkeys(said.born)), programs=programs_of(tags), remarks="; ".join(notes),
        linked_to=tuple(said.linked_to), source=SOURCES["SDN"], url=PAGE + number,
    )  # fmt: skip
