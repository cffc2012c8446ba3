"""No reader crashes, hangs or takes half of what it is given: made-up damage, and what the corpus keeps."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing import CORPUS, TARGETS, mutated, seeds

SECONDS = 10.0
"""Of the process for one input: far more than any takes, and far less than a hang."""
SEEDS = [(name, at) for name in TARGETS for at in range(len(seeds(name)))]


@pytest.mark.parametrize(("name", "at"), SEEDS)
def test_what_is_kept_in_the_corpus_is_accepted_or_refused_in_words(name: str, at: int) -> None:
    TARGETS[name](seeds(name)[at])


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_refused_in_words_or_does_no_harm(name: str) -> None:
    target, kept = TARGETS[name], seeds(name)
    heavy = name.startswith(("order_book", "lists"))

    @settings(max_examples=25 if heavy else 60, deadline=None, database=None,
              suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    @given(
        st.integers(0, len(kept) - 1),
        st.integers(0, 2**32),
        st.binary(max_size=0) | st.binary(max_size=200),
    )
    def damaged(which: int, seed: int, own: bytes) -> None:
        started = time.process_time()
        target(own or mutated(kept[which], random.Random(seed)))
        assert time.process_time() - started < SECONDS

    damaged()


def test_every_folder_of_the_corpus_belongs_to_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} <= TARGETS.keys()
