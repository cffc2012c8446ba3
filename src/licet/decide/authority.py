"""Rules in force by kind, and what each rests on: its citation, instrument and date."""

from __future__ import annotations

from collections.abc import Iterator

from licet.decision import Authority
from licet.law.rulebook import InForce, Law


def authority(live: InForce) -> Authority:
    """What a rule in force rests on."""
    return Authority(
        live.rule.id, live.version.cite, live.version.says, live.version.instrument,
        live.version.effective, live.rule.verified, live.rule.assumed, live.rule.private,
    )  # fmt: skip


def of_kind(law: Law, *kinds: str) -> Iterator[InForce]:
    """The rules in force of these kinds, in the order of the law."""
    return (live for live in law.rules.values() if live.rule.kind in kinds)
