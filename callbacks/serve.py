"""Serving a web application to browsers: gunicorn, one worker process, a thread for each viewer.

One worker, because the process is one replica with one picture; more screens are served by more replicas. What is
served is built inside the worker, by `build`, so that nothing is shared across the fork.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import ParseException

from callbacks.patience import PATIENCE, Limits, PatientWorker

logger = logging.getLogger(__name__)
Build = Callable[[Event], tuple[flask.Flask, list[Callable[[], None]]]]
THREADS = 512
"""Viewers one replica serves at once, each holding one thread."""
SWITCH_S = 0.0005
"""After so long a thread that computes lets another in (Python's default: ten times as long): who draws an analyst's
chart must not keep the thread waiting that sends the frames."""
_GRACE_S = 2


class Served(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """`build(stop)` returns the Flask application and what to run beside it; `stop` is set when the worker ends.

    `limits`: how patient it is with those who send.
    """

    def __init__(self, host: str, port: int, build: Build, limits: Limits = PATIENCE) -> None:
        self._bind, self._build, self._stop, self.limits = f"{host}:{port}", build, Event(), limits
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings; its own command line and files are not read."""
        options: dict[str, Any] = {
            "bind": self._bind, "workers": 1, "worker_class": PatientWorker, "threads": THREADS, "timeout": 0,
            "graceful_timeout": _GRACE_S, "keepalive": 5, "loglevel": "warning", "proc_name": "fourscreens",
            "worker_exit": self._leave, "control_socket_disable": True,
        }  # fmt: skip
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def _leave(self, server: object, worker: object) -> None:
        self._stop.set()

    def load(self) -> flask.Flask:
        """Build, in the worker."""
        sys.setswitchinterval(SWITCH_S)
        server, beside = self._build(self._stop)
        server.register_error_handler(ParseException, lambda fault: (str(fault), 400))  # of a body that cannot be read
        for run in beside:
            Thread(
                target=self._alive_or_over, args=(run,), name=getattr(run, "__name__", "beside"), daemon=True
            ).start()
        return server

    def _alive_or_over(self, run: Callable[[], None]) -> None:
        """A worker whose picture no longer moves must not go on serving it: gunicorn starts another."""
        try:
            run()
        except Exception:
            logger.exception("the worker ends, because a part of it failed")
            os.kill(os.getpid(), signal.SIGTERM)
