"""What differs between two copies of a list: entries added, removed and changed, each with its fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from licet.parties.listing import Identifier, ListedName, Listing

# How a file is called or printed is no change of the list.
_PASSED_OVER = frozenset({"list", "id", "source", "url"})
_FIELDS = tuple(field.name for field in fields(Listing) if field.name not in _PASSED_OVER)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry before and after; of a field with several values only those that differ."""

    field: str
    was: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs: ``what`` is added, removed or changed."""

    list: str
    id: str
    name: str
    what: str
    fields: tuple[FieldChange, ...] = ()


def compare(before: Iterable[Listing], after: Iterable[Listing]) -> tuple[Difference, ...]:
    """The differences in order of list and id.

    >>> old = Listing(list="SDN", id="1", kind="", names=(ListedName("Acme"),))
    >>> new = Listing(list="SDN", id="1", kind="", names=(ListedName("Acme"),), countries=("RU",))
    >>> compare([old], [new])[0].fields
    (FieldChange(field='countries', was=(), now=('RU',)),)
    """
    was = {listing.key: listing for listing in before}
    now = {listing.key: listing for listing in after}
    found = []
    for key in was.keys() | now.keys():
        old, new = was.get(key), now.get(key)
        if old is None and new is not None:
            found.append(Difference(new.list, new.id, new.name, "added"))
        elif new is None and old is not None:
            found.append(Difference(old.list, old.id, old.name, "removed"))
        elif old is not None and new is not None and old != new:
            changed = field_changes(old, new)
            if changed:
                found.append(Difference(new.list, new.id, new.name, "changed", changed))
    return tuple(sorted(found, key=lambda each: (each.list, _number(each.id), each.id)))


def field_changes(old: Listing, new: Listing) -> tuple[FieldChange, ...]:
    """The fields in which two versions of an entry differ."""
    found = []
    for field in _FIELDS:
        was, now = getattr(old, field), getattr(new, field)
        if was == now:
            continue
        if isinstance(was, tuple):
            left, right = tuple(map(_said, was)), tuple(map(_said, now))
            gone = tuple(each for each in left if each not in right)
            come = tuple(each for each in right if each not in left)
            if gone or come:
                found.append(FieldChange(field, gone, come))
        else:
            found.append(FieldChange(field, (str(was),) if was else (), (str(now),) if now else ()))
    return tuple(found)


def _said(value: object) -> str:
    if isinstance(value, ListedName):
        return value.text if value.kind == "primary" else f"{value.text} ({value.kind})"
    if isinstance(value, Identifier):
        return " ".join(filter(None, (value.kind, value.value, value.country)))
    return str(value)


def _number(text: str) -> int:
    """Publishers' numbers sort as numbers."""
    return int(text) if text.isdecimal() and text.isascii() else -1
