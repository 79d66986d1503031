"""The workbench over HTTP: files that open, formulas that stay text, views that are kept, clicks that choose."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import duckdb
import flask
import openpyxl
import pytest

from callbacks import analyst
from callbacks.analyst.clicks import choose, marked
from callbacks.analyst.pinned import FAILED_S
from callbacks.analyst.rows import ordered
from callbacks.analyst.sheet import write
from callbacks.analyst.views import LONGEST, MOST, Views
from dashboard import clock
from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.filters import Filter
from dashboard.indicators import Indicators
from dashboard.settings import Settings
from feeds.orders import Refused
from layouts.analyst import ids
from layouts.analyst.names import catalogue
from layouts.analyst.state import State
from layouts.words import Locale
from tests.dashboard.test_cases import Held, followed
from tests.dashboard.test_indicators import BOOK
from tests.support import T0, entry, reported, small_picture

EVIL = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "安全"]
NOW = T0 + 3_600_000


def no_case(event_id: str) -> dict[str, object]:
    """Nobody has reported it."""
    raise KeyError(event_id)


def asking(cases: Cases, folder: Path, locale: Locale = "zh") -> Any:
    """A client of the workbench over these cases."""
    server = flask.Flask("test")
    found = Indicators(cases, BOOK)
    analyst.register(server, load_city("changzhou"), found, Settings(data_dir=folder), no_case, lambda: locale)
    return server.test_client()


@pytest.fixture
def client(tmp_path: Path) -> Any:
    picture = small_picture()
    for n, title in enumerate(EVIL):
        said = reported(f"e{n}", title=title, channel=title)
        picture.apply(entry("event.reported", said, at=T0 + n, time_ms=T0 + n))
    return asking(followed(picture), tmp_path)


def rows_of(client: Any, form: str, what: str = "rows", query: str = "kpi=reported&when=24h") -> bytes:
    """A file."""
    with client.get(f"/api/analyst/{what}.{form}?{query}&at={NOW}") as answer:
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        return bytes(answer.data)


def test_a_csv_begins_with_its_mark_and_holds_no_formula(client: Any) -> None:
    text = rows_of(client, "csv")
    assert text.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    for name in ("title", "channel"):
        assert sorted(row[name] for row in table) == sorted(["'" + t for t in EVIL[:-1]] + [EVIL[-1]])
    assert {row["severity"] for row in table} == {"重大"}


def test_nothing_of_a_file_is_left_behind(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for method in ("GET", "HEAD"):  # of the second nobody reads any of it
        with client.open("/api/analyst/rows.csv?when=24h", method=method) as answer:
            assert answer.status_code == 200
    monkeypatch.setattr("callbacks.analyst.downloads.SHEET_S", 0)
    assert client.get("/api/analyst/rows.xlsx?when=24h").status_code == 503, "the sheet was not done in time"
    assert list(tmp_path.glob("wall-analyst-*")) == []


def test_a_parquet_file_reads_back(client: Any, tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(rows_of(client, "parquet"))
    found = duckdb.sql(f"SELECT title, reported FROM '{tmp_path}/x.parquet' ORDER BY id").fetchall()
    assert [title for title, _ in found] == EVIL


def test_a_sheet_opens_with_text_as_text(client: Any) -> None:
    page = openpyxl.load_workbook(io.BytesIO(rows_of(client, "xlsx"))).active
    head, *rows = list(page.iter_rows(values_only=True))
    assert sorted(str(row[head.index("title")]).strip() for row in rows) == sorted(title.strip() for title in EVIL)
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row if cell.column_letter == "B"} == {"s"}


def test_the_numbers_of_a_chart_are_a_file_too(client: Any) -> None:
    query = "kpi=reported&when=24h&panel=hours"
    [row] = csv.DictReader(io.StringIO(rows_of(client, "csv", "numbers", query).decode("utf-8-sig")))
    assert row["n"] == str(len(EVIL))
    assert openpyxl.load_workbook(io.BytesIO(rows_of(client, "xlsx", "numbers", query))).active["C2"].value == len(EVIL)


def test_one_chart_is_drawn_for_who_shows_it_elsewhere(client: Any) -> None:
    def chart(**more: str) -> Any:
        return client.get("/api/analyst/chart", query_string={"panel": "hours", "when": "24h", "category": "x", **more})

    day, night = chart().json, chart(theme="night", lang="en").json
    assert day["said"] == "近24小时 · x"
    assert night["said"].endswith(" · x")
    assert day["figure"]["layout"]["font"]["color"] != night["figure"]["layout"]["font"]["color"]
    assert chart().json == day, "kept, and the same for all who ask"
    assert "均值" in str(chart(panel="signals", kpi="satisfaction_mean").json["figure"]), "not: no cases"
    for wrong in ({"panel": "repeats"}, {"panel": "x"}, {"u": "9999"}, {"u": "nan"}, {"theme": "dusk"}):
        assert chart(**wrong).status_code == 400


def test_why_there_is_no_chart_is_kept_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    cases, url = Cases(Held(small_picture())), "/api/analyst/chart?panel=hours&when=24h"
    client = asking(cases, tmp_path)
    assert client.get(url).status_code == 503, "nothing has been read yet"
    cases.fill()
    again = client.get(url)
    assert (again.status_code, again.headers["Retry-After"]) == (503, "3"), "it is not asked again by each screen"
    assert client.get(f"{url}&lang=en").status_code == 200, "another question is another's"
    now += FAILED_S
    assert client.get(url).status_code == 200


def test_what_there_is_no_file_of_is_refused(client: Any) -> None:
    assert client.get("/api/analyst/rows.pdf").status_code == 404
    assert client.get("/api/analyst/numbers.csv?panel=x").status_code == 400
    assert client.get("/api/analyst/rows.csv?at=now").status_code == 400
    assert client.get("/api/analyst/rows.csv?at=355687428096001").status_code == 400


def test_what_looks_like_a_code_is_the_same_text_to_whoever_reads_the_sheet(tmp_path: Path) -> None:
    said = ["_x0041_", "a_x000d_b", "_x0041_x0042_", "_x005F_x0041_", "__x0041_ <&> ", " _x", "_X0041_"]
    rows = ", ".join(f"('{title}')" for title in said)
    duckdb.sql(f"COPY (FROM (VALUES {rows}) t(title)) TO '{tmp_path}/x.parquet'")
    write(tmp_path / "x.parquet", tmp_path / "x.xlsx")
    page = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [title for (title,) in page.iter_rows(min_row=2, values_only=True)] == said
    assert spreadsheet_text(tmp_path / "x.xlsx") == said


def spreadsheet_text(path: Path) -> list[str]:
    """The cells below the head as Excel reads them (ECMA-376, 22.9.2.19 ST_Xstring), which openpyxl does not."""
    sheet = ElementTree.fromstring(ZipFile(path).read("xl/worksheets/sheet1.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

    def plain(text: str | None) -> str:
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text or "")

    return ["".join(plain(t.text) for t in cell.iter(f"{name}t")) for cell in sheet.iter(f"{name}is")]


def test_a_sheet_has_room_for_so_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb.sql(f"COPY (SELECT range AS n FROM range(50)) TO '{tmp_path}/x.parquet'")
    monkeypatch.setattr("callbacks.analyst.sheet.MOST_ROWS", 20)
    assert write(tmp_path / "x.parquet", tmp_path / "x.xlsx") == (50, 20)
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active.max_row == 21


def test_the_page_is_one_of_its_own(client: Any) -> None:
    page = client.get("/analyst")
    assert page.status_code == 200
    assert 'data-page="analyst"' in page.text
    assert "main.mjs" not in page.text
    statuses = {path: client.get(f"/analyst/{path}").status_code for path in ("", "_dash-layout", "nothing", "a/b")}
    assert statuses == {"": 200, "_dash-layout": 200, "nothing": 404, "a/b": 404}


def test_the_page_is_called_in_the_readers_language(client: Any, tmp_path: Path) -> None:
    assert "<title>研判工作台</title>" in client.get("/analyst").text
    english = asking(Cases(Held(small_picture())), tmp_path, "en").get("/analyst").text
    assert f"<title>{catalogue('en')['title']}</title>" in english


def test_whatever_has_no_answer_yet_is_asked_again(tmp_path: Path) -> None:
    client = asking(Cases(Held(small_picture())), tmp_path)  # nothing has been read yet
    page = {"page": "a", "locale": "zh"}
    asked = {"search": "", "at": NOW, "unit": 1.0, "theme": "day", "again": 0, **page}
    for place in (ids.CARDS, ids.FACETS):
        [output] = [one["output"] for one in client.get("/analyst/_dash-dependencies").json if place in one["output"]]
        outputs = [dict(zip(("id", "property"), one.split("."), strict=True)) for one in output.strip(".").split("...")]
        said = client.post("/analyst/_dash-update-component", json={
            "output": output, "outputs": outputs if output.startswith("..") else outputs[0], "state": [],
            "inputs": [{"id": ids.ASKED, "property": "data", "value": asked}], "changedPropIds": [f"{ids.ASKED}.data"],
        })  # fmt: skip
        assert said.json["sideUpdate"] == {ids.RETRY: {"disabled": False}}, place
        assert "0%" in said.text


def test_views_are_kept_listed_and_dropped(client: Any) -> None:
    url, kept = "/api/analyst/views", {"name": " 周一  例会 ", "query": "?when=7d&nonsense=1"}
    assert client.post(url, json=kept).status_code == 201
    assert client.get(url).json == {"views": [{"name": "周一 例会", "query": "when=7d"}]}
    assert client.post(url, json=kept, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert client.post(url, data="{}").status_code == 415
    assert client.post(url, json={"name": "", "query": ""}).status_code == 400
    assert client.delete(f"{url}/周一 例会", json={}).status_code == 200
    assert client.delete(f"{url}/周一 例会", json={}).status_code == 404
    assert client.get(url).json == {"views": []}


def test_views_have_limits_and_an_unreadable_file_has_none(tmp_path: Path) -> None:
    views = Views(tmp_path / "views.json", BOOK)
    (tmp_path / "views.json").write_text("?")
    assert views.all() == []
    (tmp_path / "views.json").write_text(json.dumps([{"name": str(n), "query": ""} for n in range(MOST)]))
    assert views.keep("7", "when=7d").query == "when=7d", "one of the same name gives way"
    with pytest.raises(Refused, match="drop one"):
        views.keep("one more", "")
    with pytest.raises(Refused):
        views.keep("x" * (LONGEST + 1), "")


def test_a_click_chooses_and_the_same_click_lets_go() -> None:
    once = choose(State(), [["department", "housing"]], NOW)
    assert once.chosen == Filter(department=("housing",))
    assert choose(once, [["department", "housing"]], NOW) == State()
    cell = choose(State(), marked({"points": [{"x": 9, "y": 0, "z": 4}]}), NOW)
    assert (cell.chosen.weekday, cell.chosen.hour) == ((0,), (9,))
    assert choose(cell, [["hours", 0, 9]], NOW) == State()
    assert choose(State(), [["region", "320412"]], NOW).chosen.region == "320412"
    assert choose(State(), [["pair", "a", "b"]], NOW).chosen == Filter(category=("a",), department=("b",))
    days = choose(State(), [["day", "2026-03-05"], ["day", "2026-03-02"]], NOW)
    assert days.span == "2026-03-02..2026-03-05"
    assert choose(days, [["day", "2026-03-02"], ["day", "2026-03-05"]], NOW).span == ""
    assert marked(None) == marked({"points": [{"x": 1}]}) == []


def test_only_what_can_be_sorted_by_is() -> None:
    assert ordered([{"colId": "due", "sort": "desc"}, {"colId": "id"}]) == (("due", True),)
    assert ordered([{"colId": "key"}]) == ()
