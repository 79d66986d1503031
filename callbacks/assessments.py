"""The assessment (考核) over HTTP: `/assessment` is the page, `GET /api/assessment` the same as data or a file.

Both take `of` (a sheet's key) and `period` (`2026-11`, `2026-Q4`, `2026`; none: the month going on); the latter
`format`: json, csv or xlsx. Scores are counted when asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Final

import flask
import xlsxwriter

from callbacks.asked import as_json, explained, one_of
from callbacks.live import Viewed
from dashboard import clock
from dashboard.assessment import Period, Score, assess, period, periods
from dashboard.cities import City
from dashboard.codec import Malformed
from dashboard.indicators import Indicators
from dashboard.regions import Level
from dashboard.scoresheet import Sheet, load_sheets
from layouts.assessment import Sayer, Who
from layouts.brief.map import english_names
from layouts.words import Locale

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LEVELS: Final = {6: Level.district, 9: Level.town, 12: Level.community}
Cells = Iterable[list[str | float | None]]


def register(
    server: flask.Flask, pipeline: Viewed, indicators: Indicators | None, city: City, locale: Callable[[], Locale],
    now: Callable[[], int] = clock.now_ms,
) -> None:  # fmt: skip
    """Add the routes; without indicators, or a city pack without score sheets, there are none.

    Raises:
        SheetError: the pack's score sheets cannot be used.
    """
    sheets = load_sheets(city.folder, indicators.book) if indicators else None
    if indicators is None or sheets is None:
        return

    def asked() -> tuple[Sayer, Period, list[Score], Who]:
        key = one_of("of", tuple(sheets.sheets))
        chosen = _period(now())
        indicators.cases.reach(now())
        scores = assess(indicators, sheets, key, chosen.window, _groups(city, sheets.sheets[key]))
        sayer = Sayer(sheets, key, indicators.book, locale())
        return sayer, chosen, scores, _names(pipeline, city, sheets.sheets[key], scores, locale())

    @explained
    def page() -> flask.Response:
        sayer, chosen, scores, who = asked()
        since = indicators.cases.since
        offered = periods(now(), now() if since is None else since)
        return flask.Response(sayer.page(scores, who, chosen, offered), mimetype="text/html")

    @explained
    def data() -> flask.Response:
        form = one_of("format", ("json", "csv", "xlsx"))
        sayer, chosen, scores, who = asked()
        if form == "json":
            return as_json({"of": sayer.key, "period": chosen.key, "over": chosen.over, "scores": scores})
        return _file(sayer.rows(scores, who), form, f"assessment-{sayer.key}-{chosen.key}")

    server.add_url_rule("/assessment", "assessment", page)
    server.add_url_rule("/api/assessment", "assessment_data", data)


def _period(now_ms: int) -> Period:
    key = flask.request.args.get("period") or clock.city_day(now_ms)[:7]
    try:
        return period(key, now_ms)
    except ValueError as fault:
        raise Malformed("period", key, str(fault)) from fault


def _groups(city: City, sheet: Sheet) -> list[str]:
    """Every region of a level is assessed; of departments and workers those who have cases."""
    return [region.code for region in city.regions.of_level(_LEVELS[sheet.digits])] if sheet.digits else []


def _names(pipeline: Viewed, city: City, sheet: Sheet, scores: list[Score], locale: Locale) -> Who:
    if sheet.by == "region":
        english = english_names(city) if locale == "en" else {}
        return lambda code: english.get(code) or city.regions.place(code)
    if sheet.by == "department":
        names = {one.key: str(getattr(one.name, locale)) for one in city.departments}
    else:
        names = pipeline.look(
            lambda picture: {
                one.key: picture.fleet.names[row]
                for one in scores
                if (row := picture.fleet.row_of.get(one.key)) is not None
            }
        )
    return lambda key: names.get(key) or key


def _file(rows: Cells, form: str, name: str) -> flask.Response:
    content, kind = (_csv(rows), "text/csv; charset=utf-8") if form == "csv" else (_xlsx(rows), _XLSX)
    answer = flask.Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return answer


def _csv(rows: Cells) -> bytes:
    """With a byte-order mark, by which spreadsheets know the encoding; no cell is taken for a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: str | float | None) -> str | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _xlsx(rows: Cells) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, wrapped = book.add_worksheet(), book.add_format({"text_wrap": True, "valign": "top"})
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(row) - 2, 12)
        sheet.set_column(len(row) - 1, len(row) - 1, 80)
    return out.getvalue()
