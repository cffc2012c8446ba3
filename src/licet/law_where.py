"""Who needs a license for an item: every destination at once, each decided by the engine itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from licet.decide.known import Child, Truth
from licet.decide.proof import witnesses
from licet.decide.truth import Proof
from licet.decide.verdict import Weighed, weigh
from licet.law.rulebook import InForce, Law, Rulebook
from licet.law_lookup import NotFound, destinations, entry_row, plain_eccn
from licet.order import EndUse, Line, Order, Party, Shipment

# What a destination can be, and how it is said; in the order of a legend.
STATUSES: Mapping[str, str] = {
    "embargoed": "embargoed: part 746 or OFAC",
    "required": "license required",
    "depends": "depends on paragraph or facts",
    "unknown": "unknown",
    "none": "no license required by the lists",
}
# Reasons for control are decided by rules of part 742 and 746.1; other rules of these parts are embargoes.
_EMBARGO = ("15 CFR 746.", "31 CFR ")


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement at a destination: ``applies`` is yes or unknown; ``rule`` is empty where none decides it.

    ``reasons`` are pairs of reason and column where it rests on the item's controls.
    """

    rule: str
    cite: str
    applies: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """What the law of the day asks for one destination; ``why`` says what is open where something is."""

    country: str
    name: str
    status: str
    needs: tuple[Need, ...]
    why: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for control that certainly require a license."""
        found = (
            reason for need in self.needs if need.applies == "yes" for reason, _ in need.reasons
        )
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class World:
    """Every destination abroad for one item on one day."""

    eccn: str
    on: dt.date
    known: dt.date | None
    rulebook: str
    destinations: tuple[Destination, ...]


def where(
    eccn: str,
    *,
    on: dt.date,
    known: dt.date | None = None,
    controlled_for: tuple[str, ...] | None = None,
    rulebook: Rulebook,
) -> World:
    """Decide one export of the item from the United States to a clean civil buyer in every destination.

    Exceptions are not looked at: what is told is where a license, or an exception, is needed, and for which
    reasons. ``controlled_for`` says which of the reasons that the entry leaves to parameters apply. Raises
    ``NotFound`` where the entry is not on the list of that day, is another agency's, or the day is before the
    rulebook begins.
    """
    eccn = plain_eccn(eccn)
    if on < rulebook.covers_from:
        raise NotFound(
            f"{on} is before {rulebook.covers_from}, the first day that this rulebook covers."
        )
    law = rulebook.law(on, known=known)
    kind = None
    if eccn != "EAR99":
        row = entry_row(eccn.partition(".")[0], law)
        kind = row.values["kind"]
        said = row.values["jurisdiction"]
        if said == "pointer":
            raise NotFound(
                f"{eccn}: the entry has no controls of its own; it points to other entries."
            )
        if said != "EAR":
            raise NotFound(
                f"{eccn}: not subject to the EAR ({said}); the EAR say nothing of who needs a license."
            )
    names = {r.values["code"]: r.values["name"] for r in rulebook.tables["countries"].every()}
    modelled = _modelled(law)
    found = []
    for code in destinations(law):
        order = clean_order(eccn, code, on, kind=kind, controlled_for=controlled_for)
        weighed = weigh(order, law, lambda _: ())
        found.append(_destination(code, names[code], weighed, modelled))
    return World(eccn, on, known, rulebook.id, tuple(found))


def items(country: str, *, law: Law, among: Mapping[str, str]) -> Iterator[tuple[str, Destination]]:
    """What the law of a day asks for each of some items at one destination.

    ``among`` has the kind (commodity, software, technology) of each ECCN.
    """
    rows = law.rulebook.tables["countries"].every()
    name = next((r.values["name"] for r in rows if r.values["code"] == country), country)
    modelled = _modelled(law)
    for eccn, kind in among.items():
        weighed = weigh(clean_order(eccn, country, law.on, kind=kind), law, lambda _: ())
        yield eccn, _destination(country, name, weighed, modelled)


def clean_order(
    eccn: str,
    to: str,
    on: dt.date,
    *,
    kind: str | None = None,
    controlled_for: tuple[str, ...] | None = None,
) -> Order:
    """An export of a US-made item to a civil company that nothing is known against."""
    maker = "a maker that is on no list"
    roles = ("purchaser", "ultimate_consignee", "end_user")
    parties = tuple(
        Party(
            role=role, name="a buyer that is on no list", country=to, kind="commercial",
            address="(an address on no list)", headquarters=to, owners=(), uses_equipment_of=(),
        )
        for role in roles
    )  # fmt: skip
    line = Line(
        eccn=eccn, kind=kind, made_in="US", made_by=maker, designed_by=maker, modules_by=(),
        published=False, controlled_for=controlled_for,
    )  # fmt: skip
    return Order(
        date=on, activity="export", from_="US", to=to,
        # The regions of Ukraine under an embargo are no destinations of their own on a map of countries.
        region="elsewhere" if to == "UA" else None, us_person=True, parties_complete=True,
        conditions_met=(), ofac_authorized=False, parties=parties, lines=(line,),
        end_use=EndUse(purposes=("civil",), goes_into_products_of=()),
        shipment=Shipment(en_route=False, via=()), red_flags=(),
    )  # fmt: skip


def _destination(code: str, name: str, weighed: Weighed, modelled: frozenset[str]) -> Destination:
    law, line = weighed.law, weighed.lines[0]
    needs, why = [], []
    embargoed = certain = depends = unknown = False
    for live in law.rules.values():
        if live.rule.kind not in ("requirement", "prohibition"):
            continue
        proof = line.proofs[live.rule.id]
        if proof.value is False:
            continue
        needs.append(_need(live, proof, proof.value))
        if proof.value:
            certain = True
            embargoed = embargoed or _is_embargo(live)
            continue
        asked = set(_asked(proof))
        if any(fact.startswith("law.") for fact in asked):
            unknown = True
            tables = (
                law.rulebook.tables[f.removeprefix("law.")]
                for f in sorted(asked)
                if f[:4] == "law."
            )
            why.append(
                f"{live.version.cite}: {', '.join(t.schema.says.rstrip('.') for t in tables)} is silent"
            )
        else:
            depends = True
            why.append(f"{live.version.cite}: depends on {', '.join(sorted(asked))}")
    for child in line.facts.children["reasons"]:
        reason, column = child.fields.get("reason"), child.fields.get("column")
        if reason is None or reason in modelled:
            continue
        reached = _or(
            law.contains("country_chart", (code, str(column))),
            law.contains("destination_scopes", (str(column), code)),
        )
        if reached is not False:
            # Better unknown than a silent no: the item has a control that no rule decides.
            unknown = True
            why.append(f"{child.fields['cite']}: no rule decides {reason} controls yet")
            needs.append(
                Need("", str(child.fields["cite"]), "unknown", ((str(reason), str(column)),))
            )
    status = (
        "embargoed" if embargoed
        else "required" if certain
        else "unknown" if unknown
        else "depends" if depends
        else "none"
    )  # fmt: skip
    return Destination(code, name, status, tuple(needs), tuple(dict.fromkeys(why)))


def _need(live: InForce, proof: Proof, value: Truth) -> Need:
    found: dict[tuple[str, str], None] = {}
    for child, holds in _children(proof):
        if child.fields.get("reason") and (holds or not value):
            found[str(child.fields["reason"]), str(child.fields["column"])] = None
    return Need(live.rule.id, live.version.cite, "yes" if value else "unknown", tuple(found))


def _children(proof: Proof) -> Iterator[tuple[Child, Truth]]:
    yield from witnesses(proof, "reasons").values()


def _is_embargo(live: InForce) -> bool:
    by_item = live.version.text is not None and "r.reason ==" in live.version.text
    return live.version.cite.startswith(_EMBARGO) and not by_item


def _asked(proof: Proof) -> Iterator[str]:
    """The facts, or tables (``law.NAME``), whose silence leaves a proof open."""
    if proof.value is None:
        yield from (fact.replace("line[0].", "line.") for fact in proof.unknown)
        for part in proof.parts:
            yield from _asked(part)


def _modelled(law: Law) -> frozenset[str]:
    """The reasons for control that some rule in force decides."""
    texts = (live.version.text or "" for live in law.rules.values())
    return frozenset(
        reason for text in texts for reason in re.findall(r"\br\.reason == '(\w+)'", text)
    )


def _or(left: Truth, right: Truth) -> Truth:
    if left or right:
        return True
    return None if left is None or right is None else False
