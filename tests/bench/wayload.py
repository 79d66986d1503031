"""The loads of `ways` and `outages`, each a process of its own: `python -m tests.bench.wayload KIND WHERE S RATE`.

KIND is terminals (JT/T 808, WHERE a port), posts (HTTP, a URL), phones (OwnTracks by MQTT, a port) or entries (another
Valkey's stream, a URL). Each sends again what it was not answered to, as real ones do. Prints how many fixes were
acknowledged, and how long each answer took, as JSON.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import time
from struct import pack
from urllib.parse import urlsplit

import redis
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from feeds.protocols.jt808 import Frame, Splitter, build, decode

BATCH = 100
PHONES = 100
_BEIJING_S = 8 * 3600


def _location(at_s: int, n: int) -> bytes:
    digits = time.strftime("%y%m%d%H%M%S", time.gmtime(at_s + _BEIJING_S))
    return pack(">IIIIhHH", 0, 3, 31_780_000 + n, 119_950_000 + n, 5, 123, 270) + bytes.fromhex(digits)


async def _terminal(port: int, n: int, seconds: int, of: tuple[int, float], took: list[float]) -> int:
    number, every = bytes.fromhex(f"{13_000_000_000 + n:012d}"), of[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = time.time() + 2 + every * n / of[0]
    done, splitter, serial = 0, Splitter(), 0
    while (due := start + serial * every) < start + seconds:
        await asyncio.sleep(max(0.0, due - time.time()))
        serial += 1
        sent = time.perf_counter()
        # a second of its own for each: what comes twice is known by it
        writer.write(build(0x0200, Frame(0, "", number, 0, b""), _location(int(start) - 400 + serial, n), serial))
        answer = b""
        while b"\x7e" not in answer[1:]:
            more = await reader.read(4096)
            if not more:
                return done
            answer += more
        frame = decode(splitter.feed(answer)[-1])
        done += frame.body[4:5] == b"\x00"
        took.append((time.perf_counter() - sent) * 1000)
    writer.close()
    return done


async def _terminals(port: int, seconds: int, rate: int) -> tuple[int, list[float]]:
    took: list[float] = []
    connections = min(2000, rate * 2)
    of = connections, connections / rate
    done = await asyncio.gather(*(_terminal(port, n, seconds, of, took) for n in range(connections)))
    return sum(done), took


def _posts(url: str, seconds: int, rate: int) -> tuple[int, list[float]]:
    took: list[float] = []
    done, start, every = 0, time.time() + 2, BATCH / rate
    for n in range(int(seconds / every)):
        time.sleep(max(0.0, start + n * every - time.time()))
        batch = json.dumps([_event(n, k) for k in range(BATCH)])
        sent = time.perf_counter()
        while (accepted := _post(url, batch)) is None:
            time.sleep(1)
        took.append((time.perf_counter() - sent) * 1000)
        done += accepted
    return done, took


_LINES: dict[str, http.client.HTTPConnection] = {}


def _post(url: str, batch: str) -> int | None:
    """How many were accepted; None when they are to be sent again."""
    at = urlsplit(url)
    line = _LINES.setdefault(url, http.client.HTTPConnection(at.hostname or "", at.port, timeout=60))
    headers = {"Authorization": "Bearer bench", "Content-Type": "application/cloudevents-batch+json"}
    try:
        line.request("POST", "/ingest", batch, headers)
        answer = line.getresponse()
        said = json.loads(answer.read())
    except (OSError, http.client.HTTPException):
        line.close()
        return None
    return said["accepted"] if answer.status == 202 else None


def _phones(port: int, seconds: int, rate: int) -> tuple[int, list[float]]:
    client = Client(CallbackAPIVersion.VERSION2, "phones", clean_session=False)
    client.reconnect_delay_set(1, 1)
    client.max_queued_messages_set(0)
    published: set[int] = set()
    client.on_publish = lambda client, data, mid, code, properties: published.add(mid)
    client.connect("127.0.0.1", port)
    client.loop_start()
    start, sent, first = time.time() + 2, [], int(time.time()) - 3600
    for n in range(seconds * rate):
        time.sleep(max(0.0, start + n / rate - time.time()))
        said = {"_type": "location", "lat": 31.8, "lon": 119.97, "tst": first + n // PHONES}
        sent.append(client.publish(f"owntracks/u/{n % PHONES}", json.dumps(said), qos=1).mid)
    until = time.time() + 60
    while len(published) < len(sent) and time.time() < until:
        time.sleep(0.1)
    client.disconnect()
    client.loop_stop()
    return len(sent), [0.0]


def _entries(url: str, seconds: int, rate: int) -> tuple[int, list[float]]:
    client, start, done = redis.Redis.from_url(url, socket_timeout=5), time.time() + 2, 0
    for n in range(seconds * rate):
        time.sleep(max(0.0, start + n / rate - time.time()))
        fix = {"worker_id": f"P{n}", "lat": 31.8, "lon": 119.97, "fix_time": int(time.time() * 1000)}
        entry = {"id": str(n), "type": "worker.fix", "data": json.dumps(fix)}
        while True:
            try:
                client.xadd("s", entry)  # type: ignore[arg-type]  # text to text
                break
            except redis.RedisError:
                time.sleep(0.2)
        done += 1
    return done, [0.0]


def _event(n: int, k: int) -> dict[str, object]:
    fix = {"worker_id": f"H{(n * BATCH + k) % 5000}", "lat": 31.8, "lon": 119.97, "fix_time": int(time.time() * 1000)}
    return {"specversion": "1.0", "id": f"{n}-{k}", "source": "app", "type": "worker.fix", "data": fix}


def main(kind: str, where: str, seconds: str, rate: str) -> None:
    if kind == "terminals":
        done, took = asyncio.run(_terminals(int(where), int(seconds), int(rate)))
    elif kind == "phones":
        done, took = _phones(int(where), int(seconds), int(rate))
    else:
        done, took = {"posts": _posts, "entries": _entries}[kind](where, int(seconds), int(rate))
    print(json.dumps({"acknowledged": done, "took": took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
