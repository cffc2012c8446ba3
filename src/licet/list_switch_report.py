"""What a switch of the lists comes to, told: to people on the screen, to programs as JSON lines.

A line says its kind under ``what``: entry, party, order, and at the end of each run ``end`` with counts, so
that a reader knows a whole run from a part. Lines are added to the file and none is changed, as in a journal.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from licet import dispositions, list_switch, rescreen_report, rescreening, screen_files
from licet.list_switch import Wanted
from licet.lists.differences import field_changes
from licet.lists.store import Store
from licet.parties.screening import THRESHOLD
from licet.parties.spelling import visible
from licet.report_words import OUTCOMES, list_name


def tell(before: Store, after: Store, wanted: Wanted, console: Console) -> Counter[str]:
    """Compare two states of the lists, print what the switch touches, write the lines; the count of each kind.

    Raises ``BadFile`` and ``NoOrders`` for files that cannot be read; then nothing is written.
    """
    lines: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    found = list_switch.compared(before, after)
    lines += _entries(found)
    counts["entries"] = len(lines)
    if not lines:
        console.print(
            "In the lists in use today no entry differs: no party and no order is touched."
        )
    if lines and wanted.parties is not None:
        for answer in _parties(wanted.parties, found):
            lines.append({"what": "party", **rescreen_report.line(answer)})
            counts["errors" if answer.error else "parties"] += 1
            console.print(Text(rescreen_report.text(answer)), soft_wrap=True, end="")
        are = "is" if counts["parties"] == 1 else "are"
        console.print(f"{counts['parties']:,} of your parties {are} touched.")
    if lines and wanted.orders is not None:
        for one in _orders(wanted.orders, before, after, console):
            lines.append(_order_line(one))
            counts["errors" if one.error else "orders"] += 1
            counts["flips"] += one.flips
            console.print(Text(_order_text(one)), soft_wrap=True)
        are = "is" if counts["orders"] == 1 else "are"
        console.print(
            f"{counts['orders']:,} of your open orders {are} touched; {counts['flips']:,} decided otherwise."
        )
    if wanted.report is not None:
        _append(wanted.report, lines, counts)
    return counts


def _entries(found: rescreening.Rescreening) -> Iterator[dict[str, Any]]:
    for key, (was, now) in found.changed.entries.items():
        shown = (now or was)[0]
        fields = field_changes(was[0], now[0]) if len(was) == len(now) == 1 else ()
        yield {
            "what": "entry",
            "change": "added" if not was else "removed" if not now else "changed",
            "listing_id": key,
            "list": shown.list,
            "name": visible(shown.name),
            "fields": [{"field": one.field, "was": one.was, "now": one.now} for one in fields],
        }


def _parties(path: Path, found: rescreening.Rescreening) -> Iterator[rescreening.Rescreened]:
    rows = screen_files.read_rows(path)
    book = dispositions.book()
    answers = rescreening.touched(rows, found, threshold=THRESHOLD, book=book)
    for answer in screen_files.watched(answers, "Rescreening"):
        if answer.touched or answer.error:
            yield answer


def _orders(
    path: Path, before: Store, after: Store, console: Console
) -> Iterator[list_switch.Otherwise]:
    book = dispositions.book()
    with console.status("") as status:
        yield from list_switch.decided_otherwise(
            list_switch.orders_of(path), before, after, dispositions=book if len(book) else None,
            progress=lambda count: status.update(f"{count:,} orders …") if count % 100 == 0 else None,
        )  # fmt: skip


def _order_text(one: list_switch.Otherwise) -> str:
    name = visible(one.id or one.source)
    if one.error:
        return f"{name}\n  NOT DECIDED: {visible(one.error)}"
    assert one.before is not None and one.after is not None
    then, now = (OUTCOMES[side.outcome] for side in (one.before, one.after))
    head = f"{then.upper()} -> {now.upper()}" if one.flips else f"{now.upper()}, as before"
    said = [
        f"    {visible(listed.party)} {_how(listed.match, there)} {visible(listed.name)} "
        f"on {list_name(listed.list)}"
        for listed, there in one.listings
    ]
    return "\n".join([f"{name}, for {one.on}", f"  {head}", *said])


def _how(match: str, there: bool) -> str:
    now = {"exact": "is now", "possible": "may now be", "apart": "is like, and told apart from,"}
    then = {"exact": "was", "possible": "may have been", "apart": "was like, and told apart from,"}
    return (now if there else then)[match]


def _order_line(one: list_switch.Otherwise) -> dict[str, Any]:
    said: dict[str, Any] = {"what": "order", "id": one.id, "source": one.source}
    if one.error or one.before is None or one.after is None:
        return {**said, "error": one.error}
    return {
        **said,
        "on": one.on and one.on.isoformat(),
        "before": one.before.outcome,
        "after": one.after.outcome,
        "flips": one.flips,
        "listings": [
            {
                "list": listed.list, "entry": listed.entry, "name": listed.name, "party": listed.party,
                "role": listed.role, "match": listed.match, "settled": listed.settled, "now": there,
            }
            for listed, there in one.listings
        ],
    }  # fmt: skip


def _append(path: Path, lines: Iterable[dict[str, Any]], counts: Counter[str]) -> None:
    """Add a run to the file in one go, on the disk when this returns; each line has the run's time (UTC)."""
    run = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kinds = ("entries", "parties", "orders", "flips", "errors")
    end = {"what": "end", **{kind: counts[kind] for kind in kinds}}
    text = b"".join(orjson.dumps({"run": run, **line}) + b"\n" for line in (*lines, end))
    with path.open("ab") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
