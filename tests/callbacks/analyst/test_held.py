"""What the workbench's page sends is of the types declared, and nothing else gets as far as a callback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import analyst
from callbacks.analyst.held import INPUTS, STATE
from dashboard.cities import load_city
from dashboard.indicators import Indicators
from dashboard.settings import Settings
from layouts.analyst import ids
from tests.callbacks.analyst.test_analyst_web import no_case
from tests.dashboard.test_cases import followed
from tests.dashboard.test_indicators import BOOK
from tests.support import T0, entry, reported, small_picture

CALL = "/analyst/_dash-update-component"
PAGE = {"page": "p1", "locale": "zh"}
ASKED = PAGE | {"search": "?when=24h", "at": T0 + 3_600_000, "unit": 1.5, "theme": "night", "again": 0}
SENT: dict[str, Any] = {
    f"{ids.PAGE}.data": PAGE, f"{ids.ASKED}.data": ASKED, f"{ids.URL}.data": "", f"{ids.UNIT}.data": 1,
    f"{ids.THEME}.data": "day", f"{ids.CANCEL}.data": ["hours", 17.25], f"{ids.ROWS}.selectedRows": [{"id": "e1"}],
    f"{ids.ROWS}.getRowsRequest": {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "title", "sort": "asc"}]},
    f"{ids.MARKS}.data": {"points": [{"customdata": ["category", "road"], "x": 1, "y": 2}]},
    **{f"{place}.data": ASKED for place in ids.SHOWN.values()},
}  # fmt: skip
FORGED: list[Any] = [
    True, -1, 10**30, 1e300, "x", [], [[]], {}, [None], [{"id": 5}], {"locale": "fr", "page": "p"}, PAGE | {"at": "x"},
    *(ASKED | more for more in ({"at": "x"}, {"at": -1}, {"at": 10**18}, {"unit": 0}, {"search": 5}, {"locale": "fr"})),
    {"startRow": "x"}, {"startRow": 10**18}, {"sortModel": [{"colId": []}]}, {"points": 5}, {"points": [{"z": 1}]},
    *({"points": [{"customdata": mark}]} for mark in (
        [], [[]], ["day", "x"], ["hours", "x", {}], ["hours", 1], ["severity", "x"], ["nothing", "x"], ["category", {}],
    )),
]  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    picture = small_picture()
    picture.apply(entry("event.reported", reported("e1"), at=T0, time_ms=T0))
    server, found = flask.Flask("test"), Indicators(followed(picture), BOOK)
    analyst.register(server, load_city("changzhou"), found, Settings(data_dir=tmp_path), no_case, lambda: "zh")
    return server.test_client()


def served(client: FlaskClient) -> list[dict[str, Any]]:
    """The callbacks that run here, as the page knows them."""
    return [one for one in client.get("/analyst/_dash-dependencies").json if one["clientside_function"] is None]


def call(spec: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """As Dash's own script calls it."""

    def of(one: Mapping[str, str]) -> dict[str, Any]:
        whole = json.loads(one["id"]) if one["id"].startswith("{") else one["id"]
        return {"id": whole, "property": one["property"]}

    def said(one: Mapping[str, str]) -> dict[str, Any]:
        return of(one) | {"value": values.get(name(one))}

    names = [one.rsplit(".", 1) for one in spec["output"].strip(".").split("...")]
    outputs = [] if spec["no_output"] else [of({"id": whole, "property": last}) for whole, last in names]
    single = outputs[0] if outputs else None
    return {
        "output": spec["output"], "outputs": outputs if spec["output"].startswith("..") else single,
        "inputs": [said(one) for one in spec["inputs"]], "state": [said(one) for one in spec["state"]],
        "changedPropIds": [name(spec["inputs"][0])],
    }  # fmt: skip


def name(one: Mapping[str, str]) -> str:
    return f"{one['id']}.{one['property']}"


def test_every_value_that_a_callback_takes_has_a_type(client: FlaskClient) -> None:
    specs = served(client)
    taken = {name(one) for spec in specs for one in (*spec["inputs"], *spec["state"])}
    assert len(specs) > 15
    assert taken == STATE.keys() | INPUTS.keys()


def test_what_the_page_sends_is_answered(client: FlaskClient) -> None:
    statuses = {spec["output"]: client.post(CALL, json=call(spec, SENT)).status_code for spec in served(client)}
    assert {output: status for output, status in statuses.items() if status not in (200, 204)} == {}


def test_what_is_forged_fails_nowhere(client: FlaskClient) -> None:
    """Either it is refused, or it means something after all; what means nothing to a chart chooses nothing."""
    failed = []
    for spec in served(client):
        for one in (*spec["inputs"], *spec["state"]):
            for value in FORGED:
                status = client.post(CALL, json=call(spec, SENT | {name(one): value})).status_code
                if status not in (200, 204, 400):
                    failed.append((name(one), value, status))
    assert failed == []


def test_a_question_of_another_type_is_refused(client: FlaskClient) -> None:
    spec = next(spec for spec in served(client) if spec["output"].startswith("cards."))
    for more in ({"at": "x"}, {"at": None}, {"unit": 0}, {"search": None}, {"locale": "fr"}, {"other": 1}):
        answer = client.post(CALL, json=call(spec, SENT | {f"{ids.ASKED}.data": ASKED | more}))
        assert answer.status_code == 400 and f"{ids.ASKED}.data: " in answer.text
    assert client.post(CALL, json=call(spec, SENT | {f"{ids.ASKED}.data": None})).status_code == 400
