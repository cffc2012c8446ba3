"""Stage one loses nothing: the index gives what comparing with every listed word gives, and every name whose
alignment would pass is among the candidates."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.parties import bounds
from licet.parties.asking import NotScreenable, Query
from licet.parties.asking import ways as read_ways
from licet.parties.candidates import (
    SCRIPTS,
    Asked,
    Feature,
    Finder,
    Like,
    Matrices,
    by_keys,
    candidates,
    likeness,
)
from licet.parties.index import Index, build
from licet.parties.keys import consonant_keys, keys, syllable_keys
from licet.parties.listing import ListedName, Listing
from licet.parties.score import COSTS, Alignment, align
from licet.parties.screening import THRESHOLD
from licet.parties.similar import across_scripts, joined, similar, transcribed

from . import made_up as names

LEAST = THRESHOLD - 0.04
"""What a country or a date of birth that agrees may still lift over the threshold."""


def every_word(index: Index) -> Finder:
    """The exhaustive form of ``by_keys``: each part of a name against each word of the index."""
    spelled = [index.words[number].decode() for number in range(len(index.words))]
    groups = index.arrays["word_class"].tolist()
    scripts = [SCRIPTS[bits] for bits in index.arrays["word_scripts"].tolist()]

    def most(part: Feature, number: int, person: bool) -> float:
        word, group = spelled[number], groups[number]
        return max(likeness(part, word, group, s, person=person) for s in scripts[number])

    def find(features: Sequence[Feature]) -> list[list[Like]]:
        return [
            [
                (number, value, most(part, number, False))
                for number in range(len(spelled))
                if (value := most(part, number, True))
            ]
            for part in features
        ]

    return find


class Listed:
    """A list with its index, and each listed name taken apart."""

    def __init__(self, listings: Sequence[Listing]) -> None:
        self.listings = listings
        self.index = build(listings)
        self.matrices = Matrices(self.index)
        self.by_keys, self.every_word = by_keys(self.index), every_word(self.index)
        arrays = self.index.arrays
        self.names = [
            (listings[of], self.index.name(number, listings[of].names[text].text))
            for number, (of, text) in enumerate(
                zip(arrays["name_listing"].tolist(), arrays["name_text"].tolist(), strict=True)
            )
        ]

    def found(
        self, asked: Sequence[Asked], *, finder: Finder | None = None
    ) -> dict[tuple[int, int], float]:
        """Which name was asked and which listed name is a candidate, with the most it may score."""
        found = candidates(
            asked, self.index, self.matrices, least=LEAST, finder=finder or self.by_keys
        )
        pairs = zip(found.asked.tolist(), found.name.tolist(), strict=True)
        return dict(zip(pairs, found.most.tolist(), strict=True))


MADE_UP = Listed(names.made_up())


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Listed:
    """Some hundred listings of all official lists, the same each time."""
    rng, tmp = random.Random(15), tmp_path_factory.mktemp("lists")
    return Listed([
        one for code in ("UN", "OFAC", "BIS") for one in rng.sample(names.official(code, tmp), 110)
    ])  # fmt: skip


def ways(text: str, kind: str = "") -> list[Asked]:
    try:
        return read_ways(Query(name=text, kind=kind))
    except NotScreenable:
        return []


def some_altered(listings: Sequence[Listing], count: int, seed: int) -> list[tuple[str, Asked]]:
    """Listed names as others might write them, in each way that they may be read."""
    rng = random.Random(seed)
    found: list[tuple[str, Asked]] = []
    while len(found) < count:
        one = rng.choice(listings)
        if one.names:
            text = names.altered(rng.choice(one.names).text, rng)
            kind = rng.choice(
                ["", one.kind if one.kind in ("person", "vessel") else "organization"]
            )
            found += [(text, way) for way in ways(text, kind)]
    return found


# --- the index gives what its exhaustive form gives ------------------------------------------------


def assert_nothing_is_lost(listed: Listed, asked: Sequence[Asked]) -> None:
    exhaustive: list[tuple[Feature, set[Like]]] = []

    def noting(features: Sequence[Feature]) -> list[list[Like]]:
        found = listed.every_word(features)
        exhaustive.extend(zip(features, map(set, found), strict=True))
        return found

    every, by = listed.found(asked, finder=noting), listed.found(asked)
    for feature, words in exhaustive:
        assert set(listed.by_keys([feature])[0]) == words, feature
    assert by.keys() == every.keys()
    assert by == pytest.approx(every)


def test_altered_names_of_the_made_up_list_are_found_as_exhaustively() -> None:
    asked = [way for _, way in some_altered(MADE_UP.listings, 80, seed=1)]
    assert len(MADE_UP.found(asked)) > 60
    assert_nothing_is_lost(MADE_UP, asked)


def test_altered_names_of_official_lists_are_found_as_exhaustively(sampled: Listed) -> None:
    asked = [way for _, way in some_altered(sampled.listings, 60, seed=2)]
    assert len(sampled.found(asked)) > 40
    assert_nothing_is_lost(sampled, asked)


_ALPHABETS = [
    "aehiouklmnrstvz",
    "абвгдеилмнорст",
    "بتجحدرسعفكلمنهوي",
    "αβγδεικλμνοπρστ",
    "גדהויכלמנ",
]
_SYLLABLES = [
    "王小明",
    "华为",
    "金正恩",
    "贝拉克·奥巴马",
    "김정은",
    "カルロス・ゴーン",
    "技术",
    "有限公司",
    "لل",
    "ال",
]
_KNOWN = [
    "Ltd",
    "Trading",
    "al",
    "Abdul",
    "Ben",
    "Haji",
    "Shanghai",
    "J.",
    "II",
    "420",
    "Mohammed",
    "Benjamin",
    "IRGC",
]
WORDS = st.one_of(
    *(st.text(alphabet=letters, min_size=1, max_size=9) for letters in _ALPHABETS),
    st.sampled_from(_SYLLABLES + _KNOWN),
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@st.composite
def altered_names(draw: st.DrawFn) -> str:
    """A name of several scripts and languages, or a listed one, as somebody else might write it."""
    listed = [name.text for one in MADE_UP.listings for name in one.names]
    text = draw(st.one_of(NAMES, st.sampled_from(listed)))
    return names.altered(text, random.Random(draw(st.integers(0, 10**6)))) if text.split() else text


@settings(max_examples=40, deadline=None)
@given(altered_names(), st.sampled_from(["", "person", "organization", "vessel"]))
def test_no_name_is_found_by_comparing_with_every_word_only(text: str, kind: str) -> None:
    assert_nothing_is_lost(MADE_UP, ways(text, kind))


@settings(max_examples=25, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), st.integers(0, 10**6))
def test_nor_on_any_small_list(texts: list[str], seed: int) -> None:
    kinds = ("person", "organization", "")
    listed = Listed([
        names.listing(at, kinds[at % 3], text) for at, text in enumerate(texts)
    ])  # fmt: skip
    rng = random.Random(seed)
    asked = [way for text in texts for way in ways(names.altered(text, rng))]
    assert_nothing_is_lost(listed, asked)
    assert_every_passing_name_is_a_candidate(listed, [("", way) for way in asked])


# --- every name that the alignment lets pass is a candidate ------------------------------------------


def not_looked_for(alignment: Alignment) -> bool:
    """First letters find a long name only where they are those of the whole listed name: that a listed short
    name has a long name's letters is mostly chance."""
    return any(pair.kind == "acronym" for pair in alignment.pairs)


