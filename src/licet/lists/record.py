"""A listing as bytes: how the store writes one down, and the digest by which it knows that nothing changed."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import orjson

from licet.parties.listing import Identifier, ListedName, Listing

_TEXTS = ("kind", "scope", "review_policy", "remarks", "source", "url")
_TUPLES = ("countries", "addresses", "born", "programs", "footnotes", "linked_to")
_DAYS = ("valid_from", "valid_until", "published")


def to_bytes(listing: Listing) -> bytes:
    """The listing as JSON; what is empty is left out, so that a new field does not change old listings."""
    said: dict[str, object] = {
        "list": listing.list,
        "id": listing.id,
        "names": [[name.text, name.kind] for name in listing.names],
    }
    for field in (*_TEXTS, *_TUPLES, *_DAYS):
        if value := getattr(listing, field):
            said[field] = value
    if listing.identifiers:
        said["identifiers"] = [
            [each.kind, each.value, each.country] for each in listing.identifiers
        ]
    return orjson.dumps(said)


def from_bytes(data: bytes) -> Listing:
    """The listing that ``to_bytes`` wrote down.

    >>> listing = Listing(list="SDN", id="306", kind="organization", names=(ListedName("BNC"),))
    >>> from_bytes(to_bytes(listing)) == listing
    True
    """
    said: dict[str, Any] = orjson.loads(data)
    for field in _TUPLES:
        if field in said:
            said[field] = tuple(said[field])
    for field in _DAYS:
        if field in said:
            said[field] = dt.date.fromisoformat(said[field])
    said["names"] = tuple([ListedName(text, kind) for text, kind in said["names"]])
    if "identifiers" in said:
        said["identifiers"] = tuple([Identifier(*each) for each in said["identifiers"]])
    said.setdefault("kind", "")
    return Listing(**said)


def digest(data: bytes) -> bytes:
    """16 bytes that stand for a listing's content."""
    return hashlib.blake2b(data, digest_size=16).digest()
