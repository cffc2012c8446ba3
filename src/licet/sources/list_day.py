"""The day as of which a file of a list is: by the file itself, else by its name or its folder's name."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from licet.sources.list_file import ListFile
from licet.sources.list_text import day_of

_HEAD = 8192
_PRINTED = {
    "un_xml": re.compile(rb'dateGenerated="([\d-]{10})'),
    "eu_xml": re.compile(rb'generationDate="([\d-]{10})'),
    "ofac_xml": re.compile(rb"<Publish_Date>([\d/]+)</Publish_Date>"),
    "uk_csv": re.compile(rb"Report Date: (\d{1,2}-[A-Z][a-z]{2}-\d{4})"),
    "ofac_enhanced_xml": re.compile(rb"<dataAsOf>([\d-]{10})"),
}
_IN_NAME = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


def day_of_file(file: ListFile) -> dt.date | None:
    """The day of a file, or None where neither the file nor its name says.

    The eCFR's files do not say their own day: theirs is in the name, ``title-15_part-744_2026-07-23.xml``.
    """
    pattern = _PRINTED.get(file.format)
    if pattern and (match := pattern.search(file.data[:_HEAD])):
        found = day_of(_spelled(match[1].decode("ascii")))
        if found:
            return found
    return day_in_name(file.path)


def _spelled(day: str) -> str:
    return day.replace("-", " ") if day[-5:-4] == "-" else day


def day_in_name(path: Path) -> dt.date | None:
    """The last day that stands in a file's name, else in its folder's name.

    >>> day_in_name(Path("history/sdn_2022-02-17.csv.gz")), day_in_name(Path("2021-07-07/sdn.csv"))
    (datetime.date(2022, 2, 17), datetime.date(2021, 7, 7))
    """
    for name in (path.name, path.resolve().parent.name):
        if found := _IN_NAME.findall(name):
            try:
                return dt.date(*map(int, found[-1]))
            except ValueError:
                continue
    return None
