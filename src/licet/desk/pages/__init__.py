"""The pages of the desk: for people, over the same counter, record and rules of access as the API."""

from __future__ import annotations

from fastapi import FastAPI


def add_to(app: FastAPI) -> None:
    """Put the pages into the app; they are no part of the OpenAPI document."""
    from licet.desk.pages import (
        audit,
        cases,
        check,
        decision,
        entrance,
        impact,
        law,
        law_items,
        lists,
    )

    for part in (entrance, check, decision, cases, law, law_items, impact, lists, audit):
        app.include_router(part.router, include_in_schema=False)
