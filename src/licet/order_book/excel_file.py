"""Excel order books: the open sheet, with days as days, and formulas by what Excel last worked out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licet.order_book.cells import Fault, Row, text_of
from licet.order_columns import BadBook


def excel_head(path: Path) -> list[str]:
    """The columns that the first row with cells names."""
    for _, cells in _rows(path, formulas=True):
        names = [text_of(cell.value) or "" for cell in cells]
        while names and not names[-1]:
            names.pop()
        if names:
            return names
    raise BadBook(f"{path}: the open sheet is empty; its first row names the columns.")


def read_excel(path: Path, names: list[str]) -> Iterator[Row | Fault]:
    """The rows of the sheet that was open when the file was saved, each with its number in the sheet."""
    # Excel keeps formulas and what they came to apart; a reader sees one or the other.
    said = _rows(path, formulas=True)
    results = _rows(path, formulas=False)
    head = True
    for (at, cells), (_, values) in zip(said, results, strict=False):
        if all(cell.value is None for cell in cells):
            continue
        if head:
            head = False
            continue
        texts: dict[str, str] = {}
        wrong: list[str] = []
        for name, cell, value in itertools.zip_longest(names, cells, values):
            if cell is None or cell.value is None:
                continue
            if name is None:
                wrong.append(f"a cell stands beyond the last column: {text_of(cell.value)!r:.40}")
                continue
            kind = getattr(value, "data_type", "n")
            if kind == "e":
                wrong.append(f"{name}: holds the error {value.value} of Excel; mend its formula")
            elif cell.data_type == "f" and value.value is None:
                wrong.append(
                    f"{name}: a formula that was never worked out; open the file in Excel and save it"
                )
            elif (text := text_of(value.value)) is not None:
                texts[name] = text
        if wrong:
            yield Fault(at, "; ".join(wrong) + ".", texts.get("id") or texts.get("order"))
        elif texts:
            yield Row(at, texts)


def _rows(path: Path, *, formulas: bool) -> Iterator[tuple[int, Any]]:
    """All rows with their numbers: cells with what was typed, or with what it came to."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise BadBook(f"{path}: Excel files need openpyxl: pip install 'licet[excel]'.") from None
    try:
        book = load_workbook(path, read_only=True, data_only=not formulas)
    except Exception as error:
        raise BadBook(
            f"{path}: not an Excel file: {error}. Save it again as .xlsx or CSV."
        ) from None
    try:
        sheet = book.active
        if sheet is None or not hasattr(sheet, "iter_rows"):
            raise BadBook(
                f"{path}: the open sheet holds no cells; open the sheet of orders and save."
            )
        yield from enumerate(sheet.iter_rows(), 1)
    finally:
        book.close()
