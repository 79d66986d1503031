"""The brief's documents, opened again: the same numbers in each, Chinese that can be read, a typeface of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from docx import Document as Docx
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from dashboard.brief import Brief, Live, draw_up, window_of
from dashboard.cities import load_city
from dashboard.clock import DAY_MS
from dashboard.indicators import one
from dashboard.kpibook import load_book
from dashboard.workdays import WorkClock
from layouts.brief import fonts, numbers
from layouts.brief.document import Document, Map, Paragraph, Table
from layouts.brief.order import Order, Unmade, made, made_aside
from layouts.brief.page import page
from layouts.brief.text import Issue, document
from layouts.words import LOCALES, Locale, catalogue
from tests.dashboard.briefs import DAY, START, a_month, asking
from tests.support import DISTRICTS

CITY, BOOK = load_city("changzhou"), load_book()
NOW = START + DAY_MS + 27_000_000
LIVE = Live(NOW, {"on_duty": 890, "workers": 13_080, "visited": 879, "grids": 6_257}, {"average": 1.25, "peak": 7})


@pytest.fixture(scope="module")
def brief() -> Brief:
    codes = [region.code for region in CITY.regions.districts]
    return draw_up(asking(a_month()), window_of(DAY, DAY, NOW), WorkClock(), NOW, codes, LIVE)


@pytest.fixture(scope="session")
def typeface(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both weights as small files: whatever the catalogues and these briefs say, and no more."""
    folder = tmp_path_factory.mktemp("fonts")
    said = set("".join(said for locale in LOCALES for said in catalogue(locale).values()))
    said |= set((Path(__file__).parents[2] / "dashboard/cities/changzhou/city.yaml").read_text())
    said |= set("".join(region.name for region in CITY.regions.districts)) | set(map(chr, range(32, 127)))
    for weight in (fonts.REGULAR, fonts.BOLD):
        font = TTFont(fonts.VENDOR / f"noto-sans-sc-chinese-simplified-{weight}-normal.woff2", lazy=True)
        subset = Subsetter(Options(layout_features=[]))
        subset.populate(text="".join(said | set("路面积水第处丨")))
        subset.subset(font)
        font.flavor = None
        font.save(folder / f"noto-sans-sc-{weight}.ttf")
    return folder


def paper(brief: Brief, locale: Locale = "zh", issue: Issue = Issue(2026, 70)) -> Document:  # noqa: B008
    return document(brief, CITY, BOOK, locale, issue)


def texts(found: Document) -> Iterator[str]:
    """Everything it says."""
    yield from (
        found.title,
        found.number,
        found.period,
        found.issuer,
        found.date,
        found.signed,
        found.copies,
        found.printed,
    )
    for block in found.blocks:
        if isinstance(block, Table):
            yield from (block.caption, *block.head, *(cell for line in block.lines for cell in line.cells))
        elif isinstance(block, Map):
            yield from (block.caption, *(said for _, said in block.legend))
            yield from (text for shape in block.shapes for text in (shape.label, shape.value))
        else:
            yield block.text


