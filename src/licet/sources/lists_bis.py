"""The lists of the Bureau of Industry and Security: eCFR part 744, denied persons, and its older tables.

The Entity List, Unverified List and Military End-User List are supplements of 15 CFR part 744; the readers
that compile the law read them. Denied persons come as tab-separated text or as CSV with name and address in
one cell.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from lxml import etree

from licet.parties.listing import ListedName, Listing
from licet.sources import citations, entity_list, listed_parties
from licet.sources.citations import Effect
from licet.sources.denied_persons import split_name_and_address
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile, table_rows
from licet.sources.list_merge import together
from licet.sources.list_text import day_of, place_codes
from licet.sources.lists_state import slug

_SUPPLEMENTS = {"EL": 4, "UVL": 6, "MEU": 7}
_PAGE = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%20{}%20to%20Part%20744"
DPL_SOURCE = "BIS, Denied Persons List"
DPL_PAGE = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl"
_ANY_DAY = dt.date(
    1, 1, 1
)  # the readers of the law print the day of the text in a column that is left out here


def read_part_744(file: ListFile, root: etree._Element) -> list[Listing]:
    """The three lists of part 744. Raises ``SourceError`` for a wording that the law's readers do not know."""
    effects = _effects()
    tables = {
        "EL": entity_list.rows(entity_list.read(root, file.path), effects, _ANY_DAY, file.path),
        "UVL": listed_parties.rows(root, "UVL", effects, _ANY_DAY, file.path),
        "MEU": listed_parties.rows(root, "MEU", effects, _ANY_DAY, file.path),
    }
    return [from_row(code, row) for code, rows in tables.items() for row in rows]


@functools.cache
def _effects() -> tuple[Effect, ...]:
    return citations.effects(Path(str(files("licet") / "rulebook/tables/effective_dates.csv")))


def from_row(code: str, row: Mapping[str, str]) -> Listing:
    """A listing from a row of a compiled table (``entity_list.csv``, ``unverified_list.csv``, ...)."""
    address_only = row["kind"] == "address"
    aliases = filter(None, row["aliases"].split("|"))
    names = (
        ()
        if address_only
        else (ListedName(row["name"]), *(ListedName(name, "alias") for name in aliases))
    )
    supplement = _SUPPLEMENTS.get(code)
    notes = [f"Notice {row['citations'].replace('|', ', ')}"] if row["citations"] else []
    if parent := row.get("parent", ""):
        notes.append(f"Named in the entry of {parent}")
    notes += filter(None, row.get("notes", "").split("|"))
    if "effective date assumed" in row["source"]:
        notes.append("effective date assumed from publication")
    return Listing(
        list=code, id=row["id"], kind="address" if address_only else "",
        names=names, countries=tuple(filter(None, row["country"].split("|"))),
        addresses=tuple(filter(None, row["addresses"].split("|"))),
        scope=row.get("scope", ""), review_policy=row.get("review_policy", ""),
        footnotes=tuple(filter(None, row.get("footnotes", "").split("|"))), remarks="; ".join(notes),
        valid_from=day_of(row["valid_from"]), valid_until=day_of(row["valid_until"]),
        published=day_of(row["published"]),
        source=f"15 CFR 744 Supp. {supplement}" if supplement else DPL_SOURCE,
        url=_PAGE.format(supplement) if supplement else DPL_PAGE,
    )  # fmt: skip


