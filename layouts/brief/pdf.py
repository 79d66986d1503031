"""A brief as a PDF of A4 pages, its typeface embedded: what of it is used. Margins and sizes as GB/T 9704 has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.graphics.shapes import Path as Outline
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, HRFlowable, KeepTogether, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from layouts.brief import fonts
from layouts.brief.document import INK, RED, RULE, Block, Document, Heading, Map, Paragraph, Shape, Table, light
from layouts.brief.page import fill

REGULAR, BOLD = "brief", "brief-bold"
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 37 * mm, 35 * mm
WIDTH = A4[0] - LEFT - RIGHT
_FIRST_TOP = 25 * mm
SHORT = 14
"""Tables of so many lines stay on one page."""
_TOKEN: Final = re.compile(r"[（《“〔]*(?:[0-9A-Za-z.,%+−/<>=:_∞*-]+|.)[，。、；：）》”〕—]*", re.DOTALL)
"""What no line breaks within: a number or a Latin word with the marks that may not begin or end a line."""
_MAP = 0.76
"""The map's share of the width."""


def pdf(paper: Document, folder: Path) -> bytes:
    """The file; `folder` keeps the typeface's files."""
    for name, weight in ((REGULAR, fonts.REGULAR), (BOLD, fonts.BOLD)):
        pdfmetrics.registerFont(TTFont(name, str(fonts.truetype(folder, weight))))
    out = BytesIO()
    maker = BaseDocTemplate(
        out, pagesize=A4, title=paper.name, author=paper.issuer, subject=paper.period, lang=paper.lang, invariant=1
    )
    frames = [Frame(LEFT, BOTTOM, WIDTH, A4[1] - top - BOTTOM, 0, 0, 0, 0) for top in (_FIRST_TOP, TOP)]
    maker.addPageTemplates([
        PageTemplate("first", [frames[0]], onPage=_numbered, autoNextPageTemplate="next"),
        PageTemplate("next", [frames[1]], onPage=_numbered),
    ])  # fmt: skip
    maker.build([*_head(paper), *_body(paper), *_tail(paper)])
    return out.getvalue()


def _style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    given = {"fontName": REGULAR, "wordWrap": "CJK", "textColor": HexColor(INK)}
    return ParagraphStyle("", fontSize=size, leading=leading, **(given | more))


def _text(words: str, style: ParagraphStyle, wide: float = WIDTH) -> Text:
    """A paragraph. ReportLab breaks Chinese before a comma and within a number; so Chinese lines are broken here."""
    if style.wordWrap != "CJK":
        return Text(escape(words), style)
    lines, used = [""], style.firstLineIndent
    for token in _TOKEN.findall(words):
        width = pdfmetrics.stringWidth(token, style.fontName, style.fontSize)
        if used + width > wide and lines[-1]:
            lines.append("")
            used = 0
        lines[-1] += token
        used += width
    return Text("<br/>".join(map(escape, lines)), style)


def _numbered(canvas: Any, maker: Any) -> None:
    """`— 1 —` below the text, as official papers have it."""
    canvas.setFont(REGULAR, 14)
    canvas.drawCentredString(A4[0] / 2, BOTTOM - 14 * mm, f"— {maker.page} —")


def _wrap(paper: Document) -> dict[str, Any]:
    """English breaks between words, and is not indented."""
    return {"wordWrap": None} if paper.lang == "en" else {}


