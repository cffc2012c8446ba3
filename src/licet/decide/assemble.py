"""A weighed order made into the decision that people read: every rule with cite, instrument and date."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence

from licet.decide.authority import authority, of_kind
from licet.decide.duties import duties
from licet.decide.explain import explain
from licet.decide.functions import Ground, function_of
from licet.decide.known import Truth
from licet.decide.listings import ListedFact
from licet.decide.missing import Analysis, analyse
from licet.decide.proof import NOT_IN_FORCE, witnesses
from licet.decide.standing import SUBJECT, TRANSACTION, flag_stands, lifting
from licet.decide.truth import Proof, Setting, evaluate
from licet.decide.unsaid import not_looked_at
from licet.decide.verdict import Judged, Screen, Weighed, weigh
from licet.decision import (
    Applied,
    Authority,
    Authorization,
    Because,
    Considered,
    Decision,
    Event,
    Listed,
    Notice,
    RedFlag,
    Requirement,
)  # fmt: skip
from licet.law.rule import ChildField, Policy, PolicyIf, strictness
from licet.law.rulebook import Law
from licet.order import Order

# Instruments and announcements of so many days before the order are told as recent.
_RECENT = dt.timedelta(days=400)

Names = Callable[[], Sequence[tuple[str, str]]]


def decide(order: Order, law: Law, screen: Screen, names: Names) -> Decision:
    """The decision on one order under a law.

    ``screen`` gives the listings that somebody in an order is or may be; ``names`` gives listed names that
    stand for the kinds of listings, for questions about who somebody is.
    """
    weighed = weigh(order, law, screen)
    band = weighed.band
    settled = band.settled
    found = Analysis(band.outcome, ()) if settled else analyse(weighed, screen, names())
    requirements = tuple(_requirements(weighed))
    reviews = _reviews_of(weighed, requirements)
    return Decision(
        id=order.id,
        outcome=found.outcome,
        best=band.best,
        worst=band.worst,
        subject_to_ear=_subject(weighed),
        review_policy=_strictest(requirements, reviews),
        requirements=requirements,
        authorizations=tuple(_authorizations(weighed)),
        missing=found.missing,
        not_looked_at=not_looked_at(weighed, found.outcome),
        duties=tuple(duties(weighed)),
        red_flags=tuple(_red_flags(weighed)),
        notices=(*_notices(weighed), *(notice for notice, _ in reviews)),
        listings=tuple(listed(fact) for fact in weighed.listed if fact.stated),
        scope=tuple(_scope(weighed)),
        changed=tuple(_changed(weighed)),
        unchanged=tuple(_unchanged(weighed)),
        not_modelled=tuple(_not_modelled(weighed)),
        law=Applied(law.on, law.known, law.assume, law.rulebook.id, law.rulebook.as_of),
        proof=tuple(_considered(weighed)),
    )


def review_policy(weighed: Weighed) -> str | None:
    """How an application would be reviewed: the strictest policy of the requirements that stand."""
    requirements = tuple(_requirements(weighed))
    return _strictest(requirements, _reviews_of(weighed, requirements))


def _standing(requirements: Sequence[Requirement]) -> list[Requirement]:
    return [one for one in requirements if not one.lifted_by and not one.prohibition]


def _reviews_of(
    weighed: Weighed, requirements: Sequence[Requirement]
) -> tuple[tuple[Notice, str], ...]:
    return tuple(_reviews(weighed)) if _standing(requirements) else ()


def _strictest(
    requirements: Sequence[Requirement], reviews: Sequence[tuple[Notice, str]]
) -> str | None:
    standing = _standing(requirements)
    certain = [one for one in standing if one.applies == "yes"]
    policies = [one.policy for one in (certain or standing) if one.policy]
    policies += [policy for _, policy in reviews]
    return max(policies, key=strictness, default=None)


def _subject(weighed: Weighed) -> Truth:
    """Whether any line is subject to the EAR; None also where the order is no act that the EAR know."""
    if all(line.rulings[TRANSACTION].value is False for line in weighed.lines):
        return None
    values = [line.rulings[SUBJECT].value for line in weighed.lines]
    return True if True in values else (None if None in values else False)


def _requirements(weighed: Weighed) -> Iterator[Requirement]:
    for at, line in enumerate(weighed.lines):
        for live in of_kind(weighed.law, "requirement", "prohibition"):
            value = line.rulings[live.rule.id].value
            if value is False:
                continue
            proof = line.proofs[live.rule.id]
            lifted = tuple(
                other.rule.id
                for other in lifting(live, weighed.law)
                if line.rulings[other.rule.id].value is True
            )
            yield Requirement(
                authority(live),
                "yes" if value else "unknown",
                live.rule.kind == "prohibition",
                _policy(live.version.review_policy, proof, line, weighed.law),
                lifted,
                tuple(dict.fromkeys(_because(proof))),
                at,
            )


def _because(proof: Proof) -> Iterator[str]:
    for child, value in witnesses(proof, "listings").values():
        if child.fields.get("name"):
            maybe = "" if value else "possibly "
            yield f"{maybe}{child.fields['name']} ({child.fields.get('role')})"
    for child, _ in witnesses(proof, "reasons").values():
        if child.fields.get("reason"):
            yield f"{child.fields['reason']} ({child.fields.get('column')})"


def _policy(policy: Policy | None, proof: Proof, line: Judged, law: Law) -> str | None:
    """The review policy; the strictest where several children or an unknown test leave a choice."""
    match policy:
        case None | str():
            return policy
        case ChildField(collection, name):
            found = [
                str(child.fields[name])
                for child, _ in witnesses(proof, collection).values()
                if child.fields.get(name)
            ]
            return max(found, key=strictness, default=None)
        case PolicyIf(test, then, otherwise):
            setting = Setting(line.facts, law, lambda name: line.proofs.get(name, NOT_IN_FORCE))
            value = evaluate(test, setting).value
            branches = [then] if value else [otherwise] if value is False else [then, otherwise]
            found = [p for p in (_policy(b, proof, line, law) for b in branches) if p]
            return max(found, key=strictness, default=None)


def _authorizations(weighed: Weighed) -> Iterator[Authorization]:
    """The authorizations that hold and lift a requirement that is met, or could."""
    for at, line in enumerate(weighed.lines):
        lifts: dict[str, list[str]] = {}
        for live in of_kind(weighed.law, "requirement", "prohibition"):
            if line.rulings[live.rule.id].value is False:
                continue
            for other in lifting(live, weighed.law):
                if line.rulings[other.rule.id].value is True:
                    lifts.setdefault(other.rule.id, []).append(live.rule.id)
        for name, lifted in lifts.items():
            rule = weighed.law.rules[name]
            yield Authorization(
                authority(rule), rule.rule.symbol or name, rule.rule.grants or "", tuple(lifted), at
            )


def _red_flags(weighed: Weighed) -> Iterator[RedFlag]:
    for live in of_kind(weighed.law, "red_flag"):
        for line in weighed.lines:
            value = line.rulings[live.rule.id].value
            if value is True or (value is None and live.rule.must_look):
                proof = line.proofs[live.rule.id]
                stands = flag_stands(live, value, line.facts.children["red_flags"])
                resolved = None if stands is None else not stands
                because = [
                    str(child.fields.get("name") or child.fields.get("text") or "")
                    for collection in ("listings", "red_flags")
                    for child, _ in witnesses(proof, collection).values()
                ]
                shown = tuple(dict.fromkeys(text for text in because if text))
                yield RedFlag(authority(live), resolved, live.rule.asks or "", shown)
                break


def _notices(weighed: Weighed) -> Iterator[Notice]:
    for live in of_kind(weighed.law, "notice"):
        if any(line.rulings[live.rule.id].value is True for line in weighed.lines):
            yield Notice(authority(live))


def _reviews(weighed: Weighed) -> Iterator[tuple[Notice, str]]:
    """How an application is judged whatever asks for the license (15 CFR 744.19, 744.21(e)(3)).

    Where it is judged otherwise for one line than for another, the strictest counts.
    """
    for live in of_kind(weighed.law, "review"):
        found = [
            policy
            for line in weighed.lines
            if (proof := line.proofs[live.rule.id]).value is True
            and (policy := _policy(live.version.review_policy, proof, line, weighed.law))
        ]
        if found:
            yield Notice(authority(live)), max(found, key=strictness)


def listed(fact: ListedFact) -> Listed:
    """A listing as a decision tells of it."""
    since = fact.since if isinstance(fact.since, dt.date) else None
    role = fact.role or "role not stated"
    return Listed(
        fact.list, fact.row.get("id", ""), fact.row.get("name", ""), fact.by, role, since,
        fact.row.get("citations", "").split("|")[0],
        "exact" if fact.exact else "apart" if fact.apart else "possible",
        None if fact.exact or fact.apart
        else {True: "listed", False: "not_listed", None: None}[fact.exists],
        fact.says, fact.disposition, fact.copy, fact.record if fact.exists is None else "",
    )  # fmt: skip


def _scope(weighed: Weighed) -> Iterator[Authority]:
    """The scope rules that hold: why an item is, or is not, subject to the EAR."""
    for live in of_kind(weighed.law, "scope"):
        if any(line.rulings[live.rule.id].value is True for line in weighed.lines):
            yield authority(live)


def _subjects(weighed: Weighed) -> set[str]:
    found = set()
    for line in weighed.lines:
        for child in line.facts.children["listings"]:
            if child.fields.get("group"):
                found.add(str(child.fields["group"]))
    return found


def _changed(weighed: Weighed) -> Iterator[Event]:
    """Recent instruments on the listed parties of the order."""
    law, subjects = weighed.law, _subjects(weighed)
    for instrument in law.rulebook.instruments.values():
        known = law.known is None or (instrument.published or instrument.effective) <= law.known
        recent = law.on - _RECENT <= instrument.effective <= law.on
        if recent and known and subjects & set(instrument.subjects):
            yield Event(instrument.effective, instrument.citation, instrument.says, True)


def _unchanged(weighed: Weighed) -> Iterator[Event]:
    """Recent announcements on them, which changed nothing."""
    law, subjects = weighed.law, _subjects(weighed)
    for announcement in law.rulebook.announcements.values():
        recent = law.on - _RECENT <= announcement.date <= law.on
        if recent and announcement.id not in law.assume and subjects & set(announcement.subjects):
            yield Event(announcement.date, announcement.speaker, announcement.said, False)


def _not_modelled(weighed: Weighed) -> Iterator[str]:
    """Sections that are not modelled, or partly, and could bear on the order."""
    law = weighed.law
    for section in law.rulebook.sections:
        if section.bears is None or section.status == "modelled":
            continue
        bears = function_of(section.bears)
        grounds = (Ground(line.facts, law, line.rulings) for line in weighed.lines)
        if any(bears(ground, []) is not False for ground in grounds):
            yield f"{section.cite} {section.title}"


def _considered(weighed: Weighed) -> Iterator[Considered]:
    for at, line in enumerate(weighed.lines):
        for name, ruling in line.rulings.items():
            live = weighed.law.rules[name]
            yield Considered(
                name, live.version.cite, ruling.value, at,
                functools.partial(_explained, line, name), live.rule.private,
            )  # fmt: skip


def _explained(line: Judged, name: str) -> Because:
    return explain(line.proofs[name])