def assert_every_passing_name_is_a_candidate(
    listed: Listed, asked: Sequence[tuple[str, Asked]]
) -> int:
    found = listed.found([way for _, way in asked])
    passed = 0
    for at, (text, way) in enumerate(asked):
        for number, (one, name) in enumerate(listed.names):
            person = one.kind == "person"
            if way.person is not None and way.person != person:
                continue
            alignment = align(way.name, name, person=person)
            if alignment.score < LEAST or not_looked_for(alignment):
                continue
            passed += 1
            # Of a name that is found, stage one never thinks less than it scores.
            most = found.get((at, number), 0.0)
            assert most >= min(alignment.score, 1.0) - 0.03, (
                text or way.name.text,
                name.text,
                alignment,
            )
            assert (at, number) in found, (text or way.name.text, name.text, alignment)
    return passed


def test_every_passing_name_of_the_made_up_list_is_a_candidate() -> None:
    passed = assert_every_passing_name_is_a_candidate(
        MADE_UP, some_altered(MADE_UP.listings, 90, seed=3)
    )
    assert passed > 60


def test_every_passing_name_of_official_lists_is_a_candidate(sampled: Listed) -> None:
    passed = assert_every_passing_name_is_a_candidate(
        sampled, some_altered(sampled.listings, 90, seed=4)
    )
    assert passed > 60


@settings(max_examples=30, deadline=None)
@given(altered_names(), st.sampled_from(["", "person", "organization"]))
def test_every_passing_name_is_a_candidate_whatever_is_asked(text: str, kind: str) -> None:
    asked = [(text, way) for way in ways(text, kind)]
    assert_every_passing_name_is_a_candidate(MADE_UP, asked)


