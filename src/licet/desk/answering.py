"""What routes share: the body as it came, an answer as JSON, and writes that may be sent again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

import anyio
import anyio.to_thread
import orjson
import sqlalchemy as sa
from anyio.lowlevel import RunVar
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from licet.desk import tables
from licet.desk.access import Actor
from licet.desk.counter import Counter
from licet.desk.problems import Problem
from licet.desk.store import Store, hold, now, one_row

if TYPE_CHECKING:
    from licet.desk.api import Desk

THREADS = 2
_threads: RunVar[anyio.CapacityLimiter] = RunVar("licet_threads")
_REMEMBERED = dt.timedelta(days=1)
OBJECT: dict[str, Any] = {"type": "object"}


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]
Again = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200,
        description="A name of your own for this request; sent again within a day, it is not done twice.",
    ),
]  # fmt: skip


def desk_of(request: Request) -> Desk:
    """The desk that a request came to."""
    return cast("Desk", request.app.state.desk)


def counter_of(request: Request) -> Counter:
    """The counter that a request came to."""
    return desk_of(request).counter


def actor_of(request: Request) -> Actor:
    """Who asks, as ``api.who`` found."""
    return cast(Actor, request.state.actor)


def reply(data: object, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
    """Data as JSON."""
    raw = data if isinstance(data, bytes) else orjson.dumps(data)
    return Response(raw, status, dict(headers or {}), "application/json")


def documented(schema: Mapping[str, Any], *, says: str = "The answer.") -> dict[int | str, Any]:
    """For the OpenAPI document: an answer of 200 in JSON."""
    return {200: {"description": says, "content": {"application/json": {"schema": dict(schema)}}}}


def object_of(**fields: Mapping[str, Any] | str) -> dict[str, Any]:
    """A JSON schema of an object that has these fields at least; a text names a type.

    >>> object_of(id="string")["required"]
    ['id']
    """
    said = {
        name: {"type": value} if isinstance(value, str) else dict(value)
        for name, value in fields.items()
    }
    return {"type": "object", "required": list(said), "properties": said}


def list_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema of a list."""
    return {"type": "array", "items": dict(schema)}


def in_thread() -> anyio.CapacityLimiter:
    """How many requests are worked on at once: more threads would only wait for each other."""
    try:
        return _threads.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(THREADS)
        _threads.set(limiter)
        return limiter


async def soon(
    request: Request,
    body: bytes,
    again: str | None,
    make: Callable[[], Callable[[Connection], object]],
) -> Response:
    """As ``written``, where no thread waits for the disk: many requests wait for one commit together."""
    threads, store = in_thread(), counter_of(request).store
    if again is None:
        job = await anyio.to_thread.run_sync(make, limiter=threads)
        return reply(await store.written(job))
    return await anyio.to_thread.run_sync(written, request, body, again, make, limiter=threads)


def written(
    request: Request,
    body: bytes,
    again: str | None,
    make: Callable[[], Callable[[Connection], object]],
) -> Response:
    """Do something that writes, once: ``make`` prepares it, and what it returns writes within a transaction.

    With an ``Idempotency-Key`` the answer is kept with what was written; the same request gets the same answer,
    and another request under the same key is refused (409).
    """
    counter, organization = counter_of(request), actor_of(request).organization
    if again is None:
        return reply(counter.store.write(make()))
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body
    mark = hashlib.sha256(asked).hexdigest()
    if (found := _found(counter.store, organization, again, mark)) is not None:
        return found
    job = make()

    def once(db: Connection) -> tuple[bytes, bool]:
        hold(db, organization)
        if (there := _kept(db, organization, again, mark)) is not None:
            return there, True
        raw = orjson.dumps(job(db))
        table = tables.idempotency
        old = (dt.datetime.now(dt.UTC) - _REMEMBERED).isoformat(timespec="microseconds")
        db.execute(table.delete().where(table.c.organization == organization, table.c.at < old))
        db.execute(
            table.insert().values(
                organization=organization, key=again, request=mark, at=now(), status=200, answer=raw
            )
        )
        return raw, False

    raw, replayed = counter.store.write(once)
    return reply(raw, headers=_REPLAYED if replayed else None)


_REPLAYED = {"Idempotency-Replayed": "true"}


def _found(store: Store, organization: str, key: str, mark: str) -> Response | None:
    with store.read() as db:
        raw = _kept(db, organization, key, mark)
    return None if raw is None else reply(raw, headers=_REPLAYED)


def _kept(db: Connection, organization: str, key: str, mark: str) -> bytes | None:
    table = tables.idempotency
    row = one_row(
        db, sa.select(table).where(table.c.organization == organization, table.c.key == key)
    )
    if row is None:
        return None
    if row["request"] != mark:
        raise Problem(409, f"Idempotency-Key {key}: was used for another request; use a new one.")
    return bytes(row["answer"])
