"""A brief as one HTML page that prints as A4: text, tables and an SVG; it needs no script and no network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape

from layouts.brief.document import (
    INK,
    NOTHING,
    RED,
    RULE,
    TONES,
    Block,
    Document,
    Heading,
    Map,
    Paragraph,
    Shape,
    Table,
    light,
)  # fmt: skip

_FACE = "/assets/vendor/noto-sans-sc-chinese-simplified-{0}-normal.woff2"
_STYLE = f"""
@font-face{{font-family:"Noto Sans SC";src:local("Noto Sans SC"),url({_FACE.format(400)})}}
@font-face{{font-family:"Noto Sans SC";font-weight:700;src:local("Noto Sans SC Bold"),url({_FACE.format(700)})}}
@page{{size:A4;margin:37mm 26mm 35mm 28mm}}
*{{box-sizing:border-box}}
body{{margin:0;background:#e8ecef;color:{INK};font:16pt/28pt FangSong_GB2312,FangSong,STFangsong,"Noto Sans SC",serif;
font-variant-numeric:tabular-nums}}
main{{width:210mm;max-width:100%;margin:8mm auto;padding:24mm 26mm 20mm 28mm;background:#fff;
box-shadow:0 1px 6px #0003}}
h1{{margin:0 0 6mm;text-align:center;color:{RED};font:400 44pt/1.2 FZXiaoBiaoSong-B05S,STZhongsong,"Noto Sans SC",serif;
letter-spacing:.12em}}
[lang=en] h1{{letter-spacing:0}}
h2{{margin:8pt 0 0;text-indent:2em;font:400 16pt/28pt SimHei,STHeiti,"Noto Sans SC",sans-serif;break-after:avoid}}
[lang=en] :is(h2,p){{text-indent:0}}[lang=en] h2{{font-weight:700}}
p{{margin:0;text-indent:2em;text-align:justify}}
p.note{{font-size:10.5pt;line-height:16pt;margin:4pt 0}}
.mast{{text-align:center}}.sides{{display:flex;justify-content:space-between}}
.red{{border:0;border-top:2pt solid {RED};margin:2mm 0 6mm}}
.period{{text-align:center;font-weight:700}}
table{{width:100%;margin:0 0 6pt;border-collapse:collapse;table-layout:fixed;font-size:10.5pt;line-height:15pt;
border-block:1pt solid {INK}}}
caption{{padding:8pt 0 3pt;font:400 12pt/18pt SimHei,STHeiti,"Noto Sans SC",sans-serif}}
th,td{{padding:2pt 3pt;border-bottom:.4pt solid {RULE};text-align:left;font-weight:400;overflow-wrap:anywhere}}
thead{{display:table-header-group}}tr{{break-inside:avoid}}
thead th{{border-bottom:.8pt solid {INK};background:#f2f4f6}}
.n{{text-align:right}}tr.total td{{font-weight:700;border-top:.8pt solid {INK}}}
figure{{margin:4pt 0;break-inside:avoid;text-align:center}}svg{{width:100%;max-height:100mm}}
svg text{{font:12px "Noto Sans SC",sans-serif}}figcaption{{font:400 12pt/18pt SimHei,"Noto Sans SC",sans-serif}}
footer{{margin-top:14mm;border-block:1pt solid {INK};font-size:14pt;line-height:24pt;break-inside:avoid}}
footer p{{text-indent:0;padding:0 1em}}footer p+p{{border-top:.5pt solid {INK}}}
@media print{{body{{background:none}}main{{width:auto;margin:0;padding:0;box-shadow:none}}}}
"""
WIDTH, KEY_H = 640, 26
"""Of the map's drawing, in its own units, and the height of its legend."""


def page(paper: Document) -> str:
    """The document."""
    body = "".join(map(_block, paper.blocks))
    ends = "".join(f"<p>{escape(line)}</p>" for line in (paper.copies, paper.printed) if line)
    return (
        f'<!doctype html>\n<html lang="{paper.lang}"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(paper.name)}</title><style>{_STYLE}</style>'
        f'</head><body><main><header class="mast"><h1>{escape(paper.title)}</h1><div>{escape(paper.number)}</div>'
        f'<div class="sides"><span>{escape(paper.issuer)}</span><span>{escape(paper.date)}</span></div>'
        f'<hr class="red"><div class="period">{escape(paper.period)}</div></header>{body}'
        f'<p class="n">{escape(paper.signed)}</p><footer>{ends}</footer></main></body></html>\n'
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h2>{escape(block.text)}</h2>"
        case Paragraph():
            return f"<p{' class=note' * block.note}>{escape(block.text)}</p>"
        case Table():
            return _table(block)
        case Map():
            return f"<figure>{svg(block)}<figcaption>{escape(block.caption)}</figcaption></figure>"


def _table(table: Table) -> str:
    whole = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / whole:.1f}%">' for width in table.widths)
    cells = partial(_cells, texts=table.texts)
    rows = "".join(f"<tr{' class=total' * row.total}>{cells('td', row.cells)}</tr>" for row in table.lines)
    return (
        f"<table><caption>{escape(table.caption)}</caption><colgroup>{columns}</colgroup>"
        f"<thead><tr>{cells('th', table.head)}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(tag: str, row: Iterable[str], texts: int) -> str:
    return "".join(f"<{tag}{' class=n' * (k >= texts)}>{escape(text)}</{tag}>" for k, text in enumerate(row))


def svg(drawn: Map) -> str:
    """The map, its names and values, and its legend below."""
    high = drawn.height * WIDTH
    shapes = "".join([*map(_outline, drawn.shapes), *map(_labels, drawn.shapes)])
    wide = WIDTH / len(drawn.legend)
    keys = "".join(
        f'<rect x="{k * wide + 8:.0f}" y="{high + 8:.0f}" width="16" height="12" fill="{fill(tone)}" stroke="{RULE}"/>'
        f'<text x="{k * wide + 30:.0f}" y="{high + 18:.0f}">{escape(said)}</text>'
        for k, (tone, said) in enumerate(drawn.legend)
    )
    box = f"0 0 {WIDTH} {high + KEY_H:.0f}"
    return f'<svg viewBox="{box}" role="img" xmlns="http://www.w3.org/2000/svg">{shapes}{keys}</svg>'


def fill(tone: int | None) -> str:
    """A tone's colour."""
    return NOTHING if tone is None else TONES[tone]


def _outline(shape: Shape) -> str:
    paths = " ".join("M" + "L".join(f"{x * WIDTH:.1f} {y * WIDTH:.1f}" for x, y in ring) + "Z" for ring in shape.rings)
    return f'<path d="{paths}" fill="{fill(shape.tone)}" stroke="{INK}" stroke-width=".6"/>'


def _labels(shape: Shape) -> str:
    """Name and value, above every outline."""
    ink = "#fff" if light(shape.tone) else INK
    x, y = shape.at[0] * WIDTH, shape.at[1] * WIDTH
    look = f'text-anchor="middle" fill="{ink}"'
    lines = ((-2, 700, shape.label), (13, 400, shape.value))
    return "".join(
        f'<text x="{x:.0f}" y="{y + down:.0f}" font-weight="{weight}" {look}>{escape(text)}</text>'
        for down, weight, text in lines
    )
