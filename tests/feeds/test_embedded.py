"""The private log server: durable, alone on its folder, and gone when its owner is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.model import EventRated
from dashboard.record import Record
from feeds.embedded import EmbeddedServer
from feeds.log import Log, LogError
from tests.support import T0, until

ROOT = Path(__file__).parents[2]
OWNER = """
import sys, time
from pathlib import Path
from dashboard.model import EventRated
from dashboard.record import Record
from feeds.embedded import EmbeddedServer
from feeds.log import Log
with EmbeddedServer(Path(sys.argv[1])) as server:
    log, n = Log(server.url), 0
    while True:
        log.append([Record(str(n), "s", "event.rated", n, EventRated(str(n), 5))])
        print(n, flush=True)
        n += 1
"""


def records(*numbers: int) -> list[Record]:
    """Numbered ones."""
    return [Record(str(n), "s", "event.rated", T0, EventRated(str(n), 5)) for n in numbers]


def held(url: str) -> list[int]:
    """The numbers on the log, in its order."""
    found = Log(url).read({"wall:events": "0-0"}, None, 1_000_000)
    return [int(e.fields[b"id"]) for e in found]


def answers(path: Path) -> bool:
    """Whether somebody listens there."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def test_it_starts_stops_and_keeps_what_was_appended(short_dir: Path) -> None:
    with EmbeddedServer(short_dir / "new" / "folder") as server:
        Log(server.url).append(records(1, 2))
        assert (short_dir / "new/folder/valkey.sock").stat().st_mode & 0o777 == 0o700
    assert not answers(short_dir / "new/folder/valkey.sock")
    with EmbeddedServer(short_dir / "new" / "folder") as server:
        assert held(server.url) == [1, 2]


def test_it_listens_on_no_port(short_dir: Path) -> None:
    with EmbeddedServer(short_dir) as server:
        config = Log(server.url)._redis.config_get("port")
    assert config == {"port": "0"}


@pytest.mark.parametrize("leftover", ["file", "socket"])
def test_a_leftover_socket_is_no_matter(short_dir: Path, leftover: str) -> None:
    path = short_dir / "valkey.sock"
    if leftover == "file":
        path.write_text("")
    else:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    with EmbeddedServer(short_dir) as server:
        Log(server.url).append(records(1))


def test_a_second_one_on_the_same_folder_is_refused(short_dir: Path) -> None:
    with EmbeddedServer(short_dir) as server:
        with pytest.raises(LogError, match=f"another wall is running on {short_dir}; stop it, or set WALL_DATA_DIR"):
            EmbeddedServer(short_dir).__enter__()
        Log(server.url).append(records(1))
        assert held(server.url) == [1]


def test_a_path_too_long_is_refused_in_a_sentence(short_dir: Path) -> None:
    with pytest.raises(LogError, match="too long for a unix socket; set WALL_DATA_DIR"):
        EmbeddedServer(short_dir / ("x" * 100)).__enter__()


def test_a_truncated_tail_loses_only_the_tail(short_dir: Path) -> None:
    with EmbeddedServer(short_dir) as server:
        log = Log(server.url)
        for n in range(5):
            log.append(records(n))
    [file] = (short_dir / "appendonlydir").glob("*.incr.aof")
    os.truncate(file, file.stat().st_size - 7)
    with EmbeddedServer(short_dir) as server:
        assert held(server.url) == [0, 1, 2, 3]
        Log(server.url).append(records(9))
    with EmbeddedServer(short_dir) as server:
        assert held(server.url) == [0, 1, 2, 3, 9]


def test_a_log_that_cannot_be_loaded_is_said_with_where_to_look(short_dir: Path) -> None:
    with EmbeddedServer(short_dir) as server:
        Log(server.url).append(records(1))
    [file] = (short_dir / "appendonlydir").glob("*.incr.aof")
    file.write_bytes(b"no commands at all\r\n" + file.read_bytes())
    broken = EmbeddedServer(short_dir)
    with pytest.raises(LogError, match=f"did not start; its reasons are in {short_dir}/valkey.log"):
        broken.__enter__()
    file.write_bytes(file.read_bytes().removeprefix(b"no commands at all\r\n"))
    with EmbeddedServer(short_dir) as server:
        assert held(server.url) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the server with its killed owner")
def test_killed_with_its_owner_and_nothing_is_lost(short_dir: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(short_dir)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    for line in owner.stdout:
        if int(line) == 20:
            break
    owner.send_signal(signal.SIGKILL)
    told = [20, *(int(line) for line in owner.stdout if line.endswith("\n"))]
    owner.wait()
    assert until(lambda: not answers(short_dir / "valkey.sock"))
    with EmbeddedServer(short_dir) as server:
        found = held(server.url)
    assert found[: told[-1] + 1] == list(range(told[-1] + 1))
    assert found == list(range(len(found)))


def test_a_server_left_behind_is_ended_first(short_dir: Path) -> None:
    """As after a kill on a system that does not end children: the server runs, and nobody holds the lock."""
    left = EmbeddedServer(short_dir)
    left.__enter__()
    Log(left.url).append(records(1))
    assert left._lock is not None
    assert left._process is not None
    left._lock.close()
    with EmbeddedServer(short_dir) as server:
        assert left._process.wait(5) == 0
        assert held(server.url) == [1]
