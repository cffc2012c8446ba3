"""Pages made of templates: the environment, what every page shows, and errors as pages.

Everything that is put into a template is escaped. No page holds a script or a style of its own: the content
policy (``limits.HEADERS``) would refuse it.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from licet import report_words
from licet.decision import Missing
from licet.desk import problems
from licet.desk.access import ROLES, Actor
from licet.desk.pages import sessions
from licet.desk.pages.needs import PAGES
from licet.desk.problems import Problem
from licet.order import OrderError

STATIC = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "idiomorph-ext.min.js": "text/javascript; charset=utf-8",
    "licet.svg": "image/svg+xml",
}
NAVIGATION = (
    ("/desk/check", "Check"),
    ("/desk/decisions", "Decisions"),
    ("/desk/cases", "Cases"),
    ("/desk/law", "Law"),
    ("/desk/impact", "Impact"),
    ("/desk/lists", "Lists"),
    ("/desk/audit", "Audit"),
)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page, or the part of one that htmx asked for, from a template and its values."""
    actor: Actor | None = getattr(request.state, "actor", None)
    text = environment().get_template(template).render(
        request_path=request.url.path,
        actor=actor,
        local=request.app.state.desk.local,
        navigation=[one for one in NAVIGATION if may(actor, "GET", one[0])],
        csrf=sessions.token(request.cookies.get(sessions.COOKIE, "")),
        may=lambda method, path: may(actor, method, path),
        stale=request.app.state.desk.counter.problem,
        **values,
    )  # fmt: skip
    return HTMLResponse(text, status, dict(headers or {}))


def may(actor: Actor | None, method: str, path: str) -> bool:
    """Whether an actor may open a page, by its path in the table."""
    need = PAGES.get((method, path))
    return actor is not None and need is not None and actor.may(need)


def go(path: str) -> RedirectResponse:
    """Go to another page after something was done."""
    return RedirectResponse(path, 303)


class PageRoute(APIRoute):
    """A route whose errors are pages; without a session it leads to the login page, and back."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route, with what it raises answered."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                problem = _problem(error)
                if problem is None:
                    raise
                return _refusal(request, problem)

        return answered


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form, once it is known to come from a page of this desk."""
    form = await request.form(max_files=1, max_fields=3000)
    try:
        _must_be_ours(request, form)
        yield form
    finally:
        await form.close()


def _must_be_ours(request: Request, form: FormData) -> None:
    given = request.headers.get("x-csrf-token") or form.get("csrf") or ""
    held = request.cookies.get(sessions.COOKIE, "")
    if not isinstance(given, str) or not sessions.same_token(given, held):
        raise Problem(
            403, "the form is too old, or comes from elsewhere; load the page again and repeat it."
        )


def text_of(form: FormData, name: str, *, most: int = 2000) -> str:
    """One field of a form as text. Raises ``Problem`` where it is longer than allowed."""
    value = form.get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > most:
        raise Problem(422, f"{name}: longer than {most:,} characters; shorten it.")
    return text


def day_of(text: str, name: str) -> dt.date | None:
    """A day as a form writes it; None where it is left empty. Raises ``Problem``."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise Problem(422, f"{name}: found {text[:40]!r}; write a day as 2019-05-16.") from None


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, OrderError):
        return problems.of_order(error)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return Problem(422, f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}")
    if isinstance(error, HTTPException):
        return Problem(error.status_code, str(error.detail))
    for kind, status in problems.KINDS:
        if isinstance(error, kind):
            return Problem(status, str(error.args[0]) if error.args else str(error))
    return None


def _refusal(request: Request, problem: Problem) -> Response:
    fragment = request.headers.get("hx-request") == "true"
    if problem.status == 401 and not request.url.path.startswith("/desk/login"):
        wanted = request.url.path if request.method == "GET" and not fragment else "/desk"
        to = f"/desk/login?{urlencode({'next': wanted})}"
        return Response(status_code=204, headers={"HX-Redirect": to}) if fragment else go(to)
    headers = {"Retry-After": "5"} if problem.status == 503 else {}
    template = "part_error.html" if fragment else "error.html"
    return page(
        request, template, status=problem.status, headers={**headers, **problem.headers},
        problem=problem,
    )  # fmt: skip


@functools.cache
def environment() -> jinja2.Environment:
    """The templates of the package, with the words of the memo as filters."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {
        "outcome": outcome_words, "day": _day, "words": report_words.words, "policy": report_words.policy,
        "list_name": report_words.list_name, "in_words": report_words.in_words, "moment": _moment,
        "path": lambda text: quote(str(text), safe=""), "number": lambda n: f"{n:,}", "capital": _capital,
        "asks": asks,
        "citation": report_words.published_in, "pretty": _pretty,
    }  # fmt: skip
    made.globals |= {
        "static": static,
        "roles": ROLES,
        "tone": tone,
        "sign": sign,
        "duty_words": report_words.DUTIES,
    }
    return made


def outcome_words(outcome: str) -> str:
    """An outcome as people say it."""
    return report_words.OUTCOMES.get(outcome, report_words.words(outcome))


def asks(missing: Missing) -> str:
    """The question for a missing fact."""
    if (
        missing.fact == "conditions_met"
    ):  # no exception is named yet, as the rulebook's question has it
        return "Which license exceptions or sections are claimed, with all their terms met?"
    return missing.question


_TONES = {
    "not_subject": "go", "no_license_required": "go", "permitted": "go", "license_exception": "go",
    "general_license": "go", "licensed": "go", "license_required": "stop", "prohibited": "never",
    "hold": "wait", "needs_information": "ask",
}  # fmt: skip
_SIGNS = {"go": "✓", "stop": "!", "never": "✕", "wait": "‖", "ask": "?"}


def tone(outcome: str) -> str:
    """The color of an outcome: go, stop, never, wait or ask."""
    return _TONES.get(outcome, "ask")


def sign(outcome: str) -> str:
    """A sign for an outcome, so that color alone never says it."""
    return _SIGNS[tone(outcome)]


def _template(name: str) -> str | None:
    try:
        return (resources.files("licet.desk") / "templates" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


@functools.cache
def static_file(name: str) -> bytes:
    """A file that pages load, by its name in ``STATIC``."""
    return (resources.files("licet.desk") / "static" / name).read_bytes()


@functools.cache
def static(name: str) -> str:
    """The address of a file that pages load; another version of the file has another address."""
    mark = hashlib.sha256(static_file(name)).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def _day(value: dt.date | str | None) -> str:
    if not value:
        return ""
    return report_words.day(dt.date.fromisoformat(value) if isinstance(value, str) else value)


def _moment(value: str) -> str:
    """A moment of the record, to the minute."""
    at = dt.datetime.fromisoformat(value)
    return f"{report_words.day(at.date())}, {at:%H:%M} UTC"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pretty(value: object) -> str:
    """Data as JSON in lines; what goes into the page is escaped there."""
    return json.dumps(value, ensure_ascii=False, indent=2)
