"""What an entry of the Commerce Control List says of list-based exceptions, for one item and destination.

The codes are those of the table ``ccl_entries`` (columns ``lvs_usd``, ``gbs``, ``sta``): see
``licet.sources.ccl_exceptions``. A code forbids for sure. That it allows is sure only where it is the
text of that day and sets no condition that only the text tells (``?``); otherwise the user confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from licet.decide.known import Child, Truth
from licet.decide.scope import under

# True, False, None (a fact of the order is missing), or "?" (the entry's text sets a condition).
Said = Truth | Literal["?"]

# How the source of a row says that its exceptions are those of a later text.
OF_LATER_TEXT = "LVS, GBS, STA as of"

_SILENT = ("unknown", "see-entry")
# No entry has a higher limit.
HIGHEST_LVS = 6000.0


def list_based(
    row: Mapping[str, str],
    paragraph: str,
    reasons: Sequence[Child],
    within: Callable[[str], Truth],
    *,
    of_that_day: bool = True,
) -> dict[str, object]:
    """The facts ``line.lvs_*``, ``line.gbs*`` and ``line.sta_*`` from an entry's row, for a paragraph.

    ``within`` tells whether the destination is a country (``CA``), is in a Country Group (``D:3``) or has
    a mark in a column of the Country Chart (``RS:2``). ``of_that_day``: false where the codes are those of
    a later text. None as a fact: a deeper paragraph, a reason or the destination must be known first.
    """
    item = _Item(paragraph, reasons, within)
    lvs, gbs = row["lvs_usd"], row["gbs"]
    limit, lvs_sure = (HIGHEST_LVS, False) if lvs in _SILENT else _lvs(lvs, item)
    open_, gbs_sure = (True, False) if gbs in _SILENT else _gbs(gbs, item)
    sta = [] if row["sta"] in _SILENT else row["sta"].split(" ")
    return {
        "line.lvs_usd": limit,
        "line.lvs_known": lvs_sure and of_that_day,
        "line.gbs": open_,
        "line.gbs_known": gbs_sure and of_that_day,
        "line.sta_c1": _sta(sta, ("none", "no-c1"), item),
        "line.sta_c2": _sta(sta, ("none", "no-c2", "not-A:6"), item),
    }


@dataclass(frozen=True, slots=True)
class _Item:
    """The item and its destination, of which the terms of a code are asked."""

    paragraph: str
    reasons: Sequence[Child]
    within: Callable[[str], Truth]

    def any_of(self, terms: Sequence[str]) -> Said:
        """Whether one of the terms holds."""
        found = [self._term(term) for term in terms]
        return _first(found, (True, None, "?"), otherwise=False)

    def _term(self, term: str) -> Said:
        return _first(
            [self._atom(atom) for atom in term.split("&")], (False, None, "?"), otherwise=True
        )

    def _atom(self, atom: str) -> Said:
        if atom == "?":
            return "?"
        if atom.startswith("in-"):
            return self.within(atom.removeprefix("in-"))
        if atom.startswith("not-"):
            return _not(self.within(atom.removeprefix("not-")))
        if atom.startswith("!"):
            return _not(self._plain(atom[1:]))
        return self._plain(atom)

    def _plain(self, atom: str) -> Truth:
        if not atom.isupper():
            return under(self.paragraph, [atom])
        exist = [child.exists for child in self.reasons if child.fields.get("reason") == atom]
        return True if True in exist else None if exist else False


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _first(found: Sequence[Said], order: Sequence[Said], *, otherwise: bool) -> Said:
    return next((value for value in order if any(value is x for x in found)), otherwise)


def _lvs(code: str, item: _Item) -> tuple[float | None, bool]:
    """The limit in US dollars, 0 where the entry gives none; and whether no condition could change it."""
    if "=" not in code:
        return _dollars(code), True
    possible: list[float] = []
    missing, rest, decided = False, 0.0, False
    for clause in code.split("|"):
        terms, _, value = clause.partition("=")
        if terms == "*":
            rest = _dollars(value)
            continue
        fits = item.any_of(terms.split(" "))
        if fits is False or decided:
            continue
        possible.append(_dollars(value))
        missing = missing or fits is None
        decided = fits is True
    if not decided:
        possible.append(rest)
    if len(set(possible)) == 1:
        return possible[0], True
    # A condition that only the text tells: the highest limit that it may leave bounds the claim.
    return (None, False) if missing else (max(possible), False)


def _dollars(value: str) -> float:
    return float(value) if value.isdigit() else 0.0


def _gbs(code: str, item: _Item) -> tuple[Truth, bool]:
    """Whether GBS may be open, and whether no condition of the text could change that."""
    head, _, terms = code.partition(":")
    if not terms:
        return head == "yes", True
    named = item.any_of(terms.split(" "))
    if named is None or named == "?":
        return (None if named is None else True), False
    return named if head == "yes" else not named, True


def _sta(codes: Sequence[str], closing: Sequence[str], item: _Item) -> Truth:
    """False where the entry shuts a paragraph of 740.20(c) for this item; true where it does not say so.

    A condition that only the text tells shuts nothing here: STA is always claimed by its symbol.
    """
    shut: list[Said] = []
    for code in codes:
        head, _, terms = code.partition(":") if not code.startswith("not-A:6") else _not_a6(code)
        if head in closing:
            shut.append(item.any_of(terms.split(",")) if terms else True)
    return False if True in shut else None if None in shut else True


def _not_a6(code: str) -> tuple[str, str, str]:
    return "not-A:6", ":", code.removeprefix("not-A:6").removeprefix(":")