def _head(paper: Document) -> Iterator[Any]:
    title = _style(46, 60, alignment=TA_CENTER, textColor=HexColor(RED), fontName=BOLD)
    yield _text(paper.title, title)
    yield _text(paper.number, _style(16, 28, alignment=TA_CENTER))
    size = 12 if paper.lang == "en" else 14
    sides = _style(size, 24, **_wrap(paper)), _style(size, 24, alignment=TA_RIGHT, **_wrap(paper))
    cells = [_text(text, style) for text, style in zip((paper.issuer, paper.date), sides, strict=True)]
    yield Grid([cells], colWidths=[WIDTH * 0.74, WIDTH * 0.26], style=[("LEFTPADDING", (0, 0), (-1, -1), 0),
               ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")])  # fmt: skip
    yield HRFlowable(width="100%", thickness=2, color=HexColor(RED), spaceBefore=2, spaceAfter=10)
    yield _text(paper.period, _style(16, 28, alignment=TA_CENTER, fontName=BOLD))


def _body(paper: Document) -> Iterator[Any]:
    indent = 0 if paper.lang == "en" else 32
    heading = _style(16, 28, fontName=BOLD, firstLineIndent=indent, spaceBefore=8, **_wrap(paper))
    justified = _style(16, 28, firstLineIndent=indent, alignment=TA_JUSTIFY, **_wrap(paper))
    note = _style(10.5, 16, firstLineIndent=indent * 2 / 3, spaceBefore=4, spaceAfter=4, **_wrap(paper))
    waiting: list[Any] = []  # a heading stays with what follows it
    for block in paper.blocks:
        made = [*waiting, *_block(block, heading, justified, note)]
        waiting = made if isinstance(block, Heading) else []
        if not waiting:
            yield from [KeepTogether(made)] if _whole(block) else made


def _whole(block: Block) -> bool:
    """Whether it should not be broken over two pages."""
    return isinstance(block, Map) or (isinstance(block, Table) and len(block.lines) <= SHORT)


def _block(block: Block, heading: ParagraphStyle, body: ParagraphStyle, note: ParagraphStyle) -> list[Any]:
    match block:
        case Heading():
            return [CondPageBreak(4 * heading.leading), _text(block.text, heading)]
        case Paragraph():
            return [_text(block.text, note if block.note else body)]
        case Table():
            return [CondPageBreak(80), Spacer(1, 6), _grid(block, body), Spacer(1, 6)]
        case Map():
            return [_drawing(block), _text(block.caption, _style(12, 18, alignment=TA_CENTER))]


def _grid(table: Table, body: ParagraphStyle) -> Grid:
    whole = sum(table.widths)
    widths = [WIDTH * width / whole for width in table.widths]

    def cells(row: tuple[str, ...], font: str) -> list[Text]:
        sides = [{} if k < table.texts else {"alignment": TA_RIGHT} for k in range(len(row))]
        styles = [_style(10.5, 14, fontName=font, wordWrap=body.wordWrap, **side) for side in sides]
        return [
            _text(text, *how) for text, how in zip(row, zip(styles, (w - 6 for w in widths), strict=True), strict=True)
        ]

    ink, hair = HexColor(INK), HexColor(RULE)
    style: list[tuple[Any, ...]] = [
        ("SPAN", (0, 0), (-1, 0)), ("LINEABOVE", (0, 1), (-1, 1), 1, ink), ("LINEBELOW", (0, 1), (-1, 1), 0.8, ink),
        ("LINEBELOW", (0, 2), (-1, -1), 0.4, hair), ("LINEBELOW", (0, -1), (-1, -1), 1, ink),
        ("BACKGROUND", (0, 1), (-1, 1), HexColor("#f2f4f6")), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]  # fmt: skip
    caption = [_text(table.caption, _style(12, 18, alignment=TA_CENTER)), *[""] * (len(widths) - 1)]
    rows = [cells(line.cells, BOLD if line.total else REGULAR) for line in table.lines]
    return Grid([caption, cells(table.head, REGULAR), *rows], colWidths=widths, repeatRows=2, style=style)


def _drawing(drawn: Map) -> Drawing:
    wide = WIDTH * _MAP
    high, key = drawn.height * wide, 22
    found = Drawing(WIDTH, high + key)
    off = (WIDTH - wide) / 2
    for shape in drawn.shapes:
        found.add(_outline(shape, off, key + high, wide))
    for shape in drawn.shapes:  # above every outline
        for label in _labels(shape, off, key + high, wide):
            found.add(label)
    step = WIDTH / len(drawn.legend)
    for k, (tone, said) in enumerate(drawn.legend):
        found.add(Rect(k * step + 4, 4, 14, 10, fillColor=HexColor(fill(tone)), strokeColor=HexColor(RULE)))
        found.add(String(k * step + 22, 5, said, fontName=REGULAR, fontSize=9.5))
    return found


def _outline(shape: Shape, left: float, top: float, wide: float) -> Outline:
    outline = Outline(fillColor=HexColor(fill(shape.tone)), strokeColor=HexColor(INK), strokeWidth=0.4)
    for ring in shape.rings:
        for k, (x, y) in enumerate(ring):
            (outline.lineTo if k else outline.moveTo)(left + x * wide, top - y * wide)
        outline.closePath()
    return outline


def _labels(shape: Shape, left: float, top: float, wide: float) -> Iterator[String]:
    ink = HexColor("#ffffff" if light(shape.tone) else INK)
    x, y = left + shape.at[0] * wide, top - shape.at[1] * wide
    lines = ((-2, BOLD, shape.label), (9, REGULAR, shape.value))
    for down, font, text in lines:
        yield String(x, y - down, text, textAnchor="middle", fontName=font, fontSize=9, fillColor=ink)


def _tail(paper: Document) -> Iterator[Any]:
    """Who signs, and the lines at the end of an official paper (版记)."""
    ink = HexColor(INK)
    cells = [
        [_text(line, _style(14, 22, **_wrap(paper)), WIDTH - 12)] for line in (paper.copies, paper.printed) if line
    ]
    lines = [("LINEABOVE", (0, 0), (-1, 0), 1, ink), ("LINEBELOW", (0, 0), (-1, -1), 0.6, ink),
             ("LINEBELOW", (0, -1), (-1, -1), 1, ink)]  # fmt: skip
    signed = _text(paper.signed, _style(16, 28, alignment=TA_RIGHT))
    yield KeepTogether([signed, Spacer(1, 24), Grid(cells, colWidths=[WIDTH], style=lines)])
