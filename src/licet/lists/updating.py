"""An update of the list store from the publishers' own addresses: each list whole, or as it was.

Publishers are independent: one that is down, or gives half a file, keeps its lists as they are and does not
hold up the others. Of each the last answer's marks are remembered, so that an unchanged file is not fetched
again; they are written only after its load, so that a refused file is asked for again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from licet.lists import database
from licet.lists.confirmed import checked, remember
from licet.lists.errors import ListsError
from licet.lists.loading import Loaded
from licet.lists.store import Store
from licet.sources import fetch
from licet.sources.download import FetchError, Marks, download
from licet.sources.errors import SourceError
from licet.sources.publishers import Publisher

NEW, SAME, REFUSED = "new", "same", "refused"


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did for one publisher.

    ``outcome`` is ``new`` (a list holds something else now), ``same`` (nothing changed) or ``refused``, with
    the ``reasons``; the lists in use are then as they were.
    """

    publisher: Publisher
    outcome: str
    loaded: tuple[Loaded, ...] = ()
    reasons: tuple[str, ...] = ()


def update(
    store: Store,
    publishers: Iterable[Publisher],
    *,
    allow_shrink: bool = False,
    ecfr: str = fetch.ECFR,
    progress: Callable[[Publisher], None] = lambda publisher: None,
) -> tuple[Updated, ...]:
    """Ask each publisher for its list and load what is new, as ``licet lists update`` does.

    Nothing is raised for a publisher that fails: its ``Updated`` says why, and the others go on. ``progress``
    is called with each publisher before it is asked; ``ecfr`` is the address of the eCFR.
    """
    done = []
    for publisher in publishers:
        progress(publisher)
        try:
            done.append(_one(store, publisher, allow_shrink=allow_shrink, ecfr=ecfr))
        except (FetchError, SourceError) as error:
            reason = error.reason if isinstance(error, FetchError) else str(error)
            where = f"{error.url}: " if isinstance(error, FetchError) else ""
            done.append(Updated(publisher, REFUSED, reasons=(f"{where}{reason}",)))
        except ListsError as error:
            done.append(Updated(publisher, REFUSED, reasons=tuple(error.reasons)))
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            done.append(Updated(publisher, REFUSED, reasons=(f"{place}{error.strerror or error}",)))
    return tuple(done)


def _one(store: Store, publisher: Publisher, *, allow_shrink: bool, ecfr: str) -> Updated:
    day = fetch.current_day(base=ecfr) if publisher.dated else dt.date.today()
    url, name = publisher.on(day)
    url = url.replace(fetch.ECFR, ecfr, 1)
    known = checked(store.folder).get(publisher.code)
    # Without a store there is nothing that an unchanged file could be the same as.
    usable = known is not None and known.url == url and (store.folder / database.FILE).is_file()
    marks = Marks(known.etag, known.modified) if known and usable else Marks()
    answer = download(url, limit=publisher.limit, hosts=publisher.hosts, known=marks)
    if answer.content is None and known is not None:
        remember(store.folder, publisher.code, url, answer.marks, known.sha256, known.lists)
        return Updated(publisher, SAME)
    assert answer.content is not None
    mark = hashlib.sha256(answer.content).hexdigest()
    with tempfile.TemporaryDirectory(prefix="licet-") as folder:
        path = Path(folder) / name
        path.write_bytes(answer.content)
        if answer.marks.day is not None:
            # The day of a list whose file says none: when the publisher last wrote it, not when we asked.
            noon = dt.datetime.combine(answer.marks.day, dt.time(12), dt.UTC).timestamp()
            os.utime(path, (noon, noon))
        try:
            loaded = store.load(path, allow_shrink=allow_shrink, refuse_older=True)
        except (SourceError, ListsError) as error:
            # The file is gone when this is read: say whence it came instead.
            lines = error.reasons if isinstance(error, ListsError) else (str(error),)
            raise ListsError([line.replace(str(path), url) for line in lines]) from None
    days = {each.list: each.as_of.isoformat() for each in loaded}
    remember(store.folder, publisher.code, url, answer.marks, mark, days)
    return Updated(publisher, NEW if any(each.new for each in loaded) else SAME, loaded)


def refusals(done: Iterable[Updated]) -> Iterator[str]:
    """The reasons of all refusals, each with its publisher."""
    for each in done:
        for reason in each.reasons:
            yield f"{each.publisher.code}: {reason}"
