"""The colours of the design language by day, for figures that Python draws: it cannot read the stylesheet's tokens.

The names are those of assets/1-tokens.css, and a test holds the values to it.
"""

from __future__ import annotations

from typing import Final

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


def faded(colour: str, share: float) -> str:
    """The colour, so much of it."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"


def scale() -> list[list[float | str]]:
    """The ramp as a continuous scale."""
    return [[n / (len(RAMP) - 1), colour] for n, colour in enumerate(RAMP)]
