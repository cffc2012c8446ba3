"""What is asked for: every fact that can change the outcome, and no other, with what each answer would give."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet import check
from licet.decide.answers import plain_path, with_answer
from licet.decide.branches import Branch, Branches
from licet.decide.classes import Cell
from licet.decide.diagram import Node, Tree, reduce_tree, restrict, support, terminals
from licet.decide.missing import _Explorer
from licet.decide.questions import describe, plain_value
from licet.decide.standing import SUBJECT, TRANSACTION, lifting, weighing
from licet.decide.values import cells
from licet.decide.verdict import Screen, Weighed, weigh
from licet.decision import NEEDS_INFORMATION, Decision
from licet.law.rulebook import Law, default_rulebook
from licet.listed_facts import fact_of
from licet.order import EndUse, License, Line, Order, Party, Shipment, order_from
from licet.order_screening import Screening
from licet.parties.listed_rows import representatives
from licet.parties.screen import screen
from tests.decide.books import authorization, book, decided, requirement

HUAWEI = "Huawei Technologies Co., Ltd."
MAY_2019 = dt.date(2019, 5, 18)  # Huawei is listed; no general license yet
BUYER = Party(
    role="ultimate_consignee",
    name="A party on no list",
    country="CN",
    kind="commercial",
    owners=(),
    uses_equipment_of=(),
)
WHOLE = Order(
    date=MAY_2019,
    activity="export",
    from_="US",
    to="CN",
    us_person=True,
    parties_complete=True,
    conditions_met=(),
    parties=(BUYER,),
    lines=(
        Line(
            eccn="3A991.a.1",
            kind="commodity",
            made_in="US",
            published=False,
            quantity=1,
            value_usd=100,
        ),
    ),
    end_use=EndUse(purposes=("civil",), goes_into_products_of=()),
    shipment=Shipment(en_route=False),
    red_flags=(),
)


def law_of(asked: Order) -> Law:
    assert asked.date is not None
    return default_rulebook().law(asked.date)


def look(law: Law) -> Screen:
    return lambda asked: [fact_of(hit, asked) for hit in screen(asked, law)]


def weighed(asked: Order) -> Weighed:
    law = law_of(asked)
    return weigh(asked, law, look(law))


def with_line(asked: Order, **changed: object) -> Order:
    assert asked.lines is not None
    return replace(asked, lines=(replace(asked.lines[0], **changed),))  # type: ignore[arg-type]


def with_buyer(asked: Order, **changed: object) -> Order:
    assert asked.parties is not None
    return replace(asked, parties=(replace(asked.parties[0], **changed),))  # type: ignore[arg-type]


@functools.lru_cache(maxsize=64)
def explored(asked: Order) -> Mapping[str, list[Cell]]:
    """The answers that the analysis tries, by fact."""
    law = law_of(asked)
    explorer = _Explorer(weighed(asked), look(law), representatives(law))
    explorer.explore(explorer.branches.root)
    return explorer.cells


def options(fact: str, asked: Order) -> list[Cell]:
    law = law_of(asked)
    return explored(asked).get(fact) or cells(fact, asked, law, representatives(law))


def open_facts(asked: Order) -> list[str]:
    branches = Branches(weighed(asked), look(law_of(asked)))
    return list(branches.open_facts(branches.root))


def named(decision: Decision) -> list[str]:
    return [missing.fact for missing in decision.missing]


# Orders with a few facts left out.
PARTIAL: Mapping[str, Order] = {
    "en route to Huawei, since when is not said": replace(
        with_buyer(WHOLE, name=HUAWEI), shipment=Shipment(en_route=True)
    ),
    "whether it is en route is not said": replace(with_buyer(WHOLE, name=HUAWEI), shipment=None),
    "a foreign-made item and an unnamed buyer": replace(
        with_buyer(
            with_line(
                WHOLE, made_in="TW", us_content_eccns=(), design_uses=(), plant_technology=()
            ),
            name=None,
        ),
        from_="TW",
    ),
    "where it was made is not said": replace(
        with_buyer(
            with_line(WHOLE, made_in=None, design_uses=(), plant_technology=()), name=HUAWEI
        ),
        from_="TW",
    ),
    "the entry without its paragraph, to Mexico": with_line(
        replace(WHOLE, to="MX"), eccn="5A001", made_in="US"
    ),
    "a possible match": with_buyer(WHOLE, name="Huawei Technologies"),
    "published encryption software": with_line(
        with_buyer(WHOLE, name=HUAWEI), eccn="5D002.a", kind="software", published=True
    ),
    "whether it is published is not said": with_line(
        with_buyer(WHOLE, name=HUAWEI), eccn="EAR99", kind="software", published=None
    ),
    "nobody looked for red flags": replace(WHOLE, red_flags=None),
    "another party may be there": replace(WHOLE, parties_complete=None),
    "no party is named": replace(WHOLE, parties=None),
    "what it is for, in June 2019": replace(
        with_buyer(WHOLE, name=HUAWEI), date=dt.date(2019, 6, 30), end_use=None
    ),
    "support of a network under a contract of an unknown day": replace(
        with_buyer(WHOLE, name=HUAWEI),
        date=dt.date(2019, 6, 30),
        end_use=EndUse(purposes=("existing_network_support",), goes_into_products_of=()),
        conditions_met=("TGL",),
    ),
    "a license of unknown term and value": replace(
        with_buyer(WHOLE, name=HUAWEI),
        license=License(
            issued=dt.date(2019, 5, 1),
            revoked=False,
            parties=(HUAWEI,),
            lines=("3A991",),
            quantity_left=10,
            covers_end_use=True,
        ),
    ),
    "a direct product for the plant of unknown tools, 2020": replace(
        with_buyer(
            with_line(
                WHOLE,
                made_in="TW",
                controlled_us_content_pct=0,
                design_uses=(),
                us_content_eccns=(),
            ),
            name=HUAWEI,
        ),
        from_="TW",
        date=dt.date(2020, 9, 20),
    ),
    "the country of destination": replace(with_line(WHOLE, eccn="3A991.a.1"), to=None),
}


@pytest.mark.parametrize("asked", PARTIAL.values(), ids=list(PARTIAL))
def test_each_answer_gives_exactly_the_outcome_named(asked: Order) -> None:
    """(a) The order with the answer in it is decided as the answer says."""
    decision = check(asked)
    assert decision.outcome in (NEEDS_INFORMATION, "hold")
    assert decision.missing
    for missing in decision.missing:
        if missing.fact.startswith("law."):
            continue  # what the law at hand does not say cannot be answered
        known = {str(plain_value(cell.value)): cell for cell in options(missing.fact, asked)}
        assert len(missing.answers) > 1, f"{missing.fact} has no answers"
        for answer in missing.answers:
            cell = known[str(answer.value)]
            given = check(with_answer(asked, missing.fact, cell.value))
            assert given.outcome == answer.outcome, (missing.fact, answer)


@pytest.mark.parametrize("asked", PARTIAL.values(), ids=list(PARTIAL))
def test_the_answers_to_a_question_lead_to_different_decisions(asked: Order) -> None:
    for missing in check(asked).missing:
        says = [answer.says for answer in missing.answers]
        assert len(set(says)) == len(says)


def completed(asked: Order, facts: Sequence[str], cap: int = 3000) -> Iterator[tuple[Cell, ...]]:
    """Every combination of answers to facts, by the cells of each."""
    sizes = [len(options(fact, asked)) for fact in facts]
    total = 1
    for size in sizes:
        total *= size
    assert total <= cap, f"{total} combinations of {dict(zip(facts, sizes, strict=True))}"
    yield from itertools.product(*(options(fact, asked) for fact in facts))


def answered(asked: Order, facts: Sequence[str], answers: Sequence[Cell]) -> Order:
    for fact, cell in zip(facts, answers, strict=True):
        asked = with_answer(asked, fact, cell.value)
    return asked


# Small enough to answer everything that is open in every way.
SMALL = [
    "en route to Huawei, since when is not said",
    "whether it is en route is not said",
    "a possible match",
    "published encryption software",
    "whether it is published is not said",
    "support of a network under a contract of an unknown day",
    "a license of unknown term and value",
]


@pytest.mark.parametrize("name", SMALL)
def test_missing_facts_agree_with_brute_force(name: str) -> None:
    """(b) A fact that is not named changes nothing; (c) one that is named does, under some answers."""
    asked = PARTIAL[name]
    decision = check(asked)
    open_now = [fact for fact in open_facts(asked) if options(fact, asked)]
    facts = sorted({*open_now, *named(decision)})
    table = {
        tuple(cell.value for cell in answers): check(answered(asked, facts, answers)).outcome
        for answers in completed(asked, facts)
    }
    matter = set()
    for at, fact in enumerate(facts):
        rest: dict[tuple[object, ...], set[str]] = {}
        for key, outcome in table.items():
            rest.setdefault((*key[:at], *key[at + 1 :]), set()).add(outcome)
        if any(len(outcomes) > 1 for outcomes in rest.values()):
            matter.add(fact)
    assert set(named(decision)) == matter


# --- what only matters together -------------------------------------------------------------------


def test_facts_that_matter_only_together_are_both_asked_for() -> None:
    """30 percent of US content matters where the buyer is listed, and who buys where it is 30 percent."""
    asked = PARTIAL["a foreign-made item and an unnamed buyer"]
    facts = named(check(asked))
    assert {"line[0].controlled_us_content_pct", "party[0].name"} <= set(facts)
    for fact in ("line[0].controlled_us_content_pct", "party[0].name"):
        other = ({"line[0].controlled_us_content_pct", "party[0].name"} - {fact}).pop()
        outcomes = {
            check(with_answer(with_answer(asked, other, o.value), fact, c.value)).outcome
            for o in options(other, asked)
            for c in options(fact, asked)
        }
        assert {"not_subject", "license_required"} <= outcomes


def test_facts_that_matter_only_together_in_a_small_rulebook() -> None:
    both = book(requirement("both", "us_person and line.fcc_authorization_limited"))
    decision = decided(both, us_person=None)
    assert set(named(decision)) == {"us_person", "line[0].fcc_authorization_limited"}
    for missing in decision.missing:
        assert {(a.value, a.outcome) for a in missing.answers} == {
            (True, NEEDS_INFORMATION),
            (False, "no_license_required"),
        }


def test_a_fact_that_decides_nothing_by_itself_is_not_asked_for() -> None:
    """us_person and not us_person: open for Kleene, the same for every answer."""
    rules = book(
        requirement("a", "us_person"),
        requirement("b", "not us_person"),
        requirement("c", "line.fcc_authorization_limited"),
        authorization("d", "general_license", ["a", "b"]),
    )
    decision = decided(rules, us_person=None)
    assert named(decision) == ["line[0].fcc_authorization_limited"]


# --- what is never asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        (with_line(WHOLE, made_in=None), "line[0].made_in"),
        (with_line(WHOLE, value_usd=None, quantity=None), "line[0].value_usd"),
        (with_line(with_buyer(WHOLE, name=HUAWEI), value_usd=None), "line[0].value_usd"),
        (with_line(WHOLE, controlled_us_content_pct=None), "line[0].controlled_us_content_pct"),
        (replace(WHOLE, shipment=None), "shipment.en_route"),
        (replace(with_buyer(WHOLE, name=HUAWEI), to=None), "to"),
        (replace(WHOLE, us_person=None), "us_person"),
        (replace(WHOLE, ofac_authorized=None), "ofac_authorized"),
        (with_buyer(WHOLE, country=None, headquarters=None, address=None), "party[0].country"),
    ],
)
def test_a_fact_that_cannot_change_anything_is_never_asked_for(asked: Order, never: str) -> None:
    """Such as where an item was made that is in the US, or its value where no license is claimed."""
    assert never not in named(check(asked))


def test_a_refusal_that_is_certain_asks_nothing() -> None:
    decision = check(with_buyer(replace(WHOLE, end_use=None, red_flags=None), name=HUAWEI))
    assert (decision.outcome, decision.missing) == ("license_required", ())


def test_questions_are_in_plain_words() -> None:
    for asked in PARTIAL.values():
        for missing in check(asked).missing:
            assert missing.question.endswith(("?", ".")), missing
            assert "{" not in missing.question


# --- decided anew, in part --------------------------------------------------------------------------


def judged_alike(branches: Branches, branch: Branch) -> None:
    """Every rule that counts, the band and what is open are those of the whole order judged anew."""
    whole = weigh(branches.order(branch), branches.law, branches.screen)
    for part, line in zip(branch.parts, whole.lines, strict=True):
        law = branches.law
        counts = {
            name
            for name, live in law.rules.items()
            if live.rule.kind in ("requirement", "prohibition", "red_flag")
        }
        may_lift = {
            other.rule.id
            for name in counts - {live.rule.id for live in weighing(law).flags}
            if line.rulings[name].value is not False
            for other in lifting(law.rules[name], law)
        }
        for name in (TRANSACTION, SUBJECT, *counts, *may_lift):
            assert part.found[name].value is line.rulings[name].value, name
            assert part.found[name].waits == line.rulings[name].waits, name
        assert part.band == line.band
    assert branch.band == whole.band
    anew = Branches(whole, branches.screen)
    assert list(branches.open_facts(branch)) == list(anew.open_facts(anew.root))


@pytest.mark.parametrize("asked", PARTIAL.values(), ids=list(PARTIAL))
def test_to_judge_again_only_what_an_answer_reaches_is_to_judge_everything_again(
    asked: Order,
) -> None:
    branches = Branches(weighed(asked), look(law_of(asked)))
    for fact in branches.open_facts(branches.root):
        for at, cell in enumerate(options(fact, asked)):
            judged_alike(branches, branches.answered(branches.root, fact, at, cell.value))


READINGS = Path(__file__).parents[1] / "second_reading" / "orders.jsonl"
READ = [
    order_from(json.loads(line)["order"])
    for line in READINGS.read_text(encoding="utf-8").splitlines()
]


def left_out(asked: Order, chance: random.Random, many: int) -> Order:
    """The order with some facts left out that it gives, on any of its parts."""
    for _ in range(many):
        parts: list[tuple[str, Order | Line | Party | EndUse | Shipment | License]] = [("", asked)]
        parts += [(f"line[{at}].", line) for at, line in enumerate(asked.lines or ())]
        parts += [(f"party[{at}].", party) for at, party in enumerate(asked.parties or ())]
        parts += [("end_use.", asked.end_use)] if asked.end_use else []
        parts += [("shipment.", asked.shipment)] if asked.shipment else []
        parts += [("license.", asked.license)] if asked.license else []
        prefix, part = chance.choice(parts)
        names = (f.name for f in fields(part) if f.name not in ("id", "date"))
        given = [name for name in names if getattr(part, name) is not None]
        if given and prefix:
            asked = with_answer(asked, f"{prefix}{chance.choice(given)}", None)
        elif given:
            asked = replace(asked, **{chance.choice(given): None})
    return asked


@pytest.mark.parametrize("seed", range(60))
def test_a_branch_of_many_answers_is_the_order_with_those_answers(seed: int) -> None:
    """Orders of the second reading with facts left out, answered one after the other at random."""
    chance = random.Random(seed)
    asked = left_out(chance.choice(READ), chance, chance.randint(2, 8))
    law = law_of(asked)
    screen_under = Screening(law)
    branches = Branches(weigh(asked, law, screen_under), screen_under)
    for _ in range(3):
        branch, given = branches.root, set[str]()
        while True:
            names = [name for name in branches.open_facts(branch) if name not in given]
            answers = {n: cells(n, asked, law, representatives(law)) for n in names}
            askable = [name for name in names if len(answers[name]) > 1]
            if not askable:
                break
            fact = chance.choice(askable)
            at = chance.randrange(len(answers[fact]))
            branch = branches.answered(branch, fact, at, answers[fact][at].value)
            given.add(fact)
            judged_alike(branches, branch)


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_stands_in_the_order_by_its_path() -> None:
    assert with_answer(Order(), "to", "CN").to == "CN"
    assert with_answer(Order(), "from", "US").from_ == "US"
    assert with_answer(Order(), "line[0].made_in", "TW").lines == (Line(made_in="TW"),)
    assert with_answer(Order(), "end_use.purposes", ("civil",)).end_use == EndUse(
        purposes=("civil",)
    )
    assert with_answer(Order(), "shipment.en_route", False).shipment == Shipment(en_route=False)
    assert with_answer(Order(), "party", (BUYER,)).parties == (BUYER,)
    two = replace(WHOLE, parties=(BUYER, BUYER))
    changed = with_answer(two, "party[1].name", HUAWEI).parties
    assert changed is not None
    assert [party.name for party in changed] == ["A party on no list", HUAWEI]


def test_a_term_is_met_or_looked_at_and_not_met() -> None:
    met = with_answer(Order(), "conditions_met[742.15(b)]", True)
    assert (met.conditions_met, met.conditions_not_met) == (("742.15(b)",), None)
    unmet = with_answer(met, "conditions_met[742.15(b)]", False)
    assert (unmet.conditions_met, unmet.conditions_not_met) == ((), ("742.15(b)",))


@pytest.mark.parametrize("path", ["", "line[0]made_in", "[0]", "law.country chart"])
def test_what_is_no_fact_of_an_order_cannot_be_answered(path: str) -> None:
    with pytest.raises(ValueError, match="not a fact of an order"):
        with_answer(Order(), path, True)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("line[12].us_content_eccns", "line.us_content_eccns"),
        ("party[0].disposition", "parties.disposition"),
        ("conditions_met[742.15(b)]", "conditions_met"),
        ("from", "from_"),
        ("to", "to"),
    ],
)
def test_a_path_without_its_place(path: str, plain: str) -> None:
    assert plain_path(path) == plain


# --- values that make a difference ----------------------------------------------------------------


def test_percentages_are_cut_at_the_marks_of_the_law() -> None:
    """0 (600 series), 10 (Country Group E) and 25 percent (elsewhere), and what lies between."""
    found = options("line[0].controlled_us_content_pct", WHOLE)
    assert [cell.value for cell in found if cell.low == cell.high] == [0, 10, 25]
    assert len(found) == 6
    assert all(isinstance(cell.value, float) for cell in found)


def test_days_are_cut_at_the_days_of_the_law() -> None:
    found = [cell.value for cell in options("end_use.contract_date", WHOLE)]
    assert found == [dt.date(2019, 5, 15), dt.date(2019, 5, 16), dt.date(2019, 5, 17)]


def test_a_bare_entry_is_asked_for_its_paragraphs_and_for_any_other() -> None:
    found = [cell.value for cell in options("line[0].eccn", with_line(WHOLE, eccn="3A001"))]
    assert all(str(value).startswith("3A001.") for value in found)
    assert "3A001.a.7" in found or any(str(v).startswith("3A001.a") for v in found)


def test_countries_that_no_table_tells_apart_are_one_answer() -> None:
    found = options("to", replace(WHOLE, to=None))
    assert 5 < len(found) < 120
    assert len({cell.value for cell in found}) == len(found)


def test_neighbours_on_a_line_of_numbers_are_told_as_a_range() -> None:
    found = options("line[0].controlled_us_content_pct", WHOLE)
    assert "25" in describe(found[:5])
    assert "10" not in describe(found[:5])
    assert describe(found[5:]) == "more than 25"
    assert describe(found[4:]) == "at least 25"


# --- decision diagrams ----------------------------------------------------------------------------

FACTS = ("a", "b", "c", "d")
WIDTH = {"a": 2, "b": 3, "c": 2, "d": 2}
OUTCOMES = ("no_license_required", "license_required", "prohibited")


def trees(facts: tuple[str, ...] = FACTS) -> st.SearchStrategy[Tree]:
    """Trees that ask facts in any order, but none twice on a branch."""
    ends = st.sampled_from(OUTCOMES)
    if not facts:
        return ends

    def node(fact: str) -> st.SearchStrategy[Tree]:
        rest = tuple(other for other in facts if other != fact)
        return st.tuples(*[trees(rest)] * WIDTH[fact]).map(lambda branches: Node(fact, branches))

    return st.one_of(ends, st.sampled_from(facts).flatmap(node))


def evaluated(tree: Tree, answers: Mapping[str, int]) -> str:
    while isinstance(tree, Node):
        tree = tree.branches[answers[tree.fact]]
    return tree


def worlds() -> Iterator[dict[str, int]]:
    for answers in itertools.product(*(range(WIDTH[fact]) for fact in FACTS)):
        yield dict(zip(FACTS, answers, strict=True))


def function(tree: Tree) -> tuple[str, ...]:
    return tuple(evaluated(tree, answers) for answers in worlds())


def depends_on(tree: Tree) -> set[str]:
    """The facts that a tree's function depends on, by trying every answer."""
    return {
        fact
        for fact in FACTS
        for world in worlds()
        for at in range(WIDTH[fact])
        if evaluated(tree, world) != evaluated(tree, {**world, fact: at})
    }


