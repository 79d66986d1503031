"""Serving for real: a worker whose picture stands still is replaced."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.support import until

SCRIPT = """
import os, sys
from pathlib import Path
import flask
from callbacks.serve import Served

def build(stop):
    server = flask.Flask("probe")
    server.add_url_rule("/pid", "pid", lambda: str(os.getpid()))
    workers = Path(sys.argv[2])
    with workers.open("a") as file:
        file.write(f"{os.getpid()}\\n")

    def beside():
        stop.wait(0.2)
        if len(workers.read_text().split()) == 1:
            raise RuntimeError("the log is gone")

    return server, [beside]

Served("127.0.0.1", int(sys.argv[1]), build).run()
"""


def test_a_worker_whose_pipeline_fails_is_replaced(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root, workers = Path(__file__).parents[2], tmp_path / "workers"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(port), str(workers)], cwd=root, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    try:
        assert until(lambda: workers.exists() and len(workers.read_text().split()) == 2, 15)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/pid", timeout=5) as answer:
            assert answer.read().decode() == workers.read_text().split()[1]
    finally:
        process.terminate()
        _, said = process.communicate(timeout=15)
    assert "the log is gone" in said
