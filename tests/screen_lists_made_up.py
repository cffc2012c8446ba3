"""A small list of made-up parties, as FollowTheMoney, for tests of what surrounds screening."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from licet.parties.listing import Identifier, ListedName, Listing
from licet.sources.lists_ftm import write_ftm

HALVORSEN = Listing(
    list="OWN", id="1", kind="person", names=(ListedName("Ingmar Halvorsen"),), countries=("NO",),
    born=("1961-04-02",), programs=("TEST",),
)  # fmt: skip
ROTOR = Listing(
    list="OWN", id="2", kind="organization",
    names=(ListedName("Brannoch Rotor Works Ltd."), ListedName("Brannoch Aero", "alias")),
    countries=("GB",), addresses=("4 Kiln Lane, Leeds",),
)  # fmt: skip
SHIP = Listing(
    list="OWN", id="3", kind="vessel", names=(ListedName("OCEAN TERN"),),
    identifiers=(Identifier("imo", "9187655"),),
)  # fmt: skip
EVERYONE = (HALVORSEN, ROTOR, SHIP)


def write(path: Path, listings: Iterable[Listing] = EVERYONE) -> Path:
    """A file that ``--lists`` and ``licet lists load`` read."""
    stream = io.BytesIO()
    write_ftm(listings, stream)
    path.write_bytes(stream.getvalue())
    return path
