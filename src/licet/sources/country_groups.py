"""The Country Groups (15 CFR part 740, Supplement No. 1), compiled with their history.

Macau is in no arms-embargo group D:5: rules that mean it say "Macau or D:5" and so do ours.
"""

from __future__ import annotations

import json
from pathlib import Path

from licet.sources import country_history as history
from licet.sources.countries import Gazetteer
from licet.sources.country_chart import follow
from licet.sources.errors import SourceError
from licet.sources.tables import DATED, KNOWN_FROM, Span, render

GROUPS = (
    *("A:1", "A:2", "A:3", "A:4", "A:5", "A:6", "B"),
    *("D:1", "D:2", "D:3", "D:4", "D:5", "E:1", "E:2"),
)


def read_groups(path: Path, names: Gazetteer) -> dict[str, frozenset[str]]:
    """Country codes by group from the derived JSON; ``SourceError`` for a group never seen."""
    data = json.loads(path.read_text(encoding="utf-8"))["groups"]
    if tuple(sorted(data)) != GROUPS:
        odd = sorted(set(data) ^ set(GROUPS))
        raise SourceError(path, None, f"has other Country Groups than known: {odd}")
    groups = {
        group: frozenset(names.code(name, path) for name in members)
        for group, members in data.items()
    }
    empty = sorted(group for group, members in groups.items() if not members)
    if empty:
        raise SourceError(path, None, f"has Country Groups without members: {empty}")
    return groups


def memberships(
    groups: dict[str, frozenset[str]], names: Gazetteer, *, as_of: str
) -> list[tuple[str, str, Span]]:
    """Every (country, group, interval): those of today carried back, and the dated changes."""
    begins = {
        (code, group): (since, cite)
        for countries, joined, since, cite in history.JOINED
        for code in countries.split()
        for group in joined.split("|")
    }
    found: list[tuple[str, str, Span]] = []
    cite = f"15 CFR 740 Supp. 1 {as_of}"
    for group, members in groups.items():
        for code in members:
            if (code, group) in history.ONLY_SINCE_TEXT:
                found.append((code, group, Span(as_of, "", "", cite)))
                continue
            since, by = begins.get((code, group), (KNOWN_FROM, ""))
            source = f"{by}; {cite}; unverified before" if by else f"{cite}; unverified before"
            found.append((code, group, Span(since, "", "", source)))
    for countries, left, until, by in history.LEFT:
        for code in countries.split():
            for group in left.split("|"):
                found.append((code, group, Span(KNOWN_FROM, until, "", f"{by}; unverified")))
    for code, group, since, until, by in history.SPELLS:
        found.append((code, group, Span(since, until, "", f"{by}; unverified")))
    for country, territories in names.territories.items():
        for code in territories:
            for holder, group, span in list(found):
                shared = follow(code, country, span) if holder == country else None
                if shared is not None:
                    found.append((code, group, shared))
    source = f"own destination until {history.HONG_KONG_CITE}; unverified"
    for group in history.HONG_KONG_GROUPS:
        found.append(("HK", group, Span(KNOWN_FROM, history.HONG_KONG_JOINED, "", source)))
    return found


def compile_groups(found: list[tuple[str, str, Span]]) -> str:
    """``country_groups.csv`` from ``memberships``."""
    return render(
        ("country", "group", *DATED), ((code, group, *span) for code, group, span in found)
    )
