"""Devices that keep a TCP connection: one task a connection, answered only once what they said is on the log.

What is said is a `Dialogue`'s to understand. A log that cannot take it makes devices wait, and nothing is lost or grows
meanwhile: each connection has at most one read of `READ` bytes in hand.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from threading import Event, Thread
from typing import Any, Final, NamedTuple, Protocol

from dashboard.codec import Malformed
from dashboard.replica import LogUnavailable
from feeds.base import DeadLetter, OnceSink
from feeds.gather import Gather, TooMuch
from feeds.tally import Tally

logger = logging.getLogger(__name__)
READ: Final = 65_536
QUIET_S: Final = 2.0
"""Silence after which what nothing has ended is taken for whole."""
_AGAIN_S: Final = 1.0
_ANSWER_S: Final = 30.0
MOST_FAULTS: Final = 100
"""Faults after which a connection is closed: whoever speaks there speaks something else."""


class Said(NamedTuple):
    """One thing a device said: what it means (None: nothing for the log), the answer, what is wrong with it."""

    meaning: Any
    reply: bytes = b""
    fault: Malformed | None = None
    raw: bytes = b""


class Dialogue(Protocol):
    """One connection's side of a conversation."""

    def hear(self, data: bytes) -> Iterable[Said]:
        """What is complete now that `data` has come, too; never raises for what comes."""

    def rest(self) -> Iterable[Said]:
        """What must be complete, for the line is silent or closed."""


class Listening(NamedTuple):
    """Where to listen, how many may come, and after how many seconds of silence they are let go."""

    listen: str
    connections: int
    idle_s: float


class TcpFeed:
    """A feed of connections: `dialogue` makes one for each, `flush` puts what many of them mean on the log."""

    def __init__(
        self, name: str, at: Listening, dialogue: Callable[[], Dialogue],
        flush: Callable[[OnceSink, Sequence[Any]], object], tally: Tally,
    ) -> None:  # fmt: skip
        self.name, self._at, self._dialogue, self._flush, self._tally = name, at, dialogue, flush, tally
        self._open = 0
        self._sink: OnceSink
        self._gather: Gather[Any]
        self.port = 0

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Listen until `stop`. Raises OSError when it cannot."""
        self._sink = sink
        self._gather = Gather(lambda things: self._flush(sink, things))
        over = Event()
        appending = Thread(target=self._gather.run, args=(over,), name=f"{self.name}-log", daemon=True)
        appending.start()
        try:
            asyncio.run(self._serve(stop))
        finally:
            over.set()
            appending.join()

    async def _serve(self, stop: Event) -> None:
        host, _, port = self._at.listen.rpartition(":")
        server = await asyncio.start_server(self._talk, host.strip("[]"), int(port), limit=READ)
        self.port = server.sockets[0].getsockname()[1]
        logger.info("%s listens on %s:%d", self.name, host, self.port)
        while not stop.is_set():
            await asyncio.sleep(0.2)
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= self._at.connections:
            writer.transport.abort()
            return
        self._open += 1
        try:
            await self._converse(reader, writer)
        except (OSError, asyncio.CancelledError, TimeoutError):
            pass  # it went away, said nothing for too long, or we end
        finally:
            self._open -= 1
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dialogue, faults, silent = self._dialogue(), 0, False
        place = "{0[0]}:{0[1]}".format(writer.get_extra_info("peername") or ("?", 0))
        while faults < MOST_FAULTS:
            data = await self._heard(reader, silent)
            silent = not data
            said = list(dialogue.hear(data) if data else dialogue.rest())
            faults += await self._refused(place, said)
            await self._append([one.meaning for one in said if one.meaning is not None])
            writer.writelines(one.reply for one in said if one.reply)
            await asyncio.wait_for(writer.drain(), _ANSWER_S)
            if not data and reader.at_eof():
                return
        logger.warning("%s: %s is let go after %d faults", self.name, place, faults)

    async def _heard(self, reader: asyncio.StreamReader, silent: bool) -> bytes:
        """What comes next; nothing when the line falls silent, or is closed; TimeoutError when it stays silent."""
        try:
            return await asyncio.wait_for(reader.read(READ), self._at.idle_s if silent else QUIET_S)
        except TimeoutError:
            if silent:
                raise
            return b""

    async def _append(self, meanings: Sequence[Any]) -> None:
        """All of it is on the log when this returns; it waits as long as that takes."""
        left = list(meanings)
        while left:
            told = []
            try:
                for meaning in left:
                    told.append(asyncio.wrap_future(self._gather.put(meaning)))
            except TooMuch:
                await asyncio.sleep(_AGAIN_S / 10)
            done = await asyncio.gather(*told, return_exceptions=True)
            if wrong := [how for how in done if how is not None and not isinstance(how, LogUnavailable)]:
                raise wrong[0]
            failed = [meaning for meaning, how in zip(left, done, strict=False) if how is not None]
            left = failed + left[len(told) :]
            if failed:
                await asyncio.sleep(_AGAIN_S)

    async def _refused(self, place: str, said: Sequence[Said]) -> int:
        letters = [
            DeadLetter(self.name, place, one.fault.field, one.fault.value, one.fault.reason, one.raw)
            for one in said if one.fault
        ]  # fmt: skip
        if letters:
            self._tally.refused(len(letters))
            await self._bury(letters)
        return len(letters)

    async def _bury(self, letters: Sequence[DeadLetter]) -> None:
        while True:
            try:
                return await asyncio.to_thread(self._sink.reject, letters)
            except LogUnavailable:
                await asyncio.sleep(_AGAIN_S)
