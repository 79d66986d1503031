"""The ordinary alternative, for comparison only: a Dash page that asks the server once a second what is new.

`python -m tests.bench.plain_dash SOCKET PORT` serves it: a `dcc.Interval` callback reads the newest fix of worker BENCH
off the log and shows when the log took it; the page notes when that reached the glass.
"""

from __future__ import annotations

import sys

import redis
from dash import Dash, Input, Output, dcc, html

_NOTE = """(appended) => {
  if (appended && appended !== window.seen) {
    window.seen = appended;
    requestAnimationFrame(() => (window.glass = [...(window.glass ?? []), Date.now() - appended]));
  }
  return "";
}"""


def main(socket: str, port: int) -> None:
    client, app = redis.Redis(unix_socket_path=socket), Dash(__name__)
    app.layout = html.Div([dcc.Interval(id="tick", interval=1000), dcc.Store(id="newest"), html.Div(id="out")])

    @app.callback(Output("newest", "data"), Input("tick", "n_intervals"))
    def newest(_: int) -> int | None:
        entries = client.xrevrange("wall:positions", count=200)
        mine = [entry_id for entry_id, fields in entries if b'"BENCH"' in fields[b"data"]]
        return int(mine[0].split(b"-")[0]) if mine else None

    app.clientside_callback(_NOTE, Output("out", "children"), Input("newest", "data"))
    app.run(host="127.0.0.1", port=port, debug=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
