"""A record as one page of HTML that needs nothing else and prints on paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from licet.desk.paper import Paper, Section

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.outcome { font-size: 1.2rem; font-weight: 600; border-left: .4rem solid #b3261e; padding-left: .6rem; }
.good { border-color: #1b7a3d; }
table { border-collapse: collapse; width: 100%; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; }
th, td { padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; } td { overflow-wrap: anywhere; } table.facts th { width: 15rem; }
footer { margin-top: 2rem; font-size: .8rem; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
"""The content policy under which the page is served: its own style, and nothing from anywhere."""


def html_of(paper: Paper) -> str:
    """The page. Whatever stands in the record is text here, never markup."""
    parts = "\n".join(_section(one) for one in paper.sections)
    good = " good" if paper.good else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(paper.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(paper.title)}</h1>\n<p class="outcome{good}">{escape(paper.outcome)}</p>\n'
        f"{parts}\n</main>\n<footer>{escape(paper.foot)}</footer>\n</body>\n</html>\n"
    )


def _section(one: Section) -> str:
    said = f"<p>{escape(one.says)}</p>\n" if one.says else ""
    return f"<section>\n<h2>{escape(one.heading)}</h2>\n{said}{''.join(_table(one))}</section>"


def _table(one: Section) -> Iterator[str]:
    if not one.rows:
        return
    facts = not one.head and all(len(row) == 2 for row in one.rows)
    yield '<table class="facts">\n' if facts else "<table>\n"
    if one.head:
        heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in one.head)
        yield f"<thead><tr>{heads}</tr></thead>\n"
    yield "<tbody>\n"
    for row in one.rows:
        first, *rest = row
        mark = f'<th scope="row">{escape(first)}</th>' if facts else f"<td>{escape(first)}</td>"
        yield f"<tr>{mark}{''.join(f'<td>{escape(cell)}</td>' for cell in rest)}</tr>\n"
    yield "</tbody>\n</table>\n"
