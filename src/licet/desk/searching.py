"""Looking through the lists by words: every word of a question in names, numbers or addresses of an entry."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from licet.desk.entities import TOPICS, every
from licet.parties.listing import Listing
from licet.parties.screening import Screener
from licet.sources.lists_ftm import SCHEMAS

_building = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are wanted; what is left empty asks for nothing."""

    words: str = ""
    schema: str = ""
    countries: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    lists: frozenset[str] | None = None
    not_lists: frozenset[str] = frozenset()
    not_schemas: frozenset[str] = frozenset()
    not_ids: frozenset[str] = frozenset()
    changed_since: dt.date | None = None

    def takes(self, listing: Listing) -> bool:
        """Whether an entry is wanted, its words aside."""
        since = self.changed_since
        return (
            (self.lists is None or listing.list in self.lists)
            and listing.list not in self.not_lists
            and (not self.schema or listing.kind in kinds(self.schema))
            and not any(listing.kind in kinds(schema) for schema in self.not_schemas)
            and (not self.countries or not self.countries.isdisjoint(listing.countries))
            and (not self.topics or TOPICS.get(listing.list, "sanction") in self.topics)
            and listing.key not in self.not_ids
            and (since is None or (listing.valid_from is not None and listing.valid_from >= since))
        )


def kinds(schema: str) -> frozenset[str]:
    """The kinds of listing that a schema takes in.

    >>> sorted(kinds("LegalEntity")), kinds("Person")
    (['', 'organization', 'person'], frozenset({'person'}))
    """
    if schema == "LegalEntity":
        return frozenset({"", "organization", "person"})
    if schema in ("Thing", ""):
        return frozenset({"", *SCHEMAS.values()})
    if schema == "Asset":
        return frozenset({"organization", "vessel", "aircraft"})
    return frozenset({SCHEMAS[schema]}) if schema in SCHEMAS else frozenset()


def search(screener: Screener, wanted: Wanted) -> list[Listing]:
    """The entries that are wanted and hold every word, those whose name begins so first."""
    words = wanted.words.casefold().split()
    texts, keys = _texts(screener)
    found = []
    for at, text in enumerate(texts):
        if all(word in text for word in words):
            listing = screener.index.listing(at)
            if wanted.takes(listing):
                rank = 0 if listing.name.casefold().startswith(wanted.words.casefold()) else 1
                found.append((rank, keys[at], listing))
    return [listing for _, _, listing in sorted(found, key=lambda one: one[:2])]


def by_id(screener: Screener, key: str) -> Listing | None:
    """The entry of an id, such as SDN:6908."""
    place = _places(screener).get(key)
    return None if place is None else screener.index.listing(place)


def facets(found: Iterable[Listing], names: Collection[str]) -> dict[str, dict[str, object]]:
    """How many of the entries there are of each list, country and topic."""
    counts = {name: Counter[str]() for name in ("datasets", "countries", "topics")}
    for listing in found:
        counts["datasets"][listing.list] += 1
        counts["countries"].update(code.lower() for code in listing.countries)
        counts["topics"][TOPICS.get(listing.list, "sanction")] += 1
    return {
        name: {
            "label": name.capitalize(),
            "values": [
                {"name": value, "label": value, "count": times}
                for value, times in counts[name].most_common(50)
            ],
        }
        for name in counts
        if name in names
    }


class _ById:
    """A screener as a key: two are the same when they are one object."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener

    def __hash__(self) -> int:
        return id(self.screener)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.screener is self.screener


def _texts(screener: Screener) -> tuple[list[str], list[str]]:
    with _building:  # made once, however many ask at the same time
        return _made(_ById(screener))


@lru_cache(maxsize=2)
def _made(one: _ById) -> tuple[list[str], list[str]]:
    texts, keys = [], []
    for listing in every(one.screener):
        parts = [listing.key, *(name.text for name in listing.names), *listing.addresses]
        parts += [number.value for number in listing.identifiers]
        texts.append("\n".join(parts).casefold())
        keys.append(listing.key)
    return texts, keys


def _places(screener: Screener) -> dict[str, int]:
    with _building:
        return _placed(_ById(screener))


@lru_cache(maxsize=2)
def _placed(one: _ById) -> dict[str, int]:
    return {key: at for at, key in enumerate(_made(one)[1])}
