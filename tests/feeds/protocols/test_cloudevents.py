"""CloudEvents as they are sent over HTTP: the specification's own examples, and what is wrong with others."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import cloudevents
from feeds.protocols.cloudevents import BATCHED, STRUCTURED, Draft, as_structured, batch, binary, structured

GOOD = {
    "specversion": "1.0",
    "id": "1",
    "source": "hotline",
    "type": "event.rated",
    "data": {"event_id": "e", "score": 5},
}


def draft(**more: Any) -> Draft:
    return structured(json.dumps({name: value for name, value in (GOOD | more).items() if value != "-"}).encode())


def test_an_event_in_json() -> None:
    found = draft(time="2026-01-01T00:00:00Z", comext=5, subject=None)
    assert found[:4] == ("1", "hotline", "event.rated", "2026-01-01T00:00:00Z")
    assert json.loads(found.data) == GOOD["data"]


def test_data_in_base64() -> None:
    assert draft(data="-", data_base64=base64.b64encode(b"{}").decode()).data == b"{}"


@pytest.mark.parametrize(("more", "field"), [
    ({"specversion": "0.3"}, "specversion"), ({"specversion": "-"}, "specversion"), ({"id": "-"}, "id"),
    ({"source": None}, "source"), ({"type": 5}, "type"), ({"time": 5}, "time"), ({"data": "-"}, "data"),
    ({"datacontenttype": "application/xml"}, "datacontenttype"), ({"data_base64": "e30="}, "data_base64"),
    ({"data": "-", "data_base64": "%%%"}, "data_base64"),
])  # fmt: skip
def test_what_is_wrong_is_named(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as fault:
        draft(**more)
    assert fault.value.field == field


def test_binary_mode_takes_attributes_from_headers() -> None:
    headers = {
        "ce-specversion": "1.0", "ce-id": "%E4%BA%8B1", "ce-source": '"hot\\"line"', "ce-type": "t", "ce-time": "now",
    }  # fmt: skip
    found = binary(headers, "application/json; charset=utf-8", b"{}")
    assert found == Draft("事1", 'hot"line', "t", "now", b"{}", b"{}")
    with pytest.raises(Malformed, match="Content-Type"):
        binary(headers, "text/plain", b"{}")
    with pytest.raises(Malformed, match="ce-id"):
        binary({name: value for name, value in headers.items() if name != "ce-id"}, "application/json", b"{}")


SENT = {
    "ce-specversion": "1.0", "ce-id": "%E4%BA%8B1", "ce-source": "hotline", "ce-type": "event.rated", "ce-place": '"a"',
    "host": "wall", "ce-data": "x", "ce-data_base64": "x", "ce-datacontenttype": "x",
}  # fmt: skip


@pytest.mark.parametrize(("media", "body", "kept"), [
    ("application/json", b'{"score": 5}', {"data": {"score": 5}}),
    ("application/json; charset=utf-8", b"1.5", {"data": 1.5}),
    ("application/xml", "<a>\u6c34</a>".encode(), {"data": "<a>\u6c34</a>"}),
    ("application/xml", b"\xff", {"data_base64": "/w=="}),
    ("application/json", b"{", {"data_base64": "ew=="}),
    ("application/json", b"[" * 100_000, {"data_base64": base64.b64encode(b"[" * 100_000).decode()}),
    ("", b"", {"data": ""}),
])  # fmt: skip
def test_binary_mode_in_the_structured_form(media: str, body: bytes, kept: dict[str, Any]) -> None:
    said = json.loads(as_structured(SENT, media, body))
    attributes = {"specversion": "1.0", "id": "事1", "source": "hotline", "type": "event.rated", "place": "a"}
    assert said == attributes | {"datacontenttype": media} | kept


@given(st.dictionaries(st.sampled_from([*SENT, "ce-time"]), st.text(max_size=20)), st.text(max_size=9), st.binary())
def test_both_forms_of_a_binary_event_are_judged_alike(headers: dict[str, str], media: str, body: bytes) -> None:
    for given_headers, given_media in ((headers, media), (SENT | headers, "application/json")):
        raw = as_structured(given_headers, given_media, body)
        try:
            found = binary(given_headers, given_media, body)
        except Malformed:
            with pytest.raises(Malformed):
                structured(raw)
        else:
            assert structured(raw)[:5] == found[:5]


def test_a_batch_is_taken_apart_and_bounded() -> None:
    assert batch(BATCHED, json.dumps([GOOD, 7]).encode())[1] == b"7"
    assert batch(STRUCTURED, b"{") == [b"{"]
    for body in (b"{}", b"[", b"\xff", b"[" * 100_000):
        with pytest.raises(Malformed, match="body"):
            batch(BATCHED, body)
    with pytest.raises(Malformed, match="more than 1000"):
        batch(BATCHED, b"[" + b"0," * 1000 + b"0]")


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_nothing_else(body: bytes) -> None:
    for read in (lambda: structured(body), lambda: batch(BATCHED, body)):
        with suppress(Malformed):
            read()


def test_the_specifications_examples(real_data: Path) -> None:
    """Those that are whole: structured ones whose data are JSON are read, others are refused by their media type."""
    lines = [json.loads(line) for line in (real_data / "protocols" / "cloudevents_examples.jsonl").open()]
    events = [
        e
        for line in lines
        if "json" in line
        for e in (line["json"] if isinstance(line["json"], list) else [line["json"]])
    ]
    verdicts = []
    for event in events:
        try:
            verdicts.append(json.loads(structured(json.dumps(event).encode()).data))
        except Malformed as fault:
            verdicts.append(fault.field)
    assert verdicts == [
        "datacontenttype", "datacontenttype", 1.5, "I'm just a string", {"xyz": 123}, "datacontenttype",
        {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
    ]  # fmt: skip
    assert cloudevents.is_structured(STRUCTURED) and not cloudevents.is_structured("application/json")
