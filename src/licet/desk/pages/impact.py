"""The page *Impact*: what a change of the law, or an announcement as if it were law, does to an order book."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile

from licet.desk.answering import actor_of, counter_of
from licet.desk.pages import answer, impact_jobs, uploads
from licet.desk.pages.impact_jobs import DONE, RUNNING, Asked, Job, Jobs
from licet.desk.pages.rendering import PageRoute, day_of, form_of, go, page, text_of
from licet.desk.problems import Problem
from licet.flips_chart import svg
from licet.order_book.template import TEMPLATE, columns_of
from licet.screen_out import write_table

router = APIRouter(route_class=PageRoute)
Fields = Annotated[FormData, Depends(form_of)]
Word = Annotated[str, Query(max_length=40, pattern=r"^[a-z_]*$")]
_PER_PAGE = 100
_HEAD = ("row", "id", "line", "before", "after", "deciding before", "deciding after", "missing")
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/desk/impact")
def impact(request: Request) -> Response:
    """The form for a replay, and those that were made."""
    book = counter_of(request).loaded.book
    return page(
        request, "impact.html", book=book, jobs=_jobs(request).of(actor_of(request).organization),
        announcements=answer.assumable(book), columns=columns_of(TEMPLATE), forms=uploads.FORMS,
        most=request.app.state.limits.body - 10_000,
    )  # fmt: skip


@router.post("/desk/impact")
def begin(request: Request, fields: Fields) -> Response:
    """Take the order book and begin."""
    book = counter_of(request).loaded.book
    file = fields.get("book")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem(422, "book: choose a file with an order book.")
    asked = _asked(fields)
    if asked.announcement and asked.announcement not in book.announcements:
        raise Problem(422, f"announcement: there is no {asked.announcement[:40]!r}.")
    for day in (asked.before, asked.after):
        if day < book.covers_from:
            raise Problem(422, f"{day} is before {book.covers_from}, where this rulebook begins.")
    folder = impact_jobs.new_folder()
    try:
        upload = uploads.take(file.file, file.filename, folder)
        job = _jobs(request).start(actor_of(request).organization, upload, asked, book, folder)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return go(f"/desk/impact/{job.id}")


@router.get("/desk/impact/{job_id}")
def show(job_id: str, request: Request) -> Response:
    """A replay: how far it is, or what it found."""
    return page(request, "impact_job.html", **_shown(request, _job(request, job_id)))


@router.get("/desk/impact/{job_id}/progress")
def progress(job_id: str, request: Request) -> Response:
    """The part of the page that changes while a replay runs."""
    return page(request, "part_impact.html", **_shown(request, _job(request, job_id)))


@router.get("/desk/impact/{job_id}/lines")
def lines(
    job_id: str,
    request: Request,
    before: Word = "",
    after: Word = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The lines that go from one outcome to another."""
    found = _found(request, job_id)
    rows = impact_jobs.some(found.lines, before, after, offset=offset, limit=_PER_PAGE)
    return page(
        request, "part_lines.html", job=_job(request, job_id), rows=rows, before=before, after=after,
        offset=offset, more=offset + _PER_PAGE if len(rows) == _PER_PAGE else 0,
    )  # fmt: skip


@router.get("/desk/impact/{job_id}/download")
def download(
    job_id: str,
    request: Request,
    form: Annotated[str, Query(pattern="^(csv|xlsx)$")] = "csv",
    before: Word = "",
    after: Word = "",
) -> Response:
    """All lines, or those of one flip, as CSV or Excel; no cell is a formula."""
    found, job = _found(request, job_id), _job(request, job_id)
    folder = impact_jobs.new_folder()
    try:
        path = folder / f"impact.{form}"
        write_table(_HEAD, _rows(found.lines, before, after), form, path)
        data = path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    stem = re.sub(r"[^\w.-]+", "-", Path(job.name).stem, flags=re.ASCII)[:60].strip("-.") or "book"
    headers = {"Content-Disposition": f'attachment; filename="impact-{stem}.{form}"'}
    return Response(io.BytesIO(data).getvalue(), headers=headers, media_type=_MEDIA[form])


@router.post("/desk/impact/{job_id}/drop")
def drop(job_id: str, request: Request, _: Fields) -> Response:
    """Forget a replay."""
    _jobs(request).drop(actor_of(request).organization, job_id)
    return go("/desk/impact")


def _asked(fields: FormData) -> Asked:
    announcement = text_of(fields, "announcement", most=100)
    if text_of(fields, "what", most=20) == "announcement":
        on = day_of(text_of(fields, "on", most=10), "on")
        if not announcement or on is None:
            raise Problem(422, "announcement: choose one, and the day on which it is asked about.")
        return Asked(on, on, announcement)
    before = day_of(text_of(fields, "before", most=10), "before")
    after = day_of(text_of(fields, "after", most=10), "after")
    if before is None or after is None or after <= before:
        raise Problem(422, "days: give two days, the earlier one first.")
    return Asked(before, after)


def _shown(request: Request, job: Job) -> dict[str, Any]:
    found = job.found
    title = f"What flips in {job.name}"
    return {
        "job": job, "running": job.state == RUNNING, "found": found, "book": counter_of(request).loaded.book,
        "drawn": Markup(svg(found.changes, found.count, title)) if found else "",
        "outcomes": sorted(set(found.outcomes[0]) | set(found.outcomes[1])) if found else [],
    }  # fmt: skip


def _rows(table: Any, before: str, after: str) -> Iterator[tuple[Any, ...]]:
    offset = 0
    while some := impact_jobs.some(table, before, after, offset=offset, limit=20_000):
        for one in some:
            yield tuple("" if value is None else value for value in one.values())
        offset += len(some)


def _found(request: Request, job_id: str) -> impact_jobs.Found:
    job = _job(request, job_id)
    if job.state != DONE or job.found is None:
        raise Problem(409, "the replay has not ended; there is nothing to show yet.")
    return job.found


def _job(request: Request, job_id: str) -> Job:
    return _jobs(request).find(actor_of(request).organization, job_id)


def _jobs(request: Request) -> Jobs:
    state = request.app.state
    if not hasattr(state, "impact"):
        state.impact = Jobs()
    return cast(Jobs, state.impact)
