"""How old the law and the lists are on the day that is asked about, and how old they may be.

An answer rests on copies. What was added after the day of a copy is not seen, so every answer says the day, and
that a copy is older than its limit. Limits are data (``freshness.toml``), and the user's own go before them.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

LAW = "law"
FILE = "freshness.toml"
_PACKAGED = Path(__file__).with_name(FILE)
_LONGEST = 36_500  # days; more is a slip of the pen


class LimitsError(ValueError):
    """A file of limits that cannot be read; the message names file, key, what is allowed."""


class TooOld(ValueError):  # noqa: N818 -- it says what is the matter
    """The law or a list is older than its limit and the policy is to give no answer then."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days old the law, each list by code, and any other list may be; ``refuse``: no answer beyond.

    >>> limits = Limits(law=30, lists={"SDN": 7}, other=20)
    >>> limits.of("SDN"), limits.of("OWN"), limits.of("law")
    (7, 20, 30)
    """

    law: int
    lists: Mapping[str, int]
    other: int
    refuse: bool = False

    def of(self, what: str) -> int:
        """The limit of a list, or of ``law``, in days."""
        return self.law if what == LAW else self.lists.get(what, self.other)


@dataclass(frozen=True, slots=True)
class Age:
    """How old the law or a list is on a day.

    ``what`` is ``law`` or the code of a list; ``as_of`` the day of its copy, None where nobody knows it;
    ``confirmed`` the last day on which its publisher was seen to have no newer copy; ``limit`` is in days.

    >>> sdn = Age("SDN", dt.date(2026, 3, 2), None, dt.date(2026, 3, 12), 7)
    >>> sdn.days, sdn.stale
    (10, True)
    >>> Age("OWN", None, None, dt.date(2026, 3, 12), 30).stale  # of an unknown day: nobody can call it fresh
    True
    """

    what: str
    as_of: dt.date | None
    confirmed: dt.date | None
    on: dt.date
    limit: int

    @property
    def days(self) -> int | None:
        """Days from the copy or its confirmation to the day that is asked about; 0 where it reaches it."""
        known = [one for one in (self.as_of, self.confirmed) if one is not None]
        if self.as_of is None:
            return None
        return max((self.on - max(known)).days, 0)

    @property
    def stale(self) -> bool:
        """Whether it is older than its limit; of an unknown day, it is."""
        return self.days is None or self.days > self.limit

    def __str__(self) -> str:
        """What is told of it.

        >>> print(Age("SDN", dt.date(2026, 3, 2), dt.date(2026, 3, 4), dt.date(2026, 3, 12), 7))
        SDN as of 2026-03-02, confirmed 2026-03-04: 8 days old on 2026-03-12; limit 7 days
        """
        if self.as_of is None:
            return f"{self.what} as of no known day; limit {_in_days(self.limit)}"
        confirmed = f", confirmed {self.confirmed}" if self.confirmed else ""
        return (
            f"{self.what} as of {self.as_of}{confirmed}: {_in_days(self.days or 0)} old on {self.on}; "
            f"limit {_in_days(self.limit)}"
        )


def _in_days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def refuse_stale(ages: Iterable[Age]) -> None:
    """Raise ``TooOld`` where anything is older than its limit, naming each and the next step."""
    stale = [one for one in ages if one.stale]
    if not stale:
        return
    told = "".join(f"\n  {one}" for one in stale)
    steps = [
        "licet law update renews the law" if any(one.what == LAW for one in stale) else "",
        "licet lists update renews the lists" if any(one.what != LAW for one in stale) else "",
    ]
    raise TooOld(
        f"older than its limit, so that there is no answer (refuse stale):{told}\n"
        f"{'; '.join(filter(None, steps))}. A limit is set in {FILE}."
    )


def as_rows(ages: Iterable[Age]) -> list[dict[str, object]]:
    """Ages as plain data for JSON."""
    return [
        {
            "what": one.what,
            "as_of": one.as_of and one.as_of.isoformat(),
            "confirmed": one.confirmed and one.confirmed.isoformat(),
            "on": one.on.isoformat(),
            "days": one.days,
            "limit": one.limit,
            "stale": one.stale,
        }
        for one in ages
    ]


def limits(folder: Path | None = None) -> Limits:
    """The limits that come with Licet, changed by what the file in a folder says, where there is one.

    Raises ``LimitsError``.
    """
    own = folder / FILE if folder is not None else None
    try:
        state = own.stat() if own is not None else None
    except OSError:
        state = None
    if own is None or state is None:
        return _packaged()
    return _read(own, (state.st_mtime_ns, state.st_size))


@functools.cache
def _packaged() -> Limits:
    return _of(_PACKAGED, Limits(0, {}, 0))


@functools.lru_cache(maxsize=8)
def _read(path: Path, stamp: object) -> Limits:
    return _of(path, _packaged())


def _of(path: Path, base: Limits) -> Limits:
    """What a file says, over what is so without it."""
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LimitsError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:  # also what is not UTF-8
        raise LimitsError(f"{path}: is not TOML: {error}") from None
    for key in said:
        if key not in ("refuse", LAW, "other", "lists"):
            raise LimitsError(f"{path}: no key {key!r}; allowed: refuse, law, other, lists")
    refuse, lists = said.get("refuse", base.refuse), said.get("lists", {})
    if not isinstance(refuse, bool):
        raise LimitsError(f"{path}: refuse: {refuse!r}; allowed: true or false")
    if not isinstance(lists, dict):
        raise LimitsError(f"{path}: lists: no table; write [lists] and below it SDN = 7")
    for key, value in {LAW: said.get(LAW, 1), "other": said.get("other", 1), **lists}.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LONGEST:
            raise LimitsError(
                f"{path}: {key}: {value!r}; allowed: a whole number of days, 0 to {_LONGEST}"
            )
    return replace(
        base,
        refuse=refuse,
        law=said.get(LAW, base.law),
        other=said.get("other", base.other),
        lists={**base.lists, **{code.upper(): days for code, days in lists.items()}},
    )
