"""Lists of the State Department: parties debarred under the ITAR (DTC) and nonproliferation sanctions (ISN).

Both are CSV tables made for reading: aliases stand in parentheses after the name, and entries have no number.
The id is made from the name and the notice, so that it stays when the table is sorted anew.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from licet.parties.listing import ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile, table_rows
from licet.sources.list_merge import together
from licet.sources.list_text import born, day_of, place_codes
from licet.sources.lists_csl import names_of, successors

DTC_SOURCE = "State Department, parties debarred under the AECA"
ISN_SOURCE = "State Department, nonproliferation sanctions"
_AKA = re.compile(r"\s*\(\s*(?:[af][./]?\s?k[./]?\s?a\.?),?\s*(.*?)\)\s*", re.IGNORECASE)
_FORMER = re.compile(r"^(?:F\.?K\.?A\.?|A\.?K\.?A\.?)\s+", re.IGNORECASE)
# What makes a name with a comma a company's and not "Surname, Given".
_COMPANY = re.compile(
    r"\b(?:inc|ltd|limited|llc|corp|corporation|company|co|gmbh|s\.a|plc|international|industries|systems|"
    r"trading|group|technologies|aviation|aerospace|electronics|enterprises|associates|services|&)\b|&",
    re.IGNORECASE,
)


def slug(*parts: str) -> str:
    """An id from words: lower case, Latin, joined by hyphens.

    >>> slug("Acety, Edwin", "83 FR 18112")
    'acety-edwin.83-fr-18112'
    """
    plain = (
        unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
        for part in parts
    )
    return ".".join("-".join(re.findall("[a-z0-9]+", part))[:100] for part in plain)


def read_debarred(file: ListFile) -> list[Listing]:
    """Statutorily or administratively debarred parties (22 CFR 127.7)."""
    statutory = file.format == "ddtc_statutory_csv"
    column = "Party Name" if statutory else "Name"
    day = "Notice Date" if statutory else "Date"
    found: dict[str, Listing] = {}
    for line, row in table_rows(file, (column, "Federal Register Notice", day)):
        names = [ListedName(text, kind) for text, kind in _debarred_names(row[column])]
        notice = row["Federal Register Notice"]
        if not names:
            raise SourceError(file.path, line, f"a row without {column}; {AGAIN}")
        if not row[day] and not notice:
            raise SourceError(
                file.path, line, f"a row without {day} and notice: {row[column]!r}; {AGAIN}"
            )
        birth = row.get("Date Of Birth", "")
        number = slug(names[0].text, notice.partition(" corrected")[0], *born(birth))
        if number in found:
            raise SourceError(
                file.path, line, f"has {names[0].text!r} under {notice} twice; {AGAIN}"
            )
        since = day_of(row[day])
        corrected = row.get("Corrected Notice", "")
        notes = [f"Notice {notice}", f"corrected by {corrected}" if corrected else ""]
        found[number] = Listing(
            list="DTC", id=number, kind="person" if birth or _is_person(names[0].text) else "",
            names=tuple(names), born=born(birth),
            programs=("statutory" if statutory else "administrative",),
            remarks="; ".join(filter(None, notes)), valid_from=since, published=since, source=DTC_SOURCE,
        )  # fmt: skip
    return list(found.values())


def _debarred_names(text: str) -> list[tuple[str, str]]:
    aliases = [alias for match in _AKA.finditer(text) for alias in re.split(r";\s*", match[1])]
    name = " ".join(_AKA.sub(" ", text).split()).strip(" ,;")
    return [
        (each, kind)
        for each, kind in ((name, "primary"), *((a.strip(), "alias") for a in aliases))
        if each
    ]


def _is_person(name: str) -> bool:
    """Whether a name reads as "Surname, Given": where in doubt, the list does not say."""
    last, comma, given = name.partition(", ")
    return (
        bool(comma and given) and "," not in given and not _COMPANY.search(name) and ";" not in last
    )


def read_nonproliferation(file: ListFile) -> list[Listing]:
    """Entities sanctioned under nonproliferation statutes; several rows of one entity become one listing."""
    found: dict[str, Listing] = {}
    for line, row in table_rows(
        file, ("Source List", "Programs", "Name", "Country", "Effective Date")
    ):
        if row["Source List"] != "ISN":
            raise SourceError(
                file.path, line, f"Source List is {row['Source List']!r}, expected ISN; {AGAIN}"
            )
        if not row["Name"]:
            raise SourceError(file.path, line, f"a row without Name; {AGAIN}")
        others = [
            _FORMER.sub("", part.strip()) for part in _commas(row.get("Alternative Names", ""))
        ]
        start = day_of(row["Effective Date"])
        number = slug(row["Name"], row["Country"])
        notice = (
            f"Notice {row['Federal Register Notice']}" if row.get("Federal Register Notice") else ""
        )
        new = Listing(
            list="ISN", id=number, kind="", names=names_of(row["Name"], others),
            countries=place_codes(row["Country"]), programs=(row["Programs"],) if row["Programs"] else (),
            remarks="; ".join(
                filter(None, (successors(row["Name"]), notice, row.get("Remarks/Notes", "")))
            ),
            valid_from=start, published=start, source=ISN_SOURCE, url=row.get("Web Link", ""),
        )  # fmt: skip
        found[number] = _joined(found[number], new) if number in found else new
    return list(found.values())


def _joined(old: Listing, new: Listing) -> Listing:
    days = [day for day in (old.valid_from, new.valid_from) if day]
    remarks = dict.fromkeys((*old.remarks.split("; "), *new.remarks.split("; ")))
    return replace(
        together(old, new), remarks="; ".join(filter(None, remarks)),
        valid_from=min(days, default=None), published=min(days, default=None),
    )  # fmt: skip


def _commas(text: str) -> list[str]:
    """Alternative names parted by commas or semicolons, with legal forms kept at their names."""
    found: list[str] = []
    for part in re.split(r"[,;]\s+", text):
        if found and re.fullmatch(r"(?:Ltd|Inc|LLC|Co|Corp|S\.A)\.?", part.strip(), re.IGNORECASE):
            found[-1] += f", {part.strip()}"
        elif part.strip():
            found.append(part.strip())
    return found
