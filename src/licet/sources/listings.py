"""Listings from official files: one file or a folder of them, each recognised by what it holds.

``read_listings`` is the one door for screening and for the list store; ``iter_listings`` streams a file too
large for memory. Either refuses a file that is damaged, and says where and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from licet.parties.listing import Listing
from licet.sources import (
    ecfr,
    lists_bis,
    lists_canada,
    lists_csl,
    lists_eu,
    lists_ofac_csv,
    lists_ofac_xml,
    lists_state,
    lists_uk,
    lists_un,
)
from licet.sources.errors import SourceError
from licet.sources.list_day import day_of_file
from licet.sources.list_file import ListFile, open_list
from licet.sources.list_memory import collection_paused
from licet.sources.list_merge import together
from licet.sources.list_xml import refuse_declarations
from licet.sources.lists_ftm import iter_ftm

# Files of a folder that are looked at; what else lies there (a readme, a licence) is no list.
SUFFIXES = frozenset(
    {
        ".csv",
        ".xml",
        ".json",
        ".jsonl",
        ".ndjson",
        ".ijson",
        ".txt",
        ".tsv",
        ".zip",
        ".gz",
        ".htm",
        ".html",
    }
)
_OFAC = ("ofac_csv", "ofac_alt_csv", "ofac_add_csv", "ofac_comments_csv")
_UK = ("uk_subjects_csv", "uk_names_csv", "uk_dobs_csv")
# Of these a folder may hold several: each gives lists of its own.
_MANY = frozenset({"ftm", "agency_csv", "csl_json", *_OFAC})
# Files that repeat other publishers' lists; where both are there, the publisher's own leads.
SECOND_HAND = ("csl", "agency_table", "ftm")
# What a copy of a list is compared with: an earlier one that came the same way, whatever its layout.
_ORIGINS = {
    "un_xml": "un", "eu_xml": "eu", "canada_xml": "canada", "ecfr_xml": "ecfr", "csl_csv": "csl",
    "csl_json": "csl", "dpl_tab": "dpl", "dpl_csv": "dpl", "ddtc_statutory_csv": "ddtc_statutory",
    "ddtc_administrative_csv": "ddtc_administrative", "isn_csv": "isn", "agency_csv": "agency_table",
    "uvl_csv": "agency_table", "uk_subjects_csv": "uk", "uk_csv": "uk", "ftm": "ftm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file, or one set of files that belong together, gave.

    ``origin`` says how the lists came: ``ofac_sdn``, ``ofac_consolidated``, ``csl``, ``ecfr``, ``un`` and so
    on; ``as_of`` is the day that the file or its name gives. ``listings`` can be gone through once.
    """

    origin: str
    paths: tuple[Path, ...]
    as_of: dt.date | None
    listings: Iterable[Listing]


def _part_744(file: ListFile) -> list[Listing]:
    refuse_declarations(file)
    return lists_bis.read_part_744(file, ecfr.parse(file.path, file.data))


_READERS: dict[str, Callable[[ListFile], list[Listing]]] = {
    "un_xml": lists_un.read,
    "eu_xml": lists_eu.read,
    "canada_xml": lists_canada.read,
    "ofac_xml": lists_ofac_xml.read_legacy,
    "ofac_enhanced_xml": lists_ofac_xml.read_enhanced,
    "ecfr_xml": _part_744,
    "csl_csv": lists_csl.read_csv,
    "csl_json": lists_csl.read_json,
    "dpl_tab": lists_bis.read_denied,
    "dpl_csv": lists_bis.read_denied,
    "agency_csv": lists_bis.read_agency_csv,
    "uvl_csv": lists_bis.read_unverified_csv,
    "ddtc_statutory_csv": lists_state.read_debarred,
    "ddtc_administrative_csv": lists_state.read_debarred,
    "isn_csv": lists_state.read_nonproliferation,
    "uk_csv": lists_uk.read_official,
}


def read_listings(path: Path, *, list: str | None = None) -> tuple[Listing, ...]:
    """The listings of an official file, or of a folder of such files, in the order printed.

    The format is recognised by content; ``docs/reference/list-formats.md`` has them all. ``list`` gives all
    listings this code instead of the publisher's. Where a folder holds one list from two publishers (SDN by
    OFAC and in the Consolidated Screening List), entries of one number become one listing that has the names,
    places and numbers of both.

    Raises ``SourceError`` with file and line for a file that is damaged, of no known format, or that comes
    twice, and for a folder without a list.
    """
    with collection_paused():
        return tuple(_coded(_joined(_read_together(_files(path))), list))


