"""Checks of single values in an order: each returns the value, or notes a problem that teaches."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Callable

from licet.countries import countries, plain
from licet.order_errors import MOST, Findings, Where, nearest, shown
from licet.vocabulary import ECCN, SECTION, SYMBOLS, WORD_ALIASES

Check = Callable[[Findings, object, Where], object]

LONGEST = 20_000  # characters in one text field
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_BORN = re.compile(r"[1-9]\d{3}(-(0[1-9]|1[0-2]))?")


def text(found: Findings, value: object, where: Where) -> str | None:
    """Any text that is not empty."""
    if type(value) is not str:
        hint = " Put it in quotes." if isinstance(value, int | float | dt.date) else ""
        found.note(where, f"found {shown(value)}; a text is asked.{hint}")
        return None
    if not value.strip():
        found.note(where, "the text is empty; leave the field out if it is not known.")
    elif len(value) > LONGEST:
        found.note(where, f"the text has {len(value)} characters; at most {LONGEST} are taken.")
    return value


def flag(found: Findings, value: object, where: Where) -> bool | None:
    """True or false."""
    if type(value) is bool:
        return value
    hint = " Write it without quotes." if isinstance(value, str) else ""
    found.note(
        where,
        f"found {shown(value)}; true or false is asked.{hint} Leave the field out if not known.",
    )
    return None


def number(found: Findings, value: object, where: Where) -> int | float | None:
    """A number, 0 or more, finite."""
    if type(value) is not int and type(value) is not float:
        hint = " Write it without quotes, units and separators." if isinstance(value, str) else ""
        found.note(where, f"found {shown(value)}; a number of 0 or more is asked.{hint}")
        return None
    if not (0 <= value <= MOST) or not math.isfinite(value):
        if value < 0:
            need = "a negative number; 0 or more is asked."
        elif value > MOST and value != math.inf:
            need = "above 10^15; no trade is as large. Check the unit."
        else:
            need = "not a number that can be counted. Leave the field out if it is not known."
        found.note(where, f"{shown(value)} is {need}")
        return None
    return value


def percent(found: Findings, value: object, where: Where) -> int | float | None:
    """A number from 0 to 100."""
    given = number(found, value, where)
    if given is not None and given > 100:
        found.note(where, f"{shown(given)} is above 100; percent is asked, from 0 to 100.")
        return None
    return given


def day(found: Findings, value: object, where: Where) -> dt.date | None:
    """A calendar day: a TOML date, or the text YYYY-MM-DD."""
    if type(value) is dt.date:
        return value
    if isinstance(value, str):
        if _ISO_DAY.fullmatch(value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                found.note(where, impossible_day(value))
                return None
        if re.match(r"\d{4}-\d{2}-\d{2}[T ]", value):
            value = value[:19]
            found.note(where, _moment(value))
            return None
    if isinstance(value, dt.datetime):
        found.note(where, _moment(value.isoformat()))
        return None
    found.note(where, f"found {shown(value)}; a day is asked as YYYY-MM-DD, such as 2019-06-30.")
    return None


def born(found: Findings, value: object, where: Where) -> str | None:
    """A date of birth: YYYY-MM-DD, or YYYY-MM or YYYY where only that is known."""
    if type(value) is dt.date:
        return value.isoformat()
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        whole = day(found, value, where)
        return whole.isoformat() if whole else None
    if isinstance(value, str) and _BORN.fullmatch(value):
        return value
    hint = f' Put it in quotes: "{value}".' if type(value) is int and 1000 < value < 3000 else ""
    found.note(
        where,
        f"found {shown(value)}; a date of birth is asked as YYYY-MM-DD, or in part, such as "
        f'"1965-03" or "1965".{hint} Leave the field out if it is not known.',
    )
    return None


def _moment(value: str) -> str:
    return (
        f"{value} is a moment; a day is asked, because instruments take effect by the day. "
        f"Write {value[:10]}, the day in the place that exports."
    )


def impossible_day(value: str) -> str:
    """Why a text shaped like a day is not one."""
    year, month, last = (int(part) for part in value.split("-"))
    if year == 0:
        return f"{value} is not a day: years begin with 0001."
    if not 1 <= month <= 12:
        return f"{value} is not a day: months go from 01 to 12. Days are written YYYY-MM-DD."
    days = calendar.monthrange(year, month)[1]
    name = dt.date(2000, month, 1).strftime("%B")
    return f"{value} is not a day: {name} {year} has {days} days, not {last}. Write the day meant."


def revoked(found: Findings, value: object, where: Where) -> dt.date | bool | None:
    """A day, true (revoked, day not known) or false (looked at, not revoked)."""
    return value if type(value) is bool else day(found, value, where)


def country(found: Findings, value: object, where: Where) -> str | None:
    """An ISO 3166-1 alpha-2 code, or XK."""
    known = countries()
    if type(value) is str and value in known.names:
        return value
    if type(value) is not str:
        found.note(where, f'found {shown(value)}; a country code in quotes is asked, such as "CN".')
        return None
    code = value.upper() if value.upper() in known.names else known.codes.get(plain(value[:80]))
    if code is None and (near := nearest(plain(value[:80]), known.codes)) and len(value) > 3:
        code = known.codes[near]
    meant = f' Write "{code}" for {known.names[code]}.' if code else ""
    found.note(
        where,
        f"{shown(value)} is not a country code; two capital letters of ISO 3166-1 are asked "
        f"(CN, US, GB; XK for Kosovo).{meant or ' Look the code up in ISO 3166-1 alpha-2.'}",
    )
    return None


def eccn(found: Findings, value: object, where: Where) -> str | None:
    """An Export Control Classification Number, with or without paragraph, or EAR99."""
    if type(value) is str and ECCN.fullmatch(value):
        return value
    if type(value) is not str:
        found.note(where, f'found {shown(value)}; an ECCN in quotes is asked, such as "3A991.a.1".')
        return None
    found.note(where, f"{shown(value)} is not an ECCN: {_eccn_reason(value[:40])}")
    return None


def _eccn_reason(value: str) -> str:
    shape = (
        "digit 0-9, letter A-E, three digits, then paragraphs, as in 3A991.a.1; "
        "or EAR99 (15 CFR 738.2)."
    )
    bare = re.sub(r"[\s().:,-]+", "", value)
    if bare.upper() == "EAR99":
        return 'write "EAR99".'
    if match := re.fullmatch(r"([0-9][A-Ea-e][0-9]{3})([A-Za-z0-9]*)", bare):
        parts = re.findall(r"[a-z]+|[0-9]+", match[2].lower())
        mended = ".".join((match[1].upper(), *parts))
        if ECCN.fullmatch(mended):
            return f'did you mean "{mended}"? An ECCN is {shape}'
    if re.fullmatch(r"[0-9][A-Ea-e][0-9]{0,2}", bare):
        return f"a group of entries, among which controls differ. Give the entry: {shape}"
    if re.fullmatch(r"[0-9][F-Zf-z][0-9]{3}.*", bare):
        return f"product groups go from A to E. Allowed: {shape}"
    if re.match(r"[XVI]+(?:\(|$)", value):
        return (
            "it looks like a category of the US Munitions List (22 CFR 121.1), which the ITAR "
            f"controls and not the EAR. Allowed: {shape}"
        )
    return f"allowed: {shape} Leave the field out if the item is not classified yet."


def schedule_b(found: Findings, value: object, where: Where) -> str | None:
    """A Schedule B or HTS number: 4 to 10 digits, with or without points."""
    if type(value) is str and re.fullmatch(
        r"[0-9]{4}(?:\.?[0-9]{2}){0,3}|[0-9]{4}\.[0-9]{2}\.[0-9]{4}", value
    ):
        return value
    hint = " Put it in quotes." if isinstance(value, int | float) else ""
    found.note(
        where,
        f'found {shown(value)}; a Schedule B or HTS number is asked, such as "8542.31".{hint}',
    )
    return None


def symbol(found: Findings, value: object, where: Where) -> str | None:
    """An authorization by symbol (TGL) or by section (742.15(b))."""
    if text(found, value, where) is None:
        return None
    assert isinstance(value, str)
    if value in SYMBOLS or SECTION.fullmatch(value):
        return value
    last = value.split()[-1] if value.split() else ""
    for meant in (value.upper(), last, last.upper()):
        if meant != value and (meant in SYMBOLS or SECTION.fullmatch(meant)):
            found.note(where, f'{shown(value)} is not the symbol itself; write "{meant}".')
            return None
    if not re.fullmatch(r"[A-Za-z0-9_.:()/-]{1,40}", value):
        found.note(
            where,
            f"{shown(value)} is not an authorization; a symbol is asked, such as "
            '"TGL" or "ENC", or a section, such as "742.15(b)".',
        )
    return value


def word(what: str, allowed: tuple[str, ...]) -> Check:
    """A check for one word of a closed list; `what` names the list in messages."""
    known = frozenset(allowed)
    aliases = WORD_ALIASES.get(what, {})

    def check(found: Findings, value: object, where: Where) -> str | None:
        if type(value) is str and value in known:
            return value
        meant = None
        if isinstance(value, str):
            plain_word = value[:60].strip().lower()
            meant = aliases.get(plain_word) or nearest(plain_word.replace(" ", "_"), allowed)
            if meant is None and plain_word.upper() in known:
                meant = plain_word.upper()
        found.note(
            where,
            f"{shown(value)} is not a known {what}."
            + (f' Did you mean "{meant}"?' if meant else "")
            + f" Allowed: {', '.join(allowed)}.",
        )
        return None

    return check


def many(one: Check, example: str) -> Check:
    """A check for a list of such values; `[]` says that there are none."""

    def check(found: Findings, value: object, where: Where) -> tuple[object, ...] | None:
        if type(value) is not list and type(value) is not tuple:
            fix = f"[{shown(value)}]" if isinstance(value, str) else f"[{example}]"
            found.note(
                where,
                f"found {shown(value)}; a list is asked: write {fix}, or [] if there are none.",
            )
            return None
        return tuple([one(found, item, (*where, at)) for at, item in enumerate(value)])

    return check
