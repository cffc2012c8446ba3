"""What each rule comes to, and the facts it waits for."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from licet.decide.functions import HOLDS, NO_LAW, Ground, Ruling, Test, Waits, function_of
from licet.decide.known import Facts
from licet.law.rulebook import Law


def rulings(facts: Facts, law: Law) -> dict[str, Ruling]:
    """What every rule in force comes to, each after those that it names."""
    found: dict[str, Ruling] = {}
    ground = Ground(facts, law, found)
    for name, test in tests(law).items():
        found[name] = ruling(test, ground)
    return found


def ruling(test: Test, ground: Ground) -> Ruling:
    """What one rule comes to."""
    waits: Waits = []
    value = test(ground, waits)
    if value is None:
        return Ruling(None, tuple(dict.fromkeys(waits)))
    return HOLDS if value else NO_LAW


@functools.lru_cache(maxsize=512)
def tests(law: Law) -> Mapping[str, Test]:
    """The rules in force as functions, in an order in which each follows those that it names."""
    return {
        name: function_of(live.version.when)
        for name, live in law.rules.items()
        if live.version.when is not None
    }
