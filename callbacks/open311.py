"""An Open311 GeoReport v2 endpoint at `/open311/v2`, in JSON and XML: the city's categories as services, its events as
requests. Anybody may read, at a modest pace; who reports needs a key: the token of an entry of feeds.yaml that accepts
`event.`. What strangers are told is decided by `feeds.open311public`, what a report becomes by `feeds.open311desk`.

`requests` also takes `updated_after` and `updated_before`, `page` and `page_size` (at most 50). A request has its id at
once; asked for a token, it is its own.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Collection
from threading import Lock
from typing import Final

import flask
from werkzeug.exceptions import HTTPException

from callbacks.asked import RETRY_AFTER_S, at, number
from callbacks.live import Viewed
from dashboard import clock
from dashboard.cases import Cases, Filling
from dashboard.cities import City
from dashboard.clock import DAY_MS
from dashboard.codec import Malformed
from dashboard.scan import Busy, TookTooLong, Unreadable
from feeds.intake import Bucket, Intake, Turned
from feeds.open311desk import Desk, Form, Unknown
from feeds.open311public import MOST, Language, Public, Wanted
from feeds.protocols import open311
from feeds.protocols.open311 import Format, ServiceRequest
from feeds.protocols.xmltext import render

RATE, BURST = 2.0, 60
"""Questions a second from one address, and at once."""
MOST_BYTES: Final = 262_144
MOST_ADDRESSES: Final = 10_000
MOST_PAGES: Final = 10_000
SPAN_MS: Final = 90 * DAY_MS
_MEDIA: Final = {"json": "application/json", "xml": "text/xml"}
_CHANGED: Final = "2026-11-22T00:00:00Z"
_FORM: Final = "<any(json, xml):form>"


class Visitors:
    """How much each address may still ask; of too many addresses, those that have been quiet longest are forgotten."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def admit(self, address: str) -> None:
        """Raises Turned for who has asked too much."""
        with self._lock:
            bucket = self._buckets.setdefault(address, Bucket(RATE, BURST))
            self._buckets.move_to_end(address)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        if wait := bucket.take(1, clock.monotonic()):
            reason = f"more than {RATE:g} questions a second; wait {wait:.1f} s"
            raise Turned(429, "", reason, {"Retry-After": str(math.ceil(wait))})


class Endpoint:
    """What the routes answer, as bytes; raises what `answered` explains."""

    def __init__(self, public: Public, desk: Desk | None, city: City, language: Callable[[], Language]) -> None:
        self._public, self._desk, self._language = public, desk, language
        self._codes = {one.key for one in city.categories}

    def services(self, form: Format) -> bytes:
        """The list of services."""
        return open311.services(self._public.services(self._language()), form)

    def service(self, form: Format, code: str) -> bytes:
        """One service; none of them asks for more than every request says."""
        self._check(code)
        return open311.definition(code, [], form)

    def requests(self, form: Format) -> bytes:
        """The requests that are asked for, by id or by everything else."""
        if ids := _list("service_request_id"):
            if len(ids) > MOST:
                raise Malformed("service_request_id", str(len(ids)), f"are more than {MOST}")
            return open311.requests(self._public.by_ids(ids, self._language()), form)
        for code in _list("service_code"):
            self._check(code)
        return open311.requests(self._public.page(_wanted(), self._language()), form)

    def request(self, form: Format, request_id: str) -> bytes:
        """One request, as a list of one."""
        return open311.requests([self._one(request_id)], form)

    def token(self, form: Format, token: str) -> bytes:
        """The id that a token stands for."""
        return open311.redeemed(self._one(token).request_id, token, form)

    def report(self, form: Format) -> bytes:
        """A new request."""
        if self._desk is None:
            raise Turned(503, "", "this wall has no log to write to", {"Retry-After": "60"})
        key, fields = _sent()
        return open311.created(self._desk.report(key, fields), form)

    def discovery(self, form: Format) -> bytes:
        """Where the endpoint is, and what it speaks."""
        here = {
            "specification": "http://wiki.open311.org/GeoReport_v2", "changeset": _CHANGED, "type": "production",
            "url": f"{flask.request.host_url}open311/v2", "formats": list(_MEDIA.values()),
        }  # fmt: skip
        key = "a token of feeds.yaml, from whoever runs this wall"
        said = {"changeset": _CHANGED, "contact": None, "key_service": key, "endpoints": [here]}
        return flask.json.dumps(said).encode() if form == "json" else render("discovery", said)

    def _check(self, code: str) -> None:
        if code not in self._codes:
            raise Unknown(f"service_code={code[:100]!r}: there is no such service")

    def _one(self, request_id: str) -> ServiceRequest:
        if found := self._public.by_ids([request_id], self._language()):
            return found[0]
        raise Unknown(f"service_request_id={request_id[:200]!r}: there is no such request")


