"""What the data units of GB/T 26875.3-2011 say: states, values and operations, with the words of the standard.

Reads the upstream types of a `gb26875.Frame`; which alarm of whom a report becomes is decided by its reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.codec import Malformed
from feeds.protocols import gb26875names as names
from feeds.protocols.gb26875 import ANSWER, SEND, Frame, instant

_FAULTS: Final = frozenset({"故障", "电源故障", "主电故障", "备电故障", "总线故障", "通信信道故障", "监测连接线路故障"})
_ENDED: Final = frozenset({"复位", "警情消除"})
_STATES: Final = frozenset({"system", "part", "device"})


@dataclass(frozen=True, slots=True)
class FireReport:
    """One information object.

    `kind`: system, part, analog, operation, version, settings, clock of the fire facilities; device, and the same words
    with `device_` before them, of the transmission device itself; `other` where the standard says no more. `device` is
    the sender's address; `states` what is set, in the standard's words. A part stands at `part_loop` and `part_node`.
    """

    kind: str
    device: str
    at_ms: int | None = None
    system: int = 0
    system_address: int = 0
    part_type: int = 0
    part_loop: int = 0
    part_node: int = 0
    states: tuple[str, ...] = ()
    text: str = ""
    quantity: str = ""
    unit: str = ""
    value: float | None = None
    operator: int | None = None

    @property
    def fire(self) -> bool:
        """Whether it is a fire alarm. Real devices leave 正常运行 unset while they run: it does not tell a test."""
        return "火警" in self.states or "手动报警" in self.states

    @property
    def fault(self) -> bool:
        """Whether something does not work."""
        return not _FAULTS.isdisjoint(self.states)

    @property
    def clears(self) -> bool:
        """Whether fires and faults of what it speaks of are over: reset, or a state without either."""
        if not _ENDED.isdisjoint(self.states):
            return not self.fire
        return self.kind in _STATES and not self.fire and not self.fault

    @property
    def alarm_kind(self) -> str:
        """What kind of alarm it is: by the part if it is a fire, `fire_fault` if a fault; empty if neither."""
        if self.fire:
            return names.ALARM_KINDS.get(self.part_type, "fire")
        return "fire_fault" if self.fault else ""

    @property
    def place(self) -> str:
        """What it speaks of, in one identifier: sender, system, loop and node, as far as there are any."""
        part = f"-{self.part_loop}-{self.part_node}" if self.kind in ("part", "analog", "part_settings") else ""
        return (
            self.device
            if self.kind.startswith("device")
            else f"{self.device}-{self.system}.{self.system_address}{part}"
        )


def reports(frame: Frame) -> list[FireReport]:
    """What a frame reports; nothing for a heartbeat, and for what is not sent upstream.

    Raises:
        Malformed: a data unit that breaks off.
    """
    if frame.command not in (SEND, ANSWER) or not frame.unit:
        return []
    if len(frame.unit) < 2:
        raise Malformed("unit", frame.unit.hex(), "has no type and count")
    read = _READERS.get(frame.unit[0])
    if read is None:
        return [FireReport("other", str(frame.source), frame.sent_ms, text=frame.unit.hex())]
    cursor = _Cursor(frame)
    return [read(cursor) for _ in range(frame.unit[1])]


class _Cursor:
    """A place in a data unit."""

    def __init__(self, frame: Frame) -> None:
        self.device, self._sent, self._unit, self._at = str(frame.source), frame.sent_ms, frame.unit, 2

    def take(self, size: int) -> bytes:
        raw = self._unit[self._at : self._at + size]
        if len(raw) < size:
            raise Malformed("unit", self._unit.hex(), f"breaks off: {self._unit[1]} objects announced")
        self._at += size
        return raw

    def byte(self) -> int:
        return self.take(1)[0]

    def time(self) -> int | None:
        """The instant of the object; the frame's where a device fills in none."""
        at = instant(self.take(6))
        return self._sent if at is None else at

    def text(self, size: int) -> str:
        """Text as far as the first zero; a character cut off by the field's end is left out."""
        raw = self.take(size).split(b"\0", 1)[0].decode("gb18030", "replace")
        return "".join(c for c in raw if c.isprintable()).strip(" \ufffd\u3000")

    def flags(self, size: int, words: Sequence[str]) -> tuple[str, ...]:
        bits = int.from_bytes(self.take(size), "little")
        return tuple(word for bit, word in enumerate(words) if bits >> bit & 1)

    def part(self) -> tuple[int, int, int, int, int]:
        """System, its address, the part's type, its loop and node."""
        head, address = self.take(3), self.take(4)
        return *head, int.from_bytes(address[:2], "little"), int.from_bytes(address[2:], "little")


def _system_state(c: _Cursor) -> FireReport:
    system, address = c.take(2)
    states = c.flags(2, names.SYSTEM_STATES)
    return FireReport("system", c.device, c.time(), system, address, states=states)


def _part_state(c: _Cursor) -> FireReport:
    part, states, text = c.part(), c.flags(2, names.PART_STATES), c.text(31)
    return FireReport("part", c.device, c.time(), *part, states=states, text=text)


def _analog(c: _Cursor) -> FireReport:
    part, number = c.part(), c.byte()
    quantity, unit, step = names.QUANTITIES.get(number, (str(number), "", 1.0))
    value = round(int.from_bytes(c.take(2), "little", signed=True) * step, 2)
    return FireReport("analog", c.device, c.time(), *part, quantity=quantity, unit=unit, value=value)


def _operation(c: _Cursor) -> FireReport:
    system, address = c.take(2)
    states, operator = c.flags(1, names.SYSTEM_OPERATIONS), c.byte()
    return FireReport("operation", c.device, c.time(), system, address, states=states, operator=operator)


def _version(c: _Cursor) -> FireReport:
    system, address, major, minor = c.take(4)
    return FireReport("version", c.device, None, system, address, text=f"{major}.{minor}")


def _settings(c: _Cursor) -> FireReport:
    system, address, length = c.take(3)
    return FireReport("settings", c.device, None, system, address, text=c.text(length))


def _part_settings(c: _Cursor) -> FireReport:
    return FireReport("part_settings", c.device, None, *c.part(), text=c.text(31))


def _clock(c: _Cursor) -> FireReport:
    system, address = c.take(2)
    return FireReport("clock", c.device, c.time(), system, address)


def _device_state(c: _Cursor) -> FireReport:
    states = c.flags(1, names.DEVICE_STATES)
    return FireReport("device", c.device, c.time(), states=states)


def _device_operation(c: _Cursor) -> FireReport:
    states, operator = c.flags(1, names.DEVICE_OPERATIONS), c.byte()
    return FireReport("device_operation", c.device, c.time(), states=states, operator=operator)


def _device_version(c: _Cursor) -> FireReport:
    major, minor = c.take(2)
    return FireReport("device_version", c.device, text=f"{major}.{minor}")


def _device_settings(c: _Cursor) -> FireReport:
    return FireReport("device_settings", c.device, text=c.text(c.byte()))


def _device_clock(c: _Cursor) -> FireReport:
    return FireReport("device_clock", c.device, c.time())


_READERS: Final[dict[int, Callable[[_Cursor], FireReport]]] = {
    1: _system_state, 2: _part_state, 3: _analog, 4: _operation, 5: _version, 6: _settings, 7: _part_settings,
    8: _clock, 21: _device_state, 24: _device_operation, 25: _device_version, 26: _device_settings, 28: _device_clock,
}  # fmt: skip
