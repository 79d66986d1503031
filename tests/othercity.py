"""Another city's Open311 server for the tests: real HTTP, in pages, with the habits that real ones have."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dashboard import clock

Query = dict[str, str]


class OtherCity:
    """Its requests by id. `knows`: the parameters it understands; `trouble`: an answer instead, given the how manieth
    question it is: status, headers, body.
    """

    def __init__(
        self, *, knows: tuple[str, ...] = ("updated_after", "updated_before"), cap: int = 50, paged: bool = True
    ) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.knows, self.cap, self.paged = knows, cap, paged
        self.asked: list[Query] = []
        self.headers: list[dict[str, str]] = []
        self.trouble: Callable[[int], tuple[int, dict[str, str], bytes] | None] = lambda n: None
        self.after: Callable[[int], None] = lambda n: None
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/open311/v2"

    def start(self) -> None:
        """Answer, on the same port as before."""
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                city.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, headers, body = city.answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Answer nobody."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def put(self, request_id: str, at_ms: int, *, updated_ms: int | None = None, **more: Any) -> None:
        """A request, or how it is now."""
        row = {
            "service_request_id": request_id, "status": "open", "service_code": "001", "service_name": "Road",
            "description": f"request {request_id}", "lat": 31.8, "long": 119.97,
            "requested_datetime": clock.to_rfc3339(at_ms), "updated_datetime": clock.to_rfc3339(updated_ms or at_ms),
        }  # fmt: skip
        self.rows[request_id] = {name: value for name, value in (row | more).items() if value is not None}

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a question."""
        at = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(at.query).items()}
        self.asked.append(query)
        number = len(self.asked)
        if (found := self.trouble(number)) is not None:
            return found
        body = json.dumps(self._found(query)).encode()
        self.after(number)
        return 200, {"Content-Type": "application/json"}, body

    def _found(self, query: Query) -> list[dict[str, Any]]:
        if ids := query.get("service_request_id"):
            return [self.rows[one] for one in ids.split(",") if one in self.rows]
        rows = [row for row in self.rows.values() if self._fits(row, query)]
        rows.sort(key=lambda row: row.get("updated_datetime") or row["requested_datetime"])
        page, size = int(query.get("page", 1)) if self.paged else 1, min(self.cap, int(query.get("page_size", 100)))
        return rows[(page - 1) * size : page * size] if self.paged else rows

    def _fits(self, row: dict[str, Any], query: Query) -> bool:
        bounds = [
            ("updated_after", "updated_before", "updated_datetime"),
            ("start_date", "end_date", "requested_datetime"),
        ]
        for first, last, name in bounds:
            at = clock.from_rfc3339(row.get(name) or row["requested_datetime"])
            if first in self.knows and first in query and at < clock.from_rfc3339(query[first]):
                return False
            if last in self.knows and last in query and at > clock.from_rfc3339(query[last]) + 999:
                return False
        return True
