"""A real MQTT broker for the tests: mosquitto as a process that can be killed and started again on the same port."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

_CONFIG = """
user {user}
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 100000
"""


class Mosquitto:
    """One broker; `kill` it and `start` it again, its sessions and what waited for them are still there."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if program is None:
            pytest.skip("mosquitto is not on this machine (Debian: apt-get install mosquitto)")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(_CONFIG.format(port=self.port, folder=folder, user=getpass.getuser()))
        self._command = [program, "-c", str(self._config)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("mosquitto did not start")

    def save(self) -> None:
        """Have it write down its sessions, which it else does now and then only."""
        kept = self._config.with_name("mosquitto.db")
        kept.unlink(missing_ok=True)
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR1)
        for _ in range(500):
            if kept.exists():
                return
            time.sleep(0.02)
        raise RuntimeError("mosquitto did not write its sessions down")

    def end(self) -> None:
        """End it as its own machine would, so that it writes down what it has."""
        self._over(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._over(signal.SIGKILL)

    def _over(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None
