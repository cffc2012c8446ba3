"""Keys over HTTP, for an admin of the organization: made, listed, revoked."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.engine import Connection

from licet.desk import access
from licet.desk.answering import OBJECT, actor_of, counter_of, documented, list_of, object_of, reply

router = APIRouter(tags=["keys"])


class NewKey(BaseModel):
    """A key to be made."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: str
    scopes: list[str] = []
    expires: dt.date | None = None


class Habits(BaseModel):
    """How the organization works."""

    four_eyes: Annotated[bool, Field(description="A second person approves what one proposes.")]


@router.get("/organization", responses=documented(object_of(id="string", four_eyes="boolean")))
def organization(request: Request) -> Response:
    """The organization, and whether two people settle a case there."""
    with counter_of(request).store.read() as db:
        return reply(access.habits(db, actor_of(request).organization))


@router.post("/organization", responses=documented(object_of(id="string", four_eyes="boolean")))
def change(habits: Habits, request: Request) -> Response:
    """Let one person settle cases, or ask for two."""
    actor = actor_of(request)

    def keep(db: Connection) -> Any:
        access.set_four_eyes(db, actor.organization, habits.four_eyes, actor=actor.name)
        return access.habits(db, actor.organization)

    return reply(counter_of(request).store.write(keep))


@router.get("/keys", responses=documented(object_of(keys=list_of(OBJECT))))
def listed(request: Request) -> Response:
    """The keys of the organization; the keys themselves are kept nowhere."""
    with counter_of(request).store.read() as db:
        return reply({"keys": access.keys(db, actor_of(request).organization)})


@router.post("/keys", responses=documented(object_of(key="string")))
def make(new: NewKey, request: Request) -> Response:
    """Make a key of the organization. The answer is the only place where it is ever shown."""
    actor = actor_of(request)

    def keep(db: Connection) -> Any:
        key = access.make_key(
            db, actor.organization, new.name, new.role, actor=actor.name, scopes=tuple(new.scopes),
            expires=new.expires,
        )  # fmt: skip
        return {"key": key}

    return reply(counter_of(request).store.write(keep))


@router.post("/keys/{key_id}/revoke", responses=documented(object_of(revoked="string")))
def revoke(key_id: str, request: Request) -> Response:
    """Take a key back; the next request with it is refused."""
    actor = actor_of(request)
    counter_of(request).store.write(
        lambda db: access.revoke(db, actor.organization, key_id, actor=actor.name)
    )
    return reply({"revoked": key_id})
