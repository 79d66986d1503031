"""Open311 as others send it: forms, and the answers of real servers."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import open311
from feeds.protocols.open311 import Attribute, ServiceRequest
from feeds.protocols.open311read import MAX_REQUESTS, loads, requests, submission

CITY = ZoneInfo("Asia/Shanghai")
ROW = {
    "service_request_id": 638344,
    "status": "open",
    "service_code": "006",
    "requested_datetime": "2010-04-14T06:37:38-08:00",
}


def one(**more: object) -> ServiceRequest:
    """The request in an answer with one row."""
    [found], faults = requests(json.dumps([{**ROW, **more}]).encode())
    assert not faults
    return found


# --- forms


def test_a_form_with_everything() -> None:
    form = [
        ("service_code", "001"), ("lat", " 31.7 "), ("long", "119.9"), ("address_string", "怀德路"),
        ("email", "a@b.cn"), ("phone", "123"),
        ("description", "满溢\n两天"), ("media_url", "https://a.cn/1.jpg"), ("attribute[A]", "x"),
        ("attribute[B][]", "1"), ("attribute[B][]", "2"), ("jurisdiction_id", "cz"), ("api_key", "k"),
    ]  # fmt: skip
    said = submission(form)
    assert (said.service_code, said.lat, said.lon, said.phone) == ("001", 31.7, 119.9, "123")
    assert said.attributes == {"A": ("x",), "B": ("1", "2")}


@pytest.mark.parametrize("where", [("lat", "1"), ("address_string", "x"), ("address_id", "7")])
def test_it_must_say_where(where: tuple[str, str]) -> None:
    form = [("service_code", "001"), where, *([("long", "2")] if where[0] == "lat" else [])]
    assert submission(form).service_code == "001"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"lat": "1", "long": "2"}, "service_code"), ({"service_code": " "}, "service_code"),
        ({"service_code": "1"}, "lat"),
        ({"service_code": "1", "lat": "1"}, "long"), ({"service_code": "1", "long": "1"}, "lat"),
        ({"service_code": "1", "lat": "x", "long": "1"}, "lat"),
        ({"service_code": "1", "lat": "91", "long": "1"}, "lat"),
        ({"service_code": "1", "lat": "nan", "long": "1"}, "lat"),
        ({"service_code": "1", "lat": "1", "long": "1", "media_url": "javascript:x"}, "media_url"),
        ({"service_code": "1", "lat": "1", "long": "1", "description": "x" * 4001}, "description"),
        ({"service_code": "x" * 1001}, "service_code"), ({f"f{n}": "" for n in range(201)}, "form"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_in_a_form_is_named(form: dict[str, str], field: str) -> None:
    with pytest.raises(Malformed) as said:
        submission(form.items())
    assert said.value.field == field


def test_a_form_is_held_to_what_its_service_asks_for() -> None:
    asked = [Attribute("CAR", "singlevaluelist", True, values=(("1", "Ford"),)), Attribute("NOTE", required=False)]
    base = [("service_code", "1"), ("lat", "1"), ("long", "2")]
    assert submission([*base, ("attribute[CAR]", "1")], asked).attributes == {"CAR": ("1",)}
    for given_, why in (
        ([], "is missing"),
        ([("attribute[CAR]", "")], "is missing"),
        ([("attribute[CAR]", "9")], "none of 1"),
    ):
        with pytest.raises(Malformed, match=why) as said:
            submission([*base, *given_], asked)
        assert said.value.field == "attribute[CAR]"


@given(
    st.lists(
        st.tuples(st.sampled_from(["service_code", "lat", "long", "attribute[a]", "media_url"]) | st.text(), st.text())
    )
)
def test_any_form_is_a_submission_or_malformed(form: list[tuple[str, str]]) -> None:
    try:
        assert submission(form).service_code
    except Malformed as fault:
        assert fault.field


# --- answers


def test_the_examples_of_the_specification(real_data: Path) -> None:
    """Of its seven, four are no JSON: three have codes with leading zeros, one has the status line before it."""
    read = map(json.loads, (real_data / "protocols" / "open311_spec_examples.jsonl").read_text("utf-8").splitlines())
    found = {}
    for case in read:
        raw = (case["text"] if "text" in case else json.dumps(case["json"])).encode()
        try:
            found[case["id"]] = loads(raw)
        except Malformed as fault:
            assert fault.field == "json"
    assert len(found) == 6 and "json-errors" not in found
    assert [row["service_code"] for row in found["json-service-list"]] == ["001", "002", "003"]
    known, faults = requests(json.dumps(found["json-service-requests"]).encode())
    assert not faults and [(r.request_id, r.status, r.service_code) for r in known] == [
        ("638344", "closed", "006"), ("638349", "open", "006"),
    ]  # fmt: skip
    assert known[0].media_url == "http://city.gov.s3.amazonaws.com/requests/media/638344.jpg"
    assert known[0].zipcode == "94122" and known[0].requested_ms == 1_271_255_858_000


def test_real_servers(real_data: Path) -> None:
    folder = real_data / "protocols" / "open311"
    chicago, faults = requests((folder / "open311status_service_requests.json").read_bytes())
    toronto, more = requests((folder / "open311status_requests_many.xml").read_bytes())
    assert not faults and not more
    assert [(r.request_id, r.lat) for r in chicago] == [
        ("14-01100669", 41.858724777757864),
        ("14-01100627", 41.759712056258536),
    ]
    assert [(r.request_id, r.lon, r.updated_ms, r.description) for r in toronto] == [
        ("101005420892", -79.272306875, None, ""), ("101005420894", -79.267190219, None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_we_answer_we_can_read(form: open311.Format) -> None:
    asked = [
        ServiceRequest(
            "e1", "closed", "001", 1_790_000_000_000, "甲", "乙", lat=31.5, lon=119.5, updated_ms=1_790_000_001_000
        )
    ]
    assert requests(open311.requests(asked, form)) == (asked, [])


def test_one_request_that_cannot_be_read_does_not_cost_the_others() -> None:
    rows = [
        ROW,
        {**ROW, "status": "lost"},
        7,
        {**ROW, "service_request_id": None},
        {**ROW, "lat": "x"},
        {**ROW, "lat": True},
    ]
    found, faults = requests(json.dumps(rows).encode())
    assert len(found) == 1
    assert [f.field for f in faults] == ["[1].status", "[2]", "[3].service_request_id", "[4].lat", "[5].lat"]


@pytest.mark.parametrize(
    ("value", "zone", "ms"),
    [
        ("2026-03-12T14:32:08+08:00", None, 1_773_297_128_000), ("2026-03-12T06:32:08Z", None, 1_773_297_128_000),
        ("2026-03-12 14:32:08", CITY, 1_773_297_128_000), ("2026-03-12T14:32:08.9+0800", None, 1_773_297_128_000),
    ],
)  # fmt: skip
def test_times(value: str, zone: ZoneInfo | None, ms: int) -> None:
    [found], _ = requests(json.dumps([{**ROW, "requested_datetime": value}]).encode(), zone)
    assert found.requested_ms == ms


@pytest.mark.parametrize(
    "value", ["2026-03-12T14:32:08", "soon", "", None, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_times_that_are_none(value: object) -> None:
    _, [fault] = requests(json.dumps([{**ROW, "requested_datetime": value}]).encode())
    assert fault.field == "[0].requested_datetime"


def test_values_in_other_types_than_they_should_be() -> None:
    row = one(status="Closed", lat="31.7", long="", zipcode=94122, description=None, service_code=6)
    assert (row.request_id, row.status, row.lat, row.lon, row.zipcode, row.service_code) == (
        "638344", "closed", 31.7, None, "94122", "6",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrap", ['{"service_requests": [%s]}', '{"requests": [%s]}', "%s", "\ufeff[%s]", "[%s,\n]", "[%s,]"]
)
def test_other_shapes_of_the_same(wrap: str) -> None:
    assert requests((wrap % json.dumps(ROW)).encode())[0][0].request_id == "638344"


@pytest.mark.parametrize("text", ['{"a": "006, ]", "b": 006,}', '[{"b": 006, "a": "006, ]"}]', '{"a":"\\\\", "b":006}'])
def test_text_is_left_as_it_is(text: str) -> None:
    found = loads(text.encode())
    row = found[0] if isinstance(found, list) else found
    assert row["b"] == "006" and row["a"] in ("006, ]", "\\")


@pytest.mark.parametrize(
    "text", ["[00.5]", "[1 2]", "[,]", '["a]', "HTTP/1.1 200 OK\n\n[]", "", '"' + '\\"' * 9, "[NaN]", "[" * 9999]
)
def test_what_is_in_doubt_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="is not JSON"):
        loads(text.encode())


def test_what_is_no_list_of_requests() -> None:
    for raw in (
        b"5",
        b"<html/>",
        b"<!DOCTYPE x><service_requests/>",
        b" " * 4_000_001,
        json.dumps([1] * (MAX_REQUESTS + 1)).encode(),
    ):
        with pytest.raises(Malformed):
            requests(raw)


@given(st.text(alphabet='[]{}",:\\0123.a \n', max_size=60) | st.binary(max_size=60))
def test_anything_is_json_or_malformed(value: str | bytes) -> None:
    raw = value if isinstance(value, bytes) else value.encode()
    for read in loads, requests:
        try:
            read(raw)
        except Malformed as fault:
            assert fault.field
