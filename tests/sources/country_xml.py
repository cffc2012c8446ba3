"""Official XML of the Country Chart and Country Groups, built in the eCFR's shape from derived marks.

The marks are those of the derived JSON; the markup is that of the eCFR's tables, in its two classes
and its two wrappings. Text around the tables is our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

API, BULK = "API", "bulk"
NEW, OLD = "gpo_table", "gpotbl_table"
REASONS = (("CB", 3), ("NP", 2), ("NS", 2), ("MT", 1), ("RS", 2), ("FC", 1), ("CC", 3), ("AT", 2))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def chart_xml(data: Any, *, wrapping: str = API, table: str = NEW) -> str:
    """Part 738 with the chart of a derived JSON."""
    pointers = {name: row["pointer"] for name, row in data["embargoed"].items()}
    every = {**data["countries"], **data["embargoed"]}
    rows = []
    for name in sorted(every):
        notes = "".join(f" <sup>{number}</sup>" for number in every[name]["footnotes"])
        cells = [_td(escape(name, quote=False) + notes, table)]
        if name in pointers:
            cells.append(f'<TD colspan="16">{pointers[name]}</TD>')
        else:
            held = every[name]["marks"]
            cells += [_td("X" if column in held else " ", table) for column in data["columns"]]
        rows.append(f"<TR>{''.join(cells)}</TR>")
    reasons = "".join(f'<TH colspan="{width}">Reason {code}</TH>' for code, width in REASONS)
    leaves = "".join(f"<TH>{column.replace(' ', '<br/>')}</TH>" for column in data["columns"])
    head = [f'<TR><TH rowspan="2">Countries</TH>{reasons}</TR>', f"<TR>{leaves}</TR>"]
    foot = [
        f'<TR><TD colspan="17"><sup>{number}</sup> See § 746.{number} of the EAR.</TD></TR>'
        for number in data["footnotes"]
    ]
    body = "<P>[Reason for control]</P>\n" + _table(head, rows, foot, table)
    return _part("738", "Commerce Country Chart", body, wrapping)


def groups_xml(data: Any, *, wrapping: str = API, table: str = NEW) -> str:
    """Part 740 with the groups of a derived JSON: A, D and E as tables, B as a list."""
    groups, labels = data["groups"], data["labels"]
    pieces = []
    for letter in "ABCDE":
        if letter == "C":
            pieces.append("<HD1>Country Group C [Reserved]</HD1>")
            continue
        pieces.append(f"<HD1>Country Group {letter}</HD1>")
        if letter == "B":
            items = "\n".join(f"<LI>{escape(name, quote=False)}</LI>" for name in groups["B"])
            pieces.append(f"<HD3>Countries</HD3>\n<SCOL2>\n{items}\n</SCOL2>")
            continue
        columns = [group for group in groups if group[0] == letter]
        # The print has a blank after the colon in D: "[D: 1]".
        gap = " " if letter == "D" else ""
        titles = (
            f"<TH>[{letter}:{gap}{group[2:]}]<br/>{escape(labels[group])} <sup>{at}</sup></TH>"
            for at, group in enumerate(columns, 1)
        )
        members = sorted({name for group in columns for name in groups[group]})
        rows = []
        for name in members:
            note = "<sup>4</sup>" if name == "Ukraine" else ""
            marks = (_td("X" if name in groups[group] else "", table) for group in columns)
            cells = _td(f"{escape(name, quote=False)}{note}", table) + "".join(marks)
            rows.append(f"<TR>{cells}</TR>")
        note = f"<sup>1</sup> Country Group {columns[0]} is a list of countries."
        foot = [f'<TR><TD colspan="{1 + len(columns)}">{note}</TD></TR>']
        head = [f"<TR><TH>Country</TH>{''.join(titles)}</TR>"]
        pieces.append(_table(head, rows, foot, table))
    return _part("740", "Country Groups", "\n".join(pieces), wrapping)


def _td(content: str, table: str) -> str:
    return f'<TD class="gpotbl_cell">{content}</TD>' if table == OLD else f"<TD>{content}</TD>"


def _table(head: Iterable[str], rows: Iterable[str], foot: Iterable[str], table: str) -> str:
    if table == OLD:
        # The older class prints footnotes in bare rows at the end.
        inner = "\n".join((*head, *rows, *foot))
        return f'<DIV class="gpotbl_div"><TABLE class="gpotbl_table">{inner}</TABLE></DIV>'
    inner = "\n".join(
        f"<{tag}>{''.join(line + chr(10) for line in lines)}</{tag}>"
        for tag, lines in (("THEAD", head), ("TBODY", rows), ("TFOOT", foot))
    )
    return f'<DIV class="gpotbl_div"><TABLE class="gpo_table">{inner}</TABLE></DIV>'


def _part(number: str, title: str, body: str, wrapping: str) -> str:
    name = f"Supplement No. 1 to Part {number}"
    appendix = f'<DIV9 N="{name}" TYPE="APPENDIX">\n<HEAD>{name}—{title}</HEAD>\n{body}\n</DIV9>'
    part = f'<DIV5 N="{number}" TYPE="PART">\n<HEAD>PART {number}</HEAD>\n{appendix}\n</DIV5>'
    if wrapping == BULK:
        other = '<DIV5 N="736" TYPE="PART"><HEAD>PART 736</HEAD></DIV5>'
        part = (
            "<DLPSTEXTCLASS><HEADER/><TEXT><BODY><ECFRBRWS>"
            f'<DIV1 N="2" TYPE="TITLE"><DIV3 N="VII" TYPE="CHAPTER">{other}\n{part}</DIV3></DIV1>'
            "</ECFRBRWS></BODY></TEXT></DLPSTEXTCLASS>"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{part}\n'
