"""A form as an order and an order as a form: paths of facts with the texts that people typed.

A field that is left empty is not known. A list may be said to be empty (``PATH!`` with ``none``), which is
something else. What cannot be read is told at its field and never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from licet.countries import countries, plain
from licet.desk.pages.fields import (
    COUNTRY,
    FLAG,
    NUMBER,
    ROWS,
    TEXTS,
    WORDS,
    Field,
    field_of,
)
from licet.desk.problems import Problem
from licet.order import Order, OrderError, order_from

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")
_MOST_ROWS = 50
_LONGEST = 4000


@dataclass(slots=True)
class Sheet:
    """What a form says: ``texts`` by path as they were typed, the order that they make, or the errors."""

    texts: dict[str, list[str]]
    rows: dict[str, int]
    """How many rows a table has: ``party``, ``line``, ``party[0].owners``, ``red_flag``."""
    asked: list[str] = field(default_factory=list)
    """Questions that were put before, in their order."""
    added: list[str] = field(default_factory=list)
    """Facts that somebody wants to tell without being asked."""
    order: Order | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """What was typed at a path."""
        return self.texts.get(path, [""])[0]

    def values(self, path: str) -> list[str]:
        """The words that were chosen at a path."""
        return self.texts.get(path, [])

    def none(self, path: str) -> bool:
        """Whether a list is said to be empty."""
        return bool(self.texts.get(f"{path}!"))

    def said(self, path: str) -> bool:
        """Whether anything is said at a path."""
        return any(self.texts.get(path, [])) or self.none(path) or self.rows.get(path, 0) > 0


def read(pairs: Iterable[tuple[str, str]]) -> Sheet:
    """The sheet of a form's fields; unknown fields are passed over.

    Raises ``Problem`` (422) for a form that no page of the desk sends.
    """
    sheet = Sheet({}, {"party": 1, "line": 1})
    do = ""
    for name, value in pairs:
        if len(value) > _LONGEST:
            raise Problem(422, f"{name[:60]}: longer than {_LONGEST:,} characters; shorten it.")
        if name == "do" or (name == "add" and value):
            do = value if name == "do" else f"add:{value}"
        elif name == "asked" and field_of(value) is not None:
            sheet.asked.append(value)
        elif name == "added" and field_of(value) is not None:
            sheet.added.append(value)
        elif name.endswith("!") and value != "none":
            continue  # a list is empty only where somebody says so
        elif field_of(name.removesuffix("!")) is not None:
            sheet.texts.setdefault(name, []).append(value.strip())
            _count(sheet, name)
    if do:
        _do(sheet, do)
    _close_gaps(sheet)
    _decide(sheet)
    return sheet


def of_data(data: Mapping[str, Any]) -> Sheet:
    """The sheet of an order as JSON has it, such as ``order_to`` gives."""
    sheet = Sheet({}, {"party": 1, "line": 1})
    for path, value in _flat(data, ""):
        shown = field_of(path)
        if shown is None:
            continue
        if value == []:
            sheet.texts[f"{path}!"] = ["none"]
        elif isinstance(value, list) and shown.kind == WORDS:
            sheet.texts[path] = [str(one) for one in value]
        else:
            sheet.texts[path] = [_typed(value)]
        _count(sheet, path)
    _decide(sheet)
    return sheet


def data_of(sheet: Sheet) -> dict[str, Any]:
    """The order as JSON has it, of what was typed; texts that are no values stay texts, to be refused."""
    data: dict[str, Any] = {}
    met: dict[str, list[str]] = {"conditions_met": [], "conditions_not_met": []}
    for path in sheet.texts:
        if path.endswith("!"):
            if not sheet.texts.get(path.removesuffix("!"), [""])[0]:
                _put(data, path.removesuffix("!"), [])
            continue
        kind = field_of(path)
        value = _value(kind, sheet.texts[path]) if kind else None
        if value is None:
            continue
        if path.startswith("conditions_met["):
            met["conditions_met" if value else "conditions_not_met"].append(path[15:-1])
        else:
            _put(data, path, value)
    for name, symbols in met.items():
        if symbols:
            data[name] = [*data.get(name, []), *(s for s in symbols if s not in data.get(name, []))]
    return _without_gaps(data)


def _decide(sheet: Sheet) -> None:
    """Read what was typed as an order, or say at which fields it cannot be read."""
    try:
        sheet.order = order_from(data_of(sheet), source="the form")
    except OrderError as error:
        for one in error.problems:
            sheet.errors.setdefault(one.field, one.message)


def _value(kind: Field, typed: list[str]) -> Any:
    text = typed[0]
    if kind.kind == WORDS:
        return [one for one in typed if one] or None
    if not text:
        return None
    if kind.kind == FLAG:
        return {"yes": True, "no": False}.get(text, text)
    if kind.kind == NUMBER:
        return _number(text)
    if kind.kind == TEXTS:
        return _listed(text)
    if kind.kind == COUNTRY:
        return code_of(text)
    if kind.label == "Revoked":
        return {"yes": True, "no": False}.get(text.lower(), text)
    return text


def _listed(text: str) -> list[str]:
    """The items of a list: parted by semicolons or lines, and by commas where all are short codes.

    >>> _listed("Huawei Technologies Co., Ltd.; ZTE"), _listed("SG, MY")
    (['Huawei Technologies Co., Ltd.', 'ZTE'], ['SG', 'MY'])
    """
    parts = [one.strip() for one in re.split(r"[;\n]", text)]
    codes = [one.strip() for one in text.split(",")]
    if len(parts) == 1 and all(re.fullmatch(r"[\w.()-]{1,16}", one) for one in codes if one):
        parts = codes
    return [one for one in parts if one]


def code_of(text: str) -> str:
    """The code of a country given by code or name; a text that is neither stays as it is.

    >>> code_of("cn"), code_of("Netherlands"), code_of("Atlantis")
    ('CN', 'NL', 'Atlantis')
    """
    known = countries()
    if text.upper() in known.names:
        return text.upper()
    return known.codes.get(plain(text), text)


def _number(text: str) -> int | float | str:
    bare = text.replace(",", "").replace(" ", "")
    try:
        return int(bare)
    except ValueError:
        pass
    try:
        return float(bare)
    except ValueError:
        return text


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *above, name = path.split(".")
    at: Any = data
    for step in above:
        found = _STEP.fullmatch(step)
        assert found is not None  # field_of knows the path
        key, index = found[1], found[2]
        if index is None:
            at = at.setdefault(key, {})
        else:
            rows = at.setdefault(key, [])
            while len(rows) <= int(index):
                rows.append({})
            at = rows[int(index)]
    if isinstance(at.get(name), list) and value == []:
        return  # rows were given, so that the list is not empty
    at[name] = value


def _without_gaps(data: dict[str, Any]) -> dict[str, Any]:
    """Rows that say nothing are no rows."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            kept[key] = _without_gaps(value)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            rows = [row for row in (_without_gaps(one) for one in value) if row]
            if rows:
                kept[key] = rows
        else:
            kept[key] = value
    return kept


