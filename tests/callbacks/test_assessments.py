"""The assessment over HTTP: the page, its reasons, and the files."""

from __future__ import annotations

import csv
import io
import zipfile

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import assessments
from dashboard.cities import load_city
from dashboard.clock import DAY_MS
from tests.dashboard.briefs import START, a_month, asking
from tests.support import Stage


@pytest.fixture
def client(played: Stage) -> FlaskClient:
    server = flask.Flask("test")
    city, now = load_city("changzhou"), START + 2 * DAY_MS
    assessments.register(server, played.pipeline, asking(a_month()), city, lambda: "zh", lambda: now)
    return server.test_client()


def test_every_district_is_listed_and_departments_that_have_cases(client: FlaskClient) -> None:
    said = client.get("/api/assessment?of=district").get_json()
    assert (said["period"], said["over"], len(said["scores"])) == ("2026-03", False, 6)
    assert {score["total"] for score in said["scores"]} == {None}, "all cases are in another city"
    found = client.get("/api/assessment?of=department&period=2026").get_json()["scores"]
    assert [score["key"] for score in sorted(found, key=lambda score: score["key"])] == ["d0", "d1", "d2"]
    assert all(score["total"] is not None for score in found)


def test_the_page_opens_the_reasons_of_each_score(client: FlaskClient) -> None:
    page = client.get("/assessment?of=department&period=2026").text
    assert page.count("<details>") == 3
    assert "按期办结率 " in page
    assert "满分线95%，零分线75%：得" in page
    assert '<option value="2026" selected>2026年</option>' in page


def test_the_files_have_every_score_with_its_reasons(client: FlaskClient) -> None:
    answer = client.get("/api/assessment?of=department&period=2026&format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:5] == ["名次", "编号", "对象", "得分", "星级"]
    assert len(rows) == 4
    assert "按期办结率" in rows[1][-1]
    sheet = client.get("/api/assessment?of=worker&period=2026&format=xlsx")
    assert "[Content_Types].xml" in zipfile.ZipFile(io.BytesIO(sheet.data)).namelist()


@pytest.mark.parametrize("query", ["of=planet", "period=2026-13", "period=2031", "format=exe"])
def test_what_cannot_be_assessed_is_said(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/assessment?{query}")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (400, query.split("=")[0])


def test_no_cell_is_taken_for_a_formula() -> None:
    assert assessments._harmless("=1+1") == "'=1+1"
    assert assessments._harmless(-1.5) == -1.5


def test_without_a_history_there_is_none(played: Stage) -> None:
    server = flask.Flask("test")
    assessments.register(server, played.pipeline, None, load_city("changzhou"), lambda: "zh")
    assert server.test_client().get("/assessment").status_code == 404
