"""The matching API that clients of the field already speak: match and search.

Shapes and codes are those of that interface, so that a client written for it works unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from licet.desk import searching
from licet.desk.answering import (
    OBJECT,
    Body,
    actor_of,
    counter_of,
    documented,
    list_of,
    object_of,
    reply,
    soon,
)
from licet.desk.counter import Loaded
from licet.desk.entities import entity, lists_of, matched, queries, result
from licet.desk.problems import Problem
from licet.desk.routes_check import log_screening
from licet.desk.searching import Wanted
from licet.parties.listing import Listing
from licet.parties.screening import Answer, Candidate
from licet.parties.screening import Query as Asked
from licet.sources.list_text import place_codes

router = APIRouter(tags=["matching"])
ALGORITHM, MOST_QUERIES = "licet", 100
LEAST = 0.5
"""Below this score nobody is shown."""
Many = Annotated[list[str] | None, Query()]
TOTAL = object_of(value="integer", relation="string")
_EXAMPLES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["queries"],
                    "properties": {
                        "queries": {
                            "type": "object",
                            "additionalProperties": {
                                "type": "object",
                                "required": ["schema", "properties"],
                                "properties": {
                                    "schema": {"type": "string"}, "properties": {"type": "object"},
                                },
                            },
                        },
                        "weights": {"type": "object"},
                        "config": {"type": "object"},
                    },
                }
            }
        },
    }
}  # fmt: skip


@router.post(
    "/match/{dataset}",
    responses=documented(object_of(responses=OBJECT, limit="integer")), openapi_extra=_EXAMPLES,
)  # fmt: skip
async def match(
    dataset: str,
    request: Request,
    body: Body,
    limit: Annotated[int, Query(ge=1, le=500)] = 5,
    threshold: Annotated[float, Query(ge=LEAST, le=1)] = 0.7,
    algorithm: str = "best",
    include_dataset: Many = None,
    exclude_dataset: Many = None,
    exclude_schema: Many = None,
    topics: Many = None,
    exclude_entity_ids: Many = None,
    changed_since: dt.date | None = None,
) -> Response:
    """Who on the lists each example entity may be, best first; `match` from the threshold on.

    A query that nothing could be told from has status 400 and says why: it is never an empty answer.
    """
    counter, actor = counter_of(request), actor_of(request)
    examples: dict[str, Any] = {}

    def make() -> Callable[[Connection], object]:
        loaded = counter.loaded
        if algorithm not in ("best", ALGORITHM):
            raise Problem(400, f"algorithm: found {algorithm[:40]!r}; allowed: best, {ALGORITHM}")
        wanted = _wanted(
            loaded, dataset, include_dataset, exclude_dataset, topics, changed_since,
            not_schemas=frozenset(exclude_schema or ()), not_ids=frozenset(exclude_entity_ids or ()),
        )  # fmt: skip
        examples.update(_examples(body))
        asked = {name: queries(example) for name, example in examples.items()}
        flat = [query for _, several in asked.values() for query in several]
        said = counter.screen_queries(actor.asker, flat, threshold=min(LEAST, threshold))
        days = {one.list: one.as_of for one in loaded.lists.days}
        shown = _Shown(wanted, limit, threshold, days)
        responses = shown.responses(examples, asked, said)
        lists = [{"list": code, "as_of": day and day.isoformat()} for code, day in days.items()]

        def keep(db: Connection) -> object:
            rows = [_row(query) for query in flat]
            who = actor.organization, actor.name
            log_screening(db, *who, rows, said, lists, threshold=threshold)
            return {"responses": responses, "limit": limit}

        return keep

    answer = await soon(request, body, None, make)
    answer.headers["x-batch-size"] = str(len(examples))
    return answer


@dataclass(frozen=True, slots=True)
class _Shown:
    """How answers are shown: whom, how many, and from which score on they match."""

    wanted: Wanted
    limit: int
    threshold: float
    days: Mapping[str, dt.date | None]

    def responses(
        self,
        examples: Mapping[str, Any],
        asked: Mapping[str, tuple[str, list[Asked]]],
        said: Sequence[Answer],
    ) -> dict[str, Any]:
        """The answer to each example, under its name."""
        found = iter(said)
        responses: dict[str, Any] = {}
        for name, (schema, several) in asked.items():
            ranked, error = matched([next(found) for _ in several])
            kinds = searching.kinds(schema)
            ranked = [
                one for one in ranked
                if self.wanted.takes(one.listing) and (one.listing.kind in kinds or not one.listing.kind)
            ]  # fmt: skip
            understood = {
                "id": examples[name].get("id"),
                "schema": schema,
                **_understood(examples[name]),
            }
            responses[name] = {
                "status": 400 if error or not several else 200,
                "total": {"value": len(ranked), "relation": "eq"}, "query": understood,
                "results": [self._result(one) for one in ranked[: self.limit]],
            }  # fmt: skip
            if error or not several:
                nothing = "properties: no name; nothing can be told from this."
                responses[name]["detail"] = error or nothing
        return responses

    def _result(self, one: Candidate) -> dict[str, Any]:
        return result(one, threshold=self.threshold, seen=self.days.get(one.listing.list))


@router.get(
    "/search/{dataset}",
    responses=documented(
        object_of(limit="integer", offset="integer", total=TOTAL, results=list_of(OBJECT))
    ),
)
def search(
    dataset: str,
    request: Request,
    q: Annotated[str, Query(max_length=500)] = "",
    schema: str = "Thing",
    countries: Many = None,
    topics: Many = None,
    datasets: Many = None,
    include_dataset: Many = None,
    exclude_dataset: Many = None,
    exclude_schema: Many = None,
    changed_since: dt.date | None = None,
    limit: Annotated[int, Query(ge=0, le=500)] = 10,
    offset: Annotated[int, Query(ge=0, le=9499)] = 0,
    sort: Many = None,
    fuzzy: bool = False,
    simple: bool = True,
    facets: Many = None,
    filter: Many = None,
) -> Response:
    """Entries that hold every word of `q`, with `fuzzy` also names that resemble it."""
    counter = counter_of(request)
    loaded = counter.loaded
    if not searching.kinds(schema):
        raise Problem(400, f"schema: found {schema[:40]!r}; no such schema is served")
    wanted = _wanted(
        loaded, dataset, [*(include_dataset or ()), *(datasets or ())], exclude_dataset, topics, changed_since,
        not_schemas=frozenset(exclude_schema or ()), words=q, schema="" if schema == "Thing" else schema,
        countries=frozenset(code for text in countries or () for code in place_codes(text[:200])),
    )  # fmt: skip
    found = searching.search(loaded.lists.screener, wanted)
    if fuzzy and q.strip():
        there = {one.key for one in found}
        rows = [{"name": q}]
        (answer,) = counter.screen(actor_of(request).asker, rows, threshold=LEAST)
        alike = (one.listing for one in answer.candidates)
        found += [one for one in alike if one.key not in there and wanted.takes(one)]
    for text in reversed(sort or ()):
        found = _sorted(found, text)
    days = {one.list: one.as_of for one in loaded.lists.days}
    return reply(
        {
            "limit": limit, "offset": offset, "total": {"value": len(found), "relation": "eq"},
            "results": [entity(one, seen=days.get(one.list)) for one in found[offset : offset + limit]],
            "facets": searching.facets(found, facets or ("countries", "topics", "datasets")),
        }
    )  # fmt: skip


def _examples(body: bytes) -> Mapping[str, Mapping[str, Any]]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}.") from None
    examples = said.get("queries") if isinstance(said, dict) else None
    if not isinstance(examples, dict) or not all(
        isinstance(one, dict) for one in examples.values()
    ):
        raise Problem(
            400, 'queries: an object is asked, as in {"q1": {"schema": ..., "properties": ...}}'
        )
    if not examples:
        raise Problem(400, "queries: there is none.")
    if len(examples) > MOST_QUERIES:
        raise Problem(400, f"queries: {len(examples)}; at most {MOST_QUERIES} a request.")
    return examples


def _wanted(
    loaded: Loaded,
    name: str,
    include: list[str] | None,
    exclude: list[str] | None,
    topics: list[str] | None,
    since: dt.date | None,
    **more: Any,
) -> Wanted:
    lists = lists_of(loaded.lists, name)
    for one in include or ():
        some = lists_of(loaded.lists, one)
        lists = some if lists is None or some is None else lists | some
    not_lists: frozenset[str] = frozenset()
    for one in exclude or ():
        not_lists |= lists_of(loaded.lists, one) or frozenset()
    return Wanted(
        lists=lists,
        not_lists=not_lists,
        topics=frozenset(topics or ()),
        changed_since=since,
        **more,
    )


def _row(query: Any) -> dict[str, Any]:
    names = ("name", "id", "kind", "country", "born", "address")
    return {name: getattr(query, name) for name in names if getattr(query, name)}


def _understood(example: Mapping[str, Any]) -> dict[str, Any]:
    said = example["properties"]
    return {
        "properties": {
            name: [value] if isinstance(value, str) else value for name, value in said.items()
        }
    }


def _sorted(found: list[Listing], text: str) -> list[Listing]:
    field, _, way = text.partition(":")
    if field not in ("caption", "id", "first_seen") or way not in ("", "asc", "desc"):
        raise Problem(
            400, f"sort: found {text[:40]!r}; allowed: caption, id, first_seen, with :asc or :desc"
        )
    keys = {
        "caption": lambda one: one.name, "id": lambda one: one.key,
        "first_seen": lambda one: one.valid_from or dt.date.min,
    }  # fmt: skip
    return sorted(found, key=keys[field], reverse=way == "desc")
