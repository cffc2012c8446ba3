"""Order books under the law of several days: ``/replay`` asks, ``/replays`` tells and gives the verdicts."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from licet.desk import replays
from licet.desk.answering import (
    OBJECT,
    Again,
    Body,
    actor_of,
    counter_of,
    documented,
    list_of,
    object_of,
    reply,
    written,
)
from licet.desk.problems import Problem

router = APIRouter(tags=["replay"])
_REPLAY = object_of(id="string", state="string", step="string", done="integer", whole="integer")
_MEDIA = {
    "csv": "text/csv", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_BOOK: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/replay", responses=documented(_REPLAY), openapi_extra=_BOOK)
def ask(
    request: Request,
    body: Body,
    on: Annotated[
        list[dt.date], Query(min_length=1, max_length=20, description="The days, in order.")
    ],
    format: Literal["csv", "parquet", "xlsx", "jsonl"],
    name: Annotated[
        str, Query(max_length=200, description="What you call the book.")
    ] = "order book",
    known: Annotated[dt.date | None, Query(description="The law as known on this day.")] = None,
    assume: Annotated[list[str] | None, Query(description="Announcements taken as law.")] = None,
    again: Again = None,
) -> Response:
    """Decide every line of an order book (the body: the file itself) under the law of each day, as a job.

    The columns are those of `licet replay`. Ask `GET /replays/{id}` how far it is.
    """
    book = counter_of(request).loaded.book
    actor = actor_of(request)
    if not body:
        raise Problem(422, "the body is empty; send the order book itself.")
    if not name.isprintable():
        raise Problem(422, "name: letters that cannot be printed.")
    for one in assume or ():
        if one not in book.announcements:
            raise Problem(
                422,
                f"assume: no announcement {one[:60]!r}; there are: {', '.join(book.announcements)}",
            )
    for day in on:
        if day < book.covers_from:
            raise Problem(
                422, f"on: {day} is before {book.covers_from}, the first day of the rulebook."
            )
    terms = {
        "on": [day.isoformat() for day in on], "known": known and known.isoformat(),
        "assume": assume or [],
    }  # fmt: skip

    def keep(db: Connection) -> object:
        try:
            return replays.ask(
                db, actor.organization, body, actor=actor.name, name=name, form=format, terms=terms
            )
        except replays.Busy as error:
            raise Problem(429, str(error), headers={"Retry-After": "30"}) from None

    return written(request, body, again, lambda: keep)


@router.get("/replays", responses=documented(object_of(replays=list_of(_REPLAY))))
def listed(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """Replays, the newest first."""
    with counter_of(request).store.read() as db:
        return reply({"replays": replays.listed(db, actor_of(request).organization, limit=limit)})


@router.get("/replays/{replay_id}", responses=documented({**_REPLAY, **OBJECT}))
def show(replay_id: str, request: Request) -> Response:
    """How far a replay is (`queued`, `running`, `done`, `failed`), and when done its outcomes and flips."""
    with counter_of(request).store.read() as db:
        found = replays.find(db, actor_of(request).organization, replay_id)
    if found is None:
        raise Problem(404, f"replay {replay_id[:64]}: there is none of this id.")
    return reply(found)


@router.get(
    "/replays/{replay_id}/verdicts",
    responses={
        200: {
            "description": "The verdicts, a row for each line and day.",
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in _MEDIA.values()},
        }
    },
)  # fmt: skip
def verdicts(
    replay_id: str, request: Request, format: Literal["csv", "parquet", "xlsx"] = "parquet"
) -> Response:
    """All verdicts as a file. In spreadsheets no cell begins a formula."""
    show(replay_id, request)
    with counter_of(request).store.read() as db:
        packed = replays.verdicts(db, actor_of(request).organization, replay_id)
    if packed is None:
        raise Problem(409, f"replay {replay_id}: is not done; there are no verdicts (yet).")
    headers = {"Content-Disposition": f'attachment; filename="verdicts.{format}"'}
    content = packed if format == "parquet" else _as(format, packed)
    return Response(content, headers=headers, media_type=_MEDIA[format])


def _as(form: str, packed: bytes) -> bytes:
    import pyarrow.parquet as pq

    from licet.screen_out import write_table

    table = pq.read_table(io.BytesIO(packed))
    rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    with tempfile.TemporaryDirectory(prefix="licet-verdicts-") as folder:
        out = Path(folder) / f"verdicts.{form}"
        write_table(table.column_names, rows, form, out)
        return out.read_bytes()
