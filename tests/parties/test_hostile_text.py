"""Hostile text: whatever is asked gets an answer or an error, soon; a disguise does not hide a listed name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.parties.compare import compare
from licet.parties.index import build
from licet.parties.listing import Identifier
from licet.parties.screening import Answer, Query, Screener

from . import made_up as names

LIST = (
    names.listing(0, "organization", "Huawei Technologies Co., Ltd."),
    names.listing(1, "person", "Oleg Deripaska"),
    names.listing(2, "address", addresses=("18 Luard Road, Wan Chai, Hong Kong",)),
    *(
        one
        for one in names.made_up()
        if "Huawei" not in one.name and "Deripaska" not in str(one.names)
    ),
)
SCREENER = Screener(build(LIST))
KINDS = ("", "person", "organization", "vessel")
SOON = 1.0
"""Seconds of processor time."""


def ask(name: str, kind: str = "") -> Answer:
    (answer,) = SCREENER.screen([Query(name=name, kind=kind)])
    return answer


def assert_an_answer_or_an_error(answer: Answer) -> None:
    if answer.error:
        assert answer.error.startswith("name: ")
        assert (answer.verdict, answer.candidates) == ("", ())
    else:
        assert answer.verdict in ("match", "possible", "clear")
        assert (answer.verdict == "clear") is (answer.candidates == ())
        assert all(0.0 < one.score <= 1.0 for one in answer.candidates)


# --- a disguise does not hide a listed name ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("\u202eHuawei Technologies\u202c", "marks that turn the direction of text"),
        ("\u2067Huawei\u2069 Technologies", "and others"),
        ("Hua\u200dwei Technol\u200bogies", "zero-width joiners and spaces"),
        ("Hua\ufeffwei\u2060 Technologies", "other characters without width"),
        ("Hua\u00adwei Techno\u00adlogies", "soft hyphens"),
        ("Hua\x00wei\x07 Technologies", "control characters"),
        ("Hua\ud800wei Technologies", "half a surrogate pair"),
        ("Huawei\nTechnologies\tCo.", "other white space"),
        ("Huawei\u3000Technologies", "a Chinese space"),
        ("Ｈｕａｗｅｉ Ｔｅｃｈｎｏｌｏｇｉｅｓ", "letters of full width"),
        ("𝐇𝐮𝐚𝐰𝐞𝐢 𝑻𝒆𝒄𝒉𝒏𝒐𝒍𝒐𝒈𝒊𝒆𝒔", "mathematical letters"),
        ("H\u0301u\u0308a\u0302w\u0327e\u0303i\u0304 Technologies", "marks upon every letter"),
        ("Hu\u0430wei Technologies", "a Cyrillic а"),
        ("Нu\u0430w\u0435i T\u0435chnologi\u0435s", "Cyrillic Н, а and е"),
        ("\u0397u\u0391w\u0395i Technologies", "Greek capitals"),
        ("Huaw\u0435i Te\u0441hn\u043el\u043egies", "Cyrillic letters in both words"),
    ],
)
def test_a_disguised_company_is_found(name: str, why: str) -> None:
    answer = ask(name, "organization")
    assert LIST[0] in {one.listing for one in answer.candidates}, why
    assert answer.verdict == "match", why


@pytest.mark.parametrize(
    "name", ["Оleg Dеriраskа", "Oleg D\u200deripaska", "\u202eOleg Deripaska", "OLEG DERIPASKA\x00"]
)
def test_a_disguised_person_is_found(name: str) -> None:
    assert LIST[1] in {one.listing for one in ask(name, "person").candidates}


def test_words_of_one_alphabet_are_left_as_they_are() -> None:
    """Only a word of two alphabets was written by its looks; "ОСА" and "µTech" are what they are."""
    assert compare("Концерн ОСА", "Kontsern OSA").score > 0.9
    assert compare("µTech Optics", "mTech Optics").score > 0.9


# --- an answer or an error, soon -----------------------------------------------------------------------------

LONG = {
    "a megabyte of one letter": "A" * 1_000_000,
    "a megabyte of words": "huawei technologies " * 50_000,
    "a megabyte of marks": "e" + "\u0301" * 1_000_000,
    "a megabyte of Han": "华" * 1_000_000,
    "a megabyte of hidden characters": "\u200b" * 1_000_000,
    "a megabyte of halves": "\ud800" * 1_000_000,
    "a megabyte of alternatives": "abcd/" * 200_000,
    "a megabyte of digits": "1" * 1_000_000,
    "a thousand marks on one letter": "H" + "\u0301" * 990 + "uawei",
    "as many words as fit": "ab " * 333,
    "as many different words as fit": " ".join(f"w{number}x" for number in range(170)),
    "as many letters as fit": "a b c d e " * 99,
    "as many alternatives as fit": "abcd/" * 199,
    "as many parentheses as fit": "(" * 500 + ")" * 500,
    "as many points as fit": "a." * 499,
    "as many apostrophes as fit": "'a" * 499,
    "as many ampersands as fit": "&" * 999,
    "as many digits as fit": "1 " * 499,
    "a character that stands for eighteen": "\ufdfa" * 999,
    "as much Han as fits": "技术" * 499,
    "as much Hangul as fits": "김" * 999,
    "as much Arabic as fits": "ال" * 499,
    "emoji": "👩‍👩‍👧‍👦" * 90,
    "tags": "\U000e0041\U000e007f" * 90,
    "private use": "\ue000\uf8ff" * 90,
    "noncharacters": "\uffff\ufdd0" * 90,
}


@pytest.mark.parametrize("what", LONG)
def test_long_and_strange_text_is_answered_or_refused_soon(what: str) -> None:
    text = LONG[what]
    for kind in KINDS:
        before = time.process_time()
        assert_an_answer_or_an_error(ask(text, kind))
        assert time.process_time() - before < SOON


@pytest.mark.parametrize("what", LONG)
def test_long_and_strange_text_is_compared_soon(what: str) -> None:
    text = LONG[what]
    for other in ("Huawei Technologies", text[::-1] + "x", text):
        before = time.process_time()
        score = compare(text, other).score
        assert time.process_time() - before < SOON
        assert (score == 1.0) is (text == other)


def test_a_name_of_a_thousand_characters_is_read_and_one_more_is_refused() -> None:
    assert ask("x" * 1000).error == ""
    assert "1001 characters; at most 1000" in ask("x" * 1001).error


@settings(max_examples=250, deadline=None)
@given(
    st.text(st.characters(), max_size=60),
    st.sampled_from(KINDS),
    st.text(st.characters(), max_size=20),
    st.text(max_size=12),
    st.text("0123456789-", max_size=12),
    st.text(st.characters(), max_size=12),
)
def test_any_text_in_any_field_is_answered_or_refused(
    name: str, kind: str, address: str, country: str, born: str, number: str
) -> None:
    query = Query(
        name=name,
        kind=kind,
        address=address,
        country=country,
        born=born,
        identifiers=(Identifier("imo", number), Identifier("other", number)),
    )
    (answer,) = SCREENER.screen([query])
    assert_an_answer_or_an_error(answer)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=40), st.integers(0, 28))
def test_hidden_characters_anywhere_change_no_verdict(hidden: str, at: int) -> None:
    """What is invisible is taken out before anything else."""
    invisible = "".join(
        one for one in hidden if one in "\u200b\u200d\u202e\u2066\ufeff\x00\x1f\ud800"
    )
    plain = "Huawei Technologies Co., Ltd."
    (one, other) = SCREENER.screen(
        [Query(name=plain), Query(name=plain[:at] + invisible + plain[at:])]
    )
    assert [c.listing.id for c in one.candidates] == [c.listing.id for c in other.candidates]
    assert one.verdict == other.verdict


def test_one_bad_name_among_many_stops_nothing() -> None:
    texts = ["", "Huawei Technologies", "\ud800", "A" * 10_000, "LLC", "Oleg Deripaska", "\x00"]
    answers = SCREENER.screen([Query(name=text, id=str(at)) for at, text in enumerate(texts)])
    assert [answer.query.id for answer in answers] == [str(at) for at in range(len(texts))]
    assert [bool(answer.error) for answer in answers] == [
        True,
        False,
        True,
        True,
        True,
        False,
        True,
    ]
    assert [answer.verdict for answer in answers if not answer.error] == ["match", "match"]


def test_nothing_asked_is_nothing_answered() -> None:
    assert SCREENER.screen([]) == []


@pytest.mark.parametrize("threshold", [0.0, 0.01, 0.5, 0.999, 1.0])
def test_any_threshold_is_kept(threshold: float) -> None:
    (answer,) = SCREENER.screen([Query(name="Huawei Technologies")], threshold=threshold)
    assert_an_answer_or_an_error(answer)
    assert all(one.score >= threshold for one in answer.candidates)
