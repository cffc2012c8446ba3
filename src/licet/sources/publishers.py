"""The publishers of lists: at which address each gives its list out, as one file."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from licet.sources.errors import SourceError

PACKAGED = Path(__file__).with_name("publishers.toml")
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who gives a list out, and where; ``limit_mb`` in MiB, ``hosts`` to which its own may send on.

    ``{day}`` in ``url`` and ``file`` stands for the day up to which title 15 of the CFR is current.
    """

    code: str
    says: str
    url: str
    file: str
    hosts: tuple[str, ...] = ()
    limit_mb: int = 64

    @property
    def dated(self) -> bool:
        """Whether the address holds a day, which has to be asked for first."""
        return "{day}" in self.url

    @property
    def limit(self) -> int:
        """The largest file that is taken, in bytes."""
        return self.limit_mb * _MIB

    def on(self, day: dt.date) -> tuple[str, str]:
        """The address and the file's name on a day."""
        return self.url.replace("{day}", f"{day}"), self.file.replace("{day}", f"{day}")


def publishers(path: Path = PACKAGED) -> Mapping[str, Publisher]:
    """The publishers that a file names, by code, in its order.

    Raises ``SourceError`` for a file that is no such file, with the place and what is allowed.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(path, None, f"cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:  # also what is not UTF-8
        raise SourceError(path, None, f"is not TOML: {error}") from None
    rows = content.get("publisher")
    if not isinstance(rows, list) or not rows or set(content) != {"publisher"}:
        raise SourceError(path, None, "holds no [[publisher]], or something else beside them")
    found: dict[str, Publisher] = {}
    for at, row in enumerate(rows, 1):
        one = _publisher(path, at, row)
        if one.code in found:
            raise SourceError(path, None, f"publisher {at}: {one.code!r} stands there twice")
        found[one.code] = one
    return found


def _publisher(path: Path, at: int, row: Any) -> Publisher:
    names = [field.name for field in fields(Publisher)]
    if not isinstance(row, dict):
        raise SourceError(path, None, f"publisher {at} is no table")
    for name in row:
        if name not in names:
            raise SourceError(
                path, None, f"publisher {at}: no field {name!r}; allowed: {', '.join(names)}"
            )
    for name in ("code", "says", "url", "file"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise SourceError(path, None, f"publisher {at}: {name} is missing or is no text")
    if "/" in row["file"] or row["file"].startswith("."):
        raise SourceError(
            path, None, f"publisher {at}: file {row['file']!r} is no plain name of a file"
        )
    hosts, limit = row.get("hosts", []), row.get("limit_mb", 64)
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise SourceError(path, None, f"publisher {at}: hosts is no list of names")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise SourceError(path, None, f"publisher {at}: limit_mb is no whole number above 0")
    return Publisher(**(row | {"hosts": tuple(hosts)}))
