"""``instruments.toml`` and ``announcements.toml``, read and checked against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from licet.law.errors import Place, RulebookError
from licet.law.instrument import Announcement, Instrument
from licet.law.rule_files import RuleText, only_keys, read_toml, rules_of

_INSTRUMENT_KEYS = frozenset({
    "id", "citation", "kind", "title", "effective", "published", "until", "changed", "subjects", "says",
    "verified", "source", "time_stated",
})  # fmt: skip
_ANNOUNCEMENT_KEYS = frozenset({
    "id", "date", "speaker", "said", "legal_effect", "followed_by", "subjects", "verified", "source",
    "rule",
})  # fmt: skip
INSTRUMENT_KINDS = ("statute", "executive_order", "rule", "order", "guidance", "notice")


def read_instruments(text: str, file: str) -> dict[str, Instrument]:
    """Instruments by id; raises ``RulebookError`` for a missing date, a double id or an unknown kind."""
    found: dict[str, Instrument] = {}
    for entry in _entries(read_toml(text, file), "instrument"):
        identity = _text(entry, "id", file)
        place = _place(text, file, identity)
        only_keys(entry, _INSTRUMENT_KEYS, f"{identity!r}: ", "an instrument", place)
        if identity in found:
            raise RulebookError(place, f"instrument {identity!r} appears twice")
        kind = _text(entry, "kind", file)
        if kind not in INSTRUMENT_KINDS:
            raise RulebookError(
                place,
                f"kind {kind!r}; allowed: {', '.join(INSTRUMENT_KINDS)}",
            )
        found[identity] = Instrument(
            identity,
            _text(entry, "citation", file),
            kind,
            _text(entry, "title", file),
            _day(entry, "effective", place),
            _optional_day(entry, "published", place),
            _optional_day(entry, "until", place),
            _words(entry.get("changed")),
            _words(entry.get("subjects")),
            _text(entry, "says", file),
            entry.get("verified") is not False,
            str(entry.get("source", "")),
        )
    return found


def read_announcements(
    text: str, file: str, instruments: Mapping[str, Instrument]
) -> tuple[dict[str, Announcement], list[RuleText]]:
    """Announcements by id, and the overlay rules that take part only when one is assumed."""
    found: dict[str, Announcement] = {}
    overlays: list[RuleText] = []
    for entry in _entries(read_toml(text, file), "announcement"):
        identity = _text(entry, "id", file)
        place = _place(text, file, identity)
        only_keys(entry, _ANNOUNCEMENT_KEYS, f"{identity!r}: ", "an announcement", place)
        if entry.get("legal_effect") != "none":
            raise RulebookError(place, f'announcement {identity!r} must say legal_effect = "none"')
        followed = _words(entry.get("followed_by"))
        for name in followed:
            if name not in instruments:
                raise RulebookError(place, f"followed_by names no instrument: {name!r}")
        found[identity] = Announcement(
            identity,
            _day(entry, "date", place),
            _text(entry, "speaker", file),
            _text(entry, "said", file),
            followed,
            _words(entry.get("subjects")),
            entry.get("verified") is not False,
            str(entry.get("source", "")),
        )
        overlays += rules_of(entry.get("rule"), text, file, identity)
    return found, overlays


def _entries(data: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = data.get(key)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _place(text: str, file: str, identity: str) -> Place:
    return Place(file, text.count("\n", 0, max(text.find(f'id = "{identity}"'), 0)) + 1)


def _text(entry: Mapping[str, object], key: str, file: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise RulebookError(Place(file), f"{entry.get('id')!r}: {key} is missing")
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _day(entry: Mapping[str, object], key: str, place: Place) -> dt.date:
    value = _optional_day(entry, key, place)
    if value is None:
        raise RulebookError(place, f"{key} is missing; it must be a date")
    return value


def _optional_day(entry: Mapping[str, object], key: str, place: Place) -> dt.date | None:
    value = entry.get(key)
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise RulebookError(place, f"{key} must be a date; found {value!r}")