def read_denied(file: ListFile) -> list[Listing]:
    """Orders of the Denied Persons List, either layout; two orders against one name are two listings."""
    old = file.format == "dpl_tab"
    needed = ("Name", "Street_Address", "City", "State", "Country", "Postal_Code",
              "Effective_Date", "Expiration_Date",
              "FR_Citation") if old else ("Name_and_Address", "Effective_Date", "Expiration_Date")  # fmt: skip
    found: dict[str, Listing] = {}
    for line, row in table_rows(file, needed, delimiter="\t" if old else ",", ragged=old):
        if old:
            name, country = row["Name"], row["Country"]
            place = ", ".join(
                filter(
                    None, (row[part] for part in ("Street_Address", "City", "State", "Postal_Code"))
                )
            )
        else:
            name, place, country = split_name_and_address(row["Name_and_Address"])
        name = " ".join(name.split()).strip(" ,")
        start, until = day_of(row["Effective_Date"]), day_of(row["Expiration_Date"])
        if not name or start is None:
            raise SourceError(
                file.path, line, f"an order without name or day: {name!r}, "
                f"Effective_Date {row['Effective_Date']!r}, "
                "expected MM/DD/YYYY"
            )  # fmt: skip
        if row["Expiration_Date"] and until is None:
            raise SourceError(
                file.path,
                line,
                f"Expiration_Date is {row['Expiration_Date']!r}, expected MM/DD/YYYY or nothing",
            )
        cited = row.get("FR_Citation") or row.get("Appropriate Federal Register Citations") or ""
        new = Listing(
            list="DPL", id=slug(name, start.isoformat()), kind="", names=(ListedName(name),),
            countries=place_codes(country) if country else (),
            addresses=(place,) if place else (), remarks=f"Notice {cited}" if cited else "",
            valid_from=start, valid_until=until, published=start, source=DPL_SOURCE, url=DPL_PAGE,
        )  # fmt: skip
        # The list repeats an order for every address of the person.
        found[new.id] = _joined(found[new.id], new) if new.id in found else new
    return list(found.values())


def _joined(old: Listing, new: Listing) -> Listing:
    # Two terms of one order: until the later one, and without end where one has none.
    ends = (old.valid_until, new.valid_until)
    until = None if None in ends else max(end for end in ends if end)
    return replace(together(old, new), valid_until=until, remarks=old.remarks or new.remarks)


def read_agency_csv(file: ListFile) -> list[Listing]:
    """The older table of the Entity List and the Military End-User List: a row for each address and alias."""
    needed = ("Source List", "Name", "Address", "City", "Country", "Federal Register Notice", "Effective Date",
              "License Requirement", "License Policy", "Alternate Name")  # fmt: skip
    found: dict[str, Listing] = {}
    for line, row in table_rows(file, needed):
        if row["Source List"] not in _SUPPLEMENTS:
            raise SourceError(
                file.path,
                line,
                f"Source List is {row['Source List']!r}; known are {', '.join(_SUPPLEMENTS)}",
            )
        new = _from_agency_row(row)
        found[new.key] = together(found[new.key], new) if new.key in found else new
    return list(found.values())


def _from_agency_row(row: Mapping[str, str]) -> Listing:
    parts = ("Address", "City", "State/Province", "Postal Code", "Country")
    place = ", ".join(filter(None, (row.get(part, "") for part in parts)))
    names = [ListedName(row["Name"])]
    if row["Alternate Name"]:
        names.append(ListedName(row["Alternate Name"], "alias"))
    start = day_of(row["Effective Date"])
    marks = (
        row["Country"],
        row["Federal Register Notice"],
        row["Effective Date"],
        row.get("Title", ""),
    )
    number = slug(row["Name"], *filter(None, marks))
    return Listing(
        list=row["Source List"], id=number, kind="", names=tuple(names),
        countries=place_codes(row["Country"]), addresses=(place,) if place != row["Country"] else (),
        scope=row["License Requirement"], review_policy=row["License Policy"],
        remarks=f"Notice {row['Federal Register Notice']}" if row["Federal Register Notice"] else "",
        valid_from=start, published=start, source=f"BIS, {row['Source List']}", url=row.get("Web Link", ""),
    )  # fmt: skip


def read_unverified_csv(file: ListFile) -> list[Listing]:
    """The older table of the Unverified List: country, name, address; a row for each address."""
    found: dict[str, Listing] = {}
    for line, row in table_rows(file, ("COUNTRY", "NAME", "ADDRESS")):
        if not row["NAME"]:
            raise SourceError(file.path, line, f"a row without NAME; {AGAIN}")
        name, *others = re.split(r",?\s*\(?\ba\.?k\.?a\.?,?\s*", row["NAME"])
        names = [
            ListedName(name.strip(" ,;")),
            *(ListedName(o.strip(" ),;"), "alias") for o in others),
        ]
        place = ", ".join(filter(None, (row["ADDRESS"], row["COUNTRY"])))
        new = Listing(
            list="UVL", id=slug(name, row["COUNTRY"]), kind="", names=tuple(names),
            countries=place_codes(row["COUNTRY"]), addresses=(place,) if row["ADDRESS"] else (),
            source="BIS, UVL",
        )  # fmt: skip
        found[new.id] = together(found[new.id], new) if new.id in found else new
    return list(found.values())
