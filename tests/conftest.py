"""What every test can ask for: a real log server, the small city, a staged pipeline. And how hypothesis behaves."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from dashboard import clock
from dashboard.regions import Regions
from feeds.embedded import EmbeddedServer
from feeds.log import Log
from tests.support import Stage, small_regions

settings.register_profile(
    "wall", derandomize=True, deadline=None, max_examples=40, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("wall")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # dozens of walls are started: they need not compile every module anew


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write tests/golden anew instead of comparing")


@pytest.fixture(scope="session")
def regions() -> Regions:
    return small_regions()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A pipeline whose clock is moved by its reader alone."""
    play = Stage()
    monkeypatch.setattr(clock, "monotonic", play.monotonic)
    monkeypatch.setattr(clock, "sleep", play.sleep)
    return play


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """An empty folder with a path short enough for a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="w"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def log_url() -> Iterator[str]:
    """A real, durable log server of this test process."""
    folder = Path(tempfile.mkdtemp(prefix="w"))
    with EmbeddedServer(folder) as server:
        yield server.url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def broker(log_url: str) -> Iterator[redis.Redis]:
    """A plain client of the emptied server: what any integrator may use."""
    client = redis.Redis.from_url(log_url, protocol=2)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def log(log_url: str, broker: redis.Redis) -> Iterator[Log]:
    """The log, empty."""
    opened = Log(log_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real records, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("WALL_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real records at {folder}; set WALL_TEST_DATA")
    return folder
