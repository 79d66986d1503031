"""Dead letters for the tests, as the edge and the fold write them onto a real log."""

from __future__ import annotations

import json
from typing import Any

import redis

from dashboard.codec import Malformed, decode
from dashboard.record import Entry
from feeds.base import DeadLetter
from feeds.letterbox import Letter, Letterbox, Wanted
from feeds.log import Log

FEEDS = """
feeds:
  - {name: hotline, kind: http, crs: gcj02, token: "sha256:TOKEN", accepts: [event.], also: [app]}
  - {name: police, kind: redis, crs: gcj02, url: "redis://127.0.0.1:1", stream: wall:events}
  - {name: trackers, kind: gps103, crs: wgs84, listen: "127.0.0.1:1", roster: roster.csv}
  - {name: told, kind: webhook, url: "http://127.0.0.1:1", secret_file: s}
""".replace("TOKEN", "0" * 64)


def rating(score: Any = 9, **more: Any) -> dict[str, Any]:
    data = {"event_id": "e1", "score": score}
    return {"specversion": "1.0", "id": "r1", "source": "hotline", "type": "event.rated", "data": data} | more


def sent(log: Log, raw: object, source: str = "hotline", place: str = "http 0", field: str = "data.score") -> None:
    """What was refused at the edge."""
    content = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    log.reject([DeadLetter(source, place, field, "9", "Expected `int` <= 5", content)])


def folded(log: Log, broker: redis.Redis, **fields: str) -> None:
    """What was on the log and could not be folded."""
    whole = {"id": "x1", "source": "stranger", "type": "event.rated", "time": "2026-01-01T00:00:00Z"}
    whole |= {"data": '{"event_id":"e1","score":9}'} | fields
    entry_id = broker.xadd("wall:events", whole)  # type: ignore[arg-type]  # text to text
    entry = Entry("wall:events", entry_id.decode(), {name.encode(): said.encode() for name, said in whole.items()})
    try:
        decode(entry)
        fault = Malformed("data.event_id", "e1", "was never reported")
    except Malformed as found:
        fault = found
    log.refuse(entry, fault)


def newest(log: Log) -> Letter:
    return Letterbox(log).page(Wanted(), most=1).letters[0]
