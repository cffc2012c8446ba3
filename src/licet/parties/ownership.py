"""Who owns a party: 50 percent or more by restricted owners, by direct shares, to a fixed point.

A node is restricted when it is listed, or when restricted owners hold 50 percent or more of it directly, taken
together. Percentages are never multiplied down a chain: half of a half still counts, since the half-owned
holding is itself restricted (15 CFR 744.11(a)(1); OFAC FAQ 398 to 402 use the same test).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from licet.order import Owner

Truth = bool | None
HALF = 50.0


def held(owners: Sequence[Owner] | None, listed: Callable[[Owner], Truth]) -> Truth:
    """Whether restricted owners hold half or more of a node; None where a share or an owner is unknown.

    ``listed`` says whether an owner is itself on a list that flows down.

    >>> half = Owner(name="Listed Co.", share=50)
    >>> held([Owner(name="Holding", share=50, owners=(half,))], lambda o: o.name == "Listed Co.")
    True
    """
    if owners is None:
        return None
    certain = possible = 0.0
    for owner in owners:
        state = restricted(owner, listed)
        if state is False:
            continue
        # An owner whose share is not known may hold anything up to the whole.
        possible += HALF if owner.share is None else owner.share
        if state is True and owner.share is not None:
            certain += owner.share
    if certain >= HALF:
        return True
    return None if possible >= HALF else False


def restricted(owner: Owner, listed: Callable[[Owner], Truth]) -> Truth:
    """Whether an owner is restricted, by its own listing or its owners; None where that is unknown."""
    state = listed(owner)
    if state is True:
        return True
    above = held(owner.owners, listed)
    if above is True:
        return True
    return None if state is None or above is None else False


def walk(owners: Sequence[Owner] | None, path: str) -> Iterator[tuple[str, Owner]]:
    """Every owner of a chain with its path in the order, nearest first."""
    for at, owner in enumerate(owners or ()):
        here = f"{path}.owners[{at}]"
        yield here, owner
        yield from walk(owner.owners, here)
