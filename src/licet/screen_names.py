"""``licet.screen`` and ``licet.compare``: the commands of the same names, as functions.

What they need (numpy, scipy, the index) is loaded when they are called: ``import licet`` stays fast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, overload

if TYPE_CHECKING:
    from licet.parties.listing import Identifier, Listing
    from licet.parties.score import Alignment
    from licet.parties.screening import Answer
    from licet.screen_lists import Lists

    Source: TypeAlias = Path | str | Collection[str] | Iterable[Listing] | Lists


@overload
def screen(  # type: ignore[overload-overlap]  # a text is one name, not its letters
    names: str,
    *,
    lists: Source | None = None,
    kind: str = "",
    country: str = "",
    born: str = "",
    address: str = "",
    identifiers: Iterable[Identifier | str] = (),
    on: dt.date | None = None,
    known: dt.date | None = None,
    threshold: float | None = None,
    settled: bool = True,
    refuse_stale: bool = False,
    data: Path | None = None,
) -> Answer: ...


@overload
def screen(
    names: Iterable[str | Mapping[str, Any]],
    *,
    lists: Source | None = None,
    kind: str = "",
    country: str = "",
    born: str = "",
    address: str = "",
    identifiers: Iterable[Identifier | str] = (),
    on: dt.date | None = None,
    known: dt.date | None = None,
    threshold: float | None = None,
    settled: bool = True,
    refuse_stale: bool = False,
    data: Path | None = None,
) -> list[Answer]: ...


def screen(
    names: str | Iterable[str | Mapping[str, Any]],
    *,
    lists: Source | None = None,
    kind: str = "",
    country: str = "",
    born: str = "",
    address: str = "",
    identifiers: Iterable[Identifier | str] = (),
    on: dt.date | None = None,
    known: dt.date | None = None,
    threshold: float | None = None,
    settled: bool = True,
    refuse_stale: bool = False,
    data: Path | None = None,
) -> Answer | list[Answer]:
    """Who on the lists a party may be, how sure, and why, as ``licet screen`` does.

    ``names`` is one name, or many: names or rows (``licet.screen_rows.COLUMNS``: id, name, kind, country, dob,
    address, imo, number, as_of). The other facts are those of every name that says none itself; ``country`` is
    ISO 3166-1 alpha-2 or a country's name, ``born`` ISO 8601, in part where known in part; numbers may be text.

    ``lists``: a path of official files, codes of lists (``"EL,SDN"`` or ``["EL", "SDN"]``), listings, or
    ``Lists`` made before; without it all lists in use. ``on`` asks who was listed that day, ``known`` leaves
    out what this machine learned later. ``settled`` applies what people decided (``licet.dispositions``).
    ``threshold``, 0.5 to 1, is the score from which somebody must look. ``refuse_stale``: raise
    ``licet.TooOld`` where a list is older than its limit on the day.

    One name gives one ``Answer``, many a list in their order: ``verdict`` is match, possible or clear, and a
    name that cannot be screened has an ``error`` and no verdict. Raises ``ValueError`` for lists that are not
    there and a threshold out of bounds, ``SourceError`` for a damaged file of them.

    >>> import licet, datetime
    >>> from licet.parties.listing import ListedName, Listing
    >>> acme = Listing(list="OWN", id="1", kind="organization", names=(ListedName("Acme Rotor Works"),))
    >>> answer = licet.screen("ACME ROTOR WORKS LTD", lists=[acme])
    >>> answer.verdict, answer.candidates[0].listing.key
    ('match', 'OWN:1')
    >>> [one.verdict for one in licet.screen(["Acme Rotor Works", "Lindgren Bakery"], lists=[acme])]
    ['match', 'clear']
    """
    from licet import dispositions
    from licet.freshness import refuse_stale as refuse
    from licet.parties.listing import Identifier
    from licet.parties.screening import THRESHOLD
    from licet.screen_rows import PLACE, answers, identifier

    least = THRESHOLD if threshold is None else threshold
    if not 0.5 <= least <= 1:
        raise ValueError(f"threshold: {least}; allowed: 0.5 to 1.")
    loaded = open_lists(lists, on=on, known=known, data=data)
    if refuse_stale or loaded.limits.refuse:
        refuse(loaded.ages(on))
    alone = isinstance(names, str)
    rows: Iterable[str | Mapping[str, Any]] = [names] if isinstance(names, str) else names
    given = {"kind": kind, "country": country, "dob": born, "address": address, "as_of": on}
    numbers = tuple(one if isinstance(one, Identifier) else identifier(one) for one in identifiers)

    def asked() -> Iterable[dict[str, Any]]:
        for at, row in enumerate(rows):
            said = {"name": row} if isinstance(row, str) else dict(row)
            if not alone:
                said[PLACE] = f"names[{at}]"
            yield filled(said, given)

    settle = None
    if settled and len(book := dispositions.book(known=known, data=data)):
        settle = dispositions.Settling(book, on)
    found = list(answers(asked(), loaded.screener, threshold=least, settle=settle, numbers=numbers))
    return found[0] if alone else found


def compare(left: str, right: str, *, kind: str = "") -> Alignment:
    """Whether two names may be one party's, word by word, as ``licet compare`` does.

    ``kind`` is person, organization, vessel, aircraft or "" where nobody said. ``score`` is from 0 to 1, and 1
    for the same name only; ``pairs``, ``left_only``, ``right_only`` and ``costs`` say where it comes from.

    >>> import licet
    >>> found = licet.compare("Huawai Technologies", "Huawei Technologies Co., Ltd.")
    >>> round(found.score, 1), [(pair.left, pair.right, pair.kind) for pair in found.pairs][0]
    (0.8, ('huawai', 'huawei', 'spelling'))
    """
    from licet.parties.compare import compare as compare_names
    from licet.screen_rows import KINDS

    if kind and kind not in KINDS:
        raise ValueError(f"kind: {kind!r}; allowed: {', '.join(KINDS)}, or nothing.")
    return compare_names(left, right, kind=kind)


def filled(row: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A row with what is said for all rows, where it says nothing itself."""
    return dict(row) | {
        field: value for field, value in given.items() if value and row.get(field) in (None, "")
    }


