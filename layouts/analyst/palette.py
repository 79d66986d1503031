"""The colours of the design language by day, for figures that Python draws: it cannot read the stylesheet's tokens.

The names are those of assets/1-tokens.css, and a test holds the values to it. A figure is drawn in these and brought to
the night's as a whole (`by_night`).
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import json

INK: Final = "#16212b"
INK_2: Final = "#36454f"
INK_3: Final = "#53626e"
PANEL: Final = "#e9eef2"
LINE: Final = "#c6d0d8"
GRID: Final = "#d8e0e6"
TRACK: Final = "#d3dce3"
TARGET: Final = "#16212b"
FOCUS: Final = "#0b5f9e"
SEV_MAJOR: Final = "#a44a00"
D: Final = ("#3d7fb0", "#6fa0c4", "#38495a", "#5c8573", "#b19d6c", "#8a99a6")
RAMP: Final = ("#e2e9ee", "#cadae6", "#a9c5da", "#7fa8c8", "#5387af", "#2f6690")
FONT: Final = '"Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'
_COLOUR: Final = re.compile(rb"#[0-9a-f]{6}\b|rgba\((\d+),(\d+),(\d+),")


def faded(colour: str, share: float) -> str:
    """The colour, so much of it."""
    return f"rgba({','.join(map(str, _parts(colour)))},{share:g})"


def scale() -> list[list[float | str]]:
    """The ramp as a continuous scale."""
    return [[n / (len(RAMP) - 1), colour] for n, colour in enumerate(RAMP)]


def shade(share: float) -> str:
    """The ramp's colour so far along it, from 0 to 1, in one of SHADES steps."""
    return _SHADES[round(min(max(share, 0.0), 1.0) * (SHADES - 1))]


def by_night(figure: dict[str, Any]) -> dict[str, Any]:
    """The same figure in the night's colours: what is one of the day's, faded or not, becomes the night's."""
    found: dict[str, Any] = json.decode(_COLOUR.sub(_nightly, json.encode(figure)))
    return found


def _nightly(found: re.Match[bytes]) -> bytes:
    if found[1] is None:
        day = found[0].decode()
        return NIGHT.get(day, day).encode()
    day = "#" + "".join(f"{int(part):02x}" for part in found.groups())
    return f"rgba({','.join(map(str, _parts(NIGHT[day])))},".encode() if day in NIGHT else found[0]


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def _steps(ramp: tuple[str, ...]) -> list[str]:
    """The ramp in SHADES steps."""
    found = []
    for step in range(SHADES):
        low, part = divmod(step * (len(ramp) - 1) / (SHADES - 1), 1)
        ends = _parts(ramp[int(low)]), _parts(ramp[min(int(low) + 1, len(ramp) - 1)])
        found.append("#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(*ends, strict=True)))
    return found


SHADES: Final = 51
_NIGHT_D: Final = ("#86b4d8", "#5c84a6", "#c6d1da", "#8fae9f", "#b3a688", "#7d8fa0")
_NIGHT_RAMP: Final = ("#25323e", "#2d4152", "#38546b", "#4b708e", "#6b97b9", "#9cc3e0")
_SHADES: Final = _steps(RAMP)
NIGHT: Final = {
    INK: "#e8eef3", INK_2: "#c3ced8", INK_3: "#9dacb9", PANEL: "#26323d", LINE: "#34424f", GRID: "#2a3642",
    TRACK: "#33424f", FOCUS: "#a9dbff", SEV_MAJOR: "#f79a3e",
    **dict(zip(D, _NIGHT_D, strict=True)), **dict(zip(_SHADES, _steps(_NIGHT_RAMP), strict=True)),
}  # fmt: skip
"""What each is by night. A panel is the raised ground there, for on a wall charts hang in its boxes."""
