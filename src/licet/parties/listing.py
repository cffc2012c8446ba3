"""Listings: entries on restricted-party lists, whatever file they were read from.

Readers in ``licet.sources`` make them, the list store keeps them in versions, screening looks through them.
What a file does not say stays empty, and empty means "the list does not say", never "none".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = ("person", "organization", "vessel", "aircraft", "address", "")
"""What a listing is; "address" names nobody (15 CFR 744.16(f)), "" where the list does not say."""

NAME_KINDS = ("primary", "alias", "weak")
"""How a listing bears a name: OFAC and the UN mark aliases that are too common to search for as weak or low."""


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name as the list prints it, with "SURNAME, Given" kept as printed."""

    text: str
    kind: str = "primary"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that tells a party from its namesakes: a passport, a registration, an IMO number.

    ``kind`` is lower case with underscores (``imo``, ``passport``, ``national_id``, ``registration``,
    ``tax_id``, ``lei``, ``swift``, ``other``); ``country`` is ISO 3166-1 alpha-2 or "".
    """

    kind: str
    value: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One entry on one list.

    ``list`` is the list's code (``EL UVL MEU DPL SDN CMIC SSI CAPTA FSE MBS PLC ISN DTC UN EU UK CA``, or a
    private one), ``id`` the publisher's own number, unique on the list. ``born`` holds ISO 8601 dates of
    birth, in part where the list has them in part ("1965", "1965-03"). ``countries`` are ISO 3166-1 alpha-2:
    of nationality, citizenship, addresses, registration, flag. ``linked_to`` names the listed parties on
    whose account OFAC listed this one ("Linked To: HAMAS"); it is no share of ownership. ``valid_from`` is
    the first day on the list and ``valid_until`` the first day no longer on it, where the file says so.
    """

    list: str
    id: str
    kind: str
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    born: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    scope: str = ""
    review_policy: str = ""
    footnotes: tuple[str, ...] = ()
    remarks: str = ""
    linked_to: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    published: dt.date | None = None
    source: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """List and number together: unique over all lists.

        >>> Listing(list="SDN", id="6908", kind="person", names=(ListedName("AL-IRAQI, Abd al-Hadi"),)).key
        'SDN:6908'
        """
        return f"{self.list}:{self.id}"

    @property
    def name(self) -> str:
        """The primary name, or the first that is printed; for an address-only entry its address."""
        first = next((name.text for name in self.names if name.kind == "primary"), None)
        return first or (self.names[0].text if self.names else next(iter(self.addresses), self.id))
