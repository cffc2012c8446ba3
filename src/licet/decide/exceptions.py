"""What an entry of the Commerce Control List says of list-based exceptions, for one item.

The codes are those of the table ``ccl_entries`` (columns ``lvs_usd``, ``gbs``, ``sta``): see
``licet.sources.ccl_exceptions``. A code that is silent (``unknown``, ``see-entry``) gives no value: whether
the exception is open is then asked for, with its other terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licet.decide.scope import under
from licet.decide.truth import Child, Truth

_SILENT = ("unknown", "see-entry")


def list_based(
    row: Mapping[str, str], paragraph: str, reasons: Sequence[Child]
) -> dict[str, object]:
    """The facts ``line.lvs_*``, ``line.gbs*`` and ``line.sta_*`` from an entry's row, for a paragraph.

    None: a deeper paragraph, or whether a reason applies, would have to be known first.
    """
    found: dict[str, object] = {
        "line.lvs_known": row["lvs_usd"] not in _SILENT,
        "line.gbs_known": row["gbs"] not in _SILENT,
    }
    if found["line.lvs_known"]:
        found["line.lvs_usd"] = _lvs(row["lvs_usd"], paragraph, reasons)
    if found["line.gbs_known"]:
        found["line.gbs"] = _gbs(row["gbs"], paragraph, reasons)
    codes = [] if row["sta"] in _SILENT else row["sta"].split(" ")
    found["line.sta_c1"] = _sta(codes, ("none", "no-c1"), paragraph)
    found["line.sta_c2"] = _sta(codes, ("none", "no-c2", "not-A:6"), paragraph)
    return found


def _whom(whom: str, paragraph: str, reasons: Sequence[Child]) -> Truth:
    """Whether an item is one of those that a clause names, by paragraph or by reason for control."""
    words = whom.split()
    results: list[Truth] = []
    paragraphs = [word for word in words if not word.isupper()]
    if paragraphs:
        results.append(under(paragraph, paragraphs))
    for word in words:
        if word.isupper():
            exist = [child.exists for child in reasons if child.fields.get("reason") == word]
            results.append(True if True in exist else None if exist else False)
    return True if True in results else None if None in results else False


def _lvs(code: str, paragraph: str, reasons: Sequence[Child]) -> float | None:
    """The limit in US dollars; 0 where the entry gives none."""
    rest: str | None = code
    if "=" in code:
        rest = None
        for clause in code.split("|"):
            whom, _, value = clause.partition("=")
            if whom == "*":
                rest = value
                continue
            named = _whom(whom, paragraph, reasons)
            if named is None:
                return None
            if named:
                return _dollars(value)
    return _dollars(rest)


def _dollars(value: str | None) -> float:
    return float(value) if value is not None and value.isdigit() else 0.0


def _gbs(code: str, paragraph: str, reasons: Sequence[Child]) -> Truth:
    head, _, whom = code.partition(":")
    if not whom:
        return head == "yes"
    named = _whom(whom, paragraph, reasons)
    return named if head == "yes" else None if named is None else not named


def _sta(codes: Sequence[str], closing: Sequence[str], paragraph: str) -> Truth:
    """False where the entry shuts a paragraph of 740.20(c) for this item; true where it does not say so."""
    shut: list[Truth] = []
    for code in codes:
        for word in closing:
            if code == word:
                shut.append(True)
            elif code.startswith(f"{word}:"):
                shut.append(under(paragraph, code.removeprefix(f"{word}:").split(",")))
    return False if True in shut else None if None in shut else True
