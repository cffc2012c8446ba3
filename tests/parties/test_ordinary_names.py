"""The ordinary cases of screening: how names are written, and who is whom. Each row says why.

The list is made up, but for a few names that every newspaper prints.
"""

from __future__ import annotations

import datetime as dt

import pytest

from licet.parties.compare import compare
from licet.parties.index import build
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Answer, Query, Screener


def entry(number: str, kind: str, *names: str, weak: str = "", **fields: object) -> Listing:
    listed = [ListedName(text, "alias" if at else "primary") for at, text in enumerate(names)]
    listed += [ListedName(weak, "weak")] if weak else []
    return Listing(list="EL", id=number, kind=kind, names=tuple(listed), **fields)  # type: ignore[arg-type]


LIST = (
    entry("huawei", "organization", "Huawei Technologies Co., Ltd.", "Huawei", countries=("CN",)),
    entry("zarnet", "organization", "Zarnet Omidal Electronics LLC", countries=("IR",)),
    entry("goldbrook", "organization", "Goldbrook Marine Services Ltd.", countries=("AE",)),
    entry("11420", "organization", "11420 Corp.", countries=("RU",)),
    entry("institute-27", "organization", "27th Scientific Center"),
    entry("irgc", "organization", "Islamic Revolutionary Guard Corps", countries=("IR",)),
    entry("tambril", "organization", "Tambril Shanghai Trading Co., Ltd.", countries=("CN",)),
    entry("tambril-dubai", "organization", "Tambril Dubai Trading FZE", countries=("AE",)),
    entry("romashka", "organization", "ООО Ромашкинмаш", countries=("RU",)),
    entry("alnoor", "organization", "شركة النورسين للتجارة", "Al Noorseen Trading Company"),
    entry("zhao", "person", "ZHAO, Yanghua", countries=("CN",)),
    entry("group", "organization", "Varlund Group", "Varlund Steel Plant"),
    entry("velasco", "person", "VELASCO QUIROGA, Carlos Alberto", born=("1965-03-17",), countries=("MX",)),
    entry("kovalenko", "person", "KOVALENKO, Bogdan Igorevich", born=("1971",), countries=("RU",)),
    entry("kim", "person", "KIM, Jong Un", born=("1984-01-08",), countries=("KP",)),
    entry("gaddafi", "person", "QADHAFI, Muammar", countries=("LY",)),
    entry("tayeb", "person", "عبد الكريم منصوري", "Abdulkarim Mansouri", countries=("SY",)),
    entry("mullah", "person", "Mullah Rahimzada Turabani", countries=("AF",)),
    entry("hambali", "person", "Hambali"),
    entry("weak", "person", "Ruslan Tagirovich Dzhabrailov", weak="Abu Karim"),
    entry(
        "pearl", "vessel", "OCEAN TURMALIN", identifiers=(Identifier("imo", "9187629"),), countries=("IR",)
    ),
    entry(
        "address-01", "address", addresses=("Unit 7, 15/F Harbour Plaza, 88 Queen's Road, Wan Chai, Hong Kong",)
    ),
    entry(
        "gone", "organization", "Brakovil Avionics JSC",
        valid_from=dt.date(2019, 5, 16), valid_until=dt.date(2020, 1, 1),
    ),
)  # fmt: skip
SCREENER = Screener(build(LIST))


def ask(name: str, kind: str = "", **fields: object) -> Answer:
    (answer,) = SCREENER.screen([Query(name=name, kind=kind, **fields)])  # type: ignore[arg-type]
    return answer


def found(answer: Answer) -> list[str]:
    return [candidate.listing.id for candidate in answer.candidates]


