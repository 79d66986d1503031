"""Open311 answers: held to the JSON schemas, and the same in XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dashboard.model import Step
from feeds.protocols import open311
from feeds.protocols.open311 import Attribute, Service, ServiceRequest
from tests.schemas311 import Check, checker

AT = 1_790_000_000_000
SERVICES = [
    Service("city_appearance", "市容环境", "乱停放", True, keywords=("停车", "占道"), group="urban_mgmt"),
    Service("001", "Cans left out 24x7"),
]
ATTRIBUTES = [
    Attribute("WHISHETN", "singlevaluelist", True, "What?", "", 1, True, (("123", "Ford"), ("124", "Chrysler"))),
    Attribute("NOTE", variable=False),
]
FULL = ServiceRequest(
    "e1", "closed", "001", AT, "垃圾<桶>", "重复", "满溢", "城管局", "24 小时内", AT + 1, AT + 2,
    "怀德路 1 号", "545483", "213000", 31.7, 119.9, "https://city.gov.cn/1.jpg",
)  # fmt: skip
BARE = ServiceRequest("e2", "open", "001", AT)


@pytest.fixture(scope="session")
def check(real_data: Path) -> Check:
    """Holds JSON to one of the given schemas."""
    return checker(real_data)


def test_answers_are_as_the_schemas_want_them(check: Check) -> None:
    check("services.json", open311.services(SERVICES, "json"))
    check("service-definition.json", open311.definition("001", ATTRIBUTES, "json"))
    check("requests.json", open311.requests([FULL, BARE], "json"))
    check("request.json", json.dumps(json.loads(open311.requests([FULL], "json"))[0]).encode())


@given(st.builds(ServiceRequest, st.text(), st.sampled_from(["open", "closed"]), st.text(), st.integers(0, 4 * 10**12)))
def test_any_request_is_written_in_both_forms(request: ServiceRequest) -> None:
    assert json.loads(open311.requests([request], "json"))[0]["service_request_id"] == request.request_id
    etree.fromstring(open311.requests([request], "xml"))


def test_a_request_in_json() -> None:
    [full, bare] = json.loads(open311.requests([FULL, BARE], "json"))
    assert full["requested_datetime"] == "2026-09-21T14:13:20Z" and full["long"] == 119.9
    assert (full["status"], full["service_name"]) == ("closed", "垃圾<桶>")
    assert bare["updated_datetime"] is bare["lat"] is bare["media_url"] is None


def tree(raw: bytes) -> object:
    """XML as nested lists of names and texts."""

    def read(element: etree._Element) -> object:
        return (element.tag, [read(child) for child in element] or element.text)

    return read(etree.fromstring(raw))


def test_the_same_in_xml() -> None:
    root = etree.fromstring(open311.requests([FULL, BARE], "xml"))
    assert (root.tag, [row.tag for row in root]) == ("service_requests", ["request", "request"])
    assert root[0].findtext("service_name") == "垃圾<桶>" and root[1].findtext("lat") == ""
    root = etree.fromstring(open311.services(SERVICES, "xml"))
    assert [(row.tag, row.findtext("metadata")) for row in root] == [("service", "true"), ("service", "false")]
    root = etree.fromstring(open311.definition("001", ATTRIBUTES, "xml"))
    assert root.findtext("service_code") == "001"
    assert [v.findtext("key") for v in root.findall("attributes/attribute/values/value")] == ["123", "124"]


def test_new_requests_tokens_and_errors() -> None:
    assert json.loads(open311.created("e1", "json", "已受理")) == [
        {"service_request_id": "e1", "service_notice": "已受理", "account_id": None}
    ]
    assert json.loads(open311.deferred("t1", "json"))[0]["token"] == "t1"
    assert json.loads(open311.redeemed("e1", "t1", "json")) == [{"service_request_id": "e1", "token": "t1"}]
    assert json.loads(open311.errors([(400, "lat is missing")], "json")) == [
        {"code": 400, "description": "lat is missing"}
    ]
    assert tree(open311.errors([(403, "a & b")], "xml")) == (
        "errors", [("error", [("code", "403"), ("description", "a & b")])],
    )  # fmt: skip
    assert tree(open311.redeemed("e1", "t1", "xml")) == (
        "service_requests", [("request", [("service_request_id", "e1"), ("token", "t1")])],
    )  # fmt: skip


def test_a_matter_is_closed_when_nobody_works_on_it_any_more() -> None:
    assert [step for step in Step if open311.status_of(step) == "closed"] == ["evaluated", "merged", "cancelled"]
