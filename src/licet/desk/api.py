"""The HTTP API: the app with its routes, its limits and who may ask; ``serve`` runs it.

Every route asks ``who`` before anything else, and ``access.NEEDS`` says what it needs: a route that the table
does not name is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio.to_thread
from fastapi import Depends, FastAPI, Request

import licet
from licet.desk import (
    delivering,
    pages,
    problems,
    replays,
    routes_cases,
    routes_check,
    routes_entities,
    routes_keys,
    routes_law,
    routes_match,
    routes_record,
    routes_replay,
    routes_state,
    routes_webhooks,
)
from licet.desk.access import NEEDS, Actor, KeyRefused, ProviderError, actor_of, local_actor
from licet.desk.counter import Counter, Loaded, load_if_changed
from licet.desk.limits import Bucket, Guard, Limits
from licet.desk.metrics import Metrics
from licet.desk.pages import entrance
from licet.desk.pages.needs import PAGES
from licet.desk.problems import PROBLEMS, Problem
from licet.desk.store import make_organizations

if TYPE_CHECKING:
    from licet.desk.oidc import Tokens

SUMMARY = "May this seller sell this item to this buyer on this day, under which rule?"
_TEXT = """
Every decision is recorded with all that went into it before it is answered. Errors are problem details
(RFC 9457). What is written may be sent again with the same `Idempotency-Key` and gets the same answer.
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes need: the counter, numbers for Prometheus, and whether keys are asked for."""

    counter: Counter
    metrics: Metrics
    local: bool
    failures: Bucket
    hooks_to: frozenset[str] = frozenset()
    tokens: Tokens | None = None


def make_app(
    counter: Counter,
    *,
    local: bool,
    limits: Limits | None = None,
    metrics: Metrics | None = None,
    hooks_to: Collection[str] = (),
    tokens: Tokens | None = None,
    load: Callable[[str], Loaded | None] = load_if_changed,
) -> FastAPI:
    """The app over a database. ``local``: no keys are asked for, and only this machine may ask.

    ``hooks_to`` are hosts and networks inside, to which webhooks may deliver, too; ``tokens``
    is an OpenID Connect provider whose tokens are taken beside keys.
    ``load`` loads law and lists (``counter.load_if_changed``) once the app starts.
    """
    limits = limits or Limits()
    metrics = metrics or Metrics()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        counter.start(load=load)
        if tokens is not None:
            names = set(tokens.provider.organizations.values())
            counter.store.write(lambda db: make_organizations(db, names))
        runs = replays.start(counter.store)
        hooks = delivering.start(counter.store, allowed=hooks_to)
        yield
        hooks.stop()
        runs.stop()
        counter.stop()

    app = FastAPI(
        title="Licet", version=licet.__version__, summary=SUMMARY, description=_TEXT, docs_url=None,
        redoc_url=None, lifespan=lifespan, responses=PROBLEMS, dependencies=[Depends(who)],
    )  # fmt: skip
    app.state.desk = Desk(
        counter,
        metrics,
        local,
        Bucket(limits.failures / 60, limits.failures),
        frozenset(hooks_to),
        tokens,
    )
    app.state.limits = limits
    problems.add_to(app)
    for part in (
        routes_state, routes_check, routes_record, routes_cases, routes_law, routes_match, routes_entities,
        routes_keys, routes_replay, routes_webhooks,
    ):  # fmt: skip
        app.include_router(part.router)
    pages.add_to(app)
    app.add_middleware(Guard, limits=limits, metrics=metrics, local=local)
    return app


async def who(request: Request) -> None:
    """Find out who asks, and whether they may; the routes find it as ``request.state.actor``.

    Raises ``Problem``: 401 without a key that holds, 403 for a role or scope that is not enough.
    """
    desk: Desk = request.app.state.desk
    route = request.scope["route"]
    asked = request.method, route.path
    if asked in PAGES:
        request.state.actor = entrance.admit(request, PAGES[asked])
        return
    need = NEEDS.get(asked)
    if need is None:
        raise Problem(
            403, f"{request.method} {route.path}: nobody is allowed to; it is in no table."
        )
    if not need.role:
        return
    if desk.local:
        request.state.actor = local_actor()
        return
    header = request.headers.get("authorization") or _bare(request.headers.get("x-api-key"))
    client = request.client.host if request.client else ""
    wants = {"WWW-Authenticate": 'Bearer realm="licet"'}
    if not header:
        raise Problem(
            401, "a key is asked for: Authorization: Bearer KEY (licet keys make).", headers=wants
        )
    if wait := desk.failures.take(client, cost=0.0):
        raise Problem(
            429, "too many keys that do not hold.", headers={"Retry-After": str(int(wait) + 1)}
        )
    try:
        actor = await anyio.to_thread.run_sync(_actor, desk, header)
    except ProviderError as error:
        later = {"Retry-After": "30"}
        raise Problem(503, f"the login cannot be asked: {error}", headers=later) from None
    except KeyRefused as error:
        if wait := desk.failures.take(client):
            again = {"Retry-After": str(int(wait) + 1)}
            raise Problem(429, "too many keys that do not hold.", headers=again) from None
        raise Problem(401, str(error), headers=wants) from None
    if not actor.may(need):
        scope = f" with scope {need.scope}" if need.scope else ""
        raise Problem(
            403, f"{actor.name} ({actor.role}) may not: a key of role {need.role}{scope} is asked."
        )
    request.state.actor = actor


def _actor(desk: Desk, header: str) -> Actor:
    kind, _, token = header.strip().partition(" ")
    if desk.tokens is not None and kind.lower() == "bearer" and token.count(".") == 2:
        return desk.tokens.actor(token.strip())
    with desk.counter.store.read() as db:
        return actor_of(db, header)


def _bare(key: str | None) -> str:
    return f"ApiKey {key}" if key else ""