FOUND = [
    # name asked about, kind, which entry, why
    ("Huawei Technologies Co., Ltd.", "", "huawei", "as it is printed"),
    ("HUAWEI TECHNOLOGIES CO LTD", "", "huawei", "capitals, and no points"),
    ("Huawei Technologies Company Limited", "", "huawei", "the legal form written out"),
    ("Huawei Technologies GmbH", "", "huawei", "another legal form: the same brand, a person must look"),
    ("Huawei Technology", "organization", "huawei", "no legal form, and the singular"),
    ("Hua Wei Technologies Co.,Ltd", "", "huawei", "one word written as two"),
    ("HuaweiTechnologies Co., Ltd.", "", "huawei", "two words written as one"),
    ("Huawei-Technologies", "", "huawei", "a hyphen for a space"),
    ("Technologies Huawei", "", "huawei", "the words in another order"),
    ("Huawai Technologies Co., Ltd.", "", "huawei", "a letter wrong"),
    ("Huawie Technologies Co., Ltd.", "", "huawei", "two letters swapped"),
    ("Huawei Tecnologies Co., Ltd.", "", "huawei", "a letter dropped in a word of trade"),
    ("Varlund Gruop", "", "group", "two letters swapped in a short word of trade"),
    ("Varlund Steel Palnt", "organization", "group", "and in another"),
    ("Zhao Yanhgua", "person", "zhao", "a slip leaves no syllables behind"),
    ("Zhao Yanghau", "person", "zhao", "nor does this"),
    ("华为技术有限公司", "", "huawei", "Han script, simplified"),
    ("華為技術有限公司", "", "huawei", "Han script, traditional"),
    ("Хуавей Технологии", "organization", "huawei", "Cyrillic, as Russians hear it"),
    ("Electronics Omidal Zarnet", "", "zarnet", "two rare words in another order"),
    ("Zarnet Omidal Elektronik Ltd. Şti.", "", "zarnet", "a word of trade and a legal form in Turkish"),
    ("Gold brook Marine Services", "", "goldbrook", "split, without its legal form"),
    ("11420 Corporation", "", "11420", "a number is its whole name"),
    ("27 Scientific Centre", "organization", "institute-27", "an ordinal, and British spelling"),
    ("IRGC", "", "irgc", "the first letters of a listed name"),
    ("I.R.G.C.", "organization", "irgc", "the same with points"),
    ("OOO Romashkinmash", "", "romashka", "Cyrillic on the list, Latin letters asked"),
    ("Ромашкинмаш", "", "romashka", "Cyrillic without its legal form"),
    ("Al-Noorseen Trading Co.", "", "alnoor", "an article with a hyphen"),
    ("Carlos Alberto Velasco Quiroga", "person", "velasco", "surname first on the list, last in the question"),
    ("Carlos Velasco Quiroga", "", "velasco", "one of two given names"),
    ("Carlos A. Velasco Quiroga", "person", "velasco", "an initial"),
    ("Velasco-Quiroga, Carlos", "", "velasco", "surnames joined by a hyphen"),
    ("Señor Carlos Alberto VELASCO", "person", "velasco", "an honorific, and one surname left out"),
    ("Bogdan Kovalenko", "person", "kovalenko", "no patronymic"),
    ("Bohdan Kovalenko", "person", "kovalenko", "Ukrainian for Russian"),
    ("Коваленко Богдан Игоревич", "", "kovalenko", "Cyrillic"),
    ("金正恩", "", "kim", "Han script, as Koreans read it"),
    ("김정은", "", "kim", "Hangul"),
    ("Kim Chong-un", "person", "kim", "McCune-Reischauer for the official spelling"),
    ("Moammar Gaddafi", "person", "gaddafi", "one of the many ways to write Arabic by ear"),
    ("Muammar al-Qaddafi", "person", "gaddafi", "another, with the article"),
    ("عبد الكريم منصوري", "person", "tayeb", "Arabic, as on the list"),
    ("Abd al-Karim Mansuri", "person", "tayeb", "Arabic names apart, joined and by ear"),
    ("Rahimzada Turabani", "person", "mullah", "an honorific left out"),
    ("Hambali", "person", "hambali", "a name of one word"),
    ("M/V Ocean Turmalin", "", "pearl", "a ship with its prefix"),
    ("OCEAN TURMALINE", "vessel", "pearl", "a ship's name with a letter more"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "number", "why"), FOUND)
