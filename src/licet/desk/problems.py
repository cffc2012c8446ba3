"""What goes wrong at the desk, as problem details (RFC 9457): what, why, and what to do next.

``detail`` is where clients of the field's matching API look too, so that one shape serves both.
"""

from __future__ import annotations

import http
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from licet.check import OutsideCoverage
from licet.desk.cases import CaseError
from licet.desk.counter import NotReady
from licet.desk.store import StoreError
from licet.order import OrderError

MEDIA = "application/problem+json"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "line": {"type": ["integer", "null"]},
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_WHEN = {
    400: "A request that cannot be read.",
    401: "No key, or one that does not hold.",
    403: "Not for this role or key, or from another site.",
    404: "There is none of this id.",
    405: "Another method is asked.",
    409: "The key of the request was used for another one, or the case does not allow it.",
    413: "The body is too large.",
    422: "A value that is not allowed; `errors` says which.",
    429: "Too many requests; Retry-After says when again.",
    503: "Not ready, or the record cannot be written: nothing was answered.",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": says, "content": {MEDIA: {"schema": _SCHEMA}}}
    for status, says in _WHEN.items()
}
"""For the OpenAPI document: any route may answer so."""


class Problem(Exception):  # noqa: N818 -- it is what it says
    """A request that is refused: status, what is wrong, and where."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, object]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = tuple(errors), dict(headers or {})


def body(status: int, detail: str, errors: Sequence[Mapping[str, object]] = ()) -> bytes:
    """A problem as JSON."""
    title = http.HTTPStatus(status).phrase
    kind = f"urn:licet:problem:{title.lower().replace(' ', '-')}"
    said: dict[str, object] = {"type": kind, "title": title, "status": status, "detail": detail}
    if errors:
        said["errors"] = list(errors)
    return orjson.dumps(said)


def answer(problem: Problem) -> Response:
    """The response to a request that is refused."""
    content = body(problem.status, problem.detail, problem.errors)
    return Response(content, problem.status, problem.headers, MEDIA)


def of_order(error: OrderError) -> Problem:
    """An order that is wrong, with every problem: line where known, field, and what is allowed."""
    return Problem(422, str(error.problems[0]), errors=order_errors(error))


def order_errors(error: OrderError) -> list[dict[str, object]]:
    """The problems of an order one by one."""
    return [
        {"line": one.line, "field": one.field, "message": one.message} for one in error.problems
    ]


KINDS: tuple[tuple[type[Exception], int], ...] = (
    (OutsideCoverage, 422), (CaseError, 409), (LookupError, 404), (ValueError, 422), (NotReady, 503),
    (StoreError, 503),
)  # fmt: skip
"""Errors below the desk, and the status that each becomes; the first that fits."""


def add_to(app: FastAPI) -> None:
    """Let the app answer every error as a problem."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> Response:
        return answer(error)

    @app.exception_handler(OrderError)
    async def _order(_: Request, error: OrderError) -> Response:
        return answer(of_order(error))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        return answer(Problem(error.status_code, str(error.detail), headers=error.headers))

    @app.exception_handler(RequestValidationError)
    async def _values(_: Request, error: RequestValidationError) -> Response:
        errors = [
            {
                "field": ".".join(map(str, one["loc"][1:])) or str(one["loc"][0]),
                "message": one["msg"],
            }
            for one in error.errors()
        ]
        first = errors[0]
        return answer(Problem(422, f"{first['field']}: {first['message']}", errors=errors))

    for kind, status in KINDS:
        app.exception_handler(kind)(_as(status))


def _as(status: int) -> Any:
    headers = {"Retry-After": "5"} if status == 503 else {}

    async def handler(_: Request, error: Exception) -> Response:
        said = str(error.args[0]) if error.args else str(error)
        return answer(Problem(status, said, headers=headers))

    return handler
