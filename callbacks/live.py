"""The live link: what a browser may ask over Socket.IO. Frames go out by themselves; see `dashboard.pipeline`.

`join {epoch, seq}` brings a viewer up to date and keeps it so; `view {scope, layer, density, tiles}` says what it looks
at beside the common frames, and replaces what it said before; `clock` tells the server's time; `track {worker, since}`
answers with a worker's fixes as one blob. Nothing here changes the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from flask import request
from flask_socketio import SocketIO, join_room, leave_room

from dashboard import clock, frames
from dashboard.picture import Picture
from dashboard.pipeline import Move
from dashboard.tracks import Fixes, Tracks
from dashboard.views import Asked, View, views_of

T = TypeVar("T", str, int)
Found = TypeVar("Found")

ROOM = "city"
FRAME = "frame"
VIEW = "view"


class Viewed(Protocol):
    """What the live link and the probes need of the pipeline."""

    @property
    def tracks(self) -> Tracks:
        """The fixes in memory; to be read inside `look`."""

    @property
    def health(self) -> Mapping[str, object]:
        """What `/healthz` says."""

    @property
    def counted(self) -> Mapping[str, object]:
        """What was counted last of the whole city, by section."""

    def join(self, epoch: str, seq: int, send: Callable[[bytes], None], enter: Callable[[], None]) -> None:
        """Bring one viewer up to date, then let it in."""

    def look_at(self, viewer: str, wanted: set[View], send: Callable[[bytes], None], move: Move) -> None:
        """From now on the viewer looks at these views and no others."""

    def look(self, read: Callable[[Picture], Found]) -> Found:
        """What `read` finds in the picture."""

    def track(self, worker_id: str, since_ms: int) -> tuple[Fixes, int] | None:
        """A worker's recent fixes."""

    def case(self, event_id: str) -> dict[str, object]:
        """Everything about one event (see `dashboard.casefile`). Raises KeyError when nobody has reported it."""


def broadcast(socketio: SocketIO) -> Callable[[bytes], None]:
    """How a frame reaches everybody in the room: encoded once."""
    return lambda blob: socketio.emit(FRAME, blob, to=ROOM)


def whisper(socketio: SocketIO) -> Callable[[View, bytes], None]:
    """How a view's frame reaches those who look at it: encoded once."""
    return lambda view, blob: socketio.emit(VIEW, blob, to=str(view))


def register(socketio: SocketIO, pipeline: Viewed) -> None:
    """Add the handlers."""

    @socketio.on("join")  # type: ignore[untyped-decorator]  # Flask-SocketIO ships no types
    def join(asked: Any) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
        epoch, seq = _field(asked, "epoch", str, ""), _field(asked, "seq", int, -1)
        pipeline.join(epoch, seq, lambda blob: socketio.emit(FRAME, blob, to=sid), lambda: join_room(ROOM))

    @socketio.on("view")  # type: ignore[untyped-decorator]  # Flask-SocketIO ships no types
    def view(asked: Any) -> bool:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
        try:
            wants = msgspec.convert(asked, Asked)
        except msgspec.ValidationError:
            return False
        if wants.anew:
            pipeline.look_at(sid, set(), lambda blob: None, _move)
        pipeline.look_at(sid, views_of(wants), lambda blob: socketio.emit(VIEW, blob, to=sid), _move)
        return True

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]  # Flask-SocketIO ships no types
    def gone(*_: Any) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
        pipeline.look_at(sid, set(), lambda blob: None, lambda new, left: None)

    @socketio.on("clock")  # type: ignore[untyped-decorator]  # Flask-SocketIO ships no types
    def tell_time() -> int:
        return clock.now_ms()

    @socketio.on("track")  # type: ignore[untyped-decorator]  # Flask-SocketIO ships no types
    def track(asked: Any) -> bytes | None:
        found = pipeline.track(_field(asked, "worker", str, ""), _field(asked, "since", int, 0))
        if found is None:
            return None
        fixes, since_ms = found
        return frames.pack(
            {"worker": asked["worker"], "since": since_ms},
            [("lon", fixes["lon"]), ("lat", fixes["lat"]), ("time", fixes["fix_ms"].astype("f8"))],
        )


def _field(asked: Any, name: str, kind: type[T], default: T) -> T:
    value = asked.get(name) if isinstance(asked, dict) else None
    return value if isinstance(value, kind) else default


def _move(new: set[View], left: set[View]) -> None:
    for view in left:
        leave_room(str(view))
    for view in new:
        join_room(str(view))