def test_a_listed_party_is_found(name: str, kind: str, number: str, why: str) -> None:
    answer = ask(name, kind)
    assert number in found(answer), f"{why}: {answer}"
    assert answer.verdict in ("match", "possible")


CLEAR = [
    ("11421 Corp.", "", "another number is another company"),
    ("28th Scientific Center", "", "so is another ordinal"),
    ("General Trading Company LLC", "", "words of trade and a legal form are nobody's name"),
    ("Technologies International Ltd", "", "nor are these"),
    ("Marine Services Ltd.", "organization", "a listed name without the word that is its own"),
    ("Shanghai Trading Co., Ltd.", "organization", "a place and a trade: many companies"),
    ("Omidal Bakery", "organization", "one of two rare words, in another trade"),
    ("Carlos Perez", "person", "a given name in common"),
    ("Jong Park", "person", "one of three short names of which many are made"),
    ("Maria Kovalenko", "person", "a surname in common"),
    ("Hambali Garden Restaurant", "organization", "a one-word name among others"),
    ("Islamic Cultural Center", "organization", "a word in common with a long name"),
    ("Zhao Anguo", "person", "other syllables of Chinese are another name, however they sound"),
    ("Zhao Yinghao", "person", "and so are these"),
    ("Gruop Steel Plant", "organization", "no name of its own"),
    ("李小明", "person", "a Chinese name with one character like another's"),
    ("OCEAN STAR", "vessel", "ships share their first words"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "why"), CLEAR)
def test_somebody_else_is_clear(name: str, kind: str, why: str) -> None:
    answer = ask(name, kind)
    assert (answer.verdict, found(answer), answer.error) == ("clear", [], ""), why


