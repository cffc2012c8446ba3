"""When controls of the Commerce Control List changed, where the stored texts do not tell.

The history keeps no control table for entries with paragraphs, but on one day; what is written
here by hand is marked ``unverified`` in the tables. A state holds until the next one of its entry.
"""

from __future__ import annotations

from typing import NamedTuple

# States of an entry that stand for a stored text: as on 2020-06-29, as in the official XML.
FULL = "as 2020-06-29"
TODAY = "as XML"


class State(NamedTuple):
    """Control lines from a day: (control, chart) as printed then, or a stored text, and why."""

    since: str
    published: str
    lines: tuple[tuple[str, str], ...] | str
    source: str


_AT = ("AT applies to entire entry", "AT Column 1")
_D = (
    "To or within destinations specified in Country Groups D:1, D:4, and D:5, excluding any"
    " destination also specified in Country Groups A:5 or A:6. See § 742.6(a)(6)(iii)."
)
_CN = "China (See § 742.6(a)(6))"
_CN_MO = "China and Macau (See § 742.6(a)(6))"
_MACAU_D5 = (
    "To or within Macau or a destination specified in Country Group D:5. See § 742.6(a)(6)(i)."
)

# Entries whose text of 2020-06-29 is carried back to the first day that the tables know.
CARRIED = frozenset(
    (
        *("2B001", "3A001", "3A991", "3A992", "3B001", "3B991", "3B992", "4A003", "4A004"),
        *("4A994", "5A001", "5A002", "5A004", "5A991", "5A992", "5D001", "5D002", "5D991"),
        *("5D992", "5E001", "5E002", "5E991", "5E992", "9A610", "1C350"),
    )
)

_ADVANCED = ("2023-11-17", "2023-10-25")
_AI = ("2025-01-13", "2025-01-15")
_HBM = ("2024-12-02", "2024-12-05")
_PAKISTAN = State("2024-12-26", "2024-11-26", TODAY, "89 FR 93164")


def _z(eccn: str) -> tuple[State, ...]:
    """An entry that gained paragraph .z in 2023, split by destination in 2025."""
    control = f"RS applies to {eccn}.z"
    return (
        State(*_ADVANCED, ((control, _D), ("+", FULL)), "88 FR 73458; unverified"),
        State(*_AI, TODAY, "90 FR 4544"),
    )


HAND: dict[str, tuple[State, ...]] = {
    "3A090": (
        State(
            "2022-10-07",
            "2022-10-13",
            (("RS applies to entire entry", _CN), _AT),
            "87 FR 62186",
        ),
        State(
            "2023-01-17",
            "2023-01-18",
            (("RS applies to entire entry", _CN_MO), _AT),
            "88 FR 2821",
        ),
        State(*_ADVANCED, (("RS applies to entire entry", _D), _AT), "88 FR 73458"),
        State(
            *_HBM,
            (("RS applies to 3A090.a and .b", _D), ("RS applies to 3A090.c", _MACAU_D5), _AT),
            "89 FR 96790",
        ),
        State(*_AI, TODAY, "90 FR 4544"),
    ),
    "4A090": (
        State(
            "2022-10-07",
            "2022-10-13",
            (("RS applies to entire entry", _CN), _AT),
            "87 FR 62186",
        ),
        State(
            "2023-01-17",
            "2023-01-18",
            (("RS applies to entire entry", _CN_MO), _AT),
            "88 FR 2821",
        ),
        State(*_ADVANCED, (("RS applies to entire entry", _D), _AT), "88 FR 73458"),
        State(*_AI, TODAY, "90 FR 4544"),
    ),
    **{eccn: _z(eccn) for eccn in ("3A001", "4A003", "4A004", "5A002", "5A004", "5A992")},
    **{eccn: _z(eccn) for eccn in ("5D002", "5D992")},
    **dict.fromkeys(("2A992", "3A992", "6A996", "1B999"), (_PAKISTAN,)),
    "5A001": (State("2022-03-07", "2021-10-21", TODAY, "86 FR 58205, 87 FR 1670"),),
    "5E002": (
        State(
            *_ADVANCED,
            (
                (
                    "RS applies to “technology” for commodities controlled by 5A002.z, 5A004.z or"
                    " “software” controlled by 5D002.z",
                    _D,
                ),
                ("+", FULL),
            ),
            "88 FR 73458",
        ),
        State(*_AI, TODAY, "90 FR 4544"),
    ),
    "5E992": (
        State(
            *_ADVANCED,
            (
                (
                    "RS applies to “technology” for commodities controlled by 5A992.z or “software”"
                    " controlled by 5D992.z",
                    _D,
                ),
                ("+", FULL),
            ),
            "88 FR 73458",
        ),
        State(*_AI, TODAY, "90 FR 4544"),
    ),
}

# The history shows a rule that was published after its effective day one version late:
# (ECCNs that begin with, day of the version, effective day, published, citation).
LATE: tuple[tuple[str, str, str, str, str], ...] = (
    ("3D001 3E001 4D090 4E001", "2023-01-17", "2022-10-07", "2022-10-13", "87 FR 62186"),
    ("3D001 3E001 4D090 4E001", "2023-02-24", "2023-01-17", "2023-01-18", "88 FR 2821"),
    ("3D00 3E00 3D99 3E99", "2024-12-23", "2024-12-02", "2024-12-05", "89 FR 96790"),
    ("3D001 3E001 4D090 4E09", "2025-01-16", "2025-01-13", "2025-01-15", "90 FR 4544"),
)
# The derived list of 2026-07-23 lost four entries and ran their controls into the entry before.
NEWEST_BROKEN = frozenset({"0D606", "1D018", "2B351", "3D005", "3E001"})
