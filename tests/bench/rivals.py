"""The ordinary alternatives, for comparison only: Dash pages that show every worker as a dash-leaflet point.

`python -m tests.bench.rivals interval|websocket SOCKET PORT` reads the newest fixes off the log and hands them on
once a second: through a `dcc.Interval` callback, or through one WebSocket callback on Dash's FastAPI server that
sets the property whenever there is news. The page notes when what it was given reached the glass.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from threading import Lock, Thread
from typing import Any

import dash_leaflet as dl
import redis
import uvicorn
from dash import Dash, Input, Output, dcc, html, set_props

_DOT = """(feature, at) => L.circleMarker(at, { radius: 2, weight: 0, fillOpacity: 0.7 })"""
_NOTE = """(data) => {
  if (data && data.t0 && data.t0 !== window.seen) {
    window.seen = data.t0;
    requestAnimationFrame(() => (window.glass = [...(window.glass ?? []), Date.now() - data.t0]));
  }
  return "";
}"""


class Newest:
    """Everybody's newest fix as GeoJSON, followed in a thread."""

    def __init__(self, socket: str) -> None:
        self._client, self._at, self._lock = redis.Redis(unix_socket_path=socket), {}, Lock()
        self.turn, self.t0 = 0, 0
        Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        position = b"$"
        while True:
            for _, entries in self._client.xread({"wall:positions": position}, block=1000) or []:  # type: ignore[union-attr]  # redis cannot tell
                position = entries[-1][0]
                for _, fields in entries:
                    data = json.loads(fields[b"data"])
                    with self._lock:
                        self._at.update(zip(data["worker_id"], zip(data["lon"], data["lat"], strict=True), strict=True))
                self.turn, self.t0 = self.turn + 1, int(entries[0][0].split(b"-")[0])

    def geojson(self) -> dict[str, Any]:
        """A feature for everybody."""
        with self._lock:
            here = list(self._at.items())
        features = [
            {"type": "Feature", "properties": {"id": i}, "geometry": {"type": "Point", "coordinates": at}}
            for i, at in here
        ]
        return {"type": "FeatureCollection", "features": features, "t0": self.t0}


def layout() -> html.Div:
    """A map, its points, and what the callbacks need."""
    dots = dl.GeoJSON(id="dots", pointToLayer={"variable": "bench.dot"})
    world = dl.Map([dots], center=[31.75, 119.92], zoom=11, preferCanvas=True, style={"height": "100vh"})
    tick = dcc.Interval(id="tick", interval=1000)
    return html.Div([world, tick, html.Button("start", id="start"), html.Div(id="out"), html.Div(id="done")])


def page(**options: Any) -> Dash:
    """The page around the map; the function for its points is part of the document."""
    app = Dash(__name__, **options)
    script = f"<script>window.bench = {{ dot: {_DOT} }};</script>"
    app.index_string = app.index_string.replace("<head>", "<head>" + script)
    app.layout = layout
    app.clientside_callback(_NOTE, Output("out", "children"), Input("dots", "data"))
    return app


def by_interval(newest: Newest, port: int) -> None:
    """Ask once a second."""
    app = page()

    @app.callback(Output("dots", "data"), Input("tick", "n_intervals"))
    def send(_: int) -> dict[str, Any]:
        return newest.geojson()

    app.run(host="127.0.0.1", port=port, debug=False)


def by_websocket(newest: Newest, port: int) -> None:
    """Told when there is news."""
    app = page(backend="fastapi", websocket_callbacks=True)

    @app.callback(Output("done", "children"), Input("start", "n_clicks"))
    async def send(_: int) -> str:
        turn, until = -1, time.monotonic() + 300
        while time.monotonic() < until:
            if newest.turn != turn:
                turn = newest.turn
                set_props("dots", {"data": newest.geojson()})
            await asyncio.sleep(0.01)
        return "done"

    uvicorn.run(counted(app.server), host="127.0.0.1", port=port, log_level="warning")


def counted(server: Any) -> Any:
    """The ASGI server, telling at `/sent` how many bytes went over its WebSockets: Dash keeps them in a shared worker,
    where a page's network events do not show."""
    total = 0

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            nonlocal total
            if message["type"] == "websocket.send":
                total += len(message.get("bytes") or message.get("text", "").encode())
            await send(message)

        if scope.get("path") == "/sent":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(total).encode()})
        else:
            await server(scope, receive, watch)

    return wrapped


if __name__ == "__main__":
    {"interval": by_interval, "websocket": by_websocket}[sys.argv[1]](Newest(sys.argv[2]), int(sys.argv[3]))