NOT_A_NAME = [
    ("", "empty"), ("   ", "blank"), ("\u200b\u2060", "nothing that can be seen"),
    ("Co., Ltd.", "a legal form"),
    ("LLC", "a legal form"), ("...", "points"), ("x" * 1001, "too long for a name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "why"), NOT_A_NAME)
def test_what_tells_nobody_apart_is_an_error_and_never_clear(name: str, why: str) -> None:
    answer = ask(name)
    assert (answer.verdict, answer.candidates) == ("", ()), why
    assert answer.error.startswith("name: ")


# --- dates of birth, countries, numbers, addresses ---------------------------------------------------


@pytest.mark.parametrize(
    ("born", "effect", "why"),
    [
        ("1965-03-17", "agrees", "the very day"),
        ("1965-03", "agrees", "the month, as far as it is known"),
        ("1965", "agrees", "the year"),
        ("1965-17-03", "agrees", "day and month exchanged"),
        ("1966", "weakens", "a year off: lists hold guesses and other calendars"),
        ("1968-03-17", "contradicts", "three years are no slip"),
    ],
)
def test_a_date_of_birth_in_full_or_in_part(born: str, effect: str, why: str) -> None:
    (best, *_) = ask("Carlos Alberto Velasco Quiroga", "person", born=born).candidates
    assert [one.effect for one in best.evidence if one.kind == "born"] == [effect], why
    verdict = "possible" if effect == "contradicts" else "match"
    assert best.verdict == verdict, why


def test_a_year_on_the_list_agrees_with_any_day_of_it() -> None:
    (best, *_) = ask("Bogdan Igorevich Kovalenko", "person", born="1971-11-02").candidates
    assert [(one.kind, one.effect) for one in best.evidence] == [("born", "agrees")]


def test_a_namesake_of_another_country_and_age_is_never_a_sure_match() -> None:
    """A namesake a few years apart is for a person to settle; a generation apart he is somebody else."""
    sure = ask("Carlos Alberto Velasco Quiroga", "person", country="MX", born="1965-03-17")
    namesake = ask("Carlos Alberto Velasco Quiroga", "person", country="PH", born="1967-01-01")
    grandson = ask("Carlos Alberto Velasco Quiroga", "person", country="PH", born="2001-03-17")
    assert sure.verdict == "match"
    assert namesake.verdict == "possible"
    assert grandson.verdict == "clear"
    assert namesake.candidates[0].score < sure.candidates[0].score


def test_the_affiliate_of_the_right_city_comes_first() -> None:
    """Companies of one brand in two cities are two entries; the place in the name says which is meant."""
    assert found(ask("Tambril Shanghai Trading Company Limited", "organization"))[0] == "tambril"
    assert found(ask("Tambril (Dubai) Trading FZE", "organization"))[0] == "tambril-dubai"


def test_a_ship_is_found_by_its_number_under_another_name() -> None:
    answer = ask("GLORIA STAR", "vessel", identifiers=(Identifier("imo", "IMO 9187629"),))
    assert (found(answer), answer.verdict) == (["pearl"], "possible")
    assert [one.kind for one in answer.candidates[0].evidence] == ["identifier"]


def test_a_ship_of_the_same_name_and_another_number_is_another_ship() -> None:
    same = ask("OCEAN TURMALIN", "vessel", identifiers=(Identifier("imo", "9187629"),))
    other = ask("OCEAN TURMALIN", "vessel", identifiers=(Identifier("imo", "9000001"),))
    assert (same.verdict, other.verdict) == ("match", "possible")


def test_an_entry_without_a_name_answers_to_its_address_under_any_name() -> None:
    """15 CFR 744.16(f)."""
    here = "UNIT 7 15/F HARBOUR PLAZA, 88 QUEENS RD, WAN CHAI, HK"
    assert found(ask("A Party On No List Ltd", address=here)) == ["address-01"]
    assert found(ask("A Party On No List Ltd", address=here.replace("88", "89"))) == []
    assert found(ask("A Party On No List Ltd")) == []


def test_a_weak_alias_alone_is_never_a_sure_match() -> None:
    """OFAC marks names that are too common to search for; they are shown, for a person to settle."""
    answer = ask("Abu Karim", "person")
    assert (found(answer), answer.verdict) == (["weak"], "possible")
    assert "alias" in {one.kind for one in answer.candidates[0].evidence}
    assert ask("Ruslan Tagirovich Dzhabrailov", "person").verdict == "match"


@pytest.mark.parametrize(
    ("on", "listed"),
    [
        (dt.date(2019, 5, 15), False), (dt.date(2019, 5, 16), True),
        (dt.date(2019, 12, 31), True), (dt.date(2020, 1, 1), False), (None, True),
    ],
)  # fmt: skip
def test_an_entry_counts_from_its_first_day_until_the_day_it_was_removed(
    on: dt.date | None, listed: bool
) -> None:
    assert (found(ask("Brakovil Avionics", on=on)) == ["gone"]) is listed


# --- what the evidence says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "listed", "kind", "pair"),
    [
        ("Zarnet Omidal", "Zarnet Omidal LLC", "organization", ("zarnet", "zarnet", "same")),
        ("Kovalenkp Bogdan", "Kovalenko Bogdan", "person", ("kovalenkp", "kovalenko", "spelling")),
        ("Moammar Gaddafi", "Muammar Qadhafi", "person", ("gaddafi", "qadhafi", "sound")),
        ("محمد حداد", "Mohamed Haddad", "person", ("hdad", "haddad", "sound")),
        ("C. Velasco", "Carlos Velasco", "person", ("c", "carlos", "initial")),
        ("Zarn et Omidal", "Zarnet Omidal", "organization", ("zarn et", "zarnet", "joined")),
        ("Yusuf Haddad", "Joseph Haddad", "person", ("yusuf", "joseph", "variant")),
        ("IRGC", "Islamic Revolutionary Guard Corps", "organization",
         ("irgc", "islamic revolutionary guard corps", "acronym")),
    ],
)  # fmt: skip
def test_each_pair_of_words_says_how_it_agrees(
    asked: str, listed: str, kind: str, pair: tuple[str, str, str]
) -> None:
    pairs = [(one.left, one.right, one.kind) for one in compare(asked, listed, kind=kind).pairs]
    assert pair in pairs
