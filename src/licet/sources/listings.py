"""Listings from official files: one file or a folder of them, each recognised by what it holds.

``read_listings`` is the one door for screening and for the list store; ``iter_listings`` streams a file too
large for memory. Either refuses a file that is damaged, and says where and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
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
from licet.sources.list_file import ListFile, open_list
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
_SECOND_HAND = ("csl_csv", "csl_json", "agency_csv", "uvl_csv", "ftm")


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
    if not path.is_dir():
        return tuple(_coded(_read_together([path]), list))
    paths = sorted(
        each
        for each in path.iterdir()
        if each.suffix.lower() in SUFFIXES and each.is_file() and not each.name.startswith(".")
    )
    if not paths:
        raise SourceError(
            path, None, f"holds no list; files of lists end in {' '.join(sorted(SUFFIXES))}"
        )
    return tuple(_coded(_read_together(paths), list))


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


def _read_together(paths: Sequence[Path]) -> list[Listing]:
    files = [open_list(path) for path in paths]
    _refuse_twice(files)
    readings: list[tuple[ListFile, list[Listing]]] = []
    ofac = [file for file in files if file.format in _OFAC]
    for each in lists_ofac_csv.group(ofac) if ofac else ():
        readings.append((each.parties, lists_ofac_csv.read(each)))
    if uk := [file for file in files if file.format in _UK]:
        readings.append((uk[0], lists_uk.read(uk)))
    for file in files:
        if file.format == "ftm":
            readings.append((file, [*iter_ftm(file.path)]))
        elif file.format in _READERS:
            readings.append((file, _READERS[file.format](file)))
    for file, found in readings:
        if not found:
            raise SourceError(file.path, None, "holds no entry; an empty list is refused")
    return _joined(readings)


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


def _joined(readings: Sequence[tuple[ListFile, list[Listing]]]) -> list[Listing]:
    if len(readings) == 1:
        return readings[0][1]
    found: dict[str, Listing] = {}
    origin: dict[str, ListFile] = {}
    ranked = sorted(
        readings,
        key=lambda each: (
            _SECOND_HAND.index(each[0].format) + 1 if each[0].format in _SECOND_HAND else 0
        ),
    )
    for file, listings in ranked:
        for listing in listings:
            key = listing.key
            before = origin.get(key)
            if before is None:
                found[key], origin[key] = listing, file
            elif before.format == file.format:
                raise SourceError(
                    file.path,
                    None,
                    f"has entry {key}, as {before.path.name} has; keep one copy of a list in a folder",
                )
            else:
                found[key] = together(found[key], listing)
    return [*found.values()]
