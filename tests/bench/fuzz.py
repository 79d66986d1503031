"""Every address of /openapi.json and every TCP codec, asked with what hypothesis and chance make up, for ten minutes.

Nothing may answer with an error of the server's own (503 with Retry-After is none), keep anybody waiting for ten
seconds, end a feed, or make a process grow. `WALL_BENCH_S` says for how many seconds; `WALL_TEST_DATA` where the
reference's frames are: without them the codecs get the few below.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from schemathesis import Case, GenerationMode

from tests.bench.measure import Line
from tests.e2e.walls import App, command_of, descendants, free_port, wait_for

SECONDS: Final = float(os.environ.get("WALL_BENCH_S", "600"))
DATA: Final = Path(os.environ.get("WALL_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
HANG_S: Final = 10
EXAMPLES: Final = 15
SEED: Final = 6
WARM: Final = 0.25
"""After this share of the time every part has been at work, and what it needs for that is in memory."""
TOKEN: Final = "fuzz"
KNOWN: Final = {"event_id": "E1", "name": "hotline", "request_id": "E1", "letter_id": "1-0", "area_id": "A1"}
CODECS: Final = {"jt808": "jt808_frames", "gps103": "gps103_sentences", "gb26875": "gb26875_frames"}
FEW: Final = {
    "jt808": [bytes.fromhex("7e000200000138001380000001a97e")],
    "gps103": [b"##,imei:864035052942928,A;", b"imei:864035052942928,sensor alarm,2208011920,,L,;"],
    "gb26875": [bytes.fromhex("404000000101180d11160a140000000000000000000000003000020201010300d90006000200a3c12323")],
}  # fmt: skip
FILE: Final = """
feeds:
  - {{name: hotline, kind: http, crs: gcj02, token: "sha256:{token}", rate: 100000, burst: 1000000, roster: roster.csv}}
  - {{name: jt808, kind: jt808, crs: wgs84, listen: "127.0.0.1:{jt808}", roster: roster.csv}}
  - {{name: gps103, kind: gps103, crs: wgs84, listen: "127.0.0.1:{gps103}", roster: roster.csv}}
  - {{name: gb26875, kind: gb26875, crs: wgs84, listen: "127.0.0.1:{gb26875}", devices: panels.csv}}
"""


class Found:
    """What was seen: answers by status, what must not be, how much was said over TCP."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.wrong: dict[str, str] = {}
        self.hung = 0
        self.frames = 0

    def ask(self, url: str, session: requests.Session, case: Case) -> None:
        """Send one request."""
        try:
            answer = case.call(base_url=url, session=session, timeout=HANG_S)
        except requests.Timeout:
            self.hung += 1
            self._note(f"{case.operation.label} hangs", case)
            return
        except requests.RequestException as fault:
            if not isinstance(fault, requests.exceptions.InvalidHeader):
                self._note(f"{case.operation.label} {type(fault).__name__}", case)
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and not (answer.status_code == 503 and "retry-after" in answer.headers):
            self._note(f"{case.operation.label} {answer.status_code}", case)

    def _note(self, what: str, case: Case) -> None:
        if what not in self.wrong:
            self.wrong[what] = case.as_curl_command()
            print(f"{what}: {self.wrong[what][:1000]}", flush=True)


def run() -> Iterator[Line]:
    """A wall of its own, asked for `SECONDS`."""
    folder = Path(tempfile.mkdtemp(prefix="wf"))
    ports = {name: free_port() for name in CODECS}
    app = App("run", "--no-simulator", data_dir=folder / "data", WALL_FEEDS_FILE=str(_declared(folder, ports)))
    try:
        yield from _measured(app, ports)
    finally:
        app.end()
        shutil.rmtree(folder, ignore_errors=True)


def _declared(folder: Path, ports: dict[str, int]) -> Path:
    (folder / "roster.csv").write_text("device,worker\n" + "".join(f"{device},W{device}\n" for device in _devices()))
    (folder / "panels.csv").write_text("device,lat,lon,name\n1.2.3.4.5.6,31.8,119.9,panel\n")
    path = folder / "feeds.yaml"
    path.write_text(FILE.format(token=hashlib.sha256(TOKEN.encode()).hexdigest(), **ports))
    return path


def _devices() -> list[str]:
    return ["013800138000", "864035052942928", "a/b", "0"]