def dated_listings(path: Path) -> tuple[Iterable[Listing], dict[str, dt.date]]:
    """The listings of ``read_listings``, and as of which day each list is, where its file says.

    A single file of FollowTheMoney is a stream, to be gone through once; its day stands under "".
    Raises as ``read_listings`` does.
    """
    with collection_paused():
        found = _read_together(_files(path))
        days: dict[str, dt.date] = {}
        for reading in found:
            if reading.as_of is None:
                continue
            given = isinstance(reading.listings, Sequence)
            for code in {each.list for each in reading.listings} if given else {""}:
                days[code] = max(reading.as_of, days.get(code, reading.as_of))
        if len(found) == 1:
            return found[0].listings, days
        return tuple(_joined(found)), days


def iter_listings(path: Path, *, list: str | None = None) -> Iterator[Listing]:
    """The listings of one file, one after the other; FollowTheMoney lines are streamed in small memory.

    Raises ``SourceError`` as ``read_listings`` does, for a stream at the line where it is damaged: what was
    given before it does not stand alone.
    """
    if not path.is_dir():
        file = open_list(path)
        if file.format == "ftm":
            yield from iter_ftm(path, list=list)
            return
    yield from read_listings(path, list=list)


def _coded(listings: Iterable[Listing], code: str | None) -> Iterable[Listing]:
    return listings if code is None else (replace(each, list=code) for each in listings)


def readings(path: Path, *, list: str | None = None) -> Iterator[Reading]:
    """The readings of a file or folder, each with its origin and day; FollowTheMoney is read as a stream.

    For the list store, which keeps what each publisher said apart. Raises as ``read_listings`` does, for a
    stream while its listings are gone through.
    """
    for reading in _read_together(_files(path)):
        yield replace(reading, listings=_coded(reading.listings, list))


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(
        each
        for each in path.iterdir()
        if each.suffix.lower() in SUFFIXES and each.is_file() and not each.name.startswith(".")
    )
    if not found:
        raise SourceError(
            path, None, f"holds no list; files of lists end in {' '.join(sorted(SUFFIXES))}"
        )
    return found


def _read_together(paths: Sequence[Path]) -> Sequence[Reading]:
    files = [open_list(path) for path in paths]
    _refuse_twice(files)
    found: list[Reading] = []
    ofac = [file for file in files if file.format in _OFAC]
    for each in lists_ofac_csv.group(ofac) if ofac else ():
        listings = lists_ofac_csv.read(each)
        parts = (each.parties, *each.aliases, *each.addresses, *each.comments)
        found.append(_reading(_ofac_origin(listings), parts, listings))
    if uk := [file for file in files if file.format in _UK]:
        found.append(_reading("uk", uk, lists_uk.read(uk)))
    for file in files:
        if file.format == "ftm":
            day = day_of_file(file)
            found.append(Reading("ftm", (file.path,), day, iter_ftm(file.path)))
        elif file.format in _READERS:
            listings = _READERS[file.format](file)
            origin = _ORIGINS.get(file.format) or _ofac_origin(listings)
            found.append(_reading(origin, [file], listings))
    return found


def _reading(origin: str, files: Sequence[ListFile], listings: Sequence[Listing]) -> Reading:
    if not listings:
        raise SourceError(files[0].path, None, "holds no entry; an empty list is refused")
    days = [day for file in files if (day := day_of_file(file))]
    return Reading(origin, tuple(file.path for file in files), max(days, default=None), listings)


def _ofac_origin(listings: Sequence[Listing]) -> str:
    return "ofac_sdn" if any(each.list == "SDN" for each in listings) else "ofac_consolidated"


def _refuse_twice(files: Sequence[ListFile]) -> None:
    """A folder holds one list as of one day: of two copies the newer would bring back what was removed."""
    seen: dict[str, ListFile] = {}
    for file in files:
        if file.format in _MANY:
            continue
        if before := seen.get(file.format):
            raise SourceError(
                file.path,
                None,
                f"is of the same format as {before.path.name}; keep one copy of a list in a folder",
            )
        seen[file.format] = file


def _joined(readings: Sequence[Reading]) -> Iterable[Listing]:
    if len(readings) == 1:
        return readings[0].listings
    found: dict[str, Listing] = {}
    came: dict[str, Reading] = {}
    rank = {origin: at for at, origin in enumerate(SECOND_HAND, 1)}
    for reading in sorted(readings, key=lambda each: rank.get(each.origin, 0)):
        for listing in reading.listings:
            key = listing.key
            before = came.get(key)
            if before is None:
                found[key], came[key] = listing, reading
            elif before.origin == reading.origin:
                raise SourceError(
                    reading.paths[0], None, f"has entry {key}, as {before.paths[0].name} has; "
                    "keep one copy of a list in a folder"
                )  # fmt: skip
            else:
                found[key] = together(found[key], listing)
    return found.values()
