"""Who owns a party: half or more by restricted owners, by direct shares, to a fixed point.

A node is restricted when it is listed, or when restricted owners hold 50 percent or more of it directly, taken
together. Percentages are never multiplied down a chain: half of a half still counts, since the half-owned
holding is itself restricted (15 CFR 744.11(a)(1); OFAC FAQ 398 to 402 use the same test). This is the plain
form, for the owners that an order states; ``ownership_graph`` does the same for whole tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from licet.order import Owner

Truth = bool | None

# Shares are added in billionths of a percent: 0.05 + 32.05 + 17.9 is 50, which binary fractions miss.
PERCENT = 10**9
HALF = 50 * PERCENT
WHOLE = 100 * PERCENT
_ROUNDING = 1000  # shares written rounded may sum to a little more than the whole


def units(share: float) -> int:
    """A share in percent as a whole number of billionths of a percent.

    >>> sum(map(units, (0.05, 32.05, 17.9))) == HALF
    True
    """
    return round(share * PERCENT)


def room(known: int) -> int:
    """What owners of unknown share may hold at most together, where all known shares sum to ``known``.

    Shares that sum to more than the whole contradict each other and bound nothing.

    >>> room(60 * PERCENT) // PERCENT, room(130 * PERCENT) // PERCENT
    (40, 100)
    """
    return WHOLE if known > WHOLE + _ROUNDING else max(WHOLE - known, 0)


def held(
    owners: Sequence[Owner] | None, listed: Callable[[Owner], Truth], *, need: int = HALF
) -> Truth:
    """Whether restricted owners hold ``need`` or more of a node; None where a share or an owner is unknown.

    ``listed`` says whether an owner is itself on a list that flows down; ``need`` is in billionths of a
    percent.

    >>> half = Owner(name="Listed Co.", share=50)
    >>> held([Owner(name="Holding", share=50, owners=(half,))], lambda o: o.name == "Listed Co.")
    True
    """
    if owners is None:
        return None
    certain = possible = known = 0
    unsaid = False
    for owner in owners:
        share = None if owner.share is None else units(owner.share)
        known += share or 0
        state = restricted(owner, listed, need=need)
        if state is False:
            continue
        if share is None:
            unsaid = True
            continue
        possible += share
        if state is True:
            certain += share
    if certain >= need:
        return True
    # Owners whose shares are not known may hold all that nobody else is known to hold.
    return None if possible + (room(known) if unsaid else 0) >= need else False


def restricted(owner: Owner, listed: Callable[[Owner], Truth], *, need: int = HALF) -> Truth:
    """Whether an owner is restricted, by its own listing or its owners; None where that is unknown."""
    state = listed(owner)
    if state is True:
        return True
    above = held(owner.owners, listed, need=need)
    if above is True:
        return True
    return None if state is None or above is None else False


def walk(owners: Sequence[Owner] | None, path: str) -> Iterator[tuple[str, Owner]]:
    """Every owner of a chain with its path in the order, nearest first."""
    for at, owner in enumerate(owners or ()):
        here = f"{path}.owners[{at}]"
        yield here, owner
        yield from walk(owner.owners, here)