@pytest.mark.parametrize(
    ("asked", "listed", "kind", "why"),
    [
        ("Don Smith", "SMITH, Don", "person", "a title before a name is a name after it"),
        ("Ben Netanyahu", "Benjamin Netanyahu", "person", "a particle that is short for a name"),
        ("Benjamin Netanyahu", "NETANYAHU, Ben", "person", "and the other way"),
        (
            "200G PSA Holdings Dr LLC",
            "200G PSA Holdings LLC",
            "organization",
            "a number agrees, too",
        ),
        ("UM Khan Air", "UM Air", "organization", "a word of trade agrees, too"),
        ("Ivan Vladimirovich Petrov", "Ivan Petrov", "person", "a patronymic weighs less"),
        (
            "Asia Bio-Tech Limited",
            "Zaron Bio-Tech (Asia) Limited",
            "organization",
            "a place agrees, too",
        ),
        (
            "Islamic Revolutionary Guard Corps",
            "IRGC",
            "",
            "not looked for: first letters of a listed short name",
        ),
    ],
)
def test_names_that_an_earlier_bound_lost(asked: str, listed: str, kind: str, why: str) -> None:
    one = Listed([names.listing(1, kind or "organization", listed)])
    sought = ways(asked, kind)
    passing = [
        way
        for way in sought
        if align(way.name, one.names[0][1], person=kind == "person").score >= LEAST
    ]
    assert passing, why
    assert bool(one.found(passing)) is (not why.startswith("not looked for"))


def test_the_least_costs_are_below_those_of_the_score() -> None:
    """Stage one may think a difference cheaper than it is, never dearer."""
    for group, which in ((0, 0), (1, 1), (2, 0), (2, 1)):
        cost = {what: both[which] for what, both in COSTS.items()}
        # Names against one another keep six tenths of their cost, however alike (score._conflicts).
        assert bounds.LEAST_CONFLICT[group] <= min(
            0.6 * cost["conflict"], cost["number"], 0.5 * cost["trade"]
        )
        assert bounds.LEAST_EXTRA[group] <= cost["extra"]
        assert bounds.LEAST_TRADE[group] <= min(cost["extra_trade"], cost["extra_place"])
        assert bounds.LETTERS[group] <= cost["letters"]
        assert group != 1 or cost["trade"] >= bounds.TRADE
        assert cost["words"] >= bounds.UNLIKE
        assert cost["alone"] >= 0.25


# --- words that are like one another share a key ------------------------------------------------------


@st.composite
def two_words(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with up to three slips: letters changed, or written as they sound."""
    pool = sorted(
        {word for one in MADE_UP.listings for name in one.names for word in _latin_words(name.text)}
    )
    word = draw(
        st.one_of(st.sampled_from(pool), st.text("abcdehiklmnoprstuvyz", min_size=1, max_size=20))
    )
    if draw(st.booleans()):
        word += draw(st.sampled_from(pool))
    other, rng = word, random.Random(draw(st.integers(0, 10**6)))
    for _ in range(draw(st.integers(0, 3))):
        other = names.misspelt(other, rng)
        heard, written = draw(st.sampled_from(names._OTHERWISE))
        if draw(st.booleans()):
            other = other.replace(heard, written)
        if draw(st.booleans()):
            other = other.replace(written, heard)
    return word, other or word


def _latin_words(text: str) -> Iterable[str]:
    return (way_word for way in ways(text) for way_word in way.name.words)


def share(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return not set(one).isdisjoint(other)


@settings(max_examples=1500, deadline=None)
@given(two_words())
def test_words_that_are_alike_share_a_key(pair: tuple[str, str]) -> None:
    one, other = pair
    if similar(one, other)[0] > 0:
        assert share(keys(one), keys(other))
    if joined(one, other) > 0:
        assert share(keys(one, most=1), keys(other)) and share(
            keys(one, most=1), keys(other, most=1)
        )
    if across_scripts(one, other) > 0:
        assert share(consonant_keys(one), consonant_keys(other))
    if transcribed(one, other) > 0:
        assert share(syllable_keys(one), syllable_keys(other))
    assert similar(one, other) == similar(other, one)


def test_names_of_one_person_in_several_languages_share_a_key() -> None:
    for one, other in (
        ("mohammed", "mehmet"),
        ("yusuf", "joseph"),
        ("ri", "lee"),
        ("aleksandr", "iskandar"),
    ):
        assert similar(one, other)[0] > 0
        assert share(keys(one), keys(other))


# --- the index on disk --------------------------------------------------------------------------------


def test_a_list_without_an_entry_finds_nobody(tmp_path: Path) -> None:
    assert Listed([]).found(ways("Huawei Technologies")) == {}
    assert Listed([names.listing(1, "organization", "", "Co., Ltd.")]).found(ways("Huawei")) == {}


def test_a_cache_that_cannot_be_written_is_told_once_and_screening_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from licet.parties import index_cache

    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("LICET_CACHE", str(tmp_path / "file"))
    index_cache._tell.cache_clear()
    acme = Listing(list="OWN", id="1", kind="organization", names=(ListedName("Acme Rotor"),))
    for _ in range(2):
        assert len(index_cache.kept_index("x", lambda: [acme])) == 1
    (told,) = [one for one in caplog.messages if "LICET_CACHE" in one]
    assert str(tmp_path / "file") in told
