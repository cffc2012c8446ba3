"""The form of an ownership table: its columns, how days and shares are kept, what is wrong with a header."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from licet.order_errors import Problem, nearest, shown
from licet.parties.ownership import PERCENT

COLUMNS = ("owner", "owned", "share", "since", "until", "source")
NEEDED = COLUMNS[:3]
NOT_KNOWN = -1  # as a share
_EPOCH = dt.date(1970, 1, 1)
FIRST, LAST = -(2**31), 2**31 - 1  # days: since and until that are left open

TEMPLATE = """\
owner,owned,share,since,until,source
"Huawei Technologies Co., Ltd.",Example Holding Ltd.,60,2019-01-01,,annual report 2019
Example Holding Ltd.,Example Trading GmbH,50,,,commercial register
(none),Example Partner AG,,,,looked at: nobody else of concern
Example Partner AG,Example Trading GmbH,50,,2026-01-01,commercial register
(unknown),Example Minor Ltd.,30,,,a trustee whose principal is not known
Example Trading GmbH,Example Minor Ltd.,,,,share not known: left empty
"""


class OwnershipTableError(ValueError):
    """An ownership table was refused; ``problems`` holds all that is wrong, one line each in ``str()``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def header_problems(header: list[str], called: str) -> list[Problem]:
    """What is wrong with the names of the columns."""
    found = []

    def note(name: str, message: str) -> None:
        found.append(Problem(file=called, line=1, field=name, message=message))

    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        note("", f"found {shown(header[0])}: one column. Separate columns by commas, as licet owners "
             "--template does.")  # fmt: skip
        return found
    for name in header:
        if name not in COLUMNS:
            near = nearest(name.strip().lower(), COLUMNS)
            note(name, f'is not a column of an ownership table. {f"Did you mean {near}? " if near else ""}'
                 f"Columns are {', '.join(COLUMNS)}; remove or rename it.")  # fmt: skip
        elif header.count(name) > 1:
            note(name, "stands twice in the header; keep the one that is true.")
    for name in NEEDED:
        if name not in header:
            note(name, f"is missing; the header needs {', '.join(NEEDED)}, and may have "
                 f"{', '.join(COLUMNS[3:])}. licet owners --template writes an example.")  # fmt: skip
    return list(dict.fromkeys(found))


def days(day: dt.date) -> int:
    """A day as the number of days since 1970-01-01."""
    return (day - _EPOCH).days


def from_days(number: int) -> dt.date:
    """The day of a number of days since 1970-01-01."""
    return _EPOCH + dt.timedelta(days=int(number))


def line_of(row: int, lines: Sequence[int] | None) -> int:
    """The line of a CSV file on which a row ends; row 0 is the first below the header."""
    return row + 2 if lines is None else lines[row]


def percent(share: int) -> float:
    """A share in billionths of a percent, in percent."""
    return share / PERCENT


def written(share: int) -> str:
    """A share in billionths of a percent, as people write it.

    >>> written(33_333_000_000), written(50 * PERCENT)
    ('33.333', '50')
    """
    whole, rest = divmod(share, PERCENT)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
