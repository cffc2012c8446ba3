"""Hand-written readings of control lines whose conditions differ by paragraph.

The key names the entry, the reason and digests of the wordings that were read: should the wording
change, the reading no longer matches and the line falls back to one general question.
"""

from __future__ import annotations

# (paragraphs, excepted, slug, question in our own words; no slug: unconditional)
Reading = tuple[str, str, str, str]

_MMIC: tuple[Reading, ...] = (
    (
        "b.2 b.3",
        "",
        "3a001-mmic-not-civil-telecom",
        "Is this microwave amplifier or transistor (3A001.b.2, b.3) for a use other than civil"
        " telecommunications?",
    ),
)
_3A001_MT: tuple[Reading, ...] = (
    (
        "a.1.a",
        "",
        "3a001-a1a-usable-in-missiles",
        "Can this radiation-hardened circuit be used in missiles as the EAR define them?",
    ),
    (
        "a.5.a",
        "",
        "3a001-a5a-military-hermetic-wide-temperature",
        "Is this converter designed or modified for military use, hermetically sealed and rated"
        " from below -54 to above +125 degrees Celsius?",
    ),
)
_3A001_NP: tuple[Reading, ...] = (
    (
        "e.2",
        "",
        "3a001-e2-meets-3a201a",
        "Does this pulse discharge capacitor reach the parameters of 3A201.a?",
    ),
    (
        "e.3",
        "",
        "3a001-e3-meets-3a201b",
        "Does this superconducting solenoidal electromagnet reach the parameters of 3A201.b?",
    ),
)
_9A610: tuple[Reading, ...] = (
    ("", "b x y", "", ""),
    (
        "x",
        "",
        "9a610-x-not-for-9a610b-aircraft",
        "Is this part for something other than use in an aircraft of 9A610.b?",
    ),
)
_ISS: tuple[Reading, ...] = (
    (
        "y",
        "",
        "9x515-y-not-for-iss",
        "Is this for something other than the International Space Station, including launch to it?",
    ),
)

_2B001_NP: tuple[Reading, ...] = (
    (
        "a b c d",
        "",
        "2b001-np-not-small-turning-bar-or-long-milling",
        "Is this machine tool something other than a turning machine of at most 35 mm diameter,"
        " a bar-feed machine of at most 42 mm without chucks, or a milling machine with more than"
        " 2 m of x-axis travel and an accuracy worse than 22.5 micrometers?",
    ),
)

_1A007_NP: tuple[Reading, ...] = (
    ("b", "", "", ""),
    (
        "a",
        "",
        "1a007-a-meets-3a229",
        "Does this detonator firing set reach the parameters of 3A229?",
    ),
)
_2B116_NP: tuple[Reading, ...] = (
    ("b c d", "", "", ""),
    ("a", "", "2b116-a-electrodynamic", "Is this vibration test system electrodynamic?"),
)
_5D002_EI: tuple[Reading, ...] = (
    (
        "a.1 a.3 b c.1 c.3",
        "",
        "5d002-for-ei-items",
        "Is this software for items of 5A002, 5A004 or 5D002 that are controlled for EI reasons?",
    ),
)
_5E002_EI: tuple[Reading, ...] = (
    ("b", "", "", ""),
    (
        "a",
        "",
        "5e002-for-ei-items",
        "Is this technology for items of 5A002, 5A004 or 5D002 that are controlled for EI reasons?",
    ),
)
_0A509_CC: tuple[Reading, ...] = (
    ("d", "", "", ""),
    ("a", "", "0a509-a-for-shotguns", "Is this part for items of 0A502 or 0A508?"),
)

# (eccn, reason, digest of the wording that was read): the reading.
READINGS: dict[tuple[str, str, str], tuple[Reading, ...]] = {
    ("0A509", "CC", "c865f8"): _0A509_CC,
    ("1A007", "NP", "217031"): _1A007_NP,
    ("2B116", "NP", "77e4a5"): _2B116_NP,
    ("2B116", "NP", "6f4835"): _2B116_NP,
    ("5D002", "EI", "6a9356"): _5D002_EI,
    ("5D002", "EI", "d48565"): _5D002_EI,
    ("5E002", "EI", "dd16b8"): _5E002_EI,
    ("2B001", "NP", "14e0c5"): _2B001_NP,
    ("2B001", "NP", "7938ce"): _2B001_NP,
    ("3A001", "NS", "7603d7"): _MMIC,
    ("3A001", "NS", "ea3c79"): _MMIC,
    ("3A001", "RS", "7603d7"): _MMIC,
    ("3A001", "RS", "ea3c79"): _MMIC,
    ("3A001", "MT", "7848ff"): _3A001_MT,
    ("3A001", "MT", "21f97b"): (*_3A001_MT, ("z.2", "", "", "")),
    ("3A001", "NP", "ff7d12"): _3A001_NP,
    ("3A001", "NP", "b57323"): (*_3A001_NP, ("z.3", "", "", "")),
    ("9A610", "NS", "83f429"): _9A610,
    ("9A610", "RS", "83f429"): _9A610,
    ("9A515", "RS", "a57ebb"): _ISS,
    ("9D515", "RS", "38ba05"): _ISS,
    ("9E515", "RS", "1fc979"): _ISS,
}
