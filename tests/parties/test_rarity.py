"""What a list says of a likeness: names in their own right, spellings of one name, words that everybody has."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from licet.parties.analysis import KIND_WORDS, analyse
from licet.parties.compare import compare
from licet.parties.index import build
from licet.parties.listing import Listing
from licet.parties.score import UNLIKE, align
from licet.parties.screening import CLEAR, Answer, Candidate, Query, Screener

from . import made_up as names

KAZEMIAN = names.listing(1, "person", "Fereydoun Kazemian")
KARIMIANS = [
    names.listing(10 + at, "person", f"{given} Karimian")
    for at, given in enumerate(["Behnam", "Arash", "Shirin", "Omid", "Kaveh", "Ramin"])
]
KABALVEN = names.listing(2, "organization", "Kabalven Trading Ltd.", countries=("PA",))
KABALGENS = [
    names.listing(30 + at, "organization", f"Kabalgen {trade} Ltd.")
    for at, trade in enumerate(["Shipping", "Steel", "Energy"])
]


def ask(listings: list[Listing], name: str, *, kind: str = "", country: str = "") -> Answer:
    return Screener(build(listings)).screen([Query(name=name, kind=kind, country=country)])[0]


def best(answer: Answer, one: Listing) -> Candidate | None:
    return next((each for each in answer.candidates if each.listing == one), None)


# --- a word that is a name in its own right --------------------------------------------------------


def test_a_slip_of_the_pen_is_seldom_another_name() -> None:
    """Kazemain is a Kazemian misspelt. Karimian is a name, as six listed people show."""
    listed = [KAZEMIAN, *KARIMIANS]
    assert best(ask(listed, "Fereydoun Kazemain"), KAZEMIAN)
    assert ask(listed, "Fereydoun Karimian").verdict == CLEAR
    assert ask([KAZEMIAN], "Fereydoun Karimian").verdict != CLEAR, "nobody is known by that name"


def test_so_it_is_with_companies() -> None:
    listed = [KABALVEN, *KABALGENS]
    assert best(ask(listed, "Kabalevn Trading"), KABALVEN)
    assert best(ask(listed, "Kabalgen Trading"), KABALVEN) is None
    assert best(ask([KABALVEN], "Kabalgen Trading"), KABALVEN)


def test_two_spellings_that_one_party_has_are_one_name() -> None:
    """Somebody listed as Yousef and as Yusef shows that these are two ways to write a name."""
    yousef = names.listing(3, "person", "Yusef Haddadin")
    others = [
        names.listing(40, "person", "Yousef Saleh"), names.listing(41, "person", "Yousef Karam"),
    ]  # fmt: skip
    both = names.listing(50, "person", "Yousef Barakat", "Yusef Barakat")
    without = best(ask([yousef, *others], "Yousef Haddadin"), yousef)
    known = best(ask([yousef, *others, both], "Yousef Haddadin"), yousef)
    assert known is not None
    assert "word" not in {one.kind for one in known.evidence}
    assert without is None or without.score < known.score


def test_one_party_that_two_lists_spell_in_two_ways_is_found_on_both() -> None:
    """The second list's Karimian is the first one's Kazemian, as far as anybody can tell."""
    elsewhere = names.listing(52, "person", "Fereydoun Karimian")
    found = ask([KAZEMIAN, elsewhere], "Fereydoun Karimian")
    assert [one.listing for one in found.candidates] == [elsewhere, KAZEMIAN]
    company = names.listing(53, "organization", "Kabalgen")
    short = names.listing(54, "organization", "Kabalven")
    assert len(ask([company, short], "Kabalgen").candidates) == 2


def test_two_words_of_one_name_are_no_spellings_of_each_other() -> None:
    two = names.listing(51, "person", "Karimian Kazemian")
    assert ask([KAZEMIAN, *KARIMIANS, two], "Fereydoun Karimian").verdict == CLEAR


def test_it_matters_less_where_the_other_words_single_out_an_entry() -> None:
    """Ships of a fleet have a name in common and a number of their own."""
    fleet = [names.listing(60 + at, "vessel", f"FU YUAN YU {7600 + at}") for at in range(30)]
    others = [names.listing(100 + at, "vessel", f"FU YUN {at + 1}") for at in range(3)]
    found = ask([*fleet, *others], "FU YUN YU 7615", kind="vessel")
    assert found.candidates[0].listing.name == "FU YUAN YU 7615"


SLIPS = st.sampled_from(["Kazemian", "Kazemain", "Karimian", "Kasemian", "Kazamian"])


@settings(max_examples=60, deadline=None)
@given(SLIPS, st.integers(0, 12), st.integers(1, 12))
def test_the_more_bear_the_asked_name_the_less_it_is_a_slip(
    word: str, bearers: int, more: int
) -> None:
    def score(count: int) -> float:
        listed = [names.listing(200 + at, "person", f"Omid{at} {word}") for at in range(count)]
        found = best(ask([KAZEMIAN, *listed], f"Fereydoun {word}"), KAZEMIAN)
        return found.score if found else 0.0

    assert score(bearers + more) <= score(bearers)


# --- words that many have --------------------------------------------------------------------------


def test_small_words_are_not_taken_for_rare_ones() -> None:
    """Salma al-Hashimi has two names in common with many, and "al" adds nothing to that."""
    given, family = (
        ["Salma", "Huda", "Rania", "Nadia", "Amina", "Layla"],
        ["Hashimi", "Masri", "Tamimi", "Harbi"],
    )
    listed = [
        names.listing(300 + at, "person", f"{one} al-{other}")
        for at, (one, other) in enumerate((one, other) for one in given for other in family)
    ] * 20
    listed = [names.listing(1000 + at, "person", one.name) for at, one in enumerate(listed)]
    with_al = ask(listed, "Salma Zaynab al-Hashimi").candidates
    without = ask(
        [names.listing(1, "person", one.name.replace("al-", "")) for one in listed],
        "Salma Zaynab Hashimi",
    ).candidates
    cost = [
        max((e.cost for each in found for e in each.evidence if e.kind == "common"), default=1.0)
        for found in (with_al, without)
    ]
    assert cost[0] == pytest.approx(cost[1], abs=0.01)


def test_another_country_says_more_where_a_companys_name_differs_too() -> None:
    def cost(name: str, country: str) -> float:
        found = best(ask([KABALVEN], name, country=country), KABALVEN)
        assert found
        return sum(one.cost for one in found.evidence if one.kind == "country")

    assert cost("Kabalven Trading Ltd.", "CY") < cost("Kabalevn Trading Ltd.", "CY")
    assert cost("Kabalevn Trading Ltd.", "PA") < 0 < cost("Kabalven Trading Ltd.", "CY")


# --- what is not the same for all that ---------------------------------------------------------------


def test_a_word_of_trade_with_a_slip_is_found_and_is_not_the_same() -> None:
    right = compare("Huawei Technology", "Huawei Technologies", kind="organization").score
    slip = compare("Huawei Tecnologies", "Huawei Technologies", kind="organization").score
    assert 0.9 < slip < right


def test_michel_is_not_michelle() -> None:
    def score(one: str, other: str) -> float:
        return compare(one, other, kind="person").score

    assert score("Gabriel Laurent", "Gabrielle Laurent") < score(
        "Gabriel Laurent", "Gabrielo Laurent"
    )


@pytest.mark.parametrize(
    ("name", "words", "form"),
    [
        ("ZAOYartron-Metall", ("yartron", "metal"), "jsc"),
        ("LIMITED LIABILITY COMPANYRADIO VOLOGDA", ("radio", "vologda"), ""),
        ("Savek Metals S A de C V", ("savek", "metal"), "sa"),
        ("Zorvan Trade L L C", ("zorvan", "trading"), "llc"),
    ],
)
def test_a_legal_form_is_read_where_a_space_is_missing_or_in_the_middle(
    name: str, words: tuple[str, ...], form: str
) -> None:
    read = analyse(name, "organization")
    kinds = dict(zip(read.words, (KIND_WORDS[kind] for kind in read.kinds), strict=True))
    assert set(words) <= kinds.keys()
    assert not form or kinds[form] == "form"


LISTED = sorted({name.text for one in names.made_up() for name in one.names})


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LISTED), st.sampled_from(LISTED), st.integers(0, 10**6), st.booleans(),
    st.floats(0.3, 0.9), st.booleans(),
)  # fmt: skip
def test_only_names_below_the_least_are_not_looked_at_closely(
    one: str, other: str, seed: int, alter: bool, least: float, person: bool
) -> None:
    kind = "person" if person else "organization"
    other = names.altered(one, random.Random(seed)) if alter else other
    left, right = analyse(one, kind), analyse(other, kind)
    assume(left.words and right.words)
    whole, quick = (align(left, right, person=person, least=each) for each in (0.0, least))
    assert quick == whole or (quick == UNLIKE and whole.score < least)
