"""`/api/kpi` and what Prometheus reads: the same numbers, and refusals in words."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from callbacks import web
from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.indicators import Indicators
from dashboard.kpibook import load_book
from dashboard.settings import Settings
from tests.support import Stage


@pytest.fixture
def counted(played: Stage) -> Indicators:
    """Indicators over the picture of a pipeline that has run."""
    return Indicators(Cases(played.pipeline), load_book())


@pytest.fixture
def client(played: Stage, counted: Indicators) -> FlaskClient:
    """A wall that can look back."""
    city = load_city("changzhou")
    return web.create(Settings(simulator=False), city, played.pipeline, None, counted).server.test_client()


def test_it_must_have_read_the_history_first(client: FlaskClient) -> None:
    answer = client.get("/api/kpi")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "history is being read" in answer.json["error"]["message"]  # type: ignore[index]
    assert "wall_kpi{" not in client.get("/metrics").text


def test_a_board_and_the_gauges_agree(client: FlaskClient, counted: Indicators) -> None:
    counted.cases.fill()
    answer = client.get("/api/kpi?window=24h").json
    assert answer
    gauges = client.get("/metrics").text.splitlines()
    assert f'wall_kpi{{code="open",part="num"}} {answer["city"]["open"]}' in gauges
    assert f'wall_kpi{{code="closure_rate",part="den"}} {answer["city"]["closure"]["den"]}' in gauges
    for code, value in answer["now"].items():
        assert (f'wall_kpi{{code="{code}",part="value"}} {value!r}' in gauges) is (value is not None)
    assert answer["as_of"] > 0
    assert client.get("/api/kpi?window=24h").json == answer  # counted once for all who ask


@pytest.mark.parametrize(("asked", "field"), [
    ("window=fortnight", "window"), ("scope=999", "scope"), ("from=1&to=0", "to"), ("from=x&to=1", "from"),
    ("from=1", "to"),
])  # fmt: skip
def test_what_cannot_be_asked(client: FlaskClient, counted: Indicators, asked: str, field: str) -> None:
    counted.cases.fill()
    answer = client.get(f"/api/kpi?{asked}")
    assert (answer.status_code, answer.json["error"]["field"]) == (400, field)  # type: ignore[index]


def test_a_window_that_somebody_chose(client: FlaskClient, counted: Indicators) -> None:
    counted.cases.fill()
    answer = client.get("/api/kpi?from=2026-03-01T00:00:00%2B08:00&to=2026-03-31T00:00:00%2B08:00").json
    assert answer
    assert answer["to"] - answer["from"] == 30 * 86_400_000 + 1
