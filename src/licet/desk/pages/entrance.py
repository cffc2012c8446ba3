"""The way in and out: login with a key, logout, the first page, and the files that pages load."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from licet.desk import access
from licet.desk.access import Actor, KeyRefused, Need, local_actor
from licet.desk.answering import counter_of, desk_of
from licet.desk.pages import sessions
from licet.desk.pages.rendering import (
    NAVIGATION,
    STATIC,
    PageRoute,
    form_of,
    go,
    may,
    page,
    static_file,
    text_of,
)
from licet.desk.problems import Problem

router = APIRouter(route_class=PageRoute)
_BEFORE = "licet_login"
"""A cookie of the login page alone: its form must come from the browser that loaded it."""


def admit(request: Request, need: Need) -> Actor | None:
    """Who opens a page; None on an open page without a session.

    Raises ``Problem``: 401 without a session, 403 for a role or scope that is not enough.
    """
    desk = desk_of(request)
    if desk.local:
        return local_actor()
    actor = None
    if text := request.cookies.get(sessions.COOKIE, ""):
        with desk.counter.store.read() as db:
            actor = sessions.visitor(db, text)
    if not need.role:
        return actor
    if actor is None:
        raise Problem(401, "log in with a key first.")
    if not actor.may(need):
        request.state.actor = actor
        scope = f" with scope {need.scope}" if need.scope else ""
        raise Problem(
            403, f"{actor.name} ({actor.role}) may not; a key of role {need.role}{scope} is asked."
        )
    return actor


@router.get("/")
@router.get("/desk")
def first(request: Request) -> Response:
    """The first page that whoever comes may open."""
    actor = request.state.actor
    if actor is None:
        return go("/desk/login")
    for path, _ in NAVIGATION:
        if may(actor, "GET", path):
            return go(path)
    raise Problem(403, "this key opens no page.")


@router.get("/static/{name}")
def static(name: str) -> Response:
    """A file that pages load; any other name is none."""
    if name not in STATIC:
        raise Problem(404, "there is no such file.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(static_file(name), headers=headers, media_type=STATIC[name])


@router.get("/desk/login")
def login(request: Request, next: str = "/desk") -> Response:
    """The login page."""
    if request.state.actor is not None:
        return go(_inside(next))
    return _login(request, next)


async def _fields(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=10)


@router.post("/desk/login")
def enter(request: Request, form: Annotated[FormData, Depends(_fields)]) -> Response:
    """Open a session for a key that holds. Keys that do not hold are counted against the address."""
    desk = desk_of(request)
    given, held = text_of(form, "csrf", most=100), request.cookies.get(_BEFORE, "")
    to = _inside(text_of(form, "next", most=500))
    if desk.local:
        return go(to)
    if not held or not sessions.same_token(given, held):
        return _login(request, to, status=403, says="The page was too old; please try again.")
    client = request.client.host if request.client else ""
    key = text_of(form, "key", most=300)
    try:
        with desk.counter.store.read() as db:
            actor = access.actor_of(db, f"Bearer {key}")
    except KeyRefused:
        # Who has a key that holds comes in all the same: behind a proxy many people share an address, and
        # nobody guesses a key of 256 bits.
        if wait := desk.failures.take(client):
            says = f"Too many keys that do not hold. Wait {int(wait) + 1} seconds."
            return _login(
                request, to, status=429, says=says, headers={"Retry-After": str(int(wait) + 1)}
            )
        says = "This key does not hold; it may be revoked, have expired, or be mistyped."
        return _login(request, to, status=401, says=says)
    text = desk.counter.store.write(lambda db: sessions.open_session(db, actor))
    answer = go(to)
    _set(request, answer, sessions.COOKIE, text, int(sessions.LASTS.total_seconds()))
    answer.delete_cookie(_BEFORE, path="/desk/login")
    return answer


@router.post("/desk/logout")
def leave(request: Request, _: Annotated[FormData, Depends(form_of)]) -> Response:
    """End the session."""
    if text := request.cookies.get(sessions.COOKIE, ""):
        counter_of(request).store.write(lambda db: sessions.close_session(db, text))
    answer = go("/desk/login" if not desk_of(request).local else "/desk")
    answer.delete_cookie(sessions.COOKIE, path="/")
    return answer


def _login(
    request: Request,
    to: str,
    *,
    status: int = 200,
    says: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    before = secrets.token_urlsafe(32)
    answer = page(
        request, "login.html", status=status, headers=headers, next=_inside(to), says=says,
        form_token=sessions.token(before),
    )  # fmt: skip
    _set(request, answer, _BEFORE, before, 3600, path="/desk/login")
    return answer


def _set(
    request: Request, answer: Response, name: str, value: str, seconds: int, *, path: str = "/"
) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, path=path, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def _inside(address: str) -> str:
    """Where to go after login: a page of this desk, never another site.

    >>> _inside("/desk/cases"), _inside("https://evil.example/desk"), _inside("//evil.example")
    ('/desk/cases', '/desk', '/desk')
    """
    parts = urlsplit(address)
    good = not parts.scheme and not parts.netloc and parts.path.startswith("/desk")
    plain = address.isprintable() and "\\" not in address and len(address) <= 500
    return address if good and plain else "/desk"
