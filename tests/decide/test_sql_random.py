"""Random rulebooks and partly known facts: the SQL text means what the scalar judge means, rule by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.decide.known import Between, Child, Facts, OpenList
from licet.decide.proof import Proofs
from licet.decide.rulings import rulings
from licet.decide.sql.statement import statement
from licet.decide.standing import SUBJECT, TRANSACTION
from licet.decide.verdict import Judged, Weighed, band, whole
from licet.law.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Contains,
    Every,
    Fact,
    Field,
    InTable,
    Literal,
    Not,
)
from licet.law.rule import ChildField, Kind, Policy, PolicyIf, Rule, Stay, Version
from licet.law.rulebook import Rulebook, default_rulebook
from licet.law.table import Schema, read_table
from licet.law.vocabulary import Children, FactType, Vocabulary
from licet.order import Order
from tests.decide.equivalence import SideBySide
from tests.decide.kleene import conditions, partly_known

DAYS = tuple(dt.date(2019, 5, day) for day in (14, 15, 16, 17))
_TYPES = {
    "us_person": "boolean", "published": "boolean", "pct": "number", "limit": "number", "kind": "text",
    "to": "country", "purposes": "choices", "conditions_met": "symbols", "line.eccn": "eccn",
    "line.schedule_b_value_usd": "number", "day_of": "date",
}  # fmt: skip
_FIELDS = {"is_party": "boolean", "list": "text", "review_policy": "text", "entry": "eccn"}
VOCABULARY = Vocabulary(
    {p: FactType(p, kind, "", (), (), "", "", "", False) for p, kind in _TYPES.items()},
    {"listings": Children("listings", _FIELDS, ())},
)
POLICY_WORDS = [None, "", "case_by_case", "policy_of_denial", "see:744.2(d)", "see:744.3(d)"]
# Tables with all that a table may have: dates, gaps, wild cards, all but one, paragraphs, and silence.
TABLES = {
    "groups": read_table(
        Schema(
            "groups", "groups.csv", ("country", "group"), frozenset(), dt.date(2019, 5, 15),
            False, True, True, "", "",
        ),
        "country,group,valid_from,valid_until\nCN,D:1,2019-05-14,2019-05-16\nCN,?,2019-05-16,\n"
        "*,A:1,2019-05-17,\nDE,A:1,2019-05-14,2019-05-15\nDE,!D:1,2019-05-16,2019-05-17\n",
    ),
    "items": read_table(
        Schema(
            "items", "items.csv", ("eccn",), frozenset({"eccn"}), dt.date(2017, 1, 1),
            True, True, False, "", "",
        ),
        "eccn,valid_from,valid_until\n3A001.b,2019-05-14,2019-05-16\n3A001.b.2,2019-05-16,\n4A003,2019-05-15,\n",
    ),
}  # fmt: skip
ECCNS = ["3A001", "3A001.b", "3A001.b.2", "3A001.b.2.a", "4A003.a", "EAR99"]


def _more(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """What the small vocabulary of ``kleene`` lacks."""
    value = Fact("line.schedule_b_value_usd")
    ops = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    leaf: st.SearchStrategy[Condition] = st.one_of(
        st.builds(lambda op, n: Compare(op, value, Literal(n)), ops, st.sampled_from([10, 20])),
        st.builds(lambda op: Compare(op, Fact("limit"), value), ops),
        st.builds(lambda s: Contains(Literal(s), Fact("conditions_met")), st.sampled_from(["TGL", "it's"])),
        st.just(InTable((Fact("line.eccn"),), "items")),
        st.builds(lambda op: Compare(op, Fact("day_of"), Fact("date")), ops),
        st.builds(
            lambda op, of: Every(op, "l", "listings", of),
            st.sampled_from(["any", "all"]),
            st.sampled_from([
                InTable((Field("l", "entry"),), "items"),
                AllOf((Field("l", "is_party"), InTable((Fact("to"), Literal("D:1")), "groups"))),
                # A question about children inside another.
                Every("any", "m", "listings", Compare("==", Field("m", "list"), Field("l", "list"))),
                Every("all", "p", "purposes", AnyOf((Field("l", "is_party"),
                      Compare("==", Field("p", None), Literal("civil"))))),
            ]),
        ),
    )  # fmt: skip
    return st.one_of(
        part,
        leaf,
        st.builds(lambda a, b: AllOf((a, b)), part, leaf),
        st.builds(lambda a, b: AnyOf((a, Not(b))), part, leaf),
    )


def _policies(tests: st.SearchStrategy[Condition]) -> st.SearchStrategy[Policy | None]:
    plain: st.SearchStrategy[Policy | None] = st.sampled_from(
        [None, "case_by_case", "presumption_of_denial", "see:744.2(d)"]
    )
    child = st.just(ChildField("listings", "review_policy"))
    some = st.one_of(plain, child)
    return st.one_of(some, st.builds(PolicyIf, tests, some, some))


@st.composite
def _version(
    draw: st.DrawFn, when: st.SearchStrategy[Condition], flat: bool, own: Mapping[str, Any]
) -> Version:
    effective = draw(st.sampled_from([dt.date(1996, 3, 25), *DAYS]))
    until = draw(st.sampled_from([None, None, DAYS[3]]))
    published = draw(st.sampled_from([effective, DAYS[2]]))
    until = until if until is None or until > effective else None
    condition = draw(when)
    # A policy that is read from a child needs a question without another one about such children inside.
    policy = draw(_policies(conditions(()))) if flat else None
    return Version(
        effective, until, published, "", False, condition, "", "", "", policy, own.get("lifts", ()),
        own.get("exceptions"),
    )  # fmt: skip


@st.composite
def _rule(
    draw: st.DrawFn,
    name: str,
    kind: Kind,
    named: tuple[str, ...],
    flat: bool,
    own: Mapping[str, Any],
) -> Rule:
    plain = conditions(named)
    when = plain if flat else _more(plain)
    count = draw(st.integers(1, 2))
    versions = sorted(
        (draw(_version(when, flat, own)) for _ in range(count)),
        key=lambda v: (v.effective, v.published),
    )
    stays = draw(st.sampled_from([(), (), (Stay(DAYS[1], DAYS[2], DAYS[1], ""),)]))
    return Rule(
        name, kind, tuple(versions), stays, (), None, own.get("grants"), None, None,
        own.get("settled_by", ()), False, draw(st.booleans()), None, True, "", 1, None,
    )  # fmt: skip


@st.composite
def rules(draw: st.DrawFn) -> Mapping[str, Rule]:
    """A few rules of every kind that counts; each may rest on those before it."""
    kinds: list[tuple[str, Kind, dict[str, Any]]] = [
        (TRANSACTION, "scope", {}),
        (SUBJECT, "scope", {}),
        ("first", "scope", {}),
        ("exception", "authorization", {"grants": "license_exception", "lifts": ("asked", "bar")}),
        ("license", "authorization", {"grants": "licensed", "lifts": ("*",)}),
        ("excluded", "authorization", {"grants": "no_license_required", "lifts": ("second",)}),
        ("asked", "requirement", {}),
        ("second", "requirement", {"exceptions": ("license",)}),
        ("bar", "prohibition", {}),
        ("flag", "red_flag", {"settled_by": ("route",)}),
        ("denial", "review", {}),
    ]
    found: dict[str, Rule] = {}
    for name, kind, own in kinds:
        flat = kind in ("requirement", "review")
        # A review policy is read through the rules that a rule names, so these stay flat as well.
        named = tuple(other for other in found if not flat or other == "first")
        if name == "first":
            named = ()  # the rules before it may ask for listings inside a question about listings
        found[name] = draw(_rule(name, kind, named, flat or name == "first", own))
    return found


def rulebook_of(rules: Mapping[str, Rule]) -> Rulebook:
    """A rulebook of these rules, and the small tables and vocabulary."""
    return replace(
        default_rulebook(), rules=rules, tables=TABLES, vocabulary=VOCABULARY, sections=(), _laws={}
    )


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Partly known facts of the small vocabulary, and more of them."""
    base = draw(partly_known())
    values: dict[str, object] = {k: v for k, v in base.values.items() if v is not None}
    values["line.schedule_b_value_usd"] = draw(
        st.sampled_from([5.0, 10.0, 20.0, Between(5, 15), Between(10, None), Between(20, 30)])
    )
    more: Mapping[str, list[object]] = {
        "line.eccn": [None, *ECCNS],
        "conditions_met": [
            None,
            OpenList(frozenset()),
            OpenList(frozenset({"it's"}), frozenset({"TGL"})),
        ],
        "day_of": [None, *DAYS],
    }
    for path, choices in more.items():
        if (value := draw(st.sampled_from(choices))) is not None:
            values[path] = value
    listed = []
    for child in base.children["listings"]:
        fields = dict(child.fields)
        if fields:
            fields["review_policy"] = draw(st.sampled_from(POLICY_WORDS))
            fields["entry"] = draw(st.sampled_from([None, *ECCNS]))
        listed.append(replace(child, fields=fields))
    flags = draw(
        st.sampled_from(
            [
                (),
                (Child({"resolved": True, "text": "an odd Route"}),),
                (Child({"resolved": None, "text": "an odd route"}),),
            ]
        )
    )
    return Facts(values, {"listings": tuple(listed), "red_flags": flags})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rules(),
    st.lists(st.lists(facts(), min_size=1, max_size=2), min_size=1, max_size=5),
    st.sampled_from([None, DAYS[1]]),
    st.booleans(),
)
def test_one_meaning(
    rules: Mapping[str, Rule], orders: list[list[Facts]], known: dt.date | None, narrow: bool
) -> None:
    """Truth of every rule, band, outcome, policy and deciding rules, on each day, as known on a day."""
    rulebook = rulebook_of(rules)
    text = statement(rulebook, known=known, on=DAYS if narrow else ())
    both = SideBySide(text)
    for day in DAYS:
        law = rulebook.law(day, known=known)
        if TRANSACTION not in law.rules or SUBJECT not in law.rules:
            continue  # the scale rests on these two: a rulebook without them decides nothing
        for number, order in enumerate(orders):
            lines = []
            for one in order:
                there = Facts({**one.values, "date": day}, one.children)
                found = rulings(there, law)
                lines.append(
                    Judged(
                        there,
                        found,
                        band(found, there.children["red_flags"], law),
                        Proofs(there, law),
                    )
                )
            ends = whole([line.band for line in lines])
            both.add(Weighed(Order(id=str(number)), law, (), tuple(lines), ends))
    if both.weighed:
        assert not both.differences()
