"""Instruments, which make law, and announcements, which do not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """A published legal act: statute, executive order, rule, order; or guidance and notices about them.

    ``effective`` may precede ``published``; ``published`` is None for an act that was never published;
    ``until`` is the first day without effect where the act ends by its own terms.
    """

    id: str
    citation: str
    kind: str
    title: str
    effective: dt.date
    published: dt.date | None
    until: dt.date | None
    changed: tuple[str, ...]
    subjects: tuple[str, ...]
    says: str
    verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A statement with no legal effect: who said what, when, and which instruments followed."""

    id: str
    date: dt.date
    speaker: str
    said: str
    followed_by: tuple[str, ...]
    subjects: tuple[str, ...]
    verified: bool
    source: str