def open_lists(
    lists: Source | None,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    data: Path | None = None,
) -> Lists:
    """Lists ready to be screened against: of a path, of codes, of listings; without any, all in use.

    Raises ``ValueError`` for codes that no list in use has on the day, ``SourceError`` for a damaged file.
    """
    from licet import screen_lists
    from licet.parties.listing import Listing

    if isinstance(lists, screen_lists.Lists):
        return lists
    if isinstance(lists, str | Path) and str(lists) and Path(lists).exists():
        return screen_lists.of_files(Path(lists), on=on)
    if isinstance(lists, Path):
        raise ValueError(f"lists: {lists}: no such file or folder.")
    parts: list[str | Listing] = (
        list(lists.split(",")) if isinstance(lists, str) else list(lists or ())
    )
    if parts and isinstance(parts[0], Listing):
        return screen_lists.of_listings(one for one in parts if isinstance(one, Listing))
    codes = frozenset(one.strip().upper() for one in parts if isinstance(one, str) and one.strip())
    loaded = screen_lists.of_store(on=on, known=known, only=codes or None, data=data)
    there = {one.list for one in loaded.days}
    if missing := codes - there:
        raise ValueError(
            f"lists: no {', '.join(sorted(missing))} for {on or 'today'}: no such file, and no such list in "
            f"the store (there: {', '.join(sorted(there)) or 'none'}). Load it with licet lists load PATH."
        )
    if not there:
        raise ValueError(
            f"lists: none is in use for {on or 'today'}; load one with licet lists load PATH."
        )
    return loaded
