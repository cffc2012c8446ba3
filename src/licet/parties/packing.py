"""Listings and texts as bytes with offsets: mapped into memory, one read when it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from licet.parties.listing import Identifier, ListedName, Listing


@dataclass(frozen=True, slots=True)
class Strings:
    """Many byte strings in one block: number n is ``block[at[n]:at[n + 1]]``."""

    block: NDArray[np.uint8]
    at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.block[self.at[number] : self.at[number + 1]].tobytes()

    @property
    def size(self) -> int:
        """Bytes taken."""
        return int(self.block.nbytes + self.at.nbytes)

    def save(self, path: Path) -> None:
        """Write the block and the offsets beside one another."""
        np.save(path.with_suffix(".block.npy"), self.block)
        np.save(path.with_suffix(".at.npy"), self.at)

    @classmethod
    def load(cls, path: Path) -> Strings:
        """Map what ``save`` wrote."""
        block, at = (
            # The plain view of the map: reading through numpy's own memmap class costs several times as much.
            np.load(path.with_suffix(end), mmap_mode="r").view(np.ndarray)
            for end in (".block.npy", ".at.npy")
        )
        return cls(block, at)

    @classmethod
    def of(cls, items: Iterable[bytes]) -> Strings:
        """Strings from byte strings, in their order."""
        parts, at, end = [], [0], 0
        for item in items:
            parts.append(item)
            end += len(item)
            at.append(end)
        block = np.frombuffer(b"".join(parts), dtype=np.uint8)
        return cls(block, np.array(at, dtype=np.int64))


_TUPLES = ("countries", "addresses", "born", "programs", "footnotes", "linked_to")
_TEXTS = ("scope", "review_policy", "remarks", "source", "url")
_DAYS = ("valid_from", "valid_until", "published")


def pack(listing: Listing) -> bytes:
    """A listing as JSON, without what it leaves open."""
    out: dict[str, object] = {
        "list": listing.list,
        "id": listing.id,
        "kind": listing.kind,
        "names": [[name.text, name.kind] for name in listing.names],
    }
    if listing.identifiers:
        out["identifiers"] = [[one.kind, one.value, one.country] for one in listing.identifiers]
    for field in (*_TUPLES, *_TEXTS, *_DAYS):
        if value := getattr(listing, field):
            out[field] = value
    return orjson.dumps(out)


def unpack(packed: bytes) -> Listing:
    """The listing of ``pack``.

    >>> one = Listing(list="UN", id="QDi.001", kind="person", names=(ListedName("A B"),), born=("1965",))
    >>> unpack(pack(one)) == one
    True
    """
    raw = orjson.loads(packed)
    fields: dict[str, Any] = {field: tuple(raw[field]) for field in _TUPLES if field in raw}
    fields |= {field: raw[field] for field in _TEXTS if field in raw}
    fields |= {field: dt.date.fromisoformat(raw[field]) for field in _DAYS if field in raw}
    return Listing(
        list=raw["list"],
        id=raw["id"],
        kind=raw["kind"],
        names=tuple(ListedName(text, kind) for text, kind in raw["names"]),
        identifiers=tuple(Identifier(*one) for one in raw.get("identifiers", ())),
        **fields,
    )
