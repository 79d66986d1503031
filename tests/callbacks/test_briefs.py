"""Briefs over HTTP: preview, issue, list, have; and who is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import briefs
from dashboard.cases import Cases, Columns, Filling
from dashboard.scan import Busy
from tests.callbacks.test_briefdesk import MORNING, desk_at
from tests.dashboard.briefs import DAY
from tests.layouts.test_brief import typeface  # noqa: F401 - a fixture


@pytest.fixture
def client(tmp_path: Path, typeface: Path) -> FlaskClient:  # noqa: F811
    server = flask.Flask("test")
    briefs.register(server, desk_at(MORNING, tmp_path, typeface), "07:30")
    return server.test_client()


def issue(client: FlaskClient, **said: Any) -> Any:
    return client.post("/api/briefs", json={"first": DAY, "last": DAY} | said)


def test_a_preview_has_no_number_and_leaves_nothing(client: FlaskClient) -> None:
    said = client.get(f"/api/briefs/preview?from={DAY}&to={DAY}")
    assert (said.status_code, said.content_type) == (200, "text/html; charset=utf-8")
    assert "预览稿（未编号）" in said.text
    assert "Preview (not numbered)" in client.get(f"/api/briefs/preview?from={DAY}&lang=en").text
    assert client.get(f"/api/briefs/preview?from={DAY}&format=pdf").data[:4] == b"%PDF"
    assert client.get("/api/briefs").get_json() == {"briefs": []}


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("", "from", "is missing"), ("from=x", "from", "isoformat"),
        ("from=2026-03-11&to=2026-03-01", "from", "is before"),
        ("from=2027-01-01", "from", "has not begun"), (f"from={DAY}&format=exe", "format", "must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_previewed_is_said(client: FlaskClient, query: str, field: str, said: str) -> None:
    answer = client.get(f"/api/briefs/preview?{query}")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (400, field)
    assert said in answer.get_json()["error"]["reason"]


def test_what_was_issued_is_listed_and_can_be_had(client: FlaskClient) -> None:
    answer = issue(client, by="01席")
    assert (answer.status_code, answer.get_json()["id"]) == (201, "2026-1")
    listed = client.get("/api/briefs").get_json()["briefs"]
    assert [(one["id"], one["by"], one["partial"]) for one in listed] == [("2026-1", "01席", False)]
    kinds = {form: client.get(f"/api/briefs/2026-1.{form}").content_type for form in ("html", "pdf", "docx", "json")}
    assert kinds["pdf"] == "application/pdf"
    assert all(client.get(f"/api/briefs/{path}").status_code == 404 for path in ("2026-2.pdf", "2026-1.exe", "x.pdf"))
    page = client.get("/brief").text
    assert 'data-issue="2026-1"' in page
    assert "2026年第1期" in page


def test_a_second_time_only_as_a_correction(client: FlaskClient) -> None:
    issue(client)
    again = issue(client)
    assert (again.status_code, again.get_json()["error"]["key"]) == (409, "taken")
    assert issue(client, correct=True).get_json()["corrects"] == 1
    assert "更正2026年第1期" in client.get("/brief").text


@pytest.mark.parametrize(("fault", "said"), [(Filling(0.5), "is being read: 50%"), (Busy(), "try again")])
def test_what_cannot_be_issued_yet_may_be_tried_again_soon(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str
) -> None:
    def ask(*_: object) -> Columns:
        raise fault

    monkeypatch.setattr(Cases, "ask", ask)
    answer = issue(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert said in answer.get_json()["error"]["reason"]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json", "Origin": "http://evil.example"}, b"{}", 403),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'{"first": "2026-03-11"}', 400),
        ({"Content-Type": "application/json"}, b'{"first": "x", "last": "y"}', 400),
        ({"Content-Type": "application/json"}, b'{"first": "2026-01-01", "last": "2026-01-01"}', 409),
    ],
)
def test_who_may_not_issue(client: FlaskClient, headers: dict[str, str], body: bytes, status: int) -> None:
    assert client.post("/api/briefs", data=body, headers=headers).status_code == status


def test_the_page_says_when_and_speaks_english(client: FlaskClient) -> None:
    assert "每日 07:30 自动编发" in client.get("/brief").text
    assert "No brief has been issued yet" in client.get("/brief?lang=en").text


def test_without_a_history_there_are_no_briefs() -> None:
    server = flask.Flask("test")
    briefs.register(server, None, "07:30")
    assert server.test_client().get("/brief").status_code == 404
