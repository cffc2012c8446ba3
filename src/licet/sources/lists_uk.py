"""The UK sanctions list, as three CSV files: subjects, their names, and dates of birth -> listings.

The names carry their strength ("low_quality_aka" is weak), the subjects their kind and day of designation.
The id is the unique id such as ``AFG0001``.
"""

from __future__ import annotations

from collections.abc import Sequence

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile, table_rows
from licet.sources.list_text import born, day_of

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
    since = row["date_designated"]
    day, month, year = since.split("/") if since.count("/") == 2 else ("", "", "")
    started = day_of(f"{year}-{month:0>2}-{day:0>2}")
    return Listing(
        list="UK", id=number, kind=_KINDS[row["subject_type"]], names=tuple(listed),
        identifiers=tuple(Identifier(kind, value) for kind, value in others if value),
        born=tuple(dict.fromkeys(births)), programs=(number.rstrip("0123456789"),),
        valid_from=started, published=started, source=SOURCE,
    )  # fmt: skip
