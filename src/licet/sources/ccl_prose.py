"""Controls that the Commerce Control List states in prose instead of a table.

Written down by hand with their section; the compiler checks that every reason for control that an
entry prints has a line, from its table or from here, so that a new prose control cannot be lost.
"""

from __future__ import annotations

# (reason, paragraphs, column or scope, citation, question)
Prose = tuple[str, str, str, str, str]

_EUC = (
    "Is this a CWC Schedule 3 chemical exported without an End-Use Certificate of the importing"
    " country's government? (Schedule 3 with such a certificate needs no license for CW reasons.)"
)
_SS: tuple[Prose, ...] = (("SS", "", "part-754", "15 CFR part 754", ""),)
_KP: tuple[Prose, ...] = (("AT", "", "kp", "15 CFR 742.19", ""),)
_IR_KP: tuple[Prose, ...] = (("AT", "", "ir-kp", "15 CFR 742.19", ""),)
_SL: tuple[Prose, ...] = (
    ("SL", "", "worldwide", "15 CFR 742.13", ""),
    ("AT", "", "worldwide", "15 CFR 742.13", ""),
)
_CC: tuple[Prose, ...] = (("CC", "", "worldwide", "15 CFR 742.7", ""),)
_0Y521: tuple[Prose, ...] = (("RS", "", "RS 1", "15 CFR 742.6(a)(8)", ""),)

PROSE: dict[str, tuple[Prose, ...]] = {
    **dict.fromkeys(("0A980", "1C980", "1C982", "1C983", "1C984", "1C988"), _SS),
    **dict.fromkeys(("0A999", "1A999", "1D999", "2A999"), _KP),
    **dict.fromkeys(("2A994", "2D994", "2E994"), _IR_KP),
    **dict.fromkeys(("5A980", "5D980", "5E980"), _SL),
    **dict.fromkeys(("0A981", "0A983"), _CC),
    **dict.fromkeys(("0A521", "0B521", "0C521", "0D521", "0E521"), _0Y521),
    "0A982": (("CC", "", "all-except-ca", "15 CFR 742.7", ""),),
    "6A992": (("RS", "", "iq", "15 CFR 742.6, 746.3", ""),),
    "8D999": (("FP", "", "ru-by", "15 CFR 746.8", ""),),
    "1C350": (
        ("CW", "b", "cwc-non-parties", "15 CFR 742.18", ""),
        ("CW", "c", "cwc-non-parties", "15 CFR 742.18", _EUC),
        ("AT", "", "e1", "15 CFR 742.8 to 742.10, 742.19", ""),
    ),
    "1C351": (
        (
            "CW",
            "d.15 d.16",
            "worldwide",
            "15 CFR 742.18",
            "Is this one of the forms of"
            " ricin (RCA-II or RCL-III, RCL-IV) or saxitoxin (CAS 35523-89-8) that the CWC"
            " schedules?",
        ),
    ),
    "1C355": (
        ("CW", "a", "cwc-non-parties", "15 CFR 742.18", ""),
        ("CW", "b", "cwc-non-parties", "15 CFR 742.18", _EUC),
        ("AT", "", "e1", "15 CFR 742.8 to 742.10, 742.19", ""),
    ),
    "1C395": (
        ("CB", "", "cwc-non-parties", "15 CFR 742.18", ""),
        ("CW", "a", "cwc-non-parties", "15 CFR 742.18", ""),
        ("CW", "b", "cwc-non-parties", "15 CFR 742.18", _EUC),
        ("AT", "", "e1", "15 CFR 742.8 to 742.10, 742.19", ""),
    ),
}

# Reasons that an entry prints and for which it has no line at all, and lines whose reason it does
# not print: slips of the official text, kept as they are. (eccn: reasons)
SLIPS: dict[str, frozenset[str]] = {
    "3A232": frozenset({"RS", "NP"}),
}
