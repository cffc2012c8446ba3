"""A decision as a compliance memo: the outcome first, then the chain that leads there, with citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from licet.decision import (
    GO_AHEAD,
    HOLD,
    NEEDS_INFORMATION,
    Authority,
    Decision,
    Listed,
    Remedy,
    Requirement,
)  # fmt: skip

TITLES = {
    "not_subject": "NOT SUBJECT TO THE EAR",
    "no_license_required": "NO LICENSE REQUIRED",
    "permitted": "PERMITTED",
    "license_exception": "LICENSE EXCEPTION AVAILABLE",
    "general_license": "COVERED BY A GENERAL LICENSE",
    "licensed": "COVERED BY A LICENSE",
    "license_required": "LICENSE REQUIRED",
    "prohibited": "PROHIBITED",
    HOLD: "HOLD: SETTLE THIS FIRST",
    NEEDS_INFORMATION: "MORE INFORMATION NEEDED",
}
DUTIES = {
    "eei": "Electronic Export Information (EEI) is filed in AES",
    "dcs": "Destination control statement on the commercial invoice",
    "uvl_statement": "UVL statement from the consignee",
    "records": "Records are kept",
}


def words(text: str) -> str:
    """A code word as people write it: ``presumption_of_denial`` as "presumption of denial"."""
    return text.replace("_", " ")


def style(outcome: str) -> str:
    """The color of an outcome: green to go ahead, yellow to settle, red to stop."""
    if outcome in GO_AHEAD:
        return "bold green"
    return "bold yellow" if outcome in (HOLD, NEEDS_INFORMATION) else "bold red"


def print_memo(decision: Decision, console: Console, *, remedies: Sequence[Remedy] = ()) -> None:
    """Write a decision to a console as a memo, with what would make a refused order lawful."""
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    title = Text(TITLES[decision.outcome], style=style(decision.outcome))
    head.add_row(title, Text(f"{decision.id or 'order'}  {decision.law.on}", style="dim"))
    console.print(head)
    for line in _summary(decision):
        console.print(line)
    _section(console, "Why", _why(decision))
    _section(console, "What did not change the answer", _events(decision, changed=False))
    _section(console, "What changed recently for this order", _events(decision, changed=True))
    _section(console, "What is missing", _missing(decision))
    _section(console, "Red flags", _red_flags(decision))
    _section(console, "What would make it lawful", _remedies(remedies))
    if decision.best in GO_AHEAD:
        _section(console, "Duties", _duties(decision))
    _section(console, "Also to know", _notices(decision))
    _section(console, "Not modelled, and could bear on this order", list(decision.not_modelled))
    console.print()
    console.print(Text(_law(decision), style="dim"))


def _section(console: Console, title: str, lines: list[str | Text]) -> None:
    if not lines:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for line in lines:
        indent = 2
        if isinstance(line, str):
            indent += len(line) - len(line.lstrip())
            line = line.lstrip()
        console.print(Padding(Text(line) if isinstance(line, str) else line, (0, 0, 0, indent)))


def _summary(decision: Decision) -> Iterator[Text]:
    if decision.law.assume:
        names = ", ".join(decision.law.assume)
        yield Text(f"As if it were law, which it is not: {names}", style="bold magenta")
    if decision.outcome == NEEDS_INFORMATION:
        yield Text(
            f"At best {words(decision.best)}, at worst {words(decision.worst)}; "
            "the questions below settle it."
        )
    if decision.review_policy and decision.outcome not in GO_AHEAD:
        yield Text(f"An application would meet: {words(decision.review_policy)}.")


def _why(decision: Decision) -> list[str | Text]:
    found: list[str | Text] = []
    for item in decision.requirements:
        if item.applies == "yes":
            found += _requirement(item, decision)
    maybe = [item for item in decision.requirements if item.applies == "unknown"]
    if decision.outcome in (NEEDS_INFORMATION, HOLD):
        for item in maybe:
            found.append(f"Perhaps: {_cited(item.authority)}")
    for permit in decision.authorizations:
        found.append(_cited(permit.authority))
    if decision.subject_to_ear is not None:
        shown = {"subject_to_ear", "ear_transaction"}
        used = [a for a in decision.scope if a.rule not in shown and a.rule in _JURISDICTION]
        if decision.subject_to_ear is False and not used:
            found.append(
                "The item is outside the EAR: it is not in the United States, not of US origin, has no "
                "more than de minimis US content and falls under no direct product rule. "
                "(15 CFR 734.3)"
            )
        found += [_cited(authority) for authority in used]
    if decision.outcome in GO_AHEAD and not decision.requirements:
        found.append(
            "No rule that the rulebook models requires a license or forbids this on the day. "
            "(15 CFR 736.1)"
        )
    for listing in decision.listings:
        if listing.match == "possible":
            found.append(_possible(listing))
    if not decision.listings:
        found.append(
            f"No party is on a list of the rulebook as of {decision.law.on}, by exact name."
        )
    return found


_JURISDICTION = frozenset({
    "item_in_us", "us_origin", "above_de_minimis", "special_de_minimis", "ns_direct_product",
    "footnote_1_direct_product", "published", "published_encryption", "standards_release",
})  # fmt: skip


def _requirement(item: Requirement, decision: Decision) -> list[str | Text]:
    found: list[str | Text] = [_cited(item.authority)]
    names = {reason.partition(" (")[0] for reason in item.because}
    for listing in decision.listings:
        if listing.name in names and listing.match == "exact" and _bears(listing, item):
            found.append(
                f"  {listing.party}, {words(listing.role)}: {listing.name}, on list {listing.list} "
                f"since {listing.since} ({listing.cite})"
            )
    reasons = [because for because in item.because if because.partition(" (")[0].isupper()]
    if reasons:
        found.append(f"  Controlled for {', '.join(reasons)}.")
    if item.policy:
        found.append(f"  Review policy: {words(item.policy)}.")
    if item.lifted_by:
        found.append(f"  Lifted by: {', '.join(words(name) for name in item.lifted_by)}.")
    return found


def _bears(listing: Listed, item: Requirement) -> bool:
    return any(because == f"{listing.name} ({listing.role})" for because in item.because)


def _cited(authority: Authority) -> str:
    mark = "" if authority.verified else "; encoded without the text at hand"
    if authority.assumed:
        return f"{authority.says} ({authority.cite})"
    return f"{authority.says} ({authority.cite}; {authority.instrument}, since {authority.since}{mark})"


def _possible(listing: Listed) -> str:
    settled = {
        "listed": "a person settled that it is the listed one",
        "not_listed": "a person settled that it is somebody else",
    }.get(listing.settled or "", "nobody has settled it")
    return f"{listing.party} may be {listing.name} on list {listing.list}; {settled}."


def _events(decision: Decision, *, changed: bool) -> list[str | Text]:
    if changed:
        return [f"{e.date}  {e.citation}: {e.says}" for e in decision.changed]
    return [
        f"{e.date}  Announcement, no legal effect. {e.citation}: {e.says}"
        for e in decision.unchanged
    ]


def _missing(decision: Decision) -> list[str | Text]:
    found: list[str | Text] = []
    for item in decision.missing:
        found.append(f"{item.question}  [{item.fact}]")
        found += [f"  {a.says}: {words(a.outcome)}" for a in item.answers]
    return found


def _red_flags(decision: Decision) -> list[str | Text]:
    found: list[str | Text] = []
    for flag in decision.red_flags:
        state = {True: "Resolved", False: "Open", None: "Perhaps"}[flag.resolved]
        found.append(f"{state}: {_cited(flag.authority)}")
        found += [f"  {because}" for because in flag.because]
        if flag.resolved is False and flag.asks:
            found.append(f"  To settle: {flag.asks}.")
    return found


def _remedies(remedies: Sequence[Remedy]) -> list[str | Text]:
    return [f"{item.says} Then: {words(item.outcome)}." for item in remedies]


def _duties(decision: Decision) -> list[str | Text]:
    found: list[str | Text] = []
    for duty in decision.duties:
        what = DUTIES.get(duty.duty, words(duty.duty))
        until = f" until {duty.until}" if duty.until else ""
        state = {True: "Required", False: "Not required", None: "Depends on what is missing"}
        found.append(f"{state[duty.required]}: {what}{until}. ({duty.authority.cite})")
    return found


def _notices(decision: Decision) -> list[str | Text]:
    return [_cited(notice.authority) for notice in decision.notices]


def _law(decision: Decision) -> str:
    law = decision.law
    known = f", as known on {law.known}" if law.known else ""
    return f"Law in force on {law.on}{known}. Rulebook {law.id}, brought up to {law.as_of}."
