"""Shift handovers written a second time, plainly: what the product is compared with.

Shares no code with it. Two sign, under two names, each once; the newest handovers are remembered.
"""

from __future__ import annotations

from typing import Any, Final

KEPT: Final = 60
"""Handovers that are remembered: a month of two shifts a day."""
Said = dict[str, Any]
Outcome = tuple[str | None, list[tuple[str, Said]]]
"""The key of the refusal, or the records the command comes to."""


class Shifts:
    """Handovers by id, the oldest first."""

    def __init__(self) -> None:
        self.known: dict[str, Said] = {}

    def hear(self, kind: str, data: Said) -> str | None:
        """A record on the log; the key of what makes it senseless."""
        fault = self._hand(data) if kind == "shift.handed" else self._take(data)
        if fault is None and kind == "shift.handed":
            self.known[data["handover_id"]] = data | {"taken": ""}
            for name in list(self.known)[:-KEPT]:
                del self.known[name]
        elif fault is None:
            self.known[data["handover_id"]].update(taken=data["by"], taken_notes=data["notes"])
        return fault

    def command(self, said: Said, t: int) -> Outcome:
        """What becomes of a seat's command at `t`."""
        if said.get("by", "seat").strip() in ("", "seat"):
            return "malformed" if said.get("by") == "" else "unsigned", []
        if said["command"] == "takeover":
            data = {"handover_id": said["handover_id"], "by": said["by"], "notes": said.get("notes", "")}
            fault = self._take(data)
            return fault, [] if fault else [("shift.taken", data)]
        unsaid = {"handover_id": said["id"], "notes": "", "items": [], "counts": {}}
        data = unsaid | {name: value for name, value in said.items() if name not in ("command", "id", "role")}
        fault = "early" if said["start"] > t else self._hand(data)
        return fault, [] if fault else [("shift.handed", data)]

    def _hand(self, data: Said) -> str | None:
        if data["end"] <= data["start"]:
            return "malformed"
        return "handed" if data["handover_id"] in self.known else None

    def _take(self, data: Said) -> str | None:
        handover = self.known.get(data["handover_id"])
        if handover is None:
            return "unknown_handover"
        if handover["taken"]:
            return "taken"
        return "same" if _name(handover["by"]) == _name(data["by"]) else None


def _name(signed: str) -> str:
    return signed.strip().casefold()
