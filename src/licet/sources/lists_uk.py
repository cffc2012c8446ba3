"""The UK sanctions list: the government's CSV, or three tables made from it -> listings.

The names carry their strength ("low_quality_aka" is weak), the subjects their kind and day of designation.
The id is the unique id such as ``AFG0001``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile, table_rows
from licet.sources.list_merge import together
from licet.sources.list_text import born, day_of, number_of, place_codes_of

SOURCE = "UK sanctions list"
_KINDS = {"individual": "person", "entity": "organization", "ship": "vessel"}


def read(files: Sequence[ListFile]) -> list[Listing]:
    """The subjects with their names and dates of birth.

    Raises ``SourceError`` when the file of subjects or of names is missing, and for a name of no subject.
    """
    by_format = {file.format: file for file in files}
    subjects, names = by_format.get("uk_subjects_csv"), by_format.get("uk_names_csv")
    if subjects is None or names is None:
        what = "subjects" if subjects is None else "names"
        raise SourceError(
            files[0].path, None, f"needs the file of {what} beside it; give their folder"
        )
    rows = {}
    for line, row in table_rows(subjects, ("unique_id", "subject_type", "date_designated")):
        number = row["unique_id"]
        if number in rows:
            raise SourceError(subjects.path, line, f"has subject {number} twice; {AGAIN}")
        if row["subject_type"] not in _KINDS:
            raise SourceError(
                subjects.path,
                line,
                f"subject_type is {row['subject_type']!r}; known are {', '.join(_KINDS)}",
            )
        rows[number] = (line, row)
    called: dict[str, dict[str, str]] = {number: {} for number in rows}
    for line, row in table_rows(names, ("unique_id", "name_type", "alias_strength", "full_name")):
        mine = called.get(row["unique_id"])
        if mine is None:
            raise SourceError(
                names.path, line, f"names {row['unique_id']!r}, which is no subject; {AGAIN}"
            )
        if row["full_name"]:
            mine.setdefault(row["full_name"], _kind(row, first=not mine))
    births: dict[str, list[str]] = {}
    if days := by_format.get("uk_dobs_csv"):
        for line, row in table_rows(days, ("unique_id", "year", "month", "day")):
            if row["unique_id"] not in rows:
                raise SourceError(
                    days.path, line, f"names {row['unique_id']!r}, which is no subject; {AGAIN}"
                )
            parts = [part for part in (row["year"], row["month"], row["day"]) if part]
            births.setdefault(row["unique_id"], []).extend(born("-".join(parts)))
    return [
        _listing(subjects, number, *rows[number], called[number], births.get(number, []))
        for number in rows
    ]


def _kind(row: dict[str, str], *, first: bool) -> str:
    if row["alias_strength"] == "low_quality_aka":
        return "weak"
    return "primary" if first or row["name_type"] == "primary" else "alias"


def _listing(
    file: ListFile,
    number: str,
    line: int,
    row: dict[str, str],
    names: dict[str, str],
    births: list[str],
) -> Listing:
    if not names:
        raise SourceError(
            file.path, line, f"subject {number} has no name in the file of names; {AGAIN}"
        )
    others = (
        ("un_reference", row.get("un_reference_number", "")),
        ("ofsi_group", row.get("ofsi_group_id", "")),
    )
    # A subject may have several primary names, one for each script; the first leads.
    lead = next((name for name, kind in names.items() if kind == "primary"), "")
    listed = [ListedName(lead)] if lead else []
    listed += [
        ListedName(name, "alias" if kind == "primary" else kind)
        for name, kind in names.items()
        if name != lead
    ]
    started = day_of(_british_day(row["date_designated"]))
    return Listing(
        list="UK", id=number, kind=_KINDS[row["subject_type"]], names=tuple(listed),
        identifiers=tuple(Identifier(kind, value) for kind, value in others if value),
        born=tuple(dict.fromkeys(births)), programs=(number.rstrip("0123456789"),),
        valid_from=started, published=started, source=SOURCE,
    )  # fmt: skip


_NAME = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_PLACE = (
    *(f"Address Line {line}" for line in range(1, 7)),
    "Address Postal Code",
    "Address Country",
)
_NUMBERS = (
    ("Passport number", "Passport"), ("National Identifier number", "National ID"),
    ("Business registration number (s)", "Registration Number"), ("IMO number", "IMO"),
)  # fmt: skip
_SEVERAL = re.compile(r"\s*(?:[|;]|\(\d+\))\s*")


def read_official(file: ListFile) -> list[Listing]:
    """The government's CSV: a line with the day, then a row for each name, address and birth of a subject.

    Columns: UK Sanctions List, Foreign, Commonwealth & Development Office, as of 2026.
    """
    needed = (
        "Unique ID",
        "Name type",
        "Alias strength",
        "Regime Name",
        "Date Designated",
        "D.O.B",
        *_NAME,
    )
    found: dict[str, Listing] = {}
    for line, row in table_rows(file, needed):
        number = row["Unique ID"]
        kind = row.get("Designation Type") or row.get("Individual, Entity, Ship") or ""
        name = " ".join(filter(None, (row[part] for part in _NAME)))
        if kind.lower() not in _KINDS or not number or not name:
            raise SourceError(
                file.path, line, f"subject {number!r} has no name, or is of the type {kind!r}; known are "
                f"{', '.join(_KINDS)}"
            )  # fmt: skip
        new = _row(row, number, _KINDS[kind.lower()], name)
        found[number] = _with_row(found[number], new) if number in found else new
    return [_led(listing) for listing in found.values()]


def _row(row: Mapping[str, str], number: str, kind: str, name: str) -> Listing:
    weak = "low" in row["Alias strength"].lower()
    leads = row["Name type"].lower() == "primary name"
    names = [ListedName(name, "weak" if weak else "primary" if leads else "alias")]
    if script := row.get("Name non-latin script"):
        names.append(ListedName(script, "alias"))
    place = ", ".join(filter(None, (row.get(part, "") for part in _PLACE)))
    country = row.get("Address Country", "")
    nations = _SEVERAL.split(row.get("Nationality(/ies)", ""))
    flag = row.get("Current believed flag of ship", "")
    identifiers = [
        number_of(what, text, "")
        for column, what in _NUMBERS
        for text in _SEVERAL.split(row.get(column, ""))
        if text
    ]
    for own, column in (("un_reference", "UN Reference Number"), ("ofsi_group", "OFSI Group ID")):
        if value := row.get(column):
            identifiers.append(Identifier(own, value))
    notes = (row.get("Title", ""), row.get("Position", ""), row.get("Other Information", ""))
    since = _british_day(row["Date Designated"])
    return Listing(
        list="UK", id=number, kind=kind, names=tuple(names),
        countries=place_codes_of((*nations, flag, country)),
        addresses=(place,) if place != country else (), identifiers=tuple(identifiers),
        born=tuple(day for text in _SEVERAL.split(row["D.O.B"]) for day in _british_birth(text)),
        programs=(row["Regime Name"],) if row["Regime Name"] else (), remarks="; ".join(filter(None, notes)),
        valid_from=day_of(since), published=day_of(since), source=SOURCE,
    )  # fmt: skip


def _with_row(old: Listing, new: Listing) -> Listing:
    names = {name.text: name for name in (*new.names, *old.names)}  # the first to name it says how
    return replace(together(old, new), names=tuple(names.values()))


def _led(listing: Listing) -> Listing:
    """With the primary name first; of several only the first is primary, the others are its variations."""
    lead = next((name for name in listing.names if name.kind == "primary"), None)
    if lead is None:
        return listing
    others = (
        replace(name, kind="alias") if name.kind == "primary" else name
        for name in listing.names
        if name != lead
    )
    return replace(listing, names=(lead, *others))


def _british_day(text: str) -> str:
    """A day such as 29/06/2012 as ISO 8601; "" for anything else.

    >>> _british_day("29/06/2012"), _british_day("soon")
    ('2012-06-29', '')
    """
    match = re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", text.strip())
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else ""


def _british_birth(text: str) -> tuple[str, ...]:
    """A date of birth, where 00 is a day or month that is not known.

    >>> _british_birth("00/00/1975"), _british_birth("00/10/1975"), _british_birth("07/10/1952")
    (('1975',), ('1975-10',), ('1952-10-07',))
    """
    text = re.sub(r"^(?:[0dm]{1,2}/)*(?=\d)", "", text.strip())
    parts = text.split("/")
    return born("-".join(part.zfill(2) for part in reversed(parts))) if all(parts) else ()
