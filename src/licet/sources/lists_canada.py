"""Canada's consolidated list under the Special Economic Measures Act: official XML (``data-set``) -> listings.

Newer copies name their elements in both languages (``EntityOrShip-EntiteOuNavire``). An entry is named by the
regulation's country, its schedule and its item, which together are its id. A person has a surname and given
names; everything else stands under ``Entity``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from licet.parties.listing import ListedName, Listing
from licet.sources.errors import SourceError
from licet.sources.list_file import AGAIN, ListFile
from licet.sources.list_text import born, day_of, number_of, place_codes
from licet.sources.list_xml import elements, fields, first, line_of
from licet.sources.lists_state import slug

SOURCE = "Canada, Consolidated Canadian Autonomous Sanctions List"
_FORM = re.compile(r"(?:Ltd|Limited|Inc|LLC|Co|Corp|S\.?A|JSC|GmbH|Plc)\b\.?\Z", re.IGNORECASE)


def read(file: ListFile) -> list[Listing]:
    """The records of the list. Raises ``SourceError`` for one without a name or an item."""
    found: dict[str, Listing] = {}
    for element in elements(file, "record"):
        listing = _listing(file, element)
        if listing.id in found and listing.name != found[listing.id].name:
            # Items begin anew in each part of a schedule.
            listing = replace(listing, id=f"{listing.id}/{slug(listing.name)}")
        if listing.id in found:
            raise SourceError(
                file.path, line_of(element), f"has record {listing.id} twice; {AGAIN}"
            )
        found[listing.id] = listing
    return list(found.values())


def _listing(file: ListFile, element: etree._Element) -> Listing:
    parts = {name.partition("-")[0]: nodes for name, nodes in fields(element).items()}

    def said(*names: str) -> str:
        return next(filter(None, (first(parts, name) for name in names)), "")

    country, item = said("Country"), said("Item")
    entity, last, given = said("Entity", "EntityOrShip"), said("LastName"), said("GivenName")
    person = bool(last or given) and not entity
    name = entity or ", ".join(filter(None, (last, given)))
    if not name or not item or not country:
        raise SourceError(
            file.path,
            line_of(element),
            f"a record without Country, Item, or Entity or LastName ({name!r}); {AGAIN}",
        )
    regulation = country.partition(" / ")[0].partition(" (")[0].strip()
    acronym = re.search(r"\(([A-Z]+)\)", country)
    program = acronym[1] if acronym else regulation
    ship = number_of("IMO", said("ShipIMONumber"), "")
    listed = day_of(said("DateOfListing"))
    names = [ListedName(name), *(ListedName(text, "alias") for text in _aliases(said("Aliases")))]
    date = said("DateOfBirth", "DateOfBirthOrShipBuildDate")
    return Listing(
        list="CA", id="/".join(filter(None, (program, said("Schedule"), item))),
        kind="person" if person else "vessel" if ship.value else "organization",
        names=tuple(dict.fromkeys(names)), countries=place_codes(country),
        identifiers=(ship,) if ship.value else (), born=born(date) if person else (),
        programs=(program,), remarks=said("Title", "TitleOrShip", "TitleOrShipType"),
        valid_from=listed, published=listed, source=SOURCE,
    )  # fmt: skip


def _aliases(text: str) -> list[str]:
    """Aliases parted by commas; "Ltd." after a comma belongs to the name before.

    >>> _aliases("Htoo Trading Company, Ltd., Htoo Group")
    ['Htoo Trading Company, Ltd.', 'Htoo Group']
    """
    found: list[str] = []
    for part in re.split(r"[,;]\s*", text):
        if found and _FORM.match(part.strip()):
            found[-1] += f", {part.strip()}"
        elif part.strip():
            found.append(part.strip())
    return found
