"""Requirements minus what lifts them, as a band from best to worst."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet import check
from licet.decision import REFUSALS, SCALE, Decision, position
from licet.order import Line, Order, Party, RedFlag
from tests.decide.books import authorization, book, decided, line, order, requirement, rule

NEEDED = requirement("chart", "subject_to_ear", review_policy="case_by_case")
LISTED = requirement("entity_list", "us_person", review_policy="presumption_of_denial")
MET = "'{}' in conditions_met"


def band(decision: Decision) -> tuple[str, str, str]:
    return decision.best, decision.worst, decision.outcome


# --- one requirement ------------------------------------------------------------------------------


def test_what_nothing_requires_needs_no_license() -> None:
    """General permission (15 CFR 736.1)."""
    assert band(decided(book())) == ("no_license_required",) * 3


def test_a_published_item_is_not_subject() -> None:
    decision = decided(book(NEEDED), line=[line(published=True)])
    assert decision.outcome == "not_subject"
    assert decision.subject_to_ear is False


def test_an_import_is_no_act_under_the_ear_and_is_permitted() -> None:
    decision = decided(book(NEEDED), activity="import")
    assert decision.outcome == "permitted"
    assert decision.subject_to_ear is None


def test_an_act_that_is_not_known_may_be_an_import_even_of_a_published_item() -> None:
    decision = decided(book(), activity=None, line=[line(published=True)])
    assert band(decision) == ("not_subject", "no_license_required", "needs_information")
    assert [missing.fact for missing in decision.missing] == ["activity"]


def test_a_requirement_that_nothing_lifts_stands() -> None:
    decision = decided(book(NEEDED))
    assert decision.outcome == "license_required"
    assert decision.review_policy == "case_by_case"
    assert not decision.may_go_ahead


@pytest.mark.parametrize(
    "grants", ["no_license_required", "license_exception", "general_license", "licensed"]
)
def test_what_an_authorization_grants_is_the_outcome(grants: str) -> None:
    decision = decided(book(NEEDED, authorization("lvs", grants, ["chart"])))
    assert decision.outcome == grants
    assert [(a.symbol, a.lifts) for a in decision.authorizations] == [("LVS", ("chart",))]
    assert [r.lifted_by for r in decision.requirements] == [("lvs",)]
    assert decision.review_policy is None


def test_an_authorization_that_does_not_hold_lifts_nothing() -> None:
    lvs = authorization("lvs", "license_exception", ["chart"], "line.value_usd < 50")
    assert decided(book(NEEDED, lvs)).outcome == "license_required"


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ([], "license_required"),
        (["A"], "license_exception"),
        (["B"], "general_license"),
        (["A", "B"], "license_exception"),
        (["B", "C"], "general_license"),
        (["C"], "licensed"),
    ],
)
def test_of_several_authorizations_the_mildest_that_holds_counts(
    met: list[str], expected: str
) -> None:
    rules = book(
        NEEDED,
        authorization("a", "license_exception", ["chart"], MET.format("A")),
        authorization("b", "general_license", ["chart"], MET.format("B")),
        authorization("c", "licensed", ["*"], MET.format("C")),
    )
    rest = [symbol for symbol in "ABC" if symbol not in met]
    assert decided(rules, conditions_met=met, conditions_not_met=rest).outcome == expected


def test_a_term_that_is_not_confirmed_leaves_the_order_between() -> None:
    rules = book(NEEDED, authorization("a", "license_exception", ["chart"], MET.format("A")))
    decision = decided(rules)
    assert band(decision) == ("license_exception", "license_required", "needs_information")
    (missing,) = decision.missing
    assert missing.fact == "conditions_met[A]"
    assert {(a.value, a.outcome) for a in missing.answers} == {
        (True, "license_exception"),
        (False, "license_required"),
    }


# --- several requirements -------------------------------------------------------------------------


def test_exceptions_do_not_cross_over() -> None:
    """An exception for the chart does not free from the Entity List, nor the other way round."""
    rules = book(NEEDED, LISTED, authorization("lvs", "license_exception", ["chart"]))
    decision = decided(rules)
    assert decision.outcome == "license_required"
    lifted = {r.authority.rule: r.lifted_by for r in decision.requirements}
    assert lifted == {"chart": ("lvs",), "entity_list": ()}
    assert decision.review_policy == "presumption_of_denial"
    assert decided(rules, us_person=False).outcome == "license_exception"


def test_the_worst_of_what_lifts_each_requirement_counts() -> None:
    rules = book(
        NEEDED,
        LISTED,
        authorization("lvs", "license_exception", ["chart"]),
        authorization("tgl", "general_license", ["entity_list"]),
    )
    assert decided(rules).outcome == "general_license"


def test_the_strictest_policy_of_what_stands_is_reported() -> None:
    rules = book(NEEDED, requirement("un", "us_person", review_policy="policy_of_denial"), LISTED)
    assert decided(rules).review_policy == "policy_of_denial"


@pytest.mark.parametrize("turned", [False, True])
def test_an_application_for_several_lines_is_judged_as_the_strictest_of_them(turned: bool) -> None:
    """Whatever line comes first."""
    policy = "'case_by_case' if line.made_in == 'US' else 'policy_of_denial'"
    rules = book(NEEDED, rule("review", "review", "us_person", review_policy=policy))
    lines = [line(made_in="US"), line(made_in="DE", controlled_us_content_pct=100)]
    asked = lines[::-1] if turned else lines
    assert decided(rules, line=asked).review_policy == "policy_of_denial"


def test_no_license_exception_overcomes_a_listing_but_a_general_license_may() -> None:
    """15 CFR 744.11(a): no license exceptions; the Temporary General License of 2019 was none."""
    barred = requirement("entity_list", "us_person", exceptions="none")
    exception = authorization("rpl", "license_exception", ["entity_list"])
    general = authorization("tgl", "general_license", ["entity_list"])
    licensed = authorization("license", "licensed", ["*"])
    excluded = authorization("savings", "no_license_required", ["entity_list"])
    assert decided(book(barred, exception)).outcome == "license_required"
    assert decided(book(barred, exception)).authorizations == ()
    assert decided(book(barred, exception, general)).outcome == "general_license"
    assert decided(book(barred, exception, licensed)).outcome == "licensed"
    assert decided(book(barred, exception, excluded)).outcome == "no_license_required"


def test_a_requirement_may_name_the_exceptions_that_overcome_it() -> None:
    narrowed = requirement("ai", "us_person", exceptions=["gov"])
    gov = authorization("gov", "license_exception", ["ai"])
    lvs = authorization("lvs", "license_exception", ["ai"])
    assert decided(book(narrowed, gov, lvs)).authorizations[0].authority.rule == "gov"
    decision = decided(book(requirement("ai", "us_person", exceptions=["gov"]), lvs, authorization(
        "gov", "license_exception", ["ai"], "not us_person")))  # fmt: skip
    assert decision.outcome == "license_required"


def test_a_license_does_not_lift_a_prohibition() -> None:
    denied = rule("denied_person", "prohibition", "us_person")
    licensed = authorization("license", "licensed", ["*"])
    decision = decided(book(NEEDED, denied, licensed))
    assert decision.outcome == "prohibited"
    assert [r.authority.rule for r in decision.requirements if r.prohibition] == ["denied_person"]
    assert decided(book(NEEDED, denied, licensed), us_person=False).outcome == "licensed"


def test_an_authorization_that_names_a_prohibition_lifts_it() -> None:
    denied = rule("denied_person", "prohibition", "us_person")
    order_of_bis = authorization("order", "licensed", ["denied_person"])
    assert decided(book(denied, order_of_bis)).outcome == "licensed"


# --- unknown facts ----------------------------------------------------------------------------------


def test_an_unknown_requirement_spans_the_band() -> None:
    decision = decided(book(LISTED), us_person=None)
    assert band(decision) == ("no_license_required", "license_required", "needs_information")
    assert [r.applies for r in decision.requirements] == ["unknown"]


def test_an_unknown_fact_that_changes_nothing_is_not_waited_for() -> None:
    """The order is refused whether or not the actor is a US person."""
    rules = book(requirement("chart", "True"), requirement("person", "us_person"))
    decision = decided(rules, us_person=None)
    assert (decision.outcome, decision.missing) == ("license_required", ())


def test_a_requirement_and_its_exclusion_on_the_same_unknown_fact_agree() -> None:
    """At best and at worst differ, but each answer leads to the same outcome: nothing is asked."""
    rules = book(
        requirement("a", "us_person"), authorization("b", "no_license_required", ["a"], "us_person")
    )
    decision = decided(rules, us_person=None)
    assert (decision.outcome, decision.missing) == ("no_license_required", ())


def test_a_refusal_that_may_be_a_prohibition_is_a_refusal_with_the_doubt_named() -> None:
    """A license is required at best; whether anything could lift the refusal stays open, and is told."""
    rules = book(
        requirement("chart", "True"),
        rule("blocked", "prohibition", "us_person and line.fcc_authorization_limited"),
    )
    decision = decided(rules, us_person=None)
    assert band(decision) == ("license_required", "prohibited", "license_required")
    assert decision.missing == ()
    told = {item.fact for item in decision.not_looked_at}
    assert told == {"us_person", "line[0].fcc_authorization_limited"}
    assert all("prohibited" in item.says for item in decision.not_looked_at)


def test_a_fact_that_only_tells_one_refusal_from_another_is_not_asked_for() -> None:
    """us_person decides whether it is refused; what the FCC did decides only how."""
    rules = book(
        requirement("listed", "us_person"),
        rule("blocked", "prohibition", "us_person and line.fcc_authorization_limited"),
    )
    decision = decided(rules, us_person=None)
    assert band(decision) == ("no_license_required", "prohibited", "needs_information")
    (missing,) = decision.missing
    assert missing.fact == "us_person"
    assert {(a.value, a.outcome) for a in missing.answers} == {
        (True, "license_required"), (False, "no_license_required"),
    }  # fmt: skip


def test_two_ways_to_be_refused_are_a_refusal() -> None:
    """One of two facts that exclude each other refuses: nothing is to be found out before the answer."""
    rules = book(requirement("a", "us_person"), rule("b", "prohibition", "not us_person"))
    decision = decided(rules, us_person=None)
    assert (decision.outcome, decision.missing) == ("license_required", ())


# --- red flags ------------------------------------------------------------------------------------

FLAG = rule(
    "open_flag", "red_flag", "any(not f.resolved for f in red_flags)", asks="how", must_look=True
)
ADDRESS = rule("address_flag", "red_flag", "us_person", asks="the address", settled_by=["address"])


def test_an_open_red_flag_holds_an_order_that_would_go_ahead() -> None:
    flag = {"text": "120 volts for a 230 volt country", "resolved": False}
    decision = decided(book(FLAG), red_flag=[flag])
    assert band(decision) == ("no_license_required", "no_license_required", "hold")
    assert not decision.may_go_ahead
    assert (
        decided(book(FLAG), red_flag=[{**flag, "resolved": True}]).outcome == "no_license_required"
    )


def test_an_order_that_would_be_refused_anyway_is_refused() -> None:
    flag = {"text": "an odd route", "resolved": False}
    assert decided(book(NEEDED, FLAG), red_flag=[flag]).outcome == "license_required"


def test_a_red_flag_that_nobody_looked_for_is_asked_for_where_it_could_hold() -> None:
    decision = decided(book(FLAG), red_flag=None)
    assert decision.outcome == "needs_information"
    assert [m.fact for m in decision.missing] == ["red_flag"]
    assert {a.outcome for a in decision.missing[0].answers} == {"no_license_required", "hold"}
    assert decided(book(NEEDED, FLAG), red_flag=None).outcome == "license_required"


@pytest.mark.parametrize(
    ("text", "resolved", "outcome"),
    [
        ("the address is a mailbox", True, "no_license_required"),
        ("the ADDRESS is a mailbox", True, "no_license_required"),
        ("the address is a mailbox", False, "hold"),
        ("an odd route", True, "hold"),
    ],
)
def test_a_flag_that_a_rule_raises_is_settled_by_inquiry_into_the_same_matter(
    text: str, resolved: bool, outcome: str
) -> None:
    flags = [{"text": text, "resolved": resolved}]
    assert decided(book(ADDRESS), red_flag=flags).outcome == outcome


# --- lines and parties ------------------------------------------------------------------------------


def test_the_most_restricted_line_governs() -> None:
    rules = book(
        requirement("chart", "line.value_usd > 100"),
        authorization("lvs", "license_exception", ["chart"], "line.value_usd < 1000"),
    )
    free, small, large = (line(value_usd=value) for value in (10, 500, 5000))
    assert decided(rules, line=[free]).outcome == "no_license_required"
    assert decided(rules, line=[free, small]).outcome == "license_exception"
    assert decided(rules, line=[free, large, small]).outcome == "license_required"
    assert [r.line for r in decided(rules, line=[free, large, small]).requirements] == [1, 2]


def test_one_subject_line_makes_the_order_subject() -> None:
    lines = [line(published=True), line(published=False)]
    decision = decided(book(), line=lines)
    assert (decision.outcome, decision.subject_to_ear) == ("no_license_required", True)


HUAWEI = "Huawei Technologies Co., Ltd."
PARTIES = (
    Party(role="purchaser", name="A party on no list", country="CN", kind="commercial"),
    Party(role="end_user", name=HUAWEI, country="CN", kind="commercial"),
    Party(role="intermediate_consignee", name="Huawei Technologies", country="HK"),
    Party(role="ultimate_consignee", country="CN"),
)
LINES = (
    Line(eccn="3A991.a.1", kind="commodity", made_in="US"),
    Line(eccn="3A001.a.7", kind="commodity", made_in="US", value_usd=100),
    Line(eccn="EAR99", kind="software", made_in="TW", published=True, controlled_us_content_pct=30),
    Line(eccn="5D002.a", kind="software", made_in="US", published=True),
)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.sampled_from(PARTIES), max_size=3, unique=True),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=2, unique=True),
    st.booleans(),
)
def test_the_order_of_parties_and_lines_changes_nothing(
    parties: list[Party], lines: list[Line], complete: bool
) -> None:
    asked = replace(order(), parties_complete=complete)
    answers = {
        (d.outcome, d.best, d.worst, d.review_policy, d.subject_to_ear)
        for p in itertools.islice(itertools.permutations(parties), 3)
        for ls in itertools.permutations(lines)
        for d in [check(replace(asked, parties=tuple(p), lines=tuple(ls)))]
    }
    assert len(answers) == 1


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["requirement", "prohibition"]), st.sampled_from([True, False, None])
        ),
        max_size=3,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["no_license_required", "license_exception", "general_license", "licensed"]
            ),
            st.integers(0, 3),
            st.sampled_from([True, False, None]),
        ),
        max_size=4,
    ),
)
def test_the_band_holds_every_completion_of_unknown_rules(
    needs: list[tuple[str, bool | None]], lifts: list[tuple[str, int, bool | None]]
) -> None:
    """Each rule hangs on its own term: met, looked at and not met, or open."""
    rules: list[str] = []
    met: list[str] = []
    unmet: list[str] = []
    unknown: list[str] = []
    truths: dict[str, bool | None] = {}
    for n, (kind, value) in enumerate(needs):
        rules.append(rule(f"need{n}", kind, MET.format(f"N{n}")))
        truths[f"N{n}"] = value
    for n, (grants, of, value) in enumerate(lifts):
        if of < len(needs):
            rules.append(authorization(f"lift{n}", grants, [f"need{of}"], MET.format(f"L{n}")))
            truths[f"L{n}"] = value
    for symbol, value in truths.items():
        {True: met, False: unmet, None: unknown}[value].append(symbol)
    rulebook = book(*rules)
    part: Order = replace(order(), conditions_met=tuple(met), conditions_not_met=tuple(unmet))
    decision = check(part, rulebook=rulebook)
    seen = set()
    for bits in itertools.product((True, False), repeat=len(unknown)):
        chosen = dict(zip(unknown, bits, strict=True))
        whole = replace(
            part,
            conditions_met=(*met, *(s for s in unknown if chosen[s])),
            conditions_not_met=(*unmet, *(s for s in unknown if not chosen[s])),
        )
        seen.add(check(whole, rulebook=rulebook).outcome)
    places = sorted(map(position, seen))
    # Every rule hangs on a term of its own, so that the ends of the band are reached, too.
    assert (decision.best, decision.worst) == (SCALE[places[0]], SCALE[places[-1]])
    # Refused whatever the rest turns out to be is refused, with the mildest refusal named.
    settled = len(seen) == 1 or seen <= REFUSALS
    assert decision.outcome == (SCALE[places[0]] if settled else "needs_information")


def test_a_flag_of_the_order_may_be_empty() -> None:
    assert check(replace(order(), red_flags=(RedFlag(text=None, resolved=True),))).outcome
