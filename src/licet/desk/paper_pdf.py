"""A record as a PDF: the sections of its paper on pages with a foot, made by reportlab (extra ``pdf``).

The same record gives the same bytes on any day. Latin letters are set in a font that is embedded, Chinese,
Japanese and Korean ones in the standard font of readers, which not every reader has. These, and letters that no
font has, are written in Latin letters between angle brackets, so that nothing is lost without being seen.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any

from anyascii import anyascii

from licet.desk.paper import Paper, Section


class NoPdf(RuntimeError):  # noqa: N818 -- it says what is the matter
    """The package that makes PDFs is not installed."""


def pdf_of(paper: Paper) -> bytes:
    """The PDF, A4. Raises ``NoPdf`` where reportlab is not installed."""
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
    except ModuleNotFoundError:
        raise NoPdf("a PDF needs reportlab: pip install 'licet[pdf]'; or ask for HTML.") from None

    styles = _styles()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=20 * mm,
        title=paper.title, author="Licet", subject=paper.foot, lang="en", invariant=1,
    )  # fmt: skip
    story: list[Any] = [
        Paragraph(_marked(paper.title), styles["title"]),
        Paragraph(_marked(paper.outcome), styles["good" if paper.good else "bad"]),
    ]
    for one in paper.sections:
        story += [Spacer(1, 3 * mm), Paragraph(_marked(one.heading), styles["heading"])]
        if one.says:
            story.append(Paragraph(_marked(one.says), styles["text"]))
        if one.rows:
            story.append(_table(one, styles, document.width - 12))

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont("Vera", 6)
        canvas.drawString(18 * mm, 11 * mm, _latin(paper.foot))
        canvas.drawRightString(A4[0] - 18 * mm, 11 * mm, f"page {page.page}")
        canvas.restoreState()

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    if "Vera" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
        pdfmetrics.registerFont(TTFont("VeraBd", "VeraBd.ttf"))
        for name in _EASTERN.values():
            pdfmetrics.registerFont(UnicodeCIDFont(name))
    text = {"fontName": "Vera", "fontSize": 7.5, "leading": 10, "splitLongWords": 1}
    bold = {**text, "fontName": "VeraBd"}
    large = {**bold, "fontSize": 12, "leading": 16}
    return {
        "text": ParagraphStyle("text", **text), "bold": ParagraphStyle("bold", **bold),
        "title": ParagraphStyle("title", **large),
        "heading": ParagraphStyle("heading", **{**bold, "fontSize": 9, "spaceAfter": 3}, keepWithNext=1),
        "good": ParagraphStyle("good", **large, textColor=HexColor("#1b7a3d")),
        "bad": ParagraphStyle("bad", **large, textColor=HexColor("#b3261e")),
    }  # fmt: skip


def _table(one: Section, styles: dict[str, Any], width: float) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph, Table, TableStyle

    columns = max(len(row) for row in one.rows)
    facts = not one.head and columns == 2
    rows: list[list[Any]] = []
    if one.head:
        rows.append([Paragraph(_marked(cell), styles["bold"]) for cell in one.head])
    for row in one.rows:
        rows.append([
            Paragraph(_marked(cell), styles["bold" if facts and not at else "text"])
            for at, cell in enumerate(row)
        ])  # fmt: skip
    shares = _SHARES.get(len(one.head) or columns, [1] * columns)
    lines = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor("#bbbbbb")),
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]  # fmt: skip
    widths = [width * share / sum(shares) for share in shares]
    return Table(
        rows, widths, repeatRows=1 if one.head else 0, style=TableStyle(lines), splitInRow=1
    )


_SHARES = {1: [1], 2: [2, 5], 3: [2, 4, 3], 4: [3, 4, 3, 4], 5: [3, 3, 3, 2, 6]}
_EASTERN = {"han": "STSong-Light", "kana": "HeiseiMin-W3", "hangul": "HYSMyeongJo-Medium"}


def _script(letter: str) -> str:
    """In which font a letter is set: "" for the embedded one, "no" for none."""
    code = ord(letter)
    if 0x3040 <= code <= 0x30FF:
        return "kana"
    if 0x1100 <= code <= 0x11FF or 0xAC00 <= code <= 0xD7AF:
        return "hangul"
    if (
        0x3000 <= code <= 0x303F
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
    ):
        return "han"
    return "" if (code < 0x250 and letter.isprintable()) or letter in "–—‘’“”…•§" else "no"


def _runs(text: str) -> Iterator[tuple[str, str]]:
    for script, letters in groupby(text, _script):
        yield script, "".join(letters)


def _latin(text: str) -> str:
    return "".join(part if not script else f"<{anyascii(part)}>" for script, part in _runs(text))


def _marked(text: str) -> str:
    """A text as reportlab's markup; whatever stands in the record is text in it."""
    said = []
    for script, part in _runs(text):
        if not script:
            said.append(escape(part))
        elif script == "no":
            said.append(escape(f"<{anyascii(part)}>"))
        else:
            latin = escape(f"<{anyascii(part).strip()}>")
            said.append(f'<font name="{_EASTERN[script]}">{escape(part)}</font>{latin}')
    return "".join(said)
