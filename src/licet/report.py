"""A decision as a compliance memo: the outcome first, then the chain that leads there, with citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.decision import (
    GO_AHEAD,
    HOLD,
    NEEDS_INFORMATION,
    Authority,
    Authorization,
    Decision,
    Event,
    Listed,
    Missing,
    Remedy,
    Requirement,
)  # fmt: skip
from licet.freshness import LAW
from licet.law.rulebook import Rulebook
from licet.report_lists import (
    Lines,
    apart,
    elsewhere,
    looked_through,
    not_applied,
    on_list,
    possible,
)  # fmt: skip
from licet.report_words import (
    DUTIES,
    LISTS,
    OUTCOMES,
    OWN_REGIMES,
    cited,
    day,
    in_words,
    policy,
    words,
)  # fmt: skip

# Scope rules that the memo names: why an item is, or is not, subject to the EAR.
_JURISDICTION = frozenset({
    "item_in_us", "us_origin", "above_de_minimis", "special_de_minimis", "ns_direct_product",
    "footnote_1_direct_product", "published", "published_encryption", "standards_release",
})  # fmt: skip


def style(outcome: str) -> str:
    """The color of an outcome: green to go ahead, yellow to settle, red to stop."""
    if outcome in GO_AHEAD:
        return "bold green"
    return "bold yellow" if outcome in (HOLD, NEEDS_INFORMATION) else "bold red"


def print_memo(
    decision: Decision,
    console: Console,
    *,
    remedies: Sequence[Remedy] = (),
    rulebook: Rulebook | None = None,
) -> None:
    """Write a decision to a console as a memo, with what would make a refused order lawful.

    With the ``rulebook`` that decided, recent instruments of another regime are left out.
    """
    title = Text(OUTCOMES[decision.outcome].upper(), style=style(decision.outcome))
    name = Text(f"{decision.id or 'order'}, {day(decision.law.on)}", style="dim")
    if len(title) + len(name) + 2 <= console.width:
        head = Table.grid(expand=True)
        head.add_column()
        head.add_column(justify="right")
        head.add_row(title, name)
        console.print(head)
    else:
        console.print(title)
        console.print(name)
    for line in _summary(decision):
        print_indented(console, line, 0)
    why, ways = ("Why", _why(decision)), ("What would make it lawful", _remedies(remedies))
    missing, flags = ("What to find out", _missing(decision)), ("Red flags", _red_flags(decision))
    duties = ("Duties", _duties(decision))
    if decision.outcome in (NEEDS_INFORMATION, HOLD):
        first = [missing, flags, why, ways]
    else:
        first = [why, flags, missing, ways]
    first.insert(1, ("Not looked at", _not_looked_at(decision)))
    for heading, lines in (
        *first,
        duties,
        ("Owners, from the table of ownership", _ownership(decision)),
        ("What did not change the answer", _unchanged(decision)),
        ("Recent changes of the law", _changed(decision, rulebook)),
        ("Also to know", _notices(decision)),
        ("On lists that no modelled rule reads", elsewhere(decision)),
        ("Not modelled, or in part, and could bear on this order", _not_modelled(decision)),
        ("Lists looked through", looked_through(decision, ear=_ear(decision))),
    ):
        _section(console, heading, lines)
    console.print()
    print_indented(console, Text(_law(decision), style="dim"), 0)


def _section(console: Console, title: str, lines: Lines) -> None:
    shown = list(lines)
    if not shown:
        return
    console.print()
    print_indented(console, Text(title, style="bold"), 0)
    for indent, line in shown:
        print_indented(console, line, 2 + indent)


def print_indented(console: Console, text: Text, indent: int) -> None:
    """A paragraph behind an indent; what follows a bullet or number hangs under its first word."""
    mark = re.match(r"(?:-|\d+\.) ", text.plain)
    hang = len(mark[0]) if mark else 0
    width = max(console.width - indent - hang, 20)
    body = text[hang:] if hang else text
    for number, line in enumerate(body.wrap(console, width)):
        line.rstrip()
        lead = mark[0] if mark and number == 0 else " " * hang
        console.print(Text(" " * indent + lead) + line, soft_wrap=True)


def _summary(decision: Decision) -> Iterator[Text]:
    if decision.law.assume:
        names = ", ".join(decision.law.assume)
        yield Text(f"As if it were law, which it is not: {names}", style="bold magenta")
    if decision.stale:
        yield Text(f"Rests on {_old(decision)}: look again when it is renewed.", style="yellow")
    if decision.outcome == NEEDS_INFORMATION:
        count = len(decision.missing)
        asks = "the question below decides" if count == 1 else "the questions below decide"
        yield Text(
            f"At best {OUTCOMES[decision.best]}, at worst {OUTCOMES[decision.worst]}; {asks}."
        )
    if decision.review_policy and decision.outcome not in GO_AHEAD:
        if decision.outcome in (HOLD, NEEDS_INFORMATION):
            yield Text(
                f"If a license is needed, it is judged under {policy(decision.review_policy)}."
            )
        else:
            yield Text(f"A license application is judged under {policy(decision.review_policy)}.")


def _old(decision: Decision) -> str:
    """What is older than its limit, in few words."""
    lists = sum(one.what != LAW for one in decision.stale)
    parts = [
        "law" if any(one.what == LAW for one in decision.stale) else "",
        f"{lists} list{'' if lists == 1 else 's'}" if lists else "",
    ]
    return f"{' and '.join(filter(None, parts))} older than the limit"


def _why(decision: Decision) -> Lines:
    yield from _jurisdiction(decision)
    told: set[str] = set()
    shown: set[tuple[str, str, str]] = set()
    for group in _grouped(decision):
        item = group[0]
        if item.applies == "unknown" and decision.outcome not in (NEEDS_INFORMATION, HOLD):
            continue
        yield from _requirement(group, decision, told, shown)
    for permit in decision.authorizations:
        if permit.authority.rule not in told:
            told.add(permit.authority.rule)
            yield from _authority(permit.authority, f"{_named(permit)}: ")
    yield from _other_listings(decision, shown)
    if decision.outcome in GO_AHEAD and not decision.requirements:
        yield (
            0,
            Text(
                "No rule that the rulebook models requires a license or forbids this on this day."
            ),
        )
        yield 2, Text("licet law coverage says what it models.", style="dim")


def _grouped(decision: Decision) -> list[list[Requirement]]:
    """Requirements that are the same for several lines together; what stands before what is lifted."""
    groups: dict[tuple[object, ...], list[Requirement]] = {}
    for item in decision.requirements:
        key = (item.authority, item.applies, item.policy, item.lifted_by, item.because)
        groups.setdefault(key, []).append(item)
    return sorted(
        groups.values(), key=lambda group: (group[0].applies != "yes", bool(group[0].lifted_by))
    )


def _jurisdiction(decision: Decision) -> Lines:
    if decision.subject_to_ear is None or not _ear(decision):
        return
    used = [a for a in decision.scope if a.rule in _JURISDICTION]
    if decision.subject_to_ear or used:
        for authority in used:
            yield from _authority(authority)
    else:
        yield (
            0,
            Text(
                "The item is outside the EAR: it is not in the United States, not of US origin, has no more "
                "than de minimis US content and falls under no direct product rule."
            ),
        )
        yield 2, Text("15 CFR 734.3", style="dim")


def _ear(decision: Decision) -> bool:
    """Whether the EAR ask about this kind of transaction at all."""
    return any(authority.rule == "ear_transaction" for authority in decision.scope)


def _requirement(
    group: Sequence[Requirement],
    decision: Decision,
    told: set[str],
    shown: set[tuple[str, str, str]],
) -> Lines:
    item = group[0]
    several = max((part.line for part in decision.proof), default=0) > 0
    lines = ", ".join(str(part.line + 1) for part in group)
    lead = "Perhaps: " if item.applies == "unknown" else ""
    lead += f"Line {lines}: " if several else ""
    yield from _authority(item.authority, lead)
    for listing in decision.listings:
        if f"{listing.name} ({listing.role})" in item.because and listing.match == "exact":
            key = (listing.list, listing.entry, listing.role)
            if key not in shown and _of(listing, item):
                shown.add(key)
                yield 2, on_list(listing)
    reasons = [because for because in item.because if because.partition(" (")[0].isupper()]
    if reasons and not any(
        f"{entry.name} ({entry.role})" in reasons for entry in decision.listings
    ):
        yield 2, Text(f"Controlled for {', '.join(reasons)}.")
    if item.policy and not item.lifted_by:
        yield 2, Text(f"Review policy: {policy(item.policy)}.")
    for name in item.lifted_by:
        permit = next((p for p in decision.authorizations if p.authority.rule == name), None)
        if permit is None or name in told:
            yield 2, Text(f"Lifted by {_named(permit) if permit else words(name)}.", style="green")
        else:
            told.add(name)
            yield 2, Text(f"Lifted by {_named(permit)}:", style="green")
            for indent, text in _authority(permit.authority):
                yield indent + 4, text


def _of(listing: Listed, item: Requirement) -> bool:
    """Whether the requirement can be that of the listing's list: section 889 binds no export."""
    return (listing.list in OWN_REGIMES) != ("15 CFR 7" in item.authority.cite)


