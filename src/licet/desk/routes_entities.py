"""The matching API beside matching: an entity by its id, the catalog of lists, how names are compared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from licet.desk import searching
from licet.desk.answering import OBJECT, counter_of, documented, list_of, object_of, reply
from licet.desk.counter import Loaded
from licet.desk.entities import DEFAULT, entity
from licet.desk.problems import Problem
from licet.desk.routes_match import ALGORITHM, TOTAL
from licet.parties.listing import Listing

router = APIRouter(tags=["matching"])


@router.get("/entities/{entity_id}", responses=documented(object_of(id="string", schema="string")))
def one_entity(entity_id: str, request: Request, nested: bool = True) -> Response:
    """An entry by its id, such as SDN:6908."""
    loaded = counter_of(request).loaded
    days = {one.list: one.as_of for one in loaded.lists.days}
    found = _must_find(loaded, entity_id)
    return reply(entity(found, seen=days.get(found.list)))


@router.get("/entities/{entity_id}/adjacent", responses=documented(OBJECT))
def adjacent(entity_id: str, request: Request) -> Response:
    """An entry with its neighbors: the lists in use name none as entities, so there are none."""
    loaded = counter_of(request).loaded
    return reply({"entity": entity(_must_find(loaded, entity_id)), "adjacent": {}})


@router.get(
    "/entities/{entity_id}/adjacent/{property_name}", responses=documented(object_of(total=TOTAL))
)
def adjacent_by(
    entity_id: str,
    property_name: str,
    request: Request,
    limit: Annotated[int, Query(ge=0, le=500)] = 10,
    offset: Annotated[int, Query(ge=0, le=9499)] = 0,
) -> Response:
    """The neighbors of an entry by one property: none."""
    _must_find(counter_of(request).loaded, entity_id)
    total = {"value": 0, "relation": "eq"}
    return reply({"results": [], "total": total, "limit": limit, "offset": offset})


@router.get("/catalog", responses=documented(object_of(datasets=list_of(OBJECT))))
def catalog(request: Request) -> Response:
    """The datasets that are served: one for each list in use, and all of them together."""
    loaded = counter_of(request).loaded
    mark = f'"{loaded.mark}"'
    headers = {"ETag": mark, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    own: list[dict[str, object]] = [
        {
            "name": one.list, "title": one.list, "entity_count": one.entries, "version": str(one.as_of or ""),
            "updated_at": one.as_of and one.as_of.isoformat(), "load": True, "index_current": True,
            "children": [],
        }
        for one in loaded.lists.days
    ]  # fmt: skip
    names = [one.list for one in loaded.lists.days]
    whole = {
        "name": DEFAULT, "title": "All lists in use", "entity_count": sum(d.entries for d in loaded.lists.days),
        "version": loaded.mark, "load": True, "index_current": True, "children": names,
    }  # fmt: skip
    stale = bool(counter_of(request).problem)
    return reply(
        {"datasets": [whole, *own], "current": [DEFAULT, *names], "outdated": [], "index_stale": stale},
        headers=headers,
    )  # fmt: skip


@router.get(
    "/algorithms", responses=documented(object_of(algorithms=list_of(OBJECT), best="string"))
)
def algorithms() -> Response:
    """How names are compared: one way, that of `licet screen`."""
    features = {
        "name": "How far the names agree, word by word.", "country": "Countries of both, where known.",
        "born": "Dates of birth, in part where known in part.", "identifier": "Numbers that settle who it is.",
        "common": "Words that many listed names have say less.", "kind": "A ship is no person.",
    }  # fmt: skip
    described = {
        name: {"description": says, "coefficient": 1.0, "url": ""}
        for name, says in features.items()
    }
    one = {
        "name": ALGORITHM, "description": "Screening as licet screen does it.", "features": described,
        "docs": described,
    }  # fmt: skip
    return reply({"algorithms": [one], "default": ALGORITHM, "best": ALGORITHM})


def _must_find(loaded: Loaded, key: str) -> Listing:
    found = searching.by_id(loaded.lists.screener, key)
    if found is None:
        raise Problem(404, f"no entity {key[:60]!r}")
    return found