def register(
    server: flask.Flask, pipeline: Viewed, city: City, cases: Cases | None, intake: Intake | None,
    language: Callable[[], Language],
) -> None:  # fmt: skip
    """Add the routes; without `cases` only what is in memory can be found, without an `intake` nothing be reported."""

    def known(ids: Collection[str]) -> Collection[str]:
        return pipeline.look(lambda picture: [event_id for event_id in ids if event_id in picture.events])

    desk = Desk(intake, city, known) if intake else None
    endpoint, visitors = Endpoint(Public(pipeline, cases, city), desk, city, language), Visitors()

    def add(path: str, answer: Callable[..., bytes], method: str = "GET") -> None:
        def route(form: Format, **named: str) -> flask.Response:
            status = 201 if method == "POST" else 200
            return answered(form, lambda: _admitted(visitors, method, lambda: answer(form, *named.values())), status)

        name = f"open311 {method} {path}"
        server.add_url_rule(f"/open311/{path}.{_FORM}", name, route, methods=[method])

    add("discovery", endpoint.discovery)
    add("v2/discovery", endpoint.discovery)
    add("v2/services", endpoint.services)
    add("v2/services/<path:code>", endpoint.service)
    add("v2/requests", endpoint.requests)
    add("v2/requests", endpoint.report, "POST")
    add("v2/requests/<path:request_id>", endpoint.request)
    add("v2/tokens/<path:token>", endpoint.token)


def answered(form: Format, make: Callable[[], bytes], status: int = 200) -> flask.Response:
    """What `make` returns, or what is wrong, in the standard's form."""
    headers: dict[str, str] = {}
    try:
        content = make()
    except Exception as fault:
        status, headers = _explained(fault)
        content = open311.errors([(status, str(fault) or "cannot be answered now; ask again in some seconds")], form)
    return flask.Response(content, status, headers, content_type=f"{_MEDIA[form]}; charset=utf-8")


def _explained(fault: Exception) -> tuple[int, dict[str, str]]:
    """The status of an error, and headers. Raises it where it is none of those that may happen."""
    if isinstance(fault, Turned):
        status = 403 if fault.answer.status == 401 else fault.answer.status  # the standard's for a wrong key
        return status, {name: value for name, value in fault.answer.headers.items() if name == "Retry-After"}
    if isinstance(fault, Malformed):
        return 400, {}
    if isinstance(fault, Unknown):
        return 404, {}
    if isinstance(fault, Busy | Filling | TookTooLong | Unreadable):
        return 503, {"Retry-After": RETRY_AFTER_S}
    raise fault


def _admitted(visitors: Visitors, method: str, make: Callable[[], bytes]) -> bytes:
    """Who reports has a key, and with it a pace of its own."""
    if method == "GET":
        visitors.admit(flask.request.remote_addr or "")
    return make()


def _sent() -> tuple[str, Form]:
    """The key and the fields of a form. Raises Turned for one that is too long, or is no form."""
    flask.request.max_content_length = flask.request.max_form_memory_size = MOST_BYTES
    try:
        fields = list(flask.request.form.items(multi=True))
        files = list(flask.request.files)
    except HTTPException as fault:
        raise Turned(fault.code or 400, "body", str(fault.description)) from None
    if files:
        raise Malformed(files[0], "", "is a file, and none are kept here; send media_url")
    key = flask.request.form.get("api_key", "") or flask.request.args.get("api_key", "")
    return key, [(name, value) for name, value in fields if name != "api_key"]


def _wanted() -> Wanted:
    """The requests that the address asks for. Raises Malformed."""
    updated = any(name in flask.request.args for name in ("updated_after", "updated_before"))
    first, last = ("updated_after", "updated_before") if updated else ("start_date", "end_date")
    start, end, now_ms = at(first, 0), at(last, 0), clock.now_ms()
    end = end or (min(now_ms, start + SPAN_MS) if start else now_ms)
    start = start or end - SPAN_MS
    if not 0 <= end - start <= SPAN_MS:
        raise Malformed(first, flask.request.args.get(first, ""), f"must be at most 90 days before {last}, or now")
    status = _list("status")
    if strange := [one for one in status if one not in ("open", "closed")]:
        raise Malformed("status", strange[0], "is neither open nor closed")
    return Wanted(
        start, end, tuple(_list("service_code")), status[0] if len(set(status)) == 1 else None, updated,  # type: ignore[arg-type]  # one of the two
        round(number("page", 1, MOST_PAGES, 1)), round(number("page_size", 1, MOST, MOST)),
    )  # fmt: skip


def _list(name: str) -> list[str]:
    return [part.strip() for part in flask.request.args.get(name, "").split(",") if part.strip()]