def _close_gaps(sheet: Sheet) -> None:
    """Rows that say nothing go behind those that do: a row's place is the same on the form and in the order."""
    for table in [*sheet.rows]:
        filled = {
            int(found[1])
            for path, typed in sheet.texts.items()
            if any(typed) and (found := re.match(rf"{re.escape(table)}\[(\d+)\]", path))
        }
        for at in sorted(set(range(max(filled, default=0))) - filled, reverse=True):
            _do(sheet, f"drop:{table}[{at}]")
            sheet.rows[table] += 1


def _count(sheet: Sheet, path: str) -> None:
    """Tables have as many rows as the form shows."""
    above = path.split(".")[:-1]
    for at in range(len(above)):
        found = re.fullmatch(r"(.*)\[(\d+)\]", ".".join(above[: at + 1]))
        if found is None:
            continue
        if int(found[2]) >= _MOST_ROWS:
            raise Problem(
                422, f"{found[1]}: more than {_MOST_ROWS} rows; send the order to the API."
            )
        sheet.rows[found[1]] = max(sheet.rows.get(found[1], 0), int(found[2]) + 1)


def _do(sheet: Sheet, do: str) -> None:
    """A button: one row more, one less, or a fact more."""
    what, _, where = do.partition(":")
    if what == "row" and (where in ("party", "line") or _is_rows(where)):
        sheet.rows[where] = min(sheet.rows.get(where, 0) + 1, _MOST_ROWS)
        sheet.texts.pop(f"{where}!", None)
    elif what == "add" and field_of(where) is not None:
        sheet.added.append(where)
        shown_as = field_of(where)
        if shown_as is not None and shown_as.kind == ROWS:
            sheet.rows.setdefault(where, 0)
    elif what == "drop" and (found := re.fullmatch(r"(.+)\[(\d+)\]", where)):
        table, index = found[1], int(found[2])
        if sheet.rows.get(table, 0) > index:
            sheet.rows[table] -= 1
            sheet.texts = dict(_renumbered(sheet.texts, table, index))
            sheet.rows = {
                path: one[0] for path, one in _renumbered({k: [n] for k, n in sheet.rows.items()}, table, index)
            }  # fmt: skip
            sheet.asked = [p for p, _ in _renumbered({p: [] for p in sheet.asked}, table, index)]
            sheet.added = [p for p, _ in _renumbered({p: [] for p in sheet.added}, table, index)]


def _is_rows(path: str) -> bool:
    one = field_of(path)
    return one is not None and one.kind == ROWS


def _renumbered(
    texts: Mapping[str, list[Any]], table: str, gone: int
) -> Iterator[tuple[str, list[Any]]]:
    """Paths without those of a row that is gone; the rows behind it move up."""
    row = re.compile(rf"{re.escape(table)}\[(\d+)\](.*)")
    for path, values in texts.items():
        found = row.fullmatch(path)
        if found is None or int(found[1]) < gone:
            yield path, values
        elif int(found[1]) > gone:
            yield f"{table}[{int(found[1]) - 1}]{found[2]}", values


def _flat(data: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        path = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for at, row in enumerate(value):
                yield from _flat(row, f"{path}[{at}].")
        else:
            yield path, value


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


__all__ = ["Sheet", "code_of", "data_of", "of_data", "read"]
