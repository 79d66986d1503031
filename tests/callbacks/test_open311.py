"""The Open311 endpoint through Flask, over a real log: what is reported, found, told, and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import flask
import pytest
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from callbacks import open311
from callbacks.live import Viewed
from dashboard import clock
from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.codec import decode
from dashboard.model import STREAMS
from feeds.intake import Intake
from feeds.log import DEAD_LETTERS, Log
from feeds.open311public import Language
from tests.feeds.test_capintake import file
from tests.feeds.test_open311public import Book
from tests.schemas311 import Check, checker

FORM = {
    "api_key": "t", "service_code": "city_appearance", "lat": "31.8", "long": "119.97",
    "description": "垃圾满溢\n两天了", "address_string": "怀德路 1 号", "phone": "13912345678", "first_name": "张",
    "email": "zhang@example.cn",
}  # fmt: skip


@pytest.fixture(scope="session")
def check(real_data: Path) -> Check:
    """Holds JSON to one of the given schemas."""
    return checker(real_data)


class Desk:
    """The endpoint over a log, its picture and the table of all cases."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.log, self.book = log, Book(log)
        self.intake = Intake(file(folder, crs="gcj02", accepts="[event.]"), log)
        self.client = self.endpoint(self.book.cases, self.intake)

    def endpoint(self, cases: Cases | None, intake: Intake | None) -> FlaskClient:
        server = flask.Flask("test")

        def language() -> Language:
            return "en" if flask.request.args.get("lang") == "en" else "zh"

        open311.register(server, cast(Viewed, self.book.seen), load_city("changzhou"), cases, intake, language)
        return server.test_client()

    def get(self, path: str, **query: object) -> TestResponse:
        return self.client.get(f"/open311/v2/{path}", query_string=query)

    def post(self, form: str = "json", **more: str) -> TestResponse:
        fields = {name: value for name, value in (FORM | more).items() if value}
        return self.client.post(f"/open311/v2/requests.{form}", data=fields)

    def ids(self, **query: object) -> list[str]:
        return [row["service_request_id"] for row in self.get("requests.json", **query).json or []]


@pytest.fixture
def desk(tmp_path: Path, log: Log) -> Desk:
    return Desk(tmp_path, log)


def error(answer: TestResponse) -> tuple[int, str]:
    """The status and the sentence of a refusal, in the standard's form."""
    if answer.mimetype == "text/xml":
        root = etree.fromstring(answer.data)
        code, why = root.findtext("error/code"), root.findtext("error/description")
    else:
        [said] = cast("list[Any]", answer.json)
        code, why = said["code"], said["description"]
    assert int(code or 0) == answer.status_code
    return answer.status_code, why or ""


def test_services_are_the_citys_categories(desk: Desk, check: Check) -> None:
    answer = desk.get("services.json")
    check("services.json", answer.data)
    rows = {row["service_code"]: row for row in answer.json or []}
    assert len(rows) == 9 and rows["city_appearance"]["service_name"] == "市容环境"
    assert (rows["city_appearance"]["group"], rows["city_appearance"]["metadata"]) == ("城管局", False)
    assert desk.get("services.json", lang="en").json[0]["service_name"] == "City appearance"  # type: ignore[index]
    names = [row.findtext("service_name") for row in etree.fromstring(desk.get("services.xml").data)]
    assert names == [row["service_name"] for row in rows.values()]


