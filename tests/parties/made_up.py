"""A made-up list of some 300 listings in several scripts, official lists where this machine has them, and the
slips that clerks and systems make when they write a name down."""

from __future__ import annotations

import functools
import random
from pathlib import Path

import pytest

from licet.parties.listing import KINDS, Identifier, ListedName, Listing
from licet.sources.listings import read_listings

LISTS = Path(__file__).parents[3] / "shared" / "screening" / "lists"
OFFICIAL = {
    "UN": ("UN_consolidated.xml",),
    "OFAC": ("sdn.csv", "alt.csv", "add.csv"),
    "BIS": ("title-15_part-744_2026-07-23.xml",),
    "CSL": ("csl_consolidated.csv",),
}
"""Which files make one list of the shared folder."""


def listing(number: int, kind: str, *names: str, **fields: object) -> Listing:
    """A listing of the list X; the first name is the primary one."""
    listed = tuple(ListedName(text, "alias" if at else "primary") for at, text in enumerate(names))
    return Listing(list="X", id=str(number), kind=kind, names=listed, **fields)  # type: ignore[arg-type]


_OTHER_SCRIPTS = [
    ("person", "محمد عبد الرحمن الطيب", "Mohammed Abdulrahman Al Tayeb"),
    ("person", "يوسف كريم حداد"),
    ("person", "Дерипаска Олег Владимирович", "Oleg Deripaska"),
    ("person", "Ковальчук Юрий Валентинович"),
    ("person", "贝拉克·奥巴马", "Barack Obama"),
    ("person", "金正恩", "Kim Jong Un"),
    ("person", "王小明", "Wang Xiaoming"),
    ("person", "חיים כהן", "Chaim Cohen"),
    ("person", "ドナルド・トランプ", "Donald Trump"),
    ("person", "Μιχαήλ Παπαδόπουλος"),
    ("person", "გიორგი მარგველაშვილი"),
    ("organization", "华为技术有限公司", "Huawei Technologies Co., Ltd."),
    ("organization", "شركة النور للتجارة"),
    ("organization", "ООО Ромашка Технологии"),
    ("organization", "국민은행"),
    ("organization", "三菱重工業株式会社"),
    ("organization", "11420 Corp."),
    ("organization", "Metal Inc"),
    ("organization", "Star Tech Ltd"),
    ("organization", "Advanced Radar Systems Institute"),
    ("vessel", "M/V OCEAN PEARL"),
]
_GIVEN = [
    "Ivan",
    "Oleg",
    "Mohammed",
    "Hassan",
    "Yusuf",
    "Carlos",
    "Maria",
    "Jong",
    "Min",
    "Wei",
    "Ahmad",
    "Sergei",
    "Don",
    "Haji",
    "Ben",
    "Ali",
    "Elena",
    "Abdul",
    "Rahman",
]
_FAMILY = [
    "Petrov",
    "Sidorenko",
    "Al-Hakim",
    "Rodriguez",
    "Velasco",
    "Kim",
    "Zhang",
    "Hosseini",
    "Khan",
    "Ivanov",
    "Smith",
    "Okafor",
    "Nguyen",
    "Tayeb",
    "Gadhafi",
    "Lavrov",
    "Bin-Laden",
    "Kuznetsova",
    "Marchenko",
    "Obeidi",
]
_PATRONYMIC = ("Ivanovich", "Sergeevich", "Vladimirovna")
_COINED = [
    "Zarnet",
    "Omidal",
    "Bravex",
    "Kolvar",
    "Sunrise",
    "Meridian",
    "Pars",
    "Volga",
    "Tianlong",
    "Xinghai",
    "Arctos",
    "Nimbus",
    "Ferro",
    "Delta",
    "Quantum",
    "Alborz",
    "Damask",
    "Orion",
    "Sahand",
    "Baltika",
]
_TRADE = [
    "Trading",
    "Shipping",
    "Electronics",
    "Technology",
    "Industries",
    "Engineering",
    "Petrochemical",
    "Energy",
    "Aviation",
    "Optics",
    "Group",
    "Microelectronics",
    "Logistics",
    "Holding",
]
_FORMS = ("LLC", "Co., Ltd.", "JSC", "FZE", "GmbH", "Corp.", "S.A.", "")
_PLACES = ("Shanghai", "Moscow", "Tehran", "Dubai", "Hong Kong", "")


