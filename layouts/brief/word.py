"""A brief as a DOCX that offices edit: the typefaces of official papers by name, real headings, tables that repeat
their heads over pages, and the map as a picture. Sizes and margins as GB/T 9704 has them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from PIL import Image, ImageDraw, ImageFont

from layouts.brief import fonts
from layouts.brief.document import INK, RED, RULE, Block, Document, Heading, Map, Paragraph, Table, light
from layouts.brief.page import fill

TITLE, HEAD, BODY = "方正小标宋简体", "黑体", "仿宋_GB2312"
_LATIN = "Times New Roman"
_PIXELS = 1500
_WIDE = 156
"""Millimetres between the margins."""
_LEFT, _CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def docx(paper: Document, folder: Path, made_ms: int) -> bytes:
    """The file; `folder` keeps the typeface's files; `made_ms` (UTC) is what it says of when it was made."""
    file = Docx()
    _settings(file, paper, made_ms)
    _add(file, paper.title, TITLE, 46, _CENTRE, RED, exact=60)
    _add(file, paper.number, BODY, 16, _CENTRE)
    sides = _add(file, f"{paper.issuer}\t{paper.date}", BODY, 14)
    sides.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDE), alignment=WD_TAB_ALIGNMENT.RIGHT)
    _line_below(sides, RED, 16)
    _add(file, paper.period, HEAD, 16, _CENTRE)
    indent = Pt(0) if paper.lang == "en" else Pt(32)
    for block in paper.blocks:
        _block(file, block, indent, folder)
    _add(file, paper.signed, BODY, 16, _RIGHT)
    for line in (paper.copies, paper.printed):
        if line:
            _line_below(_add(file, line, BODY, 14), INK, 6)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _settings(file: Any, paper: Document, made_ms: int) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    told = file.core_properties
    told.title, told.author, told.subject = paper.name, paper.issuer, paper.period
    told.created = told.modified = datetime.fromtimestamp(made_ms / 1000, UTC)
    told.language = paper.lang
    heading = file.styles["Heading 1"]
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(8), Pt(0)
    footer = section.footer.paragraphs[0]
    footer.alignment = _CENTRE
    for text, kind in (("— ", ""), ("PAGE", "field"), (" —", "")):
        _field(footer, text) if kind else _set(footer.add_run(text), "宋体", 14)


def _field(paragraph: Any, code: str) -> None:
    run = paragraph.add_run()
    _set(run, "宋体", 14)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _set(run: Any, face: str, size: float, colour: str = INK, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = _LATIN, Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour[1:].upper())
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _add(
    file: Any, text: str, face: str, size: float, align: Any = _LEFT, colour: str = INK, exact: float = 28,
    style: str = "Normal",
) -> Any:  # fmt: skip
    paragraph = file.add_paragraph(style=style)
    _set(paragraph.add_run(text), face, size, colour)
    form = paragraph.paragraph_format
    form.alignment, form.space_before, form.space_after = align, Pt(0), Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exact)
    return paragraph


def _line_below(paragraph: Any, colour: str, eighths: int) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour[1:])):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    # The order of these elements is part of the format, and offices insist on it.
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:tabs", "w:spacing", "w:ind", "w:jc")


def _block(file: Any, block: Block, indent: Any, folder: Path) -> None:
    match block:
        case Heading():
            _add(file, block.text, HEAD, 16, style="Heading 1").paragraph_format.first_line_indent = indent
        case Paragraph():
            size, exact = (10.5, 16) if block.note else (16, 28)
            added = _add(file, block.text, BODY, size, exact=exact)
            added.paragraph_format.first_line_indent = int(indent * size / 16)
        case Table():
            _add(file, block.caption, HEAD, 12, _CENTRE, exact=20).paragraph_format.keep_with_next = True
            _table(file, block)
        case Map():
            file.add_picture(BytesIO(picture(block, folder)), width=Mm(_WIDE * 0.75))
            file.paragraphs[-1].alignment, file.paragraphs[-1].paragraph_format.keep_with_next = _CENTRE, True
            _add(file, block.caption, HEAD, 12, _CENTRE, exact=20)


def _table(file: Any, table: Table) -> None:
    grid = file.add_table(rows=0, cols=len(table.head), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    whole = sum(table.widths)
    widths = [Mm(_WIDE * width / whole) for width in table.widths]
    for column, width in zip(grid.columns, widths, strict=True):  # Word goes by the cells, LibreOffice by the columns
        column.width = width
    _close_up(grid)
    for n, (cells, bold) in enumerate([(table.head, False), *((line.cells, line.total) for line in table.lines)]):
        row = grid.add_row()
        for k, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[k]
            paragraph = cell.paragraphs[0]
            paragraph.alignment = _LEFT if k < table.texts else _RIGHT
            paragraph.paragraph_format.space_after = Pt(0)
            _set(paragraph.add_run(text), HEAD if n == 0 else BODY, 10.5, bold=bold)
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _close_up(grid: Any) -> None:
    """Less air at the sides of cells than offices put there: a number shall not break in two."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "45")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    grid._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)


def picture(drawn: Map, folder: Path) -> bytes:
    """The map as a PNG."""
    high, key, size = int(drawn.height * _PIXELS), 90, 34
    image = Image.new("RGB", (_PIXELS, high + key), "white")
    pen = ImageDraw.Draw(image)
    plain, bold = (ImageFont.truetype(str(fonts.truetype(folder, w)), size) for w in (fonts.REGULAR, fonts.BOLD))
    for shape in drawn.shapes:
        for ring in shape.rings:
            points = [(x * _PIXELS, y * _PIXELS) for x, y in ring]
            pen.polygon(points, fill=fill(shape.tone))
            pen.line([*points, points[0]], fill=INK, width=2)
    for shape in drawn.shapes:
        ink = "white" if light(shape.tone) else INK
        x, y = shape.at[0] * _PIXELS, shape.at[1] * _PIXELS
        for n, text in enumerate((shape.label, shape.value)):
            pen.text((x, y + 40 * (n - 0.5)), text, fill=ink, font=plain if n else bold, anchor="mm")
    step = _PIXELS / len(drawn.legend)
    for n, (tone, said) in enumerate(drawn.legend):
        pen.rectangle((n * step + 14, high + 28, n * step + 62, high + 64), fill=fill(tone), outline=RULE)
        pen.text((n * step + 76, high + 46), said, fill=INK, font=plain, anchor="lm")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