def test_a_service_asks_for_nothing_more(desk: Desk, check: Check) -> None:
    answer = desk.get("services/dispute.json")
    check("service-definition.json", answer.data)
    assert answer.json == {"service_code": "dispute", "attributes": []}
    assert error(desk.get("services/none.json"))[0] == error(desk.get("services/none.xml"))[0] == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_is_an_event_and_can_be_asked_for_at_once(desk: Desk, check: Check, form: str) -> None:
    answer = desk.post(form)
    assert answer.status_code == 201
    tree = etree.fromstring(answer.data) if form == "xml" else None
    found = (
        (answer.json or [{}])[0].get("service_request_id")
        if tree is None
        else tree.findtext("request/service_request_id")
    )
    told = desk.get(f"requests/{found}.json")
    check("requests.json", told.data)
    [row] = cast("list[Any]", told.json)
    assert (row["status"], row["description"], row["address"]) == ("open", "垃圾满溢", "怀德路 1 号")
    assert row["service_name"] == "市容环境" and 0.003 < 119.97 - row["long"] < 0.007  # the source is in GCJ-02
    assert etree.fromstring(desk.get(f"requests/{found}.xml").data).findtext("request/description") == "垃圾满溢"
    assert desk.get(f"tokens/{found}.json").json == [{"service_request_id": found, "token": found}]
    assert desk.ids() == [found]


def test_who_reports_is_kept_nowhere(desk: Desk) -> None:
    desk.post()
    desk.post(service_code="city_appearance", lat="")
    kept = b"".join(
        value for entry in desk.log.read(dict.fromkeys(STREAMS, "0-0"), None, 10) for value in entry.fields.values()
    )
    kept += b"".join(value for entry in desk.log.between(DEAD_LETTERS, "-", "+", 10) for value in entry.fields.values())
    assert b"lat" in kept
    for private in ("13912345678", "张", "zhang@example.cn", "api_key"):
        assert private.encode() not in kept


def test_the_same_report_again_is_the_same_request(desk: Desk) -> None:
    first, again, another = desk.post().json, desk.post().json, desk.post(phone="13900000000").json
    assert first == again != another
    assert [decode(entry).type for entry in desk.log.between("wall:events", "-", "+", 10)] == [
        "event.reported",
        "event.comment",
    ] * 2


@pytest.mark.parametrize(("more", "status", "why"), [
    ({"api_key": ""}, 403, "token is missing"), ({"api_key": "u"}, 403, "token is not known"),
    ({"service_code": "none"}, 404, "no such service"), ({"service_code": ""}, 400, "service_code"),
    ({"lat": "", "long": ""}, 400, "address_string"), ({"lat": "", "long": "", "address_string": ""}, 400, "lat"),
    ({"lat": "91"}, 400, "lat"), ({"lat": "39.9", "long": "116.4"}, 400, "outside this city"),
    ({"lat": "x"}, 400, "lat"), ({"long": ""}, 400, "long"), ({"media_url": "javascript:x"}, 400, "media_url"),
    ({"description": "x" * 4001}, 400, "description"), ({"description": "x" * 300_000}, 413, "body"),
])  # fmt: skip
def test_a_report_is_refused_by_name(desk: Desk, more: dict[str, str], status: int, why: str) -> None:
    for form in ("json", "xml"):
        found = error(desk.post(form, **more))
        assert found[0] == status and (why in found[1] or status == 413)
    assert desk.log.lengths()["wall:events"] == 0
    letters = desk.log.between(DEAD_LETTERS, "-", "+", 10)
    assert len(letters) == (2 if status == 400 else 0)


def test_a_file_is_refused_and_forms_in_parts_are_read(desk: Desk) -> None:
    with Path(__file__).open("rb") as picture:
        answer = desk.client.post("/open311/v2/requests.json", data=FORM | {"media": picture})
    assert error(answer)[0] == 400 and "media_url" in error(answer)[1]
    parts = desk.client.post("/open311/v2/requests.json", data=FORM, content_type="multipart/form-data")
    assert parts.status_code == 201


