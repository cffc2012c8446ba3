"""What an order leaves unsaid and its outcome does not wait for: told beside it, never read as "none"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from licet.decide.functions import Ground
from licet.decide.known import Child, Facts
from licet.decide.questions import question
from licet.decide.reach import reach
from licet.decide.rulings import ruling, tests
from licet.decide.standing import lifting
from licet.decide.verdict import Judged, Weighed
from licet.decision import GO_AHEAD, HOLD, REFUSALS, NotLookedAt
from licet.law.rulebook import Law
from licet.order import Owner


def not_looked_at(weighed: Weighed, outcome: str) -> tuple[NotLookedAt, ...]:
    """What the answer does not wait for; nothing where it needs information, for that is asked for."""
    if outcome in REFUSALS:
        found = _whether_prohibited(weighed) if weighed.band.worst != outcome else iter(())
    elif outcome in GO_AHEAD or outcome == HOLD:
        found = _unsaid(weighed)
    else:
        return ()
    return tuple({item.fact: item for item in found}.values())


def _unsaid(weighed: Weighed) -> Iterator[NotLookedAt]:
    facts = dict.fromkeys(_owners(weighed))
    for line in weighed.lines:
        facts |= dict.fromkeys(_taken_as_none(line, weighed.law))
    for fact in facts:
        asked = question(fact, weighed.law)
        yield NotLookedAt(
            fact, f"{asked} The order does not say, and the answer does not speak of it."
        )


def _owners(weighed: Weighed) -> Iterator[str]:
    """Where nobody has said who owns a party, or an owner of whom it is not known that he is listed."""
    for at, party in enumerate(weighed.order.parties or ()):
        yield from _behind(party.owners, f"party[{at}].owners")


def _behind(owners: Sequence[Owner] | None, path: str) -> Iterator[str]:
    if owners is None:
        yield path
    for at, owner in enumerate(owners or ()):
        if owner.list is None:
            yield from _behind(owner.owners, f"{path}[{at}].owners")


def _taken_as_none(line: Judged, law: Law) -> Iterator[str]:
    """Facts of which a rule takes the silence for a "no": the rule would be open if it did not."""
    facts = Facts(
        line.facts.values,
        {**line.facts.children, "listings": tuple(map(_open, line.facts.children["listings"]))},
        line.facts.asks,
    )
    ground = Ground(facts, law, line.rulings)
    for name in sorted(reach(law).readers.get("listings.stated", ())):
        if line.rulings[name].value is False:
            yield from ruling(tests(law)[name], ground).waits


def _open(child: Child) -> Child:
    """A listing that there may be, without the word that the order does not speak of it."""
    if child.exists is None and child.fields.get("stated") is False:
        return replace(child, fields={**child.fields, "stated": None})
    return child


def _whether_prohibited(weighed: Weighed) -> Iterator[NotLookedAt]:
    """What decides whether a refused order is prohibited: a license would not help it then."""
    for line in weighed.lines:
        for live in weighed.law.rules.values():
            own = line.rulings.get(live.rule.id)
            if live.rule.kind != "prohibition" or own is None or own.value is False:
                continue
            others = [line.rulings[other.rule.id] for other in lifting(live, weighed.law)]
            for open_ in (own, *others) if own.value is None else others:
                for fact in open_.waits:
                    says = f"Whether it is prohibited outright is open: {live.version.says}"
                    yield NotLookedAt(fact, f"{says} ({live.version.cite})")
