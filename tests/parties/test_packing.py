"""Listings and indexes on disk come back as they were, and answer as they did."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.parties.index import Index, build, load
from licet.parties.listing import KINDS, NAME_KINDS, Identifier, ListedName, Listing
from licet.parties.packing import Strings, pack, unpack
from licet.parties.screening import Query, Screener

from . import made_up as names

TEXTS = st.text(max_size=20)
SOME = st.lists(TEXTS, max_size=3).map(tuple)
DAYS = st.none() | st.dates()
LISTINGS = st.builds(
    Listing,
    list=TEXTS,
    id=TEXTS,
    kind=st.sampled_from(KINDS),
    names=st.lists(st.builds(ListedName, TEXTS, st.sampled_from(NAME_KINDS)), max_size=4).map(
        tuple
    ),
    countries=SOME,
    addresses=SOME,
    identifiers=st.lists(st.builds(Identifier, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    born=SOME,
    programs=SOME,
    scope=TEXTS,
    review_policy=TEXTS,
    footnotes=SOME,
    remarks=TEXTS,
    linked_to=SOME,
    valid_from=DAYS,
    valid_until=DAYS,
    published=DAYS,
    source=TEXTS,
    url=TEXTS,
)


@settings(max_examples=300, deadline=None)
@given(LISTINGS)
def test_a_packed_listing_comes_back_whole(listing: Listing) -> None:
    assert unpack(pack(listing)) == listing


def test_no_field_of_a_listing_is_forgotten() -> None:
    """A field that is added to listings must be packed, too."""
    whole = Listing(
        list="SDN", id="1", kind="person", names=(ListedName("A B", "alias"),), countries=("RU",),
        addresses=("X 1",),
        identifiers=(Identifier("imo", "9187629", "IR"),), born=("1965",), programs=("P",), scope="S",
        review_policy="R", footnotes=("1",), remarks="M", linked_to=("L",), source="F", url="U",
    )  # fmt: skip
    for field in Listing.__dataclass_fields__:
        if field not in ("valid_from", "valid_until", "published"):
            assert getattr(whole, field), field
            assert getattr(unpack(pack(whole)), field) == getattr(whole, field), field


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=8))
def test_strings_come_back_from_disk_in_their_order(items: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        strings = Strings.of(items)
        strings.save(Path(folder) / "words")
        back = Strings.load(Path(folder) / "words")
        assert [back[number] for number in range(len(back))] == items
        assert back.size == strings.size


def saved_and_loaded(index: Index, folder: Path) -> Index:
    index.save(folder)
    return load(folder)


def assert_answers_the_same(index: Index, other: Index, queries: Sequence[Query]) -> int:
    one, two = Screener(index).screen(queries), Screener(other).screen(queries)
    assert one == two
    return sum(len(answer.candidates) for answer in one)


def test_an_index_from_disk_answers_as_the_one_just_built(tmp_path: Path) -> None:
    index = build(names.made_up())
    back = saved_and_loaded(index, tmp_path)
    assert len(back) == len(index) == len(names.made_up())
    assert back.size == index.size
    assert back.arrays.keys() == index.arrays.keys()
    for name, array in index.arrays.items():
        assert array.dtype == back.arrays[name].dtype, name
        assert np.array_equal(array, back.arrays[name]), name
    queries = [
        Query(name=one.name, country="RU", born="1965", address="18 Luard Road, Wan Chai")
        for one in names.made_up()
    ]
    assert assert_answers_the_same(index, back, queries) > 150
    assert (
        assert_answers_the_same(index, back, [Query(name=one.name) for one in names.made_up()])
        > 290
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(LISTINGS, max_size=6), st.lists(TEXTS, max_size=4))
def test_any_listings_are_indexed_kept_and_asked(listings: list[Listing], asked: list[str]) -> None:
    index = build(listings)
    with tempfile.TemporaryDirectory() as folder:
        back = saved_and_loaded(index, Path(folder))
        assert [back.listing(number) for number in range(len(back))] == listings
        texts = asked + [name.text for one in listings for name in one.names]
        assert_answers_the_same(index, back, [Query(name=text) for text in texts])


def test_a_list_with_half_a_surrogate_pair_is_refused() -> None:
    """Official files are UTF-8, which has none; a name that has one comes from a damaged file."""
    with pytest.raises((TypeError, ValueError)):
        build([names.listing(1, "person", "A\ud800bu Nidal")])
