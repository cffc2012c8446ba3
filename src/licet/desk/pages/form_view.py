"""A sheet as a form shows it: sections with their fields, what may be added, what an order says in words."""

from __future__ import annotations

from licet.desk.pages.fields import ALWAYS, FIELDS, ROWS, SECTIONS, WORD, WORDS, Field
from licet.desk.pages.form import Sheet


def shown(sheet: Sheet) -> list[tuple[str, str, list[tuple[str, Field]]]]:
    """The sections of a form: heading, path of the table, and the fields that stand in it.

    A question that was put stays where it was put.
    """
    asked = set(sheet.asked)
    found = []
    for table, heading in SECTIONS.items():
        places = (
            [f"{table}[{at}]" for at in range(sheet.rows.get(table, 0))]
            if table in ("party", "line")
            else [table]
        )
        for at, place in enumerate(places):
            fields = []
            for name, one in FIELDS[table].items():
                path = f"{place}.{name}" if place else name
                wanted = name in ALWAYS.get(table, ()) or path in sheet.added or sheet.said(path)
                if wanted and path not in asked:
                    fields.append((path, one))
            if fields or table in ("", "party", "line"):
                number = f" {at + 1}" if len(places) > 1 else ""
                title = {"party": "Party", "line": "Item"}.get(table, heading)
                found.append((f"{title}{number}", place, fields))
    return found


def told(sheet: Sheet) -> list[tuple[str, list[tuple[str, str]]]]:
    """What an order says, in words, by section: label and value of every fact that is stated."""
    found = []
    for title, _, fields in shown(sheet):
        rows = []
        for path, one in fields:
            if not sheet.said(path):
                continue
            if sheet.none(path):
                rows.append((one.label, "none"))
            elif one.kind == ROWS:
                inside = [_row(sheet, f"{path}[{at}].") for at in range(sheet.rows.get(path, 0))]
                rows.append((one.label, "; ".join(inside)))
            else:
                plain = one.kind in (WORD, WORDS)
                rows.append(
                    (
                        one.label,
                        ", ".join(v.replace("_", " ") if plain else v for v in sheet.values(path)),
                    )
                )
        if rows:
            found.append((title, rows))
    return found


def _row(sheet: Sheet, place: str) -> str:
    """A row of a table inside, such as an owner, in one line."""
    return ", ".join(typed[0] for path, typed in sheet.texts.items() if path.startswith(place))


def addable(sheet: Sheet) -> list[tuple[str, list[tuple[str, str]]]]:
    """Facts that are not on the form, by section, for who wants to tell more than is asked."""
    there = {path for _, _, fields in shown(sheet) for path, _ in fields} | set(sheet.asked)
    found = []
    for table, heading in SECTIONS.items():
        count = sheet.rows.get(table, 0) if table in ("party", "line") else 0
        for at in range(max(1, count)):
            place = (
                f"{table}[{at}]." if table in ("party", "line") else f"{table}." if table else ""
            )
            options = [
                (f"{place}{name}", one.label)
                for name, one in FIELDS[table].items()
                if f"{place}{name}" not in there
            ]
            number = f" {at + 1}" if count > 1 else ""
            if options:
                found.append((f"{heading}{number}", options))
    return found