def bare(text: str) -> str:
    """Without the spaces and line ends that a layout puts in."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_number_in_it_is_the_catalogues(brief: Brief, locale: Locale) -> None:
    table = next(block for block in paper(brief, locale).blocks if isinstance(block, Table))
    counted = asking(a_month()).over(window_of(DAY, DAY, NOW))
    for line, code in zip(table.lines, brief.headline, strict=True):
        row = one(counted, code)
        assert line.cells[1] == numbers.value(BOOK.kpis[code], row)
        assert line.cells[2] == (numbers.parts(BOOK.kpis[code], row) or numbers.DASH)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_character_is_in_the_typeface(brief: Brief, locale: Locale) -> None:
    known = TTFont(fonts.VENDOR / "noto-sans-sc-chinese-simplified-400-normal.woff2", lazy=True).getBestCmap()
    said = "".join(said for key, said in catalogue(locale).items() if key.startswith("brief."))
    said += "".join(texts(paper(brief, locale)))
    assert [char for char in sorted(set(said)) if ord(char) not in known] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_says_it_all(brief: Brief, locale: Locale) -> None:
    found = paper(brief, locale)
    text = bare(unescape(re.sub(r"<[^>]+>", "", page(found))))
    assert [said for said in texts(found) if bare(said) not in text] == []


def test_what_people_typed_is_text_in_the_page(brief: Brief) -> None:
    worst = [msgspec.structs.replace(brief.overdue.worst[0], title="<script>alert(1)</script>")]
    odd = msgspec.structs.replace(brief, overdue=msgspec.structs.replace(brief.overdue, worst=worst))
    assert "<script" not in page(paper(odd))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_pdf_says_it_all_in_its_own_typeface(brief: Brief, typeface: Path, locale: Locale) -> None:
    order = Order(brief, Issue(2026, 70), "changzhou", locale, str(typeface))
    read = PdfReader(io.BytesIO(made(order, "pdf")))
    text = bare("".join(each.extract_text() for each in read.pages))
    missing = [said for said in texts(paper(brief, locale)) if bare(said) not in text]
    # What is broken over two pages has a page's number, or a repeated head, in between.
    assert len(missing) <= 2, missing
    kept = [font["/FontDescriptor"] for each in read.pages for font in fonts_of(each)]
    assert kept
    assert all("/FontFile2" in descriptor for descriptor in kept)
    assert read.metadata is not None
    assert read.metadata.title == paper(brief, locale).name


def fonts_of(each: Any) -> list[Any]:
    """A page's fonts that draw anything: ReportLab always names Helvetica, too, and never uses it."""
    found = [font.get_object() for font in each["/Resources"]["/Font"].values()]
    return [font for font in found if font["/BaseFont"] != "/Helvetica"]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_docx_says_it_all(brief: Brief, typeface: Path, locale: Locale) -> None:
    order = Order(brief, Issue(2026, 70), "changzhou", locale, str(typeface))
    read = Docx(io.BytesIO(made(order, "docx")))
    said = [each.text for each in read.paragraphs]
    said += [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    drawn = {text for block in paper(brief, locale).blocks if isinstance(block, Map) for text in words_on(block)}
    text = bare("".join(said))
    assert [said for said in texts(paper(brief, locale)) if said not in drawn and bare(said) not in text] == []
    assert len(read.inline_shapes) == 1
    for table in read.tables:  # both of them, for offices differ in which they go by
        assert [column.width for column in table.columns] == [cell.width for cell in table.rows[0].cells]
    assert next(p.text for p in read.paragraphs if p.style is not None and p.style.name == "Heading 1").endswith(
        {"zh": "总体情况", "en": "Overview"}[locale]
    )


def words_on(drawn: Map) -> set[str]:
    """What is in the picture."""
    return {said for _, said in drawn.legend} | {text for shape in drawn.shapes for text in (shape.label, shape.value)}


def test_the_same_brief_gives_the_same_pdf(brief: Brief, typeface: Path) -> None:
    order = Order(brief, Issue(), "changzhou", "zh", str(typeface))
    assert made(order, "pdf") == made(order, "pdf")


def test_a_child_makes_the_same_documents(brief: Brief, typeface: Path) -> None:
    order = Order(brief, Issue(2026, 70), "changzhou", "zh", str(typeface))
    found = made_aside(order, ("html", "pdf"))
    assert found == {form: made(order, form) for form in ("html", "pdf")}


def test_a_child_that_fails_says_why(brief: Brief, tmp_path: Path) -> None:
    order = Order(brief, Issue(), "nowhere", "zh", str(tmp_path))
    with pytest.raises(Unmade, match="no city pack 'nowhere'"):
        made_aside(order, ("html",))


def test_a_correction_and_what_was_missed_say_so(brief: Brief) -> None:
    said = [
        block.text for block in paper(brief, issue=Issue(2026, 71, 70, True)).blocks if isinstance(block, Paragraph)
    ]
    assert said[0] == "本期更正2026年第70期。更正前的文件仍存档备查。"
    assert said[1] == "本期未能按时编发，于2026年3月12日7时30分补发。"
    assert paper(brief, issue=Issue()).number == "预览稿（未编号）"


def test_the_sentence_of_the_storm(brief: Brief) -> None:
    said = [block.text for block in paper(brief).blocks if isinstance(block, Paragraph)]
    storm = next(text for text in said if text.startswith("1. "))
    assert re.fullmatch(
        rf"1\. {DISTRICTS[0]}c0上报3\d件，按往常应为1\.\d件"
        r"（为其[\d.]+倍，95%区间[\d.]+—[\d.]+倍；条件精确检验，q<0\.001）。",
        storm,
    )
    assert any(text.endswith("近24小时告警平均每10分钟1.25条，最多7条；持续24小时以上的告警—条。") for text in said)


@pytest.mark.parametrize(
    ("code", "now", "other", "said"),
    [
        ("reported", {"num": 110}, {"num": 100}, "+10.0%"), ("reported", {"num": 90}, {"num": 100}, "−10.0%"),
        ("reported", {"num": 90}, {"num": 0}, "—"), ("reported", {"num": 90}, None, "—"),
        ("ontime_rate", {"num": 9, "den": 10}, {"num": 8, "den": 10}, "+10.00个百分点"),
        ("ontime_rate", {"num": 9, "den": 10}, {"num": 0, "den": 0}, "—"),
        ("time_to_close", {"num": 1, "den": 1, "p50": 3_600_000}, {"num": 1, "den": 1, "p50": 5_400_000}, "−0.5"),
    ],
)  # fmt: skip
def test_changes(code: str, now: Any, other: Any, said: str) -> None:
    assert numbers.change(BOOK.kpis[code], now, other, catalogue("zh")) == said


@pytest.mark.parametrize(
    ("late_ms", "said"),
    [(0, "—"), (59_000, "0分钟"), (3_599_000, "59分钟"), (3_600_000, "1小时"), (90_000_000, "1日1小时")],
)
def test_how_late(late_ms: int, said: str) -> None:
    assert numbers.late(START, START + late_ms, catalogue("zh")) == said


def test_a_rate_is_cut_as_on_every_page() -> None:
    kpi = BOOK.kpis["ontime_rate"]
    assert numbers.value(kpi, {"num": 770, "den": 831}) == "92.65%"
    assert numbers.value(kpi, {"num": 99_999, "den": 100_000}) == "99.99%"
    assert numbers.value(kpi, {"num": 7, "den": 7}) == f"100.00%{numbers.SMALL}"