def _named(permit: Authorization) -> str:
    if permit.authority.assumed:
        return "an announcement that is not law"
    symbol = permit.symbol
    if symbol != permit.authority.rule:
        name = {"TGL": "the Temporary General License"}.get(symbol, f"License Exception {symbol}")
        return name if permit.grants != "license_exception" else f"License Exception {symbol}"
    return {
        "no_license_required": "an exclusion",
        "licensed": "the license",
        "general_license": "a general license",
    }.get(permit.grants, words(permit.authority.rule))


def _other_listings(decision: Decision, shown: set[tuple[str, str, str]]) -> Lines:
    """Listings that no requirement names: those that bear on nothing here, and possible ones."""
    lists = [
        entry for entry in decision.listings if entry.list not in OWN_REGIMES or not _ear(decision)
    ]
    yield from not_applied(lists)
    for entry in lists:
        key = (entry.list, entry.entry, entry.role)
        if entry.match == "possible":
            yield from possible(entry)
        elif entry.match == "apart":
            yield from apart(entry)
        elif key not in shown and entry.list == "EL" and decision.subject_to_ear is False:
            shown.add(key)
            yield 0, on_list(entry)
            yield 2, Text("The Entity List reaches only items that are subject to the EAR.")
        elif key not in shown and decision.outcome == NEEDS_INFORMATION:
            shown.add(key)
            yield 0, on_list(entry)
    if not lists:
        # "No match" says nothing unless it says which lists of which day.
        names = [
            name
            for code, name in LISTS.items()
            if code != "PRIVATE" and _ear(decision) is (code not in OWN_REGIMES)
        ]
        searched = ", ".join(names[:-1]) + f" or {names[-1]}"
        yield (
            0,
            Text(
                f"Nobody in the order is on {searched} as of {day(decision.law.on)}, by name or "
                "alias, under a name like theirs, or at an address that is itself an entry."
            ),
        )


