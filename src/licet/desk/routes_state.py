"""Whether the desk is alive and ready, its numbers, and the lists in use."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import Response

from licet.desk import metrics
from licet.desk.answering import OBJECT, counter_of, desk_of, documented, list_of, object_of, reply

router = APIRouter(tags=["state"])


@router.get("/healthz", responses=documented(object_of(status="string")))
def health() -> Response:
    """Whether the program runs."""
    return reply({"status": "ok"})


@router.get("/readyz", responses=documented(object_of(status="string")))
def ready(request: Request) -> Response:
    """Whether law and lists are loaded and the record can be read; 503 until then: never a false "clear"."""
    counter = counter_of(request)
    loaded = counter.loaded
    with counter.store.read():
        pass
    return reply(
        {
            "status": "ok",
            "law": loaded.book.id,
            "lists": len(loaded.lists.days),
            "stale": counter.problem,
        }
    )


@router.get(
    "/metrics",
    responses={
        200: {
            "description": "Numbers for Prometheus.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def numbers(request: Request) -> Response:
    """Requests, times, decisions by outcome, law and lists in use, as Prometheus reads them."""
    desk = desk_of(request)
    return Response(desk.metrics.text(desk.counter), media_type=metrics.MEDIA)


@router.get(
    "/lists", responses=documented(object_of(lists=list_of(OBJECT), looked_in=list_of(OBJECT)))
)
def lists(request: Request) -> Response:
    """The lists that `/screen` looks through, with their copies and age, and those that `/check` looks in."""
    counter = counter_of(request)
    loaded, today = counter.loaded, dt.date.today()
    found = [
        {
            "list": one.list, "origin": one.origin, "as_of": one.as_of.isoformat(),
            "age_days": (today - one.as_of).days, "known": one.known and one.known.isoformat(),
            "entries": one.entries, "unchanged_since": one.unchanged_since.isoformat(), "copies": one.copies,
            "versions": one.versions,
        }
        for one in loaded.status
    ]  # fmt: skip
    return reply(
        {
            "lists": found,
            "looked_in": [dict(one) for one in loaded.looked_in],
            "stale": counter.problem,
        }
    )
