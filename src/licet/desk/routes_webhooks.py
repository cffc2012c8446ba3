"""Where an organization is told of what happens: ``/webhooks`` and their deliveries."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.engine import Connection

from licet.desk import webhooks
from licet.desk.answering import (
    OBJECT,
    actor_of,
    counter_of,
    desk_of,
    documented,
    list_of,
    object_of,
    reply,
)

router = APIRouter(tags=["webhooks"])


class New(BaseModel):
    """Where to, and what of."""

    address: Annotated[str, Field(max_length=2000, description="https://HOST/PATH")]
    events: Annotated[list[str], Field(max_length=20, description=", ".join(webhooks.EVENTS))]


@router.get("/webhooks", responses=documented(object_of(webhooks=list_of(OBJECT))))
def listed(request: Request) -> Response:
    """The webhooks of the organization, without their secrets."""
    with counter_of(request).store.read() as db:
        return reply({"webhooks": webhooks.listed(db, actor_of(request).organization)})


@router.post("/webhooks", responses=documented(object_of(id="string", secret="string")))
def make(new: New, request: Request) -> Response:
    """Make a webhook. Its `secret`, with which deliveries are signed, is shown this once."""
    actor, allowed = actor_of(request), desk_of(request).hooks_to

    def keep(db: Connection) -> object:
        return webhooks.make(
            db, actor.organization, new.address, new.events, actor=actor.name, allowed=allowed
        )

    return reply(counter_of(request).store.write(keep))


@router.post("/webhooks/{webhook_id}/end", responses=documented(object_of(ended="string")))
def end(webhook_id: str, request: Request) -> Response:
    """Tell it nothing more."""
    actor = actor_of(request)
    counter_of(request).store.write(
        lambda db: webhooks.end(db, actor.organization, webhook_id, actor=actor.name)
    )
    return reply({"ended": webhook_id})


@router.get("/deliveries", responses=documented(object_of(deliveries=list_of(OBJECT))))
def deliveries(
    request: Request,
    state: Annotated[str, Query(pattern="^(waiting|delivered|dead|)$")] = "",
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """What was delivered, waits, or is `dead`: not taken by its receiver in two days; with the reason."""
    with counter_of(request).store.read() as db:
        found = webhooks.deliveries(
            db, actor_of(request).organization, state=state, after=after, limit=limit
        )
    more = {"next": found[-1]["id"]} if len(found) == limit else {}
    return reply({"deliveries": found, **more})


@router.post("/deliveries/{delivery_id}/again", responses=documented(object_of(again="string")))
def again(delivery_id: str, request: Request) -> Response:
    """Deliver once more."""
    actor = actor_of(request)
    counter_of(request).store.write(
        lambda db: webhooks.again(db, actor.organization, delivery_id, actor=actor.name)
    )
    return reply({"again": delivery_id})