def _authority(authority: Authority, lead: str = "") -> Lines:
    yield 0, Text(lead + authority.says)
    yield 2, Text(cited(authority), style="dim")


def _unchanged(decision: Decision) -> Lines:
    for event in sorted(decision.unchanged, key=lambda event: event.date):
        yield 0, Text(f"{day(event.date)}: {event.citation}")
        yield 2, Text(f"Announced, without legal effect: {event.says}")


def _changed(decision: Decision, rulebook: Rulebook | None) -> Lines:
    for event in sorted(decision.changed, key=lambda event: event.date):
        if _of_regime(event, _ear(decision), rulebook):
            yield 0, Text(f"{day(event.date)}: {event.citation}")
            yield 2, Text(event.says)


def _of_regime(event: Event, ear: bool, rulebook: Rulebook | None) -> bool:
    """Whether an instrument belongs to the order's regime: section 889 binds no export."""
    found = rulebook.instrument(event.citation) if rulebook else None
    if found is None:
        return True
    other = bool({"section 889", "procurement", "FCC", "ICTS", "imports"} & set(found.subjects))
    return (not other or "Entity List" in found.subjects) if ear else other


def _missing(decision: Decision) -> Lines:
    together = [item for item in decision.missing if not _decides(item)]
    if len(together) > 2:
        all_of_them = len(together) == len(decision.missing)
        lead = (
            "No single answer settles it." if all_of_them else "Some of these decide only together."
        )
        yield 0, Text(f"{lead} Answer what you can and ask again: questions may fall away.")
    for number, item in enumerate(decision.missing, 1):
        hang = len(f"{number}. ")
        yield 0, Text(f"{number}. {item.question}")
        yield hang, Text(item.fact, "cyan")
        if _decides(item):
            for answer in item.answers:
                outcome = "depends on the other answers"
                if answer.outcome != NEEDS_INFORMATION:
                    outcome = OUTCOMES[answer.outcome]
                color = style(answer.outcome).split()[1]
                yield hang, Text.assemble(f"- {in_words(answer.says)}: ", (outcome, color))
        elif len(together) <= 2:
            yield hang, Text("Decides together with the other answers.")


