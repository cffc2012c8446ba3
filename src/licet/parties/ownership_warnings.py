"""What is odd in an ownership table and was read nevertheless: sums over the whole, rows twice, fractions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from licet.order_errors import Problem
from licet.parties.ownership import WHOLE
from licet.parties.ownership_format import from_days, line_of, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 20  # of each kind; the rest would only bury these
_ROUNDING = 1000
_FEW = 20  # below so many shares, small ones are no sign of fractions


def warnings(table: Mapping[str, Any], called: str) -> Iterator[Problem]:
    """The warnings of a table's columns, each with the lines that make it."""
    yield from _over_the_whole(table, called)
    yield from _twice(table, called)
    yield from _fractions(table, called)


def _over_the_whole(table: Mapping[str, Any], called: str) -> Iterator[Problem]:
    """Companies whose direct shares sum to more than 100 percent on some day, and the first such day."""
    import numpy as np

    owned, share = table["owned"], np.maximum(table["share"], 0)
    nodes = len(table["keys"])
    ever = np.bincount(owned, weights=share, minlength=nodes)
    suspects = ever > WHOLE + _ROUNDING
    rows = np.flatnonzero(suspects[owned])
    if not len(rows):
        return
    # A sweep over the days: shares come at since and go at until; what goes is counted before what comes.
    who = np.concatenate([owned[rows], owned[rows]])
    when = np.concatenate([table["since"][rows], table["until"][rows]]).astype(np.int64)
    change = np.concatenate([share[rows], -share[rows]])
    order = np.lexsort((change, when, who))
    who, when, change = who[order], when[order], change[order]
    total = np.cumsum(change)  # each company's changes sum to nothing, so that sums do not run over
    over = np.flatnonzero(total > WHOLE + _ROUNDING)
    first = over[np.unique(who[over], return_index=True)[1]]
    for at in first[:_MOST]:
        node, day = int(who[at]), int(when[at])
        mine = rows[owned[rows] == node]
        there = mine[(table["since"][mine] <= day) & (day < table["until"][mine])]
        since = "" if day <= -(2**31) else f" on {from_days(day)}"
        yield _problem(table, called, there, "share",
            f"the direct shares in {table['names'][node].as_py()} sum to {written(int(total[at]))} percent"
            f"{since}; at most 100 exist. Read as they stand; give direct shares only, and end a holding "
            "with until when it is sold.")  # fmt: skip
    if len(first) > _MOST:
        yield Problem(file=called, line=None, field="share",
            message=f"{len(first) - _MOST} more companies whose shares sum to over 100 percent.")  # fmt: skip


def _twice(table: Mapping[str, Any], called: str) -> Iterator[Problem]:
    """Two rows of the same owner and company at the same time: they are added up."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    pair = table["owner"].astype(np.int64) * max(len(table["keys"]), 1) + table["owned"]
    ordered = np.sort(pair)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(again):
        return
    twice = pc.is_in(pa.array(pair), value_set=pa.array(again))
    rows = np.flatnonzero(twice.to_numpy(zero_copy_only=False))
    order = rows[np.lexsort((table["since"][rows], pair[rows]))]
    before, after = order[:-1], order[1:]
    clash = (pair[before] == pair[after]) & (table["since"][after] < table["until"][before])
    found = list(zip(before[clash].tolist(), after[clash].tolist(), strict=True))
    for one, other in found[:_MOST]:
        owner = table["names"][int(table["owner"][one])].as_py()
        yield _problem(table, called, np.array([one, other]), "owner",
            f"two holdings of {owner} in {table['names'][int(table['owned'][one])].as_py()} at the same time "
            "are added up. If the second replaces the first, end the first with until.")  # fmt: skip
    if len(found) > _MOST:
        yield Problem(file=called, line=None, field="owner",
            message=f"{len(found) - _MOST} more holdings that stand twice and are added up.")  # fmt: skip


def _fractions(table: Mapping[str, Any], called: str) -> Iterator[Problem]:
    """Shares of 1 and less only: fractions were written where percent is asked."""
    known = table["share"][table["share"] > 0]
    if len(known) >= _FEW and known.max() <= WHOLE // 100:
        yield Problem(file=called, line=None, field="share",
            message="no share is above 1 percent. If these are fractions, multiply by 100.")  # fmt: skip


def _problem(
    table: Mapping[str, Any], called: str, rows: NDArray[Any], field: str, message: str
) -> Problem:
    """A warning at its first row, with the others named behind it."""
    by_line = table["by_line"]
    places = [line_of(int(r), table["lines"]) if by_line else int(r) + 1 for r in rows[:10]]
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    word = "lines" if by_line else "rows"
    at = f" ({word} {', '.join(map(str, places))}{more})"
    return Problem(
        file=called, line=places[0] if by_line else None, field=field, message=message + at
    )
