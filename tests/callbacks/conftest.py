"""The web application over a small real pipeline that has caught up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callbacks import live, web
from callbacks.web import Web
from dashboard.cities import load_city
from dashboard.settings import Settings
from tests.support import T0, Stage, fix, profile, reported


@pytest.fixture
def played(stage: Stage) -> Stage:
    """A pipeline with an event and two workers, half a second after it caught up."""
    stage.before(
        ("event.reported", reported("e1")),
        ("worker.profile", profile("w1")),
        ("worker.fix", fix("w1")),
        ("worker.fix", fix("w2")),
    )
    stage.append_at(0.2, ("worker.fix", fix("w1", T0 + 200, 30.06)))
    stage.play(0.5)
    return stage


@pytest.fixture
def wall(played: Stage) -> Iterator[Web]:
    """The application showing it."""
    parts = web.create(Settings(simulator=False), load_city("changzhou"), played.pipeline)
    played.push.broadcast = live.broadcast(parts.socketio)
    yield parts