def _not_looked_at(decision: Decision) -> Lines:
    for item in decision.not_looked_at:
        yield 0, Text(item.says)
        yield 2, Text(item.fact, "cyan")


def _decides(item: Missing) -> bool:
    """Whether some answer to the question settles the outcome by itself."""
    return any(answer.outcome != NEEDS_INFORMATION for answer in item.answers)


def _red_flags(decision: Decision) -> Lines:
    for flag in decision.red_flags:
        state = {True: "Resolved", False: "Open", None: "Perhaps"}[flag.resolved]
        yield from _authority(flag.authority, f"{state}: ")
        for because in flag.because:
            yield 2, Text(because)
        if flag.resolved is not True and flag.asks:
            yield 2, Text(f"To settle: {flag.asks.rstrip('.')}.")


def _ownership(decision: Decision) -> Lines:
    for one in decision.ownership:
        yield 0, Text(f"{one.party}, on {day(one.on)}:")
        for says in one.says:
            yield 2, Text(says)
        yield 2, Text(f"{one.table}, {one.id}", style="dim")


def _remedies(remedies: Sequence[Remedy]) -> Lines:
    for item in remedies:
        outcome, says = OUTCOMES[item.outcome], in_words(item.says.rstrip("."))
        yield 0, Text.assemble(
            "- ", (outcome[0].upper() + outcome[1:], style(item.outcome).split()[1]),
            f", {says[0].lower()}{says[1:]}.",
        )  # fmt: skip


def _duties(decision: Decision) -> Lines:
    state = {True: "Required", False: "Not required", None: "Depends on what is missing"}
    ships = decision.best in GO_AHEAD
    for duty in decision.duties:
        if not ships and duty.required is not True:
            continue
        what = DUTIES.get(duty.duty, words(duty.duty))
        until = f" until {day(duty.until)}" if duty.until else ""
        yield 0, Text(f"{state[duty.required]}: {what}{until}.")
        for fact in duty.asks:
            yield 2, Text(fact, "cyan")
        yield 2, Text(duty.authority.cite, style="dim")
        for period in duty.periods:
            if period.authority != duty.authority:
                also = "also" if period.required else "possibly also"
                last = f" until {day(period.until)}" if period.until else ""
                yield 2, Text(f"{also} {period.authority.cite}{last}", style="dim")


def _notices(decision: Decision) -> Lines:
    for notice in decision.notices:
        yield from _authority(notice.authority)


def _not_modelled(decision: Decision) -> Lines:
    for section in decision.not_modelled:
        yield 0, Text(section)


def _law(decision: Decision) -> str:
    law = decision.law
    known = f", as known on {day(law.known)}" if law.known else ""
    old = next((one for one in decision.stale if one.what == LAW), None)
    late = f", older than its limit of {old.limit} days" if old else ""
    return (
        f"Law in force on {day(law.on)}{known}. Rulebook {law.id}, brought up to {day(law.as_of)}{late}. "
        "Not legal advice."
    )