@functools.cache
def made_up() -> tuple[Listing, ...]:
    """About 300 listings, the same each time: people, companies and ships."""
    rng = random.Random(744)
    found = [listing(at, *one) for at, one in enumerate(_OTHER_SCRIPTS)]
    for number in range(len(found), 160):
        given, family = rng.choice(_GIVEN), rng.choice(_FAMILY)
        middle = rng.choice([*_PATRONYMIC, rng.choice(_GIVEN), "", "A."])
        names = [f"{family.upper()}, {given} {middle}".strip(), f"{given} {family}"]
        year, country = str(rng.randrange(1940, 2000)), rng.choice(["RU", "IR", "SY", "CN", "MX"])
        names = names[: rng.choice([1, 2])]
        found.append(listing(number, "person", *names, born=(year,), countries=(country,)))
    for number in range(160, 280):
        words = [rng.choice(_PLACES), rng.choice(_COINED), rng.choice([*_COINED[:8], ""])]
        words += [*rng.sample(_TRADE, rng.choice([1, 1, 2])), rng.choice(_FORMS)]
        kind = rng.choice(["organization", "organization", ""])
        found.append(listing(number, kind, " ".join(filter(None, words)), countries=("CN",)))
    for number in range(280, 300):
        imo = Identifier("imo", str(9_100_000 + number))
        name = f"{rng.choice(_COINED).upper()} {rng.choice(['STAR', 'PEARL', 'I', '7'])}"
        found.append(listing(number, "vessel", name, identifiers=(imo,)))
    assert {one.kind for one in found} <= set(KINDS)
    return tuple(found)


@functools.cache
def official(code: str, tmp: Path) -> tuple[Listing, ...]:
    """The listings of one official list; ``tmp`` is a folder where its files can be laid together."""
    files = [LISTS / name for name in OFFICIAL[code]]
    if not all(file.exists() for file in files):
        pytest.skip(f"needs shared/screening/lists/{files[0].name}, which is not on this machine")
    folder = tmp / code
    folder.mkdir()
    for file in files:
        (folder / file.name).symlink_to(file)
    return read_listings(folder)


_OTHERWISE = [
    ("sh", "sch"), ("ph", "f"), ("kh", "h"), ("y", "i"), ("ou", "u"), ("q", "k"), ("w", "v"), ("ee", "i"),
    ("c", "k"), ("x", "ks"), ("j", "dj"), ("ch", "tch"),
]  # fmt: skip
_ADDED = ["Ltd", "al", "Group", "Trading", "Ivanovich", "Dr", "of", "International", "LLC", "Khan"]


def misspelt(word: str, rng: random.Random) -> str:
    """A word with one letter dropped, added, changed, or swapped with the next."""
    if len(word) < 4:
        return word
    at, letter = rng.randrange(len(word) - 1), rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice([
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
    ])  # fmt: skip


def altered(text: str, rng: random.Random) -> str:
    """A name as somebody else might write it: misspelt, glued, split, in another order, by ear, shortened."""
    words = text.replace(",", " ").split()
    if not words:
        return text
    for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
        at = rng.randrange(len(words))
        match rng.randrange(11):
            case 0:
                rng.shuffle(words)
            case 1 | 2:
                words[at] = misspelt(words[at], rng)
            case 3 if len(words) > 1:
                at = min(at, len(words) - 2)
                words[at : at + 2] = [words[at] + words[at + 1]]
            case 4 if len(words[at]) > 5:
                cut = rng.randrange(2, len(words[at]) - 1)
                words[at : at + 1] = [words[at][:cut], words[at][cut:]]
            case 5 if len(words) > 2:
                del words[at]
            case 6:
                words[at] = words[at][:1] + rng.choice([".", ""])
            case 7:
                heard, written = rng.choice(_OTHERWISE)
                words[at] = words[at].lower().replace(heard, written)
            case 8:
                words.insert(at, rng.choice(_ADDED))
            case 9:
                words = [word.upper() for word in words]
            case 10 if 3 <= len(words) <= 7:
                words = ["".join(word[:1] for word in words)]
            case _:
                pass
    return " ".join(words)
