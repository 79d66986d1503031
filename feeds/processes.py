"""Keeps the processes of one machine running: starts them, restarts those that end, stops them all together.

A process that ends with `DONE` has finished its work and stays down, unless its work never ends. What the processes do
is not known here.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

from dashboard import clock
from feeds.base import Backoff

logger = logging.getLogger(__name__)
DONE = 0
_STEADY_S = 30.0
_POLL_S = 0.1
_STOP_S = 8.0
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Job:
    """One process: its name, its command line, and how it is doing."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    done: bool = False
    endless: bool = False
    """Its work never ends, so that even `DONE` means trouble."""
    environment: dict[str, str] = field(default_factory=dict)


def keep_running(jobs: Sequence[Job], stop: Event) -> None:
    """Run `jobs` until `stop` is set or all are done; call it from the main thread."""
    backoff = Backoff(first=0.2, cap=15.0)
    try:
        while not stop.is_set() and not all(job.done for job in jobs):
            for job in jobs:
                _tend(job, backoff)
            stop.wait(_POLL_S)
    finally:
        _stop(jobs)


def _tend(job: Job, backoff: Backoff) -> None:
    now = clock.monotonic()
    if job.done:
        return
    if job.process is None:
        if now >= job.start_at:
            _start(job, now)
        return
    code = job.process.poll()
    if code is None:
        return
    job.process = None
    if code == DONE and not job.endless:
        job.done = True
        return
    job.failures = 0 if now - job.started > _STEADY_S else job.failures + 1
    job.start_at = now + backoff.seconds(job.failures)
    logger.warning("%s ended with %s; starting it again in %.1f s", job.name, code, job.start_at - now)


def _start(job: Job, now: float) -> None:
    environment = {**os.environ, **job.environment}
    job.process = subprocess.Popen(list(job.command), env=environment, preexec_fn=die_with_parent)
    job.started = now


def _stop(jobs: Sequence[Job]) -> None:
    running = [job.process for job in jobs if job.process is not None and job.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = clock.monotonic() + _STOP_S
    for process in running:
        try:
            process.wait(max(0.1, deadline - clock.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent() -> None:
    """Between fork and exec: on Linux the kernel ends us when the parent ends; Ctrl-C is the parent's to pass on."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
