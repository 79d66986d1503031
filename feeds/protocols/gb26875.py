"""GB/T 26875.3-2011 frames, between a building's fire transmission device and a monitoring centre.

Cuts a stream into frames, checks them, and builds the answers. What a frame's data unit says is in `gb26875units`; who
the sender is and where it stands, this module does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from dashboard.codec import Malformed

CONTROL: Final = 1
SEND: Final = 2
CONFIRM: Final = 3
REQUEST: Final = 4
ANSWER: Final = 5
DENY: Final = 6
MAX_UNIT: Final = 1024
_START, _END = b"@@", b"##"
_HEAD, _TAIL = 27, 3
_BEIJING = timezone(timedelta(hours=8))  # the standard names no zone; the devices run on the only one there is


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: addresses as the standard's 48-bit numbers, `sent_ms` None where the time tag is no time."""

    serial: int
    source: int
    destination: int
    command: int
    unit: bytes = b""
    sent_ms: int | None = None
    version: tuple[int, int] = (1, 1)


def decode(raw: bytes) -> Frame:
    """The frame that `raw` is, from start to end.

    Raises:
        Malformed: no start, cut short, too long, no end, or a wrong checksum.
    """
    if not raw.startswith(_START):
        raise Malformed("start", raw[:2].hex(), "is not 4040")
    if len(raw) < _HEAD + _TAIL:
        raise Malformed("length", str(len(raw)), f"a frame has {_HEAD + _TAIL} bytes at least")
    if (whole := _announced(raw, 0)) == 0:
        raise Malformed("length", raw[24:26].hex(), f"a data unit has {MAX_UNIT} bytes at most")
    if len(raw) != whole:
        raise Malformed("length", str(len(raw)), f"the header announces {whole} bytes")
    _check(raw)
    return _head(raw, raw[_HEAD:-_TAIL])


def encode(frame: Frame) -> bytes:
    """The bytes of a frame."""
    head = b"".join((
        frame.serial.to_bytes(2, "little"), bytes(frame.version), time_tag(frame.sent_ms),
        frame.source.to_bytes(6, "little"), frame.destination.to_bytes(6, "little"),
        len(frame.unit).to_bytes(2, "little"), bytes([frame.command]), frame.unit,
    ))  # fmt: skip
    return _START + head + bytes([sum(head) & 0xFF]) + _END


def reply(frame: Frame, command: int, now_ms: int) -> bytes:
    """The answer to a frame, `CONFIRM` or `DENY`: its serial number, back to its sender, without data."""
    back = replace(frame, source=frame.destination, destination=frame.source, unit=b"")
    return encode(replace(back, command=command, sent_ms=now_ms))


def denial(raw: bytes, now_ms: int) -> bytes | None:
    """The answer to a frame that `decode` refuses; None where there is no header to answer to."""
    return reply(_head(raw), DENY, now_ms) if raw.startswith(_START) and len(raw) >= _HEAD + _TAIL else None


def instant(raw: bytes) -> int | None:
    """UTC milliseconds of a time tag (second, minute, hour, day, month, year); None if it is no time."""
    second, minute, hour, day, month, year = raw
    try:
        moment = datetime(2000 + year, month, day, hour, minute, second, tzinfo=_BEIJING)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000 if year < 100 else None


def time_tag(ms: int | None) -> bytes:
    """The time tag of an instant; six zeros for None."""
    if ms is None:
        return bytes(6)
    at = datetime.fromtimestamp(ms / 1000, UTC).astimezone(_BEIJING)
    return bytes((at.second, at.minute, at.hour, at.day, at.month, at.year % 100))


class Splitter:
    """Cuts a stream into frames. After rubbish it goes on at the next start; it keeps one unfinished frame at most."""

    def __init__(self) -> None:
        self._rest, self._lost = b"", False

    def feed(self, data: bytes) -> list[bytes]:
        """What `data` completes: frames, sound or not, and the beginning of any rubbish, which `decode` refuses."""
        buffer, at, found = self._rest + data, 0, list[bytes]()
        while (start := buffer.find(_START, at)) >= 0:
            found += self._skipped(buffer, at, start)
            at, end = start, _announced(buffer, start)
            if end > len(buffer):
                break
            if end > at and buffer[end - 2 : end] == _END:
                found.append(buffer[at:end])
                self._lost = False
            else:
                end = at + 1
                found += self._skipped(buffer, at, end)
            at = end
        else:
            end = len(buffer) - buffer.endswith(_START[:1])
            found += self._skipped(buffer, at, end)
            at = max(at, end)
        self._rest = buffer[at:]
        return found

    def rest(self) -> list[bytes]:
        """What breaks off, when the line is silent or closed; `decode` refuses it."""
        whole, self._rest = self._rest, b""
        return [whole] if whole else []

    def _skipped(self, buffer: bytes, at: int, end: int) -> list[bytes]:
        """The beginning of the rubbish between two places, unless it goes on with rubbish that has been given."""
        if end <= at or self._lost:
            return []
        self._lost = True
        return [buffer[at : at + _HEAD]]


def _announced(buffer: bytes, at: int) -> int:
    """Where what begins like a frame ends; `at` if no frame is so long, beyond the buffer if more is to come."""
    if len(buffer) < at + _HEAD:
        return len(buffer) + 1
    length = int.from_bytes(buffer[at + 24 : at + 26], "little")
    return at + _HEAD + length + _TAIL if length <= MAX_UNIT else at


def _check(raw: bytes) -> None:
    if raw[-2:] != _END:
        raise Malformed("end", raw[-2:].hex(), "is not 2323")
    if (total := sum(raw[2:-_TAIL]) & 0xFF) != raw[-_TAIL]:
        raise Malformed("checksum", f"{raw[-_TAIL]:02x}", f"the bytes add up to {total:02x}")


def _head(raw: bytes, unit: bytes = b"") -> Frame:
    return Frame(
        serial=int.from_bytes(raw[2:4], "little"),
        version=(raw[4], raw[5]),
        sent_ms=instant(raw[6:12]),
        source=int.from_bytes(raw[12:18], "little"),
        destination=int.from_bytes(raw[18:24], "little"),
        command=raw[26],
        unit=unit,
    )