def test_requests_are_found_by_what_they_are(desk: Desk, check: Check) -> None:
    now = clock.now_ms()
    for n in range(5):
        desk.book.tell(f"e{n}", now - n * 60_000, category="dispute" if n == 4 else "labour")
    desk.book.step("e2", "cancelled", now)
    check("requests.json", desk.get("requests.json").data)
    assert desk.ids() == ["e0", "e1", "e2", "e3", "e4"]
    assert desk.ids(status="closed") == ["e2"] and desk.ids(status="open") == ["e0", "e1", "e3", "e4"]
    assert desk.ids(status="open,closed", service_code="dispute") == ["e4"]
    assert desk.ids(service_code="dispute,labour", page_size=2, page=2) == ["e2", "e3"]
    assert desk.ids(page=3, page_size=2) == ["e4"] and desk.ids(page=4, page_size=2) == []
    assert desk.ids(service_request_id="e3, none,e1") == ["e3", "e1"]
    since = clock.to_rfc3339(now - 150_000)
    assert desk.ids(start_date=since) == ["e0", "e1", "e2"] and desk.ids(end_date=since) == ["e3", "e4"]
    assert desk.ids(updated_after=clock.to_rfc3339(now - 30_000)) == ["e0", "e2"]


@pytest.mark.parametrize(("query", "status", "why"), [
    ("status=new", 400, "status"), ("page=0", 400, "page"), ("page_size=51", 400, "page_size"),
    ("start_date=yesterday", 400, "start_date"), ("start_date=2026-01-01T00:00:00", 400, "start_date"),
    ("start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400, "90 days"),
    ("service_code=none", 404, "none"),
    (f"service_request_id={','.join(map(str, range(51)))}", 400, "service_request_id"), ("page=1e9", 400, "page"),
])  # fmt: skip
def test_a_question_that_is_none_is_refused_by_name(desk: Desk, query: str, status: int, why: str) -> None:
    found = error(desk.client.get(f"/open311/v2/requests.json?{query}"))
    assert found[0] == status and why in found[1]
    assert error(desk.client.get(f"/open311/v2/requests.xml?{query}")) == found


@pytest.mark.parametrize("path", ["requests/none", "requests/a/b", "tokens/none"])
def test_what_nobody_knows(desk: Desk, path: str) -> None:
    assert error(desk.get(f"{path}.json"))[0] == error(desk.get(f"{path}.xml"))[0] == 404


def test_where_it_is_found(desk: Desk) -> None:
    [endpoint] = cast("dict[str, Any]", desk.client.get("/open311/discovery.json").json)["endpoints"]
    assert endpoint["url"] == "http://localhost/open311/v2" and "GeoReport_v2" in endpoint["specification"]
    root = etree.fromstring(desk.get("discovery.xml").data)
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == ["application/json", "text/xml"]


def test_strangers_may_not_ask_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0)
    for _ in range(open311.BURST):
        assert desk.get("services.json").status_code == 200
    answer = desk.get("services.json")
    assert error(answer)[0] == 429 and answer.headers["Retry-After"] == "1"
    elsewhere = desk.client.get("/open311/v2/services.json", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 200
    assert desk.post().status_code == 201  # who has a key has a pace of its own


def test_of_too_many_addresses_the_quiet_ones_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open311, "MOST_ADDRESSES", 3)
    visitors = open311.Visitors()
    for n in range(9):
        visitors.admit(f"10.0.0.{n}")
    assert len(visitors._buckets) == 3


def test_while_the_history_is_read_and_without_a_log(desk: Desk) -> None:
    filling = desk.endpoint(Cases(desk.book.seen), None)
    answer = filling.get("/open311/v2/requests.json")
    assert error(answer)[0] == 503 and answer.headers["Retry-After"]
    assert error(filling.post("/open311/v2/requests.json", data=FORM))[0] == 503
    assert json.loads(desk.endpoint(None, None).get("/open311/v2/requests.json").data) == []


def test_a_log_that_cannot_take_it_is_said(desk: Desk, broker: Any) -> None:
    broker.config_set("maxmemory", "1")
    try:
        answer = desk.post()
    finally:
        broker.config_set("maxmemory", "0")
    assert error(answer)[0] == 503 and answer.headers["Retry-After"] == "2"
