"""The score: symmetric, bounded, 1 for the same text only; evidence moves it one way; lists find themselves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from licet.law.rulebook import default_rulebook
from licet.parties.analysis import INITIAL, analyse
from licet.parties.compare import compare
from licet.parties.index import build
from licet.parties.listed_rows import listings as packaged_rows
from licet.parties.listing import Identifier, ListedName, Listing
from licet.parties.screening import Answer, Candidate, Query, Screener

from . import made_up as names

KINDS = st.sampled_from(["", "person", "organization", "vessel"])
LISTED = sorted({name.text for one in names.made_up() for name in one.names})


@st.composite
def two_names(draw: st.DrawFn) -> tuple[str, str]:
    """Two names: any text, listed ones, or one listed name and how somebody else would write it."""
    any_name = st.one_of(st.sampled_from(LISTED), st.text(max_size=40))
    one: str = draw(any_name)
    seed = draw(st.integers(0, 10**6))
    if one.split() and seed % 2:
        return one, names.altered(one, random.Random(seed))
    return one, draw(any_name)


# --- two names ----------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(two_names(), KINDS)
@example(("Al-Qa'ida/Islamic Army", "Islamic Army"), "organization")
@example(("金正恩", "김정은"), "person")
@example(("Reading Trading", "Trading Reading"), "organization")
def test_the_score_is_symmetric_and_bounded_and_1_for_the_same_text_only(
    pair: tuple[str, str], kind: str
) -> None:
    one, other = pair
    score = compare(one, other, kind=kind).score
    assert score == compare(other, one, kind=kind).score
    assert 0.0 <= score <= 1.0
    assert (score == 1.0) is (one == other)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.sampled_from(LISTED), st.text(max_size=40)), KINDS)
def test_a_name_is_itself(name: str, kind: str) -> None:
    assert compare(name, name, kind=kind).score == 1.0


def test_two_different_pairs_rarely_tie_at_the_top() -> None:
    """The score never saturates: however little two names differ, few reach the highest score."""
    rng = random.Random(7)
    scores = [
        compare(text, other).score
        for text in LISTED
        if (other := names.altered(text, rng)) != text and compare(text, other).score > 0.7
    ]
    assert len(scores) > 50
    assert max(scores) < 1.0
    assert scores.count(max(scores)) < 0.03 * len(scores)


# --- what else is known ---------------------------------------------------------------------------------

SUBJECT = Listing(
    list="SDN",
    id="1",
    kind="person",
    names=(ListedName("VELASCO QUIROGA, Carlos Alberto"), ListedName("El Tuerto", "weak")),
    countries=("MX", "US"),
    born=("1965-03-17", "1966"),
    identifiers=(Identifier("passport", "G1234567", "MX"), Identifier("other", "X-99")),
)
SHIP = Listing(
    list="SDN",
    id="2",
    kind="vessel",
    names=(ListedName("OCEAN TURMALIN"),),
    countries=("IR",),
    identifiers=(Identifier("imo", "9187629"),),
)
SCREENER = Screener(build([SUBJECT, SHIP, *names.made_up()]))


def candidate(**fields: object) -> Candidate:
    """What the listing of this name scores; a low threshold shows it however little it is."""
    (answer,) = SCREENER.screen([Query(**fields)], threshold=0.05)  # type: ignore[arg-type]
    (found,) = [one for one in answer.candidates if one.listing in (SUBJECT, SHIP)]
    return found


PERSON = st.sampled_from(
    [
        "Carlos Alberto Velasco Quiroga",
        "Carlos Velasco Quiroga",
        "Karlos Velasko Quiroga",
        "Velasco Quiroga C.",
    ]
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["MX", "US", "PH"]),
        "born": st.sampled_from(["1965", "1965-03", "1965-03-17", "1966", "1967", "1990-01-01"]),
        "identifiers": st.sampled_from([
            (Identifier("passport", "g-1234567"),), (Identifier("passport", "Z1"),),
            (Identifier("tax_id", "7"),),
        ]),
    },
)  # fmt: skip
CORROBORATING: list[dict[str, object]] = [
    {"country": "MX"}, {"country": "US"}, {"born": "1965-03-17"}, {"born": "1965-03"}, {"born": "1965"},
    {"identifiers": (Identifier("passport", "G 1234567"),)},
]  # fmt: skip
CONTRADICTING: list[dict[str, object]] = [
    {"country": "PH"}, {"born": "1968-03-17"}, {"born": "1990"}, {"born": "1930-03"},
    {"identifiers": (Identifier("passport", "Z1"),)},
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(PERSON, FACTS, st.sampled_from(CORROBORATING))
def test_a_fact_that_agrees_never_lowers_a_score(
    name: str, known: dict[str, object], fact: dict[str, object]
) -> None:
    assume(fact.keys().isdisjoint(known))
    assert candidate(name=name, **known, **fact).score >= candidate(name=name, **known).score


@settings(max_examples=150, deadline=None)
@given(PERSON, FACTS, st.sampled_from(CONTRADICTING))
def test_a_fact_that_contradicts_never_raises_a_score(
    name: str, known: dict[str, object], fact: dict[str, object]
) -> None:
    assume(fact.keys().isdisjoint(known))
    assert candidate(name=name, **known, **fact).score <= candidate(name=name, **known).score


def test_the_number_of_a_ship_raises_and_another_lowers() -> None:
    unknown = candidate(name="OCEAN TURMALINE", kind="vessel")
    same = candidate(
        name="OCEAN TURMALINE", kind="vessel", identifiers=(Identifier("imo", "9187629"),)
    )
    other = candidate(
        name="OCEAN TURMALINE", kind="vessel", identifiers=(Identifier("imo", "9000001"),)
    )
    assert other.score < unknown.score < same.score


def test_more_agreement_counts_more_and_more_contradiction_less() -> None:
    name = "Carlos Velasko Quiroga"
    scores = [
        candidate(name=name, born=born).score
        for born in ("1990-01-01", "1971", "1967", "", "1965", "1965-03-17")
    ]
    assert scores == sorted(scores) and len(set(scores)) == len(scores)


# --- a list finds its own names -------------------------------------------------------------------------


def assert_each_name_finds_its_entry(listings: tuple[Listing, ...], sample: int) -> None:
    """Each printed name is found, with its own entry among the candidates, or is refused; never clear."""
    screener = Screener(build(listings))
    asked = [
        (name.text, one)
        for one in listings
        for name in one.names
        if one.kind != "address" and any(k < INITIAL for k in analyse(name.text, one.kind).kinds)
    ]
    asked = random.Random(4).sample(asked, min(sample, len(asked)))
    for with_kind in (True, False):
        queries = [
            Query(
                name=text,
                kind=one.kind
                if with_kind and one.kind in ("person", "organization", "vessel")
                else "",
            )
            for text, one in asked
        ]
        for (text, one), answer in zip(asked, screener.screen(queries), strict=True):
            if len(text) > 1000 or answer.error:
                # Nobody says what it is, and as a company it is a legal form.
                assert answer.error and not answer.verdict
                continue
            assert one.key in {found.listing.key for found in answer.candidates}, (text, answer)
            assert answer.verdict in ("match", "possible")


@pytest.mark.parametrize("code", names.OFFICIAL)
def test_screening_the_names_of_an_official_list_finds_each(code: str, tmp_path: Path) -> None:
    listings = names.official(code, tmp_path)
    listings = tuple(random.Random(2).sample(listings, min(1500, len(listings))))
    assert_each_name_finds_its_entry(listings, 500)


def test_screening_the_names_of_the_made_up_list_finds_each() -> None:
    assert_each_name_finds_its_entry(names.made_up(), 1000)


def test_screening_the_names_of_the_packaged_lists_finds_each() -> None:
    """The BIS lists that ship with Licet, so that a check works offline at once."""
    rows = [
        one for one in packaged_rows(default_rulebook()) if one.list in ("EL", "UVL", "MEU", "DPL")
    ]
    packaged = tuple(
        Listing(
            list=one.list,
            id=f"{number}:{one.id}",
            kind="",
            names=tuple(
                ListedName(text)
                for text in (one.name, *filter(None, one.row.values.get("aliases", "").split("|")))
            ),
        )
        for number, one in enumerate(random.Random(3).sample(rows, 1500))
        if one.row.values.get("kind") != "address"
    )
    assert len(packaged) > 1000
    assert_each_name_finds_its_entry(packaged, 500)


# --- what does not matter, and what is never enough -------------------------------------------------------


def rewritten(text: str, rng: random.Random) -> dict[str, str]:
    """One name in spellings that say the same."""
    words = [
        word for word in text.replace(",", " ").replace("Hong Kong", "Hong-Kong").split(" ") if word
    ]
    shuffled = rng.sample(words, len(words))
    return {
        "capitals": text.upper(),
        "small letters": text.lower(),
        "accents": text.replace("a", "á").replace("o", "ö").replace("i", "î"),
        "points": ", ".join(words) + ".",
        "spaces": "  ".join(words),
        "order": " ".join(shuffled),
    }


def own_entry(answer: Answer, one: Listing) -> bool:
    return answer.verdict in ("match", "possible") and one in {c.listing for c in answer.candidates}


COMPANIES = [one for one in names.made_up() if one.kind == "organization" and one.name.isascii()]
PEOPLE = [one for one in names.made_up() if one.kind == "person" and one.name.isascii()]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(COMPANIES + PEOPLE), st.integers(0, 10**6))
def test_case_accents_points_spaces_and_order_do_not_hide_a_name(one: Listing, seed: int) -> None:
    ways = rewritten(one.name, random.Random(seed))
    answers = SCREENER.screen([Query(name=text, kind=one.kind) for text in ways.values()])
    hidden = [
        (what, a.query.name) for what, a in zip(ways, answers, strict=True) if not own_entry(a, one)
    ]
    assert hidden == []


LEGAL_FORMS = (
    "Co., Ltd.",
    "LLC",
    "GmbH",
    "JSC",
    "FZE",
    "Inc.",
    "Pte. Ltd.",
    "S.A. de C.V.",
    "OOO",
    "Corp.",
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(COMPANIES), st.sampled_from(LEGAL_FORMS), st.sampled_from(["", *LEGAL_FORMS])
)
def test_another_legal_form_does_not_hide_a_company(one: Listing, form: str, before: str) -> None:
    name = analyse(one.name, "organization")
    bare = " ".join(word for word, kind in zip(name.words, name.kinds, strict=True) if kind != 8)
    texts = [f"{bare} {form}", bare, f"{before} {bare}"]
    for answer in SCREENER.screen([Query(name=text, kind="organization") for text in texts]):
        assert own_entry(answer, one), answer.query.name


GENERIC = [
    "Trading", "International Trading", "General Trading Company", "Technology Co., Ltd.", "Import Export LLC",
    "Electronics Technology Group", "Shipping and Logistics FZE", "Shanghai Electronics",
    "Moscow Engineering JSC",
    "Tehran Petrochemical Industries", "Energy Holding", "The Group",
]  # fmt: skip


@pytest.mark.parametrize("name", GENERIC)
@pytest.mark.parametrize("kind", ["", "organization"])
def test_words_that_many_companies_use_match_nobody_on_their_own(name: str, kind: str) -> None:
    generic = {
        words for one in names.made_up() if (words := analyse(one.name, "organization").words)
    }
    assert analyse(name, "organization").words not in generic, "the list holds no such name"
    (answer,) = SCREENER.screen([Query(name=name, kind=kind)])
    assert answer.candidates == ()


@pytest.mark.parametrize("form", LEGAL_FORMS)
def test_a_legal_form_on_its_own_is_refused(form: str) -> None:
    for kind in ("", "organization"):
        (answer,) = SCREENER.screen([Query(name=form, kind=kind)])
        assert answer.error and not answer.candidates


@pytest.mark.parametrize(
    "name",
    [
        "Kolvar Bravex Shipping",
        "Shipping Kolvar Bravex LLC",
        "BRAVEX KOLVAR",
        "Bravex, Kolvar (Shipping)",
    ],
)
def test_two_rare_words_match_in_any_order(name: str) -> None:
    one = names.listing(1, "organization", "Bravex Kolvar Shipping JSC")
    (answer,) = Screener(build([one, *names.made_up()])).screen(
        [Query(name=name, kind="organization")]
    )
    assert own_entry(answer, one)
