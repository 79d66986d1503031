"""The live link, through Flask-SocketIO's own client."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from callbacks.web import Web
from dashboard import clock, frames
from tests.support import T0, Stage, Viewer, fix


def client_of(wall: Web) -> Any:
    """A connected viewer."""
    return wall.socketio.test_client(wall.server)


def received(client: Any) -> list[bytes]:
    """The frames it has got since last asked."""
    return [message["args"] if isinstance(message["args"], bytes) else message["args"][0]
            for message in client.get_received() if message["name"] == "frame"]  # fmt: skip


def test_a_new_viewer_gets_a_snapshot(wall: Web, played: Stage) -> None:
    client, viewer = client_of(wall), Viewer()
    client.emit("join", {"epoch": "", "seq": -1})
    [blob] = received(client)
    viewer.take(blob)
    assert (viewer.epoch, viewer.seq, list(viewer.events)) == (played.push.epoch, played.push.seq, ["e1"])


def test_a_viewer_who_comes_back_gets_the_deltas(wall: Web, played: Stage) -> None:
    client = client_of(wall)
    client.emit("join", {"epoch": played.push.epoch, "seq": 1})
    assert received(client) == [blob for _, blob in played.sent[1:]]
    assert len(played.sent) > 1


def test_a_viewer_in_the_room_gets_what_follows_and_others_do_not(wall: Web, played: Stage) -> None:
    client, stranger = client_of(wall), client_of(wall)
    client.emit("join", {})
    received(client)
    played.push.publish(b"next")
    assert received(client) == [b"next"]
    assert received(stranger) == []


@pytest.mark.parametrize("asked", [None, 7, "x", [], {}, {"epoch": 5, "seq": "1"}, {"epoch": "e", "seq": 10**30}])
def test_whatever_is_asked_a_snapshot_answers(wall: Web, asked: object) -> None:
    client = client_of(wall)
    client.emit("join", asked)
    [blob] = received(client)
    assert frames.unpack(blob)[0]["kind"] == "snapshot"


def test_the_servers_time(wall: Web) -> None:
    assert abs(client_of(wall).emit("clock", callback=True) - clock.now_ms()) < 5000


def test_a_workers_track(wall: Web) -> None:
    header, columns = frames.unpack(client_of(wall).emit("track", {"worker": "w1", "since": 0}, callback=True))
    assert header == {"worker": "w1", "since": T0}
    assert {name: column.tolist() for name, column in columns.items()} == {
        "lon": [110_050_000, 110_050_000], "lat": [30_050_000, 30_060_000], "time": [T0, T0 + 200],
    }  # fmt: skip
    assert columns["time"].dtype == np.float64


def test_a_track_since_an_instant(wall: Web) -> None:
    _, columns = frames.unpack(client_of(wall).emit("track", {"worker": "w1", "since": T0}, callback=True))
    assert columns["time"].tolist() == [T0 + 200]


@pytest.mark.parametrize("asked", [{"worker": "nobody", "since": 0}, {}, None, "w1", {"worker": 1}, {"worker": ""}])
def test_nobodys_track_is_none(wall: Web, asked: object) -> None:
    assert client_of(wall).emit("track", asked, callback=True) in (None, [])


def test_a_worker_seen_but_not_yet_named_has_a_track(wall: Web) -> None:
    assert fix("w2")["fix_time"] == T0
    _, columns = frames.unpack(client_of(wall).emit("track", {"worker": "w2", "since": -1}, callback=True))
    assert columns["time"].tolist() == [T0]


def test_a_since_beyond_all_numbers(wall: Web) -> None:
    _, columns = frames.unpack(client_of(wall).emit("track", {"worker": "w1", "since": 10**30}, callback=True))
    assert columns["time"].tolist() == []
