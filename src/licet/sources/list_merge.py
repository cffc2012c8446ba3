"""Two readings of one entry put together: what either says stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from licet.parties.listing import Listing

T = TypeVar("T")


def together(old: Listing, new: Listing) -> Listing:
    """One listing with the names, places, numbers and dates of both; where only one can be, that of the first.

    >>> from licet.parties.listing import ListedName
    >>> first, second = (Listing(list="UVL", id="a", kind="", names=(ListedName(n),)) for n in ("Acme", "A Co"))
    >>> [name.text for name in together(first, second).names]
    ['Acme', 'A Co']
    """
    names = {name.text: name for name in (*new.names, *old.names)}
    primary = next((name.text for name in old.names if name.kind == "primary"), None)
    ordered = [
        names[text] for text in dict.fromkeys(name.text for name in (*old.names, *new.names))
    ]
    return replace(
        old,
        kind=old.kind or new.kind,
        names=tuple(
            replace(name, kind="alias") if name.kind == "primary" and name.text != primary and primary
            else name
            for name in ordered
        ),
        countries=_each(old.countries, new.countries),
        addresses=_each(old.addresses, new.addresses),
        identifiers=_each(old.identifiers, new.identifiers),
        born=_each(old.born, new.born),
        programs=_each(old.programs, new.programs),
        footnotes=_each(old.footnotes, new.footnotes),
        linked_to=_each(old.linked_to, new.linked_to),
        scope=old.scope or new.scope,
        review_policy=old.review_policy or new.review_policy,
        remarks=old.remarks or new.remarks,
        valid_from=old.valid_from or new.valid_from,
        valid_until=old.valid_until or new.valid_until,
        published=old.published or new.published,
        url=old.url or new.url,
    )  # fmt: skip


def _each(*groups: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group))
