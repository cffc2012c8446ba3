"""Kleene's logic: what is decided stays decided whatever the unknown turns out to be."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from licet.decide.functions import Ground, Ruling
from licet.decide.functions import test as function
from licet.decide.known import Between, Child, Facts, OpenList, Truth
from licet.decide.proof import unknown_facts
from licet.decide.rulings import ruling
from licet.decide.truth import COMPARE, Proof, Setting, evaluate
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    If,
    Literal,
    Not,
)
from tests.decide.kleene import (
    DOMAINS,
    FIELDS,
    LAW,
    UNKNOWN_LIST,
    classical,
    completions,
    conditions,
    how_many,
    kleene,
    looked_at,
    partly_known,
    rules,
)

NAMED = {"first": Literal(True), "second": Literal(True)}
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TRUTHS: tuple[Truth, ...] = (True, False, None)


def known(**values: object) -> Facts:
    return Facts(values, {"listings": ()})


def truth(condition: Condition, facts: Facts) -> Truth:
    return kleene(condition, facts, NAMED).value


# --- with and without proof -----------------------------------------------------------------------


@MANY
@given(conditions(), partly_known(), rules())
def test_what_a_rule_comes_to_is_what_its_proof_says(
    condition: Condition, facts: Facts, named: Mapping[str, Condition]
) -> None:
    """The fast way and the way with proof are one logic: the same truth, the same facts to ask for."""
    rulings: dict[str, Ruling] = {}
    ground = Ground(facts, LAW, rulings)
    for name, rule in sorted(named.items()):
        rulings[name] = ruling(function(rule), ground)
    found = ruling(function(condition), ground)
    proof = kleene(condition, facts, named)
    assert (found.value, list(found.waits)) == (proof.value, list(unknown_facts(proof)))


# --- soundness ----------------------------------------------------------------------------------


@MANY
@given(conditions(), partly_known(), rules())
def test_a_decided_condition_is_the_same_in_every_completion(
    condition: Condition, facts: Facts, named: Mapping[str, Condition]
) -> None:
    """Sound: never 'no license' where some completion of what is unknown needs one."""
    value = kleene(condition, facts, named).value
    event(f"value {value}")
    assume(value is not None)
    needed = looked_at(condition, named)
    assume(how_many(facts, needed) <= 1500)
    for world in completions(facts, needed):
        assert classical(condition, world, named) is value, world


@SOME
@given(conditions(), partly_known(), rules())
def test_where_everything_is_known_the_logic_is_classical(
    condition: Condition, facts: Facts, named: Mapping[str, Condition]
) -> None:
    needed = looked_at(condition, named) | set(DOMAINS) | {"listings"}
    world = next(completions(facts, needed - {"groups"}))
    full = Facts(world.facts, {"listings": tuple(Child(fields) for fields in world.listings)})
    value = kleene(condition, full, named).value
    if "groups" not in looked_at(condition, named):
        assert value is classical(condition, world, named)


@MANY
@given(conditions(), partly_known(), rules(), st.data())
def test_to_learn_a_fact_never_flips_what_is_decided(
    condition: Condition, facts: Facts, named: Mapping[str, Condition], data: st.DataObject
) -> None:
    value = kleene(condition, facts, named).value
    assume(value is not None)
    values = {
        name: facts.values.get(name, data.draw(st.sampled_from([None, *domain])))
        for name, domain in DOMAINS.items()
    }
    listings = []
    for child in facts.children["listings"]:
        fields = {
            name: child.fields.get(name, data.draw(st.sampled_from([None, *domain])))
            for name, domain in FIELDS.items()
        }
        exists = child.exists if child.exists is True else data.draw(st.sampled_from([None, True]))
        if not (child.exists is None and data.draw(st.booleans())):
            listings.append(replace(child, fields=fields, exists=exists))
    more = Facts(values, {"listings": tuple(listings)})
    assert kleene(condition, more, named).value is value


@SOME
@given(conditions(), partly_known(), rules())
def test_an_open_condition_names_what_to_ask(
    condition: Condition, facts: Facts, named: Mapping[str, Condition]
) -> None:
    proof = kleene(condition, facts, named)
    asked = unknown_facts(proof)
    assert bool(asked) is (proof.value is None)
    assert not set(asked) & set(facts.values)


# --- laws of the logic -----------------------------------------------------------------------------


@SOME
@given(conditions(), conditions(), partly_known())
def test_de_morgan(a: Condition, b: Condition, facts: Facts) -> None:
    assert truth(Not(AllOf((a, b))), facts) is truth(AnyOf((Not(a), Not(b))), facts)
    assert truth(Not(AnyOf((a, b))), facts) is truth(AllOf((Not(a), Not(b))), facts)


@SOME
@given(conditions(), conditions(), partly_known())
def test_double_negation_and_order_change_nothing(a: Condition, b: Condition, facts: Facts) -> None:
    assert truth(Not(Not(a)), facts) is truth(a, facts)
    assert truth(AllOf((a, b)), facts) is truth(AllOf((b, a)), facts)
    assert truth(AnyOf((a, b)), facts) is truth(AnyOf((b, a)), facts)


@SOME
@given(conditions(variable="l"), partly_known())
def test_not_any_is_all_not(body: Condition, facts: Facts) -> None:
    some, every = (Every(op, "l", "listings", b) for op, b in (("any", body), ("all", Not(body))))
    assert truth(Not(some), facts) is truth(every, facts)


@SOME
@given(conditions(), conditions(), conditions(), partly_known())
def test_if_decides_at_least_what_its_spelling_with_and_and_or_decides(
    test: Condition, a: Condition, b: Condition, facts: Facts
) -> None:
    spelled = truth(AnyOf((AllOf((test, a)), AllOf((Not(test), b)))), facts)
    value = truth(If(test, a, b), facts)
    assert spelled is None or value is spelled
    assert value is None or spelled in (None, value)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(TRUTHS, TRUTHS)))
def test_kleenes_tables(a: Truth, b: Truth) -> None:
    """As numbers 0, 1/2, 1: 'and' is the least, 'or' the greatest, 'not' the rest to one."""
    facts = known(**{n: v for n, v in (("us_person", a), ("published", b)) if v is not None})
    pair = (Fact("us_person"), Fact("published"))
    number: dict[Truth, float] = {False: 0, None: 0.5, True: 1}
    back = {n: t for t, n in number.items()}
    assert truth(AllOf(pair), facts) is back[min(number[a], number[b])]
    assert truth(AnyOf(pair), facts) is back[max(number[a], number[b])]
    assert truth(Not(pair[0]), facts) is back[1 - number[a]]


def test_an_unknown_test_does_not_fall_to_the_else() -> None:
    """As CASE in SQL would let it."""
    test = Fact("us_person")
    assert truth(If(test, Literal(True), Literal(False)), known()) is None
    assert truth(If(test, Literal(True), Literal(True)), known()) is True


# --- children and lists -----------------------------------------------------------------------------

LISTED = Every("any", "l", "listings", Field("l", "is_party"))
ALL_PARTIES = Every("all", "l", "listings", Field("l", "is_party"))


def among(*children: Child) -> Facts:
    return Facts({}, {"listings": children})


def test_nobody_listed() -> None:
    assert truth(LISTED, among()) is False
    assert truth(ALL_PARTIES, among()) is True


def test_a_possible_match_leaves_open_whether_somebody_is_listed() -> None:
    possible = Child({"is_party": True}, exists=None, because=("party[0].disposition",))
    proof = kleene(LISTED, among(possible), NAMED)
    assert proof.value is None
    assert list(unknown_facts(proof)) == ["party[0].disposition"]
    assert truth(LISTED, among(possible, Child({"is_party": True}))) is True
    assert truth(LISTED, among(Child({"is_party": False}, exists=None))) is False
    assert truth(ALL_PARTIES, among(possible)) is True
    assert truth(ALL_PARTIES, among(Child({"is_party": False}, exists=None))) is None


def test_a_field_that_is_unknown_asks_for_itself_or_for_what_settles_it() -> None:
    child = Child({}, "party[1]")
    assert list(unknown_facts(kleene(LISTED, among(child), NAMED))) == ["party[1].is_party"]
    child = Child({}, "party[1]", asks={"is_party": ("party[1].role",)})
    assert list(unknown_facts(kleene(LISTED, among(child), NAMED))) == ["party[1].role"]


def test_a_list_that_is_unknown_may_hold_anything_or_nothing() -> None:
    assert truth(LISTED, Facts({}, {"listings": UNKNOWN_LIST})) is None
    assert truth(ALL_PARTIES, Facts({}, {"listings": UNKNOWN_LIST})) is None
    civil = Every("all", "e", "purposes", Field("e", None))
    assert truth(civil, known()) is None
    assert truth(civil, known(purposes=())) is True


def test_terms_that_nobody_has_confirmed_are_not_yet_known() -> None:
    """conditions_met lists what is met; the rest is open, unless it was looked at and is not met."""
    terms = OpenList(frozenset({"TGL"}), frozenset({"ENC"}))
    facts = Facts({"purposes": terms}, {})

    def met(symbol: str) -> Proof:
        setting = Setting(facts, LAW, lambda name: Proof(Literal(False), False))
        return evaluate(Contains(Literal(symbol), Fact("purposes")), setting)

    assert met("TGL").value is True
    assert met("ENC").value is False
    assert met("RPL").value is None
    assert list(unknown_facts(met("RPL"))) == ["purposes[RPL]"]


# --- numbers known within bounds --------------------------------------------------------------------

WHOLE = st.integers(0, 6)


@MANY
@given(WHOLE, WHOLE, WHOLE, st.sampled_from(["<", "<=", ">", ">="]), st.booleans())
def test_a_number_within_bounds_compares_as_every_number_in_them_does(
    one: int, other: int, mark: int, op: str, open_end: bool
) -> None:
    """True where it is so for each number within the bounds, false where for none, else unknown."""
    least, most = sorted((one, other))
    # Halves lie between the marks; without an upper bound, far beyond them.
    inside = [n / 2 for n in range(2 * least, 2 * (20 if open_end else most) + 1)]
    truths = {COMPARE[op](number, mark) for number in inside}
    found = COMPARE[op](Between(least, None if open_end else most), mark)
    assert found is (truths.pop() if len(truths) == 1 else None)
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
    assert COMPARE[turned](mark, Between(least, None if open_end else most)) is found


def test_bounds_that_do_not_answer_ask_for_what_settles_the_number() -> None:
    asks = {"value": ("line[1].schedule_b",)}
    condition = Compare(">", Fact("value"), Literal(2500))
    for bounds, truth_, waits in (
        (Between(2000, 4000), None, ("line[1].schedule_b",)),
        (Between(2000, 2500), False, ()),
        (Between(2501, None), True, ()),
    ):
        facts = Facts({"value": bounds}, {}, asks)
        proof = kleene(condition, facts, {})
        found = ruling(function(condition), Ground(facts, LAW, {}))
        assert (proof.value, tuple(unknown_facts(proof))) == (truth_, waits)
        assert (found.value, found.waits) == (truth_, waits)
