"""List-based License Exceptions of entries whose wording no general shape fits, coded by hand.

Each code was read from one wording, known here by the first twelve digits of its SHA-256 (spaces
made single): where the wording changes, the code no longer fits and the compile stops at the entry.
The codes are those of ``licet.sources.ccl_exceptions``; ``?`` stands for a condition that an ECCN and a
destination do not tell (a civil telecommunications use, a barrel length, what software is for).
"""

from __future__ import annotations

from hashlib import sha256

BY_HAND: dict[tuple[str, str, str], str] = {
    ("lvs", "0A501", "93de436741e6"): "c d x=500|e&in-CA=500",
    ("lvs", "0A502", "9d8d84975e46"): "?=500",
    ("lvs", "0A505", "dec55bb1b6e9"): "x&?=3000|x=500",
    ("lvs", "0A509", "283631269c8e"): "a=500|b&in-CA c&in-CA d&in-CA=500",
    ("lvs", "1A002", "3ab0cea9097d"): "NP=N/A|a&?=N/A|*=1500",
    ("lvs", "1B018", "02aeadefc5dd"): "a&not-RS:2=3000|b=5000",
    ("lvs", "2B350", "21740816032d"): "in-B&not-D:3=2000",
    (
        "lvs",
        "3A001",
        "0b2a1a1722ab",
    ): "MT NP z=N/A|c=1500|b.2&? b.3&? b.1 b.9 d e f g=3000|a b.4 b.5 b.6 b.7 b.12=5000",
    ("lvs", "3A002", "eda39d92e7f4"): "a e f g=3000|c d h&!MT=5000",
    ("lvs", "3A611", "66e1fa790787"): "a d e f g h x=1500|c=N/A",
    ("lvs", "3B001", "3fca2e8dc248"): "a.4 c d f.1 f.5 f.6 k l m n p.2 p.4 r=N/A|*=500",
    ("lvs", "3B002", "a8b95846bcf7"): "c=N/A|*=500",
    ("lvs", "5A002", "3d17ba397931"): "z=N/A|?=500",
    ("lvs", "5A003", "e9fcc669c6ce"): "?=500",
    ("lvs", "5A004", "c6067494fe4c"): "z=N/A|?=500",
    ("lvs", "5B001", "0d601b6f8512"): "a&?=N/A|*=5000",
    ("lvs", "6A001", "10644fe84197"): (
        "a.1.e a.2.a.1 a.2.a.2 a.2.a.3 a.2.a.5 a.2.a.6 a.2.b a.2.e.1 a.2.e.2"
        " a.1.b.1&? a.2.c&? a.2.f&?=N/A|*=3000"
    ),
    ("lvs", "6A002", "f16ae5fc9b2d"): "MT a.1 a.2 a.3 c=N/A|f&?=500|f=N/A|*=3000",
    ("lvs", "6A006", "c46ac1f5cca0"): "a.1 d e a.2&?=N/A|*=1500",
    ("gbs", "3A001", "839dd96b6b79"): (
        "yes:a.1.b a.2 a.3 a.4 a.5&!a.5.a a.5.a&!MT a.6 a.7 a.8 a.9 a.10 a.11 a.12 a.13 a.14"
        " b.2&? b.8&? b.9 b.10 g h i z.1.b&?"
    ),
    ("gbs", "3A069", "962ab589054a"): "yes-not:in-IQ in-PK",
    ("gbs", "3B001", "a22eeb3840f4"): "yes-not:a.3&? c.1.a c.1.c e&? f q",
    ("gbs", "3C002", "fb8503925a3c"): "yes:a&?",
    ("gbs", "4A003", "1b04558f4b3e"): "yes:g",
    ("gbs", "5B001", "e71cbfb4534e"): "yes-not:a&?",
    ("gbs", "6A005", "10085e5d0cef"): "yes:b.6.d.2&!b.6.d.2.b&? c.1&? c.2&? c.3&? d.2&? d.3&?",
    ("gbs", "8A002", "94d4300f6d4c"): "yes:i.2&? r",
    ("sta", "0A502", "541f63efbe12"): "none:?",
    ("sta", "0A508", "2f4f3dab9b03"): "none:?",
    ("sta", "0A509", "6f27b8827af5"): "none:!a&!d,a&?",
    ("sta", "1D002", "6373a8137b16"): "not-A:6:?",
    ("sta", "1E001", "65ad113f1edd"): "not-A:6:?",
    ("sta", "2D001", "093162586fbc"): "not-A:6:?",
    ("sta", "2E001", "43c429f4aeb1"): "not-A:6:?",
    ("sta", "2E002", "e18c696e1644"): "not-A:6:?",
    ("sta", "3A001", "09246f96c0da"): "none:b.2&?,b.3&?,z",
    ("sta", "3D001", "1c1446aa64a5"): "none:? not-A:6:?",
    ("sta", "3D002", "773ccb3eecff"): "none:?",
    ("sta", "3D611", "7b91d033d5cd"): "no-c2 none:b&?",
    ("sta", "3E611", "d7879b648d87"): "no-c2 none:b&?",
    ("sta", "3E001", "415abd4aac79"): "none:? not-A:6:?",
    ("sta", "4D001", "d652845b6bc7"): "none:? not-A:6:?",
    ("sta", "4E001", "aa4585116a64"): "none:? not-A:6:?",
    ("sta", "5A001", "396a38d4ef4d"): "none:j not-A:6:b.3,b.5,h",
    ("sta", "5B001", "389cfe026c4e"): "none:a&? not-A:6:a&?",
    ("sta", "5D001", "4595eab34084"): "none:a&?,c&? not-A:6:a&?,b&?",
    ("sta", "5E001", "02de72d3e9cc"): "none:a&? not-A:6:?",
    ("sta", "6A001", "9b0a547b13d1"): "not-A:6:a.1.b,a.1.e,a.2&!a.2.a.4",
    ("sta", "6D001", "a6839b73dd8c"): "not-A:6:?",
    ("sta", "6E002", "5ac6dac35e60"): "not-A:6:?",
    ("sta", "7E004", "dcfc9b45f4c2"): "no-c1:!a.7 no-c2:!a.7",
    ("sta", "8C609", "c98b14a4aec4"): "no-c2",
    ("sta", "8E001", "6b066f8c399c"): "not-A:6:?",
    ("sta", "9A515", "ae756ea09559"): "no-c1:a.1,a.2,a.3,a.4,a&?,g no-c2",
    ("sta", "9D001", "2cdc2a64c43c"): "not-A:6:?",
    ("sta", "9D002", "5e3d4eb4d424"): "not-A:6:?",
    ("sta", "9E003", "acde397b43d0"): "none:a.1,a.2,a.3,a.4,a.5,c,h,i&? not-A:6:k",
}


def digest(said: str) -> str:
    """Twelve hexadecimal digits that know a wording, whatever its spaces."""
    return sha256(" ".join(said.split()).encode()).hexdigest()[:12]


def by_hand(exception: str, eccn: str, said: str) -> str | None:
    """The hand-kept code of this very wording (``exception``: lvs, gbs, sta); None where there is none."""
    return BY_HAND.get((exception, eccn, digest(said)))
