"""The pages of *Law*: the timeline, rules with their versions and stays, and what changed between two days."""

from __future__ import annotations

import datetime as dt
import re
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from licet.desk.answering import counter_of
from licet.desk.pages import timeline
from licet.desk.pages.form import code_of
from licet.desk.pages.rendering import PageRoute, day_of, go, page
from licet.desk.problems import Problem
from licet.desk.routes_law import events
from licet.law.changes import changes
from licet.law.rule import Rule
from licet.law.rulebook import Rulebook
from licet.law_entries import find as find_entries
from licet.law_report import find_rules, nearest_rule, subjects

router = APIRouter(route_class=PageRoute)
_MOST_CHANGES = 2000
Text = Annotated[str, Query(max_length=200)]


@router.get("/desk/law")
def law(request: Request, subject: Text = "") -> Response:
    """The timeline of a subject or of all, drawn and as a list."""
    book = _book(request)
    found = events(book, subject.strip())
    title = f"The law on {subject}" if subject else "The law since 2018"
    return page(
        request, "law.html", book=book, found=found, subject=subject, subjects=subjects(book),
        drawn=Markup(timeline.svg(found, title)),
    )  # fmt: skip


@router.get("/desk/law/find")
def find(request: Request, q: Text = "") -> Response:
    """Whatever somebody looks for: an ECCN, a section, a rule, a country, a listed name."""
    book, text = _book(request), q.strip()
    if re.fullmatch(r"(?:\d[A-Ea-e]\d{3}(?:\.[\w.]+)?|ear99)", text, re.I):
        return go(f"/desk/law/items/{text.upper() if '.' not in text else text}")
    code = code_of(text)
    if re.fullmatch(r"[A-Z]{2}", code):
        return go(f"/desk/law/countries/{code}")
    if text in book.rules:
        return go(f"/desk/law/rules/{text}")
    if text and find_rules(book, text):
        return page(
            request, "law_rules.html", book=book, found=find_rules(book, text), section=text
        )
    listed = find_entries(text, on=book.as_of, rulebook=book).listings if len(text) > 2 else ()
    return page(request, "law_find.html", book=book, q=text, listed=listed[:50])


@router.get("/desk/law/rules")
def rules(request: Request, section: Text = "", on: Text = "") -> Response:
    """Rules of a section, of a day, or all, by section."""
    book = _book(request)
    found = find_rules(book, section) if section.strip() else list(book.rules.values())
    if day := day_of(on, "on"):
        live = book.law(day).rules
        found = [rule for rule in found if rule.id in live]
    found.sort(key=lambda rule: (rule.versions[-1].cite, rule.id))
    return page(request, "law_rules.html", book=book, found=found, section=section)


@router.get("/desk/law/rules/{rule_id}")
def rule(rule_id: str, request: Request) -> Response:
    """A rule with its versions and stays, each with its instrument."""
    book = _book(request)
    if rule_id not in book.rules:
        raise Problem(404, f"no rule {rule_id[:60]!r}. {nearest_rule(book, rule_id[:60])}"[:400])
    found = book.rules[rule_id]
    today = dt.date.today()
    return page(
        request, "law_rule.html", book=book, rule=found, live=found.version(today, None),
        stayed=found.stayed(today, None), bars=_bars(found, book, today), used=_used_by(found, book),
        instrument=book.instrument,
    )  # fmt: skip


@router.get("/desk/law/changes")
def between(request: Request, start: Text = "", end: Text = "", known: Text = "") -> Response:
    """What differs between the law of two days, each difference with its instrument."""
    book = _book(request)
    first, last = day_of(start, "start"), day_of(end, "end")
    found = []
    if first and last:
        if last < first:
            raise Problem(422, f"{last} is before {first}; give the earlier day first.")
        for day in (first, last):
            if day < book.covers_from:
                raise Problem(
                    422, f"{day} is before {book.covers_from}, where this rulebook begins."
                )
        found = changes(book, first, last, known=day_of(known, "known"))
    days = [
        (day, list(some)) for day, some in groupby(found[:_MOST_CHANGES], key=lambda one: one.date)
    ]
    return page(
        request, "law_changes.html", book=book, start=start, end=end, known=known, days=days, total=len(found),
        most=_MOST_CHANGES, asked=bool(first and last),
    )  # fmt: skip


def _bars(rule: Rule, book: Rulebook, today: dt.date) -> list[tuple[str, float, float, str]]:
    """Versions and stays as bars over the years that the rulebook covers: kind, left and width in percent."""
    first, last = book.covers_from, max(today, book.as_of) + dt.timedelta(days=180)
    whole = (last - first).days

    def bar(
        kind: str, since: dt.date, until: dt.date | None, says: str
    ) -> tuple[str, float, float, str]:
        left = max(0, (since - first).days) / whole * 100
        right = max(0, ((until or last) - first).days) / whole * 100
        return kind, round(left, 2), round(max(0.4, min(100, right) - left), 2), says

    found = []
    for at, version in enumerate(rule.versions):
        later = rule.versions[at + 1].effective if at + 1 < len(rule.versions) else None
        if not version.ends:
            ends = min(filter(None, (version.until, later)), default=None)
            found.append(bar("version", version.effective, ends, version.instrument))
    found += [
        bar("stay", stay.start, stay.until, f"stayed: {stay.instrument}") for stay in rule.stays
    ]
    return found


def _used_by(rule: Rule, book: Rulebook) -> list[Rule]:
    """The rules that name a rule in their conditions."""
    name = re.compile(rf"\b{re.escape(rule.id)}\b")
    return [
        other
        for other in book.rules.values()
        if other.id != rule.id
        and any(name.search(version.text or "") for version in other.versions)
    ]


def _book(request: Request) -> Rulebook:
    return counter_of(request).loaded.book