@settings(max_examples=60, deadline=None)
@given(trees())
def test_a_reduced_diagram_computes_the_same_and_asks_only_what_matters(tree: Tree) -> None:
    reduced = reduce_tree(tree, FACTS)
    assert function(reduced) == function(tree)
    assert support(reduced) == depends_on(tree)
    assert terminals(reduced) == set(function(tree))
    assert reduce_tree(reduced, FACTS) == reduced


@settings(max_examples=50, deadline=None)
@given(trees(), trees())
def test_equal_functions_have_equal_diagrams(one: Tree, other: Tree) -> None:
    equal = function(one) == function(other)
    assert (reduce_tree(one, FACTS) == reduce_tree(other, FACTS)) is equal


@settings(max_examples=50, deadline=None)
@given(trees(), st.permutations(FACTS))
def test_the_order_of_facts_changes_the_diagram_not_its_function(
    tree: Tree, facts: Sequence[str]
) -> None:
    assert function(reduce_tree(tree, facts)) == function(tree)
    again = reduce_tree(reduce_tree(tree, facts), FACTS)
    assert again == reduce_tree(tree, FACTS)


@settings(max_examples=50, deadline=None)
@given(trees(), st.sampled_from(FACTS), st.integers(0, 1))
def test_an_answer_restricts_a_diagram(tree: Tree, fact: str, at: int) -> None:
    restricted = restrict(tree, fact, at)
    assert fact not in support(restricted)
    for world in worlds():
        assert evaluated(restricted, world) == evaluated(tree, {**world, fact: at})


def test_a_fact_with_the_same_outcome_for_every_answer_goes() -> None:
    same = Node("a", ("license_required", "license_required"))
    assert reduce_tree(same, FACTS) == "license_required"
    mirrored = Node("b", (Node("a", ("x", "y")), Node("a", ("x", "y")), Node("a", ("x", "y"))))
    assert reduce_tree(mirrored, FACTS) == Node("a", ("x", "y"))
