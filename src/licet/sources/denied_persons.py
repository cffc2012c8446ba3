"""The Denied Persons List of BIS, both layouts, made into one dated table.

The older layout is tab-separated with a column for the name; the newer one (2026) has name and address in one
cell, so that a name is told from its address by the names of the older files, else by its first comma that
does not precede a legal form.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from licet.sources import tables
from licet.sources.errors import SourceError

COLUMNS = (
    "id", "name", "aliases", "addresses", "country", "kind", "citations",
    "valid_from", "valid_until", "published", "source",
)  # fmt: skip
_FORM = re.compile(
    r"^\s*(LTD|INC|LLC|L\.L\.C|CO|CORP|GMBH|JR|SR|II|III|S\.A|SA|B\.V|PLC|FZE|PTE)\b", re.IGNORECASE
)


def compile_denied(folder: Path, added: Path, out: Path) -> int:
    """Write the table from the files of a folder (``dpl_DATE.txt``, ``dpl_DATE.csv``) and orders added by hand.

    An order that is missing from a later copy before its expiration keeps its term, since most are names that
    were corrected; ``source`` says so. Raises ``SourceError`` for a layout or a date never seen.
    """
    copies = sorted(
        p for p in folder.glob("dpl_*") if re.fullmatch(r"dpl_[\d-]{10}\.(txt|csv)", p.name)
    )
    known: set[str] = set()
    found: dict[tuple[str, str], dict[str, str]] = {}
    last: dict[tuple[str, str], int] = {}
    for at, path in enumerate(copies):
        for row in _read(path, known):
            key = (_plain(row["name"]), row["valid_from"])
            known.add(row["name"])
            before = found.get(key)
            if before is not None:
                row["addresses"] = "|".join(
                    dict.fromkeys(filter(None, (*before["addresses"].split("|"), row["addresses"])))
                )
                row["country"] = row["country"] or before["country"]
            found[key], last[key] = row, at
    days = [date.fromisoformat(path.stem[4:14]) for path in copies]
    rows = []
    for key, row in found.items():
        until = row["valid_until"]
        if until and until <= row["valid_from"]:
            continue
        source = f"Denied Persons List {days[last[key]]}"
        if last[key] + 1 < len(days) and (not until or until > days[last[key] + 1].isoformat()):
            source += "; not in later copies"
        rows.append(row | {"source": source})
    rows += tables.read_csv(added)
    seen: dict[str, int] = {}
    for row in sorted(rows, key=lambda r: (r["name"], r["valid_from"], r["country"])):
        slug = re.sub(r"[^a-z0-9]+", "-", row["name"].casefold()).strip("-")
        seen[slug] = seen.get(slug, 0) + 1
        row["id"] = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
    tables.write(out, tables.render_rows(COLUMNS, rows))
    return len(rows)


def _read(path: Path, known: set[str]) -> Iterator[dict[str, str]]:
    old = path.suffix == ".txt"
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream, delimiter="\t" if old else ","), 2):
            if old:
                name, address = (
                    row["Name"],
                    ", ".join(filter(None, (row["Street_Address"], row["City"], row["State"]))),
                )
                country, cited = row["Country"], row["FR_Citation"]
            elif "Name_and_Address" in row:
                name, address, country = _split(row["Name_and_Address"], known)
                cited = row["Appropriate Federal Register Citations"]
            else:
                raise SourceError(path, 1, f"a layout never seen: {list(row)}")
            start = _day(row["Effective_Date"], path, line)
            if not start:
                raise SourceError(path, line, "an order without its day of effect")
            yield {
                "id": "",
                "name": _tidy(name),
                "aliases": "",
                "addresses": _tidy(address).replace("|", " "),
                "country": _tidy(country),
                "kind": "name",
                "citations": _tidy(cited or ""),
                "valid_from": start,
                "valid_until": _day(row["Expiration_Date"], path, line),
                "published": start,
                "source": "",
            }


def _split(text: str, known: set[str]) -> tuple[str, str, str]:
    """Name, address and country of the newer layout's first cell."""
    parts = text.split(",")
    for count in range(min(4, len(parts)), 0, -1):
        name = _tidy(",".join(parts[:count]))
        if name in known:
            break
    else:
        count = 1
        while count < len(parts) and _FORM.match(parts[count]):
            count += 1
        name = _tidy(",".join(parts[:count]))
    country = parts[-2].strip() if len(parts) > 2 else ""
    return name, ",".join(parts[count:-2]), country if re.fullmatch("[A-Z]{2}", country) else ""


def split_name_and_address(text: str) -> tuple[str, str, str]:
    """Name, address and country of the newer layout's first cell, by the names in the packaged table.

    >>> split_name_and_address("MARCO SANTILLAN, JR, 4945 SAGEWOOD LANE, HEMET, CA, US, 92545")
    ('MARCO SANTILLAN, JR', '4945 SAGEWOOD LANE, HEMET, CA', 'US')
    """
    name, address, country = _split(text, _packaged_names())
    return name, _tidy(address), country


@functools.cache
def _packaged_names() -> set[str]:
    table = Path(str(files("licet") / "rulebook/tables/denied_persons.csv"))
    return {row["name"] for row in tables.read_csv(table)}


def _day(text: str | None, path: Path, line: int) -> str:
    text = (text or "").strip()
    if not text:
        return ""
    try:
        return datetime.strptime(text, "%m/%d/%Y").date().isoformat()
    except ValueError:
        raise SourceError(path, line, f"not a day: {text!r}") from None


def _tidy(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split()).strip(" ,")


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()
