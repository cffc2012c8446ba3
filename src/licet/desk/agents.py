"""``licet mcp``: check, screen, law and explain as tools of the Model Context Protocol, over standard input.

An agent reads; nothing is recorded unless the person who starts it says so (``--record``), and no tool settles
a match or changes law or lists. What is not known stays not known: an answer says what to find out, and an
agent must not fill it in.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from rich.console import Console

import licet
from licet.desk.counter import Asker, Counter, load_if_changed
from licet.desk.record import Terms
from licet.desk.routes_law import events, rule_as_dict
from licet.desk.store import LOCAL, Store
from licet.law.changes import changes
from licet.law_report import find_rules, nearest_rule
from licet.order import Order, OrderError, order_from
from licet.report import print_memo
from licet.screen_rows import answer_row

INSTRUCTIONS = """
Licet says whether a seller may sell an item to a buyer on a day under US export control law, and why.
Give only facts that you were told: what is left out is not known, [] means none, looked at. Where the outcome
is needs_information or hold, ask the person the questions in `missing`; do not guess. An announcement is no
law. This is not legal advice. Cite the section, the instrument and the day with every answer that you pass on.
"""
MOST_NAMES, MOST_CHANGES = 100, 200
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_RECORDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


class Refused(ValueError):  # noqa: N818 -- it says what is the matter
    """What a tool was asked in a way that it cannot answer; says what is allowed."""


def server(*, record: Store | None = None) -> MCPServer[Any]:
    """The server with its tools. ``record``: a desk's database in which every check is recorded."""
    made: MCPServer[Any] = MCPServer("licet", instructions=INSTRUCTIONS, version=licet.__version__)
    counter: Counter | None = None
    if record is not None:
        counter = Counter(record)
        found = load_if_changed("")
        if found is not None:
            counter.take(found)

    def check(
        order: dict[str, Any], on: str = "", known: str = "", assume: list[str] | None = None
    ) -> dict[str, Any]:
        """May this order go ahead, under which rules, and what would change the answer?

        `order` has the fields of docs/reference/order.md: date, activity, from, to, party (role, name, country,
        address), line (eccn, kind, made_in, quantity, value_usd), end_use and so on. `on` is another day than
        the order's, `known` asks for the law as known on a day, both YYYY-MM-DD; `assume` names announcements
        that are taken as if they were law.
        """
        terms = Terms(_day("on", on), _day("known", known), _announced(assume))
        read = _order(order)
        if counter is not None:
            one = counter.decide(Asker(LOCAL, "agent"), read, terms)
            return counter.store.write(one.keep)
        answer = licet.as_dict(_decided(read, terms))
        del answer["proof"]  # long; explain gives the reasons in words
        return answer

    def explain(
        order: dict[str, Any], on: str = "", known: str = "", assume: list[str] | None = None
    ) -> str:
        """The decision on an order as a memo for people: reasons with citations, and what would make it lawful.

        Arguments as for check. Nothing is recorded.
        """
        terms = Terms(_day("on", on), _day("known", known), _announced(assume))
        read, out = _order(order), io.StringIO()
        console = Console(file=out, width=100, force_terminal=False, highlight=False)
        ways = licet.remedies(
            read, on=terms.on, known=terms.known, assume=terms.assume, lists=licet.lists.store()
        )
        print_memo(_decided(read, terms), console, remedies=ways, rulebook=licet.rulebook())
        return out.getvalue()

    def screen(names: list[str | dict[str, Any]], on: str = "") -> dict[str, Any]:
        """Who on the restricted-party lists each name may be, how sure, and why.

        A name is a text or {"name", "country", "dob", "address", "kind", "imo"}. The verdict is match, possible
        or clear, of the lists and days that `lists` names; an error is never clear.
        """
        if not 1 <= len(names) <= MOST_NAMES:
            raise Refused(f"names: found {len(names)}; allowed: 1 to {MOST_NAMES}.")
        from licet.screen_lists import of_store

        lists = of_store(on=_day("on", on) or dt.date.today())
        rows = [{"name": one} if isinstance(one, str) else one for one in names]
        found = licet.screen(rows, lists=lists)
        days = [
            {"list": one.list, "as_of": one.as_of and one.as_of.isoformat(), "entries": one.entries}
            for one in lists.days
        ]
        return {"answers": [answer_row(one) for one in found], "lists": days}

    def law(rule: str = "", subject: str = "", start: str = "", end: str = "") -> dict[str, Any]:
        """The law: one of three questions.

        `rule`: a rule id or a section such as 744.11, with its versions and stays. `subject`: the timeline of
        instruments (law) and announcements (not law) about it, such as Huawei. `start` and `end`: what changed
        between two days.
        """
        book = licet.rulebook()
        if rule:
            rules = find_rules(book, rule)
            if not rules:
                raise Refused(f"no rule {rule[:60]!r}. {nearest_rule(book, rule[:60])}")
            return {"law": book.id, "rules": [rule_as_dict(one) for one in rules]}
        if subject:
            return {"law": book.id, "events": events(book, subject)}
        first, last = _day("start", start), _day("end", end)
        if first is None or last is None or last < first:
            raise Refused("give rule, or subject, or start and end with the earlier day first.")
        found = changes(book, first, last)
        return {
            "law": book.id, "total": len(found),
            "changes": [
                {"date": one.date.isoformat(), "what": one.what, "subject": one.subject, "cite": one.cite,
                 "instrument": one.instrument, "says": one.says}
                for one in found[:MOST_CHANGES]
            ],
        }  # fmt: skip

    tools: list[Callable[..., Any]] = [check, explain, screen, law]
    for tool in tools:
        writes = tool is check and counter is not None
        made.tool(annotations=_RECORDS if writes else _READS)(_teaching(tool))
    return made


def _teaching(tool: Callable[..., Any]) -> Callable[..., Any]:
    """A tool whose refusals reach the agent as they are; anything else is a fault of ours, told as such."""

    @functools.wraps(tool)
    def told(*args: Any, **given: Any) -> Any:
        try:
            return tool(*args, **given)
        except (ValueError, RuntimeError) as error:
            raise ToolError(str(error)) from None

    return told


def _decided(order: Order, terms: Terms) -> licet.Decision:
    return licet.check(
        order, on=terms.on, known=terms.known, assume=terms.assume, lists=licet.lists.store()
    )


def _order(said: dict[str, Any]) -> Order:
    try:
        return order_from(said, source="order")
    except OrderError as error:
        raise Refused("\n".join(str(one) for one in error.problems)) from None


def _day(name: str, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(f"{name}: found {text[:40]!r}; a day as YYYY-MM-DD is asked.") from None


def _announced(names: list[str] | None) -> tuple[str, ...]:
    there = licet.rulebook().announcements
    for one in names or ():
        if one not in there:
            raise Refused(f"assume: no announcement {one[:60]!r}; there are: {', '.join(there)}")
    return tuple(names or ())