def _measured(app: App, ports: dict[str, int]) -> Iterator[Line]:
    app.ready()
    wait_for(lambda: set(_states(app)) >= set(CODECS) and set(_states(app).values()) == {"running"})
    found, stop = Found(), Event()
    talks = [Thread(target=_talk, args=(name, port, found, stop)) for name, port in ports.items()]
    for talk in talks:
        talk.start()
    _ask_for(WARM * SECONDS, app, found, 0)
    before = _memory(app)
    _ask_for((1 - WARM) * SECONDS, app, found, 1_000_000)
    stop.set()
    for talk in talks:
        talk.join()
    after = _memory(app)
    print(f"answers {dict(sorted(found.statuses.items()))}; {found.frames:,} pieces over TCP", flush=True)
    for name in before:
        print(f"{name}: {before[name]:.0f} MB, then {after.get(name, 0):.0f} MB", flush=True)
    yield Line("answers that must not be", len(found.wrong), 1, "", 0)
    yield Line("kept waiting for more than ten seconds", found.hung, 1, "", 0)
    running = sum(state == "running" for state in _states(app).values())
    yield Line("feeds that do not run any more", len(CODECS) + 1 - running, 1, "", 0)
    yield Line("codecs that do not answer any more", sum(not _answers(port) for port in (ports["jt808"],)), 1, "", 0)
    for name in before:
        yield Line(f"memory of {name}, after (baseline: before)", after.get(name, 0), before[name], "MB", 1.3)


def _states(app: App) -> dict[str, str]:
    health = app.health() or {"feeds": {}}
    return {name: feed["state"] for name, feed in health["feeds"].items() if "state" in feed}


def _memory(app: App) -> dict[str, float]:
    """Megabytes of the largest process of each role."""
    found: dict[str, float] = {}
    for pid in descendants(app.process.pid):
        words = command_of(pid).split()
        role = next((words[at + 1] for at, word in enumerate(words[:-1]) if word.endswith("app.py")), "")
        with suppress(OSError):
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            if role in ("serve", "feeds"):
                found[role] = max(found.get(role, 0), pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return found


def _ask_for(seconds: float, app: App, found: Found, first: int) -> None:
    """Round after round through every address, as the document allows it and as it does not."""
    until = time.monotonic() + seconds
    schema = schemathesis.openapi.from_dict(_sharpened(requests.get(f"{app.url}/openapi.json", timeout=HANG_S).json()))
    operations = [operation.ok() for operation in schema.get_all_operations()]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    for turn in count(first):
        for operation in operations:
            if time.monotonic() >= until:
                return
            known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path and turn % 2}
            mode = GenerationMode.NEGATIVE if turn % 3 == 2 else GenerationMode.POSITIVE
            with suppress(HypothesisException):  # there is nothing wrong to say to an address without parameters
                _some(operation.as_strategy(mode, path_parameters=known or None), SEED + turn, app.url, session, found)


def _sharpened(document: dict[str, Any]) -> dict[str, Any]:
    """The document with few ids and with instants of today, so that records get past the door and meet one another."""
    now_ms = time.time_ns() // 1_000_000
    today = {"type": "integer", "minimum": now_ms - 86_400_000, "maximum": now_ms + 3_600_000}
    for name, schema in document["components"]["schemas"].items():
        for key, value in schema.get("properties", {}).items():
            if key.endswith("_id") and value.get("type") == "string":
                schema["properties"][key] = {"enum": ["E1", "E2", "E3"]}
            elif {"type": "integer"} in value.get("anyOf", ()) and {"type": "string"} in value["anyOf"]:
                schema["properties"][key] = today
        if name.startswith("Event."):
            del schema["properties"]["time"]
            schema["properties"]["source"] = {"const": "hotline"}
    return document


def _some(cases: Any, number: int, url: str, session: requests.Session, found: Found) -> None:
    @seed(number)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def one(case: Case) -> None:
        found.ask(url, session, case)

    one()


def _talk(name: str, port: int, found: Found, stop: Event) -> None:
    """Reference frames, and what chance makes of them, connection after connection."""
    chance, frames = random.Random(f"{SEED}{name}"), _frames(name)
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), HANG_S) as line:
            for _ in range(chance.randrange(1, 30)):
                said = b"".join(_spoiled(chance, chance.choice(frames)) for _ in range(chance.randrange(1, 4)))
                line.sendall(said)
                found.frames += 1
                line.settimeout(0.02)
                with suppress(TimeoutError):
                    line.recv(65_536)


def _frames(name: str) -> list[bytes]:
    path = DATA / "protocols" / f"{CODECS[name]}.jsonl"
    if not path.exists():
        return FEW[name]
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [case["text"].encode() if "text" in case else bytes.fromhex(case["hex"]) for case in cases]


def _spoiled(chance: random.Random, frame: bytes) -> bytes:
    """A frame as it is, or with bytes changed, cut out, put in or doubled."""
    said = bytearray(frame)
    for _ in range(chance.choice([0, 1, 1, 2, 8])):
        at = chance.randrange(len(said) + 1)
        match chance.randrange(5):
            case 0 if said:
                said[at - 1] = chance.randrange(256)
            case 1:
                del said[at : at + chance.randrange(1, 9)]
            case 2:
                said[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 3:
                said[at:at] = said[: chance.randrange(len(said) + 1)]
            case _ if said:
                said[at - 1] ^= 1 << chance.randrange(8)
    return bytes(said)


def _answers(port: int) -> bool:
    """Whether a terminal that registers is answered."""
    with socket.create_connection(("127.0.0.1", port), HANG_S) as line:
        line.settimeout(HANG_S)
        line.sendall(FEW["jt808"][0])
        with suppress(TimeoutError):
            return bool(line.recv(65_536))
    return False
